/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "dhcp/conversation.h"
#include "dhcp_bytes.h"

#define START 1000000

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };

static const struct in_addr server = {0x0100090a}; /* for notes only */

/* A client on @n interfaces; the last byte of each MAC is the interface's number. */
static struct dhcp_conversation begin(size_t n)
{
	struct dhcp_conversation c = {.n = n, .patience_ms = DHCP_PATIENCE_MS};

	for (size_t i = 0; i < n; i++) {
		memcpy(c.port[i].id.mac, bytes_mac, sizeof(bytes_mac));
		c.port[i].id.mac[5] = (uint8_t)i;
		dhcp_identity_client_id(&c.port[i].id, NULL);
	}
	dhcp_start(&c, 42, START);
	return c;
}

/* The next message at @now: its type, 0 for none. Its interface, xid and seconds are checked. */
static int sent(struct dhcp_conversation *c, uint64_t now, size_t want_port, uint8_t *copy)
{
	uint8_t buf[DHCP_MESSAGE_MAX];
	size_t port;

	if (dhcp_next(c, now, buf, &port) == 0)
		return 0;
	assert_int_equal(port, want_port);
	assert_int_equal((uint32_t)buf[4] << 24 | buf[5] << 16 | buf[6] << 8 | buf[7], c->xid);
	assert_int_equal(buf[8] << 8 | buf[9], (now - START) / 1000);
	assert_int_equal(buf[33], port);
	assert_int_equal(buf[240], 53);
	if (copy)
		memcpy(copy, buf, sizeof(buf));
	return buf[242];
}

/* A message to interface @port, with a boot file or without. */
static struct bytes message(const struct dhcp_conversation *c, size_t port, uint8_t type,
			    const char *bootfile)
{
	struct bytes m;

	bytes_start(&m, c->xid, type);
	if (bootfile)
		bytes_text(&m, 67, bootfile);
	bytes_end(&m);
	m.b[33] = (uint8_t)port;
	return m;
}

static void receive(struct dhcp_conversation *c, size_t port, const struct bytes *m, uint64_t now)
{
	dhcp_receive(c, port, server, m->b, m->len, now);
}

static void give(struct dhcp_conversation *c, size_t port, uint8_t type, const char *bootfile,
		 uint64_t now)
{
	struct bytes m = message(c, port, type, bootfile);

	receive(c, port, &m, now);
}

static void test_straight(void **state)
{
	struct dhcp_conversation c = begin(1);
	uint8_t copy[DHCP_MESSAGE_MAX];

	(void)state;
	assert_int_equal(sent(&c, START, 0, NULL), DISCOVER);
	assert_int_equal(sent(&c, START, 0, NULL), 0);
	give(&c, 0, OFFER, "pxelinux.0", START + 5);
	assert_int_equal(sent(&c, START + 5, 0, copy), REQUEST);
	/* options 50 and 54, right behind 53 and 61 */
	assert_memory_equal(copy + 252, "\x32\x04\x0a\x09\x00\x32\x36\x04\x0a\x09\x00\x01", 12);
	assert_int_equal(sent(&c, START + 5, 0, NULL), 0);
	give(&c, 0, ACK, "pxelinux.0", START + 9);
	assert_int_equal(c.state, DHCP_BOUND);
	assert_int_equal(c.chosen, 0);
	assert_string_equal(c.lease.bootfile, "pxelinux.0");
	assert_int_equal(sent(&c, START + 100000, 0, NULL), 0);
}

/* 0.5, 1, 2, 4, 8, 8 s, each within an eighth, and not always the same. */
static void test_retransmission(void **state)
{
	static const unsigned int want[] = {500, 1000, 2000, 4000, 8000, 8000, 8000};
	struct dhcp_conversation c = begin(1);
	uint64_t now = START;
	unsigned int exact = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint64_t wait;

		assert_int_equal(sent(&c, now, 0, NULL), DISCOVER);
		wait = c.due_ms - now;
		assert_in_range(wait, want[i] - want[i] / 8, want[i] + want[i] / 8);
		exact += wait == want[i];
		assert_int_equal(sent(&c, c.due_ms - 1, 0, NULL), 0);
		now = c.due_ms;
	}
	assert_int_equal(c.port[0].discovers, sizeof(want) / sizeof(want[0]));
	assert_true(exact < 3);
}

/* An offer without a boot file waits for one that has it; that one may never have been asked. */
static void test_collects(void **state)
{
	struct dhcp_conversation c = begin(1);
	struct bytes m;

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, NULL, START + 10);
	assert_int_equal(c.state, DHCP_COLLECTING);
	assert_in_range(c.due_ms, START + 437, START + 563);
	assert_int_equal(sent(&c, START + 436, 0, NULL), 0);
	assert_int_equal(sent(&c, START + 900, 0, NULL), DISCOVER);
	/* the server that was first says the same again */
	give(&c, 0, OFFER, NULL, START + 905);
	assert_int_equal(sent(&c, START + 905, 0, NULL), 0);

	m = message(&c, 0, OFFER, "boot");
	m.b[19] = 0x63; /* another address */
	receive(&c, 0, &m, START + 910);
	assert_int_equal(sent(&c, START + 910, 0, NULL), REQUEST);
	assert_int_equal(ntohl(c.port[0].offer.addr.s_addr), 0x0a090063);
}

/* dnsmasq looks for three seconds whether somebody has the address (its --no-ping), ISC's dhcpd for
 * one (its ping-timeout). */
static void test_collects_from_who_pings(void **state)
{
	struct dhcp_conversation c = begin(2);
	unsigned int n = 0;

	(void)state;
	sent(&c, START, 0, NULL);
	sent(&c, START, 1, NULL);
	give(&c, 0, OFFER, NULL, START + 10);
	/* both are asked on: a wire may have more than one server */
	for (uint64_t now = c.due_ms; now < START + 3100; now = c.due_ms, n++) {
		assert_int_equal(sent(&c, now, 0, NULL), DISCOVER);
		assert_int_equal(sent(&c, now, 1, NULL), DISCOVER);
		assert_int_equal(sent(&c, now, 0, NULL), 0);
		give(&c, 0, OFFER, NULL, now);
	}
	assert_int_equal(n, 2);
	give(&c, 1, OFFER, "boot", START + 3100);
	assert_int_equal(sent(&c, START + 3100, 1, NULL), REQUEST);
	give(&c, 1, ACK, "boot", START + 3110);
	assert_int_equal(c.state, DHCP_BOUND);
	assert_int_equal(c.chosen, 1);
}

static void test_collects_in_vain(void **state)
{
	struct dhcp_conversation c = begin(1);

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, NULL, START + 10);
	while (c.due_ms < START + 10 + DHCP_PATIENCE_MS)
		assert_int_equal(sent(&c, c.due_ms, 0, NULL), DISCOVER);
	assert_int_equal(c.due_ms, START + 10 + DHCP_PATIENCE_MS);
	assert_int_equal(sent(&c, START + 10 + DHCP_PATIENCE_MS, 0, NULL), REQUEST);
	give(&c, 0, ACK, NULL, START + 20 + DHCP_PATIENCE_MS);
	assert_int_equal(c.state, DHCP_BOUND);
}

/* Options 209 and 210 say as much as a boot file does. */
static void test_menu_is_enough(void **state)
{
	for (uint8_t code = 209; code <= 210; code++) {
		struct dhcp_conversation c = begin(1);
		struct bytes m;

		(void)state;
		sent(&c, START, 0, NULL);
		bytes_start(&m, c.xid, OFFER);
		bytes_text(&m, code, "x");
		bytes_end(&m);
		m.b[33] = 0;
		receive(&c, 0, &m, START + 10);
		assert_int_equal(c.state, DHCP_REQUESTING);
	}
}

static void test_side_by_side(void **state)
{
	struct dhcp_conversation c = begin(3);

	(void)state;
	assert_int_equal(sent(&c, START, 0, NULL), DISCOVER);
	assert_int_equal(sent(&c, START, 1, NULL), DISCOVER);
	assert_int_equal(sent(&c, START, 2, NULL), DISCOVER);
	assert_int_equal(sent(&c, START, 0, NULL), 0);

	/* 0 gives an address only, 2 can boot: 2 it is, and 0 gets no REQUEST */
	give(&c, 0, OFFER, NULL, START + 10);
	give(&c, 2, OFFER, "boot", START + 20);
	assert_int_equal(sent(&c, START + 20, 2, NULL), REQUEST);
	assert_int_equal(sent(&c, START + 20, 0, NULL), 0);
	/* an acknowledgement on another interface is none */
	give(&c, 0, ACK, "boot", START + 25);
	assert_int_equal(c.state, DHCP_REQUESTING);
	give(&c, 2, ACK, "boot", START + 30);
	assert_int_equal(c.state, DHCP_BOUND);
	assert_int_equal(c.chosen, 2);
}

static void test_first_interface_wins_a_draw(void **state)
{
	struct dhcp_conversation c = begin(2);

	(void)state;
	sent(&c, START, 0, NULL);
	sent(&c, START, 1, NULL);
	give(&c, 1, OFFER, NULL, START + 10);
	give(&c, 0, OFFER, NULL, START + 20);
	assert_int_equal(sent(&c, START + 10 + DHCP_PATIENCE_MS, 0, NULL), REQUEST);
}

static void test_nak(void **state)
{
	struct dhcp_conversation c = begin(1);
	uint32_t xid = c.xid;
	struct bytes m;

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, "boot", START + 10);
	sent(&c, START + 10, 0, NULL);
	bytes_start(&m, c.xid, NAK);
	bytes_text(&m, 56, "wrong\nnetwork");
	bytes_end(&m);
	m.b[33] = 0;
	receive(&c, 0, &m, START + 20);
	assert_int_equal(c.state, DHCP_PAUSING);
	assert_int_equal(c.port[0].naks, 1);
	assert_int_equal(c.port[0].ignored, 0);
	assert_non_null(strstr(c.port[0].note, "wrong\\x0anetwork"));

	/* after a moment everything anew, under another xid */
	assert_int_equal(sent(&c, START + 1019, 0, NULL), 0);
	assert_int_equal(sent(&c, START + 1020, 0, NULL), DISCOVER);
	assert_int_not_equal(c.xid, xid);
	assert_false(c.port[0].has_offer);
}

static void test_request_unanswered(void **state)
{
	struct dhcp_conversation c = begin(2);
	int requests = 0;

	(void)state;
	sent(&c, START, 0, NULL);
	sent(&c, START, 1, NULL);
	give(&c, 1, OFFER, "boot", START + 10);
	for (uint64_t now = START + 10; c.state == DHCP_REQUESTING; now = c.due_ms)
		requests += sent(&c, now, 1, NULL) == REQUEST;
	assert_int_equal(requests, 4);
	assert_int_equal(c.state, DHCP_PAUSING);
	/* the other interface gets its chance again */
	assert_int_equal(sent(&c, c.due_ms, 0, NULL), DISCOVER);
}

/* What is not meant for us, or not now, changes nothing. */
static void test_ignored(void **state)
{
	struct dhcp_conversation c = begin(1);
	struct bytes m;

	(void)state;
	sent(&c, START, 0, NULL);
	m = message(&c, 0, OFFER, "boot");
	m.b[7] ^= 1; /* another xid */
	receive(&c, 0, &m, START + 1);
	m = message(&c, 1, OFFER, "boot"); /* another MAC */
	receive(&c, 0, &m, START + 1);
	give(&c, 0, ACK, "boot", START + 1); /* not asked for */
	give(&c, 0, NAK, NULL, START + 1);
	give(&c, 0, 8, "boot", START + 1); /* DHCPINFORM */
	assert_int_equal(c.state, DHCP_SELECTING);
	assert_int_equal(c.port[0].offers, 0);
	assert_int_equal(c.port[0].ignored, 0);

	/* of no use, and worth a note */
	m = message(&c, 0, OFFER, "boot");
	memset(m.b + 16, 0, 4);
	receive(&c, 0, &m, START + 2);
	assert_int_equal(c.port[0].ignored, 1);
	assert_non_null(strstr(c.port[0].note, "an offer from 10.9.0.1"));
	receive(&c, 0, &(struct bytes){.len = 3}, START + 3);
	assert_int_equal(c.port[0].ignored, 2);
	assert_int_equal(c.state, DHCP_SELECTING);

	/* an ACK or NAK of a server that was not chosen */
	give(&c, 0, OFFER, "boot", START + 4);
	m = message(&c, 0, ACK, "boot");
	m.b[248] = 9; /* option 54 */
	receive(&c, 0, &m, START + 5);
	m.b[242] = NAK;
	receive(&c, 0, &m, START + 5);
	/* a late offer */
	give(&c, 0, OFFER, "other", START + 6);
	assert_int_equal(c.state, DHCP_REQUESTING);
	assert_string_equal(c.port[0].offer.bootfile, "boot");
}

/* Some servers name the boot file in the OFFER only. */
static void test_boot_file_of_the_offer(void **state)
{
	struct dhcp_conversation c = begin(1);

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, "offered", START + 10);
	give(&c, 0, ACK, NULL, START + 20);
	assert_string_equal(c.lease.bootfile, "offered");
}

/* A ProxyDHCP server's offer (PXE 2.1 section 2.2.3): class PXEClient, no address; file in the
 * header; with options 60, 54 and 53 only. */
static void give_proxy(struct dhcp_conversation *c, const char *bootfile, uint64_t now)
{
	struct bytes m;

	bytes_reply(&m, c->xid);
	bytes_option(&m, 53, "\2", 1);
	bytes_option(&m, 54, "\x0a\x09\x00\x05", 4);
	bytes_text(&m, 60, "PXEClient");
	bytes_end(&m);
	memset(m.b + 16, 0, 4);
	memcpy(m.b + 108, bootfile, strlen(bootfile));
	m.b[33] = 0;
	receive(c, 0, &m, now);
}

static void test_proxy(void **state)
{
	for (int proxy_first = 0; proxy_first < 2; proxy_first++) {
		struct dhcp_conversation c = begin(1);

		(void)state;
		sent(&c, START, 0, NULL);
		if (proxy_first)
			give_proxy(&c, "proxied", START + 5);
		else
			give(&c, 0, OFFER, NULL, START + 5);
		assert_int_equal(sent(&c, START + 5, 0, NULL), 0);
		assert_int_equal(c.state, proxy_first ? DHCP_SELECTING : DHCP_COLLECTING);
		if (proxy_first)
			give(&c, 0, OFFER, NULL, START + 10);
		else
			give_proxy(&c, "proxied", START + 10);
		assert_int_equal(sent(&c, START + 10, 0, NULL), REQUEST);
		give(&c, 0, ACK, NULL, START + 20);
		assert_int_equal(c.state, DHCP_BOUND);
		assert_string_equal(c.lease.bootfile, "proxied");
		assert_int_equal(ntohl(c.lease.next_server.s_addr), 0x0a090005);
		assert_int_equal(ntohl(c.lease.server_id.s_addr), 0x0a090001);
		assert_int_equal(c.lease.proxy.s_addr, 0);
	}
}

/* Some name the file only when they are asked, at a port of their own. */
static void test_proxy_to_be_asked(void **state)
{
	struct dhcp_conversation c = begin(1);

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, NULL, START + 5);
	give_proxy(&c, "", START + 10);
	assert_int_equal(sent(&c, START + 10, 0, NULL), REQUEST);
	give(&c, 0, ACK, NULL, START + 20);
	assert_int_equal(ntohl(c.lease.proxy.s_addr), 0x0a090005);
	assert_string_equal(c.lease.bootfile, "");
}

/* Where the DHCP server itself knows what to boot nobody else is asked. */
static void test_proxy_not_needed(void **state)
{
	struct dhcp_conversation c = begin(1);

	(void)state;
	sent(&c, START, 0, NULL);
	give_proxy(&c, "proxied", START + 5);
	give(&c, 0, OFFER, "own", START + 10);
	give(&c, 0, ACK, "own", START + 20);
	assert_string_equal(c.lease.bootfile, "own");
	assert_int_equal(c.lease.proxy.s_addr, 0);
}

/* An address, no file, and a menu for PXE clients with the one entry 0x8001. */
static struct bytes menu_message(const struct dhcp_conversation *c, int type)
{
	struct bytes m;

	bytes_start(&m, c->xid, type);
	bytes_text(&m, 60, "PXEClient");
	bytes_option(&m, 43, "\x09\4\x80\1\1x\xff", 7);
	bytes_end(&m);
	m.b[33] = 0;
	return m;
}

/* The DHCP server itself has a menu for PXE clients in place of a file: as good as one, and kept
 * when the ACK does not repeat it. */
static void test_menu_in_place_of_a_file(void **state)
{
	for (int k = 0; k < 3; k++) {
		struct dhcp_conversation c = begin(1);
		struct bytes m;

		(void)state;
		sent(&c, START, 0, NULL);
		give(&c, 0, OFFER, NULL, START + 5);
		m = menu_message(&c, OFFER);
		receive(&c, 0, &m, START + 10);
		assert_int_equal(sent(&c, START + 10, 0, NULL), REQUEST);
		if (k == 0)
			give(&c, 0, ACK, NULL, START + 20);
		else if (k == 1)
			give(&c, 0, ACK, "file", START + 20);
		m.b[242] = ACK;
		if (k == 2)
			receive(&c, 0, &m, START + 20);
		assert_int_equal(c.state, DHCP_BOUND);
		/* a file is as good as a menu's entry, and nobody has to be asked for it */
		assert_string_equal(c.lease.bootfile, k == 1 ? "file" : "");
		assert_int_equal(ntohl(c.lease.proxy.s_addr), k == 1 ? 0 : 0x0a090001);
		assert_int_equal(c.lease.proxy_item, k == 1 ? 0 : 0x8001);
	}
}

/* The other way round: a file in the offer, the menu in the ACK. */
static void test_file_before_the_menu(void **state)
{
	struct dhcp_conversation c = begin(1);
	struct bytes m;

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, "file", START + 5);
	sent(&c, START + 5, 0, NULL);
	m = menu_message(&c, ACK);
	receive(&c, 0, &m, START + 10);
	assert_string_equal(c.lease.bootfile, "file");
	assert_int_equal(c.lease.proxy.s_addr, 0);
}

static void test_bad_ack(void **state)
{
	struct dhcp_conversation c = begin(1);
	struct bytes m;

	(void)state;
	sent(&c, START, 0, NULL);
	give(&c, 0, OFFER, "boot", START + 10);
	m = message(&c, 0, ACK, "boot");
	memset(m.b + 16, 0, 4);
	receive(&c, 0, &m, START + 20);
	assert_int_equal(c.state, DHCP_REQUESTING);
	assert_non_null(strstr(c.port[0].note, "an acknowledgement"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_straight),
		cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_collects),
		cmocka_unit_test(test_collects_from_who_pings),
		cmocka_unit_test(test_collects_in_vain),
		cmocka_unit_test(test_menu_is_enough),
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_first_interface_wins_a_draw),
		cmocka_unit_test(test_nak),
		cmocka_unit_test(test_request_unanswered),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_boot_file_of_the_offer),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_proxy_to_be_asked),
		cmocka_unit_test(test_proxy_not_needed),
		cmocka_unit_test(test_menu_in_place_of_a_file),
		cmocka_unit_test(test_file_before_the_menu),
		cmocka_unit_test(test_bad_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
