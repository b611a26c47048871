/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PXELINUX's parser reads the text and chooses; here its names become files of a disk.
 */
#define _GNU_SOURCE /* asprintf() */
#include "localboot/syslinux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "localboot/locate.h"
#include "localboot/path.h"
#include "pxelinux/pxelinux.h"
#include "util/escape.h"

#define CONFIG_HOPS_MAX 16

struct place {
	const struct local_files *files;
	const char *fs;
	char path[LOCAL_PATH_SIZE]; /* the configuration */
	char dir[LOCAL_PATH_SIZE]; /* where names begin */
};

static const struct pxelinux_sysinfo nobody; /* SYSAPPEND means a network's boot */

static int read_included(void *ctx, const char *name, uint8_t **text, size_t *len,
			 struct error *err)
{
	const struct place *place = ctx;
	char path[LOCAL_PATH_SIZE];

	if (strcmp(name, "~") == 0)
		name = place->path;
	if (path_join(path, place->dir, name, strlen(name)))
		return error_set(err, ERR_CONFIG, "a file name of %zu bytes is too long",
				 strlen(name));
	return place->files->read(place->files->ctx, place->fs, path, text, len, err);
}

/* Where a name leads: see syslinux_read(). -1: it is too long. */
static int resolve(const struct place *place, const char *name, size_t len,
		   char path[LOCAL_PATH_SIZE])
{
	const struct local_files *files = place->files;
	char at_root[LOCAL_PATH_SIZE];

	if (path_join(path, place->dir, name, len))
		return -1;
	if (!files->test(files->ctx, 'f', place->fs, path) &&
	    path_join(at_root, "/", name, len) == 0 &&
	    files->test(files->ctx, 'f', place->fs, at_root))
		memcpy(path, at_root, sizeof(at_root));
	return 0;
}

static int set_initrds(const struct place *place, struct local_entry *e, const char *list,
		       struct error *err)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		char path[LOCAL_PATH_SIZE];

		if (len) {
			if (e->n_initrd == LOCAL_INITRD_MAX)
				return local_entry_problem(e, err, "it names more than %d ramdisks",
							   LOCAL_INITRD_MAX);
			if (resolve(place, list, len, path))
				return local_entry_problem(
					e, err, "a ramdisk's name of %zu bytes is too long", len);
			if (local_entry_set(&e->initrd[e->n_initrd], path, strlen(path), err))
				return -1;
			snprintf(e->initrd_fs[e->n_initrd], LOCAL_FS_SIZE, "%s", place->fs);
			e->n_initrd++;
		}
		list += len;
		list += *list == ',';
	}
	return 0;
}

/* The command line without "initrd=FILE": the files are given to the kernel in another way. */
static int set_args(struct local_entry *e, const char *args, struct error *err)
{
	char *kept = malloc(strlen(args) + 2);
	size_t n = 0;
	int ret;

	if (!kept)
		return error_set(err, ERR_MEMORY, "no memory for a command line");
	while (*args) {
		size_t space = strspn(args, " \t"), len = strcspn(args + space, " \t");

		if (len && strncasecmp(args + space, "initrd=", 7) != 0) {
			if (n == 0)
				args += space;
			else
				len += space;
			memcpy(kept + n, args, len);
			n += len;
			args += len;
		} else {
			args += space + len;
		}
	}
	ret = local_entry_set(&e->args, kept, n, err);
	free(kept);
	return ret;
}

static bool is_mboot(const struct pxelinux_entry *p)
{
	const char *name = p->kernel ? p->kernel : p->label, *slash;
	size_t len = strcspn(name, " \t");

	while ((slash = memchr(name, '/', len)) != NULL) {
		len -= (size_t)(slash + 1 - name);
		name = slash + 1;
	}
	return (len == 9 && strncasecmp(name, "mboot.c32", 9) == 0) ||
	       (len == 5 && strncasecmp(name, "mboot", 5) == 0 &&
		strcmp(p->directive, "COM32") == 0);
}

static int set_boot(const struct place *place, struct local_entry *e,
		    const struct pxelinux_choice *choice, struct error *err)
{
	char path[LOCAL_PATH_SIZE];

	switch (choice->type) {
	case PXELINUX_KERNEL:
		break;
	case PXELINUX_LOCALBOOT:
		return local_entry_problem(
			e, err, "LOCALBOOT would leave it to another boot loader on this machine");
	case PXELINUX_CONFIG:
		return local_entry_problem(e, err, "it leads to another configuration: %s",
					   choice->kernel);
	case PXELINUX_OTHER:
	case PXELINUX_MENU:
	case PXELINUX_QUIT:
	case PXELINUX_HELP:
	case PXELINUX_SEPARATOR:
		return local_entry_problem(e, err, "it boots nothing");
	}
	if (resolve(place, choice->kernel, strlen(choice->kernel), path))
		return local_entry_problem(e, err, "a kernel's name of %zu bytes is too long",
					   strlen(choice->kernel));
	if (local_entry_set(&e->kernel, path, strlen(path), err) || set_args(e, choice->args, err))
		return -1;
	return choice->initrds ? set_initrds(place, e, choice->initrds, err) : 0;
}

/* The titles of the menus around an entry, outermost first. */
static int set_submenu(const struct pxelinux_config *config, size_t menu, struct local_entry *e,
		       struct error *err)
{
	while (config->menu[menu].parent != PXELINUX_NONE) {
		const struct pxelinux_menu *m = &config->menu[menu];
		const char *name = config->entry[m->entry].menu_label;
		char *joined;
		int ret;

		if (!name)
			name = m->title[0] ? m->title : m->tag;
		if (asprintf(&joined, "%s%s%s", name, e->submenu[0] ? ">" : "", e->submenu) < 0)
			return error_set(err, ERR_MEMORY, "no memory for a menu's title");
		ret = local_entry_set(&e->submenu, joined, strlen(joined), err);
		free(joined);
		if (ret)
			return -1;
		menu = m->parent;
	}
	return 0;
}

/* @p: the entry of the configuration; NULL: what DEFAULT alone says. @problem: why there is nothing
 * in @choice, or NULL. */
static int add_entry(const struct place *place, const struct pxelinux_config *config,
		     const struct pxelinux_entry *p, const struct pxelinux_choice *choice,
		     const char *problem, struct local_menu *menu, struct error *err)
{
	const char *label = p ? p->label : choice->label;
	const char *title = p && p->menu_label ? p->menu_label : label;
	struct local_entry *e = local_menu_add(menu, err);
	char source[LOCAL_PATH_SIZE];

	if (!e || local_entry_set(&e->title, title, strlen(title), err) ||
	    local_entry_set(&e->id, label, strlen(label), err))
		return -1;
	snprintf(source, sizeof(source), "%s", place->path);
	if (p && p->file[0])
		(void)path_join(source, place->dir, p->file, strlen(p->file));
	if (local_entry_set(&e->source, source, strlen(source), err))
		return -1;
	snprintf(e->fs, sizeof(e->fs), "%s", place->fs);
	if (p) {
		e->line = p->line;
		e->xen = is_mboot(p) && !problem;
		if (set_submenu(config, p->menu, e, err))
			return -1;
	}
	return problem ? local_entry_problem(e, err, "%s", problem)
		       : set_boot(place, e, choice, err);
}

static int add_entries(const struct place *place, const struct pxelinux_config *config,
		       struct local_menu *menu, struct error *err)
{
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *p = &config->entry[i];
		struct pxelinux_choice choice;
		struct error why = {ERR_NONE, ""};
		int ret = 0;

		if (p->type >= PXELINUX_MENU || p->disabled || !p->label[0])
			continue;
		if (pxelinux_choose_entry(config, i, NULL, &nobody, &choice, &why)) {
			if (why.class == ERR_MEMORY) {
				*err = why;
				return -1;
			}
			ret = add_entry(place, config, p, &choice, why.text, menu, err);
		} else {
			/* Another label: this one only shows the menu. */
			if (strcmp(choice.label, p->label) == 0)
				ret = add_entry(place, config, p, &choice, NULL, menu, err);
			pxelinux_choice_free(&choice);
		}
		if (ret)
			return -1;
	}
	return 0;
}

/* The entry of this label; menu->n: there is none. */
static size_t find_id(const struct local_menu *menu, size_t base, const char *id)
{
	size_t i = base;

	while (i < menu->n && strcmp(menu->entry[i].id, id) != 0)
		i++;
	return i;
}

static bool same_boot(const struct local_entry *a, const struct local_entry *b)
{
	if (strcmp(a->kernel, b->kernel) != 0 || strcmp(a->args, b->args) != 0 ||
	    a->n_initrd != b->n_initrd || a->problem || b->problem)
		return false;
	for (size_t i = 0; i < a->n_initrd; i++) {
		if (strcmp(a->initrd[i], b->initrd[i]) != 0)
			return false;
	}
	return true;
}

static void drop_last(struct local_menu *menu)
{
	struct local_menu last = {.entry = malloc(sizeof(*last.entry)), .n = 1};

	if (!last.entry)
		return;
	last.entry[0] = menu->entry[--menu->n];
	local_menu_free(&last);
}

/* DEFAULT may say more than a label: arguments, or a file's name. Such a choice is an entry of its
 * own, behind the others. */
static int choose(const struct place *place, const struct pxelinux_config *config,
		  const struct pxelinux_choice *choice, struct local_menu *menu, size_t base,
		  struct error *err)
{
	size_t n = menu->n, i = find_id(menu, base, choice->label);
	struct local_entry *added;

	if (add_entry(place, config, NULL, choice, NULL, menu, err))
		return -1;
	added = &menu->entry[n];
	if (i == n) {
		menu->chosen = n;
		if (n == base ||
		    place->files->test(place->files->ctx, 'f', place->fs, added->kernel))
			return 0;
		local_menu_warn(menu, place->path, 0,
				"the configuration boots \"%s\", which is neither a label nor a "
				"file: the first label is taken",
				choice->label);
		menu->chosen = base;
	} else {
		menu->chosen = i;
		if (!menu->entry[i].problem && !same_boot(&menu->entry[i], added)) {
			menu->chosen = n;
			added->line = menu->entry[i].line;
			added->xen = menu->entry[i].xen;
			return local_entry_set(&added->title, menu->entry[i].title,
					       strlen(menu->entry[i].title), err);
		}
	}
	drop_last(menu);
	return 0;
}

static void set_timeout(const struct pxelinux_config *config, struct local_menu *menu)
{
	bool waits = config->ui || config->prompt || !config->default_line;
	unsigned int tenths =
		config->ui ? config->menu[config->start_menu].timeout : config->timeout;

	menu->has_timeout = !waits || tenths;
	menu->timeout_s = waits ? (tenths + 9) / 10 : 0;
}

static int parse(struct place *place, const uint8_t *text, size_t len,
		 struct pxelinux_config *config, struct local_menu *menu, struct error *err)
{
	const struct pxelinux_include include = {
		.read = read_included, .ctx = place, .self = place->path};

	if (pxelinux_parse(text, len, &include, config, err))
		return -1;
	for (size_t i = 0; i < config->n_warning && i < PXELINUX_WARNING_MAX; i++) {
		const struct pxelinux_warning *w = &config->warning[i];

		local_menu_warn(menu, w->file[0] ? w->file : place->path, w->line, "%s", w->text);
	}
	config->sysappend = 0;
	for (size_t i = 0; i < config->n_entry; i++)
		config->entry[i].sysappend = 0;
	return 0;
}

/* Go on with what UI or CONFIG names: files with white space between them, read as if they were
 * included one after the other. */
static int follow(struct place *place, const struct pxelinux_choice *choice,
		  struct pxelinux_config *config, struct local_menu *menu, struct error *err)
{
	char *text = NULL, dir[LOCAL_PATH_SIZE];
	const char *name = choice->kernel;
	size_t size;
	FILE *f;
	int ret;

	if (choice->args[0]) {
		if (path_join(dir, place->dir, choice->args, strcspn(choice->args, " \t")))
			return error_set(err, ERR_CONFIG, "a directory's name is too long");
		memcpy(place->dir, dir, sizeof(dir));
	}
	f = open_memstream(&text, &size);
	if (!f)
		return error_set(err, ERR_MEMORY, "no memory for the names of menu files");
	for (name += strspn(name, " \t"); *name; name += strspn(name, " \t")) {
		int len = (int)strcspn(name, " \t");

		fprintf(f, "INCLUDE %.*s\n", len, name);
		name += len;
	}
	if (fclose(f)) {
		free(text);
		return error_set(err, ERR_MEMORY, "no memory for the names of menu files");
	}
	ret = parse(place, (uint8_t *)text, size, config, menu, err);
	free(text);
	if (!ret && choice->menu)
		pxelinux_as_menu(config, true);
	return ret;
}

static int no_entry(const struct place *place, struct error *err)
{
	char shown[200];

	return error_set(err, ERR_CONFIG, "%s has no LABEL to boot",
			 escape_str(shown, sizeof(shown), place->path));
}

/* The configuration's entries and its choice. 1: @config is now the one to go on with. */
static int read_config(struct place *place, struct pxelinux_config *config, bool may_follow,
		       struct local_menu *menu, size_t base, struct error *err)
{
	struct pxelinux_choice choice;
	struct pxelinux_config next;
	struct error why = {ERR_NONE, ""};
	int ret;

	if (pxelinux_choose(config, NULL, &nobody, &choice, &why)) {
		/* What would boot cannot: the label is there with its problem, if it is one. */
		const char *line = config->default_line ? config->default_line : "";
		size_t i;
		char *label;

		if (add_entries(place, config, menu, err))
			return -1;
		if (menu->n == base)
			return no_entry(place, err);
		label = strndup(line, strcspn(line, " \t"));
		if (!label)
			return error_set(err, ERR_MEMORY, "no memory for a label");
		i = find_id(menu, base, label);
		free(label);
		menu->chosen = i < menu->n ? i : base;
		set_timeout(config, menu);
		return 0;
	}
	if (choice.type == PXELINUX_CONFIG && may_follow) {
		ret = follow(place, &choice, &next, menu, err);
		pxelinux_choice_free(&choice);
		if (ret)
			return -1;
		pxelinux_free(config);
		*config = next;
		return 1;
	}
	ret = add_entries(place, config, menu, err) ||
	      choose(place, config, &choice, menu, base, err);
	pxelinux_choice_free(&choice);
	set_timeout(config, menu);
	return ret ? -1 : 0;
}

int syslinux_read(const struct local_files *files, const char *fs, const char *path,
		  struct local_menu *menu, struct error *err)
{
	struct place place = {.files = files, .fs = fs};
	struct pxelinux_config config;
	size_t base = menu->n, len;
	uint8_t *text;
	int ret;

	if (path_join(place.path, "/", path, strlen(path)))
		return error_set(err, ERR_CONFIG, "a path of %zu bytes is too long", strlen(path));
	path_dir(place.dir, place.path);
	if (files->read(files->ctx, fs, place.path, &text, &len, err))
		return -1;
	ret = parse(&place, text, len, &config, menu, err);
	free(text);
	if (ret)
		return -1;
	for (int hops = 0;
	     (ret = read_config(&place, &config, hops < CONFIG_HOPS_MAX, menu, base, err)) == 1;
	     hops++)
		;
	pxelinux_free(&config);
	if (!ret && menu->n == base)
		return no_entry(&place, err);
	return ret;
}
