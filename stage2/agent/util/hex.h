/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_HEX_H
#define XENPXE_UTIL_HEX_H

#include <stddef.h>
#include <stdint.h>

/**
 * hex_digit() - the value of a hexadecimal digit in either case.
 *
 * Return: 0..15, or -1 if @c is none.
 */
int hex_digit(char c);

/**
 * hex_byte() - the value of two hexadecimal digits. @text: NUL-terminated; a first character that
 * is no digit is not looked past.
 *
 * Return: 0..255, or -1 if the two are none.
 */
int hex_byte(const char *text);

/**
 * hex_bytes() - exactly @n bytes of two digits each, as a MAC address or a UUID is written.
 * @separators: characters of which one may stand between two bytes
 *
 * Return: 0, or -1 if @text is anything else; @out is undefined then.
 */
int hex_bytes(uint8_t *out, size_t n, const char *text, const char *separators);

#endif
