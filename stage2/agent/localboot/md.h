/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays of Linux' software RAID, started read-only: no superblock of a member is written. Nor is
 * that of a write-intent bitmap by stage two's kernel (patches/0007); another Linux 6.1 writes it
 * when the array starts and stops.
 */
#ifndef XENPXE_LOCALBOOT_MD_H
#define XENPXE_LOCALBOOT_MD_H

#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

#define MD_MEMBER_MAX 32

/**
 * md_start() - assemble an array from members that have been found.
 * @version: of their superblocks as libblkid tells it: "1.2", "0.90.0", …
 * @member:  their devices, read-only (BLKROSET), which makes md start the array read-only, too
 * @n:       1 .. MD_MEMBER_MAX; an array that is not complete starts if its level allows it
 * @path:    receives the device's path, "/dev/md0"; undo with md_stop()
 * @fd:      receives it, open for reading
 * @err:     ERR_UNSUPPORTED: the kernel has no md; ERR_SYSTEM
 */
int md_start(const char *version, const dev_t *member, size_t n, char *path, size_t size, int *fd,
	     struct error *err);

/**
 * md_stop() - undo md_start(); nothing else may use the array any more.
 * @fd: closed in any case
 */
int md_stop(int fd, struct error *err);

#endif
