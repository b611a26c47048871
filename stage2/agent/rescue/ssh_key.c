/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue/ssh_key.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define HEAD_MAX 48 /* decoded bytes that are looked at: a length and the longest type */

static const char *const types[] = {
	"ssh-ed25519",
	"ssh-rsa",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com",
};

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Is it base64 (RFC 4648 section 4), padding included? */
static int is_base64(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && memchr(digits, text[n], 64))
		n++;
	if (len % 4 || len - n > 2)
		return 0;
	while (n < len && text[n] == '=')
		n++;
	return n == len;
}

/* The first bytes of what it stands for. Return: how many. */
static size_t decode_head(const char *text, size_t len, uint8_t head[HEAD_MAX])
{
	uint32_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		const char *digit = memchr(digits, text[i], 64);

		bits = bits << 6 | (uint32_t)(digit - digits);
		/* every digit but the first of four completes a byte */
		if (i % 4 == 0)
			continue;
		if (n == HEAD_MAX)
			break;
		head[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	return n;
}

static const char *find_type(const char *text, size_t len)
{
	uint8_t head[HEAD_MAX];
	size_t n = decode_head(text, len, head);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t type_len = strlen(types[i]);

		/* A string is its length in four bytes, then its bytes (RFC 4251 section 5), and
		 * something must follow. */
		if (n > 4 + type_len && head[0] == 0 && head[1] == 0 && head[2] == 0 &&
		    head[3] == type_len && memcmp(head + 4, types[i], type_len) == 0)
			return types[i];
	}
	return NULL;
}

int ssh_key_lines(const char *value, char *lines)
{
	size_t at = 0;
	int n = 0;

	if (strlen(value) >= SSH_KEYS_MAX)
		return -1;
	for (;;) {
		size_t len = strcspn(value, ",");
		const char *type = is_base64(value, len) ? find_type(value, len) : NULL;

		if (!type)
			return -1;
		n++;
		/* SSH_LINES_MAX: each key has 20 bytes at least, a type 34 at most */
		if (lines && at < SSH_LINES_MAX)
			at += (size_t)snprintf(lines + at, SSH_LINES_MAX - at, "%s %.*s\n", type,
					       (int)len, value);
		if (!value[len])
			return at < SSH_LINES_MAX ? n : -1;
		value += len + 1;
	}
}
