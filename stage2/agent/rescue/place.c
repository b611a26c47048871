/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

FILE *place_write(const char *path)
{
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s.%d", path, (int)getpid());
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

void place_done(FILE *file, const char *path)
{
	char name[PATH_MAX];

	if (!file)
		return;
	snprintf(name, sizeof(name), "%s.%d", path, (int)getpid());
	if (fclose(file) || rename(name, path))
		unlink(name);
}

void place_text(const char *path, const char *text)
{
	FILE *file = place_write(path);

	if (file)
		fputs(text, file);
	place_done(file, path);
}

size_t place_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	while (fd >= 0 && len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	buf[len] = '\0';
	return len;
}

static int run(const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (null >= 0)
			dup2(null, STDIN_FILENO);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int run_hooks(const char *point, char *failed)
{
	char dir[sizeof(RESCUE_HOOKS) + 32], path[PATH_MAX];
	struct dirent **entry;
	int n, ret = 0;

	snprintf(dir, sizeof(dir), "%s%s", RESCUE_HOOKS, point);
	n = scandir(dir, &entry, no_dots, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry[i]->d_name);
		if (run(path)) {
			snprintf(failed, 64, "%.63s", entry[i]->d_name);
			ret = -1;
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return ret;
}
