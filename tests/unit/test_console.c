/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* pipe2() */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/console.h"
#include "util/units.h"

/* Standard output is a pipe while something is said; its bytes are what the person sees. */
static int saved, end[2];
static char seen[65536];

static void listen_begin(void)
{
	saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe2(end, O_NONBLOCK), 0);
	dup2(end[1], STDOUT_FILENO);
}

static const char *listen_end(void)
{
	ssize_t n;

	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(end[1]);
	n = read(end[0], seen, sizeof(seen) - 1);
	close(end[0]);
	seen[n < 0 ? 0 : n] = '\0';
	return seen;
}

static void test_lines(void **state)
{
	(void)state;
	console_setup(CONSOLE_NORMAL, false);
	listen_begin();
	say("mac %s", "00:16:3e:00:00:01");
	say_verbose("not this");
	say_error("and this");
	assert_string_equal(listen_end(), "xenpxe: mac 00:16:3e:00:00:01\nxenpxe: and this\n");
}

static void test_levels(void **state)
{
	(void)state;
	listen_begin();
	console_setup(CONSOLE_QUIET, false);
	say("one");
	say_verbose("two");
	say_error("three");
	say_progress("four", 1, 2, 5000);
	console_setup(CONSOLE_VERBOSE, false);
	say("five");
	say_verbose("six");
	assert_string_equal(listen_end(), "xenpxe: three\nxenpxe: five\nxenpxe: six\n");
	console_setup(CONSOLE_NORMAL, false);
}

/* Nothing that is said can steer the terminal. */
static void test_control_bytes(void **state)
{
	(void)state;
	listen_begin();
	say("a\033[2Jb\nc\r\td\x7f");
	assert_string_equal(listen_end(), "xenpxe: a?[2Jb?c??d?\n");
}

static void test_long_line(void **state)
{
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	listen_begin();
	say("%s", text);
	say("next");
	listen_end();
	assert_int_equal(strcspn(seen, "\n"), 1023);
	assert_string_equal(strchr(seen, '\n'), "\nxenpxe: next\n");
}

/* In place: a carriage return, the old line blanked, the new one; say() takes over the line. */
static void test_progress_full(void **state)
{
	(void)state;
	console_setup(CONSOLE_NORMAL, false);
	listen_begin();
	say_progress("s:f", 100, 4000000, 100); /* too early */
	say_progress("s:f", 1000000, 4000000, 1000);
	say_progress("s:f", 1500000, 4000000, 1500); /* too soon */
	say_progress("s:f", 3000000, 4000000, 2000);
	say("done");
	listen_end();
	assert_string_equal(seen, "xenpxe: s:f  1.0 MB of 4.0 MB, 25%, 1.0 MB/s"
				  "\r                                            \r"
				  "xenpxe: s:f  3.0 MB of 4.0 MB, 75%, 1.5 MB/s"
				  "\r                                            \r"
				  "xenpxe: done\n");

	/* another transfer begins at 0 again; its size is not known */
	listen_begin();
	say_progress("s:g", 500, 0, 1000);
	say("done");
	assert_int_equal(strncmp(listen_end(), "xenpxe: s:g  500 B, 500 B/s\r", 28), 0);
}

static void test_progress_plain(void **state)
{
	(void)state;
	console_setup(CONSOLE_NORMAL, true);
	listen_begin();
	for (uint64_t s = 0; s <= 25; s++)
		say_progress("s:h", s * 1000, 0, s * 1000);
	assert_string_equal(listen_end(), "xenpxe: s:h  10.0 kB, 1.0 kB/s\n"
					  "xenpxe: s:h  20.0 kB, 1.0 kB/s\n");
	console_setup(CONSOLE_NORMAL, false);
}

/* A name that does not fit on the line keeps its end; the line never wraps. */
static void test_progress_long_name(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'd', sizeof(name));
	strcpy(name + sizeof(name) - 8, "vmlinuz");
	listen_begin();
	say_progress(name, 999949999, UINT64_MAX, 1000);
	listen_end();
	assert_int_equal(strlen(seen), 79);
	assert_non_null(strstr(seen, "dvmlinuz  "));
	listen_begin();
	say("end the line");
	listen_end();
}

/* A console that nobody reads costs a second, not the boot. */
static void test_stalled(void **state)
{
	uint64_t began, ms;
	char fill[4096];

	(void)state;
	memset(fill, 0, sizeof(fill));
	listen_begin();
	while (write(end[1], fill, sizeof(fill)) > 0)
		;
	began = clock_ms();
	say("nobody reads this");
	ms = clock_ms() - began;
	listen_end();
	assert_in_range(ms, 900, 3000);
}

static void test_units(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} row[] = {
		{0, "0 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{1049, "1.0 kB"},
		{1050, "1.1 kB"},
		{999949, "999.9 kB"},
		{999950, "1.0 MB"},
		{1234567, "1.2 MB"},
		{31000000, "31.0 MB"},
		{4294967296u, "4.3 GB"},
		{UINT64_MAX, "18.4 EB"},
	};
	char buf[UNITS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(units_bytes(buf, row[i].bytes), row[i].text);
	assert_string_equal(units_rate(buf, 2000, 1000), "2.0 kB/s");
	assert_string_equal(units_rate(buf, 5, 0), "5.0 kB/s");
	assert_string_equal(units_rate(buf, UINT64_MAX - 1, 1000), "18.4 EB/s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_control_bytes),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_progress_full),
		cmocka_unit_test(test_progress_plain),
		cmocka_unit_test(test_progress_long_name),
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
