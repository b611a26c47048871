/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_LOCALBOOT_GRUB_H
#define XENPXE_LOCALBOOT_GRUB_H

#include "localboot/entry.h"

/**
 * grub_read() - the entries of a grub.cfg: what GRUB (2.12, on the platform xen-x86_64) would show
 * when it runs this file, and which of them it would boot.
 * @files: what the script may look at: grubenv, files that it sources, file systems that it
 * searches
 * @fs:    the file system that it lies on; $root when it begins
 * @path:  of grub.cfg, absolute; $prefix is its directory
 * @menu:  empty; filled. Each entry's script has been run, so that kernel, initrds and arguments
 * are there; those that lead to no kernel say why in "problem". The caller frees it in any case.
 *
 * The script is run with bounds (script.h). When it hits one, the entries and warnings found so far
 * stay, and a warning says so.
 *
 * Return: 0 with one entry or more; -1: @err is as files->read() left it if @path cannot be read,
 * ERR_CONFIG if there is no entry, or ERR_MEMORY.
 */
int grub_read(const struct local_files *files, const char *fs, const char *path,
	      struct local_menu *menu, struct error *err);

#endif
