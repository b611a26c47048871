/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* asprintf() */
#include "cli/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/escape.h"

#define FILE_BYTES_MAX (1024UL * 1024) /* as a guest takes from a server */

static int from_errno(struct error *err, const char *path)
{
	char shown[200];
	/* A directory is no file: what a server has to say about it, too. */
	bool none = errno == ENOENT || errno == ENOTDIR || errno == EISDIR;

	return error_set(err, none ? ERR_NOT_FOUND : ERR_SYSTEM, "%s: %s",
			 escape_str(shown, sizeof(shown), path), strerror(errno));
}

int tree_at(struct tree *tree, const char *directory, struct error *err)
{
	struct stat st;

	tree->upwards = false;
	if (!realpath(directory, tree->top) || stat(tree->top, &st))
		return from_errno(err, directory);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return from_errno(err, directory);
	}
	return 0;
}

int tree_around(struct tree *tree, const char *file, struct error *err)
{
	char *copy = strdup(file);
	int ret;

	if (!copy)
		return error_set(err, ERR_MEMORY, "no memory for a file name");
	ret = tree_at(tree, dirname(copy), err);
	free(copy);
	tree->upwards = true;
	return ret;
}

int tree_read_file(const char *path, uint8_t **text, size_t *len, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char shown[200];
	struct stat st;
	uint8_t *buf;

	if (fd < 0)
		return from_errno(err, path);
	buf = fstat(fd, &st) ? NULL : malloc(FILE_BYTES_MAX + 1);
	if (!buf) {
		close(fd);
		return error_set(err, ERR_MEMORY, "no memory for a configuration");
	}
	*len = 0;
	for (;;) {
		ssize_t n = read(fd, buf + *len, FILE_BYTES_MAX + 1 - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			from_errno(err, path);
		else if (n > 0 && (*len += (size_t)n) > FILE_BYTES_MAX)
			n = error_set(err, ERR_MEMORY,
				      "%s: more than %lu bytes: is this a PXELINUX configuration?",
				      escape_str(shown, sizeof(shown), path), FILE_BYTES_MAX);
		if (n > 0)
			continue;
		close(fd);
		if (n == 0) {
			*text = buf;
			return 0;
		}
		free(buf);
		return -1;
	}
}

static bool leaves_tree(const char *name)
{
	for (const char *p = name; *p; p += strspn(p, "/")) {
		size_t len = strcspn(p, "/");

		if (len == 2 && p[0] == '.' && p[1] == '.')
			return true;
		p += len;
	}
	return false;
}

int tree_read(const struct tree *tree, const char *name, uint8_t **text, size_t *len,
	      struct error *err)
{
	char dir[PATH_MAX], shown[200];

	escape_str(shown, sizeof(shown), name);
	name += strspn(name, "/");
	if (leaves_tree(name))
		return error_set(err, ERR_CONFIG, "%s: leads out of the tree, which servers refuse",
				 shown);
	snprintf(dir, sizeof(dir), "%s", tree->top);
	for (;;) {
		char *path, *slash;
		int ret;

		if (asprintf(&path, "%s/%s", dir, name) < 0)
			return error_set(err, ERR_MEMORY, "no memory for a file name");
		ret = tree_read_file(path, text, len, err);
		free(path);
		if (!ret || err->class != ERR_NOT_FOUND)
			return ret;
		/* No server's root is "/": what lies below that is not looked at. */
		slash = strrchr(dir, '/');
		if (!tree->upwards || !slash || slash == dir)
			break;
		*slash = '\0';
	}
	error_set(err, ERR_NOT_FOUND, "%s: not below %s%s", shown,
		  escape_str(dir, sizeof(dir), tree->top),
		  tree->upwards ? " nor a directory above it" : "");
	return -1;
}
