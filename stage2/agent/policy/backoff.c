/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/backoff.h"

#define FIRST_S 5
#define LONGEST_S 300
#define DAY_S 86400

unsigned int backoff_seconds(unsigned int failures, bool has_reboot_time, uint32_t reboot_time)
{
	unsigned int seconds = FIRST_S;

	if (has_reboot_time && reboot_time >= 1 && reboot_time <= DAY_S)
		return reboot_time;
	while (failures-- > 1 && seconds < LONGEST_S)
		seconds *= 2;
	return seconds < LONGEST_S ? seconds : LONGEST_S;
}
