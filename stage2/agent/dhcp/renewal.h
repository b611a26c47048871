/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lease that is kept while a boot takes longer than it lasts (RFC 2131 section 4.4.5). No I/O
 * and no clock of its own, as the conversation that led to it.
 *
 *   BOUND      nothing to do before T1
 *   RENEWING   the server that gave the lease is asked
 *   REBINDING  T2 has come: any server is asked
 *   LOST       it ran out, or a server took it back
 */
#ifndef XENPXE_DHCP_RENEWAL_H
#define XENPXE_DHCP_RENEWAL_H

#include <stdint.h>

#include "dhcp/lease.h"
#include "dhcp/packet.h"
#include "util/error.h"

enum renewal_state { RENEWAL_BOUND, RENEWAL_RENEWING, RENEWAL_REBINDING, RENEWAL_LOST };

struct renewal {
	enum renewal_state state;
	struct dhcp_identity id;
	struct in_addr addr, server_id;
	uint32_t seconds;
	uint32_t xid;
	uint64_t t1_ms, t2_ms, end_ms; /* UINT64_MAX: never */
	uint64_t due_ms; /* when renewal_next() has something to do */
	uint64_t asked_ms; /* when the first REQUEST of this round went out */
	char why[100]; /* LOST: the server's words, escaped */
	unsigned int renewed; /* times */
};

/**
 * renewal_start() - a lease was got at @now.
 * @seed: from random_bytes()
 * @now:  milliseconds of a clock that never goes back; the same clock in every call
 */
void renewal_start(struct renewal *r, const struct dhcp_identity *id, const struct lease *lease,
		   uint32_t seed, uint64_t now);

/**
 * renewal_next() - what to send now.
 * @buf: receives the message
 * @to:  receives the server, or 255.255.255.255
 *
 * Return: the message's length, 0 if nothing is to be sent before due_ms.
 */
size_t renewal_next(struct renewal *r, uint64_t now, uint8_t buf[DHCP_MESSAGE_MAX],
		    struct in_addr *to);

/**
 * renewal_receive() - a message came in. @buf, @len: the UDP payload
 */
void renewal_receive(struct renewal *r, const uint8_t *buf, size_t len, uint64_t now);

/**
 * renewal_check() - is the address still ours?
 * @err: ERR_TIMEOUT: it ran out; ERR_SERVER: a server took it back
 *
 * Return: 0 or -1.
 */
int renewal_check(const struct renewal *r, struct error *err);

#endif
