/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/path.h"

#include <stdio.h>
#include <string.h>

/* The parts of @text behind the @at bytes that are there already. */
static int add_parts(char out[LOCAL_PATH_SIZE], size_t *at, const char *text, size_t len)
{
	while (len > 0) {
		const char *end = memchr(text, '/', len);
		size_t n = end ? (size_t)(end - text) : len;

		if (n == 2 && memcmp(text, "..", 2) == 0) {
			while (*at > 0 && out[--*at] != '/')
				;
		} else if (n > 0 && !(n == 1 && text[0] == '.')) {
			if (n + 2 > LOCAL_PATH_SIZE - *at)
				return -1;
			out[(*at)++] = '/';
			memcpy(out + *at, text, n);
			*at += n;
		}
		text += n;
		len -= n;
		if (len > 0) {
			text++;
			len--;
		}
	}
	return 0;
}

int path_join(char out[LOCAL_PATH_SIZE], const char *dir, const char *name, size_t len)
{
	size_t at = 0;

	if (!(len > 0 && name[0] == '/') && add_parts(out, &at, dir, strlen(dir)))
		return -1;
	if (add_parts(out, &at, name, len))
		return -1;
	if (at == 0)
		out[at++] = '/';
	out[at] = '\0';
	return 0;
}

void path_dir(char out[LOCAL_PATH_SIZE], const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (len == 0)
		snprintf(out, LOCAL_PATH_SIZE, "/");
	else
		snprintf(out, LOCAL_PATH_SIZE, "%.*s", (int)len, path);
}
