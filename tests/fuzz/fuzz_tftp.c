/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TFTP server's packets, one after the other into one transfer. The input is a byte of flags
 * (1: options are asked for; 2: windows, too), then packets, each behind two bytes that tell its
 * length.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/tftp_packet.h"
#include "fetch/tftp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of it is read: a sanitizer knows where the cache ends. */
static void check_cached(const struct tftp_read *r, const uint8_t *data, size_t len)
{
	volatile uint8_t last = 0;

	assert(len <= r->blksize);
	for (size_t i = 0; i < len; i++)
		last ^= data[i];
	(void)last;
}

/* false: the transfer is over. */
static bool feed(struct tftp_read *r, const uint8_t *buf, size_t len)
{
	uint16_t block = r->block;
	const uint8_t *data = NULL;
	size_t data_len = 0;
	struct error err;

	switch (tftp_read_packet(r, buf, len, &data, &data_len, &err)) {
	case TFTP_BLOCK:
		assert(data >= buf && data + data_len <= buf + len);
		assert(data_len <= r->blksize);
		assert(r->block == (uint16_t)(block + 1) || (block == 65535 && r->block == 1));
		while (tftp_read_cached(r, &data, &data_len))
			check_cached(r, data, data_len);
		if (tftp_read_ack_due(r))
			tftp_read_acked(r);
		return r->state != TFTP_COMPLETE;
	case TFTP_CACHED:
		assert(r->window > 1 && r->cached > 0 && r->cached < r->window);
		assert(r->block == block);
		if (r->gap)
			tftp_read_acked(r);
		return true;
	case TFTP_OPTIONS:
		assert(r->blksize == TFTP_BLKSIZE_DEFAULT ||
		       (r->blksize >= TFTP_BLKSIZE_MIN && r->blksize <= r->asked.blksize));
		assert(r->window == 1 || r->window <= r->asked.windowsize);
		return true;
	case TFTP_NOTHING:
	case TFTP_DUPLICATE:
		assert(r->block == block);
		return true;
	case TFTP_PLAIN:
		assert(r->asked.blksize || r->asked.has_tsize || r->asked.windowsize);
		tftp_read_start(r, &(struct tftp_options){0}, r->cache);
		return true;
	case TFTP_REFUSED:
	case TFTP_BROKEN:
		assert(err.class == ERR_NOT_FOUND || err.class == ERR_SERVER ||
		       err.class == ERR_PROTOCOL);
		assert(memchr(err.text, '\0', sizeof(err.text)));
		return false;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tftp_options asked = {0};
	struct tftp_read r;
	uint8_t *cache;
	size_t at = 1;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		asked = (struct tftp_options){.blksize = 1468, .has_tsize = true};
	if (data[0] & 2)
		asked.windowsize = TFTP_WINDOW_MAX;
	cache = malloc((size_t)TFTP_WINDOW_MAX * (asked.blksize ? asked.blksize : 512));
	if (!cache)
		return 0;
	tftp_read_start(&r, &asked, cache);
	while (size - at >= 2) {
		size_t len = (size_t)(data[at] << 8 | data[at + 1]);
		uint8_t *packet;
		bool more;

		at += 2;
		if (len > size - at)
			len = size - at;
		/* Exactly its size: a read behind it shows. */
		packet = malloc(len ? len : 1);
		if (!packet)
			break;
		memcpy(packet, data + at, len);
		at += len;
		more = feed(&r, packet, len);
		free(packet);
		if (!more)
			break;
	}
	free(cache);
	return 0;
}
