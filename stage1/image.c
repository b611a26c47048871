/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exits.h"
#include "io.h"

#define IMAGE_NAME_MAX 64

/* Linux, Documentation/arch/x86/boot.rst */
#define BZIMAGE_SETUP_SECTS 0x1f1 /* 1 byte; 0 means 4 */
#define BZIMAGE_SYSSIZE 0x1f4 /* 4 bytes, little endian, in units of 16 bytes */
#define BZIMAGE_MAGIC 0x202 /* "HdrS" */
#define BZIMAGE_HEAD 0x206

bool image_name_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._+-";
	size_t len = strspn(name, allowed);

	return len > 0 && len <= IMAGE_NAME_MAX && name[len] == '\0' && name[0] != '.';
}

const char *image_check_kernel(const unsigned char *head, size_t len, off_t size)
{
	off_t setup;
	off_t body;

	if (len >= 4 && memcmp(head, "\177ELF", 4) == 0)
		return NULL;
	if (len < BZIMAGE_HEAD || memcmp(head + BZIMAGE_MAGIC, "HdrS", 4) != 0)
		return "is neither a bzImage nor an ELF file";

	setup = head[BZIMAGE_SETUP_SECTS] ? head[BZIMAGE_SETUP_SECTS] : 4;
	body = (off_t)head[BZIMAGE_SYSSIZE] | (off_t)head[BZIMAGE_SYSSIZE + 1] << 8 |
	       (off_t)head[BZIMAGE_SYSSIZE + 2] << 16 | (off_t)head[BZIMAGE_SYSSIZE + 3] << 24;
	if ((setup + 1) * 512 + body * 16 > size)
		return "is shorter than its own header says";
	return NULL;
}

static int bad_image(const struct image_file *file, const char *why)
{
	say("%s %s: install the image again (make install)", file->path, why);
	return EXIT_IMAGE;
}

static int open_file(struct image_file *file, const char *base, const char *name, const char *what)
{
	struct stat st;
	int n = snprintf(file->path, sizeof(file->path), "%s/%s/%s", base, name, what);

	if (n < 0 || (size_t)n >= sizeof(file->path)) {
		say("the path of the image is too long: %s/%s/%s", base, name, what);
		return EXIT_IMAGE;
	}

	/* O_NONBLOCK: a FIFO in its place is refused below instead of being waited for. */
	file->fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		say("no stage-two image: %s is missing: install it (make install), or name another "
		    "with --image=NAME",
		    file->path);
		return EXIT_IMAGE;
	}
	if (file->fd < 0 || fstat(file->fd, &st) != 0) {
		say("cannot read the stage-two image %s: %s: make it readable for uid %u",
		    file->path, strerror(errno), (unsigned int)geteuid());
		return EXIT_IMAGE;
	}
	if (!S_ISREG(st.st_mode))
		return bad_image(file, "is not a regular file");
	if (st.st_size == 0)
		return bad_image(file, "is empty");
	file->size = st.st_size;
	return EXIT_OK;
}

int image_open(struct image *image, const char *base, const char *name)
{
	unsigned char head[BZIMAGE_HEAD];
	const char *why;
	ssize_t n;
	int rc;

	rc = open_file(&image->kernel, base, name, "vmlinuz");
	if (rc != EXIT_OK)
		return rc;
	rc = open_file(&image->ramdisk, base, name, "initramfs");
	if (rc != EXIT_OK)
		return rc;

	n = pread(image->kernel.fd, head, sizeof(head), 0);
	if (n < 0) {
		say("cannot read the stage-two image %s: %s", image->kernel.path, strerror(errno));
		return EXIT_IMAGE;
	}
	why = image_check_kernel(head, (size_t)n, image->kernel.size);
	return why ? bad_image(&image->kernel, why) : EXIT_OK;
}
