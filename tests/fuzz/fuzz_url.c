/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File names from configurations and DHCP: the prefix up to the first NUL, then the name. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct url *url)
{
	char shown[64];

	assert(memchr(url->path, '\0', sizeof(url->path)));
	for (const char *p = url->path; *p; p++)
		assert((unsigned char)*p >= 0x20 && *p != 0x7f);
	assert(url->port != 0);
	url_show(shown, sizeof(shown), url);
	for (const char *p = shown; *p; p++)
		assert(*p >= 0x20 && *p < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	size_t prefix_len = nul ? (size_t)(nul - data) : 0;
	size_t name_len = nul ? size - prefix_len - 1 : size;
	struct url base = {.port = 69, .server = {0x010200c0}}, out;
	char *name = malloc(name_len ? name_len : 1);
	struct error err;

	if (!name)
		return 0;
	if (name_len)
		memcpy(name, nul ? nul + 1 : data, name_len);
	if (prefix_len && url_prefix(&base, (const char *)data, prefix_len, &err) == 0)
		check(&base);
	if (url_join(&out, &base, name, name_len, &err) == 0)
		check(&out);
	else
		assert(err.class == ERR_CONFIG);
	out = base;
	if (url_prefix(&out, name, name_len, &err) == 0)
		check(&out);
	free(name);
	return 0;
}
