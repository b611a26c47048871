/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The xenstore connection (xen/include/public/io/xs_wire.h) and what xenstore says about the
 * domain: the devices must be where a domain that never ran has them.
 */

#include "probe.h"

#define ANSWER_NS 10000000000UL /* dom0 may be loaded; afterwards the connection counts as dead */
#define TOKEN "probe-token"
#define MAX_NAMES 64

static volatile struct xenstore_domain_interface *ring;
static evtchn_port_t ring_event;
static bool dead;
static unsigned int own_events, foreign_events;
static char foreign_token[64];

static bool transfer(void *buf, size_t len, bool out)
{
	uint64_t deadline = system_time() + ANSWER_NS;
	char *byte = buf;

	while (len && !dead) {
		uint32_t cons = out ? ring->req_cons : ring->rsp_cons;
		uint32_t prod = out ? ring->req_prod : ring->rsp_prod;

		if (out ? prod - cons < XENSTORE_RING_SIZE : prod != cons) {
			if (out) {
				ring->req[MASK_XENSTORE_IDX(prod)] = *byte++;
				__asm__ volatile("" : : : "memory");
				ring->req_prod = prod + 1;
			} else {
				*byte++ = ring->rsp[MASK_XENSTORE_IDX(cons)];
				__asm__ volatile("" : : : "memory");
				ring->rsp_cons = cons + 1;
			}
			len--;
			continue;
		}
		if (system_time() > deadline) {
			dead = true;
			break;
		}
		hypercall_event_channel_op(EVTCHNOP_send,
					   &(struct evtchn_send){.port = ring_event});
		wait_event(ring_event, system_time() + 100000000);
	}
	return !dead;
}

static void note_event(const char *payload, size_t len)
{
	size_t path = strlen(payload) + 1;
	const char *token = path < len ? payload + path : "";

	if (!strcmp(token, TOKEN)) {
		own_events++;
		return;
	}
	if (!foreign_events++ && strlen(token) < sizeof(foreign_token))
		memcpy(foreign_token, token, strlen(token) + 1);
}

/* Takes one message. body: XENSTORE_PAYLOAD_MAX + 1 bytes, made to end with a zero. */
static bool receive(struct xsd_sockmsg *header, char *body)
{
	if (!transfer(header, sizeof(*header), false) || header->len > XENSTORE_PAYLOAD_MAX ||
	    !transfer(body, header->len, false))
		return false;
	hypercall_event_channel_op(EVTCHNOP_send, &(struct evtchn_send){.port = ring_event});
	body[header->len] = '\0';
	if (header->type == XS_WATCH_EVENT)
		note_event(body, header->len);
	return true;
}

/*
 * Sends path with its zero, then more as it is (NULL: nothing), and waits for the answer.
 * Returns the answer, valid until the next call, its length in *len; NULL for an error.
 */
static const char *request(uint32_t type, const char *path, const char *more, size_t more_len,
			   size_t *len)
{
	static char body[XENSTORE_PAYLOAD_MAX + 1];
	static uint32_t id;
	struct xsd_sockmsg header = {
		.type = type,
		.req_id = ++id,
		.len = (uint32_t)(strlen(path) + 1 + more_len),
	};

	if (!transfer(&header, sizeof(header), true) ||
	    !transfer((void *)path, strlen(path) + 1, true) ||
	    !transfer((void *)more, more_len, true))
		return NULL;
	hypercall_event_channel_op(EVTCHNOP_send, &(struct evtchn_send){.port = ring_event});
	do {
		if (!receive(&header, body))
			return NULL;
	} while (header.type == XS_WATCH_EVENT);
	if (header.req_id != id || header.type != type)
		return NULL;
	if (len)
		*len = header.len;
	return body;
}

/* The node's value, or "" and *found false. At most 127 bytes are kept. */
static bool read_node(const char *path, char value[128])
{
	size_t len;
	const char *answer = request(XS_READ, path, NULL, 0, &len);

	value[0] = '\0';
	if (!answer)
		return false;
	if (len > 127)
		len = 127;
	memcpy(value, answer, len);
	value[len] = '\0';
	return true;
}

static unsigned long read_number(const char *path)
{
	char value[128];
	unsigned long n = 0;
	unsigned int i;

	if (!read_node(path, value) || !value[0])
		return ~0UL;
	for (i = 0; value[i] >= '0' && value[i] <= '9'; i++)
		n = n * 10 + (unsigned int)(value[i] - '0');
	return n;
}

/* dst = a + "/" + b; false if that is longer than 255 bytes. */
static bool join(char dst[256], const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);

	if (la + lb + 2 > 256)
		return false;
	memcpy(dst, a, la);
	dst[la] = '/';
	memcpy(dst + la + 1, b, lb + 1);
	return true;
}

/* The names in a directory, sorted. text: XENSTORE_PAYLOAD_MAX + 1 bytes that keep them. */
static unsigned int list(const char *path, char *text, const char *names[MAX_NAMES])
{
	size_t len, at;
	const char *answer = request(XS_DIRECTORY, path, NULL, 0, &len);
	unsigned int n = 0, i;

	if (!answer)
		return 0;
	memcpy(text, answer, len + 1);
	for (at = 0; at < len && n < MAX_NAMES; at += strlen(text + at) + 1) {
		for (i = n++; i > 0 && strcmp(names[i - 1], text + at) > 0; i--)
			names[i] = names[i - 1];
		names[i] = text + at;
	}
	return n;
}

/* dst = a + separator + b */
static void append(char *dst, size_t size, const char *separator, const char *b)
{
	size_t n = strlen(dst), ls = strlen(separator), lb = strlen(b);

	if (n + ls + lb + 1 > size)
		return;
	memcpy(dst + n, separator, ls);
	memcpy(dst + n + ls, b, lb + 1);
}

/* One frontend: as made by the toolstack, with no trace of a driver. */
static void device_check(const char *dir)
{
	static char text[XENSTORE_PAYLOAD_MAX + 1], keys[512];
	const char *names[MAX_NAMES];
	char path[256], backend[128];
	unsigned int i, n;
	unsigned long state, backend_state = 0;

	if (!join(path, dir, "state"))
		return;
	state = read_number(path);
	if (state == ~0UL)
		return; /* no device: device/suspend/event-channel */
	join(path, dir, "backend");
	if (read_node(path, backend) && join(path, backend, "state"))
		backend_state = read_number(path);
	keys[0] = '\0';
	n = list(dir, text, names);
	for (i = 0; i < n; i++)
		append(keys, sizeof(keys), i ? "," : "", names[i]);
	check(state == 1 && backend_state == 2, "device", "%s state=%lu backend=%lu keys=%s", dir,
	      state, backend_state, escaped(keys));
}

static void device_checks(void)
{
	static char types_text[XENSTORE_PAYLOAD_MAX + 1], ids_text[XENSTORE_PAYLOAD_MAX + 1];
	const char *types[MAX_NAMES], *ids[MAX_NAMES];
	unsigned int t, i, nr_types, nr_ids;
	char type_dir[256], dir[256];

	nr_types = list("device", types_text, types);
	for (t = 0; t < nr_types; t++) {
		if (!join(type_dir, "device", types[t]))
			continue;
		nr_ids = list(type_dir, ids_text, ids);
		for (i = 0; i < nr_ids; i++) {
			if (join(dir, type_dir, ids[i]))
				device_check(dir);
		}
	}
}

static void watch_checks_xenstore(void)
{
	uint64_t deadline = system_time() + ANSWER_NS;
	static char body[XENSTORE_PAYLOAD_MAX + 1];
	struct xsd_sockmsg header;

	check(request(XS_WATCH, "control/shutdown", TOKEN, sizeof(TOKEN), NULL) != NULL,
	      "xenstore-watch", "control/shutdown");
	while (!own_events && system_time() < deadline && receive(&header, body))
		;
	check(own_events > 0, "watch-event", "after registration");

	/* any watch that an earlier kernel left fires now, before the answer to the unwatch */
	own_events = 0;
	check(request(XS_WRITE, "control/shutdown", NULL, 0, NULL) != NULL, "xenstore-write",
	      "control/shutdown");
	while (!own_events && system_time() < deadline && receive(&header, body))
		;
	check(request(XS_UNWATCH, "control/shutdown", TOKEN, sizeof(TOKEN), NULL) != NULL,
	      "xenstore-unwatch", "control/shutdown");
	check(own_events > 0 && !foreign_events, "stale-watches", "%u %s", foreign_events,
	      escaped(foreign_token));
}

void xenstore_checks(void)
{
	char value[128];
	unsigned long domid;

	ring = pfn_to_virt(find_pfn(start_info->store_mfn));
	ring_event = start_info->store_evtchn;
	say("INFO", "xenstore ring req=%u/%u rsp=%u/%u features=%x", ring->req_cons, ring->req_prod,
	    ring->rsp_cons, ring->rsp_prod, ring->server_features);
	check(ring->req_prod == ring->req_cons && ring->rsp_prod == ring->rsp_cons, "xenstore-ring",
	      "empty");
	check(ring->connection == XENSTORE_CONNECTED && ring->error == XENSTORE_ERROR_NONE,
	      "xenstore-state", "connection=%u error=%u", ring->connection, ring->error);

	domid = read_number("domid");
	if (!check(domid != ~0UL, "xenstore-domid", "readable"))
		return;
	check(read_node("vm", value) && !memcmp(value, "/vm/", 4), "xenstore-vm", "readable");
	say("INFO", "domid=%lu vm=%s", domid, escaped(value));
	if (read_node("data/xenpxe/times", value))
		say("INFO", "xenpxe %s", escaped(value));
	check(read_number("console/port") == start_info->console.domU.evtchn &&
		      read_number("console/ring-ref") == start_info->console.domU.mfn,
	      "console-node", "same port and page as in start_info");
	check(read_number("store/port") == start_info->store_evtchn &&
		      read_number("store/ring-ref") == start_info->store_mfn,
	      "store-node", "same port and page as in start_info");
	device_checks();
	watch_checks_xenstore();
}
