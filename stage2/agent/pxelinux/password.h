/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MENU PASSWD and MENU MASTER PASSWD (syslinux doc/menu.txt). Pure. */
#ifndef XENPXE_PXELINUX_PASSWORD_H
#define XENPXE_PXELINUX_PASSWORD_H

#include <stdbool.h>

/**
 * password_matches() - is what was typed the password?
 * @stored: as the configuration has it: "$1$..." MD5, "$4$..." SHA-1, "$5$..." SHA-256, "$6$..."
 *          SHA-512, a '$' may follow the hash; another "$x$..." is no password at all; anything
 *          else is the password in plain text; "" is opened by nothing
 * @typed:  what a person typed
 *
 * A hash with more than 2000000 rounds=, a few seconds, matches nothing.
 */
bool password_matches(const char *stored, const char *typed);

/**
 * password_readable() - can this image check it at all? Not a hash of a kind that it does not know,
 * which is any without PASSWORDS in its configuration.
 */
bool password_readable(const char *stored);

#endif
