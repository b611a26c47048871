/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/disk.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/units.h"

#define SECTOR 512 /* what sysfs counts in, whatever the disk's own sectors are */

static bool read_number(const char *sysfs, const char *name, const char *attribute, uint64_t *value)
{
	char path[PATH_MAX];
	bool found;
	FILE *file;

	snprintf(path, sizeof(path), "%s/class/block/%s/%s", sysfs, name, attribute);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%" SCNu64, value) == 1;
	fclose(file);
	return found;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* /sys/class/block/xvda -> ../../devices/vbd-51712/block/xvda; a partition has one more level. */
static bool on_vbd(const char *sysfs, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];
	uint64_t number;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/class/block/%s", sysfs, name);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	return strstr(target, "/vbd-") && !read_number(sysfs, name, "partition", &number);
}

char *disk_list_text(char *buf, size_t size, const char *sysfs)
{
	static const char more[] = ", ...";
	char path[PATH_MAX], bytes[UNITS_TEXT_MAX], one[NAME_MAX + 64];
	struct dirent **entry;
	size_t at = 0;
	bool full = false;
	int n;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "%s/class/block", sysfs);
	n = scandir(path, &entry, not_hidden, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = entry[i]->d_name;
		uint64_t sectors, read_only = 0;

		if (!full && on_vbd(sysfs, name) && read_number(sysfs, name, "size", &sectors)) {
			int len;

			read_number(sysfs, name, "ro", &read_only);
			len = snprintf(one, sizeof(one), "%s%s %s%s", at ? ", " : "", name,
				       units_bytes(bytes, sectors * SECTOR),
				       read_only ? " (read-only)" : "");
			full = at + (size_t)len + sizeof(more) > size;
			memcpy(buf + at, full ? more : one,
			       (full ? sizeof(more) : (size_t)len + 1));
			at += (size_t)len;
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return buf;
}
