/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/vt100.h"

#include <stdio.h>
#include <string.h>

/* Equal cells between two that differ are cheaper than another cursor position. */
#define GAP_MAX 6

struct output {
	char *at;
	uint8_t look; /* that the terminal is in */
};

static void put_position(struct output *o, unsigned int row, unsigned int col)
{
	o->at += sprintf(o->at, "\033[%u;%uH", row + 1, col + 1);
}

static void put_look(struct output *o, uint8_t look)
{
	if (look != o->look)
		o->at += sprintf(o->at, "\033[0%s%sm", look & MENU_BOLD ? ";1" : "",
				 look & MENU_REVERSE ? ";7" : "");
	o->look = look;
}

static bool same(const struct menu_cell *a, const struct menu_cell *b)
{
	return a->c == b->c && a->look == b->look;
}

/* Behind the last cell of the row that must be sent in one go with the one at @from. */
static unsigned int run_end(const struct menu_cell *old, const struct menu_cell *new,
			    unsigned int from)
{
	unsigned int end = from + 1;

	for (unsigned int i = end; i < MENU_SCREEN_COLS && i < end + GAP_MAX; i++) {
		if (!same(&old[i], &new[i]))
			end = i + 1;
	}
	return end;
}

static void put_row(struct output *o, const struct menu_cell *old, const struct menu_cell *new,
		    unsigned int row)
{
	unsigned int col = 0;

	while (col < MENU_SCREEN_COLS) {
		unsigned int end;

		if (same(&old[col], &new[col])) {
			col++;
			continue;
		}
		end = run_end(old, new, col);
		put_position(o, row, col);
		for (; col < end; col++) {
			put_look(o, new[col].look);
			*o->at++ = new[col].c;
		}
	}
}

size_t menu_vt100_update(char *out, const struct menu_screen *old, const struct menu_screen *new)
{
	struct output o = {.at = out};
	struct menu_screen blank;

	if (!old) {
		o.at = stpcpy(o.at, MENU_VT100_ERASE);
		menu_screen_clear(&blank);
		old = &blank;
	}
	for (unsigned int row = 0; row < MENU_SCREEN_ROWS; row++)
		put_row(&o, old->cell[row], new->cell[row], row);
	put_look(&o, 0);
	if (o.at != out || old->row != new->row || old->col != new->col)
		put_position(&o, new->row, new->col);
	return (size_t)(o.at - out);
}
