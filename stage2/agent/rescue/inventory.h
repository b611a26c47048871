/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which disk holds what, in words. */
#ifndef XENPXE_RESCUE_INVENTORY_H
#define XENPXE_RESCUE_INVENTORY_H

#include <stdio.h>

/**
 * inventory_protect() - let nothing write to the guest's disks and their partitions until a person
 * says so (BLKROSET). Nothing is read.
 */
void inventory_protect(void);

/**
 * inventory_write() - a line for each disk, partition, volume and array: name, size, what lies
 * there, UUID, label, where it is mounted, and whether it may be written to.
 *
 * Nothing is mounted. A disk that does not answer within three seconds is said to be so, and the
 * others are told all the same.
 */
void inventory_write(FILE *out);

#endif
