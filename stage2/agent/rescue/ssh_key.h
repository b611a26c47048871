/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key "ssh-key": public keys in short form. Pure. */
#ifndef XENPXE_RESCUE_SSH_KEY_H
#define XENPXE_RESCUE_SSH_KEY_H

#include <stddef.h>

#define SSH_KEYS_MAX 1024 /* bytes of the key's value, with a NUL */
#define SSH_LINES_MAX 2048 /* bytes that its lines need at most */

/**
 * ssh_key_lines() - lines for authorized_keys.
 * @value: the base64 part of public keys, with commas between them: the second word of a .pub file.
 *         What type of key it is stands in there, too (RFC 4253 section 6.6: its first string)
 * @lines: receives "TYPE BASE64\n" for each; at least SSH_LINES_MAX bytes; NULL: only check
 *
 * Return: how many keys, -1 if one of them is no key of a type that is known: ssh-ed25519, ssh-rsa,
 * ecdsa-sha2-nistp256, -384, -521 and the "sk" forms of the first and third.
 */
int ssh_key_lines(const char *value, char *lines);

#endif
