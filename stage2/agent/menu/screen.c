/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/screen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "menu/text.h"

/* menu.txt counts rows from 1. */
#define MARGIN 10
#define BOX_WIDTH (MENU_SCREEN_COLS - 2 * MARGIN)
#define TITLE_ROW 1
#define FIRST_ROW 3
#define TAB_ROW 17
#define COMMAND_ROW 17
#define TIMEOUT_ROW 19
#define HELP_ROW 21
#define HIDDEN_ROW 22
#define PROMPT_SAY_ROWS 18 /* of what is above the prompt; half of them if there is more below */
#define PROMPT_ROWS 2 /* of the line that is typed; a longer one scrolls */
#define PASSWORD_ROW 10
#define PASSWORD_MARGIN 3
#define PASSWORD_WIDTH (MENU_SCREEN_COLS - 2 * PASSWORD_MARGIN)

/* A line never reaches the last column. */
#define LINE_COLS (MENU_SCREEN_COLS - 1)

static void put(struct menu_screen *s, size_t row, size_t col, char c, uint8_t look)
{
	if (row < MENU_SCREEN_ROWS && col < MENU_SCREEN_COLS)
		s->cell[row][col] = (struct menu_cell){c, look};
}

static void put_run(struct menu_screen *s, size_t row, size_t col, char c, size_t n, uint8_t look)
{
	for (size_t i = 0; i < n; i++)
		put(s, row, col + i, c, look);
}

/* One line of bytes from outside, up to its end or a line feed. Return: columns it took. */
static size_t put_text(struct menu_screen *s, size_t row, size_t col, size_t width,
		       const char *text, uint8_t look)
{
	size_t used = 0;

	while (*text && *text != '\n' && used < width) {
		char glyph[MENU_GLYPH_MAX];

		text += menu_glyph(text, glyph);
		for (const char *g = glyph; *g && used < width; g++)
			put(s, row, col + used++, *g, look);
	}
	return used;
}

/* Columns that put_text() would take. */
static size_t text_width(const char *text, size_t width)
{
	size_t used = 0;

	while (*text && *text != '\n' && used < width) {
		char glyph[MENU_GLYPH_MAX];

		text += menu_glyph(text, glyph);
		used += strlen(glyph);
	}
	return used < width ? used : width;
}

static void put_centred(struct menu_screen *s, size_t row, size_t col, size_t width,
			const char *text, uint8_t look)
{
	size_t used = text_width(text, width);

	put_text(s, row, col + (width - used) / 2, used, text, look);
}

/* A line of its own, in the middle of the screen. */
static void put_middle(struct menu_screen *s, size_t row, const char *text, uint8_t look)
{
	size_t used = text_width(text, LINE_COLS);

	put_text(s, row, (MENU_SCREEN_COLS - used) / 2, used, text, look);
}

/* A title: the first character that is its hot key is bold. */
static void put_title(struct menu_screen *s, size_t row, size_t col, size_t width,
		      const char *title, char hotkey, uint8_t look)
{
	size_t used = 0;

	while (*title && used < width) {
		bool hot =
			hotkey && tolower((unsigned char)*title) == tolower((unsigned char)hotkey);
		char glyph[MENU_GLYPH_MAX];

		title += menu_glyph(title, glyph);
		for (const char *g = glyph; *g && used < width; g++)
			put(s, row, col + used++, *g, hot ? look | MENU_BOLD : look);
		if (hot)
			hotkey = 0;
	}
}

/* Lines, each broken where it does not fit, above @end. Return: the row behind the last. */
static size_t put_lines(struct menu_screen *s, size_t row, size_t end, const char *text)
{
	while (*text && row < end) {
		size_t used = 0;

		while (*text && *text != '\n' && used < LINE_COLS) {
			char glyph[MENU_GLYPH_MAX];
			size_t took = menu_glyph(text, glyph);

			if (used + strlen(glyph) > LINE_COLS)
				break;
			for (const char *g = glyph; *g; g++)
				put(s, row, used++, *g, 0);
			text += took;
		}
		text += *text == '\n';
		row++;
	}
	return row;
}

static void put_border(struct menu_screen *s, size_t row, size_t col, size_t width)
{
	put(s, row, col, '+', 0);
	put_run(s, row, col + 1, '-', width - 2, 0);
	put(s, row, col + width - 1, '+', 0);
}

static void put_sides(struct menu_screen *s, size_t row, size_t col, size_t width)
{
	put(s, row, col, '|', 0);
	put_run(s, row, col + 1, ' ', width - 2, 0);
	put(s, row, col + width - 1, '|', 0);
}

static void put_entry(struct menu_screen *s, const struct menu_model *m, size_t row, size_t entry)
{
	const struct menu_entry *e = &m->menu->entry[entry];
	uint8_t look = entry == m->cursor ? MENU_REVERSE : 0;
	size_t inner = BOX_WIDTH - 4; /* a space on each side of what is between the borders */
	size_t indent = e->indent < inner ? e->indent : inner;

	put_run(s, row, MARGIN + 1, ' ', BOX_WIDTH - 2, look);
	if (e->kind != MENU_SEPARATOR)
		put_title(s, row, MARGIN + 2 + indent, inner - indent, e->title, e->hotkey, look);
	if (e->kind == MENU_GOTO && e->submenu)
		put(s, row, MARGIN + BOX_WIDTH - 2, '>', look);
}

static void put_box(struct menu_screen *s, const struct menu_model *m)
{
	size_t shown = 0;
	bool below = false;

	put_border(s, TITLE_ROW - 1, MARGIN, BOX_WIDTH);
	put_sides(s, TITLE_ROW, MARGIN, BOX_WIDTH);
	put_centred(s, TITLE_ROW, MARGIN + 2, BOX_WIDTH - 4, m->menu->page[m->page].title,
		    MENU_BOLD);
	put_border(s, TITLE_ROW + 1, MARGIN, BOX_WIDTH);
	for (size_t row = 0; row < MENU_MODEL_ROWS; row++)
		put_sides(s, FIRST_ROW + row, MARGIN, BOX_WIDTH);
	put_border(s, FIRST_ROW + MENU_MODEL_ROWS, MARGIN, BOX_WIDTH);

	for (size_t i = 0; i < m->menu->n_entry && !below; i++) {
		if (!menu_shown(m->menu, i, m->page))
			continue;
		below = shown >= m->top + MENU_MODEL_ROWS;
		if (shown >= m->top && !below)
			put_entry(s, m, FIRST_ROW + shown - m->top, i);
		shown++;
	}
	/* There is more above or below. */
	if (m->top)
		put(s, FIRST_ROW, MARGIN + BOX_WIDTH - 1, '^', MENU_BOLD);
	if (below)
		put(s, FIRST_ROW + MENU_MODEL_ROWS - 1, MARGIN + BOX_WIDTH - 1, 'v', MENU_BOLD);
}

static void put_countdown(struct menu_screen *s, const struct menu_model *m, size_t row,
			  uint64_t now_ms)
{
	const struct menu_page *page = &m->menu->page[m->page];
	const char *message = page->autoboot ? page->autoboot : MENU_AUTOBOOT;
	char text[MENU_SCREEN_COLS + 1];
	uint64_t seconds;

	if (!countdown_left(&m->countdown, now_ms, &seconds))
		return;
	countdown_text(text, sizeof(text), message, seconds);
	put_middle(s, row, text, 0);
}

static void draw_list(struct menu_screen *s, const struct menu_model *m, uint64_t now_ms)
{
	const struct menu *menu = m->menu;
	const struct menu_page *page = &menu->page[m->page];
	const char *tab =
		menu_editable(menu, m->cursor)
			? (page->tab_message ? page->tab_message : "Press [Tab] to edit options")
			: page->no_tab_message;

	put_box(s, m);
	if (m->cursor != MENU_NONE) {
		for (size_t row = 0; row < MENU_MODEL_ROWS; row++) {
			if (s->cell[FIRST_ROW + row][MARGIN + 1].look & MENU_REVERSE)
				s->row = (unsigned int)(FIRST_ROW + row);
		}
		s->col = MARGIN + 2;
	}
	if (m->message) {
		put_lines(s, TAB_ROW, MENU_SCREEN_ROWS, m->message);
		return;
	}
	if (tab)
		put_middle(s, TAB_ROW, tab, 0);
	put_countdown(s, m, TIMEOUT_ROW, now_ms);
	if (m->cursor != MENU_NONE && menu->entry[m->cursor].help)
		put_lines(s, HELP_ROW, MENU_SCREEN_ROWS, menu->entry[m->cursor].help);
}

/* A line that may be longer than a row: it is broken, and scrolls so that the cursor shows.
 * Each byte is one column here, or the cursor would not be where it is typed. */
static void put_line(struct menu_screen *s, size_t first_row, size_t n_rows, const char *mark,
		     const struct menu_line *line)
{
	size_t indent = strlen(mark), width = LINE_COLS - indent;
	size_t cursor_row = line->at / width;
	size_t top = cursor_row < n_rows ? 0 : cursor_row - n_rows + 1;

	for (size_t i = 0; i < indent; i++)
		put(s, first_row, i, mark[i], MENU_BOLD);
	for (size_t i = top * width; i < line->len && i < (top + n_rows) * width; i++) {
		char c = line->text[i];

		if (c < ' ' || c > '~')
			c = '?';
		put(s, first_row + i / width - top, indent + i % width, c, 0);
	}
	s->row = (unsigned int)(first_row + cursor_row - top);
	s->col = (unsigned int)(indent + line->at % width);
}

static void draw_edit(struct menu_screen *s, const struct menu_model *m, uint64_t now_ms)
{
	size_t rows = MENU_SCREEN_ROWS - COMMAND_ROW;

	put_box(s, m);
	if (m->message) {
		/* Room for both: the end of the line is what was just typed. */
		rows = 2;
		put_lines(s, COMMAND_ROW + rows, MENU_SCREEN_ROWS, m->message);
	} else if (m->countdown.total_until_ms) {
		rows--;
		put_countdown(s, m, MENU_SCREEN_ROWS - 1, now_ms);
	}
	put_line(s, COMMAND_ROW, rows, "> ", &m->line);
}

/* The labels that can be typed, as many as there is room for. */
static void put_labels(struct menu_screen *s, size_t row, const struct menu *menu)
{
	size_t col = 0;

	for (size_t i = 0; i < menu->n_entry && row < MENU_SCREEN_ROWS; i++) {
		const char *label = menu->entry[i].label;
		size_t used = label ? text_width(label, LINE_COLS) : 0;

		if (!used)
			continue;
		if (col && col + used > LINE_COLS) {
			col = 0;
			row++;
		}
		put_text(s, row, col, used, label, 0);
		col += used + 1;
	}
}

static void draw_prompt(struct menu_screen *s, const struct menu_model *m, uint64_t now_ms)
{
	bool more = m->message || m->labels;
	size_t row = 0;

	if (m->menu->say) {
		row = put_lines(s, 0, more ? PROMPT_SAY_ROWS / 2 : PROMPT_SAY_ROWS, m->menu->say);
		row++;
	}
	if (m->message)
		put_lines(s, row + PROMPT_ROWS + 1, MENU_SCREEN_ROWS, m->message);
	else if (m->labels)
		put_labels(s, row + PROMPT_ROWS + 1, m->menu);
	else
		put_countdown(s, m, row + PROMPT_ROWS + 1, now_ms);
	put_line(s, row, PROMPT_ROWS, "boot: ", &m->line);
}

static void draw_password(struct menu_screen *s, const struct menu_model *m)
{
	const struct menu_page *page = &m->menu->page[m->page];
	const char *header = page->password_message ? page->password_message : "Password required";
	size_t room = PASSWORD_WIDTH - 5; /* borders, a space on each side, the cursor */
	size_t stars = m->password.len < room ? m->password.len : room;

	put_border(s, PASSWORD_ROW, PASSWORD_MARGIN, PASSWORD_WIDTH);
	put_centred(s, PASSWORD_ROW, PASSWORD_MARGIN + 2, PASSWORD_WIDTH - 4, header, MENU_BOLD);
	put_sides(s, PASSWORD_ROW + 1, PASSWORD_MARGIN, PASSWORD_WIDTH);
	put_run(s, PASSWORD_ROW + 1, PASSWORD_MARGIN + 2, '*', stars, 0);
	put_border(s, PASSWORD_ROW + 2, PASSWORD_MARGIN, PASSWORD_WIDTH);
	s->row = PASSWORD_ROW + 1;
	s->col = (unsigned int)(PASSWORD_MARGIN + 2 + stars);
}

static void draw_text(struct menu_screen *s, const struct menu_model *m)
{
	size_t lines = menu_text_lines(m->text);
	const char *text = m->text;
	const char *more = m->text_top + MENU_MODEL_TEXT_ROWS < lines ? "Any key: more; [Esc]: back"
								      : "Any key: back";

	for (size_t i = 0; i < m->text_top + MENU_MODEL_TEXT_ROWS && *text; i++) {
		const char *end = strchr(text, '\n');

		if (i >= m->text_top)
			put_text(s, i - m->text_top, 0, LINE_COLS, text, 0);
		text = end ? end + 1 : text + strlen(text);
	}
	put_middle(s, MENU_SCREEN_ROWS - 1, more, MENU_BOLD);
	s->row = MENU_SCREEN_ROWS - 1;
}

void menu_screen_clear(struct menu_screen *s)
{
	s->row = 0;
	s->col = 0;
	for (size_t row = 0; row < MENU_SCREEN_ROWS; row++)
		put_run(s, row, 0, ' ', MENU_SCREEN_COLS, 0);
}

void menu_screen_draw(struct menu_screen *s, const struct menu_model *m, uint64_t now_ms)
{
	menu_screen_clear(s);
	switch (m->mode) {
	case MENU_MODE_HIDDEN:
		put_countdown(s, m, HIDDEN_ROW, now_ms);
		break;
	case MENU_MODE_LIST:
		draw_list(s, m, now_ms);
		break;
	case MENU_MODE_EDIT:
		draw_edit(s, m, now_ms);
		break;
	case MENU_MODE_PROMPT:
		draw_prompt(s, m, now_ms);
		break;
	case MENU_MODE_TEXT:
		draw_text(s, m);
		break;
	case MENU_MODE_PASSWORD:
		if (m->back == MENU_MODE_PROMPT)
			draw_prompt(s, m, now_ms);
		else
			draw_list(s, m, now_ms);
		draw_password(s, m);
		break;
	}
}
