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

/**
 * menu_display_text() - take the control codes out of a DISPLAY or F-key file (syslinux.cfg.txt,
 * "DISPLAY FILE FORMAT"): colours, pictures, what is not for a text screen, what follows ^Z. A
 * form feed, which clears the screen, forgets the text before it.
 * @text: @len bytes and a NUL; is changed in place
 *
 * What remains is lines that end in LF, of any bytes.
 */
void menu_display_text(char *text, size_t len);

#endif
