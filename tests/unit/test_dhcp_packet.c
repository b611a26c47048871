/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dhcp/packet.h"
#include "dhcp_bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Each message is parsed in a block of exactly its size, so that ASan sees a read behind it. */
static int parse(struct dhcp_message *msg, const struct bytes *m, uint8_t **block,
		 struct error *err)
{
	*block = malloc(m->len ? m->len : 1);
	assert_non_null(*block);
	memcpy(*block, m->b, m->len);
	return dhcp_parse(msg, *block, m->len, err);
}

static int lease_of(struct lease *lease, const struct bytes *m)
{
	struct dhcp_message msg;
	struct error err;
	uint8_t *block;
	int ret = parse(&msg, m, &block, &err);

	if (ret == 0)
		ret = dhcp_lease_from_message(lease, &msg, &err);
	if (ret < 0)
		assert_int_equal(err.class, ERR_PROTOCOL);
	free(block);
	return ret;
}

static void assert_addr(struct in_addr addr, const char *want)
{
	char text[INET_ADDRSTRLEN];

	assert_string_equal(inet_ntop(AF_INET, &addr, text, sizeof(text)), want);
}

/*
 * What we send
 */

static struct dhcp_identity identity(void)
{
	struct dhcp_identity id = {.has_uuid = true, .user_class = "xenpxe"};

	memcpy(id.mac, bytes_mac, sizeof(id.mac));
	for (uint8_t i = 0; i < 16; i++)
		id.uuid[i] = (uint8_t)(0xa0 + i);
	assert_int_equal(dhcp_identity_client_id(&id, NULL), 0);
	return id;
}

/* The value of an option in a message of ours, found without the code under test. */
static const uint8_t *sent_option(const uint8_t *buf, size_t len, uint8_t code, size_t *value_len)
{
	for (size_t at = 240; at + 1 < len && buf[at] != 255; at += 2u + buf[at + 1]) {
		if (buf[at] == code) {
			*value_len = buf[at + 1];
			return buf + at + 2;
		}
	}
	return NULL;
}

static void assert_sent(const uint8_t *buf, size_t len, uint8_t code, const void *want,
			size_t want_len)
{
	size_t value_len;
	const uint8_t *value = sent_option(buf, len, code, &value_len);

	assert_non_null(value);
	assert_int_equal(value_len, want_len);
	assert_memory_equal(value, want, want_len);
}

static void test_build_discover(void **state)
{
	const struct dhcp_identity id = identity();
	const struct dhcp_request request = {
		.type = DHCP_DISCOVER, .xid = 0x01020304, .seconds = 258};
	uint8_t buf[DHCP_MESSAGE_MAX], uuid[17] = {0};
	size_t len = dhcp_build(buf, &id, &request), list_len;
	const uint8_t *list;

	(void)state;
	assert_true(len >= 300 && len <= 576);
	assert_memory_equal(buf, "\1\1\6\0\1\2\3\4\1\2\0\0", 12); /* op ... flags */
	assert_memory_equal(buf + 28, bytes_mac, 6);
	assert_memory_equal(buf + 236, "\x63\x82\x53\x63", 4);
	assert_sent(buf, len, 53, "\1", 1);
	assert_sent(buf, len, 61, "\1\x00\x16\x3e\x12\x34\x56", 7);
	assert_sent(buf, len, 60, "PXEClient:Arch:00000:UNDI:002001", 32);
	assert_sent(buf, len, 93, "\0\0", 2);
	assert_sent(buf, len, 94, "\1\2\1", 3);
	memcpy(uuid + 1, id.uuid, 16);
	assert_sent(buf, len, 97, uuid, 17);
	assert_sent(buf, len, 77, "xenpxe", 6);
	assert_sent(buf, len, 57, "\x05\xc0", 2);
	assert_null(sent_option(buf, len, 50, &list_len));
	assert_null(sent_option(buf, len, 54, &list_len));

	/* RFC 3442: "must" be asked for before Router. */
	list = sent_option(buf, len, 55, &list_len);
	assert_non_null(list);
	assert_non_null(memchr(list, 121, list_len));
	assert_true((const uint8_t *)memchr(list, 121, list_len) <
		    (const uint8_t *)memchr(list, 3, list_len));
	for (const char *c = "\1\3\6\17\32\63\102\103\226\321\322\323"; *c; c++)
		assert_non_null(memchr(list, (uint8_t)*c, list_len));
}

/* RFC 2131 figure 2: the flag is the first of its 16 bits. */
/* RFC 2131 figure 2: the flags' first bit is BROADCAST, the others must be zero. */
static void test_build_broadcast(void **state)
{
	struct dhcp_identity id = identity();
	struct dhcp_request request = {.type = DHCP_DISCOVER};
	uint8_t buf[DHCP_MESSAGE_MAX];

	(void)state;
	id.broadcast = true;
	dhcp_build(buf, &id, &request);
	assert_memory_equal(buf + 10, "\x80\0\0\0\0\0", 6);
}

static void test_times(void **state)
{
	/* lease time, options 58 and 59 (0: none), T1 and T2: RFC 2131 section 4.4.5 */
	static const uint32_t row[][5] = {
		{3600, 0, 0, 1800, 3150},
		{3600, 900, 1800, 900, 1800},
		{3600, 3601, 9000, 1800, 3150},
		{3600, 2000, 1000, 1000, 1000},
		{0, 0, 0, 0, 0},
		{0xffffffff, 0, 0, 0x7fffffff, 0xdfffffff},
	};
	struct bytes m;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		static const uint8_t code[] = {51, 58, 59};
		struct dhcp_message msg;
		struct lease l;

		bytes_start(&m, 1, 5);
		for (int k = 0; k < 3; k++) {
			uint32_t value = htonl(row[i][k]);

			if (value)
				bytes_option(&m, code[k], &value, 4);
		}
		bytes_end(&m);
		assert_int_equal(dhcp_parse(&msg, m.b, m.len, NULL), 0);
		assert_int_equal(dhcp_lease_from_message(&l, &msg, NULL), 0);
		assert_int_equal(l.renewal_s, row[i][3]);
		assert_int_equal(l.rebinding_s, row[i][4]);
	}
}

/* PXE 2.1 section 2.2.2, tags of option 43; the first row is what dnsmasq 2.90 sends. */
static void test_pxe_menu(void **state)
{
	static const struct {
		const char *vendor;
		size_t len;
		bool found;
		uint16_t item;
		const char *server;
	} row[] = {
#define VENDOR(s) s, sizeof(s) - 1
		{VENDOR("\6\1\3\x0a\4\0PXE\x08\7\x80\0\1\x0a\x09\0\1\xff"), true, 0x8000,
		 "10.9.0.1"},
		/* the menu's order counts, not that of the servers */
		{VENDOR("\x08\x0e\0\1\1\x0a\x09\0\1\0\2\1\x0a\x09\0\2\x09\x0a\0\2\2ab\0\1\2cd"),
		 true, 2, "10.9.0.2"},
		{VENDOR("\x09\5\0\7\2ab"), true, 7, "0.0.0.0"},
		{VENDOR("\x08\3\0\5\0"), true, 5, "0.0.0.0"},
		{VENDOR("\x08\6\0\5\1\x0a\x09\0"), true, 5, "0.0.0.0"}, /* cut off */
		{VENDOR("\x08\2\0\5"), false, 0, "0.0.0.0"},
		{VENDOR("\x08\x50\0\5"), false, 0, "0.0.0.0"},
		{VENDOR("\6\1\3"), false, 0, "0.0.0.0"},
		{VENDOR(""), false, 0, "0.0.0.0"},
	};
	struct bytes m;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct in_addr server;
		struct dhcp_message msg;
		uint16_t item = 0;

		bytes_start(&m, 1, 5);
		bytes_option(&m, 43, row[i].vendor, row[i].len);
		bytes_end(&m);
		assert_int_equal(dhcp_parse(&msg, m.b, m.len, NULL), 0);
		assert_int_equal(dhcp_pxe_boot_item(&msg, &item, &server), row[i].found);
		if (row[i].found)
			assert_int_equal(item, row[i].item);
		assert_addr(server, row[i].server);
	}
}

/* What dnsmasq 2.90 offers with --dhcp-range and --pxe-service alone; PXE 2.1 section 2.2.2. */
static void test_menu_of_an_offer(void **state)
{
	static const struct {
		const char *class, *bootfile, *vendor;
		size_t len;
		const char *proxy;
		uint16_t item;
	} row[] = {
		{"PXEClient", NULL,
		 VENDOR("\6\1\3\x0a\4\0PXE\x08\7\x80\0\1\x0a\x09\0\1\x09\7\x80\0\4boot\xff"),
		 "10.9.0.1", 0x8000},
		/* another server's, and one that is not named: who offers */
		{"PXEClient", NULL, VENDOR("\6\1\3\x08\7\0\7\1\x0a\x09\0\x4d\x09\6\0\7\3two\xff"),
		 "10.9.0.77", 7},
		{"PXEClient:x", NULL, VENDOR("\x09\5\0\7\2ab"), "10.9.0.1", 7},
		/* there is a file; the first entry is type 0, the PC's own disk; no menu at all */
		{"PXEClient", "file", VENDOR("\x09\5\0\7\2ab"), "0.0.0.0", 0},
		{"PXEClient", NULL, VENDOR("\6\1\3\x09\7\0\0\4disk\xff"), "0.0.0.0", 0},
		{"PXEClient", NULL, VENDOR("\6\1\x08\xff"), "0.0.0.0", 0},
		/* the same bytes mean something else to another class (RFC 2132 section 8.4) */
		{"anything", NULL, VENDOR("\x09\5\0\7\2ab"), "0.0.0.0", 0},
		{NULL, NULL, VENDOR("\x09\5\0\7\2ab"), "0.0.0.0", 0},
	};
	struct bytes m;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct dhcp_message msg;
		struct lease l;

		bytes_start(&m, 1, 2);
		if (row[i].class)
			bytes_text(&m, 60, row[i].class);
		if (row[i].bootfile)
			bytes_text(&m, 67, row[i].bootfile);
		bytes_option(&m, 43, row[i].vendor, row[i].len);
		bytes_end(&m);
		assert_int_equal(dhcp_parse(&msg, m.b, m.len, NULL), 0);
		assert_int_equal(dhcp_lease_from_message(&l, &msg, NULL), 0);
		assert_addr(l.proxy, row[i].proxy);
		assert_int_equal(l.proxy_item, row[i].item);
		assert_int_equal(dhcp_lease_can_boot(&l), row[i].item || row[i].bootfile);
	}
}

/* pxelinux.txt: its options may stand in a vendor-option-space, within option 43. */
static void test_encapsulated_options(void **state)
{
	static const struct {
		const char *vendor;
		size_t len;
		bool found;
	} row[] = {
		{VENDOR("\xd0\4\xf1\0\x74\x7e\xd1\1c\xd2\2p/\xd3\4\0\0\1\x2c"), true},
		/* beside PXE's own, and with its end */
		{VENDOR("\6\1\x08\xd1\1c\xd2\2p/\xd3\4\0\0\1\x2c\xff"), true},
		/* behind the end; in what is no list of options, as where a telephone's server is
		 * named; in a list that is cut off */
		{VENDOR("\xff\xd1\1c"), false},
		{VENDOR("192.0.2.1\xd1\1c"), false},
		{VENDOR("\xd1\1c\xd2\3p/"), false},
		{VENDOR(""), false},
	};
	struct dhcp_message msg;
	struct bytes m;
	struct lease l;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		bytes_start(&m, 1, 5);
		bytes_option(&m, 43, row[i].vendor, row[i].len);
		bytes_end(&m);
		assert_int_equal(dhcp_parse(&msg, m.b, m.len, NULL), 0);
		assert_int_equal(dhcp_lease_from_message(&l, &msg, NULL), 0);
		assert_string_equal(l.pxe_config, row[i].found ? "c" : "");
		assert_string_equal(l.pxe_prefix, row[i].found ? "p/" : "");
		assert_int_equal(l.has_pxe_prefix, row[i].found);
		assert_int_equal(l.has_reboot_time, row[i].found);
		assert_int_equal(l.reboot_time, row[i].found ? 300 : 0);
	}
	/* what stands outside counts first; other options are not looked for inside */
	bytes_start(&m, 1, 5);
	bytes_text(&m, 209, "outside");
	bytes_option(&m, 43, VENDOR("\xd1\1c\xd2\2p/\x43\1b"));
	bytes_end(&m);
	assert_int_equal(dhcp_parse(&msg, m.b, m.len, NULL), 0);
	assert_int_equal(dhcp_lease_from_message(&l, &msg, NULL), 0);
	assert_string_equal(l.pxe_config, "outside");
	assert_string_equal(l.pxe_prefix, "p/");
	assert_string_equal(l.bootfile, "");
}

static void test_build_request(void **state)
{
	struct dhcp_identity id = identity();
	struct dhcp_request request = {.type = DHCP_REQUEST, .xid = 1};
	uint8_t buf[DHCP_MESSAGE_MAX];
	size_t len, ignored;

	(void)state;
	inet_pton(AF_INET, "10.9.0.50", &request.addr);
	inet_pton(AF_INET, "10.9.0.1", &request.server_id);
	id.has_uuid = false;
	id.user_class = NULL;
	len = dhcp_build(buf, &id, &request);
	assert_sent(buf, len, 53, "\3", 1);
	assert_sent(buf, len, 50, "\x0a\x09\x00\x32", 4);
	assert_sent(buf, len, 54, "\x0a\x09\x00\x01", 4);
	assert_null(sent_option(buf, len, 97, &ignored));
	assert_null(sent_option(buf, len, 77, &ignored));
	/* RFC 2131 table 5: ciaddr is zero while an address is being asked for. */
	assert_memory_equal(buf + 12, "\0\0\0\0", 4);
}

/* The largest identity that can be: everything is still in one message. */
static void test_build_largest(void **state)
{
	struct dhcp_identity id = identity();
	const struct dhcp_request request = {.type = DHCP_REQUEST};
	uint8_t buf[DHCP_MESSAGE_MAX];
	char class[300];

	(void)state;
	memset(class, 'x', sizeof(class) - 1);
	class[sizeof(class) - 1] = '\0';
	id.user_class = class;
	memset(id.client_id, 7, sizeof(id.client_id));
	id.client_id_len = sizeof(id.client_id);
	assert_true(dhcp_build(buf, &id, &request) < 1000);
}

static void test_client_id(void **state)
{
	struct dhcp_identity id = identity();
	char text[DHCP_CLIENT_ID_MAX + 1];

	(void)state;
	assert_int_equal(dhcp_identity_client_id(&id, "FF:00:ab"), 0);
	assert_int_equal(id.client_id_len, 3);
	assert_memory_equal(id.client_id, "\xff\x00\xab", 3);

	/* RFC 2132 section 9.14: type 0 for what is not a hardware address. */
	assert_int_equal(dhcp_identity_client_id(&id, "guest-1"), 0);
	assert_int_equal(id.client_id_len, 8);
	assert_memory_equal(id.client_id, "\0guest-1", 8);

	/* Hex that is not whole, and two digits that may be a name, are text. */
	assert_int_equal(dhcp_identity_client_id(&id, "01:0"), 0);
	assert_memory_equal(id.client_id, "\00001:0", 5);
	assert_int_equal(dhcp_identity_client_id(&id, "ab"), 0);
	assert_memory_equal(id.client_id, "\0ab", 3);

	assert_int_equal(dhcp_identity_client_id(&id, ""), 0);
	assert_int_equal(id.client_id_len, 7);

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(dhcp_identity_client_id(&id, text), -1);
	text[DHCP_CLIENT_ID_MAX - 1] = '\0';
	assert_int_equal(dhcp_identity_client_id(&id, text), 0);
	assert_int_equal(id.client_id_len, DHCP_CLIENT_ID_MAX);
}

/*
 * What real servers send: as captured, and as these servers had been configured
 */

static void test_dnsmasq(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_read(&m, "dnsmasq-ack");
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.addr, "10.9.0.50");
	assert_addr(l.netmask, "255.255.255.0");
	assert_addr(l.server_id, "10.9.0.1");
	assert_addr(l.next_server, "10.9.0.1");
	assert_addr(l.router, "10.9.0.1");
	assert_int_equal(l.n_dns, 2);
	assert_addr(l.dns[1], "10.9.0.3");
	assert_int_equal(l.n_route, 2);
	assert_addr(l.route[0].net, "10.20.0.0");
	assert_addr(l.route[0].mask, "255.255.0.0");
	assert_addr(l.route[0].gateway, "10.9.0.2");
	assert_addr(l.route[1].net, "0.0.0.0");
	assert_addr(l.route[1].mask, "0.0.0.0");
	assert_addr(l.route[1].gateway, "10.9.0.1");
	assert_int_equal(l.mtu, 1400);
	assert_int_equal(l.seconds, 3600);
	assert_true(l.has_reboot_time);
	assert_int_equal(l.reboot_time, 300);
	assert_string_equal(l.bootfile, "debian/pxelinux.0");
	assert_string_equal(l.pxe_config, "xen/menu");
	assert_true(l.has_pxe_prefix);
	assert_string_equal(l.pxe_prefix, "debian/");
	assert_string_equal(l.domain, "example.org");
	assert_string_equal(l.server_name, "");
}

static void test_isc(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_read(&m, "isc-offer");
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.addr, "10.9.0.60");
	/* siaddr, although option 66 says 10.9.0.9 and sname "bootserver" */
	assert_addr(l.next_server, "10.9.0.8");
	assert_string_equal(l.server_name, "");
	/* option 67, although the field "file" says xen/pxelinux.0 */
	assert_int_equal(strncmp(l.bootfile, "a/very/long/path/", 17), 0);
	assert_int_equal(strlen(l.bootfile), 0x5e);
	assert_string_equal(l.pxe_prefix, "tftp://10.9.0.1/boot/");
	assert_string_equal(l.hostname, "guest1");
	assert_string_equal(l.root_path, "nfs:10.9.0.1:/srv/root");
	assert_addr(l.route[0].net, "192.168.5.0");
	assert_int_equal(l.reboot_time, 30);
}

static void test_udhcpd(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_read(&m, "udhcpd-ack");
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.addr, "10.9.0.70");
	assert_addr(l.router, "10.9.0.1");
	assert_addr(l.next_server, "10.9.0.1");
	assert_string_equal(l.bootfile, "pxelinux.0"); /* in the field "file" */
	assert_false(l.has_pxe_prefix);
	assert_false(l.has_reboot_time);
	assert_int_equal(l.seconds, 864000);
}

/*
 * Options: joined, overloaded, of no length, at the very end
 */

static void test_trailing_nul(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_start(&m, 1, 5);
	bytes_option(&m, 66, "10.9.0.9", 9); /* counts its NUL in */
	bytes_option(&m, 67, "pxelinux.0\0", 12);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_string_equal(l.bootfile, "pxelinux.0");
	assert_addr(l.next_server, "10.9.0.9");
}

static void test_zero_length(void **state)
{
	static const uint8_t codes[] = {1,  3,	6,   12,  15,  17,  26,	 51,
					66, 67, 121, 150, 209, 210, 211, 52};
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_start(&m, 1, 5);
	for (size_t i = 0; i < COUNT(codes); i++)
		bytes_option(&m, codes[i], "", 0);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_string_equal(l.bootfile, "");
	assert_true(l.has_pxe_prefix); /* said to be empty, which is not the same as not said */
	assert_false(l.has_reboot_time);
	assert_int_equal(l.n_route, 0);
	assert_int_equal(l.n_dns, 0);
	assert_addr(l.netmask, "255.0.0.0"); /* RFC 791's class A, as if there were none */
	assert_addr(l.next_server, "10.9.0.1");
}

/* No END: the last option ends exactly with the packet (barebox 2026). */
static void test_ends_with_packet(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_start(&m, 1, 5);
	bytes_text(&m, 67, "exact");
	assert_int_equal(lease_of(&l, &m), 0);
	assert_string_equal(l.bootfile, "exact");

	/* one byte less: the option runs over */
	m.len--;
	assert_int_equal(lease_of(&l, &m), -1);
	/* a code without its length */
	bytes_start(&m, 1, 5);
	m.b[m.len++] = 67;
	assert_int_equal(lease_of(&l, &m), -1);
	/* a length without a value */
	m.b[m.len++] = 1;
	assert_int_equal(lease_of(&l, &m), -1);
	m.b[m.len - 1] = 0;
	assert_int_equal(lease_of(&l, &m), 0);
}

/* RFC 2131 section 4.1, RFC 3396: options, then file, then sname, parts joined in that order. */
static void test_overload(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_start(&m, 1, 5);
	bytes_text(&m, 67, "boot/");
	bytes_option(&m, 52, "\3", 1);
	bytes_end(&m);
	memcpy(m.b + 108,
	       "\x43\x02px\x43\x06"
	       "elinux\xd2\x00\xff",
	       13);
	memcpy(m.b + 44, "\x43\x02.0\xff", 5);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_string_equal(l.bootfile, "boot/pxelinux.0");
	assert_true(l.has_pxe_prefix);

	/* the same fields, not overloaded: text */
	bytes_start(&m, 1, 5);
	bytes_end(&m);
	memcpy(m.b + 108, "file.0", 6);
	memcpy(m.b + 44, "10.9.0.77", 9);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_string_equal(l.bootfile, "file.0");
	assert_addr(l.next_server, "10.9.0.77");

	/* text in a field without a NUL ends with the field */
	memset(m.b + 108, 'a', 128);
	memset(m.b + 44, 'b', 64);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(strlen(l.bootfile), 128);
	assert_int_equal(strlen(l.server_name), 64);
}

/* An overloaded field is 128 or 64 bytes, wherever its options would like to end. */
static void test_overload_runs_over(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	for (uint8_t which = 1; which <= 2; which++) {
		size_t at = which == 1 ? 108 : 44, len = which == 1 ? 128 : 64;

		bytes_start(&m, 1, 5);
		bytes_option(&m, 52, &which, 1);
		bytes_end(&m);
		m.b[at] = 12;
		m.b[at + 1] = (uint8_t)(len - 2);
		memset(m.b + at + 2, 'h', len - 2);
		assert_int_equal(lease_of(&l, &m), 0);
		assert_int_equal(strlen(l.hostname), len - 2);
		m.b[at + 1]++;
		assert_int_equal(lease_of(&l, &m), -1);
	}
}

static void test_long_option(void **state)
{
	char part[200];
	struct bytes m;
	struct lease l;

	(void)state;
	memset(part, 'p', sizeof(part));
	bytes_start(&m, 1, 5);
	bytes_option(&m, 67, part, 200);
	bytes_option(&m, 12, "guest", 5);
	bytes_option(&m, 67, part, 55);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(strlen(l.bootfile), 255);

	/* A name that does not fit is refused: cut, it would be another file. */
	bytes_start(&m, 1, 5);
	bytes_option(&m, 67, part, 200);
	bytes_option(&m, 67, part, 56);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), -1);

	/* A host name is of no consequence: cut. */
	bytes_start(&m, 1, 5);
	bytes_option(&m, 12, part, 200);
	bytes_option(&m, 12, part, 200);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(strlen(l.hostname), 255);
}

/*
 * Values
 */

/* RFC 3442's own table of examples. */
static void test_routes(void **state)
{
	static const struct {
		const char *descriptor;
		size_t len;
		const char *net, *mask;
	} row[] = {
		{"\x00", 1, "0.0.0.0", "0.0.0.0"},
		{"\x08\x0a", 2, "10.0.0.0", "255.0.0.0"},
		{"\x18\x0a\x00\x00", 4, "10.0.0.0", "255.255.255.0"},
		{"\x10\x0a\x11", 3, "10.17.0.0", "255.255.0.0"},
		{"\x18\x0a\x1b\x81", 4, "10.27.129.0", "255.255.255.0"},
		{"\x19\x0a\xe5\x00\x80", 5, "10.229.0.128", "255.255.255.128"},
		{"\x20\x0a\xc6\x7a\x2f", 5, "10.198.122.47", "255.255.255.255"},
	};
	uint8_t value[64];
	size_t len = 0;
	struct bytes m;
	struct lease l;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		memcpy(value + len, row[i].descriptor, row[i].len);
		memcpy(value + len + row[i].len, "\x0a\x09\x00\x02", 4);
		len += row[i].len + 4;
	}
	bytes_start(&m, 1, 5);
	bytes_option(&m, 121, value, len);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(l.n_route, COUNT(row));
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_addr(l.route[i].net, row[i].net);
		assert_addr(l.route[i].mask, row[i].mask);
		assert_addr(l.route[i].gateway, "10.9.0.2");
	}

	/* a width of 33, and a route that is cut off, end the list */
	bytes_start(&m, 1, 5);
	bytes_option(&m, 121, "\x08\x0a\x0a\x09\x00\x02\x21\x01\x02\x03\x04\x05\x06\x07\x08\x09",
		     16);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(l.n_route, 1);
	bytes_start(&m, 1, 5);
	bytes_option(&m, 121, "\x08\x0a\x0a\x09\x00\x02\x08\x0a\x0a\x09\x00", 11);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(l.n_route, 1);

	/* more routes than there is room for */
	bytes_start(&m, 1, 5);
	for (int i = 0; i < LEASE_ROUTES_MAX + 3; i++)
		bytes_option(&m, 121, "\x08\x0a\x0a\x09\x00\x02", 6);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_int_equal(l.n_route, LEASE_ROUTES_MAX);
}

static void test_next_server_order(void **state)
{
	struct bytes m;
	struct lease l;

	(void)state;
	bytes_start(&m, 1, 5);
	bytes_option(&m, 150, "\x0a\x09\x00\x07\x0a\x09\x00\x08", 8);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.next_server, "10.9.0.7");

	/* A name cannot be used; the lease keeps it, so that a person can be told. */
	bytes_start(&m, 1, 5);
	bytes_option(&m, 150, "\x0a\x09\x00\x07", 4);
	bytes_text(&m, 66, "boot.example.org");
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.next_server, "10.9.0.7");
	assert_string_equal(l.server_name, "boot.example.org");

	bytes_start(&m, 1, 5);
	bytes_option(&m, 150, "\x0a\x09\x00\x07", 4);
	bytes_text(&m, 66, "10.9.0.6");
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), 0);
	assert_addr(l.next_server, "10.9.0.6");
	assert_string_equal(l.server_name, "");
}

static void test_address(void **state)
{
	static const struct {
		const char *yiaddr;
		int ret;
	} row[] = {
		{"10.0.0.1", 0},   {"0.0.0.0", -1},   {"0.1.2.3", -1},	       {"127.0.0.1", -1},
		{"224.0.0.1", -1}, {"240.0.0.1", -1}, {"255.255.255.255", -1}, {"192.0.2.1", 0},
	};
	struct bytes m;
	struct lease l;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		bytes_start(&m, 1, 5);
		bytes_end(&m);
		inet_pton(AF_INET, row[i].yiaddr, m.b + 16);
		assert_int_equal(lease_of(&l, &m), row[i].ret);
	}

	/* no option 54: nobody could be asked for this lease */
	bytes_reply(&m, 1);
	bytes_option(&m, 53, "\2", 1);
	bytes_end(&m);
	assert_int_equal(lease_of(&l, &m), -1);
}

static void test_netmask(void **state)
{
	static const struct {
		const char *addr, *option, *want;
	} row[] = {
		{"172.16.0.5", NULL, "255.255.0.0"},
		{"192.0.2.5", NULL, "255.255.255.0"},
		{"192.0.2.5", "\xff\x00\xff\x00", "255.255.255.0"}, /* has a hole */
		{"192.0.2.5", "\xff\xff\xff\xff", "255.255.255.255"},
		{"192.0.2.5", "\xff\xff\xf0\x00", "255.255.240.0"},
	};
	struct bytes m;
	struct lease l;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		bytes_start(&m, 1, 5);
		if (row[i].option)
			bytes_option(&m, 1, row[i].option, 4);
		bytes_end(&m);
		inet_pton(AF_INET, row[i].addr, m.b + 16);
		assert_int_equal(lease_of(&l, &m), 0);
		assert_addr(l.netmask, row[i].want);
	}
}

static void test_fill_boot(void **state)
{
	struct lease lease = {0}, offer = {.bootfile = "offered",
					   .pxe_config = "menu",
					   .has_pxe_prefix = true,
					   .pxe_prefix = "p/"};

	(void)state;
	inet_pton(AF_INET, "10.9.0.9", &offer.next_server);
	dhcp_lease_fill_boot(&lease, &offer);
	assert_string_equal(lease.bootfile, "offered");
	assert_string_equal(lease.pxe_config, "menu");
	assert_string_equal(lease.pxe_prefix, "p/");
	assert_addr(lease.next_server, "10.9.0.9");

	strcpy(lease.bootfile, "acknowledged");
	inet_pton(AF_INET, "10.9.0.8", &lease.next_server);
	dhcp_lease_fill_boot(&lease, &offer);
	assert_string_equal(lease.bootfile, "acknowledged");
	assert_addr(lease.next_server, "10.9.0.8");
}

/*
 * What is not a server's message
 */

static void test_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} damage[] = {{0, 1}, {1, 6}, {2, 16}, {236, 0}, {240, 0}};
	struct dhcp_message msg;
	struct error err;
	struct bytes good, m;
	uint8_t *block;

	(void)state;
	bytes_start(&good, 1, 5);
	bytes_end(&good);
	for (size_t i = 0; i < COUNT(damage); i++) {
		m = good;
		m.b[damage[i].at] = damage[i].value;
		if (damage[i].at == 240)
			memset(m.b + 240, 0, 3); /* option 53 gone */
		assert_int_equal(parse(&msg, &m, &block, &err), -1);
		assert_int_equal(err.class, ERR_PROTOCOL);
		free(block);
	}
	/* every shorter length, down to nothing: sound only where option 53 or 54 ends */
	for (m = good; m.len > 0;) {
		m.len--;
		assert_int_equal(parse(&msg, &m, &block, &err),
				 m.len == 249 || m.len == 243 ? 0 : -1);
		free(block);
	}
}

/* Two options 53: joined they are no type. */
static void test_two_types(void **state)
{
	struct dhcp_message msg;
	struct error err;
	struct bytes m;
	uint8_t *block;

	(void)state;
	bytes_start(&m, 1, 5);
	bytes_option(&m, 53, "\2", 1);
	bytes_end(&m);
	assert_int_equal(parse(&msg, &m, &block, &err), -1);
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build_discover),
		cmocka_unit_test(test_menu_of_an_offer),
		cmocka_unit_test(test_encapsulated_options),
		cmocka_unit_test(test_build_request),
		cmocka_unit_test(test_build_broadcast),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_pxe_menu),
		cmocka_unit_test(test_build_largest),
		cmocka_unit_test(test_client_id),
		cmocka_unit_test(test_dnsmasq),
		cmocka_unit_test(test_isc),
		cmocka_unit_test(test_udhcpd),
		cmocka_unit_test(test_trailing_nul),
		cmocka_unit_test(test_zero_length),
		cmocka_unit_test(test_ends_with_packet),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_overload_runs_over),
		cmocka_unit_test(test_long_option),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_next_server_order),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_netmask),
		cmocka_unit_test(test_fill_boot),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_two_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
