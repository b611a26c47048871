/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TFTP server's packets, one after the other into one transfer. The input is a byte of flags
 * (1: options are asked for), then packets, each behind two bytes that tell its length.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/tftp_packet.h"
#include "fetch/tftp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		return r->state != TFTP_COMPLETE;
	case TFTP_OPTIONS:
		assert(r->blksize == TFTP_BLKSIZE_DEFAULT ||
		       (r->blksize >= TFTP_BLKSIZE_MIN && r->blksize <= r->asked.blksize));
		return true;
	case TFTP_NOTHING:
	case TFTP_DUPLICATE:
		assert(r->block == block);
		return true;
	case TFTP_PLAIN:
		assert(r->asked.blksize || r->asked.has_tsize);
		tftp_read_start(r, &(struct tftp_options){0});
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
	size_t at = 1;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		asked = (struct tftp_options){.blksize = 1468, .has_tsize = true};
	tftp_read_start(&r, &asked);
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
			return 0;
		memcpy(packet, data + at, len);
		at += len;
		more = feed(&r, packet, len);
		free(packet);
		if (!more)
			break;
	}
	return 0;
}
