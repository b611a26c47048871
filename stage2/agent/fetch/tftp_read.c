/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/tftp_read.h"

#include "util/escape.h"

void tftp_read_start(struct tftp_read *r, const struct tftp_options *asked)
{
	*r = (struct tftp_read){
		.state = TFTP_ASKED,
		.asked = *asked,
		.blksize = TFTP_BLKSIZE_DEFAULT,
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
	r->has_tsize = packet->options.has_tsize;
	r->tsize = packet->options.tsize;
	return TFTP_OPTIONS;
}

static enum tftp_verdict read_data(struct tftp_read *r, const struct tftp_packet *packet,
				   const uint8_t **data, size_t *len, struct error *err)
{
	uint16_t next = (uint16_t)(r->block + 1);

	if (r->state == TFTP_READING && packet->block == r->block)
		return TFTP_DUPLICATE;
	/* Blocks are numbered modulo 65536; there are servers that go on with 1 instead of 0. */
	if (packet->block != next && !(r->state == TFTP_READING && next == 0 && packet->block == 1))
		return TFTP_NOTHING;
	if (packet->len > r->blksize) {
		error_set(err, ERR_PROTOCOL, "the server sent %zu bytes in a block of %u",
			  packet->len, r->blksize);
		return TFTP_BROKEN;
	}
	r->block = packet->block;
	r->state = packet->len < r->blksize ? TFTP_COMPLETE : TFTP_READING;
	*data = packet->data;
	*len = packet->len;
	return TFTP_BLOCK;
}

static enum tftp_verdict read_error(struct tftp_read *r, const struct tftp_packet *packet,
				    struct error *err)
{
	bool with_options = r->asked.blksize || r->asked.has_tsize;
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
