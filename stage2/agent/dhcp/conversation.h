/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DHCP client's state machine (RFC 2131 section 4.4.1, figure 5, as far as BOUND), on several
 * interfaces side by side. No I/O and no clock of its own: messages and times are handed in.
 *
 *   SELECTING   DISCOVERs go out on every interface
 *   COLLECTING  no OFFER so far names anything to boot: DISCOVERs go on for a while, since another
 *               may, or a ProxyDHCP server's, which has no address; one that does is taken at once
 *   REQUESTING  one OFFER was chosen; only its interface sends
 *   PAUSING     the REQUEST failed; a moment later SELECTING begins anew
 *   BOUND       the lease is there
 */
#ifndef XENPXE_DHCP_CONVERSATION_H
#define XENPXE_DHCP_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dhcp/lease.h"
#include "dhcp/packet.h"
#include "vif/vif.h"

/* Servers that look first whether an address is in use offer late: dnsmasq after 3 s, ISC's dhcpd
 * after 1 s. One that missed the first DISCOVERs begins 1.5 s later. */
#define DHCP_PATIENCE_MS 6000

enum dhcp_state { DHCP_SELECTING, DHCP_COLLECTING, DHCP_REQUESTING, DHCP_PAUSING, DHCP_BOUND };

/* One interface's part. The counters are for the person who waits. */
struct dhcp_port {
	struct dhcp_identity id;
	bool send; /* a message is due */
	bool has_offer;
	struct lease offer; /* the best one so far */
	bool has_proxy;
	struct lease proxy; /* of a ProxyDHCP server: its boot information only */
	unsigned int discovers, requests, offers, proxy_offers, naks;
	unsigned int ignored; /* messages to us that were of no use */
	char note[160]; /* why the last of them was ignored, escaped; "" if none was */
};

struct dhcp_conversation {
	enum dhcp_state state;
	size_t n;
	struct dhcp_port port[VIF_MAX];
	size_t chosen; /* REQUESTING, BOUND: index into port */
	struct lease lease; /* BOUND */
	uint32_t xid;
	uint64_t began_ms;
	unsigned int patience_ms; /* by the caller: so long an offer that names nothing to boot
				   * waits for a better one, usually DHCP_PATIENCE_MS */
	uint64_t settle_ms; /* COLLECTING: when the offers so far will have to do */
	uint64_t due_ms; /* when dhcp_next() has something to do */
	unsigned int wait_ms; /* to the next retransmission, without its jitter */
	unsigned int tries; /* REQUESTs of this offer */
	uint64_t random; /* state of the generator behind xid and jitter */
};

/**
 * dhcp_start() - begin.
 * @c:    every port's id filled, n and patience_ms set by the caller, the rest zero
 * @seed: from random_bytes()
 * @now:  milliseconds of a clock that never goes back; the same clock in every call
 */
void dhcp_start(struct dhcp_conversation *c, uint64_t seed, uint64_t now);

/**
 * dhcp_receive() - a message came in.
 * @port: the interface it came on
 * @from: who sent it, for notes
 * @buf, @len: the UDP payload
 */
void dhcp_receive(struct dhcp_conversation *c, size_t port, struct in_addr from, const uint8_t *buf,
		  size_t len, uint64_t now);

/**
 * dhcp_next() - what to send now. Call it whenever due_ms has come or a message was received,
 * until it returns 0.
 * @buf:  receives the message
 * @port: receives the interface to send it on
 *
 * Return: the message's length, 0 if nothing is (any more) to be sent before due_ms.
 */
size_t dhcp_next(struct dhcp_conversation *c, uint64_t now, uint8_t buf[DHCP_MESSAGE_MAX],
		 size_t *port);

#endif
