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
 * By the guest's own disk it begins with
 *
 *   disks     its file systems, read-only
 *   menu      the boot menu that lies on them
 *
 * and from the choice on it is the same.
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
#include "dhcp/static.h"
#include "fetch/fetch.h"
#include "handover/handover.h"
#include "image/image.h"
#ifdef CONFIG_LOCALBOOT
#ifdef CONFIG_MENU
#include "localboot/locate.h"
#include "localboot/menu.h"
#endif
#include "localboot/plan.h"
#include "localboot/volumes.h"
#endif
#include "plan.h"
#include "policy/backoff.h"
#include "policy/terminal.h"
#include "policy/tried.h"
#ifdef CONFIG_MENU
#include "menu/menu.h"
#include "pxelinux/menu.h"
#endif
#include "pxelinux/display.h"
#include "pxelinux/load.h"
#include "pxelinux/plan.h"
#include "pxelinux/pxelinux.h"
#include "pxelinux/search.h"
#ifdef CONFIG_RESCUE
#include "rescue/rescue.h"
#endif
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
#define TEXT_BYTES_MAX (64ULL * 1024) /* of what DISPLAY and an F key show */
#define EARLY_PART 8 /* of the free memory: ramdisks that are fetched beside the kernel */
#define TRIES 5
#define SEARCH_TRIES 4

/* One way's lifetime: what it holds until the hand-over or until it fails. */
struct attempt {
	const struct keys *keys;
	bool person; /* somebody is at the console and pressed a key */
	uint64_t deadline; /* clock_ms(): an answer must be there by then, see key "timeout" */
	struct vif_list vifs;
	uint64_t up_ms; /* clock_ms(): when these were set up */
	const struct vif *vif; /* the one with the lease; NULL: no network is used */
	struct lease lease;
	struct dhcp_keeper keeper; /* of the lease */
	struct pxelinux_identity id;
	struct url base; /* server and prefix that file names are relative to */
	struct url config; /* the main configuration */
	struct url shown; /* the one in force, which a menu may have named */
	struct plan plan;
	struct plan onerror; /* what boots if the server does not have the plan's files */
	bool has_onerror;
	struct local_volumes *volumes; /* the disks that local boot has open; NULL: none */
};

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	if (total == FETCH_SIZE_UNKNOWN)
		total = 0;
	status_set("bytes", "%llu", (unsigned long long)done);
	status_set("size", "%llu", (unsigned long long)total);
}

static struct fetch_options fetch_options(struct attempt *a)
{
	struct fetch_options opt = {.tries = TRIES,
				    .progress = progress,
				    .tick = dhcp_keep_tick,
				    .tick_ctx = &a->keeper};

	if (a->vif)
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
	a->up_ms = clock_ms();
	return 0;
}

/* The key "ip" may name an interface: the others are left alone. */
static int keep_device(struct vif_list *list, const char *device, struct error *err)
{
	char shown[40];

	for (size_t i = 0; *device && i < list->n; i++) {
		if (strcmp(list->vif[i].name, device) != 0)
			continue;
		list->vif[0] = list->vif[i];
		list->n = 1;
		return 0;
	}
	if (!*device)
		return 0;
	error_set(err, ERR_NO_VIF, "xenpxe.ip: there is no interface %s to boot from",
		  escape_str(shown, sizeof(shown), device));
	return -1;
}

/* The address that the key "ip" gives. */
static int get_static(struct attempt *a, struct error *err)
{
	a->vif = &a->vifs.vif[0];
	if (!a->lease.next_server.s_addr && !a->keys->server.s_addr)
		return error_set(err, ERR_USAGE,
				 "xenpxe.ip names no server: its second field, or xenpxe.server=");
	return vif_configure(a->vif, &a->lease, err);
}

/* An address on the interface that is served first. */
static int get_dynamic(struct attempt *a, const struct dhcp_options *opt, struct error *err)
{
	size_t chosen;

	if (dhcp_lease(&a->vifs, opt, &chosen, &a->lease, err))
		return -1;
	status_set("lease-ms", "%llu", (unsigned long long)(clock_ms() - a->up_ms));
	a->vif = &a->vifs.vif[chosen];
	return vif_configure(a->vif, &a->lease, err) ||
			       dhcp_ask_proxy(a->vif, a->lease.addr, opt, &a->lease, err) ||
			       dhcp_keep(&a->keeper, a->vif, opt, &a->lease, err)
		       ? -1
		       : 0;
}

/* As whom this guest asks for its configuration. */
static void identify(struct attempt *a)
{
	a->id.addr = a->lease.addr;
	a->id.has_uuid = guest_uuid(a->id.uuid);
	memcpy(a->id.mac, a->vif->mac, sizeof(a->id.mac));
}

/* lease */
static int get_lease(struct attempt *a, struct error *err)
{
	struct dhcp_options opt = {.timeout_s = a->keys->timeout_s,
				   .user_class = "xenpxe",
				   .client_id = a->keys->client_id};
	char addr[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN], mac[VIF_MAC_SIZE];
	char device[IFNAMSIZ] = "";
	bool is_static = false;

	status_set("state", "lease");
	opt.has_uuid = guest_uuid(opt.uuid);
	if (a->keys->ip[0] && (static_lease(a->keys->ip, &a->lease, device, &is_static, err) ||
			       keep_device(&a->vifs, device, err)))
		return -1;
	if (is_static ? get_static(a, err) : get_dynamic(a, &opt, err))
		return -1;
	if (a->keys->server.s_addr)
		a->lease.next_server = a->keys->server;

	identify(a);
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

/* One file of a configuration. */
struct menu_reader {
	struct attempt *attempt;
	unsigned int tries;
};

static int read_menu_file(void *ctx, const struct url *url, uint8_t **text, size_t *len,
			  struct error *err)
{
	struct menu_reader *r = ctx;
	struct fetch_options opt = fetch_options(r->attempt);
	char shown[128];

	opt.quiet = true;
	opt.progress = NULL;
	opt.tries = r->tries;
	opt.max_size = MENU_BYTES_MAX;
	if (fetch_memory(url, &opt, text, len, NULL, err))
		return -1;
	say("configuration %s (%zu bytes)", url_show(shown, sizeof(shown), url), *len);
	return 0;
}

/* A text for people: of DISPLAY, an F key, MENU HELP. Return: malloc()ed lines; NULL: @err. */
static char *fetch_display(struct attempt *a, const char *name, struct error *err)
{
	struct fetch_options opt = fetch_options(a);
	struct url url;
	uint8_t *text;
	size_t len;

	opt.quiet = true;
	opt.progress = NULL;
	opt.tries = SEARCH_TRIES;
	opt.max_size = TEXT_BYTES_MAX;
	if (url_join(&url, &a->base, name, strlen(name), err) ||
	    fetch_memory(&url, &opt, &text, &len, NULL, err))
		return NULL;
	text[pxelinux_display(text, len)] = '\0';
	return (char *)text;
}

/* What the configuration has to say before anything boots: SAY's lines and DISPLAY's, which as in
 * PXELINUX may be missing. Return: malloc()ed; NULL if there is nothing. */
static char *config_text(struct attempt *a, const struct pxelinux_config *config)
{
	struct error err = {ERR_NONE, ""};
	char *display = config->display ? fetch_display(a, config->display, &err) : NULL;
	char *text = NULL;
	size_t size;
	FILE *f = config->n_say || display ? open_memstream(&text, &size) : NULL;

	if (err.class)
		say_verbose("DISPLAY: %s", err.text);
	for (size_t i = 0; f && i < config->n_say; i++)
		fprintf(f, "%s\n", config->say[i]);
	if (f && display)
		fputs(display, f);
	free(display);
	if (f && fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static void say_config_text(struct attempt *a, const struct pxelinux_config *config)
{
	char *text = config_text(a, config);

	for (const char *at = text; at && *at;) {
		size_t len = strcspn(at, "\n");
		char line[256];

		say("%s", escape(line, sizeof(line), at, len));
		at += len + (at[len] == '\n');
	}
	free(text);
}

/* A configuration is there: what its reading has to say. */
static void say_config(const struct attempt *a, const struct pxelinux_config *config)
{
	char shown[128];

	status_set("config", "%s", a->shown.path);
	url_show(shown, sizeof(shown), &a->shown);
	for (size_t i = 0; i < config->n_warning && i < PXELINUX_WARNING_MAX; i++) {
		const struct pxelinux_warning *w = &config->warning[i];

		say("%s:%u: %s", w->file[0] ? w->file : shown, w->line, w->text);
	}
}

/* Not found is the usual case of a search and says nothing; anything else is worth a line. */
static int missed(void *ctx, struct error *err)
{
	const struct menu_reader *r = ctx;
	const struct attempt *a = r->attempt;
	struct error why = *err;

	if (why.class == ERR_NOT_FOUND)
		say_verbose("%s", why.text);
	else
		say_error("%s", why.text);
	if (clock_ms() <= a->deadline)
		return 0;
	return error_set(err, ERR_TIMEOUT, "no configuration within %u s; the last thing heard: %s",
			 a->keys->timeout_s, why.text);
}

static void again(void *ctx, const struct url *url)
{
	char shown[128];

	(void)ctx;
	say("asking once more for %s", url_show(shown, sizeof(shown), url));
}

/* menu: the configuration that the administrator names, or the first that the server has. */
static int find_config(struct attempt *a, struct pxelinux_config *config, struct error *err)
{
	const char *dir = a->keys->config_dir[0] ? a->keys->config_dir : "pxelinux.cfg";
	const char *name = a->keys->config;
	struct menu_reader ctx = {.attempt = a, .tries = name[0] ? TRIES : SEARCH_TRIES};
	const struct pxelinux_reader reader = {
		.read = read_menu_file, .missed = missed, .again = again, .ctx = &ctx};
	struct pxelinux_search search;
	int ret;

	status_set("state", "menu");
	if (pxelinux_base(&a->base, &a->lease, err))
		return -1;
	if (name[0]) {
		ret = url_join(&a->config, &a->base, name, strlen(name), err) ||
		      pxelinux_load(&reader, &a->base, &a->config, config, err);
	} else {
		pxelinux_search(&search, &a->id, a->lease.pxe_config, dir);
		ret = pxelinux_find(&reader, &a->base, &search, &a->config, config, err);
	}
	if (ret)
		return -1;
	a->shown = a->config;
	say_config(a, config);
	return 0;
}

#ifdef CONFIG_RESCUE
int boot_lease(const struct keys *keys, struct boot_network *out, struct dhcp_keeper *keeper,
	       struct error *err)
{
	struct attempt a = {.keys = keys, .keeper = {.fd = -1}};

	if (find_vifs(&a, err) || get_lease(&a, err))
		return -1;
	out->vif = *a.vif;
	out->lease = a.lease;
	*keeper = a.keeper;
	return 0;
}

int boot_config(const struct keys *keys, const struct boot_network *network,
		struct pxelinux_config *config, struct url *url, struct error *err)
{
	struct attempt a = {.keys = keys,
			    .deadline = clock_ms() + keys->timeout_s * 1000ULL,
			    .vif = &network->vif,
			    .lease = network->lease,
			    .keeper = {.fd = -1}};

	identify(&a);
	if (find_config(&a, config, err))
		return -1;
	*url = a.config;
	return 0;
}
#endif

static void say_plan(const struct attempt *a)
{
	status_set("label", "%s", a->plan.label);
	say("label %s%s", a->plan.label, a->plan.kind == PLAN_LOCAL ? ": LOCALBOOT" : "");
	if (a->plan.kind == PLAN_FILES)
		say("command line: %s", escape_str((char[1100]){""}, 1100, a->plan.cmdline));
}

/* Is it one that this image can boot? */
static int check_plan(const struct plan *plan, struct error *err)
{
#ifndef CONFIG_LOCALBOOT
	if (plan->kind == PLAN_LOCAL)
		return error_set(err, ERR_UNSUPPORTED,
				 "the configuration says LOCALBOOT, but this image has no local "
				 "boot; give the label a kernel, or use another image for this "
				 "guest");
#else
	(void)plan;
	(void)err;
#endif
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

/* A person hears at once of what cannot boot, and decides again. */
static int accept_decision(void *ctx, const struct menu_decision *decision, struct error *err)
{
	struct question *q = ctx;
	struct attempt *a = q->attempt;

	if (pxelinux_ask_choose(q->menu, decision, q->info, q->choice, err))
		return -1;
	if (q->choice->type == PXELINUX_CONFIG ||
	    (pxelinux_plan(q->choice, &a->base, a->keys, &a->plan, err) == 0 &&
	     check_plan(&a->plan, err) == 0))
		return 0;
	pxelinux_choice_free(q->choice);
	return -1;
}

static char *question_text(void *ctx, const char *name, struct error *err)
{
	return fetch_display(((struct question *)ctx)->attempt, name, err);
}

static int question_tick(void *ctx, struct error *err)
{
	return dhcp_keep_tick(&((struct question *)ctx)->attempt->keeper, err);
}

/* choice: a person's, or the configuration's own when nobody makes one in time. */
static int ask_person(struct attempt *a, const struct pxelinux_config *config, const char *label,
		      const struct pxelinux_sysinfo *info, struct pxelinux_choice *choice,
		      struct error *err)
{
	bool plain = a->keys->form == CONSOLE_FORM_PLAIN;
	struct pxelinux_ask menu;
	struct question q = {a, info, &menu, choice};
	const struct menu_host host = {
		.accept = accept_decision,
		.text = question_text,
		.tick = question_tick,
		.ctx = &q,
	};
	char *text = config_text(a, config);
	int ret;

	status_set("state", "choice");
	ret = pxelinux_ask_make(config, label, text, a->keys->timeout_s, &menu, err) ||
			      menu_ask(&menu.menu, plain, &host, err)
		      ? -1
		      : 0;
	pxelinux_ask_free(&menu);
	free(text);
	return ret;
}
#endif

/* choice: the administrator's label, a person's where the configuration asks, or its own. */
static int choose_from(struct attempt *a, const struct pxelinux_config *config, const char *label,
		       const struct pxelinux_sysinfo *info, struct pxelinux_choice *choice,
		       struct error *err)
{
#ifdef CONFIG_MENU
	if (pxelinux_asks(config, label, a->person))
		return ask_person(a, config, label, info, choice, err);
#endif
	say_config_text(a, config);
	return pxelinux_choose(config, label, info, choice, err);
}

/* choice: other configurations that one leads to are followed. */
static int choose(struct attempt *a, const struct pxelinux_sysinfo *info,
		  struct pxelinux_config *config, struct pxelinux_choice *choice, struct error *err)
{
	struct menu_reader ctx = {.attempt = a, .tries = TRIES};
	const struct pxelinux_reader reader = {.read = read_menu_file, .ctx = &ctx};
	const char *label = a->keys->label;
	unsigned int hops = 0;

	for (;;) {
		struct pxelinux_config next;
		int ret;

		if (choose_from(a, config, label, info, choice, err))
			return -1;
		if (choice->type != PXELINUX_CONFIG)
			return 0;
		ret = pxelinux_hop(&hops, choice, err) ||
				      pxelinux_follow(&reader, &a->base, &a->config, &a->shown,
						      choice, &next, err)
			      ? -1
			      : 0;
		/* The label is one of the first configuration or of the files that its UI names,
		 * not of what those lead to. */
		if (!choice->seeks_label)
			label = "";
		pxelinux_choice_free(choice);
		if (ret)
			return -1;
		pxelinux_free(config);
		*config = next;
		say_config(a, config);
	}
}

/* ONERROR: what boots instead, if a file turns out to be missing. */
static void plan_onerror(struct attempt *a, const struct pxelinux_sysinfo *info,
			 const struct pxelinux_config *config, const char *line)
{
	struct pxelinux_choice choice;
	struct error err;

	if (pxelinux_choose_line(config, line, info, &choice, &err) == 0) {
		a->has_onerror = pxelinux_plan(&choice, &a->base, a->keys, &a->onerror, &err) == 0;
		pxelinux_choice_free(&choice);
	}
	if (!a->has_onerror)
		say_error("ONERROR cannot be used: %s", err.text);
}

/* choice, plan: from the configuration to URLs. */
static int make_plan(struct attempt *a, struct error *err)
{
	struct pxelinux_config config = {0};
	struct pxelinux_choice choice;
	struct pxelinux_sysinfo info;
	int ret;

	if (find_config(a, &config, err))
		return -1;
	info = (struct pxelinux_sysinfo){.id = a->id,
					 .server = a->base.server,
					 .gateway = a->lease.router,
					 .netmask = a->lease.netmask};
	guest_cpu(info.cpu);
	ret = choose(a, &info, &config, &choice, err);
	if (!ret) {
		ret = pxelinux_plan(&choice, &a->base, a->keys, &a->plan, err);
		if (!ret && choice.onerror)
			plan_onerror(a, &info, &config, choice.onerror);
		pxelinux_choice_free(&choice);
	}
	pxelinux_free(&config);
	if (ret)
		return -1;
	say_plan(a);
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

/* A ramdisk that is fetched before the image can be laid out. */
struct early_ramdisk {
	uint8_t *data;
	size_t len;
};

/* fetch: how large the ramdisks are; FETCH_SIZE_UNKNOWN where the server does not tell it. */
static int size_ramdisks(struct attempt *a, uint64_t size[], struct error *err)
{
	for (size_t i = 0; i < a->plan.n_initrd; i++) {
		struct fetch_options opt = fetch_options(a);

		if (fetch_size(&a->plan.initrd[i], &opt, &size[i], err))
			return -1;
	}
	return 0;
}

/*
 * Are the ramdisks fetched beside the kernel? They then lie in memory twice while they are put into
 * the image. Those whose size nobody knows must be there before it is laid out in any case.
 */
static bool fetched_early(const uint64_t size[], size_t n, size_t i)
{
	uint64_t total = 0;

	if (size[i] == FETCH_SIZE_UNKNOWN)
		return true;
	for (size_t k = 0; k < n; k++) {
		if (size[k] == FETCH_SIZE_UNKNOWN || __builtin_add_overflow(total, size[k], &total))
			return false;
	}
	return total <= guest_memory_available() / EARLY_PART;
}

/* fetch: the kernel, and the ramdisks that can come beside it. */
static int fetch_kernel(struct attempt *a, uint64_t size[], struct early_ramdisk *kernel,
			struct early_ramdisk early[], struct error *err)
{
	struct fetch_options opt = fetch_options(a);
	struct fetch_memory_job job[1 + PLAN_INITRD_MAX];
	size_t which[1 + PLAN_INITRD_MAX], n = 1;
	uint64_t room = guest_memory_available();
	int ret;

	job[0] = (struct fetch_memory_job){
		.url = &a->plan.kernel,
		.max_size = room / 2 < KERNEL_BYTES_MAX ? room / 2 : KERNEL_BYTES_MAX,
	};
	for (size_t i = 0; i < a->plan.n_initrd; i++) {
		if (!fetched_early(size, a->plan.n_initrd, i))
			continue;
		which[n] = i;
		job[n++] = (struct fetch_memory_job){.url = &a->plan.initrd[i],
						     .max_size = room / 2 / a->plan.n_initrd};
	}
	ret = fetch_memories(job, n, &opt, err);
	if (ret)
		return -1;
	*kernel = (struct early_ramdisk){job[0].data, job[0].len};
	for (size_t i = 1; i < n; i++) {
		early[which[i]] = (struct early_ramdisk){job[i].data, job[i].len};
		size[which[i]] = job[i].len;
	}
	return 0;
}

/* fetch: the ramdisks' bytes, straight into the image. */
static int fill_ramdisks(struct attempt *a, struct image *image, const uint64_t size[],
			 const struct early_ramdisk early[], struct error *err)
{
	struct fetch_options opt = fetch_options(a);
	uint8_t *first = image_ramdisk_data(image);
	struct ramdisk_sink sink[PLAN_INITRD_MAX];
	struct fetch_job job[PLAN_INITRD_MAX];
	char shown[PLAN_INITRD_MAX][128];
	size_t n = 0;

	for (size_t i = 0; i < a->plan.n_initrd; i++) {
		uint8_t *at = first + image_ramdisk_place(size, i);

		if (early[i].data) {
			memcpy(at, early[i].data, early[i].len);
			continue;
		}
		url_show(shown[n], sizeof(shown[n]), &a->plan.initrd[i]);
		sink[n] = (struct ramdisk_sink){.at = at, .left = size[i], .what = shown[n]};
		job[n] = (struct fetch_job){.url = &a->plan.initrd[i],
					    .sink = {.data = ramdisk_data, .ctx = &sink[n]},
					    .max_size = size[i]};
		n++;
	}
	if (n == 0)
		return 0;
	status_set("file", "%s", shown[0]);
	if (fetch_files(job, n, &opt, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (sink[i].left)
			return error_set(err, ERR_SERVER,
					 "%s has shrunk since the server told its size", shown[i]);
	}
	return 0;
}

/* fetch, image: everything into memory. On success *image is complete. */
static int make_image(struct attempt *a, const struct handover *handover, struct image **out,
		      struct error *err)
{
	struct early_ramdisk early[PLAN_INITRD_MAX] = {{NULL, 0}}, kernel = {NULL, 0};
	uint64_t size[PLAN_INITRD_MAX] = {0}, start;
	struct image *image;
	char shown[128];
	int ret;

	*out = NULL;
	if (image_new(&image, &handover->domain, a->plan.cmdline, err))
		return -1;
	status_set("state", "fetch");
	status_set("file", "%s", url_show(shown, sizeof(shown), &a->plan.kernel));
	ret = size_ramdisks(a, size, err) || fetch_kernel(a, size, &kernel, early, err);
	if (!ret) {
		start = clock_ms();
		ret = image_kernel(image, kernel.data, kernel.len, err);
		if (ret)
			error_prefix(err, "%s", shown);
		else
			say_verbose("kernel unpacked in %llu ms",
				    (unsigned long long)(clock_ms() - start));
	}
	if (!ret) {
		status_set("state", "image");
		image_ramdisks(image, size, a->plan.n_initrd);
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

/* The plan, and where a file of it is missing, ONERROR's. Of PLAN_LOCAL there is nothing to fetch:
 * *image is NULL. */
static int fetch_plan(struct attempt *a, const struct handover *handover, struct image **image,
		      struct error *err)
{
	for (;;) {
		int ret;

		if (a->plan.kind == PLAN_LOCAL)
			return check_plan(&a->plan, err);
		ret = make_image(a, handover, image, err);

		if (!ret || !a->has_onerror || err->class != ERR_NOT_FOUND)
			return ret ? -1 : 0;
		say_error("%s; ONERROR boots instead", err->text);
		a->plan = a->onerror;
		a->has_onerror = false;
		say_plan(a);
	}
}

static void close_disks(struct attempt *a)
{
#ifdef CONFIG_LOCALBOOT
	local_close(a->volumes);
#endif
	a->volumes = NULL;
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
	dhcp_keep_end(&a->keeper);
	if (a->vif)
		vif_down(a->vif, &ignored);
	close_disks(a);
	status_close();
	handover_run(handover, image, err);
	status_open();
	return -1;
}

/* The way "net". Returns only when it failed, or when the server says LOCALBOOT: @localboot. */
static int boot_net(const struct keys *keys, bool person, struct lease *lease, bool *localboot,
		    struct error *err)
{
	struct attempt a = {.keys = keys,
			    .person = person,
			    .deadline = clock_ms() + keys->timeout_s * 1000ULL,
			    .keeper = {.fd = -1}};
	struct handover handover;
	struct image *image = NULL;
	struct error ignored;
	int ret;

	if (handover_open(&handover, err))
		return -1;
	ret = find_vifs(&a, err) || get_lease(&a, err) || make_plan(&a, err);
	*lease = a.lease;
	ret = ret || fetch_plan(&a, &handover, &image, err);
	*localboot = !ret && a.plan.kind == PLAN_LOCAL;
	if (!ret && image)
		ret = take_over(&a, &handover, image, err);
	image_free(image);
	handover_close(&handover);
	dhcp_keep_end(&a.keeper);
	for (size_t i = 0; i < a.vifs.n; i++)
		vif_down(&a.vifs.vif[i], &ignored);
	return ret ? -1 : 0;
}

#ifdef CONFIG_LOCALBOOT
static void say_local_plan(const struct plan *plan, const struct local_entry *entry)
{
	char shown[PLAN_CMDLINE_MAX + 64];

	status_set("label", "%s", plan->label);
	say("title %s (%s:%u)", plan->label, escape_str(shown, sizeof(shown), entry->source),
	    entry->line);
	say("kernel %s", url_show(shown, sizeof(shown), &plan->kernel));
	for (size_t i = 0; i < plan->n_initrd; i++)
		say("ramdisk %s", url_show(shown, sizeof(shown), &plan->initrd[i]));
	say("command line: %s", escape_str(shown, sizeof(shown), plan->cmdline));
}

#ifdef CONFIG_MENU
struct local_question {
	struct attempt *attempt;
	struct local_menu *menu;
	const struct local_ask *ask;
};

/* A person hears at once of what cannot boot, and decides again. */
static int accept_local(void *ctx, const struct menu_decision *decision, struct error *err)
{
	struct local_question *q = ctx;
	struct attempt *a = q->attempt;
	size_t warnings = q->menu->n_warning;

	if (decision->how == MENU_CHOSEN || decision->how == MENU_EDITED)
		q->menu->chosen = q->ask->entry[decision->entry].id;
	if (decision->how == MENU_EDITED &&
	    local_entry_set(&q->menu->entry[q->menu->chosen].args, decision->line,
			    strlen(decision->line), err))
		return -1;
	if (decision->how == MENU_TYPED) {
		local_choose(q->menu, decision->line);
		if (q->menu->n_warning > warnings)
			return error_set(err, ERR_CONFIG, "%s", q->menu->warning[warnings]);
	}
	return local_plan(a->volumes, &q->menu->entry[q->menu->chosen], a->keys, &a->plan, err);
}

static char *no_text(void *ctx, const char *name, struct error *err)
{
	(void)ctx;
	(void)name;
	error_set(err, ERR_NOT_FOUND, "boot menus on disks have no help texts");
	return NULL;
}

static int ask_local(struct attempt *a, struct local_menu *menu, struct error *err)
{
	struct local_ask ask;
	struct local_question q = {a, menu, &ask};
	const struct menu_host host = {.accept = accept_local, .text = no_text, .ctx = &q};
	int ret;

	status_set("state", "choice");
	ret = local_ask_make(menu, a->keys->timeout_s, &ask, err) ||
			      menu_ask(&ask.menu, a->keys->form == CONSOLE_FORM_PLAIN, &host, err)
		      ? -1
		      : 0;
	local_ask_free(&ask);
	return ret;
}
#endif

/* choice, plan: the menu's own entry, the administrator's, or a person's. */
static int plan_entry(struct attempt *a, struct local_menu *menu, struct error *err)
{
#ifdef CONFIG_MENU
	if (a->person && menu->n)
		return ask_local(a, menu, err);
#endif
	return local_plan(a->volumes, &menu->entry[menu->chosen], a->keys, &a->plan, err);
}

/* disks, menu, choice, plan */
static int make_local_plan(struct attempt *a, struct error *err)
{
	struct local_menu menu;
	int ret;

	status_set("state", "disks");
	if (local_open(&a->volumes, err))
		return -1;
	status_set("state", "menu");
	if (local_look(a->volumes, a->keys, &menu, err))
		return -1;
	for (size_t i = 0; i < menu.n_warning; i++)
		say("%s", menu.warning[i]);
	ret = plan_entry(a, &menu, err);
	if (!ret)
		say_local_plan(&a->plan, &menu.entry[menu.chosen]);
	local_menu_free(&menu);
	return ret;
}

/* The way "local". Returns only when it failed. */
static int boot_local(const struct keys *keys, bool person, struct error *err)
{
	struct attempt a = {.keys = keys, .person = person, .keeper = {.fd = -1}};
	struct handover handover;
	struct image *image = NULL;

	if (handover_open(&handover, err))
		return -1;
	if (make_local_plan(&a, err) == 0 && make_image(&a, &handover, &image, err) == 0)
		take_over(&a, &handover, image, err);
	image_free(image);
	handover_close(&handover);
	close_disks(&a);
	return -1;
}
#else
static int boot_local(const struct keys *keys, bool person, struct error *err)
{
	(void)keys;
	(void)person;
	return error_set(err, ERR_UNSUPPORTED, "this image has no local boot");
}
#endif

/* @answered: the server has said what boots, and no other way is tried: it is no failure of the
 * network if the disk then does not. */
static int boot_way(enum way way, const struct keys *keys, bool person, struct lease *lease,
		    bool *answered, struct error *err)
{
	*answered = false;
	status_set("way", "%s", way_name(way));
	switch (way) {
	case WAY_NET:
		if (boot_net(keys, person, lease, answered, err) || !*answered)
			return -1;
		status_set("way", "%s", way_name(WAY_LOCAL));
		boot_local(keys, person, err);
		return error_prefix(err, "LOCALBOOT");
	case WAY_LOCAL:
		return boot_local(keys, person, err);
	case WAY_RESCUE:
		break;
	}
	return error_set(err, ERR_UNSUPPORTED, "this image has no rescue system");
}

static void power(int how, const char *what)
{
	say_error("%s", what);
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
		say_error("every way failed: crashing this domain (fail=crash)");
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

/* One round: each way until one hands the domain over, or a person is to be let in. */
static void try_ways(const struct keys *keys, bool person, struct lease *lease, struct tried *tried)
{
	char why[1024]; /* of every way: the last one's alone is seldom what matters */
	bool answered = false;

	status_renew();
	for (size_t i = 0; i < keys->n_boot && !answered; i++) {
		struct error err = {ERR_NONE, ""};

#ifdef CONFIG_RESCUE
		if (keys->boot[i] == WAY_RESCUE)
			return;
#endif
		boot_way(keys->boot[i], keys, person, lease, &answered, &err);
		say_error("%s: %s", way_name(keys->boot[i]), err.text);
		tried_add(tried, keys->boot[i], &err);
		status_set("state", "failed");
		status_set("error", "%s", tried_text(tried, "; ", why, sizeof(why)));
		if (i == 0)
			status_set("error-class", "%s", error_class_name(err.class));
	}
}

#ifdef CONFIG_RESCUE
/* Every way before "rescue", if it is among them, has failed. */
static bool wants_rescue(const struct keys *keys)
{
	for (size_t i = 0; i < keys->n_boot; i++) {
		if (keys->boot[i] == WAY_RESCUE)
			return true;
	}
	return keys->fail == FAIL_RESCUE;
}
#endif

void boot(const struct keys *keys)
{
	const struct keys *now = keys;
#ifdef CONFIG_RESCUE
	struct keys chosen; /* for the round that a person in rescue asks for */
#endif
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
		struct tried tried = {.n = 0};

		try_ways(now, person, &lease, &tried);
#ifdef CONFIG_RESCUE
		/* Who asked for this round in rescue is still there. */
		if (wants_rescue(now) || now == &chosen) {
			rescue(keys, &tried, &chosen);
			now = &chosen;
			continue;
		}
#endif
		person = after_failure(keys, ++failures, &lease);
	}
}
