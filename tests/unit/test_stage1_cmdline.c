/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage two's command line: order, quoting, and the 1023 bytes that Xen passes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmdline.h"

#define FIXED "console=hvc0 quiet"

static char line[CMDLINE_MAX + 1];
static struct cmdline_lengths len;

static void test_plain(void **state)
{
	const char *values[KEY_COUNT] = {NULL};

	(void)state;
	assert_true(cmdline_compose(line, values, "", &len));
	assert_string_equal(line, FIXED);
	assert_int_equal(len.separator, 0);
	assert_int_equal(len.guest, 0);
	assert_int_equal(len.total, strlen(FIXED));

	assert_true(cmdline_compose(line, values, "root=/dev/xvda1 ro", &len));
	assert_string_equal(line, FIXED " -- root=/dev/xvda1 ro");
	assert_int_equal(len.ours, strlen(FIXED));
	assert_int_equal(len.separator, 4);
	assert_int_equal(len.guest, strlen("root=/dev/xvda1 ro"));
	assert_int_equal(len.total, strlen(line));
}

static void test_keys(void **state)
{
	const char *values[KEY_COUNT] = {
		[KEY_BOOT] = "net,local",   [KEY_TIMEOUT] = "30",	[KEY_FAIL] = "poweroff",
		[KEY_LABEL] = "two words",  [KEY_ENTRY] = "b\xc3\xa0r", [KEY_SERVER] = "192.0.2.1",
		[KEY_CONFIG_DIR] = "x.cfg", [KEY_CONFIG] = "a=b",	[KEY_VIF] = "1",
		[KEY_CONSOLE] = "add",	    [KEY_QUIET] = "",		[KEY_VERBOSE] = "",
	};

	(void)state;
	assert_true(cmdline_compose(line, values, "a", &len));
	assert_string_equal(line, FIXED " xenpxe.boot=net,local xenpxe.timeout=30"
					" xenpxe.fail=poweroff xenpxe.label=\"two words\""
					" xenpxe.entry=\"b\xc3\xa0r\" xenpxe.server=192.0.2.1"
					" xenpxe.config-dir=x.cfg xenpxe.config=a=b xenpxe.vif=1"
					" xenpxe.console=add xenpxe.quiet xenpxe.verbose -- a");
}

/* What the guest was given reaches the final kernel byte by byte. */
static void test_guest_verbatim(void **state)
{
	static const char *const guests[] = {
		"a -- b", "-- b", " -- ", " ", "a=\"b", "\xff\x01\n\t", "a --", "xenpxe.label=x",
	};
	const char *values[KEY_COUNT] = {[KEY_LABEL] = "x"};

	(void)state;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		const char *tail;

		assert_true(cmdline_compose(line, values, guests[i], &len));
		tail = strstr(line, " -- ");
		assert_non_null(tail);
		assert_string_equal(tail + 4, guests[i]);
	}
}

static void test_limit(void **state)
{
	const char *values[KEY_COUNT] = {[KEY_LABEL] = "two words"};
	const char *ours = FIXED " xenpxe.label=\"two words\"";
	static char guest[5000];

	(void)state;
	for (size_t total = 1022; total <= 1025; total++) {
		size_t n = total - strlen(ours) - 4;
		bool fits = total <= 1023;

		memset(guest, 'g', n);
		guest[n] = '\0';
		assert_int_equal(cmdline_compose(line, values, guest, &len), fits);
		assert_int_equal(strlen(line), fits ? total : 0);
		assert_int_equal(len.total, total);
		assert_int_equal(len.guest, n);
		assert_int_equal(len.ours, strlen(ours));
		assert_int_equal(len.separator, 4);
	}

	memset(guest, 'g', sizeof(guest) - 1);
	assert_false(cmdline_compose(line, values, guest, &len));
	assert_int_equal(len.total, strlen(ours) + 4 + sizeof(guest) - 1);
}

/* Keys alone can be too long as well. */
static void test_limit_of_keys(void **state)
{
	static char text[512];
	const char *values[KEY_COUNT] = {
		[KEY_LABEL] = text + 256, [KEY_ENTRY] = text + 256, [KEY_CONFIG] = text};

	(void)state;
	memset(text, 'k', 511);
	assert_false(cmdline_compose(line, values, "", &len));
	assert_true(len.ours > CMDLINE_MAX);
	assert_int_equal(len.total, len.ours);
	assert_string_equal(line, "");
}

static void test_stray_key(void **state)
{
	size_t n = 0;
	const char *found;

	(void)state;
	assert_null(cmdline_stray_key("", &n));
	assert_null(cmdline_stray_key("a axenpxe.label=x xenpxe", &n));
	found = cmdline_stray_key("a  xenpxe.label=x b", &n);
	assert_non_null(found);
	assert_int_equal(n, strlen("xenpxe.label=x"));
	assert_memory_equal(found, "xenpxe.label=x", n);
	found = cmdline_stray_key("xenpxe.quiet", &n);
	assert_non_null(found);
	assert_int_equal(n, strlen("xenpxe.quiet"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	       cmocka_unit_test(test_keys),
		cmocka_unit_test(test_guest_verbatim), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_limit_of_keys),  cmocka_unit_test(test_stray_key),
	};

	return cmocka_run_group_tests_name("stage1_cmdline", tests, NULL, NULL);
}
