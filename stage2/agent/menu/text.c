/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/text.h"

#include <stdbool.h>
#include <stdint.h>
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

enum code {
	CODE_CLEAR = 0x0c,
	CODE_COLOUR = 0x0f, /* two digits follow */
	CODE_SHOW_FIRST = 0x10, /* the lowest three bits: text, graphics, serial */
	CODE_SHOW_LAST = 0x17,
	CODE_PICTURE = 0x18, /* a name and a line feed follow */
	CODE_PICTURE_OFF = 0x19,
	CODE_END = 0x1a
};

/* The guest's console is both, the text screen and a serial line. */
#define SHOW_HERE 5

void menu_display_text(char *text, size_t len)
{
	bool shown = true;
	size_t to = 0;

	for (size_t i = 0; i < len && text[i] != CODE_END; i++) {
		char c = text[i];

		if (c >= CODE_SHOW_FIRST && c <= CODE_SHOW_LAST) {
			shown = c & SHOW_HERE;
			continue;
		}
		switch (c) {
		case CODE_CLEAR:
			to = 0;
			break;
		case CODE_COLOUR:
			i += 2;
			break;
		case CODE_PICTURE:
			while (i + 1 < len && text[i] != '\n')
				i++;
			break;
		case CODE_PICTURE_OFF:
		case '\a':
		case '\r':
		case '\0':
			break;
		default:
			if (shown)
				text[to++] = c;
		}
	}
	text[to] = '\0';
}
