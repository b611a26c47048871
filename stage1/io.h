/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output without stdio: one message is one write(), and every failure is seen.
 */
#ifndef XENPXE_STAGE1_IO_H
#define XENPXE_STAGE1_IO_H

#include <stddef.h>

/**
 * write_all() - write() until everything is written.
 * @fd:  where to
 * @buf: what
 * @len: how many bytes
 *
 * Return: 0, or a negative errno value.
 */
int write_all(int fd, const void *buf, size_t len);

/**
 * say() - tell a person something: "xenpxe: TEXT" and a newline on standard error.
 * @fmt: as printf()
 *
 * Standard error is the guest's console and the toolstack's log, and much of what is said was
 * quoted from somewhere else. Every byte that is not printable ASCII therefore goes out as \xHH.
 * A text of more than 8191 bytes is cut.
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
