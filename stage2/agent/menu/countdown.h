/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TIMEOUT and TOTALTIMEOUT (syslinux.cfg.txt), and the words for them (menu.txt, MENU AUTOBOOT).
 * Pure.
 */
#ifndef XENPXE_MENU_COUNTDOWN_H
#define XENPXE_MENU_COUNTDOWN_H

#include "menu/menu.h"

#define MENU_AUTOBOOT "Automatic boot in # second{,s}..."

struct countdown {
	uint64_t until_ms; /* 0: none, or ended by a key */
	uint64_t total_until_ms; /* 0: none */
};

/**
 * countdown_begin() - both begin now.
 * @now_ms: more than 0
 */
void countdown_begin(struct countdown *c, const struct menu *menu, uint64_t now_ms);

/**
 * countdown_stop() - a key was pressed: only the total one goes on.
 */
void countdown_stop(struct countdown *c);

/**
 * countdown_left() - seconds, begun ones counted whole, until time runs out; 0: it has.
 *
 * Return: false if nothing runs.
 */
bool countdown_left(const struct countdown *c, uint64_t now_ms, uint64_t *seconds);

/**
 * countdown_text() - MENU AUTOBOOT's message for a number of seconds.
 * @dst:     receives at most @size bytes with the NUL; bytes of @message as they are
 * @message: "#" is the number, "{one,more}" and "{one,two,more}" choose by it
 */
void countdown_text(char *dst, size_t size, const char *message, uint64_t seconds);

#endif
