/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields are those of Linux, Documentation/admin-guide/nfs/nfsroot.rst, "ip=". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "dhcp/static.h"

static struct lease lease;
static char device[IFNAMSIZ];
static bool is_static;
static struct error err;

static int read_key(const char *text)
{
	memset(&err, 0, sizeof(err));
	return static_lease(text, &lease, device, &is_static, &err);
}

static void assert_addr(struct in_addr addr, const char *want)
{
	char text[INET_ADDRSTRLEN];

	assert_string_equal(inet_ntop(AF_INET, &addr, text, sizeof(text)), want);
}

static void test_every_field(void **state)
{
	(void)state;
	assert_int_equal(read_key("192.0.2.9:192.0.2.1:192.0.2.254:255.255.255.128:web:eth1:off:"
				  "192.0.2.2:192.0.2.3:192.0.2.4"),
			 0);
	assert_true(is_static);
	assert_addr(lease.addr, "192.0.2.9");
	assert_addr(lease.next_server, "192.0.2.1");
	assert_addr(lease.router, "192.0.2.254");
	assert_addr(lease.netmask, "255.255.255.128");
	assert_string_equal(lease.hostname, "web");
	assert_string_equal(device, "eth1");
	assert_int_equal(lease.n_dns, 2);
	assert_addr(lease.dns[0], "192.0.2.2");
	assert_addr(lease.dns[1], "192.0.2.3");
	assert_int_equal(lease.seconds, 0);
}

static void test_left_out(void **state)
{
	(void)state;
	assert_int_equal(read_key("10.0.0.9"), 0);
	assert_true(is_static);
	assert_addr(lease.netmask, "255.0.0.0"); /* class A */
	assert_addr(lease.next_server, "0.0.0.0");
	assert_string_equal(device, "");
	assert_int_equal(read_key("172.16.0.9::172.16.0.1::::none::172.16.0.2"), 0);
	assert_addr(lease.netmask, "255.255.0.0"); /* class B */
	assert_int_equal(lease.n_dns, 1);
	assert_addr(lease.dns[0], "172.16.0.2");
}

static void test_dhcp(void **state)
{
	static const char *const texts[] = {"dhcp", "on", "any", "::::web:eth1:dhcp",
					    "192.0.2.9::::::on"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(read_key(texts[i]), 0);
		assert_false(is_static);
	}
	assert_int_equal(read_key("::::web:eth1:dhcp"), 0);
	assert_string_equal(device, "eth1");
}

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *says;
	} row[] = {
		{"", "no client address"},
		{"192.0.2", "the client \"192.0.2\" is not"},
		{"192.0.2.9:boot\x1b[2J", "the server \"boot\\x1b[2J\" is not"},
		{"192.0.2.9::x", "gateway"},
		{"192.0.2.9:::255.0.255.0", "255.0.255.0 has holes"},
		{"192.0.2.9:::24", "netmask"},
		{"192.0.2.9:::::device-of-16-byte:off", "device's name"},
		{"192.0.2.9::::::bootp", "\"bootp\" is no way"},
		{"192.0.2.9:::::::x", "name server"},
		{"192.0.2.9:::::::::x", "time server"},
		{"192.0.2.9::::::::::", "more than 10 fields"},
	};
	char longest[600] = "192.0.2.9::::";

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(read_key(row[i].text), -1);
		assert_int_equal(err.class, ERR_USAGE);
		assert_non_null(strstr(err.text, row[i].says));
	}
	memset(longest + 13, 'h', 255);
	assert_int_equal(read_key(longest), 0);
	assert_int_equal(strlen(lease.hostname), 255);
	memset(longest + 13, 'h', 256);
	assert_int_equal(read_key(longest), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_dhcp),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
