/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directives of PXELINUX's own prompt: syslinux.cfg(5). */
#include <string.h>

#include "pxelinux/parser.h"
#include "pxelinux/words.h"

static void on_label(struct parser *p, const struct directive *d, char *value)
{
	(void)d;
	parser_end_entry(p);
	if (!value[0]) {
		parser_warn(p, p->line, "LABEL without a name has no effect");
		return;
	}
	value[word_len(value)] = '\0';
	p->entry = parser_add_entry(p, PXELINUX_KERNEL, value, "LABEL");
}

/* A type that only a menu knows: KERNEL and the like do not change it any more. */
static bool is_menu_type(enum pxelinux_type type)
{
	return type >= PXELINUX_MENU;
}

/* KERNEL, LOCALBOOT and the like: the last one of a label counts. */
static void on_type(struct parser *p, const struct directive *d, char *value)
{
	enum pxelinux_type type = (enum pxelinux_type)d->arg;

	if (!p->entry) {
		parser_warn(p, p->line, "%s outside of a LABEL has no effect", d->keyword);
		return;
	}
	if (is_menu_type(p->entry->type))
		return;
	if (!value[0] && type != PXELINUX_LOCALBOOT) {
		parser_warn(p, p->line, "%s without a name has no effect", d->keyword);
		return;
	}
	p->entry->type = type;
	p->entry->directive = d->keyword;
	p->entry->kernel = value;
}

static void on_append(struct parser *p, const struct directive *d, char *value)
{
	const char *append = strcmp(value, "-") == 0 ? "" : value;

	(void)d;
	if (p->entry)
		p->entry->append = append;
	else
		p->config->append = append;
}

static void on_initrd(struct parser *p, const struct directive *d, char *value)
{
	if (p->entry)
		p->entry->initrd = value;
	else
		parser_warn(p, p->line, "%s outside of a LABEL has no effect", d->keyword);
}

static void on_sysappend(struct parser *p, const struct directive *d, char *value)
{
	unsigned int mask = parser_number(value, 0);

	if (mask & ~PXELINUX_SYSAPPEND_MASK)
		parser_warn(
			p, p->line,
			"%s 0x%x: a PV guest has no DMI and no file system to append: only bits 1, "
			"2, 4 and 8 have a meaning here",
			d->keyword, mask);
	if (p->entry)
		p->entry->sysappend = mask;
	else
		p->config->sysappend = mask;
}

/* Of several the last counts, a menu's name or another. */
static void on_default(struct parser *p, const struct directive *d, char *value)
{
	static const char *const menus[] = {"menu.c32", "vesamenu.c32", "gfxboot.c32"};
	size_t len = word_len(value);
	const char *name = word_base_name(value, &len);

	(void)d;
	if (!value[0])
		return;
	for (size_t i = 0; i < sizeof(menus) / sizeof(menus[0]); i++) {
		if (word_is(name, len, menus[i])) {
			p->config->ui = value;
			p->config->default_line = NULL;
			p->ui_is_default = true;
			return;
		}
	}
	if (p->ui_is_default)
		p->config->ui = NULL;
	p->ui_is_default = false;
	p->config->default_line = value;
}

enum setting {
	SET_UI,
	SET_ONTIMEOUT,
	SET_ONERROR,
	SET_TIMEOUT,
	SET_TOTALTIMEOUT,
	SET_PROMPT,
	SET_IMPLICIT,
	SET_ALLOWOPTIONS,
	SET_NOESCAPE,
	SET_NOCOMPLETE,
	SET_DISPLAY
};

static void on_setting(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	struct pxelinux_menu *menu = parser_menu(p);
	const char *text = value[0] ? value : NULL;

	switch ((enum setting)d->arg) {
	case SET_UI:
		config->ui = text;
		p->ui_is_default = false;
		break;
	case SET_ONTIMEOUT:
		config->ontimeout = menu->ontimeout = text;
		break;
	case SET_ONERROR:
		config->onerror = menu->onerror = text;
		break;
	case SET_TIMEOUT:
		config->timeout = menu->timeout = parser_number(value, 10);
		break;
	case SET_TOTALTIMEOUT:
		config->total_timeout = parser_number(value, 10);
		break;
	case SET_PROMPT:
		config->prompt = parser_number(value, 10) != 0;
		break;
	case SET_IMPLICIT:
		config->implicit = parser_number(value, 10) != 0;
		break;
	case SET_ALLOWOPTIONS:
		config->allow_options = menu->allow_options = parser_number(value, 10) != 0;
		break;
	case SET_NOESCAPE:
		config->noescape = parser_number(value, 10) != 0;
		break;
	case SET_NOCOMPLETE:
		config->nocomplete = parser_number(value, 10) != 0;
		break;
	case SET_DISPLAY:
		config->display = text;
		break;
	}
}

static void on_say(struct parser *p, const struct directive *d, char *value)
{
	struct pxelinux_config *config = p->config;
	const char **more = parser_grow(p, config->say, config->n_say, &p->say_room, sizeof(*more));

	(void)d;
	if (!more)
		return;
	config->say = more;
	config->say[config->n_say++] = value;
}

/* F1 ... F12. A second word is a picture's name. */
static void on_fkey(struct parser *p, const struct directive *d, char *value)
{
	value[word_len(value)] = '\0';
	parser_menu(p)->fkey[d->arg - 1] = value[0] ? value : NULL;
}

/* Directives for a PC's screen, keyboard and disks. */
void parser_on_ignored(struct parser *p, const struct directive *d, char *value)
{
	(void)p;
	(void)d;
	(void)value;
}

static void on_menu(struct parser *p, const struct directive *d, char *value)
{
	size_t len = word_len(value);

	d = parser_find(menu_directives, value, len);
	if (!d)
		parser_unknown(p, "MENU ", value, len);
	else
		d->handle(p, d, (char *)word_skip_space(value + len));
}

const struct directive label_directives[] = {
	{"ALLOWOPTIONS", on_setting, SET_ALLOWOPTIONS},
	{"APPEND", on_append, 0},
	{"BOOT", on_type, PXELINUX_OTHER},
	{"BSS", on_type, PXELINUX_OTHER},
	{"COM32", on_type, PXELINUX_OTHER},
	{"COMBOOT", on_type, PXELINUX_OTHER},
	{"CONFIG", on_type, PXELINUX_CONFIG},
	{"CONSOLE", parser_on_ignored, 0},
	{"DEFAULT", on_default, 0},
	{"DISPLAY", on_setting, SET_DISPLAY},
	{"F0", on_fkey, 10},
	{"F1", on_fkey, 1},
	{"F10", on_fkey, 10},
	{"F11", on_fkey, 11},
	{"F12", on_fkey, 12},
	{"F2", on_fkey, 2},
	{"F3", on_fkey, 3},
	{"F4", on_fkey, 4},
	{"F5", on_fkey, 5},
	{"F6", on_fkey, 6},
	{"F7", on_fkey, 7},
	{"F8", on_fkey, 8},
	{"F9", on_fkey, 9},
	{"FDIMAGE", on_type, PXELINUX_OTHER},
	{"FDT", parser_on_ignored, 0}, /* FDT and FDTDIR are U-Boot's */
	{"FDTDIR", parser_on_ignored, 0},
	{"FONT", parser_on_ignored, 0},
	{"IMPLICIT", on_setting, SET_IMPLICIT},
	{"INCLUDE", parser_on_include, 0},
	{"INITRD", on_initrd, 0},
	{"IPAPPEND", on_sysappend, 0},
	{"KBDMAP", parser_on_ignored, 0},
	{"KERNEL", on_type, PXELINUX_KERNEL},
	{"LABEL", on_label, 0},
	{"LINUX", on_type, PXELINUX_KERNEL},
	{"LOCALBOOT", on_type, PXELINUX_LOCALBOOT},
	{"MENU", on_menu, 0},
	{"NOCOMPLETE", on_setting, SET_NOCOMPLETE},
	{"NOESCAPE", on_setting, SET_NOESCAPE},
	{"NOHALT", parser_on_ignored, 0},
	{"ONERROR", on_setting, SET_ONERROR},
	{"ONTIMEOUT", on_setting, SET_ONTIMEOUT},
	{"PATH", parser_on_ignored, 0},
	{"PROMPT", on_setting, SET_PROMPT},
	{"PXE", on_type, PXELINUX_OTHER},
	{"PXERETRY", parser_on_ignored, 0},
	{"SAY", on_say, 0},
	{"SENDCOOKIES", parser_on_ignored, 0},
	{"SERIAL", parser_on_ignored, 0},
	{"SYSAPPEND", on_sysappend, 0},
	{"TEXT", parser_on_text, 0},
	{"TIMEOUT", on_setting, SET_TIMEOUT},
	{"TOTALTIMEOUT", on_setting, SET_TOTALTIMEOUT},
	{"UI", on_setting, SET_UI},
	{0},
};
