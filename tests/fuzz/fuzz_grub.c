/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memmem() */
/*
 * A grub.cfg with the files that it reads: run, and each of its entries with it. A line with a
 * single FF byte separates files; the first is grub.cfg, the second grubenv, the others are files
 * whose number is the last character of their name, or BLS entries.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "localboot/grub.h"

#define FILES_MAX 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number of a file, or FILES_MAX. */
static size_t number(const struct parts *files, const char *path)
{
	size_t len = strlen(path), i = FILES_MAX;

	assert(path[0] == '/');
	if (strcmp(path, "/boot/grub/grub.cfg") == 0)
		i = 0;
	else if (len > 8 && strcmp(path + len - 8, "/grubenv") == 0)
		i = 1;
	else if (len > 5 && strcmp(path + len - 5, ".conf") == 0)
		i = (size_t)(path[len - 6] - '0');
	else
		i = (size_t)(path[len - 1] - '0');
	return i < files->n ? i : FILES_MAX;
}

static int read_file(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		     struct error *err)
{
	const struct parts *files = ctx;
	size_t i = number(files, path);

	assert(strlen(fs) < LOCAL_FS_SIZE);
	if (i == FILES_MAX)
		return error_set(err, ERR_NOT_FOUND, "no such file");
	*data = malloc(files->len[i] + 1);
	assert(*data);
	memcpy(*data, files->text[i], files->len[i]);
	*len = files->len[i];
	return 0;
}

static int list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		struct error *err)
{
	const struct parts *files = ctx;
	char name[16];

	(void)err;
	assert(fs && path[0] == '/');
	*names = calloc(files->n + 1, sizeof(**names));
	assert(*names);
	for (*n = 0; *n < files->n; (*n)++) {
		snprintf(name, sizeof(name), "%zu.conf", *n);
		(*names)[*n] = strdup(name);
	}
	return 0;
}

static bool test(void *ctx, char what, const char *fs, const char *path)
{
	size_t i = number(ctx, path);

	assert(strchr("defs", what) && fs);
	return what == 'd' ? i == FILES_MAX : i != FILES_MAX;
}

static bool search(void *ctx, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE])
{
	(void)ctx;
	assert(by <= LOCAL_BY_GRUB);
	snprintf(fs, LOCAL_FS_SIZE, "%.20s", value);
	return strlen(value) % 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parts files;
	const struct local_files local = {
		.read = read_file, .list = list, .test = test, .search = search, .ctx = &files};
	struct local_menu menu = {0};
	struct error err = {0};

	parts_split(&files, FILES_MAX, data, size);
	if (grub_read(&local, "", "/boot/grub/grub.cfg", &menu, &err))
		assert(!menu.n && err.text[0]);
	else
		assert(menu.n && menu.chosen < menu.n);
	for (size_t i = 0; i < menu.n_warning; i++) {
		for (const char *c = menu.warning[i]; *c; c++)
			assert(*c >= 0x20 && *c < 0x7f);
	}
	for (size_t i = 0; i < menu.n; i++) {
		const struct local_entry *e = &menu.entry[i];

		assert(e->title && e->submenu && e->id && e->source && e->args);
		assert(e->problem || e->kernel[0] == '/');
		assert(e->n_initrd <= LOCAL_INITRD_MAX);
		for (size_t k = 0; k < e->n_initrd; k++)
			assert(e->initrd[k][0] == '/' && strlen(e->initrd_fs[k]) < LOCAL_FS_SIZE);
	}
	local_menu_free(&menu);
	return 0;
}
