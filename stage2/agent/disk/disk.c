/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* versionsort(), O_DIRECT */
#include "disk/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/units.h"

#define DISK_LIST_MAX 64 /* more than any console line holds */
#define BLOCK 4096 /* enough for sectors of any size */
#define LOOK_MS 5
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

size_t disk_names(char (*names)[DISK_NAME_SIZE], size_t max, const char *sysfs)
{
	char path[PATH_MAX];
	struct dirent **entry;
	size_t n = 0;
	int found;

	snprintf(path, sizeof(path), "%s/class/block", sysfs);
	/* xvda2 before xvda10 */
	found = scandir(path, &entry, not_hidden, versionsort);
	for (int i = 0; i < found; i++) {
		const char *name = entry[i]->d_name;

		if (n < max && strlen(name) < DISK_NAME_SIZE && on_vbd(sysfs, name))
			memcpy(names[n++], name, strlen(name) + 1);
		free(entry[i]);
	}
	if (found >= 0)
		free(entry);
	return n;
}

/* In a child: one block from the disk itself, not from what the kernel remembers of it. */
static void read_block(const char *name)
{
	static char block[BLOCK] __attribute__((aligned(BLOCK)));
	char path[DISK_NAME_SIZE + 8];
	int fd;

	/* A disk that hangs keeps this child, and with it whatever it has open: the driver of the
	 * hand-over, which only one may have. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	/* What it says is looked at later: here only that it comes back counts. */
	_exit(fd < 0 || read(fd, block, sizeof(block)) < 0);
}

/* Whom a disk keeps waiting. */
struct waiting {
	char name[DISK_NAME_SIZE];
	pid_t pid; /* 0: nobody */
};

/* Where @name is noted, or can be; NULL: there is no room. */
static struct waiting *find_waiting(const char *name)
{
	static struct waiting all[DISK_LIST_MAX];
	struct waiting *unused = NULL;

	for (size_t i = 0; i < DISK_LIST_MAX; i++) {
		if (all[i].pid && strcmp(all[i].name, name) == 0)
			return &all[i];
		if (!all[i].pid && !unused)
			unused = &all[i];
	}
	return unused;
}

bool disk_answers(const char *name, unsigned int ms)
{
	struct waiting *waiting = find_waiting(name);
	uint64_t end = clock_ms() + ms;
	pid_t pid;

	if (waiting && waiting->pid) {
		if (waitpid(waiting->pid, NULL, WNOHANG) == 0)
			return false;
		waiting->pid = 0;
	}
	pid = fork();
	if (pid == 0)
		read_block(name);
	while (pid > 0 && waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_ms() >= end) {
			/* It ends when the disk comes back. */
			kill(pid, SIGKILL);
			if (waiting) {
				snprintf(waiting->name, sizeof(waiting->name), "%s", name);
				waiting->pid = pid;
			}
			return false;
		}
		usleep(LOOK_MS * 1000);
	}
	return true;
}

char *disk_list_text(char *buf, size_t size, const char *sysfs)
{
	static const char more[] = ", ...";
	char names[DISK_LIST_MAX][DISK_NAME_SIZE], bytes[UNITS_TEXT_MAX], one[DISK_NAME_SIZE + 64];
	size_t n = disk_names(names, DISK_LIST_MAX, sysfs), at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		uint64_t sectors, read_only = 0;
		size_t len;

		if (!read_number(sysfs, names[i], "size", &sectors))
			continue;
		read_number(sysfs, names[i], "ro", &read_only);
		len = (size_t)snprintf(one, sizeof(one), "%s%s %s%s", at ? ", " : "", names[i],
				       units_bytes(bytes, sectors * SECTOR),
				       read_only ? " (read-only)" : "");
		if (at + len + sizeof(more) > size) {
			memcpy(buf + at, more, sizeof(more));
			break;
		}
		memcpy(buf + at, one, len + 1);
		at += len;
	}
	return buf;
}
