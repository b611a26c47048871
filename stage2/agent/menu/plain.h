/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu on a terminal that can only print lines: a numbered list and a "boot:" prompt. Pure:
 * keys and time in, text and at last a decision out.
 */
#ifndef XENPXE_MENU_PLAIN_H
#define XENPXE_MENU_PLAIN_H

#include "menu/countdown.h"
#include "menu/line.h"
#include "menu/menu.h"
#include "menu/model.h"

struct menu_plain {
	const struct menu *menu;
	void (*print)(void *ctx, const char *text, size_t len); /* printable ASCII, LF and BS */
	void *ctx;
	size_t page;
	size_t locked; /* index of the entry whose password is asked; MENU_NONE: none is */
	struct menu_decision pending; /* what that password opens */
	struct menu_line line; /* being typed, or the password */
	struct countdown countdown;
	uint64_t told_s; /* seconds left when that was last said */
	const char *wanted; /* MENU_EVENT_TEXT */
	struct menu_decision decision; /* MENU_EVENT_DECIDED */
};

/**
 * menu_plain_begin() - print the list and the prompt.
 * @print:  where text goes
 * @now_ms: more than 0
 */
void menu_plain_begin(struct menu_plain *p, const struct menu *menu,
		      void (*print)(void *ctx, const char *text, size_t len), void *ctx,
		      uint64_t now_ms);

/**
 * menu_plain_key() - a key was pressed: only characters, Backspace, ^U, Esc and Enter mean
 * anything here.
 *
 * A line is a number of the list, or what PXELINUX's prompt takes: a label or a file, and words
 * behind it. An empty one is the entry marked "*", or the configuration's default where there is
 * only a prompt. Where the menu would not let a person edit, only the list counts.
 */
enum menu_event menu_plain_key(struct menu_plain *p, int key);

/**
 * menu_plain_time() - time has passed: what is left of it is said now and then.
 */
enum menu_event menu_plain_time(struct menu_plain *p, uint64_t now_ms);

/**
 * menu_plain_say() - print lines of any bytes, and the prompt again.
 */
void menu_plain_say(struct menu_plain *p, const char *text);

#endif
