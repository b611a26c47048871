/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on a block device: its partition table and what lies in a piece of it. libblkid looks,
 * the kernel is asked for nothing: it need not know partition tables, nor the file system.
 */
#ifndef XENPXE_LOCALBOOT_PROBE_H
#define XENPXE_LOCALBOOT_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define PARTITION_MAX 128 /* of one disk: what GPT has room for in general */

struct partition {
	unsigned int number; /* from 1; the kernel's and GRUB's */
	uint64_t start, size; /* bytes */
	bool active; /* MBR: the active flag; GPT: attribute bit 2, "legacy BIOS bootable" */
};

struct partition_table {
	char type[16]; /* libblkid's: "dos", "gpt", ...; "": the disk has none */
	struct partition partition[PARTITION_MAX];
	size_t n;
};

/* What a piece of a device holds. */
struct content {
	char type[32]; /* libblkid's: "ext4", "swap", "LVM2_member", ...; "": nothing it knows */
	char uuid[64], label[256], version[16]; /* "" where there is none */
	bool filesystem; /* one that files lie in */
};

/**
 * probe_size() - bytes of a block device or a regular file.
 * @fd: open for reading
 * @err: ERR_SYSTEM
 */
int probe_size(int fd, uint64_t *size, struct error *err);

/**
 * probe_partitions() - read the partition table.
 * @fd:    of a block device, whose own sector size counts, or of a regular file, where a GPT tells
 *         whether sectors have 512 or 4096 bytes
 * @table: partitions that files can lie in, inside the disk, as partitions_order() has them; of an
 *         MBR the logical ones with those in front of them, the extended one itself not
 * @err:   ERR_SYSTEM, ERR_MEMORY
 *
 * Return: 0, also when there is no table; or -1.
 */
int probe_partitions(int fd, struct partition_table *table, struct error *err);

/**
 * partitions_order() - in which order pygrub looks at them: active ones first, each kind by
 * number. Pure.
 */
void partitions_order(struct partition_table *table);

/**
 * probe_content() - what lies in a piece of a device.
 * @start, @size: the piece, in bytes
 * @err: ERR_SYSTEM, ERR_MEMORY
 *
 * Return: 0, also when nothing is recognised, or several things are at once; or -1.
 */
int probe_content(int fd, uint64_t start, uint64_t size, struct content *content,
		  struct error *err);

#endif
