/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* close_range(), unshare() */
#include "xen/device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"

#define STEP_MS 5
#define KEYS_MAX 64
#define STACK_SIZE 65536

/* xen/io/xenbus.h, enum xenbus_state */
#define STATE_INITIALISING "1"
#define STATE_INIT_WAIT "2"
#define STATE_CLOSED "6"

/* a driver's files in sysfs */
#define BIND "bind"
#define UNBIND "unbind"

/* Entries of a directory that begin with @prefix; the last one's name is left in @name. */
static size_t count_entries(const char *path, const char *prefix, char *name, size_t size)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(name, size, "%.60s", entry->d_name);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* devices/vbd-51712/block/xvda/xvda1: blkfront adds the disk some time after it was bound. */
static size_t count_blocks(const struct device *device, const char *sysfs)
{
	char path[400], disk[64], ignored[64];
	int len = snprintf(path, sizeof(path), "%s/bus/xen/devices/%s/block", sysfs, device->name);

	if (!count_entries(path, "", disk, sizeof(disk)))
		return 0;
	snprintf(path + len, sizeof(path) - (size_t)len, "/%s", disk);
	return 1 + count_entries(path, disk, ignored, sizeof(ignored));
}

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
		if (access(path, F_OK) != 0)
			continue;
		device.blocks = count_blocks(&device, sysfs);
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

/* Ask the backend to start over. */
static int restart_backend(const struct device *device, struct xenstore *xs, struct error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "device/%s/%s/state", device->class, device->id);
	return xenstore_write(xs, path, STATE_INITIALISING, err);
}

/*
 * Binding and unbinding wait for the backend, in the kernel and without a limit of their own: a
 * thread does it, so that a dead backend costs us a thread and not the boot. (A process would cost
 * a copy of our page tables, which is what takes longest in a PV guest.)
 */
struct driving {
	struct device device;
	const char *file; /* "bind" or "unbind" */
	char sysfs[256];
	atomic_int state;
};

enum { DRIVE_RUNS, DRIVE_OK, DRIVE_FAILED, DRIVE_GIVEN_UP };

static void give_back(const struct driving *d)
{
	struct error ignored;
	struct xenstore xs;

	if (xenstore_open(&xs, &ignored) == 0) {
		restart_backend(&d->device, &xs, &ignored);
		xenstore_close(&xs);
	}
	driver_write(&d->device, d->sysfs, BIND);
}

/* Until nobody waits for it any more. */
static void wait_for_blocks(const struct driving *d)
{
	while (count_blocks(&d->device, d->sysfs) < d->device.blocks &&
	       atomic_load(&d->state) == DRIVE_RUNS)
		poll(NULL, 0, STEP_MS);
}

static void *drive(void *arg)
{
	struct driving *d = arg;
	int state = DRIVE_FAILED;

	/* One that hangs must not keep the hand-over's driver open. */
	if (unshare(CLONE_FILES) == 0) {
		close_range(STDERR_FILENO + 1, ~0U, 0);
		if (driver_write(&d->device, d->sysfs, d->file) == 0)
			state = DRIVE_OK;
		if (state == DRIVE_OK && strcmp(d->file, BIND) == 0)
			wait_for_blocks(d);
	}
	/* Whoever comes last brings the device back, if it is to come back, and frees this. */
	if (atomic_exchange(&d->state, state) == DRIVE_GIVEN_UP) {
		if (state == DRIVE_OK && strcmp(d->file, UNBIND) == 0)
			give_back(d);
		free(d);
	}
	return NULL;
}

static struct driving *start_driving(const struct device *device, const char *sysfs,
				     const char *file)
{
	struct driving *d = calloc(1, sizeof(*d));
	pthread_attr_t attr;
	pthread_t thread;
	int ret;

	if (!d)
		return NULL;
	d->device = *device;
	d->file = file;
	snprintf(d->sysfs, sizeof(d->sysfs), "%s", sysfs);
	atomic_init(&d->state, DRIVE_RUNS);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	ret = pthread_create(&thread, &attr, drive, d);
	pthread_attr_destroy(&attr);
	if (ret) {
		errno = ret;
		free(d);
		return NULL;
	}
	return d;
}

/* What came of it. A thread that still hangs has the device from now on. */
static int stop_waiting(struct driving *d)
{
	int state = d ? atomic_exchange(&d->state, DRIVE_GIVEN_UP) : DRIVE_FAILED;

	if (state != DRIVE_RUNS)
		free(d);
	return state;
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

/* The frontend's directory as the toolstack made it, but for the state. */
static int clean_frontend(const struct device *device, struct xenstore *xs, struct error *err)
{
	char dir[64], text[KEYS_MAX][96], *path[KEYS_MAX], *names, *name;
	size_t n = 0;

	snprintf(dir, sizeof(dir), "device/%s/%s", device->class, device->id);
	if (xenstore_list(xs, dir, &names, err))
		return -1;
	for (name = names; *name && n < KEYS_MAX; name += strlen(name) + 1) {
		int len = snprintf(text[n], sizeof(text[n]), "%s/%s", dir, name);

		if (!frontend_wrote(name) || len >= (int)sizeof(text[n]))
			continue;
		path[n] = text[n];
		n++;
	}
	free(names);
	return xenstore_remove(xs, path, n, err);
}

static int detach(struct device *device, struct xenstore *xs, unsigned int number,
		  struct error *err)
{
	char path[80], backend[256];

	device->backend_state[0] = '\0';
	snprintf(path, sizeof(path), "device/%s/%s/backend", device->class, device->id);
	if (xenstore_read(xs, path, backend, sizeof(backend), NULL) == 0)
		snprintf(device->backend_state, sizeof(device->backend_state), "%s/state", backend);
	return clean_frontend(device, xs, err) ||
			       (device->backend_state[0] &&
				xenstore_watch(xs, device->backend_state, number, err))
		       ? -1
		       : 0;
}

int device_detach(struct device_list *list, struct xenstore *xs, struct error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		if (detach(&list->device[i], xs, (unsigned int)i, err))
			return error_prefix(err, "closing %s", list->device[i].name);
	}
	return 0;
}

/* Where a device is on its way from open to closed; see step_device(). */
struct closing {
	struct device *device;
	enum { UNBINDING, CLOSED_BY_US, RESET, DONE } step;
	struct driving *unbinding;
	bool changed; /* the backend's state, since it was read: each request costs dom0 a turn */
	char state[8]; /* the backend's, as it stood in xenstore, "?" if it cannot be read */
};

static void read_state(struct closing *c, struct xenstore *xs)
{
	const char *path = c->device->backend_state;

	if (!path[0] || xenstore_read(xs, path, c->state, sizeof(c->state), NULL))
		snprintf(c->state, sizeof(c->state), "?");
	c->changed = false;
}

static bool backend_is(struct closing *c, struct xenstore *xs, const char *wanted)
{
	if (c->changed)
		read_state(c, xs);
	return strcmp(c->state, wanted) == 0;
}

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
	if (c->step == UNBINDING) {
		switch (atomic_load(&c->unbinding->state)) {
		case DRIVE_OK:
			c->step = CLOSED_BY_US;
			break;
		case DRIVE_FAILED:
			return error_set(err, ERR_SYSTEM, "the kernel does not let go of %s",
					 c->device->name);
		}
	}
	if (c->step == CLOSED_BY_US && backend_is(c, xs, STATE_CLOSED)) {
		if (restart_backend(c->device, xs, err))
			return error_prefix(err, "closing %s", c->device->name);
		c->step = RESET;
	}
	if (c->step == RESET && backend_is(c, xs, STATE_INIT_WAIT))
		c->step = DONE;
	return 0;
}

static int close_all(struct closing *closing, size_t n, struct xenstore *xs,
		     unsigned int timeout_ms, struct error *err)
{
	uint64_t deadline = clock_ms() + timeout_ms, fired;

	for (;;) {
		struct closing *late = NULL;

		for (size_t i = 0; i < n; i++) {
			if (step_device(&closing[i], xs, err))
				return -1;
			if (closing[i].step != DONE)
				late = &closing[i];
		}
		if (!late)
			return 0;
		if (clock_ms() > deadline) {
			read_state(late, xs);
			return error_set(err, ERR_TIMEOUT,
					 "%s was not closed within %u ms (%s, its backend is in "
					 "state %s); look at it in dom0 with xenstore-ls",
					 late->device->name, timeout_ms, step_words(late),
					 late->state);
		}
		/* The threads tell nobody when they are done: a look every few milliseconds. */
		if (xenstore_fired(xs, STEP_MS, &fired, err))
			return -1;
		for (size_t i = 0; i < n; i++)
			closing[i].changed |= fired >> i & 1;
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

		*c = (struct closing){.device = &list->device[n], .changed = true, .state = "?"};
		c->unbinding = start_driving(c->device, sysfs, UNBIND);
		if (!c->unbinding)
			ret = error_set(err, ERR_SYSTEM, "no thread to close %s: %s",
					c->device->name, strerror(errno));
	}
	ret = ret || close_all(closing, n, xs, timeout_ms, err);
	for (size_t i = 0; i < n; i++)
		closing[i].device->closed = stop_waiting(closing[i].unbinding) == DRIVE_OK;
	return ret ? -1 : 0;
}

static bool still_run(struct driving *const d[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (d[i] && atomic_load(&d[i]->state) == DRIVE_RUNS)
			return true;
	}
	return false;
}

static int reopened(struct device *device, struct driving *binding, unsigned int timeout_ms,
		    struct error *err)
{
	switch (stop_waiting(binding)) {
	case DRIVE_OK:
		device->closed = false;
		return 0;
	case DRIVE_FAILED:
		return error_set(
			err, ERR_SYSTEM,
			"%s does not come back, its backend is not there any more: look at "
			"it in dom0 with xenstore-ls",
			device->name);
	default:
		return error_set(
			err, ERR_TIMEOUT,
			"%s is not back after %u ms, its backend does not begin anew: look "
			"at it in dom0 with xenstore-ls",
			device->name, timeout_ms);
	}
}

int device_reopen(struct device_list *list, const char *sysfs, struct xenstore *xs,
		  unsigned int timeout_ms, struct error *err)
{
	struct driving *binding[DEVICE_MAX] = {NULL};
	uint64_t deadline = clock_ms() + timeout_ms;
	struct error ignored;
	int ret = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct device *device = &list->device[i];

		if (!device->closed)
			continue;
		/* One that did not get that far: a backend that comes back later finds it ready. */
		clean_frontend(device, xs, &ignored);
		restart_backend(device, xs, &ignored);
		binding[i] = start_driving(device, sysfs, BIND);
	}
	while (still_run(binding, list->n) && clock_ms() < deadline)
		poll(NULL, 0, STEP_MS);
	for (size_t i = 0; i < list->n; i++) {
		if (list->device[i].closed &&
		    reopened(&list->device[i], binding[i], timeout_ms, err))
			ret = -1;
	}
	return ret;
}
