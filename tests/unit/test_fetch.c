/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch.c's own part: what it believes of a protocol that says one thing about sizes and does
 * another. TFTP itself is replaced by a script; it is tested in test_tftp_*.c and tests/net.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fetch/fetch.h"
#include "fetch/tftp.h"

/* The script: sizes said, then so many bytes in pieces. */
static struct {
	uint64_t size[2];
	size_t n_size;
	size_t bytes, piece;
	int error;
} script;

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

/* The files one after the other; of a failure the last one is to blame. */
int tftp_get(const struct fetch_job *job, size_t n, const struct fetch_options *opt, size_t *failed,
	     struct error *err)
{
	uint8_t piece[4096];

	(void)opt;
	for (size_t k = 0; k < n; k++) {
		const struct fetch_sink *sink = &job[k].sink;

		*failed = k;
		for (size_t i = 0; i < script.n_size; i++) {
			if (sink->size(sink->ctx, script.size[i], err) < 0)
				return -1;
		}
		for (size_t at = 0; at < script.bytes;) {
			size_t len =
				script.bytes - at < script.piece ? script.bytes - at : script.piece;

			for (size_t i = 0; i < len; i++)
				piece[i] = byte_at(at + i);
			if (sink->data(sink->ctx, piece, len, err) < 0)
				return -1;
			at += len;
		}
	}
	return script.error ? error_set(err, ERR_TIMEOUT, "the script ends") : 0;
}

int tftp_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err)
{
	(void)url;
	(void)opt;
	*size = script.size[0];
	return script.error ? error_set(err, ERR_NOT_FOUND, "no such thing") : 0;
}

static void play(uint64_t size, size_t bytes)
{
	memset(&script, 0, sizeof(script));
	script.size[0] = size;
	script.n_size = 1;
	script.bytes = bytes;
	script.piece = 100;
}

static const struct url url = {.port = 69, .server = {0x010200c0}, .path = "dir/file"};

static struct fetch_options options(uint64_t max_size)
{
	return (struct fetch_options){.max_size = max_size, .tries = 1, .quiet = true};
}

/* Sink that counts, and can refuse. */
struct counter {
	uint64_t size, bytes;
	unsigned int sizes;
	bool refuse_size, refuse_data;
};

static int count_size(void *ctx, uint64_t size, struct error *err)
{
	struct counter *c = ctx;

	c->sizes++;
	c->size = size;
	return c->refuse_size ? error_set(err, ERR_IMAGE, "not this size") : 0;
}

static int count_data(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	struct counter *c = ctx;

	for (size_t i = 0; i < len; i++)
		assert_int_equal(data[i], byte_at(c->bytes + i));
	c->bytes += len;
	return c->refuse_data ? error_set(err, ERR_IMAGE, "not these bytes") : 0;
}

static int fetch(struct counter *c, uint64_t max_size, struct fetch_result *result,
		 struct error *err)
{
	const struct fetch_sink sink = {count_size, count_data, c};
	const struct fetch_options opt = options(max_size);

	memset(err, 0, sizeof(*err));
	return fetch_file(&url, &opt, &sink, result, err);
}

static void assert_failed(struct error *err, enum error_class class, const char *says)
{
	assert_int_equal(err->class, class);
	assert_int_equal(strncmp(err->text, "192.0.2.1:dir/file: ", 20), 0);
	assert_non_null(strstr(err->text, says));
}

static void test_good(void **state)
{
	struct counter c = {0};
	struct fetch_result result;
	struct error err;

	(void)state;
	play(1000, 1000);
	assert_int_equal(fetch(&c, 1000, &result, &err), 0);
	assert_int_equal(c.size, 1000);
	assert_int_equal(c.bytes, 1000);
	assert_int_equal(result.bytes, 1000);

	c = (struct counter){0};
	play(FETCH_SIZE_UNKNOWN, 1000);
	assert_int_equal(fetch(&c, 1000, NULL, &err), 0);
	assert_true(c.size == FETCH_SIZE_UNKNOWN);
	assert_int_equal(c.bytes, 1000);

	c = (struct counter){0};
	play(0, 0);
	assert_int_equal(fetch(&c, 1000, &result, &err), 0);
	assert_int_equal(result.bytes, 0);
}

static void test_sizes_that_lie(void **state)
{
	struct counter c = {0};
	struct error err;

	(void)state;
	play(1001, 1000);
	assert_int_equal(fetch(&c, UINT64_MAX, NULL, &err), -1);
	assert_failed(&err, ERR_PROTOCOL, "ended after 1000 of 1001 bytes");

	c = (struct counter){0};
	play(950, 1000);
	assert_int_equal(fetch(&c, UINT64_MAX, NULL, &err), -1);
	assert_failed(&err, ERR_PROTOCOL, "announced 950 bytes and sends more");
	assert_int_equal(c.bytes, 900); /* the sink never saw more than it was promised */

	c = (struct counter){0};
	play(UINT64_MAX - 1, 1000);
	assert_int_equal(fetch(&c, UINT64_MAX, NULL, &err), -1);
	assert_failed(&err, ERR_PROTOCOL, "ended after 1000");
}

static void test_too_large(void **state)
{
	struct counter c = {0};
	struct error err;

	(void)state;
	play(1001, 1001);
	assert_int_equal(fetch(&c, 1000, NULL, &err), -1);
	assert_failed(&err, ERR_MEMORY, "the file has 1.0 kB, there is room for 1.0 kB");
	assert_int_equal(c.sizes, 0);
	assert_int_equal(c.bytes, 0);

	/* a huge tsize */
	play(UINT64_MAX - 1, 1);
	assert_int_equal(fetch(&c, 1000000, NULL, &err), -1);
	assert_failed(&err, ERR_MEMORY, "18.4 EB");

	/* not announced */
	play(FETCH_SIZE_UNKNOWN, 1001);
	assert_int_equal(fetch(&c, 1000, NULL, &err), -1);
	assert_failed(&err, ERR_MEMORY, "more than");
	assert_int_equal(c.bytes, 1000);
}

/* A protocol that begins anew says the size again: the sink hears it once. */
static void test_size_twice(void **state)
{
	struct counter c = {0};
	struct error err;

	(void)state;
	play(100, 100);
	script.n_size = 2;
	script.size[1] = 100;
	assert_int_equal(fetch(&c, 1000, NULL, &err), 0);
	assert_int_equal(c.sizes, 1);
	script.size[1] = 101;
	assert_int_equal(fetch(&c, 1000, NULL, &err), -1);
	assert_failed(&err, ERR_PROTOCOL, "changed its mind");
}

static void test_sink_refuses(void **state)
{
	struct counter c = {.refuse_size = true};
	struct error err;

	(void)state;
	play(100, 100);
	assert_int_equal(fetch(&c, 1000, NULL, &err), -1);
	assert_failed(&err, ERR_IMAGE, "not this size");
	c = (struct counter){.refuse_data = true};
	assert_int_equal(fetch(&c, 1000, NULL, &err), -1);
	assert_failed(&err, ERR_IMAGE, "not these bytes");
}

static void test_no_size_function(void **state)
{
	struct counter c = {0};
	const struct fetch_sink sink = {NULL, count_data, &c};
	const struct fetch_options opt = options(1000);
	struct error err;

	(void)state;
	play(100, 100);
	assert_int_equal(fetch_file(&url, &opt, &sink, NULL, &err), 0);
	assert_int_equal(c.bytes, 100);
}

/* Several files: each is counted and bounded by itself, and the one that fails is named. */
static void test_several(void **state)
{
	const struct url other = {.port = 69, .server = {0x010200c0}, .path = "other"};
	const struct fetch_options opt = options(1);
	struct counter c[2] = {{0}};
	struct fetch_job job[2] = {
		{.url = &url, .sink = {count_size, count_data, &c[0]}, .max_size = 100},
		{.url = &other, .sink = {count_size, count_data, &c[1]}, .max_size = 100},
	};
	struct error err;

	(void)state;
	play(100, 100);
	assert_int_equal(fetch_files(job, 2, &opt, &err), 0);
	assert_int_equal(c[0].bytes, 100);
	assert_int_equal(c[1].bytes, 100);
	assert_int_equal(job[1].result.bytes, 100);

	memset(c, 0, sizeof(c));
	job[1].max_size = 99;
	assert_int_equal(fetch_files(job, 2, &opt, &err), -1);
	assert_int_equal(err.class, ERR_MEMORY);
	assert_int_equal(strncmp(err.text, "192.0.2.1:other: ", 17), 0);
	assert_int_equal(c[0].bytes, 100);
	assert_int_equal(c[1].bytes, 0);

	assert_int_equal(fetch_files(job, 0, &opt, &err), -1);
	assert_int_equal(fetch_files(job, FETCH_JOBS_MAX + 1, &opt, &err), -1);
}

static void test_no_name(void **state)
{
	const struct url nameless = {.port = 69};
	const struct fetch_options opt = options(1000);
	struct counter c = {0};
	const struct fetch_sink sink = {count_size, count_data, &c};
	struct error err;

	(void)state;
	play(100, 100);
	assert_int_equal(fetch_file(&nameless, &opt, &sink, NULL, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
}

static void test_memory(void **state)
{
	static const size_t sizes[] = {0, 1, 99, 100, 101, 4095, 4096, 4097, 100000};
	const struct fetch_options opt = options(100000);
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int announced = 0; announced < 2; announced++) {
			struct fetch_result result;
			uint8_t *data;
			size_t len;

			play(announced ? sizes[i] : FETCH_SIZE_UNKNOWN, sizes[i]);
			script.piece = 512;
			assert_int_equal(fetch_memory(&url, &opt, &data, &len, &result, &err), 0);
			assert_int_equal(len, sizes[i]);
			assert_int_equal(data[len], 0);
			for (size_t k = 0; k < len; k++)
				assert_int_equal(data[k], byte_at(k));
			free(data);
		}
	}
}

static void test_memory_fails(void **state)
{
	const struct fetch_options opt = options(1000);
	uint8_t *data = (uint8_t *)&script;
	struct error err;
	size_t len;

	(void)state;
	play(FETCH_SIZE_UNKNOWN, 500);
	script.error = 1;
	assert_int_equal(fetch_memory(&url, &opt, &data, &len, NULL, &err), -1);
	assert_failed(&err, ERR_TIMEOUT, "the script ends");
	assert_null(data);

	play(2000, 2000);
	assert_int_equal(fetch_memory(&url, &opt, &data, &len, NULL, &err), -1);
	assert_failed(&err, ERR_MEMORY, "room");
}

static void test_size(void **state)
{
	const struct fetch_options opt = options(1000);
	struct error err;
	uint64_t size;

	(void)state;
	play(123, 0);
	assert_int_equal(fetch_size(&url, &opt, &size, &err), 0);
	assert_int_equal(size, 123);
	script.error = 1;
	assert_int_equal(fetch_size(&url, &opt, &size, &err), -1);
	assert_failed(&err, ERR_NOT_FOUND, "no such thing");
}

static uint64_t told_done, told_size;

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	told_done = done;
	told_size = total;
}

/* A file that is there before a second has passed is told of all the same, and whole. */
static void test_progress_at_the_end(void **state)
{
	struct fetch_options opt = {.max_size = 10000, .quiet = true, .progress = on_progress};
	struct error err;
	uint8_t *data;
	size_t len;

	(void)state;
	script.n_size = 0;
	script.bytes = 700;
	script.piece = 512;
	script.error = 0;
	assert_int_equal(fetch_memory(&url, &opt, &data, &len, NULL, &err), 0);
	free(data);
	assert_int_equal(told_done, 700);
	assert_int_equal(told_size, 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	     cmocka_unit_test(test_sizes_that_lie),
		cmocka_unit_test(test_too_large),    cmocka_unit_test(test_size_twice),
		cmocka_unit_test(test_sink_refuses), cmocka_unit_test(test_no_size_function),
		cmocka_unit_test(test_several),	     cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_memory),	     cmocka_unit_test(test_memory_fails),
		cmocka_unit_test(test_size),	     cmocka_unit_test(test_progress_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
