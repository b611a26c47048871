/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/model.h"

#include <ctype.h>
#include <string.h>

#include "menu/keyboard.h"

static const char wrong_password[] = "That is not the password.";

static bool selectable(const struct menu *menu, size_t entry, size_t page)
{
	return menu_shown(menu, entry, page) && menu->entry[entry].kind != MENU_HEADING &&
	       menu->entry[entry].kind != MENU_SEPARATOR;
}

bool menu_shown(const struct menu *menu, size_t entry, size_t page)
{
	return menu->entry[entry].page == page && !menu->entry[entry].hidden;
}

bool menu_editable(const struct menu *menu, size_t entry)
{
	const struct menu_entry *e = entry == MENU_NONE ? NULL : &menu->entry[entry];

	return e && menu->page[e->page].allow_options && e->kind == MENU_BOOT && e->command;
}

size_t menu_first(const struct menu *menu, size_t page)
{
	size_t chosen = menu->page[page].chosen;

	if (chosen != MENU_NONE && selectable(menu, chosen, page))
		return chosen;
	for (size_t i = 0; i < menu->n_entry; i++) {
		if (selectable(menu, i, page))
			return i;
	}
	return MENU_NONE;
}

size_t menu_labelled(const struct menu *menu, const char *line)
{
	size_t len;

	line += strspn(line, " ");
	len = strcspn(line, " ");
	for (size_t i = 0; len && i < menu->n_entry; i++) {
		const char *label = menu->entry[i].label;

		if (label && strlen(label) == len && memcmp(label, line, len) == 0)
			return i;
	}
	return MENU_NONE;
}

bool menu_opens(const struct menu *menu, size_t entry, size_t page, const char *typed)
{
	const char *own = entry == MENU_NONE ? NULL : menu->entry[entry].password;
	const char *master = menu->page[page].master_password;

	return (own && own[0] && menu->password_matches(own, typed)) ||
	       (master && master[0] && menu->password_matches(master, typed));
}

void menu_typed(const struct menu *menu, const char *line, struct menu_decision *decision)
{
	size_t len;

	line += strspn(line, " ");
	len = menu->allow_options ? strlen(line) : strcspn(line, " ");
	*decision =
		(struct menu_decision){.how = len ? MENU_TYPED : MENU_DEFAULT, .entry = MENU_NONE};
	memcpy(decision->line, line, len);
}

size_t menu_text_lines(const char *text)
{
	size_t n = 1;

	while ((text = strchr(text, '\n')) != NULL && *++text)
		n++;
	return n;
}

/* The cursor's row among those of its page, counted from 0. */
static size_t row_of(const struct menu_model *m, size_t entry)
{
	size_t row = 0;

	for (size_t i = 0; i < entry; i++)
		row += menu_shown(m->menu, i, m->page);
	return row;
}

static void cursor_to(struct menu_model *m, size_t entry)
{
	size_t row;

	m->cursor = entry;
	if (entry == MENU_NONE) {
		m->top = 0;
		return;
	}
	row = row_of(m, entry);
	if (row < m->top)
		m->top = row;
	if (row >= m->top + MENU_MODEL_ROWS)
		m->top = row - MENU_MODEL_ROWS + 1;
	/* The first one that can be chosen brings the headings above it along. */
	for (size_t i = 0; i < entry; i++) {
		if (selectable(m->menu, i, m->page))
			return;
	}
	if (row < MENU_MODEL_ROWS)
		m->top = 0;
}

/* Up to @rows rows towards the end or the beginning, and to what can be chosen there; if
 * nothing can, as far as something can. */
static void move(struct menu_model *m, size_t rows, bool down)
{
	size_t to = m->cursor;

	if (to == MENU_NONE)
		return;
	for (size_t i = m->cursor, gone = 0; gone < rows;) {
		if (down ? i + 1 >= m->menu->n_entry : i == 0)
			break;
		i = down ? i + 1 : i - 1;
		if (!menu_shown(m->menu, i, m->page))
			continue;
		gone++;
		if (selectable(m->menu, i, m->page))
			to = i;
		else if (gone == rows)
			gone--; /* not on a heading: one further */
	}
	cursor_to(m, to);
}

static void go_to_page(struct menu_model *m, size_t page)
{
	size_t from = m->page, cursor;

	m->mode = MENU_MODE_LIST;
	m->page = page;
	m->top = 0;
	cursor = menu_first(m->menu, page);
	/* Back from a submenu the cursor is where it was left. */
	for (size_t i = 0; from != page && i < m->menu->n_entry; i++) {
		if (selectable(m->menu, i, page) && m->menu->entry[i].kind == MENU_GOTO &&
		    m->menu->entry[i].target == from && m->menu->page[from].parent == page) {
			cursor = i;
			break;
		}
	}
	cursor_to(m, cursor);
}

static enum menu_event decide(struct menu_model *m, enum menu_how how, size_t entry,
			      const char *line)
{
	m->decision = (struct menu_decision){.how = how, .entry = entry};
	memcpy(m->decision.line, line, strlen(line));
	return MENU_EVENT_DECIDED;
}

static void to_prompt(struct menu_model *m)
{
	m->mode = MENU_MODE_PROMPT;
	m->ctrl_f = false;
	m->labels = false;
	menu_line_set(&m->line, "");
}

static enum menu_event want_text(struct menu_model *m, const char *name)
{
	m->wanted = name;
	return MENU_EVENT_TEXT;
}

static enum menu_event typed(struct menu_model *m)
{
	size_t entry = menu_labelled(m->menu, m->line.text);

	if (entry != MENU_NONE && m->menu->entry[entry].kind == MENU_GOTO) {
		go_to_page(m, m->menu->entry[entry].target);
		return MENU_EVENT_NONE;
	}
	menu_typed(m->menu, m->line.text, &m->decision);
	to_prompt(m);
	return MENU_EVENT_DECIDED;
}

/* Enter on an entry that can be chosen. */
static enum menu_event act(struct menu_model *m)
{
	const struct menu_entry *e = &m->menu->entry[m->cursor];

	switch (e->kind) {
	case MENU_BOOT:
		return decide(m, MENU_CHOSEN, m->cursor, "");
	case MENU_GOTO:
		go_to_page(m, e->target);
		break;
	case MENU_QUIT:
		to_prompt(m);
		break;
	case MENU_HELP:
		return want_text(m, e->command);
	case MENU_HEADING:
	case MENU_SEPARATOR:
		break; /* the cursor is never there */
	}
	return MENU_EVENT_NONE;
}

/* What was wished happens; its password, if there is one, was right. */
static enum menu_event fulfil(struct menu_model *m, enum menu_wish wish)
{
	switch (wish) {
	case MENU_WISH_ENTER:
		return act(m);
	case MENU_WISH_PROMPT:
		to_prompt(m);
		return MENU_EVENT_NONE;
	case MENU_WISH_TYPED:
		return typed(m);
	case MENU_WISH_EDIT:
		m->mode = MENU_MODE_EDIT;
		menu_line_set(&m->line, m->menu->entry[m->cursor].command);
		return MENU_EVENT_NONE;
	}
	return MENU_EVENT_NONE;
}

/* @entry: whose password is asked, MENU_NONE: the page's master password */
static enum menu_event ask_password(struct menu_model *m, enum menu_wish wish, size_t entry)
{
	m->back = m->mode;
	m->mode = MENU_MODE_PASSWORD;
	m->wish = wish;
	m->wish_entry = entry;
	menu_line_clear(&m->password);
	return MENU_EVENT_NONE;
}

static enum menu_event enter(struct menu_model *m)
{
	if (m->cursor == MENU_NONE)
		return MENU_EVENT_NONE;
	if (m->menu->entry[m->cursor].password)
		return ask_password(m, MENU_WISH_ENTER, m->cursor);
	return fulfil(m, MENU_WISH_ENTER);
}

/* menu.txt: the master password opens Tab. Without one the entry's own does: to edit an entry
 * is to boot it. */
static enum menu_event edit(struct menu_model *m)
{
	if (!menu_editable(m->menu, m->cursor))
		return MENU_EVENT_NONE;
	if (m->menu->page[m->page].master_password)
		return ask_password(m, MENU_WISH_EDIT, MENU_NONE);
	if (m->menu->entry[m->cursor].password)
		return ask_password(m, MENU_WISH_EDIT, m->cursor);
	return fulfil(m, MENU_WISH_EDIT);
}

/* Esc: a page up, and from the top to the prompt. */
static enum menu_event leave(struct menu_model *m)
{
	const struct menu_page *page = &m->menu->page[m->page];

	if (page->parent != MENU_NONE) {
		go_to_page(m, page->parent);
		return MENU_EVENT_NONE;
	}
	if (!page->allow_options)
		return MENU_EVENT_NONE;
	if (page->master_password)
		return ask_password(m, MENU_WISH_PROMPT, MENU_NONE);
	return fulfil(m, MENU_WISH_PROMPT);
}

/* The first entry with a hot key has it. */
static enum menu_event hot_key(struct menu_model *m, int key)
{
	for (size_t i = 0; i < m->menu->n_entry; i++) {
		if (!selectable(m->menu, i, m->page) ||
		    tolower((unsigned char)m->menu->entry[i].hotkey) != tolower(key))
			continue;
		cursor_to(m, i);
		return m->menu->entry[i].immediate ? enter(m) : MENU_EVENT_NONE;
	}
	return MENU_EVENT_NONE;
}

static enum menu_event fkey(struct menu_model *m, int key)
{
	const char *name = m->menu->page[m->page].fkey[key - KEY_F1];

	return name ? want_text(m, name) : MENU_EVENT_NONE;
}

static enum menu_event list_key(struct menu_model *m, int key)
{
	if (key >= KEY_F1 && key <= KEY_F12)
		return fkey(m, key);
	switch (key) {
	case KEY_ENTER:
		return enter(m);
	case KEY_TAB:
		return edit(m);
	case KEY_ESC:
	case KEY_CTRL('C'):
		return leave(m);
	case KEY_UP:
	case KEY_CTRL('P'):
	case '-':
		move(m, 1, false);
		break;
	case KEY_DOWN:
	case KEY_CTRL('N'):
	case '+':
		move(m, 1, true);
		break;
	case KEY_PGUP:
	case KEY_LEFT:
	case KEY_CTRL('B'):
	case '<':
		move(m, MENU_MODEL_ROWS, false);
		break;
	case KEY_PGDN:
	case KEY_RIGHT:
	case KEY_CTRL('F'):
	case '>':
	case ' ':
		move(m, MENU_MODEL_ROWS, true);
		break;
	case KEY_HOME:
	case KEY_CTRL('A'):
		move(m, SIZE_MAX, false);
		break;
	case KEY_END:
	case KEY_CTRL('E'):
		move(m, SIZE_MAX, true);
		break;
	default:
		if (key > ' ' && key < KEY_BACKSPACE)
			return hot_key(m, key);
	}
	return MENU_EVENT_NONE;
}

static enum menu_event edit_key(struct menu_model *m, int key)
{
	switch (key) {
	case KEY_ENTER:
		return decide(m, MENU_EDITED, m->cursor, m->line.text);
	case KEY_ESC:
	case KEY_CTRL('C'):
		m->mode = MENU_MODE_LIST;
		break;
	default:
		menu_line_key(&m->line, key);
	}
	return MENU_EVENT_NONE;
}

static enum menu_event password_key(struct menu_model *m, int key)
{
	size_t page = m->wish_entry == MENU_NONE ? m->page : m->menu->entry[m->wish_entry].page;
	bool right;

	switch (key) {
	case KEY_ENTER:
		right = menu_opens(m->menu, m->wish_entry, page, m->password.text);
		menu_line_clear(&m->password);
		m->mode = m->back;
		if (right)
			return fulfil(m, m->wish);
		m->message = wrong_password;
		break;
	case KEY_ESC:
	case KEY_CTRL('C'):
		menu_line_clear(&m->password);
		m->mode = m->back;
		break;
	default:
		menu_line_key(&m->password, key);
	}
	return MENU_EVENT_NONE;
}

static enum menu_event prompt_enter(struct menu_model *m)
{
	size_t entry = menu_labelled(m->menu, m->line.text);

	/* An empty line is the menu again where there is one (UI). */
	if (!m->line.text[strspn(m->line.text, " ")] && !m->menu->prompt_only) {
		m->mode = MENU_MODE_LIST;
		return MENU_EVENT_NONE;
	}
	if (entry != MENU_NONE && m->menu->entry[entry].password)
		return ask_password(m, MENU_WISH_TYPED, entry);
	return typed(m);
}

/* syslinux-cli.txt: ^F and 1..9, 0, A, B, C is F1..F12. */
static int ctrl_f_key(int key)
{
	if (key >= '1' && key <= '9')
		return KEY_F1 + (key - '1');
	if (key == '0')
		return KEY_F1 + 9;
	if (key >= 'A' && key <= 'C')
		return KEY_F1 + 9 + (key - 'A');
	if (key >= 'a' && key <= 'c')
		return KEY_F1 + 9 + (key - 'a');
	return key;
}

static enum menu_event prompt_key(struct menu_model *m, int key)
{
	if (m->ctrl_f)
		key = ctrl_f_key(key);
	m->ctrl_f = key == KEY_CTRL('F');
	if (key >= KEY_F1 && key <= KEY_F12)
		return fkey(m, key);
	switch (key) {
	case KEY_ENTER:
		return prompt_enter(m);
	case KEY_TAB:
		m->labels = m->menu->complete;
		return MENU_EVENT_NONE;
	case KEY_ESC:
	case KEY_CTRL('C'):
		to_prompt(m);
		return MENU_EVENT_NONE;
	case KEY_CTRL('F'):
		return MENU_EVENT_NONE;
	default:
		m->labels = false;
		menu_line_key(&m->line, key);
		return MENU_EVENT_NONE;
	}
}

/* The next screenful; behind the last one, or with Esc, back. */
static enum menu_event text_key(struct menu_model *m, int key)
{
	m->text_top += MENU_MODEL_TEXT_ROWS;
	if (key == KEY_ESC || key == KEY_CTRL('C') || m->text_top >= menu_text_lines(m->text))
		m->mode = m->back;
	return MENU_EVENT_NONE;
}

static bool names_key(const char *keys, int key)
{
	for (;;) {
		size_t len = strcspn(keys, ",");

		if (len && keyboard_named(keys, len) == key)
			return true;
		if (!keys[len])
			return false;
		keys += len + 1;
	}
}

/* menu.txt, MENU HIDDENKEY: some keys run a command, the others show the menu. */
static enum menu_event hidden_key(struct menu_model *m, int key)
{
	m->mode = MENU_MODE_LIST;
	for (size_t i = 0; i < m->menu->n_hidden_key; i++) {
		const struct menu_hidden_key *k = &m->menu->hidden_key[i];

		if (strlen(k->command) <= MENU_LINE_MAX && names_key(k->keys, key))
			return decide(m, MENU_TYPED, MENU_NONE, k->command);
	}
	return MENU_EVENT_NONE;
}

void menu_model_begin(struct menu_model *m, const struct menu *menu, uint64_t now_ms)
{
	memset(m, 0, sizeof(*m));
	m->menu = menu;
	m->page = menu->start;
	cursor_to(m, menu_first(menu, m->page));
	if (menu->prompt_only)
		to_prompt(m);
	else
		m->mode = menu->hidden ? MENU_MODE_HIDDEN : MENU_MODE_LIST;
	countdown_begin(&m->countdown, menu, now_ms);
}

enum menu_event menu_model_key(struct menu_model *m, int key)
{
	countdown_stop(&m->countdown);
	m->message = NULL;
	switch (m->mode) {
	case MENU_MODE_HIDDEN:
		return hidden_key(m, key);
	case MENU_MODE_LIST:
		return list_key(m, key);
	case MENU_MODE_EDIT:
		return edit_key(m, key);
	case MENU_MODE_PASSWORD:
		return password_key(m, key);
	case MENU_MODE_PROMPT:
		return prompt_key(m, key);
	case MENU_MODE_TEXT:
		return text_key(m, key);
	}
	return MENU_EVENT_NONE;
}

enum menu_event menu_model_time(struct menu_model *m, uint64_t now_ms)
{
	uint64_t seconds;

	if (!countdown_left(&m->countdown, now_ms, &seconds) || seconds)
		return MENU_EVENT_NONE;
	return decide(m, MENU_TIMED_OUT, MENU_NONE, "");
}

void menu_model_text(struct menu_model *m, const char *text)
{
	m->back = m->mode;
	m->mode = MENU_MODE_TEXT;
	m->text = text;
	m->text_top = 0;
}

void menu_model_message(struct menu_model *m, const char *message)
{
	m->message = message;
}
