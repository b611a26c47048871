/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far transfers have come, in one line. Pure.
 */
#ifndef XENPXE_UTIL_PROGRESS_H
#define XENPXE_UTIL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_NAME_MAX 200

struct progress {
	char what[PROGRESS_NAME_MAX]; /* "server:path", printable */
	uint64_t done; /* bytes */
	uint64_t total; /* 0: not known */
	uint64_t ms; /* since it began */
};

/**
 * progress_text() - one line about one transfer or several.
 * @buf:  receives at most @size bytes with the NUL
 * @size: 1 and more; what does not fit is left out: of a single name its beginning, of several
 *        the bar, then the ends of the names, then the names
 * @p:    the transfers
 * @n:    how many, 1 and more
 * @bar:  with a bar that fills
 *
 *   192.0.2.1:vmlinuz  [##--------]  20% of 31.0 MB, 2.1 MB/s, 0:12 left
 *   vmlinuz 20%, initrd 3%  [----------]   8%, 4.2 MB/s, 0:20 left
 *   vmlinuz-6.1. 20%, initrd.img-6 3%  8%, 4.2 MB/s, 0:20 left
 *   7 files  [----------]   8%, 4.2 MB/s, 0:20 left
 *
 * Of a size that is not known only bytes and rate are told. The rate is the average since the
 * transfer began, and so is the time that is left.
 *
 * Return: length.
 */
size_t progress_text(char *buf, size_t size, const struct progress *p, size_t n, bool bar);

#endif
