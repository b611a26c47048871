/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TFTP read as a state machine: which packet may come when, and what answers it
 * (RFC 1350 section 2, RFC 2347, RFC 7440). No I/O and no clock: see tftp.c for these.
 *
 * The server sends a window of blocks and waits for one acknowledgement. A block that comes before
 * its turn is kept until those in front of it are there: packets overtake each other, and of a
 * window from which one was lost only that one has to come again.
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

struct tftp_slot {
	bool used;
	uint16_t len;
};

struct tftp_read {
	enum tftp_state state;
	struct tftp_options asked;
	unsigned int blksize; /* in force */
	unsigned int window; /* in force; 1: every block is acknowledged */
	bool has_tsize;
	uint64_t tsize;
	uint16_t block; /* the last one taken; what an acknowledgement names */
	unsigned int unacked; /* blocks taken since the last acknowledgement */
	bool gap; /* the window's end came, and something in front of it did not */
	uint8_t *cache; /* the caller's, see tftp_read_start() */
	struct tftp_slot slot[TFTP_WINDOW_MAX]; /* of @cache, by block number */
	unsigned int cached; /* of them used */
};

enum tftp_verdict {
	TFTP_NOTHING, /* not expected now, and harmless: as if it had not come */
	TFTP_DUPLICATE, /* a block of the last window again: our acknowledgement may be lost */
	TFTP_OPTIONS, /* OACK taken: blksize, window and tsize are known; acknowledge block 0 */
	TFTP_BLOCK, /* the next block: take data, then what tftp_read_cached() has; the last one
		     * if state is TFTP_COMPLETE */
	TFTP_CACHED, /* a block before its turn was kept */
	TFTP_PLAIN, /* the server dislikes options: ask again without */
	TFTP_REFUSED, /* the server's ERROR; @err tells */
	TFTP_BROKEN /* the server breaks the protocol; @err tells; it gets an ERROR */
};

/**
 * tftp_read_start() - a request goes out.
 * @asked: its options
 * @cache: where blocks wait for their turn, TFTP_WINDOW_MAX blocks of the larger of
 *         @asked->blksize and 512 bytes; the caller's, in use until the read ends; NULL if no
 *         windowsize is asked for
 */
void tftp_read_start(struct tftp_read *r, const struct tftp_options *asked, uint8_t *cache);

/**
 * tftp_read_packet() - a packet came from the server.
 * @data, @len: for TFTP_BLOCK the data, within @buf
 * @err:        for TFTP_REFUSED and TFTP_BROKEN
 */
enum tftp_verdict tftp_read_packet(struct tftp_read *r, const uint8_t *buf, size_t buf_len,
				   const uint8_t **data, size_t *len, struct error *err);

/**
 * tftp_read_cached() - the block behind the last one, if it came before its turn.
 * @data, @len: its data; valid until the next packet
 *
 * Return: true: taken, as by TFTP_BLOCK; call again. false: it has yet to come.
 */
bool tftp_read_cached(struct tftp_read *r, const uint8_t **data, size_t *len);

/**
 * tftp_read_ack_due() - is the window complete, or the file?
 */
bool tftp_read_ack_due(const struct tftp_read *r);

/**
 * tftp_read_acked() - an acknowledgement of r->block was sent: the server's next window begins
 * behind it, wherever it was in the last one (RFC 7440 section 4).
 */
void tftp_read_acked(struct tftp_read *r);

#endif
