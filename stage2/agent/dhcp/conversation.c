/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/conversation.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "util/escape.h"

#define WAIT_FIRST_MS 500 /* RFC 2131 section 4.1 has 4 s: too long where all is well */
#define WAIT_MAX_MS 8000
#define REQUEST_TRIES 4
#define PAUSE_MS 1000 /* a server that says NAK to everything is not asked more often */

/* splitmix64: enough for jitter and for an xid, whose seed nobody can guess. */
static uint32_t next_random(struct dhcp_conversation *c)
{
	uint64_t z = c->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* The wait for this retransmission, ±1/8, and twice as long the next time. */
static void schedule(struct dhcp_conversation *c, uint64_t now)
{
	unsigned int eighth = c->wait_ms / 8;

	c->due_ms = now + c->wait_ms - eighth + next_random(c) % (2 * eighth + 1);
	c->wait_ms = c->wait_ms * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : c->wait_ms * 2;
}

static void send_all(struct dhcp_conversation *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->port[i].send = true;
}

static void send_none(struct dhcp_conversation *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->port[i].send = false;
}

static void begin_selecting(struct dhcp_conversation *c, uint64_t now)
{
	c->state = DHCP_SELECTING;
	c->xid = next_random(c);
	c->wait_ms = WAIT_FIRST_MS;
	for (size_t i = 0; i < c->n; i++) {
		c->port[i].has_offer = false;
		c->port[i].has_proxy = false;
	}
	send_all(c);
	schedule(c, now);
}

/* The DISCOVERs go on as before, but not past the time when the offers have to do. */
static void go_on_collecting(struct dhcp_conversation *c)
{
	if (c->due_ms > c->settle_ms)
		c->due_ms = c->settle_ms;
}

static void begin_requesting(struct dhcp_conversation *c, size_t port, uint64_t now)
{
	c->state = DHCP_REQUESTING;
	c->chosen = port;
	c->tries = 1;
	c->wait_ms = WAIT_FIRST_MS;
	send_none(c);
	c->port[port].send = true;
	schedule(c, now);
}

static void begin_pausing(struct dhcp_conversation *c, uint64_t now)
{
	c->state = DHCP_PAUSING;
	send_none(c);
	c->due_ms = now + PAUSE_MS;
}

void dhcp_start(struct dhcp_conversation *c, uint64_t seed, uint64_t now)
{
	c->random = seed;
	c->began_ms = now;
	begin_selecting(c, now);
}

/* An address, and something to boot: by itself or with a ProxyDHCP server's help. */
static bool can_boot(const struct dhcp_port *p)
{
	return p->has_offer && (p->has_proxy || dhcp_lease_can_boot(&p->offer));
}

/* The offers are in: the first that can boot, else the first. */
static void choose(struct dhcp_conversation *c, uint64_t now)
{
	size_t best = c->n;

	for (size_t i = 0; i < c->n; i++) {
		const struct dhcp_port *p = &c->port[i];

		if (p->has_offer && (best == c->n || (can_boot(p) && !can_boot(&c->port[best]))))
			best = i;
	}
	begin_requesting(c, best, now);
}

static void ignore(struct dhcp_port *p, struct in_addr from, const char *what, const char *why)
{
	char text[INET_ADDRSTRLEN];

	p->ignored++;
	snprintf(p->note, sizeof(p->note), "%s from %s: %.90s", what,
		 inet_ntop(AF_INET, &from, text, sizeof(text)), why);
}

static void receive_offer(struct dhcp_conversation *c, size_t port, struct in_addr from,
			  const struct dhcp_message *msg, uint64_t now)
{
	struct dhcp_port *p = &c->port[port];
	struct lease offer;
	struct error err;

	if (c->state != DHCP_SELECTING && c->state != DHCP_COLLECTING)
		return;
	if (dhcp_lease_from_message(&offer, msg, &err) < 0) {
		ignore(p, from, "an offer", err.text);
		return;
	}
	p->offers++;
	if (!p->has_offer || (dhcp_lease_can_boot(&offer) && !dhcp_lease_can_boot(&p->offer)))
		p->offer = offer;
	p->has_offer = true;

	if (can_boot(p)) {
		begin_requesting(c, port, now);
	} else if (c->state == DHCP_SELECTING) {
		c->state = DHCP_COLLECTING;
		c->settle_ms = now + c->patience_ms;
		go_on_collecting(c);
	}
}

/* No address, but what to boot, or at least who can be asked about it. */
static void receive_proxy_offer(struct dhcp_conversation *c, size_t port, struct in_addr from,
				const struct dhcp_message *msg, uint64_t now)
{
	struct dhcp_port *p = &c->port[port];
	struct lease proxy;
	struct error err;

	if (c->state != DHCP_SELECTING && c->state != DHCP_COLLECTING)
		return;
	if (dhcp_boot_from_message(&proxy, msg, &err) < 0) {
		ignore(p, from, "a ProxyDHCP offer", err.text);
		return;
	}
	p->proxy_offers++;
	if (proxy.server_id.s_addr == INADDR_ANY)
		proxy.server_id = from;
	if (proxy.next_server.s_addr == INADDR_ANY)
		proxy.next_server = proxy.server_id;
	if (!p->has_proxy || (dhcp_lease_can_boot(&proxy) && !dhcp_lease_can_boot(&p->proxy)))
		p->proxy = proxy;
	p->has_proxy = true;
	if (can_boot(p))
		begin_requesting(c, port, now);
}

/* The server's own words (option 56), or ours. */
static void receive_nak(struct dhcp_conversation *c, struct in_addr from,
			const struct dhcp_message *msg, uint64_t now)
{
	struct dhcp_port *p = &c->port[c->chosen];
	char words[80] = "no reason given";
	uint8_t text[64];
	int len = dhcp_get(msg, DHCP_OPT_MESSAGE, text, sizeof(text));

	if (len > 0)
		escape(words, sizeof(words), text,
		       (size_t)len < sizeof(text) ? (size_t)len : sizeof(text));
	ignore(p, from, "a refusal (NAK)", words);
	p->ignored--; /* understood, not ignored: only its reason is kept */
	p->naks++;
	begin_pausing(c, now);
}

static bool from_chosen_server(const struct dhcp_conversation *c, const struct dhcp_message *msg)
{
	uint8_t id[4];

	return dhcp_get(msg, DHCP_OPT_SERVER_ID, id, sizeof(id)) == (int)sizeof(id) &&
	       memcmp(id, &c->port[c->chosen].offer.server_id, sizeof(id)) == 0;
}

static void receive_ack(struct dhcp_conversation *c, struct in_addr from,
			const struct dhcp_message *msg)
{
	struct dhcp_port *p = &c->port[c->chosen];
	struct lease lease;
	struct error err;

	if (dhcp_lease_from_message(&lease, msg, &err) < 0) {
		ignore(p, from, "an acknowledgement", err.text);
		return;
	}
	dhcp_lease_fill_boot(&lease, &p->offer);
	if (p->has_proxy && !dhcp_lease_can_boot(&lease)) {
		if (dhcp_lease_can_boot(&p->proxy))
			dhcp_lease_take_boot(&lease, &p->proxy);
		else
			lease.proxy = p->proxy.server_id;
	}
	c->lease = lease;
	c->state = DHCP_BOUND;
	send_none(c);
}

void dhcp_receive(struct dhcp_conversation *c, size_t port, struct in_addr from, const uint8_t *buf,
		  size_t len, uint64_t now)
{
	struct dhcp_port *p = &c->port[port];
	struct dhcp_message msg;
	struct error err;

	if (dhcp_parse(&msg, buf, len, &err) < 0) {
		ignore(p, from, "a message", err.text);
		return;
	}
	/* Answers to other clients of this network are nobody's concern. */
	if (msg.xid != c->xid || memcmp(msg.chaddr, p->id.mac, sizeof(msg.chaddr)) != 0)
		return;
	if (dhcp_is_proxy_offer(&msg))
		receive_proxy_offer(c, port, from, &msg, now);
	else if (msg.type == DHCP_OFFER)
		receive_offer(c, port, from, &msg, now);
	else if (c->state != DHCP_REQUESTING || port != c->chosen || !from_chosen_server(c, &msg))
		return;
	else if (msg.type == DHCP_ACK)
		receive_ack(c, from, &msg);
	else if (msg.type == DHCP_NAK)
		receive_nak(c, from, &msg, now);
}

/* due_ms has come: what does that mean in this state? */
static void tick(struct dhcp_conversation *c, uint64_t now)
{
	switch (c->state) {
	case DHCP_SELECTING:
		send_all(c);
		schedule(c, now);
		break;
	case DHCP_COLLECTING:
		if (now >= c->settle_ms) {
			choose(c, now);
			break;
		}
		send_all(c);
		schedule(c, now);
		go_on_collecting(c);
		break;
	case DHCP_REQUESTING:
		if (c->tries == REQUEST_TRIES) {
			begin_pausing(c, now);
			break;
		}
		c->tries++;
		c->port[c->chosen].send = true;
		schedule(c, now);
		break;
	case DHCP_PAUSING:
		begin_selecting(c, now);
		break;
	case DHCP_BOUND:
		break;
	}
}

size_t dhcp_next(struct dhcp_conversation *c, uint64_t now, uint8_t buf[DHCP_MESSAGE_MAX],
		 size_t *port)
{
	struct dhcp_request request = {.xid = c->xid};
	uint64_t seconds = (now - c->began_ms) / 1000;
	size_t i = 0;

	if (now >= c->due_ms) {
		tick(c, now);
		request.xid = c->xid;
	}
	while (i < c->n && !c->port[i].send)
		i++;
	if (i == c->n)
		return 0;

	c->port[i].send = false;
	*port = i;
	request.seconds = seconds > UINT16_MAX ? UINT16_MAX : (uint16_t)seconds;
	if (c->state == DHCP_REQUESTING) {
		request.type = DHCP_REQUEST;
		request.addr = c->port[i].offer.addr;
		request.server_id = c->port[i].offer.server_id;
		c->port[i].requests++;
	} else {
		request.type = DHCP_DISCOVER;
		c->port[i].discovers++;
	}
	return dhcp_build(buf, &c->port[i].id, &request);
}
