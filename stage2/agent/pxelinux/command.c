/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/command.h"

#include <stdio.h>
#include <string.h>

#include "pxelinux/words.h"
#include "util/escape.h"

static const struct pxelinux_entry *find_label(const struct pxelinux_config *config,
					       const char *name, size_t len)
{
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];

		if (!e->disabled && strlen(e->label) == len && memcmp(e->label, name, len) == 0)
			return e;
	}
	return NULL;
}

static void command_of_entry(struct command *cmd, const struct pxelinux_config *config,
			     const struct pxelinux_entry *e, const char *extra)
{
	const char *kernel = e->kernel ? e->kernel : e->label;

	*cmd = (struct command){
		.type = e->type,
		.directive = e->directive,
		.label = e->label,
		.label_len = strlen(e->label),
		.file = kernel,
		.file_len = word_len(kernel),
		.before = {word_skip_space(kernel + word_len(kernel)), e->append, ""},
		.initrd = e->initrd,
		.sysappend = e->sysappend,
		.onerror = config->ui ? config->menu[e->menu].onerror : config->onerror,
		.after = {word_skip_space(extra), ""},
	};
}

/* A file name in a label's place. The global APPEND comes first: "added both for automatic and
 * manual boots" (syslinux.txt). */
static void command_of_file(struct command *cmd, const struct pxelinux_config *config,
			    const char *line)
{
	size_t len = word_len(line);

	*cmd = (struct command){
		.type = PXELINUX_KERNEL,
		.directive = "DEFAULT",
		.label = line,
		.label_len = len,
		.file = line,
		.file_len = len,
		.before = {"", config->append,
			   config->allow_options ? word_skip_space(line + len) : ""},
		.sysappend = config->sysappend,
		.onerror = config->onerror,
		.after = {"", ""},
	};
}

static int no_such_label(const struct pxelinux_config *config, const char *name, size_t len,
			 const char *who, struct error *err)
{
	char wanted[100], labels[300] = "", one[60];
	size_t at = 0;

	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];
		int n;

		if (e->disabled || !e->label[0])
			continue;
		escape_str(one, sizeof(one), e->label);
		n = snprintf(labels + at, sizeof(labels) - at, "%s%s", at ? ", " : "", one);
		if (n < 0 || (size_t)n >= sizeof(labels) - at) {
			memcpy(labels + sizeof(labels) - 4, "...", 4);
			break;
		}
		at += (size_t)n;
	}
	escape(wanted, sizeof(wanted), name, len);
	if (!at)
		return error_set(err, ERR_CONFIG,
				 "%s asks for the label \"%s\", but the configuration has no LABEL",
				 who, wanted);
	return error_set(err, ERR_CONFIG,
			 "%s asks for the label \"%s\", which the configuration does not have; its "
			 "labels are: %s",
			 who, wanted, labels);
}

/* The menu module that @line names, and behind it the files that it shall read: "" if none.
 * NULL: no menu module. Gfxboot's words are pictures and texts, no configurations. */
static const char *menu_files(const char *line)
{
	size_t len = word_len(line);
	const char *behind = word_skip_space(line + len);
	const char *name = word_base_name(line, &len);

	if (word_is(name, len, "menu.c32") || word_is(name, len, "vesamenu.c32"))
		return behind;
	return word_is(name, len, "gfxboot.c32") ? "" : NULL;
}

/* menu.txt, USING AN ALTERNATE CONFIGURATION FILE: the files are KERNEL's words or APPEND's. */
static const char *menu_files_of_entry(const struct pxelinux_entry *e)
{
	const char *files;

	if ((e->type != PXELINUX_KERNEL && strcmp(e->directive, "COM32") != 0) ||
	    strcmp(e->directive, "LINUX") == 0)
		return NULL;
	files = menu_files(e->kernel ? e->kernel : e->label);
	return files && !files[0] ? e->append : files;
}

/* "~" is the main configuration, and so is no name at all. */
static bool only_main(const char *files)
{
	return !files[0] || (files[0] == '~' && !files[1]);
}

static bool only_itself(const struct pxelinux_config *config, const char *files)
{
	return !config->elsewhere && only_main(files);
}

/* Other configurations, as if CONFIG named them. */
static void command_of_files(struct command *cmd, const char *label, const char *files)
{
	files = files[0] ? files : "~";
	*cmd = (struct command){
		.type = PXELINUX_CONFIG,
		.directive = "UI",
		.label = label,
		.label_len = word_len(label),
		.file = files,
		.file_len = strlen(files),
		.menu = true,
		.before = {"", "", ""},
		.after = {"", ""},
	};
}

/* A label that only moves in the menu leads to the entry that its menu's cursor is on, as when
 * nobody touches a key there either. NULL: nothing that boots is reached. */
static const struct pxelinux_entry *follow_menus(const struct pxelinux_config *config,
						 const struct pxelinux_entry *e)
{
	for (size_t hops = 0; e && e->type == PXELINUX_MENU; hops++) {
		size_t at = PXELINUX_NONE;

		if (hops < config->n_menu && e->target != PXELINUX_NONE)
			at = pxelinux_cursor(config, e->target);
		e = at == PXELINUX_NONE ? NULL : &config->entry[at];
	}
	return e;
}

bool command_shows_menu(const struct pxelinux_config *config, const struct pxelinux_entry *e)
{
	const char *files = menu_files_of_entry(e);

	return files && only_itself(config, files);
}

bool command_ui_reads(const struct pxelinux_config *config)
{
	const char *files = config->ui ? menu_files(config->ui) : NULL;

	return files && !only_main(files);
}

/* Not one that only shows a menu. */
static bool boots(const struct pxelinux_config *config, const struct pxelinux_entry *e)
{
	return e->type < PXELINUX_MENU && !command_shows_menu(config, e);
}

/* What a menu boots when nobody touches a key: where its cursor is, through submenus; where that
 * leads nowhere, the first entry that boots at all. */
static const struct pxelinux_entry *menu_default(const struct pxelinux_config *config)
{
	size_t at = pxelinux_cursor(config, config->start_menu);
	const struct pxelinux_entry *e;

	e = at == PXELINUX_NONE ? NULL : follow_menus(config, &config->entry[at]);
	if (e && boots(config, e))
		return e;
	for (size_t i = 0; i < config->n_entry; i++) {
		if (pxelinux_selectable(&config->entry[i]) && boots(config, &config->entry[i]))
			return &config->entry[i];
	}
	return NULL;
}

void command_of_label(struct command *cmd, const struct pxelinux_config *config,
		      const struct pxelinux_entry *e, const char *extra)
{
	const struct pxelinux_entry *next = follow_menus(config, e);
	const char *files;

	if (next)
		e = next;
	files = menu_files_of_entry(e);
	if (files && only_itself(config, files)) {
		next = menu_default(config);
		if (next)
			e = next;
		files = menu_files_of_entry(e);
	}
	if (files && !only_itself(config, files))
		command_of_files(cmd, e->label, files);
	else
		command_of_entry(cmd, config, e, extra);
}

int command_of_line(struct command *cmd, const struct pxelinux_config *config, const char *line,
		    struct error *err)
{
	const struct pxelinux_entry *e = find_label(config, line, word_len(line));

	if (e) {
		command_of_label(cmd, config, e, line + word_len(line));
		return 0;
	}
	if (config->implicit) {
		command_of_file(cmd, config, line);
		return 0;
	}
	if (!config->onerror)
		return no_such_label(config, line, word_len(line),
				     "the configuration (with IMPLICIT 0)", err);
	e = find_label(config, config->onerror, word_len(config->onerror));
	if (e)
		command_of_label(cmd, config, e, config->onerror + word_len(config->onerror));
	else
		command_of_file(cmd, config, config->onerror);
	cmd->after[1] = line;
	return 0;
}

int command_by_itself(struct command *cmd, const struct pxelinux_config *config, bool timed,
		      struct error *err)
{
	const struct pxelinux_menu *menu = &config->menu[config->start_menu];
	const char *ontimeout = config->ui ? menu->ontimeout : config->ontimeout;
	unsigned int timeout = config->ui ? menu->timeout : config->timeout;
	const char *line = config->default_line;
	bool waits = config->ui || config->prompt || !line;
	const struct pxelinux_entry *e;

	if (command_ui_reads(config)) {
		command_of_files(cmd, config->ui, menu_files(config->ui));
		return 0;
	}
	if (timed && waits && ontimeout && (timeout || config->total_timeout)) {
		line = ontimeout;
	} else if (config->ui && line && !find_label(config, line, word_len(line))) {
		/* menu.txt: the menu does not know a DEFAULT that is no label. */
		line = NULL;
	}
	if (line)
		return command_of_line(cmd, config, line, err);

	e = menu_default(config);
	if (!e && config->ui)
		return error_set(err, ERR_CONFIG,
				 "the configuration names a menu (UI) but has no LABEL to "
				 "boot: write the labels into this file");
	if (!e)
		return error_set(err, ERR_CONFIG,
				 "the configuration has neither a DEFAULT nor a LABEL that "
				 "can be booted");
	command_of_label(cmd, config, e, "");
	return 0;
}

int command_find(struct command *cmd, const struct pxelinux_config *config, const char *want,
		 bool timed, struct error *err)
{
	const struct pxelinux_entry *e;

	want = want ? word_skip_space(want) : "";
	if (!want[0])
		return command_by_itself(cmd, config, timed, err);
	/* Only labels: a label mistyped shall be called that, not looked for as a file. */
	e = find_label(config, want, word_len(want));
	if (!e && command_ui_reads(config)) {
		command_of_files(cmd, config->ui, menu_files(config->ui));
		cmd->seeks_label = true;
		return 0;
	}
	if (!e)
		return no_such_label(config, want, word_len(want),
				     "the key label (xenpxe.label, --label)", err);
	command_of_label(cmd, config, e, want + word_len(want));
	return 0;
}
