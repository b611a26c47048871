/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's disks, as stage two sees them (symbol DISKS).
 */
#ifndef XENPXE_DISK_DISK_H
#define XENPXE_DISK_DISK_H

#include <stdbool.h>
#include <stddef.h>

#define DISK_NAME_SIZE 32

/**
 * disk_names() - the disks by the names of their devices below /dev.
 * @names: receives up to @max of them, in order: xvda, xvdb; xvda2 before xvda10
 * @sysfs: as of disk_list_text()
 *
 * Return: how many.
 */
size_t disk_names(char (*names)[DISK_NAME_SIZE], size_t max, const char *sysfs);

/**
 * disk_answers() - does a disk read at all? One whose backend has died would make whoever reads it
 * wait for ever.
 * @name: of its device below /dev
 * @ms:   how long it may take
 *
 * Who waits for the disk stays, and is not joined by another: the next call says false at once
 * while it does.
 *
 * Return: false if nothing came in that time; an error is an answer.
 */
bool disk_answers(const char *name, unsigned int ms);

/**
 * disk_list_text() - the disks in words, for the console: "xvda 4.3 GB, xvdb 650.1 MB (read-only)".
 * @buf:   receives a NUL-terminated list, sorted by name; what does not fit is cut at a whole
 *         disk and ends in ", ...". "" if there is none.
 * @size:  of @buf in bytes, at least 16
 * @sysfs: "/sys"; tests give another root. A disk is a block device on a xenbus "vbd-N" that is
 *         not a partition.
 *
 * Return: @buf.
 */
char *disk_list_text(char *buf, size_t size, const char *sysfs);

#endif
