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
#include "util/error.h"
#include "vif/vif.h"

struct dhcp_options {
	unsigned int timeout_s; /* seconds for the whole conversation, 1..86400 */
	uint8_t uuid[16]; /* option 97, in the byte order that xl prints */
	bool has_uuid;
	const char *user_class; /* option 77, "xenpxe" */
	bool broadcast; /* ask for broadcast answers: the MAC is not the interface's own */
	const char *client_id; /* option 61, see dhcp_identity_client_id(); NULL: 01 + MAC */
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
 * interface: see vif_configure().
 */
int dhcp_lease(const struct vif_list *list, const struct dhcp_options *opt, size_t *chosen,
	       struct lease *lease, struct error *err);

#endif
