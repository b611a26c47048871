/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files for fuzz targets of local boot's readers: a line with a single FF byte separates them. The
 * first is the configuration; of every other name the last character chooses.
 */
#ifndef XENPXE_TESTS_LOCAL_FUZZ_H
#define XENPXE_TESTS_LOCAL_FUZZ_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/entry.h"
#include "parts.h"

struct fuzz_files {
	const char *config; /* its path */
	struct parts parts;
};

static inline void fuzz_check_path(const char *path)
{
	size_t len = strlen(path);

	assert(path[0] == '/' && len < 4096);
	assert(!strstr(path, "//") && !strstr(path, "/./") && !strstr(path, "/../"));
	assert(len < 3 || strcmp(path + len - 3, "/..") != 0);
}

static inline int fuzz_read(void *ctx, const char *fs, const char *path, uint8_t **data,
			    size_t *len, struct error *err)
{
	const struct fuzz_files *files = ctx;
	size_t i = 0;

	(void)fs;
	fuzz_check_path(path);
	if (strcmp(path, files->config) != 0)
		i = (uint8_t)path[strlen(path) - 1] % PARTS_MAX;
	if (i >= files->parts.n)
		return error_set(err, i & 1 ? ERR_NOT_FOUND : ERR_SYSTEM, "no file");
	*data = malloc(files->parts.len[i] ? files->parts.len[i] : 1);
	assert(*data);
	memcpy(*data, files->parts.text[i], files->parts.len[i]);
	*len = files->parts.len[i];
	return 0;
}

static inline int fuzz_list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
			    struct error *err)
{
	(void)ctx;
	(void)fs;
	(void)names;
	(void)n;
	fuzz_check_path(path);
	return error_set(err, ERR_NOT_FOUND, "no directory");
}

static bool fuzz_test(void *ctx, char what, const char *fs, const char *path)
{
	(void)ctx;
	(void)fs;
	fuzz_check_path(path);
	return what != 'd' && path[strlen(path) - 1] != 'x';
}

static bool fuzz_search(void *ctx, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE])
{
	(void)ctx;
	(void)by;
	if (!value[0])
		return false;
	snprintf(fs, LOCAL_FS_SIZE, "fs%c", value[strlen(value) - 1]);
	return true;
}

/* What entry.h promises of a menu, and frees it. */
static inline void fuzz_check_menu(struct local_menu *menu, int ret)
{
	assert(ret || (menu->n > 0 && menu->chosen < menu->n));
	assert(menu->n <= LOCAL_ENTRY_MAX);
	for (size_t i = 0; i < menu->n; i++) {
		const struct local_entry *e = &menu->entry[i];

		assert(e->title && e->submenu && e->id && e->source && e->kernel && e->args);
		assert(memchr(e->fs, '\0', sizeof(e->fs)) && e->n_initrd <= LOCAL_INITRD_MAX);
		assert(ret || e->kernel[0] || e->problem);
		if (e->kernel[0])
			fuzz_check_path(e->kernel);
		for (size_t j = 0; j < e->n_initrd; j++)
			fuzz_check_path(e->initrd[j]);
		for (const char *s = e->problem ? e->problem : ""; *s; s++)
			assert(*s >= 0x20 && *s < 0x7f);
	}
	for (size_t i = 0; i < menu->n_warning; i++) {
		for (const char *s = menu->warning[i]; *s; s++)
			assert(*s >= 0x20 && *s < 0x7f);
	}
	local_menu_free(menu);
}

#endif
