/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/words.h"

bool pxelinux_asks(const struct pxelinux_config *config)
{
	bool timed = config->timeout || config->total_timeout;

	return config->ui || config->prompt || (!config->default_line && timed);
}

/* What Tab shows, as menu.c32 does: the file, its arguments, and the ramdisks as "initrd=".
 * Return: malloc()ed, NULL if there is no memory. */
static char *command_text(const struct pxelinux_entry *e)
{
	const char *kernel = e->kernel ? e->kernel : e->label;
	const char *const parts[] = {e->append[0] ? " " : "", e->append,
				     e->initrd ? " initrd=" : "", e->initrd ? e->initrd : ""};
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs(kernel, f);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		fputs(parts[i], f);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

/* MENU GOTO and EXIT lead to pages that this image does not make of a configuration. */
static enum menu_kind kind_of(const struct pxelinux_entry *e)
{
	if (e->disabled)
		return MENU_HEADING;
	if (e->type != PXELINUX_MENU)
		return MENU_BOOT;
	return strcmp(e->directive, "QUIT") == 0 ? MENU_QUIT : MENU_HEADING;
}

static int make_entries(const struct pxelinux_config *config, struct pxelinux_ask *out)
{
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];
		char *command = NULL;

		if (e->type == PXELINUX_KERNEL && config->allow_options) {
			command = command_text(e);
			if (!command)
				return -1;
		}
		out->entry[i] = (struct menu_entry){
			.kind = kind_of(e),
			.id = i,
			.title = e->menu_label ? e->menu_label : e->label,
			.label = e->disabled ? NULL : e->label,
			.command = command,
			.hidden = e->hidden,
		};
		out->menu.n_entry = i + 1;
	}
	return 0;
}

/* Where the cursor is at first: the label that is wanted or DEFAULT names (menu.txt), else the
 * last MENU DEFAULT. */
static size_t find_chosen(const struct pxelinux_config *config, const char *want)
{
	const char *line = config->default_line ? config->default_line : "";
	size_t chosen = MENU_NONE;

	line = want[0] ? word_skip_space(want) : line;
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];
		size_t len = word_len(line);

		if (e->hidden || e->disabled)
			continue;
		if (len && strlen(e->label) == len && memcmp(e->label, line, len) == 0)
			return i;
		if (e->menu_default)
			chosen = i;
	}
	return chosen;
}

int pxelinux_ask_make(const struct pxelinux_config *config, const char *want,
		      unsigned int patience_s, struct pxelinux_ask *out, struct error *err)
{
	bool timed = config->timeout || config->total_timeout;

	*out = (struct pxelinux_ask){.config = config, .want = want};
	out->page = (struct menu_page){
		.title = "Boot menu",
		.parent = MENU_NONE,
		.chosen = find_chosen(config, want),
		.allow_options = config->allow_options,
	};
	out->menu = (struct menu){
		.page = &out->page,
		.n_page = 1,
		.timeout_ms = timed ? config->timeout * 100ULL : patience_s * 1000ULL,
		.total_timeout_ms = config->total_timeout * 100ULL,
		.prompt_only = !config->ui && (config->prompt || !config->default_line),
		.allow_options = config->allow_options,
		.complete = true,
	};
	out->entry = calloc(config->n_entry + 1, sizeof(*out->entry));
	out->menu.entry = out->entry;
	if (!out->entry || make_entries(config, out))
		return error_set(err, ERR_MEMORY, "no memory for a menu of %zu entries",
				 config->n_entry);
	return 0;
}

int pxelinux_ask_choose(const struct pxelinux_ask *menu, const struct menu_decision *decision,
			const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			struct error *err)
{
	/* A configuration that would choose by itself what was decided: how an entry or a line
	 * becomes a boot is said in one place. */
	struct pxelinux_config as_if = *menu->config;
	struct pxelinux_entry entry;

	if (decision->how == MENU_TIMED_OUT)
		return pxelinux_choose(menu->config, menu->want, info, out, err);
	as_if.ontimeout = NULL;
	switch (decision->how) {
	case MENU_TIMED_OUT:
	case MENU_DEFAULT:
		return pxelinux_choose(&as_if, menu->want, info, out, err);
	case MENU_TYPED:
		as_if.default_line = decision->line;
		as_if.ui = NULL;
		break;
	case MENU_CHOSEN:
	case MENU_EDITED:
		entry = menu->config->entry[menu->entry[decision->entry].id];
		if (decision->how == MENU_EDITED) {
			entry.kernel = decision->line;
			entry.append = "";
			entry.initrd = NULL;
		}
		as_if.entry = &entry;
		as_if.n_entry = 1;
		as_if.default_line = NULL;
		break;
	}
	return pxelinux_choose(&as_if, NULL, info, out, err);
}

void pxelinux_ask_free(struct pxelinux_ask *menu)
{
	for (size_t i = 0; menu->entry && i < menu->menu.n_entry; i++)
		free((char *)menu->entry[i].command);
	free(menu->entry);
	*menu = (struct pxelinux_ask){0};
}
