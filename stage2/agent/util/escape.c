/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/escape.h"

#include <stdio.h>
#include <string.h>

char *escape(char *dst, size_t size, const void *src, size_t len)
{
	const unsigned char *p = src;
	size_t at = 0, cut = 0; /* cut: where "..." still fits, behind a whole piece */

	for (size_t i = 0; i < len; i++) {
		char piece[5];
		size_t n;

		if (p[i] == '\\')
			n = (size_t)snprintf(piece, sizeof(piece), "\\\\");
		else if (p[i] >= 0x20 && p[i] < 0x7f)
			n = (size_t)snprintf(piece, sizeof(piece), "%c", p[i]);
		else
			n = (size_t)snprintf(piece, sizeof(piece), "\\x%02x", p[i]);
		if (at + n + 1 > size) {
			if (size >= 4) {
				at = cut;
				memcpy(dst + at, "...", 3);
				at += 3;
			}
			break;
		}
		memcpy(dst + at, piece, n);
		at += n;
		if (at + 4 <= size)
			cut = at;
	}
	dst[at] = '\0';
	return dst;
}

char *escape_str(char *dst, size_t size, const char *src)
{
	return escape(dst, size, src, strlen(src));
}

void escape_flatten(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7e)
			text[i] = '?';
	}
}
