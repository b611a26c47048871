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

#endif
