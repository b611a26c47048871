/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PXELINUX configuration, line by line and file by file: the first word finds a handler in the
 * table of parse_label.c, or behind MENU in that of parse_menu.c.
 *
 * Each file is copied once and cut into strings in place, so that a configuration costs its own
 * size and its entries, however often a global APPEND is inherited.
 */
#include "pxelinux/parser.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/words.h"
#include "util/escape.h"

void parser_warn(struct parser *p, unsigned int line, const char *fmt, ...)
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

void *parser_grow(struct parser *p, void *array, size_t n, size_t *room, size_t size)
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

void parser_too_many(struct parser *p, unsigned int max, const char *what)
{
	error_set(p->err, ERR_CONFIG, "line %u: more than %u %s: is this a PXELINUX configuration?",
		  p->line, max, what);
	p->failed = true;
}

unsigned int parser_number(const char *value, int base)
{
	long long n = strtoll(value, NULL, base);

	if (n < 0)
		return 0;
	return n > INT_MAX ? INT_MAX : (unsigned int)n;
}

struct pxelinux_menu *parser_menu(struct parser *p)
{
	return &p->config->menu[p->menu];
}

void parser_end_entry(struct parser *p)
{
	struct pxelinux_entry *e = p->entry;

	if (!e)
		return;
	if (!e->append)
		e->append = p->config->append;
	if (!p->immediate_said)
		e->immediate = p->config->menu[e->menu].immediate;
	p->immediate_said = false;
	p->entry = NULL;
}

struct pxelinux_entry *parser_add_entry(struct parser *p, enum pxelinux_type type,
					const char *label, const char *directive)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_entry *more;

	if (config->n_entry == PXELINUX_ENTRY_MAX) {
		parser_too_many(p, PXELINUX_ENTRY_MAX, "labels");
		return NULL;
	}
	more = parser_grow(p, config->entry, config->n_entry, &p->entry_room, sizeof(*more));
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

struct pxelinux_entry *parser_subject(struct parser *p)
{
	size_t of_menu = parser_menu(p)->entry;

	if (p->entry)
		return p->entry;
	return of_menu == PXELINUX_NONE ? NULL : &p->config->entry[of_menu];
}

const struct directive *parser_find(const struct directive *table, const char *word, size_t len)
{
	for (; table->keyword; table++) {
		if (word_is(word, len, table->keyword))
			return table;
	}
	return NULL;
}

void parser_unknown(struct parser *p, const char *menu, const char *word, size_t len)
{
	char text[60];

	escape(text, sizeof(text), word, len);
	parser_warn(p, p->line, "unknown directive %s%s", menu, text);
}

/* --- TEXT HELP --- */

/* TEXT HELP ... ENDTEXT. The lines are moved together to where the first one begins; each had at
 * least a line end behind it, which makes room for the '\n' and the NUL. */
void parser_on_text(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	p->in_text = true;
	p->text_line = p->line;
	p->help = NULL;
	if (!word_is(value, word_len(value), "HELP"))
		parser_warn(p, p->line,
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

static void end_text(struct parser *p)
{
	struct pxelinux_entry *e = parser_subject(p);

	p->in_text = false;
	if (!p->help)
		return;
	*p->help_end = '\0';
	if (e)
		e->help = p->help;
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
		parser_warn(p, p->line, "%s %s: included files are not read here", keyword, shown);
		return;
	}
	if (is_open(p, name)) {
		parser_warn(p, p->line, "%s %s: that file is being read already: left out", keyword,
			    shown);
		return;
	}
	if (p->source->depth == PXELINUX_DEPTH_MAX) {
		parser_warn(p, p->line, "%s %s: more than %d files in each other: left out",
			    keyword, shown, PXELINUX_DEPTH_MAX);
		return;
	}
	if (p->config->n_text > PXELINUX_FILES_MAX) {
		parser_too_many(p, PXELINUX_FILES_MAX, "INCLUDEs");
		return;
	}
	if (p->include->read(p->include->ctx, name, &text, &len, p->err)) {
		if (may_go_on(p->err->class)) {
			parser_warn(p, p->line, "%s %s: %s", keyword, shown, p->err->text);
			return;
		}
		error_prefix(p->err, "%s %s", keyword, shown);
		p->failed = true;
		return;
	}
	if (parse_text(p, text, len, name) && !p->failed)
		parser_warn(p, p->line, "%s %s: %s", keyword, shown, p->err->text);
	free(text);
}

void parser_on_include(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);
	char *tag = (char *)word_skip_space(value + len);
	size_t outer = p->menu;

	if (!value[0]) {
		parser_warn(p, p->line, "%s without a name has no effect", d->keyword);
		return;
	}
	value[len] = '\0';
	tag[word_len(tag)] = '\0';
	/* menu.txt: with a tag, as if MENU BEGIN and MENU END stood around the file. */
	if (tag[0])
		parser_begin_menu(p, tag);
	if (!p->failed)
		include(p, d->keyword, value);
	if (tag[0] && !p->failed) {
		parser_end_entry(p);
		p->menu = outer;
	}
}

/* --- lines --- */

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
	d = parser_find(label_directives, line, len);
	if (!d) {
		parser_unknown(p, "", line, len);
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
		parser_warn(p, p->text_line,
			    "TEXT without ENDTEXT: all that follows was taken as text");
		end_text(p);
	}
	if (p->nul_line)
		parser_warn(p, p->nul_line, "a NUL byte: the rest of such lines is not read");
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
	more = parser_grow(p, config->text, config->n_text, &p->text_room, sizeof(*more));
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

void pxelinux_as_menu(struct pxelinux_config *config, bool main)
{
	config->ui = "menu.c32";
	config->elsewhere = !main;
	settle_default(config);
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
	out->menu = parser_grow(&p, NULL, 0, &p.menu_room, sizeof(*out->menu));
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
	parser_end_entry(&p);
	parser_settle_menus(&p);
	settle_default(out);
	return 0;
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
