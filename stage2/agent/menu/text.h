/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes from outside as a terminal may see them. Pure.
 */
#ifndef XENPXE_MENU_TEXT_H
#define XENPXE_MENU_TEXT_H

#include <stddef.h>

#define MENU_GLYPH_MAX 5 /* "\xHH" and a NUL */

/**
 * menu_glyph() - the next character of a text.
 * @text:  any bytes, NUL-terminated, not at its end
 * @glyph: receives printable ASCII: the character itself; a space for a tab; "?" for a whole
 *         UTF-8 sequence, which nobody knows the terminal to show; "\xHH" for any other byte
 *
 * Return: bytes of @text that it took, 1 or more.
 */
size_t menu_glyph(const char *text, char glyph[MENU_GLYPH_MAX]);

#endif
