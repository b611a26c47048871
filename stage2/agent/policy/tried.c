/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/tried.h"

#include <stdio.h>

void tried_add(struct tried *tried, enum way way, const struct error *err)
{
	if (tried->n == WAY_MAX)
		return;
	tried->way[tried->n].way = way;
	tried->way[tried->n++].err = *err;
}

char *tried_text(const struct tried *tried, const char *between, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < tried->n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s: %s", i ? between : "",
					way_name(tried->way[i].way), tried->way[i].err.text);
	return buf;
}
