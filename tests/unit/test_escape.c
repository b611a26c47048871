/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "util/escape.h"

static void check(const void *src, size_t len, const char *want)
{
	char dst[200];

	assert_string_equal(escape(dst, sizeof(dst), src, len), want);
}

static void test_bytes(void **state)
{
	(void)state;
	check("", 0, "");
	check("plain text ~!", 13, "plain text ~!");
	check("a\\b", 3, "a\\\\b");
	check("\x00\n\x1b[2J\x7f", 7, "\\x00\\x0a\\x1b[2J\\x7f");
	check("\xc3\xa4\xff\x80", 4, "\\xc3\\xa4\\xff\\x80");
}

static void test_every_byte_is_printable(void **state)
{
	char dst[5];

	(void)state;
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;

		escape(dst, sizeof(dst), &byte, 1);
		for (const char *p = dst; *p; p++)
			assert_true(*p >= 0x20 && *p < 0x7f);
		assert_true(strlen(dst) >= 1);
	}
}

static void test_cut(void **state)
{
	char dst[8];

	(void)state;
	assert_string_equal(escape_str(dst, 8, "1234567"), "1234567");
	assert_string_equal(escape_str(dst, 8, "12345678"), "1234...");
	/* An escape is there in full or not at all. */
	assert_string_equal(escape_str(dst, 8,
				       "12\xff"
				       "345678"),
			    "12...");
	assert_string_equal(escape_str(dst, 4, "12345"), "...");
	assert_string_equal(escape_str(dst, 3, "12345"), "12");
	assert_string_equal(escape_str(dst, 2, "12345"), "1");
	assert_string_equal(escape_str(dst, 1, "12345"), "");
	assert_string_equal(escape_str(dst, 1, ""), "");
}

static void test_exact_memory(void **state)
{
	(void)state;
	for (size_t size = 1; size < 30; size++) {
		char *dst = malloc(size);

		assert_non_null(dst);
		escape(dst, size, "ab\xff\\\x01zzz", 8);
		assert_true(strlen(dst) < size);
		free(dst);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_every_byte_is_printable),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_exact_memory),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
