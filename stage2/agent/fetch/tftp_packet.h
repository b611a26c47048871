/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TFTP packets as bytes (RFC 1350, options RFC 2347-2349 and 7440). Pure functions: no I/O, no
 * globals.
 */
#ifndef XENPXE_FETCH_TFTP_PACKET_H
#define XENPXE_FETCH_TFTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define TFTP_HEADER 4 /* bytes in front of a DATA packet's data */
#define TFTP_BLKSIZE_DEFAULT 512 /* RFC 1350 */
#define TFTP_BLKSIZE_MIN 8 /* RFC 2348 */
#define TFTP_BLKSIZE_MAX 65464 /* RFC 2348 */
#define TFTP_WINDOW_MAX 64 /* blocks; RFC 7440 allows 65535, but servers break above 64 */

enum tftp_opcode { TFTP_RRQ = 1, TFTP_DATA = 3, TFTP_ACK = 4, TFTP_ERROR = 5, TFTP_OACK = 6 };

enum tftp_error {
	TFTP_ERR_UNDEFINED = 0,
	TFTP_ERR_NOT_FOUND = 1,
	TFTP_ERR_ACCESS = 2,
	TFTP_ERR_DISK_FULL = 3,
	TFTP_ERR_ILLEGAL = 4,
	TFTP_ERR_UNKNOWN_TID = 5,
	TFTP_ERR_OPTION = 8 /* RFC 2347 */
};

/* What is asked for with a request, or granted by an OACK. */
struct tftp_options {
	unsigned int blksize; /* 0: not asked for, not granted */
	bool has_tsize;
	uint64_t tsize; /* 0 in a request */
	unsigned int windowsize; /* 2..TFTP_WINDOW_MAX; 0: not asked for, not granted */
};

/**
 * tftp_build_rrq() - a read request in mode octet.
 * @path: file, NUL-terminated
 *
 * Return: length in bytes, 0 if it does not fit into @size.
 */
size_t tftp_build_rrq(uint8_t *buf, size_t size, const char *path,
		      const struct tftp_options *options);

/**
 * tftp_build_ack() - acknowledge a block. Return: 4.
 */
size_t tftp_build_ack(uint8_t buf[4], uint16_t block);

/**
 * tftp_build_error() - give up. @text is cut to fit into @size, which is at least 5.
 *
 * Return: length in bytes.
 */
size_t tftp_build_error(uint8_t *buf, size_t size, enum tftp_error code, const char *text);

/* A server's packet; pointers into the caller's bytes. */
struct tftp_packet {
	enum tftp_opcode opcode; /* TFTP_DATA, TFTP_ERROR or TFTP_OACK */
	uint16_t block; /* DATA */
	uint16_t error; /* ERROR: code */
	const uint8_t *data; /* DATA: the data; ERROR: the text without its NUL */
	size_t len;
	struct tftp_options options; /* OACK */
};

/**
 * tftp_parse() - check a server's packet.
 * @asked: what the request had; an OACK that grants something else is refused
 *         (RFC 2347: "must not"), so are a blksize of less than 8 or of more than was asked for
 *         (RFC 2348), a windowsize of 0 or of more than was asked for (RFC 7440 section 3),
 *         and a tsize that is not a number
 * @err:   ERR_PROTOCOL
 *
 * Return: 0 or -1.
 */
int tftp_parse(struct tftp_packet *packet, const uint8_t *buf, size_t len,
	       const struct tftp_options *asked, struct error *err);

/**
 * tftp_error_class() - what a server's ERROR means: ERR_NOT_FOUND or ERR_SERVER. Some servers
 * say "not found" in words only, with code 0 or 2.
 */
enum error_class tftp_error_class(const struct tftp_packet *packet);

/**
 * tftp_error_name() - RFC 1350's words for a code, for servers that send no text.
 */
const char *tftp_error_name(unsigned int code);

#endif
