/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "util/console.h"
#include "util/escape.h"

#define VALUE_MAX 1024

/* One process, one connection: the status is told from every step of the road. */
static struct xenstore connection = {.fd = -1};
static bool complained;

static void complain(const struct error *err)
{
	if (!complained)
		say_error("the boot goes on, but dom0 cannot follow it in data/xenpxe: %s",
			  err->text);
	complained = true;
}

void status_open(void)
{
	struct error err;

	if (xenstore_open(&connection, &err))
		complain(&err);
}

void status_renew(void)
{
	if (connection.fd >= 0)
		return;
	complained = false;
	status_open();
}

void status_attach(const struct xenstore *xs)
{
	connection = *xs;
	complained = false;
}

void status_set(const char *key, const char *fmt, ...)
{
	char raw[VALUE_MAX + 1], value[VALUE_MAX + 1], path[80];
	struct error err;
	va_list ap;

	if (connection.fd < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape_str(value, sizeof(value), raw);
	snprintf(path, sizeof(path), "data/xenpxe/%s", key);
	if (xenstore_write(&connection, path, value, &err)) {
		complain(&err);
		/* A xenstored that is gone must not cost its time-out at every step. */
		if (err.class == ERR_TIMEOUT)
			status_close();
	}
}

void status_close(void)
{
	xenstore_close(&connection);
}
