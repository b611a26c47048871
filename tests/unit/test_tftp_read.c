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
static const struct tftp_options windowed = {.blksize = 1024, .has_tsize = true, .windowsize = 8};
static uint8_t cache[TFTP_WINDOW_MAX * 1024];

static struct tftp_read begin(const struct tftp_options *options)
{
	struct tftp_read r;

	tftp_read_start(&r, options, cache);
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

#define OACK_8               \
	"\0\6blksize\0"      \
	"1024\0windowsize\0" \
	"8\0"

static struct tftp_read begin_windowed(void)
{
	struct tftp_read r = begin(&windowed);

	assert_int_equal(TAKE(&r, OACK_8, NULL), TFTP_OPTIONS);
	assert_int_equal(r.window, 8);
	tftp_read_acked(&r);
	return r;
}

/* What waits in the cache, in order. */
static unsigned int drain(struct tftp_read *r)
{
	const uint8_t *at;
	unsigned int n = 0;
	size_t len;

	while (tftp_read_cached(r, &at, &len))
		n++;
	return n;
}

/* RFC 7440 section 4: one acknowledgement for a window, and one for what is left at the end. */
static void test_window(void **state)
{
	struct tftp_read r = begin_windowed();

	(void)state;
	for (unsigned int i = 1; i <= 20; i++) {
		assert_int_equal(data(&r, i, i < 20 ? 1024 : 3), TFTP_BLOCK);
		assert_int_equal(tftp_read_ack_due(&r), i % 8 == 0 || i == 20);
		if (tftp_read_ack_due(&r))
			tftp_read_acked(&r);
	}
	assert_int_equal(r.state, TFTP_COMPLETE);
}

/* A server that grants fewer blocks, or none: RFC 7440 section 3. */
static void test_window_granted(void **state)
{
	struct tftp_read r = begin(&windowed);

	(void)state;
	assert_int_equal(TAKE(&r,
			      "\0\6windowsize\0"
			      "2\0",
			      NULL),
			 TFTP_OPTIONS);
	assert_int_equal(r.window, 2);
	assert_int_equal(data(&r, 1, 512), TFTP_BLOCK);
	assert_false(tftp_read_ack_due(&r));
	assert_int_equal(data(&r, 4, 512), TFTP_NOTHING); /* a window ahead */
	assert_int_equal(data(&r, 2, 512), TFTP_BLOCK);
	assert_true(tftp_read_ack_due(&r));

	r = begin(&windowed);
	assert_int_equal(TAKE(&r,
			      "\0\6blksize\0"
			      "1024\0",
			      NULL),
			 TFTP_OPTIONS);
	assert_int_equal(r.window, 1);
	assert_int_equal(data(&r, 2, 1024), TFTP_NOTHING);
}

static void test_reordered(void **state)
{
	struct tftp_read r = begin_windowed();
	const uint8_t *at;
	size_t len;

	(void)state;
	assert_int_equal(data(&r, 2, 1024), TFTP_CACHED);
	assert_int_equal(data(&r, 3, 1024), TFTP_CACHED);
	assert_int_equal(data(&r, 3, 1024), TFTP_CACHED);
	assert_false(tftp_read_cached(&r, &at, &len));
	assert_int_equal(data(&r, 1, 1024), TFTP_BLOCK);
	assert_int_equal(drain(&r), 2);
	assert_int_equal(r.block, 3);
	assert_int_equal(r.unacked, 3);
	assert_false(r.gap);
	assert_int_equal(data(&r, 2, 1024), TFTP_DUPLICATE);
	assert_int_equal(data(&r, 3, 1024), TFTP_DUPLICATE);
}

/* What is kept comes out as it went in. */
static void test_cached_bytes(void **state)
{
	struct tftp_read r = begin_windowed();
	const uint8_t *at;
	size_t len;

	(void)state;
	assert_int_equal(TAKE(&r, "\0\3\0\2second", NULL), TFTP_CACHED);
	assert_true(r.gap); /* a short block: the server is at its end */
	assert_int_equal(data(&r, 1, 1024), TFTP_BLOCK);
	assert_true(tftp_read_cached(&r, &at, &len));
	assert_int_equal(len, 6);
	assert_memory_equal(at, "second", 6);
	assert_int_equal(r.state, TFTP_COMPLETE);
	assert_true(tftp_read_ack_due(&r));
	assert_false(tftp_read_cached(&r, &at, &len));
}

/* Block 3 is lost: with block 8 that is certain, and after an acknowledgement of 2 only it and what
 * the server sends behind the old window are new. */
static void test_lost(void **state)
{
	struct tftp_read r = begin_windowed();

	(void)state;
	for (unsigned int i = 1; i <= 8; i++) {
		if (i == 3)
			continue;
		assert_int_equal(data(&r, i, 1024), i < 3 ? TFTP_BLOCK : TFTP_CACHED);
		assert_int_equal(r.gap, i == 8);
	}
	tftp_read_acked(&r);
	assert_int_equal(r.block, 2);
	/* a copy of the last one asks for nothing more */
	assert_int_equal(data(&r, 8, 1024), TFTP_CACHED);
	assert_false(r.gap);
	assert_int_equal(data(&r, 3, 1024), TFTP_BLOCK);
	assert_int_equal(drain(&r), 5);
	assert_int_equal(r.block, 8);
	/* the server's window is 3 to 10 now */
	for (unsigned int i = 4; i <= 8; i++)
		assert_int_equal(data(&r, i, 1024), TFTP_DUPLICATE);
	assert_int_equal(data(&r, 9, 1024), TFTP_BLOCK);
	assert_false(tftp_read_ack_due(&r));
	assert_int_equal(data(&r, 10, 1024), TFTP_BLOCK);
	assert_true(tftp_read_ack_due(&r));
}

static void test_window_roll_over(void **state)
{
	struct tftp_read r = begin_windowed();

	(void)state;
	for (unsigned int i = 1; i <= 65534; i++) {
		assert_int_equal(data(&r, i, 1024), TFTP_BLOCK);
		if (tftp_read_ack_due(&r))
			tftp_read_acked(&r);
	}
	assert_int_equal(data(&r, 0, 1024), TFTP_CACHED);
	assert_int_equal(data(&r, 1, 1024), TFTP_CACHED);
	assert_int_equal(data(&r, 65535, 1024), TFTP_BLOCK);
	assert_int_equal(drain(&r), 2);
	assert_int_equal(r.block, 1);
	assert_int_equal(data(&r, 65535, 1024), TFTP_DUPLICATE);
	assert_int_equal(data(&r, 2, 1024), TFTP_BLOCK);

	/* Here 1 behind 65535 is early: it does not stand for 0. */
	r.block = 65535;
	assert_int_equal(data(&r, 1, 1024), TFTP_CACHED);
	assert_int_equal(r.block, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_options), cmocka_unit_test(test_without_oack),
		cmocka_unit_test(test_partial_oack), cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_order),	     cmocka_unit_test(test_oack_twice),
		cmocka_unit_test(test_roll_over),    cmocka_unit_test(test_block_too_large),
		cmocka_unit_test(test_window),	     cmocka_unit_test(test_window_granted),
		cmocka_unit_test(test_reordered),    cmocka_unit_test(test_cached_bytes),
		cmocka_unit_test(test_lost),	     cmocka_unit_test(test_window_roll_over),
		cmocka_unit_test(test_errors),	     cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
