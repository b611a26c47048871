/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_BOOT_H
#define XENPXE_BOOT_H

#include "dhcp/dhcp.h"
#include "fetch/url.h"
#include "policy/keys.h"
#include "pxelinux/pxelinux.h"

/**
 * boot() - try the ways of keys->boot in order until one hands the domain over; when all failed,
 * do what keys->fail says. Never returns.
 */
void boot(const struct keys *keys) __attribute__((noreturn));

/* What rescue (symbol RESCUE) needs of the road, without going it to its end. */
struct boot_network {
	struct vif vif; /* the interface that has the address */
	struct lease lease;
};

/**
 * boot_lease() - the steps "vifs" and "lease".
 * @keeper: keeps the lease while it is ticked; end it with dhcp_keep_end() after 0
 *
 * Return: 0, and the address is on the interface; -1: @err.
 */
int boot_lease(const struct keys *keys, struct boot_network *out, struct dhcp_keeper *keeper,
	       struct error *err);

/**
 * boot_config() - the step "menu": the PXELINUX configuration that this guest gets.
 * @network: of boot_lease(), which may be another process's
 * @config:  free with pxelinux_free() after 0
 * @url:     where it was found
 */
int boot_config(const struct keys *keys, const struct boot_network *network,
		struct pxelinux_config *config, struct url *url, struct error *err);

#endif
