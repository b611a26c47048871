/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, for people and for programs.
 *
 * A function that can fail returns 0 or -1 and, on -1, has filled the struct error it was
 * given: a class that decides what the boot policy does next (and the exit status of the
 * command-line verbs), and one sentence that says what was tried, with whom, what came back
 * and what to do about it.
 */
#ifndef XENPXE_UTIL_ERROR_H
#define XENPXE_UTIL_ERROR_H

/* The classes. The numbers are the exit statuses of xenpxe-agent's verbs: do not renumber. */
enum error_class {
	ERR_NONE = 0,
	ERR_USAGE = 100, /* the command line or a key is wrong */
	ERR_SYSTEM = 101, /* this kernel refused something it should do */
	ERR_MEMORY = 102, /* not enough memory in this guest */
	ERR_NO_VIF = 103, /* no network interface to boot from */
	ERR_TIMEOUT = 104, /* nobody answered in time */
	ERR_NOT_FOUND = 105, /* a server says: no such file */
	ERR_SERVER = 106, /* a server refused or failed, with its own words */
	ERR_PROTOCOL = 107, /* a peer sent what it must not send */
	ERR_CONFIG = 108, /* a configuration was found but does not lead to a boot */
	ERR_IMAGE = 109, /* the kernel or ramdisk cannot be booted in this guest */
	ERR_HANDOVER = 110, /* the hand-over was given up before the point of no return */
	ERR_UNSUPPORTED = 111 /* this image was built without what is asked for */
};

struct error {
	enum error_class class;
	char text[512]; /* NUL-terminated, one line, control characters already escaped */
};

/**
 * error_set() - describe a failure.
 * @err:   where to; may be NULL when the caller does not care
 * @class: what kind of failure it is
 * @fmt:   printf format of the sentence; the result is cut at sizeof(err->text) - 1
 *
 * Control characters in the finished sentence are replaced by '?': callers escape bytes from
 * outside with escape() where the exact bytes matter.
 *
 * Return: always -1, so that "return error_set(...)" is the common form.
 */
int error_set(struct error *err, enum error_class class, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * error_prefix() - put what was being done in front of what went wrong.
 * @err: filled by a failed call
 * @fmt: printf format of the prefix; ": " is added
 *
 * Return: always -1.
 */
int error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * error_class_name() - the class's short name for logs and xenstore, for example "timeout".
 *
 * Return: a static string, never NULL.
 */
const char *error_class_name(enum error_class class);

#endif
