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
#define BURST 32 /* packets taken from one interface before the others have their turn */

struct dhcp_io {
	const struct vif_list *list;
	struct dhcp_conversation conversation;
	int fd[VIF_MAX];
	int send_errno[VIF_MAX]; /* of the last message, 0: it went out */
	unsigned int damaged[VIF_MAX];
	bool explained;
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
		if (c->port[i].offers > 0 || c->port[i].ignored > 0)
			return true;
	}
	return false;
}

static void report(struct dhcp_io *io, unsigned int timeout_s, uint64_t now)
{
	char text[900];

	say("no lease yet, %u s of %u: %s",
	    (unsigned int)((now - io->conversation.began_ms) / 1000), timeout_s,
	    describe(io, text, sizeof(text)));
}

static void explain(struct dhcp_io *io)
{
	io->explained = true;
	if (!any_answer(&io->conversation))
		say("a bridge with STP forwards nothing for 30 s after a guest connects; "
		    "if it is not that, no DHCP server serves this bridge");
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

	while ((len = dhcp_next(&io->conversation, now, buf + DATAGRAM_HEADERS, &i)) > 0)
		send_message(io, i, buf, len);
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

static int fill_identities(struct dhcp_io *io, const struct dhcp_options *opt, struct error *err)
{
	struct dhcp_conversation *c = &io->conversation;

	c->n = io->list->n;
	for (size_t i = 0; i < c->n; i++) {
		struct dhcp_identity *id = &c->port[i].id;

		memcpy(id->mac, io->list->vif[i].mac, sizeof(id->mac));
		memcpy(id->uuid, opt->uuid, sizeof(id->uuid));
		id->has_uuid = opt->has_uuid;
		id->user_class = opt->user_class;
		id->broadcast = opt->broadcast;
		if (dhcp_identity_client_id(id, opt->client_id) < 0)
			return error_set(err, ERR_USAGE,
					 "the DHCP client identifier is longer than %d bytes",
					 DHCP_CLIENT_ID_MAX - 1);
	}
	return 0;
}

int dhcp_lease(const struct vif_list *list, const struct dhcp_options *opt, size_t *chosen,
	       struct lease *lease, struct error *err)
{
	struct dhcp_io io = {.list = list};
	char name[128], addr[INET_ADDRSTRLEN];
	size_t open = 0;
	int ret = -1;

	if (fill_identities(&io, opt, err) < 0)
		return -1;
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
	if (lease->server_name[0])
		say("DHCP names \"%s\" as the boot server, but this image resolves no names: "
		    "using %s",
		    escape_str(name, sizeof(name), lease->server_name),
		    inet_ntop(AF_INET, &lease->next_server, addr, sizeof(addr)));
out:
	while (open > 0)
		close(io.fd[--open]);
	return ret;
}
