/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PXELINUX configuration as a menu, and a person's decision as a choice: the only place that
 * knows both. Pure.
 */
#ifndef XENPXE_PXELINUX_MENU_H
#define XENPXE_PXELINUX_MENU_H

#include "menu/menu.h"
#include "pxelinux/pxelinux.h"

struct pxelinux_ask {
	struct menu menu; /* for menu_ask() */
	struct menu_entry *entry; /* private */
	struct menu_page *page; /* private */
	struct menu_hidden_key hidden_key[PXELINUX_HIDDENKEY_MAX]; /* private */
	const struct pxelinux_config *config; /* private */
	const char *want; /* private */
};

/**
 * pxelinux_asks() - is a person asked?
 * @label:  the administrator's, "" if none: it needs no question
 * @person: somebody is at the console and pressed a key, as with Shift at PXELINUX's start: is
 *          asked whatever the label, unless NOESCAPE is against it
 *
 * UI asks with a menu (but for MENU SHIFTKEY), PROMPT 1 with a prompt, and so does a configuration
 * with a TIMEOUT and without a DEFAULT. One with neither boots its first label at once. Where UI
 * names other files it is those that ask.
 */
bool pxelinux_asks(const struct pxelinux_config *config, const char *label, bool person);

/**
 * pxelinux_ask_make() - what menu_ask() shows of a configuration: its menu; only a prompt where
 * it has no UI, and PROMPT 1 or no DEFAULT.
 * @config: read until pxelinux_ask_free()
 * @want:   as of pxelinux_choose(): boots when nobody decides, and the cursor is on it; kept
 *          until pxelinux_ask_free()
 * @text:   lines above the prompt (SAY, DISPLAY), the same; NULL: none
 * @patience_s: seconds after which that boots if the configuration has no TIMEOUT: a guest whose
 *          console nobody looks at must not wait for ever. 0: it waits
 * @out:    free with pxelinux_ask_free(), also after -1
 * @err:    ERR_MEMORY
 *
 * Return: 0 or -1.
 */
int pxelinux_ask_make(const struct pxelinux_config *config, const char *want, const char *text,
		      unsigned int patience_s, struct pxelinux_ask *out, struct error *err);

/**
 * pxelinux_ask_choose() - what a decision boots.
 * @decision: of menu_ask() about @menu
 * @info, @out, @err: as pxelinux_choose(); a person's, unless time ran out
 */
int pxelinux_ask_choose(const struct pxelinux_ask *menu, const struct menu_decision *decision,
			const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			struct error *err);

void pxelinux_ask_free(struct pxelinux_ask *menu);

#endif
