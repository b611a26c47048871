/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/inventory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/fs.h>

#include "localboot/probe.h"
#include "rescue/mounts.h"
#include "rescue/place.h"
#include "util/clock.h"
#include "util/escape.h"
#include "util/units.h"

#define ANSWER_MS 3000
#define SECTOR 512 /* what sysfs counts in */

static bool read_attribute(const char *name, const char *attribute, char *buf, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/class/block/%s/%s", name, attribute);
	place_read(path, buf, size);
	buf[strcspn(buf, "\n")] = '\0';
	return buf[0] != '\0';
}

static int is_shown(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[0] != '.' && strncmp(name, "loop", 4) != 0 && strncmp(name, "ram", 3) != 0;
}

void inventory_protect(void)
{
	struct dirent **entry;
	int n = scandir("/sys/class/block", &entry, is_shown, versionsort);

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		int on = 1, fd;

		snprintf(path, sizeof(path), "/dev/%s", entry[i]->d_name);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0) {
			ioctl(fd, BLKROSET, &on);
			close(fd);
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

/* In a child: what lies on a device, to @to. */
static void tell_content(const char *path, FILE *to)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), protected = 1;
	struct partition_table *table = calloc(1, sizeof(*table));
	struct content c = {.type = ""};
	struct error err = {ERR_NONE, ""};
	char label[128], uuid[128];
	uint64_t size;

	if (fd < 0 || !table || probe_size(fd, &size, &err) ||
	    probe_content(fd, 0, size, &c, &err)) {
		fprintf(to, "cannot be read: %s", err.class ? err.text : strerror(errno));
		return;
	}
	ioctl(fd, BLKROGET, &protected);
	if (c.type[0])
		fputs(escape_str(label, sizeof(label), c.type), to);
	else if (probe_partitions(fd, table, &err) == 0 && table->n)
		fprintf(to, "partition table %s", table->type);
	else
		fputs("nothing that is known", to);
	if (c.uuid[0])
		fprintf(to, ", UUID %s", escape_str(uuid, sizeof(uuid), c.uuid));
	if (c.label[0])
		fprintf(to, ", label %s", escape_str(label, sizeof(label), c.label));
	if (strcmp(c.type, "crypto_LUKS") == 0)
		fputs(", encrypted: not opened here", to);
	if (!protected)
		fputs(", may be written to", to);
}

/* Read what the child tells. Return: false: it did not end in time. */
static bool listen_to(int fd, char *buf, size_t size)
{
	uint64_t end = clock_ms() + ANSWER_MS, now;
	struct pollfd in = {.fd = fd, .events = POLLIN};
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size - 1 && (now = clock_ms()) < end) {
		if (poll(&in, 1, (int)(end - now)) <= 0)
			continue;
		n = read(fd, buf + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	buf[len] = '\0';
	return n <= 0 || len == size - 1;
}

static void tell_device(const char *name, FILE *out)
{
	char path[PATH_MAX], content[600] = "", mapped[128], size[32] = "0", bytes[UNITS_TEXT_MAX];
	bool is_mapped = read_attribute(name, "dm/name", mapped, sizeof(mapped));
	struct mounts_line at;
	int pipefd[2];
	pid_t pid;

	read_attribute(name, "size", size, sizeof(size));
	if (is_mapped)
		snprintf(path, sizeof(path), "/dev/mapper/%s", mapped);
	else
		snprintf(path, sizeof(path), "/dev/%s", name);
	fprintf(out, "  %-16s %10s  ", escape_str((char[160]){""}, 160, path + 5),
		units_bytes(bytes, strtoull(size, NULL, 10) * SECTOR));
	if (pipe2(pipefd, O_CLOEXEC)) {
		fprintf(out, "%s\n", strerror(errno));
		return;
	}
	pid = fork();
	if (pid == 0) {
		FILE *to = fdopen(pipefd[1], "w");

		if (to) {
			tell_content(path, to);
			fclose(to);
		}
		_exit(0);
	}
	close(pipefd[1]);
	if (!listen_to(pipefd[0], content, sizeof(content))) {
		snprintf(content, sizeof(content), "does not answer within %d s", ANSWER_MS / 1000);
		/* One that waits for a disk cannot be ended: nobody waits for it. */
		kill(pid, SIGKILL);
	} else if (pid > 0) {
		waitpid(pid, NULL, 0);
	}
	close(pipefd[0]);
	fputs(content, out);
	if (mounts_find(path, &at))
		fprintf(out, ", mounted at %s (%s)", escape_str((char[300]){""}, 300, at.where),
			at.writable ? "writable" : "read-only");
	fputc('\n', out);
}

void inventory_write(FILE *out)
{
	struct dirent **entry;
	int n = scandir("/sys/class/block", &entry, is_shown, versionsort), shown = 0;

	fflush(out); /* what is buffered must not be written by the children, too */
	for (int i = 0; i < n; i++) {
		char size[32];

		/* an array that was stopped */
		if (read_attribute(entry[i]->d_name, "size", size, sizeof(size)) &&
		    strcmp(size, "0") != 0) {
			tell_device(entry[i]->d_name, out);
			fflush(out);
			shown++;
		}
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (!shown)
		fputs("  none\n", out);
}
