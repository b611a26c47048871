/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/verbs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "localboot/locate.h"
#include "localboot/plan.h"
#include "localboot/volumes.h"
#include "rescue/inventory.h"
#include "rescue/mounts.h"
#include "rescue/network.h"
#include "rescue/place.h"
#include "rescue/request.h"
#include "util/console.h"
#include "util/escape.h"
#include "version.h"

#define ANSWER_S 10 /* for the first process */
#define LIST_TIMEOUT_S 10 /* for the network part of "entries" */
#define TITLE_MAX 100

static int refuse(const struct error *err)
{
	fprintf(stderr, "xenpxe-agent: %s\n", err->text);
	return (int)err->class;
}

/* --- status, disks --- */

static void print_text(const char *path, const char *before, const char *otherwise)
{
	char *text = malloc(RESCUE_TEXT_MAX);

	if (!text || !place_read(path, text, RESCUE_TEXT_MAX)) {
		printf("%s%s\n", before, otherwise);
		free(text);
		return;
	}
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		printf("%s%.*s\n", before, (int)len, line);
		line += len + (line[len] == '\n');
	}
	free(text);
}

static int status(void)
{
	printf("\nxenpxe %s, image \"%s\": rescue\n\nTried:\n", XENPXE_VERSION, CONFIG_IMAGE_NAME);
	print_text(RESCUE_TRIED, "  ", "nothing yet");
	print_text(RESCUE_NETWORK, "\nNetwork: ", "no address yet");
#ifdef CONFIG_RESCUE_SSH
	print_text(RESCUE_SSH, "SSH: ", "off");
#endif
	printf("\nDisks, write-protected until \"xenpxe-writable DISK\" or \"xenpxe-mount -w DISK\":\n");
	print_text(RESCUE_DISKS, "",
		   "  they are still being looked at; xenpxe-agent disks tells more");
	printf("\nNext:\n"
	       "  xenpxe-mount DISK        look at it below /mnt; -w DISK: write to it\n"
	       "  xenpxe-chroot            a shell of the system below /mnt\n"
	       "  xenpxe-agent entries     what can be booted; then xenpxe-agent boot NUMBER\n"
	       "  xenpxe-agent retry       do again what the guest's configuration says\n"
	       "  xenpxe-agent status      this text, as it is then\n\n");
	return 0;
}

static int disks(void)
{
	inventory_write(stdout);
	return 0;
}

/* --- entries: a number for each, and a word for "boot" behind each number --- */

struct listing {
	unsigned int n;
	FILE *words;
};

static void list(struct listing *l, const char *word, const char *text, const char *problem)
{
	char shown[TITLE_MAX * 4 + 1], why[600];

	printf("%4u  %s", ++l->n, escape(shown, sizeof(shown), text, strnlen(text, TITLE_MAX)));
	if (problem)
		printf("  (cannot boot: %s)", escape_str(why, sizeof(why), problem));
	putchar('\n');
	if (l->words)
		fprintf(l->words, "%s\n", word);
}

static void list_local(struct listing *l, const struct keys *keys)
{
	/* The menu that "boot local:NUMBER" will count in: not what the guest's --kernel says */
	const struct rescue_request any = {.verb = RESCUE_BOOT, .way = WAY_LOCAL};
	struct local_volumes *volumes = NULL;
	struct local_menu menu = {.n = 0};
	struct error err = {ERR_NONE, ""};
	struct local_files files;
	char shown[300], word[32];
	struct keys next;

	if (rescue_keys(keys, &any, &next, &err) || local_open_beside(&volumes, &err) ||
	    local_look(volumes, &next, &menu, &err)) {
		printf("Local: %s\n", err.text);
		local_close(volumes);
		return;
	}
	files = local_files(volumes);
	printf("Local, from %s:\n",
	       escape_str(shown, sizeof(shown), menu.n ? menu.entry[0].source : ""));
	for (size_t i = 0; i < menu.n; i++) {
		const struct local_entry *e = &menu.entry[i];

		local_check(&files, &menu.entry[i], NULL);
		snprintf(word, sizeof(word), "local:%zu", i);
		list(l, word, e->title, e->problem);
	}
	for (size_t i = 0; i < menu.n_warning; i++)
		printf("      %s\n", menu.warning[i]);
	local_menu_free(&menu);
	local_close(volumes);
}

static void list_net(struct listing *l, const struct keys *guest_keys)
{
	struct keys keys = *guest_keys;
	struct pxelinux_config config = {0};
	struct error err = {ERR_NONE, ""};
	struct boot_network network;
	char shown[200];
	struct url url;

	/* A person waits for the list, and a server that is off is no reason to. */
	if (keys.timeout_s > LIST_TIMEOUT_S)
		keys.timeout_s = LIST_TIMEOUT_S;
	if (network_read(&network, &err) || boot_config(&keys, &network, &config, &url, &err)) {
		printf("Network: %s\n", err.text);
		return;
	}
	printf("Network, from %s:\n", url_show(shown, sizeof(shown), &url));
	for (size_t i = 0; i < config.n_entry; i++) {
		const struct pxelinux_entry *e = &config.entry[i];
		char *word, *text;

		if (!e->label[0] || e->disabled || e->type == PXELINUX_MENU)
			continue;
		if (asprintf(&word, "net:%s", e->label) < 0)
			break;
		if (asprintf(&text, "%s%s%s", e->label, e->menu_label ? "  " : "",
			     e->menu_label ? e->menu_label : "") >= 0) {
			list(l, word, text, NULL);
			free(text);
		}
		free(word);
	}
	pxelinux_free(&config);
}

static int entries(const struct keys *keys)
{
	struct listing l = {.n = 0, .words = place_write(RESCUE_ENTRIES)};

	list_local(&l, keys);
	list_net(&l, keys);
	place_done(l.words, RESCUE_ENTRIES);
	printf("\nxenpxe-agent boot NUMBER [ARGUMENT]...\n");
	return l.n ? 0 : ERR_NOT_FOUND;
}

/* The word behind a number that "entries" has shown. Return: in @buf; NULL: @err. */
static const char *word_of(const char *number, char *buf, struct error *err)
{
	unsigned long n = strtoul(number, NULL, 10);
	char *at = buf;

	if (!place_read(RESCUE_ENTRIES, buf, RESCUE_TEXT_MAX)) {
		error_set(err, ERR_USAGE,
			  "what %.10s is nobody knows before \"xenpxe-agent entries\"", number);
		return NULL;
	}
	while (--n && *at) {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	if (!*at) {
		error_set(err, ERR_USAGE, "there is no entry %.10s: see \"xenpxe-agent entries\"",
			  number);
		return NULL;
	}
	at[strcspn(at, "\n")] = '\0';
	return at;
}

/* --- boot, retry --- */

static int ask_first_process(const struct rescue_request *request, struct error *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = RESCUE_CONTROL};
	const struct timeval patience = {.tv_sec = ANSWER_S};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	char buf[RESCUE_REQUEST_MAX];
	size_t len = rescue_request_make(request, buf);
	ssize_t n = -1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    send(fd, buf, len, MSG_NOSIGNAL) == (ssize_t)len)
		n = recv(fd, buf, sizeof(buf) - 1, 0);
	if (n <= 0) {
		error_set(err, ERR_SYSTEM, "%s: %s; is this a guest in rescue?", RESCUE_CONTROL,
			  n ? strerror(errno) : "no answer");
		close(fd);
		return -1;
	}
	close(fd);
	buf[n] = '\0';
	return buf[0] ? error_set(err, ERR_SYSTEM, "%s", buf) : 0;
}

/* Let go of all disks, on which nothing is mounted any more: nothing is forced, and until this has
 * succeeded nothing is given up. */
static int release_disks(struct error *err)
{
	char failed[64];

	if (run_hooks("boot", failed))
		return error_set(err, ERR_SYSTEM, "hook %s says no (see above)", failed);
	return mounts_in_use(err);
}

/* It stays here: as at the start of rescue. */
static void restore_disks(void)
{
	struct error why;
	char failed[64];

	if (run_hooks("disks", failed)) {
		error_set(&why, ERR_SYSTEM, "hook %s says no (see above)", failed);
		refuse(&why);
	}
	error_set(&why, ERR_SYSTEM,
		  "everything was unmounted; volumes and arrays are there again, write-protected");
	refuse(&why);
}

/* Is it there? Better said here than when the shell is gone. */
static int check_local(const struct keys *keys, const struct rescue_request *request,
		       struct error *err)
{
	struct local_volumes *volumes = NULL;
	struct local_menu menu = {.n = 0};
	struct keys next;
	struct plan plan;
	int ret;

	if (rescue_keys(keys, request, &next, err))
		return -1;
	/* If it is not, what may be written to stays so. */
	ret = local_open_beside(&volumes, err) || local_look(volumes, &next, &menu, err);
	if (!ret) {
		for (size_t i = 0; i < menu.n_warning; i++)
			fprintf(stderr, "%s\n", menu.warning[i]);
		ret = local_plan(volumes, &menu.entry[menu.chosen], &next, &plan, err);
		local_menu_free(&menu);
	}
	local_close(volumes);
	return ret ? -1 : 0;
}

static int go(const struct keys *keys, const struct rescue_request *request)
{
	struct error err = {ERR_NONE, ""};

	if (mounts_undo(&err))
		return refuse(&err);
	if (release_disks(&err) ||
	    (request->verb == RESCUE_BOOT && request->way == WAY_LOCAL &&
	     check_local(keys, request, &err)) ||
	    ask_first_process(request, &err)) {
		restore_disks();
		return refuse(&err);
	}
	return 0;
}

static int boot_entry(int argc, char *const argv[], const struct keys *keys)
{
	const char *words[256];
	struct rescue_request request;
	struct error err;
	char *known;
	int ret;

	if (argc < 2 || argc > 256) {
		fprintf(stderr,
			"usage: xenpxe-agent boot ENTRY [ARGUMENT]...\n"
			"ENTRY: a number of \"xenpxe-agent entries\", local[:ENTRY], "
			"net[:LABEL],\nor a kernel's path, whose ramdisks are initrd=PATH\n");
		return ERR_USAGE;
	}
	for (int i = 1; i < argc; i++)
		words[i - 1] = argv[i];
	known = malloc(RESCUE_TEXT_MAX);
	if (!known)
		return ERR_MEMORY;
	ret = 0;
	if (words[0][0] && words[0][strspn(words[0], "0123456789")] == '\0') {
		words[0] = word_of(words[0], known, &err);
		ret = words[0] ? 0 : -1;
	}
	if (ret || rescue_request_from_words(words, (size_t)argc - 1, &request, &err))
		ret = refuse(&err);
	else
		ret = go(keys, &request);
	free(known);
	return ret;
}

int rescue_verb(int argc, char *const argv[], const struct keys *keys)
{
	const struct rescue_request retry = {.verb = RESCUE_RETRY, .way = WAY_NET};

	/* What reading configurations has to say is for "verbose". */
	console_setup(CONSOLE_QUIET, true);
	if (strcmp(argv[0], "boot") == 0)
		return boot_entry(argc, argv, keys);
	if (argc != 1)
		return -1;
	if (strcmp(argv[0], "status") == 0)
		return status();
	if (strcmp(argv[0], "disks") == 0)
		return disks();
	if (strcmp(argv[0], "entries") == 0)
		return entries(keys);
	if (strcmp(argv[0], "retry") == 0)
		return go(keys, &retry);
	return -1;
}
