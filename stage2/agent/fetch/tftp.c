/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch/tftp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/tftp_read.h"
#include "util/clock.h"
#include "util/console.h"

/* What a TFTP block of DATA has around it on the wire: IPv4, UDP and TFTP headers. */
#define OVERHEAD (20 + 8 + TFTP_HEADER)

#define WAIT_FIRST_MS 1000 /* for an answer, while nothing is known about how long they take */
#define WAIT_MIN_MS 100
#define WAIT_MAX_MS 4000
#define GAP_MIN_MS 20 /* for the rest of a window */
#define SHRINK_TRIES 2 /* silent retransmissions after which blocks may be too large */
#define REFUSED_MAX 3 /* ICMP "port unreachable" in a row before it is believed */
#define STRAYS_MAX 16 /* packets of foreign transfers that get an answer */
#define DUPLICATE_MS 250 /* an acknowledgement is not repeated sooner than that */
#define REQUEST_MAX (URL_PATH_MAX + 64)
#define RESUMES_MAX 4 /* times that a file is asked for again where it broke off */
#define RECEIVE_BUFFER (2 * 1024 * 1024) /* a window of jumbo frames, as the kernel counts them */

/*
 * The first request asks for blocks that fill a frame of the interface: 1468 bytes on Ethernet,
 * more with the jumbo frames that a lease's MTU can turn on. If such do not come through (tunnels
 * that drop large packets), these are tried.
 */
static const unsigned int smaller_sizes[] = {1468, 1024, TFTP_BLKSIZE_DEFAULT};

/*
 * If of so many windows half end with blocks that did not come at all, something on the way has no
 * room for them: a quarter of the window is asked for instead, down to one block. Not once much is
 * there: it would have to come again.
 */
#define ROUNDS 32
#define BACKOFF_BYTES (16UL * 1024 * 1024)

/* The one thing worth keeping from file to file: what came through from that server. */
static struct {
	struct in_addr server;
	unsigned int blksize, windowsize;
} lossy;

enum progress { RUNNING, DONE, FAILED };

/* Sums up bytes in order, however they are cut: is it the same file that comes again? */
struct sum {
	uint64_t value;
	uint8_t part[8];
	size_t n; /* bytes in part */
};

struct tftp {
	const struct url *url;
	const struct fetch_options *opt;
	const struct fetch_sink *sink; /* NULL: only the size is wanted */
	struct tftp_read read;
	enum progress progress;
	int fd;
	struct sockaddr_in server; /* port: 69, then the transfer's own (its TID) */
	bool pinned;
	uint8_t *cache;
	unsigned int blksize, windowsize; /* to ask for */

	uint8_t sent[REQUEST_MAX]; /* the last packet, for retransmission */
	size_t sent_len;
	uint64_t sent_ms;
	uint64_t timer_ms; /* when the wait for the next packet of use began */
	unsigned int wait_ms; /* how long it lasts, while an answer is waited for */
	bool in_window; /* a window has begun to come: its next block is waited for */
	unsigned int rtt_ms; /* from a packet of ours to the first of the answer; falls slowly */
	unsigned int tries; /* retransmissions since the last packet of use */
	uint64_t silent_since_ms; /* when the last block came in its turn */

	uint64_t bytes; /* given to the sink */
	uint64_t again; /* of them to be skipped: they come a second time */
	struct sum sum, sum_again;
	unsigned int resumes;
	uint64_t resumed_at;
	unsigned int rounds, rounds_late;
	unsigned int refused, strays;
	int last_errno; /* why sending failed or what ICMP said; 0: nothing */
	struct in_addr other; /* somebody else who answered */
};

static void sum_word(struct sum *s, const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	s->value = (s->value ^ word) * 0x9e3779b97f4a7c15u;
	s->value ^= s->value >> 29;
}

static void sum_add(struct sum *s, const uint8_t *data, size_t len)
{
	for (; len > 0 && s->n > 0; len--) {
		s->part[s->n++] = *data++;
		if (s->n == sizeof(s->part)) {
			sum_word(s, s->part);
			s->n = 0;
		}
	}
	for (; len >= sizeof(s->part); len -= sizeof(s->part), data += sizeof(s->part))
		sum_word(s, data);
	memcpy(s->part + s->n, data, len);
	s->n += len;
}

static bool sum_equal(const struct sum *a, const struct sum *b)
{
	return a->value == b->value && a->n == b->n && memcmp(a->part, b->part, a->n) == 0;
}

static int open_socket(struct tftp *t, struct error *err)
{
	const int one = 1, room = RECEIVE_BUFFER;
	const char *ifname = t->opt->ifname;

	t->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (t->fd < 0)
		return error_set(err, ERR_SYSTEM, "no UDP socket: %s", strerror(errno));
	/* As much as an unprivileged user of "plan" can have, where more is not allowed. */
	if (setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	/*
	 * No bind(): the first sendto() takes the interface's own address and a random port.
	 * IP_RECVERR: what ICMP says about a socket that is not connected.
	 */
	if ((ifname[0] && setsockopt(t->fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
				     (socklen_t)strlen(ifname)) < 0) ||
	    setsockopt(t->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)) < 0) {
		error_set(err, ERR_SYSTEM, "cannot set up a UDP socket on %s: %s", ifname,
			  strerror(errno));
		close(t->fd);
		t->fd = -1;
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
	t->timer_ms = t->sent_ms;
	t->in_window = false;
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

static enum progress give_up(struct tftp *t, enum tftp_error code, const struct error *err)
{
	send_error(t, &t->server, code, err->text);
	return FAILED;
}

/* A request, on the socket that is open. */
static enum progress send_request(struct tftp *t, const struct tftp_options *options,
				  struct error *err)
{
	t->sent_len = tftp_build_rrq(t->sent, sizeof(t->sent), t->url->path, options);
	if (t->sent_len == 0) {
		error_set(err, ERR_CONFIG, "the file name is too long for TFTP");
		return FAILED;
	}
	tftp_read_start(&t->read, options, t->cache);
	t->server.sin_family = AF_INET;
	t->server.sin_addr = t->url->server;
	t->server.sin_port = htons(t->url->port);
	t->pinned = false;
	t->wait_ms = WAIT_FIRST_MS;
	t->tries = 0;
	t->refused = 0;
	t->rounds = 0;
	t->rounds_late = 0;
	t->again = t->bytes;
	t->sum_again = (struct sum){0};
	transmit(t);
	t->silent_since_ms = t->sent_ms;
	return RUNNING;
}

/* The file is asked for, for the first time or anew: another transfer, with a port of its own. */
static enum progress begin(struct tftp *t, struct error *err)
{
	struct tftp_options options = {.has_tsize = true};

	if (t->fd >= 0)
		close(t->fd);
	if (open_socket(t, err) < 0)
		return FAILED;
	options.blksize = fit_mtu(t, t->blksize);
	options.windowsize = t->windowsize;
	free(t->cache);
	t->cache = NULL;
	if (options.windowsize) {
		unsigned int block = options.blksize > TFTP_BLKSIZE_DEFAULT ? options.blksize
									    : TFTP_BLKSIZE_DEFAULT;

		/* Without memory for it every block is acknowledged. */
		t->cache = malloc((size_t)TFTP_WINDOW_MAX * block);
		if (!t->cache)
			options.windowsize = 0;
	}
	return send_request(t, &options, err);
}

static enum progress silent(struct tftp *t, struct error *err)
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

	if (t->bytes > 0) {
		if (t->read.has_tsize)
			snprintf(of, sizeof(of), " of %llu", (unsigned long long)t->read.tsize);
		error_set(err, ERR_TIMEOUT, "the server fell silent after %llu%s bytes, for %u s%s",
			  (unsigned long long)t->bytes, of, seconds, why);
	} else if (t->read.state == TFTP_ASKED) {
		error_set(err, ERR_TIMEOUT, "no answer from UDP port %u in %u s (%u requests)%s",
			  ntohs(t->server.sin_port), seconds, t->tries + 1, why);
		return FAILED;
	} else {
		error_set(err, ERR_TIMEOUT, "the server agreed to send, but no data came in %u s%s",
			  seconds, why);
	}
	return give_up(t, TFTP_ERR_UNDEFINED, err);
}

static unsigned int smaller_size(unsigned int blksize)
{
	for (size_t i = 0; i < sizeof(smaller_sizes) / sizeof(smaller_sizes[0]); i++) {
		if (smaller_sizes[i] < blksize)
			return smaller_sizes[i];
	}
	return TFTP_BLKSIZE_DEFAULT;
}

static void remember(const struct tftp *t)
{
	lossy.server = t->url->server;
	lossy.blksize = t->blksize;
	lossy.windowsize = t->windowsize;
}

/* No block came, of those that were agreed upon: smaller ones may. */
static enum progress shrink(struct tftp *t, struct error *err)
{
	send_error(t, &t->server, TFTP_ERR_UNDEFINED, "no data came through");
	t->blksize = smaller_size(t->read.blksize);
	say("no data comes in blocks of %u bytes: something on the way may drop large packets; "
	    "trying %u",
	    t->read.blksize, t->blksize);
	return begin(t, err);
}

/* Windows do not come whole: shorter ones may. */
static enum progress back_off(struct tftp *t, struct error *err)
{
	send_error(t, &t->server, TFTP_ERR_UNDEFINED, "too many blocks were lost");
	t->windowsize = t->read.window > 4 ? t->read.window / 4 : 0;
	say("blocks are lost when %u come at a time: trying %u", t->read.window,
	    t->windowsize ? t->windowsize : 1);
	remember(t);
	return begin(t, err);
}

/* A file is asked for again where it broke off, as long as that leads any further. */
static bool can_resume(const struct tftp *t)
{
	return t->bytes > 0 && t->resumes < RESUMES_MAX &&
	       (t->resumes == 0 || t->bytes > t->resumed_at);
}

static enum progress resume(struct tftp *t, struct error *err)
{
	say("the transfer broke off after %llu bytes: asking for the file again",
	    (unsigned long long)t->bytes);
	t->resumes++;
	t->resumed_at = t->bytes;
	return begin(t, err);
}

/* How long a server may be silent: what retransmissions after 1, 2, 4, 4 ... s take. */
static uint64_t patience_ms(const struct tftp *t)
{
	uint64_t sum = 0, wait = WAIT_FIRST_MS;

	for (unsigned int i = 0; i <= t->opt->tries; i++) {
		sum += wait;
		wait = wait * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : wait * 2;
	}
	return sum;
}

/* While a server may be about to start again its ports are closed for a while. */
static bool refused_for_good(const struct tftp *t)
{
	return t->refused >= REFUSED_MAX && (t->read.state != TFTP_ASKED || t->bytes == 0);
}

static uint64_t due_ms(const struct tftp *t)
{
	unsigned int gap = t->rtt_ms * 4 > GAP_MIN_MS ? t->rtt_ms * 4 : GAP_MIN_MS;
	uint64_t due = t->timer_ms + t->wait_ms, end = t->silent_since_ms + patience_ms(t);

	if (t->in_window)
		due = t->timer_ms + (gap < WAIT_FIRST_MS ? gap : WAIT_FIRST_MS);
	return due < end ? due : end;
}

/* The last acknowledgement or request again, and a longer wait. */
static void retransmit(struct tftp *t)
{
	t->tries++;
	t->wait_ms = t->wait_ms * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : t->wait_ms * 2;
	transmit(t);
}

static void acknowledge(struct tftp *t)
{
	t->sent_len = tftp_build_ack(t->sent, t->read.block);
	tftp_read_acked(&t->read);
	t->rounds++;
	transmit(t);
}

/* due_ms() has come: nothing useful came in time. */
static enum progress handle_timer(struct tftp *t, struct error *err)
{
	if (t->read.state == TFTP_AGREED && !t->read.cached && t->tries >= SHRINK_TRIES &&
	    t->read.blksize > TFTP_BLKSIZE_DEFAULT)
		return shrink(t, err);
	/* The clock's ticks are coarse: what is about to end has ended. */
	if (refused_for_good(t) ||
	    clock_coarse_ms() - t->silent_since_ms + WAIT_MIN_MS >= patience_ms(t)) {
		if (!can_resume(t))
			return silent(t, err);
		send_error(t, &t->server, TFTP_ERR_UNDEFINED, "no more data came");
		return resume(t, err);
	}
	if (!t->in_window) {
		retransmit(t);
		return RUNNING;
	}
	/* The rest of the window is lost: the server shall go on behind what is there. */
	t->rounds_late++;
	if (t->rounds >= ROUNDS) {
		if (t->rounds_late * 2 >= t->rounds && t->bytes < BACKOFF_BYTES)
			return back_off(t, err);
		t->rounds = 0;
		t->rounds_late = 0;
	}
	acknowledge(t);
	return RUNNING;
}

/* An answer to what was sent last came: how long did it take? */
static void measure(struct tftp *t)
{
	uint64_t now = clock_coarse_ms();
	unsigned int sample = (unsigned int)(now - t->sent_ms);

	if (!t->in_window && t->tries == 0)
		t->rtt_ms = sample > t->rtt_ms ? sample : t->rtt_ms - t->rtt_ms / 8;
	t->timer_ms = now;
	t->in_window = true;
}

static void progress_made(struct tftp *t)
{
	unsigned int wait = t->rtt_ms * 8 > WAIT_MIN_MS ? t->rtt_ms * 8 : WAIT_MIN_MS;

	t->wait_ms = wait < WAIT_FIRST_MS && t->read.state == TFTP_READING ? wait : WAIT_FIRST_MS;
	t->tries = 0;
	t->refused = 0;
	t->last_errno = 0;
	t->silent_since_ms = t->timer_ms;
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

/* What is known about the size is known with the first packet. */
static enum progress tell_size(struct tftp *t, struct error *err)
{
	if (!t->sink) {
		send_error(t, &t->server, TFTP_ERR_OPTION, "only the size was wanted");
		return DONE;
	}
	if (t->sink->size(t->sink->ctx, t->read.has_tsize ? t->read.tsize : FETCH_SIZE_UNKNOWN,
			  err) < 0)
		return give_up(t, TFTP_ERR_DISK_FULL, err);
	return RUNNING;
}

/* The next bytes of the file: to the sink, unless it has them. */
static int deliver(struct tftp *t, const uint8_t *data, size_t len, struct error *err)
{
	size_t known = t->again < len ? (size_t)t->again : len;

	if (known > 0) {
		sum_add(&t->sum_again, data, known);
		t->again -= known;
		data += known;
		len -= known;
		if (t->again == 0 && !sum_equal(&t->sum, &t->sum_again))
			return error_set(err, ERR_SERVER,
					 "the file changed on the server while it was fetched");
	}
	if (len == 0)
		return 0;
	if (t->sink->data(t->sink->ctx, data, len, err) < 0)
		return -1;
	sum_add(&t->sum, data, len);
	t->bytes += len;
	return 0;
}

/* A block in its turn, and those that had come before theirs. */
static enum progress take_blocks(struct tftp *t, const uint8_t *data, size_t len, struct error *err)
{
	do {
		if (deliver(t, data, len, err) < 0)
			return give_up(t, TFTP_ERR_DISK_FULL, err);
	} while (tftp_read_cached(&t->read, &data, &len));
	progress_made(t);
	if (tftp_read_ack_due(&t->read))
		acknowledge(t);
	if (t->read.state != TFTP_COMPLETE)
		return RUNNING;
	if (t->again == 0)
		return DONE;
	error_set(err, ERR_SERVER, "the file has become shorter while it was fetched");
	return FAILED;
}

/* One packet of the server. */
static enum progress handle_packet(struct tftp *t, const uint8_t *buf, size_t buf_len,
				   struct error *err)
{
	static const struct tftp_options none;
	enum tftp_state before = t->read.state;
	const uint8_t *data = NULL;
	enum progress told = RUNNING;
	enum tftp_verdict verdict;
	size_t len = 0;

	verdict = tftp_read_packet(&t->read, buf, buf_len, &data, &len, err);
	if (before == TFTP_ASKED && (verdict == TFTP_OPTIONS || verdict == TFTP_BLOCK))
		told = tell_size(t, err);
	if (told != RUNNING)
		return told;
	switch (verdict) {
	case TFTP_NOTHING:
		return RUNNING;
	case TFTP_DUPLICATE:
		/* Repeated at once, two such peers would double the transfer for ever. */
		if (!t->in_window && clock_coarse_ms() - t->sent_ms >= DUPLICATE_MS)
			transmit(t);
		return RUNNING;
	case TFTP_PLAIN:
		return send_request(t, &none, err);
	case TFTP_REFUSED:
		/* What some servers send when they are told to end */
		return before == TFTP_READING && can_resume(t) ? resume(t, err) : FAILED;
	case TFTP_BROKEN:
		return give_up(t, before == TFTP_ASKED ? TFTP_ERR_OPTION : TFTP_ERR_ILLEGAL, err);
	case TFTP_OPTIONS:
		measure(t);
		progress_made(t);
		acknowledge(t);
		return RUNNING;
	case TFTP_CACHED:
		measure(t);
		if (t->read.gap)
			acknowledge(t);
		return RUNNING;
	case TFTP_BLOCK:
		measure(t);
		return take_blocks(t, data, len, err);
	}
	return RUNNING;
}

/* All that has come, up to what has to be answered before more can come. */
static enum progress receive(struct tftp *t, struct error *err)
{
	static uint8_t buf[TFTP_HEADER + TFTP_BLKSIZE_MAX + 1];
	unsigned int block = t->read.asked.blksize ? t->read.asked.blksize : TFTP_BLKSIZE_DEFAULT;
	enum progress progress = RUNNING;

	for (unsigned int i = 0; i < 2 * TFTP_WINDOW_MAX && progress == RUNNING; i++) {
		struct sockaddr_in from = {.sin_family = AF_INET};
		socklen_t from_len = sizeof(from);
		/* One byte more than a block may have, so that a larger one shows. */
		ssize_t n = recvfrom(t->fd, buf, TFTP_HEADER + block + 1, 0,
				     (struct sockaddr *)&from, &from_len);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				note_error(t, errno);
			break;
		}
		if (!accept_sender(t, &from, buf, (size_t)n))
			continue;
		progress = handle_packet(t, buf, (size_t)n, err);
		if (!t->in_window)
			break;
	}
	return progress;
}

static int wait_for(const struct tftp *t, size_t n, struct pollfd *pfd, uint64_t wake)
{
	uint64_t now = clock_coarse_ms();

	for (size_t i = 0; i < n; i++)
		pfd[i] = (struct pollfd){
			.fd = t[i].progress == RUNNING ? t[i].fd : -1,
			.events = POLLIN,
		};
	return poll(pfd, (nfds_t)n, wake > now ? (int)(wake - now) : 0);
}

/* Until every transfer is done or one failed: then its index is the result, else @n. */
static size_t run(struct tftp *t, size_t n, const struct fetch_options *opt, struct error *err)
{
	struct pollfd pfd[FETCH_JOBS_MAX];
	uint64_t tick_ms = clock_coarse_ms() + FETCH_TICK_MS;

	for (;;) {
		uint64_t now = clock_coarse_ms(), wake = UINT64_MAX;

		if (opt->tick && now >= tick_ms) {
			tick_ms = now + FETCH_TICK_MS;
			if (opt->tick(opt->tick_ctx, err) < 0)
				return 0;
		}
		for (size_t i = 0; i < n; i++) {
			if (t[i].progress == RUNNING && now >= due_ms(&t[i]))
				t[i].progress = handle_timer(&t[i], err);
			if (t[i].progress == FAILED)
				return i;
			if (t[i].progress == RUNNING && due_ms(&t[i]) < wake)
				wake = due_ms(&t[i]);
		}
		if (wake == UINT64_MAX)
			return n;
		if (opt->tick && tick_ms < wake)
			wake = tick_ms;
		if (wait_for(t, n, pfd, wake) <= 0)
			continue;
		for (size_t i = 0; i < n; i++) {
			if (pfd[i].revents)
				t[i].progress = receive(&t[i], err);
			if (pfd[i].revents & POLLERR && t[i].progress == RUNNING)
				drain_errors(&t[i]);
			if (t[i].progress == FAILED)
				return i;
		}
	}
}

/* One of @n transfers, which share what the way takes in one go. */
static void prepare(struct tftp *t, const struct url *url, const struct fetch_options *opt,
		    const struct fetch_sink *sink, size_t n)
{
	unsigned int window = n < TFTP_WINDOW_MAX / 4 ? TFTP_WINDOW_MAX / (unsigned int)n : 4;
	bool known = lossy.server.s_addr == url->server.s_addr;

	t->url = url;
	t->opt = opt;
	t->sink = sink;
	t->fd = -1;
	t->blksize = known ? lossy.blksize : TFTP_BLKSIZE_MAX;
	t->windowsize = known && lossy.windowsize < window ? lossy.windowsize : window;
}

static void finish(struct tftp *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->cache);
}

int tftp_get(const struct fetch_job *job, size_t n, const struct fetch_options *opt, size_t *failed,
	     struct error *err)
{
	struct tftp *t = calloc(n, sizeof(*t));
	size_t bad = n;

	*failed = 0;
	if (!t)
		return error_set(err, ERR_MEMORY, "no memory for %zu transfers", n);
	for (size_t i = 0; i < n; i++)
		prepare(&t[i], job[i].url, opt, &job[i].sink, n);
	for (size_t i = 0; i < n && bad == n; i++) {
		t[i].progress = begin(&t[i], err);
		if (t[i].progress == FAILED)
			bad = i;
	}
	if (bad == n)
		bad = run(t, n, opt, err);
	for (size_t i = 0; i < n; i++) {
		/* The servers of the others shall not go on sending. */
		if (bad < n && i != bad && t[i].fd >= 0 && t[i].progress == RUNNING)
			send_error(&t[i], &t[i].server, TFTP_ERR_UNDEFINED, "another file failed");
		if (t[i].progress == DONE && t[i].blksize < TFTP_BLKSIZE_MAX)
			remember(&t[i]);
		finish(&t[i]);
	}
	free(t);
	*failed = bad;
	return bad < n ? -1 : 0;
}

int tftp_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err)
{
	struct tftp t = {0};
	size_t bad = 0; /* as of run() */

	/* The same options as for reading, so that the answer holds for that. */
	prepare(&t, url, opt, NULL, 1);
	t.progress = begin(&t, err);
	if (t.progress == RUNNING)
		bad = run(&t, 1, opt, err);
	if (bad == 1)
		*size = t.read.has_tsize ? t.read.tsize : FETCH_SIZE_UNKNOWN;
	finish(&t);
	return bad == 1 ? 0 : -1;
}
