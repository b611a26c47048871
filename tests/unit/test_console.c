/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* pipe2() */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/terminal.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/progress.h"
#include "util/units.h"

#define T0 5000 /* ms: when the transfers of these tests began */

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
	say_progress("four", 1, 2, T0, T0 + 5000);
	console_setup(CONSOLE_VERBOSE, false);
	say("five");
	say_verbose("six");
	assert_string_equal(listen_end(), "xenpxe: three\nxenpxe: five\nxenpxe: six\n");
	console_setup(CONSOLE_NORMAL, false);
}

/* Nobody is to take a wait for the end of it. */
static void test_a_wait_is_told_when_quiet(void **state)
{
	(void)state;
	listen_begin();
	console_setup(CONSOLE_QUIET, false);
	terminal_wait(0, "every way failed");
	assert_string_equal(listen_end(),
			    "xenpxe: every way failed; trying again in 0 s, any key: at once\n");
	console_setup(CONSOLE_NORMAL, false);
}

/* Nothing that is said can steer the terminal. */
static void test_control_bytes(void **state)
{
	(void)state;
	listen_begin();
	say("a\033[2Jb\nc\r\td\x7f\302\2332J");
	assert_string_equal(listen_end(), "xenpxe: a?[2Jb?c??d???2J\n");
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

/* What must be on the terminal when @old, updated in place, gives way to @new. */
static const char *replaced(const char *old, const char *new)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s\r%*s\r%s", old, (int)strlen(old), "", new);
	return text;
}

/* In place: a carriage return, the old line blanked, the new one; say() takes over the line. */
static void test_progress_full(void **state)
{
	static const char first[] = "xenpxe: s:f  [##--------]  25% of 4.0 MB, 1.0 MB/s, 0:03 left";
	static const char second[] =
		"xenpxe: s:f  [#######---]  75% of 4.0 MB, 1.5 MB/s, 0:01 left";
	char both[512];

	(void)state;
	console_setup(CONSOLE_NORMAL, false);
	listen_begin();
	say_progress("s:f", 100, 4000000, T0, T0 + 100); /* too early */
	say_progress("s:f", 1000000, 4000000, T0, T0 + 1000);
	say_progress("s:f", 1500000, 4000000, T0, T0 + 1500); /* too soon */
	say_progress("s:f", 3000000, 4000000, T0, T0 + 2000);
	say_progress_end("s:f");
	say("done");
	listen_end();
	snprintf(both, sizeof(both), "%s", replaced(second, "xenpxe: done\n"));
	assert_string_equal(seen, replaced(first, both));

	/* its size is not known */
	listen_begin();
	say_progress("s:g", 500, 0, T0 + 9000, T0 + 10000);
	say_progress_end("s:g");
	say("done");
	assert_string_equal(listen_end(),
			    replaced("xenpxe: s:g  500 B, 500 B/s", "xenpxe: done\n"));
}

/* Side by side: one line, at most once a second, whoever asks for it. */
static void test_progress_several(void **state)
{
	static const char one[] = "xenpxe: s:/a/vmlinuz  [#####-----]  50% of 8.0 MB, 4.0 MB/s, "
				  "0:01 left";
	static const char two[] = "xenpxe: vmlinuz 75%, initrd 10%  [###-------]  30%, 3.9 MB/s, "
				  "0:05 left";
	static const char rest[] = "xenpxe: s:/a/initrd  [##--------]  20% of 18.0 MB, 1.1 MB/s, "
				   "0:14 left";
	char text[512];

	(void)state;
	listen_begin();
	say_progress("s:/a/vmlinuz", 4000000, 8000000, T0, T0 + 1000);
	say_progress("s:/a/initrd", 1800000, 18000000, T0 + 600, T0 + 1600);
	assert_string_equal(listen_end(), one);

	listen_begin();
	say_progress("s:/a/vmlinuz", 6000000, 8000000, T0, T0 + 2900);
	say_progress("s:/a/initrd", 3000000, 18000000, T0 + 600, T0 + 2901);
	listen_end();
	assert_string_equal(seen, replaced(one, two) + strlen(one));

	listen_begin();
	say_progress_end("s:/a/vmlinuz");
	say("vmlinuz is there");
	say_progress("s:/a/initrd", 3600000, 18000000, T0 + 600, T0 + 3900);
	say_progress_end("s:/a/initrd");
	listen_end();
	snprintf(text, sizeof(text), "%s%s",
		 replaced(two, "xenpxe: vmlinuz is there\n") + strlen(two), rest);
	assert_string_equal(seen, text);
	listen_begin();
	say("end the line");
	listen_end();
}

static void test_progress_plain(void **state)
{
	(void)state;
	console_setup(CONSOLE_NORMAL, true);
	listen_begin();
	for (uint64_t s = 0; s <= 25; s++) {
		say_progress("s:h", s * 1000, 0, T0, T0 + s * 1000);
		say_progress("s:i", s * 1000, 100000, T0, T0 + s * 1000);
	}
	say_progress_end("s:h");
	say_progress_end("s:i");
	assert_string_equal(listen_end(), "xenpxe: s:h  10.0 kB, 1.0 kB/s\n"
					  "xenpxe: s:i  10% of 100.0 kB, 1.0 kB/s, 1:30 left\n"
					  "xenpxe: s:h  20.0 kB, 1.0 kB/s\n"
					  "xenpxe: s:i  20% of 100.0 kB, 1.0 kB/s, 1:20 left\n");
	console_setup(CONSOLE_NORMAL, false);
}

/* A name that does not fit on the line keeps its end; the line never wraps. */
static void test_progress_long_name(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'd', sizeof(name));
	strcpy(name + 150, "vmlinuz");
	listen_begin();
	say_progress(name, 999949999, UINT64_MAX, T0, T0 + 1000);
	listen_end();
	assert_int_equal(strlen(seen), 79);
	assert_non_null(strstr(seen, "dvmlinuz  "));

	/* two such names keep their beginnings */
	listen_begin();
	memcpy(name + 150, "initrd.", 7);
	say_progress(name, 1000, 0, T0, T0 + 2000);
	listen_end();
	assert_non_null(strstr(seen, "xenpxe: dddddddddddd 0%, dddddddddddd  1.0 GB, "));
	listen_begin();
	memcpy(name + 150, "vmlinuz", 7);
	say_progress_end(name);
	memcpy(name + 150, "initrd.", 7);
	say_progress_end(name);
	say("end the line");
	listen_end();
}

/* What cannot be told is left out; nothing overflows. */
static void test_progress_text(void **state)
{
	static const struct {
		struct progress p;
		const char *text;
	} row[] = {
		{{"f", 0, 1000, 5000}, "f  0% of 1.0 kB, 0 B/s"},
		{{"f", 1000, 1000, 1000}, "f  100% of 1.0 kB, 1.0 kB/s"},
		{{"f", 2000, 1000, 1000}, "f  100% of 1.0 kB, 2.0 kB/s"},
		{{"f", 1000, 7201000, 1000}, "f  0% of 7.2 MB, 1.0 kB/s, 2:00:00 left"},
		{{"f", 1, UINT64_MAX, 1000}, "f  0% of 18.4 EB, 1 B/s"},
		{{"f", 999, 1000, 0}, "f  99% of 1.0 kB, 999.0 kB/s, 0:01 left"},
	};
	static const struct progress pair[] = {
		{"s:vmlinuz-6.1.0-28-amd64", 500000, 1000000, 1000},
		{"s:initrd.img-6.1.0-28-amd64", 250000, 1000000, 1000},
	};
	char buf[80];

	(void)state;
	/* the bar gives way to names, names lose their ends before they are only counted */
	progress_text(buf, sizeof(buf), pair, 2, true);
	assert_string_equal(buf, "vmlinuz-6.1. 50%, initrd.img-6 25%  37%, 750.0 kB/s, 0:02 left");
	progress_text(buf, 60, pair, 2, true);
	assert_string_equal(buf, "2 files  [###-------]  37%, 750.0 kB/s, 0:02 left");
	progress_text(buf, 78, &row[0].p, 1, true);
	assert_string_equal(buf, "f  [----------]   0% of 1.0 kB, 0 B/s");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(progress_text(buf, sizeof(buf), &row[i].p, 1, false),
				 strlen(row[i].text));
		assert_string_equal(buf, row[i].text);
	}
	for (size_t size = 1; size < sizeof(buf); size++)
		assert_in_range(progress_text(buf, size, &row[3].p, 1, true), 0, size - 1);
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
		cmocka_unit_test(test_a_wait_is_told_when_quiet),
		cmocka_unit_test(test_control_bytes),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_progress_full),
		cmocka_unit_test(test_progress_several),
		cmocka_unit_test(test_progress_plain),
		cmocka_unit_test(test_progress_long_name),
		cmocka_unit_test(test_progress_text),
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
