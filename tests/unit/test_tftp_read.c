/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fetch/tftp_read.h"

static const struct tftp_options asked = {.blksize = 1024, .has_tsize = true};
static const struct tftp_options none;

static struct tftp_read begin(const struct tftp_options *options)
{
	struct tftp_read r;

	tftp_read_start(&r, options);
	return r;
}

static enum tftp_verdict take(struct tftp_read *r, const void *buf, size_t len, struct error *err)
{
	const uint8_t *data = NULL;
	size_t data_len = 0;
	enum tftp_verdict verdict = tftp_read_packet(r, buf, len, &data, &data_len, err);

	if (verdict == TFTP_BLOCK) {
		assert_ptr_equal(data, (const uint8_t *)buf + 4);
		assert_int_equal(data_len, len - 4);
	}
	return verdict;
}

static enum tftp_verdict data(struct tftp_read *r, unsigned int block, size_t len)
{
	uint8_t buf[2048] = {0, 3, (uint8_t)(block >> 8), (uint8_t)block};

	return take(r, buf, 4 + len, NULL);
}

#define TAKE(r, s, err) take(r, s, sizeof(s) - 1, err)

static void test_with_options(void **state)
{
	struct tftp_read r = begin(&asked);

	(void)state;
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "1024\0tsize\0"
			      "1500\0",
			      NULL),
			 TFTP_OPTIONS);
	assert_int_equal(r.blksize, 1024);
	assert_true(r.has_tsize);
	assert_int_equal(r.tsize, 1500);
	assert_int_equal(r.block, 0); /* what the OACK is acknowledged with */
	assert_int_equal(data(&r, 1, 1024), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_READING);
	assert_int_equal(data(&r, 2, 476), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_COMPLETE);
	assert_int_equal(r.block, 2);
}

/* RFC 2347: a server that does not know options sends DATA at once. */
static void test_without_oack(void **state)
{
	struct tftp_read r = begin(&asked);

	(void)state;
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_READING);
	assert_false(r.has_tsize);
	/* too late */
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "1024\0",
			      NULL),
			 TFTP_NOTHING);
	assert_int_equal(r.blksize, 512);
	assert_int_equal(data(&r, 2, 0), TFTP_BLOCK); /* an exact multiple ends in an empty block */
	assert_int_equal(r.state, TFTP_COMPLETE);
}

/* An OACK that grants the size only: blocks stay at RFC 1350's 512. */
static void test_partial_oack(void **state)
{
	struct tftp_read r = begin(&asked);

	(void)state;
	assert_int_equal(TAKE(&r,
			      "\0\6tsize\0"
			      "600\0",
			      NULL),
			 TFTP_OPTIONS);
	assert_int_equal(r.blksize, 512);
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_READING);
}

static void test_empty_file(void **state)
{
	struct tftp_read r = begin(&none);

	(void)state;
	assert_int_equal(data(&r, 1, 0), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_COMPLETE);
}

static void test_order(void **state)
{
	struct tftp_read r = begin(&none);

	(void)state;
	assert_int_equal(data(&r, 0, 512), TFTP_NOTHING);
	assert_int_equal(data(&r, 2, 512), TFTP_NOTHING);
	assert_int_equal(r.state, TFTP_ASKED);
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 2, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 2, 512), TFTP_DUPLICATE);
	assert_int_equal(data(&r, 1, 512), TFTP_NOTHING);
	assert_int_equal(data(&r, 4, 512), TFTP_NOTHING);
	assert_int_equal(r.block, 2);
}

static void test_oack_twice(void **state)
{
	struct tftp_read r = begin(&asked);

	(void)state;
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "1024\0",
			      NULL),
			 TFTP_OPTIONS);
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "512\0",
			      NULL),
			 TFTP_DUPLICATE);
	assert_int_equal(r.blksize, 1024);
	/* block 0 was never data */
	assert_int_equal(data(&r, 0, 1024), TFTP_NOTHING);
}

static void test_roll_over(void **state)
{
	struct tftp_read r = begin(&none);

	(void)state;
	for (unsigned int i = 1; i <= 65535; i++)
		assert_int_equal(data(&r, i, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 0, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 0, 512), TFTP_DUPLICATE);
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 3, 512), TFTP_NOTHING);
	for (unsigned int i = 2; i <= 65535; i++)
		assert_int_equal(data(&r, i, 512), TFTP_BLOCK);
	/* tftpd-hpa --rollover 1 */
	assert_int_equal(data(&r, 2, 512), TFTP_NOTHING);
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_int_equal(data(&r, 2, 100), TFTP_BLOCK);
	assert_int_equal(r.state, TFTP_COMPLETE);
}

static void test_block_too_large(void **state)
{
	struct tftp_read r = begin(&asked);
	uint8_t buf[4 + 1025] = {0, 3, 0, 1};
	struct error err;

	(void)state;
	/* asked for 1024, not granted: 512 it is */
	assert_int_equal(take(&r, buf, 4 + 513, &err), TFTP_BROKEN);
	assert_int_equal(err.class, ERR_PROTOCOL);
	r = begin(&asked);
	TAKE(&r,
	     "\0\6blksize\0"
	     "1024\0",
	     NULL);
	assert_int_equal(take(&r, buf, 4 + 1025, &err), TFTP_BROKEN);
}

static void test_errors(void **state)
{
	struct tftp_read r = begin(&asked);
	struct error err;

	(void)state;
	assert_int_equal(TAKE(&r, "\0\5\0\1", &err), TFTP_REFUSED);
	assert_int_equal(err.class, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "file not found"));
	assert_int_equal(TAKE(&r, "\0\5\0\2go\033away\0", &err), TFTP_REFUSED);
	assert_int_equal(err.class, ERR_SERVER);
	assert_non_null(strstr(err.text, "go\\x1baway"));

	/* Options disliked: once, and only in answer to a request that had some. */
	assert_int_equal(TAKE(&r, "\0\5\0\10no options\0", &err), TFTP_PLAIN);
	assert_int_equal(TAKE(&r, "\0\5\0\4illegal\0", &err), TFTP_PLAIN);
	r = begin(&none);
	assert_int_equal(TAKE(&r, "\0\5\0\10no options\0", &err), TFTP_REFUSED);
	assert_int_equal(err.class, ERR_SERVER);
	r = begin(&asked);
	TAKE(&r,
	     "\0\6tsize\0"
	     "600\0",
	     NULL);
	assert_int_equal(TAKE(&r, "\0\5\0\10no options\0", &err), TFTP_REFUSED);
}

static void test_broken(void **state)
{
	struct tftp_read r = begin(&asked);
	struct error err;

	(void)state;
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "0\0",
			      &err),
			 TFTP_BROKEN);
	assert_int_equal(TAKE(&r, "\0\2", &err), TFTP_BROKEN);
	assert_int_equal(TAKE(&r, "", &err), TFTP_BROKEN);
	assert_int_equal(err.class, ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_options), cmocka_unit_test(test_without_oack),
		cmocka_unit_test(test_partial_oack), cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_order),	     cmocka_unit_test(test_oack_twice),
		cmocka_unit_test(test_roll_over),    cmocka_unit_test(test_block_too_large),
		cmocka_unit_test(test_errors),	     cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
