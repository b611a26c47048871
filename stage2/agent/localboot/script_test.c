/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "test" and "[". An expression is read from the left: where the next word but one is an operator,
 * there is a comparison, else a file test or -n, -z, else -a, -o, ! or a parenthesis, else a
 * string.
 */
#include "localboot/script.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define PARENTHESES_MAX 16

struct test {
	char *const *arg;
	size_t n, at;
	bool (*file_test)(void *ctx, char what, const char *path);
	void *ctx;
	unsigned int depth;
};

bool script_number(const char *text, long long *number, const char **end)
{
	bool negative = false;
	unsigned int base = 10;
	long long n = 0;
	const char *digits;

	while (isspace((unsigned char)*text))
		text++;
	if (*text == '-' || *text == '+')
		negative = *text++ == '-';
	if (text[0] == '0' && (text[1] | 0x20) == 'x' && isxdigit((unsigned char)text[2])) {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
		base = 8;
	}
	for (digits = text; isxdigit((unsigned char)*text); text++) {
		unsigned int d = isdigit((unsigned char)*text)
					 ? (unsigned int)(*text - '0')
					 : (unsigned int)((*text | 0x20) - 'a') + 10;

		if (d >= base)
			break;
		if (n > (LLONG_MAX - d) / base)
			return false;
		n = n * base + d;
	}
	if (text == digits)
		return false;
	*number = negative ? -n : n;
	if (end)
		*end = text;
	return true;
}

/* What is no number counts as 0. */
static long long value(const char *text)
{
	long long n = 0;

	return script_number(text, &n, NULL) ? n : 0;
}

/* -pgt, -plt: what both begin with is left out. */
static int prefix_order(const char *a, const char *b)
{
	long long x, y;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	x = value(a);
	y = value(b);
	return (x > y) - (x < y);
}

static bool compare(const char *a, const char *op, const char *b, bool *result)
{
	static const char *const names[] = {"-eq", "-ge", "-gt",  "-le",
					    "-lt", "-ne", "-pgt", "-plt"};
	int order = strcmp(a, b);
	size_t i;

	if (strcmp(op, "=") == 0 || strcmp(op, "==") == 0)
		*result = order == 0;
	else if (strcmp(op, "!=") == 0)
		*result = order != 0;
	else if (strcmp(op, "<") == 0)
		*result = order < 0;
	else if (strcmp(op, "<=") == 0)
		*result = order <= 0;
	else if (strcmp(op, ">") == 0)
		*result = order > 0;
	else if (strcmp(op, ">=") == 0)
		*result = order >= 0;
	else if (strncmp(op, "-nt", 3) == 0 || strncmp(op, "-ot", 3) == 0)
		*result = false; /* files' times are not known here */
	else {
		long long x = value(a), y = value(b);

		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (strcmp(op, names[i]) == 0)
				break;
		}
		switch (i) {
		case 0:
			*result = x == y;
			break;
		case 1:
			*result = x >= y;
			break;
		case 2:
			*result = x > y;
			break;
		case 3:
			*result = x <= y;
			break;
		case 4:
			*result = x < y;
			break;
		case 5:
			*result = x != y;
			break;
		case 6:
			*result = prefix_order(a, b) > 0;
			break;
		case 7:
			*result = prefix_order(a, b) < 0;
			break;
		default:
			return false;
		}
	}
	return true;
}

static bool is_unary(const char *word)
{
	return word[0] == '-' && word[1] && strchr("defnsz", word[1]) && !word[2];
}

static bool unary(const struct test *t, char op, const char *operand)
{
	if (op == 'n' || op == 'z')
		return (op == 'z') == !*operand;
	return t->file_test(t->ctx, op, operand);
}

/* Recursion is bounded by PARENTHESES_MAX. */
/* NOLINTBEGIN(misc-no-recursion) */

static bool expression(struct test *t)
{
	bool either = false, all = true, invert = false;

	while (t->at < t->n) {
		const char *word = t->arg[t->at];
		size_t left = t->n - t->at;
		bool result;

		if (left >= 3 && compare(word, t->arg[t->at + 1], t->arg[t->at + 2], &result)) {
			t->at += 3;
		} else if (left >= 2 && is_unary(word)) {
			result = unary(t, word[1], t->arg[t->at + 1]);
			t->at += 2;
		} else {
			t->at++;
			if (strcmp(word, ")") == 0)
				break;
			if (strcmp(word, "!") == 0) {
				invert = !invert;
				continue;
			}
			if (strcmp(word, "-a") == 0)
				continue;
			if (strcmp(word, "-o") == 0) {
				either = either || all;
				all = true;
				continue;
			}
			if (strcmp(word, "(") == 0) {
				if (t->depth == PARENTHESES_MAX) {
					t->at = t->n;
					return false;
				}
				t->depth++;
				result = expression(t);
				t->depth--;
			} else {
				result = *word;
			}
		}
		all = all && result != invert;
		invert = false;
	}
	return either || all;
}

bool script_test(char *const *arg, size_t n,
		 bool (*file_test)(void *ctx, char what, const char *path), void *ctx)
{
	struct test t = {.arg = arg, .n = n, .file_test = file_test, .ctx = ctx};

	return expression(&t);
}

/* NOLINTEND(misc-no-recursion) */
