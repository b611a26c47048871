/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "lease": what the DHCP server gave us, or an administrator in its place. Plain data, filled
 * by dhcp_lease_from_message() or static_lease().
 */
#ifndef XENPXE_DHCP_LEASE_H
#define XENPXE_DHCP_LEASE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define LEASE_DNS_MAX 4
#define LEASE_ROUTES_MAX 16

struct lease_route {
	struct in_addr net, mask, gateway;
};

struct lease {
	struct in_addr addr;
	struct in_addr netmask;
	struct in_addr server_id; /* option 54: who leased it */
	struct in_addr router; /* option 3, first; 0.0.0.0 if none */
	struct in_addr next_server; /* siaddr, else option 66/sname if an address, else 150,
				     * else server_id */
	char server_name[256]; /* option 66/sname if it is a name and siaddr is empty, so
				* that next_server is a guess; else "" */
	struct in_addr dns[LEASE_DNS_MAX];
	unsigned int n_dns;
	struct lease_route route[LEASE_ROUTES_MAX]; /* option 121; replaces router if any */
	unsigned int n_route;
	uint16_t mtu; /* option 26; 0: not given */
	uint32_t seconds; /* option 51; 0 and UINT32_MAX: for ever */
	uint32_t renewal_s, rebinding_s; /* T1 and T2: options 58, 59, or 1/2 and 7/8 of it */
	uint32_t reboot_time; /* option 211, seconds */
	bool has_reboot_time;
	char bootfile[256]; /* option 67 or file; "" if none */
	char pxe_config[256]; /* option 209; "" if none */
	char pxe_prefix[256]; /* option 210; "" if none */
	bool has_pxe_prefix;
	char hostname[256]; /* option 12 */
	char domain[256]; /* option 15 */
	char root_path[256]; /* option 17 */
	struct in_addr proxy; /* a ProxyDHCP server that has yet to be asked for the boot file, see
			       * dhcp_ask_proxy(); or the PXE server of a menu that came in place of
			       * one; 0.0.0.0: none */
	uint16_t proxy_item; /* the entry of that menu; 0: none, ask without */
};

/**
 * lease_classful_mask() - the mask of an address for which nobody gave one (RFC 950 section 2).
 */
struct in_addr lease_classful_mask(struct in_addr addr);

#endif
