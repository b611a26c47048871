/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system, mounted so that nobody else sees it and nothing of it changes: read-only, its
 * journal not replayed, and attached nowhere, so that it is gone when its descriptor is closed.
 */
#ifndef XENPXE_LOCALBOOT_MOUNT_H
#define XENPXE_LOCALBOOT_MOUNT_H

#include <stddef.h>

#include "util/error.h"

#define MOUNT_ROOTS 8

/* The directories that paths of one file system may begin at. Of all but btrfs there is one. */
struct mount {
	int root[MOUNT_ROOTS]; /* root[0]: what GRUB sees */
	size_t n;
};

/**
 * mount_open() - mount the file system on a block device.
 * @type: libblkid's name of it
 * @path: of the device
 * @out:  mount_close() it; of btrfs the top-level volume, then the default subvolume, then those
 *        called @ or root or with a directory boot
 * @err:  ERR_UNSUPPORTED: this image was built without it; ERR_SYSTEM: the kernel refuses, in its
 *        own words
 *
 * Return: 0 or -1.
 */
int mount_open(const char *type, const char *path, struct mount *out, struct error *err);

void mount_close(struct mount *mount);

#endif
