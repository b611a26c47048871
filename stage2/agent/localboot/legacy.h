/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.lst and grub.conf: the configuration of GRUB Legacy (0.97).
 * Source: "info grub" of that version, the nodes "Configuration" and "Commands".
 */
#ifndef XENPXE_LOCALBOOT_LEGACY_H
#define XENPXE_LOCALBOOT_LEGACY_H

#include "localboot/entry.h"
#include "util/error.h"

/**
 * legacy_read() - read a configuration of GRUB Legacy.
 * @fs:   the file system that it is on
 * @path: the configuration; beside it lies the file "default" that "default saved" means
 * @menu: the entries are added, its choice and time-out set. Directives that are not known are
 *        warnings.
 * @err:  what @files said about @path; ERR_CONFIG: it has no entry; ERR_MEMORY
 *
 * "root", "rootnoverify" and "uuid" count when the file system that they name has the kernel;
 * else the kernel is taken from @fs, as pygrub does: GRUB's numbers of disks are those of a
 * machine that the image was perhaps made on. A choice whose files are missing gives way to
 * "fallback".
 *
 * Return: 0 or -1; on -1 what was added to @menu is the caller's to free all the same.
 */
int legacy_read(const struct local_files *files, const char *fs, const char *path,
		struct local_menu *menu, struct error *err);

#endif
