/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was tried in one round, and why it failed. Pure. */
#ifndef XENPXE_POLICY_TRIED_H
#define XENPXE_POLICY_TRIED_H

#include <stddef.h>

#include "policy/keys.h"
#include "util/error.h"

struct tried {
	struct {
		enum way way;
		struct error err;
	} way[WAY_MAX];
	size_t n;
};

/**
 * tried_add() - one way has failed. More than WAY_MAX are dropped.
 */
void tried_add(struct tried *tried, enum way way, const struct error *err);

/**
 * tried_text() - all ways in one text: the last one's reason alone is seldom what matters.
 * @between: what stands between two ways, "; " or "\n"
 * @buf:     receives "net: WHY; local: WHY", cut at @size - 1; "" if nothing was tried
 *
 * Return: @buf.
 */
char *tried_text(const struct tried *tried, const char *between, char *buf, size_t size);

#endif
