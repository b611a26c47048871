/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/packet.h"

#include <arpa/inet.h>
#include <string.h>

#include "util/hex.h"

/* RFC 2131 figure 1 */
enum {
	AT_OP = 0,
	AT_HTYPE = 1,
	AT_HLEN = 2,
	AT_XID = 4,
	AT_SECS = 8,
	AT_FLAGS = 10,
	AT_CIADDR = 12,
	AT_YIADDR = 16,
	AT_SIADDR = 20,
	AT_CHADDR = 28,
	AT_SNAME = 44,
	AT_FILE = 108,
	AT_COOKIE = 236,
	AT_OPTIONS = 240
};

#define SNAME_LEN 64
#define FILE_LEN 128
#define BOOTREQUEST 1
#define BOOTREPLY 2
#define HTYPE_ETHERNET 1
#define BROADCAST 0x8000 /* RFC 2131 figure 2 */
/* PXE 2.1 section 2.2.2: tags within option 43 */
#define PXE_BOOT_SERVERS 8
#define PXE_BOOT_MENU 9
#define PXE_BOOT_ITEM 71
#define PXE_LOCAL 0 /* a menu's entry: the machine's own disk */
#define VENDOR_MAX 512 /* bytes of option 43 */

#define MESSAGE_MIN 300 /* RFC 1542 section 2.1: some relays drop shorter ones */

static const uint8_t cookie[4] = {99, 130, 83, 99};

/* What we ask for, in the order of importance; 121 before 3 as RFC 3442 demands. */
static const uint8_t parameters[] = {
	DHCP_OPT_NETMASK,	  DHCP_OPT_ROUTES,
	DHCP_OPT_ROUTER,	  DHCP_OPT_DNS,
	DHCP_OPT_HOSTNAME,	  DHCP_OPT_DOMAIN,
	DHCP_OPT_ROOT_PATH,	  DHCP_OPT_MTU,
	DHCP_OPT_BROADCAST,	  DHCP_OPT_LEASE_TIME,
	DHCP_OPT_SERVER_ID,	  DHCP_OPT_TFTP_SERVER,
	DHCP_OPT_BOOT_FILE,	  DHCP_OPT_TFTP_ADDRESS,
	DHCP_OPT_PXE_CONFIG,	  DHCP_OPT_PXE_PREFIX,
	DHCP_OPT_PXE_REBOOT_TIME, DHCP_OPT_VENDOR,
	DHCP_OPT_VENDOR_CLASS,	  DHCP_OPT_RENEWAL_TIME,
	DHCP_OPT_REBINDING_TIME,
};

/*
 * Identity
 */

/* "01:00:16:3e" -> bytes; the number of them, or 0 if @text is something else. */
static size_t parse_hex(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (;;) {
		int byte = hex_byte(text);

		if (byte < 0 || n == size)
			return 0;
		out[n++] = (uint8_t)byte;
		if (text[2] == '\0')
			return n > 1 ? n : 0;
		if (text[2] != ':')
			return 0;
		text += 3;
	}
}

int dhcp_identity_client_id(struct dhcp_identity *id, const char *text)
{
	if (!text || !*text) {
		id->client_id[0] = HTYPE_ETHERNET;
		memcpy(id->client_id + 1, id->mac, sizeof(id->mac));
		id->client_id_len = 1 + sizeof(id->mac);
		return 0;
	}
	id->client_id_len = parse_hex(text, id->client_id, sizeof(id->client_id));
	if (id->client_id_len > 0)
		return 0;
	if (strlen(text) > sizeof(id->client_id) - 1)
		return -1;
	id->client_id[0] = 0;
	memcpy(id->client_id + 1, text, strlen(text));
	id->client_id_len = 1 + strlen(text);
	return 0;
}

/*
 * Ours
 */

static void put_16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put_32(uint8_t *p, uint32_t value)
{
	put_16(p, (uint16_t)(value >> 16));
	put_16(p + 2, (uint16_t)value);
}

static uint8_t *put_option(uint8_t *p, enum dhcp_option code, const void *value, size_t len)
{
	*p++ = (uint8_t)code;
	*p++ = (uint8_t)len;
	memcpy(p, value, len);
	return p + len;
}

size_t dhcp_build(uint8_t buf[DHCP_MESSAGE_MAX], const struct dhcp_identity *id,
		  const struct dhcp_request *request)
{
	static const char vendor_class[] = "PXEClient:Arch:00000:UNDI:002001";
	static const uint8_t arch[2] = {0, 0}, ndi[3] = {1, 2, 1},
			     max_size[2] = {DHCP_MESSAGE_MAX >> 8, DHCP_MESSAGE_MAX & 0xff};
	uint8_t type = (uint8_t)request->type, uuid[17] = {0};
	uint8_t *p = buf + AT_OPTIONS;
	size_t len;

	/* All of the options below need less than 800 bytes: two of them can be of 255. */
	memset(buf, 0, DHCP_MESSAGE_MAX);
	buf[AT_OP] = BOOTREQUEST;
	buf[AT_HTYPE] = HTYPE_ETHERNET;
	buf[AT_HLEN] = sizeof(id->mac);
	put_32(buf + AT_XID, request->xid);
	put_16(buf + AT_SECS, request->seconds);
	put_16(buf + AT_FLAGS, id->broadcast ? BROADCAST : 0);
	memcpy(buf + AT_CIADDR, &request->self, 4);
	memcpy(buf + AT_CHADDR, id->mac, sizeof(id->mac));
	memcpy(buf + AT_COOKIE, cookie, sizeof(cookie));

	p = put_option(p, DHCP_OPT_TYPE, &type, 1);
	p = put_option(p, DHCP_OPT_CLIENT_ID, id->client_id, id->client_id_len);
	if (request->addr.s_addr)
		p = put_option(p, DHCP_OPT_REQUESTED_ADDR, &request->addr, 4);
	if (request->server_id.s_addr)
		p = put_option(p, DHCP_OPT_SERVER_ID, &request->server_id, 4);
	p = put_option(p, DHCP_OPT_MAX_SIZE, max_size, sizeof(max_size));
	p = put_option(p, DHCP_OPT_VENDOR_CLASS, vendor_class, strlen(vendor_class));
	p = put_option(p, DHCP_OPT_CLIENT_ARCH, arch, sizeof(arch));
	p = put_option(p, DHCP_OPT_CLIENT_NDI, ndi, sizeof(ndi));
	if (id->has_uuid) {
		memcpy(uuid + 1, id->uuid, sizeof(id->uuid)); /* type 0 (RFC 4578 section 2.3) */
		p = put_option(p, DHCP_OPT_CLIENT_UUID, uuid, sizeof(uuid));
	}
	if (id->user_class && *id->user_class) {
		/* As text, as iPXE and every server's matching rules have it, not as RFC 3004's
		 * list of counted strings. */
		len = strnlen(id->user_class, UINT8_MAX);
		p = put_option(p, DHCP_OPT_USER_CLASS, id->user_class, len);
	}
	if (request->has_boot_item) {
		const uint8_t item[] = {PXE_BOOT_ITEM,
					4,
					(uint8_t)(request->boot_item >> 8),
					(uint8_t)request->boot_item,
					0,
					0, /* layer 0: the boot program */
					DHCP_OPT_END};

		p = put_option(p, DHCP_OPT_VENDOR, item, sizeof(item));
	}
	p = put_option(p, DHCP_OPT_PARAMETERS, parameters, sizeof(parameters));
	*p++ = DHCP_OPT_END;

	len = (size_t)(p - buf);
	return len < MESSAGE_MIN ? MESSAGE_MIN : len;
}

/*
 * Theirs
 */

/* One option of a field. */
struct option {
	uint8_t code;
	const uint8_t *value;
	size_t len;
};

/*
 * The next option of a field at *@at: 1 and @o filled, 0 at the end, -1 if it runs over the end.
 */
static int next_option(const uint8_t *field, size_t field_len, size_t *at, struct option *o)
{
	while (*at < field_len && field[*at] == DHCP_OPT_PAD)
		(*at)++;
	if (*at == field_len || field[*at] == DHCP_OPT_END)
		return 0;
	if (field_len - *at < 2 || field_len - *at - 2 < field[*at + 1])
		return -1;
	o->code = field[*at];
	o->len = field[*at + 1];
	o->value = field + *at + 2;
	*at += 2 + o->len;
	return 1;
}

/* Walk one field; appends the parts of option @code to @out. -1: malformed. */
static int collect(const uint8_t *field, size_t field_len, unsigned int code, uint8_t *out,
		   size_t size, size_t *total, bool *seen)
{
	struct option o;
	size_t at = 0;
	int ret;

	while ((ret = next_option(field, field_len, &at, &o)) == 1) {
		size_t n;

		if (o.code != code)
			continue;
		*seen = true;
		n = *total < size ? size - *total : 0;
		if (n > o.len)
			n = o.len;
		if (n > 0)
			memcpy(out + *total, o.value, n);
		*total += o.len;
	}
	return ret;
}

int dhcp_get(const struct dhcp_message *msg, enum dhcp_option code, uint8_t *out, size_t size)
{
	size_t total = 0;
	bool seen = false;

	collect(msg->bytes + AT_OPTIONS, msg->len - AT_OPTIONS, code, out, size, &total, &seen);
	if (msg->file_is_options)
		collect(msg->bytes + AT_FILE, FILE_LEN, code, out, size, &total, &seen);
	if (msg->sname_is_options)
		collect(msg->bytes + AT_SNAME, SNAME_LEN, code, out, size, &total, &seen);
	return seen ? (int)total : -1;
}

static int check_field(const uint8_t *field, size_t len, const char *name, struct error *err)
{
	size_t total = 0;
	bool seen = false;

	if (collect(field, len, DHCP_OPT_END, NULL, 0, &total, &seen) == 0)
		return 0;
	return error_set(err, ERR_PROTOCOL, "an option in its field \"%s\" runs over the end",
			 name);
}

int dhcp_parse(struct dhcp_message *msg, const uint8_t *buf, size_t len, struct error *err)
{
	uint8_t value[1];

	memset(msg, 0, sizeof(*msg));
	if (len < AT_OPTIONS || len > UINT16_MAX)
		return error_set(err, ERR_PROTOCOL, "its length of %zu bytes is not DHCP's", len);
	if (buf[AT_OP] != BOOTREPLY || buf[AT_HTYPE] != HTYPE_ETHERNET ||
	    buf[AT_HLEN] != sizeof(msg->chaddr))
		return error_set(err, ERR_PROTOCOL, "it is not a reply to an Ethernet client");
	if (memcmp(buf + AT_COOKIE, cookie, sizeof(cookie)) != 0)
		return error_set(err, ERR_PROTOCOL, "it is BOOTP without DHCP's options");

	msg->bytes = buf;
	msg->len = len;
	msg->xid = (uint32_t)buf[AT_XID] << 24 | (uint32_t)buf[AT_XID + 1] << 16 |
		   (uint32_t)buf[AT_XID + 2] << 8 | buf[AT_XID + 3];
	memcpy(msg->chaddr, buf + AT_CHADDR, sizeof(msg->chaddr));
	memcpy(&msg->yiaddr, buf + AT_YIADDR, 4);
	memcpy(&msg->siaddr, buf + AT_SIADDR, 4);

	if (check_field(buf + AT_OPTIONS, len - AT_OPTIONS, "options", err) < 0)
		return -1;
	if (dhcp_get(msg, DHCP_OPT_OVERLOAD, value, 1) == 1) {
		bool file = value[0] & 1, sname = value[0] & 2;

		if (file && check_field(buf + AT_FILE, FILE_LEN, "file", err) < 0)
			return -1;
		if (sname && check_field(buf + AT_SNAME, SNAME_LEN, "sname", err) < 0)
			return -1;
		msg->file_is_options = file;
		msg->sname_is_options = sname;
	}
	if (dhcp_get(msg, DHCP_OPT_TYPE, value, 1) != 1)
		return error_set(err, ERR_PROTOCOL, "it has no message type");
	msg->type = value[0];
	return 0;
}

/*
 * A lease
 */

/* The first address of an option; 0.0.0.0 if it has none. */
static struct in_addr get_addr(const struct dhcp_message *msg, enum dhcp_option code)
{
	struct in_addr addr = {INADDR_ANY};
	uint8_t value[4];

	if (dhcp_get(msg, code, value, sizeof(value)) >= (int)sizeof(value))
		memcpy(&addr, value, sizeof(value));
	return addr;
}

/*
 * An option as dhcp_get() has it. PXELINUX's own, 209 to 211, may stand within option 43 as well:
 * "vendor-option-space" in pxelinux.txt. PXE's own tags there are lower ones. Other classes put
 * there what they like, so all of it must be options.
 */
static int get_value(const struct dhcp_message *msg, enum dhcp_option code, uint8_t *out,
		     size_t size)
{
	int len = dhcp_get(msg, code, out, size), vendor_len;
	uint8_t vendor[VENDOR_MAX];
	size_t total = 0;
	bool seen = false;

	if (len >= 0 || code < DHCP_OPT_PXE_CONFIG || code > DHCP_OPT_PXE_REBOOT_TIME)
		return len;
	vendor_len = dhcp_get(msg, DHCP_OPT_VENDOR, vendor, sizeof(vendor));
	if (vendor_len < 0 || vendor_len > (int)sizeof(vendor) ||
	    collect(vendor, (size_t)vendor_len, code, out, size, &total, &seen) < 0)
		return -1;
	return seen ? (int)total : -1;
}

static bool get_32(const struct dhcp_message *msg, enum dhcp_option code, uint32_t *out)
{
	uint8_t value[4];

	if (get_value(msg, code, value, sizeof(value)) != (int)sizeof(value))
		return false;
	*out = (uint32_t)value[0] << 24 | (uint32_t)value[1] << 16 | (uint32_t)value[2] << 8 |
	       value[3];
	return true;
}

/*
 * A text option, which ends at its first NUL: some servers count one in. The result is "" if the
 * option is absent. Return: its full length, or -1 if it is absent.
 */
static int get_text(const struct dhcp_message *msg, enum dhcp_option code, char *out, size_t size)
{
	int len = get_value(msg, code, (uint8_t *)out, size - 1);

	if (len < 0) {
		out[0] = '\0';
		return -1;
	}
	out[(size_t)len < size ? (size_t)len : size - 1] = '\0';
	return (size_t)len < size ? (int)strlen(out) : len;
}

/* A name that must be whole to be of use. */
static int get_name(const struct dhcp_message *msg, enum dhcp_option code, char *out, size_t size,
		    struct error *err)
{
	int len = get_text(msg, code, out, size);

	if (len < (int)size)
		return len;
	out[0] = '\0';
	error_set(err, ERR_PROTOCOL, "its option %d is longer than %zu bytes", code, size - 1);
	return -2;
}

/* A fixed field of the header as text. */
static void get_field(const struct dhcp_message *msg, size_t at, size_t len, char *out)
{
	memcpy(out, msg->bytes + at, len);
	out[len] = '\0';
}

static bool parse_addr(const char *text, struct in_addr *addr)
{
	return inet_pton(AF_INET, text, addr) == 1 && addr->s_addr != INADDR_ANY;
}

/* siaddr; option 66 or sname where that is an address; option 150. */
static void get_next_server(struct lease *lease, const struct dhcp_message *msg)
{
	char name[256] = "";

	get_text(msg, DHCP_OPT_TFTP_SERVER, name, sizeof(name));
	if (!name[0] && !msg->sname_is_options)
		get_field(msg, AT_SNAME, SNAME_LEN, name);
	if (msg->siaddr.s_addr != INADDR_ANY) {
		lease->next_server = msg->siaddr;
		return;
	}
	if (parse_addr(name, &lease->next_server))
		return;
	memcpy(lease->server_name, name, sizeof(name));
	lease->next_server = get_addr(msg, DHCP_OPT_TFTP_ADDRESS);
}

static bool is_contiguous(struct in_addr mask)
{
	uint32_t host = ~ntohl(mask.s_addr);

	return (host & (host + 1)) == 0;
}

/* RFC 3442: width of the mask, the net's significant bytes, the router; repeated. */
static void get_routes(struct lease *lease, const struct dhcp_message *msg)
{
	uint8_t value[LEASE_ROUTES_MAX * 9];
	int len = dhcp_get(msg, DHCP_OPT_ROUTES, value, sizeof(value));
	size_t end = len < 0 ? 0 : (size_t)len, at = 0;

	if (end > sizeof(value))
		end = sizeof(value);
	while (at < end && lease->n_route < LEASE_ROUTES_MAX) {
		struct lease_route *r = &lease->route[lease->n_route];
		unsigned int width = value[at];
		size_t bytes = (width + 7) / 8;

		if (width > 32 || end - at < 1 + bytes + 4)
			return;
		memset(r, 0, sizeof(*r));
		r->mask.s_addr = width ? htonl(UINT32_MAX << (32 - width)) : 0;
		memcpy(&r->net, value + at + 1, bytes);
		r->net.s_addr &= r->mask.s_addr;
		memcpy(&r->gateway, value + at + 1 + bytes, 4);
		at += 1 + bytes + 4;
		lease->n_route++;
	}
}

static void get_dns(struct lease *lease, const struct dhcp_message *msg)
{
	uint8_t value[LEASE_DNS_MAX * 4];
	int len = dhcp_get(msg, DHCP_OPT_DNS, value, sizeof(value));

	while (lease->n_dns < LEASE_DNS_MAX && len >= (int)(lease->n_dns + 1) * 4) {
		memcpy(&lease->dns[lease->n_dns], value + (size_t)lease->n_dns * 4, 4);
		lease->n_dns++;
	}
}

int dhcp_boot_from_message(struct lease *lease, const struct dhcp_message *msg, struct error *err)
{
	int prefix;

	memset(lease, 0, sizeof(*lease));
	lease->server_id = get_addr(msg, DHCP_OPT_SERVER_ID);
	get_next_server(lease, msg);
	lease->has_reboot_time = get_32(msg, DHCP_OPT_PXE_REBOOT_TIME, &lease->reboot_time);
	if (get_name(msg, DHCP_OPT_BOOT_FILE, lease->bootfile, sizeof(lease->bootfile), err) == -2)
		return -1;
	if (!lease->bootfile[0] && !msg->file_is_options)
		get_field(msg, AT_FILE, FILE_LEN, lease->bootfile);
	if (get_name(msg, DHCP_OPT_PXE_CONFIG, lease->pxe_config, sizeof(lease->pxe_config), err) ==
	    -2)
		return -1;
	prefix = get_name(msg, DHCP_OPT_PXE_PREFIX, lease->pxe_prefix, sizeof(lease->pxe_prefix),
			  err);
	lease->has_pxe_prefix = prefix >= 0;
	return prefix == -2 ? -1 : 0;
}

/* Whose option 43 is PXE's. */
static bool is_for_pxe(const struct dhcp_message *msg)
{
	static const char class[] = "PXEClient";
	uint8_t value[sizeof(class) - 1];

	return dhcp_get(msg, DHCP_OPT_VENDOR_CLASS, value, sizeof(value)) >= (int)sizeof(value) &&
	       memcmp(value, class, sizeof(value)) == 0;
}

bool dhcp_is_proxy_offer(const struct dhcp_message *msg)
{
	return msg->type == DHCP_OFFER && msg->yiaddr.s_addr == INADDR_ANY && is_for_pxe(msg);
}

static bool names_boot(const struct lease *lease)
{
	return lease->bootfile[0] || lease->pxe_config[0] || lease->has_pxe_prefix;
}

bool dhcp_lease_can_boot(const struct lease *lease)
{
	return names_boot(lease) || lease->proxy.s_addr != INADDR_ANY;
}

bool dhcp_pxe_boot_item(const struct dhcp_message *msg, uint16_t *item, struct in_addr *server)
{
	uint8_t vendor[VENDOR_MAX], list[256];
	size_t servers = 0, menu = 0, size;
	bool has_servers = false, has_menu = false;
	int len = dhcp_get(msg, DHCP_OPT_VENDOR, vendor, sizeof(vendor));

	server->s_addr = INADDR_ANY;
	if (len < 0)
		return false;
	/* Within it the same form as outside. */
	size = (size_t)len < sizeof(vendor) ? (size_t)len : sizeof(vendor);
	collect(vendor, size, PXE_BOOT_MENU, list, sizeof(list), &menu, &has_menu);
	if (menu >= 3)
		*item = (uint16_t)(list[0] << 8 | list[1]);
	collect(vendor, size, PXE_BOOT_SERVERS, list, sizeof(list), &servers, &has_servers);
	if (servers > sizeof(list))
		servers = sizeof(list);
	/* type, number of addresses, addresses; repeated */
	for (size_t at = 0; at + 3 <= servers; at += 3 + (size_t)list[at + 2] * 4) {
		uint16_t type = (uint16_t)(list[at] << 8 | list[at + 1]);

		if (menu < 3)
			*item = type;
		if (menu >= 3 && type != *item)
			continue;
		if (list[at + 2] > 0 && at + 7 <= servers)
			memcpy(server, list + at + 3, 4);
		return true;
	}
	return menu >= 3;
}

/* Options 58 and 59 where they make sense, else what RFC 2131 section 4.4.5 says. */
static void get_times(struct lease *lease, const struct dhcp_message *msg)
{
	get_32(msg, DHCP_OPT_LEASE_TIME, &lease->seconds);
	get_32(msg, DHCP_OPT_RENEWAL_TIME, &lease->renewal_s);
	get_32(msg, DHCP_OPT_REBINDING_TIME, &lease->rebinding_s);
	if (lease->rebinding_s == 0 || lease->rebinding_s > lease->seconds)
		lease->rebinding_s = (uint32_t)((uint64_t)lease->seconds * 7 / 8);
	if (lease->renewal_s == 0 || lease->renewal_s > lease->rebinding_s)
		lease->renewal_s = lease->seconds / 2 < lease->rebinding_s ? lease->seconds / 2
									   : lease->rebinding_s;
}

/* A DHCP server that has a menu for PXE clients and no file: dnsmasq's pxe-service without
 * dhcp-boot. */
static void get_menu(struct lease *lease, const struct dhcp_message *msg)
{
	struct in_addr server;
	uint16_t item;

	if (names_boot(lease) || !is_for_pxe(msg) || !dhcp_pxe_boot_item(msg, &item, &server) ||
	    item == PXE_LOCAL)
		return;
	lease->proxy = server.s_addr != INADDR_ANY ? server : lease->server_id;
	lease->proxy_item = item;
}

int dhcp_lease_from_message(struct lease *lease, const struct dhcp_message *msg, struct error *err)
{
	uint8_t mtu[2];
	uint32_t host;

	if (dhcp_boot_from_message(lease, msg, err) < 0)
		return -1;
	lease->addr = msg->yiaddr;
	host = ntohl(lease->addr.s_addr);
	if (host >> 24 == 0 || host >> 24 == IN_LOOPBACKNET || IN_MULTICAST(host) ||
	    IN_BADCLASS(host))
		return error_set(err, ERR_PROTOCOL, "it gives no address that a guest could use");
	if (lease->server_id.s_addr == INADDR_ANY)
		return error_set(err, ERR_PROTOCOL, "it does not say which server it is from");
	if (lease->next_server.s_addr == INADDR_ANY)
		lease->next_server = lease->server_id;
	get_menu(lease, msg);

	lease->netmask = get_addr(msg, DHCP_OPT_NETMASK);
	if (lease->netmask.s_addr == INADDR_ANY || !is_contiguous(lease->netmask))
		lease->netmask = lease_classful_mask(lease->addr);
	lease->router = get_addr(msg, DHCP_OPT_ROUTER);
	get_routes(lease, msg);
	get_dns(lease, msg);
	if (dhcp_get(msg, DHCP_OPT_MTU, mtu, sizeof(mtu)) == (int)sizeof(mtu))
		lease->mtu = (uint16_t)(mtu[0] << 8 | mtu[1]);
	get_times(lease, msg);
	get_text(msg, DHCP_OPT_HOSTNAME, lease->hostname, sizeof(lease->hostname));
	get_text(msg, DHCP_OPT_DOMAIN, lease->domain, sizeof(lease->domain));
	get_text(msg, DHCP_OPT_ROOT_PATH, lease->root_path, sizeof(lease->root_path));
	return 0;
}

void dhcp_lease_fill_boot(struct lease *lease, const struct lease *offer)
{
	if (!lease->bootfile[0] && offer->bootfile[0]) {
		memcpy(lease->bootfile, offer->bootfile, sizeof(lease->bootfile));
		lease->next_server = offer->next_server;
	}
	if (!lease->pxe_config[0])
		memcpy(lease->pxe_config, offer->pxe_config, sizeof(lease->pxe_config));
	if (!lease->has_pxe_prefix && offer->has_pxe_prefix) {
		memcpy(lease->pxe_prefix, offer->pxe_prefix, sizeof(lease->pxe_prefix));
		lease->has_pxe_prefix = true;
	}
	if (names_boot(lease)) {
		lease->proxy.s_addr = INADDR_ANY;
		lease->proxy_item = 0;
	} else if (lease->proxy.s_addr == INADDR_ANY) {
		lease->proxy = offer->proxy;
		lease->proxy_item = offer->proxy_item;
	}
}

void dhcp_lease_take_boot(struct lease *lease, const struct lease *boot)
{
	lease->next_server = boot->next_server;
	memcpy(lease->server_name, boot->server_name, sizeof(lease->server_name));
	memcpy(lease->bootfile, boot->bootfile, sizeof(lease->bootfile));
	memcpy(lease->pxe_config, boot->pxe_config, sizeof(lease->pxe_config));
	memcpy(lease->pxe_prefix, boot->pxe_prefix, sizeof(lease->pxe_prefix));
	lease->has_pxe_prefix = boot->has_pxe_prefix;
	lease->reboot_time = boot->reboot_time;
	lease->has_reboot_time = boot->has_reboot_time;
}
