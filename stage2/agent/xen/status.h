/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data/xenpxe/KEY: what an administrator in dom0 (or a program) can read about the boot:
 *   state  starting, vif, lease, disks, menu, choice (a person is asked), fetch, image, handover,
 * rescue, waiting, failed file, bytes, size   what is being fetched, how much of it is there, and
 * in all (0: not known) way, label, vif, mac, ip, server, config, error, error-class, nonce,
 * version times    of the hand-over: prepare_us= and quiesce_us= it took, exec_ns= when it began in
 * Xen's system time (handover/handover.c) A guest without xenstore still boots: failures are
 * ignored after the first, which is said.
 */
#ifndef XENPXE_XEN_STATUS_H
#define XENPXE_XEN_STATUS_H

#include "xen/xenstore.h"

/**
 * status_open() - connect to xenstore; without one every status_set() does nothing.
 */
void status_open(void);

/**
 * status_renew() - connect again if the connection was given up because xenstore did not answer:
 * for the beginning of each round, so that dom0 is not told an old state for good.
 */
void status_renew(void);

/**
 * status_attach() - use a connection that is open already, instead of status_open().
 * @xs: taken over: status_close() closes it
 */
void status_attach(const struct xenstore *xs);

/**
 * status_set() - write data/xenpxe/@key. The value is escaped and cut at 1024 bytes.
 */
void status_set(const char *key, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * status_close() - let go of xenstore (before the hand-over).
 */
void status_close(void);

#endif
