/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/search.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* RFC 826 hardware type of Ethernet, as PXELINUX writes it in front of the MAC address. */
#define ARP_ETHERNET 1

__attribute__((format(printf, 2, 3))) static void add(struct pxelinux_search *out, const char *fmt,
						      ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out->name[out->n], sizeof(out->name[0]), fmt, ap);
	va_end(ap);
	out->n++;
}

void pxelinux_bootif(char text[PXELINUX_BOOTIF_SIZE], const struct pxelinux_identity *id)
{
	const uint8_t *m = id->mac;

	snprintf(text, PXELINUX_BOOTIF_SIZE, "%02x-%02x-%02x-%02x-%02x-%02x-%02x", ARP_ETHERNET,
		 m[0], m[1], m[2], m[3], m[4], m[5]);
}

void pxelinux_uuid(char text[PXELINUX_UUID_SIZE], const struct pxelinux_identity *id)
{
	const uint8_t *u = id->uuid;

	snprintf(text, PXELINUX_UUID_SIZE,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
		 u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
		 u[15]);
}

void pxelinux_search(struct pxelinux_search *out, const struct pxelinux_identity *id,
		     const char *option_209, const char *dir)
{
	unsigned long addr = ntohl(id->addr.s_addr);
	int dir_len = (int)strnlen(dir, PXELINUX_DIR_MAX);
	const char *slash = dir_len ? "/" : "";
	char text[PXELINUX_UUID_SIZE];

	while (dir_len > 0 && dir[dir_len - 1] == '/')
		dir_len--;

	out->n = 0;
	if (option_209[0])
		add(out, "%s", option_209);
	if (id->has_uuid) {
		pxelinux_uuid(text, id);
		add(out, "%.*s%s%s", dir_len, dir, slash, text);
	}
	pxelinux_bootif(text, id);
	add(out, "%.*s%s%s", dir_len, dir, slash, text);
	snprintf(text, sizeof(text), "%08lX", addr);
	for (int digits = 8; digits > 0; digits--)
		add(out, "%.*s%s%.*s", dir_len, dir, slash, digits, text);
	add(out, "%.*s%sdefault", dir_len, dir, slash);
}
