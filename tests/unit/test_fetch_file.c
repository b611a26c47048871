/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are open already, fetched through the same interface as those of servers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/fetch.h"

#define LARGE (3 * 256 * 1024 + 17) /* more than one read, and no multiple of it */

static const struct fetch_options options = {.max_size = UINT64_MAX, .quiet = true};

/* A file of @len bytes, byte i being i * 7 + i / 251, and a URL of it. */
static struct url file(size_t len)
{
	char path[] = "/tmp/test_fetch_file.XXXXXX";
	struct url url = {.scheme = URL_FILE, .path = "xvda2:/boot/vmlinuz", .fd = mkstemp(path)};
	uint8_t *data = malloc(len + 1);

	assert_true(url.fd >= 0);
	assert_non_null(data);
	unlink(path);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(write(url.fd, data, len), len);
	free(data);
	return url;
}

static void whole_files(void **state)
{
	static const size_t sizes[] = {0, 1, LARGE};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct url url = file(sizes[k]);
		struct error err = {ERR_NONE, ""};
		uint64_t size = 1;
		uint8_t *data;
		size_t len;

		assert_int_equal(fetch_size(&url, &options, &size, &err), 0);
		assert_int_equal(size, sizes[k]);
		assert_int_equal(fetch_memory(&url, &options, &data, &len, NULL, &err), 0);
		assert_int_equal(len, sizes[k]);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(data[i], (uint8_t)(i * 7 + i / 251));
		free(data);
		close(url.fd);
	}
}

static void several_and_too_large(void **state)
{
	struct url url[2] = {file(100), file(LARGE)};
	struct fetch_memory_job job[2] = {{.url = &url[0], .max_size = 100},
					  {.url = &url[1], .max_size = LARGE}};
	struct error err = {ERR_NONE, ""};

	(void)state;
	assert_int_equal(fetch_memories(job, 2, &options, &err), 0);
	assert_int_equal(job[1].len, LARGE);
	free(job[0].data);
	free(job[1].data);
	job[1].max_size = LARGE - 1;
	assert_int_equal(fetch_memories(job, 2, &options, &err), -1);
	assert_int_equal(err.class, ERR_MEMORY);
	assert_non_null(strstr(err.text, "xvda2:/boot/vmlinuz"));
	close(url[0].fd);
	close(url[1].fd);
}

static int refuse(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	return error_set(err, ERR_MEMORY, "no more");
}

static void errors(void **state)
{
	const struct fetch_sink sink = {.data = refuse};
	struct url url = file(10);
	struct error err = {ERR_NONE, ""};
	uint64_t size;

	(void)state;
	assert_int_equal(fetch_file(&url, &options, &sink, NULL, &err), -1);
	assert_string_equal(err.text, "xvda2:/boot/vmlinuz: no more");
	close(url.fd);
	assert_int_equal(fetch_size(&url, &options, &size, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	/* a directory can be opened, and not be read */
	url.fd = open("/tmp", 0);
	assert_int_equal(fetch_file(&url, &options, &sink, NULL, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	close(url.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files),
		cmocka_unit_test(several_and_too_large),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
