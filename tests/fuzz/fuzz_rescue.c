/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rescue is told from outside: a request, public keys, a table of mounts. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rescue/mounts.h"
#include "rescue/request.h"
#include "rescue/ssh_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void request(const char *data, size_t size)
{
	struct rescue_request out, again;
	char buf[RESCUE_REQUEST_MAX];
	struct keys keys, next;
	struct error err;

	if (rescue_request_parse(data, size, &out, &err))
		return;
	/* What was understood is the same when it is sent on. */
	if (rescue_request_parse(buf, rescue_request_make(&out, buf), &again, &err) ||
	    memcmp(&out, &again, sizeof(out)) != 0)
		abort();
	keys_defaults(&keys);
	rescue_keys(&keys, &out, &next, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), lines[SSH_LINES_MAX];
	struct mounts_line line;
	const char *at = text;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	request(text, size);
	if (ssh_key_lines(text, lines) > 0 && lines[strlen(lines) - 1] != '\n')
		abort();
	while (mounts_next(&at, &line))
		;
	free(text);
	return 0;
}
