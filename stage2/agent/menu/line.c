/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/line.h"

#include <string.h>

#include "menu/keyboard.h"

void menu_line_set(struct menu_line *line, const char *text)
{
	line->len = strnlen(text, MENU_LINE_MAX);
	memcpy(line->text, text, line->len);
	line->text[line->len] = '\0';
	line->at = line->len;
}

void menu_line_clear(struct menu_line *line)
{
	explicit_bzero(line, sizeof(*line));
}

/* Take out what is between @from and @to; the cursor is then at @from. */
static void cut(struct menu_line *line, size_t from, size_t to)
{
	memmove(line->text + from, line->text + to, line->len - to + 1);
	line->len -= to - from;
	line->at = from;
}

static void insert(struct menu_line *line, char c)
{
	if (line->len == MENU_LINE_MAX)
		return;
	memmove(line->text + line->at + 1, line->text + line->at, line->len - line->at + 1);
	line->text[line->at++] = c;
	line->len++;
}

static size_t word_before(const struct menu_line *line)
{
	size_t at = line->at;

	while (at > 0 && line->text[at - 1] == ' ')
		at--;
	while (at > 0 && line->text[at - 1] != ' ')
		at--;
	return at;
}

bool menu_line_key(struct menu_line *line, int key)
{
	switch (key) {
	case KEY_LEFT:
	case KEY_CTRL('B'):
		line->at -= line->at > 0;
		return true;
	case KEY_RIGHT:
	case KEY_CTRL('F'):
		line->at += line->at < line->len;
		return true;
	case KEY_HOME:
	case KEY_CTRL('A'):
		line->at = 0;
		return true;
	case KEY_END:
	case KEY_CTRL('E'):
		line->at = line->len;
		return true;
	case KEY_BACKSPACE:
		if (line->at > 0)
			cut(line, line->at - 1, line->at);
		return true;
	case KEY_DELETE:
	case KEY_CTRL('D'):
		if (line->at < line->len)
			cut(line, line->at, line->at + 1);
		return true;
	case KEY_CTRL('K'):
		cut(line, line->at, line->len);
		return true;
	case KEY_CTRL('U'):
		cut(line, 0, line->len);
		return true;
	case KEY_CTRL('W'):
		cut(line, word_before(line), line->at);
		return true;
	default:
		if (key < ' ' || key > '~')
			return false;
		insert(line, (char)key);
		return true;
	}
}
