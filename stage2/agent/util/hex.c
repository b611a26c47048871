/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/hex.h"

#include <string.h>

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_byte(const char *text)
{
	int high = hex_digit(text[0]);
	int low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

int hex_bytes(uint8_t *out, size_t n, const char *text, const char *separators)
{
	for (size_t i = 0; i < n; i++, text += 2) {
		int byte;

		if (i > 0 && *text && strchr(separators, *text))
			text++;
		byte = hex_byte(text);
		if (byte < 0)
			return -1;
		out[i] = (uint8_t)byte;
	}
	return *text ? -1 : 0;
}
