/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal of 24 lines of 80 characters that knows CUP, ED 2 and SGR 0, 1 and 7 of ECMA-48 and
 * nothing else: what the menu sends must do with that.
 */
#ifndef XENPXE_TESTS_MENU_TERMINAL_H
#define XENPXE_TESTS_MENU_TERMINAL_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "menu/screen.h"

struct terminal {
	struct menu_screen screen;
	uint8_t look;
};

static inline void terminal_csi(struct terminal *t, char final, const int *arg, size_t n)
{
	if (final == 'H') {
		assert(n <= 2);
		t->screen.row = n > 0 ? (unsigned int)arg[0] - 1 : 0;
		t->screen.col = n > 1 ? (unsigned int)arg[1] - 1 : 0;
		assert(t->screen.row < 24 && t->screen.col < 80);
	} else if (final == 'J') {
		assert(n == 1 && arg[0] == 2);
		for (size_t row = 0; row < 24; row++) {
			for (size_t col = 0; col < 80; col++)
				t->screen.cell[row][col] = (struct menu_cell){' ', t->look};
		}
	} else {
		assert(final == 'm' && n > 0);
		for (size_t i = 0; i < n; i++) {
			assert(arg[i] == 0 || arg[i] == 1 || arg[i] == 7);
			t->look = arg[i] == 0	? 0
				  : arg[i] == 1 ? t->look | MENU_BOLD
						: t->look | MENU_REVERSE;
		}
	}
}

static inline void terminal_write(struct terminal *t, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int arg[4] = {0};
		size_t n = 0;

		if (bytes[i] != '\033') {
			assert(bytes[i] >= ' ' && bytes[i] <= '~');
			/* The last column wraps, at the last line it scrolls. */
			assert(t->screen.col < 79);
			t->screen.cell[t->screen.row][t->screen.col++] =
				(struct menu_cell){bytes[i], t->look};
			continue;
		}
		assert(len - i > 2 && bytes[i + 1] == '[');
		for (i += 2; i < len && bytes[i] < '@'; i++) {
			assert((bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == ';');
			if (n == 0)
				n = 1;
			if (bytes[i] == ';')
				n++;
			else
				arg[n - 1] = arg[n - 1] * 10 + (bytes[i] - '0');
			assert(n <= 4);
		}
		assert(i < len);
		terminal_csi(t, bytes[i], arg, n);
	}
	assert(t->look == 0);
}

static inline int terminal_shows(const struct terminal *t, const struct menu_screen *s)
{
	return t->screen.row == s->row && t->screen.col == s->col &&
	       memcmp(t->screen.cell, s->cell, sizeof(s->cell)) == 0;
}

#endif
