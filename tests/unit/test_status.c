/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data/xenpxe/KEY: what is written there, and that a xenstore that fails stops nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "util/clock.h"
#include "xen/status.h"

/* xenstored's end of the connection. */
static int peer;

static int setup(void **state)
{
	struct xenstore xs = {0};
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	xs.fd = fds[0];
	peer = fds[1];
	status_attach(&xs);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	status_close();
	close(peer);
	return 0;
}

static void answer(uint32_t type, uint32_t req_id, const char *body)
{
	struct xsd_sockmsg head = {
		.type = type, .req_id = req_id, .len = (uint32_t)strlen(body) + 1};

	assert_int_equal(write(peer, &head, sizeof(head)), sizeof(head));
	assert_int_equal(write(peer, body, head.len), head.len);
}

/* The next request's node and value. */
static void request(char *path, char *value)
{
	struct xsd_sockmsg head;
	char body[XENSTORE_PAYLOAD_MAX + 1];

	assert_int_equal(recv(peer, &head, sizeof(head), MSG_DONTWAIT), sizeof(head));
	assert_int_equal(head.type, XS_WRITE);
	assert_int_equal(recv(peer, body, head.len, MSG_DONTWAIT), head.len);
	body[head.len] = '\0';
	strcpy(path, body);
	strcpy(value, body + strlen(body) + 1);
}

static void test_written(void **state)
{
	char path[XENSTORE_PAYLOAD_MAX + 1], value[XENSTORE_PAYLOAD_MAX + 1];

	(void)state;
	answer(XS_WRITE, 1, "OK");
	status_set("state", "%s %d", "lease", 7);
	request(path, value);
	assert_string_equal(path, "data/xenpxe/state");
	assert_string_equal(value, "lease 7");
}

static void test_escaped_and_cut(void **state)
{
	char path[XENSTORE_PAYLOAD_MAX + 1], value[XENSTORE_PAYLOAD_MAX + 1];
	char big[5000];

	(void)state;
	answer(XS_WRITE, 1, "OK");
	status_set("error", "bad \x1b[2J\n\xff");
	request(path, value);
	assert_string_equal(value, "bad \\x1b[2J\\x0a\\xff");

	memset(big, '\xff', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	answer(XS_WRITE, 2, "OK");
	status_set("error", "%s", big);
	request(path, value);
	assert_in_range(strlen(value), 1000, 1024);
	assert_string_equal(value + strlen(value) - 3, "...");
}

static void test_refused_once_goes_on(void **state)
{
	char path[XENSTORE_PAYLOAD_MAX + 1], value[XENSTORE_PAYLOAD_MAX + 1];

	(void)state;
	answer(XS_ERROR, 1, "EACCES");
	answer(XS_WRITE, 2, "OK");
	status_set("state", "lease");
	status_set("state", "fetch");
	request(path, value);
	request(path, value);
	assert_string_equal(value, "fetch");
}

static void test_silent_xenstored_costs_one_timeout(void **state)
{
	uint64_t start = clock_ms();

	(void)state;
	status_set("state", "lease");
	status_set("state", "fetch");
	status_set("state", "image");
	assert_in_range(clock_ms() - start, 4900, 7000);
}

static void test_without_connection(void **state)
{
	(void)state;
	status_close();
	status_set("state", "lease");
	status_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_escaped_and_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_once_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_xenstored_costs_one_timeout, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_without_connection, setup, teardown),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
