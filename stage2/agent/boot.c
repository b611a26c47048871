/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The road of one boot, top to bottom:
 *
 *   vifs      which of my network interfaces may I boot from
 *   lease     DHCP on them, side by side
 *   menu      the PXELINUX configuration that this guest gets
 *   choice    the label that boots: the configuration's, or a person's at its menu
 *   plan      kernel, ramdisks, command line
 *   fetch     their bytes, into
 *   image     the next kernel's memory
 *   handover  the next kernel takes over; there is no return
 *
 * Each step takes the last one's result and knows nothing of the others.
 */
#include "boot.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "dhcp/dhcp.h"
#include "fetch/fetch.h"
#include "handover/handover.h"
#include "image/image.h"
#include "plan.h"
#include "policy/backoff.h"
#include "policy/terminal.h"
#ifdef CONFIG_MENU
#include "menu/menu.h"
#include "pxelinux/menu.h"
#endif
#include "pxelinux/plan.h"
#include "pxelinux/pxelinux.h"
#include "pxelinux/search.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/escape.h"
#include "util/random.h"
#include "util/units.h"
#include "vif/vif.h"
#include "xen/guest.h"
#include "xen/status.h"

#define MENU_BYTES_MAX (1024ULL * 1024)
#define KERNEL_BYTES_MAX (256ULL * 1024 * 1024)
#define TEXT_BYTES_MAX (64ULL * 1024) /* of what an F key shows */
#define MENU_HOPS_MAX 16 /* CONFIG directives followed, as INCLUDE's depth in syslinux */
#define TRIES 5
#define SEARCH_TRIES 4

/* One way's lifetime: what it holds until the hand-over or until it fails. */
struct attempt {
	const struct keys *keys;
	bool person; /* somebody is at the console and pressed a key */
	uint64_t deadline; /* clock_ms(): an answer must be there by then, see key "timeout" */
	struct vif_list vifs;
	const struct vif *vif; /* the one with the lease */
	struct lease lease;
	struct pxelinux_identity id;
	struct url base; /* server and prefix that file names are relative to */
	struct plan plan;
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	if (total == FETCH_SIZE_UNKNOWN)
		total = 0;
	status_set("bytes", "%llu", (unsigned long long)done);
	status_set("size", "%llu", (unsigned long long)total);
}

static struct fetch_options fetch_options(const struct attempt *a)
{
	struct fetch_options opt = {.tries = TRIES, .progress = progress};

	snprintf(opt.ifname, sizeof(opt.ifname), "%s", a->vif->name);
	return opt;
}

/* vifs: this guest's interfaces, less those that the key "vif" leaves out. */
static int find_vifs(struct attempt *a, struct error *err)
{
	char mac[VIF_MAC_SIZE];

	status_set("state", "vif");
	if (vif_find(&a->vifs, "/sys", false, err) || vif_choose(&a->vifs, a->keys->vif, err))
		return -1;
	for (size_t i = 0; i < a->vifs.n; i++) {
		const struct vif *vif = &a->vifs.vif[i];

		say("vif %u (%s): MAC %s", vif->index, vif->name, vif_mac(mac, vif->mac));
		if (vif_up(vif, err))
			return -1;
	}
	return 0;
}

/* lease: an address on the interface that is served first. */
static int get_lease(struct attempt *a, struct error *err)
{
	struct dhcp_options opt = {.timeout_s = a->keys->timeout_s, .user_class = "xenpxe"};
	char addr[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN], mac[VIF_MAC_SIZE];
	size_t chosen;

	status_set("state", "lease");
	opt.has_uuid = guest_uuid(opt.uuid);
	if (dhcp_lease(&a->vifs, &opt, &chosen, &a->lease, err))
		return -1;
	a->vif = &a->vifs.vif[chosen];
	if (a->keys->server.s_addr)
		a->lease.next_server = a->keys->server;
	if (vif_configure(a->vif, &a->lease, err))
		return -1;

	a->id.addr = a->lease.addr;
	a->id.has_uuid = opt.has_uuid;
	memcpy(a->id.uuid, opt.uuid, sizeof(a->id.uuid));
	memcpy(a->id.mac, a->vif->mac, sizeof(a->id.mac));
	inet_ntop(AF_INET, &a->lease.addr, addr, sizeof(addr));
	inet_ntop(AF_INET, &a->lease.next_server, server, sizeof(server));
	say("vif %u: address %s (%08X), server %s", a->vif->index, addr,
	    ntohl(a->lease.addr.s_addr), server);
	status_set("vif", "%u", a->vif->index);
	status_set("mac", "%s", vif_mac(mac, a->vif->mac));
	status_set("ip", "%s", addr);
	status_set("server", "%s", server);
	return 0;
}

/* Where file names start: option 210, else the directory of the boot file. */
static int find_base(struct attempt *a, struct error *err)
{
	struct url server = {.scheme = URL_TFTP, .server = a->lease.next_server, .port = 69};
	const struct lease *lease = &a->lease;

	a->base = server;
	if (lease->has_pxe_prefix)
		return lease->pxe_prefix[0] ? url_join(&a->base, &server, lease->pxe_prefix,
						       strlen(lease->pxe_prefix), err)
					    : 0;
	return url_prefix(&a->base, lease->bootfile, strlen(lease->bootfile), err);
}

/* Fetch and read one configuration. */
static int read_config(struct attempt *a, const struct url *url, unsigned int tries,
		       struct pxelinux_config *config, struct error *err)
{
	struct fetch_options opt = fetch_options(a);
	char shown[128];
	uint8_t *text;
	size_t len;
	int ret;

	opt.quiet = true;
	opt.progress = NULL;
	opt.tries = tries;
	opt.max_size = MENU_BYTES_MAX;
	if (fetch_memory(url, &opt, &text, &len, NULL, err))
		return -1;
	say("configuration %s (%zu bytes)", url_show(shown, sizeof(shown), url), len);
	status_set("config", "%s", url->path);
	ret = pxelinux_parse(text, len, config, err);
	free(text);
	if (ret)
		return error_prefix(err, "%s", shown);
	for (size_t i = 0; i < config->n_warning && i < PXELINUX_WARNING_MAX; i++)
		say("%s:%u: %s", shown, config->warning[i].line, config->warning[i].text);
	return 0;
}

/* A configuration that is asked for by name: by the key "config" or by a CONFIG directive. */
static int named_config(struct attempt *a, const char *name, struct pxelinux_config *config,
			struct error *err)
{
	struct url url;

	return url_join(&url, &a->base, name, strlen(name), err) ||
			       read_config(a, &url, TRIES, config, err)
		       ? -1
		       : 0;
}

/* menu: the first name of the search that the server has. */
static int find_config(struct attempt *a, struct pxelinux_config *config, struct error *err)
{
	const char *dir = a->keys->config_dir[0] ? a->keys->config_dir : "pxelinux.cfg";
	struct pxelinux_search search;
	char server[INET_ADDRSTRLEN];
	struct error last = {ERR_NONE, ""};

	status_set("state", "menu");
	if (find_base(a, err))
		return -1;
	if (a->keys->config[0])
		return named_config(a, a->keys->config, config, err);

	pxelinux_search(&search, &a->id, a->lease.pxe_config, dir);
	for (size_t i = 0; i < search.n; i++) {
		struct url url;

		/* Option 209 may name what this image cannot fetch: the search goes on. */
		if (url_join(&url, &a->base, search.name[i], strlen(search.name[i]), err)) {
			say_error("%s", err->text);
			last = *err;
			continue;
		}
		if (read_config(a, &url, SEARCH_TRIES, config, err) == 0)
			return 0;
		if (err->class == ERR_CONFIG || err->class == ERR_MEMORY)
			return -1;
		if (err->class != ERR_NOT_FOUND) {
			/* Not found is the usual case and says nothing; this is worth a line. */
			say_error("%s", err->text);
			last = *err;
		} else {
			say_verbose("%s", err->text);
		}
		if (clock_ms() > a->deadline)
			return error_set(err, ERR_TIMEOUT,
					 "no configuration within %u s; the last thing heard: %s",
					 a->keys->timeout_s,
					 last.class ? last.text : "file not found");
	}
	if (last.class) {
		*err = last;
		return error_prefix(err, "no configuration");
	}
	inet_ntop(AF_INET, &a->base.server, server, sizeof(server));
	return error_set(err, ERR_NOT_FOUND,
			 "no configuration: server %s has none of the %zu files from %s to %s "
			 "(prefix \"%.100s\")",
			 server, search.n, search.name[0], search.name[search.n - 1], a->base.path);
}

/* CONFIG: another configuration, in another directory if it says so. */
static int follow_config(struct attempt *a, const struct pxelinux_choice *choice,
			 struct pxelinux_config *config, struct error *err)
{
	char name[PXELINUX_NAME_MAX + 1];
	struct url dir;
	int n;

	if (named_config(a, choice->kernel, config, err))
		return -1;
	if (!choice->args[0])
		return 0;
	/* Names are put behind the prefix as it is, so a directory ends in a slash. */
	n = snprintf(name, sizeof(name), "%s%s", choice->args,
		     choice->args[strlen(choice->args) - 1] == '/' ? "" : "/");
	if (url_join(&dir, &a->base, name, n < (int)sizeof(name) ? (size_t)n : sizeof(name) - 1,
		     err)) {
		pxelinux_free(config);
		return -1;
	}
	a->base = dir;
	return 0;
}

#ifdef CONFIG_MENU
/* One question to a person: what it is about, and what comes of the answer. */
struct question {
	struct attempt *attempt;
	const struct pxelinux_sysinfo *info;
	const struct pxelinux_ask *menu;
	struct pxelinux_choice *choice;
};

static int accept_decision(void *ctx, const struct menu_decision *decision, struct error *err)
{
	struct question *q = ctx;

	return pxelinux_ask_choose(q->menu, decision, q->info, q->choice, err);
}

static char *fetch_text(void *ctx, const char *name, size_t *len, struct error *err)
{
	struct attempt *a = ((struct question *)ctx)->attempt;
	struct fetch_options opt = fetch_options(a);
	struct url url;
	uint8_t *text;

	opt.quiet = true;
	opt.progress = NULL;
	opt.tries = SEARCH_TRIES;
	opt.max_size = TEXT_BYTES_MAX;
	if (url_join(&url, &a->base, name, strlen(name), err) ||
	    fetch_memory(&url, &opt, &text, len, NULL, err))
		return NULL;
	return (char *)text;
}

/* choice: a person's, or the configuration's own when nobody makes one in time. */
static int ask_person(struct attempt *a, const struct pxelinux_config *config, const char *label,
		      const struct pxelinux_sysinfo *info, struct pxelinux_choice *choice,
		      struct error *err)
{
	bool plain = a->keys->form == CONSOLE_FORM_PLAIN;
	struct pxelinux_ask menu;
	struct question q = {a, info, &menu, choice};
	const struct menu_host host = {accept_decision, fetch_text, &q};
	int ret;

	status_set("state", "choice");
	ret = pxelinux_ask_make(config, label, a->keys->timeout_s, &menu, err) ||
			      menu_ask(&menu.menu, plain, &host, err)
		      ? -1
		      : 0;
	pxelinux_ask_free(&menu);
	return ret;
}
#endif

/* choice: the administrator's key, a person's where the configuration asks, or its own. */
static int choose(struct attempt *a, const struct pxelinux_config *config, bool first,
		  const struct pxelinux_sysinfo *info, struct pxelinux_choice *choice,
		  struct error *err)
{
	/* The administrator's label is one of the first configuration, not of what CONFIG names. */
	const char *label = first ? a->keys->label : "";

#ifdef CONFIG_MENU
	/* Who pressed a key wants to be asked, as with Shift at PXELINUX's start; NOESCAPE is
	 * against both. A label that the administrator gave needs no question. */
	if (a->person ? !config->noescape || pxelinux_asks(config)
		      : !label[0] && pxelinux_asks(config))
		return ask_person(a, config, label, info, choice, err);
#endif
	return pxelinux_choose(config, label, info, choice, err);
}

/* choice, plan: from the configuration to URLs; CONFIG directives are followed. */
static int make_plan(struct attempt *a, struct error *err)
{
	struct pxelinux_config config = {0};
	struct pxelinux_choice choice;
	struct pxelinux_sysinfo info;
	unsigned int hops;
	int ret;

	if (find_config(a, &config, err))
		return -1;
	info = (struct pxelinux_sysinfo){.id = a->id,
					 .server = a->base.server,
					 .gateway = a->lease.router,
					 .netmask = a->lease.netmask};
	for (hops = 0;; hops++) {
		ret = choose(a, &config, hops == 0, &info, &choice, err);
		pxelinux_free(&config);
		if (ret)
			return -1;
		if (choice.type != PXELINUX_CONFIG)
			break;
		if (hops == MENU_HOPS_MAX)
			ret = error_set(err, ERR_CONFIG,
					"more than %d CONFIG directives one after the other",
					MENU_HOPS_MAX);
		else
			ret = follow_config(a, &choice, &config, err);
		pxelinux_choice_free(&choice);
		if (ret)
			return -1;
	}
	ret = pxelinux_plan(&choice, &a->base, a->keys, &a->plan, err);
	pxelinux_choice_free(&choice);
	if (ret)
		return -1;
	status_set("label", "%s", a->plan.label);
	say("label %s%s", a->plan.label, a->plan.kind == PLAN_LOCAL ? ": LOCALBOOT" : "");
	if (a->plan.kind == PLAN_NET)
		say("command line: %s", escape_str((char[1100]){""}, 1100, a->plan.cmdline));
	return 0;
}

/* A ramdisk's bytes go to where the next kernel will find them. */
struct ramdisk_sink {
	uint8_t *at;
	uint64_t left;
	const char *what;
};

static int ramdisk_data(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	struct ramdisk_sink *sink = ctx;

	if (len > sink->left)
		return error_set(err, ERR_SERVER, "%s has grown since the server told its size",
				 sink->what);
	memcpy(sink->at, data, len);
	sink->at += len;
	sink->left -= len;
	return 0;
}

/* A ramdisk whose size no server told: it has to be fetched before the image can be laid out. */
struct early_ramdisk {
	uint8_t *data;
	size_t len;
};

static uint64_t padded(uint64_t size)
{
	/* Linux, init/initramfs.c: archives follow each other at multiples of four bytes */
	return (size + 3) & ~3ULL;
}

/* fetch: how large the ramdisks are. */
static int size_ramdisks(struct attempt *a, uint64_t size[], struct early_ramdisk early[],
			 struct error *err)
{
	for (size_t i = 0; i < a->plan.n_initrd; i++) {
		struct fetch_options opt = fetch_options(a);

		opt.max_size = guest_memory_available();
		if (fetch_size(&a->plan.initrd[i], &opt, &size[i], err))
			return -1;
		if (size[i] != FETCH_SIZE_UNKNOWN)
			continue;
		if (fetch_memory(&a->plan.initrd[i], &opt, &early[i].data, &early[i].len, NULL,
				 err))
			return -1;
		size[i] = early[i].len;
	}
	return 0;
}

/* fetch: the ramdisks' bytes, straight into the image. */
static int fill_ramdisks(struct attempt *a, struct image *image, const uint64_t size[],
			 const struct early_ramdisk early[], struct error *err)
{
	uint8_t *at = image_ramdisk_data(image);

	for (size_t i = 0; i < a->plan.n_initrd; i++) {
		struct fetch_options opt = fetch_options(a);
		char shown[128];
		struct ramdisk_sink sink = {.at = at, .left = size[i], .what = shown};
		struct fetch_sink to = {.data = ramdisk_data, .ctx = &sink};

		at += padded(size[i]);
		if (early[i].data) {
			memcpy(sink.at, early[i].data, early[i].len);
			continue;
		}
		url_show(shown, sizeof(shown), &a->plan.initrd[i]);
		status_set("file", "%s", shown);
		opt.max_size = size[i];
		if (fetch_file(&a->plan.initrd[i], &opt, &to, NULL, err))
			return -1;
		if (sink.left)
			return error_set(err, ERR_SERVER,
					 "%s has shrunk since the server told its size", shown);
	}
	return 0;
}

/* fetch, image: everything into memory. On success *image is complete. */
static int make_image(struct attempt *a, const struct handover *handover, struct image **out,
		      struct error *err)
{
	struct early_ramdisk early[PLAN_INITRD_MAX] = {{NULL, 0}};
	uint64_t size[PLAN_INITRD_MAX] = {0}, total = 0, start;
	struct fetch_options opt = fetch_options(a);
	struct image *image;
	char shown[128];
	uint8_t *kernel;
	size_t len;
	int ret;

	*out = NULL;
	if (image_new(&image, &handover->domain, a->plan.cmdline, err))
		return -1;
	status_set("state", "fetch");
	status_set("file", "%s", url_show(shown, sizeof(shown), &a->plan.kernel));
	opt.max_size = guest_memory_available();
	if (opt.max_size > KERNEL_BYTES_MAX)
		opt.max_size = KERNEL_BYTES_MAX;
	ret = fetch_memory(&a->plan.kernel, &opt, &kernel, &len, NULL, err);
	if (!ret) {
		start = clock_ms();
		ret = image_kernel(image, kernel, len, err);
		if (ret)
			error_prefix(err, "%s", shown);
		else
			say_verbose("kernel unpacked in %llu ms",
				    (unsigned long long)(clock_ms() - start));
	}
	if (!ret)
		ret = size_ramdisks(a, size, early, err);
	if (!ret) {
		status_set("state", "image");
		for (size_t i = 0; i < a->plan.n_initrd; i++)
			total = padded(total) + size[i];
		image_ramdisk(image, total);
		ret = image_build(image, guest_memory_available(), err);
	}
	if (!ret)
		ret = fill_ramdisks(a, image, size, early, err);
	for (size_t i = 0; i < a->plan.n_initrd; i++)
		free(early[i].data);
	if (ret)
		image_free(image);
	else
		*out = image;
	return ret;
}

/* handover */
static int take_over(struct attempt *a, struct handover *handover, struct image *image,
		     struct error *err)
{
	struct error ignored;

	say("handing this domain over to %s",
	    escape_str((char[256]){""}, 256, a->plan.kernel.path));
	status_set("state", "handover");
	status_set("error", "%s", "");
	vif_down(a->vif, &ignored);
	status_close();
	handover_run(handover, image, err);
	status_open();
	return -1;
}

/* The way "net". Returns only when it failed. */
static int boot_net(const struct keys *keys, bool person, struct lease *lease, struct error *err)
{
	struct attempt a = {
		.keys = keys, .person = person, .deadline = clock_ms() + keys->timeout_s * 1000ULL};
	struct handover handover;
	struct image *image = NULL;
	struct error ignored;
	int ret;

	if (handover_open(&handover, err))
		return -1;
	ret = find_vifs(&a, err) || get_lease(&a, err) || make_plan(&a, err);
	*lease = a.lease;
	if (!ret && a.plan.kind == PLAN_LOCAL)
		ret = error_set(err, ERR_UNSUPPORTED,
				"the configuration says LOCALBOOT, but this image has no local "
				"boot; give the label a kernel, or use another bootloader for "
				"this guest");
	ret = ret || make_image(&a, &handover, &image, err) || take_over(&a, &handover, image, err);
	image_free(image);
	handover_close(&handover);
	for (size_t i = 0; i < a.vifs.n; i++)
		vif_down(&a.vifs.vif[i], &ignored);
	return ret;
}

static int boot_way(enum way way, const struct keys *keys, bool person, struct lease *lease,
		    struct error *err)
{
	status_set("way", "%s", way_name(way));
	if (way == WAY_NET)
		return boot_net(keys, person, lease, err);
	return error_set(err, ERR_UNSUPPORTED, "this image has no %s",
			 way == WAY_LOCAL ? "local boot" : "rescue system");
}

static void power(int how, const char *what)
{
	say("%s", what);
	sync();
	reboot(how);
}

/* What the key "fail" says, after a round in which every way failed. Return: was a key pressed? */
static bool after_failure(const struct keys *keys, unsigned int failures, const struct lease *lease)
{
	unsigned int seconds;

	switch (keys->fail) {
	case FAIL_POWEROFF:
		power(RB_POWER_OFF, "every way failed: powering off (fail=poweroff)");
		break;
	case FAIL_REBOOT:
		power(RB_AUTOBOOT, "every way failed: rebooting (fail=reboot)");
		break;
	case FAIL_CRASH:
		say("every way failed: crashing this domain (fail=crash)");
		/* The end of the first process is the kernel's panic, and so Xen's crash. */
		_exit(ERR_SYSTEM);
	case FAIL_RESCUE:
		say_error("every way failed, and this image has no rescue system "
			  "(fail=rescue): going on as with fail=retry");
		break;
	case FAIL_RETRY:
		break;
	}
	seconds = backoff_seconds(failures, lease->has_reboot_time, lease->reboot_time);
	status_set("state", "waiting");
	return terminal_wait(seconds, "every way failed");
}

void boot(const struct keys *keys)
{
	unsigned int failures = 0;
	struct lease lease = {.seconds = 0};
	bool person = false;
	uint8_t nonce[16];

	/* What is in the guest's part of xenstore after the hand-over shows that it is the
	 * same domain: nobody else can know this number. */
	random_bytes(nonce, sizeof(nonce));
	status_set("nonce", "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x",
		   nonce[0], nonce[1], nonce[2], nonce[3], nonce[4], nonce[5], nonce[6], nonce[7],
		   nonce[8], nonce[9], nonce[10], nonce[11], nonce[12], nonce[13], nonce[14],
		   nonce[15]);
	for (;;) {
		char why[1024]; /* of every way: the last one's alone is seldom what matters */
		size_t len = 0;

		for (size_t i = 0; i < keys->n_boot; i++) {
			struct error err = {ERR_NONE, ""};

			boot_way(keys->boot[i], keys, person, &lease, &err);
			say_error("%s: %s", way_name(keys->boot[i]), err.text);
			if (len < sizeof(why))
				len += (size_t)snprintf(why + len, sizeof(why) - len, "%s%s: %s",
							i ? "; " : "", way_name(keys->boot[i]),
							err.text);
			status_set("state", "failed");
			status_set("error", "%s", why);
			if (i == 0)
				status_set("error-class", "%s", error_class_name(err.class));
		}
		person = after_failure(keys, ++failures, &lease);
	}
}
