/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/display.h"

#include <stdbool.h>

enum {
	CODE_FF = 0x0c, /* an empty screen */
	CODE_SI = 0x0f, /* a colour: two digits follow */
	CODE_DLE = 0x10, /* up to ETB: which consoles show what follows; bit 2 is the serial one */
	CODE_ETB = 0x17,
	CODE_CAN = 0x18, /* a picture: its name follows, up to the end of the line */
	CODE_SUB = 0x1a /* the end of the file, as DOS has it */
};

#define FOR_SERIAL 4

size_t pxelinux_display(uint8_t *text, size_t len)
{
	bool shown = true;
	size_t out = 0;

	for (size_t at = 0; at < len && text[at] != CODE_SUB; at++) {
		uint8_t c = text[at];

		if (c == CODE_FF) {
			out = 0;
		} else if (c >= CODE_DLE && c <= CODE_ETB) {
			shown = c & FOR_SERIAL;
		} else if (c == CODE_SI) {
			at += 2;
		} else if (c == CODE_CAN) {
			while (at + 1 < len && text[at] != '\n')
				at++;
		} else if (shown && (c >= ' ' || c == '\n' || c == '\t') && c != 0x7f) {
			text[out++] = c == '\t' ? ' ' : c;
		}
	}
	return out;
}
