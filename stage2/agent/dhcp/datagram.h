/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 and UDP around a DHCP message: while an interface has no address the kernel's own UDP
 * does not serve (RFC 2131 section 4.1), so the two headers are ours. Pure functions.
 */
#ifndef XENPXE_DHCP_DATAGRAM_H
#define XENPXE_DHCP_DATAGRAM_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATAGRAM_HEADERS 28 /* bytes of IPv4 (RFC 791, no options) and UDP (RFC 768) */
#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68

/**
 * datagram_build() - write the headers of a broadcast from 0.0.0.0:68 to port 67.
 * @buf: DATAGRAM_HEADERS bytes with the payload behind them, @payload_len bytes of it
 * @id:  IPv4 identification
 *
 * Return: length of the whole in bytes.
 */
size_t datagram_build(uint8_t *buf, size_t payload_len, uint16_t id);

enum datagram_verdict {
	DATAGRAM_OK,
	DATAGRAM_OTHER, /* sound, or not, but not for a DHCP client: no word about it */
	DATAGRAM_BAD_CHECKSUM /* for us and damaged */
};

/**
 * datagram_parse() - find a DHCP client's payload in an IPv4 packet.
 * @pkt, @len:      the packet from its IPv4 header on; bytes behind its own length are padding
 * @checksum_known: false: the sender left the UDP checksum to hardware that does not exist
 *                  between two guests of one host (TP_STATUS_CSUMNOTREADY), do not check it
 * @from:           the sender
 * @payload, @payload_len: the UDP payload within @pkt
 */
enum datagram_verdict datagram_parse(const uint8_t *pkt, size_t len, bool checksum_known,
				     struct in_addr *from, const uint8_t **payload,
				     size_t *payload_len);

#endif
