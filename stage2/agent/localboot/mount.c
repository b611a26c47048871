/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "localboot/mount.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/escape.h"

#define BTRFS_SUBVOLUME_INODE 256 /* linux/btrfs_tree.h, BTRFS_FIRST_FREE_OBJECTID */
#define BTRFS_NAMES_MAX 4096 /* looked at in the top-level volume */

/* A word with "=" is set as a string, without as a flag. */
struct filesystem {
	const char *type, *driver;
	const char *option[3];
};

static const struct filesystem filesystems[] = {
#ifdef CONFIG_LOCALBOOT_EXT
	{"ext2", "ext4", {"noload"}},
	{"ext3", "ext4", {"noload"}},
	{"ext4", "ext4", {"noload"}},
#endif
#ifdef CONFIG_LOCALBOOT_XFS
	{"xfs", "xfs", {"norecovery", "nouuid"}},
#endif
#ifdef CONFIG_LOCALBOOT_BTRFS
	{"btrfs", "btrfs", {"rescue=nologreplay", "subvolid=5"}},
#endif
#ifdef CONFIG_LOCALBOOT_VFAT
	{"vfat", "vfat", {NULL}},
#endif
#ifdef CONFIG_LOCALBOOT_ISO9660
	{"iso9660", "iso9660", {NULL}},
#endif
#ifdef CONFIG_LOCALBOOT_SQUASHFS
	{"squashfs", "squashfs", {NULL}},
#endif
	{NULL, NULL, {NULL}},
};

static int set_option(int fs, const char *word)
{
	size_t len = strcspn(word, "=");
	char key[32];

	if (!word[len])
		return fsconfig(fs, FSCONFIG_SET_FLAG, word, NULL, 0);
	snprintf(key, sizeof(key), "%.*s", (int)len, word);
	return fsconfig(fs, FSCONFIG_SET_STRING, key, word + len + 1, 0);
}

/* What the kernel has to say about it: messages "e TEXT", of which the first is the cause. */
static int refused(int fs, const char *driver, int why, struct error *err)
{
	char message[256], shown[300];
	ssize_t n = fs < 0 ? -1 : read(fs, message, sizeof(message));

	if (fs >= 0)
		close(fs);
	if (why == ENODEV)
		return error_set(err, ERR_UNSUPPORTED, "this kernel has no file system %s", driver);
	if (n > 2 && message[1] == ' ') {
		while (n > 2 && message[n - 1] == '\n')
			n--;
		return error_set(err, ERR_SYSTEM, "the kernel does not mount it: %s (%s)",
				 escape(shown, sizeof(shown), message + 2, (size_t)n - 2),
				 strerror(why));
	}
	return error_set(err, ERR_SYSTEM, "the kernel does not mount it: %s", strerror(why));
}

/* @n: of its options, how many */
static int attach(const struct filesystem *f, size_t n, const char *path, struct error *err)
{
	int fs = fsopen(f->driver, FSOPEN_CLOEXEC), root;

	if (fs < 0)
		return refused(fs, f->driver, errno, err);
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", path, 0) ||
	    fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0))
		return refused(fs, f->driver, errno, err);
	for (size_t i = 0; i < n; i++) {
		if (f->option[i] && set_option(fs, f->option[i]))
			return refused(fs, f->driver, errno, err);
	}
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return refused(fs, f->driver, errno, err);
	root = fsmount(fs, FSMOUNT_CLOEXEC,
		       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			       MOUNT_ATTR_NOEXEC);
	if (root < 0)
		return refused(fs, f->driver, errno, err);
	close(fs);
	return root;
}

static bool known(const struct mount *m, int fd)
{
	struct stat st, other;

	if (fstat(fd, &st))
		return true;
	for (size_t i = 0; i < m->n; i++) {
		if (fstat(m->root[i], &other) == 0 && other.st_dev == st.st_dev &&
		    other.st_ino == st.st_ino)
			return true;
	}
	return false;
}

/* Another root, unless it is one already, or there is no room. @fd is taken over. */
static void add_root(struct mount *m, int fd)
{
	if (fd < 0)
		return;
	if (m->n == MOUNT_ROOTS || known(m, fd))
		close(fd);
	else
		m->root[m->n++] = fd;
}

/* A subvolume in the top-level volume; -1 if @name is none. */
static int open_subvolume(int top, const char *name)
{
	int fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || st.st_ino != BTRFS_SUBVOLUME_INODE)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void add_subvolumes(struct mount *m)
{
	static const char *const usual[] = {"@", "@rootfs", "root"};
	int top = openat(m->root[0], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = top < 0 ? NULL : fdopendir(top);
	struct dirent *entry;
	struct stat st;

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		add_root(m, open_subvolume(m->root[0], usual[i]));
	for (size_t i = 0; dir && i < BTRFS_NAMES_MAX && (entry = readdir(dir)); i++) {
		int fd = entry->d_name[0] == '.' ? -1 : open_subvolume(top, entry->d_name);

		if (fd >= 0 &&
		    (fstatat(fd, "boot", &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))) {
			close(fd);
			continue;
		}
		add_root(m, fd);
	}
	if (dir)
		closedir(dir);
	else if (top >= 0)
		close(top);
}

int mount_open(const char *type, const char *path, struct mount *out, struct error *err)
{
	const struct filesystem *f = filesystems;
	int root;

	*out = (struct mount){.n = 0};
	while (f->type && strcmp(f->type, type) != 0)
		f++;
	if (!f->type)
		return error_set(err, ERR_UNSUPPORTED, "this image was built without %s", type);
	root = attach(f, 3, path, err);
	if (root < 0)
		return -1;
	out->root[out->n++] = root;
	if (strcmp(type, "btrfs") == 0) {
		/* Without "subvolid" it is the default subvolume. */
		add_root(out, attach(f, 1, path, NULL));
		add_subvolumes(out);
	}
	return 0;
}

void mount_close(struct mount *mount)
{
	for (size_t i = 0; i < mount->n; i++)
		close(mount->root[i]);
	mount->n = 0;
}
