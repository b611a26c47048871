/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/console.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/escape.h"
#include "util/progress.h"

#define PREFIX "xenpxe: "
#define LINE_MAX_BYTES 1024
#define COLUMNS 79 /* a longer line would wrap and could not be updated in place */
#define STALL_MS 1000 /* a console that takes nothing for so long loses the line */
#define PROGRESS_FULL_MS 1000
#define PROGRESS_PLAIN_MS 10000
#define TRANSFERS_MAX 8 /* side by side; one more is not shown */

/* The console is one device; so is its state. */
static struct {
	enum console_level level;
	bool plain;
	size_t in_place; /* columns of the line that waits to be overwritten, 0: none */
	struct transfer {
		struct progress progress;
		uint64_t told_ms; /* plain: when its last line was printed, 0: never */
	} transfer[TRANSFERS_MAX];
	size_t n_transfer;
	uint64_t told_ms; /* full: of the last update, 0: none */
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

void console_write(const char *bytes, size_t len)
{
	char line[1 + COLUMNS + 1];
	size_t n = begin_line(line);

	if (n)
		put(line, n);
	put(bytes, len);
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
	escape_flatten(line + at, (size_t)n);
	at += (size_t)n;
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

static struct transfer *find_transfer(const char *what)
{
	for (size_t i = 0; i < console.n_transfer; i++) {
		if (strncmp(console.transfer[i].progress.what, what, PROGRESS_NAME_MAX - 1) == 0)
			return &console.transfer[i];
	}
	return NULL;
}

static struct transfer *new_transfer(const char *what)
{
	struct transfer *t;

	if (console.n_transfer == TRANSFERS_MAX)
		return NULL;
	t = &console.transfer[console.n_transfer++];
	*t = (struct transfer){0};
	snprintf(t->progress.what, sizeof(t->progress.what), "%s", what);
	return t;
}

/* @n transfers in a line of their own, or in the one that is updated in place. */
static void put_progress(const struct progress *p, size_t n)
{
	char line[2 * COLUMNS + 8];
	size_t at = begin_line(line), len;

	memcpy(line + at, PREFIX, strlen(PREFIX));
	at += strlen(PREFIX);
	len = progress_text(line + at, COLUMNS - strlen(PREFIX) + 1, p, n, !console.plain);
	at += len;
	if (console.plain)
		line[at++] = '\n';
	else
		console.in_place = strlen(PREFIX) + len;
	put(line, at);
}

static void put_progress_of_all(void)
{
	struct progress all[TRANSFERS_MAX];

	for (size_t i = 0; i < console.n_transfer; i++)
		all[i] = console.transfer[i].progress;
	put_progress(all, console.n_transfer);
}

void say_progress(const char *what, uint64_t done, uint64_t total, uint64_t began_ms,
		  uint64_t now_ms)
{
	uint64_t every = console.plain ? PROGRESS_PLAIN_MS : PROGRESS_FULL_MS;
	uint64_t *told = &console.told_ms;
	struct transfer *t;

	if (console.level < CONSOLE_NORMAL || now_ms - began_ms < every)
		return;
	t = find_transfer(what);
	if (!t)
		t = new_transfer(what);
	if (!t)
		return;
	t->progress.done = done;
	t->progress.total = total;
	t->progress.ms = now_ms - began_ms;
	if (console.plain)
		told = &t->told_ms;
	if (*told && now_ms - *told < every)
		return;
	*told = now_ms;
	if (console.plain)
		put_progress(&t->progress, 1);
	else
		put_progress_of_all();
}

void say_progress_end(const char *what)
{
	struct transfer *t = find_transfer(what);

	if (t)
		*t = console.transfer[--console.n_transfer];
}
