/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Closing devices before the hand-over. The other end is played by a thread: a xenstored with a
 * few keys and a backend that keeps the rules of Linux's xen-blkback (frontend_changed()): it
 * closes some time after its frontend did, and takes state 1 for a new beginning only when it is
 * closed; otherwise it ignores it for good.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "xen/device.h"

#define KEYS_MAX 32
#define BACKEND "/local/domain/0/backend/vbd/7/51712"
#define FRONTEND "device/vbd/51712"

struct key {
	char path[96], value[64];
};

static struct world {
	char sysfs[64];
	struct xenstore xs;
	int fd; /* xenstored's end */
	pthread_t thread;
	struct key key[KEYS_MAX];
	int closing_ms; /* how long the backend takes to close */
	bool dead; /* it never closes */
	int reads; /* of its state */
	char token[16]; /* of the watch on its state; "" if there is none */
} * w;

static struct key *find(const char *path)
{
	for (size_t i = 0; i < KEYS_MAX; i++) {
		if (strcmp(w->key[i].path, path) == 0)
			return &w->key[i];
	}
	return NULL;
}

static void set(const char *path, const char *value)
{
	struct key *key = find(path);

	if (!key)
		key = find("");
	assert_non_null(key);
	snprintf(key->path, sizeof(key->path), "%s", path);
	snprintf(key->value, sizeof(key->value), "%s", value);
}

static const char *get(const char *path)
{
	const struct key *key = find(path);

	return key ? key->value : "(none)";
}

static size_t list_keys(const char *dir, char *out)
{
	size_t len = strlen(dir), at = 0;

	for (size_t i = 0; i < KEYS_MAX; i++) {
		if (strncmp(w->key[i].path, dir, len) || w->key[i].path[len] != '/')
			continue;
		strcpy(out + at, w->key[i].path + len + 1);
		at += strlen(out + at) + 1;
	}
	return at;
}

static void read_back(const char *name, char *text, size_t size)
{
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", w->sysfs, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, text, size - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
}

static bool tell(uint32_t type, uint32_t req_id, const void *body, size_t len)
{
	struct xsd_sockmsg head = {.type = type, .req_id = req_id, .len = (uint32_t)len};

	return write(w->fd, &head, sizeof(head)) == sizeof(head) &&
	       (!len || write(w->fd, body, len) == (ssize_t)len);
}

/* The event is told before whatever is answered next, as xenstored does. */
static void backend_state(const char *state)
{
	char body[128];
	size_t len;

	set(BACKEND "/state", state);
	if (!w->token[0])
		return;
	len = (size_t)snprintf(body, sizeof(body), "%s%c%s", BACKEND "/state", 0, w->token) + 1;
	assert_true(tell(XS_WATCH_EVENT, 0, body, len));
}

/* It closes when its frontend's driver was told to let go. */
static void backend_lives(void)
{
	char text[64];

	if (w->dead || strcmp(get(BACKEND "/state"), "4"))
		return;
	read_back("bus/xen/drivers/vbd/unbind", text, sizeof(text));
	if (text[0] && w->closing_ms-- <= 0)
		backend_state("6");
}

/* One request; false when the agent has hung up. */
static bool serve(void)
{
	struct xsd_sockmsg head;
	char body[4096 + 1] = "", reply[4096] = "OK";
	size_t len = 3;

	if (recv(w->fd, &head, sizeof(head), MSG_WAITALL) != sizeof(head))
		return false;
	assert_in_range(head.len, 1, 4096);
	assert_int_equal(recv(w->fd, body, head.len, MSG_WAITALL), head.len);
	switch (head.type) {
	case XS_READ:
		if (find(body)) {
			len = strlen(strcpy(reply, get(body)));
		} else {
			head.type = XS_ERROR;
			len = strlen(strcpy(reply, "ENOENT")) + 1;
		}
		if (strcmp(body, BACKEND "/state") == 0)
			w->reads++;
		break;
	case XS_DIRECTORY:
		len = list_keys(body, reply);
		break;
	case XS_RM:
		if (find(body))
			find(body)->path[0] = '\0';
		break;
	case XS_WATCH:
		/* Linux refuses a token without its NUL: xenbus_write_watch() */
		assert_int_equal(body[head.len - 1], '\0');
		assert_string_equal(body, BACKEND "/state");
		snprintf(w->token, sizeof(w->token), "%.15s", body + strlen(body) + 1);
		assert_true(tell(XS_WATCH, head.req_id, reply, len));
		backend_state(strcpy(reply, get(BACKEND "/state")));
		return true;
	case XS_WRITE:
		set(body, body + strlen(body) + 1);
		if (strcmp(body, FRONTEND "/state") == 0 &&
		    strcmp(get(FRONTEND "/state"), "1") == 0 &&
		    strcmp(get(BACKEND "/state"), "6") == 0)
			backend_state("2");
		break;
	default:
		return false;
	}
	return tell(head.type, head.req_id, reply, len);
}

static void *xenstored(void *unused)
{
	struct pollfd pfd = {.fd = w->fd, .events = POLLIN};

	(void)unused;
	do {
		while (poll(&pfd, 1, 1) == 0)
			backend_lives();
	} while (serve());
	return NULL;
}

static void make(const char *format, bool dir)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", w->sysfs, format);
	if (dir) {
		assert_int_equal(mkdir(path, 0700), 0);
		return;
	}
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int setup(void **state)
{
	int fds[2];

	(void)state;
	w = calloc(1, sizeof(*w));
	assert_non_null(w);
	strcpy(w->sysfs, "/tmp/xenpxe-device.XXXXXX");
	assert_non_null(mkdtemp(w->sysfs));
	make("bus", true);
	make("bus/xen", true);
	make("bus/xen/devices", true);
	make("bus/xen/drivers", true);
	make("bus/xen/drivers/vbd", true);
	make("bus/xen/drivers/vbd/unbind", false);
	make("bus/xen/drivers/vbd/bind", false);
	/* taken by a driver; known but not taken; not a device of this kind */
	make("bus/xen/devices/vbd-51712", true);
	make("bus/xen/devices/vbd-51712/driver", true);
	make("bus/xen/devices/vbd-51728", true);
	make("bus/xen/devices/console-0", true);
	make("bus/xen/devices/strange name", true);

	set(FRONTEND "/backend", BACKEND);
	set(FRONTEND "/backend-id", "0");
	set(FRONTEND "/state", "4");
	set(FRONTEND "/virtual-device", "51712");
	set(FRONTEND "/protocol", "x86_64-abi");
	set(FRONTEND "/ring-ref", "8");
	set(FRONTEND "/ring-page-order", "0");
	set(FRONTEND "/event-channel", "9");
	set(FRONTEND "/queue-0", "");
	set(FRONTEND "/multi-queue-num-queues", "1");
	set(FRONTEND "/feature-persistent", "1");
	set(BACKEND "/state", "4");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	w->xs.fd = fds[0];
	w->fd = fds[1];
	assert_int_equal(pthread_create(&w->thread, NULL, xenstored, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	xenstore_close(&w->xs);
	pthread_join(w->thread, NULL);
	close(w->fd);
	snprintf(command, sizeof(command), "rm -r %s", w->sysfs);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static void finds_devices_with_a_driver(void **state)
{
	struct device_list list;

	(void)state;
	assert_int_equal(device_find(&list, w->sysfs, NULL), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.device[0].name, "vbd-51712");
	assert_string_equal(list.device[0].class, "vbd");
	assert_string_equal(list.device[0].id, "51712");
}

static void no_xen_bus_is_an_error(void **state)
{
	struct device_list list;
	struct error err;

	(void)state;
	assert_int_equal(device_find(&list, "/nonexistent", &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
}

static void close_one(void)
{
	struct device_list list;
	struct error err;
	char text[64];

	assert_int_equal(device_find(&list, w->sysfs, &err), 0);
	assert_int_equal(device_detach(&list, &w->xs, &err), 0);
	read_back("bus/xen/drivers/vbd/unbind", text, sizeof(text));
	assert_string_equal(text, "");
	if (device_close(&list, w->sysfs, &w->xs, 5000, &err))
		fail_msg("%s", err.text);
	assert_true(list.device[0].closed);
	read_back("bus/xen/drivers/vbd/unbind", text, sizeof(text));
	assert_string_equal(text, "vbd-51712");
	assert_string_equal(get(BACKEND "/state"), "2");
}

static void closed_device_looks_like_a_fresh_one(void **state)
{
	(void)state;
	close_one();
	assert_string_equal(get(FRONTEND "/state"), "1");
	/* the toolstack's keys stay */
	assert_string_equal(get(FRONTEND "/backend"), BACKEND);
	assert_string_equal(get(FRONTEND "/backend-id"), "0");
	assert_string_equal(get(FRONTEND "/virtual-device"), "51712");
	assert_string_equal(get(FRONTEND "/protocol"), "x86_64-abi");
	/* the frontend's go */
	assert_string_equal(get(FRONTEND "/ring-ref"), "(none)");
	assert_string_equal(get(FRONTEND "/ring-page-order"), "(none)");
	assert_string_equal(get(FRONTEND "/event-channel"), "(none)");
	assert_string_equal(get(FRONTEND "/queue-0"), "(none)");
	assert_string_equal(get(FRONTEND "/multi-queue-num-queues"), "(none)");
	assert_string_equal(get(FRONTEND "/feature-persistent"), "(none)");
}

static void slow_backend_is_waited_for(void **state)
{
	(void)state;
	w->closing_ms = 200;
	close_one();
	/* dom0 is asked when there is something new, not all the time */
	assert_in_range(w->reads, 1, 5);
}

/* The backend never closes. */
static void close_in_vain(struct device_list *list, struct error *err)
{
	w->dead = true;
	assert_int_equal(device_find(list, w->sysfs, err), 0);
	assert_int_equal(device_detach(list, &w->xs, err), 0);
	assert_int_equal(device_close(list, w->sysfs, &w->xs, 200, err), -1);
	assert_int_equal(err->class, ERR_TIMEOUT);
}

static void dead_backend_is_named(void **state)
{
	struct device_list list;
	struct error err;
	char text[64];

	(void)state;
	close_in_vain(&list, &err);
	assert_non_null(strstr(err.text, "vbd-51712"));
	assert_non_null(strstr(err.text, "state 4"));

	/* It is ours again afterwards. */
	set(FRONTEND "/state", "6");
	if (device_reopen(&list, w->sysfs, &w->xs, 5000, &err))
		fail_msg("%s", err.text);
	assert_string_equal(get(FRONTEND "/state"), "1");
	read_back("bus/xen/drivers/vbd/bind", text, sizeof(text));
	assert_string_equal(text, "vbd-51712");
	assert_false(list.device[0].closed);
}

/* Replaces a driver's file by a FIFO, which nobody reads. */
static void make_fifo(const char *file, char *path, size_t size)
{
	snprintf(path, size, "%s/bus/xen/drivers/vbd/%s", w->sysfs, file);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void let_thread_end(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	assert_true(fd >= 0);
	poll(NULL, 0, 100);
	close(fd);
}

/* xennet_probe() waits for a backend that stays closed, without a limit. */
static void driver_that_takes_it_slowly_is_not_waited_for(void **state)
{
	struct device_list list;
	struct error err;
	char path[128];

	(void)state;
	close_in_vain(&list, &err);
	make_fifo("bind", path, sizeof(path));
	assert_int_equal(device_reopen(&list, w->sysfs, &w->xs, 200, &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "vbd-51712 is not back after 200 ms"));
	let_thread_end(path);
}

#define BLOCK "bus/xen/devices/vbd-51712/block"

static void make_disk(void)
{
	make(BLOCK, true);
	make(BLOCK "/xvda", true);
	make(BLOCK "/xvda/queue", true);
	make(BLOCK "/xvda/xvda1", true);
	make(BLOCK "/xvda/xvda2", true);
}

/* As unbinding does. */
static void take_disk(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s/" BLOCK, w->sysfs);
	assert_int_equal(system(command), 0);
}

static void *disk_comes(void *arg)
{
	(void)arg;
	poll(NULL, 0, 200);
	make_disk();
	return NULL;
}

/* blkfront_probe() ends long before blkfront_connect() adds the disk. */
static void disk_is_back_when_it_can_be_read(void **state)
{
	struct device_list list;
	struct error err;
	pthread_t thread;
	char path[128];

	(void)state;
	make_disk();
	close_in_vain(&list, &err);
	take_disk();
	assert_int_equal(pthread_create(&thread, NULL, disk_comes, NULL), 0);
	if (device_reopen(&list, w->sysfs, &w->xs, 5000, &err))
		fail_msg("%s", err.text);
	snprintf(path, sizeof(path), "%s/" BLOCK "/xvda/xvda2", w->sysfs);
	assert_int_equal(access(path, F_OK), 0);
	pthread_join(thread, NULL);
}

static void disk_that_stays_away_is_named(void **state)
{
	struct device_list list;
	struct error err;

	(void)state;
	make_disk();
	close_in_vain(&list, &err);
	take_disk();
	assert_int_equal(device_reopen(&list, w->sysfs, &w->xs, 200, &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "vbd-51712 is not back after 200 ms"));
}

/* Its backend was taken away: Linux' talk_to_otherend() fails, and so does the probe. */
static void driver_that_does_not_take_it_again_is_named(void **state)
{
	struct device_list list;
	struct error err;
	char path[128];

	(void)state;
	close_in_vain(&list, &err);
	snprintf(path, sizeof(path), "%s/bus/xen/drivers/vbd/bind", w->sysfs);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(device_reopen(&list, w->sysfs, &w->xs, 5000, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "vbd-51712 does not come back"));
}

static void driver_that_keeps_it_is_named(void **state)
{
	struct device_list list;
	struct error err;
	char path[128];

	(void)state;
	assert_int_equal(device_find(&list, w->sysfs, &err), 0);
	snprintf(path, sizeof(path), "%s/bus/xen/drivers/vbd/unbind", w->sysfs);
	assert_int_equal(unlink(path), 0);
	w->dead = true;
	assert_int_equal(device_detach(&list, &w->xs, &err), 0);
	assert_int_equal(device_close(&list, w->sysfs, &w->xs, 5000, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "vbd-51712"));
	assert_false(list.device[0].closed);
}

/* The kernel waits for the backend for ever; people are told its state all the same. */
static void hanging_driver_is_named_with_the_state(void **state)
{
	struct device_list list;
	struct error err;
	char path[128];

	(void)state;
	make_fifo("unbind", path, sizeof(path));
	close_in_vain(&list, &err);
	assert_non_null(strstr(err.text, "still waits"));
	assert_non_null(strstr(err.text, "state 4"));
	assert_false(list.device[0].closed);
	let_thread_end(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hanging_driver_is_named_with_the_state, setup,
						teardown),
		cmocka_unit_test_setup_teardown(finds_devices_with_a_driver, setup, teardown),
		cmocka_unit_test_setup_teardown(no_xen_bus_is_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(closed_device_looks_like_a_fresh_one, setup,
						teardown),
		cmocka_unit_test_setup_teardown(slow_backend_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(dead_backend_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(driver_that_keeps_it_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(driver_that_takes_it_slowly_is_not_waited_for,
						setup, teardown),
		cmocka_unit_test_setup_teardown(disk_is_back_when_it_can_be_read, setup, teardown),
		cmocka_unit_test_setup_teardown(disk_that_stays_away_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(driver_that_does_not_take_it_again_is_named, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
