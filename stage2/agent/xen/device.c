/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* close_range() */
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
#define STATE_CLOSED "6"

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

	if (pid == 0) {
		/* A child that hangs must not keep the hand-over's driver open. */
		close_range(STDERR_FILENO + 1, ~0U, 0);
		_exit(driver_write(device, sysfs, "unbind") ? 1 : 0);
	}
	return pid;
}

/* What frontends write about their rings; the rest is the toolstack's. */
static bool frontend_wrote(const char *name)
{
	static const char *const prefix[] = {
		"ring-",	"tx-ring-ref", "rx-ring-ref", "event-",		"queue-",
		"multi-queue-", "feature-",    "request-",    "num-ring-pages", "xdp-headroom"};

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

/* The backend's state as it stands in xenstore, "?" if it cannot be read. */
static void backend_state(const struct device *device, struct xenstore *xs, char state[8])
{
	char path[280], backend[256];

	snprintf(state, 8, "?");
	snprintf(path, sizeof(path), "device/%s/%s/backend", device->class, device->id);
	if (xenstore_read(xs, path, backend, sizeof(backend), NULL))
		return;
	snprintf(path, sizeof(path), "%s/state", backend);
	if (xenstore_read(xs, path, state, 8, NULL))
		snprintf(state, 8, "?");
}

static bool backend_is(const struct device *device, struct xenstore *xs, const char *wanted)
{
	char state[8];

	backend_state(device, xs, state);
	return strcmp(state, wanted) == 0;
}

/* Where a device is on its way from open to closed; see step_device(). */
struct closing {
	struct device *device;
	enum { UNBINDING, CLOSED_BY_US, RESET, DONE } step;
	pid_t pid; /* of the child that unbinds; 0: ended */
};

static const char *step_words(const struct closing *c)
{
	switch (c->step) {
	case UNBINDING:
		return "its driver still waits for it";
	case CLOSED_BY_US:
		return "closed on this side";
	case RESET:
		return "not ready for a new frontend";
	case DONE:
		break;
	}
	return "done";
}

/*
 * The backend has to be seen closed before its frontend starts over: if state 1 comes before it
 * looked at the closing, blkback takes it for the beginning of the old connection and ignores it.
 */
static int step_device(struct closing *c, struct xenstore *xs, struct error *err)
{
	int status;

	if (c->step == UNBINDING && waitpid(c->pid, &status, WNOHANG) == c->pid) {
		c->pid = 0;
		if (status)
			return error_set(err, ERR_SYSTEM, "the kernel does not let go of %s",
					 c->device->name);
		c->device->closed = true;
		c->step = CLOSED_BY_US;
	}
	if (c->step == CLOSED_BY_US && backend_is(c->device, xs, STATE_CLOSED)) {
		if (reset_frontend(c->device, xs, err))
			return error_prefix(err, "closing %s", c->device->name);
		c->step = RESET;
	}
	if (c->step == RESET && backend_is(c->device, xs, STATE_INIT_WAIT))
		c->step = DONE;
	return 0;
}

static int close_all(struct closing *closing, size_t n, struct xenstore *xs,
		     unsigned int timeout_ms, struct error *err)
{
	uint64_t deadline = clock_ms() + timeout_ms;

	for (;;) {
		const struct closing *late = NULL;
		char state[8];

		for (size_t i = 0; i < n; i++) {
			if (step_device(&closing[i], xs, err))
				return -1;
			if (closing[i].step != DONE)
				late = &closing[i];
		}
		if (!late)
			return 0;
		if (clock_ms() > deadline) {
			backend_state(late->device, xs, state);
			return error_set(err, ERR_TIMEOUT,
					 "%s was not closed within %u ms (%s, its backend is in "
					 "state %s); look at it in dom0 with xenstore-ls",
					 late->device->name, timeout_ms, step_words(late), state);
		}
		poll(NULL, 0, STEP_MS);
	}
}

int device_close(struct device_list *list, const char *sysfs, struct xenstore *xs,
		 unsigned int timeout_ms, struct error *err)
{
	struct closing closing[DEVICE_MAX];
	size_t n;
	int ret = 0;

	for (n = 0; n < list->n && !ret; n++) {
		struct closing *c = &closing[n];

		c->device = &list->device[n];
		c->step = UNBINDING;
		c->pid = start_unbind(c->device, sysfs);
		if (c->pid < 0) {
			c->pid = 0;
			ret = error_set(err, ERR_SYSTEM, "no process to close %s: %s",
					c->device->name, strerror(errno));
		}
	}
	ret = ret || close_all(closing, n, xs, timeout_ms, err);
	for (size_t i = 0; i < n; i++) {
		if (closing[i].pid)
			kill(closing[i].pid, SIGKILL);
	}
	return ret ? -1 : 0;
}

void device_reopen(struct device_list *list, const char *sysfs)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->device[i].closed && driver_write(&list->device[i], sysfs, "bind") == 0)
			list->device[i].closed = false;
	}
}
