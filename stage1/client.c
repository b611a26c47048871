/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

#define WAIT_S 10
#define LOOK_EVERY_MS 20

/* Of a process's line in /proc/PID/stat: "PID (NAME) STATE PARENT ..."; NAME may hold anything. */
struct process {
	char name[32];
	char state;
	long parent;
};

static bool look_at(struct process *p, long pid)
{
	char path[64];
	char line[256];
	char *begin, *end;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	(void)close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	begin = strchr(line, '(');
	end = strrchr(line, ')');
	if (!begin || !end || end < begin || strlen(end) < strlen(") S 1"))
		return false;
	*end = '\0';
	(void)snprintf(p->name, sizeof(p->name), "%s", begin + 1);
	p->state = end[2];
	p->parent = strtol(end + strlen(") S "), NULL, 10);
	return true;
}

/*
 * Until it is the client, the child is a copy of xl; and once it has ended, a zombie, since xl asks
 * later. Return: its PID, 0 if there is none.
 */
static long find_client(long xl, struct process *p)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	long found = 0;

	if (!dir)
		return 0;
	while (!found && (entry = readdir(dir)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != getpid() && look_at(p, pid) && p->parent == xl &&
		    p->state != 'Z' &&
		    (strcmp(p->name, "xl") == 0 || strcmp(p->name, "xenconsole") == 0))
			found = pid;
	}
	(void)closedir(dir);
	return found;
}

/* Besides its standard ones: those are where xl was called. Who may not look takes it for true. */
static bool has_terminal(long pid)
{
	static const char terminals[] = "/dev/pts/";
	char target[sizeof(terminals)];
	const struct dirent *entry;
	char path[64];
	bool has = false;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
	dir = opendir(path);
	if (!dir)
		return errno == EACCES;
	while (!has && (entry = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target));

		has = n > (ssize_t)strlen(terminals) && strtol(entry->d_name, NULL, 10) > 2 &&
		      memcmp(target, terminals, strlen(terminals)) == 0;
	}
	(void)closedir(dir);
	return has;
}

void client_wait(void)
{
	static const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
	long xl = getppid();
	struct process p;

	if (!look_at(&p, xl) || strcmp(p.name, "xl") != 0)
		return;
	for (int i = 0; i < WAIT_S * 1000 / LOOK_EVERY_MS; i++) {
		long client = find_client(xl, &p);

		if (!client || (strcmp(p.name, "xenconsole") == 0 && has_terminal(client)))
			return;
		(void)nanosleep(&pause, NULL);
	}
	say("warning: xl's console client has not opened its terminal in %d s: not waiting for it "
	    "any longer",
	    WAIT_S);
}
