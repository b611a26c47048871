/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put a file of the image into the toolstack's directory, under a name nobody else has.
 */
#ifndef XENPXE_STAGE1_PLACE_H
#define XENPXE_STAGE1_PLACE_H

#include <stdbool.h>

#include "image.h"

#define PLACE_NAME_SIZE 48

/**
 * place_file() - make @src appear in a directory.
 * @dirfd: the directory
 * @what:  begins the new name, "xenpxe-WHAT.XXXXXXXXXXXXXXXX"
 * @links: true: the first of symbolic link, hard link, reflink and copy that works (libxl opens
 *         the path as root and follows links); false: reflink or copy (xapi wants paths that
 *         resolve into its own directory)
 * @src:   the installed file; only ever read
 * @name:  receives the new name, to be unlinked by the caller if the boot is given up
 *
 * Every way creates the name or fails (O_EXCL), so that nothing is ever followed or overwritten.
 *
 * Return: 0, or a negative errno value: that of the copy, the last way. Nothing is left behind
 * then.
 */
int place_file(int dirfd, const char *what, bool links, const struct image_file *src,
	       char name[PLACE_NAME_SIZE]);

#endif
