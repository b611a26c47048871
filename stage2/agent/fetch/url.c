/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memmem() */
#include "fetch/url.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/escape.h"
#include "util/hex.h"

#define TFTP_PORT 69

/* Where @what begins in the @len bytes of @s; NULL if it does not occur. */
static const char *find(const char *s, size_t len, const char *what)
{
	return memmem(s, len, what, strlen(what));
}

static int bad_name(struct error *err, const char *name, size_t len, const char *why)
{
	char shown[160];

	return error_set(err, ERR_CONFIG, "the file name \"%s\" %s",
			 escape(shown, sizeof(shown), name, len), why);
}

static int parse_server(struct in_addr *server, const char *host, size_t len, const char *name,
			size_t name_len, struct error *err)
{
	char text[INET_ADDRSTRLEN];

	if (len < sizeof(text)) {
		memcpy(text, host, len);
		text[len] = '\0';
		if (strlen(text) == len && inet_pton(AF_INET, text, server) == 1)
			return 0;
	}
	return bad_name(err, name, name_len,
			"names its server in another way than by an IPv4 address, "
			"and this image resolves no names");
}

static int parse_port(in_port_t *port, const char *text, size_t len)
{
	unsigned int n = 0;

	if (len == 0 || len > 5)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = n * 10 + (unsigned int)(text[i] - '0');
	}
	if (n == 0 || n > UINT16_MAX)
		return -1;
	*port = (in_port_t)n;
	return 0;
}

/* Append to a path that is already @at bytes long. */
static int append(struct url *out, size_t at, const char *s, size_t len, const char *name,
		  size_t name_len, struct error *err)
{
	if (at + len > URL_PATH_MAX)
		return bad_name(err, name, name_len, "is too long with its prefix");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f)
			return bad_name(err, name, name_len, "holds control characters");
	}
	memcpy(out->path + at, s, len);
	out->path[at + len] = '\0';
	return 0;
}

/* RFC 3617 (tftp://host/file;mode=octet), with RFC 3986's %XX. @p: behind the "://" */
static int join_url(struct url *out, const char *p, const char *name, size_t len, struct error *err)
{
	const char *end = name + len, *slash = memchr(p, '/', (size_t)(end - p));
	const char *host_end = slash ? slash : end, *colon;
	char path[URL_PATH_MAX + 1];
	size_t n = 0;

	colon = memchr(p, ':', (size_t)(host_end - p));
	if (parse_server(&out->server, p, (size_t)((colon ? colon : host_end) - p), name, len,
			 err) < 0)
		return -1;
	out->port = TFTP_PORT;
	if (colon && parse_port(&out->port, colon + 1, (size_t)(host_end - colon - 1)) < 0)
		return bad_name(err, name, len, "has a port that is none");

	for (p = slash ? slash + 1 : end; p < end && *p != ';'; p++) {
		int high = *p == '%' && end - p > 2 ? hex_digit(p[1]) : -1;
		int low = high < 0 ? -1 : hex_digit(p[2]);

		if (n == URL_PATH_MAX)
			return bad_name(err, name, len, "is too long");
		if (low < 0) {
			path[n++] = *p;
		} else {
			path[n++] = (char)(high << 4 | low);
			p += 2;
		}
	}
	return append(out, 0, path, n, name, len, err);
}

int url_join(struct url *out, const struct url *base, const char *name, size_t len,
	     struct error *err)
{
	const char *p = find(name, len, "://");
	struct url url = *base;
	size_t at = 0;

	if (len == 0)
		return error_set(err, ERR_CONFIG, "an empty file name");
	if (p) {
		static const char tftp[] = "tftp";
		char scheme[32];

		if ((size_t)(p - name) != strlen(tftp) ||
		    strncasecmp(name, tftp, strlen(tftp)) != 0)
			return error_set(err, ERR_CONFIG,
					 "this image cannot fetch by %s, only by tftp",
					 escape(scheme, sizeof(scheme), name, (size_t)(p - name)));
		if (join_url(&url, p + 3, name, len, err) < 0)
			return -1;
	} else {
		const char *file = name;

		p = find(name, len, "::");
		if (p) {
			file = p + 2;
			if (p > name) {
				if (parse_server(&url.server, name, (size_t)(p - name), name, len,
						 err) < 0)
					return -1;
				url.port = TFTP_PORT;
			}
		} else {
			at = strlen(url.path);
		}
		if (append(&url, at, file, len - (size_t)(file - name), name, len, err) < 0)
			return -1;
	}
	*out = url;
	return 0;
}

int url_prefix(struct url *out, const char *bootfile, size_t len, struct error *err)
{
	struct url url = *out;
	size_t n;

	url.path[0] = '\0';
	if (len > 0 && url_join(&url, &url, bootfile, len, err) < 0)
		return -1;
	/* Windows servers hand out backslashes. */
	for (n = strlen(url.path); n > 0; n--) {
		if (url.path[n - 1] == '/' || url.path[n - 1] == '\\')
			break;
	}
	url.path[n] = '\0';
	*out = url;
	return 0;
}

char *url_show(char *buf, size_t size, const struct url *url)
{
	char server[INET_ADDRSTRLEN];
	size_t at;

	if (url->scheme == URL_FILE)
		return escape_str(buf, size, url->path);
	inet_ntop(AF_INET, &url->server, server, sizeof(server));
	if (url->port == TFTP_PORT)
		at = (size_t)snprintf(buf, size, "%s:", server);
	else
		at = (size_t)snprintf(buf, size, "tftp://%s:%u/", server, url->port);
	if (at < size)
		escape_str(buf + at, size - at, url->path);
	return buf;
}
