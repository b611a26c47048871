/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define SAY_MAX ((size_t)8192)

int write_all(int fd, const void *buf, size_t len)
{
	const char *at = buf;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

void say(const char *fmt, ...)
{
	static const char prefix[] = "xenpxe: ";
	static const char hex[] = "0123456789abcdef";
	static char text[SAY_MAX];
	static char out[sizeof(prefix) + 4 * SAY_MAX];
	size_t n = 0;
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);

	while (prefix[n] != '\0') {
		out[n] = prefix[n];
		n++;
	}
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c >= 0x20 && c < 0x7f) {
			out[n++] = *p;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n++] = '\n';

	/* There is nobody left to tell when standard error itself fails. */
	(void)write_all(STDERR_FILENO, out, n);
}
