/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "handover/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../kernel/pvkexec/pvkexec.h"
#include "util/clock.h"
#include "util/console.h"
#include "xen/device.h"
#include "xen/xenstore.h"

#define DRIVER "/dev/pvkexec"
#define SYSFS "/sys"
#define CLOSE_TIMEOUT_MS 30000
#define REOPEN_TIMEOUT_MS 10000

static int driver_refuses(const char *step, const char *reason, struct error *err)
{
	return error_set(err, ERR_HANDOVER, "the hand-over was given up at %s: %s", step,
			 reason[0] ? reason : strerror(errno));
}

/* What the domain has now: saved and restored, or moved to another host, it has others. */
static int ask_domain(struct handover *handover, struct error *err)
{
	struct pvkexec_info info = {0};

	if (ioctl(handover->fd, PVKEXEC_INFO, &info))
		return driver_refuses("INFO", info.reason, err);
	handover->system_time = info.system_time - clock_ns();
	handover->domain.nr_pages = info.nr_pages;
	handover->domain.shared_info = info.shared_info;
	handover->domain.store_port = info.store_evtchn;
	handover->domain.console_port = info.console_evtchn;
	handover->domain.flags = info.flags;
	return 0;
}

int handover_open(struct handover *handover, struct error *err)
{
	handover->fd = open(DRIVER, O_RDWR | O_CLOEXEC);
	if (handover->fd < 0 && errno == EBUSY)
		return error_set(err, ERR_HANDOVER,
				 "%s is still held by an earlier try, which waits for a disk that "
				 "does not answer: look at the disks' backends in dom0",
				 DRIVER);
	if (handover->fd < 0)
		return error_set(err, ERR_UNSUPPORTED,
				 "%s: %s; this kernel cannot hand over: boot xenpxe's own "
				 "stage-two kernel in a guest of type=\"pv\"",
				 DRIVER, strerror(errno));
	if (ask_domain(handover, err)) {
		handover_close(handover);
		return -1;
	}
	return 0;
}

void handover_close(struct handover *handover)
{
	if (handover->fd >= 0)
		close(handover->fd);
	handover->fd = -1;
}

/* Steps 1 to 3: the driver pins the image's pages and numbers all frames of the domain. */
static int adopt(struct handover *handover, struct image *image, const struct image_layout *layout,
		 uint64_t *p2m, struct error *err)
{
	struct pvkexec_adopt arg = {0};
	struct pvkexec_segment *segments;
	const struct image_segment *from;
	size_t n;
	int ret;

	from = image_segments(image, &n);
	segments = calloc(n, sizeof(*segments));
	if (!segments)
		return error_set(err, ERR_MEMORY, "no memory for the list of segments");
	for (size_t i = 0; i < n; i++) {
		segments[i].addr = (uintptr_t)from[i].addr;
		segments[i].pfn = from[i].pfn;
		segments[i].nr_pages = from[i].nr_pages;
	}
	arg.segments = (uintptr_t)segments;
	arg.nr_segments = n;
	arg.nr_pages = handover->domain.nr_pages;
	arg.nr_mapped = layout->nr_mapped;
	arg.virt_base = layout->virt_base;
	arg.console_pfn = layout->console_pfn;
	arg.store_pfn = layout->store_pfn;
	arg.p2m = (uintptr_t)p2m;
	ret = ioctl(handover->fd, PVKEXEC_ADOPT, &arg);
	free(segments);
	return ret ? driver_refuses("ADOPT", arg.reason, err) : 0;
}

/* Steps 1 to 7. Nothing outside this process and the driver has changed when it fails. */
static int prepare(struct handover *handover, struct image *image, struct error *err)
{
	struct pvkexec_prepare arg = {0};
	struct image_layout layout;
	uint64_t *p2m;
	int ret;

	if (ask_domain(handover, err) || image_domain(image, &handover->domain, err))
		return -1;
	p2m = malloc(handover->domain.nr_pages * sizeof(*p2m));
	if (!p2m)
		return error_set(err, ERR_MEMORY, "no memory for the list of frames");
	image_layout(image, &layout);
	ret = adopt(handover, image, &layout, p2m, err);
	if (!ret)
		ret = image_finish(image, p2m, err);
	free(p2m);
	if (ret)
		return -1;
	/* No writable mapping of a page table may be left, not even ours. */
	image_unmap(image);
	arg.l4_pfn = layout.l4_pfn;
	arg.entry = layout.entry;
	arg.stack = layout.stack;
	arg.start_info = layout.start_info;
	if (ioctl(handover->fd, PVKEXEC_PREPARE, &arg))
		return driver_refuses("PREPARE", arg.reason, err);
	return 0;
}

/* The devices, closed by a thread of their own while the driver prepares: nothing of the boot uses
 * them any more, and most of it is waiting for dom0. */
struct closing {
	struct device_list devices;
	struct xenstore xs; /* the thread's until it has ended */
	pthread_t thread;
	struct error err;
	int ret;
};

static void *close_devices(void *arg)
{
	struct closing *c = arg;

	c->ret = device_close(&c->devices, SYSFS, &c->xs, CLOSE_TIMEOUT_MS, &c->err);
	return NULL;
}

/* Step 8. end_closing() belongs to it when it succeeds. */
static int begin_closing(struct closing *c, struct error *err)
{
	int ret;

	*c = (struct closing){.err = {ERR_NONE, ""}};
	if (xenstore_open(&c->xs, err))
		return -1;
	if (device_find(&c->devices, SYSFS, err) || device_detach(&c->devices, &c->xs, err)) {
		xenstore_close(&c->xs);
		return -1;
	}
	ret = pthread_create(&c->thread, NULL, close_devices, c);
	if (ret == 0)
		return 0;
	xenstore_close(&c->xs);
	return error_set(err, ERR_SYSTEM, "no thread to close the devices: %s", strerror(ret));
}

/* Bounded by CLOSE_TIMEOUT_MS. */
static int wait_closed(struct closing *c, struct error *err)
{
	pthread_join(c->thread, NULL);
	if (c->ret)
		*err = c->err;
	return c->ret;
}

/* The hand-over was given up: the devices come back. */
static void end_closing(struct closing *c)
{
	struct error err = {ERR_NONE, ""};

	if (device_reopen(&c->devices, SYSFS, &c->xs, REOPEN_TIMEOUT_MS, &err))
		say_error("%s", err.text);
	xenstore_close(&c->xs);
}

/*
 * What the steps took, for people in dom0 and for the tests: the moment at which EXEC begins in
 * Xen's system time, which the next kernel reads as well. Nobody waits for it to be written.
 */
static void tell_times(const struct handover *handover, struct xenstore *xs, uint64_t prepare_ns,
		       uint64_t quiesce_ns)
{
	uint64_t exec_ns = handover->system_time + clock_ns();
	struct error ignored;
	char text[128];

	snprintf(text, sizeof(text), "prepare_us=%llu quiesce_us=%llu exec_ns=%llu",
		 (unsigned long long)prepare_ns / 1000, (unsigned long long)quiesce_ns / 1000,
		 (unsigned long long)exec_ns);
	xenstore_write(xs, "data/xenpxe/times", text, &ignored);
}

/* Steps 10 to 18. */
static int execute(struct handover *handover, struct xenstore *xs, uint64_t start,
		   uint64_t prepared, struct error *err)
{
	struct pvkexec_exec arg = {0};

	/* The next kernel may be this one again: its watches would get EEXIST. */
	if (xenstore_reset_watches(xs, err))
		return -1;
	tell_times(handover, xs, prepared - start, clock_ns() - prepared);
	ioctl(handover->fd, PVKEXEC_EXEC, &arg);
	return driver_refuses("EXEC", arg.reason, err);
}

int handover_run(struct handover *handover, struct image *image, struct error *err)
{
	uint64_t start = clock_ns(), prepared;
	struct closing closing;
	struct error late;
	int ret;

	if (begin_closing(&closing, err))
		return -1;
	ret = prepare(handover, image, err);
	prepared = clock_ns();
	/* The first error is the one that counts. */
	if (wait_closed(&closing, ret ? &late : err) == 0 && !ret)
		execute(handover, &closing.xs, start, prepared, err);
	end_closing(&closing);
	return -1;
}
