/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of xenpxe, which are those of the toolstacks' contract (pygrub's), what is left of
 * pypxeboot's, and the keys of stage two.
 */
#ifndef XENPXE_STAGE1_OPTIONS_H
#define XENPXE_STAGE1_OPTIONS_H

#include <stdbool.h>

#include "answer.h"
#include "keys.h"

#define MAC_SIZE sizeof("00:16:3e:00:00:01")

/* Strings belong to argv. */
struct options {
	const char *output; /* file of the answer; NULL: standard output */
	enum answer_form form;
	const char *output_directory;
	const char *image; /* a valid name */
	const char *image_dir; /* absolute */
	const char *guest_args; /* "" if none */
	const char *values[KEY_COUNT]; /* as cmdline_compose() wants them */
	const char *disk; /* NULL if none; never opened */
	bool rescue;
	bool not_really;
	bool help;
	bool version;

	char mac[MAC_SIZE]; /* what values[KEY_VIF] points to after "mac=ADDR,…" */
	unsigned int quiet_given; /* how often */
	unsigned int quiet_of_tool; /* … of which the toolstack's, see options.c */
};

/**
 * options_parse() - read the command line.
 * @options: filled in, defaults included
 * @argc:    as main()'s
 * @argv:    as main()'s; must outlive @options
 *
 * "--name=value", "--name value", "-qv" and "--" are understood. Options may stand behind
 * positional arguments, the last of which is the disk. Given twice, the last counts. What has no
 * meaning here is accepted with a warning, so that a configuration written for another bootloader
 * starts; what is unknown is refused, so that a slip of the pen is noticed.
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said why.
 */
int options_parse(struct options *options, int argc, char *const argv[]);

#endif
