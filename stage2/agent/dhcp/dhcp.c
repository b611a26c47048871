/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/dhcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dhcp/conversation.h"
#include "dhcp/datagram.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/escape.h"
#include "util/random.h"

#define REPORT_MS 10000
#define EXPLAIN_MS 15000
#define PROXY_PORT 4011 /* PXE 2.1 section 2.2.3 */
#define PROXY_TRIES 4
#define PROXY_WAIT_MS 500 /* for the first answer; then twice as long */
#define BURST 32 /* packets taken from one interface before the others have their turn */

struct dhcp_io {
	const struct vif_list *list;
	struct dhcp_conversation conversation;
	int fd[VIF_MAX];
	int send_errno[VIF_MAX]; /* of the last message, 0: it went out */
	unsigned int damaged[VIF_MAX];
	bool explained;
	bool patient; /* it was said that a better offer is waited for */
};

/* Only UDP to port 68, and no later fragments: the other traffic of the bridge wakes nobody. */
static struct sock_filter filter_code[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_CLIENT_PORT, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, UINT16_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static int open_socket(const struct vif *vif, struct error *err)
{
	const struct sock_fprog filter = {
		.len = sizeof(filter_code) / sizeof(filter_code[0]),
		.filter = filter_code,
	};
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = vif->ifindex,
	};
	const int one = 1;
	int fd;

	/* Protocol 0 until bind(): nothing is queued before filter and interface are set. */
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "no packet socket (CONFIG_PACKET) for DHCP: %s",
				 strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) < 0 ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		error_set(err, ERR_SYSTEM, "%s: cannot listen for DHCP: %s", vif->name,
			  strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static bool has_carrier(const struct dhcp_io *io, size_t i)
{
	struct ifreq req = {0};

	memcpy(req.ifr_name, io->list->vif[i].name, sizeof(req.ifr_name));
	return ioctl(io->fd[i], SIOCGIFFLAGS, &req) < 0 || (req.ifr_flags & IFF_RUNNING);
}

/* "vif 0 (eth0): 3 DISCOVERs sent, no answer": for whoever looks for the reason. */
static size_t describe_port(const struct dhcp_io *io, size_t i, char *buf, size_t size)
{
	const struct dhcp_port *p = &io->conversation.port[i];
	const struct vif *vif = &io->list->vif[i];
	size_t at;

	at = (size_t)snprintf(buf, size, "vif %u (%s): ", vif->index, vif->name);
	if (!has_carrier(io, i))
		at += (size_t)snprintf(buf + at, size - at, "no carrier, ");
	at += (size_t)snprintf(buf + at, size - at, "%u DISCOVERs sent, ", p->discovers);
	if (io->send_errno[i])
		at += (size_t)snprintf(buf + at, size - at, "the last failed (%s), ",
				       strerror(io->send_errno[i]));
	if (p->proxy_offers)
		at += (size_t)snprintf(buf + at, size - at, "%u ProxyDHCP offers, ",
				       p->proxy_offers);
	if (p->offers == 0)
		at += (size_t)snprintf(buf + at, size - at, "no offer");
	else
		at += (size_t)snprintf(buf + at, size - at, "%u offers, %u REQUESTs, %u refused",
				       p->offers, p->requests, p->naks);
	if (io->damaged[i])
		at += (size_t)snprintf(buf + at, size - at, ", %u with a wrong checksum",
				       io->damaged[i]);
	if (p->note[0])
		at += (size_t)snprintf(buf + at, size - at, ", %s", p->note);
	return at;
}

/* All interfaces; what does not fit whole is left out. */
static const char *describe(const struct dhcp_io *io, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < io->list->n; i++) {
		char one[512];
		size_t len = describe_port(io, i, one, sizeof(one));

		if (at + len + 3 > size)
			break;
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i ? "; " : "", one);
	}
	return buf;
}

static bool any_answer(const struct dhcp_conversation *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->port[i].offers > 0 || c->port[i].proxy_offers > 0 || c->port[i].ignored > 0)
			return true;
	}
	return false;
}

static void report(struct dhcp_io *io, unsigned int timeout_s, uint64_t now)
{
	char text[900];

	say_error("no lease yet, %u s of %u: %s",
		  (unsigned int)((now - io->conversation.began_ms) / 1000), timeout_s,
		  describe(io, text, sizeof(text)));
}

static void explain(struct dhcp_io *io)
{
	io->explained = true;
	if (!any_answer(&io->conversation))
		say_error("a bridge with STP forwards nothing for 30 s after a guest connects; "
			  "if it is not that, no DHCP server serves this bridge");
}

/* A ProxyDHCP server's offer comes right behind the address: only a longer wait is told. */
static void tell_patience(struct dhcp_io *io)
{
	const struct dhcp_conversation *c = &io->conversation;

	if (io->patient || c->state != DHCP_COLLECTING)
		return;
	io->patient = true;
	say("an address is offered, but no boot file: waiting up to %u s for another offer",
	    (c->patience_ms + 999) / 1000);
}

static void send_message(struct dhcp_io *io, size_t i, uint8_t *buf, size_t len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = io->list->vif[i].ifindex,
		.sll_halen = ETH_ALEN,
	};
	uint16_t id;

	memset(to.sll_addr, 0xff, ETH_ALEN);
	random_bytes(&id, sizeof(id));
	len = datagram_build(buf, len, id);
	io->send_errno[i] = 0;
	if (sendto(io->fd[i], buf, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		io->send_errno[i] = errno;
}

static void send_due(struct dhcp_io *io, uint64_t now)
{
	uint8_t buf[DATAGRAM_HEADERS + DHCP_MESSAGE_MAX];
	size_t len, i;

	while ((len = dhcp_next(&io->conversation, now, buf + DATAGRAM_HEADERS, &i)) > 0) {
		tell_patience(io);
		send_message(io, i, buf, len);
	}
}

/* Netfront: a packet from the same host has a UDP checksum only once it meets real hardware. */
static bool checksum_ready(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
		    c->cmsg_len < CMSG_LEN(sizeof(aux)))
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		return !(aux.tp_status & TP_STATUS_CSUMNOTREADY);
	}
	return true;
}

static void receive_all(struct dhcp_io *io, size_t i, uint64_t now)
{
	for (unsigned int n = 0; n < BURST; n++) {
		union {
			struct cmsghdr align;
			char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
		} control;
		static uint8_t buf[UINT16_MAX];
		struct sockaddr_ll from;
		struct iovec iov = {buf, sizeof(buf)};
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(io->fd[i], &msg, 0);
		const uint8_t *payload;
		struct in_addr server;
		size_t payload_len;

		if (len < 0)
			return; /* nothing more, or the link went down: the timer goes on */
		if (from.sll_pkttype == PACKET_OTHERHOST || from.sll_pkttype == PACKET_OUTGOING)
			continue;
		switch (datagram_parse(buf, (size_t)len, checksum_ready(&msg), &server, &payload,
				       &payload_len)) {
		case DATAGRAM_OK:
			dhcp_receive(&io->conversation, i, server, payload, payload_len, now);
			break;
		case DATAGRAM_BAD_CHECKSUM:
			io->damaged[i]++;
			break;
		case DATAGRAM_OTHER:
			break;
		}
	}
}

static int converse(struct dhcp_io *io, unsigned int timeout_s, struct error *err)
{
	struct dhcp_conversation *c = &io->conversation;
	uint64_t now = clock_ms(), end = now + (uint64_t)timeout_s * 1000;
	uint64_t next_report = now + REPORT_MS;
	struct pollfd pfd[VIF_MAX];
	char text[400];
	uint64_t seed;

	for (size_t i = 0; i < c->n; i++)
		pfd[i] = (struct pollfd){.fd = io->fd[i], .events = POLLIN};
	random_bytes(&seed, sizeof(seed));
	/* A short time leaves half of it for the rest. */
	c->patience_ms =
		timeout_s < 2 * DHCP_PATIENCE_MS / 1000 ? timeout_s * 500 : DHCP_PATIENCE_MS;
	dhcp_start(c, seed, now);

	while (c->state != DHCP_BOUND) {
		uint64_t wake;

		if (now >= end)
			return error_set(err, ERR_TIMEOUT,
					 "no DHCP lease in %u s. Is the vif on the right bridge, "
					 "and does a DHCP server serve it? %s",
					 timeout_s, describe(io, text, sizeof(text)));
		if (now >= next_report) {
			report(io, timeout_s, now);
			next_report += REPORT_MS;
		}
		if (!io->explained && now >= c->began_ms + EXPLAIN_MS)
			explain(io);
		send_due(io, now);

		wake = c->due_ms < end ? c->due_ms : end;
		if (next_report < wake)
			wake = next_report;
		if (!io->explained && c->began_ms + EXPLAIN_MS < wake)
			wake = c->began_ms + EXPLAIN_MS;
		if (poll(pfd, (nfds_t)c->n, wake > now ? (int)(wake - now) : 0) < 0 &&
		    errno != EINTR)
			return error_set(err, ERR_SYSTEM, "cannot wait for DHCP: %s",
					 strerror(errno));
		now = clock_ms();
		for (size_t i = 0; i < c->n; i++) {
			if (pfd[i].revents)
				receive_all(io, i, now);
		}
	}
	return 0;
}

static int fill_identity(struct dhcp_identity *id, const struct vif *vif,
			 const struct dhcp_options *opt, struct error *err)
{
	memcpy(id->mac, vif->mac, sizeof(id->mac));
	memcpy(id->uuid, opt->uuid, sizeof(id->uuid));
	id->has_uuid = opt->has_uuid;
	id->user_class = opt->user_class;
	id->broadcast = opt->broadcast;
	if (dhcp_identity_client_id(id, opt->client_id) < 0)
		return error_set(err, ERR_USAGE,
				 "the DHCP client identifier is longer than %d bytes",
				 DHCP_CLIENT_ID_MAX - 1);
	return 0;
}

/* Say what an answer has that this image cannot use. */
static void note_server_name(const struct lease *lease)
{
	char name[128], addr[INET_ADDRSTRLEN];

	if (lease->server_name[0])
		say("DHCP names \"%s\" as the boot server, but this image resolves no names: "
		    "using %s",
		    escape_str(name, sizeof(name), lease->server_name),
		    inet_ntop(AF_INET, &lease->next_server, addr, sizeof(addr)));
}

int dhcp_lease(const struct vif_list *list, const struct dhcp_options *opt, size_t *chosen,
	       struct lease *lease, struct error *err)
{
	struct dhcp_io io = {.list = list};
	size_t open = 0;
	int ret = -1;

	io.conversation.n = list->n;
	for (size_t i = 0; i < list->n; i++) {
		if (fill_identity(&io.conversation.port[i].id, &list->vif[i], opt, err) < 0)
			return -1;
	}
	for (; open < list->n; open++) {
		io.fd[open] = open_socket(&list->vif[open], err);
		if (io.fd[open] < 0)
			goto out;
	}
	ret = converse(&io, opt->timeout_s, err);
	if (ret < 0)
		goto out;

	*chosen = io.conversation.chosen;
	*lease = io.conversation.lease;
	if (!lease->proxy.s_addr)
		note_server_name(lease);
out:
	while (open > 0)
		close(io.fd[--open]);
	return ret;
}

/*
 * With an address the kernel's own UDP serves.
 */

/* Not bound to the address: relays exist that send every answer as a broadcast. */
static int open_udp(const struct vif *vif, struct error *err)
{
	const struct sockaddr_in addr = {.sin_family = AF_INET,
					 .sin_port = htons(DHCP_CLIENT_PORT)};
	const int one = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "no UDP socket: %s", strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, vif->name, (socklen_t)strlen(vif->name)) <
		    0 ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		error_set(err, ERR_SYSTEM, "%s: cannot listen at UDP port %d: %s", vif->name,
			  DHCP_CLIENT_PORT, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/* Lost is lost: whoever sends does so again. */
static void send_udp(int fd, struct in_addr addr, uint16_t port, const uint8_t *buf, size_t len)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_addr = addr, .sin_port = htons(port)};

	(void)!sendto(fd, buf, len, 0, (const struct sockaddr *)&to, sizeof(to));
}

/* A question to a PXE server, and its answer. */
struct proxy_talk {
	int fd;
	struct dhcp_identity id;
	struct dhcp_request request;
	struct in_addr server;
	uint8_t answer[DHCP_MESSAGE_MAX];
	struct dhcp_message msg; /* in answer */
	struct in_addr from;
};

/* Until an ACK for us is there; false: in vain. */
static bool await_proxy(struct proxy_talk *t, unsigned int ms)
{
	uint64_t now = clock_ms(), end = now + ms;
	struct pollfd pfd = {.fd = t->fd, .events = POLLIN};

	for (; now < end; now = clock_ms()) {
		struct sockaddr_in from = {.sin_family = AF_INET};
		socklen_t from_len = sizeof(from);
		ssize_t n;

		if (poll(&pfd, 1, (int)(end - now)) <= 0)
			continue;
		n = recvfrom(t->fd, t->answer, sizeof(t->answer), 0, (struct sockaddr *)&from,
			     &from_len);
		if (n < 0 || dhcp_parse(&t->msg, t->answer, (size_t)n, NULL) < 0 ||
		    t->msg.type != DHCP_ACK || t->msg.xid != t->request.xid ||
		    memcmp(t->msg.chaddr, t->id.mac, sizeof(t->msg.chaddr)) != 0)
			continue;
		t->from = from.sin_addr;
		return true;
	}
	return false;
}

static int ask(struct proxy_talk *t, struct error *err)
{
	unsigned int wait = PROXY_WAIT_MS;
	char server[INET_ADDRSTRLEN];
	uint8_t buf[DHCP_MESSAGE_MAX];
	size_t len;

	random_bytes(&t->request.xid, sizeof(t->request.xid));
	len = dhcp_build(buf, &t->id, &t->request);
	for (unsigned int i = 0; i < PROXY_TRIES; i++, wait *= 2) {
		send_udp(t->fd, t->server, PROXY_PORT, buf, len);
		if (await_proxy(t, wait))
			return 0;
	}
	return error_set(err, ERR_TIMEOUT,
			 "the ProxyDHCP server %s offers to boot this guest, but does not say what "
			 "when it is asked at UDP port %d (%d requests)",
			 inet_ntop(AF_INET, &t->server, server, sizeof(server)), PROXY_PORT,
			 PROXY_TRIES);
}

static int read_boot(const struct proxy_talk *t, struct lease *boot, struct error *err)
{
	char from[INET_ADDRSTRLEN];

	if (dhcp_boot_from_message(boot, &t->msg, err) < 0)
		return error_prefix(err, "the answer of the ProxyDHCP server %s",
				    inet_ntop(AF_INET, &t->from, from, sizeof(from)));
	if (boot->next_server.s_addr == INADDR_ANY)
		boot->next_server = boot->server_id.s_addr ? boot->server_id : t->from;
	return 0;
}

/* The boot file, or first a menu, of which the first entry is taken. */
static int get_boot(struct proxy_talk *t, struct lease *boot, struct error *err)
{
	struct in_addr server;
	char text[INET_ADDRSTRLEN];

	if (ask(t, err) < 0 || read_boot(t, boot, err) < 0)
		return -1;
	if (!dhcp_lease_can_boot(boot) &&
	    dhcp_pxe_boot_item(&t->msg, &t->request.boot_item, &server)) {
		t->request.has_boot_item = true;
		t->server = server.s_addr ? server : t->from;
		if (ask(t, err) < 0 || read_boot(t, boot, err) < 0)
			return -1;
	}
	if (dhcp_lease_can_boot(boot))
		return 0;
	return error_set(
		err, ERR_SERVER,
		"the ProxyDHCP server %s offers to boot this guest, and names no file when "
		"it is asked for one: has it any for architecture 0 (x86 BIOS)?",
		inet_ntop(AF_INET, &t->from, text, sizeof(text)));
}

int dhcp_ask_proxy(const struct vif *vif, struct in_addr self, const struct dhcp_options *opt,
		   struct lease *lease, struct error *err)
{
	struct proxy_talk talk = {.request = {.type = DHCP_REQUEST,
					      .self = self,
					      .has_boot_item = lease->proxy_item != 0,
					      .boot_item = lease->proxy_item},
				  .server = lease->proxy};
	struct lease boot;
	int ret;

	if (!lease->proxy.s_addr)
		return 0;
	if (fill_identity(&talk.id, vif, opt, err) < 0)
		return -1;
	talk.fd = open_udp(vif, err);
	if (talk.fd < 0)
		return -1;
	ret = get_boot(&talk, &boot, err);
	close(talk.fd);
	if (ret < 0)
		return -1;
	dhcp_lease_take_boot(lease, &boot);
	lease->proxy.s_addr = INADDR_ANY;
	note_server_name(lease);
	return 0;
}

int dhcp_keep(struct dhcp_keeper *keeper, const struct vif *vif, const struct dhcp_options *opt,
	      const struct lease *lease, struct error *err)
{
	struct dhcp_identity id = {.client_id_len = 0};
	uint32_t seed;

	keeper->fd = -1;
	if (fill_identity(&id, vif, opt, err) < 0)
		return -1;
	random_bytes(&seed, sizeof(seed));
	renewal_start(&keeper->renewal, &id, lease, seed, clock_ms());
	if (keeper->renewal.end_ms == UINT64_MAX)
		return 0;
	keeper->fd = open_udp(vif, err);
	return keeper->fd < 0 ? -1 : 0;
}

int dhcp_keep_tick(void *ctx, struct error *err)
{
	struct dhcp_keeper *keeper = ctx;
	struct renewal *r = &keeper->renewal;
	unsigned int renewed = r->renewed;
	uint8_t buf[DHCP_MESSAGE_MAX];
	uint64_t now = clock_ms();
	struct in_addr to;
	ssize_t n;
	size_t len;

	if (keeper->fd < 0)
		return 0;
	for (unsigned int i = 0; i < BURST; i++) {
		n = recv(keeper->fd, buf, sizeof(buf), 0);
		if (n < 0)
			break;
		renewal_receive(r, buf, (size_t)n, now);
	}
	if (r->renewed > renewed)
		say("lease renewed for %u s", r->seconds);
	len = renewal_next(r, now, buf, &to);
	if (len > 0)
		send_udp(keeper->fd, to, DHCP_SERVER_PORT, buf, len);
	return renewal_check(r, err);
}

void dhcp_keep_end(struct dhcp_keeper *keeper)
{
	if (keeper->fd >= 0)
		close(keeper->fd);
	keeper->fd = -1;
}
