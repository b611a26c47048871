/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/mounts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "rescue/place.h"
#include "util/escape.h"

#define MOUNTS_MAX 64 /* undone in one go */

/* A field, whose blanks and backslashes are written as three octal digits. */
static bool take_field(const char *from, size_t len, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++, n++) {
		unsigned int c = (unsigned char)from[i];

		if (n + 1 >= size)
			return false;
		if (c == '\\' && len - i > 3) {
			c = 0;
			for (size_t k = 1; k <= 3; k++) {
				if (from[i + k] < '0' || from[i + k] > '7')
					return false;
				c = c * 8 + (unsigned int)(from[i + k] - '0');
			}
			i += 3;
		}
		to[n] = (char)c;
	}
	to[n] = '\0';
	return true;
}

/* "36 35 98:0 /root /where rw,noatime [TAG...] - TYPE SOURCE OPTIONS" */
static bool read_line(const char *text, size_t len, struct mounts_line *line)
{
	const char *field[32];
	size_t length[32], n = 0, dash = 0;

	for (size_t at = 0; at < len && n < 32; n++) {
		const char *end = memchr(text + at, ' ', len - at);

		field[n] = text + at;
		length[n] = end ? (size_t)(end - field[n]) : len - at;
		if (n >= 6 && !dash && length[n] == 1 && field[n][0] == '-')
			dash = n;
		at += length[n] + 1;
	}
	if (!dash || n < dash + 3)
		return false;
	if (sscanf(field[2], "%u:%u", &line->major, &line->minor) != 2)
		return false;
	line->writable = length[5] >= 2 && memcmp(field[5], "rw", 2) == 0;
	return take_field(field[4], length[4], line->where, sizeof(line->where)) &&
	       take_field(field[dash + 2], length[dash + 2], line->source, sizeof(line->source));
}

bool mounts_next(const char **text, struct mounts_line *line)
{
	while (**text) {
		const char *at = *text;
		size_t len = strcspn(at, "\n");

		*text += len + (at[len] == '\n');
		if (read_line(at, len, line))
			return true;
	}
	return false;
}

static char *read_mounts(void)
{
	char *text = malloc(MOUNTS_TEXT_MAX);

	if (text)
		place_read("/proc/self/mountinfo", text, MOUNTS_TEXT_MAX);
	return text;
}

bool mounts_find(const char *path, struct mounts_line *line)
{
	char *text = read_mounts();
	const char *at = text;
	bool found = false;
	struct stat st;

	if (stat(path, &st))
		at = NULL;
	/* btrfs has a device number of its own there: its source tells. */
	while (!found && at && mounts_next(&at, line)) {
		struct stat source;

		found = (line->major == major(st.st_rdev) && line->minor == minor(st.st_rdev)) ||
			(line->source[0] == '/' && stat(line->source, &source) == 0 &&
			 S_ISBLK(source.st_mode) && source.st_rdev == st.st_rdev);
	}
	free(text);
	return found;
}

/* What the system itself needs */
static bool is_ours(const char *where)
{
	static const char *const ours[] = {"/proc", "/sys", "/dev"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		size_t len = strlen(ours[i]);

		if (strncmp(where, ours[i], len) == 0 && (!where[len] || where[len] == '/'))
			return true;
	}
	return strcmp(where, "/") == 0;
}

static bool below(const char *path, const char *where)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	size_t len = strlen(where);

	if (n < 0)
		return false;
	target[n] = '\0';
	return strncmp(target, where, len) == 0 && (target[len] == '\0' || target[len] == '/');
}

static bool has_open(const char *pid, const char *where)
{
	char path[64 + NAME_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%.16s/fd/%s", pid, entry->d_name);
		found = below(path, where);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The first process that works below @where, in words; "something" if it is not to be seen. */
static void user_of(const char *where, char *text, size_t size)
{
	static const char *const links[] = {"cwd", "root", "exe"};
	char path[64], name[64];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	snprintf(text, size, "something");
	while (dir && (entry = readdir(dir))) {
		bool uses = false;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		for (size_t i = 0; i < 3 && !uses; i++) {
			snprintf(path, sizeof(path), "/proc/%.16s/%s", entry->d_name, links[i]);
			uses = below(path, where);
		}
		if (!uses && !has_open(entry->d_name, where))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		place_read(path, name, sizeof(name));
		name[strcspn(name, "\n")] = '\0';
		snprintf(text, size, "%.40s (process %.16s)", escape_str((char[64]){""}, 64, name),
			 entry->d_name);
		break;
	}
	if (dir)
		closedir(dir);
}

int mounts_undo(struct error *err)
{
	struct mounts_line *line = calloc(MOUNTS_MAX, sizeof(*line));
	char *text = read_mounts(), user[96], shown[300];
	const char *at = text;
	size_t n = 0;
	int ret = 0;

	if (!line || !text) {
		free(line);
		free(text);
		return error_set(err, ERR_MEMORY, "no memory for the list of mounts");
	}
	while (n < MOUNTS_MAX && mounts_next(&at, &line[n])) {
		if (!is_ours(line[n].where))
			n++;
	}
	free(text);
	sync();
	while (!ret && n--) {
		int why = umount2(line[n].where, UMOUNT_NOFOLLOW) ? errno : 0;

		if (!why)
			continue;
		escape_str(shown, sizeof(shown), line[n].where);
		user_of(line[n].where, user, sizeof(user));
		ret = why == EBUSY ? error_set(err, ERR_SYSTEM,
					       "%s is in use by %s: leave it (cd /), or end that",
					       shown, user)
				   : error_set(err, ERR_SYSTEM, "%s cannot be unmounted: %s", shown,
					       strerror(why));
	}
	free(line);
	return ret;
}

static int mounted(struct error *err)
{
	char *text = read_mounts(), shown[300];
	struct mounts_line line;
	const char *at = text;
	int ret = 0;

	while (!ret && at && mounts_next(&at, &line)) {
		if (strncmp(line.source, "/dev/", 5) == 0)
			ret = error_set(err, ERR_SYSTEM, "%s is still mounted at %s", line.source,
					escape_str(shown, sizeof(shown), line.where));
	}
	free(text);
	return ret;
}

int mounts_holders(const char *sysfs, struct error *err)
{
	char path[PATH_MAX];
	struct dirent *entry, *holder;
	DIR *dir;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/class/block", sysfs);
	dir = opendir(path);
	while (!ret && dir && (entry = readdir(dir))) {
		DIR *holders;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/class/block/%s/holders", sysfs, entry->d_name);
		holders = opendir(path);
		while (!ret && holders && (holder = readdir(holders))) {
			if (holder->d_name[0] != '.')
				ret = error_set(err, ERR_SYSTEM,
						"%.40s is still part of %.40s: stop that first",
						entry->d_name, holder->d_name);
		}
		if (holders)
			closedir(holders);
	}
	if (dir)
		closedir(dir);
	return ret;
}

int mounts_in_use(struct error *err)
{
	return mounted(err) || mounts_holders("/sys", err) ? -1 : 0;
}
