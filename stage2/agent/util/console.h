/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the person at "xl console" sees. Everything goes to standard output, a line at a time,
 * unbuffered; nothing in the agent prints in another way.
 */
#ifndef XENPXE_UTIL_CONSOLE_H
#define XENPXE_UTIL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum console_level { CONSOLE_QUIET, CONSOLE_NORMAL, CONSOLE_VERBOSE };

/**
 * console_setup() - choose how much is said and in which form.
 * @level: quiet: errors and waits only; verbose: also what was tried and found missing
 * @plain: no carriage returns and no in-place updates: each line is printed once
 */
void console_setup(enum console_level level, bool plain);

/**
 * say() - one line of the story ("xenpxe: " is put in front, a newline behind).
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * say_verbose() - a line that only verbose shows.
 */
void say_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * say_error() - a line that quiet shows too: what went wrong, and what is waited for.
 */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * console_write() - bytes as they are, for who drives the whole terminal (the menu). A console
 * that takes nothing for a second loses them.
 */
void console_write(const char *bytes, size_t len);

/**
 * say_progress() - how far a transfer has come: at most one update a second.
 * @what:     "server:path", already escaped; tells transfers that run side by side apart
 * @done:     bytes so far
 * @total:    bytes in all, 0 if not known
 * @began_ms: when the transfer began
 * @now_ms:   on the same clock
 *
 * On a full console one line is updated in place, whatever number of transfers it stands for;
 * in plain form each transfer prints a line every ten seconds. The next say() starts on a line
 * of its own.
 */
void say_progress(const char *what, uint64_t done, uint64_t total, uint64_t began_ms,
		  uint64_t now_ms);

/**
 * say_progress_end() - the transfer is over, well or not: no update speaks of it any more. Of one
 * that was never spoken of, nothing.
 */
void say_progress_end(const char *what);

#endif
