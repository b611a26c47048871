/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_BOOT_H
#define XENPXE_BOOT_H

#include "policy/keys.h"

/**
 * boot() - try the ways of keys->boot in order until one hands the domain over; when all failed,
 * do what keys->fail says. Never returns.
 */
void boot(const struct keys *keys) __attribute__((noreturn));

#endif
