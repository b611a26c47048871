/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter. How a word becomes arguments, in which order names are looked up and what is
 * true are GRUB's ways, as tests/localboot/grub-emu shows by asking a real one: a command that
 * nobody knows is true, and a test without operands, too.
 */
#include "localboot/script.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC '\001' /* a '*' outside of quotes */
#define WORK_PIECE 32 /* what a piece of a word, and a word, count besides their bytes */

struct script_function {
	const char *name, *file;
	const struct script_node *body;
	struct script_function *next;
};

/* Arguments that are being made of words. */
struct script_words {
	char **word;
	size_t n, room;
	char *text; /* of the word that is open */
	size_t len, text_room;
	size_t bytes; /* of all words */
	bool open, magic;
};

bool script_fail(struct script *s, enum error_class class, const char *what)
{
	if (!s->failed)
		error_set(&s->err, class, "%s", what);
	s->failed = true;
	return false;
}

bool script_work(struct script *s, size_t bytes)
{
	if (s->failed)
		return false;
	if (bytes > SCRIPT_WORK_MAX - s->work)
		return script_fail(s, ERR_CONFIG, "it does too much: an endless loop?");
	s->work += bytes;
	return true;
}

bool script_set(struct script *s, const char *name, const char *value)
{
	if (script_vars_set(&s->vars, name, value))
		return script_fail(s, ERR_CONFIG, "its variables are too many or too long");
	return true;
}

const char *script_get(const struct script *s, const char *name)
{
	const char *value = script_vars_get(&s->vars, name);

	return value ? value : "";
}

/* --- words into arguments --- */

static bool words_append(struct script *s, struct script_words *w, const char *text, size_t len)
{
	if (s->failed)
		return false;
	w->open = true;
	if (len > SCRIPT_WORDS_MAX - w->bytes)
		return script_fail(s, ERR_CONFIG, "a command is too long");
	if (w->len + len + 1 > w->text_room) {
		size_t room = 2 * (w->len + len + 1);
		char *grown = realloc(w->text, room);

		if (!grown)
			return script_fail(s, ERR_MEMORY, "no memory for a command");
		w->text = grown;
		w->text_room = room;
	}
	memcpy(w->text + w->len, text, len);
	w->len += len;
	w->bytes += len;
	w->text[w->len] = '\0';
	return script_work(s, len + WORK_PIECE);
}

bool script_add_word(struct script *s, struct script_words *w, const char *word)
{
	size_t len = strlen(word);

	if (s->failed)
		return false;
	if (w->n >= SCRIPT_WORDS_MAX / 8 || len > SCRIPT_WORDS_MAX - w->bytes)
		return script_fail(s, ERR_CONFIG, "a command has too many words");
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 8;
		void *grown = realloc(w->word, room * sizeof(*w->word));

		if (!grown)
			return script_fail(s, ERR_MEMORY, "no memory for a command");
		w->word = grown;
		w->room = room;
	}
	w->word[w->n] = strdup(word);
	if (!w->word[w->n])
		return script_fail(s, ERR_MEMORY, "no memory for a command");
	w->n++;
	w->bytes += len;
	return script_work(s, len + WORK_PIECE);
}

/* The word that is open ends. */
static bool words_end(struct script *s, struct script_words *w)
{
	bool ok = true;

	if (s->failed || !w->open)
		return !s->failed;
	w->bytes -= w->len; /* is counted again as a word */
	if (!w->magic || !s->glob || !s->glob(s->host, s, w->text, w)) {
		for (size_t i = 0; w->magic && i < w->len; i++) {
			if (w->text[i] == MAGIC)
				w->text[i] = '*';
		}
		ok = script_add_word(s, w, w->text);
	}
	w->open = w->magic = false;
	w->len = 0;
	return ok && !s->failed;
}

static bool words_split(struct script *s, struct script_words *w, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, " \t\n\v\f\r");

		if (n && !words_append(s, w, text, n))
			return false;
		text += n;
		if (*text && !words_end(s, w))
			return false;
		text += strspn(text, " \t\n\v\f\r");
	}
	return true;
}

static void words_free(struct script_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->word[i]);
	free(w->word);
	free(w->text);
}

static bool add_value(struct script *s, struct script_words *w, const char *value, bool quoted)
{
	return quoted ? words_append(s, w, value, strlen(value)) : words_split(s, w, value);
}

/* $@ and $*: "$@" stays as many words as there are arguments. */
static bool add_arguments(struct script *s, struct script_words *w, bool quoted, bool apart)
{
	for (size_t i = 0; s->scope && i < s->scope->n; i++) {
		if (i && apart && !words_end(s, w))
			return false;
		if (i && !apart && !add_value(s, w, " ", quoted))
			return false;
		if (!add_value(s, w, s->scope->arg[i], quoted))
			return false;
	}
	return true;
}

static bool add_variable(struct script *s, struct script_words *w, const struct script_part *part)
{
	char name[64], number[24];
	const char *value = "";
	unsigned long n;

	if (part->len >= sizeof(name))
		return true;
	memcpy(name, part->text, part->len);
	name[part->len] = '\0';
	if (strcmp(name, "@") == 0 || strcmp(name, "*") == 0)
		return add_arguments(s, w, part->quoted, name[0] == '@');
	if (strcmp(name, "?") == 0) {
		snprintf(number, sizeof(number), "%u", s->status_number);
		value = number;
	} else if (strcmp(name, "#") == 0) {
		snprintf(number, sizeof(number), "%zu", s->scope ? s->scope->n : 0);
		value = number;
	} else if (isdigit((unsigned char)name[0])) {
		n = strtoul(name, NULL, 10);
		if (s->scope && n >= 1 && n <= s->scope->n)
			value = s->scope->arg[n - 1];
	} else {
		value = script_get(s, name);
	}
	return add_value(s, w, value, part->quoted);
}

static bool add_text(struct script *s, struct script_words *w, const struct script_part *part)
{
	size_t before = w->len;

	if (!words_append(s, w, part->text, part->len))
		return false;
	for (size_t i = before; !part->quoted && i < w->len; i++) {
		if (w->text[i] == '*') {
			w->text[i] = MAGIC;
			w->magic = true;
		}
	}
	return true;
}

static bool expand(struct script *s, struct script_words *w, const struct script_word *word)
{
	for (; word && !word->block; word = word->next) {
		for (const struct script_part *p = word->part; p; p = p->next) {
			if (!(p->variable ? add_variable(s, w, p) : add_text(s, w, p)))
				return false;
		}
		if (!words_end(s, w))
			return false;
	}
	return true;
}

/* --- commands --- */

static void set_status(struct script *s, bool status)
{
	s->status = status;
	s->status_number = status ? 0 : 1;
}

static const struct script_command *find(const struct script_command *table, const char *name)
{
	for (; table->name; table++) {
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static struct script_function *find_function(const struct script *s, const char *name)
{
	for (struct script_function *f = s->function; f; f = f->next) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

/* Recursion is bounded: run_list() counts SCRIPT_DEPTH_MAX. */
/* NOLINTBEGIN(misc-no-recursion) */

static bool run_list(struct script *s, const struct script_node *list);

bool script_run_list(struct script *s, const char *file, const struct script_node *list,
		     struct script_scope *scope)
{
	const char *old_file = s->file;
	struct script_scope *old_scope = s->scope;

	s->file = file;
	if (scope)
		s->scope = scope;
	run_list(s, list);
	s->file = old_file;
	s->scope = old_scope;
	return s->status;
}

static void call_function(struct script *s, const struct script_function *f,
			  const struct script_words *w)
{
	struct script_scope scope = {.arg = w->word + 1, .n = w->n - 1};
	unsigned int loops = s->loops;

	s->loops = 0;
	s->status = true;
	s->status_number = 0;
	script_run_list(s, f->file, f->body, &scope);
	script_memory_free(&scope.memory);
	s->loops = loops;
	if (s->flow == SCRIPT_RETURN)
		s->flow = SCRIPT_ON;
}

static void call_command(struct script *s, const struct script_command *c, void *host,
			 const struct script_call *call)
{
	unsigned int line = s->line;
	bool status;

	s->status_number = 0;
	status = c->run(host, s, call, c->arg);
	s->line = line;
	/* "return 3" has set $? itself */
	if (status != (s->status_number == 0))
		set_status(s, status);
	s->status = status;
}

/* Commands go before functions; "x=1" is looked at when there is neither. */
static void run_words(struct script *s, struct script_words *w, const struct script_word *block)
{
	struct script_call call = {.has_block = block != NULL, .block = block ? block->body : NULL};
	const struct script_command *c;
	const struct script_function *f;
	size_t first = 0;
	char *equals;

	while (first < w->n && strcmp(w->word[first], "!") == 0)
		first++;
	if (first == w->n) {
		set_status(s, true);
		return;
	}
	call.name = w->word[first];
	call.arg = w->word + first + 1;
	call.n = w->n - first - 1;
	c = find(script_builtins, call.name);
	if (!c)
		c = find(s->commands, call.name);
	f = c ? NULL : find_function(s, call.name);
	if (!c && !f)
		c = find(s->weak, call.name);
	if (c) {
		call_command(s, c, s->host, &call);
	} else if (f) {
		struct script_words rest = {.word = w->word + first, .n = w->n - first};

		call_function(s, f, &rest);
	} else if ((equals = strchr(w->word[first], '=')) != NULL) {
		*equals = '\0';
		script_set(s, w->word[first], equals + 1);
		set_status(s, true);
	} else {
		s->unknown(s->host, s, call.name);
		set_status(s, true);
	}
	if (first % 2)
		set_status(s, !s->status);
}

static void run_command(struct script *s, const struct script_node *node)
{
	struct script_words w = {0};
	const struct script_word *block = node->word;

	s->line = node->line;
	while (block && !block->block)
		block = block->next;
	if (expand(s, &w, node->word) && w.n)
		run_words(s, &w, block);
	words_free(&w);
}

static void run_if(struct script *s, const struct script_node *node)
{
	for (const struct script_clause *c = node->clause; c; c = c->next) {
		if (c->condition) {
			if (!run_list(s, c->condition)) {
				if (s->failed || s->flow != SCRIPT_ON)
					return;
				continue;
			}
			if (s->failed || s->flow != SCRIPT_ON)
				return;
		}
		set_status(s, true);
		run_list(s, c->body);
		return;
	}
	set_status(s, true);
}

/* After a round of a loop: does it go on? */
static bool loop_goes_on(struct script *s)
{
	if (s->failed)
		return false;
	if (s->flow == SCRIPT_BREAK || s->flow == SCRIPT_CONTINUE) {
		bool on = s->flow == SCRIPT_CONTINUE;

		if (s->flow_n > 1) {
			s->flow_n--;
			return false;
		}
		s->flow = SCRIPT_ON;
		return on;
	}
	return s->flow == SCRIPT_ON;
}

static void run_while(struct script *s, const struct script_node *node)
{
	const struct script_clause *c = node->clause;
	bool until = node->kind == SCRIPT_UNTIL;

	s->loops++;
	for (;;) {
		bool status = run_list(s, c->condition);

		if (!s->failed && s->flow == SCRIPT_ON) {
			if (status == until)
				break;
			run_list(s, c->body);
		}
		if (!loop_goes_on(s) || !script_work(s, SCRIPT_WORK_COMMAND))
			break;
	}
	s->loops--;
}

static void run_for(struct script *s, const struct script_node *node)
{
	struct script_words w = {0};
	char *name = script_copy(&s->memory, node->word->part->text, node->word->part->len);

	s->line = node->line;
	if (!name)
		script_fail(s, ERR_MEMORY, "no memory for a variable");
	set_status(s, true);
	s->loops++;
	if (!s->failed && expand(s, &w, node->word->next)) {
		for (size_t i = 0; i < w.n; i++) {
			if (!script_work(s, SCRIPT_WORK_COMMAND) || !script_set(s, name, w.word[i]))
				break;
			run_list(s, node->body);
			if (!loop_goes_on(s))
				break;
		}
	}
	s->loops--;
	words_free(&w);
}

static void define(struct script *s, const struct script_node *node)
{
	const struct script_part *part = node->word->part;
	char *name = script_copy(&s->memory, part->text, part->len);
	struct script_function *f = name ? find_function(s, name) : NULL;

	if (name && !f) {
		f = script_alloc(&s->memory, sizeof(*f));
		if (f) {
			f->next = s->function;
			s->function = f;
		}
	}
	if (!f) {
		script_fail(s, ERR_MEMORY, "no memory for a function");
		return;
	}
	f->name = name;
	f->file = s->file;
	f->body = node->body;
	set_status(s, true);
}

static void run_node(struct script *s, const struct script_node *node)
{
	if (!script_work(s, SCRIPT_WORK_COMMAND))
		return;
	switch (node->kind) {
	case SCRIPT_COMMAND:
		run_command(s, node);
		break;
	case SCRIPT_IF:
		run_if(s, node);
		break;
	case SCRIPT_WHILE:
	case SCRIPT_UNTIL:
		run_while(s, node);
		break;
	case SCRIPT_FOR:
		run_for(s, node);
		break;
	case SCRIPT_DEFINE:
		define(s, node);
		break;
	}
}

static bool run_list(struct script *s, const struct script_node *list)
{
	if (s->depth == SCRIPT_DEPTH_MAX) {
		script_fail(s, ERR_CONFIG,
			    "functions or files run each other too deep: an endless recursion?");
		return false;
	}
	s->depth++;
	for (; list && !s->failed && s->flow == SCRIPT_ON; list = list->next)
		run_node(s, list);
	s->depth--;
	return s->status;
}

bool script_run_text(struct script *s, const char *file, unsigned int line, const char *text,
		     size_t len)
{
	struct script_parser parser;
	const char *old_file = s->file;
	struct script_node *list;

	s->file = script_copy(&s->memory, file, strlen(file));
	if (!s->file || script_parse_begin(&parser, &s->memory, text, len)) {
		s->file = old_file;
		return script_fail(s, ERR_MEMORY, "no memory for the file");
	}
	parser.line = line;
	while (!s->failed && s->flow == SCRIPT_ON) {
		enum script_result result = script_parse(&parser, &list);

		if (result == SCRIPT_END)
			break;
		if (result == SCRIPT_NO_MEMORY)
			script_fail(s, ERR_MEMORY, "no memory for the file");
		else if (result == SCRIPT_WRONG)
			s->warn(s->host, s->file, parser.error_line, parser.error);
		else
			run_list(s, list);
	}
	s->file = old_file;
	return s->status;
}

/* NOLINTEND(misc-no-recursion) */

void script_free(struct script *s)
{
	script_vars_free(&s->vars);
	script_memory_free(&s->memory);
	memset(s, 0, sizeof(*s));
}
