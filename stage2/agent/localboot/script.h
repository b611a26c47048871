/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's script language (GRUB manual, "Writing full configuration files directly"): lexer and
 * parser (script_lex.c, script_parse.c) make a tree of a text, the interpreter (script_run.c) runs
 * it with variables (script_vars.c). What is no part of the language - menuentry, linux, search -
 * are commands that the caller brings along.
 *
 * Everything is bounded: memory, nesting, the length of values, and the work of a whole run. What
 * goes beyond a bound ends the run with an error; what was found until then stays.
 */
#ifndef XENPXE_LOCALBOOT_SCRIPT_H
#define XENPXE_LOCALBOOT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "localboot/script_vars.h"
#include "util/error.h"

#define SCRIPT_MEMORY_MAX ((size_t)32 * 1024 * 1024) /* bytes of all texts and their trees */
#define SCRIPT_NESTING_MAX 64 /* of blocks, ifs and loops in a text */
#define SCRIPT_DEPTH_MAX 200 /* of what runs inside each other: functions, files, blocks */
#define SCRIPT_WORDS_MAX 65536 /* bytes of a command with all its variables replaced */
#define SCRIPT_WORK_MAX ((size_t)32 * 1024 * 1024) /* bytes handled in a run ... */
#define SCRIPT_WORK_COMMAND 128 /* ... where each command counts as that many */

/* --- the tree; all of it lives in the script's memory until script_free() --- */

struct script_part {
	const char *text; /* literal text, or a variable's name; not NUL-terminated */
	size_t len;
	bool variable;
	bool quoted; /* inside "" or '', or escaped: neither split nor left out when empty */
	struct script_part *next;
};

struct script_word {
	struct script_part *part;
	bool block; /* { ... }; then part is NULL */
	struct script_node *body; /* of a block; NULL: it is empty */
	struct script_word *next;
};

enum script_kind {
	SCRIPT_COMMAND,
	SCRIPT_IF,
	SCRIPT_WHILE,
	SCRIPT_UNTIL,
	SCRIPT_FOR,
	SCRIPT_DEFINE
};

/* A condition and what runs if it is true. */
struct script_clause {
	struct script_node *condition; /* NULL: else */
	struct script_node *body;
	struct script_clause *next;
};

struct script_node {
	enum script_kind kind;
	unsigned int line; /* from 1 */
	struct script_word *word; /* of a command; FOR: the variable's name and the values;
				     DEFINE: the function's name */
	struct script_clause *clause; /* of IF: all of them, of WHILE and UNTIL one */
	struct script_node *body; /* of FOR and DEFINE */
	struct script_node *next;
};

struct script_memory {
	struct script_chunk *chunk;
	size_t used; /* bytes, of SCRIPT_MEMORY_MAX */
};

/**
 * script_alloc() - zeroed memory that lives until script_memory_free().
 * Return: it, or NULL: there is none, or more than SCRIPT_MEMORY_MAX would be used.
 */
void *script_alloc(struct script_memory *memory, size_t size);

/** script_copy() - a NUL-terminated copy of @len bytes in @memory; NULL as script_alloc(). */
char *script_copy(struct script_memory *memory, const char *text, size_t len);

/** script_memory_free() - free all that was taken from @memory, which is empty then. */
void script_memory_free(struct script_memory *memory);

/* A text that is being parsed, statement by statement. */
struct script_parser {
	struct script_memory *memory;
	const char *text;
	size_t len, pos;
	unsigned int line;
	unsigned int nesting;
	struct script_token {
		enum {
			TOKEN_END, /* of the text */
			TOKEN_NEWLINE,
			TOKEN_SEMICOLON,
			TOKEN_OPEN, /* { */
			TOKEN_CLOSE, /* } */
			TOKEN_WORD,
			TOKEN_WRONG /* no token of the language; error says why */
		} kind;
		unsigned int line;
		struct script_part *part; /* of a word */
		const char *plain; /* a word without quotes, escapes and variables; else NULL */
		size_t plain_len;
	} token;
	bool has_token;
	bool no_memory;
	unsigned int error_line;
	char error[96]; /* of the last SCRIPT_WRONG, printable */
};

enum script_result { SCRIPT_STATEMENT, SCRIPT_END, SCRIPT_WRONG, SCRIPT_NO_MEMORY };

/**
 * script_parse_begin() - prepare to parse a text.
 * @text: bytes, copied into @memory; carriage returns and NULs are left out, as GRUB does
 * Return: 0, or -1: no memory.
 */
int script_parse_begin(struct script_parser *parser, struct script_memory *memory, const char *text,
		       size_t len);

/**
 * script_parse() - the statements of the next line, with all lines that belong to them.
 * @list: filled with SCRIPT_STATEMENT; belongs to the memory given to script_parse_begin()
 *
 * Return: SCRIPT_WRONG: parser->error says what is wrong in parser->error_line; the next call goes
 * on in the line after it, as GRUB does.
 */
enum script_result script_parse(struct script_parser *parser, struct script_node **list);

/* Of the lexer, for the parser. */
void script_lex(struct script_parser *parser);

/* --- running --- */

struct script;
struct script_words;

/* What a command is given: arguments without the command's name, NUL-terminated. */
struct script_call {
	const char *name;
	char **arg;
	size_t n;
	bool has_block; /* { ... } stood behind the arguments ... */
	const struct script_node *block; /* ... with this in it; NULL: nothing */
};

struct script_command {
	const char *name;
	/* Return: is it true? */
	bool (*run)(void *host, struct script *script, const struct script_call *call, int arg);
	int arg;
};

struct script_scope {
	char **arg; /* $1 ... */
	size_t n;
	struct script_memory memory; /* of what setparams put there */
};

enum script_flow { SCRIPT_ON, SCRIPT_BREAK, SCRIPT_CONTINUE, SCRIPT_RETURN, SCRIPT_STOP };

struct script {
	struct script_memory memory;
	struct script_vars vars;
	struct script_function *function;
	const struct script_command *commands; /* of the caller; the last has no name */
	const struct script_command *weak; /* the same, but a function goes before them */
	void (*unknown)(void *host, struct script *script, const char *name);
	void (*warn)(void *host, const char *file, unsigned int line, const char *text);
	/* The files that a word with "*" outside of quotes names (each '*' is a \001 in
	 * @pattern): give them to script_add_word(). Return: were there any? */
	bool (*glob)(void *host, struct script *script, const char *pattern,
		     struct script_words *words);
	void *host; /* given to all of these */
	struct script_scope *scope; /* NULL: outside of functions and menu entries */
	const char *file; /* that is being run; in @memory */
	unsigned int line; /* of the command that is being run */
	bool status; /* of the last command: was it true? */
	unsigned int status_number; /* $? */
	enum script_flow flow;
	unsigned int flow_n; /* of BREAK and CONTINUE: loops that are still to be left */
	unsigned int loops; /* around this command */
	unsigned int depth;
	size_t work;
	bool failed; /* a bound was hit, or no memory: err is filled */
	struct error err;
};

/**
 * script_run_text() - run a text, in the variables and the scope that are there.
 * @file: its name for messages; copied
 * @line: of its first line, for messages
 * Return: was its last command true? script->failed and script->flow say more.
 */
bool script_run_text(struct script *script, const char *file, unsigned int line, const char *text,
		     size_t len);

/**
 * script_run_list() - run what was parsed before.
 * @file:  that it stands in; must live as long as the script
 * @scope: its $1 ...; NULL: as they are
 */
bool script_run_list(struct script *script, const char *file, const struct script_node *list,
		     struct script_scope *scope);

/**
 * script_work() - count @bytes of work of a command.
 * Return: may it go on? If not, the script has failed.
 */
bool script_work(struct script *script, size_t bytes);

/** script_fail() - end the run: fills script->err. Return: false. */
bool script_fail(struct script *script, enum error_class class, const char *what);

/** script_set() - set a variable of the innermost context. Return: false: the script has failed. */
bool script_set(struct script *script, const char *name, const char *value);

/** script_get() - a variable's value; "" if it is not set. */
const char *script_get(const struct script *script, const char *name);

/** script_add_word() - for glob: one more word. Return: false: the script has failed. */
bool script_add_word(struct script *script, struct script_words *words, const char *word);

/** script_free() - free all that the script holds. */
void script_free(struct script *script);

/* The language's own commands: set, if's test, break, ... Ends with an empty name. */
extern const struct script_command script_builtins[];

/**
 * script_test() - GRUB's "test" (manual, "test").
 * @file_test: for -d, -e, -f and -s: is there such a thing? what: that letter
 * Return: is the expression true? What is no number or not an expression is false.
 */
bool script_test(char *const *arg, size_t n,
		 bool (*file_test)(void *ctx, char what, const char *path), void *ctx);

/**
 * script_number() - a number as GRUB reads it: decimal, 0x..., 0...; perhaps with a sign.
 * @end: if not NULL: the first character behind it
 * Return: false: there is none, or it is larger than 63 bits.
 */
bool script_number(const char *text, long long *number, const char **end);

#endif
