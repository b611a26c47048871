/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu as a state that keys and time change, until it holds a decision. Pure: no I/O, no
 * clock, no allocation.
 */
#ifndef XENPXE_MENU_MODEL_H
#define XENPXE_MENU_MODEL_H

#include "menu/countdown.h"
#include "menu/line.h"
#include "menu/menu.h"

#define MENU_MODEL_ROWS 12 /* entries that are shown at once: menu.txt, MENU ROWS */
#define MENU_MODEL_TEXT_ROWS 22 /* lines of a text that are shown at once */

enum menu_mode {
	MENU_MODE_HIDDEN, /* nothing but the time-out */
	MENU_MODE_LIST,
	MENU_MODE_EDIT, /* the command line of the entry under the cursor */
	MENU_MODE_PASSWORD,
	MENU_MODE_PROMPT, /* "boot:" */
	MENU_MODE_TEXT /* a text from an F key or MENU_HELP */
};

/* What a password opens the way to. */
enum menu_wish { MENU_WISH_ENTER, MENU_WISH_EDIT, MENU_WISH_PROMPT, MENU_WISH_TYPED };

enum menu_event {
	MENU_EVENT_NONE,
	MENU_EVENT_DECIDED, /* see @decision */
	MENU_EVENT_TEXT /* the text called @wanted: menu_model_text() or menu_model_message() */
};

struct menu_model {
	const struct menu *menu;
	enum menu_mode mode, back; /* @back: where password and text return to */
	size_t page;
	size_t cursor; /* index of an entry that can be chosen; MENU_NONE: the page has none */
	size_t top; /* number of the page's entry in the first row */
	enum menu_wish wish;
	size_t wish_entry; /* whose password opens it; MENU_NONE: only the master's */
	bool ctrl_f; /* at the prompt: a digit is now a function key */
	bool labels; /* at the prompt: the labels are listed */
	struct menu_line line; /* being edited or typed */
	struct menu_line password;
	struct countdown countdown;
	const char *message; /* what went wrong, until the next key; NULL: nothing did */
	const char *wanted; /* MENU_EVENT_TEXT */
	const char *text; /* MENU_MODE_TEXT */
	size_t text_top; /* lines above the screen */
	struct menu_decision decision;
};

/**
 * menu_model_begin() - the state in which a person finds it.
 * @menu:   as menu.h says; read until the end
 * @now_ms: more than 0
 */
void menu_model_begin(struct menu_model *m, const struct menu *menu, uint64_t now_ms);

/**
 * menu_model_key() - a key was pressed.
 * @key: of enum key, not KEY_NONE
 */
enum menu_event menu_model_key(struct menu_model *m, int key);

/**
 * menu_model_time() - time has passed: decides MENU_TIMED_OUT when there is none left.
 */
enum menu_event menu_model_time(struct menu_model *m, uint64_t now_ms);

/**
 * menu_model_text() - show a text, with any key to leave it.
 * @text: lines, NUL-terminated; the caller's, read until another one or the end
 */
void menu_model_text(struct menu_model *m, const char *text);

/**
 * menu_model_message() - say what went wrong, and let the person go on where it was.
 * @message: one line of any length; the caller's, read until another one or the end
 */
void menu_model_message(struct menu_model *m, const char *message);

/**
 * menu_editable() - does Tab work on the entry?
 * @entry: index, or MENU_NONE
 */
bool menu_editable(const struct menu *menu, size_t entry);

/**
 * menu_shown() - is the entry on that page, and not hidden?
 */
bool menu_shown(const struct menu *menu, size_t entry, size_t page);

/**
 * menu_first() - where the cursor of a page is at first.
 *
 * Return: index of an entry, MENU_NONE if the page has none that can be chosen.
 */
size_t menu_first(const struct menu *menu, size_t page);

/**
 * menu_labelled() - the entry that the first word of a typed line names.
 *
 * Return: index, or MENU_NONE.
 */
size_t menu_labelled(const struct menu *menu, const char *line);

/**
 * menu_opens() - is @typed the entry's password or its page's master password?
 * @entry: index; MENU_NONE: only the master password of @page counts
 */
bool menu_opens(const struct menu *menu, size_t entry, size_t page, const char *typed);

/**
 * menu_typed() - the decision for a line that was typed at the boot prompt; without
 * ALLOWOPTIONS only its first word counts.
 */
void menu_typed(const struct menu *menu, const char *line, struct menu_decision *decision);

/**
 * menu_text_lines() - how many lines a text has, at least 1.
 */
size_t menu_text_lines(const char *text);

#endif
