/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and paths. A file system that "search" found is the device "fs:NAME" to the script; what
 * else stands in parentheses or in $root is GRUB's own name for a disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/grub_run.h"
#include "util/escape.h"

#define PREFIX "fs:"

bool grub_search(struct grub *g, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE])
{
	struct grub_found *found;

	for (size_t i = 0; i < g->n_found; i++) {
		found = &g->found[i];
		if (found->by == by && strcmp(found->value, value) == 0) {
			memcpy(fs, found->fs, LOCAL_FS_SIZE);
			return true;
		}
	}
	if (!script_work(&g->script, GRUB_WORK_READ) ||
	    !g->files->search(g->files->ctx, by, value, fs))
		return false;
	fs[LOCAL_FS_SIZE - 1] = '\0';
	if (g->n_found < GRUB_FOUND_MAX) {
		found = &g->found[g->n_found];
		found->by = by;
		memcpy(found->fs, fs, LOCAL_FS_SIZE);
		found->value = script_copy(&g->script.memory, value, strlen(value));
		if (found->value)
			g->n_found++;
	}
	return true;
}

char *grub_device(struct grub *g, const char *fs)
{
	return grub_print(g, PREFIX "%s", fs);
}

static bool device(struct grub *g, const char *name, size_t len, char fs[LOCAL_FS_SIZE])
{
	char copy[256];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (strncmp(copy, PREFIX, strlen(PREFIX)) == 0)
		return (size_t)snprintf(fs, LOCAL_FS_SIZE, "%s", copy + strlen(PREFIX)) <
		       LOCAL_FS_SIZE;
	return *copy && grub_search(g, LOCAL_BY_GRUB, copy, fs);
}

bool grub_locate(struct grub *g, const char *name, char fs[LOCAL_FS_SIZE], const char **path)
{
	const char *end = name[0] == '(' ? strchr(name, ')') : NULL;
	const char *root;

	if (end && end > name + 1) {
		*path = end + 1;
		return device(g, name + 1, (size_t)(end - name) - 1, fs);
	}
	*path = end ? end + 1 : name;
	root = script_get(&g->script, "root");
	if (!*root) {
		snprintf(fs, LOCAL_FS_SIZE, "%s", g->fs);
		return true;
	}
	if (*root == '(' && strchr(root, ')')) /* set root=(hd0,1), as GRUB Legacy had it */
		return device(g, root + 1, strcspn(root + 1, ")"), fs);
	return device(g, root, strlen(root), fs);
}

static bool test(struct grub *g, char what, const char *fs, const char *path)
{
	return *path == '/' && script_work(&g->script, GRUB_WORK_TEST) &&
	       g->files->test(g->files->ctx, what, fs, path);
}

bool grub_file_test(void *grub, char what, const char *name)
{
	struct grub *g = grub;
	char fs[LOCAL_FS_SIZE];
	const char *path;

	return grub_locate(g, name, fs, &path) && test(g, what, fs, path);
}

/* A disk of a PC, which may be numbered in another way in a guest. */
static bool is_disk(const char *device)
{
	device += *device == '(';
	return strncmp(device, "hd", 2) == 0 || strncmp(device, PREFIX, strlen(PREFIX)) == 0;
}

bool grub_locate_boot(struct grub *g, const char *name, char fs[LOCAL_FS_SIZE], const char **path,
		      const char **problem)
{
	bool there = grub_locate(g, name, fs, path);
	const char *device = *name == '(' ? name : script_get(&g->script, "root");
	char shown[128];

	if (!**path) {
		*problem = grub_print(g, "\"%s\" names no file",
				      escape_str(shown, sizeof(shown), name));
		return false;
	}
	*path = grub_print(g, "%s%s", **path == '/' ? "" : "/", *path);
	if (!*path)
		return false;
	if (there && (strcmp(fs, g->fs) == 0 || test(g, 'f', fs, *path)))
		return true;
	/* A disk that was copied or renumbered: pygrub only ever looks beside grub.cfg. */
	if (is_disk(device) && test(g, 'f', g->fs, *path)) {
		snprintf(fs, LOCAL_FS_SIZE, "%s", g->fs);
		grub_warn_once(g, grub_print(g, "%s is not where the script says, but beside it",
					     escape_str(shown, sizeof(shown), name)));
		return true;
	}
	if (there)
		return true;
	*problem = grub_print(g, "%s: no disk or partition of this guest is called so",
			      escape_str(shown, sizeof(shown), device));
	return false;
}

int grub_read_file(struct grub *g, const char *name, uint8_t **data, size_t *len, struct error *err)
{
	char fs[LOCAL_FS_SIZE], shown[128];
	const char *path;

	escape_str(shown, sizeof(shown), name);
	if (!grub_locate(g, name, fs, &path) || *path != '/')
		return error_set(err, ERR_NOT_FOUND, "%s: no such device or path", shown);
	if (!script_work(&g->script, GRUB_WORK_READ))
		return error_set(err, ERR_CONFIG, "%s", g->script.err.text);
	if (g->files->read(g->files->ctx, fs, path, data, len, err))
		return -1;
	if (!script_work(&g->script, *len)) {
		free(*data);
		return error_set(err, ERR_CONFIG, "%s", g->script.err.text);
	}
	return 0;
}

/* Does @name match @pattern, where \001 stands for any characters? */
static bool matches(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	if (name[0] == '.' && pattern[0] != '.')
		return false;
	while (*name) {
		if (*pattern == '\001') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '\001')
		pattern++;
	return !*pattern;
}

/* Only the last part of a path may have a '*'. */
bool grub_glob(void *grub, struct script *s, const char *pattern, struct script_words *words)
{
	struct grub *g = grub;
	const char *last = strrchr(pattern, '/'), *path, *word;
	char fs[LOCAL_FS_SIZE], **names = NULL, *dir;
	struct error err = {0};
	size_t n = 0;
	bool any = false;

	if (!last || memchr(pattern, '\001', (size_t)(last - pattern)))
		return false;
	dir = script_copy(&s->memory, pattern, (size_t)(last - pattern) + 1);
	if (!dir || !grub_locate(g, dir, fs, &path) || *path != '/')
		return false;
	if (!script_work(s, GRUB_WORK_READ) ||
	    g->files->list(g->files->ctx, fs, path, &names, &n, &err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (script_work(s, 64) && matches(last + 1, names[i]) &&
		    (word = grub_print(g, "%s%s", dir, names[i])) != NULL) {
			any = true;
			script_add_word(s, words, word);
		}
		free(names[i]);
	}
	free(names);
	return any;
}
