/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/datagram.h"

#include <string.h>

#define IP_HEADER 20
#define UDP_HEADER 8
#define TTL 64

/* RFC 1071: the sum of 16-bit words, not yet folded and complemented. */
static uint32_t sum(const uint8_t *p, size_t len, uint32_t start)
{
	for (; len > 1; len -= 2, p += 2)
		start += (uint32_t)(p[0] << 8 | p[1]);
	return len ? start + (uint32_t)(p[0] << 8) : start;
}

static uint16_t fold(uint32_t total)
{
	total = (total & 0xffff) + (total >> 16);
	total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static void put_16(uint8_t *p, size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static size_t get_16(const uint8_t *p)
{
	return (size_t)(p[0] << 8 | p[1]);
}

/* RFC 768: addresses, protocol and length are part of the UDP checksum. */
static uint16_t udp_checksum(const uint8_t *ip, const uint8_t *udp, size_t udp_len)
{
	return fold(sum(udp, udp_len, sum(ip + 12, 8, IPPROTO_UDP + (uint32_t)udp_len)));
}

size_t datagram_build(uint8_t *buf, size_t payload_len, uint16_t id)
{
	uint8_t *ip = buf, *udp = buf + IP_HEADER;
	size_t udp_len = UDP_HEADER + payload_len;
	uint16_t check;

	memset(buf, 0, DATAGRAM_HEADERS);
	ip[0] = 0x45; /* version 4, five words of header */
	put_16(ip + 2, IP_HEADER + udp_len);
	put_16(ip + 4, id);
	ip[8] = TTL;
	ip[9] = IPPROTO_UDP;
	memset(ip + 16, 0xff, 4);
	put_16(ip + 10, fold(sum(ip, IP_HEADER, 0)));

	put_16(udp, DHCP_CLIENT_PORT);
	put_16(udp + 2, DHCP_SERVER_PORT);
	put_16(udp + 4, udp_len);
	check = udp_checksum(ip, udp, udp_len);
	put_16(udp + 6, check ? check : 0xffff); /* 0 would mean that there is none */
	return IP_HEADER + udp_len;
}

enum datagram_verdict datagram_parse(const uint8_t *pkt, size_t len, bool checksum_known,
				     struct in_addr *from, const uint8_t **payload,
				     size_t *payload_len)
{
	size_t header, total, udp_len;
	const uint8_t *udp;

	if (len < IP_HEADER || pkt[0] >> 4 != 4)
		return DATAGRAM_OTHER;
	header = (size_t)(pkt[0] & 15) * 4;
	total = get_16(pkt + 2);
	if (header < IP_HEADER || total < header + UDP_HEADER || total > len)
		return DATAGRAM_OTHER;
	/* A fragment (its offset, or the flag for more) is not a whole message. */
	if (pkt[9] != IPPROTO_UDP || (get_16(pkt + 6) & 0x3fff) != 0)
		return DATAGRAM_OTHER;

	udp = pkt + header;
	udp_len = get_16(udp + 4);
	/* The sender's port is left open: relays exist that do not use 67. */
	if (get_16(udp + 2) != DHCP_CLIENT_PORT || udp_len < UDP_HEADER || udp_len > total - header)
		return DATAGRAM_OTHER;
	if (fold(sum(pkt, header, 0)) != 0)
		return DATAGRAM_BAD_CHECKSUM;
	if (checksum_known && get_16(udp + 6) != 0 && udp_checksum(pkt, udp, udp_len) != 0)
		return DATAGRAM_BAD_CHECKSUM;

	memcpy(from, pkt + 12, 4);
	*payload = udp + UDP_HEADER;
	*payload_len = udp_len - UDP_HEADER;
	return DATAGRAM_OK;
}
