/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_ESCAPE_H
#define XENPXE_UTIL_ESCAPE_H

#include <stddef.h>

/**
 * escape() - make bytes from outside fit to be shown and stored.
 * @dst:  receives a NUL-terminated string
 * @size: size of @dst in bytes, at least 1
 * @src:  any bytes
 * @len:  how many
 *
 * Printable ASCII stays as it is, a backslash becomes two, everything else becomes \xHH, so
 * that no byte sequence from the network or a disk reaches a terminal or xenstore raw. What
 * does not fit ends in "..." when there is room for that.
 *
 * Return: @dst.
 */
char *escape(char *dst, size_t size, const void *src, size_t len);

/**
 * escape_str() - escape() of a NUL-terminated string.
 */
char *escape_str(char *dst, size_t size, const char *src);

/**
 * escape_flatten() - the last guard in front of a terminal: every byte that is not printable ASCII
 * becomes "?", also those from 0x80 on, among which are a terminal's C1 controls.
 * @text: changed in place
 * @len:  bytes
 */
void escape_flatten(char *text, size_t len);

#endif
