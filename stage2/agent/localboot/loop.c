/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/loop.h>
#include <linux/major.h>

#define TRIES 64 /* others take loop devices at the same time */

int loop_attach(int image, uint64_t start, uint64_t size, char *path, size_t path_size,
		struct error *err)
{
	struct loop_config config = {
		.fd = (uint32_t)image,
		.info = {.lo_offset = start,
			 .lo_sizelimit = size,
			 .lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR},
	};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), why = 0;

	if (control < 0)
		return error_set(err, ERR_SYSTEM,
				 "/dev/loop-control: %s; disk images need root, a directory does "
				 "not",
				 strerror(errno));
	for (int i = 0; i < TRIES; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE), fd;

		if (number < 0) {
			why = errno;
			break;
		}
		snprintf(path, path_size, "/dev/loop%d", number);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT &&
		    mknod(path, S_IFBLK | 0600, makedev(LOOP_MAJOR, (unsigned int)number)) == 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, &config) == 0) {
			close(control);
			return fd;
		}
		why = errno;
		if (fd >= 0)
			close(fd);
		if (why != EBUSY)
			break;
	}
	close(control);
	return error_set(err, ERR_SYSTEM, "no loop device is to be had: %s", strerror(why));
}
