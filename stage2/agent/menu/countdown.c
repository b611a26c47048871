/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/countdown.h"

#include <stdio.h>
#include <string.h>

void countdown_begin(struct countdown *c, const struct menu *menu, uint64_t now_ms)
{
	c->until_ms = menu->timeout_ms ? now_ms + menu->timeout_ms : 0;
	c->total_until_ms = menu->total_timeout_ms ? now_ms + menu->total_timeout_ms : 0;
}

void countdown_stop(struct countdown *c)
{
	c->until_ms = 0;
}

bool countdown_left(const struct countdown *c, uint64_t now_ms, uint64_t *seconds)
{
	uint64_t until = c->until_ms;

	if (!until || (c->total_until_ms && c->total_until_ms < until))
		until = c->total_until_ms;
	if (!until)
		return false;
	*seconds = until > now_ms ? (until - now_ms + 999) / 1000 : 0;
	return true;
}

/* The form between braces that goes with a number: the first for 1, the last for many. */
static const char *form(const char *forms, size_t len, uint64_t number, size_t *form_len)
{
	const char *end = forms + len;

	for (uint64_t n = 1;; n++) {
		const char *comma = memchr(forms, ',', (size_t)(end - forms));

		*form_len = (size_t)((comma ? comma : end) - forms);
		if (!comma || n == number)
			return forms;
		forms = comma + 1;
	}
}

/* @dst has room for a byte more than @at; "#" in @piece is the number. */
static size_t put(char *dst, size_t at, size_t size, const char *piece, size_t len, uint64_t number)
{
	for (; len > 0 && at + 1 < size; piece++, len--) {
		int n = *piece == '#'
				? snprintf(dst + at, size - at, "%llu", (unsigned long long)number)
				: snprintf(dst + at, size - at, "%c", *piece);

		at += (size_t)n;
	}
	return at < size ? at : size - 1;
}

void countdown_text(char *dst, size_t size, const char *message, uint64_t seconds)
{
	size_t at = 0;

	while (*message) {
		const char *close = *message == '{' ? strchr(message, '}') : NULL;
		const char *piece = message;
		size_t len = 1;

		if (close)
			piece = form(message + 1, (size_t)(close - message - 1), seconds, &len);
		at = put(dst, at, size, piece, len, seconds);
		message = close ? close + 1 : message + 1;
	}
	dst[at] = '\0';
}
