/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's paravirtual devices, seen from the frontend's side: closed before the hand-over so
 * that the next kernel's frontends find their backends as a fresh domain's do
 * (xen/io/xenbus.h; what the backends expect is in Linux's xen-netback and xen-blkback).
 */
#ifndef XENPXE_XEN_DEVICE_H
#define XENPXE_XEN_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "xen/xenstore.h"

#define DEVICE_MAX XENSTORE_WATCH_MAX

struct device {
	char name[32]; /* as the kernel's xenbus names it: "vif-0", "vbd-51712" */
	char class[8]; /* "vif", "vbd": also the name of its driver */
	char id[16]; /* "0", "51712" */
	char backend_state[280]; /* the node's path, from device_detach(); "" if there is none */
	size_t blocks; /* its disk and the partitions on it, as sysfs shows them; 0: none */
	bool closed;
};

struct device_list {
	size_t n;
	struct device device[DEVICE_MAX];
};

/**
 * device_find() - list the devices that a driver of this kernel has taken.
 * @sysfs: "/sys"; tests give another root
 * @err:   ERR_SYSTEM
 */
int device_find(struct device_list *list, const char *sysfs, struct error *err);

/**
 * device_detach() - what can be done beforehand, while the devices still work: what the frontends
 * wrote about their rings leaves xenstore (the backends took note of it when they connected, and
 * frontends that start over write it again), and the backends are watched.
 * @xs: the connection for device_close(), too
 */
int device_detach(struct device_list *list, struct xenstore *xs, struct error *err);

/**
 * device_close() - take each device from its driver, all side by side, and bring its backend back
 * to where it waits for a new frontend.
 * @timeout_ms: for all of it together
 * @err:        ERR_TIMEOUT or ERR_SYSTEM; the text names the device. Devices that were closed are
 *              marked, so that device_reopen() knows them.
 */
int device_close(struct device_list *list, const char *sysfs, struct xenstore *xs,
		 unsigned int timeout_ms, struct error *err);

/**
 * device_reopen() - give the closed devices back to their drivers, after a hand-over that was
 * given up, all side by side. A disk is back when the kernel shows it with its partitions again.
 * @timeout_ms: for all of it together; one that comes back later still does
 * @err:        ERR_TIMEOUT or ERR_SYSTEM: one did not come back; the text names it
 */
int device_reopen(struct device_list *list, const char *sysfs, struct xenstore *xs,
		  unsigned int timeout_ms, struct error *err);

#endif
