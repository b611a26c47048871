/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_TRIES 100

static int make_symlink(int dirfd, const char *name, const struct image_file *src)
{
	return symlinkat(src->path, dirfd, name) == 0 ? 0 : -errno;
}

static int make_hard_link(int dirfd, const char *name, const struct image_file *src)
{
	return linkat(AT_FDCWD, src->path, dirfd, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : -errno;
}

static int clone_content(int fd, const struct image_file *src)
{
	return ioctl(fd, FICLONE, src->fd) == 0 ? 0 : -errno;
}

static int copy_content(int fd, const struct image_file *src)
{
	off_t at = 0;

	while (at < src->size) {
		ssize_t n = sendfile(fd, src->fd, &at, (size_t)(src->size - at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO; /* became shorter while we read it */
	}
	return 0;
}

static int make_file(int dirfd, const char *name, const struct image_file *src,
		     int (*fill)(int fd, const struct image_file *src))
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fill(fd, src);
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc != 0)
		(void)unlinkat(dirfd, name, 0);
	return rc;
}

static int make_reflink(int dirfd, const char *name, const struct image_file *src)
{
	return make_file(dirfd, name, src, clone_content);
}

static int make_copy(int dirfd, const char *name, const struct image_file *src)
{
	return make_file(dirfd, name, src, copy_content);
}

/* Cheapest first. */
static const struct way {
	bool is_link;
	int (*make)(int dirfd, const char *name, const struct image_file *src);
} ways[] = {
	{true, make_symlink},
	{true, make_hard_link},
	{false, make_reflink},
	{false, make_copy},
};

/*
 * A name that cannot be guessed spares us somebody else's files, not more: safety lies in
 * O_EXCL. So a clock will do while the kernel's generator is not yet seeded, early in dom0's boot.
 */
static uint64_t random_number(void)
{
	uint64_t number;
	struct timespec now;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) == sizeof(number))
		return number;
	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec) * UINT64_C(0x9e3779b97f4a7c15) ^
	       (uint64_t)getpid() << 32;
}

int place_file(int dirfd, const char *what, bool links, const struct image_file *src,
	       char name[PLACE_NAME_SIZE])
{
	int rc = -EEXIST;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].is_link && !links)
			continue;
		for (int try = 0; try < NAME_TRIES; try++) {
			(void)snprintf(name, PLACE_NAME_SIZE, "xenpxe-%s.%016llx", what,
				       (unsigned long long)random_number());
			rc = ways[i].make(dirfd, name, src);
			if (rc != -EEXIST)
				break;
		}
		if (rc == 0)
			return 0;
	}
	return rc;
}
