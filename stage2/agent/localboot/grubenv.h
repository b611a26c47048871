/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_LOCALBOOT_GRUBENV_H
#define XENPXE_LOCALBOOT_GRUBENV_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/**
 * grub_env_block() - the variables of a GRUB environment block (GRUB manual, "Environment block"):
 * a signature line, then NAME=VALUE lines with '\' in front of '\' and line ends, '#' as padding.
 * @data:  the file's bytes
 * @found: called for each variable, in order, with NUL-terminated strings that it does not keep;
 *         not 0 ends the reading
 *
 * Return: 0; -1: @err is ERR_CONFIG if there is no signature, ERR_MEMORY, or what @found left
 * there.
 */
int grub_env_block(const uint8_t *data, size_t len,
		   int (*found)(void *ctx, const char *name, const char *value), void *ctx,
		   struct error *err);

#endif
