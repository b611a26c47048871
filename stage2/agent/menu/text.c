/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/text.h"

#include <stdio.h>
#include <string.h>

/* Bytes behind the first of a well-formed UTF-8 sequence (RFC 3629), 0 if it is none. */
static size_t utf8_more(const unsigned char *p)
{
	size_t more = *p >= 0xc2 && *p < 0xe0	? 1
		      : *p >= 0xe0 && *p < 0xf0 ? 2
		      : *p >= 0xf0 && *p < 0xf5 ? 3
						: 0;

	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80) /* the NUL is none either */
			return 0;
	}
	return more;
}

size_t menu_glyph(const char *text, char glyph[MENU_GLYPH_MAX])
{
	const unsigned char *p = (const unsigned char *)text;
	size_t more = utf8_more(p);

	if (more || *p == '\t')
		snprintf(glyph, MENU_GLYPH_MAX, "%c", more ? '?' : ' ');
	else if (*p >= 0x20 && *p < 0x7f)
		snprintf(glyph, MENU_GLYPH_MAX, "%c", *p);
	else
		snprintf(glyph, MENU_GLYPH_MAX, "\\x%02x", *p);
	return 1 + more;
}
