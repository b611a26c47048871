/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The agent's own network code behind a command line, for tests/net/run: the same functions in
 * the same order as a boot calls them, against real servers.
 *
 *   netclient lease IFACE [SECONDS]   a lease, printed, put onto the interface
 *   netclient keep IFACE SECONDS      a lease, and then so long what keeps it
 *   netclient boot IFACE FILE         a lease, and FILE from its server to standard output, with
 *                                     what both took on standard error
 *   netclient down IFACE              take it away again
 *   netclient get IFACE URL [MAX [TRIES]]
 *                                     a file to standard output, the story to standard error
 *   netclient size IFACE URL          its size
 *   netclient miss IFACE URL N        the size of a file that is not there, asked for N times, with
 *                                     what that took
 *
 * The exit status is the error's class.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dhcp/dhcp.h"
#include "fetch/fetch.h"
#include "util/clock.h"
#include "util/console.h"
#include "vif/vif.h"

#define TRIES 2
#define FILE_BUFFER (256UL * 1024)

static FILE *output; /* what is fetched; the console is elsewhere */

static int fail(const struct error *err)
{
	say_error("%s: %s", error_class_name(err->class), err->text);
	return err->class;
}

static const char *show(struct in_addr addr)
{
	static char text[8][INET_ADDRSTRLEN];
	static unsigned int n;

	n = (n + 1) % 8;
	return inet_ntop(AF_INET, &addr, text[n], sizeof(text[n]));
}

static int find_vifs(struct vif_list *list, const char *names, struct error *err)
{
	struct vif_list all;

	if (vif_find(&all, "/sys", true, err) < 0)
		return -1;
	list->n = 0;
	for (size_t i = 0; i < all.n; i++) {
		if (strcmp(names, "all") == 0 || strcmp(names, all.vif[i].name) == 0)
			list->vif[list->n++] = all.vif[i];
	}
	return list->n > 0 ? 0 : error_set(err, ERR_NO_VIF, "no interface %s", names);
}

static void print_lease(const struct lease *l)
{
	printf("addr %s\nnetmask %s\nserver-id %s\nrouter %s\nnext-server %s\n", show(l->addr),
	       show(l->netmask), show(l->server_id), show(l->router), show(l->next_server));
	for (unsigned int i = 0; i < l->n_dns; i++)
		printf("dns %s\n", show(l->dns[i]));
	for (unsigned int i = 0; i < l->n_route; i++)
		printf("route %s %s %s\n", show(l->route[i].net), show(l->route[i].mask),
		       show(l->route[i].gateway));
	printf("mtu %u\nseconds %u\n", l->mtu, l->seconds);
	if (l->has_reboot_time)
		printf("reboot-time %u\n", l->reboot_time);
	printf("bootfile %s\npxe-config %s\n", l->bootfile, l->pxe_config);
	if (l->has_pxe_prefix)
		printf("pxe-prefix %s\n", l->pxe_prefix);
	printf("hostname %s\ndomain %s\nroot-path %s\n", l->hostname, l->domain, l->root_path);
}

static int get_lease(const char *names, unsigned int seconds, struct dhcp_options *options,
		     struct vif *vif, struct lease *got, struct error *err)
{
	const struct dhcp_options opt = {
		.timeout_s = seconds,
		.uuid = {0x5b, 0x7e, 0x10, 0x2f, 0xc0, 0x01, 0x4d, 0x00, 0x9a, 0xbc, 0xde, 0xf0,
			 0x12, 0x34, 0x56, 0x78},
		.has_uuid = true,
		.user_class = "xenpxe",
	};
	struct vif_list list;
	size_t chosen;

	*options = opt;
	if (find_vifs(&list, names, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		if (vif_up(&list.vif[i], err) < 0)
			return -1;
	}
	if (dhcp_lease(&list, &opt, &chosen, got, err) < 0 ||
	    vif_configure(&list.vif[chosen], got, err) < 0 ||
	    dhcp_ask_proxy(&list.vif[chosen], got->addr, &opt, got, err) < 0)
		return -1;
	*vif = list.vif[chosen];
	return 0;
}

static int lease(const char *names, unsigned int seconds)
{
	struct dhcp_options opt;
	struct lease got;
	struct error err;
	struct vif vif;

	if (get_lease(names, seconds, &opt, &vif, &got, &err) < 0)
		return fail(&err);
	printf("vif %s\n", vif.name);
	print_lease(&got);
	return 0;
}

static int keep(const char *name, unsigned int seconds)
{
	struct dhcp_keeper keeper;
	struct dhcp_options opt;
	struct lease got;
	struct error err;
	struct vif vif;

	if (get_lease(name, 20, &opt, &vif, &got, &err) < 0 ||
	    dhcp_keep(&keeper, &vif, &opt, &got, &err) < 0)
		return fail(&err);
	for (unsigned int i = 0; i < 2 * seconds; i++) {
		if (dhcp_keep_tick(&keeper, &err) < 0)
			return fail(&err);
		usleep(500000);
	}
	dhcp_keep_end(&keeper);
	return 0;
}

static int down(const char *names)
{
	struct vif_list list;
	struct error err;

	if (find_vifs(&list, names, &err) < 0 || vif_down(&list.vif[0], &err) < 0)
		return fail(&err);
	return 0;
}

/* Buffered: the agent itself writes into memory, and so shall this cost little. */
static int write_all(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	(void)ctx;
	if (fwrite(data, 1, len, output) == len)
		return 0;
	return error_set(err, ERR_SYSTEM, "cannot write: %s", strerror(errno));
}

static int end_file(struct error *err)
{
	return fflush(output) ? error_set(err, ERR_SYSTEM, "cannot write: %s", strerror(errno)) : 0;
}

static int prepare(const char *ifname, const char *text, struct url *url, struct fetch_options *opt,
		   struct error *err)
{
	const struct url base = {0};

	*opt = (struct fetch_options){.max_size = UINT64_MAX, .tries = TRIES};
	snprintf(opt->ifname, sizeof(opt->ifname), "%s", ifname);
	return url_join(url, &base, text, strlen(text), err);
}

static int get(const char *ifname, const char *text, const char *max, const char *tries)
{
	const struct fetch_sink sink = {.data = write_all};
	struct fetch_options opt;
	struct error err;
	struct url url;

	if (prepare(ifname, text, &url, &opt, &err) < 0)
		return fail(&err);
	if (max)
		opt.max_size = strtoull(max, NULL, 10);
	if (tries)
		opt.tries = (unsigned int)strtoul(tries, NULL, 10);
	if (fetch_file(&url, &opt, &sink, NULL, &err) < 0) {
		fflush(output); /* what came of it */
		return fail(&err);
	}
	return end_file(&err) < 0 ? fail(&err) : 0;
}

static int boot(const char *ifname, const char *file)
{
	const struct fetch_sink sink = {.data = write_all};
	struct fetch_options fetch = {.max_size = UINT64_MAX, .tries = 5};
	struct url base = {.port = 69}, url;
	uint64_t began = clock_ms(), leased;
	struct dhcp_options opt;
	struct lease got;
	struct error err;
	struct vif vif;

	if (get_lease(ifname, 60, &opt, &vif, &got, &err) < 0)
		return fail(&err);
	leased = clock_ms();
	base.server = got.next_server;
	snprintf(fetch.ifname, sizeof(fetch.ifname), "%s", vif.name);
	if (url_prefix(&base, got.bootfile, strlen(got.bootfile), &err) < 0 ||
	    url_join(&url, &base, file, strlen(file), &err) < 0 ||
	    fetch_file(&url, &fetch, &sink, NULL, &err) < 0 || end_file(&err) < 0)
		return fail(&err);
	say("lease %llu ms, file %llu ms", (unsigned long long)(leased - began),
	    (unsigned long long)(clock_ms() - leased));
	return 0;
}

static int size(const char *ifname, const char *text)
{
	struct fetch_options opt;
	struct error err;
	struct url url;
	uint64_t bytes;

	if (prepare(ifname, text, &url, &opt, &err) < 0 || fetch_size(&url, &opt, &bytes, &err) < 0)
		return fail(&err);
	if (bytes == FETCH_SIZE_UNKNOWN)
		fprintf(output, "unknown\n");
	else
		fprintf(output, "%llu\n", (unsigned long long)bytes);
	return end_file(&err) < 0 ? fail(&err) : 0;
}

static int miss(const char *ifname, const char *text, unsigned int n)
{
	struct fetch_options opt;
	struct error err;
	struct url url;
	uint64_t began = clock_ms(), bytes;

	if (prepare(ifname, text, &url, &opt, &err) < 0)
		return fail(&err);
	for (unsigned int i = 0; i < n; i++) {
		if (fetch_size(&url, &opt, &bytes, &err) == 0 || err.class != ERR_NOT_FOUND)
			return fail(&err);
	}
	say("%u names in %llu ms", n, (unsigned long long)(clock_ms() - began));
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	console_setup(CONSOLE_VERBOSE, true);
	if (strcmp(verb, "lease") == 0)
		return lease(argv[2], argc > 3 ? (unsigned int)atoi(argv[3]) : 20);
	if (strcmp(verb, "keep") == 0 && argc > 3)
		return keep(argv[2], (unsigned int)atoi(argv[3]));
	if (strcmp(verb, "down") == 0)
		return down(argv[2]);

	/* The console is standard output; here that shall be the file. */
	output = fdopen(dup(STDOUT_FILENO), "w");
	if (!output)
		return ERR_SYSTEM;
	setvbuf(output, NULL, _IOFBF, FILE_BUFFER);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (strcmp(verb, "get") == 0 && argc > 3)
		return get(argv[2], argv[3], argc > 4 ? argv[4] : NULL, argc > 5 ? argv[5] : NULL);
	if (strcmp(verb, "boot") == 0 && argc > 3)
		return boot(argv[2], argv[3]);
	if (strcmp(verb, "size") == 0 && argc > 3)
		return size(argv[2], argv[3]);
	if (strcmp(verb, "miss") == 0 && argc > 4)
		return miss(argv[2], argv[3], (unsigned int)atoi(argv[4]));
	say_error("usage: netclient lease IFACE|all [SECONDS] | keep IFACE SECONDS | "
		  "boot IFACE FILE | down IFACE | get IFACE URL [MAX [TRIES]] | "
		  "size IFACE URL");
	return ERR_USAGE;
}
