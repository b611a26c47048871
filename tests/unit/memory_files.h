/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems in memory, for tests of what reads boot menus through struct local_files. */
#ifndef XENPXE_TEST_MEMORY_FILES_H
#define XENPXE_TEST_MEMORY_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "localboot/entry.h"

#define MEMORY_DISKS_MAX 8
#define MEMORY_FILES_MAX 128

struct memory_disk {
	const char *name; /* as struct local_files calls it */
	const char *uuid, *label; /* "" if it has none */
	const char *grub; /* GRUB's names for it, separated by blanks */
};

struct memory_file {
	const char *disk, *path;
	char *text;
	size_t len;
};

struct memory_files {
	struct memory_disk disk[MEMORY_DISKS_MAX];
	struct memory_file file[MEMORY_FILES_MAX];
	size_t n_disk, n_file;
};

static const struct memory_file *memory_find(const struct memory_files *m, const char *fs,
					     const char *path)
{
	for (size_t i = 0; i < m->n_file; i++) {
		if (strcmp(m->file[i].disk, fs) == 0 && strcmp(m->file[i].path, path) == 0)
			return &m->file[i];
	}
	return NULL;
}

static int memory_read(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		       struct error *err)
{
	const struct memory_file *f = memory_find(ctx, fs, path);

	if (!f)
		return error_set(err, ERR_NOT_FOUND, "%s: no such file", path);
	*data = malloc(f->len + 1);
	if (!*data)
		return error_set(err, ERR_MEMORY, "no memory");
	memcpy(*data, f->text, f->len);
	*len = f->len;
	return 0;
}

/* The name of what lies in @dir on the way to @path, and its length; NULL: nothing. */
static const char *memory_child(const char *dir, const char *path, size_t *len)
{
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	if (strncmp(dir, path, n) != 0 || path[n] != '/')
		return NULL;
	*len = strcspn(path + n + 1, "/");
	return path + n + 1;
}

static int memory_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int memory_list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		       struct error *err)
{
	const struct memory_files *m = ctx;
	char **list = calloc(m->n_file + 1, sizeof(*list));
	size_t count = 0, len;

	for (size_t i = 0; list && i < m->n_file; i++) {
		const char *child = memory_child(path, m->file[i].path, &len);
		bool known = false;

		if (!child || strcmp(m->file[i].disk, fs) != 0)
			continue;
		for (size_t k = 0; k < count; k++)
			known = known || (strlen(list[k]) == len && !memcmp(list[k], child, len));
		if (!known)
			list[count++] = strndup(child, len);
	}
	if (!count) {
		free(list);
		return error_set(err, ERR_NOT_FOUND, "%s: no such directory", path);
	}
	qsort(list, count, sizeof(*list), memory_order);
	*names = list;
	*n = count;
	return 0;
}

static bool memory_test(void *ctx, char what, const char *fs, const char *path)
{
	const struct memory_file *f = memory_find(ctx, fs, path);
	const struct memory_files *m = ctx;
	size_t len;

	if (f)
		return what == 'f' || what == 'e' || (what == 's' && f->len);
	for (size_t i = 0; i < m->n_file && (what == 'd' || what == 'e'); i++) {
		if (strcmp(m->file[i].disk, fs) == 0 && memory_child(path, m->file[i].path, &len))
			return true;
	}
	return false;
}

static bool memory_is_one_of(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}

static bool memory_search(void *ctx, enum local_search by, const char *value,
			  char fs[LOCAL_FS_SIZE])
{
	const struct memory_files *m = ctx;

	for (size_t i = 0; i < m->n_disk; i++) {
		const struct memory_disk *d = &m->disk[i];

		if ((by == LOCAL_BY_UUID && *value && strcasecmp(d->uuid, value) == 0) ||
		    (by == LOCAL_BY_LABEL && *value && strcmp(d->label, value) == 0) ||
		    (by == LOCAL_BY_FILE && memory_test(ctx, 'e', d->name, value)) ||
		    (by == LOCAL_BY_GRUB && memory_is_one_of(d->grub, value))) {
			strncpy(fs, d->name, LOCAL_FS_SIZE - 1);
			fs[LOCAL_FS_SIZE - 1] = '\0';
			return true;
		}
	}
	return false;
}

static inline struct local_files memory_local_files(struct memory_files *m)
{
	return (struct local_files){.read = memory_read,
				    .list = memory_list,
				    .test = memory_test,
				    .search = memory_search,
				    .ctx = m};
}

#endif
