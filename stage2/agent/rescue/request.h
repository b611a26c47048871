/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person in the rescue shell asks of the first process, as one message on its socket: six
 * strings, each ended by a NUL. Pure functions over bounded buffers.
 */
#ifndef XENPXE_RESCUE_REQUEST_H
#define XENPXE_RESCUE_REQUEST_H

#include <stddef.h>

#include "policy/keys.h"
#include "util/error.h"

#define RESCUE_REQUEST_MAX 4096 /* bytes of a message */

enum rescue_verb { RESCUE_BOOT, RESCUE_RETRY };

struct rescue_request {
	enum rescue_verb verb;
	enum way way; /* RESCUE_BOOT: WAY_NET or WAY_LOCAL */
	char entry[256]; /* of the way: a label, or the keys' entry; "": its default */
	char kernel[512]; /* WAY_LOCAL: a path, instead of any menu; "": none */
	char ramdisk[512]; /* beside it, paths with commas between them */
	char args[1024]; /* put behind the command line */
};

/**
 * rescue_request_make() - a message of a request.
 *
 * Return: its length in bytes.
 */
size_t rescue_request_make(const struct rescue_request *request, char buf[RESCUE_REQUEST_MAX]);

/**
 * rescue_request_parse() - read a message.
 * @buf, @len: what was received, any bytes
 * @err:       ERR_USAGE: it is not six strings, one is too long, or the verb or way is unknown
 *
 * Return: 0 or -1.
 */
int rescue_request_parse(const char *buf, size_t len, struct rescue_request *out,
			 struct error *err);

/**
 * rescue_request_from_words() - what "xenpxe-agent boot" was told.
 * @words: ENTRY and arguments. ENTRY is "net" or "local" (what boots there by itself), "net:LABEL",
 *         "local:ENTRY" (number, title or id), or the absolute path of a kernel on the guest's
 *         disk, whose ramdisks are then the words initrd=PATH
 * @n:     1 and more
 * @err:   ERR_USAGE: nothing of that, or too long
 */
int rescue_request_from_words(const char *const words[], size_t n, struct rescue_request *out,
			      struct error *err);

/**
 * rescue_keys() - the keys of the round that follows.
 * @keys:    the guest's own
 * @request: RESCUE_RETRY: the guest's own ways, those of the default where it has none but rescue;
 *           rescue, where it has it, comes last
 * @out:     receives them
 * @err:     ERR_USAGE: the arguments do not fit behind the guest's own
 *
 * Return: 0 or -1.
 */
int rescue_keys(const struct keys *keys, const struct rescue_request *request, struct keys *out,
		struct error *err);

#endif
