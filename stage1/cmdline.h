/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage two's kernel command line. Pure functions.
 *
 *	console=hvc0 quiet xenpxe.KEY=value xenpxe.KEY="two words" -- GUEST'S OWN ARGUMENTS
 */
#ifndef XENPXE_STAGE1_CMDLINE_H
#define XENPXE_STAGE1_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "keys.h"

/* xen/include/public/xen.h, MAX_GUEST_CMDLINE, without the NUL. libxenguest cuts what is longer
 * and says nothing. */
#define CMDLINE_MAX 1023

/* How long the parts became, in bytes: for the person who has to shorten one of them. */
struct cmdline_lengths {
	size_t ours; /* fixed arguments and keys */
	size_t separator; /* " -- ", or nothing when the guest has no arguments */
	size_t guest;
	size_t total;
};

/**
 * cmdline_compose() - put the line together.
 * @line:    receives the NUL-terminated line if it fits
 * @values:  one for each key, NULL for a key that was not given, "" for one that has no value;
 *           values have passed their key's check
 * @guest:   the guest's own arguments, passed on byte by byte; "" for none
 * @lengths: filled in always, also when the line does not fit
 *
 * Return: true if the line fits in CMDLINE_MAX bytes; otherwise @line is empty.
 */
bool cmdline_compose(char line[CMDLINE_MAX + 1], const char *const values[KEY_COUNT],
		     const char *guest, struct cmdline_lengths *lengths);

/**
 * cmdline_stray_key() - find a key of ours among the guest's own arguments, where it has no effect.
 * @guest: the guest's own arguments
 * @len:   receives the length of the word found
 *
 * Return: the first word that begins with "xenpxe.", or NULL.
 */
const char *cmdline_stray_key(const char *guest, size_t *len);

#endif
