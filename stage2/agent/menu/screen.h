/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person sees of the model: 24 lines of 80 characters. Pure.
 */
#ifndef XENPXE_MENU_SCREEN_H
#define XENPXE_MENU_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/model.h"

#define MENU_SCREEN_ROWS 24
#define MENU_SCREEN_COLS 80

#define MENU_BOLD 1
#define MENU_REVERSE 2

struct menu_cell {
	char c; /* printable ASCII */
	uint8_t look; /* of MENU_BOLD and MENU_REVERSE */
};

struct menu_screen {
	struct menu_cell cell[MENU_SCREEN_ROWS][MENU_SCREEN_COLS];
	unsigned int row, col; /* of the cursor */
};

/**
 * menu_screen_draw() - the whole screen.
 * @now_ms: for the seconds that are left
 *
 * The layout is the one of menu.txt ("MENU WIDTH 80, MENU MARGIN 10 ..."). The last column of
 * the last line stays empty: a terminal would scroll.
 */
void menu_screen_draw(struct menu_screen *s, const struct menu_model *m, uint64_t now_ms);

/**
 * menu_screen_clear() - spaces, and the cursor at the upper left.
 */
void menu_screen_clear(struct menu_screen *s);

#endif
