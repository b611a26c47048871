/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock.h"

#define CHUNK 262144UL

int file_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err)
{
	struct stat st;

	(void)opt;
	if (fstat(url->fd, &st))
		return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
	*size = (uint64_t)st.st_size;
	return 0;
}

/* One file. @next_tick: when opt->tick() is due */
static int get(const struct fetch_job *job, const struct fetch_options *opt, uint8_t *buf,
	       uint64_t *next_tick, struct error *err)
{
	uint64_t size = 0, at = 0;

	if (file_size(job->url, opt, &size, err) || job->sink.size(job->sink.ctx, size, err))
		return -1;
	while (at < size) {
		ssize_t n = pread(job->url->fd, buf, CHUNK, (off_t)at);
		uint64_t now = clock_ms();

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERR_SYSTEM, "it cannot be read at byte %llu: %s",
					 (unsigned long long)at, strerror(errno));
		if (n == 0)
			break; /* who compares sizes says it */
		if (job->sink.data(job->sink.ctx, buf, (size_t)n, err))
			return -1;
		at += (uint64_t)n;
		if (opt->tick && now >= *next_tick) {
			*next_tick = now + FETCH_TICK_MS;
			if (opt->tick(opt->tick_ctx, err))
				return -1;
		}
	}
	return 0;
}

int file_get(const struct fetch_job *job, size_t n, const struct fetch_options *opt, size_t *failed,
	     struct error *err)
{
	uint64_t next_tick = clock_ms() + FETCH_TICK_MS;
	uint8_t *buf = malloc(CHUNK);
	int ret = 0;

	*failed = 0;
	if (!buf)
		return error_set(err, ERR_MEMORY, "no memory to read a file");
	for (size_t i = 0; i < n && !ret; i++) {
		*failed = i;
		ret = get(&job[i], opt, buf, &next_tick, err);
	}
	free(buf);
	return ret;
}
