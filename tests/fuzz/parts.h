/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several files in one input of a fuzz target: a line with a single FF byte separates them. Needs
 * _GNU_SOURCE.
 */
#ifndef XENPXE_TESTS_PARTS_H
#define XENPXE_TESTS_PARTS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PARTS_MAX 8

struct parts {
	const uint8_t *text[PARTS_MAX];
	size_t len[PARTS_MAX];
	size_t n;
};

/* @max: at most so many, up to PARTS_MAX; the last one has what is left. */
static inline void parts_split(struct parts *parts, size_t max, const uint8_t *data, size_t size)
{
	parts->n = 0;
	for (;;) {
		const uint8_t *end = parts->n + 1 < max ? memmem(data, size, "\xff\n", 2) : NULL;

		parts->text[parts->n] = data;
		parts->len[parts->n++] = end ? (size_t)(end - data) : size;
		if (!end)
			return;
		size -= (size_t)(end - data) + 2;
		data = end + 2;
	}
}

#endif
