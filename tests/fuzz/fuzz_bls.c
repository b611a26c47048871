/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory of BLS entries. A NUL separates: a file's name, its bytes, the next name and so on.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/bls.h"

#define FILES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
	char *name[FILES_MAX], *text[FILES_MAX];
	size_t n;
};

static int read_file(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		     struct error *err)
{
	const struct files *files = ctx;

	(void)err;
	assert(strcmp(fs, "xvda1") == 0 && strncmp(path, "/loader/entries/", 16) == 0);
	for (size_t i = 0; i < files->n; i++) {
		if (strcmp(files->name[i], path + 16) != 0)
			continue;
		*len = strlen(files->text[i]);
		*data = (uint8_t *)strdup(files->text[i]);
		return 0;
	}
	abort();
}

static int list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		struct error *err)
{
	const struct files *files = ctx;

	(void)err;
	assert(fs && strcmp(path, "/loader/entries") == 0);
	*names = calloc(FILES_MAX, sizeof(**names));
	for (*n = 0; *n < files->n; (*n)++)
		(*names)[*n] = strdup(files->name[*n]);
	return 0;
}

static bool test(void *ctx, char what, const char *fs, const char *path)
{
	(void)ctx;
	assert(what == 'f' && fs && path[0] == '/');
	return strlen(path) % 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct bls_variable variables[] = {{"a", "$a$a"}, {"tuned_initrd", "/t /u"}};
	struct files files = {0};
	const struct local_files local = {
		.read = read_file, .list = list, .test = test, .ctx = &files};
	struct local_menu menu = {0};
	struct error err = {0};

	for (size_t at = 0; at < size && files.n < FILES_MAX; files.n++) {
		size_t n = strnlen((const char *)data + at, size - at);

		files.name[files.n] = strndup((const char *)data + at, n);
		at += n < size - at ? n + 1 : n;
		n = strnlen((const char *)data + at, size - at);
		files.text[files.n] = strndup((const char *)data + at, n);
		at += n < size - at ? n + 1 : n;
	}
	assert(bls_read(&local, "xvda1", "/loader/entries", variables, 2, &menu, &err) == 0);
	for (size_t i = 0; i < menu.n; i++) {
		const struct local_entry *e = &menu.entry[i];

		assert(e->title && e->id && e->source && e->args);
		assert(e->problem || e->kernel[0] == '/');
		for (size_t k = 0; k < e->n_initrd; k++)
			assert(e->initrd[k][0] == '/');
		for (size_t k = 0; k < menu.n; k++) {
			int order = bls_version_compare(e->id, menu.entry[k].id);
			int back = bls_version_compare(menu.entry[k].id, e->id);

			assert((order > 0) == (back < 0) && (order < 0) == (back > 0));
		}
	}
	local_menu_free(&menu);
	for (size_t i = 0; i < files.n; i++) {
		free(files.name[i]);
		free(files.text[i]);
	}
	return 0;
}
