/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/backoff.h"
#include "rescue/place.h"
#include "xen/status.h"

static void tell_lease(const struct boot_network *network)
{
	char addr[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN], text[256];
	const struct lease *lease = &network->lease;
	FILE *file = place_write(RESCUE_LEASE);
	FILE *resolv = fopen("/etc/resolv.conf", "we");

	if (file)
		fwrite(network, sizeof(*network), 1, file);
	place_done(file, RESCUE_LEASE);
	for (unsigned int i = 0; resolv && i < lease->n_dns; i++)
		fprintf(resolv, "nameserver %s\n",
			inet_ntop(AF_INET, &lease->dns[i], addr, sizeof(addr)));
	if (resolv)
		fclose(resolv);
	inet_ntop(AF_INET, &lease->addr, addr, sizeof(addr));
	inet_ntop(AF_INET, &lease->next_server, server, sizeof(server));
	snprintf(text, sizeof(text), "%s has the address %s, boot server %s\n", network->vif.name,
		 addr, server);
	place_text(RESCUE_NETWORK, text);
	status_open();
	status_set("ip", "%s", addr);
	status_close();
}

static void tell_none(const struct error *err)
{
	char text[sizeof(err->text) + 64];

	unlink(RESCUE_LEASE);
	snprintf(text, sizeof(text), "no address, asking again: %s\n", err->text);
	place_text(RESCUE_NETWORK, text);
}

void network_keep(const struct keys *keys)
{
	unsigned int failures = 0;

	for (;;) {
		struct error err = {ERR_NONE, ""};
		struct boot_network network;
		struct dhcp_keeper keeper;

		if (boot_lease(keys, &network, &keeper, &err)) {
			tell_none(&err);
			sleep(backoff_seconds(++failures, false, 0));
			continue;
		}
		failures = 0;
		tell_lease(&network);
		while (dhcp_keep_tick(&keeper, &err) == 0)
			sleep(1);
		tell_none(&err);
		dhcp_keep_end(&keeper);
		vif_down(&network.vif, NULL);
	}
}

int network_read(struct boot_network *out, struct error *err)
{
	FILE *file = fopen(RESCUE_LEASE, "re");
	char text[256];
	size_t n = 0;

	if (file) {
		n = fread(out, sizeof(*out), 1, file);
		fclose(file);
	}
	if (n == 1)
		return 0;
	place_read(RESCUE_NETWORK, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	return error_set(err, ERR_TIMEOUT, "%s", text[0] ? text : "no address yet");
}

void network_down(void)
{
	struct vif_list list;

	if (vif_find(&list, "/sys", false, NULL))
		return;
	for (size_t i = 0; i < list.n; i++)
		vif_down(&list.vif[i], NULL);
}
