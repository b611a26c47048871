/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TFTP read as a state machine: which packet may come when, and what answers it
 * (RFC 1350 section 2, RFC 2347). No I/O and no clock: see tftp.c for these.
 */
#ifndef XENPXE_FETCH_TFTP_READ_H
#define XENPXE_FETCH_TFTP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch/tftp_packet.h"
#include "util/error.h"

enum tftp_state {
	TFTP_ASKED, /* request sent, nothing came */
	TFTP_AGREED, /* OACK came, no data yet */
	TFTP_READING, /* data came */
	TFTP_COMPLETE /* the last block came */
};

struct tftp_read {
	enum tftp_state state;
	struct tftp_options asked;
	unsigned int blksize; /* in force */
	bool has_tsize;
	uint64_t tsize;
	uint16_t block; /* the last one taken; what an acknowledgement names */
};

enum tftp_verdict {
	TFTP_NOTHING, /* not expected now, and harmless: as if it had not come */
	TFTP_DUPLICATE, /* the last block again: our acknowledgement may be lost */
	TFTP_OPTIONS, /* OACK taken: blksize and tsize are known; acknowledge block 0 */
	TFTP_BLOCK, /* the next block: take data, acknowledge block; the last one if
		     * state is TFTP_COMPLETE */
	TFTP_PLAIN, /* the server dislikes options: ask again without */
	TFTP_REFUSED, /* the server's ERROR; @err tells */
	TFTP_BROKEN /* the server breaks the protocol; @err tells; it gets an ERROR */
};

/**
 * tftp_read_start() - a request goes out.
 * @asked: its options
 */
void tftp_read_start(struct tftp_read *r, const struct tftp_options *asked);

/**
 * tftp_read_packet() - a packet came from the server.
 * @data, @len: for TFTP_BLOCK the data, within @buf
 * @err:        for TFTP_REFUSED and TFTP_BROKEN
 */
enum tftp_verdict tftp_read_packet(struct tftp_read *r, const uint8_t *buf, size_t buf_len,
				   const uint8_t **data, size_t *len, struct error *err);

#endif
