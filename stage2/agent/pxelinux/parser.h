/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser's inner parts. Private to this folder: what it yields is in pxelinux.h. */
#ifndef XENPXE_PXELINUX_PARSER_H
#define XENPXE_PXELINUX_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "pxelinux/pxelinux.h"
#include "util/error.h"

/* A file that is being read: a chain from the innermost INCLUDE to the configuration itself. */
struct source {
	const char *name; /* as written behind INCLUDE; "" for the configuration itself */
	const struct source *from;
	unsigned int depth;
};

struct parser {
	struct pxelinux_config *config;
	const struct pxelinux_include *include;
	struct error *err;
	struct pxelinux_entry *entry; /* of the LABEL that is open; NULL in a global section */
	bool immediate_said; /* it says MENU IMMEDIATE or NOIMMEDIATE itself */
	size_t menu; /* the innermost MENU BEGIN that is open */
	size_t entry_room, menu_room, text_room, say_room; /* allocated */
	size_t bytes; /* of all files so far */
	const struct source *source;
	unsigned int line;
	char *help; /* between TEXT HELP and ENDTEXT: where the text begins ... */
	char *help_end; /* ... and where its next line goes */
	bool in_text; /* between TEXT and ENDTEXT */
	unsigned int text_line; /* where TEXT was */
	unsigned int nul_line; /* the file's first line with a NUL byte; 0: none */
	bool ui_is_default; /* the menu is named by DEFAULT and not by UI */
	bool failed; /* err is filled */
};

struct directive {
	const char *keyword; /* upper case */
	/* @value: what follows the keyword, without white space around it; it may be changed */
	void (*handle)(struct parser *p, const struct directive *d, char *value);
	int arg;
};

/* Tables end with an empty keyword. */
extern const struct directive label_directives[], menu_directives[];

/* A warning about a line of the file that is being read. */
void parser_warn(struct parser *p, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "unknown directive", with the word escaped. @menu: "MENU " or "" */
void parser_unknown(struct parser *p, const char *menu, const char *word, size_t len);

/* The handler of a keyword, in either case; NULL if there is none. */
const struct directive *parser_find(const struct directive *table, const char *word, size_t len);

/* Room for one more element behind the @n of an array that has @room. NULL: p->failed. */
void *parser_grow(struct parser *p, void *array, size_t n, size_t *room, size_t size);

/* More than @max of something: p->failed. */
void parser_too_many(struct parser *p, unsigned int max, const char *what);

/* A number as syslinux reads it: what is not one is 0. Negative numbers mean nothing here. */
unsigned int parser_number(const char *value, int base);

/* The innermost MENU BEGIN that is open. */
struct pxelinux_menu *parser_menu(struct parser *p);

/* The label that is open ends: what it inherits is settled now. */
void parser_end_entry(struct parser *p);

/* NULL: p->failed. */
struct pxelinux_entry *parser_add_entry(struct parser *p, enum pxelinux_type type,
					const char *label, const char *directive);

/* What TEXT, MENU LABEL and the like speak of: the label that is open, else the submenu's own
 * entry; NULL at the top. */
struct pxelinux_entry *parser_subject(struct parser *p);

/* A submenu and its entry in the menu that is open. */
void parser_begin_menu(struct parser *p, const char *tag);

/* Every submenu is known now: where do MENU GOTO and MENU EXIT lead, what is a submenu called? */
void parser_settle_menus(struct parser *p);

/* Handlers that both tables name. */
void parser_on_include(struct parser *p, const struct directive *d, char *value);
void parser_on_ignored(struct parser *p, const struct directive *d, char *value);
void parser_on_text(struct parser *p, const struct directive *d, char *value);

#endif
