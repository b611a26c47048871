/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire protocol of xen/include/public/io/xs_wire.h, one request at a time.
 */
#include "xen/xenstore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "util/clock.h"
#include "util/escape.h"

#define CONNECTIONS 16 /* of xenstore_remove() */

struct request {
	enum xsd_sockmsg_type type;
	const char *verb; /* for messages: "read", "write" ... */
	const char *path;
	const char *value; /* behind the path; NULL if the request has none */
};

/* An answer's body and a NUL that is always there. */
struct reply {
	char body[XENSTORE_PAYLOAD_MAX + 1];
	size_t len;
};

static const char *const devices[] = {"/dev/xen/xenbus", "/proc/xen/xenbus"};

int xenstore_open(struct xenstore *xs, struct error *err)
{
	int first_errno = 0;

	xs->req_id = 0;
	xs->fired = 0;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		xs->fd = open(devices[i], O_RDWR | O_CLOEXEC);
		if (xs->fd >= 0)
			return 0;
		if (!i)
			first_errno = errno;
	}
	return error_set(
		err, ERR_SYSTEM,
		"xenstore: cannot open %s: %s (is this a Xen guest, and devtmpfs mounted?)",
		devices[0], strerror(first_errno));
}

void xenstore_close(struct xenstore *xs)
{
	if (xs->fd >= 0)
		close(xs->fd);
	xs->fd = -1;
}

/* Wait for something to read until @deadline (clock_ms()). Return: 0, -1 with errno. */
static int wait_for(int fd, uint64_t deadline)
{
	for (;;) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		uint64_t now = clock_ms();
		int ready;

		if (now >= deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		ready = poll(&pfd, 1, (int)(deadline - now));
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -1;
	}
}

static int read_all(int fd, void *buf, size_t len, uint64_t deadline)
{
	char *p = buf;

	while (len) {
		ssize_t n;

		if (wait_for(fd, deadline))
			return -1;
		n = read(fd, p, len);
		if (n == 0) {
			errno = EPIPE;
			return -1;
		}
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/*
 * Linux takes a whole message in one write() and puts it on a list; its poll() never says that
 * there is room (xenbus_file_write(), xenbus_file_poll()).
 */
static int write_message(int fd, const void *msg, size_t len)
{
	ssize_t n;

	do {
		n = write(fd, msg, len);
	} while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n != len)
		errno = EIO;
	return n == (ssize_t)len ? 0 : -1;
}

static int failed(const struct request *rq, const char *why, struct error *err)
{
	char path[200];

	return error_set(err, ERR_SYSTEM, "xenstore: %s of \"%s\" failed: %s", rq->verb,
			 escape_str(path, sizeof(path), rq->path), why);
}

static int failed_io(const struct request *rq, struct error *err)
{
	char path[200];

	if (errno != ETIMEDOUT)
		return failed(rq, strerror(errno), err);
	return error_set(err, ERR_TIMEOUT,
			 "xenstore: no answer to the %s of \"%s\" in %d s: is xenstored alive in "
			 "dom0?",
			 rq->verb, escape_str(path, sizeof(path), rq->path),
			 XENSTORE_TIMEOUT_MS / 1000);
}

static int send_request(struct xenstore *xs, const struct request *rq, struct error *err)
{
	size_t path_len = strlen(rq->path) + 1;
	/* of what Xen's protocol knows, only a watch's token ends in NUL */
	size_t value_len = rq->value ? strlen(rq->value) + (rq->type == XS_WATCH) : 0;
	struct {
		struct xsd_sockmsg head;
		/* Linux's buffer for a message has the head in it. */
		char body[XENSTORE_PAYLOAD_MAX - sizeof(struct xsd_sockmsg)];
	} msg;

	if (path_len > sizeof(msg.body) || value_len > sizeof(msg.body) - path_len)
		return failed(rq, "more than the 4080 bytes that a request may have", err);
	msg.head = (struct xsd_sockmsg){
		.type = rq->type,
		.req_id = ++xs->req_id,
		.len = (uint32_t)(path_len + value_len),
	};
	memcpy(msg.body, rq->path, path_len);
	if (value_len)
		memcpy(msg.body + path_len, rq->value, value_len);
	if (write_message(xs->fd, &msg, sizeof(msg.head) + msg.head.len))
		return failed_io(rq, err);
	return 0;
}

/* A message of xenstored. */
static int read_message(struct xenstore *xs, const struct request *rq, struct xsd_sockmsg *head,
			struct reply *reply, uint64_t deadline, struct error *err)
{
	*head = (struct xsd_sockmsg){0};
	reply->len = 0;
	if (read_all(xs->fd, head, sizeof(*head), deadline))
		return failed_io(rq, err);
	if (head->len > XENSTORE_PAYLOAD_MAX)
		return failed(rq, "the answer is longer than 4096 bytes", err);
	if (read_all(xs->fd, reply->body, head->len, deadline))
		return failed_io(rq, err);
	reply->len = head->len;
	reply->body[reply->len] = '\0';
	return 0;
}

/* The body of an event is the node that changed, NUL, and the watch's token: its number. */
static void note_event(struct xenstore *xs, const struct reply *reply)
{
	size_t path_len = strlen(reply->body);
	unsigned long number;
	char *end;

	if (path_len >= reply->len)
		return;
	number = strtoul(reply->body + path_len + 1, &end, 10);
	if (*end == '\0' && number < XENSTORE_WATCH_MAX)
		xs->fired |= 1ULL << number;
}

/* Wait for the answer to the last request; late answers to earlier ones are thrown away. */
static int receive(struct xenstore *xs, const struct request *rq, struct reply *reply,
		   struct error *err)
{
	uint64_t deadline = clock_ms() + XENSTORE_TIMEOUT_MS;
	struct xsd_sockmsg head;
	char why[60];

	do {
		if (read_message(xs, rq, &head, reply, deadline, err))
			return -1;
		if (head.type == XS_WATCH_EVENT)
			note_event(xs, reply);
	} while (head.type == XS_WATCH_EVENT || head.req_id != xs->req_id);

	if (head.type == (uint32_t)rq->type)
		return 0;
	if (head.type != XS_ERROR)
		return failed(rq, "the answer is to something else", err);
	if (strcmp(reply->body, "ENOENT") == 0) {
		failed(rq, "there is no such node", err);
		if (err)
			err->class = ERR_NOT_FOUND;
		return -1;
	}
	return failed(rq, escape_str(why, sizeof(why), reply->body), err);
}

/* Send a request and wait for its answer. */
static int talk(struct xenstore *xs, const struct request *rq, struct reply *reply,
		struct error *err)
{
	return send_request(xs, rq, err) || receive(xs, rq, reply, err) ? -1 : 0;
}

int xenstore_read(struct xenstore *xs, const char *path, char *value, size_t size,
		  struct error *err)
{
	const struct request rq = {.type = XS_READ, .verb = "read", .path = path};
	struct reply reply;
	size_t len;

	value[0] = '\0';
	if (talk(xs, &rq, &reply, err))
		return -1;
	len = strlen(reply.body);
	if (len > size - 1)
		len = size - 1;
	memcpy(value, reply.body, len);
	value[len] = '\0';
	return 0;
}

int xenstore_write(struct xenstore *xs, const char *path, const char *value, struct error *err)
{
	const struct request rq = {.type = XS_WRITE, .verb = "write", .path = path, .value = value};
	struct reply reply;

	return talk(xs, &rq, &reply, err);
}

static int removed(int ret, const struct error *why, struct error *err)
{
	if (ret == 0 || why->class == ERR_NOT_FOUND)
		return 0;
	*err = *why;
	return -1;
}

/* Removes [@first, @last), each by a connection of its own. */
static int remove_batch(struct xenstore more[], char *const path[], size_t first, size_t last,
			struct error *err)
{
	struct request rq = {.type = XS_RM, .verb = "removal"};
	struct reply reply;
	struct error why;
	int ret = 0;

	for (size_t i = first; i < last; i++) {
		rq.path = path[i];
		if (send_request(&more[i - first], &rq, err))
			return -1;
	}
	for (size_t i = first; i < last && !ret; i++) {
		rq.path = path[i];
		ret = removed(receive(&more[i - first], &rq, &reply, &why), &why, err);
	}
	return ret;
}

int xenstore_remove(struct xenstore *xs, char *const path[], size_t n, struct error *err)
{
	struct xenstore more[CONNECTIONS];
	struct error why;
	size_t open = 0;
	int ret = 0;

	while (open < n && open < CONNECTIONS && xenstore_open(&more[open], &why) == 0)
		open++;
	for (size_t i = 0; i < n && !ret; i += open ? open : 1) {
		const struct request rq = {.type = XS_RM, .verb = "removal", .path = path[i]};
		struct reply reply;

		ret = open ? remove_batch(more, path, i, i + open < n ? i + open : n, err)
			   : removed(talk(xs, &rq, &reply, &why), &why, err);
	}
	while (open)
		xenstore_close(&more[--open]);
	return ret;
}

int xenstore_list(struct xenstore *xs, const char *path, char **names, struct error *err)
{
	const struct request rq = {.type = XS_DIRECTORY, .verb = "list", .path = path};
	struct reply reply;

	*names = NULL;
	if (talk(xs, &rq, &reply, err))
		return -1;
	/* Two more bytes end a last name that has no NUL, and the list. */
	*names = calloc(1, reply.len + 2);
	if (!*names)
		return error_set(err, ERR_MEMORY, "xenstore: no memory for a list of names");
	memcpy(*names, reply.body, reply.len);
	return 0;
}

int xenstore_watch(struct xenstore *xs, const char *path, unsigned int number, struct error *err)
{
	struct request rq = {.type = XS_WATCH, .verb = "watch", .path = path};
	struct reply reply;
	char token[12];

	snprintf(token, sizeof(token), "%u", number);
	rq.value = token;
	return talk(xs, &rq, &reply, err);
}

int xenstore_fired(struct xenstore *xs, unsigned int timeout_ms, uint64_t *fired, struct error *err)
{
	static const struct request rq = {
		.type = XS_WATCH_EVENT, .verb = "watching", .path = "backends"};
	struct pollfd pfd = {.fd = xs->fd, .events = POLLIN};
	struct xsd_sockmsg head;
	struct reply reply;

	/* what is there already, and if that is nothing, what comes in time */
	while (poll(&pfd, 1, xs->fired ? 0 : (int)timeout_ms) > 0) {
		if (read_message(xs, &rq, &head, &reply, clock_ms() + XENSTORE_TIMEOUT_MS, err))
			return -1;
		if (head.type == XS_WATCH_EVENT)
			note_event(xs, &reply);
	}
	*fired = xs->fired;
	xs->fired = 0;
	return 0;
}

int xenstore_reset_watches(struct xenstore *xs, struct error *err)
{
	const struct request rq = {
		.type = XS_RESET_WATCHES, .verb = "reset of watches", .path = ""};
	struct reply reply;

	return talk(xs, &rq, &reply, err);
}
