/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of a disk image as a block device of this machine: for "xenpxe-agent plan --local". */
#ifndef XENPXE_LOCALBOOT_LOOP_H
#define XENPXE_LOCALBOOT_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/**
 * loop_attach() - attach a read-only loop device. It goes by itself when nothing uses it any
 * more, even if this process is killed.
 * @image: a file or a block device, open for reading
 * @start, @size: the piece, in bytes
 * @path:  receives the device's path
 *
 * Return: the device, open for reading; -1: @err is ERR_SYSTEM.
 */
int loop_attach(int image, uint64_t start, uint64_t size, char *path, size_t path_size,
		struct error *err);

#endif
