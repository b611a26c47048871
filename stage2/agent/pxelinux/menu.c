/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/command.h"
#include "pxelinux/password.h"
#include "pxelinux/words.h"

_Static_assert(PXELINUX_NONE == MENU_NONE, "indices go over as they are");
_Static_assert(PXELINUX_FKEYS == MENU_FKEYS, "and so do F keys");

/* Without a word of the administrator and without a person. */
static bool asks(const struct pxelinux_config *config)
{
	bool timed = config->timeout || config->total_timeout;

	if (config->ui)
		return !config->menu_shiftkey;
	return config->prompt || (!config->default_line && timed);
}

bool pxelinux_asks(const struct pxelinux_config *config, const char *label, bool person)
{
	if (command_ui_reads(config))
		return false;
	if (person && !config->noescape)
		return true;
	return (person || !label[0]) && asks(config);
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

static enum menu_kind kind_of(const struct pxelinux_config *config, const struct pxelinux_entry *e)
{
	if (e->type == PXELINUX_SEPARATOR)
		return MENU_SEPARATOR;
	if (e->disabled)
		return MENU_HEADING;
	switch (e->type) {
	case PXELINUX_MENU:
		return e->target == PXELINUX_NONE ? MENU_HEADING : MENU_GOTO;
	case PXELINUX_QUIT:
		return MENU_QUIT;
	case PXELINUX_HELP:
		return MENU_HELP;
	default:
		/* A menu in the menu would be itself. */
		return command_shows_menu(config, e) ? MENU_GOTO : MENU_BOOT;
	}
}

static int make_entries(const struct pxelinux_config *config, struct pxelinux_ask *out)
{
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];
		enum menu_kind kind = kind_of(config, e);
		bool editable = kind == MENU_BOOT && e->type == PXELINUX_KERNEL;
		char *command = NULL;

		if (editable || kind == MENU_HELP) {
			command = editable ? command_text(e) : strdup(e->kernel);
			if (!command)
				return -1;
		}
		out->entry[i] = (struct menu_entry){
			.kind = kind,
			.page = e->menu,
			.id = i,
			.title = e->menu_label ? e->menu_label : e->label,
			.hotkey = e->hotkey,
			.label = e->disabled || !e->label[0] ? NULL : e->label,
			.command = command,
			.help = e->help,
			.password = e->passwd,
			.indent = e->indent,
			.target = e->type == PXELINUX_MENU ? e->target : config->start_menu,
			.hidden = e->hidden,
			.submenu = strcmp(e->directive, "BEGIN") == 0,
			.immediate = e->immediate,
		};
		out->menu.n_entry = i + 1;
	}
	return 0;
}

static void make_page(const struct pxelinux_config *config, size_t i, struct menu_page *page)
{
	const struct pxelinux_menu *m = &config->menu[i];

	*page = (struct menu_page){
		.title = m->title[0] ? m->title : "Boot menu",
		.master_password = m->master_passwd,
		.parent = m->parent,
		.chosen = pxelinux_cursor(config, i),
		.allow_options = m->allow_options,
		.autoboot = m->autoboot,
		.tab_message = m->tabmsg,
		.no_tab_message = m->notabmsg,
		.password_message = m->passprompt,
	};
	memcpy(page->fkey, m->fkey, sizeof(page->fkey));
}

/* Who is asked for a password that this image cannot check is told so. */
static void tell_unreadable(struct pxelinux_ask *out)
{
	static const char text[] = "This image cannot check such an encrypted password";

	for (size_t i = 0; i < out->menu.n_page; i++) {
		const char *master = out->page[i].master_password;

		if (master && !password_readable(master))
			out->page[i].password_message = text;
	}
	for (size_t i = 0; i < out->menu.n_entry; i++) {
		const char *own = out->entry[i].password;

		if (own && !password_readable(own))
			out->page[out->entry[i].page].password_message = text;
	}
}

/* Where the cursor is at first: on the label that is wanted, or that DEFAULT names; else
 * pxelinux_cursor() has said it. */
static void find_chosen(const struct pxelinux_config *config, const char *want,
			struct pxelinux_ask *out)
{
	const char *line = config->default_line ? config->default_line : "";
	size_t len;

	line = want[0] ? word_skip_space(want) : line;
	len = word_len(line);
	for (size_t i = 0; len && i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];

		if (e->disabled || strlen(e->label) != len || memcmp(e->label, line, len) != 0)
			continue;
		if (pxelinux_selectable(e)) {
			out->menu.start = e->menu;
			out->page[e->menu].chosen = i;
		}
		return;
	}
}

int pxelinux_ask_make(const struct pxelinux_config *config, const char *want, const char *text,
		      unsigned int patience_s, struct pxelinux_ask *out, struct error *err)
{
	unsigned int timeout =
		config->ui ? config->menu[config->start_menu].timeout : config->timeout;
	bool timed = timeout || config->total_timeout;

	*out = (struct pxelinux_ask){.config = config, .want = want};
	out->menu = (struct menu){
		.start = config->start_menu,
		.timeout_ms = timed ? timeout * 100ULL : patience_s * 1000ULL,
		.total_timeout_ms = config->total_timeout * 100ULL,
		.prompt_only = !config->ui && (config->prompt || !config->default_line),
		.hidden = config->menu_hidden,
		.hidden_key = out->hidden_key,
		.n_hidden_key = config->n_hiddenkey,
		.clear = config->menu_clear,
		.allow_options = config->allow_options,
		.complete = !config->nocomplete,
		.say = text,
		.password_matches = password_matches,
	};
	for (size_t i = 0; i < config->n_hiddenkey; i++)
		out->hidden_key[i] = (struct menu_hidden_key){config->hiddenkey[i].keys,
							      config->hiddenkey[i].command};
	out->entry = calloc(config->n_entry + 1, sizeof(*out->entry));
	out->page = calloc(config->n_menu, sizeof(*out->page));
	out->menu.entry = out->entry;
	out->menu.page = out->page;
	if (!out->entry || !out->page || make_entries(config, out))
		return error_set(err, ERR_MEMORY, "no memory for a menu of %zu entries",
				 config->n_entry);
	out->menu.n_page = config->n_menu;
	for (size_t i = 0; i < config->n_menu; i++)
		make_page(config, i, &out->page[i]);
	tell_unreadable(out);
	find_chosen(config, want, out);
	return 0;
}

static int choose(const struct pxelinux_ask *menu, const struct menu_decision *decision,
		  const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
		  struct error *err)
{
	const struct pxelinux_config *config = menu->config;

	switch (decision->how) {
	case MENU_DEFAULT:
		if (!menu->want[0])
			return pxelinux_choose_default(config, info, out, err);
		break;
	case MENU_TYPED:
		return pxelinux_choose_line(config, decision->line, info, out, err);
	case MENU_CHOSEN:
		return pxelinux_choose_entry(config, menu->entry[decision->entry].id, NULL, info,
					     out, err);
	case MENU_EDITED:
		return pxelinux_choose_entry(config, menu->entry[decision->entry].id,
					     decision->line, info, out, err);
	case MENU_TIMED_OUT:
		break;
	}
	return pxelinux_choose_timed_out(config, menu->want, info, out, err);
}

int pxelinux_ask_choose(const struct pxelinux_ask *menu, const struct menu_decision *decision,
			const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			struct error *err)
{
	if (choose(menu, decision, info, out, err))
		return -1;
	out->person = decision->how != MENU_TIMED_OUT;
	return 0;
}

void pxelinux_ask_free(struct pxelinux_ask *menu)
{
	for (size_t i = 0; menu->entry && i < menu->menu.n_entry; i++)
		free((char *)menu->entry[i].command);
	free(menu->entry);
	free(menu->page);
	*menu = (struct pxelinux_ask){0};
}
