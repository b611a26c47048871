/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "menu", first half: under which names a configuration is looked for.
 * Source: syslinux doc/pxelinux.txt and RFC 5071 (options 208-211). Pure functions.
 */
#ifndef XENPXE_PXELINUX_SEARCH_H
#define XENPXE_PXELINUX_SEARCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* option 209 + UUID + MAC + 8 prefixes of the address + "default" */
#define PXELINUX_SEARCH_MAX 12
#define PXELINUX_NAME_MAX 511
#define PXELINUX_DIR_MAX (PXELINUX_NAME_MAX - 37) /* leaves room for "/" and a UUID */

#define PXELINUX_BOOTIF_SIZE 21 /* "01-aa-bb-cc-dd-ee-ff" and a NUL */
#define PXELINUX_UUID_SIZE 37 /* 8-4-4-4-12 digits and a NUL */

struct pxelinux_search {
	size_t n;
	char name[PXELINUX_SEARCH_MAX][PXELINUX_NAME_MAX + 1]; /* relative to the prefix */
};

struct pxelinux_identity {
	uint8_t mac[6];
	struct in_addr addr;
	uint8_t uuid[16]; /* in the byte order that "xl vm-list" prints */
	bool has_uuid;
};

/**
 * pxelinux_bootif() - the interface as PXELINUX names it: ARP type, MAC address, lower case.
 */
void pxelinux_bootif(char text[PXELINUX_BOOTIF_SIZE], const struct pxelinux_identity *id);

/**
 * pxelinux_uuid() - the guest's UUID in lower case with dashes, as "xl vm-list" prints it.
 */
void pxelinux_uuid(char text[PXELINUX_UUID_SIZE], const struct pxelinux_identity *id);

/**
 * pxelinux_search() - the names to try, in order.
 * @option_209: DHCP's configuration file, "" if none: tried first
 * @dir:        "pxelinux.cfg" or what the key config-dir says (trailing slashes are dropped;
 *              "": no directory at all, "/": the server's root), at most PXELINUX_DIR_MAX bytes
 */
void pxelinux_search(struct pxelinux_search *out, const struct pxelinux_identity *id,
		     const char *option_209, const char *dir);

#endif
