/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block devices of the device mapper, read-only: logical volumes. */
#ifndef XENPXE_LOCALBOOT_DM_H
#define XENPXE_LOCALBOOT_DM_H

#include <stddef.h>
#include <sys/types.h>

#include "localboot/lvm.h"
#include "util/error.h"

/**
 * dm_create() - make a device of a logical volume.
 * @name: for the kernel's list of devices, at most 127 bytes
 * @lv:   without a problem
 * @pv:   devices of its volume group's physical volumes; 0: that one is not there
 * @dev:  receives the device's number: /dev/dm-MINOR; undo with dm_remove()
 * @err:  ERR_UNSUPPORTED: the kernel has no device mapper; ERR_NOT_FOUND: a physical volume is
 *        missing; ERR_SYSTEM
 */
int dm_create(const char *name, const struct lvm_lv *lv, const dev_t *pv, dev_t *dev,
	      struct error *err);

/**
 * dm_remove() - undo dm_create(); nothing may use the device any more.
 * @err: ERR_SYSTEM
 */
int dm_remove(const char *name, struct error *err);

/**
 * dm_target() - one piece of a volume as the device mapper's tables have it, for the tests, too.
 * @params: at least DM_PARAMS_SIZE bytes
 *
 * Return: the target's name; NULL: one of its physical volumes is missing.
 */
const char *dm_target(const struct lvm_piece *piece, const dev_t *pv, char *params);

#define DM_PARAMS_SIZE (64 + LVM_STRIPE_MAX * 48)

#endif
