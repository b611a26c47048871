/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "vifs": which of this guest's network interfaces may it boot from.
 */
#ifndef XENPXE_VIF_VIF_H
#define XENPXE_VIF_VIF_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define VIF_MAX 16 /* interfaces looked at; libxl's own usual limit is lower */

struct lease;

struct vif {
	unsigned int index; /* N of vif=[…] in the guest's configuration (devid) */
	char name[IFNAMSIZ]; /* Linux's name for it, for example "eth0" */
	int ifindex;
	uint8_t mac[6];
};

struct vif_list {
	size_t n;
	struct vif vif[VIF_MAX]; /* sorted by index */
};

/**
 * vif_find() - list the guest's network interfaces.
 * @sysfs: "/sys"; tests give another root. An interface is looked at if its device is a
 *         xenbus "vif-N"; with @any, every Ethernet interface is (index: its order).
 * @err:   ERR_NO_VIF when there is none, with what to do about it
 */
int vif_find(struct vif_list *list, const char *sysfs, bool any, struct error *err);

/**
 * vif_choose() - keep only the interface that the key "vif" names.
 * @key: "" or NULL: all stay; a number: the index; a MAC address with colons or dashes, in
 *       either case
 * @err: ERR_USAGE (malformed) or ERR_NO_VIF (no such one; the text lists those there are)
 */
int vif_choose(struct vif_list *list, const char *key, struct error *err);

/**
 * vif_up() - set the link up; does not wait for a carrier.
 */
int vif_up(const struct vif *vif, struct error *err);

/**
 * vif_configure() - put a lease's address, netmask, MTU and routes onto the interface.
 */
int vif_configure(const struct vif *vif, const struct lease *lease, struct error *err);

/**
 * vif_down() - take addresses and routes away and set the link down.
 */
int vif_down(const struct vif *vif, struct error *err);

#define VIF_MAC_SIZE 18 /* "00:16:3e:00:00:01" and a NUL */

/**
 * vif_mac() - a MAC address as people write it: lower case, colons.
 *
 * Return: @text.
 */
char *vif_mac(char text[VIF_MAC_SIZE], const uint8_t mac[6]);

#endif
