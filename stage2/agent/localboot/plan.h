/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps "menu" and "plan": what the keys ask for, found on the disks; and an entry of what was
 * found becomes open files and a command line. */
#ifndef XENPXE_LOCALBOOT_PLAN_H
#define XENPXE_LOCALBOOT_PLAN_H

#include "../plan.h" /* "plan.h" alone would be this file */
#include "localboot/entry.h"
#include "localboot/volumes.h"
#include "policy/keys.h"
#include "util/error.h"

/**
 * local_look() - find the boot menu on the disks, as local_find().
 * @keys: entry, kernel and ramdisk are used
 * @menu: free with local_menu_free() after 0
 */
int local_look(struct local_volumes *volumes, const struct keys *keys, struct local_menu *menu,
	       struct error *err);

/**
 * local_plan() - open an entry's files and compose the final command line.
 * @entry: whose fs "" is the first file system
 * @keys:  tail and console_add are used
 * @out:   its URLs are of files that are open until local_close()
 * @err:   ERR_CONFIG: the entry's problem, more than PLAN_INITRD_MAX ramdisks, a command line over
 *         PLAN_CMDLINE_MAX; otherwise as local_open_file()
 *
 * Return: 0 or -1; on -1 the files that were opened for it are closed again.
 */
int local_plan(struct local_volumes *volumes, const struct local_entry *entry,
	       const struct keys *keys, struct plan *out, struct error *err);

#endif
