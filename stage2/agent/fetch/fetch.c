/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/tftp.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/units.h"

#define SHOWN_MAX 200 /* bytes of "server:path" in lines and errors */
#define PROGRESS_MS 1000

static const struct {
	const char *name;
	/* Both NULL: the image's configuration leaves this protocol out. */
	int (*get)(const struct url *url, const struct fetch_options *opt,
		   const struct fetch_sink *sink, struct error *err);
	int (*size)(const struct url *url, const struct fetch_options *opt, uint64_t *size,
		    struct error *err);
} protocol[] = {
#ifdef CONFIG_TFTP
	[URL_TFTP] = {"TFTP", tftp_get, tftp_size},
#else
	[URL_TFTP] = {"TFTP", NULL, NULL},
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

/*
 * What stands between a protocol and the caller's sink: everything that a server says about
 * sizes is checked here, once for all protocols.
 */
struct guard {
	const struct fetch_options *opt;
	const struct fetch_sink *sink;
	const char *shown;
	bool told; /* size() was called */
	uint64_t size; /* announced */
	uint64_t done;
	uint64_t began_ms, progress_ms;
};

static int too_large(const struct guard *g, const char *than, uint64_t size, struct error *err)
{
	char has[UNITS_TEXT_MAX], max[UNITS_TEXT_MAX];

	return error_set(err, ERR_MEMORY, "the file has %s%s, there is room for %s", than,
			 units_bytes(has, size), units_bytes(max, g->opt->max_size));
}

static int guard_size(void *ctx, uint64_t size, struct error *err)
{
	struct guard *g = ctx;

	/* A protocol that begins anew may say it again. */
	if (g->told && size == g->size)
		return 0;
	if (g->told)
		return error_set(err, ERR_PROTOCOL, "the server changed its mind about the size");
	g->told = true;
	g->size = size;
	if (size != FETCH_SIZE_UNKNOWN && size > g->opt->max_size)
		return too_large(g, "", size, err);
	return g->sink->size ? g->sink->size(g->sink->ctx, size, err) : 0;
}

static void guard_progress(struct guard *g)
{
	uint64_t now = clock_coarse_ms();

	if (now - g->progress_ms < PROGRESS_MS)
		return;
	g->progress_ms = now;
	if (!g->opt->quiet)
		say_progress(g->shown, g->done, g->size == FETCH_SIZE_UNKNOWN ? 0 : g->size,
			     g->began_ms, now);
	if (g->opt->progress)
		g->opt->progress(g->opt->progress_ctx, g->done, g->size);
}

static int guard_data(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	struct guard *g = ctx;

	if (len > g->opt->max_size - g->done)
		return too_large(g, "more than ", g->done, err);
	if (len > g->size - g->done)
		return error_set(err, ERR_PROTOCOL,
				 "the server announced %llu bytes and sends more",
				 (unsigned long long)g->size);
	if (g->sink->data(g->sink->ctx, data, len, err) < 0)
		return -1;
	g->done += len;
	guard_progress(g);
	return 0;
}

static int fetch(const struct url *url, const struct fetch_options *opt, struct guard *g,
		 struct error *err)
{
	const struct fetch_sink guarded = {guard_size, guard_data, g};

	if (!url->path[0])
		return error_set(err, ERR_CONFIG, "no file name");
	if (check_protocol(url, err) < 0)
		return -1;
	if (protocol[url->scheme].get(url, opt, &guarded, err) < 0)
		return -1;
	if (g->size != FETCH_SIZE_UNKNOWN && g->done != g->size)
		return error_set(err, ERR_PROTOCOL, "the file ended after %llu of %llu bytes",
				 (unsigned long long)g->done, (unsigned long long)g->size);
	return 0;
}

int fetch_file(const struct url *url, const struct fetch_options *opt,
	       const struct fetch_sink *sink, struct fetch_result *result, struct error *err)
{
	char shown[SHOWN_MAX], bytes[UNITS_TEXT_MAX], rate[UNITS_TEXT_MAX];
	uint64_t began_ms = clock_ms(), ms;
	int ret;
	struct guard g = {
		.opt = opt,
		.sink = sink,
		.shown = url_show(shown, sizeof(shown), url),
		.size = FETCH_SIZE_UNKNOWN,
		.began_ms = clock_coarse_ms(),
	};

	g.progress_ms = g.began_ms;
	ret = fetch(url, opt, &g, err);
	say_progress_end(shown);
	if (ret < 0)
		return error_prefix(err, "%s", shown);

	ms = clock_ms() - began_ms;
	if (opt->progress)
		opt->progress(opt->progress_ctx, g.done, g.done);
	if (!opt->quiet)
		say("%s  %s in %u.%u s, %s", shown, units_bytes(bytes, g.done),
		    (unsigned int)(ms / 1000), (unsigned int)(ms % 1000 / 100),
		    units_rate(rate, g.done, ms));
	if (result)
		*result = (struct fetch_result){.bytes = g.done, .ms = ms};
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

int fetch_memory(const struct url *url, const struct fetch_options *opt, uint8_t **data,
		 size_t *len, struct fetch_result *result, struct error *err)
{
	struct buffer b = {0};
	const struct fetch_sink sink = {buffer_size, buffer_data, &b};

	*data = NULL;
	*len = 0;
	/* The room for the NUL does not rely on what the protocol did. */
	if (fetch_file(url, opt, &sink, result, err) < 0 ||
	    buffer_reserve(&b, (uint64_t)b.len + 1, err) < 0) {
		free(b.data);
		return -1;
	}
	b.data[b.len] = '\0';
	*data = b.data;
	*len = b.len;
	return 0;
}
