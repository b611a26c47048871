/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_RANDOM_H
#define XENPXE_UTIL_RANDOM_H

#include <stddef.h>

/**
 * random_bytes() - bytes that somebody on the same network cannot guess, without ever waiting.
 *
 * For transaction ids, jitter and the nonce of a test; not for keys: in the first second of a
 * guest the kernel's pool may not be full yet (getrandom(2), GRND_INSECURE).
 */
void random_bytes(void *buf, size_t len);

#endif
