/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/console.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/units.h"

#define PREFIX "xenpxe: "
#define LINE_MAX_BYTES 1024
#define COLUMNS 79 /* a longer line would wrap and could not be updated in place */
#define STALL_MS 1000 /* a console that takes nothing for so long loses the line */
#define PROGRESS_FULL_MS 1000
#define PROGRESS_PLAIN_MS 10000

/* The console is one device; so is its state. */
static struct {
	enum console_level level;
	bool plain;
	size_t in_place; /* columns of the line that waits to be overwritten, 0: none */
	uint64_t progress_ms; /* age of the transfer at its last update */
} console = {.level = CONSOLE_NORMAL};

void console_setup(enum console_level level, bool plain)
{
	console.level = level;
	console.plain = plain;
}

static void put(const char *buf, size_t len)
{
	uint64_t until = clock_ms() + STALL_MS;

	while (len > 0) {
		struct pollfd pfd = {.fd = STDOUT_FILENO, .events = POLLOUT};
		ssize_t n = write(STDOUT_FILENO, buf, len);

		if (n > 0) {
			buf += n;
			len -= (size_t)n;
			until = clock_ms() + STALL_MS;
			continue;
		}
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (clock_ms() >= until)
			return;
		if (n < 0 && errno == EAGAIN)
			poll(&pfd, 1, STALL_MS / 10);
	}
}

/* A line replaces the one that was being updated in place, whatever is left of that is blanked. */
static size_t begin_line(char *line)
{
	size_t n = 0;

	if (console.in_place) {
		line[n++] = '\r';
		memset(line + n, ' ', console.in_place);
		n += console.in_place;
		line[n++] = '\r';
		console.in_place = 0;
	}
	return n;
}

__attribute__((format(printf, 1, 0))) static void put_line(const char *fmt, va_list ap)
{
	char line[2 + COLUMNS + LINE_MAX_BYTES + 1];
	size_t at = begin_line(line), end = at + LINE_MAX_BYTES;
	int n;

	memcpy(line + at, PREFIX, strlen(PREFIX));
	at += strlen(PREFIX);
	n = vsnprintf(line + at, end - at, fmt, ap);
	if (n < 0)
		return;
	if ((size_t)n >= end - at)
		n = (int)(end - at) - 1;
	for (; n > 0; n--, at++) {
		if ((unsigned char)line[at] < 0x20 || line[at] == 0x7f)
			line[at] = '?';
	}
	line[at++] = '\n';
	put(line, at);
}

void say(const char *fmt, ...)
{
	va_list ap;

	if (console.level < CONSOLE_NORMAL)
		return;
	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
}

void say_verbose(const char *fmt, ...)
{
	va_list ap;

	if (console.level < CONSOLE_VERBOSE)
		return;
	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
}

void say_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(fmt, ap);
	va_end(ap);
}

void say_progress(const char *what, uint64_t done, uint64_t total, uint64_t ms)
{
	uint64_t every = console.plain ? PROGRESS_PLAIN_MS : PROGRESS_FULL_MS;
	char have[UNITS_TEXT_MAX], all[UNITS_TEXT_MAX], rate[UNITS_TEXT_MAX];
	char text[64], line[2 * COLUMNS + 8];
	int room, text_len;
	size_t at;

	if (console.level < CONSOLE_NORMAL)
		return;
	if (ms < console.progress_ms)
		console.progress_ms = 0; /* another transfer */
	if (ms < console.progress_ms + every)
		return;
	console.progress_ms = ms;

	units_bytes(have, done);
	units_rate(rate, done, ms);
	if (total > 0)
		text_len = snprintf(text, sizeof(text), "%s of %s, %u%%, %s", have,
				    units_bytes(all, total),
				    (unsigned int)((double)done * 100 / (double)total), rate);
	else
		text_len = snprintf(text, sizeof(text), "%s, %s", have, rate);

	/* A name that is too long loses its beginning: the end tells files apart. */
	room = COLUMNS - (int)strlen(PREFIX) - 2 - text_len;
	if (strlen(what) > (size_t)room)
		what += strlen(what) - (size_t)room;
	at = begin_line(line);
	at += (size_t)snprintf(line + at, sizeof(line) - at, PREFIX "%s  %s", what, text);
	if (console.plain)
		line[at++] = '\n';
	else
		console.in_place = strlen(PREFIX) + strlen(what) + 2 + (size_t)text_len;
	put(line, at);
}
