/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_POLICY_BACKOFF_H
#define XENPXE_POLICY_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/**
 * backoff_seconds() - how long to wait before all ways are tried again (fail=retry).
 * @failures:        rounds that failed so far, 1 or more
 * @has_reboot_time: the server gave DHCP option 211 (RFC 5071 section 6)
 * @reboot_time:     its value in seconds
 *
 * 5, 10, 20 ... 300 seconds, or option 211's value where it is from 1 to 86400. Its 0 and
 * anything longer than a day mean "never give up" to a PXE client, which must reboot to start
 * over; we start over without that, so they count as not given: no wait is without an end.
 *
 * Return: seconds, 1..86400.
 */
unsigned int backoff_seconds(unsigned int failures, bool has_reboot_time, uint32_t reboot_time);

#endif
