/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file is. Pure functions, no I/O.
 */
#ifndef XENPXE_FETCH_URL_H
#define XENPXE_FETCH_URL_H

#include <netinet/in.h>
#include <stddef.h>

#include "util/error.h"

#define URL_PATH_MAX 1023 /* bytes, without the NUL */

enum url_scheme {
	URL_TFTP,
	URL_FILE /* on the guest's own disk */
};

/* One file, on a server or a disk. Plain data: copy it as you like. */
struct url {
	enum url_scheme scheme;
	struct in_addr server;
	in_port_t port; /* host byte order */
	int fd; /* URL_FILE: open for reading; who opened it closes it */
	/* As sent to the server: NUL-terminated, no control bytes. URL_FILE: "xvda2:/vmlinuz", any
	 * bytes, for people only. */
	char path[URL_PATH_MAX + 1];
};

/**
 * url_join() - resolve a PXELINUX file name (syslinux doc/pxelinux.txt, "filename syntax").
 * @out:    the result
 * @base:   server, and as path the prefix in force (may be "", else used as it is: the caller
 *          gives it with its trailing slash)
 * @name:   "file" (prefix is put in front, also of "/file": TFTP has no root, and PXELINUX knows
 *          no other way to leave the prefix out than these), "::file", "A.B.C.D::file" (other
 *          server), or
 *          "tftp://A.B.C.D[:port]/file" (%XX decoded, a ";mode=octet" dropped)
 * @len:    bytes of @name
 * @err:    ERR_CONFIG: empty, too long, control characters, a host that is not an IPv4
 *          address, or a scheme that this image does not have (it is named)
 *
 * Return: 0 or -1.
 */
int url_join(struct url *out, const struct url *base, const char *name, size_t len,
	     struct error *err);

/**
 * url_prefix() - the directory part of a boot file's name, with its slash (or backslash, as
 * Windows servers have it); "" if it has none (RFC 5071 section 3.4 and syslinux: the prefix
 * when option 210 is absent).
 * @out: prefix; server, port and scheme are left alone unless the boot file names its own
 *       ("tftp://A.B.C.D/dir/file", "A.B.C.D::dir/file")
 * @len: bytes of @bootfile, may be 0
 * @err: as url_join()
 */
int url_prefix(struct url *out, const char *bootfile, size_t len, struct error *err);

/**
 * url_show() - "server:path" as people read it, escaped, cut at @size - 1; with another port
 * than TFTP's own "tftp://server:port/path"; of a file on a disk its path.
 *
 * Return: @buf.
 */
char *url_show(char *buf, size_t size, const struct url *url);

#endif
