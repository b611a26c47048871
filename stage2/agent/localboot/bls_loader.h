/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of the Boot Loader Specification without a grub.cfg: what systemd-boot makes of them. */
#ifndef XENPXE_LOCALBOOT_BLS_LOADER_H
#define XENPXE_LOCALBOOT_BLS_LOADER_H

#include "localboot/entry.h"
#include "util/error.h"

/**
 * bls_loader_read() - the entries of a directory and the choice of loader.conf(5) beside it.
 * @directory: "…/loader/entries"; loader.conf is in the directory above. Its "default" is a
 *             pattern for an entry's id, with or without ".conf"; without one the first entry
 *             boots. Its "timeout" is taken if it is a number.
 * @menu:      receives what bls_read() finds
 * @err:       as bls_read()
 *
 * Return: 0 or -1; on -1 what was added to @menu is the caller's to free all the same.
 */
int bls_loader_read(const struct local_files *files, const char *fs, const char *directory,
		    struct local_menu *menu, struct error *err);

#endif
