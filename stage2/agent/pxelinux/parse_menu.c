/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directives behind MENU: syslinux doc/menu.txt. */
#include <ctype.h>
#include <string.h>

#include "pxelinux/parser.h"
#include "pxelinux/words.h"
#include "util/escape.h"

static void on_menu_label(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_entry *e = parser_subject(p);
	char *to = value;

	(void)d;
	if (!e)
		return;
	e->hotkey = 0;
	/* "^" marks the hot key. */
	for (const char *from = value; *from; from++) {
		if (*from != '^')
			*to++ = *from;
		else if (!e->hotkey && isalnum((unsigned char)from[1]))
			e->hotkey = (char)tolower((unsigned char)from[1]);
	}
	*to = '\0';
	e->menu_label = value;
}

enum menu_flag { MENU_DEFAULT, MENU_HIDE, MENU_DISABLE, MENU_INDENT, MENU_PASSWD };

static void on_menu_entry(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_entry *e = parser_subject(p);

	if (!e)
		return;
	switch ((enum menu_flag)d->arg) {
	case MENU_DEFAULT:
		p->config->menu[e->menu].default_entry = (size_t)(e - p->config->entry);
		break;
	case MENU_HIDE:
		e->hidden = true;
		break;
	case MENU_DISABLE:
		e->disabled = true;
		break;
	case MENU_INDENT:
		e->indent = parser_number(value, 10);
		if (e->indent > PXELINUX_INDENT_MAX)
			e->indent = PXELINUX_INDENT_MAX;
		break;
	case MENU_PASSWD:
		e->passwd = value;
		break;
	}
}

/* MENU GOTO, EXIT, QUIT, HELP: the entry boots nothing. Where the first two lead is settled when
 * every submenu is known. */
static void on_menu_type(struct parser *p, const struct directive *d, char *value)
{
	if (!p->entry)
		return;
	p->entry->type = (enum pxelinux_type)d->arg;
	p->entry->directive = d->keyword;
	value[word_len(value)] = '\0';
	p->entry->kernel = value;
}

static void on_menu_separator(struct parser *p, const struct directive *d, char *value)
{
	(void)value;
	parser_end_entry(p);
	parser_add_entry(p, PXELINUX_SEPARATOR, "", d->keyword);
}

void parser_begin_menu(struct parser *p, const char *tag)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_entry *e;
	struct pxelinux_menu *more;

	parser_end_entry(p);
	if (config->n_menu > PXELINUX_MENU_MAX) {
		parser_too_many(p, PXELINUX_MENU_MAX, "submenus");
		return;
	}
	more = parser_grow(p, config->menu, config->n_menu, &p->menu_room, sizeof(*more));
	if (!more)
		return;
	config->menu = more;
	e = parser_add_entry(p, PXELINUX_MENU, "", "BEGIN");
	if (!e)
		return;
	e->target = config->n_menu;
	e->append = "";
	e->immediate = parser_menu(p)->immediate;
	more = &config->menu[config->n_menu];
	*more = *parser_menu(p); /* inherited */
	more->tag = tag;
	more->title = ""; /* what PXELINUX's menu does not inherit */
	more->parent = p->menu;
	more->entry = (size_t)(e - config->entry);
	more->default_entry = PXELINUX_NONE;
	p->menu = config->n_menu++;
}

static void end_menu(struct parser *p)
{
	parser_end_entry(p);
	p->menu = parser_menu(p)->parent;
}

static void on_menu_begin(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	value[word_len(value)] = '\0';
	parser_begin_menu(p, value);
}

static void on_menu_end(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	(void)value;
	if (p->menu)
		end_menu(p);
	else
		parser_warn(p, p->line, "MENU END without MENU BEGIN has no effect");
}

enum menu_setting {
	MENU_TITLE,
	MENU_AUTOBOOT,
	MENU_TABMSG,
	MENU_NOTABMSG,
	MENU_PASSPROMPT,
	MENU_ONERROR,
	MENU_START,
	MENU_HIDDEN,
	MENU_SHIFTKEY,
	MENU_CLEAR
};

static void on_menu_setting(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_menu *menu = parser_menu(p);

	switch ((enum menu_setting)d->arg) {
	case MENU_TITLE:
		menu->title = value;
		break;
	case MENU_AUTOBOOT:
		menu->autoboot = value;
		break;
	case MENU_TABMSG:
		menu->tabmsg = value;
		break;
	case MENU_NOTABMSG:
		menu->notabmsg = value;
		break;
	case MENU_PASSPROMPT:
		menu->passprompt = value;
		break;
	case MENU_ONERROR:
		menu->onerror = value[0] ? value : NULL;
		break;
	case MENU_START:
		config->start_menu = p->menu;
		break;
	case MENU_HIDDEN:
		config->menu_hidden = true;
		break;
	case MENU_SHIFTKEY:
		config->menu_shiftkey = true;
		break;
	case MENU_CLEAR:
		config->menu_clear = true;
		break;
	}
}

/* In a label it is the label's own; elsewhere for the menu's labels behind it that do not say it.
 */
static void on_menu_immediate(struct parser *p, const struct directive *d, char *value)
{
	(void)value;
	if (p->entry) {
		p->entry->immediate = d->arg;
		p->immediate_said = true;
	} else {
		parser_menu(p)->immediate = d->arg;
	}
}

static void on_menu_master(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);

	(void)d;
	if (word_is(value, len, "PASSWD"))
		parser_menu(p)->master_passwd = word_skip_space(value + len);
	else
		parser_warn(p, p->line, "MENU MASTER without PASSWD has no effect");
}

static void on_menu_hiddenkey(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	size_t len = word_len(value);
	const char *command = word_skip_space(value + len);

	if (!command[0]) {
		parser_warn(p, p->line, "MENU %s needs a key and a command", d->keyword);
		return;
	}
	if (config->n_hiddenkey == PXELINUX_HIDDENKEY_MAX) {
		parser_warn(p, p->line, "more than %d MENU %s: this one has no effect",
			    PXELINUX_HIDDENKEY_MAX, d->keyword);
		return;
	}
	value[len] = '\0';
	config->hiddenkey[config->n_hiddenkey++] =
		(struct pxelinux_hiddenkey){.keys = value, .command = command};
}

const struct directive menu_directives[] = {
	{"AUTOBOOT", on_menu_setting, MENU_AUTOBOOT},
	{"BACKGROUND", parser_on_ignored, 0},
	{"BEGIN", on_menu_begin, 0},
	{"CLEAR", on_menu_setting, MENU_CLEAR},
	{"CMDLINEROW", parser_on_ignored, 0},
	{"COLOR", parser_on_ignored, 0},
	{"COLOUR", parser_on_ignored, 0},
	{"DEFAULT", on_menu_entry, MENU_DEFAULT},
	{"DISABLE", on_menu_entry, MENU_DISABLE},
	{"DISABLED", on_menu_entry, MENU_DISABLE},
	{"END", on_menu_end, 0},
	{"ENDROW", parser_on_ignored, 0},
	{"EXIT", on_menu_type, PXELINUX_MENU},
	{"GOTO", on_menu_type, PXELINUX_MENU},
	{"HELP", on_menu_type, PXELINUX_HELP},
	{"HELPMSGENDROW", parser_on_ignored, 0},
	{"HELPMSGROW", parser_on_ignored, 0},
	{"HIDDEN", on_menu_setting, MENU_HIDDEN},
	{"HIDDENKEY", on_menu_hiddenkey, 0},
	{"HIDDENROW", parser_on_ignored, 0},
	{"HIDE", on_menu_entry, MENU_HIDE},
	{"HSHIFT", parser_on_ignored, 0},
	{"IMMEDIATE", on_menu_immediate, true},
	{"INCLUDE", parser_on_include, 0},
	{"INDENT", on_menu_entry, MENU_INDENT},
	{"LABEL", on_menu_label, 0},
	{"MARGIN", parser_on_ignored, 0},
	{"MASTER", on_menu_master, 0},
	{"MSGCOLOR", parser_on_ignored, 0},
	{"MSGCOLOUR", parser_on_ignored, 0},
	{"NOIMMEDIATE", on_menu_immediate, false},
	{"NOSAVE", parser_on_ignored, 0},
	{"NOTABMSG", on_menu_setting, MENU_NOTABMSG},
	{"ONERROR", on_menu_setting, MENU_ONERROR},
	{"PASSPROMPT", on_menu_setting, MENU_PASSPROMPT},
	{"PASSWD", on_menu_entry, MENU_PASSWD},
	{"PASSWORDMARGIN", parser_on_ignored, 0},
	{"PASSWORDROW", parser_on_ignored, 0},
	{"QUIT", on_menu_type, PXELINUX_QUIT},
	{"RESOLUTION", parser_on_ignored, 0},
	{"ROWS", parser_on_ignored, 0},
	{"SAVE", parser_on_ignored, 0},
	{"SEPARATOR", on_menu_separator, 0},
	{"SHIFTKEY", on_menu_setting, MENU_SHIFTKEY},
	{"START", on_menu_setting, MENU_START},
	{"TABMSG", on_menu_setting, MENU_TABMSG},
	{"TABMSGROW", parser_on_ignored, 0},
	{"TIMEOUTROW", parser_on_ignored, 0},
	{"TITLE", on_menu_setting, MENU_TITLE},
	{"VSHIFT", parser_on_ignored, 0},
	{"WIDTH", parser_on_ignored, 0},
	{0},
};

/* About an entry, when its file is read already. */
static void warn_about(struct parser *p, const struct pxelinux_entry *e, const char *what)
{
	const struct source source = {.name = e->file}, *from = p->source;
	char shown[60];

	p->source = &source;
	parser_warn(p, e->line, "MENU %s %s: %s", e->directive,
		    escape_str(shown, sizeof(shown), e->kernel), what);
	p->source = from;
}

static size_t find_menu(const struct pxelinux_config *config, const char *tag)
{
	for (size_t i = 0; i < config->n_menu; i++) {
		if (strcmp(config->menu[i].tag, tag) == 0)
			return i;
	}
	return PXELINUX_NONE;
}

void parser_settle_menus(struct parser *p)
{
	struct pxelinux_config *config = p->config;

	for (size_t i = 0; i < config->n_entry; i++) {
		struct pxelinux_entry *e = &config->entry[i];

		if (e->type != PXELINUX_MENU)
			continue;
		if (e->target != PXELINUX_NONE) {
			struct pxelinux_menu *menu = &config->menu[e->target];

			/* menu.txt does not say it: a TITLE of its own names a submenu that has
			 * no MENU LABEL, and the tag one that has neither; the MENU LABEL is the
			 * title of one that has none. */
			if (!e->menu_label)
				e->menu_label = menu->title[0] ? menu->title : menu->tag;
			else if (!menu->title[0])
				menu->title = e->menu_label;
		} else if (e->kernel[0]) {
			e->target = find_menu(config, e->kernel);
			if (e->target == PXELINUX_NONE)
				warn_about(p, e, "no MENU BEGIN has this tag");
		} else if (strcmp(e->directive, "EXIT") == 0) {
			e->target = config->menu[e->menu].parent;
		}
	}
}

bool pxelinux_selectable(const struct pxelinux_entry *entry)
{
	return !entry->hidden && !entry->disabled && entry->type != PXELINUX_SEPARATOR &&
	       (entry->type != PXELINUX_MENU || entry->target != PXELINUX_NONE);
}

size_t pxelinux_cursor(const struct pxelinux_config *config, size_t menu)
{
	size_t marked = config->menu[menu].default_entry;

	if (marked != PXELINUX_NONE && pxelinux_selectable(&config->entry[marked]))
		return marked;
	for (size_t i = 0; i < config->n_entry; i++) {
		if (config->entry[i].menu == menu && pxelinux_selectable(&config->entry[i]))
			return i;
	}
	return PXELINUX_NONE;
}
