/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue/request.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/escape.h"

#define FIELDS 6

static const char *const verb_names[] = {[RESCUE_BOOT] = "boot", [RESCUE_RETRY] = "retry"};

static size_t put(char *buf, size_t at, const char *text)
{
	size_t len = strlen(text) + 1;

	memcpy(buf + at, text, len);
	return at + len;
}

size_t rescue_request_make(const struct rescue_request *request, char buf[RESCUE_REQUEST_MAX])
{
	size_t at = put(buf, 0, verb_names[request->verb]);

	at = put(buf, at, way_name(request->way));
	at = put(buf, at, request->entry);
	at = put(buf, at, request->kernel);
	at = put(buf, at, request->ramdisk);
	return put(buf, at, request->args);
}

static int take(char *field, size_t size, const char *text, size_t len)
{
	if (len >= size)
		return -1;
	memcpy(field, text, len);
	field[len] = '\0';
	return 0;
}

static int parse_names(const char *verb, const char *way, struct rescue_request *out)
{
	bool net = strcmp(way, way_name(WAY_NET)) == 0;

	if (strcmp(verb, verb_names[RESCUE_BOOT]) == 0)
		out->verb = RESCUE_BOOT;
	else if (strcmp(verb, verb_names[RESCUE_RETRY]) == 0)
		out->verb = RESCUE_RETRY;
	else
		return -1;
	if (!net && strcmp(way, way_name(WAY_LOCAL)) != 0)
		return -1;
	out->way = net ? WAY_NET : WAY_LOCAL;
	return 0;
}

int rescue_request_parse(const char *buf, size_t len, struct rescue_request *out, struct error *err)
{
	const char *field[FIELDS];
	size_t length[FIELDS], n = 0;
	char shown[40];

	memset(out, 0, sizeof(*out));
	for (size_t at = 0; at < len; n++) {
		const char *end = memchr(buf + at, '\0', len - at);

		if (!end || n == FIELDS)
			return error_set(err, ERR_USAGE, "a request that is not %d strings",
					 FIELDS);
		field[n] = buf + at;
		length[n] = (size_t)(end - field[n]);
		at += length[n] + 1;
	}
	if (n != FIELDS)
		return error_set(err, ERR_USAGE, "a request that is not %d strings", FIELDS);
	if (parse_names(field[0], field[1], out))
		return error_set(err, ERR_USAGE, "a request \"%s\" that is unknown",
				 escape_str(shown, sizeof(shown), field[0]));
	if (take(out->entry, sizeof(out->entry), field[2], length[2]) ||
	    take(out->kernel, sizeof(out->kernel), field[3], length[3]) ||
	    take(out->ramdisk, sizeof(out->ramdisk), field[4], length[4]) ||
	    take(out->args, sizeof(out->args), field[5], length[5]))
		return error_set(err, ERR_USAGE, "a request with a string that is too long");
	return 0;
}

/* Put @text behind what is in @field, which people know as @what. */
static int append(char *field, size_t size, const char *separator, const char *text,
		  const char *what, struct error *err)
{
	size_t len = strlen(field);
	int n = snprintf(field + len, size - len, "%s%s", len ? separator : "", text);

	if (n < 0 || (size_t)n >= size - len)
		return error_set(err, ERR_USAGE, "%s is longer than %zu bytes", what, size - 1);
	return 0;
}

static int parse_entry(const char *word, struct rescue_request *out, struct error *err)
{
	char shown[80];

	out->way = WAY_LOCAL;
	if (word[0] == '/')
		return append(out->kernel, sizeof(out->kernel), "", word, "the kernel's path", err);
	if (strcmp(word, "local") == 0)
		return 0;
	if (strncmp(word, "local:", 6) == 0)
		return append(out->entry, sizeof(out->entry), "", word + 6, "the entry", err);
	out->way = WAY_NET;
	if (strcmp(word, "net") == 0)
		return 0;
	if (strncmp(word, "net:", 4) == 0)
		return append(out->entry, sizeof(out->entry), "", word + 4, "the label", err);
	return error_set(err, ERR_USAGE,
			 "\"%s\" is no entry: give a number that \"xenpxe-agent entries\" shows, "
			 "local, local:ENTRY, net, net:LABEL, or the path of a kernel",
			 escape_str(shown, sizeof(shown), word));
}

int rescue_request_from_words(const char *const words[], size_t n, struct rescue_request *out,
			      struct error *err)
{
	memset(out, 0, sizeof(*out));
	out->verb = RESCUE_BOOT;
	if (parse_entry(words[0], out, err))
		return -1;
	for (size_t i = 1; i < n; i++) {
		bool ramdisk = out->kernel[0] && strncmp(words[i], "initrd=", 7) == 0;

		if (ramdisk ? append(out->ramdisk, sizeof(out->ramdisk), ",", words[i] + 7,
				     "the list of ramdisks", err)
			    : append(out->args, sizeof(out->args), " ", words[i],
				     "the list of arguments", err))
			return -1;
	}
	return 0;
}

static void retry_ways(const struct keys *keys, struct keys *out)
{
	bool rescue = false;

	out->n_boot = 0;
	for (size_t i = 0; i < keys->n_boot; i++) {
		if (keys->boot[i] == WAY_RESCUE)
			rescue = true;
		else
			out->boot[out->n_boot++] = keys->boot[i];
	}
	if (!out->n_boot) {
		struct keys defaults;

		keys_defaults(&defaults);
		memcpy(out->boot, defaults.boot, sizeof(out->boot));
		out->n_boot = defaults.n_boot;
	}
	if (rescue)
		out->boot[out->n_boot++] = WAY_RESCUE;
}

int rescue_keys(const struct keys *keys, const struct rescue_request *request, struct keys *out,
		struct error *err)
{
	*out = *keys;
	if (request->verb == RESCUE_RETRY) {
		retry_ways(keys, out);
		return 0;
	}
	out->boot[0] = request->way;
	out->n_boot = 1;
	memset(out->label, 0, sizeof(out->label));
	memset(out->entry, 0, sizeof(out->entry));
	memcpy(request->way == WAY_NET ? out->label : out->entry, request->entry,
	       sizeof(request->entry));
	memcpy(out->kernel, request->kernel, sizeof(out->kernel));
	memcpy(out->ramdisk, request->ramdisk, sizeof(out->ramdisk));
	return request->args[0] ? append(out->tail, sizeof(out->tail), " ", request->args,
					 "the guest's own arguments with these", err)
				: 0;
}
