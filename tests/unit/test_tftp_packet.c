/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fetch/tftp_packet.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const struct tftp_options asked = {.blksize = 1468, .has_tsize = true};

static void test_rrq(void **state)
{
	const struct tftp_options none = {0};
	uint8_t buf[64];

	(void)state;
	/* RFC 1350 figure 5-1, RFC 2347 section 2 */
	assert_int_equal(tftp_build_rrq(buf, sizeof(buf), "a/b", &none), 12);
	assert_memory_equal(buf, "\0\1a/b\0octet", 12);
	assert_int_equal(tftp_build_rrq(buf, sizeof(buf), "f", &asked), 31);
	assert_memory_equal(buf,
			    "\0\1f\0octet\0blksize\0"
			    "1468\0tsize\0"
			    "0",
			    31);
}

/* Whatever the size, it fits or it is refused. */
static void test_rrq_bounds(void **state)
{
	uint8_t whole[64];
	size_t len = tftp_build_rrq(whole, sizeof(whole), "name", &asked);

	(void)state;
	for (size_t size = 0; size <= len; size++) {
		uint8_t *exact = malloc(size ? size : 1);

		assert_non_null(exact);
		assert_int_equal(tftp_build_rrq(exact, size, "name", &asked),
				 size == len ? len : 0);
		free(exact);
	}
}

static void test_ack_and_error(void **state)
{
	uint8_t buf[16];

	(void)state;
	assert_int_equal(tftp_build_ack(buf, 0xabcd), 4);
	assert_memory_equal(buf, "\0\4\xab\xcd", 4);
	assert_int_equal(tftp_build_error(buf, sizeof(buf), TFTP_ERR_OPTION, "no"), 7);
	assert_memory_equal(buf, "\0\5\0\10no", 7);
	assert_int_equal(tftp_build_error(buf, 8, TFTP_ERR_UNDEFINED, "too long"), 8);
	assert_memory_equal(buf, "\0\5\0\0too", 8);
}

/* In a block of exactly its size. */
static int parse(struct tftp_packet *p, const uint8_t *buf, size_t len,
		 const struct tftp_options *options, struct error *err)
{
	static uint8_t *block;

	free(block); /* of the call before: the packet points into it */
	block = malloc(len ? len : 1);
	assert_non_null(block);
	memcpy(block, buf, len);
	return tftp_parse(p, block, len, options, err);
}

static void test_data(void **state)
{
	struct tftp_packet p;
	struct error err;

	(void)state;
	assert_int_equal(parse(&p,
			       BYTES("\0\3\xff\xfe"
				     "abc"),
			       &asked, &err),
			 0);
	assert_int_equal(p.opcode, TFTP_DATA);
	assert_int_equal(p.block, 0xfffe);
	assert_int_equal(p.len, 3);
	assert_memory_equal(p.data, "abc", 3);
	assert_int_equal(parse(&p, BYTES("\0\3\0\1"), &asked, &err), 0);
	assert_int_equal(p.len, 0);
}

static void test_oack(void **state)
{
	static const struct {
		const uint8_t *buf;
		size_t len;
		int ret;
		unsigned int blksize;
		bool has_tsize;
		uint64_t tsize;
	} row[] = {
		{BYTES("\0\6"), 0, 0, false, 0},
		{BYTES("\0\6blksize\0"
		       "1468\0"),
		 0, 1468, false, 0},
		{BYTES("\0\6BlkSize\0"
		       "512\0TSIZE\0"
		       "5000000000\0"),
		 0, 512, true, 5000000000u},
		{BYTES("\0\6tsize\0"
		       "0\0blksize\0"
		       "8\0"),
		 0, 8, true, 0},
		{BYTES("\0\6tsize\0"
		       "18446744073709551615\0"),
		 0, 0, true, UINT64_MAX},
		/* barebox 2026 and its kin: sizes that would divide by zero or run over */
		{BYTES("\0\6blksize\0"
		       "0\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0"
		       "7\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0"
		       "1469\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0"
		       "65464\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0"
		       "4294968764\0"),
		 -1, 0, false, 0}, /* 2^32 + 1468 */
		{BYTES("\0\6blksize\0"
		       "-8\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0\0"), -1, 0, false, 0},
		{BYTES("\0\6tsize\0"
		       "18446744073709551616\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6tsize\0"
		       "12a\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6tsize\0 12\0"), -1, 0, false, 0},
		/* RFC 2347: not asked for */
		{BYTES("\0\6windowsize\0"
		       "16\0"),
		 -1, 0, false, 0},
		{BYTES("\0\6tsize\0"
		       "1\0timeout\0"
		       "1\0"),
		 -1, 0, false, 0},
		/* cut off anywhere */
		{BYTES("\0\6blksize\0"
		       "1468"),
		 -1, 0, false, 0},
		{BYTES("\0\6blksize\0"), -1, 0, false, 0},
		{BYTES("\0\6blksize"), -1, 0, false, 0},
		{BYTES("\0\6b"), -1, 0, false, 0},
		{BYTES("\0\6\0"), -1, 0, false, 0},
	};
	struct tftp_packet p;
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(parse(&p, row[i].buf, row[i].len, &asked, &err), row[i].ret);
		if (row[i].ret < 0) {
			assert_int_equal(err.class, ERR_PROTOCOL);
			continue;
		}
		assert_int_equal(p.opcode, TFTP_OACK);
		assert_int_equal(p.options.blksize, row[i].blksize);
		assert_int_equal(p.options.has_tsize, row[i].has_tsize);
		assert_int_equal(p.options.tsize, row[i].tsize);
	}
}

/* RFC 7440 section 3: from 1 to what was asked for. */
static void test_oack_windowsize(void **state)
{
	const struct tftp_options windowed = {.windowsize = 64};
	static const struct {
		const uint8_t *buf;
		size_t len;
		int ret;
		unsigned int windowsize;
	} row[] = {
		{BYTES("\0\6windowsize\0"
		       "64\0"),
		 0, 64},
		{BYTES("\0\6WindowSize\0"
		       "1\0"),
		 0, 1},
		{BYTES("\0\6windowsize\0"
		       "0\0"),
		 -1, 0},
		{BYTES("\0\6windowsize\0"
		       "65\0"),
		 -1, 0},
		{BYTES("\0\6windowsize\0"
		       "4294967297\0"),
		 -1, 0},
		{BYTES("\0\6windowsize\0\0"), -1, 0},
	};
	struct tftp_packet p;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(parse(&p, row[i].buf, row[i].len, &windowed, NULL), row[i].ret);
		if (row[i].ret == 0)
			assert_int_equal(p.options.windowsize, row[i].windowsize);
	}
}

static void test_rrq_windowsize(void **state)
{
	static const char want[] = "\0\1f\0octet\0windowsize\0"
				   "64";
	uint8_t buf[64];

	(void)state;
	assert_int_equal(
		tftp_build_rrq(buf, sizeof(buf), "f", &(struct tftp_options){.windowsize = 64}),
		sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(tftp_build_rrq(buf, sizeof(want) - 1, "f",
					&(struct tftp_options){.windowsize = 64}),
			 0);
}

/* A request without options must not be granted any. */
static void test_oack_unasked(void **state)
{
	const struct tftp_options none = {0};
	struct tftp_packet p;
	struct error err;

	(void)state;
	assert_int_equal(parse(&p,
			       BYTES("\0\6blksize\0"
				     "512\0"),
			       &none, &err),
			 -1);
	assert_int_equal(parse(&p,
			       BYTES("\0\6tsize\0"
				     "512\0"),
			       &none, &err),
			 -1);
	assert_non_null(strstr(err.text, "tsize=512"));
}

static void test_malformed(void **state)
{
	static const struct {
		const uint8_t *buf;
		size_t len;
	} row[] = {
		{BYTES("")},
		{BYTES("\0")},
		{BYTES("\0\3\0")},
		{BYTES("\0\5\0")},
		{BYTES("\0\1f\0octet\0")},
		{BYTES("\0\4\0\1")},
		{BYTES("\0\7\0\0")},
		{BYTES("\3\0\0\1")},
	};
	struct tftp_packet p;
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(parse(&p, row[i].buf, row[i].len, &asked, &err), -1);
		assert_int_equal(err.class, ERR_PROTOCOL);
	}
}

static void test_error_class(void **state)
{
	static const struct {
		const uint8_t *buf;
		size_t len;
		enum error_class class;
	} row[] = {
		{BYTES("\0\5\0\1\0"), ERR_NOT_FOUND},
		{BYTES("\0\5\0\1"), ERR_NOT_FOUND}, /* no text, not even its NUL */
		{BYTES("\0\5\0\1whatever"), ERR_NOT_FOUND},
		{BYTES("\0\5\0\0File not found\0"), ERR_NOT_FOUND},
		{BYTES("\0\5\0\2The system cannot find the file specified."), ERR_NOT_FOUND},
		{BYTES("\0\5\0\0No such file or directory\0"), ERR_NOT_FOUND},
		{BYTES("\0\5\0\0\0not found"), ERR_SERVER}, /* behind the text's end */
		{BYTES("\0\5\0\2Access violation\0"), ERR_SERVER},
		{BYTES("\0\5\0\0\0"), ERR_SERVER},
		{BYTES("\0\5\0\3not found\0"), ERR_SERVER}, /* the disk is full, whatever it says */
		{BYTES("\0\5\0\4Illegal\0"), ERR_SERVER},
		{BYTES("\0\5\xff\xff\0"), ERR_SERVER},
	};
	struct tftp_packet p;
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(parse(&p, row[i].buf, row[i].len, &asked, &err), 0);
		assert_int_equal(p.opcode, TFTP_ERROR);
		assert_int_equal(tftp_error_class(&p), row[i].class);
	}
	assert_string_equal(tftp_error_name(2), "access violation");
	assert_string_equal(tftp_error_name(8), "options refused");
	assert_string_equal(tftp_error_name(9), "unknown error");
	assert_string_equal(tftp_error_name(65535), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rrq),
		cmocka_unit_test(test_rrq_bounds),
		cmocka_unit_test(test_ack_and_error),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_oack),
		cmocka_unit_test(test_oack_unasked),
		cmocka_unit_test(test_oack_windowsize),
		cmocka_unit_test(test_rrq_windowsize),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_error_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
