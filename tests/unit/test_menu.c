/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/menu/NAME.case, one test each: a menu, the keys that a person presses, and what is on
 * the screen then. A case is text in sections; in front of the first one it says where its
 * expectation comes from.
 *
 *   --- menu
 *   plain                      on a terminal that can only print lines
 *   timeout MS, total-timeout MS
 *   prompt-only, hidden-menu, no-options-at-the-prompt, no-complete    flags
 *   hidden-key KEYS COMMAND
 *   say TEXT                   a line above the prompt
 *   page PARENT TITLE          a page, numbered from 0; the parent of the first is "-"
 *   start                      the page above is shown first; other things of it:
 *   master PASSWORD, no-options, autoboot TEXT, tab-message TEXT, no-tab-message TEXT,
 *   password-message TEXT, fkey N NAME (the text of F1..F12)
 *   entry LABEL | TITLE | COMMAND     and other things on the page above:
 *   heading TITLE, separator, goto PAGE | TITLE (a submenu), jump PAGE | TITLE (not marked),
 *   quit TITLE, help NAME | TITLE
 *   (the character behind a '^' in a title is its hot key)
 *   chosen, hidden, immediate, label WORD, password WORD, indent N, help-line TEXT    of the entry
 * above Titles and texts may have \xHH in them.
 *
 * and then in any order, any number of times:
 *   --- keys
 *   Up Down Left Right Home End PgUp PgDn Ins Del Enter Tab Esc BS F1 .. F12 ^A .. "typed" 500ms
 *   --- screen                 the lines; spaces at their ends, and empty ones below, do not matter
 *   --- reverse, --- bold      the characters that look so, a line for each line that has some
 *   --- cursor ROW COL         counted from 1
 *   --- wants NAME             the name of the text that shall be shown
 *   --- gives                  that text
 *   --- refuses TEXT           the decision leads to no boot
 *   --- prints                 plain: what was printed since the last such section
 *   --- decision
 *   chosen LABEL, edited LABEL | LINE, typed LINE, default, timeout, or none
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read_file.h"
#include "menu/keyboard.h"
#include "menu/plain.h"
#include "menu/screen.h"
#include "menu/text.h"
#include "menu/vt100.h"
#include "menu_terminal.h"

#define CASES "tests/unit/menu"
#define ENTRIES_MAX 64
#define PAGES_MAX 8
#define HIDDEN_KEYS_MAX 8
#define BEGAN_MS 1000

struct stage {
	const char *path;
	struct menu menu;
	struct menu_entry entry[ENTRIES_MAX];
	struct menu_page page[PAGES_MAX];
	struct menu_hidden_key hidden_key[HIDDEN_KEYS_MAX];
	char say[2000], help[ENTRIES_MAX][1000];
	bool plain, begun;
	uint64_t now_ms;
	struct menu_model model;
	struct menu_plain lines;
	struct terminal terminal;
	struct menu_screen shown;
	char printed[20000];
	size_t n_printed;
	enum menu_event event;
	char text[8000]; /* of the section "gives" */
};

static bool same_password(const char *stored, const char *typed)
{
	return strcmp(stored, typed) == 0;
}

/* \xHH in place. */
static char *unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from; to++) {
		if (strncmp(from, "\\x", 2) == 0) {
			char hex[3] = {from[2], from[3], '\0'};

			*to = (char)strtoul(hex, NULL, 16);
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return text;
}

/* The next field of "a | b | c". */
static char *field(char **rest)
{
	char *begin = *rest, *bar = begin ? strstr(begin, " | ") : NULL;

	if (!begin)
		fail_msg("a field is missing");
	*rest = bar ? bar + 3 : NULL;
	if (bar)
		*bar = '\0';
	return unescape(begin);
}

static struct menu_entry *new_entry(struct stage *s, enum menu_kind kind, char *title)
{
	struct menu_entry *e = &s->entry[s->menu.n_entry++];
	char *caret = strchr(title, '^');

	assert_true(s->menu.n_entry <= ENTRIES_MAX && s->menu.n_page > 0);
	*e = (struct menu_entry){.kind = kind, .page = s->menu.n_page - 1, .title = title};
	if (caret) {
		e->hotkey = caret[1];
		memmove(caret, caret + 1, strlen(caret));
	}
	return e;
}

static void entry_line(struct stage *s, const char *word, char *v)
{
	if (strcmp(word, "entry") == 0) {
		char *label = field(&v), *title = field(&v);
		struct menu_entry *e = new_entry(s, MENU_BOOT, title);

		e->label = label;
		e->command = v ? field(&v) : NULL;
	} else if (strcmp(word, "heading") == 0) {
		new_entry(s, MENU_HEADING, field(&v));
	} else if (strcmp(word, "separator") == 0) {
		new_entry(s, MENU_SEPARATOR, v);
	} else if (strcmp(word, "goto") == 0 || strcmp(word, "jump") == 0) {
		size_t target = (size_t)atoi(field(&v));
		struct menu_entry *e = new_entry(s, MENU_GOTO, field(&v));

		e->target = target;
		e->submenu = word[0] == 'g';
	} else if (strcmp(word, "quit") == 0) {
		new_entry(s, MENU_QUIT, field(&v));
	} else if (strcmp(word, "help") == 0) {
		char *name = field(&v);

		new_entry(s, MENU_HELP, field(&v))->command = name;
	} else {
		fail_msg("%s: unknown line \"%s\"", s->path, word);
	}
}

static bool line_of_entry(struct stage *s, const char *word, char *v)
{
	size_t i = s->menu.n_entry - 1;
	struct menu_entry *e;

	if (s->menu.n_entry == 0)
		return false;
	e = &s->entry[i];
	if (strcmp(word, "chosen") == 0)
		s->page[e->page].chosen = i;
	else if (strcmp(word, "hidden") == 0)
		e->hidden = true;
	else if (strcmp(word, "immediate") == 0)
		e->immediate = true;
	else if (strcmp(word, "label") == 0)
		e->label = v;
	else if (strcmp(word, "password") == 0)
		e->password = v;
	else if (strcmp(word, "indent") == 0)
		e->indent = (unsigned int)atoi(v);
	else if (strcmp(word, "help-line") == 0)
		e->help = strcat(strcat(s->help[i], unescape(v)), "\n");
	else
		return false;
	return true;
}

/* "KEYS COMMAND" */
static void add_hidden_key(struct stage *s, char *v)
{
	char *space = strchr(v, ' ');

	assert_true(space && s->menu.n_hidden_key < HIDDEN_KEYS_MAX);
	*space = '\0';
	s->hidden_key[s->menu.n_hidden_key++] = (struct menu_hidden_key){v, space + 1};
	s->menu.hidden_key = s->hidden_key;
}

static bool line_of_menu(struct stage *s, const char *word, char *v)
{
	struct menu *m = &s->menu;

	if (strcmp(word, "plain") == 0)
		s->plain = true;
	else if (strcmp(word, "timeout") == 0)
		m->timeout_ms = strtoull(v, NULL, 10);
	else if (strcmp(word, "total-timeout") == 0)
		m->total_timeout_ms = strtoull(v, NULL, 10);
	else if (strcmp(word, "prompt-only") == 0)
		m->prompt_only = true;
	else if (strcmp(word, "hidden-menu") == 0)
		m->hidden = true;
	else if (strcmp(word, "no-options-at-the-prompt") == 0)
		m->allow_options = false;
	else if (strcmp(word, "hidden-key") == 0)
		add_hidden_key(s, v);
	else if (strcmp(word, "no-complete") == 0)
		m->complete = false;
	else if (strcmp(word, "say") == 0)
		m->say = strcat(strcat(s->say, unescape(v)), "\n");
	else
		return false;
	return true;
}

static bool line_of_page(struct stage *s, const char *word, char *v)
{
	struct menu_page *page;

	if (strcmp(word, "page") == 0) {
		char *title = strchr(v, ' ') + 1;

		assert_true(s->menu.n_page < PAGES_MAX);
		s->page[s->menu.n_page++] = (struct menu_page){
			.title = unescape(title),
			.parent = v[0] == '-' ? MENU_NONE : (size_t)atoi(v),
			.chosen = MENU_NONE,
			.allow_options = true,
		};
		return true;
	}
	if (s->menu.n_page == 0)
		return false;
	page = &s->page[s->menu.n_page - 1];
	if (strcmp(word, "master") == 0)
		page->master_password = v;
	else if (strcmp(word, "no-options") == 0)
		page->allow_options = false;
	else if (strcmp(word, "autoboot") == 0)
		page->autoboot = unescape(v);
	else if (strcmp(word, "tab-message") == 0)
		page->tab_message = unescape(v);
	else if (strcmp(word, "no-tab-message") == 0)
		page->no_tab_message = unescape(v);
	else if (strcmp(word, "password-message") == 0)
		page->password_message = unescape(v);
	else if (strcmp(word, "fkey") == 0)
		page->fkey[atoi(v) - 1] = strchr(v, ' ') + 1;
	else if (strcmp(word, "start") == 0)
		s->menu.start = s->menu.n_page - 1;
	else
		return false;
	return true;
}

static void menu_line_of_case(struct stage *s, char *line)
{
	char *space = strchr(line, ' ');
	char *v = space ? space + 1 : line + strlen(line);

	if (space)
		*space = '\0';
	if (!line_of_menu(s, line, v) && !line_of_page(s, line, v) && !line_of_entry(s, line, v))
		entry_line(s, line, v);
}

static void print(void *ctx, const char *text, size_t len)
{
	struct stage *s = ctx;

	assert_true(s->n_printed + len < sizeof(s->printed));
	for (size_t i = 0; i < len; i++) {
		assert_true((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n' ||
			    text[i] == '\b');
		s->printed[s->n_printed++] = text[i];
	}
	s->printed[s->n_printed] = '\0';
}

/* Only what changed goes to the terminal, and then it shows the whole screen. */
static void show(struct stage *s, bool first)
{
	static char bytes[MENU_VT100_MAX];
	struct menu_screen next;
	size_t n;

	if (s->plain)
		return;
	menu_screen_draw(&next, &s->model, s->now_ms);
	n = menu_vt100_update(bytes, first ? NULL : &s->shown, &next);
	assert_true(n <= sizeof(bytes));
	terminal_write(&s->terminal, bytes, n);
	assert_true(terminal_shows(&s->terminal, &next));
	s->shown = next;
}

static void begin(struct stage *s)
{
	if (s->begun)
		return;
	s->begun = true;
	s->now_ms = BEGAN_MS;
	s->menu.entry = s->entry;
	s->menu.page = s->page;
	if (s->plain)
		menu_plain_begin(&s->lines, &s->menu, print, s, s->now_ms);
	else
		menu_model_begin(&s->model, &s->menu, s->now_ms);
	show(s, true);
}

static void press(struct stage *s, int key)
{
	if (s->event == MENU_EVENT_DECIDED)
		fail_msg("%s: a key after the decision", s->path);
	s->event = s->plain ? menu_plain_key(&s->lines, key) : menu_model_key(&s->model, key);
	show(s, false);
}

/* In steps, as time passes. */
static void wait(struct stage *s, uint64_t ms)
{
	for (uint64_t end = s->now_ms + ms; s->now_ms < end;) {
		s->now_ms += end - s->now_ms < 100 ? end - s->now_ms : 100;
		if (s->event == MENU_EVENT_DECIDED)
			continue;
		s->event = s->plain ? menu_plain_time(&s->lines, s->now_ms)
				    : menu_model_time(&s->model, s->now_ms);
		show(s, false);
	}
}

static int key_named(const char *word)
{
	static const struct {
		const char *name;
		int key;
	} names[] = {
		{"Up", KEY_UP},	      {"Down", KEY_DOWN},    {"Left", KEY_LEFT},
		{"Right", KEY_RIGHT}, {"Home", KEY_HOME},    {"End", KEY_END},
		{"PgUp", KEY_PGUP},   {"PgDn", KEY_PGDN},    {"Ins", KEY_INSERT},
		{"Del", KEY_DELETE},  {"Enter", KEY_ENTER},  {"Tab", KEY_TAB},
		{"Esc", KEY_ESC},     {"BS", KEY_BACKSPACE},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(word, names[i].name) == 0)
			return names[i].key;
	}
	if (word[0] == 'F' && word[1])
		return KEY_F1 + atoi(word + 1) - 1;
	if (word[0] == '^' && word[1] && !word[2])
		return KEY_CTRL(word[1]);
	fail_msg("no key \"%s\"", word);
	return KEY_NONE;
}

static void keys_line(struct stage *s, char *line)
{
	while (*line) {
		size_t len = strcspn(line, " ");

		if (*line == '"') {
			for (line++; *line && *line != '"'; line++)
				press(s, *line);
			len = *line == '"';
		} else if (line[0] >= '0' && line[0] <= '9') {
			wait(s, strtoull(line, NULL, 10));
		} else {
			char word[16] = "";

			assert_true(len < sizeof(word));
			memcpy(word, line, len);
			press(s, key_named(word));
		}
		line += len;
		line += *line == ' ';
	}
}

/* The screen as text; with a look, only the characters that have it, and only lines with some. */
static void screen_text(const struct stage *s, int look, char *text)
{
	for (size_t row = 0; row < MENU_SCREEN_ROWS; row++) {
		bool any = !look;

		for (size_t col = 0; col < MENU_SCREEN_COLS; col++) {
			const struct menu_cell *c = &s->shown.cell[row][col];

			if (look && !(c->look & look))
				continue;
			*text++ = c->c;
			any = true;
		}
		if (any)
			*text++ = '\n';
	}
	*text = '\0';
}

/* The first line that is wrong: cmocka cuts long messages off. */
static void check_text(const struct stage *s, const char *what, const char *is, const char *wanted)
{
	for (size_t line = 1; strcmp(is, wanted) != 0; line++) {
		int is_len = (int)strcspn(is, "\n"), wanted_len = (int)strcspn(wanted, "\n");

		if (is_len != wanted_len || strncmp(is, wanted, (size_t)is_len) != 0)
			fail_msg("%s: %s, line %zu is\n%.*s\nand should be\n%.*s", s->path, what,
				 line, is_len, is, wanted_len, wanted);
		is += is_len + (is[is_len] == '\n');
		wanted += wanted_len + (wanted[wanted_len] == '\n');
	}
}

static const char *label_of(const struct stage *s, size_t entry)
{
	assert_true(entry < s->menu.n_entry);
	return s->entry[entry].label ? s->entry[entry].label : "(none)";
}

static void check_decision(struct stage *s, const char *wanted)
{
	const struct menu_decision *d = s->plain ? &s->lines.decision : &s->model.decision;
	char text[MENU_LINE_MAX + 200] = "none";

	if (s->event == MENU_EVENT_DECIDED) {
		switch (d->how) {
		case MENU_TIMED_OUT:
			strcpy(text, "timeout");
			break;
		case MENU_DEFAULT:
			strcpy(text, "default");
			break;
		case MENU_CHOSEN:
			snprintf(text, sizeof(text), "chosen %s", label_of(s, d->entry));
			break;
		case MENU_EDITED:
			snprintf(text, sizeof(text), "edited %s | %s", label_of(s, d->entry),
				 d->line);
			break;
		case MENU_TYPED:
			snprintf(text, sizeof(text), "typed %s", d->line);
			break;
		}
		s->event = MENU_EVENT_NONE;
	}
	strcat(text, "\n");
	check_text(s, "the decision", text, wanted);
}

/* Spaces at the ends of lines and empty lines at the end do not matter; a backspace shows as
 * "\b". */
static void trim(char *to, const char *from)
{
	size_t line = 0, at = 0, end = 0;

	for (; *from; from++) {
		if (*from == '\b') {
			to[at++] = '\\';
			to[at++] = 'b';
		} else if (*from == '\n') {
			while (at > line && to[at - 1] == ' ')
				at--;
			to[at++] = '\n';
			line = at;
		} else {
			to[at++] = *from;
		}
		if (at && to[at - 1] != '\n' && to[at - 1] != ' ')
			end = at;
	}
	if (end)
		to[end++] = '\n';
	to[end] = '\0';
}

/* A section is whole: @name is what follows "--- ", @body its lines, trimmed. */
static void section_ends(struct stage *s, char *name, char *body)
{
	char raw[MENU_SCREEN_ROWS * (MENU_SCREEN_COLS + 1) + 1], text[sizeof(raw)];
	char *space = strchr(name, ' ');
	const char *arg = space ? space + 1 : "";

	if (space)
		*space = '\0';
	if (strcmp(name, "menu") != 0)
		begin(s);
	if (strcmp(name, "menu") == 0 || strcmp(name, "keys") == 0) {
		for (char *line = body, *next; line && *line; line = next) {
			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			if (strcmp(name, "menu") == 0)
				menu_line_of_case(s, line);
			else
				keys_line(s, line);
		}
	} else if (strcmp(name, "screen") == 0) {
		screen_text(s, 0, raw);
		trim(text, raw);
		check_text(s, "the screen", text, body);
	} else if (strcmp(name, "reverse") == 0) {
		screen_text(s, MENU_REVERSE, raw);
		trim(text, raw);
		check_text(s, "what is reversed", text, body);
	} else if (strcmp(name, "bold") == 0) {
		screen_text(s, MENU_BOLD, raw);
		trim(text, raw);
		check_text(s, "what is bold", text, body);
	} else if (strcmp(name, "cursor") == 0) {
		snprintf(text, sizeof(text), "%u %u", s->shown.row + 1, s->shown.col + 1);
		check_text(s, "the cursor", text, arg);
	} else if (strcmp(name, "wants") == 0) {
		assert_int_equal(s->event, MENU_EVENT_TEXT);
		assert_string_equal(s->plain ? s->lines.wanted : s->model.wanted, arg);
	} else if (strcmp(name, "gives") == 0) {
		snprintf(s->text, sizeof(s->text), "%s", body);
		if (s->plain)
			menu_plain_say(&s->lines, s->text);
		else
			menu_model_text(&s->model, s->text);
		show(s, false);
	} else if (strcmp(name, "refuses") == 0) {
		snprintf(s->text, sizeof(s->text), "%s", arg);
		if (s->plain)
			menu_plain_say(&s->lines, s->text);
		else
			menu_model_message(&s->model, s->text);
		show(s, false);
	} else if (strcmp(name, "prints") == 0) {
		char printed[sizeof(s->printed)];

		trim(printed, s->printed);
		check_text(s, "what was printed", printed, body);
		s->n_printed = 0;
		s->printed[0] = '\0';
	} else if (strcmp(name, "decision") == 0) {
		check_decision(s, body);
	} else {
		fail_msg("%s: no section \"%s\"", s->path, name);
	}
}

static void run_case(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));
	char *text = read_file(*state), *next, *menu = NULL;
	char name[200] = "", body[8000] = "", trimmed[8000];

	assert_non_null(s);
	s->path = *state;
	s->menu.allow_options = true;
	s->menu.complete = true;
	s->menu.password_matches = same_password;
	for (char *line = text;; line = next) {
		bool end = !*line;

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!end && strncmp(line, "--- ", 4) != 0) {
			assert_true(strlen(body) + strlen(line) + 2 < sizeof(body));
			if (name[0])
				strcat(strcat(body, line), "\n");
			continue;
		}
		trim(trimmed, body);
		if (strcmp(name, "menu") == 0) {
			menu = strdup(trimmed); /* the menu's strings point into it */
			assert_non_null(menu);
			section_ends(s, name, menu);
		} else if (name[0]) {
			section_ends(s, name, trimmed);
		}
		if (end)
			break;
		snprintf(name, sizeof(name), "%s", line + 4);
		body[0] = '\0';
	}
	if (s->event == MENU_EVENT_DECIDED)
		fail_msg("%s ends with a decision that it does not look at", s->path);
	assert_true(s->begun);
	free(menu);
	free(text);
	free(s);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	if (glob(CASES "/*.case", 0, NULL, &found)) {
		fprintf(stderr, "no cases in %s\n", CASES);
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (!tests)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *slash = strrchr(found.gl_pathv[i], '/');

		tests[i] = (struct CMUnitTest){
			.name = slash + 1,
			.test_func = run_case,
			.initial_state = found.gl_pathv[i],
		};
	}
	failed = _cmocka_run_group_tests("menu", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return failed;
}
