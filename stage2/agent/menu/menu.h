/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "choice", where a person makes it: a menu on the guest's console, in the manner of
 * Syslinux's menu.c32 (its doc/menu.txt), and its "boot:" prompt (syslinux-cli.txt).
 *
 * This folder knows no configuration format. What is to be shown comes as the struct below, what
 * was decided goes back as a struct menu_decision:
 *
 *   keyboard   bytes from the terminal become keys
 *   model      keys and time become a state, and at last a decision
 *   screen     a state becomes 80x24 cells
 *   vt100      what changed between two screens becomes bytes for the terminal
 *   plain      the same decision on a terminal that can only print lines
 *   ask        the only part with I/O: the loop around all of it
 */
#ifndef XENPXE_MENU_MENU_H
#define XENPXE_MENU_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define MENU_LINE_MAX 2047 /* bytes of a command line that is edited, without the NUL */
#define MENU_FKEYS 12
#define MENU_NONE SIZE_MAX /* no entry, no page */

enum menu_kind {
	MENU_BOOT, /* boots */
	MENU_HEADING, /* MENU DISABLE: is shown, cannot be chosen */
	MENU_SEPARATOR, /* an empty line */
	MENU_GOTO, /* leads to another page: a submenu, MENU GOTO, MENU EXIT */
	MENU_QUIT, /* leads to the boot prompt */
	MENU_HELP /* shows a text */
};

/* Strings are any bytes and stay the caller's. */
struct menu_entry {
	enum menu_kind kind;
	size_t page; /* index of the page that shows it */
	size_t id; /* the caller's own number of it; the model does not look at it */
	const char *title; /* never NULL */
	char hotkey; /* printable ASCII, case does not matter: leads to it; 0: none */
	const char *label; /* the word that chooses it at the boot prompt; NULL: none does */
	const char *command; /* MENU_BOOT: what Tab shows for editing, NULL: cannot be edited;
			      * MENU_HELP: name of the text */
	const char *help; /* lines below the menu while the cursor is on it; NULL: none */
	const char *password; /* as stored; "": only the master password opens it; NULL: none */
	unsigned int indent; /* spaces in front of its title */
	size_t target; /* MENU_GOTO: index of a page */
	bool hidden; /* found by its label only */
	bool submenu; /* MENU_GOTO: marked with ">" */
	bool immediate; /* its hot key boots */
};

struct menu_page {
	const char *title; /* never NULL */
	const char *master_password; /* opens every entry; asked for Tab and Esc; NULL: none */
	size_t parent; /* index of the page that Esc leads to; MENU_NONE at the top */
	size_t chosen; /* index of the entry that the cursor is on at first; MENU_NONE: first */
	bool allow_options; /* Tab and Esc work */
	const char *autoboot; /* in place of "Automatic boot in # second{,s}..."; NULL: that */
	const char *tab_message; /* in place of "Press [Tab] to edit options"; NULL: that */
	const char *no_tab_message; /* where Tab does not work; NULL: nothing */
	const char *password_message; /* in place of "Password required"; NULL: that */
	const char *fkey[MENU_FKEYS]; /* names of the texts of F1..F12; NULL: none */
};

/* Keys that do something else than to show a hidden menu. */
struct menu_hidden_key {
	const char *keys; /* names of keys with commas between them: see keyboard_named() */
	const char *command; /* what is decided, as if typed at the boot prompt */
};

struct menu {
	const struct menu_entry *entry;
	size_t n_entry;
	const struct menu_page *page; /* at least one */
	size_t n_page;
	size_t start; /* index of the page that is shown first */
	uint64_t timeout_ms; /* until it decides by itself, ended by any key; 0: none */
	uint64_t total_timeout_ms; /* the same, ended by nothing; 0: none */
	bool prompt_only; /* no menu, only the boot prompt */
	bool hidden; /* nothing but the time-out is shown until a key is pressed */
	const struct menu_hidden_key *hidden_key;
	size_t n_hidden_key;
	bool clear; /* the screen is erased at the end */
	bool allow_options; /* at the boot prompt words behind a label count */
	bool complete; /* at the boot prompt Tab lists the labels */
	const char *say; /* lines above the boot prompt; NULL: none */
	/* Is @typed what @stored stands for? Must be there if any password is. */
	bool (*password_matches)(const char *stored, const char *typed);
};

enum menu_how {
	MENU_TIMED_OUT, /* nobody decided: what the configuration says for that */
	MENU_DEFAULT, /* an empty line at the boot prompt */
	MENU_CHOSEN, /* the entry as it is */
	MENU_EDITED, /* the entry, with @line in place of its command */
	MENU_TYPED /* @line from the boot prompt: a label or a file, and words behind it */
};

struct menu_decision {
	enum menu_how how;
	size_t entry; /* index; MENU_CHOSEN and MENU_EDITED only */
	char line[MENU_LINE_MAX + 1]; /* "" where there is none */
};

struct menu_host {
	/* Does the decision lead to a boot? 0: menu_ask() ends; -1 with @err filled: a person
	 * reads why not and decides again. */
	int (*accept)(void *ctx, const struct menu_decision *decision, struct error *err);
	/* The text of an F key or of MENU_HELP, malloc()ed lines; NULL with @err filled if there
	 * is none. */
	char *(*text)(void *ctx, const char *name, struct error *err);
	/* Called about five times a second for what else has to go on (a lease is renewed); may be
	 * NULL. 0: go on; -1 with @err filled: menu_ask() ends with that. */
	int (*tick)(void *ctx, struct error *err);
	void *ctx;
};

/**
 * menu_ask() - let a person decide at the terminal on standard input and output.
 * @menu:  what there is to choose
 * @plain: print lines, move no cursor: for terminals that cannot
 * @host:  who judges the decision and has the texts
 * @err:   what host->accept() said of the decision that was made because nobody else did, or
 *         host->tick()
 *
 * The terminal is in raw mode meanwhile; its former state comes back. Without a terminal
 * nobody can decide: it is as if time had run out at once.
 *
 * Return: 0 when a decision was accepted, or -1.
 */
int menu_ask(const struct menu *menu, bool plain, const struct menu_host *host, struct error *err);

#endif
