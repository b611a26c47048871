/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a configuration on this machine's own disk. */
#ifndef XENPXE_CLI_TREE_H
#define XENPXE_CLI_TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct tree {
	char top[PATH_MAX]; /* where a name is looked for first */
	bool upwards; /* then in each directory above it but "/" */
};

/**
 * tree_at() - the tree below a directory: --base DIR.
 * @err: ERR_NOT_FOUND
 */
int tree_at(struct tree *tree, const char *directory, struct error *err);

/**
 * tree_around() - the tree that a file lies in. Nobody says where the server's root is, so a name
 * is looked for beside the file and then in one directory above after the other.
 * @err: ERR_NOT_FOUND: the file's directory is not there
 */
int tree_around(struct tree *tree, const char *file, struct error *err);

/**
 * tree_read() - a file by the name that a configuration has for it.
 * @name: relative, slashes in front of it are dropped as TFTP servers do; ".." is refused
 * @text: receives a malloc()ed buffer, which the caller frees
 * @err:  ERR_NOT_FOUND; otherwise as tree_read_file()
 */
int tree_read(const struct tree *tree, const char *name, uint8_t **text, size_t *len,
	      struct error *err);

/**
 * tree_read_file() - a file by its path on this machine.
 * @err: ERR_NOT_FOUND, ERR_MEMORY (more than a configuration may have), ERR_SYSTEM
 */
int tree_read_file(const char *path, uint8_t **text, size_t *len, struct error *err);

#endif
