/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What passes for a kernel, and for the name of an image.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"

/* Header fields of Documentation/arch/x86/boot.rst: 1 + @setup sectors, then @paras paragraphs. */
static void make_head(unsigned char head[0x206], unsigned char setup, uint32_t paras)
{
	memset(head, 0, 0x206);
	head[0x1f1] = setup;
	for (int i = 0; i < 4; i++)
		head[0x1f4 + i] = (unsigned char)(paras >> (8 * i));
	memcpy(head + 0x202, "HdrS", 4);
}

static void test_bzimage(void **state)
{
	unsigned char head[0x206];

	(void)state;
	make_head(head, 27, 0x10203);
	assert_null(image_check_kernel(head, sizeof(head), 28 * 512 + 0x102030));
	assert_null(image_check_kernel(head, sizeof(head), 28 * 512 + 0x102030 + 1500));
	assert_non_null(image_check_kernel(head, sizeof(head), 28 * 512 + 0x102030 - 1));

	/* 0 setup sectors mean 4, for the sake of very old kernels. */
	make_head(head, 0, 1);
	assert_null(image_check_kernel(head, sizeof(head), 5 * 512 + 16));
	assert_non_null(image_check_kernel(head, sizeof(head), 5 * 512 + 15));

	/* The largest header: no overflow. */
	make_head(head, 255, 0xffffffff);
	assert_non_null(image_check_kernel(head, sizeof(head), 1 << 30));

	make_head(head, 27, 1);
	head[0x202] = 'h';
	assert_non_null(image_check_kernel(head, sizeof(head), 1 << 20));
}

static void test_elf(void **state)
{
	(void)state;
	assert_null(image_check_kernel((const unsigned char *)"\177ELF", 4, 4));
	assert_non_null(image_check_kernel((const unsigned char *)"\177EL", 3, 3));
}

/* Each length is a buffer of its own, so that the sanitizer sees a read behind its end. */
static void test_every_length(void **state)
{
	unsigned char head[0x206];

	(void)state;
	make_head(head, 1, 1);
	for (size_t len = 0; len < sizeof(head); len++) {
		unsigned char *cut = malloc(len ? len : 1);

		assert_non_null(cut);
		memcpy(cut, head, len);
		assert_non_null(image_check_kernel(cut, len, 1 << 20));
		free(cut);
	}
	assert_null(image_check_kernel(head, sizeof(head), 1 << 20));
}

static void test_name(void **state)
{
	(void)state;
	assert_true(image_name_valid("default"));
	assert_true(image_name_valid("a.b_c+d-E9"));
	assert_true(image_name_valid("-"));
	assert_false(image_name_valid(""));
	assert_false(image_name_valid("."));
	assert_false(image_name_valid(".."));
	assert_false(image_name_valid(".hidden"));
	assert_false(image_name_valid("a/b"));
	assert_false(image_name_valid("a\\b"));
	assert_false(image_name_valid("a b"));
	assert_false(image_name_valid("\xc3\xa0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_elf),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests_name("stage1_image", tests, NULL, NULL);
}
