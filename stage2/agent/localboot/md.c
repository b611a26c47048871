/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/md.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>

#define MINOR_FIRST 127 /* as mdadm for arrays that it has no name for: downwards */

/* The first array that does not run. */
static int open_unused(char *path, size_t size, struct error *err)
{
	for (int number = MINOR_FIRST; number >= 0; number--) {
		mdu_array_info_t info;
		int fd;

		snprintf(path, size, "/dev/md%d", number);
		/* Opening the node makes the device. */
		if (mknod(path, S_IFBLK | 0600, makedev(MD_MAJOR, (unsigned int)number)) &&
		    errno != EEXIST)
			break;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && errno == ENXIO)
			return error_set(err, ERR_UNSUPPORTED, "this kernel has no md driver");
		if (fd < 0)
			continue;
		if (ioctl(fd, GET_ARRAY_INFO, &info) && errno == ENODEV)
			return fd;
		close(fd);
	}
	return error_set(err, ERR_SYSTEM, "no md device is to be had: %s", strerror(errno));
}

static int assemble(int fd, const char *version, const dev_t *member, size_t n, struct error *err)
{
	mdu_array_info_t array = {.major_version = 0};
	size_t added = 0;

	/* raid_disks 0: all else is in the superblocks (drivers/md/md.c, md_set_array_info()). */
	if (sscanf(version, "%d.%d", &array.major_version, &array.minor_version) != 2)
		return error_set(err, ERR_SYSTEM, "md does not know superblocks of version %s",
				 version);
	if (ioctl(fd, SET_ARRAY_INFO, &array))
		return error_set(err, ERR_SYSTEM, "md does not begin it: %s", strerror(errno));
	for (size_t i = 0; i < n; i++) {
		mdu_disk_info_t disk = {.major = (int)major(member[i]),
					.minor = (int)minor(member[i])};

		/* One that is out of date or damaged is left out, as mdadm does. */
		added += ioctl(fd, ADD_NEW_DISK, &disk) == 0;
	}
	if (!added)
		return error_set(err, ERR_SYSTEM, "md takes none of its members: %s",
				 strerror(errno));
	if (ioctl(fd, RUN_ARRAY, NULL))
		return error_set(err, ERR_SYSTEM,
				 "md does not start it with %zu of its members: %s", added,
				 strerror(errno));
	return 0;
}

int md_start(const char *version, const dev_t *member, size_t n, char *path, size_t size, int *fd,
	     struct error *err)
{
	*fd = open_unused(path, size, err);
	if (*fd < 0)
		return -1;
	if (assemble(*fd, version, member, n, err) == 0)
		return 0;
	ioctl(*fd, STOP_ARRAY, NULL);
	close(*fd);
	return -1;
}

int md_stop(int fd, struct error *err)
{
	int ret = ioctl(fd, STOP_ARRAY, NULL);

	if (ret)
		error_set(err, ERR_SYSTEM, "md does not stop its array: %s", strerror(errno));
	close(fd);
	return ret;
}
