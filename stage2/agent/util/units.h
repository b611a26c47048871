/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_UNITS_H
#define XENPXE_UTIL_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define UNITS_TEXT_MAX 16 /* bytes that any of these texts needs, with its NUL */

/**
 * units_bytes() - a number of bytes as people read it: "512 B", "4.2 kB", "31.0 MB" (powers of
 * 1000).
 *
 * Return: @buf, which holds UNITS_TEXT_MAX bytes.
 */
char *units_bytes(char *buf, uint64_t bytes);

/**
 * units_rate() - "2.1 MB/s" from bytes and milliseconds; a time of 0 counts as 1.
 */
char *units_rate(char *buf, uint64_t bytes, uint64_t ms);

#endif
