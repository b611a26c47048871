/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 2131 section 4.4.5: who is asked when, and what a lease is worth without an answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "dhcp/renewal.h"
#include "dhcp_bytes.h"

#define START 1000000ull
#define S 1000ull /* milliseconds of a second */

enum { REQUEST = 3, ACK = 5, NAK = 6 };

static struct renewal begin(uint32_t seconds)
{
	struct lease lease = {.seconds = seconds,
			      .renewal_s = seconds / 2,
			      .rebinding_s = (uint32_t)((uint64_t)seconds * 7 / 8)};
	struct dhcp_identity id = {.client_id_len = 0};
	struct renewal r;

	memcpy(id.mac, bytes_mac, sizeof(id.mac));
	dhcp_identity_client_id(&id, NULL);
	inet_pton(AF_INET, "10.9.0.50", &lease.addr);
	inet_pton(AF_INET, "10.9.0.1", &lease.server_id);
	renewal_start(&r, &id, &lease, 0, START);
	return r;
}

static bool has_option(const uint8_t *buf, size_t len, uint8_t code)
{
	for (size_t at = 240; at + 1 < len && buf[at] != 255; at += 2u + buf[at + 1]) {
		if (buf[at] == code)
			return true;
	}
	return false;
}

/* A REQUEST goes out now, to @to, as RFC 2131 table 5 has it. */
static void assert_asks(struct renewal *r, uint64_t now, const char *to)
{
	uint8_t buf[DHCP_MESSAGE_MAX];
	char text[INET_ADDRSTRLEN];
	struct in_addr addr;
	size_t len = renewal_next(r, now, buf, &addr);

	assert_true(len > 0);
	assert_string_equal(inet_ntop(AF_INET, &addr, text, sizeof(text)), to);
	assert_int_equal(buf[242], REQUEST);
	assert_memory_equal(buf + 12, "\x0a\x09\x00\x32", 4); /* ciaddr */
	assert_false(has_option(buf, len, 50));
	assert_false(has_option(buf, len, 54));
	assert_true(has_option(buf, len, 61));
}

static void assert_quiet(struct renewal *r, uint64_t now)
{
	uint8_t buf[DHCP_MESSAGE_MAX];
	struct in_addr addr;

	assert_int_equal(renewal_next(r, now, buf, &addr), 0);
}

static void answer(struct renewal *r, uint8_t type, uint32_t seconds, uint64_t now)
{
	uint8_t time[4] = {(uint8_t)(seconds >> 24), (uint8_t)(seconds >> 16),
			   (uint8_t)(seconds >> 8), (uint8_t)seconds};
	struct bytes m;

	bytes_start(&m, r->xid, type);
	bytes_option(&m, 51, time, 4);
	if (type == NAK)
		bytes_text(&m, 56, "moved\naway");
	bytes_end(&m);
	renewal_receive(r, m.b, m.len, now);
}

static void test_renewed(void **state)
{
	struct renewal r = begin(3600);
	uint64_t t1;

	(void)state;
	/* T1, or a little before it */
	assert_in_range(r.due_ms, START + 1687 * S, START + 1800 * S);
	t1 = r.due_ms;
	assert_quiet(&r, t1 - 1);
	assert_asks(&r, t1, "10.9.0.1");
	assert_int_equal(r.state, RENEWAL_RENEWING);
	assert_quiet(&r, t1);
	answer(&r, ACK, 7200, t1 + 5);
	assert_int_equal(r.state, RENEWAL_BOUND);
	assert_int_equal(r.renewed, 1);
	/* from the time of the request on */
	assert_int_equal(r.end_ms, t1 + 7200 * S);
	assert_int_equal(renewal_check(&r, NULL), 0);
	assert_in_range(r.due_ms, t1 + 3375 * S, t1 + 3600 * S);
}

/* Half of what is left, at least a minute; everybody from T2 on; lost at the end. */
static void test_unanswered(void **state)
{
	struct renewal r = begin(3600);
	struct error err;
	uint64_t now = r.due_ms, asked = 0;

	(void)state;
	while (now < START + 3150 * S) {
		assert_asks(&r, now, "10.9.0.1");
		assert_true(r.due_ms - now >= 60 * S || r.due_ms == START + 3150 * S);
		now = r.due_ms;
		asked++;
	}
	assert_in_range(asked, 4, 6);
	assert_int_equal(now, START + 3150 * S);
	while (now < START + 3600 * S) {
		assert_asks(&r, now, "255.255.255.255");
		assert_int_equal(r.state, RENEWAL_REBINDING);
		now = r.due_ms;
	}
	assert_int_equal(now, START + 3600 * S);
	assert_int_equal(renewal_check(&r, &err), 0);
	assert_quiet(&r, now);
	assert_int_equal(r.state, RENEWAL_LOST);
	assert_int_equal(renewal_check(&r, &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "10.9.0.50 ran out after 3600 s"));
	assert_quiet(&r, now + 1000 * S);
}

static void test_rebound(void **state)
{
	struct renewal r = begin(16);

	(void)state;
	assert_asks(&r, START + 8 * S, "10.9.0.1");
	assert_asks(&r, START + 14 * S, "255.255.255.255");
	answer(&r, ACK, 16, START + 14 * S + 1);
	assert_int_equal(r.state, RENEWAL_BOUND);
}

static void test_taken_back(void **state)
{
	struct renewal r = begin(3600);
	struct error err;

	(void)state;
	assert_asks(&r, START + 1800 * S, "10.9.0.1");
	answer(&r, NAK, 0, START + 1800 * S);
	assert_int_equal(renewal_check(&r, &err), -1);
	assert_int_equal(err.class, ERR_SERVER);
	assert_non_null(strstr(err.text, "10.9.0.50 back"));
	assert_non_null(strstr(err.text, "moved\\x0aaway"));
}

static void test_for_ever(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct renewal r = begin(i ? UINT32_MAX : 0);

		assert_true(r.due_ms == UINT64_MAX && r.end_ms == UINT64_MAX);
		assert_quiet(&r, START + 1000000000 * S);
	}
}

/* What was not asked for, is for another or gives another address is as if it had not come. */
static void test_ignored(void **state)
{
	struct renewal r = begin(3600);
	struct bytes m;

	(void)state;
	answer(&r, ACK, 7200, START + 1);
	answer(&r, NAK, 7200, START + 1);
	assert_int_equal(r.state, RENEWAL_BOUND);
	assert_int_equal(r.renewed, 0);
	assert_asks(&r, START + 1800 * S, "10.9.0.1");

	bytes_start(&m, r.xid ^ 1, NAK);
	bytes_end(&m);
	renewal_receive(&r, m.b, m.len, START + 1801 * S);
	bytes_start(&m, r.xid, NAK);
	bytes_end(&m);
	m.b[33] ^= 1; /* chaddr */
	renewal_receive(&r, m.b, m.len, START + 1801 * S);
	bytes_start(&m, r.xid, ACK);
	bytes_end(&m);
	m.b[19] ^= 1; /* yiaddr */
	renewal_receive(&r, m.b, m.len, START + 1801 * S);
	renewal_receive(&r, m.b, 3, START + 1801 * S);
	assert_int_equal(r.state, RENEWAL_RENEWING);
}

/* A server that gives no time is asked no more than once a second. */
static void test_no_time_left(void **state)
{
	struct renewal r = begin(16);

	(void)state;
	assert_asks(&r, START + 8 * S, "10.9.0.1");
	answer(&r, ACK, 1, START + 8 * S + 900);
	assert_true(r.due_ms > START + 8 * S + 900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renewed),	     cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_rebound),	     cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_for_ever),     cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_no_time_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
