/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's own part of xenstore, through the kernel's /dev/xen/xenbus
 * (xen/include/public/io/xs_wire.h). No library: a few requests, each bounded in time.
 */
#ifndef XENPXE_XEN_XENSTORE_H
#define XENPXE_XEN_XENSTORE_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* An open connection is only its file: tests put one end of a socket pair here. */
struct xenstore {
	int fd;
	uint32_t req_id; /* of the last request */
	uint64_t fired; /* watches that nobody has heard of yet, see xenstore_fired() */
};

#define XENSTORE_WATCH_MAX 64 /* of one connection */

#define XENSTORE_TIMEOUT_MS 5000 /* for the answer to one request */

/**
 * xenstore_open() - connect. @err: ERR_SYSTEM (not in a Xen guest, or no xenbus).
 *
 * The requests below fail with ERR_TIMEOUT when xenstored does not answer, with ERR_SYSTEM when
 * it refuses or the answer makes no sense; the text names the request and the node.
 */
int xenstore_open(struct xenstore *xs, struct error *err);

/**
 * xenstore_close() - disconnect; harmless on a connection that is closed or failed to open.
 */
void xenstore_close(struct xenstore *xs);

/**
 * xenstore_read() - read a node.
 * @path:  relative to the guest's own directory, or absolute
 * @value: receives the NUL-terminated value, cut at @size - 1
 * @err:   ERR_NOT_FOUND, or as above
 */
int xenstore_read(struct xenstore *xs, const char *path, char *value, size_t size,
		  struct error *err);

/**
 * xenstore_write() - write a node (and make its parents).
 * @err: ERR_SYSTEM also when path and value are more than the 4080 bytes that Linux passes on
 */
int xenstore_write(struct xenstore *xs, const char *path, const char *value, struct error *err);

/**
 * xenstore_remove() - remove nodes and what is below; a missing one is no error. Where more
 * connections can be opened, several requests are on their way at a time: each costs a turn of
 * dom0 otherwise. (One connection takes one: Linux keeps the request in the open file's buffer.)
 * @path: [@n]
 */
int xenstore_remove(struct xenstore *xs, char *const path[], size_t n, struct error *err);

/**
 * xenstore_list() - the children of a node.
 * @names: receives malloc()ed NUL-separated names, ended by an empty one; the caller frees it
 */
int xenstore_list(struct xenstore *xs, const char *path, char **names, struct error *err);

/**
 * xenstore_watch() - tell when a node changes; it fires once at the beginning, too.
 * @number: the caller's name for this watch, below XENSTORE_WATCH_MAX
 */
int xenstore_watch(struct xenstore *xs, const char *path, unsigned int number, struct error *err);

/**
 * xenstore_fired() - wait for watches.
 * @fired: receives a bit for each watch that fired since the last call, those included that did
 *         while a request was waited for; 0: none did within @timeout_ms
 */
int xenstore_fired(struct xenstore *xs, unsigned int timeout_ms, uint64_t *fired,
		   struct error *err);

/**
 * xenstore_reset_watches() - take away every watch of this domain, the kernel's own, too
 * (XS_RESET_WATCHES): for the moment before another kernel takes over.
 */
int xenstore_reset_watches(struct xenstore *xs, struct error *err);

#endif
