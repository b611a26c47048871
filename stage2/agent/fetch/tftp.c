/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/tftp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fetch/tftp_read.h"
#include "util/clock.h"
#include "util/console.h"

/* What a TFTP block of DATA has around it on the wire: IPv4, UDP and TFTP headers. */
#define OVERHEAD (20 + 8 + TFTP_HEADER)

#define WAIT_FIRST_MS 1000
#define WAIT_MAX_MS 4000
#define SHRINK_TRIES 2 /* silent retransmissions after which blocks may be too large */
#define REFUSED_MAX 3 /* ICMP "port unreachable" in a row before it is believed */
#define STRAYS_MAX 16 /* packets of foreign transfers that get an answer */
#define DUPLICATE_MS 250 /* an acknowledgement is not repeated sooner than that */
#define REQUEST_MAX (URL_PATH_MAX + 64)

/*
 * The first request asks for blocks that fill a frame of the interface: 1468 bytes on Ethernet,
 * more with the jumbo frames that a lease's MTU can turn on. If such do not come through (tunnels
 * that drop large packets), these are tried.
 */
static const unsigned int smaller_sizes[] = {1468, 1024, TFTP_BLKSIZE_DEFAULT};

/* The one thing worth keeping from file to file: what came through from that server. */
static struct {
	struct in_addr server;
	unsigned int blksize;
} lossy;

struct tftp {
	const struct url *url;
	const struct fetch_options *opt;
	const struct fetch_sink *sink;
	struct tftp_read read;
	int fd;
	struct sockaddr_in server; /* port: 69, then the transfer's own (its TID) */
	bool pinned;

	uint8_t sent[REQUEST_MAX]; /* the last packet, for retransmission */
	size_t sent_len;
	uint64_t sent_ms;
	uint64_t timer_ms; /* when the wait for the next packet of use began */
	unsigned int wait_ms; /* how long it lasts */
	unsigned int tries; /* retransmissions since the last packet of use */
	uint64_t silent_since_ms; /* when that came */

	uint64_t bytes;
	unsigned int refused, strays;
	int last_errno; /* why sending failed or what ICMP said; 0: nothing */
	struct in_addr other; /* somebody else who answered */
};

static int set_wait(struct tftp *t, unsigned int ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};

	t->wait_ms = ms;
	return setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static int open_socket(struct tftp *t, struct error *err)
{
	const int one = 1;
	const char *ifname = t->opt->ifname;

	t->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return error_set(err, ERR_SYSTEM, "no UDP socket: %s", strerror(errno));
	/*
	 * No bind(): the first sendto() takes the interface's own address and a random port.
	 * IP_RECVERR: what ICMP says about a socket that is not connected.
	 */
	if ((ifname[0] && setsockopt(t->fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
				     (socklen_t)strlen(ifname)) < 0) ||
	    setsockopt(t->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)) < 0 ||
	    set_wait(t, WAIT_FIRST_MS) < 0) {
		error_set(err, ERR_SYSTEM, "cannot set up a UDP socket on %s: %s", ifname,
			  strerror(errno));
		close(t->fd);
		return -1;
	}
	return 0;
}

/* At most @blksize, and what the interface takes in one frame. */
static unsigned int fit_mtu(const struct tftp *t, unsigned int blksize)
{
	unsigned int room = smaller_sizes[0];
	struct ifreq req = {0};

	memcpy(req.ifr_name, t->opt->ifname, sizeof(req.ifr_name));
	if (t->opt->ifname[0] && ioctl(t->fd, SIOCGIFMTU, &req) == 0 &&
	    req.ifr_mtu >= OVERHEAD + TFTP_BLKSIZE_DEFAULT)
		room = (unsigned int)req.ifr_mtu - OVERHEAD;
	return room < blksize ? room : blksize;
}

/* The details do not matter: the error itself came, or will come, with a plain call. */
static void drain_errors(struct tftp *t)
{
	char buf[64];

	for (int n = 0; n < STRAYS_MAX; n++) {
		if (recv(t->fd, buf, sizeof(buf), MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return;
	}
}

static void note_error(struct tftp *t, int error)
{
	t->last_errno = error;
	if (error == ECONNREFUSED)
		t->refused++;
	drain_errors(t);
}

static void transmit(struct tftp *t)
{
	const struct sockaddr *to = (const struct sockaddr *)&t->server;

	t->sent_ms = clock_coarse_ms();
	if (sendto(t->fd, t->sent, t->sent_len, 0, to, sizeof(t->server)) >= 0)
		return;
	/* The error may be an older packet's; if not, the timer takes it for a loss. */
	note_error(t, errno);
	if (sendto(t->fd, t->sent, t->sent_len, 0, to, sizeof(t->server)) < 0)
		t->last_errno = errno;
}

/* To whom it may concern: the server, or a stray transfer. An ERROR is never repeated. */
static void send_error(struct tftp *t, const struct sockaddr_in *to, enum tftp_error code,
		       const char *text)
{
	uint8_t buf[128];
	size_t len = tftp_build_error(buf, sizeof(buf), code, text);

	if (sendto(t->fd, buf, len, 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
		t->last_errno = errno;
}

static int give_up(struct tftp *t, enum tftp_error code, const struct error *err)
{
	send_error(t, &t->server, code, err->text);
	return -1;
}

static int silent(struct tftp *t, struct error *err)
{
	unsigned int seconds =
		(unsigned int)((clock_coarse_ms() - t->silent_since_ms + 500) / 1000);
	char other[INET_ADDRSTRLEN], why[96] = "", of[32] = "";

	if (t->refused)
		snprintf(why, sizeof(why), ": no program listens there");
	else if (t->last_errno)
		snprintf(why, sizeof(why), ": %s", strerror(t->last_errno));
	else if (t->other.s_addr)
		snprintf(why, sizeof(why), ": %s answered instead",
			 inet_ntop(AF_INET, &t->other, other, sizeof(other)));

	switch (t->read.state) {
	case TFTP_ASKED:
		return error_set(err, ERR_TIMEOUT,
				 "no answer from UDP port %u in %u s (%u requests)%s",
				 ntohs(t->server.sin_port), seconds, t->tries + 1, why);
	case TFTP_AGREED:
		error_set(err, ERR_TIMEOUT, "the server agreed to send, but no data came in %u s%s",
			  seconds, why);
		break;
	default:
		if (t->read.has_tsize)
			snprintf(of, sizeof(of), " of %llu", (unsigned long long)t->read.tsize);
		error_set(err, ERR_TIMEOUT, "the server fell silent after %llu%s bytes, for %u s%s",
			  (unsigned long long)t->bytes, of, seconds, why);
	}
	return give_up(t, TFTP_ERR_UNDEFINED, err);
}

/*
 * Nothing useful came in time. 0: sent again; -1: given up; 1: blocks may be too large, which
 * those of 512 bytes never are.
 */
static int retransmit(struct tftp *t, struct error *err)
{
	if (t->read.state == TFTP_AGREED && t->tries >= SHRINK_TRIES &&
	    t->read.blksize > TFTP_BLKSIZE_DEFAULT)
		return 1;
	if (t->tries >= t->opt->tries || t->refused >= REFUSED_MAX)
		return silent(t, err);
	t->tries++;
	t->timer_ms = clock_coarse_ms();
	if (set_wait(t, t->wait_ms * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : t->wait_ms * 2) < 0)
		return error_set(err, ERR_SYSTEM, "cannot set a timeout: %s", strerror(errno));
	transmit(t);
	return 0;
}

static void progress_made(struct tftp *t)
{
	if (t->tries)
		set_wait(t, WAIT_FIRST_MS);
	t->tries = 0;
	t->refused = 0;
	t->last_errno = 0;
	t->timer_ms = t->sent_ms;
	t->silent_since_ms = t->sent_ms;
}

static int send_request(struct tftp *t, const struct tftp_options *options, struct error *err)
{
	t->sent_len = tftp_build_rrq(t->sent, sizeof(t->sent), t->url->path, options);
	if (t->sent_len == 0)
		return error_set(err, ERR_CONFIG, "the file name is too long for TFTP");
	tftp_read_start(&t->read, options);
	t->server.sin_family = AF_INET;
	t->server.sin_addr = t->url->server;
	t->server.sin_port = htons(t->url->port);
	t->pinned = false;
	transmit(t);
	t->timer_ms = t->sent_ms;
	t->silent_since_ms = t->sent_ms;
	return 0;
}

/* Is it from the server, and of this transfer? RFC 1350 section 4. */
static bool accept_sender(struct tftp *t, const struct sockaddr_in *from, const uint8_t *buf,
			  size_t len)
{
	bool is_error = len >= 2 && buf[0] == 0 && buf[1] == TFTP_ERROR;

	if (from->sin_addr.s_addr == t->server.sin_addr.s_addr) {
		if (!t->pinned) {
			t->server.sin_port = from->sin_port;
			t->pinned = true;
		}
		if (from->sin_port == t->server.sin_port)
			return true;
	} else {
		t->other = from->sin_addr;
	}
	if (t->pinned && !is_error && t->strays++ < STRAYS_MAX)
		send_error(t, from, TFTP_ERR_UNKNOWN_TID, "not of this transfer");
	return false;
}

/* What is known about the size is known with the first packet. 0: go on; 1: enough; -1: failed. */
static int tell_size(struct tftp *t, struct error *err)
{
	if (!t->sink) {
		send_error(t, &t->server, TFTP_ERR_OPTION, "only the size was wanted");
		return 1;
	}
	if (t->sink->size(t->sink->ctx, t->read.has_tsize ? t->read.tsize : FETCH_SIZE_UNKNOWN,
			  err) < 0)
		return give_up(t, TFTP_ERR_DISK_FULL, err);
	return 0;
}

/* One packet of the server. 0: go on; 1: all is there; -1: failed. */
static int handle_packet(struct tftp *t, const uint8_t *buf, size_t buf_len, struct error *err)
{
	static const struct tftp_options none;
	enum tftp_state before = t->read.state;
	const uint8_t *data = NULL;
	size_t len = 0;
	int ret;

	switch (tftp_read_packet(&t->read, buf, buf_len, &data, &len, err)) {
	case TFTP_NOTHING:
		return 0;
	case TFTP_DUPLICATE:
		/* Repeated at once, two such peers would double the transfer for ever. */
		if (clock_coarse_ms() - t->sent_ms >= DUPLICATE_MS)
			transmit(t);
		return 0;
	case TFTP_PLAIN:
		return send_request(t, &none, err);
	case TFTP_REFUSED:
		return -1;
	case TFTP_BROKEN:
		return give_up(t, before == TFTP_ASKED ? TFTP_ERR_OPTION : TFTP_ERR_ILLEGAL, err);
	case TFTP_OPTIONS:
	case TFTP_BLOCK:
		break;
	}

	if (before == TFTP_ASKED) {
		ret = tell_size(t, err);
		if (ret != 0)
			return ret;
	}
	if (len > 0 && t->sink->data(t->sink->ctx, data, len, err) < 0)
		return give_up(t, TFTP_ERR_DISK_FULL, err);
	t->bytes += len;
	t->sent_len = tftp_build_ack(t->sent, t->read.block);
	transmit(t);
	progress_made(t);
	return t->read.state == TFTP_COMPLETE;
}

/* 0: all is there; -1: failed; 1: blocks seem to be too large for the way. */
static int transfer(struct tftp *t, struct error *err)
{
	static uint8_t buf[TFTP_HEADER + TFTP_BLKSIZE_MAX + 1];

	for (;;) {
		struct sockaddr_in from = {.sin_family = AF_INET};
		socklen_t from_len = sizeof(from);
		unsigned int block =
			t->read.asked.blksize ? t->read.asked.blksize : TFTP_BLKSIZE_DEFAULT;
		bool late = false;
		ssize_t n;
		int ret;

		/* One byte more than a block may have, so that a larger one shows. */
		n = recvfrom(t->fd, buf, TFTP_HEADER + block + 1, 0, (struct sockaddr *)&from,
			     &from_len);
		if (n >= 0 && accept_sender(t, &from, buf, (size_t)n)) {
			ret = handle_packet(t, buf, (size_t)n, err);
			if (ret != 0)
				return ret < 0 ? -1 : 0;
		} else if (n < 0 && errno == EAGAIN) {
			late = true;
		} else if (n < 0 && errno != EINTR) {
			note_error(t, errno);
		}
		/* Packets that are of no use do not put the next try off. */
		if (late || clock_coarse_ms() - t->timer_ms >= t->wait_ms) {
			ret = retransmit(t, err);
			if (ret != 0)
				return ret;
		}
	}
}

/* One attempt with blocks of at most @blksize. As transfer(). */
static int attempt(struct tftp *t, unsigned int blksize, struct error *err)
{
	struct tftp_options options = {.has_tsize = true};
	int ret;

	if (open_socket(t, err) < 0)
		return -1;
	options.blksize = fit_mtu(t, blksize);
	ret = send_request(t, &options, err);
	if (ret == 0)
		ret = transfer(t, err);
	if (ret == 1)
		send_error(t, &t->server, TFTP_ERR_UNDEFINED, "no data came through");
	close(t->fd);
	return ret;
}

static unsigned int smaller_size(unsigned int blksize)
{
	for (size_t i = 0; i < sizeof(smaller_sizes) / sizeof(smaller_sizes[0]); i++) {
		if (smaller_sizes[i] < blksize)
			return smaller_sizes[i];
	}
	return TFTP_BLKSIZE_DEFAULT;
}

static unsigned int first_size(const struct url *url)
{
	return lossy.server.s_addr == url->server.s_addr ? lossy.blksize : TFTP_BLKSIZE_MAX;
}

int tftp_get(const struct url *url, const struct fetch_options *opt, const struct fetch_sink *sink,
	     struct error *err)
{
	unsigned int blksize = first_size(url);
	bool shrunk = false;

	for (;;) {
		struct tftp t = {.url = url, .opt = opt, .sink = sink};
		int ret = attempt(&t, blksize, err);

		if (ret < 0)
			return -1;
		if (ret == 0)
			break;
		blksize = smaller_size(t.read.blksize);
		shrunk = true;
		say("no data comes in blocks of %u bytes: something on the way may drop large "
		    "packets; trying %u",
		    t.read.blksize, blksize);
	}
	if (shrunk) {
		lossy.server = url->server;
		lossy.blksize = blksize;
	}
	return 0;
}

int tftp_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err)
{
	struct tftp t = {.url = url, .opt = opt};

	/* The same options as for reading, so that the answer holds for that. */
	if (attempt(&t, first_size(url), err) != 0)
		return -1;
	*size = t.read.has_tsize ? t.read.tsize : FETCH_SIZE_UNKNOWN;
	return 0;
}
