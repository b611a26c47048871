/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSH in rescue, by dropbear: who has the private half of a key that was given, and nobody else. */
#ifndef XENPXE_RESCUE_SSH_H
#define XENPXE_RESCUE_SSH_H

/**
 * ssh_prepare() - write down who may come in: the keys that are built in, and those of the key
 * "ssh-key".
 * @value: as of ssh_key_lines(); "" if there is none
 *
 * Return: 0; -1: there is no key, so that nobody may. RESCUE_SSH says which.
 */
int ssh_prepare(const char *value);

/**
 * ssh_serve() - in a process of its own: make a host key, tell its fingerprint in RESCUE_SSH, and
 * become the server.
 */
void ssh_serve(void) __attribute__((noreturn));

#endif
