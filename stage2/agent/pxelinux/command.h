/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first half of a choice: which entry or file, with which arguments. Private to this folder. */
#ifndef XENPXE_PXELINUX_COMMAND_H
#define XENPXE_PXELINUX_COMMAND_H

#include <stddef.h>

#include "pxelinux/pxelinux.h"
#include "util/error.h"

/* A command as it could be typed at PXELINUX's prompt, looked up. */
struct command {
	enum pxelinux_type type;
	const char *directive;
	const char *label; /* not terminated: @label_len bytes */
	size_t label_len;
	const char *file; /* the same: @file_len bytes */
	size_t file_len;
	const char *before[3]; /* arguments in front of SYSAPPEND's: KERNEL's, APPEND, those typed
				* behind a file's name; "" where there are none */
	const char *initrd; /* NULL if none */
	unsigned int sysappend;
	const char *after[2]; /* arguments behind SYSAPPEND's: typed ones; and behind ONERROR's
			       * own the line that failed */
};

/* What the administrator wants, "" for what the configuration boots by itself: see
 * pxelinux_choose(). */
int command_find(struct command *cmd, const struct pxelinux_config *config, const char *want,
		 struct error *err);

/* A line as it could be typed: see pxelinux_choose_line(). */
int command_of_line(struct command *cmd, const struct pxelinux_config *config, const char *line,
		    struct error *err);

/* A label, however it came to be chosen, with what was typed behind it. Where it only shows or
 * moves in a menu, that menu's own choice is taken, if it has one. */
void command_of_label(struct command *cmd, const struct pxelinux_config *config,
		      const struct pxelinux_entry *e, const char *extra);

#endif
