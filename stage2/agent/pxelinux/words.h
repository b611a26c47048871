/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words as PXELINUX splits them: only white space separates, there are no quotes. Private to
 * this folder.
 */
#ifndef XENPXE_PXELINUX_WORDS_H
#define XENPXE_PXELINUX_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* White space is every control character and DEL, as in syslinux. */
static inline bool word_space(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static inline const char *word_skip_space(const char *s)
{
	while (*s && word_space(*s))
		s++;
	return s;
}

/* Bytes of the word that begins at @s. */
static inline size_t word_len(const char *s)
{
	size_t n = 0;

	while (!word_space(s[n]))
		n++;
	return n;
}

/* The part of a file name behind its directory; @len becomes that part's length. */
static inline const char *word_base_name(const char *name, size_t *len)
{
	size_t at = *len;

	while (at > 0 && name[at - 1] != '/' && name[at - 1] != ':' && name[at - 1] != '\\')
		at--;
	*len -= at;
	return name + at;
}

static inline bool word_is(const char *word, size_t len, const char *what)
{
	return strlen(what) == len && strncasecmp(word, what, len) == 0;
}

static inline bool word_ends_in(const char *word, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && strncasecmp(word + len - n, suffix, n) == 0;
}

#endif
