/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files from servers: one interface, a protocol behind each URL scheme.
 *
 * A transfer writes through a sink, in order and without gaps, so that a ramdisk can go
 * straight into the pages that the next kernel will own.
 */
#ifndef XENPXE_FETCH_FETCH_H
#define XENPXE_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/url.h"
#include "util/error.h"

#define FETCH_SIZE_UNKNOWN UINT64_MAX
#define FETCH_JOBS_MAX 24 /* files that are fetched side by side */
#define FETCH_TICK_MS 1000

struct fetch_sink {
	/* The announced size, before the first byte; FETCH_SIZE_UNKNOWN if the server tells
	 * none. 0: go on; -1 with @err filled: give up. May be NULL. */
	int (*size)(void *ctx, uint64_t size, struct error *err);
	/* The next @len bytes. 0: go on; -1 with @err filled: give up (the server is told). */
	int (*data)(void *ctx, const uint8_t *data, size_t len, struct error *err);
	void *ctx;
};

struct fetch_options {
	char ifname[16]; /* interface whose address and routes are used */
	uint64_t max_size; /* bytes; more is ERR_MEMORY, both announced and real */
	unsigned int tries; /* retransmissions before a silent server is given up */
	bool quiet; /* no progress on the console: small files, probes */
	/* Called at most once a second with bytes so far and announced size, and when all is
	 * there; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	/* Called about once a second while a server is waited for or sends, for what else has to
	 * go on (a lease is renewed); may be NULL. 0: go on; -1 with @err filled: give up. */
	int (*tick)(void *ctx, struct error *err);
	void *tick_ctx;
};

struct fetch_result {
	uint64_t bytes;
	uint64_t ms; /* from the first request to the last acknowledgement */
};

/* One of several files. */
struct fetch_job {
	const struct url *url;
	struct fetch_sink sink;
	uint64_t max_size; /* instead of that in struct fetch_options */
	struct fetch_result result; /* filled where the file was fetched */
};

/**
 * fetch_files() - fetch files side by side, bounded in time and size.
 * @job: @n files, at most FETCH_JOBS_MAX, all with the same URL scheme
 * @opt: how; progress counts all files together
 * @err: as fetch_file(); the first failure ends all of them
 *
 * Return: 0 or -1. On -1 any sink may have got a part of its file.
 */
int fetch_files(struct fetch_job *job, size_t n, const struct fetch_options *opt,
		struct error *err);

/**
 * fetch_file() - fetch one file, bounded in time and size.
 * @url:    what
 * @opt:    how
 * @sink:   where to
 * @result: what it took; may be NULL
 * @err:    ERR_NOT_FOUND, ERR_TIMEOUT, ERR_SERVER, ERR_PROTOCOL (truncated, longer than
 *          announced, malformed), ERR_MEMORY, or what the sink said; the text names server
 *          and file
 *
 * Return: 0 or -1. On -1 the sink may have got a part of the file.
 */
int fetch_file(const struct url *url, const struct fetch_options *opt,
	       const struct fetch_sink *sink, struct fetch_result *result, struct error *err);

/**
 * fetch_size() - ask for a file's size without fetching it (RFC 2349 tsize, then an ERROR
 * of code 8, as PXE ROMs do).
 * @size: the size, or FETCH_SIZE_UNKNOWN if the server does not tell it
 *
 * Return: 0, or -1 as fetch_file().
 */
int fetch_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	       struct error *err);

/* One of several files that go into memory. */
struct fetch_memory_job {
	const struct url *url;
	uint64_t max_size; /* instead of that in struct fetch_options */
	uint8_t *data; /* receives a malloc()ed buffer with an extra NUL behind the file; the
			* caller frees it */
	size_t len; /* receives its length in bytes without that NUL */
	struct fetch_result result;
};

/**
 * fetch_memories() - fetch files into memory, side by side.
 *
 * Return: 0, or -1 as fetch_files(); then every data is NULL.
 */
int fetch_memories(struct fetch_memory_job *job, size_t n, const struct fetch_options *opt,
		   struct error *err);

/**
 * fetch_memory() - fetch a small file into memory.
 * @data: receives a malloc()ed buffer with an extra NUL behind the file; the caller frees it
 * @len:  its length in bytes without that NUL
 *
 * Return: 0, or -1 as fetch_file(); then *data is NULL.
 */
int fetch_memory(const struct url *url, const struct fetch_options *opt, uint8_t **data,
		 size_t *len, struct fetch_result *result, struct error *err);

#endif
