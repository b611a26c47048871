/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What "xenpxe-agent plan" prints: "key value" lines for people and shells, JSON (RFC 8259) for
 * programs. Text escapes as escape() does; JSON strings are the bytes themselves, with U+FFFD where
 * they are no UTF-8.
 */
#ifndef XENPXE_CLI_REPORT_H
#define XENPXE_CLI_REPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fetch/url.h"
#include "plan.h"
#include "util/sha256.h"

/* One entry. Exactly one of @plan, @localboot, @config and @error is set. */
struct report_entry {
	const char *label; /* not escaped */
	const struct plan *plan; /* kernel, ramdisks, arguments */
	const char *localboot; /* LOCALBOOT's number, "" if it has none */
	const char *config; /* the configurations that it goes on with */
	const char *error; /* why it cannot boot in a guest */
	const char *submenu, *source; /* of a disk's menu: where the entry stands; else NULL */
	const char *onerror; /* what runs if the kernel is missing; NULL if nothing does */
};

/* How the guest came to its configuration. */
struct report_net {
	uint8_t mac[6];
	struct in_addr addr, netmask, router, server;
	uint64_t lease_ms;
	const struct url *config;
	uint64_t config_ms; /* search included */
};

/* A file that was fetched. */
struct report_file {
	const struct url *url;
	uint64_t bytes, ms;
	char sha256[SHA256_HEX_SIZE];
};

struct report {
	FILE *out;
	bool json;
	bool list; /* --all: JSON is an array, text has an empty line between entries */
	size_t n; /* entries so far */
	bool begun; /* something was printed */
};

/* Call in this order: net (once or never), entry (once for each), files (once or never), end. What
 * was printed is whole JSON wherever the calls break off in front of end. */
void report_net(struct report *r, const struct report_net *net);
void report_entry(struct report *r, const struct report_entry *entry);
void report_files(struct report *r, const struct report_file *file, size_t n);
void report_end(struct report *r);

/**
 * report_url() - a file as it is written: "tftp://A.B.C.D[:port]/path", or the path alone where the
 * server is 0.0.0.0, because nobody named one; "xvda2:/path" on a disk. Not escaped.
 * @buf: URL_PATH_MAX + 64 bytes
 *
 * Return: @buf.
 */
char *report_url(char *buf, size_t size, const struct url *url);

#endif
