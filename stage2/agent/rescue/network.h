/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network of a guest in rescue: an address if it can be had, for as long as it can be had. */
#ifndef XENPXE_RESCUE_NETWORK_H
#define XENPXE_RESCUE_NETWORK_H

#include "boot.h"
#include "policy/keys.h"

/**
 * network_keep() - in a process of its own: ask for an address until there is one, and keep it.
 * RESCUE_NETWORK says how that stands, RESCUE_LEASE holds the result for network_read().
 */
void network_keep(const struct keys *keys) __attribute__((noreturn));

/**
 * network_read() - the address that network_keep() has.
 * @err: ERR_TIMEOUT: none, the text is what it says about that
 *
 * Return: 0 or -1.
 */
int network_read(struct boot_network *out, struct error *err);

/**
 * network_down() - take addresses and links down, when network_keep() has been ended.
 */
void network_down(void);

#endif
