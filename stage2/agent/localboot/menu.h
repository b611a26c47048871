/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot menu from the guest's disk, as menu_ask() shows it. Pure. */
#ifndef XENPXE_LOCALBOOT_MENU_H
#define XENPXE_LOCALBOOT_MENU_H

#include "localboot/entry.h"
#include "menu/menu.h"

struct local_ask {
	struct menu menu; /* for menu_ask() */
	struct menu_entry *entry; /* private */
	struct menu_page *page; /* private */
	char **title; /* private: of the pages */
};

/**
 * local_ask_make() - what menu_ask() shows: a page for each submenu, the cursor on the entry that
 * boots by itself. Tab edits the kernel's arguments.
 * @from:       with one entry or more; read until local_ask_free(). Each menu_entry's id is its
 *              number in there
 * @patience_s: seconds after which that entry boots if the menu has no time-out of its own
 * @out:        free with local_ask_free(), also after -1
 * @err:        ERR_MEMORY
 */
int local_ask_make(const struct local_menu *from, unsigned int patience_s, struct local_ask *out,
		   struct error *err);

void local_ask_free(struct local_ask *ask);

#endif
