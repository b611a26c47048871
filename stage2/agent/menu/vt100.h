/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changed between two screens, as bytes for a VT100: cursor positions (CUP), bold and
 * reverse video (SGR), erasing (ED), nothing else. The console of a guest is a ring of 2048
 * bytes that dom0 empties as it pleases, so little is sent. Pure.
 */
#ifndef XENPXE_MENU_VT100_H
#define XENPXE_MENU_VT100_H

#include "menu/screen.h"

/* Leaves the screen as it is and puts the cursor below it. */
#define MENU_VT100_END "\033[24;1H\r\n"

#define MENU_VT100_ERASE "\033[0m\033[H\033[2J"

/* More than any two screens need: each cell with another look, each its position. */
#define MENU_VT100_MAX (MENU_SCREEN_ROWS * MENU_SCREEN_COLS * 24 + 64)

/**
 * menu_vt100_update() - from one screen to the next.
 * @out: receives at most MENU_VT100_MAX bytes, not terminated
 * @old: what the terminal shows; NULL: anything, it is erased first
 * @new: what it shall show
 *
 * The look is normal before and after, the cursor is at @new's at the end.
 *
 * Return: how many bytes.
 */
size_t menu_vt100_update(char *out, const struct menu_screen *old, const struct menu_screen *new);

#endif
