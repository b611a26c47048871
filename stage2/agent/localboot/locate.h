/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local boot: which configuration on which file system, and which of its entries. Reads through
 * struct local_files only.
 *
 * The order is pygrub's, one disk after the other: on each file system of it in turn the first of
 * its configurations that is there (grub.cfg, extlinux, menu.lst). Only when none of them leads to
 * a kernel come the places that pygrub does not know (EFI/VENDOR/grub.cfg, syslinux.cfg,
 * loader/entries), then the next disk. Kernels without any configuration come behind all disks.
 */
#ifndef XENPXE_LOCALBOOT_LOCATE_H
#define XENPXE_LOCALBOOT_LOCATE_H

#include <stddef.h>

#include "localboot/entry.h"
#include "util/error.h"

/* What the administrator asks for. All may be NULL or "". */
struct local_options {
	const char *entry; /* see local_choose() */
	const char
		*kernel; /* a path: no configuration is read; the first file system that has it */
	const char *ramdisk[LOCAL_INITRD_MAX]; /* beside @kernel, on the same file system */
	size_t n_ramdisk;
	const char *args; /* @kernel's command line; with a configuration behind each entry's own */
};

/**
 * local_find() - the menu that a guest boots by.
 * @fs:      the names of its file systems, in the order in which they are looked at: the caller
 *           puts the active partition first
 * @disk:    the number of the disk that each of them is on, ascending; NULL: all are on one
 * @options: NULL: none
 * @menu:    receives the entries, all of one configuration, with @menu->chosen set; free it with
 *           local_menu_free(). Entries whose kernel or ramdisk is not there have a problem that
 *           says so. If no configuration's choice can be booted it is the first one that was
 *           found, and the choice has its problem: another entry is chosen only where the
 *           configuration's own fallback says so. What was passed over is a warning.
 * @err:     ERR_NOT_FOUND: no configuration and no kernel anywhere, or @options->kernel is on no
 *           file system; ERR_CONFIG: the configurations that were found have no entries; the
 *           text says why; ERR_MEMORY
 *
 * Return: 0 or -1; on -1 @menu is empty.
 */
int local_find(const struct local_files *files, const char *const *fs, const size_t *disk,
	       size_t n_fs, const struct local_options *options, struct local_menu *menu,
	       struct error *err);

/**
 * local_choose() - let another entry be the one that boots.
 * @want: the entry's number from 0, counted through all submenus as pygrub does; its title or id;
 *        a path "submenu>entry", each part of which is a title or a number from 0 in its menu, as
 *        in GRUB's variable default. Where nothing fits the whole path its last part may be a
 *        title or an id. NULL and "": no wish.
 *
 * What fits nothing is a warning, and the default stays.
 */
void local_choose(struct local_menu *menu, const char *want);

/**
 * local_check() - look whether an entry's kernel and ramdisks are there.
 *
 * Where one is not, the entry's problem is set; an entry that has a problem keeps it.
 *
 * Return: 0, or -1: @err is ERR_MEMORY.
 */
int local_check(const struct local_files *files, struct local_entry *entry, struct error *err);

#endif
