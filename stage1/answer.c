/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include <string.h>

struct item {
	const char *name;
	const char *value;
};

#define ITEMS 3

static char *put(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len);
	return at + len;
}

/*
 * A string as Python's repr() writes it and xend's sxp.py reads it: in single quotes, backslash
 * before quote and backslash, \xHH for control characters.
 */
static char *put_sxp_string(char *at, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	*at++ = '\'';
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f) {
			at = put(at, "\\x");
			*at++ = hex[c >> 4];
			*at++ = hex[c & 15];
			continue;
		}
		if (c == '\'' || c == '\\')
			*at++ = '\\';
		*at++ = *text;
	}
	*at++ = '\'';
	return at;
}

static size_t format_sxp(char *buf, const struct item items[ITEMS])
{
	char *at = put(buf, "linux ");

	for (int i = 0; i < ITEMS; i++) {
		at = put(at, "(");
		at = put(at, items[i].name);
		at = put(at, " ");
		at = put_sxp_string(at, items[i].value);
		at = put(at, ")");
	}
	return (size_t)(at - buf);
}

/* pygrub ends the whole answer with one more @end; readers take the empty item for nothing. */
static size_t format_simple(char *buf, const struct item items[ITEMS], char end)
{
	char *at = buf;

	for (int i = 0; i < ITEMS; i++) {
		at = put(at, items[i].name);
		*at++ = ' ';
		at = put(at, items[i].value);
		*at++ = end;
	}
	*at++ = end;
	return (size_t)(at - buf);
}

size_t answer_format(char buf[ANSWER_MAX], enum answer_form form, const struct answer *answer,
		     const char **why)
{
	const struct item items[ITEMS] = {
		{"kernel", answer->kernel},
		{"ramdisk", answer->ramdisk},
		{"args", answer->args},
	};

	for (int i = 0; i < ITEMS; i++) {
		if (strlen(items[i].name) + 1 + strlen(items[i].value) >= ANSWER_ITEM_SIZE) {
			*why = "an item of the answer would have 8192 bytes or more, which the "
			       "toolstack drops";
			return 0;
		}
		if (form == ANSWER_SIMPLE && strchr(items[i].value, '\n')) {
			*why = "the guest's arguments or the output directory hold a line break, "
			       "which --output-format=simple cannot carry";
			return 0;
		}
	}

	switch (form) {
	case ANSWER_SXP:
		return format_sxp(buf, items);
	case ANSWER_SIMPLE:
		return format_simple(buf, items, '\n');
	case ANSWER_SIMPLE0:
		return format_simple(buf, items, '\0');
	}
	*why = "unknown output format";
	return 0;
}
