/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The final kernel's command line: 1023 bytes (xen.h, MAX_GUEST_CMDLINE), never cut.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "plan.h"
#include "policy/backoff.h"
#include "policy/keys.h"

static void check(const char *args, const char *tail, bool add, const char *want)
{
	char out[PLAN_CMDLINE_MAX + 1];
	struct error err;

	assert_int_equal(cmdline_compose(out, sizeof(out), args, tail, add, &err), 0);
	assert_string_equal(out, want);
}

static void test_joined(void **state)
{
	(void)state;
	check("", "", false, "");
	check("a b", "", false, "a b");
	check("", "c d", false, "c d");
	check("a b", "c d", false, "a b c d");
	check("a  b -- c", " d  -- e ", false, "a  b -- c  d  -- e ");
}

static void test_console_added(void **state)
{
	(void)state;
	check("", "", true, "console=hvc0");
	check("a", "", true, "a console=hvc0");
	check("a", "t", true, "a console=hvc0 t");
	check("console=tty0 console=ttyS0,115200", "", true,
	      "console=tty0 console=ttyS0,115200 console=hvc0");
	/* Other consoles that only begin alike. */
	check("console=hvc1", "", true, "console=hvc1 console=hvc0");
	check("xconsole=hvc0", "", true, "xconsole=hvc0 console=hvc0");
	check("a=\"console=hvc0 x\"", "", true, "a=\"console=hvc0 x\" console=hvc0");
}

static void test_console_there_already(void **state)
{
	(void)state;
	check("console=hvc0", "", true, "console=hvc0");
	check("console=hvc0,115200 a", "", true, "console=hvc0,115200 a");
	check("console=hvc", "", true, "console=hvc");
	check("a", "console=hvc0", true, "a console=hvc0");
	check("\"console=hvc0\" a", "", true, "\"console=hvc0\" a");
}

static void test_console_in_front_of_init(void **state)
{
	(void)state;
	/* Behind "--" are init's arguments, not the kernel's. */
	check("a -- single", "", true, "a console=hvc0 -- single");
	check("a -- console=hvc0", "", true, "a console=hvc0 -- console=hvc0");
	check("a --", "", true, "a console=hvc0 --");
	check("-- single", "t", true, "console=hvc0 -- single t");
	check("a -- single", "console=hvc0", true, "a console=hvc0 -- single console=hvc0");
	check("a", "b -- console=hvc0", true, "a console=hvc0 b -- console=hvc0");
}

static void test_limit(void **state)
{
	char args[2000], out[PLAN_CMDLINE_MAX + 1];
	struct error err = {0};

	(void)state;
	memset(args, 'x', sizeof(args));
	args[1023] = '\0';
	assert_int_equal(cmdline_compose(out, sizeof(out), args, "", false, &err), 0);
	assert_int_equal(strlen(out), 1023);
	args[1023] = 'x';
	args[1024] = '\0';
	assert_int_equal(cmdline_compose(out, sizeof(out), args, "", false, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	args[1000] = '\0';
	assert_int_equal(
		cmdline_compose(out, sizeof(out), args, "1234567890123456789012", false, &err), 0);
	assert_int_equal(strlen(out), 1023);
	assert_int_equal(
		cmdline_compose(out, sizeof(out), args, "12345678901234567890123", false, &err),
		-1);
	assert_non_null(strstr(err.text, "1024 bytes, Xen passes 1023 at most: 1000 are from the"));
	assert_non_null(strstr(err.text, "23 from the guest's own"));
	assert_null(strstr(err.text, "hvc0"));
	/* console=hvc0 counts too, and is named. */
	args[1011] = '\0';
	args[1000] = 'x';
	assert_int_equal(cmdline_compose(out, sizeof(out), args, "", true, &err), -1);
	assert_non_null(strstr(err.text, "1024 bytes"));
	assert_non_null(strstr(err.text, "console=hvc0 was asked for"));
	args[1010] = '\0';
	assert_int_equal(cmdline_compose(out, sizeof(out), args, "", true, &err), 0);
}

static void test_size_of_buffer(void **state)
{
	char out[4], big[3000], args[1025];
	struct error err;

	(void)state;
	assert_int_equal(cmdline_compose(out, sizeof(out), "abc", "", false, &err), 0);
	assert_int_equal(cmdline_compose(out, sizeof(out), "abcd", "", false, &err), -1);
	/* Room for more does not make the limit larger. */
	memset(args, 'x', sizeof(args));
	args[1024] = '\0';
	assert_int_equal(cmdline_compose(big, sizeof(big), args, "", false, &err), -1);
}

static void test_backoff(void **state)
{
	static const unsigned int waits[] = {5, 10, 20, 40, 80, 160, 300, 300};

	(void)state;
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(backoff_seconds(i + 1, false, 0), waits[i]);
	assert_int_equal(backoff_seconds(4000000000U, false, 0), 300);
	/* RFC 5071 option 211: the server's value, as long as it ends. */
	assert_int_equal(backoff_seconds(1, true, 30), 30);
	assert_int_equal(backoff_seconds(9, true, 1), 1);
	assert_int_equal(backoff_seconds(2, true, 0), 10);
	assert_int_equal(backoff_seconds(1, true, 86400), 86400);
	assert_int_equal(backoff_seconds(1, true, 86401), 5);
	assert_int_equal(backoff_seconds(3, true, UINT32_MAX), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_console_added),
		cmocka_unit_test(test_console_there_already),
		cmocka_unit_test(test_console_in_front_of_init),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_size_of_buffer),
		cmocka_unit_test(test_backoff),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
