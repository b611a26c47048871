/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP messages: read as a message of its own, and in a conversation that is waiting for it, so
 * that what an OFFER left behind meets an ACK of the same bytes.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dhcp/conversation.h"
#include "dhcp/datagram.h"
#include "dhcp/packet.h"
#include "dhcp/renewal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_text(const char *text, size_t size)
{
	assert(memchr(text, '\0', size));
}

static void read_message(const uint8_t *data, size_t size)
{
	struct dhcp_message msg;
	struct lease lease;
	struct error err;
	uint8_t value[300];
	struct in_addr server;
	uint16_t item;

	if (dhcp_parse(&msg, data, size, &err) < 0)
		return;
	for (unsigned int code = 0; code < 256; code++)
		dhcp_get(&msg, code, value, sizeof(value));
	dhcp_is_proxy_offer(&msg);
	dhcp_pxe_boot_item(&msg, &item, &server);
	if (dhcp_boot_from_message(&lease, &msg, &err) == 0)
		assert_text(lease.bootfile, sizeof(lease.bootfile));
	if (dhcp_lease_from_message(&lease, &msg, &err) < 0)
		return;
	assert_text(lease.bootfile, sizeof(lease.bootfile));
	assert_text(lease.pxe_config, sizeof(lease.pxe_config));
	assert_text(lease.pxe_prefix, sizeof(lease.pxe_prefix));
	assert_text(lease.hostname, sizeof(lease.hostname));
	assert_text(lease.domain, sizeof(lease.domain));
	assert_text(lease.root_path, sizeof(lease.root_path));
	assert_text(lease.server_name, sizeof(lease.server_name));
	assert(lease.n_route <= LEASE_ROUTES_MAX && lease.n_dns <= LEASE_DNS_MAX);
}

static void converse(const uint8_t *data, size_t size)
{
	static uint8_t copy[65536];
	static struct dhcp_conversation c;
	const struct in_addr from = {0x0100090a};
	uint8_t buf[DHCP_MESSAGE_MAX];
	uint64_t now = 1000;
	size_t port;

	if (size < 240 || size > sizeof(copy))
		return;
	memset(&c, 0, sizeof(c));
	c.n = 1;
	memcpy(copy, data, size);
	memcpy(c.port[0].id.mac, copy + 28, 6);
	dhcp_identity_client_id(&c.port[0].id, NULL);
	dhcp_start(&c, 1, now);

	for (int i = 0; i < 4 && c.state != DHCP_BOUND; i++) {
		now += 400;
		while (dhcp_next(&c, now, buf, &port) > 0)
			;
		for (int k = 0; k < 4; k++)
			copy[4 + k] = (uint8_t)(c.xid >> (24 - 8 * k));
		/* The input's own type first, then an ACK. */
		if (i > 0 && size > 242 && copy[240] == 53 && copy[241] == 1)
			copy[242] = DHCP_ACK;
		dhcp_receive(&c, 0, from, copy, size, now);
	}
}

/* The same bytes as an answer to a lease's renewal. */
static void renew(const uint8_t *data, size_t size)
{
	static uint8_t copy[65536];
	struct lease lease = {.seconds = 100, .renewal_s = 50, .rebinding_s = 87};
	struct dhcp_identity id = {.client_id_len = 0};
	uint8_t buf[DHCP_MESSAGE_MAX];
	struct renewal r;
	struct in_addr to;
	struct error err;

	if (size < 240 || size > sizeof(copy))
		return;
	memcpy(copy, data, size);
	memcpy(id.mac, copy + 28, 6);
	memcpy(&lease.addr, copy + 16, 4);
	dhcp_identity_client_id(&id, NULL);
	renewal_start(&r, &id, &lease, 1, 1000);
	assert(renewal_next(&r, r.due_ms, buf, &to) > 0);
	for (int k = 0; k < 4; k++)
		copy[4 + k] = (uint8_t)(r.xid >> (24 - 8 * k));
	renewal_receive(&r, copy, size, r.due_ms);
	assert((renewal_check(&r, &err) < 0) == (r.state == RENEWAL_LOST));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *payload;
	struct in_addr from;
	size_t len;

	read_message(data, size);
	converse(data, size);
	renew(data, size);
	for (int known = 0; known < 2; known++) {
		if (datagram_parse(data, size, known, &from, &payload, &len) == DATAGRAM_OK) {
			assert(payload >= data && payload + len <= data + size);
			read_message(payload, len);
		}
	}
	return 0;
}
