/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/probe.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/fs.h>

#define UNIT 512 /* what libblkid counts partitions in, whatever the disk's sectors are */
#define MBR_ACTIVE 0x80
#define GPT_LEGACY_BOOT (1ULL << 2) /* UEFI specification 5.3.3, "Legacy BIOS Bootable" */

static bool is_extended(int type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

int probe_size(int fd, uint64_t *size, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (uint64_t)st.st_size;
		return 0;
	}
	if (ioctl(fd, BLKGETSIZE64, size) == 0)
		return 0;
	return error_set(err, ERR_SYSTEM, "its size cannot be told: %s", strerror(errno));
}

static int by_number(const void *a, const void *b)
{
	const struct partition *p = a, *q = b;

	if (p->active != q->active)
		return p->active ? -1 : 1;
	return p->number < q->number ? -1 : p->number > q->number;
}

void partitions_order(struct partition_table *table)
{
	qsort(table->partition, table->n, sizeof(table->partition[0]), by_number);
}

static blkid_probe new_probe(int fd, uint64_t start, uint64_t size, struct error *err)
{
	blkid_probe pr = blkid_new_probe();

	if (pr && blkid_probe_set_device(pr, fd, (blkid_loff_t)start, (blkid_loff_t)size) == 0)
		return pr;
	blkid_free_probe(pr);
	error_set(err, ERR_MEMORY, "libblkid cannot look at it");
	return NULL;
}

static void lookup(blkid_probe pr, const char *name, char *out, size_t size)
{
	const char *value;

	if (blkid_probe_lookup_value(pr, name, &value, NULL) == 0)
		snprintf(out, size, "%s", value);
}

static void take(struct partition_table *table, blkid_partition p, uint64_t disk)
{
	blkid_loff_t start = blkid_partition_get_start(p), size = blkid_partition_get_size(p);
	bool gpt = strcmp(table->type, "gpt") == 0;
	unsigned long long flags = blkid_partition_get_flags(p);
	uint64_t first, len, end;

	if (table->n == PARTITION_MAX || blkid_partition_get_partno(p) < 1 || start < 0 ||
	    size <= 0 || (!gpt && is_extended(blkid_partition_get_type(p))))
		return;
	if (__builtin_mul_overflow((uint64_t)start, UNIT, &first) ||
	    __builtin_mul_overflow((uint64_t)size, UNIT, &len) ||
	    __builtin_add_overflow(first, len, &end) || first >= disk)
		return;
	if (end > disk)
		len = disk - first; /* the kernel cuts it, too */
	table->partition[table->n++] = (struct partition){
		.number = (unsigned int)blkid_partition_get_partno(p),
		.start = first,
		.size = len,
		.active = gpt ? (flags & GPT_LEGACY_BOOT) != 0 : (flags & MBR_ACTIVE) != 0,
	};
}

/* @sector: 0: the device knows it itself */
static int read_table(int fd, uint64_t size, unsigned int sector, struct partition_table *table,
		      struct error *err)
{
	blkid_probe pr = new_probe(fd, 0, size, err);
	blkid_partlist list;

	if (!pr)
		return -1;
	if (sector)
		blkid_probe_set_sectorsize(pr, sector);
	blkid_probe_enable_superblocks(pr, 0);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_ENTRY_DETAILS);
	if (blkid_do_safeprobe(pr) == 0)
		lookup(pr, "PTTYPE", table->type, sizeof(table->type));
	/* (This probes once more, and what was looked up is gone.) */
	list = table->type[0] ? blkid_probe_get_partitions(pr) : NULL;
	for (int i = 0; list && i < blkid_partlist_numof_partitions(list); i++)
		take(table, blkid_partlist_get_partition(list, i), size);
	blkid_free_probe(pr);
	return 0;
}

int probe_partitions(int fd, struct partition_table *table, struct error *err)
{
	struct partition_table other = {.n = 0};
	uint64_t size;
	struct stat st;

	*table = (struct partition_table){.n = 0};
	if (probe_size(fd, &size, err) || read_table(fd, size, 0, table, err))
		return -1;
	/* A file does not tell the sectors of the disk that it is an image of. At 512 bytes a GPT
	 * of larger ones has only its protective MBR to show. */
	if (strcmp(table->type, "gpt") != 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (read_table(fd, size, 4096, &other, err))
			return -1;
		if (strcmp(other.type, "gpt") == 0)
			*table = other;
	}
	partitions_order(table);
	return 0;
}

int probe_content(int fd, uint64_t start, uint64_t size, struct content *content, struct error *err)
{
	blkid_probe pr = new_probe(fd, start, size, err);
	char usage[16] = "";

	*content = (struct content){.filesystem = false};
	if (!pr)
		return -1;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID |
						      BLKID_SUBLKS_LABEL | BLKID_SUBLKS_USAGE |
						      BLKID_SUBLKS_VERSION);
	if (blkid_do_safeprobe(pr) == 0) {
		lookup(pr, "TYPE", content->type, sizeof(content->type));
		lookup(pr, "UUID", content->uuid, sizeof(content->uuid));
		lookup(pr, "LABEL", content->label, sizeof(content->label));
		lookup(pr, "VERSION", content->version, sizeof(content->version));
		lookup(pr, "USAGE", usage, sizeof(usage));
		content->filesystem = strcmp(usage, "filesystem") == 0;
	}
	blkid_free_probe(pr);
	return 0;
}
