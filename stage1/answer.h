/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer to the toolstack, in the three forms that pygrub taught toolstacks to read.
 * Pure functions.
 */
#ifndef XENPXE_STAGE1_ANSWER_H
#define XENPXE_STAGE1_ANSWER_H

#include <stddef.h>

enum answer_form {
	ANSWER_SXP, /* xend: linux (kernel 'P')(ramdisk 'P')(args 'S') */
	ANSWER_SIMPLE, /* xapi: items that end in a newline */
	ANSWER_SIMPLE0 /* libxl: items that end in a NUL */
};

/* libxl's buffer for one item, "kernel PATH" and so on, is this long with the item's NUL. It drops
 * a longer item with a warning in its log, and goes on (libxl_bootloader.c). */
#define ANSWER_ITEM_SIZE 8192

/* Enough for every answer: three items, of which sxp makes four bytes a byte at worst. */
#define ANSWER_MAX (3 * 4 * ANSWER_ITEM_SIZE)

struct answer {
	const char *kernel; /* path */
	const char *ramdisk; /* path */
	const char *args; /* stage two's command line */
};

/**
 * answer_format() - write an answer down.
 * @buf:    ANSWER_MAX bytes
 * @form:   how
 * @answer: what
 * @why:    receives a sentence for people when the answer cannot be given in this form
 *
 * Return: how many bytes of @buf make the answer, or 0 if it cannot be given: an item is too long,
 * or holds the newline that ends items in ANSWER_SIMPLE.
 */
size_t answer_format(char buf[ANSWER_MAX], enum answer_form form, const struct answer *answer,
		     const char **why);

#endif
