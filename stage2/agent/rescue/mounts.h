/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person has mounted in rescue. It must be gone before the domain is handed over: a disk
 * that is in use cannot be closed.
 */
#ifndef XENPXE_RESCUE_MOUNTS_H
#define XENPXE_RESCUE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

#define MOUNTS_TEXT_MAX 65536 /* bytes of /proc/self/mountinfo that are looked at */

struct mounts_line {
	char where[256], source[128]; /* not escaped */
	unsigned int major, minor; /* of the device that the file system lies on, if it is one */
	bool writable;
};

/**
 * mounts_next() - the next line of mountinfo (proc(5)). Pure.
 * @text: moved behind the line
 *
 * Lines that cannot be read, and those whose names do not fit, are left out.
 *
 * Return: false: there is none.
 */
bool mounts_next(const char **text, struct mounts_line *line);

/**
 * mounts_find() - where a block device is mounted.
 * @path: "/dev/xvda1", by any of its names
 *
 * Return: false: nowhere.
 */
bool mounts_find(const char *path, struct mounts_line *line);

/**
 * mounts_undo() - unmount all that was mounted in rescue, the last one first; what was written is
 * on the disks then.
 * @err: ERR_SYSTEM: one is busy, with the process that uses it; nothing is forced
 *
 * Return: 0 or -1.
 */
int mounts_undo(struct error *err);

/**
 * mounts_holders() - is any disk below a volume or an array?
 * @sysfs: "/sys"; tests give another root
 * @err:   ERR_SYSTEM: which one, below what
 *
 * Return: 0: none is; -1.
 */
int mounts_holders(const char *sysfs, struct error *err);

/**
 * mounts_in_use() - is any of the guest's disks still used: mounted, or below a volume or an array?
 * @err: ERR_SYSTEM: yes, which one by what
 *
 * Return: 0: none is; -1.
 */
int mounts_in_use(struct error *err);

#endif
