/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens into a tree: recursive descent, SCRIPT_NESTING_MAX deep. */
#include "localboot/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"

#define CHUNK 16384

struct script_chunk {
	struct script_chunk *next;
	size_t used, size;
	max_align_t data[];
};

void *script_alloc(struct script_memory *memory, size_t size)
{
	struct script_chunk *chunk = memory->chunk;
	void *p;

	if (size > SCRIPT_MEMORY_MAX)
		return NULL;
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!chunk || size > chunk->size - chunk->used) {
		size_t room = size > CHUNK ? size : CHUNK;

		if (room > SCRIPT_MEMORY_MAX - memory->used)
			return NULL;
		chunk = calloc(1, sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->size = room;
		chunk->next = memory->chunk;
		memory->chunk = chunk;
		memory->used += room;
	}
	p = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return p;
}

char *script_copy(struct script_memory *memory, const char *text, size_t len)
{
	char *copy = script_alloc(memory, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void script_memory_free(struct script_memory *memory)
{
	while (memory->chunk) {
		struct script_chunk *next = memory->chunk->next;

		free(memory->chunk);
		memory->chunk = next;
	}
	memory->used = 0;
}

int script_parse_begin(struct script_parser *parser, struct script_memory *memory, const char *text,
		       size_t len)
{
	char *copy = script_alloc(memory, len + 1);

	*parser = (struct script_parser){.memory = memory, .text = copy, .line = 1};
	if (!copy)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] && text[i] != '\r')
			copy[parser->len++] = text[i];
	}
	return 0;
}

static const struct script_token *peek(struct script_parser *p)
{
	if (!p->has_token) {
		script_lex(p);
		p->has_token = true;
	}
	return &p->token;
}

static void take(struct script_parser *p)
{
	p->has_token = false;
}

static bool is_word(struct script_parser *p, const char *word)
{
	const struct script_token *t = peek(p);

	return t->kind == TOKEN_WORD && t->plain && t->plain_len == strlen(word) &&
	       memcmp(t->plain, word, t->plain_len) == 0;
}

/* Words that end a list of commands, or that only stand inside of a compound command. */
static bool is_inner(struct script_parser *p)
{
	return is_word(p, "then") || is_word(p, "elif") || is_word(p, "else") || is_word(p, "fi") ||
	       is_word(p, "do") || is_word(p, "done");
}

static bool error(struct script_parser *p, const char *expected)
{
	const struct script_token *t = peek(p);
	char text[48];

	if (t->kind == TOKEN_WRONG) /* the lexer said it */
		return false;
	p->error_line = t->line;
	if (t->kind == TOKEN_END)
		snprintf(p->error, sizeof(p->error), "the file ends where %s is expected",
			 expected);
	else if (t->kind == TOKEN_WORD && t->plain)
		snprintf(p->error, sizeof(p->error), "%s is expected, not \"%s\"", expected,
			 escape(text, sizeof(text), t->plain, t->plain_len));
	else
		snprintf(p->error, sizeof(p->error), "%s is expected", expected);
	return false;
}

static void *node_alloc(struct script_parser *p, size_t size)
{
	void *node = script_alloc(p->memory, size);

	p->no_memory |= !node;
	return node;
}

static void skip_newlines(struct script_parser *p)
{
	while (peek(p)->kind == TOKEN_NEWLINE)
		take(p);
}

static void skip_delimiters(struct script_parser *p)
{
	while (peek(p)->kind == TOKEN_NEWLINE || peek(p)->kind == TOKEN_SEMICOLON)
		take(p);
}

/* Recursion is bounded: inner_list() counts SCRIPT_NESTING_MAX. */
/* NOLINTBEGIN(misc-no-recursion) */

static bool statement(struct script_parser *p, struct script_node **node);

/* Commands up to a word of is_inner() or a '}', which stays. */
static bool inner_list(struct script_parser *p, struct script_node **list)
{
	*list = NULL;
	if (p->nesting == SCRIPT_NESTING_MAX) {
		p->error_line = peek(p)->line;
		snprintf(p->error, sizeof(p->error), "nested more than %d deep",
			 SCRIPT_NESTING_MAX);
		return false;
	}
	p->nesting++;
	for (;;) {
		skip_delimiters(p);
		if (is_inner(p) || peek(p)->kind == TOKEN_CLOSE)
			break;
		if (peek(p)->kind == TOKEN_END)
			break; /* the caller knows what is missing */
		if (!statement(p, list))
			return false;
		list = &(*list)->next;
		if (peek(p)->kind == TOKEN_WORD || peek(p)->kind == TOKEN_OPEN)
			return error(p, "a line end or \";\"");
	}
	p->nesting--;
	return true;
}

static bool expect(struct script_parser *p, const char *word)
{
	char text[16];

	if (!is_word(p, word)) {
		snprintf(text, sizeof(text), "\"%s\"", word);
		return error(p, text);
	}
	take(p);
	return true;
}

static bool block(struct script_parser *p, struct script_node **body)
{
	if (peek(p)->kind != TOKEN_OPEN)
		return error(p, "\"{\"");
	take(p);
	if (!inner_list(p, body))
		return false;
	if (peek(p)->kind != TOKEN_CLOSE)
		return error(p, "\"}\"");
	take(p);
	return true;
}

/* A word as it stands; it stays the current token until take(). */
static bool add_word(struct script_parser *p, struct script_word ***tail)
{
	struct script_word *word = node_alloc(p, sizeof(*word));

	if (!word)
		return false;
	word->part = peek(p)->part;
	**tail = word;
	*tail = &word->next;
	take(p);
	return true;
}

static bool command(struct script_parser *p, struct script_node *node)
{
	struct script_word **tail = &node->word;

	while (peek(p)->kind == TOKEN_WORD) {
		if (!add_word(p, &tail))
			return false;
	}
	if (peek(p)->kind == TOKEN_OPEN && node->word) {
		struct script_word *word = node_alloc(p, sizeof(*word));

		if (!word)
			return false;
		word->block = true;
		*tail = word;
		if (!block(p, &word->body))
			return false;
	}
	if (!node->word)
		return error(p, "a command");
	return true;
}

static bool clause(struct script_parser *p, struct script_clause ***tail, bool condition,
		   const char *between)
{
	struct script_clause *clause = node_alloc(p, sizeof(*clause));

	if (!clause)
		return false;
	**tail = clause;
	*tail = &clause->next;
	if (condition) {
		if (!inner_list(p, &clause->condition))
			return false;
		if (!clause->condition)
			return error(p, "a condition");
		if (!expect(p, between))
			return false;
	}
	return inner_list(p, &clause->body);
}

static bool if_command(struct script_parser *p, struct script_node *node)
{
	struct script_clause **tail = &node->clause;

	node->kind = SCRIPT_IF;
	do {
		take(p); /* if, elif */
		if (!clause(p, &tail, true, "then"))
			return false;
	} while (is_word(p, "elif"));
	if (is_word(p, "else")) {
		take(p);
		if (!clause(p, &tail, false, NULL))
			return false;
	}
	return expect(p, "fi");
}

static bool loop_command(struct script_parser *p, struct script_node *node, enum script_kind kind)
{
	struct script_clause **tail = &node->clause;

	node->kind = kind;
	take(p);
	return clause(p, &tail, true, "do") && expect(p, "done");
}

static bool for_command(struct script_parser *p, struct script_node *node)
{
	struct script_word **tail = &node->word;

	node->kind = SCRIPT_FOR;
	take(p);
	if (!peek(p)->plain)
		return error(p, "a variable's name");
	if (!add_word(p, &tail) || !expect(p, "in"))
		return false;
	while (peek(p)->kind == TOKEN_WORD) {
		if (!add_word(p, &tail))
			return false;
	}
	skip_delimiters(p);
	return expect(p, "do") && inner_list(p, &node->body) && expect(p, "done");
}

static bool function_command(struct script_parser *p, struct script_node *node)
{
	struct script_word **tail = &node->word;

	node->kind = SCRIPT_DEFINE;
	take(p);
	if (!peek(p)->plain)
		return error(p, "a function's name");
	if (!add_word(p, &tail))
		return false;
	skip_newlines(p);
	return block(p, &node->body);
}

static bool statement(struct script_parser *p, struct script_node **out)
{
	struct script_node *node = node_alloc(p, sizeof(*node));

	if (!node)
		return false;
	node->line = peek(p)->line;
	*out = node;
	if (is_word(p, "if"))
		return if_command(p, node);
	if (is_word(p, "while"))
		return loop_command(p, node, SCRIPT_WHILE);
	if (is_word(p, "until"))
		return loop_command(p, node, SCRIPT_UNTIL);
	if (is_word(p, "for"))
		return for_command(p, node);
	if (is_word(p, "function"))
		return function_command(p, node);
	if (is_inner(p))
		return error(p, "a command");
	return command(p, node);
}

/* The statements of one line. */
static bool line(struct script_parser *p, struct script_node **list)
{
	for (;;) {
		if (!statement(p, list))
			return false;
		list = &(*list)->next;
		while (peek(p)->kind == TOKEN_SEMICOLON)
			take(p);
		if (peek(p)->kind == TOKEN_END)
			return true;
		if (peek(p)->kind == TOKEN_NEWLINE) {
			take(p);
			return true;
		}
	}
}

enum script_result script_parse(struct script_parser *p, struct script_node **list)
{
	const char *end;

	*list = NULL;
	p->nesting = 0;
	skip_delimiters(p);
	if (peek(p)->kind == TOKEN_END)
		return p->no_memory ? SCRIPT_NO_MEMORY : SCRIPT_END;
	if (line(p, list))
		return SCRIPT_STATEMENT;
	if (p->no_memory)
		return SCRIPT_NO_MEMORY;
	/* On with the line after the one that was being read. */
	if (!p->has_token || p->token.kind != TOKEN_NEWLINE) {
		end = memchr(p->text + p->pos, '\n', p->len - p->pos);
		if (end)
			p->line++;
		p->pos = end ? (size_t)(end - p->text) + 1 : p->len;
	}
	p->has_token = false;
	return SCRIPT_WRONG;
}

/* NOLINTEND(misc-no-recursion) */
