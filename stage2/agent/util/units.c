/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/units.h"

#include <stdio.h>
#include <string.h>

char *units_bytes(char *buf, uint64_t bytes)
{
	static const char *const name[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t tenth = 100, tenths; /* of a unit, in bytes; of a unit, how many */
	unsigned int unit = 0;

	if (bytes < 1000) {
		snprintf(buf, UNITS_TEXT_MAX, "%u B", (unsigned int)bytes);
		return buf;
	}
	/* 999 950 shows as 1.0 MB, not as 1000.0 kB: round before choosing the unit. */
	for (;;) {
		tenths = bytes / tenth + (bytes % tenth >= tenth / 2);
		if (tenths < 10000)
			break;
		tenth *= 1000;
		unit++;
	}
	snprintf(buf, UNITS_TEXT_MAX, "%u.%u %s", (unsigned int)tenths / 10 % 1000,
		 (unsigned int)tenths % 10, name[unit]);
	return buf;
}

char *units_rate(char *buf, uint64_t bytes, uint64_t ms)
{
	uint64_t per_second;
	size_t len;

	if (ms == 0)
		ms = 1;
	/* Beyond 2^54 bytes the multiplication would overflow; precision is no matter there. */
	per_second = bytes < UINT64_MAX / 1024 ? bytes * 1000 / ms : bytes / ms * 1000;
	units_bytes(buf, per_second);
	len = strlen(buf);
	snprintf(buf + len, UNITS_TEXT_MAX - len, "/s");
	return buf;
}
