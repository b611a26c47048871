/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/static.h"

#include <arpa/inet.h>
#include <string.h>

#include "util/escape.h"

#define FIELDS 10
#define FIELD_MAX 255

enum field { CLIENT, SERVER, GATEWAY, NETMASK, HOSTNAME, DEVICE, AUTOCONF, DNS_0, DNS_1, NTP };

static bool is_one_of(const char *word, const char *const words[])
{
	for (; *words; words++) {
		if (strcmp(word, *words) == 0)
			return true;
	}
	return false;
}

static bool wants_dhcp(const char *word)
{
	static const char *const words[] = {"dhcp", "on", "any", NULL};

	return is_one_of(word, words);
}

/* Cut at the colons. Return: number of fields, 0 if there are too many or one is too long. */
static unsigned int split(const char *text, char field[FIELDS][FIELD_MAX + 1])
{
	for (unsigned int n = 0; n < FIELDS; n++) {
		size_t len = strcspn(text, ":");

		if (len > FIELD_MAX)
			return 0;
		memcpy(field[n], text, len);
		field[n][len] = '\0';
		if (!text[len])
			return n + 1;
		text += len + 1;
	}
	return 0;
}

static int parse_addr(const char *text, const char *what, struct in_addr *addr, struct error *err)
{
	char shown[40];

	addr->s_addr = INADDR_ANY;
	if (!*text || inet_pton(AF_INET, text, addr) == 1)
		return 0;
	return error_set(err, ERR_USAGE, "the %s \"%s\" is not an IPv4 address", what,
			 escape_str(shown, sizeof(shown), text));
}

static int add_dns(const char *text, struct lease *lease, struct error *err)
{
	struct in_addr addr;

	if (parse_addr(text, "name server", &addr, err) < 0)
		return -1;
	if (addr.s_addr)
		lease->dns[lease->n_dns++] = addr;
	return 0;
}

static int fill(struct lease *lease, char field[FIELDS][FIELD_MAX + 1], struct error *err)
{
	struct in_addr ignored;
	uint32_t host_bits;

	if (parse_addr(field[CLIENT], "client", &lease->addr, err) < 0 ||
	    parse_addr(field[SERVER], "server", &lease->next_server, err) < 0 ||
	    parse_addr(field[GATEWAY], "gateway", &lease->router, err) < 0 ||
	    parse_addr(field[NETMASK], "netmask", &lease->netmask, err) < 0 ||
	    add_dns(field[DNS_0], lease, err) < 0 || add_dns(field[DNS_1], lease, err) < 0 ||
	    parse_addr(field[NTP], "time server", &ignored, err) < 0)
		return -1;
	if (lease->addr.s_addr == INADDR_ANY)
		return error_set(err, ERR_USAGE, "there is no client address in it");
	if (lease->netmask.s_addr == INADDR_ANY)
		lease->netmask = lease_classful_mask(lease->addr);
	host_bits = ~ntohl(lease->netmask.s_addr);
	if (host_bits & (host_bits + 1))
		return error_set(err, ERR_USAGE, "the netmask %s has holes", field[NETMASK]);
	memcpy(lease->hostname, field[HOSTNAME], strlen(field[HOSTNAME]));
	return 0;
}

int static_lease(const char *text, struct lease *lease, char device[IFNAMSIZ], bool *is_static,
		 struct error *err)
{
	static const char *const off[] = {"", "off", "none", NULL};
	char field[FIELDS][FIELD_MAX + 1] = {""};
	char shown[40];
	unsigned int n = split(text, field);

	memset(lease, 0, sizeof(*lease));
	memset(device, 0, IFNAMSIZ);
	*is_static = false;
	if (n == 0)
		return error_set(err, ERR_USAGE,
				 "more than %d fields, or one of more than %d bytes", FIELDS,
				 FIELD_MAX);
	if (n == 1 && wants_dhcp(field[CLIENT]))
		return 0;
	if (strlen(field[DEVICE]) >= IFNAMSIZ)
		return error_set(err, ERR_USAGE, "the device's name is too long");
	memcpy(device, field[DEVICE], strlen(field[DEVICE]));
	/* With DHCP the other fields are what the server says. */
	if (wants_dhcp(field[AUTOCONF]))
		return 0;
	if (!is_one_of(field[AUTOCONF], off))
		return error_set(err, ERR_USAGE, "\"%s\" is no way to get an address: off or dhcp",
				 escape_str(shown, sizeof(shown), field[AUTOCONF]));
	*is_static = true;
	return fill(lease, field, err);
}
