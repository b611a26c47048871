/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file's text, for tests that read their cases. Behind cmocka.h. */
#ifndef XENPXE_TESTS_READ_FILE_H
#define XENPXE_TESTS_READ_FILE_H

#include <stdio.h>
#include <stdlib.h>

/* Return: malloc()ed, ends in NUL. */
static inline char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;
	long size;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), size);
	text[size] = '\0';
	fclose(f);
	return text;
}

#endif
