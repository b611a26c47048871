/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last resort: kernels that lie in /boot or in the root of a file system, newest first, with
 * the ramdisks that distributions put beside them.
 */
#ifndef XENPXE_LOCALBOOT_VMLINUZ_H
#define XENPXE_LOCALBOOT_VMLINUZ_H

#include <stddef.h>

#include "localboot/entry.h"
#include "util/error.h"

/**
 * vmlinuz_compare() - compare two versions of kernels as dpkg compares versions (Debian Policy
 * section 5.6.12, without epochs): 6.10 is newer than 6.9.
 *
 * Return: less than, equal to or greater than 0 as strcmp(), @a newer: greater.
 */
int vmlinuz_compare(const char *a, const char *b);

/**
 * vmlinuz_read() - the kernels of one file system.
 * @fs:    where they are looked for
 * @roots: the file systems that may be the root and have the command line: /etc/kernel/cmdline;
 *         else "root=" and "rootflags=subvol=" by /etc/fstab, "ro", and what /etc/default/grub
 *         and /etc/default/grub.d say (they are read, not run). @fs is looked at before them.
 * @menu:  receives the entries, the newest first; names with "rescue" behind all others
 * @err:   ERR_NOT_FOUND: no kernel; ERR_MEMORY
 *
 * Return: 0 or -1; on -1 what was added to @menu is the caller's to free all the same.
 */
int vmlinuz_read(const struct local_files *files, const char *fs, const char *const *roots,
		 size_t n_roots, struct local_menu *menu, struct error *err);

#endif
