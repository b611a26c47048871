/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire A B [delay=MICROSECONDS] [loss=PERCENT] [twice=PERCENT] [reorder=PERCENT] [max=BYTES]
 *          [seed=N]: a bad cable between two interfaces of this network namespace.
 *
 * Every frame is forwarded after the delay, in both directions. UDP datagrams are lost, sent twice,
 * or held until a few others have overtaken them, each with its probability; those whose IPv4
 * packet is larger than max are dropped without a word. Ends with SIGTERM; says then what it did.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 9100
#define FRAMES_MAX 4096
#define HELD_NS 1500000 /* a frame that others overtake comes so much later */
#define ROOM (8 * 1024 * 1024)

struct frame {
	uint64_t due_ns;
	uint64_t order; /* of two that are due at once the older goes first */
	unsigned int to;
	size_t len;
	uint8_t data[FRAME_MAX];
};

static struct {
	unsigned long delay_us, max;
	double loss, twice, reorder;
	uint64_t random;
} how = {.random = 1};

static struct frame *heap[FRAMES_MAX], *unused[FRAMES_MAX];
static size_t n_heap, n_unused;
static uint64_t n_frames, n_lost, n_twice, n_reordered, n_large, n_full;
static volatile sig_atomic_t over;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void end(int signal)
{
	(void)signal;
	over = 1;
}

static bool chance(double percent)
{
	how.random ^= how.random << 13; /* xorshift64 */
	how.random ^= how.random >> 7;
	how.random ^= how.random << 17;
	return (double)(how.random >> 11) / 9007199254740992.0 * 100 < percent;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static bool before(const struct frame *a, const struct frame *b)
{
	return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order);
}

static void push(struct frame *f)
{
	size_t i = n_heap++;

	for (; i > 0 && before(f, heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = f;
}

static struct frame *pop(void)
{
	struct frame *first = heap[0], *last = heap[--n_heap];
	size_t i = 0, k;

	for (k = 1; k < n_heap; i = k, k = 2 * i + 1) {
		if (k + 1 < n_heap && before(heap[k + 1], heap[k]))
			k++;
		if (before(last, heap[k]))
			break;
		heap[i] = heap[k];
	}
	heap[i] = last;
	return first;
}

static int open_port(const char *name)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	struct packet_mreq all = {.mr_ifindex = addr.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
	const int one = 1, room = ROOM;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0 ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) < 0)
		die(name);
	return fd;
}

static bool is_udp(const struct frame *f)
{
	return f->len >= 42 && f->data[12] == 8 && f->data[13] == 0 && f->data[14] == 0x45 &&
	       f->data[23] == 17;
}

/* The sender left the checksum to hardware: 0 says that there is none (RFC 768). */
static void mend_checksum(struct frame *f, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (aux.tp_status & TP_STATUS_CSUMNOTREADY)
			memset(f->data + 40, 0, 2);
	}
}

static struct frame *receive(int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct frame *f = unused[n_unused - 1];
	struct iovec iov = {f->data, sizeof(f->data)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, 0);

	if (n < 0)
		return NULL;
	n_unused--;
	f->len = (size_t)n;
	if (is_udp(f))
		mend_checksum(f, &msg);
	return f;
}

static void forward(struct frame *f, unsigned int to)
{
	uint64_t now = now_ns();

	n_frames++;
	f->to = to;
	f->order = n_frames;
	f->due_ns = now + (uint64_t)how.delay_us * 1000;
	if (is_udp(f)) {
		if (how.max && f->len - 14 > how.max) {
			n_large++;
			unused[n_unused++] = f;
			return;
		}
		if (chance(how.loss)) {
			n_lost++;
			unused[n_unused++] = f;
			return;
		}
		if (n_unused > 0 && chance(how.twice)) {
			struct frame *copy = unused[--n_unused];

			n_twice++;
			memcpy(copy, f, sizeof(*f));
			push(copy);
		}
		if (chance(how.reorder)) {
			n_reordered++;
			f->due_ns += HELD_NS;
		}
	}
	push(f);
}

static void send_due(const struct pollfd *port)
{
	while (n_heap > 0 && heap[0]->due_ns <= now_ns()) {
		struct frame *f = pop();

		if (send(port[f->to].fd, f->data, f->len, 0) < 0)
			n_full++;
		unused[n_unused++] = f;
	}
}

static void read_options(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		double value = strchr(argv[i], '=') ? atof(strchr(argv[i], '=') + 1) : 0;

		if (strncmp(argv[i], "delay=", 6) == 0)
			how.delay_us = (unsigned long)value;
		else if (strncmp(argv[i], "loss=", 5) == 0)
			how.loss = value;
		else if (strncmp(argv[i], "twice=", 6) == 0)
			how.twice = value;
		else if (strncmp(argv[i], "reorder=", 8) == 0)
			how.reorder = value;
		else if (strncmp(argv[i], "max=", 4) == 0)
			how.max = (unsigned long)value;
		else if (strncmp(argv[i], "seed=", 5) == 0)
			how.random = (uint64_t)value * 2 + 1;
		else {
			fprintf(stderr, "wire: what is %s?\n", argv[i]);
			exit(100);
		}
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = end};
	struct pollfd port[2];
	struct frame *frames = calloc(FRAMES_MAX, sizeof(*frames));

	if (argc < 3 || !frames) {
		fprintf(stderr, "usage: wire A B [delay=US] [loss=%%] [twice=%%] [reorder=%%] "
				"[max=BYTES] [seed=N]\n");
		return 100;
	}
	read_options(argc, argv);
	for (int i = 0; i < 2; i++)
		port[i] = (struct pollfd){.fd = open_port(argv[1 + i]), .events = POLLIN};
	for (size_t i = 0; i < FRAMES_MAX; i++)
		unused[n_unused++] = &frames[i];
	sigaction(SIGTERM, &action, NULL);
	prctl(PR_SET_TIMERSLACK, 1);
	puts("listening");
	fflush(stdout);

	while (!over) {
		uint64_t now = now_ns(), wait = n_heap ? heap[0]->due_ns : now + 1000000000u;
		struct timespec ts = {0};

		wait = wait > now ? wait - now : 0;
		ts.tv_sec = (time_t)(wait / 1000000000u);
		ts.tv_nsec = (long)(wait % 1000000000u);
		/* Without room for another frame only time makes some. */
		if (ppoll(port, n_unused > 0 ? 2 : 0, &ts, NULL) < 0 && errno != EINTR)
			die("poll");
		for (unsigned int i = 0; i < 2; i++) {
			struct frame *f;

			while (n_unused > 0 && (f = receive(port[i].fd)) != NULL) {
				forward(f, 1 - i);
				send_due(port);
			}
		}
		send_due(port);
	}
	printf("%llu frames, %llu lost, %llu twice, %llu reordered, %llu too large, %llu not taken\n",
	       (unsigned long long)n_frames, (unsigned long long)n_lost,
	       (unsigned long long)n_twice, (unsigned long long)n_reordered,
	       (unsigned long long)n_large, (unsigned long long)n_full);
	free(frames);
	return 0;
}
