/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about the guest that we are.
 */
#ifndef XENPXE_XEN_GUEST_H
#define XENPXE_XEN_GUEST_H

#include <stdbool.h>
#include <stdint.h>

/**
 * guest_uuid() - the guest's UUID, in the byte order that "xl vm-list" prints.
 *
 * Return: false if it cannot be read; @uuid is zeroed then.
 */
bool guest_uuid(uint8_t uuid[16]);

/**
 * guest_is_pvh() - is this a type="pvh" guest (which cannot be handed over)?
 */
bool guest_is_pvh(void);

/**
 * guest_memory_available() - bytes of memory that can still be used.
 */
uint64_t guest_memory_available(void);

#define GUEST_CPU_SIZE 8

/**
 * guest_cpu() - the processor as PXELINUX's CPU= names it (syslinux.cfg(5), SYSAPPEND 8): "6" and
 * a letter for each of P, V, T, X, L, S that it has. What /proc/cpuinfo says, so that a guest gets
 * what its own kernel sees.
 *
 * Return: @text; "" if it cannot be read.
 */
char *guest_cpu(char text[GUEST_CPU_SIZE]);

/**
 * guest_cpu_from() - the same from the text of /proc/cpuinfo. Pure.
 */
char *guest_cpu_from(char text[GUEST_CPU_SIZE], const char *cpuinfo);

#endif
