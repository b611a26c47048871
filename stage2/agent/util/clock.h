/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_UTIL_CLOCK_H
#define XENPXE_UTIL_CLOCK_H

#include <stdint.h>

/**
 * clock_ms() - milliseconds of the monotonic clock, never 0.
 */
uint64_t clock_ms(void);

/**
 * clock_ns() - nanoseconds of the same clock. In a PV guest it runs with Xen's system time, from
 * which it differs by a constant.
 */
uint64_t clock_ns(void);

/**
 * clock_coarse_ms() - the same clock to the kernel's last tick (4 or 10 ms), for use per packet:
 * it never costs a system call, not even where the clock itself needs one.
 */
uint64_t clock_coarse_ms(void);

#endif
