/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rescue/inventory.h"
#include "rescue/mounts.h"
#include "rescue/network.h"
#include "rescue/place.h"
#include "rescue/request.h"
#ifdef CONFIG_RESCUE_SSH
#include "rescue/ssh.h"
#endif
#include "util/clock.h"
#include "util/console.h"
#include "xen/status.h"

#define GREETING_MS 4000 /* the greeting waits so long for network and disks, not longer */
#define TICK_MS 250
#define SHELL_PAUSE_MS 1000 /* between two shells */
/* xl shutdown is done within 5 s, whatever the disks do. */
#define LEAVE_TERM_MS 300
#define LEAVE_KILL_MS 100
#define LEAVE_DISKS_MS 3000
#define END_MS 2000 /* for processes to end by themselves */

/* The processes beside the shell. 0: not there. */
struct beside {
	pid_t network, disks, ssh, shell;
	uint64_t shell_ms; /* when the next shell may begin */
	int control; /* -1: there is no socket */
	char told[512]; /* of the network, last */
};

/* --- beginning --- */

static int open_control(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = RESCUE_CONTROL};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	unlink(RESCUE_CONTROL);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    chmod(RESCUE_CONTROL, 0600) == 0 && listen(fd, 4) == 0)
		return fd;
	say_error("%s: %s; \"xenpxe-agent boot\" will not work, xl reboot does", RESCUE_CONTROL,
		  strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static void make_places(const struct tried *tried)
{
	static const char *const old[] = {RESCUE_NETWORK, RESCUE_LEASE, RESCUE_SSH, RESCUE_DISKS,
					  RESCUE_ENTRIES};
	char text[WAY_MAX * 640];

	umask(022);
	mkdir(RESCUE_DIR, 0700);
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666");
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		unlink(old[i]);
	place_text(RESCUE_TRIED, tried_text(tried, "\n", text, sizeof(text)));
}

/* A child that has nothing of the console: what it says goes to a log. */
static pid_t start_beside(const char *log)
{
	pid_t pid = fork();
	int in, out;

	if (pid)
		return pid > 0 ? pid : 0;
	setsid();
	status_close();
	in = open("/dev/null", O_RDONLY);
	out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	return -1;
}

static void take_stock(void)
{
	FILE *file = place_write(RESCUE_DISKS);

	if (file)
		inventory_write(file);
	place_done(file, RESCUE_DISKS);
}

/* In a child: protect the disks, tell what is on them, then what the hooks have made of that. */
static void look_at_disks(void) __attribute__((noreturn));

static void look_at_disks(void)
{
	char failed[64];

	inventory_protect();
	take_stock();
	if (run_hooks("disks", failed))
		printf("hook %s has failed\n", failed);
	/* What the hooks made has partitions of its own, perhaps. */
	take_stock();
	_exit(0);
}

/* --- the shell --- */

/* The terminal behind the console: only that can be a shell's own, with job control. */
static int open_terminal(void)
{
	char active[128], path[160];
	const char *last;
	int fd;

	place_read("/sys/class/tty/console/active", active, sizeof(active));
	active[strcspn(active, "\n")] = '\0';
	last = strrchr(active, ' ');
	snprintf(path, sizeof(path), "/dev/%s", last ? last + 1 : active);
	fd = open(path, O_RDWR);
	return fd < 0 ? open("/dev/console", O_RDWR) : fd;
}

static pid_t start_shell(void)
{
	const char *const argv[] = {"-sh", NULL};
	const char *const env[] = {"HOME=/root", "TERM=vt100", "USER=root",
				   "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid > 0 ? pid : 0;
	setsid();
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	fd = open_terminal();
	ioctl(fd, TIOCSCTTY, 1);
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
	if (chdir("/root"))
		say_verbose("/root: %s", strerror(errno));
	execve("/bin/sh", (char *const *)argv, (char *const *)env);
	say_error("/bin/sh: %s", strerror(errno));
	_exit(127);
}

/* The end of a shell hangs its terminal up: what we had open there takes nothing any more. */
static void reopen_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* --- while it lasts --- */

static void reap(struct beside *b)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		if (pid == b->network)
			b->network = 0;
		if (pid == b->disks)
			b->disks = 0;
		if (pid == b->ssh)
			b->ssh = 0;
		if (pid == b->shell) {
			b->shell = 0;
			b->shell_ms = clock_ms() + SHELL_PAUSE_MS;
			reopen_console();
			say("the shell has ended; here is another one");
		}
	}
}

static void keep_shell(struct beside *b)
{
	if (!b->shell && clock_ms() >= b->shell_ms)
		b->shell = start_shell();
}

/* Who is at the console hears when the network comes or goes. */
static void tell_network(struct beside *b, bool aloud)
{
	char text[sizeof(b->told)];

	place_read(RESCUE_NETWORK, text, sizeof(text));
	if (strcmp(text, b->told) == 0)
		return;
	memcpy(b->told, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	if (aloud)
		say("network: %s", text);
}

static bool from_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == 0;
}

/* One request. The answer is an empty string, or why not. Return: whether rescue is over. */
static bool answer(int fd, const struct keys *keys, struct keys *next)
{
	const struct timeval patience = {.tv_sec = 1};
	struct error err = {ERR_NONE, ""};
	struct rescue_request request;
	char buf[RESCUE_REQUEST_MAX];
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0 || !from_root(fd))
		return false;
	if (rescue_request_parse(buf, (size_t)n, &request, &err) == 0 && mounts_in_use(&err) == 0)
		rescue_keys(keys, &request, next, &err);
	send(fd, err.text, strlen(err.text) + 1, MSG_NOSIGNAL);
	return err.class == ERR_NONE;
}

static bool listen_once(struct beside *b, const struct keys *keys, struct keys *next)
{
	struct pollfd in = {.fd = b->control, .events = POLLIN};
	bool over = false;
	int fd;

	if (poll(&in, 1, TICK_MS) <= 0)
		return false;
	/* cppcheck-suppress nullPointer; accept(2): nobody asks who it is */
	fd = accept4(b->control, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return false;
	over = answer(fd, keys, next);
	close(fd);
	return over;
}

/* --- the end --- */

static bool all_gone(unsigned int ms)
{
	uint64_t end = clock_ms() + ms;

	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 && errno == ECHILD)
			return true;
		if (clock_ms() >= end)
			return false;
		if (pid == 0)
			usleep(20000);
	}
}

static void end_all(struct beside *b)
{
	if (b->control >= 0)
		close(b->control);
	unlink(RESCUE_CONTROL);
	kill(-1, SIGHUP);
	kill(-1, SIGTERM);
	if (!all_gone(END_MS)) {
		kill(-1, SIGKILL);
		if (!all_gone(END_MS))
			say_error("a process waits for a disk and cannot be ended; going on");
	}
	reopen_console();
	network_down();
}

/* In a child: what was written is on the disks then, and their file systems are clean. */
static void unmount_all(void)
{
	struct error err = {ERR_NONE, ""};

	if (mounts_undo(&err)) {
		reopen_console();
		say_error("%s", err.text);
	}
	sync();
	_exit(0);
}

void rescue_leave(void)
{
	pid_t child;

	/* not the first process, and not this one (kill(2)) */
	kill(-1, SIGTERM);
	usleep(LEAVE_TERM_MS * 1000);
	kill(-1, SIGKILL);
	usleep(LEAVE_KILL_MS * 1000);
	child = fork();
	if (child == 0)
		unmount_all();
	if (child > 0 && !all_gone(LEAVE_DISKS_MS)) {
		reopen_console();
		say_error("a disk does not take what was written; going down without it");
	}
}

void rescue(const struct keys *keys, const struct tried *tried, struct keys *next)
{
	struct beside b = {.control = -1};
	uint64_t greeting = clock_ms() + GREETING_MS;

	status_set("state", "rescue");
	make_places(tried);
	b.control = open_control();
	b.network = start_beside(RESCUE_DIR "/network.log");
	if (b.network < 0)
		network_keep(keys);
	b.disks = start_beside(RESCUE_DIR "/disks.log");
	if (b.disks < 0)
		look_at_disks();
#ifdef CONFIG_RESCUE_SSH
	if (ssh_prepare(keys->ssh_key) == 0) {
		b.ssh = start_beside(RESCUE_DIR "/ssh.log");
		if (b.ssh < 0)
			ssh_serve();
	}
#endif
	say("rescue: the shell comes when network and disks are there, in %u s at most",
	    GREETING_MS / 1000);
	do {
		usleep(TICK_MS * 1000);
		reap(&b);
		tell_network(&b, false);
	} while (clock_ms() < greeting && (b.disks || !b.told[0]));
	do {
		reap(&b);
		keep_shell(&b);
		tell_network(&b, true);
	} while (!listen_once(&b, keys, next));
	end_all(&b);
	say("rescue is over");
}
