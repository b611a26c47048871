/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/renewal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "util/escape.h"

#define RETRY_MIN_MS 60000 /* RFC 2131 section 4.4.5 */

static void set_times(struct renewal *r, const struct lease *lease, uint64_t now)
{
	uint64_t early = (uint64_t)lease->renewal_s * 1000 / 16;

	r->state = RENEWAL_BOUND;
	r->seconds = lease->seconds;
	r->t1_ms = r->t2_ms = r->end_ms = UINT64_MAX;
	if (lease->seconds > 0 && lease->seconds < UINT32_MAX) {
		/* Guests that started together shall not all ask at once. */
		r->t1_ms = now + (uint64_t)lease->renewal_s * 1000 - r->xid % (early + 1);
		r->t2_ms = now + (uint64_t)lease->rebinding_s * 1000;
		r->end_ms = now + (uint64_t)lease->seconds * 1000;
	}
	r->due_ms = r->t1_ms;
}

void renewal_start(struct renewal *r, const struct dhcp_identity *id, const struct lease *lease,
		   uint32_t seed, uint64_t now)
{
	memset(r, 0, sizeof(*r));
	r->id = *id;
	r->xid = seed;
	r->addr = lease->addr;
	r->server_id = lease->server_id;
	set_times(r, lease, now);
}

static size_t build(struct renewal *r, uint64_t now, uint8_t buf[DHCP_MESSAGE_MAX],
		    struct in_addr *to)
{
	/* RFC 2131 table 5: ciaddr, and neither option 50 nor 54 */
	struct dhcp_request request = {.type = DHCP_REQUEST, .xid = r->xid, .self = r->addr};
	uint64_t seconds = (now - r->asked_ms) / 1000;

	request.seconds = seconds > UINT16_MAX ? UINT16_MAX : (uint16_t)seconds;
	*to = r->server_id;
	if (r->state == RENEWAL_REBINDING)
		to->s_addr = INADDR_BROADCAST;
	return dhcp_build(buf, &r->id, &request);
}

/* Half of what is left, not too often; the next state begins at its time in any case. */
static void schedule(struct renewal *r, uint64_t until, uint64_t now)
{
	uint64_t wait = (until - now) / 2;

	if (wait < RETRY_MIN_MS)
		wait = RETRY_MIN_MS;
	r->due_ms = now + wait < until ? now + wait : until;
}

size_t renewal_next(struct renewal *r, uint64_t now, uint8_t buf[DHCP_MESSAGE_MAX],
		    struct in_addr *to)
{
	if (now < r->due_ms || r->state == RENEWAL_LOST)
		return 0;
	if (now >= r->end_ms) {
		r->state = RENEWAL_LOST;
		return 0;
	}
	if (r->state == RENEWAL_BOUND) {
		r->xid = r->xid * 1664525u + 1013904223u;
		r->asked_ms = now;
	}
	r->state = now >= r->t2_ms ? RENEWAL_REBINDING : RENEWAL_RENEWING;
	schedule(r, r->state == RENEWAL_REBINDING ? r->end_ms : r->t2_ms, now);
	return build(r, now, buf, to);
}

static void lose(struct renewal *r, const struct dhcp_message *msg)
{
	uint8_t text[64];
	int len = dhcp_get(msg, DHCP_OPT_MESSAGE, text, sizeof(text));

	r->state = RENEWAL_LOST;
	snprintf(r->why, sizeof(r->why), "no reason given");
	if (len > 0)
		escape(r->why, sizeof(r->why), text,
		       (size_t)len < sizeof(text) ? (size_t)len : sizeof(text));
}

void renewal_receive(struct renewal *r, const uint8_t *buf, size_t len, uint64_t now)
{
	struct dhcp_message msg;
	struct lease lease;

	if (r->state != RENEWAL_RENEWING && r->state != RENEWAL_REBINDING)
		return;
	if (dhcp_parse(&msg, buf, len, NULL) < 0 || msg.xid != r->xid ||
	    memcmp(msg.chaddr, r->id.mac, sizeof(msg.chaddr)) != 0)
		return;
	if (msg.type == DHCP_NAK) {
		lose(r, &msg);
	} else if (msg.type == DHCP_ACK && dhcp_lease_from_message(&lease, &msg, NULL) == 0 &&
		   lease.addr.s_addr == r->addr.s_addr) {
		r->server_id = lease.server_id;
		r->renewed++;
		set_times(r, &lease, r->asked_ms);
		/* A server that gives nothing more is not asked all the time. */
		if (r->due_ms <= now)
			r->due_ms = now + 1000;
	}
}

int renewal_check(const struct renewal *r, struct error *err)
{
	char addr[INET_ADDRSTRLEN];

	if (r->state != RENEWAL_LOST)
		return 0;
	inet_ntop(AF_INET, &r->addr, addr, sizeof(addr));
	if (r->why[0])
		return error_set(err, ERR_SERVER,
				 "the DHCP server took the address %s back while the boot was "
				 "under way: %s",
				 addr, r->why);
	return error_set(err, ERR_TIMEOUT,
			 "the lease of %s ran out after %u s and no DHCP server renewed it", addr,
			 r->seconds);
}
