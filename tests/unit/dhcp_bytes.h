/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP servers' messages for tests: made by hand, field by field (RFC 2131 figure 1), or read
 * from tests/fuzz/seeds/dhcp, where real servers' answers to this agent are kept as captured.
 */
#ifndef TESTS_DHCP_BYTES_H
#define TESTS_DHCP_BYTES_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint8_t bytes_mac[6] = {0x00, 0x16, 0x3e, 0x12, 0x34, 0x56};

struct bytes {
	uint8_t b[2048];
	size_t len;
};

/* A reply without options: the cookie, and nothing behind it. */
static inline void bytes_reply(struct bytes *m, uint32_t xid)
{
	memset(m, 0, sizeof(*m));
	m->b[0] = 2;
	m->b[1] = 1;
	m->b[2] = 6;
	for (int i = 0; i < 4; i++)
		m->b[4 + i] = (uint8_t)(xid >> (24 - 8 * i));
	memcpy(m->b + 16, "\x0a\x09\x00\x32", 4);
	memcpy(m->b + 28, bytes_mac, sizeof(bytes_mac));
	memcpy(m->b + 236, "\x63\x82\x53\x63", 4);
	m->len = 240;
}

static inline void bytes_option(struct bytes *m, uint8_t code, const void *value, size_t len)
{
	m->b[m->len++] = code;
	m->b[m->len++] = (uint8_t)len;
	memcpy(m->b + m->len, value, len);
	m->len += len;
}

static inline void bytes_text(struct bytes *m, uint8_t code, const char *value)
{
	bytes_option(m, code, value, strlen(value));
}

/* What every OFFER and ACK has: type, server 10.9.0.1. */
static inline void bytes_start(struct bytes *m, uint32_t xid, uint8_t type)
{
	bytes_reply(m, xid);
	bytes_option(m, 53, &type, 1);
	bytes_option(m, 54, "\x0a\x09\x00\x01", 4);
}

static inline void bytes_end(struct bytes *m)
{
	m->b[m->len++] = 255;
}

static inline void bytes_read(struct bytes *m, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "tests/fuzz/seeds/dhcp/%s", name);
	f = fopen(path, "r");
	m->len = f ? fread(m->b, 1, sizeof(m->b), f) : 0;
	if (f)
		fclose(f);
}

#endif
