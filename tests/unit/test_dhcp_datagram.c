/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dhcp/datagram.h"

/*
 * From 10.9.0.1:67 to 10.9.0.50:68 with the payload "abc", checksums left open. That of IPv4 is
 * 0x2689 (RFC 1071, worked out word by word beside this program).
 */
static const uint8_t reply[] = {
	0x45, 0x00, 0x00, 0x1f, 0x00, 0x01, 0x40, 0x00, 0x40, 0x11, 0x00,
	0x00, 0x0a, 0x09, 0x00, 0x01, 0x0a, 0x09, 0x00, 0x32, 0x00, 0x43,
	0x00, 0x44, 0x00, 0x0b, 0x00, 0x00, 'a',  'b',	'c',
};

#define IP_CHECK 10
#define UDP_CHECK 26

/* RFC 1071, written another way than in the code under test: word by word with end-around carry. */
static uint16_t checksum(const uint8_t *p, size_t len, uint32_t start)
{
	uint32_t sum = start;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = sum > 0xffff ? sum - 0xffff : sum;
	}
	return (uint16_t)~sum;
}

static uint16_t udp_checksum(const uint8_t *pkt, size_t udp_len)
{
	uint8_t pseudo[12] = {0};

	memcpy(pseudo, pkt + 12, 8);
	pseudo[9] = 17;
	pseudo[10] = (uint8_t)(udp_len >> 8);
	pseudo[11] = (uint8_t)udp_len;
	return checksum(pkt + 20, udp_len, (uint16_t)~checksum(pseudo, sizeof(pseudo), 0));
}

static void put_16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

struct pkt {
	uint8_t b[128];
	size_t len;
};

static struct pkt sound(void)
{
	struct pkt p = {.len = sizeof(reply)};

	memcpy(p.b, reply, sizeof(reply));
	put_16(p.b + IP_CHECK, checksum(p.b, 20, 0));
	put_16(p.b + UDP_CHECK, udp_checksum(p.b, 11));
	return p;
}

static void fix_ip(struct pkt *p)
{
	put_16(p->b + IP_CHECK, 0);
	put_16(p->b + IP_CHECK, checksum(p->b, (size_t)(p->b[0] & 15) * 4, 0));
}

static enum datagram_verdict parse(const struct pkt *p, bool known, size_t *payload_len)
{
	uint8_t *block = malloc(p->len ? p->len : 1);
	enum datagram_verdict verdict;
	const uint8_t *payload;
	struct in_addr from;

	assert_non_null(block);
	memcpy(block, p->b, p->len);
	verdict = datagram_parse(block, p->len, known, &from, &payload, payload_len);
	if (verdict == DATAGRAM_OK) {
		assert_int_equal(ntohl(from.s_addr), 0x0a090001);
		assert_true(payload >= block && payload + *payload_len <= block + p->len);
	}
	free(block);
	return verdict;
}

static void test_sound(void **state)
{
	struct pkt p = sound();
	size_t len;

	(void)state;
	assert_int_equal(p.b[IP_CHECK] << 8 | p.b[IP_CHECK + 1], 0x2689);
	assert_int_equal(parse(&p, true, &len), DATAGRAM_OK);
	assert_int_equal(len, 3);
	/* Ethernet pads short frames */
	p.len += 15;
	assert_int_equal(parse(&p, true, &len), DATAGRAM_OK);
	assert_int_equal(len, 3);
}

/* Netfront: only the pseudo header's sum is there, the rest was left to hardware. */
static void test_checksum_not_ready(void **state)
{
	struct pkt p = sound();
	size_t len;

	(void)state;
	put_16(p.b + UDP_CHECK, 0x1234);
	assert_int_equal(parse(&p, true, &len), DATAGRAM_BAD_CHECKSUM);
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OK);
	/* RFC 768: 0 means that the sender computed none */
	put_16(p.b + UDP_CHECK, 0);
	assert_int_equal(parse(&p, true, &len), DATAGRAM_OK);
	/* the IPv4 header is always checked: no hardware leaves that out */
	p.b[8]--;
	assert_int_equal(parse(&p, false, &len), DATAGRAM_BAD_CHECKSUM);
}

/* One bit anywhere in a packet for us is noticed, or the packet is no longer for us. */
static void test_every_bit(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < sizeof(reply) * 8; bit++) {
		struct pkt p = sound();
		size_t len;

		p.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(parse(&p, true, &len), DATAGRAM_OK);
	}
}

static void test_every_length(void **state)
{
	struct pkt p = sound();
	size_t len;

	(void)state;
	while (p.len > 0) {
		p.len--;
		assert_int_equal(parse(&p, true, &len), DATAGRAM_OTHER);
	}
}

static void test_lengths_that_lie(void **state)
{
	struct pkt p = sound();
	size_t len;

	(void)state;
	put_16(p.b + 24, 12); /* UDP longer than IPv4 */
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
	put_16(p.b + 24, 7); /* shorter than its own header */
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
	p = sound();
	put_16(p.b + 2, 27); /* IPv4 without room for UDP */
	fix_ip(&p);
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
	p = sound();
	p.b[0] = 0x44; /* a header of 16 bytes */
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
	p = sound();
	p.b[0] = 0x4f; /* of 60 */
	assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
}

static void test_not_for_us(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} row[] = {
		{9, 6}, /* TCP */
		{6, 0x20}, /* more fragments follow */
		{7, 0x01}, /* a later fragment */
		{23, 0x43}, /* to port 67 */
		{0, 0x65}, /* IPv6 */
	};
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct pkt p = sound();

		p.b[row[i].at] = row[i].value;
		fix_ip(&p);
		assert_int_equal(parse(&p, false, &len), DATAGRAM_OTHER);
	}
}

static void test_ip_options(void **state)
{
	struct pkt p = sound();
	size_t len;

	(void)state;
	memmove(p.b + 24, p.b + 20, 11);
	memset(p.b + 20, 1, 4); /* NOPs */
	p.b[0] = 0x46;
	p.len += 4;
	put_16(p.b + 2, (uint16_t)p.len);
	fix_ip(&p);
	assert_int_equal(parse(&p, true, &len), DATAGRAM_OK);
	assert_int_equal(len, 3);
}

static void test_build(void **state)
{
	uint8_t buf[DATAGRAM_HEADERS + 4];

	(void)state;
	for (size_t n = 3; n <= 4; n++) {
		memcpy(buf + DATAGRAM_HEADERS, "\xff\xee\xdd\xcc", 4);
		assert_int_equal(datagram_build(buf, n, 0xbeef), DATAGRAM_HEADERS + n);
		assert_memory_equal(buf, "\x45\0\0", 3);
		assert_int_equal(buf[3], DATAGRAM_HEADERS + n);
		assert_memory_equal(buf + 4, "\xbe\xef", 2);
		assert_int_equal(buf[9], 17);
		assert_memory_equal(buf + 12, "\0\0\0\0\xff\xff\xff\xff", 8);
		assert_memory_equal(buf + 20, "\0\x44\0\x43\0", 5);
		assert_int_equal(buf[25], 8 + n);
		/* A sound checksum sums up to nothing (RFC 1071). */
		assert_int_equal(checksum(buf, 20, 0), 0);
		assert_int_equal(udp_checksum(buf, 8 + n), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_checksum_not_ready),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_lengths_that_lie),
		cmocka_unit_test(test_not_for_us),
		cmocka_unit_test(test_ip_options),
		cmocka_unit_test(test_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
