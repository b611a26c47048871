/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps "lease" and "fetch" on a host, for a guest that does not run: the one place of "plan"
 * that talks to a network.
 */
#ifndef XENPXE_CLI_AS_GUEST_H
#define XENPXE_CLI_AS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report.h"
#include "dhcp/lease.h"
#include "fetch/url.h"
#include "util/error.h"

/**
 * as_guest_lease() - ask DHCP on an interface of this machine for the lease of a guest.
 * @ifname:  must be up; neither its addresses nor its routes are touched
 * @mac:     the guest's; all zero: the interface's own is taken, and put there
 * @uuid:    NULL if the guest's is not known
 * @seconds: for the whole conversation, 1..86400
 * @ms:      what it took
 * @err:     ERR_NO_VIF (no such interface, or it is down), otherwise as dhcp_lease() and
 *           dhcp_ask_proxy(), which asks from this machine's own address
 *
 * The guest's MAC is in the messages only, not on the wire: answers are asked for as broadcasts.
 */
int as_guest_lease(const char *ifname, uint8_t mac[6], const uint8_t *uuid, unsigned int seconds,
		   struct lease *lease, uint64_t *ms, struct error *err);

/**
 * as_guest_route() - can this machine reach the server at all? Sends nothing.
 * @err: ERR_SYSTEM: it has no route, which no amount of waiting changes
 */
int as_guest_route(struct in_addr server, struct error *err);

/**
 * as_guest_read() - a small file, over this machine's own addresses and routes.
 * @text: receives a malloc()ed buffer, which the caller frees
 * @err:  as fetch_memory()
 */
int as_guest_read(const struct url *url, uint8_t **text, size_t *len, struct error *err);

/**
 * as_guest_fetch() - a whole file, to learn its size and checksum.
 * @file: url is set; the rest is filled
 * @err:  as fetch_file()
 */
int as_guest_fetch(struct report_file *file, struct error *err);

#endif
