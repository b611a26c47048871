/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/file.h"
#include "fetch/tftp.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/units.h"

#define SHOWN_MAX 200 /* bytes of "server:path" in lines and errors */
#define PROGRESS_MS 1000

static const struct {
	const char *name;
	/* Both NULL: the image's configuration leaves this protocol out. */
	int (*get)(const struct fetch_job *job, size_t n, const struct fetch_options *opt,
		   size_t *failed, struct error *err);
	int (*size)(const struct url *url, const struct fetch_options *opt, uint64_t *size,
		    struct error *err);
} protocol[] = {
#ifdef CONFIG_TFTP
	[URL_TFTP] = {"TFTP", tftp_get, tftp_size},
#else
	[URL_TFTP] = {"TFTP", NULL, NULL},
#endif
#ifdef CONFIG_LOCALBOOT
	[URL_FILE] = {"local boot", file_get, file_size},
#else
	[URL_FILE] = {"local boot", NULL, NULL},
#endif
};

static int check_protocol(const struct url *url, struct error *err)
{
	if (protocol[url->scheme].get)
		return 0;
	return error_set(err, ERR_UNSUPPORTED,
			 "this image was built without %s: boot with another image",
			 protocol[url->scheme].name);
}

struct guard;

/* What all files of one call have in common. */
struct batch {
	const struct fetch_options *opt;
	const struct guard *file;
	size_t n_file;
	uint64_t done; /* bytes of all */
	uint64_t size; /* announced for all; FETCH_SIZE_UNKNOWN if one is not */
	uint64_t began_ms, progress_ms;
};

/*
 * What stands between a protocol and the caller's sink: everything that a server says about
 * sizes is checked here, once for all protocols.
 */
struct guard {
	struct batch *batch;
	const struct fetch_job *job;
	char shown[SHOWN_MAX];
	bool told; /* size() was called */
	uint64_t size; /* announced; FETCH_SIZE_UNKNOWN */
	uint64_t done;
	uint64_t last_ms; /* when its last bytes came */
};

static int too_large(const struct guard *g, const char *than, uint64_t size, struct error *err)
{
	char has[UNITS_TEXT_MAX], max[UNITS_TEXT_MAX];

	return error_set(err, ERR_MEMORY, "the file has %s%s, there is room for %s", than,
			 units_bytes(has, size), units_bytes(max, g->job->max_size));
}

static int guard_size(void *ctx, uint64_t size, struct error *err)
{
	struct guard *g = ctx;
	struct batch *all = g->batch;

	/* A protocol that begins anew may say it again. */
	if (g->told && size == g->size)
		return 0;
	if (g->told)
		return error_set(err, ERR_PROTOCOL, "the server changed its mind about the size");
	g->told = true;
	g->size = size;
	if (size != FETCH_SIZE_UNKNOWN && size > g->job->max_size)
		return too_large(g, "", size, err);
	if (__builtin_add_overflow(all->size, size, &all->size) || size == FETCH_SIZE_UNKNOWN)
		all->size = FETCH_SIZE_UNKNOWN;
	return g->job->sink.size ? g->job->sink.size(g->job->sink.ctx, size, err) : 0;
}

static void show_progress(struct batch *all, uint64_t now)
{
	const struct fetch_options *opt = all->opt;

	if (now - all->progress_ms < PROGRESS_MS)
		return;
	all->progress_ms = now;
	for (size_t i = 0; !opt->quiet && i < all->n_file; i++) {
		const struct guard *g = &all->file[i];

		say_progress(g->shown, g->done, g->size == FETCH_SIZE_UNKNOWN ? 0 : g->size,
			     all->began_ms, now);
	}
	if (opt->progress)
		opt->progress(opt->progress_ctx, all->done, all->size);
}

static int guard_data(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	struct guard *g = ctx;

	if (len > g->job->max_size - g->done)
		return too_large(g, "more than ", g->done, err);
	if (len > g->size - g->done)
		return error_set(err, ERR_PROTOCOL,
				 "the server announced %llu bytes and sends more",
				 (unsigned long long)g->size);
	if (g->job->sink.data(g->job->sink.ctx, data, len, err) < 0)
		return -1;
	g->done += len;
	g->batch->done += len;
	g->last_ms = clock_coarse_ms();
	show_progress(g->batch, g->last_ms);
	return 0;
}

static int check_jobs(const struct fetch_job *job, size_t n, size_t *failed, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		*failed = i;
		if (!job[i].url->path[0])
			return error_set(err, ERR_CONFIG, "no file name");
		if (check_protocol(job[i].url, err) < 0)
			return -1;
	}
	return 0;
}

static int check_ends(const struct guard *g, size_t n, size_t *failed, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		*failed = i;
		if (g[i].size != FETCH_SIZE_UNKNOWN && g[i].done != g[i].size)
			return error_set(
				err, ERR_PROTOCOL, "the file ended after %llu of %llu bytes",
				(unsigned long long)g[i].done, (unsigned long long)g[i].size);
	}
	return 0;
}

static void tell_result(struct fetch_job *job, const struct guard *g)
{
	char bytes[UNITS_TEXT_MAX], rate[UNITS_TEXT_MAX];
	uint64_t ms = g->last_ms - g->batch->began_ms;

	if (!g->batch->opt->quiet)
		say("%s  %s in %u.%u s, %s", g->shown, units_bytes(bytes, g->done),
		    (unsigned int)(ms / 1000), (unsigned int)(ms % 1000 / 100),
		    units_rate(rate, g->done, ms));
	job->result = (struct fetch_result){.bytes = g->done, .ms = ms};
}

int fetch_files(struct fetch_job *job, size_t n, const struct fetch_options *opt, struct error *err)
{
	struct guard g[FETCH_JOBS_MAX];
	struct batch all = {.opt = opt, .file = g, .n_file = n, .began_ms = clock_coarse_ms()};
	struct fetch_job guarded[FETCH_JOBS_MAX];
	size_t failed = 0;
	int ret;

	if (n == 0 || n > FETCH_JOBS_MAX)
		return error_set(err, ERR_USAGE, "%zu files cannot be fetched side by side", n);
	all.progress_ms = all.began_ms;
	for (size_t i = 0; i < n; i++) {
		g[i] = (struct guard){.batch = &all,
				      .job = &job[i],
				      .size = FETCH_SIZE_UNKNOWN,
				      .last_ms = all.began_ms};
		url_show(g[i].shown, sizeof(g[i].shown), job[i].url);
		guarded[i] = job[i];
		guarded[i].sink = (struct fetch_sink){guard_size, guard_data, &g[i]};
	}
	ret = check_jobs(job, n, &failed, err) < 0 ||
			      protocol[job[0].url->scheme].get(guarded, n, opt, &failed, err) < 0 ||
			      check_ends(g, n, &failed, err) < 0
		      ? -1
		      : 0;
	for (size_t i = 0; i < n; i++)
		say_progress_end(g[i].shown);
	if (ret < 0)
		return error_prefix(err, "%s", g[failed].shown);
	for (size_t i = 0; i < n; i++)
		tell_result(&job[i], &g[i]);
	if (opt->progress)
		opt->progress(opt->progress_ctx, all.done, all.done);
	return 0;
}

int fetch_file(const struct url *url, const struct fetch_options *opt,
	       const struct fetch_sink *sink, struct fetch_result *result, struct error *err)
{
	struct fetch_job job = {.url = url, .sink = *sink, .max_size = opt->max_size};

	if (fetch_files(&job, 1, opt, err) < 0)
		return -1;
	if (result)
		*result = job.result;
	return 0;
}

int fetch_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	       struct error *err)
{
	char shown[SHOWN_MAX];

	if (check_protocol(url, err) < 0 || protocol[url->scheme].size(url, opt, size, err) < 0)
		return error_prefix(err, "%s", url_show(shown, sizeof(shown), url));
	return 0;
}

/* A file that grows in memory; one byte is always kept free for the NUL. */
struct buffer {
	uint8_t *data;
	size_t len, room;
};

static int buffer_reserve(struct buffer *b, uint64_t room, struct error *err)
{
	uint8_t *larger;

	if (room <= b->room)
		return 0;
	larger = room < SIZE_MAX ? realloc(b->data, (size_t)room) : NULL;
	if (!larger) {
		error_set(err, ERR_MEMORY, "no memory for %llu bytes", (unsigned long long)room);
		return -1;
	}
	b->data = larger;
	b->room = (size_t)room;
	return 0;
}

static int buffer_size(void *ctx, uint64_t size, struct error *err)
{
	/* max_size was checked: it bounds what a server can make us allocate. */
	return buffer_reserve(ctx, size == FETCH_SIZE_UNKNOWN ? 4096 : size + 1, err);
}

static int buffer_data(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	struct buffer *b = ctx;

	if (len >= b->room - b->len && buffer_reserve(b, ((uint64_t)b->len + len) * 2 + 1, err) < 0)
		return -1;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

int fetch_memories(struct fetch_memory_job *job, size_t n, const struct fetch_options *opt,
		   struct error *err)
{
	struct buffer b[FETCH_JOBS_MAX] = {{NULL, 0, 0}};
	struct fetch_job file[FETCH_JOBS_MAX];
	int ret;

	if (n > FETCH_JOBS_MAX)
		return error_set(err, ERR_USAGE, "%zu files cannot be fetched side by side", n);
	for (size_t i = 0; i < n; i++) {
		job[i].data = NULL;
		job[i].len = 0;
		file[i] = (struct fetch_job){.url = job[i].url,
					     .sink = {buffer_size, buffer_data, &b[i]},
					     .max_size = job[i].max_size};
	}
	ret = fetch_files(file, n, opt, err);
	/* The room for the NUL does not rely on what the protocol did. */
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = buffer_reserve(&b[i], (uint64_t)b[i].len + 1, err);
	for (size_t i = 0; i < n; i++) {
		if (ret < 0 || !b[i].data) {
			free(b[i].data);
			continue;
		}
		b[i].data[b[i].len] = '\0';
		job[i].data = b[i].data;
		job[i].len = b[i].len;
		job[i].result = file[i].result;
	}
	return ret;
}

int fetch_memory(const struct url *url, const struct fetch_options *opt, uint8_t **data,
		 size_t *len, struct fetch_result *result, struct error *err)
{
	struct fetch_memory_job job = {.url = url, .max_size = opt->max_size};
	int ret = fetch_memories(&job, 1, opt, err);

	*data = job.data;
	*len = job.len;
	if (ret == 0 && result)
		*result = job.result;
	return ret;
}
