/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line that a person edits, with the keys of syslinux-cli.txt and of its menu. Pure.
 */
#ifndef XENPXE_MENU_LINE_H
#define XENPXE_MENU_LINE_H

#include "menu/menu.h"

struct menu_line {
	char text[MENU_LINE_MAX + 1]; /* NUL-terminated */
	size_t len;
	size_t at; /* the cursor, 0..len */
};

/**
 * menu_line_set() - begin with @text and the cursor behind it; more than MENU_LINE_MAX bytes of
 * it are cut off.
 */
void menu_line_set(struct menu_line *line, const char *text);

/**
 * menu_line_clear() - forget what was typed, so that it is nowhere in memory.
 */
void menu_line_clear(struct menu_line *line);

/**
 * menu_line_key() - move, insert, delete.
 * @key: of enum key: printable ASCII is inserted while there is room; Left ^B, Right ^F, Home ^A,
 *       End ^E; Backspace ^H, Delete ^D; ^K to the end, ^U the whole line, ^W the word before
 *
 * Return: false if the key means nothing to a line.
 */
bool menu_line_key(struct menu_line *line, int key);

#endif
