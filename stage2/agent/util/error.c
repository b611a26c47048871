/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/escape.h"

int error_set(struct error *err, enum error_class class, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	err->class = class;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	escape_flatten(err->text, strlen(err->text));
	return -1;
}

int error_prefix(struct error *err, const char *fmt, ...)
{
	char old[sizeof(err->text)];
	va_list ap;
	size_t len;

	if (!err)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", old);
	escape_flatten(err->text, strlen(err->text));
	return -1;
}

const char *error_class_name(enum error_class class)
{
	switch (class) {
	case ERR_NONE:
		return "none";
	case ERR_USAGE:
		return "usage";
	case ERR_SYSTEM:
		return "system";
	case ERR_MEMORY:
		return "memory";
	case ERR_NO_VIF:
		return "no-vif";
	case ERR_TIMEOUT:
		return "timeout";
	case ERR_NOT_FOUND:
		return "not-found";
	case ERR_SERVER:
		return "server";
	case ERR_PROTOCOL:
		return "protocol";
	case ERR_CONFIG:
		return "config";
	case ERR_IMAGE:
		return "image";
	case ERR_HANDOVER:
		return "handover";
	case ERR_UNSUPPORTED:
		return "unsupported";
	}
	return "unknown";
}
