/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/grubenv.h"

#include <stdlib.h>
#include <string.h>

#define SIGNATURE "# GRUB Environment Block\n"

int grub_env_block(const uint8_t *data, size_t len,
		   int (*found)(void *ctx, const char *name, const char *value), void *ctx,
		   struct error *err)
{
	size_t at = strlen(SIGNATURE);
	char *line;
	int ret = 0;

	if (len < at || memcmp(data, SIGNATURE, at) != 0)
		return error_set(err, ERR_CONFIG, "not a GRUB environment block");
	line = malloc(len + 1);
	if (!line)
		return error_set(err, ERR_MEMORY, "no memory for an environment block");
	while (at < len && !ret) {
		size_t n = 0;
		char *equals = NULL;
		uint8_t first = data[at];

		while (at < len && data[at] != '\n') {
			if (data[at] == '\\' && at + 1 < len)
				at++;
			else if (data[at] == '=' && !equals)
				equals = line + n;
			if (data[at])
				line[n++] = (char)data[at];
			at++;
		}
		at++;
		line[n] = '\0';
		if (first == '#' || !equals || equals == line)
			continue;
		*equals = '\0';
		ret = found(ctx, line, equals + 1);
	}
	free(line);
	return ret ? -1 : 0;
}
