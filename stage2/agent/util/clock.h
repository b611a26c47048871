/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_CLOCK_H
#define XENPXE_UTIL_CLOCK_H

#include <stdint.h>

/**
 * clock_ms() - milliseconds of the monotonic clock, never 0.
 */
uint64_t clock_ms(void);

#endif
