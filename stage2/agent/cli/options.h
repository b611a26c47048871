/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of "xenpxe-agent plan". Pure. */
#ifndef XENPXE_CLI_OPTIONS_H
#define XENPXE_CLI_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define PLAN_DISK_MAX 26 /* xvda to xvdz */

/* Strings are the caller's argv. */
struct plan_options {
	/* One of these three is there. */
	const char *pxe; /* --pxe: a file on this machine; NULL if not given */
	const char *net; /* --net: an interface of this machine; NULL if not given */
	const char *local[PLAN_DISK_MAX]; /* --local: disks, or one directory, of this machine */
	size_t n_local;
	const char *base; /* --base: URL or directory; NULL if not given */
	const char *label; /* --label; "" if not given */
	const char *entry; /* --entry; "" if not given */
	const char *kernel, *ramdisk, *args; /* as of stage one; "" if not given */
	bool all, json, help, explain;
	bool has_mac, has_uuid;
	uint8_t mac[6];
	uint8_t uuid[16]; /* in the order in which it is written */
	struct in_addr ip; /* --ip; 0.0.0.0 if not given */
	unsigned int timeout_s; /* --timeout, 1..86400; 60 if not given */
};

/**
 * plan_options_parse() - read what follows the word "plan".
 * @argv: @argc words, NULL behind them; "--name value" and "--name=value" are the same
 * @err:  ERR_USAGE: the text names the option and what it wants
 *
 * Return: 0 or -1.
 */
int plan_options_parse(struct plan_options *options, int argc, char **argv, struct error *err);

#endif
