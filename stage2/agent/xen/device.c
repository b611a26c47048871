/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"

#define STEP_MS 5

/* xen/io/xenbus.h, enum xenbus_state */
#define STATE_INITIALISING "1"
#define STATE_INIT_WAIT "2"

int device_find(struct device_list *list, const char *sysfs, struct error *err)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	list->n = 0;
	snprintf(path, sizeof(path), "%s/bus/xen/devices", sysfs);
	dir = opendir(path);
	if (!dir)
		return error_set(err, ERR_SYSTEM, "%s cannot be read: %s", path, strerror(errno));
	while ((entry = readdir(dir)) && list->n < DEVICE_MAX) {
		struct device device = {.closed = false};

		if (sscanf(entry->d_name, "%7[a-z]-%15[0-9]", device.class, device.id) != 2)
			continue;
		snprintf(device.name, sizeof(device.name), "%.24s", entry->d_name);
		snprintf(path, sizeof(path), "%s/bus/xen/devices/%s/driver", sysfs, device.name);
		if (access(path, F_OK) == 0)
			list->device[list->n++] = device;
	}
	closedir(dir);
	return 0;
}

/* Write a device's name to its driver's "bind" or "unbind". */
static int driver_write(const struct device *device, const char *sysfs, const char *file)
{
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/bus/xen/drivers/%s/%s", sysfs, device->class, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = write(fd, device->name, strlen(device->name));
	close(fd);
	return n < 0 ? -1 : 0;
}

/*
 * Unbinding waits for the backend, in the kernel and without a limit of its own: a child does it,
 * so that a dead backend costs us a child and not the boot.
 */
static pid_t start_unbind(const struct device *device, const char *sysfs)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(driver_write(device, sysfs, "unbind") ? 1 : 0);
	return pid;
}

/* What frontends write about their rings, and what the toolstack did not put there. */
static bool frontend_wrote(const char *name)
{
	static const char *const prefix[] = {
		"ring-",	"tx-ring-ref", "rx-ring-ref", "event-",		"queue-",
		"multi-queue-", "feature-",    "request-",    "num-ring-pages", "protocol"};

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
			return true;
	}
	return false;
}

/* The frontend's directory as the toolstack made it, asking the backend to start over. */
static int reset_frontend(const struct device *device, struct xenstore *xs, struct error *err)
{
	char dir[64], path[320], *names, *name;
	int ret = 0;

	snprintf(dir, sizeof(dir), "device/%s/%s", device->class, device->id);
	if (xenstore_list(xs, dir, &names, err))
		return -1;
	for (name = names; *name && !ret; name += strlen(name) + 1) {
		if (!frontend_wrote(name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		ret = xenstore_remove(xs, path, err);
	}
	free(names);
	if (ret)
		return -1;
	snprintf(path, sizeof(path), "%s/state", dir);
	return xenstore_write(xs, path, STATE_INITIALISING, err);
}

static bool backend_waits(const struct device *device, struct xenstore *xs)
{
	char path[280], backend[256], state[8];
	struct error ignored;

	snprintf(path, sizeof(path), "device/%s/%s/backend", device->class, device->id);
	if (xenstore_read(xs, path, backend, sizeof(backend), &ignored))
		return false;
	snprintf(path, sizeof(path), "%s/state", backend);
	if (xenstore_read(xs, path, state, sizeof(state), &ignored))
		return false;
	return strcmp(state, STATE_INIT_WAIT) == 0;
}

static void kill_all(const pid_t *pid, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pid[i] > 0)
			kill(pid[i], SIGKILL);
	}
}

int device_close(struct device_list *list, const char *sysfs, struct xenstore *xs,
		 unsigned int timeout_ms, struct error *err)
{
	uint64_t deadline = clock_ms() + timeout_ms;
	enum { UNBINDING, RESETTING, DONE } step[DEVICE_MAX] = {UNBINDING};
	pid_t pid[DEVICE_MAX] = {0};
	size_t left = list->n;

	for (size_t i = 0; i < list->n; i++) {
		pid[i] = start_unbind(&list->device[i], sysfs);
		if (pid[i] < 0) {
			kill_all(pid, i);
			return error_set(err, ERR_SYSTEM, "no process to close %s: %s",
					 list->device[i].name, strerror(errno));
		}
	}
	while (left) {
		for (size_t i = 0; i < list->n; i++) {
			struct device *device = &list->device[i];
			int status;

			if (step[i] == UNBINDING && waitpid(pid[i], &status, WNOHANG) == pid[i]) {
				pid[i] = 0;
				device->closed = true;
				if (status) {
					kill_all(pid, list->n);
					return error_set(err, ERR_SYSTEM,
							 "the kernel does not let go of %s",
							 device->name);
				}
				if (reset_frontend(device, xs, err)) {
					kill_all(pid, list->n);
					return error_prefix(err, "closing %s", device->name);
				}
				step[i] = RESETTING;
			}
			if (step[i] == RESETTING && backend_waits(device, xs)) {
				step[i] = DONE;
				left--;
			}
		}
		if (!left)
			break;
		if (clock_ms() > deadline) {
			for (size_t i = 0; i < list->n; i++) {
				if (step[i] == DONE)
					continue;
				kill_all(pid, list->n);
				return error_set(err, ERR_TIMEOUT,
						 "%s was not closed within %u ms: its backend does "
						 "not answer; look at it in dom0 with xenstore-ls",
						 list->device[i].name, timeout_ms);
			}
		}
		poll(NULL, 0, STEP_MS);
	}
	return 0;
}

void device_reopen(struct device_list *list, const char *sysfs)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->device[i].closed && driver_write(&list->device[i], sysfs, "bind") == 0)
			list->device[i].closed = false;
	}
}
