/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256, FIPS 180-4 section 6.2. Needs no libc but memcpy(): the lab's probe kernel has it, too.
 */
#ifndef XENPXE_UTIL_SHA256_H
#define XENPXE_UTIL_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX_SIZE 65

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;
	uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *data, size_t len);

/**
 * sha256_hex() - the digest in lower case hexadecimal digits; ends the use of @s.
 */
void sha256_hex(struct sha256 *s, char hex[SHA256_HEX_SIZE]);

#endif
