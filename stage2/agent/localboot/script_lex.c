/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes into tokens. A word keeps its pieces as they point into the text: literal text and names of
 * variables, quoted or not; nothing is replaced before it is run.
 */
#include "localboot/script.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_name(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' || (!first && isdigit((unsigned char)c));
}

/* A literal character of a word outside of quotes. */
static bool is_plain(char c)
{
	return !strchr("{}|&$;<> \t\n'\"\\", c);
}

static char at(const struct script_parser *p, size_t ahead)
{
	if (p->pos + ahead < p->len)
		return p->text[p->pos + ahead];
	return '\0';
}

static void wrong(struct script_parser *p, unsigned int line, const char *what)
{
	p->token.kind = TOKEN_WRONG;
	p->error_line = line;
	snprintf(p->error, sizeof(p->error), "%s", what);
}

/* @tail: where the next piece of the word is hung. false: no memory */
static bool add(struct script_parser *p, struct script_part ***tail, const char *text, size_t len,
		bool variable, bool quoted)
{
	struct script_part *part = script_alloc(p->memory, sizeof(*part));

	if (!part) {
		p->no_memory = true;
		return false;
	}
	*part = (struct script_part){
		.text = text, .len = len, .variable = variable, .quoted = quoted};
	**tail = part;
	*tail = &part->next;
	return true;
}

/* The length of the name at @from: letters, digits, or one special character. */
static size_t name_len(const struct script_parser *p, size_t from)
{
	size_t n = 0;

	if (is_name(at(p, from), true)) {
		while (is_name(at(p, from + n), false))
			n++;
		return n;
	}
	while (isdigit((unsigned char)at(p, from + n)))
		n++;
	if (n)
		return n;
	return at(p, from) && strchr("?#*@", at(p, from)) ? 1 : 0;
}

/* At a '$': a variable, or the character itself. */
static bool variable(struct script_parser *p, struct script_part ***tail, bool quoted)
{
	bool brace = at(p, 1) == '{';
	size_t from = brace ? 2 : 1, n = name_len(p, from);
	bool ok;

	if (n && (!brace || at(p, from + n) == '}')) {
		ok = add(p, tail, p->text + p->pos + from, n, true, quoted);
		p->pos += from + n + brace;
		return ok;
	}
	ok = add(p, tail, p->text + p->pos, 1, false, quoted);
	p->pos++;
	return ok;
}

/* Between double quotes. Only \" \$ \\ and a backslash before a line's end mean something. */
static bool double_quoted(struct script_parser *p, struct script_part ***tail)
{
	unsigned int begin = p->line;

	p->pos++;
	if (!add(p, tail, p->text + p->pos, 0, false, true)) /* "" is a word, too */
		return false;
	while (p->pos < p->len && at(p, 0) != '"') {
		size_t n = 0;

		if (at(p, 0) == '$') {
			if (!variable(p, tail, true))
				return false;
			continue;
		}
		if (at(p, 0) == '\\' && at(p, 1) == '\n') {
			p->pos += 2;
			p->line++;
			continue;
		}
		if (at(p, 0) == '\\' && at(p, 1) && strchr("\"$\\", at(p, 1))) {
			if (!add(p, tail, p->text + p->pos + 1, 1, false, true))
				return false;
			p->pos += 2;
			continue;
		}
		do {
			if (at(p, n) == '\n')
				p->line++;
			n++;
		} while (p->pos + n < p->len && !strchr("\"$\\", at(p, n)));
		if (!add(p, tail, p->text + p->pos, n, false, true))
			return false;
		p->pos += n;
	}
	if (p->pos == p->len) {
		wrong(p, begin, "a double quote is not closed");
		return false;
	}
	p->pos++;
	return true;
}

static bool single_quoted(struct script_parser *p, struct script_part ***tail)
{
	const char *text = p->text + p->pos + 1;
	const char *end = memchr(text, '\'', p->len - p->pos - 1);

	if (!end) {
		wrong(p, p->line, "a single quote is not closed");
		p->pos = p->len;
		return false;
	}
	for (const char *c = text; c < end; c++)
		p->line += *c == '\n';
	p->pos += (size_t)(end - text) + 2;
	return add(p, tail, text, (size_t)(end - text), false, true);
}

static bool piece(struct script_parser *p, struct script_part ***tail)
{
	size_t n = 0;

	switch (at(p, 0)) {
	case '"':
		return double_quoted(p, tail);
	case '\'':
		return single_quoted(p, tail);
	case '$':
		if (at(p, 1) == '"') { /* to be translated: we have no translations */
			p->pos++;
			return double_quoted(p, tail);
		}
		return variable(p, tail, false);
	case '\\':
		if (at(p, 1) == '\n') {
			p->pos += 2;
			p->line++;
			return true;
		}
		if (p->pos + 1 == p->len) {
			p->pos++;
			return true;
		}
		p->pos += 2;
		return add(p, tail, p->text + p->pos - 1, 1, false, true);
	}
	while (p->pos + n < p->len && is_plain(at(p, n)))
		n++;
	p->pos += n;
	return add(p, tail, p->text + p->pos - n, n, false, false);
}

static void word(struct script_parser *p)
{
	struct script_token *token = &p->token;
	struct script_part **tail = &token->part;

	token->kind = TOKEN_WORD;
	do {
		if (!piece(p, &tail)) {
			token->kind = TOKEN_WRONG;
			return;
		}
	} while (p->pos < p->len && (is_plain(at(p, 0)) || strchr("$'\"\\", at(p, 0))));
	if (token->part && !token->part->next && !token->part->variable && !token->part->quoted) {
		token->plain = token->part->text;
		token->plain_len = token->part->len;
	}
}

static void skip_blanks(struct script_parser *p)
{
	for (;;) {
		if (at(p, 0) == ' ' || at(p, 0) == '\t') {
			p->pos++;
		} else if (at(p, 0) == '\\' && at(p, 1) == '\n') {
			p->pos += 2;
			p->line++;
		} else if (at(p, 0) == '#') {
			while (p->pos < p->len && at(p, 0) != '\n')
				p->pos++;
		} else {
			return;
		}
	}
}

void script_lex(struct script_parser *p)
{
	char text[40];

	skip_blanks(p);
	p->token = (struct script_token){.kind = TOKEN_END, .line = p->line};
	if (p->pos == p->len)
		return;
	switch (at(p, 0)) {
	case '\n':
		p->token.kind = TOKEN_NEWLINE;
		p->line++;
		break;
	case ';':
		p->token.kind = TOKEN_SEMICOLON;
		break;
	case '{':
		p->token.kind = TOKEN_OPEN;
		break;
	case '}':
		p->token.kind = TOKEN_CLOSE;
		break;
	case '|':
	case '&':
	case '<':
	case '>':
		snprintf(text, sizeof(text), "\"%c\" is not part of the language", at(p, 0));
		wrong(p, p->line, text);
		break;
	default:
		word(p);
		return;
	}
	p->pos++;
}
