/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "localboot/volumes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/openat2.h>

#include "disk/disk.h"
#ifdef CONFIG_LOCALBOOT_LVM
#include "localboot/dm.h"
#include "localboot/lvm.h"
#endif
#include "localboot/device_name.h"
#ifdef CONFIG_PLAN
#include "localboot/loop.h"
#endif
#ifdef CONFIG_LOCALBOOT_MD
#include "localboot/md.h"
#endif
#include "localboot/mount.h"
#include "localboot/probe.h"
#ifdef CONFIG_RESCUE
#include "rescue/mounts.h"
#endif
#include "util/console.h"
#include "util/escape.h"

#define DISK_MAX 64
#define DISK_ANSWER_MS 5000
#define OPEN_MAX (1 + LOCAL_INITRD_MAX)
#define VG_MAX 16
#define SECTOR 512ULL

enum volume_kind { ON_DISK, ON_MD, ON_LVM, DIRECTORY };

/* A place where a file system can be. */
struct volume {
	enum volume_kind kind;
	bool not_ours; /* ON_MD: somebody else has started it */
	char name[LOCAL_FS_SIZE]; /* fit to be shown */
	char path[LOCAL_FS_SIZE + 8]; /* of the device */
	int fd; /* of the device; -1: none */
	size_t disk; /* index; of several that it is on the first */
	unsigned int partition; /* ON_DISK: 0: the whole */
	char grub[2][GRUB_NAME_SIZE]; /* ON_MD, ON_LVM: what GRUB calls it */
	char mapping[64]; /* ON_LVM: the name for dm_remove(); "": a loop device */
	struct content content;
	struct mount mount; /* n == 0: not mounted */
};

struct local_volumes {
	struct volume volume[LOCAL_VOLUME_MAX];
	size_t n;
	struct {
		char name[DISK_NAME_SIZE];
		int fd;
		bool partitions; /* it has some */
	} disk[DISK_MAX];
	size_t n_disk;
	bool images; /* pieces become loop devices */
	bool beside; /* others use the disks, too: see local_open_beside() */
	int open[OPEN_MAX];
	size_t n_open;
};

/* --- devices --- */

static struct volume *new_volume(struct local_volumes *v, enum volume_kind kind, struct error *err)
{
	struct volume *volume = &v->volume[v->n];

	if (v->n == LOCAL_VOLUME_MAX) {
		error_set(err, ERR_MEMORY, "there are more than %d partitions and volumes",
			  LOCAL_VOLUME_MAX);
		return NULL;
	}
	*volume = (struct volume){.kind = kind, .fd = -1};
	v->n++;
	return volume;
}

#if defined(CONFIG_LOCALBOOT_LVM) || defined(CONFIG_LOCALBOOT_MD)
/* By its name a volume is found: the second "vg/root", of another disk's group, becomes
 * "vg/root~2". */
static void name_apart(const struct local_volumes *v, struct volume *volume)
{
	char name[LOCAL_FS_SIZE];
	size_t i = 0, number = 1;

	memcpy(name, volume->name, sizeof(name));
	while (&v->volume[i] != volume) {
		if (strcmp(v->volume[i++].name, volume->name) != 0)
			continue;
		snprintf(volume->name, sizeof(volume->name), "%.*s~%zu", LOCAL_FS_SIZE - 5, name,
			 ++number);
		i = 0;
	}
}
#endif

/* A volume turned out to be none: its name is said with the reason. */
static void drop_volume(struct local_volumes *v, const struct error *why)
{
	struct volume *volume = &v->volume[--v->n];

	say_error("%s: %s", volume->name, why->text);
	if (volume->fd >= 0)
		close(volume->fd);
}

/* Open a block device so that nothing of this kernel writes to it, unless a person may. */
static int open_device(const struct local_volumes *v, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), on = 1;

	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	/* An array takes it from its members. Linux 6.1 itself only warns when something writes,
	 * but file systems ask: ext4 tidies up what was deleted while it was open (its orphans) on
	 * any other device, also if it is mounted read-only and the journal is not loaded. */
	if (!v->beside && ioctl(fd, BLKROSET, &on))
		say_verbose("%s cannot be set read-only: %s", path, strerror(errno));
	return fd;
}

#ifdef CONFIG_RESCUE
/* Beside a person a device may be one that can be written to: not by what only looks at it. Whom
 * nobody disturbs that uses it: what is open for itself alone (mounted, repaired) stays as it is,
 * and cannot be mounted either. Return: whether unprotect() is to undo it. */
static bool protect(const struct local_volumes *v, const struct volume *volume)
{
	int on = 1, was = 1, alone;

	if (!v->beside || ioctl(volume->fd, BLKROGET, &was) || was)
		return false;
	alone = open(volume->path, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (alone < 0)
		return false;
	was = ioctl(alone, BLKROSET, &on);
	close(alone);
	return was == 0;
}

static void unprotect(const struct volume *volume)
{
	int off = 0;

	ioctl(volume->fd, BLKROSET, &off);
}
#else
static bool protect(const struct local_volumes *v, const struct volume *volume)
{
	(void)v;
	(void)volume;
	return false;
}

static void unprotect(const struct volume *volume)
{
	(void)volume;
}
#endif

/* The device of a piece of a disk: in a guest the kernel's partition, else a loop device. */
static int open_piece(const struct local_volumes *v, struct volume *volume, uint64_t start,
		      uint64_t size, struct error *err)
{
#ifdef CONFIG_PLAN
	if (v->images) {
		volume->fd = loop_attach(v->disk[volume->disk].fd, start, size, volume->path,
					 sizeof(volume->path), err);
		return volume->fd < 0 ? -1 : 0;
	}
#else
	(void)start;
	(void)size;
#endif
	snprintf(volume->path, sizeof(volume->path), "/dev/%s", volume->name);
	volume->fd = open_device(v, volume->path, err);
	return volume->fd < 0 ? -1 : 0;
}

/* @partition: NULL: the whole disk, of @size bytes */
static int add_piece(struct local_volumes *v, size_t disk, const struct partition *partition,
		     uint64_t size, struct error *err)
{
	struct volume *volume = new_volume(v, ON_DISK, err);
	const char *name = v->disk[disk].name;
	struct error why;

	if (!volume)
		return -1;
	volume->disk = disk;
	volume->partition = partition ? partition->number : 0;
	if (partition) {
		char last = name[strlen(name) - 1];

		/* As the kernel names them: nvme0n1p1. */
		snprintf(volume->name, sizeof(volume->name), "%s%s%u", name,
			 last >= '0' && last <= '9' ? "p" : "", partition->number);
	} else {
		snprintf(volume->name, sizeof(volume->name), "%s", name);
	}
	if (open_piece(v, volume, partition ? partition->start : 0,
		       partition ? partition->size : size, &why))
		drop_volume(v, &why);
	return 0;
}

/* A CD's image can have a partition table, too, so that it starts from a stick. */
static bool is_hybrid(int fd, uint64_t size)
{
	struct content content;

	return probe_content(fd, 0, size, &content, NULL) == 0 &&
	       strcmp(content.type, "iso9660") == 0;
}

static int add_disk(struct local_volumes *v, const char *name, int fd, struct error *err)
{
	struct partition_table *table;
	size_t disk = v->n_disk;
	struct error why;
	uint64_t size;
	int ret = 0;

	if (disk == DISK_MAX) {
		close(fd);
		return error_set(err, ERR_MEMORY, "there are more than %d disks", DISK_MAX);
	}
	v->n_disk++;
	snprintf(v->disk[disk].name, sizeof(v->disk[disk].name), "%s", name);
	v->disk[disk].fd = fd;
	table = malloc(sizeof(*table));
	if (!table)
		return error_set(err, ERR_MEMORY, "no memory for a partition table");
	if (probe_size(fd, &size, &why) || probe_partitions(fd, table, &why)) {
		say_error("%s: %s", name, why.text);
		free(table);
		return 0;
	}
	v->disk[disk].partitions = table->n > 0;
	say_verbose("%s: %s%s", name, table->n ? "partition table " : "no partition table",
		    table->n ? table->type : "");
	if (table->n == 0 || is_hybrid(fd, size))
		ret = add_piece(v, disk, NULL, size, err);
	for (size_t i = 0; !ret && i < table->n; i++) {
		say_verbose("%s: partition %u, %llu bytes at %llu%s", name,
			    table->partition[i].number,
			    (unsigned long long)table->partition[i].size,
			    (unsigned long long)table->partition[i].start,
			    table->partition[i].active ? ", active" : "");
		ret = add_piece(v, disk, &table->partition[i], size, err);
	}
	free(table);
	return ret;
}

/* --- what is on them --- */

#ifdef CONFIG_RESCUE
/* Where a person has mounted it, it is looked at there: what was just written is seen. In btrfs
 * what is mounted may be a subvolume, and it can be mounted twice. */
static bool open_mounted(struct volume *volume)
{
	struct mounts_line line;
	int fd;

	if (strcmp(volume->content.type, "btrfs") == 0 || !mounts_find(volume->path, &line))
		return false;
	fd = open(line.where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		volume->mount = (struct mount){.root = {fd}, .n = 1};
	return fd >= 0;
}
#endif

static void examine(const struct local_volumes *v, struct volume *volume)
{
	struct content *c = &volume->content;
	const char *name = volume->name;
	char label[128];
	struct error err = {ERR_NONE, ""};
	uint64_t size;
	bool undo;

	if (probe_size(volume->fd, &size, &err) || probe_content(volume->fd, 0, size, c, &err)) {
		say_error("%s: %s", name, err.text);
		return;
	}
#ifdef CONFIG_RESCUE
	if (v->beside && c->filesystem && open_mounted(volume))
		return;
#else
	(void)v;
#endif
	say_verbose("%s: %s%s%s%s%s", name, c->type[0] ? c->type : "nothing that is known",
		    c->uuid[0] ? ", UUID " : "", c->uuid, c->label[0] ? ", label " : "",
		    escape_str(label, sizeof(label), c->label));
	if (strcmp(c->type, "crypto_LUKS") == 0)
		say("%s is encrypted (LUKS): xenpxe does not ask for passphrases", name);
#ifndef CONFIG_LOCALBOOT_LVM
	else if (strcmp(c->type, "LVM2_member") == 0)
		say("%s has logical volumes: this image was built without LVM", name);
#endif
#ifndef CONFIG_LOCALBOOT_MD
	else if (strcmp(c->type, "linux_raid_member") == 0)
		say("%s is part of an array: this image was built without md", name);
#endif
	else if (c->filesystem) {
		undo = protect(v, volume);
		if (mount_open(c->type, volume->path, &volume->mount, &err))
			say_error("%s (%s): %s", name, c->type, err.text);
		if (undo)
			unprotect(volume);
	}
}

static int examine_from(struct local_volumes *v, size_t first)
{
	for (size_t i = first; i < v->n; i++)
		examine(v, &v->volume[i]);
	return 0;
}

#ifdef CONFIG_LOCALBOOT_MD
static dev_t device_number(const struct volume *volume)
{
	struct stat st;

	return fstat(volume->fd, &st) ? 0 : st.st_rdev;
}

#ifdef CONFIG_RESCUE
/* Beside a person, whose array this may be: it runs already. */
static int open_running(const struct local_volumes *v, const char *member, struct volume *array)
{
	char path[PATH_MAX];
	struct dirent *entry;
	struct error err;
	DIR *dir;

	if (!v->beside)
		return -1;
	snprintf(path, sizeof(path), "/sys/class/block/%s/holders", member);
	dir = opendir(path);
	while (dir && array->fd < 0 && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "md", 2) != 0)
			continue;
		snprintf(array->path, sizeof(array->path), "/dev/%.32s", entry->d_name);
		array->fd = open_device(v, array->path, &err);
		array->not_ours = true;
	}
	if (dir)
		closedir(dir);
	return array->fd < 0 ? -1 : 0;
}
#endif

/* The array that member @first is of, unless an earlier member was of it already. */
static int add_array(struct local_volumes *v, size_t first, struct error *err)
{
	const struct volume *member = &v->volume[first];
	const char *uuid = member->content.uuid, *label = member->content.label, *colon;
	const struct volume *of[MD_MEMBER_MAX];
	bool undo[MD_MEMBER_MAX];
	dev_t dev[MD_MEMBER_MAX];
	struct volume *array;
	struct error why;
	size_t n = 0;
	int ret;

	for (size_t i = 0; i < v->n; i++) {
		const struct content *c = &v->volume[i].content;

		if (strcmp(c->type, "linux_raid_member") != 0 || strcmp(c->uuid, uuid) != 0)
			continue;
		if (i < first)
			return 0;
		if (n < MD_MEMBER_MAX)
			of[n++] = &v->volume[i];
	}
	array = new_volume(v, ON_MD, err);
	if (!array)
		return -1;
	array->disk = member->disk;
	/* "host:name" of a version 1 superblock; those of version 0.90 have no name. */
	colon = strchr(label, ':');
	label = colon ? colon + 1 : label;
	snprintf(array->name, sizeof(array->name), "md/");
	escape_str(array->name + 3, sizeof(array->name) - 3, label[0] ? label : uuid);
	name_apart(v, array);
	snprintf(array->grub[0], sizeof(array->grub[0]), "md/%s", label);
	snprintf(array->grub[1], sizeof(array->grub[1]), "mduuid/");
	for (size_t at = strlen(array->grub[1]); *uuid; uuid++) {
		if (*uuid != '-')
			array->grub[1][at++] = *uuid;
	}
#ifdef CONFIG_RESCUE
	if (open_running(v, member->name, array) == 0)
		return 0;
#endif
	for (size_t i = 0; i < n; i++) {
		dev[i] = device_number(of[i]);
		undo[i] = protect(v, of[i]);
	}
	ret = md_start(member->content.version, dev, n, array->path, sizeof(array->path),
		       &array->fd, &why);
	for (size_t i = 0; i < n; i++) {
		if (undo[i])
			unprotect(of[i]);
	}
	if (ret)
		drop_volume(v, &why);
	return 0;
}

static int add_arrays(struct local_volumes *v, struct error *err)
{
	size_t before = v->n;

	for (size_t i = 0; i < before; i++) {
		if (strcmp(v->volume[i].content.type, "linux_raid_member") == 0 &&
		    add_array(v, i, err))
			return -1;
	}
	return examine_from(v, before);
}
#else
static int add_arrays(struct local_volumes *v, struct error *err)
{
	(void)v;
	(void)err;
	return 0;
}
#endif

#ifdef CONFIG_LOCALBOOT_LVM
/* The physical volumes, and of each group the newest metadata that any of them has. */
struct groups {
	struct lvm_vg vg[VG_MAX];
	size_t n;
	struct {
		char id[LVM_ID_SIZE];
		size_t volume; /* index */
	} pv[LVM_PV_MAX];
	size_t n_pv;
};

static int read_at(int fd, void *buf, size_t len, uint64_t offset, struct error *err)
{
	char *at = buf;

	while (len) {
		ssize_t n = pread(fd, at, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(err, ERR_SYSTEM, "cannot be read at byte %llu: %s",
					 (unsigned long long)offset,
					 n ? strerror(errno) : "it ends before that");
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* The text of a metadata area, which may go on at the area's begin. Return: malloc()ed. */
static char *read_text(int fd, const struct lvm_label *label, const struct lvm_where *where,
		       struct error *err)
{
	uint64_t end = label->area_size - where->offset;
	size_t first = (size_t)(where->size < end ? where->size : end);
	char *text = malloc(where->size + 1);

	if (!text) {
		error_set(err, ERR_MEMORY, "no memory for LVM metadata");
		return NULL;
	}
	if (read_at(fd, text, first, label->area + where->offset, err) == 0 &&
	    read_at(fd, text + first, where->size - first, label->area + LVM_HEADER_BYTES, err) ==
		    0) {
		if (lvm_checksum(text, where->size) == where->checksum)
			return text;
		error_set(err, ERR_CONFIG, "its LVM metadata are damaged");
	}
	free(text);
	return NULL;
}

/* Keep @vg if it is new, or newer than what is known of it. It is taken over. */
static void keep_group(struct groups *g, struct lvm_vg *vg)
{
	size_t i = 0;

	while (i < g->n && strcmp(g->vg[i].id, vg->id) != 0)
		i++;
	if (i == VG_MAX || (i < g->n && g->vg[i].seqno >= vg->seqno)) {
		lvm_free(vg);
		return;
	}
	if (i < g->n)
		lvm_free(&g->vg[i]);
	else
		g->n++;
	g->vg[i] = *vg;
}

static int read_physical(const struct local_volumes *v, struct groups *g, size_t index,
			 struct error *err)
{
	int fd = v->volume[index].fd;
	uint8_t head[LVM_LABEL_BYTES], header[LVM_HEADER_BYTES];
	struct lvm_label label;
	struct lvm_where where;
	struct lvm_vg vg;
	char *text;
	int ret;

	if (read_at(fd, head, sizeof(head), 0, err) || lvm_label(head, sizeof(head), &label, err))
		return -1;
	/* Metadata of one must not be mapped onto the data of the other. */
	for (size_t i = 0; i < g->n_pv; i++) {
		if (strcmp(g->pv[i].id, label.id) == 0)
			return error_set(err, ERR_CONFIG,
					 "this is a copy of the physical volume %s: it is left out",
					 v->volume[g->pv[i].volume].name);
	}
	if (g->n_pv == LVM_PV_MAX)
		return error_set(err, ERR_MEMORY, "there are more than %d physical volumes",
				 LVM_PV_MAX);
	memcpy(g->pv[g->n_pv].id, label.id, sizeof(label.id));
	g->pv[g->n_pv++].volume = index;
	if (!label.area_size)
		return 0;
	if (read_at(fd, header, sizeof(header), label.area, err) ||
	    lvm_where(header, sizeof(header), &label, &where, err))
		return -1;
	if (!where.size)
		return 0;
	text = read_text(fd, &label, &where, err);
	if (!text)
		return -1;
	ret = lvm_parse(text, where.size, &vg, err);
	free(text);
	if (ret)
		lvm_free(&vg);
	else
		keep_group(g, &vg);
	return ret;
}

/* Where a group's physical volumes are; LOCAL_VOLUME_MAX: missing. */
static void find_physical(const struct groups *g, const struct lvm_vg *vg, size_t index[LVM_PV_MAX])
{
	for (size_t i = 0; i < vg->n_pv; i++) {
		index[i] = LOCAL_VOLUME_MAX;
		for (size_t k = 0; k < g->n_pv; k++) {
			if (strcmp(g->pv[k].id, vg->pv[i].id) == 0)
				index[i] = g->pv[k].volume;
		}
	}
}

/* The first disk that a logical volume lies on. */
static size_t first_disk(const struct local_volumes *v, const struct lvm_lv *lv,
			 const size_t index[LVM_PV_MAX])
{
	size_t first = DISK_MAX;

	for (size_t i = 0; i < lv->n; i++) {
		for (unsigned int k = 0; k < lv->piece[i].n; k++) {
			size_t at = index[lv->piece[i].stripe[k].pv];

			if (at < LOCAL_VOLUME_MAX && v->volume[at].disk < first)
				first = v->volume[at].disk;
		}
	}
	return first;
}

/* The device of a logical volume. */
static int map_logical(struct local_volumes *v, struct volume *volume, const struct lvm_lv *lv,
		       const size_t index[LVM_PV_MAX], struct error *err)
{
	dev_t pv[LVM_PV_MAX] = {0}, dev;
	struct stat st;

	if (lv->problem[0])
		return error_set(err, ERR_UNSUPPORTED, "this logical volume %s", lv->problem);
#ifdef CONFIG_PLAN
	/* In one piece it is a loop device like any other, and needs no device mapper. */
	if (v->images && lv->n == 1 && lv->piece[0].n == 1) {
		const struct lvm_piece *p = &lv->piece[0];
		size_t at = index[p->stripe[0].pv];

		if (at == LOCAL_VOLUME_MAX)
			return error_set(err, ERR_NOT_FOUND, "its physical volume is missing");
		volume->fd = loop_attach(v->volume[at].fd, p->stripe[0].start * SECTOR,
					 p->len * SECTOR, volume->path, sizeof(volume->path), err);
		return volume->fd < 0 ? -1 : 0;
	}
#endif
	for (size_t i = 0; i < LVM_PV_MAX && index[i] != SIZE_MAX; i++) {
		if (index[i] != LOCAL_VOLUME_MAX && fstat(v->volume[index[i]].fd, &st) == 0)
			pv[i] = st.st_rdev;
	}
	snprintf(volume->mapping, sizeof(volume->mapping), "xenpxe-%d-%zu", (int)getpid(), v->n);
	if (dm_create(volume->mapping, lv, pv, &dev, err)) {
		volume->mapping[0] = '\0';
		return -1;
	}
	snprintf(volume->path, sizeof(volume->path), "/dev/dm-%u", minor(dev));
	volume->fd = open_device(v, volume->path, err);
	if (volume->fd >= 0)
		return 0;
	dm_remove(volume->mapping, NULL);
	return -1;
}

#ifdef CONFIG_RESCUE
static void append_id(char *text, size_t size, const char *id)
{
	size_t at = strlen(text);

	for (; *id && at + 1 < size; id++) {
		if (*id != '-')
			text[at++] = *id;
	}
	text[at] = '\0';
}

/* Beside a person lvm has made the device already. It calls it LVM-, the group's and the volume's
 * id. */
static int open_active(const struct local_volumes *v, struct volume *volume,
		       const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	char want[80] = "LVM-", path[PATH_MAX], uuid[80];
	struct dirent *entry;
	struct error err;
	DIR *dir;

	if (!v->beside)
		return -1;
	append_id(want, sizeof(want), vg->id);
	append_id(want, sizeof(want), lv->id);
	dir = opendir("/sys/class/block");
	while (dir && volume->fd < 0 && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/class/block/%s/dm/uuid", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%79s", uuid) == 1 && strcmp(uuid, want) == 0) {
			snprintf(volume->path, sizeof(volume->path), "/dev/%.32s", entry->d_name);
			volume->fd = open_device(v, volume->path, &err);
		}
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return volume->fd < 0 ? -1 : 0;
}
#endif

static int add_group(struct local_volumes *v, const struct groups *g, const struct lvm_vg *vg,
		     struct error *err)
{
	size_t index[LVM_PV_MAX];

	for (size_t i = 0; i < LVM_PV_MAX; i++)
		index[i] = SIZE_MAX;
	find_physical(g, vg, index);
	for (size_t i = 0; i < vg->n_lv; i++) {
		const struct lvm_lv *lv = &vg->lv[i];
		struct volume *volume = new_volume(v, ON_LVM, err);
		struct error why;

		if (!volume)
			return -1;
		volume->disk = first_disk(v, lv, index);
		snprintf(volume->name, sizeof(volume->name), "%.40s/%.22s", vg->name, lv->name);
		name_apart(v, volume);
		grub_lvm_name(volume->grub[0], sizeof(volume->grub[0]), vg->name, lv->name);
		snprintf(volume->grub[1], sizeof(volume->grub[1]), "lvmid/%s/%s", vg->id, lv->id);
#ifdef CONFIG_RESCUE
		if (open_active(v, volume, vg, lv) == 0)
			continue;
#endif
		if (map_logical(v, volume, lv, index, &why))
			drop_volume(v, &why);
	}
	return 0;
}

static int add_logical(struct local_volumes *v, struct error *err)
{
	struct groups *g = calloc(1, sizeof(*g));
	size_t before = v->n;
	int ret = 0;

	if (!g)
		return error_set(err, ERR_MEMORY, "no memory for volume groups");
	for (size_t i = 0; i < before; i++) {
		struct error why;

		if (strcmp(v->volume[i].content.type, "LVM2_member") == 0 &&
		    read_physical(v, g, i, &why))
			say_error("%s: %s", v->volume[i].name, why.text);
	}
	for (size_t i = 0; i < g->n && !ret; i++)
		ret = add_group(v, g, &g->vg[i], err);
	for (size_t i = 0; i < g->n; i++)
		lvm_free(&g->vg[i]);
	free(g);
	return ret ? -1 : examine_from(v, before);
}
#else
static int add_logical(struct local_volumes *v, struct error *err)
{
	(void)v;
	(void)err;
	return 0;
}
#endif

static int examine_all(struct local_volumes *v, struct error *err)
{
	const char *name;
	size_t disk;

	examine_from(v, 0);
	/* Logical volumes lie on arrays, seldom the other way round. */
	if (add_arrays(v, err) || add_logical(v, err))
		return -1;
	if (local_filesystems(v, &name, &disk, 1))
		return 0;
	return error_set(err, ERR_NOT_FOUND,
			 v->n_disk ? "no file system on this guest's disks can be mounted: see the "
				     "lines above, and with verbose what was found"
				   : "this guest has no disk");
}

/* --- opening and closing --- */

static struct local_volumes *new_volumes(struct error *err)
{
	struct local_volumes *v = calloc(1, sizeof(*v));

	if (!v)
		error_set(err, ERR_MEMORY, "no memory for the list of disks");
	return v;
}

static int open_guest(struct local_volumes **out, bool beside, struct error *err)
{
	char name[DISK_MAX][DISK_NAME_SIZE];
	size_t n = disk_names(name, DISK_MAX, "/sys");

	*out = new_volumes(err);
	if (!*out)
		return -1;
	(*out)->beside = beside;
	for (size_t i = 0; i < n; i++) {
		char path[DISK_NAME_SIZE + 8];
		struct error why;
		int fd;

		if (!disk_answers(name[i], DISK_ANSWER_MS)) {
			say_error("%s does not answer within %d s: it is left out", name[i],
				  DISK_ANSWER_MS / 1000);
			continue;
		}
		snprintf(path, sizeof(path), "/dev/%s", name[i]);
		fd = open_device(*out, path, &why);
		if (fd < 0)
			say_error("%s", why.text);
		else if (add_disk(*out, name[i], fd, err))
			return -1;
	}
	return examine_all(*out, err);
}

int local_open(struct local_volumes **out, struct error *err)
{
	return open_guest(out, false, err);
}

#ifdef CONFIG_RESCUE
int local_open_beside(struct local_volumes **out, struct error *err)
{
	return open_guest(out, true, err);
}
#endif

int local_open_images(struct local_volumes **out, const char *const path[], size_t n,
		      struct error *err)
{
	char shown[200];

	*out = new_volumes(err);
	if (!*out)
		return -1;
	(*out)->images = true;
	for (size_t i = 0; i < n; i++) {
		int fd = open(path[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		char name[8] = "xvda";
		struct volume *volume;
		struct stat st;

		escape_str(shown, sizeof(shown), path[i]);
		if (fd < 0 || fstat(fd, &st)) {
			error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "%s: %s",
				  shown, strerror(errno));
			if (fd >= 0)
				close(fd);
			return -1;
		}
		if (S_ISDIR(st.st_mode) && n == 1) {
			volume = new_volume(*out, DIRECTORY, err);
			snprintf(volume->name, sizeof(volume->name), "dir");
			volume->mount = (struct mount){.root = {fd}, .n = 1};
			return 0;
		}
		name[3] = (char)('a' + i);
		if (i >= 26 || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))) {
			close(fd);
			return error_set(err, ERR_USAGE,
					 "%s: neither a disk (a file, a block device) nor the only "
					 "directory",
					 shown);
		}
		if (add_disk(*out, name, fd, err))
			return -1;
	}
	return examine_all(*out, err);
}

void local_close_files(struct local_volumes *v)
{
	while (v->n_open)
		close(v->open[--v->n_open]);
}

void local_close(struct local_volumes *v)
{
	struct error err;

	if (!v)
		return;
	local_close_files(v);
	for (size_t i = 0; i < v->n; i++)
		mount_close(&v->volume[i].mount);
	/* What lies on others first. */
	while (v->n) {
		struct volume *volume = &v->volume[--v->n];

#ifdef CONFIG_LOCALBOOT_MD
		if (volume->kind == ON_MD && !volume->not_ours) {
			if (md_stop(volume->fd, &err))
				say_error("%s: %s", volume->name, err.text);
			volume->fd = -1;
		}
#endif
		if (volume->fd >= 0)
			close(volume->fd);
#ifdef CONFIG_LOCALBOOT_LVM
		if (volume->mapping[0] && dm_remove(volume->mapping, &err))
			say_error("%s: %s", volume->name, err.text);
#endif
	}
	while (v->n_disk)
		close(v->disk[--v->n_disk].fd);
	(void)err;
	free(v);
}

size_t local_filesystems(const struct local_volumes *v, const char *name[], size_t disk[],
			 size_t max)
{
	size_t n = 0;

	for (size_t d = 0; d <= DISK_MAX; d++) {
		for (size_t i = 0; i < v->n; i++) {
			if (!v->volume[i].mount.n || v->volume[i].disk != d || n == max)
				continue;
			disk[n] = d;
			name[n++] = v->volume[i].name;
		}
	}
	return n;
}

/* --- files --- */

static const struct volume *find_volume(const struct local_volumes *v, const char *fs)
{
	const char *first;
	size_t disk;

	if (!fs[0] && local_filesystems(v, &first, &disk, 1))
		fs = first;
	for (size_t i = 0; i < v->n; i++) {
		if (v->volume[i].mount.n && strcmp(v->volume[i].name, fs) == 0)
			return &v->volume[i];
	}
	return NULL;
}

/* openat2(2): "/", ".." and links stay below @root. */
static int open_below(int root, const char *path, int flags)
{
	const struct open_how how = {.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC),
				     .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* A path without its "." and "..", beginning with "/". Return: false: too long. */
static bool normalise(char out[PATH_MAX], const char *path)
{
	size_t at = 0;

	while (*(path += strspn(path, "/"))) {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0) {
			while (at && out[--at] != '/')
				;
		} else if (len != 1 || *path != '.') {
			if (at + len + 2 > PATH_MAX)
				return false;
			out[at++] = '/';
			memcpy(out + at, path, len);
			at += len;
		}
		path += len;
	}
	out[at] = '\0';
	return true;
}

/*
 * Does @path name a symbolic link into /boot? @in_boot receives the path in there. It matters where
 * /boot is a file system of its own, and the link leads into an empty directory.
 */
static bool links_into_boot(int root, const char *path, char in_boot[PATH_MAX])
{
	char target[PATH_MAX], joined[2 * PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd = open_below(root, path, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	target[n] = '\0';
	if (snprintf(joined, sizeof(joined), "%.*s/%s",
		     target[0] == '/' || !slash ? 0 : (int)(slash - path), path,
		     target) >= (int)sizeof(joined) ||
	    !normalise(target, joined) || strncmp(target, "/boot/", 6) != 0)
		return false;
	memcpy(in_boot, target + 5, strlen(target + 5) + 1);
	return true;
}

static int open_path(const struct local_volumes *v, const char *fs, const char *path, int flags)
{
	const struct volume *volume = find_volume(v, fs);
	char in_boot[PATH_MAX];
	int fd = -1;

	if (!volume) {
		errno = ENOENT;
		return -1;
	}
	for (size_t i = 0; i < volume->mount.n; i++) {
		fd = open_below(volume->mount.root[i], path, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	for (size_t i = 0; i < volume->mount.n; i++) {
		if (!links_into_boot(volume->mount.root[i], path, in_boot))
			continue;
		for (size_t k = 0; k < v->n; k++) {
			const struct volume *other = &v->volume[k];

			if (other == volume || !other->mount.n)
				continue;
			fd = open_below(other->mount.root[0], in_boot, flags);
			if (fd >= 0)
				return fd;
		}
	}
	errno = ENOENT;
	return -1;
}

static int failed(const char *fs, const char *path, int why, struct error *err)
{
	char name[LOCAL_FS_SIZE * 2], shown[300];
	bool none = why == ENOENT || why == ENOTDIR;

	return error_set(err, none ? ERR_NOT_FOUND : ERR_SYSTEM, "%s:%s: %s",
			 escape_str(name, sizeof(name), fs), escape_str(shown, sizeof(shown), path),
			 strerror(why));
}

/* A regular file, open for reading. What else there is, such as a FIFO, is not waited for. */
static int open_regular(const struct local_volumes *v, const char *fs, const char *path,
			struct stat *st, struct error *err)
{
	int fd = open_path(v, fs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char name[LOCAL_FS_SIZE * 2], shown[300];

	if (fd < 0 || fstat(fd, st)) {
		failed(fs, path, errno, err);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return error_set(err, ERR_CONFIG, "%s:%s is not a file", escape_str(name, sizeof(name), fs),
			 escape_str(shown, sizeof(shown), path));
}

static int files_read(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		      struct error *err)
{
	char name[LOCAL_FS_SIZE * 2], shown[300];
	struct stat st;
	int fd = open_regular(ctx, fs, path, &st, err);
	ssize_t n = 0;

	*data = NULL;
	*len = 0;
	if (fd < 0)
		return -1;
	if (st.st_size > (off_t)LOCAL_FILE_BYTES_MAX) {
		close(fd);
		return error_set(err, ERR_CONFIG,
				 "%s:%s: more than %u bytes: no configuration is that long",
				 escape_str(name, sizeof(name), fs),
				 escape_str(shown, sizeof(shown), path), LOCAL_FILE_BYTES_MAX);
	}
	*data = malloc((size_t)st.st_size + 1);
	while (*data && *len < (size_t)st.st_size) {
		n = read(fd, *data + *len, (size_t)st.st_size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	if (!*data || n < 0) {
		failed(fs, path, *data ? errno : ENOMEM, err);
		free(*data);
		*data = NULL;
		close(fd);
		return -1;
	}
	close(fd);
	say_verbose("read %s:%s, %zu bytes", escape_str(name, sizeof(name), fs),
		    escape_str(shown, sizeof(shown), path), *len);
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int files_list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		      struct error *err)
{
	int fd = open_path(ctx, fs, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	*n = 0;
	*names = NULL;
	if (!dir) {
		failed(fs, path, errno, err);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*names = calloc(LOCAL_DIR_MAX, sizeof(**names));
	while (*names && *n < LOCAL_DIR_MAX && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		(*names)[*n] = strdup(entry->d_name);
		*n += (*names)[*n] != NULL;
	}
	closedir(dir);
	if (!*names)
		return failed(fs, path, ENOMEM, err);
	qsort(*names, *n, sizeof(**names), by_bytes);
	return 0;
}

static bool files_test(void *ctx, char what, const char *fs, const char *path)
{
	int fd = open_path(ctx, fs, path, O_PATH);
	char name[LOCAL_FS_SIZE * 2], shown[300];
	struct stat st;
	bool ok = fd >= 0 && fstat(fd, &st) == 0;

	if (fd >= 0)
		close(fd);
	say_verbose("looked for %s:%s: %s", escape_str(name, sizeof(name), fs),
		    escape_str(shown, sizeof(shown), path), ok ? "there" : "not there");
	if (!ok || what == 'e')
		return ok;
	if (what == 'd')
		return S_ISDIR(st.st_mode);
	return S_ISREG(st.st_mode) && (what != 's' || st.st_size > 0);
}

/* Is this volume what GRUB calls so? */
static bool is_grub_device(const struct local_volumes *v, const struct volume *volume,
			   const struct grub_device *want)
{
	size_t disk = volume->disk;

	if (want->kind == GRUB_VOLUME)
		return strcmp(volume->grub[0], want->name) == 0 ||
		       strcasecmp(volume->grub[1], want->name) == 0;
	if (volume->kind == DIRECTORY)
		return want->kind == GRUB_NUMBER && want->number == 0;
	if (volume->kind != ON_DISK)
		return false;
	if (want->kind == GRUB_NUMBER ? want->number != disk
				      : strcmp(want->name, v->disk[disk].name) != 0)
		return false;
	/* A vbd that is a partition by itself ("xvda1" without an xvda) has no other in it. */
	return volume->partition == want->partition || !v->disk[disk].partitions;
}

static bool files_search(void *ctx, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE])
{
	const struct local_volumes *v = ctx;
	struct grub_device want;

	if (by == LOCAL_BY_GRUB && !grub_device_parse(value, &want))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		const struct volume *volume = &v->volume[i];
		bool found = false;

		if (!volume->mount.n || !value[0])
			continue;
		switch (by) {
		case LOCAL_BY_UUID:
			found = strcasecmp(volume->content.uuid, value) == 0;
			break;
		case LOCAL_BY_LABEL:
			found = strcmp(volume->content.label, value) == 0;
			break;
		case LOCAL_BY_FILE:
			found = files_test(ctx, 'e', volume->name, value);
			break;
		case LOCAL_BY_GRUB:
			found = is_grub_device(v, volume, &want);
			break;
		}
		if (found) {
			snprintf(fs, LOCAL_FS_SIZE, "%s", volume->name);
			return true;
		}
	}
	return false;
}

struct local_files local_files(struct local_volumes *volumes)
{
	return (struct local_files){.read = files_read,
				    .list = files_list,
				    .test = files_test,
				    .search = files_search,
				    .ctx = volumes};
}

int local_open_file(struct local_volumes *v, const char *fs, const char *path, struct error *err)
{
	struct stat st;
	int fd = open_regular(v, fs, path, &st, err);

	if (fd < 0)
		return -1;
	if (v->n_open == OPEN_MAX) {
		close(fd);
		return error_set(err, ERR_CONFIG, "more than %d files are to be booted", OPEN_MAX);
	}
	v->open[v->n_open++] = fd;
	return fd;
}
