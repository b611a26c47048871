/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "menu/keyboard.h"
#include "menu/text.h"

#define INDENT_MAX 40
#define TELL_S 30 /* between two lines about the time that is left */

static void print(const struct menu_plain *p, const char *text)
{
	p->print(p->ctx, text, strlen(text));
}

/* Bytes from outside, up to their end or a line feed. Return: what is behind them. */
static const char *print_text(const struct menu_plain *p, const char *text)
{
	while (*text && *text != '\n') {
		char glyph[MENU_GLYPH_MAX];

		text += menu_glyph(text, glyph);
		print(p, glyph);
	}
	return text;
}

/* One line of them. Return: what is behind its line feed. */
static const char *print_line(const struct menu_plain *p, const char *text)
{
	text = print_text(p, text);
	print(p, "\n");
	return text + (*text == '\n');
}

static void print_title(const struct menu_plain *p, const struct menu_entry *e)
{
	for (unsigned int i = 0; i < e->indent && i < INDENT_MAX; i++)
		print(p, " ");
	print_text(p, e->title);
	print(p, e->kind == MENU_GOTO && e->submenu ? " >\n" : "\n");
}

static bool has_number(const struct menu_plain *p, size_t entry)
{
	const struct menu_entry *e = &p->menu->entry[entry];

	return menu_shown(p->menu, entry, p->page) && e->kind != MENU_HEADING &&
	       e->kind != MENU_SEPARATOR;
}

static size_t numbered(const struct menu_plain *p, unsigned long number)
{
	unsigned long n = 0;

	for (size_t i = 0; i < p->menu->n_entry; i++) {
		if (has_number(p, i) && ++n == number)
			return i;
	}
	return MENU_NONE;
}

static void print_list(const struct menu_plain *p)
{
	const struct menu_page *page = &p->menu->page[p->page];
	size_t first = menu_first(p->menu, p->page);
	unsigned int n = 0;
	char number[32];

	print(p, "\n");
	print_line(p, page->title);
	for (size_t i = 0; i < p->menu->n_entry; i++) {
		const struct menu_entry *e = &p->menu->entry[i];

		if (!menu_shown(p->menu, i, p->page))
			continue;
		if (e->kind == MENU_SEPARATOR) {
			print(p, "\n");
			continue;
		}
		if (e->kind == MENU_HEADING)
			snprintf(number, sizeof(number), "      ");
		else
			snprintf(number, sizeof(number), "%c%3u  ",
				 i == first && !p->menu->prompt_only ? '*' : ' ', ++n);
		print(p, number);
		print_title(p, e);
	}
	if (page->parent != MENU_NONE)
		print(p, "   0  (back)\n");
}

/* The prompt, with what was typed so far. */
static void print_prompt(const struct menu_plain *p)
{
	if (p->locked != MENU_NONE) {
		const char *message = p->menu->page[p->page].password_message;

		print_text(p, message ? message : "Password required");
		print(p, ": ");
		return;
	}
	print(p, "boot: ");
	print(p, p->line.text);
}

static void say_time(struct menu_plain *p, uint64_t seconds)
{
	const char *message = p->menu->page[p->page].autoboot;
	char text[256];

	countdown_text(text, sizeof(text), message ? message : MENU_AUTOBOOT, seconds);
	print_line(p, text);
	p->told_s = seconds;
}

static void begin_line(struct menu_plain *p)
{
	menu_line_clear(&p->line);
	p->locked = MENU_NONE;
	print_prompt(p);
}

void menu_plain_begin(struct menu_plain *p, const struct menu *menu,
		      void (*print_to)(void *ctx, const char *text, size_t len), void *ctx,
		      uint64_t now_ms)
{
	uint64_t seconds;

	memset(p, 0, sizeof(*p));
	p->menu = menu;
	p->print = print_to;
	p->ctx = ctx;
	p->page = menu->start;
	if (menu->say) {
		const char *text = menu->say;

		while (*text)
			text = print_line(p, text);
	}
	print_list(p);
	countdown_begin(&p->countdown, menu, now_ms);
	if (countdown_left(&p->countdown, now_ms, &seconds))
		say_time(p, seconds);
	begin_line(p);
}

static enum menu_event go_to_page(struct menu_plain *p, size_t page)
{
	p->page = page;
	print_list(p);
	begin_line(p);
	return MENU_EVENT_NONE;
}

/* @decision is about @entry, or about none; its password was right. */
static enum menu_event fulfil(struct menu_plain *p, const struct menu_decision *decision,
			      size_t entry)
{
	const struct menu_entry *e = entry == MENU_NONE ? NULL : &p->menu->entry[entry];

	p->decision = *decision;
	menu_line_clear(&p->line);
	p->locked = MENU_NONE;
	if (!e || (decision->how == MENU_TYPED && e->kind != MENU_GOTO))
		return MENU_EVENT_DECIDED;
	switch (e->kind) {
	case MENU_GOTO:
		return go_to_page(p, e->target);
	case MENU_HELP:
		p->wanted = e->command;
		return MENU_EVENT_TEXT;
	case MENU_QUIT: /* the prompt is here already */
		begin_line(p);
		return MENU_EVENT_NONE;
	case MENU_BOOT:
	case MENU_HEADING:
	case MENU_SEPARATOR:
		break;
	}
	return MENU_EVENT_DECIDED;
}

static enum menu_event password_enter(struct menu_plain *p)
{
	size_t entry = p->locked;
	struct menu_decision pending = p->pending;

	if (menu_opens(p->menu, entry, p->menu->entry[entry].page, p->line.text))
		return fulfil(p, &pending, entry);
	print(p, "That is not the password.\n");
	begin_line(p);
	return MENU_EVENT_NONE;
}

/* What was typed, as an entry of the list: by its number. A label "1" is that label. */
static size_t by_number(const struct menu_plain *p, const char *line)
{
	size_t digits = strspn(line, "0123456789");

	if (!digits || digits > 6 || line[digits] || menu_labelled(p->menu, line) != MENU_NONE)
		return MENU_NONE;
	return numbered(p, strtoul(line, NULL, 10));
}

/* Is only what the list shows to be had? At menu.c32 Tab and Esc would not work, or not without
 * the master password. */
static bool only_the_list(const struct menu_plain *p)
{
	return !p->menu->prompt_only &&
	       (!p->menu->page[p->page].allow_options || p->menu->page[p->page].master_password);
}

/* What the line means. Return: index of the entry it is about, MENU_NONE if about none. */
static size_t understand(const struct menu_plain *p, const char *line,
			 struct menu_decision *decision)
{
	size_t entry = by_number(p, line);

	if (!line[strspn(line, " ")] && !p->menu->prompt_only)
		entry = menu_first(p->menu, p->page);
	if (entry == MENU_NONE) {
		menu_typed(p->menu, line, decision);
		entry = menu_labelled(p->menu, line);
		if (!only_the_list(p) || entry == MENU_NONE || !has_number(p, entry))
			return entry;
	}
	*decision = (struct menu_decision){.how = MENU_CHOSEN, .entry = entry};
	return entry;
}

static enum menu_event enter(struct menu_plain *p)
{
	size_t parent = p->menu->page[p->page].parent;
	struct menu_decision decision;
	size_t entry;

	print(p, "\n");
	if (p->locked != MENU_NONE)
		return password_enter(p);
	if (strcmp(p->line.text, "0") == 0 && parent != MENU_NONE)
		return go_to_page(p, parent);
	entry = understand(p, p->line.text, &decision);
	if (decision.how != MENU_CHOSEN && only_the_list(p)) {
		print(p, "Only what has a number above can be chosen.\n");
		begin_line(p);
		return MENU_EVENT_NONE;
	}
	if (entry != MENU_NONE && p->menu->entry[entry].password) {
		p->pending = decision;
		menu_line_clear(&p->line);
		p->locked = entry;
		print_prompt(p);
		return MENU_EVENT_NONE;
	}
	return fulfil(p, &decision, entry);
}

/* Take @n characters at the end of the line back, on the terminal too. */
static void erase(struct menu_plain *p, size_t n)
{
	while (n-- > 0) {
		menu_line_key(&p->line, KEY_BACKSPACE);
		print(p, "\b \b");
	}
}

enum menu_event menu_plain_key(struct menu_plain *p, int key)
{
	char c[2] = "";

	countdown_stop(&p->countdown);
	switch (key) {
	case KEY_ENTER:
		return enter(p);
	case KEY_BACKSPACE:
		erase(p, p->line.len > 0);
		break;
	case KEY_CTRL('U'):
		erase(p, p->line.len);
		break;
	case KEY_ESC:
	case KEY_CTRL('C'):
		print(p, "\n");
		begin_line(p);
		break;
	default:
		if (key < ' ' || key > '~' || p->line.len == MENU_LINE_MAX)
			break;
		menu_line_key(&p->line, key);
		c[0] = (char)key;
		if (p->locked != MENU_NONE)
			c[0] = '*';
		print(p, c);
	}
	return MENU_EVENT_NONE;
}

enum menu_event menu_plain_time(struct menu_plain *p, uint64_t now_ms)
{
	uint64_t seconds;

	if (!countdown_left(&p->countdown, now_ms, &seconds))
		return MENU_EVENT_NONE;
	if (!seconds) {
		print(p, "\n");
		p->decision = (struct menu_decision){.how = MENU_TIMED_OUT, .entry = MENU_NONE};
		return MENU_EVENT_DECIDED;
	}
	if (p->told_s >= seconds + TELL_S) {
		print(p, "\n");
		say_time(p, seconds);
		print_prompt(p);
	}
	return MENU_EVENT_NONE;
}

void menu_plain_say(struct menu_plain *p, const char *text)
{
	while (*text)
		text = print_line(p, text);
	begin_line(p);
}
