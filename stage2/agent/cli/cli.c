/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The road of a boot up to its plan, on any Linux machine: boot.c's steps with a file or a DHCP
 * conversation at their beginning, and a report at their end instead of a hand-over.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/as_guest.h"
#ifdef CONFIG_LOCALBOOT
#include "cli/local.h"
#endif
#include "cli/options.h"
#include "cli/report.h"
#include "cli/tree.h"
#include "plan.h"
#include "pxelinux/load.h"
#include "pxelinux/plan.h"
#include "pxelinux/pxelinux.h"
#include "util/clock.h"
#include "util/console.h"
#include "util/escape.h"
#include "xen/guest.h"

#define TFTP_PORT 69

/* What the steps hand on. */
struct planning {
	const struct plan_options *options;
	struct tree tree;
	bool has_tree; /* files are looked for in there */
	struct url base; /* server 0.0.0.0: on this machine's disk, or nobody knows */
	struct url top; /* what @tree stands for: @base before any CONFIG changed it */
	struct url file; /* the main configuration; port 0: --pxe's own */
	struct url read; /* the one in force, the same: a menu may have named it */
	char shown[200]; /* --pxe's file, escaped */
	struct pxelinux_sysinfo info;
	struct keys keys; /* this image's defaults: no arguments of a guest's own */
	uint64_t deadline; /* --net: clock_ms(), a configuration must be there by then */
	struct report report;
};

static const char usage[] =
	"usage: xenpxe-agent plan --pxe FILE [--base URL|DIR] [--label LABEL | --all] [--json]\n"
	"                         [--mac MAC] [--ip ADDRESS] [--uuid UUID]\n"
	"       xenpxe-agent plan --net IFACE [--mac MAC] [--uuid UUID] [--label LABEL] [--json]\n"
	"                         [--timeout SECONDS]\n"
	"       xenpxe-agent plan --local DISK|DIR [--entry ENTRY | --all] [--json] [--explain]\n"
	"                         [--kernel PATH [--ramdisk PATH]] [--args ARGUMENTS]\n"
	"Prints what a guest would boot. See xenpxe-agent(8).\n";

/* A server's file, if it lies on this machine: the configuration may not be on the server yet. */
static int read_local(const struct planning *p, const struct url *url, uint8_t **text, size_t *len,
		      struct error *err)
{
	size_t top = strlen(p->top.path);
	const char *name = url->path;

	if (url->server.s_addr != p->top.server.s_addr)
		return error_set(err, ERR_UNSUPPORTED,
				 "it is on another server, and plan without a base there reads "
				 "files on this machine only");
	if (strncmp(name, p->top.path, top) == 0)
		name += top;
	return tree_read(&p->tree, name, text, len, err);
}

/* menu: a configuration's file, from where the others are. */
static int read_file(void *ctx, const struct url *url, uint8_t **text, size_t *len,
		     struct error *err)
{
	const struct planning *p = ctx;

	if (!url->port)
		return tree_read_file(p->options->pxe, text, len, err);
	if (p->has_tree) {
		if (!read_local(p, url, text, len, err))
			return 0;
		if (!p->top.server.s_addr ||
		    (err->class != ERR_NOT_FOUND && err->class != ERR_UNSUPPORTED))
			return -1;
	}
	return as_guest_read(url, text, len, err);
}

static int missed(void *ctx, struct error *err)
{
	const struct planning *p = ctx;
	struct error why = *err;

	if (why.class != ERR_NOT_FOUND)
		say_error("%s", why.text);
	if (clock_ms() <= p->deadline)
		return 0;
	return error_set(err, ERR_TIMEOUT, "no configuration within %u s; the last thing heard: %s",
			 p->options->timeout_s, why.text);
}

static struct pxelinux_reader reader(struct planning *p)
{
	return (struct pxelinux_reader){
		.read = read_file,
		.missed = missed,
		.ctx = p,
		.name = p->file.port || !p->shown[0] ? NULL : p->shown,
	};
}

static void say_warnings(const struct planning *p, const struct pxelinux_config *config)
{
	char name[URL_PATH_MAX + 64], url[200];
	const char *shown = p->shown;

	if (p->read.port)
		shown = escape_str(url, sizeof(url), report_url(name, sizeof(name), &p->read));
	for (size_t i = 0; i < config->n_warning && i < PXELINUX_WARNING_MAX; i++) {
		const struct pxelinux_warning *w = &config->warning[i];

		say_error("%s:%u: %s", w->file[0] ? w->file : shown, w->line, w->text);
	}
	if (config->n_warning > PXELINUX_WARNING_MAX)
		say_error("%s: %zu more warnings", shown, config->n_warning - PXELINUX_WARNING_MAX);
}

/* choice: other configurations that one names are followed, as in a guest. */
static int choose(struct planning *p, struct pxelinux_config *config,
		  struct pxelinux_choice *choice, struct error *err)
{
	const struct pxelinux_reader from = reader(p);
	const char *label = p->keys.label;
	unsigned int hops = 0;

	for (;;) {
		struct pxelinux_config next;
		int ret;

		if (pxelinux_choose(config, label, &p->info, choice, err))
			return -1;
		if (choice->type != PXELINUX_CONFIG)
			return 0;
		ret = pxelinux_hop(&hops, choice, err) ||
				      pxelinux_follow(&from, &p->base, &p->file, &p->read, choice,
						      &next, err)
			      ? -1
			      : 0;
		if (!choice->seeks_label)
			label = "";
		pxelinux_choice_free(choice);
		if (ret)
			return -1;
		pxelinux_free(config);
		*config = next;
		say_warnings(p, config);
	}
}

/* plan: its report. @plan receives it. */
static int report_choice(struct planning *p, const struct pxelinux_choice *choice,
			 struct plan *plan, struct error *err)
{
	struct report_entry entry = {.label = choice->label, .onerror = choice->onerror};

	if (choice->type == PXELINUX_CONFIG) {
		entry.config = choice->kernel;
	} else if (pxelinux_plan(choice, &p->base, &p->keys, plan, err)) {
		return -1;
	} else if (plan->kind == PLAN_LOCAL) {
		entry.localboot = choice->kernel;
	} else {
		entry.plan = plan;
	}
	report_entry(&p->report, &entry);
	return 0;
}

/* --all: every entry that a person could boot, in order, also those that cannot boot in a guest. */
static int report_all(struct planning *p, const struct pxelinux_config *config, struct error *err)
{
	size_t bootable = 0;

	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];
		struct pxelinux_choice choice;
		struct plan plan;

		if (e->disabled || e->type >= PXELINUX_MENU)
			continue;
		if (pxelinux_choose_entry(config, i, NULL, &p->info, &choice, err) == 0) {
			int ret = report_choice(p, &choice, &plan, err);

			pxelinux_choice_free(&choice);
			if (ret == 0) {
				bootable++;
				continue;
			}
		}
		report_entry(&p->report,
			     &(struct report_entry){.label = e->label, .error = err->text});
	}
	return bootable ? 0
			: error_set(err, ERR_CONFIG, "no entry of the configuration can be booted");
}

/* --pxe */
static int plan_of_file(struct planning *p, struct error *err)
{
	const struct plan_options *o = p->options;
	struct pxelinux_reader from;
	struct pxelinux_config config;
	struct pxelinux_choice choice;
	struct plan plan;
	int ret;

	escape_str(p->shown, sizeof(p->shown), o->pxe);
	from = reader(p);
	p->base = (struct url){.port = TFTP_PORT};
	if (o->base && strstr(o->base, "://")) {
		size_t len;

		if (url_join(&p->base, &p->base, o->base, strlen(o->base), err)) {
			err->class = ERR_USAGE;
			return error_prefix(err, "--base");
		}
		len = strlen(p->base.path);
		if (len && len < URL_PATH_MAX && p->base.path[len - 1] != '/')
			memcpy(p->base.path + len, "/", 2);
	}
	p->top = p->base;
	p->has_tree = true;
	if (o->base && !p->top.server.s_addr ? tree_at(&p->tree, o->base, err)
					     : tree_around(&p->tree, o->pxe, err))
		return -1;
	if (o->has_mac)
		memcpy(p->info.id.mac, o->mac, sizeof(o->mac));
	p->info.id.addr = o->ip;
	p->info.server = p->base.server;

	if (pxelinux_load(&from, &p->base, &p->file, &config, err))
		return -1;
	say_warnings(p, &config);
	if (o->all) {
		ret = report_all(p, &config, err);
	} else {
		ret = choose(p, &config, &choice, err);
		if (!ret) {
			ret = report_choice(p, &choice, &plan, err);
			pxelinux_choice_free(&choice);
		}
	}
	report_end(&p->report);
	pxelinux_free(&config);
	return ret;
}

/* fetch: sizes, checksums and times. */
static int report_fetched(struct planning *p, const struct plan *plan, struct error *err)
{
	struct report_file file[1 + PLAN_INITRD_MAX];
	size_t n = 0;

	if (plan->kind == PLAN_LOCAL)
		return 0;
	file[n++].url = &plan->kernel;
	for (size_t i = 0; i < plan->n_initrd; i++)
		file[n++].url = &plan->initrd[i];
	for (size_t i = 0; i < n; i++) {
		if (as_guest_fetch(&file[i], err)) {
			n = i;
			break;
		}
	}
	report_files(&p->report, file, n);
	return n == 1 + plan->n_initrd ? 0 : -1;
}

/* menu: the configuration that the image's builder named, or the first that the server has. */
static int find_config(struct planning *p, const char *first, struct pxelinux_config *config,
		       struct error *err)
{
	const struct pxelinux_reader from = reader(p);
	const char *dir = p->keys.config_dir[0] ? p->keys.config_dir : "pxelinux.cfg";
	const char *name = p->keys.config;
	struct pxelinux_search search;

	if (name[0])
		return url_join(&p->file, &p->base, name, strlen(name), err) ||
				       pxelinux_load(&from, &p->base, &p->file, config, err)
			       ? -1
			       : 0;
	pxelinux_search(&search, &p->info.id, first, dir);
	return pxelinux_find(&from, &p->base, &search, &p->file, config, err);
}

/* --net */
static int plan_of_server(struct planning *p, struct error *err)
{
	const struct plan_options *o = p->options;
	struct report_net net = {.config = &p->read};
	struct pxelinux_config config;
	struct pxelinux_choice choice;
	struct lease lease;
	struct plan plan;
	uint64_t began;
	int ret;

	p->deadline = clock_ms() + o->timeout_s * 1000ULL;
	if (o->has_mac)
		memcpy(net.mac, o->mac, sizeof(o->mac));
	if (as_guest_lease(o->net, net.mac, o->has_uuid ? o->uuid : NULL, o->timeout_s, &lease,
			   &net.lease_ms, err))
		return -1;
	net.addr = p->info.id.addr = lease.addr;
	net.netmask = p->info.netmask = lease.netmask;
	net.router = p->info.gateway = lease.router;
	if (p->keys.server.s_addr)
		lease.next_server = p->keys.server;
	net.server = lease.next_server;
	memcpy(p->info.id.mac, net.mac, sizeof(net.mac));
	began = clock_ms();
	if (pxelinux_base(&p->base, &lease, err) || as_guest_route(p->base.server, err))
		return -1;
	p->info.server = p->base.server;
	if (find_config(p, lease.pxe_config, &config, err))
		return -1;
	p->read = p->file;
	say_warnings(p, &config);
	ret = choose(p, &config, &choice, err);
	if (!ret) {
		net.config_ms = clock_ms() - began;
		report_net(&p->report, &net);
		ret = report_choice(p, &choice, &plan, err);
		ret = ret ? ret : report_fetched(p, &plan, err);
		report_end(&p->report);
		pxelinux_choice_free(&choice);
	}
	pxelinux_free(&config);
	return ret;
}

/* --local */
static int plan_of_disks(struct planning *p, struct error *err)
{
#ifdef CONFIG_LOCALBOOT
	return cli_local(p->options, &p->keys, &p->report, err);
#else
	(void)p;
	return error_set(err, ERR_UNSUPPORTED, "this program was built without local boot");
#endif
}

int cli_plan(int argc, char **argv)
{
	struct planning p = {0};
	struct plan_options options;
	struct error err = {ERR_NONE, ""};
	int ret;

	/* The answer has standard output for itself; the agent's console goes to standard error. */
	p.report.out = fdopen(dup(STDOUT_FILENO), "w");
	if (!p.report.out || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
		perror("xenpxe-agent: standard output");
		return ERR_SYSTEM;
	}
	console_setup(CONSOLE_NORMAL, true);
	if (plan_options_parse(&options, argc, argv, &err)) {
		say_error("%s", err.text);
		fputs(usage, stderr);
		return ERR_USAGE;
	}
	if (options.help) {
		fputs(usage, p.report.out);
		return fclose(p.report.out) ? ERR_SYSTEM : 0;
	}
	p.options = &options;
	p.report.json = options.json;
	p.report.list = options.all;
	p.info.id.has_uuid = options.has_uuid;
	memcpy(p.info.id.uuid, options.uuid, sizeof(options.uuid));
	guest_cpu(p.info.cpu);
	keys_defaults(&p.keys);
	if (options.label[0])
		snprintf(p.keys.label, sizeof(p.keys.label), "%s", options.label);
	if (options.n_local)
		ret = plan_of_disks(&p, &err);
	else
		ret = options.net ? plan_of_server(&p, &err) : plan_of_file(&p, &err);
	if (ret)
		say_error("%s", err.text);
	if (fclose(p.report.out)) {
		perror("xenpxe-agent: standard output");
		return ERR_SYSTEM;
	}
	return ret ? (int)err.class : 0;
}
