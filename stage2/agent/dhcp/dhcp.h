/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "lease": DHCPv4 on the guest's own interfaces, all of them side by side.
 *
 * The packet code (dhcp/packet.h, dhcp/datagram.h) and the state machine (dhcp/conversation.h) are
 * pure; this is where they meet sockets, the clock and the person who waits.
 */
#ifndef XENPXE_DHCP_DHCP_H
#define XENPXE_DHCP_DHCP_H

#include "dhcp/lease.h"
#include "dhcp/renewal.h"
#include "util/error.h"
#include "vif/vif.h"

struct dhcp_options {
	unsigned int timeout_s; /* seconds for the whole conversation, 1..86400 */
	uint8_t uuid[16]; /* option 97, in the byte order that xl prints */
	bool has_uuid;
	const char *user_class; /* option 77, "xenpxe" */
	const char *client_id; /* option 61, see dhcp_identity_client_id(); NULL: 01 + MAC */
	bool broadcast; /* ask for broadcast answers: the MAC in @list is a guest's and not the
			 * interface's own */
};

/**
 * dhcp_lease() - get a lease on whichever interface is served.
 * @list:   interfaces, link set up; DISCOVERs go out on all of them
 * @chosen: index into @list of the interface that got the lease
 * @lease:  the lease
 * @err:    ERR_TIMEOUT (the text tells for each interface what was sent and seen), ERR_USAGE (a
 *          client identifier that is too long), ERR_SYSTEM
 *
 * Says on the console every ten seconds what it is waiting for. The lease is not put onto the
 * interface: see vif_configure(). To ask as another machine, on an interface whose addresses are
 * left alone, give that one's MAC address in @list and set broadcast.
 *
 * With lease->proxy set, call dhcp_ask_proxy() when an address is in use.
 */
int dhcp_lease(const struct vif_list *list, const struct dhcp_options *opt, size_t *chosen,
	       struct lease *lease, struct error *err);

/**
 * dhcp_ask_proxy() - complete a lease: ask the ProxyDHCP server for the boot file, at its port 4011
 * (PXE 2.1 section 2.2.3).
 * @vif:   the interface with the lease
 * @self:  the address that it has: lease->addr, or another machine's that asks for a guest
 * @lease: nothing is done unless its member proxy is set; its boot information is filled in
 * @err:   ERR_TIMEOUT, ERR_SERVER (it names no file), ERR_PROTOCOL, ERR_SYSTEM, ERR_USAGE
 *
 * A server that sends a menu in place of a file is asked for the first entry. Takes 15 seconds at
 * most. Return: 0 or -1.
 */
int dhcp_ask_proxy(const struct vif *vif, struct in_addr self, const struct dhcp_options *opt,
		   struct lease *lease, struct error *err);

/* A lease that is kept. */
struct dhcp_keeper {
	struct renewal renewal;
	int fd; /* -1: nothing to keep */
};

/**
 * dhcp_keep() - keep a lease from now on: call dhcp_keep_tick() about once a second.
 * @lease: just got and put onto @vif; one that lasts for ever needs nothing
 * @err:   ERR_SYSTEM, ERR_USAGE
 *
 * End it with dhcp_keep_end(). Return: 0 or -1.
 */
int dhcp_keep(struct dhcp_keeper *keeper, const struct vif *vif, const struct dhcp_options *opt,
	      const struct lease *lease, struct error *err);

/**
 * dhcp_keep_tick() - renew the lease if its time has come. Never waits.
 * @keeper: a struct dhcp_keeper
 * @err:    as renewal_check(): the address must not be used any more
 *
 * Return: 0 or -1. Fits struct fetch_options' tick.
 */
int dhcp_keep_tick(void *keeper, struct error *err);

void dhcp_keep_end(struct dhcp_keeper *keeper);

#endif
