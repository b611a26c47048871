/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lease that an administrator wrote: the key "ip". Pure functions.
 */
#ifndef XENPXE_DHCP_STATIC_H
#define XENPXE_DHCP_STATIC_H

#include <net/if.h>
#include <stdbool.h>

#include "dhcp/lease.h"
#include "util/error.h"

/**
 * static_lease() - read the syntax of the Linux kernel's ip= (Documentation/admin-guide/nfs/
 * nfsroot.rst): client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0
 * @text:     fields at the end may be left out, and those that are not needed be empty; or one
 *            word, "dhcp", "on" or "any": as if the key were not there
 * @lease:    filled if *@is_static; netmask by the address's class if none is given; next_server
 *            0.0.0.0 if none is
 * @device:   Linux's name of the interface, "" if none is given
 * @is_static: false: the fields ask for DHCP
 * @err:      ERR_USAGE
 *
 * Return: 0 or -1.
 */
int static_lease(const char *text, struct lease *lease, char device[IFNAMSIZ], bool *is_static,
		 struct error *err);

#endif
