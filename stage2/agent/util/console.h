/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the person at "xl console" sees. Everything goes to standard output, a line at a time,
 * unbuffered; nothing in the agent prints in another way.
 */
#ifndef XENPXE_UTIL_CONSOLE_H
#define XENPXE_UTIL_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

enum console_level { CONSOLE_QUIET, CONSOLE_NORMAL, CONSOLE_VERBOSE };

/**
 * console_setup() - choose how much is said and in which form.
 * @level: quiet: errors only; verbose: also what was tried and found missing
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
 * say_error() - a line that quiet shows too.
 */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * say_progress() - how far a transfer has come: at most one update a second.
 * @what:  "server:path", already escaped
 * @done:  bytes so far
 * @total: bytes in all, 0 if not known
 * @ms:    milliseconds since the transfer began
 *
 * On a full console the line is updated in place; in plain form a line is printed every ten
 * seconds. The next say() starts on a line of its own.
 */
void say_progress(const char *what, uint64_t done, uint64_t total, uint64_t ms);

#endif
