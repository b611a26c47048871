/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three forms of the answer. Expected bytes: pygrub's format_simple() and format_sxp(), which
 * every toolstack was written against.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "answer.h"

static char buf[ANSWER_MAX];
static const char *why;

#define GIVES(form, kernel, ramdisk, args, expected)                      \
	do {                                                              \
		const struct answer a = {kernel, ramdisk, args};          \
		size_t n = answer_format(buf, form, &a, &why);            \
		assert_int_equal(n, sizeof(expected) - 1);                \
		assert_memory_equal(buf, expected, sizeof(expected) - 1); \
	} while (0)

static void test_simple0(void **state)
{
	(void)state;
	GIVES(ANSWER_SIMPLE0, "/d/k", "/d/r", "a b", "kernel /d/k\0ramdisk /d/r\0args a b\0\0");
	GIVES(ANSWER_SIMPLE0, "/d/k", "/d/r", "a\nb", "kernel /d/k\0ramdisk /d/r\0args a\nb\0\0");
}

static void test_simple(void **state)
{
	const struct answer in_args = {"/k", "/r", "a\nb"};
	const struct answer in_path = {"/k\n", "/r", "a"};

	(void)state;
	GIVES(ANSWER_SIMPLE, "/d/k", "/d/r", "a b", "kernel /d/k\nramdisk /d/r\nargs a b\n\n");
	assert_int_equal(answer_format(buf, ANSWER_SIMPLE, &in_args, &why), 0);
	assert_non_null(strstr(why, "line break"));
	assert_int_equal(answer_format(buf, ANSWER_SIMPLE, &in_path, &why), 0);
}

static void test_sxp(void **state)
{
	(void)state;
	GIVES(ANSWER_SXP, "/d/k", "/d/r", "a b",
	      "linux (kernel '/d/k')(ramdisk '/d/r')(args 'a b')");
	GIVES(ANSWER_SXP, "/k", "/r", "x='a b' y=\"c\" (z) \\n",
	      "linux (kernel '/k')(ramdisk '/r')(args 'x=\\'a b\\' y=\"c\" (z) \\\\n')");
	GIVES(ANSWER_SXP, "/k", "/r", "a\nb\x7f\xc3",
	      "linux (kernel '/k')(ramdisk '/r')(args 'a\\x0ab\\x7f\xc3')");
}

/* libxl_bootloader.c keeps an item of 8191 bytes and drops one of 8192. */
static void test_item_size(void **state)
{
	static char path[8200];
	const struct answer a = {path, "/r", "x"};
	const struct answer b = {"/k", "/r", path};

	(void)state;
	memset(path, 'p', 8191 - strlen("kernel "));
	assert_int_not_equal(answer_format(buf, ANSWER_SIMPLE0, &a, &why), 0);
	memset(path, 'p', 8192 - strlen("kernel "));
	assert_int_equal(answer_format(buf, ANSWER_SIMPLE0, &a, &why), 0);
	assert_non_null(strstr(why, "8192"));

	/* The worst that sxp can make of the longest items still fits in ANSWER_MAX. */
	memset(path, 0, sizeof(path));
	memset(path, '\x01', 8191 - strlen("args "));
	assert_int_equal(answer_format(buf, ANSWER_SXP, &b, &why),
			 strlen("linux (kernel '/k')(ramdisk '/r')(args '')") +
				 4 * (8191 - strlen("args ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple0),
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_sxp),
		cmocka_unit_test(test_item_size),
	};

	return cmocka_run_group_tests_name("stage1_answer", tests, NULL, NULL);
}
