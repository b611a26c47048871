/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PXELINUX configuration, line by line: the first word finds a handler in a table.
 *
 * The text is copied once and cut into strings in place, so that a configuration costs its own
 * size and its entries, however often a global APPEND is inherited.
 */
#include "pxelinux/pxelinux.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/words.h"
#include "util/escape.h"

struct parser {
	struct pxelinux_config *config;
	struct error *err;
	struct pxelinux_entry *entry; /* of the LABEL that is open; NULL in a global section */
	size_t space; /* entries allocated */
	bool in_text; /* between TEXT and ENDTEXT */
	unsigned int text_line; /* where TEXT was */
	unsigned int line;
	bool failed; /* err is filled */
};

struct directive {
	const char *keyword; /* upper case */
	/* @value: what follows the keyword, without white space around it; it may be changed */
	void (*handle)(struct parser *p, const struct directive *d, char *value);
	int arg;
};

__attribute__((format(printf, 3, 4))) static void warn_at(struct parser *p, unsigned int line,
							  const char *fmt, ...)
{
	struct pxelinux_config *config = p->config;

	if (config->n_warning < PXELINUX_WARNING_MAX) {
		struct pxelinux_warning *w = &config->warning[config->n_warning];
		va_list ap;

		w->line = line;
		va_start(ap, fmt);
		vsnprintf(w->text, sizeof(w->text), fmt, ap);
		va_end(ap);
	}
	config->n_warning++;
}

/* A number as syslinux reads it: what is not one is 0. Negative numbers mean nothing here. */
static unsigned int number(const char *value, int base)
{
	long long n = strtoll(value, NULL, base);

	if (n < 0)
		return 0;
	return n > INT_MAX ? INT_MAX : (unsigned int)n;
}

/* The label that is open ends: what it inherits is settled now. */
static void end_entry(struct parser *p)
{
	struct pxelinux_entry *e = p->entry;

	if (!e)
		return;
	if (!e->append)
		e->append = p->config->append;
	p->entry = NULL;
}

static void on_label(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;

	(void)d;
	end_entry(p);
	if (config->n_entry == p->space) {
		size_t space = p->space ? p->space * 2 : 16;
		struct pxelinux_entry *more;

		if (p->space >= PXELINUX_ENTRY_MAX) {
			error_set(p->err, ERR_CONFIG,
				  "line %u: more than %d labels: is this a PXELINUX configuration?",
				  p->line, PXELINUX_ENTRY_MAX);
			p->failed = true;
			return;
		}
		more = reallocarray(config->entry, space, sizeof(*more));
		if (!more) {
			error_set(p->err, ERR_MEMORY, "no memory for %zu menu entries", space);
			p->failed = true;
			return;
		}
		config->entry = more;
		p->space = space;
	}
	value[word_len(value)] = '\0';
	p->entry = &config->entry[config->n_entry++];
	*p->entry = (struct pxelinux_entry){
		.label = value,
		.type = PXELINUX_KERNEL,
		.directive = "LABEL",
		.sysappend = config->sysappend,
		.line = p->line,
	};
}

/* KERNEL, LOCALBOOT and the like: the last one of a label counts. */
static void on_type(struct parser *p, const struct directive *d, char *value)
{
	enum pxelinux_type type = (enum pxelinux_type)d->arg;

	if (!p->entry) {
		warn_at(p, p->line, "%s outside of a LABEL has no effect", d->keyword);
		return;
	}
	if (p->entry->type == PXELINUX_MENU)
		return;
	if (!value[0] && type != PXELINUX_LOCALBOOT) {
		warn_at(p, p->line, "%s without a name has no effect", d->keyword);
		return;
	}
	p->entry->type = type;
	p->entry->directive = d->keyword;
	p->entry->kernel = value;
}

static void on_append(struct parser *p, const struct directive *d, char *value)
{
	const char *append = strcmp(value, "-") == 0 ? "" : value;

	(void)d;
	if (p->entry)
		p->entry->append = append;
	else
		p->config->append = append;
}

static void on_initrd(struct parser *p, const struct directive *d, char *value)
{
	if (p->entry)
		p->entry->initrd = value;
	else
		warn_at(p, p->line, "%s outside of a LABEL has no effect", d->keyword);
}

static void on_sysappend(struct parser *p, const struct directive *d, char *value)
{
	unsigned int mask = number(value, 0);

	if (mask & ~7U)
		warn_at(p, p->line, "%s 0x%x: only bits 1, 2 and 4 have a meaning here", d->keyword,
			mask);
	if (p->entry)
		p->entry->sysappend = mask;
	else
		p->config->sysappend = mask;
}

static void on_default(struct parser *p, const struct directive *d, char *value)
{
	static const char *const menus[] = {"menu.c32", "vesamenu.c32", "gfxboot.c32"};
	size_t len = word_len(value);
	const char *name = word_base_name(value, &len);

	(void)d;
	if (!value[0])
		return;
	for (size_t i = 0; i < sizeof(menus) / sizeof(menus[0]); i++) {
		if (word_is(name, len, menus[i])) {
			p->config->ui = value;
			return;
		}
	}
	p->config->default_line = value;
}

enum setting {
	SET_UI,
	SET_ONTIMEOUT,
	SET_ONERROR,
	SET_TIMEOUT,
	SET_TOTALTIMEOUT,
	SET_PROMPT,
	SET_IMPLICIT,
	SET_ALLOWOPTIONS,
	SET_NOESCAPE
};

static void on_setting(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	const char *text = value[0] ? value : NULL;

	switch ((enum setting)d->arg) {
	case SET_UI:
		config->ui = text;
		break;
	case SET_ONTIMEOUT:
		config->ontimeout = text;
		break;
	case SET_ONERROR:
		config->onerror = text;
		break;
	case SET_TIMEOUT:
		config->timeout = number(value, 10);
		break;
	case SET_TOTALTIMEOUT:
		config->total_timeout = number(value, 10);
		break;
	case SET_PROMPT:
		config->prompt = number(value, 10) != 0;
		break;
	case SET_IMPLICIT:
		config->implicit = number(value, 10) != 0;
		break;
	case SET_ALLOWOPTIONS:
		config->allow_options = number(value, 10) != 0;
		break;
	case SET_NOESCAPE:
		config->noescape = number(value, 10) != 0;
		break;
	}
}

static void on_include(struct parser *p, const struct directive *d, char *value)
{
	char name[100];

	value[word_len(value)] = '\0';
	warn_at(p, p->line, "%s %s: this image does not read included files", d->keyword,
		escape_str(name, sizeof(name), value));
}

static void on_text(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	(void)value;
	p->in_text = true;
	p->text_line = p->line;
}

/* Directives for a PC's screen, keyboard and disks. */
static void on_ignored(struct parser *p, const struct directive *d, char *value)
{
	(void)p;
	(void)d;
	(void)value;
}

static void on_menu_label(struct parser *p, const struct directive *d, char *value)
{
	char *to = value;

	(void)d;
	if (!p->entry)
		return;
	/* "^" marks the hot key. */
	for (const char *from = value; *from; from++) {
		if (*from != '^')
			*to++ = *from;
	}
	*to = '\0';
	p->entry->menu_label = value;
}

enum menu_flag { MENU_DEFAULT, MENU_HIDE, MENU_DISABLE };

static void on_menu_flag(struct parser *p, const struct directive *d, char *value)
{
	(void)value;
	if (!p->entry)
		return;
	switch ((enum menu_flag)d->arg) {
	case MENU_DEFAULT:
		p->entry->menu_default = true;
		break;
	case MENU_HIDE:
		p->entry->hidden = true;
		break;
	case MENU_DISABLE:
		p->entry->disabled = true;
		break;
	}
}

/* MENU GOTO, EXIT, QUIT: the entry moves in the menu and boots nothing. */
static void on_menu_move(struct parser *p, const struct directive *d, char *value)
{
	if (!p->entry)
		return;
	p->entry->type = PXELINUX_MENU;
	p->entry->directive = d->keyword;
	p->entry->kernel = value;
}

/* MENU SEPARATOR, BEGIN, END: what follows belongs to no label. */
static void on_menu_end_entry(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	(void)value;
	end_entry(p);
}

static const struct directive *find(const struct directive *table, const char *word, size_t len)
{
	for (; table->keyword; table++) {
		if (word_is(word, len, table->keyword))
			return table;
	}
	return NULL;
}

static void unknown(struct parser *p, const char *menu, const char *word, size_t len)
{
	char text[60];

	escape(text, sizeof(text), word, len);
	warn_at(p, p->line, "unknown directive %s%s", menu, text);
}

static const struct directive menu_directives[] = {
	{"AUTOBOOT", on_ignored, 0},
	{"BACKGROUND", on_ignored, 0},
	{"BEGIN", on_menu_end_entry, 0},
	{"CLEAR", on_ignored, 0},
	{"CMDLINEROW", on_ignored, 0},
	{"COLOR", on_ignored, 0},
	{"COLOUR", on_ignored, 0},
	{"DEFAULT", on_menu_flag, MENU_DEFAULT},
	{"DISABLE", on_menu_flag, MENU_DISABLE},
	{"DISABLED", on_menu_flag, MENU_DISABLE},
	{"END", on_menu_end_entry, 0},
	{"ENDROW", on_ignored, 0},
	{"EXIT", on_menu_move, 0},
	{"GOTO", on_menu_move, 0},
	{"HELP", on_ignored, 0},
	{"HELPMSGENDROW", on_ignored, 0},
	{"HELPMSGROW", on_ignored, 0},
	{"HIDDEN", on_ignored, 0},
	{"HIDDENKEY", on_ignored, 0},
	{"HIDDENROW", on_ignored, 0},
	{"HIDE", on_menu_flag, MENU_HIDE},
	{"HSHIFT", on_ignored, 0},
	{"IMMEDIATE", on_ignored, 0},
	{"INCLUDE", on_include, 0},
	{"INDENT", on_ignored, 0},
	{"LABEL", on_menu_label, 0},
	{"MARGIN", on_ignored, 0},
	{"MASTER", on_ignored, 0},
	{"MSGCOLOR", on_ignored, 0},
	{"MSGCOLOUR", on_ignored, 0},
	{"NOSAVE", on_ignored, 0},
	{"NOTABMSG", on_ignored, 0},
	{"ONERROR", on_setting, SET_ONERROR},
	{"PASSPROMPT", on_ignored, 0},
	{"PASSWD", on_ignored, 0},
	{"PASSWORDMARGIN", on_ignored, 0},
	{"PASSWORDROW", on_ignored, 0},
	{"QUIT", on_menu_move, 0},
	{"RESOLUTION", on_ignored, 0},
	{"ROWS", on_ignored, 0},
	{"SAVE", on_ignored, 0},
	{"SEPARATOR", on_menu_end_entry, 0},
	{"SHIFTKEY", on_ignored, 0},
	{"START", on_ignored, 0},
	{"TABMSG", on_ignored, 0},
	{"TABMSGROW", on_ignored, 0},
	{"TIMEOUTROW", on_ignored, 0},
	{"TITLE", on_ignored, 0},
	{"VSHIFT", on_ignored, 0},
	{"WIDTH", on_ignored, 0},
	{0},
};

static void on_menu(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);

	d = find(menu_directives, value, len);
	if (!d)
		unknown(p, "MENU ", value, len);
	else
		d->handle(p, d, (char *)word_skip_space(value + len));
}

static const struct directive directives[] = {
	{"ALLOWOPTIONS", on_setting, SET_ALLOWOPTIONS},
	{"APPEND", on_append, 0},
	{"BOOT", on_type, PXELINUX_OTHER},
	{"BSS", on_type, PXELINUX_OTHER},
	{"COM32", on_type, PXELINUX_OTHER},
	{"COMBOOT", on_type, PXELINUX_OTHER},
	{"CONFIG", on_type, PXELINUX_CONFIG},
	{"CONSOLE", on_ignored, 0},
	{"DEFAULT", on_default, 0},
	{"DISPLAY", on_ignored, 0},
	{"F0", on_ignored, 0},
	{"F1", on_ignored, 0},
	{"F10", on_ignored, 0},
	{"F11", on_ignored, 0},
	{"F12", on_ignored, 0},
	{"F2", on_ignored, 0},
	{"F3", on_ignored, 0},
	{"F4", on_ignored, 0},
	{"F5", on_ignored, 0},
	{"F6", on_ignored, 0},
	{"F7", on_ignored, 0},
	{"F8", on_ignored, 0},
	{"F9", on_ignored, 0},
	{"FDIMAGE", on_type, PXELINUX_OTHER},
	{"FONT", on_ignored, 0},
	{"IMPLICIT", on_setting, SET_IMPLICIT},
	{"INCLUDE", on_include, 0},
	{"INITRD", on_initrd, 0},
	{"IPAPPEND", on_sysappend, 0},
	{"KBDMAP", on_ignored, 0},
	{"KERNEL", on_type, PXELINUX_KERNEL},
	{"LABEL", on_label, 0},
	{"LINUX", on_type, PXELINUX_KERNEL},
	{"LOCALBOOT", on_type, PXELINUX_LOCALBOOT},
	{"MENU", on_menu, 0},
	{"NOCOMPLETE", on_ignored, 0},
	{"NOESCAPE", on_setting, SET_NOESCAPE},
	{"NOHALT", on_ignored, 0},
	{"ONERROR", on_setting, SET_ONERROR},
	{"ONTIMEOUT", on_setting, SET_ONTIMEOUT},
	{"PATH", on_ignored, 0},
	{"PROMPT", on_setting, SET_PROMPT},
	{"PXE", on_type, PXELINUX_OTHER},
	{"PXERETRY", on_ignored, 0},
	{"SAY", on_ignored, 0},
	{"SENDCOOKIES", on_ignored, 0},
	{"SERIAL", on_ignored, 0},
	{"SYSAPPEND", on_sysappend, 0},
	{"TEXT", on_text, 0},
	{"TIMEOUT", on_setting, SET_TIMEOUT},
	{"TOTALTIMEOUT", on_setting, SET_TOTALTIMEOUT},
	{"UI", on_setting, SET_UI},
	{0},
};

/* @line: NUL-terminated, its length in @len; it may be changed. */
static void parse_line(struct parser *p, char *line, size_t len)
{
	const struct directive *d;
	char *value;

	while (len > 0 && word_space(line[len - 1]))
		line[--len] = '\0';
	line = (char *)word_skip_space(line);
	len = word_len(line);

	if (p->in_text) {
		p->in_text = !word_is(line, len, "ENDTEXT");
		return;
	}
	if (!line[0] || line[0] == '#')
		return;
	d = find(directives, line, len);
	if (!d) {
		unknown(p, "", line, len);
		return;
	}
	value = (char *)word_skip_space(line + len);
	d->handle(p, d, value);
}

int pxelinux_parse(const uint8_t *text, size_t len, struct pxelinux_config *out, struct error *err)
{
	struct parser p = {.config = out, .err = err};
	unsigned int nul_line = 0;
	size_t at = 0;

	*out = (struct pxelinux_config){
		.append = "",
		.implicit = true,
		.allow_options = true,
	};
	if (len >= 2 &&
	    ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff)))
		return error_set(err, ERR_CONFIG,
				 "the configuration is UTF-16 text: save it as plain text");
	/* Windows editors put a byte order mark in front of UTF-8. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;

	out->text = malloc(len + 1);
	if (!out->text)
		return error_set(err, ERR_MEMORY, "no memory for a configuration of %zu bytes",
				 len);
	if (len)
		memcpy(out->text, text, len);
	out->text[len] = '\0';

	while (at < len && !p.failed) {
		char *line = out->text + at;
		size_t n = 0;

		while (at + n < len && line[n] != '\n' && line[n] != '\r')
			n++;
		at += n + 1;
		if (at < len && line[n] == '\r' && out->text[at] == '\n')
			at++;
		line[n] = '\0';
		p.line++;
		if (strlen(line) != n && !nul_line)
			nul_line = p.line;
		parse_line(&p, line, strlen(line));
	}
	end_entry(&p);
	if (p.failed) {
		pxelinux_free(out);
		return -1;
	}
	if (p.in_text)
		warn_at(&p, p.text_line,
			"TEXT without ENDTEXT: all that follows was taken as text");
	if (nul_line)
		warn_at(&p, nul_line, "a NUL byte: the rest of such lines is not read");
	return 0;
}

void pxelinux_free(struct pxelinux_config *config)
{
	free(config->text);
	free(config->entry);
	*config = (struct pxelinux_config){0};
}
