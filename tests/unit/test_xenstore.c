/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The xenstore wire protocol (xen/include/public/io/xs_wire.h) over a socket pair: the test is
 * xenstored, its answers are written before the question is asked.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "util/clock.h"
#include "xen/status.h"
#include "xen/xenstore.h"

struct peer {
	struct xenstore xs; /* the agent's end */
	int fd; /* xenstored's */
};

static int setup(void **state)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int fds[2];

	assert_non_null(peer);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	peer->xs.fd = fds[0];
	peer->fd = fds[1];
	*state = peer;
	return 0;
}

static int teardown(void **state)
{
	struct peer *peer = *state;

	xenstore_close(&peer->xs);
	close(peer->fd);
	free(peer);
	return 0;
}

static void answer(struct peer *peer, uint32_t type, uint32_t req_id, const void *body, size_t len)
{
	struct xsd_sockmsg head = {.type = type, .req_id = req_id, .len = (uint32_t)len};

	assert_int_equal(write(peer->fd, &head, sizeof(head)), sizeof(head));
	if (len)
		assert_int_equal(write(peer->fd, body, len), len);
}

/* What the agent asked, whole. */
static void take_request(struct peer *peer, uint32_t type, uint32_t req_id, const void *body,
			 size_t len)
{
	struct xsd_sockmsg head;
	char got[XENSTORE_PAYLOAD_MAX];

	assert_int_equal(recv(peer->fd, &head, sizeof(head), MSG_DONTWAIT), sizeof(head));
	assert_int_equal(head.type, type);
	assert_int_equal(head.req_id, req_id);
	assert_int_equal(head.tx_id, 0);
	assert_int_equal(head.len, len);
	assert_int_equal(recv(peer->fd, got, len, MSG_DONTWAIT), len);
	assert_memory_equal(got, body, len);
}

/* The same, and nothing behind. */
static void check_request(struct peer *peer, uint32_t type, uint32_t req_id, const void *body,
			  size_t len)
{
	char more;

	take_request(peer, type, req_id, body, len);
	assert_int_equal(recv(peer->fd, &more, 1, MSG_DONTWAIT), -1);
}

static void test_read(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char value[100];

	answer(peer, XS_READ, 1, "6fd3", 4);
	assert_int_equal(xenstore_read(&peer->xs, "vm", value, sizeof(value), &err), 0);
	assert_string_equal(value, "6fd3");
	check_request(peer, XS_READ, 1, "vm", 3);

	answer(peer, XS_READ, 2, "", 0);
	assert_int_equal(xenstore_read(&peer->xs, "/local/domain/1/x", value, sizeof(value), &err),
			 0);
	assert_string_equal(value, "");
	check_request(peer, XS_READ, 2, "/local/domain/1/x", 18);
}

static void test_read_cut(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char value[4];

	answer(peer, XS_READ, 1, "abcdef", 6);
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), 0);
	assert_string_equal(value, "abc");
}

static void test_longest_answer(void **state)
{
	struct peer *peer = *state;
	char body[XENSTORE_PAYLOAD_MAX], value[XENSTORE_PAYLOAD_MAX + 1];
	struct error err;

	memset(body, 'x', sizeof(body));
	answer(peer, XS_READ, 1, body, sizeof(body));
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), 0);
	assert_int_equal(strlen(value), sizeof(body));
}

static void test_not_found(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char value[100] = "old";

	answer(peer, XS_ERROR, 1, "ENOENT", 7);
	assert_int_equal(xenstore_read(&peer->xs, "no\x1b", value, sizeof(value), &err), -1);
	assert_int_equal(err.class, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "read of \"no\\x1b\" failed: there is no such node"));
	assert_string_equal(value, "");
}

static void test_refused(void **state)
{
	struct peer *peer = *state;
	struct error err;

	answer(peer, XS_ERROR, 1, "EACCES", 7);
	assert_int_equal(xenstore_write(&peer->xs, "name", "x", &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "write of \"name\" failed: EACCES"));
	/* Without its NUL, as no xenstored sends it. */
	answer(peer, XS_ERROR, 2, "E\nPERM", 6);
	assert_int_equal(xenstore_write(&peer->xs, "name", "x", &err), -1);
	assert_non_null(strstr(err.text, "failed: E\\x0aPERM"));
}

static void test_write(void **state)
{
	struct peer *peer = *state;
	struct error err;

	answer(peer, XS_WRITE, 1, "OK", 3);
	assert_int_equal(xenstore_write(&peer->xs, "data/xenpxe/state", "lease", &err), 0);
	/* The value has no NUL. */
	check_request(peer, XS_WRITE, 1, "data/xenpxe/state\0lease", 23);
	answer(peer, XS_WRITE, 2, "OK", 3);
	assert_int_equal(xenstore_write(&peer->xs, "x", "", &err), 0);
	check_request(peer, XS_WRITE, 2, "x", 2);
}

static void test_write_limit(void **state)
{
	struct peer *peer = *state;
	/* A message with its head is 4096 bytes: drivers/xen/xenbus/xenbus_dev_frontend.c. */
	const size_t longest = 4096 - sizeof(struct xsd_sockmsg) - 2;
	char value[XENSTORE_PAYLOAD_MAX + 1];
	struct error err;

	memset(value, 'v', sizeof(value));
	value[longest] = '\0';
	answer(peer, XS_WRITE, 1, "OK", 3);
	assert_int_equal(xenstore_write(&peer->xs, "p", value, &err), 0);

	value[longest] = 'v';
	value[longest + 1] = '\0';
	assert_int_equal(xenstore_write(&peer->xs, "p", value, &err), -1);
	assert_non_null(strstr(err.text, "4080"));
	value[longest + 1] = 'v';
	value[XENSTORE_PAYLOAD_MAX] = '\0';
	assert_int_equal(xenstore_write(&peer->xs, value, "", &err), -1);
	assert_non_null(strstr(err.text, "4080"));
}

/* Linux's /dev/xen/xenbus never says POLLOUT, nor does a socket a quarter full. */
static void test_poll_says_no_room(void **state)
{
	struct peer *peer = *state;
	struct pollfd pfd = {.fd = peer->xs.fd, .events = POLLOUT};
	char value[100], junk[512] = "";
	struct error err;

	while (poll(&pfd, 1, 0) == 1)
		assert_int_equal(write(peer->xs.fd, junk, sizeof(junk)), sizeof(junk));
	answer(peer, XS_READ, 1, "v", 1);
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), 0);
	assert_string_equal(value, "v");
}

static void test_remove(void **state)
{
	struct peer *peer = *state;
	struct error err = {0};

	char a[] = "data/xenpxe", b[] = "device/vif/0/ring-ref", *both[] = {a, b};

	answer(peer, XS_RM, 1, "OK", 3);
	assert_int_equal(xenstore_remove(&peer->xs, both, 1, &err), 0);
	check_request(peer, XS_RM, 1, "data/xenpxe", 12);
	/* one after the other, as no second connection can be had here; one that is not there is no
	 * error */
	answer(peer, XS_ERROR, 2, "ENOENT", 7);
	answer(peer, XS_RM, 3, "OK", 3);
	assert_int_equal(xenstore_remove(&peer->xs, both, 2, &err), 0);
	take_request(peer, XS_RM, 2, "data/xenpxe", 12);
	check_request(peer, XS_RM, 3, "device/vif/0/ring-ref", 22);
	answer(peer, XS_RM, 4, "OK", 3);
	answer(peer, XS_ERROR, 5, "EACCES", 7);
	assert_int_equal(xenstore_remove(&peer->xs, both, 2, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "ring-ref"));
}

/* Names joined by '/': read here, byte by byte, where ASan watches the list's end. */
static void check_names(char *names, const char *want)
{
	char got[100] = "";

	for (const char *p = names; *p;) {
		strcat(got, "/");
		while (*p) {
			char one[2] = {*p++, '\0'};

			strcat(got, one);
		}
		p++;
	}
	assert_string_equal(got, want);
	free(names);
}

static void test_list(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char *names;

	answer(peer, XS_DIRECTORY, 1, "0\0001", 4);
	assert_int_equal(xenstore_list(&peer->xs, "device/vif", &names, &err), 0);
	check_names(names, "/0/1");
	check_request(peer, XS_DIRECTORY, 1, "device/vif", 11);

	answer(peer, XS_DIRECTORY, 2, "", 0);
	assert_int_equal(xenstore_list(&peer->xs, "device/vif", &names, &err), 0);
	check_names(names, "");

	/* The last name without its NUL. */
	answer(peer, XS_DIRECTORY, 3, "ab\0cd", 5);
	assert_int_equal(xenstore_list(&peer->xs, "x", &names, &err), 0);
	check_names(names, "/ab/cd");

	answer(peer, XS_ERROR, 4, "E2BIG", 6);
	assert_int_equal(xenstore_list(&peer->xs, "x", &names, &err), -1);
	assert_null(names);
}

static void test_watch_events_are_skipped(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char value[100];

	answer(peer, XS_WATCH_EVENT, 0, "control/shutdown\0t", 19);
	answer(peer, XS_WATCH_EVENT, 1, "control/shutdown\0t", 19);
	answer(peer, XS_READ, 1, "v", 1);
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), 0);
	assert_string_equal(value, "v");
}

static void test_watch(void **state)
{
	struct peer *peer = *state;
	struct error err = {0};
	uint64_t fired;
	char value[8];

	answer(peer, XS_WATCH, 1, "OK", 3);
	assert_int_equal(xenstore_watch(&peer->xs, "a/b", 63, &err), 0);
	/* the token ends in NUL, too */
	check_request(peer, XS_WATCH, 1,
		      "a/b\0"
		      "63",
		      7);
	assert_int_equal(xenstore_fired(&peer->xs, 0, &fired, &err), 0);
	assert_int_equal(fired, 0);
	/* one that comes while an answer is waited for is not lost; strange ones are */
	answer(peer, XS_WATCH_EVENT, 0,
	       "a/b\0"
	       "63",
	       7);
	answer(peer, XS_WATCH_EVENT, 0,
	       "a/b\0"
	       "64",
	       7);
	answer(peer, XS_WATCH_EVENT, 0,
	       "a/b\0"
	       "x",
	       6);
	answer(peer, XS_WATCH_EVENT, 0, "a/b", 3);
	answer(peer, XS_READ, 2, "v", 1);
	assert_int_equal(xenstore_read(&peer->xs, "v", value, sizeof(value), &err), 0);
	answer(peer, XS_WATCH_EVENT, 0,
	       "a/b\0"
	       "0",
	       6);
	assert_int_equal(xenstore_fired(&peer->xs, 1000, &fired, &err), 0);
	assert_true(fired == (1ULL << 63 | 1));
	assert_int_equal(xenstore_fired(&peer->xs, 0, &fired, &err), 0);
	assert_int_equal(fired, 0);
}

static void test_nonsense(void **state)
{
	struct peer *peer = *state;
	struct xsd_sockmsg head = {.type = XS_READ, .req_id = 2, .len = XENSTORE_PAYLOAD_MAX + 1};
	struct error err;
	char value[100];

	answer(peer, XS_WRITE, 1, "OK", 3);
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), -1);
	assert_non_null(strstr(err.text, "the answer is to something else"));
	assert_int_equal(write(peer->fd, &head, sizeof(head)), sizeof(head));
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "longer than 4096"));
}

static void test_hung_up(void **state)
{
	struct peer *peer = *state;
	struct error err;
	char value[100];

	/* Half an answer, then nothing more. */
	assert_int_equal(write(peer->fd, "\x02\0\0\0\x01", 5), 5);
	assert_int_equal(shutdown(peer->fd, SHUT_WR), 0);
	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
}

static void test_silence_and_late_answer(void **state)
{
	struct peer *peer = *state;
	uint64_t start = clock_ms();
	struct error err;
	char value[100];

	assert_int_equal(xenstore_read(&peer->xs, "x", value, sizeof(value), &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "no answer to the read of \"x\" in 5 s"));
	assert_in_range(clock_ms() - start, 4900, 7000);

	/* The answer to the first question is not taken for the second's. */
	answer(peer, XS_READ, 1, "late", 4);
	answer(peer, XS_READ, 2, "now", 3);
	assert_int_equal(xenstore_read(&peer->xs, "y", value, sizeof(value), &err), 0);
	assert_string_equal(value, "now");
}

static void test_close_twice(void **state)
{
	struct peer *peer = *state;

	xenstore_close(&peer->xs);
	assert_int_equal(peer->xs.fd, -1);
	xenstore_close(&peer->xs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_longest_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_poll_says_no_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_remove, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_watch_events_are_skipped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_watch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hung_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silence_and_late_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close_twice, setup, teardown),
	};

	return cmocka_run_group_tests_name("xenstore", tests, NULL, NULL);
}
