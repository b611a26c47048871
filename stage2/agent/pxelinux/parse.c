/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PXELINUX configuration, line by line: the first word finds a handler in a table.
 *
 * Each file is copied once and cut into strings in place, so that a configuration costs its own
 * size and its entries, however often a global APPEND is inherited.
 */
#include "pxelinux/pxelinux.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/words.h"
#include "util/escape.h"

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
		escape_str(w->file, sizeof(w->file), p->source->name);
		va_start(ap, fmt);
		vsnprintf(w->text, sizeof(w->text), fmt, ap);
		va_end(ap);
	}
	config->n_warning++;
}

/* One more element behind the @n of an array that has @room. NULL: p->failed. */
static void *grow(struct parser *p, void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;
	void *larger;

	if (n < *room)
		return array;
	larger = reallocarray(array, more, size);
	if (!larger) {
		error_set(p->err, ERR_MEMORY, "no memory for a configuration with %zu entries", n);
		p->failed = true;
		return NULL;
	}
	*room = more;
	return larger;
}

/* About an entry, when its file is read already. */
static void warn_about(struct parser *p, const struct pxelinux_entry *e, const char *what)
{
	const struct source source = {.name = e->file}, *from = p->source;
	char shown[60];

	p->source = &source;
	warn_at(p, e->line, "MENU %s %s: %s", e->directive,
		escape_str(shown, sizeof(shown), e->kernel), what);
	p->source = from;
}

static void too_many(struct parser *p, unsigned int max, const char *what)
{
	error_set(p->err, ERR_CONFIG, "line %u: more than %u %s: is this a PXELINUX configuration?",
		  p->line, max, what);
	p->failed = true;
}

/* A number as syslinux reads it: what is not one is 0. Negative numbers mean nothing here. */
static unsigned int number(const char *value, int base)
{
	long long n = strtoll(value, NULL, base);

	if (n < 0)
		return 0;
	return n > INT_MAX ? INT_MAX : (unsigned int)n;
}

static struct pxelinux_menu *current_menu(struct parser *p)
{
	return &p->config->menu[p->menu];
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

/* NULL: p->failed. */
static struct pxelinux_entry *add_entry(struct parser *p, enum pxelinux_type type,
					const char *label, const char *directive)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_entry *more;

	if (config->n_entry == PXELINUX_ENTRY_MAX) {
		too_many(p, PXELINUX_ENTRY_MAX, "labels");
		return NULL;
	}
	more = grow(p, config->entry, config->n_entry, &p->entry_room, sizeof(*more));
	if (!more)
		return NULL;
	config->entry = more;
	more += config->n_entry++;
	*more = (struct pxelinux_entry){
		.label = label,
		.type = type,
		.directive = directive,
		.sysappend = config->sysappend,
		.menu = p->menu,
		.target = PXELINUX_NONE,
		.file = p->source->name,
		.line = p->line,
	};
	return more;
}

static void on_label(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	end_entry(p);
	if (!value[0]) {
		warn_at(p, p->line, "LABEL without a name has no effect");
		return;
	}
	value[word_len(value)] = '\0';
	p->entry = add_entry(p, PXELINUX_KERNEL, value, "LABEL");
}

/* A type that only a menu knows: KERNEL and the like do not change it any more. */
static bool is_menu_type(enum pxelinux_type type)
{
	return type >= PXELINUX_MENU;
}

/* KERNEL, LOCALBOOT and the like: the last one of a label counts. */
static void on_type(struct parser *p, const struct directive *d, char *value)
{
	enum pxelinux_type type = (enum pxelinux_type)d->arg;

	if (!p->entry) {
		warn_at(p, p->line, "%s outside of a LABEL has no effect", d->keyword);
		return;
	}
	if (is_menu_type(p->entry->type))
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

	if (mask & ~PXELINUX_SYSAPPEND_MASK)
		warn_at(p, p->line,
			"%s 0x%x: a PV guest has no DMI and no file system to append: only bits 1, "
			"2, 4 and 8 have a meaning here",
			d->keyword, mask);
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
	SET_MENU_ONERROR,
	SET_TIMEOUT,
	SET_TOTALTIMEOUT,
	SET_PROMPT,
	SET_IMPLICIT,
	SET_ALLOWOPTIONS,
	SET_NOESCAPE,
	SET_NOCOMPLETE,
	SET_DISPLAY
};

static void on_setting(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_menu *menu = current_menu(p);
	const char *text = value[0] ? value : NULL;

	switch ((enum setting)d->arg) {
	case SET_UI:
		config->ui = text;
		break;
	case SET_ONTIMEOUT:
		config->ontimeout = menu->ontimeout = text;
		break;
	case SET_ONERROR:
		config->onerror = menu->onerror = text;
		break;
	case SET_MENU_ONERROR:
		menu->onerror = text;
		break;
	case SET_TIMEOUT:
		config->timeout = menu->timeout = number(value, 10);
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
		config->allow_options = menu->allow_options = number(value, 10) != 0;
		break;
	case SET_NOESCAPE:
		config->noescape = number(value, 10) != 0;
		break;
	case SET_NOCOMPLETE:
		config->nocomplete = number(value, 10) != 0;
		break;
	case SET_DISPLAY:
		config->display = text;
		break;
	}
}

static void on_say(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	const char **more = grow(p, config->say, config->n_say, &p->say_room, sizeof(*more));

	(void)d;
	if (!more)
		return;
	config->say = more;
	config->say[config->n_say++] = value;
}

/* F1 ... F12. A second word is a picture's name. */
static void on_fkey(struct parser *p, const struct directive *d, char *value)
{
	value[word_len(value)] = '\0';
	current_menu(p)->fkey[d->arg - 1] = value[0] ? value : NULL;
}

/* TEXT HELP ... ENDTEXT. The lines are moved together to where the first one begins; each had at
 * least a line end behind it, which makes room for the '\n' and the NUL. */
static void on_text(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	p->in_text = true;
	p->text_line = p->line;
	p->help = NULL;
	if (!word_is(value, word_len(value), "HELP"))
		warn_at(p, p->line,
			"TEXT without HELP: up to ENDTEXT is taken as text all the same");
}

static void text_line(struct parser *p, char *line, size_t len)
{
	if (!p->help)
		p->help = p->help_end = line;
	else
		*p->help_end++ = '\n';
	memmove(p->help_end, line, len);
	p->help_end += len;
}

/* What TEXT, MENU LABEL and the like speak of: the label that is open, else the submenu's own
 * entry; NULL at the top. */
static struct pxelinux_entry *subject(struct parser *p)
{
	size_t of_menu = current_menu(p)->entry;

	if (p->entry)
		return p->entry;
	return of_menu == PXELINUX_NONE ? NULL : &p->config->entry[of_menu];
}

static void end_text(struct parser *p)
{
	struct pxelinux_entry *e = subject(p);

	p->in_text = false;
	if (!p->help)
		return;
	*p->help_end = '\0';
	if (e)
		e->help = p->help;
}

/* Directives for a PC's screen, keyboard and disks. */
static void on_ignored(struct parser *p, const struct directive *d, char *value)
{
	(void)p;
	(void)d;
	(void)value;
}

/* --- MENU --- */

static void on_menu_label(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_entry *e = subject(p);
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
	struct pxelinux_entry *e = subject(p);

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
		e->indent = number(value, 10);
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
	end_entry(p);
	add_entry(p, PXELINUX_SEPARATOR, "", d->keyword);
}

static void begin_menu(struct parser *p, const char *tag)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_entry *e;
	struct pxelinux_menu *more;

	end_entry(p);
	if (config->n_menu > PXELINUX_MENU_MAX) {
		too_many(p, PXELINUX_MENU_MAX, "submenus");
		return;
	}
	more = grow(p, config->menu, config->n_menu, &p->menu_room, sizeof(*more));
	if (!more)
		return;
	config->menu = more;
	e = add_entry(p, PXELINUX_MENU, "", "BEGIN");
	if (!e)
		return;
	e->target = config->n_menu;
	e->append = "";
	more = &config->menu[config->n_menu];
	*more = *current_menu(p); /* inherited */
	more->tag = tag;
	more->parent = p->menu;
	more->entry = (size_t)(e - config->entry);
	more->default_entry = PXELINUX_NONE;
	p->menu = config->n_menu++;
}

static void end_menu(struct parser *p)
{
	end_entry(p);
	p->menu = current_menu(p)->parent;
}

static void on_menu_begin(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	value[word_len(value)] = '\0';
	begin_menu(p, value);
}

static void on_menu_end(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	(void)value;
	if (p->menu)
		end_menu(p);
	else
		warn_at(p, p->line, "MENU END without MENU BEGIN has no effect");
}

enum menu_setting {
	MENU_TITLE,
	MENU_AUTOBOOT,
	MENU_TABMSG,
	MENU_NOTABMSG,
	MENU_PASSPROMPT,
	MENU_IMMEDIATE,
	MENU_START,
	MENU_HIDDEN,
	MENU_SHIFTKEY,
	MENU_CLEAR
};

static void on_menu_setting(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_menu *menu = current_menu(p);

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
	case MENU_IMMEDIATE:
		menu->immediate = true;
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

static void on_menu_master(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);

	(void)d;
	if (word_is(value, len, "PASSWD"))
		current_menu(p)->master_passwd = word_skip_space(value + len);
	else
		warn_at(p, p->line, "MENU MASTER without PASSWD has no effect");
}

static void on_menu_hiddenkey(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	size_t len = word_len(value);
	const char *command = word_skip_space(value + len);

	if (!command[0]) {
		warn_at(p, p->line, "MENU %s needs a key and a command", d->keyword);
		return;
	}
	if (config->n_hiddenkey == PXELINUX_HIDDENKEY_MAX) {
		warn_at(p, p->line, "more than %d MENU %s: this one has no effect",
			PXELINUX_HIDDENKEY_MAX, d->keyword);
		return;
	}
	value[len] = '\0';
	config->hiddenkey[config->n_hiddenkey++] =
		(struct pxelinux_hiddenkey){.keys = value, .command = command};
}

/* --- INCLUDE --- */

static int parse_text(struct parser *p, const uint8_t *text, size_t len, const char *name);

/* An INCLUDE that is left out, as PXELINUX would. */
static bool may_go_on(enum error_class class)
{
	return class == ERR_NOT_FOUND || class == ERR_CONFIG || class == ERR_SERVER ||
	       class == ERR_UNSUPPORTED;
}

static bool is_open(const struct parser *p, const char *name)
{
	for (const struct source *s = p->source; s; s = s->from) {
		if (strcmp(s->name, name) == 0)
			return true;
	}
	return p->include->self && strcmp(p->include->self, name) == 0;
}

static void include(struct parser *p, const char *keyword, const char *name)
{
	char shown[80];
	uint8_t *text;
	size_t len;

	escape_str(shown, sizeof(shown), name);
	if (!p->include) {
		warn_at(p, p->line, "%s %s: included files are not read here", keyword, shown);
		return;
	}
	if (is_open(p, name)) {
		warn_at(p, p->line, "%s %s: that file is being read already: left out", keyword,
			shown);
		return;
	}
	if (p->source->depth == PXELINUX_DEPTH_MAX) {
		warn_at(p, p->line, "%s %s: more than %d files in each other: left out", keyword,
			shown, PXELINUX_DEPTH_MAX);
		return;
	}
	if (p->config->n_text > PXELINUX_FILES_MAX) {
		too_many(p, PXELINUX_FILES_MAX, "INCLUDEs");
		return;
	}
	if (p->include->read(p->include->ctx, name, &text, &len, p->err)) {
		if (may_go_on(p->err->class)) {
			warn_at(p, p->line, "%s %s: %s", keyword, shown, p->err->text);
			return;
		}
		error_prefix(p->err, "%s %s", keyword, shown);
		p->failed = true;
		return;
	}
	if (parse_text(p, text, len, name) && !p->failed)
		warn_at(p, p->line, "%s %s: %s", keyword, shown, p->err->text);
	free(text);
}

static void on_include(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);
	char *tag = (char *)word_skip_space(value + len);
	size_t outer = p->menu;

	if (!value[0]) {
		warn_at(p, p->line, "%s without a name has no effect", d->keyword);
		return;
	}
	value[len] = '\0';
	tag[word_len(tag)] = '\0';
	/* menu.txt: with a tag, as if MENU BEGIN and MENU END stood around the file. */
	if (tag[0])
		begin_menu(p, tag);
	if (!p->failed)
		include(p, d->keyword, value);
	if (tag[0] && !p->failed) {
		end_entry(p);
		p->menu = outer;
	}
}

/* --- lines --- */

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
	{"AUTOBOOT", on_menu_setting, MENU_AUTOBOOT},
	{"BACKGROUND", on_ignored, 0},
	{"BEGIN", on_menu_begin, 0},
	{"CLEAR", on_menu_setting, MENU_CLEAR},
	{"CMDLINEROW", on_ignored, 0},
	{"COLOR", on_ignored, 0},
	{"COLOUR", on_ignored, 0},
	{"DEFAULT", on_menu_entry, MENU_DEFAULT},
	{"DISABLE", on_menu_entry, MENU_DISABLE},
	{"DISABLED", on_menu_entry, MENU_DISABLE},
	{"END", on_menu_end, 0},
	{"ENDROW", on_ignored, 0},
	{"EXIT", on_menu_type, PXELINUX_MENU},
	{"GOTO", on_menu_type, PXELINUX_MENU},
	{"HELP", on_menu_type, PXELINUX_HELP},
	{"HELPMSGENDROW", on_ignored, 0},
	{"HELPMSGROW", on_ignored, 0},
	{"HIDDEN", on_menu_setting, MENU_HIDDEN},
	{"HIDDENKEY", on_menu_hiddenkey, 0},
	{"HIDDENROW", on_ignored, 0},
	{"HIDE", on_menu_entry, MENU_HIDE},
	{"HSHIFT", on_ignored, 0},
	{"IMMEDIATE", on_menu_setting, MENU_IMMEDIATE},
	{"INCLUDE", on_include, 0},
	{"INDENT", on_menu_entry, MENU_INDENT},
	{"LABEL", on_menu_label, 0},
	{"MARGIN", on_ignored, 0},
	{"MASTER", on_menu_master, 0},
	{"MSGCOLOR", on_ignored, 0},
	{"MSGCOLOUR", on_ignored, 0},
	{"NOSAVE", on_ignored, 0},
	{"NOTABMSG", on_menu_setting, MENU_NOTABMSG},
	{"ONERROR", on_setting, SET_MENU_ONERROR},
	{"PASSPROMPT", on_menu_setting, MENU_PASSPROMPT},
	{"PASSWD", on_menu_entry, MENU_PASSWD},
	{"PASSWORDMARGIN", on_ignored, 0},
	{"PASSWORDROW", on_ignored, 0},
	{"QUIT", on_menu_type, PXELINUX_QUIT},
	{"RESOLUTION", on_ignored, 0},
	{"ROWS", on_ignored, 0},
	{"SAVE", on_ignored, 0},
	{"SEPARATOR", on_menu_separator, 0},
	{"SHIFTKEY", on_menu_setting, MENU_SHIFTKEY},
	{"START", on_menu_setting, MENU_START},
	{"TABMSG", on_menu_setting, MENU_TABMSG},
	{"TABMSGROW", on_ignored, 0},
	{"TIMEOUTROW", on_ignored, 0},
	{"TITLE", on_menu_setting, MENU_TITLE},
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
	{"DISPLAY", on_setting, SET_DISPLAY},
	{"F0", on_fkey, 10},
	{"F1", on_fkey, 1},
	{"F10", on_fkey, 10},
	{"F11", on_fkey, 11},
	{"F12", on_fkey, 12},
	{"F2", on_fkey, 2},
	{"F3", on_fkey, 3},
	{"F4", on_fkey, 4},
	{"F5", on_fkey, 5},
	{"F6", on_fkey, 6},
	{"F7", on_fkey, 7},
	{"F8", on_fkey, 8},
	{"F9", on_fkey, 9},
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
	{"NOCOMPLETE", on_setting, SET_NOCOMPLETE},
	{"NOESCAPE", on_setting, SET_NOESCAPE},
	{"NOHALT", on_ignored, 0},
	{"ONERROR", on_setting, SET_ONERROR},
	{"ONTIMEOUT", on_setting, SET_ONTIMEOUT},
	{"PATH", on_ignored, 0},
	{"PROMPT", on_setting, SET_PROMPT},
	{"PXE", on_type, PXELINUX_OTHER},
	{"PXERETRY", on_ignored, 0},
	{"SAY", on_say, 0},
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
	if (p->in_text) {
		const char *word = word_skip_space(line);

		if (word_is(word, word_len(word), "ENDTEXT"))
			end_text(p);
		else
			text_line(p, line, len);
		return;
	}
	line = (char *)word_skip_space(line);
	len = word_len(line);
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

static void parse_lines(struct parser *p, char *text, size_t len)
{
	size_t at = 0;

	/* Windows editors put a byte order mark in front of UTF-8. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < len && !p->failed) {
		char *line = text + at;
		size_t n = 0;

		while (at + n < len && line[n] != '\n' && line[n] != '\r')
			n++;
		at += n + 1;
		if (at < len && line[n] == '\r' && text[at] == '\n')
			at++;
		line[n] = '\0';
		p->line++;
		if (strlen(line) != n && !p->nul_line)
			p->nul_line = p->line;
		parse_line(p, line, strlen(line));
	}
	if (p->in_text && !p->failed) {
		warn_at(p, p->text_line,
			"TEXT without ENDTEXT: all that follows was taken as text");
		end_text(p);
	}
	if (p->nul_line)
		warn_at(p, p->nul_line, "a NUL byte: the rest of such lines is not read");
}

/* The parser's own copy of a file. NULL: p->failed. */
static char *keep_text(struct parser *p, const uint8_t *text, size_t len)
{
	struct pxelinux_config *config = p->config;
	char **more, *copy;

	if (len > PXELINUX_BYTES_MAX - p->bytes) {
		error_set(p->err, ERR_CONFIG,
			  "the configuration has more than %lu bytes with the files it includes",
			  PXELINUX_BYTES_MAX);
		p->failed = true;
		return NULL;
	}
	more = grow(p, config->text, config->n_text, &p->text_room, sizeof(*more));
	if (!more)
		return NULL;
	config->text = more;
	copy = malloc(len + 1);
	if (!copy) {
		error_set(p->err, ERR_MEMORY, "no memory for a configuration of %zu bytes", len);
		p->failed = true;
		return NULL;
	}
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	config->text[config->n_text++] = copy;
	p->bytes += len;
	return copy;
}

/* One file, where the parser stands. 0, or -1: err is filled; p->failed unless the others can be
 * read all the same. */
static int parse_text(struct parser *p, const uint8_t *text, size_t len, const char *name)
{
	const struct source *from = p->source;
	struct source source = {.name = name, .from = from, .depth = from ? from->depth + 1 : 0};
	unsigned int line = p->line, nul_line = p->nul_line;
	char *copy;

	if (len >= 2 &&
	    ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff)))
		return error_set(p->err, ERR_CONFIG,
				 "the configuration is UTF-16 text: save it as plain text");
	copy = keep_text(p, text, len);
	if (!copy)
		return -1;
	p->source = &source;
	p->line = p->nul_line = 0;
	parse_lines(p, copy, len);
	p->source = from;
	p->line = line;
	p->nul_line = nul_line;
	return p->failed ? -1 : 0;
}

static size_t find_menu(const struct pxelinux_config *config, const char *tag)
{
	for (size_t i = 0; i < config->n_menu; i++) {
		if (strcmp(config->menu[i].tag, tag) == 0)
			return i;
	}
	return PXELINUX_NONE;
}

/* Every submenu is known now: where do MENU GOTO and MENU EXIT lead, what is a submenu called? */
static void settle_menus(struct parser *p)
{
	struct pxelinux_config *config = p->config;

	for (size_t i = 0; i < config->n_entry; i++) {
		struct pxelinux_entry *e = &config->entry[i];

		if (e->type != PXELINUX_MENU)
			continue;
		if (e->target != PXELINUX_NONE) {
			const struct pxelinux_menu *menu = &config->menu[e->target];

			/* menu.txt does not say it: a TITLE of its own names a submenu that has
			 * no MENU LABEL, and the tag one that has neither. */
			if (!e->menu_label)
				e->menu_label = menu->title != config->menu[menu->parent].title
							? menu->title
							: menu->tag;
		} else if (e->kernel[0]) {
			e->target = find_menu(config, e->kernel);
			if (e->target == PXELINUX_NONE)
				warn_about(p, e, "no MENU BEGIN has this tag");
		} else if (strcmp(e->directive, "EXIT") == 0) {
			e->target = config->menu[e->menu].parent;
		}
	}
}

/* menu.txt, DEFAULT: with a UI, "the same effect as both MENU DEFAULT and MENU START". */
static void settle_default(struct pxelinux_config *config)
{
	const char *line = config->default_line;

	if (!config->ui || !line)
		return;
	for (size_t i = 0; i < config->n_entry; i++) {
		struct pxelinux_entry *e = &config->entry[i];

		if (e->disabled || strlen(e->label) != word_len(line) ||
		    strncmp(e->label, line, word_len(line)) != 0)
			continue;
		if (!e->hidden) {
			config->menu[e->menu].default_entry = i;
			config->start_menu = e->menu;
		}
		break;
	}
}

int pxelinux_parse(const uint8_t *text, size_t len, const struct pxelinux_include *include_from,
		   struct pxelinux_config *out, struct error *err)
{
	struct parser p = {.config = out, .include = include_from, .err = err};

	*out = (struct pxelinux_config){
		.append = "",
		.implicit = true,
		.allow_options = true,
	};
	out->menu = grow(&p, NULL, 0, &p.menu_room, sizeof(*out->menu));
	if (!out->menu)
		return -1;
	out->menu[out->n_menu++] = (struct pxelinux_menu){
		.tag = ".top",
		.title = "",
		.parent = PXELINUX_NONE,
		.entry = PXELINUX_NONE,
		.default_entry = PXELINUX_NONE,
		.allow_options = true,
	};
	if (parse_text(&p, text, len, "")) {
		pxelinux_free(out);
		return -1;
	}
	end_entry(&p);
	settle_menus(&p);
	settle_default(out);
	return 0;
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

void pxelinux_free(struct pxelinux_config *config)
{
	for (size_t i = 0; i < config->n_text; i++)
		free(config->text[i]);
	free(config->text);
	free(config->entry);
	free(config->menu);
	free(config->say);
	*config = (struct pxelinux_config){0};
}
