/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP messages as bytes (RFC 2131 section 2, RFC 2132). Pure functions: no I/O, no globals.
 */
#ifndef XENPXE_DHCP_PACKET_H
#define XENPXE_DHCP_PACKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dhcp/lease.h"
#include "util/error.h"

#define DHCP_CLIENT_ID_MAX 64
#define DHCP_MESSAGE_MAX 1472 /* bytes of a message that one Ethernet frame carries */

/* Option 53 (RFC 2132 section 9.6) */
enum dhcp_type { DHCP_DISCOVER = 1, DHCP_OFFER = 2, DHCP_REQUEST = 3, DHCP_ACK = 5, DHCP_NAK = 6 };

enum dhcp_option {
	DHCP_OPT_PAD = 0,
	DHCP_OPT_NETMASK = 1,
	DHCP_OPT_ROUTER = 3,
	DHCP_OPT_DNS = 6,
	DHCP_OPT_HOSTNAME = 12,
	DHCP_OPT_DOMAIN = 15,
	DHCP_OPT_ROOT_PATH = 17,
	DHCP_OPT_MTU = 26,
	DHCP_OPT_BROADCAST = 28,
	DHCP_OPT_VENDOR = 43,
	DHCP_OPT_REQUESTED_ADDR = 50,
	DHCP_OPT_LEASE_TIME = 51,
	DHCP_OPT_OVERLOAD = 52,
	DHCP_OPT_TYPE = 53,
	DHCP_OPT_SERVER_ID = 54,
	DHCP_OPT_PARAMETERS = 55,
	DHCP_OPT_MESSAGE = 56,
	DHCP_OPT_MAX_SIZE = 57,
	DHCP_OPT_RENEWAL_TIME = 58,
	DHCP_OPT_REBINDING_TIME = 59,
	DHCP_OPT_VENDOR_CLASS = 60,
	DHCP_OPT_CLIENT_ID = 61,
	DHCP_OPT_TFTP_SERVER = 66,
	DHCP_OPT_BOOT_FILE = 67,
	DHCP_OPT_USER_CLASS = 77,
	DHCP_OPT_CLIENT_ARCH = 93,
	DHCP_OPT_CLIENT_NDI = 94,
	DHCP_OPT_CLIENT_UUID = 97,
	DHCP_OPT_ROUTES = 121,
	DHCP_OPT_TFTP_ADDRESS = 150,
	DHCP_OPT_PXE_CONFIG = 209,
	DHCP_OPT_PXE_PREFIX = 210,
	DHCP_OPT_PXE_REBOOT_TIME = 211,
	DHCP_OPT_END = 255
};

/* Who we say we are: the same in every message of a conversation. */
struct dhcp_identity {
	uint8_t mac[6];
	uint8_t client_id[DHCP_CLIENT_ID_MAX]; /* option 61 */
	size_t client_id_len;
	uint8_t uuid[16]; /* option 97, in the byte order that xl prints */
	bool has_uuid;
	const char *user_class; /* option 77, at most 254 bytes; NULL or "": none */
	bool broadcast; /* answers shall be broadcasts, @mac is not the interface's own (RFC 2131
			 * section 4.1, the BROADCAST bit) */
};

/**
 * dhcp_identity_client_id() - set option 61 from what an administrator wrote.
 * @text: NULL or "": type 1 and the MAC; bytes in hex with colons ("01:00:16:3e:..."): those
 *        bytes; anything else: type 0 and the text (RFC 2132 section 9.14)
 *
 * Return: 0, or -1 if it is longer than DHCP_CLIENT_ID_MAX bytes.
 */
int dhcp_identity_client_id(struct dhcp_identity *id, const char *text);

/* A message of ours. */
struct dhcp_request {
	enum dhcp_type type; /* DHCP_DISCOVER or DHCP_REQUEST */
	uint32_t xid;
	uint16_t seconds; /* since the conversation began */
	struct in_addr addr; /* option 50; 0.0.0.0: none */
	struct in_addr server_id; /* option 54; 0.0.0.0: none */
	struct in_addr self; /* ciaddr: the address that is in use already; 0.0.0.0: none */
	bool has_boot_item;
	uint16_t boot_item; /* of a PXE menu: option 43, tag 71 */
};

/**
 * dhcp_build() - write a DISCOVER or REQUEST.
 * @buf: at least DHCP_MESSAGE_MAX bytes
 *
 * Return: the message's length in bytes.
 */
size_t dhcp_build(uint8_t buf[DHCP_MESSAGE_MAX], const struct dhcp_identity *id,
		  const struct dhcp_request *request);

/* A server's message, checked: points into the caller's bytes. */
struct dhcp_message {
	const uint8_t *bytes;
	size_t len;
	enum dhcp_type type;
	uint32_t xid;
	uint8_t chaddr[6];
	struct in_addr yiaddr, siaddr;
	bool file_is_options, sname_is_options; /* option 52 */
};

/**
 * dhcp_parse() - check a server's message.
 * @buf, @len: payload of the UDP datagram; must outlive @msg
 * @err: ERR_PROTOCOL: not a BOOTP reply for Ethernet, or an option that runs over the end of
 *       its field
 *
 * Every option of every field is proven to lie within its field here, so that later reads of
 * @msg cannot fail. An absent END and options of length zero are accepted.
 *
 * Return: 0 or -1.
 */
int dhcp_parse(struct dhcp_message *msg, const uint8_t *buf, size_t len, struct error *err);

/**
 * dhcp_get() - an option's value.
 * @out, @size: receives the value, cut at @size; parts are joined (RFC 3396) over the fields
 *              options, file and sname in this order
 *
 * Return: length of the whole value, which may be more than @size; -1 if it is absent.
 */
int dhcp_get(const struct dhcp_message *msg, enum dhcp_option code, uint8_t *out, size_t size);

/**
 * dhcp_lease_from_message() - what an OFFER or ACK gives.
 * @err: ERR_PROTOCOL: no usable address or server, or a boot file name that is too long to be
 *       kept whole
 *
 * Values that make no sense are left out like absent ones. Where nothing else says what to boot, a
 * menu for PXE clients sets proxy and proxy_item, unless the machine's own disk is its first entry.
 * Return: 0 or -1.
 */
int dhcp_lease_from_message(struct lease *lease, const struct dhcp_message *msg, struct error *err);

/**
 * dhcp_boot_from_message() - what a message says about booting, and nothing else: a ProxyDHCP
 * server gives no address (PXE 2.1 section 2.2.3).
 * @lease: next_server (0.0.0.0 where the message names none), server_name, bootfile, the options
 *         209 to 211, also from within option 43, and server_id (0.0.0.0 if absent) are set, the
 *         rest is 0
 * @err:   ERR_PROTOCOL: a name that is too long to be kept whole
 */
int dhcp_boot_from_message(struct lease *lease, const struct dhcp_message *msg, struct error *err);

/**
 * dhcp_is_proxy_offer() - an offer of a ProxyDHCP server: no address, class "PXEClient".
 */
bool dhcp_is_proxy_offer(const struct dhcp_message *msg);

/**
 * dhcp_pxe_boot_item() - the first entry of the menu that a PXE server sends in place of a boot
 * file (PXE 2.1 section 2.2.2: option 43, tags 8 and 9).
 * @item:   what to ask for
 * @server: whom to ask, 0.0.0.0: the sender
 *
 * Return: false if there is no menu.
 */
bool dhcp_pxe_boot_item(const struct dhcp_message *msg, uint16_t *item, struct in_addr *server);

/**
 * dhcp_lease_can_boot() - does it name a boot file, or a configuration or prefix in its place, or a
 * PXE server that will when it is asked?
 */
bool dhcp_lease_can_boot(const struct lease *lease);

/**
 * dhcp_lease_fill_boot() - take boot information that an ACK left out from the OFFER before it.
 */
void dhcp_lease_fill_boot(struct lease *lease, const struct lease *offer);

/**
 * dhcp_lease_take_boot() - take all boot information from another lease.
 */
void dhcp_lease_take_boot(struct lease *lease, const struct lease *boot);

#endif
