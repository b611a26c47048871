/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/tftp_read.h"

#include <string.h>

#include "util/escape.h"

void tftp_read_start(struct tftp_read *r, const struct tftp_options *asked, uint8_t *cache)
{
	*r = (struct tftp_read){
		.state = TFTP_ASKED,
		.asked = *asked,
		.blksize = TFTP_BLKSIZE_DEFAULT,
		.window = 1,
		.cache = cache,
	};
}

static enum tftp_verdict read_oack(struct tftp_read *r, const struct tftp_packet *packet)
{
	/* A request that was sent twice is answered twice. */
	if (r->state == TFTP_AGREED)
		return TFTP_DUPLICATE;
	if (r->state != TFTP_ASKED)
		return TFTP_NOTHING;
	r->state = TFTP_AGREED;
	if (packet->options.blksize)
		r->blksize = packet->options.blksize;
	if (packet->options.windowsize)
		r->window = packet->options.windowsize;
	r->has_tsize = packet->options.has_tsize;
	r->tsize = packet->options.tsize;
	return TFTP_OPTIONS;
}

static void take(struct tftp_read *r, uint16_t block, size_t len)
{
	r->block = block;
	r->unacked++;
	r->state = len < r->blksize ? TFTP_COMPLETE : TFTP_READING;
}

static struct tftp_slot *slot_of(struct tftp_read *r, uint16_t block, uint8_t **data)
{
	unsigned int i = block % TFTP_WINDOW_MAX;

	*data = r->cache + (size_t)i * r->blksize;
	return &r->slot[i];
}

/* A block that is @ahead of its turn, less than a window. */
static enum tftp_verdict keep(struct tftp_read *r, const struct tftp_packet *packet,
			      unsigned int ahead)
{
	uint8_t *data;
	struct tftp_slot *slot = slot_of(r, packet->block, &data);

	/* What came before tells nothing new: two copies of a packet are not answered twice. */
	if (slot->used)
		return TFTP_CACHED;
	memcpy(data, packet->data, packet->len);
	slot->used = true;
	slot->len = (uint16_t)packet->len;
	r->cached++;
	/* The server waits behind the last block of its window, and of the file. */
	if (r->unacked + ahead + 1 >= r->window || packet->len < r->blksize)
		r->gap = true;
	return TFTP_CACHED;
}

static enum tftp_verdict read_data(struct tftp_read *r, const struct tftp_packet *packet,
				   const uint8_t **data, size_t *len, struct error *err)
{
	uint16_t next = (uint16_t)(r->block + 1);
	uint16_t ahead = (uint16_t)(packet->block - next);
	uint16_t behind = (uint16_t)(r->block - packet->block);
	/* Blocks are numbered modulo 65536; there are servers that go on with 1 instead of 0,
	 * of those that know no windows. */
	bool rolls_to_1 =
		r->window == 1 && r->state == TFTP_READING && next == 0 && packet->block == 1;

	if (r->state == TFTP_READING && behind < r->window)
		return TFTP_DUPLICATE;
	if (ahead >= r->window && !rolls_to_1)
		return TFTP_NOTHING;
	if (packet->len > r->blksize) {
		error_set(err, ERR_PROTOCOL, "the server sent %zu bytes in a block of %u",
			  packet->len, r->blksize);
		return TFTP_BROKEN;
	}
	if (ahead > 0 && !rolls_to_1)
		return keep(r, packet, ahead);
	take(r, packet->block, packet->len);
	*data = packet->data;
	*len = packet->len;
	return TFTP_BLOCK;
}

bool tftp_read_cached(struct tftp_read *r, const uint8_t **data, size_t *len)
{
	uint16_t next = (uint16_t)(r->block + 1);
	uint8_t *cached;
	struct tftp_slot *slot;

	if (r->cached == 0 || r->state == TFTP_COMPLETE)
		return false;
	slot = slot_of(r, next, &cached);
	if (!slot->used)
		return false;
	slot->used = false;
	r->cached--;
	*data = cached;
	*len = slot->len;
	take(r, next, slot->len);
	return true;
}

bool tftp_read_ack_due(const struct tftp_read *r)
{
	return r->state == TFTP_COMPLETE || r->unacked >= r->window;
}

void tftp_read_acked(struct tftp_read *r)
{
	r->unacked = 0;
	r->gap = false;
}

static enum tftp_verdict read_error(struct tftp_read *r, const struct tftp_packet *packet,
				    struct error *err)
{
	bool with_options = r->asked.blksize || r->asked.has_tsize || r->asked.windowsize;
	char words[160];

	if (r->state == TFTP_ASKED && with_options &&
	    (packet->error == TFTP_ERR_OPTION || packet->error == TFTP_ERR_ILLEGAL))
		return TFTP_PLAIN;
	error_set(err, tftp_error_class(packet), "the server says: %s (TFTP error %u)",
		  packet->len ? escape(words, sizeof(words), packet->data, packet->len)
			      : tftp_error_name(packet->error),
		  packet->error);
	return TFTP_REFUSED;
}

enum tftp_verdict tftp_read_packet(struct tftp_read *r, const uint8_t *buf, size_t buf_len,
				   const uint8_t **data, size_t *len, struct error *err)
{
	struct tftp_packet packet;

	if (tftp_parse(&packet, buf, buf_len, &r->asked, err) < 0)
		return TFTP_BROKEN;
	switch (packet.opcode) {
	case TFTP_OACK:
		return read_oack(r, &packet);
	case TFTP_DATA:
		return read_data(r, &packet, data, len, err);
	default:
		return read_error(r, &packet, err);
	}
}
