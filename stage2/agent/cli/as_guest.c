/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/as_guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dhcp/dhcp.h"
#include "fetch/fetch.h"
#include "util/clock.h"
#include "util/escape.h"
#include "vif/vif.h"

#define TRIES 5
#define CONFIG_TRIES 3 /* somebody waits for the answer */
#define CONFIG_BYTES_MAX (1024ULL * 1024)

static int find_interface(struct vif *vif, const char *ifname, struct error *err)
{
	struct ifreq req = {0};
	char shown[64];
	int fd, ret;

	escape_str(shown, sizeof(shown), ifname);
	vif->ifindex = (int)if_nametoindex(ifname);
	if (!vif->ifindex || strlen(ifname) >= sizeof(vif->name))
		return error_set(err, ERR_NO_VIF,
				 "this machine has no network interface \"%s\"; see \"ip link\"",
				 shown);
	memcpy(vif->name, ifname, strlen(ifname) + 1);
	memcpy(req.ifr_name, ifname, strlen(ifname) + 1);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -1 : ioctl(fd, SIOCGIFFLAGS, &req);
	if (!ret && !(req.ifr_flags & IFF_UP)) {
		close(fd);
		return error_set(
			err, ERR_NO_VIF,
			"%s is down, and plan changes nothing on it: \"ip link set %s up\"", shown,
			shown);
	}
	ret = ret ? ret : ioctl(fd, SIOCGIFHWADDR, &req);
	if (ret)
		error_set(err, ERR_SYSTEM, "cannot look at %s: %s", shown, strerror(errno));
	else
		memcpy(vif->mac, req.ifr_hwaddr.sa_data, sizeof(vif->mac));
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Is there a way to @server, and which of this machine's addresses is used on it? Sends nothing. */
static int find_route(struct in_addr server, struct in_addr *own, struct error *err)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(69), .sin_addr = server};
	struct sockaddr_in from = {.sin_family = AF_INET};
	socklen_t from_len = sizeof(from);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret = fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) ||
				  getsockname(fd, (struct sockaddr *)&from, &from_len)
			  ? -1
			  : 0;
	char text[INET_ADDRSTRLEN];

	if (ret)
		error_set(err, ERR_SYSTEM,
			  "this machine cannot reach the server %s: %s. Files are fetched from its "
			  "own address, so it needs one in that network, or a route",
			  inet_ntop(AF_INET, &server, text, sizeof(text)), strerror(errno));
	if (fd >= 0)
		close(fd);
	*own = from.sin_addr;
	return ret;
}

int as_guest_lease(const char *ifname, uint8_t mac[6], const uint8_t *uuid, unsigned int seconds,
		   struct lease *lease, uint64_t *ms, struct error *err)
{
	static const uint8_t none[6];
	struct vif_list list = {.n = 1};
	struct vif *vif = &list.vif[0];
	struct dhcp_options opt = {.timeout_s = seconds, .user_class = "xenpxe", .broadcast = true};
	uint64_t began = clock_ms();
	struct in_addr own;
	size_t chosen;

	if (find_interface(vif, ifname, err))
		return -1;
	if (memcmp(mac, none, sizeof(none)) != 0)
		memcpy(vif->mac, mac, sizeof(vif->mac));
	else
		memcpy(mac, vif->mac, sizeof(vif->mac));
	if (uuid) {
		opt.has_uuid = true;
		memcpy(opt.uuid, uuid, sizeof(opt.uuid));
	}
	if (dhcp_lease(&list, &opt, &chosen, lease, err))
		return -1;
	if (lease->proxy.s_addr &&
	    (find_route(lease->proxy, &own, err) || dhcp_ask_proxy(vif, own, &opt, lease, err)))
		return -1;
	*ms = clock_ms() - began;
	return 0;
}

int as_guest_route(struct in_addr server, struct error *err)
{
	struct in_addr own;

	return find_route(server, &own, err);
}

int as_guest_read(const struct url *url, uint8_t **text, size_t *len, struct error *err)
{
	const struct fetch_options opt = {
		.max_size = CONFIG_BYTES_MAX, .tries = CONFIG_TRIES, .quiet = true};

	return fetch_memory(url, &opt, text, len, NULL, err);
}

static int hash(void *ctx, const uint8_t *data, size_t len, struct error *err)
{
	(void)err;
	sha256_update(ctx, data, len);
	return 0;
}

int as_guest_fetch(struct report_file *file, struct error *err)
{
	const struct fetch_options opt = {.max_size = UINT64_MAX, .tries = TRIES};
	struct fetch_result result;
	struct sha256 sum;
	const struct fetch_sink sink = {.data = hash, .ctx = &sum};

	sha256_init(&sum);
	if (fetch_file(file->url, &opt, &sink, &result, err))
		return -1;
	file->bytes = result.bytes;
	file->ms = result.ms;
	sha256_hex(&sum, file->sha256);
	return 0;
}
