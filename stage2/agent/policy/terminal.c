/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/terminal.h"

#include <poll.h>
#include <stdint.h>
#include <termios.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/console.h"

#define TELL_MS 30000

bool terminal_wait(unsigned int seconds, const char *why)
{
	uint64_t end = clock_ms() + seconds * 1000ULL;
	uint64_t tell = clock_ms() + TELL_MS;
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	struct termios before, raw;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	bool restore = terminal;
	bool key = false;
	uint64_t now;

	say_error("%s; trying again in %u s, any key: at once", why, seconds);
	if (terminal) {
		raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	while (!key && (now = clock_ms()) < end) {
		uint64_t until = tell < end ? tell : end;
		char c;

		/* Without a terminal its end of file would make this loop spin. */
		if (poll(&in, terminal ? 1 : 0, until > now ? (int)(until - now) : 0) > 0) {
			key = read(STDIN_FILENO, &c, 1) == 1;
			terminal = key;
		}
		now = clock_ms();
		if (!key && now >= tell && now < end) {
			say_error("still waiting: %u s left", (unsigned int)((end - now) / 1000));
			tell = now + TELL_MS;
		}
	}
	if (restore)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	return key;
}
