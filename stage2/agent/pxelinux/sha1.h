/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-1, FIPS 180-4 section 6.1: for passwords that Syslinux's sha1pass made. Private to this
 * folder. */
#ifndef XENPXE_PXELINUX_SHA1_H
#define XENPXE_PXELINUX_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_SIZE 20

struct sha1 {
	uint32_t state[5];
	uint64_t bytes;
	uint8_t block[64];
};

void sha1_init(struct sha1 *s);
void sha1_update(struct sha1 *s, const void *data, size_t len);
void sha1_final(struct sha1 *s, uint8_t digest[SHA1_SIZE]);

#endif
