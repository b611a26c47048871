/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The installed stage-two image: find it, see that it can be used, give it out.
 *
 * The toolstack unlinks every path that it is given. So the paths given are always of our own
 * making, in the directory the toolstack made for that, and nothing here ever opens an installed
 * file for writing.
 */
#ifndef XENPXE_STAGE1_IMAGE_H
#define XENPXE_STAGE1_IMAGE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct image_file {
	char path[PATH_MAX];
	off_t size;
	int fd; /* open for reading; belongs to the struct */
};

struct image {
	struct image_file kernel;
	struct image_file ramdisk;
};

/**
 * image_name_valid() - may this be an image's name, the part of the path that is an option?
 * @name: 1 to 64 of A-Z a-z 0-9 . _ + - and no leading dot
 */
bool image_name_valid(const char *name);

/**
 * image_open() - open an image and look whether it is one.
 * @image: filled in; the descriptors stay open until the program ends
 * @base:  absolute path of the directory of images
 * @name:  a valid name
 *
 * Both files must be regular, readable and not empty; the kernel must be an ELF file, or a bzImage
 * that is as long as its own header says, since an interrupted copy is the likely damage.
 *
 * Return: EXIT_OK, or EXIT_IMAGE after having said why.
 */
int image_open(struct image *image, const char *base, const char *name);

/**
 * image_check_kernel() - does a file begin as a kernel does? Pure function.
 * @head: the file's first bytes
 * @len:  how many of them
 * @size: the whole file's size in bytes
 *
 * Return: NULL, or what is wrong with it, for people.
 */
const char *image_check_kernel(const unsigned char *head, size_t len, off_t size);

#endif
