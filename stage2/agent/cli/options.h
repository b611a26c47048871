/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of "xenpxe-agent plan". Pure. */
#ifndef XENPXE_CLI_OPTIONS_H
#define XENPXE_CLI_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* Strings are the caller's argv. */
struct plan_options {
	const char *pxe; /* --pxe: a file on this machine; NULL with --net */
	const char *net; /* --net: an interface of this machine; NULL with --pxe */
	const char *base; /* --base: URL or directory; NULL if not given */
	const char *label; /* --label; "" if not given */
	bool all, json, help;
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
