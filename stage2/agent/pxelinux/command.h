/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first half of a choice: which entry or file, with which arguments. Private to this folder. */
#ifndef XENPXE_PXELINUX_COMMAND_H
#define XENPXE_PXELINUX_COMMAND_H

#include <stdbool.h>
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
	bool menu, seeks_label; /* see struct pxelinux_choice */
	const char *onerror; /* of where it was chosen; NULL if none */
	const char *after[2]; /* arguments behind SYSAPPEND's: typed ones; and behind ONERROR's
			       * own the line that failed */
};

/* Does the label only show the configuration's own menu (KERNEL menu.c32)? */
bool command_shows_menu(const struct pxelinux_config *config, const struct pxelinux_entry *e);

/* Does the configuration's UI read other files instead of it? */
bool command_ui_reads(const struct pxelinux_config *config);

/* What the configuration boots by itself; @timed: because time ran out, so that ONTIMEOUT counts.
 */
int command_by_itself(struct command *cmd, const struct pxelinux_config *config, bool timed,
		      struct error *err);

/* What the administrator wants, "" for what the configuration boots by itself: see
 * pxelinux_choose(). @timed: as of command_by_itself(). */
int command_find(struct command *cmd, const struct pxelinux_config *config, const char *want,
		 bool timed, struct error *err);

/* A line as it could be typed: see pxelinux_choose_line(). */
int command_of_line(struct command *cmd, const struct pxelinux_config *config, const char *line,
		    struct error *err);

/* A label, however it came to be chosen, with what was typed behind it. Where it only shows or
 * moves in a menu, that menu's own choice is taken, if it has one. */
void command_of_label(struct command *cmd, const struct pxelinux_config *config,
		      const struct pxelinux_entry *e, const char *extra);

#endif
