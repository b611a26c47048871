/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vif/vif.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dhcp/lease.h"
#include "util/console.h"
#include "util/escape.h"
#include "util/hex.h"

/* RFC 791: every network can carry 576 bytes; a lease that says less is not believed. */
#define MTU_MIN 576

static int read_attribute(const char *sysfs, const char *name, const char *attribute, char *buf,
			  size_t size)
{
	char path[PATH_MAX];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/class/net/%s/%s", sysfs, name, attribute);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fgets(buf, (int)size, f))
		len = strcspn(buf, "\n");
	buf[len] = '\0';
	fclose(f);
	return len > 0 ? 0 : -1;
}

/* The devid of a xenbus network device: /sys/class/net/X/device -> ../../../vif-N. */
static int xenbus_index(const char *sysfs, const char *name, unsigned int *index)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *base;
	char *end;
	unsigned long n;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/class/net/%s/device", sysfs, name);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -1;
	target[len] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	if (strncmp(base, "vif-", 4) != 0 || base[4] < '0' || base[4] > '9')
		return -1;
	n = strtoul(base + 4, &end, 10);
	if (*end || n > UINT_MAX)
		return -1;
	*index = (unsigned int)n;
	return 0;
}

/* "00:16:3e:01:02:03" or with dashes; nothing may follow. */
static int parse_mac(const char *text, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++, text += 3) {
		int byte = hex_byte(text);

		if (byte < 0)
			return -1;
		if (i == 5 ? text[2] != '\0' : text[2] != ':' && text[2] != '-')
			return -1;
		mac[i] = (uint8_t)byte;
	}
	return 0;
}

static int read_vif(const char *sysfs, const char *name, bool any, struct vif *vif)
{
	char text[64];

	if (strlen(name) >= sizeof(vif->name))
		return -1;
	if (read_attribute(sysfs, name, "type", text, sizeof(text)) < 0 ||
	    strtol(text, NULL, 10) != ARPHRD_ETHER)
		return -1;
	if (!any && xenbus_index(sysfs, name, &vif->index) < 0)
		return -1;
	if (read_attribute(sysfs, name, "address", text, sizeof(text)) < 0 ||
	    parse_mac(text, vif->mac) < 0)
		return -1;
	if (read_attribute(sysfs, name, "ifindex", text, sizeof(text)) < 0)
		return -1;
	vif->ifindex = (int)strtol(text, NULL, 10);
	if (any)
		vif->index = (unsigned int)vif->ifindex;
	memcpy(vif->name, name, strlen(name) + 1);
	return 0;
}

static int by_index(const void *a, const void *b)
{
	const struct vif *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

int vif_find(struct vif_list *list, const char *sysfs, bool any, struct error *err)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	memset(list, 0, sizeof(*list));
	snprintf(path, sizeof(path), "%s/class/net", sysfs);
	dir = opendir(path);
	if (!dir)
		return error_set(err, ERR_SYSTEM, "cannot list network interfaces in %s: %s", path,
				 strerror(errno));
	while ((entry = readdir(dir))) {
		struct vif vif = {0};

		if (entry->d_name[0] == '.' || read_vif(sysfs, entry->d_name, any, &vif) < 0)
			continue;
		if (list->n == VIF_MAX) {
			say_error("more than %d network interfaces: %s is left out", VIF_MAX,
				  vif.name);
			continue;
		}
		list->vif[list->n++] = vif;
	}
	closedir(dir);
	if (list->n == 0)
		return error_set(err, ERR_NO_VIF,
				 any ? "this machine has no Ethernet interface"
				     : "this guest has no network interface: give it one with "
				       "vif = [ 'bridge=...' ] in its configuration");

	qsort(list->vif, list->n, sizeof(list->vif[0]), by_index);
	for (size_t i = 0; any && i < list->n; i++)
		list->vif[i].index = (unsigned int)i;
	return 0;
}

static const char *show_list(const struct vif_list *list, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < list->n && at < size; i++) {
		const struct vif *v = &list->vif[i];
		char mac[VIF_MAC_SIZE];

		at += (size_t)snprintf(buf + at, size - at, "%s%u (%s)", i ? ", " : "", v->index,
				       vif_mac(mac, v->mac));
	}
	return buf;
}

int vif_choose(struct vif_list *list, const char *key, struct error *err)
{
	char shown[80], all[256];
	bool by_number;
	unsigned long index = 0;
	uint8_t mac[6] = {0};

	if (!key || !*key)
		return 0;
	by_number = strspn(key, "0123456789") == strlen(key) && strlen(key) < 10;
	if (by_number)
		index = strtoul(key, NULL, 10);
	else if (parse_mac(key, mac) < 0)
		return error_set(
			err, ERR_USAGE,
			"xenpxe.vif=%s is neither an index of vif = [ ... ] (0 is the first)"
			" nor a MAC address",
			escape_str(shown, sizeof(shown), key));

	for (size_t i = 0; i < list->n; i++) {
		const struct vif *v = &list->vif[i];

		if (by_number ? v->index == index : memcmp(v->mac, mac, sizeof(mac)) == 0) {
			list->vif[0] = *v;
			list->n = 1;
			return 0;
		}
	}
	return error_set(err, ERR_NO_VIF,
			 "xenpxe.vif=%s: this guest has no such interface; it has %s",
			 escape_str(shown, sizeof(shown), key), show_list(list, all, sizeof(all)));
}

static int open_control(struct error *err)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		error_set(err, ERR_SYSTEM, "no IPv4 socket: %s", strerror(errno));
	return fd;
}

static void name_request(struct ifreq *req, const struct vif *vif)
{
	memset(req, 0, sizeof(*req));
	memcpy(req->ifr_name, vif->name, sizeof(req->ifr_name));
}

static int set_flags(int fd, const struct vif *vif, short set, short clear, struct error *err)
{
	struct ifreq req;

	name_request(&req, vif);
	if (ioctl(fd, SIOCGIFFLAGS, &req) < 0)
		return error_set(err, ERR_SYSTEM, "%s: cannot read the interface's flags: %s",
				 vif->name, strerror(errno));
	req.ifr_flags = (short)((req.ifr_flags | set) & ~clear);
	if (ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		return error_set(err, ERR_SYSTEM, "%s: cannot set the link %s: %s", vif->name,
				 set ? "up" : "down", strerror(errno));
	return 0;
}

static void set_sockaddr(struct sockaddr *to, struct in_addr addr)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = addr};

	memcpy(to, &sin, sizeof(sin));
}

static int set_address(int fd, const struct vif *vif, unsigned long request, struct in_addr addr,
		       const char *what, struct error *err)
{
	char text[INET_ADDRSTRLEN];
	struct ifreq req;

	name_request(&req, vif);
	set_sockaddr(&req.ifr_addr, addr);
	if (ioctl(fd, request, &req) < 0)
		return error_set(err, ERR_SYSTEM, "%s: cannot set the %s %s: %s", vif->name, what,
				 inet_ntop(AF_INET, &addr, text, sizeof(text)), strerror(errno));
	return 0;
}

static int add_route(int fd, const struct vif *vif, struct in_addr net, struct in_addr mask,
		     struct in_addr gateway, struct error *err)
{
	char net_text[INET_ADDRSTRLEN], gw_text[INET_ADDRSTRLEN], dev[IFNAMSIZ];
	struct rtentry route = {.rt_flags = RTF_UP, .rt_dev = dev};

	memcpy(dev, vif->name, sizeof(dev));
	set_sockaddr(&route.rt_dst, net);
	set_sockaddr(&route.rt_genmask, mask);
	if (gateway.s_addr) {
		set_sockaddr(&route.rt_gateway, gateway);
		route.rt_flags |= RTF_GATEWAY;
	}
	if (mask.s_addr == INADDR_NONE)
		route.rt_flags |= RTF_HOST;
	if (ioctl(fd, SIOCADDRT, &route) == 0 || errno == EEXIST)
		return 0;
	return error_set(err, ERR_SYSTEM, "%s: cannot add the route to %s/%d via %s: %s", vif->name,
			 inet_ntop(AF_INET, &net, net_text, sizeof(net_text)),
			 __builtin_popcount(mask.s_addr),
			 inet_ntop(AF_INET, &gateway, gw_text, sizeof(gw_text)), strerror(errno));
}

static bool on_link(const struct lease *lease, struct in_addr addr)
{
	return ((addr.s_addr ^ lease->addr.s_addr) & lease->netmask.s_addr) == 0;
}

static int add_routes(int fd, const struct vif *vif, const struct lease *lease, struct error *err)
{
	const struct in_addr any = {INADDR_ANY}, host = {INADDR_NONE};

	/* Some networks give a /32 and a router outside of it: that one is on the link. */
	if (lease->n_route == 0 && lease->router.s_addr) {
		if (!on_link(lease, lease->router) &&
		    add_route(fd, vif, lease->router, host, any, err) < 0)
			return -1;
		return add_route(fd, vif, any, any, lease->router, err);
	}
	/* RFC 3442: a router of 0.0.0.0 means on the link; routes that others need come first. */
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < lease->n_route; i++) {
			const struct lease_route *r = &lease->route[i];

			if ((r->gateway.s_addr != 0) == (pass == 1) &&
			    add_route(fd, vif, r->net, r->mask, r->gateway, err) < 0)
				return -1;
		}
	}
	return 0;
}

int vif_up(const struct vif *vif, struct error *err)
{
	int fd = open_control(err), ret;

	if (fd < 0)
		return -1;
	ret = set_flags(fd, vif, IFF_UP, 0, err);
	close(fd);
	return ret;
}

int vif_configure(const struct vif *vif, const struct lease *lease, struct error *err)
{
	const struct in_addr none = {INADDR_ANY};
	struct ifreq req;
	int fd = open_control(err), ret = -1;

	if (fd < 0)
		return -1;
	/* An older lease's address would stay the source of what we send: it goes first. */
	if (set_address(fd, vif, SIOCSIFADDR, none, "address", err) < 0 ||
	    set_flags(fd, vif, IFF_UP, 0, err) < 0)
		goto out;
	if (lease->mtu >= MTU_MIN) {
		name_request(&req, vif);
		req.ifr_mtu = lease->mtu;
		/* Not fatal: the interface's own size may serve as well, and shows if it does not.
		 */
		if (ioctl(fd, SIOCSIFMTU, &req) < 0)
			say("%s: the lease asks for an MTU of %u, which this interface does not do: %s",
			    vif->name, lease->mtu, strerror(errno));
	}
	if (set_address(fd, vif, SIOCSIFADDR, lease->addr, "address", err) < 0 ||
	    set_address(fd, vif, SIOCSIFNETMASK, lease->netmask, "netmask", err) < 0)
		goto out;
	ret = add_routes(fd, vif, lease, err);
out:
	close(fd);
	return ret;
}

int vif_down(const struct vif *vif, struct error *err)
{
	const struct in_addr none = {INADDR_ANY};
	int fd = open_control(err), ret = -1;

	if (fd < 0)
		return -1;
	/* The kernel takes the routes away with the address and the link. */
	if (set_address(fd, vif, SIOCSIFADDR, none, "address", err) == 0)
		ret = set_flags(fd, vif, 0, IFF_UP, err);
	close(fd);
	return ret;
}

char *vif_mac(char text[VIF_MAC_SIZE], const uint8_t mac[6])
{
	snprintf(text, VIF_MAC_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	return text;
}
