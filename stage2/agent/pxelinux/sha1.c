/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/sha1.h"

#include <string.h>

static uint32_t rol(uint32_t x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

static void compress(uint32_t state[5], const uint8_t block[64])
{
	uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < 80; t++)
		w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);

	for (size_t t = 0; t < 80; t++) {
		uint32_t f, k, temp;

		if (t < 20) {
			f = (b & c) | (~b & d);
			k = 0x5a827999;
		} else if (t < 40) {
			f = b ^ c ^ d;
			k = 0x6ed9eba1;
		} else if (t < 60) {
			f = (b & c) | (b & d) | (c & d);
			k = 0x8f1bbcdc;
		} else {
			f = b ^ c ^ d;
			k = 0xca62c1d6;
		}
		temp = rol(a, 5) + f + e + k + w[t];
		e = d;
		d = c;
		c = rol(b, 30);
		b = a;
		a = temp;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void sha1_init(struct sha1 *s)
{
	static const uint32_t initial[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
					    0xc3d2e1f0};

	memcpy(s->state, initial, sizeof(initial));
	s->bytes = 0;
}

void sha1_update(struct sha1 *s, const void *data, size_t len)
{
	const uint8_t *in = data;

	while (len > 0) {
		size_t held = s->bytes % sizeof(s->block);
		size_t n = sizeof(s->block) - held < len ? sizeof(s->block) - held : len;

		memcpy(s->block + held, in, n);
		s->bytes += n;
		in += n;
		len -= n;
		if (held + n == sizeof(s->block))
			compress(s->state, s->block);
	}
}

void sha1_final(struct sha1 *s, uint8_t digest[SHA1_SIZE])
{
	static const uint8_t pad[64] = {0x80};
	uint64_t bits = s->bytes * 8;
	uint8_t length[8];

	for (size_t i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha1_update(s, pad, 1 + (119 - s->bytes % 64) % 64);
	sha1_update(s, length, sizeof(length));
	for (size_t i = 0; i < SHA1_SIZE; i++)
		digest[i] = (uint8_t)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}
