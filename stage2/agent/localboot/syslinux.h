/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extlinux.conf, isolinux.cfg, syslinux.cfg: PXELINUX's language with files of a disk. Source:
 * syslinux.cfg(5); the parser is pxelinux/'s.
 */
#ifndef XENPXE_LOCALBOOT_SYSLINUX_H
#define XENPXE_LOCALBOOT_SYSLINUX_H

#include "localboot/entry.h"
#include "util/error.h"

/**
 * syslinux_read() - read a configuration of EXTLINUX, ISOLINUX or SYSLINUX.
 * @fs:   the file system that it and all it names is on
 * @path: the configuration
 * @menu: the entries are added, its choice and time-out set; what is only a heading is left out,
 *        what cannot be booted has a problem
 * @err:  what @files said about @path; ERR_CONFIG: it has no entry; ERR_MEMORY
 *
 * Names begin at the configuration's own directory, or where they begin with "/" at the file
 * system's root. A kernel that is not in that directory but is at the root is taken there, as
 * pygrub does. The words "initrd=FILE" are not part of the command line.
 *
 * Return: 0 or -1; on -1 what was added to @menu is the caller's to free all the same.
 */
int syslinux_read(const struct local_files *files, const char *fs, const char *path,
		  struct local_menu *menu, struct error *err);

#endif
