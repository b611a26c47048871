/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A menu whose texts come from a server, and whatever bytes a terminal sends: both forms of the
 * menu get them, and what the full one draws is compared with what a terminal makes of it.
 *
 * The input: three bytes of settings, lines that describe entries up to an empty line, then what
 * the terminal sends; of that, 0xff lets time pass.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/menu_terminal.h"
#include "menu/keyboard.h"
#include "menu/plain.h"
#include "menu/screen.h"
#include "menu/vt100.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES_MAX 40
#define PAGES 3
#define KEYS_MAX 100 /* a screen is drawn for each */

struct world {
	struct menu menu;
	struct menu_entry entry[ENTRIES_MAX];
	struct menu_page page[PAGES];
	struct menu_hidden_key hidden_key;
	uint64_t now_ms;
	char text[4096]; /* the input, as strings */
};

static bool same_password(const char *stored, const char *typed)
{
	return strcmp(stored, typed) == 0;
}

static void check_line(const struct menu_line *line)
{
	assert(line->len <= MENU_LINE_MAX && line->at <= line->len);
	assert(strlen(line->text) == line->len);
}

static void check_decision(const struct world *w, const struct menu_decision *d)
{
	assert(memchr(d->line, '\0', sizeof(d->line)));
	if (d->how == MENU_CHOSEN || d->how == MENU_EDITED) {
		assert(d->entry < w->menu.n_entry);
		assert(!w->entry[d->entry].hidden);
		assert(w->entry[d->entry].kind == MENU_BOOT);
	}
	if (d->how == MENU_EDITED || (d->how == MENU_TYPED && strchr(d->line, ' ')))
		assert(w->menu.allow_options || d->line[0] == w->text[0]);
}

/* "KIND FLAGS title" a line. Return: what is behind the empty line. */
static char *make_entries(struct world *w, char *text)
{
	while (*text && *text != '\n' && w->menu.n_entry < ENTRIES_MAX) {
		struct menu_entry *e = &w->entry[w->menu.n_entry++];
		char *end = strchr(text, '\n');
		unsigned char kind = (unsigned char)text[0], flags = (unsigned char)text[1];

		if (end)
			*end = '\0';
		*e = (struct menu_entry){
			.kind = (enum menu_kind)(kind % 6),
			.page = flags % PAGES,
			.title = flags ? text + 2 : "",
			.label = flags & 4 ? text + 1 : NULL,
			.help = flags & 8 ? text + 1 : NULL,
			.password = flags & 16 ? "a" : NULL,
			.hidden = flags & 32,
			.submenu = flags & 64,
			.immediate = flags & 128,
			.target = kind / 6 % PAGES,
			.indent = kind,
		};
		if (flags)
			e->hotkey = text[2];
		if (flags & 4 || e->kind == MENU_HELP)
			e->command = text;
		if (kind & 64)
			w->page[e->page].chosen = w->menu.n_entry - 1;
		if (!end)
			return text + strlen(text);
		text = end + 1;
	}
	return *text ? text + 1 : text;
}

static void make_menu(struct world *w, const uint8_t *set)
{
	for (size_t i = 0; i < PAGES; i++)
		w->page[i] = (struct menu_page){
			.title = w->text,
			.master_password = set[0] & (1 << i) ? "b" : NULL,
			.parent = i ? i - 1 : MENU_NONE,
			.chosen = MENU_NONE,
			.allow_options = set[1] & 32,
			.autoboot = set[2] & 1 ? w->text : NULL,
			.tab_message = set[2] & 2 ? w->text : NULL,
			.no_tab_message = set[2] & 4 ? w->text : NULL,
			.password_message = set[2] & 8 ? w->text : NULL,
		};
	w->menu = (struct menu){
		.entry = w->entry,
		.page = w->page,
		.n_page = PAGES,
		.start = set[0] / 8 % PAGES,
		.timeout_ms = set[1] & 1 ? 3000 : 0,
		.total_timeout_ms = set[1] & 2 ? 100000 : 0,
		.prompt_only = set[1] & 4,
		.hidden = set[1] & 8,
		.allow_options = set[1] & 32,
		.complete = set[1] & 64,
		.hidden_key = &w->hidden_key,
		.n_hidden_key = set[2] >> 7,
		.say = set[2] & 16 ? w->text : NULL,
		.password_matches = same_password,
	};
	w->hidden_key = (struct menu_hidden_key){w->text, w->text};
	for (size_t i = 0; set[2] & 32 && i < MENU_FKEYS; i++)
		w->page[i % PAGES].fkey[i] = w->text;
	w->now_ms = 1;
}

static void show(const struct world *w, const struct menu_model *m, struct terminal *t,
		 struct menu_screen *shown, bool first)
{
	static char bytes[MENU_VT100_MAX];
	struct menu_screen next;
	size_t n;

	menu_screen_draw(&next, m, w->now_ms);
	n = menu_vt100_update(bytes, first ? NULL : shown, &next);
	assert(n <= sizeof(bytes));
	terminal_write(t, bytes, n);
	assert(terminal_shows(t, &next));
	*shown = next;
}

static void full(struct world *w, const char *keys, size_t n)
{
	struct keyboard kb = {0};
	struct menu_model m;
	struct terminal t;
	struct menu_screen shown;

	memset(&t, 0, sizeof(t));
	menu_model_begin(&m, &w->menu, w->now_ms);
	show(w, &m, &t, &shown, true);
	for (size_t i = 0; i < n; i++) {
		int key[KEYBOARD_KEYS_MAX];
		size_t n_keys = keyboard_byte(&kb, (uint8_t)keys[i], w->now_ms, key);

		if ((uint8_t)keys[i] == 0xff) {
			w->now_ms += 700;
			key[0] = keyboard_time(&kb, w->now_ms);
			n_keys = key[0] != KEY_NONE;
			if (menu_model_time(&m, w->now_ms) == MENU_EVENT_DECIDED)
				return;
		}
		for (size_t k = 0; k < n_keys; k++) {
			switch (menu_model_key(&m, key[k])) {
			case MENU_EVENT_NONE:
				break;
			case MENU_EVENT_DECIDED:
				check_decision(w, &m.decision);
				menu_model_message(&m, w->text);
				break;
			case MENU_EVENT_TEXT:
				assert(m.wanted);
				menu_model_text(&m, w->text);
				break;
			}
			check_line(&m.line);
			check_line(&m.password);
			show(w, &m, &t, &shown, false);
		}
	}
}

static void print(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	for (size_t i = 0; i < len; i++)
		assert((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n' || text[i] == '\b');
}

static void plain(struct world *w, const char *keys, size_t n)
{
	struct keyboard kb = {0};
	struct menu_plain p;

	menu_plain_begin(&p, &w->menu, print, NULL, w->now_ms);
	for (size_t i = 0; i < n; i++) {
		int key[KEYBOARD_KEYS_MAX];
		size_t n_keys = keyboard_byte(&kb, (uint8_t)keys[i], w->now_ms, key);

		if ((uint8_t)keys[i] == 0xff) {
			w->now_ms += 700;
			if (menu_plain_time(&p, w->now_ms) == MENU_EVENT_DECIDED)
				return;
		}
		for (size_t k = 0; k < n_keys; k++) {
			switch (menu_plain_key(&p, key[k])) {
			case MENU_EVENT_NONE:
				break;
			case MENU_EVENT_DECIDED:
				check_decision(w, &p.decision);
				menu_plain_say(&p, w->text);
				break;
			case MENU_EVENT_TEXT:
				assert(p.wanted);
				menu_plain_say(&p, w->text);
				break;
			}
			check_line(&p.line);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;
	const char *keys;
	size_t len, n;

	if (size < 3)
		return 0;
	len = size - 3 < sizeof(w.text) - 1 ? size - 3 : sizeof(w.text) - 1;
	memset(&w, 0, sizeof(w));
	memcpy(w.text, data + 3, len);

	make_menu(&w, data);
	keys = make_entries(&w, w.text);
	n = (size_t)(w.text + len - keys);
	if (n > KEYS_MAX)
		n = KEYS_MAX;
	full(&w, keys, n);
	w.now_ms = 1;
	plain(&w, keys, n);
	return 0;
}
