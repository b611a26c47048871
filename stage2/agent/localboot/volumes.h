/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file systems of the guest's disks: found, mounted read-only, and given to the readers of
 * boot menus as a struct local_files. Everything is undone by local_close(), which must be called
 * before the hand-over: a disk that is in use cannot be closed.
 *
 * A file system is named as the kernel names its device, "xvda2"; a logical volume "vg/lv", an
 * array "md/NAME"; where there is one of that name already, with "~2" behind it.
 */
#ifndef XENPXE_LOCALBOOT_VOLUMES_H
#define XENPXE_LOCALBOOT_VOLUMES_H

#include <stddef.h>

#include "localboot/entry.h"
#include "util/error.h"

struct local_volumes;

/**
 * local_open() - find and mount what is on this guest's disks.
 * @out: undo with local_close(), also after -1
 * @err: ERR_NOT_FOUND: there is no disk, or no file system on any that can be mounted; what there
 *       is was said on the console, a line each; ERR_MEMORY
 */
int local_open(struct local_volumes **out, struct error *err);

/**
 * local_open_beside() - the same while a person uses the disks, too (symbol RESCUE): whether they
 * may be written to stays as it is, what is mounted is looked at where it is, and arrays that run
 * are not stopped by local_close().
 */
int local_open_beside(struct local_volumes **out, struct error *err);

/**
 * local_open_images() - the same of disk images, on any machine: as root, by loop devices that go
 * by themselves. Nothing of an image is written.
 * @path: @n files or block devices, which become xvda, xvdb, …; or one directory, whose files
 *        count as those of one file system, "dir", and for which no privilege is needed
 * @err:  also ERR_NOT_FOUND (no such file), ERR_SYSTEM
 */
int local_open_images(struct local_volumes **out, const char *const path[], size_t n,
		      struct error *err);

/**
 * local_filesystems() - the file systems that were mounted, in the order in which they are looked
 * at: of each disk the whole one if it has no partition table, else its active partitions, then
 * the others, then arrays and logical volumes of which it is the first disk.
 * @name: receives pointers that are good until local_close()
 * @disk: receives the number of the (first) disk that each is on, from 0
 * @max:  how many there is room for
 *
 * Return: how many there are.
 */
size_t local_filesystems(const struct local_volumes *volumes, const char *name[], size_t disk[],
			 size_t max);

/**
 * local_files() - their files. "" as a file system is the first one.
 */
struct local_files local_files(struct local_volumes *volumes);

/**
 * local_open_file() - open a kernel or ramdisk.
 * @err: ERR_NOT_FOUND, ERR_CONFIG (it is no regular file), ERR_SYSTEM; the text names the file
 *
 * Where a file system's /boot lies on another one, and the path is a symbolic link into it
 * (/vmlinuz -> boot/vmlinuz-6.1), it is found there.
 *
 * Return: open for reading, until local_close() closes it; or -1.
 */
int local_open_file(struct local_volumes *volumes, const char *fs, const char *path,
		    struct error *err);

/** local_close_files() - close what local_open_file() opened. */
void local_close_files(struct local_volumes *volumes);

/**
 * local_close() - close all files, unmount, remove logical volumes, stop arrays, close the disks.
 * NULL is fine.
 */
void local_close(struct local_volumes *volumes);

#define LOCAL_VOLUME_MAX 256

#endif
