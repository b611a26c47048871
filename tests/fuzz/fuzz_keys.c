/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line: the keys are read, and what is the final kernel's comes out as it went in.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "policy/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keys keys;
	char out[PLAN_CMDLINE_MAX + 1];
	struct error err = {0};
	char *line = malloc(size + 1);
	size_t len, tail;

	assert(line);
	memcpy(line, data, size);
	line[size] = '\0';
	len = strlen(line);

	if (keys_parse(line, &keys, &err))
		assert(err.class == ERR_USAGE && err.text[0]);
	assert(keys.n_boot >= 1 && keys.n_boot <= WAY_MAX);
	assert(keys.timeout_s >= 1 && keys.timeout_s <= 86400);
	for (size_t i = 0; i < keys.n_warning; i++) {
		for (const char *p = keys.warning[i]; *p; p++)
			assert(*p >= 0x20 && *p < 0x7f);
	}
	tail = strlen(keys.tail);
	assert(tail <= len && strcmp(line + len - tail, keys.tail) == 0);

	if (cmdline_compose(out, sizeof(out), keys.tail, line, true, &err) == 0) {
		assert(strlen(out) <= PLAN_CMDLINE_MAX);
		assert(strcmp(out + strlen(out) - len, line) == 0);
	} else {
		assert(err.class == ERR_CONFIG);
	}
	if (cmdline_compose(out, sizeof(out), keys.tail, line, false, &err) == 0) {
		assert(strlen(out) == tail + len + (tail && len));
		assert(memcmp(out, keys.tail, tail) == 0);
		assert(strcmp(out + strlen(out) - len, line) == 0);
	}
	free(line);
	return 0;
}
