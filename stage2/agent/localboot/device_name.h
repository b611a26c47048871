/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's names of devices. Pure. */
#ifndef XENPXE_LOCALBOOT_DEVICE_NAME_H
#define XENPXE_LOCALBOOT_DEVICE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define GRUB_NAME_SIZE 300

enum grub_kind {
	GRUB_NUMBER, /* "hd0": the number of a disk */
	GRUB_DISK, /* "xen/xvda": a disk's name */
	GRUB_VOLUME /* "lvm/vg-lv", "lvmid/VG/LV", "md/0", "mduuid/…": as it is in @name */
};

struct grub_device {
	enum grub_kind kind;
	unsigned int number; /* GRUB_NUMBER: from 0 */
	char name[GRUB_NAME_SIZE]; /* GRUB_DISK, GRUB_VOLUME */
	unsigned int partition; /* from 1, as GRUB 2 counts; 0: the whole device */
};

/**
 * grub_device_parse() - read a name without its parentheses, such as "hd0,gpt2", "hd1,3",
 * "xen/xvda,msdos5".
 *
 * Return: false: it is none that a guest's disk can have.
 */
bool grub_device_parse(const char *text, struct grub_device *out);

/**
 * grub_lvm_name() - "lvm/vg-lv" of a logical volume: as GRUB, with dashes inside of the names
 * doubled.
 */
void grub_lvm_name(char *buf, size_t size, const char *vg, const char *lv);

#endif
