/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths on the guest's file systems, as text: pure functions. */
#ifndef XENPXE_LOCALBOOT_PATH_H
#define XENPXE_LOCALBOOT_PATH_H

#include <stddef.h>

#define LOCAL_PATH_SIZE 4096 /* of a path with its NUL, as in Linux */

/**
 * path_join() - an absolute path without ".", ".." and empty parts.
 * @dir:  where @name begins if it has no "/" in front; absolute
 * @name: as written in a configuration; ".." never leads above "/"
 * @len:  bytes of @name
 *
 * Return: 0; -1 if the path has no room in @out.
 */
int path_join(char out[LOCAL_PATH_SIZE], const char *dir, const char *name, size_t len);

/**
 * path_dir() - the directory of an absolute path, cut at LOCAL_PATH_SIZE - 1; "/" for "/file".
 */
void path_dir(char out[LOCAL_PATH_SIZE], const char *path);

#endif
