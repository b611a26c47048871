/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Menus: what menuentry and submenu define, and what GRUB would do with it. Showing a menu here
 * means to run each entry's script in a copy of the variables, so that one entry does not see what
 * another one did, and to find the one that boots when nobody presses a key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/grub_run.h"
#include "util/escape.h"

#define FALLBACK_MAX 16
#define FILES_DEPTH_MAX 16

struct grub_item *grub_menu_add(struct grub *g)
{
	struct grub_item *item = script_alloc(&g->script.memory, sizeof(*item));

	if (!item) {
		script_fail(&g->script, ERR_MEMORY, "no memory for an entry");
		return NULL;
	}
	item->title = item->id = "";
	item->file = g->script.file;
	item->line = g->script.line;
	if (g->menu->last)
		g->menu->last->next = item;
	else
		g->menu->first = item;
	g->menu->last = item;
	g->menu->n++;
	return item;
}

static bool is_option(const char *arg, const char *name, const char **value)
{
	size_t len = strlen(name);

	*value = NULL;
	if (strncmp(arg, name, len) != 0 || (arg[len] && arg[len] != '='))
		return false;
	if (arg[len])
		*value = arg + len + 1;
	return true;
}

/* The options of menuentry take a value, but --unrestricted; of them only --id matters here. */
static bool take_option(const struct script_call *call, size_t *i, const char **id)
{
	static const char *const names[] = {"--id", "--class", "--users", "--hotkey", "--source"};
	const char *arg = call->arg[*i], *value;

	if (arg[0] != '-' || arg[1] != '-')
		return false;
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		if (!is_option(arg, names[k], &value))
			continue;
		if (!value && *i + 1 < call->n)
			value = call->arg[++*i];
		if (k == 0 && value)
			*id = value;
		return true;
	}
	return true;
}

bool grub_on_menuentry(void *host, struct script *s, const struct script_call *call, int submenu)
{
	struct grub *g = host;
	struct grub_item *item;
	const char *id = "";

	if (!call->has_block || !call->n) {
		grub_warn(g, "%s without %s is left out", call->name,
			  call->n ? "{ commands }" : "a title");
		return false;
	}
	item = grub_menu_add(g);
	if (!item)
		return false;
	item->submenu = submenu;
	item->body = call->block;
	item->arg = script_alloc(&s->memory, (call->n + 1) * sizeof(*item->arg));
	for (size_t i = 0; item->arg && i < call->n; i++) {
		if (take_option(call, &i, &id))
			continue;
		item->arg[item->n_arg] =
			script_copy(&s->memory, call->arg[i], strlen(call->arg[i]));
		if (!item->arg[item->n_arg++])
			item->arg = NULL;
	}
	item->id = script_copy(&s->memory, id, strlen(id));
	if (!item->arg || !item->id) {
		item->n_arg = 0;
		return script_fail(s, ERR_MEMORY, "no memory for an entry");
	}
	if (item->n_arg)
		item->title = item->arg[0];
	return true;
}

/* --- which one boots --- */

/* Does the first part of @spec ("title>title", where ">>" is one '>') name @text? @rest: what
 * stands behind it, or NULL. */
static bool names(const char *spec, const char *text, const char **rest)
{
	*rest = NULL;
	for (; *spec; spec++, text++) {
		if (*spec == '>') {
			if (spec[1] != '>') {
				*rest = spec + 1;
				break;
			}
			spec++;
		}
		if (*spec != *text)
			return false;
	}
	return !*text;
}

/* The entry that @spec names: an id or a title, else a number, each perhaps with a path behind it.
 * A whole id comes before a number: BLS ids begin with a machine-id, "6f2c..." is not the seventh.
 */
static size_t find(const struct grub_menu *menu, const char *spec, const char **rest)
{
	const char *end;
	long long n;
	size_t i = 0;

	*rest = NULL;
	if (!*spec)
		return GRUB_NONE;
	for (const struct grub_item *item = menu->first; item; item = item->next, i++) {
		if ((*item->id && names(spec, item->id, rest)) || names(spec, item->title, rest))
			return i;
	}
	if (!script_number(spec, &n, &end) || n < 0 || (unsigned long long)n >= menu->n)
		return GRUB_NONE;
	end += strspn(end, " \t");
	*rest = *end == '>' ? end + 1 : NULL;
	return (size_t)n;
}

/* --- an entry --- */

static const char *path_text(struct grub *g, const char *submenu, const char *title)
{
	return *submenu ? grub_print(g, "%s>%s", submenu, title) : grub_print(g, "%s", title);
}

static int set(char **field, const char *text, struct error *err)
{
	return local_entry_set(field, text, strlen(text), err);
}

/* A hypervisor alone, which GRUB on the platform xen would take for a kernel. */
static bool is_hypervisor(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strncmp(slash ? slash + 1 : path, "xen", 3) == 0;
}

static int fill(struct grub *g, struct local_entry *e, const struct grub_item *item,
		struct error *err)
{
	const struct grub_loader *l = &g->loader;
	const char *problem = l->problem;

	e->line = item->line;
	if (set(&e->title, item->title, err) || set(&e->submenu, g->submenu, err) ||
	    set(&e->id, item->id, err) || set(&e->source, item->file, err))
		return -1;
	if (!problem && !l->kernel)
		problem = item->submenu ? "the submenu is empty"
					: "it has no command that loads a kernel";
	if (!problem && l->multiboot && !l->n_module && is_hypervisor(l->kernel))
		problem = "a hypervisor without a kernel behind it";
	if (problem && set(&e->problem, problem, err))
		return -1;
	if (!l->kernel)
		return 0;
	e->xen = l->multiboot && l->n_module;
	snprintf(e->fs, sizeof(e->fs), "%s", l->fs);
	for (; e->n_initrd < l->n_initrd; e->n_initrd++) {
		if (set(&e->initrd[e->n_initrd], l->initrd[e->n_initrd], err))
			return -1;
		snprintf(e->initrd_fs[e->n_initrd], LOCAL_FS_SIZE, "%s", l->initrd_fs[e->n_initrd]);
	}
	return set(&e->kernel, l->kernel, err) || set(&e->args, l->args, err) ? -1 : 0;
}

static size_t menu_failed(struct grub *g, const struct error *err)
{
	script_fail(&g->script, err->class, err->text);
	return GRUB_NONE;
}

size_t grub_menu_entry(struct grub *g, const struct grub_item *item)
{
	struct error err = {0};
	struct local_entry *e = local_menu_add(g->out, &err);

	if (!e || fill(g, e, item, &err))
		return menu_failed(g, &err);
	return g->out->n - 1;
}

#ifdef CONFIG_LOCALBOOT_BLS
/* An entry that blscfg found: a copy. */
static size_t bls_entry(struct grub *g, const struct local_entry *from)
{
	struct error err = {0};
	struct local_entry *e = local_menu_add(g->out, &err);

	if (!e)
		return menu_failed(g, &err);
	e->line = from->line;
	memcpy(e->fs, from->fs, sizeof(e->fs));
	memcpy(e->initrd_fs, from->initrd_fs, sizeof(e->initrd_fs));
	if (set(&e->title, from->title, &err) || set(&e->submenu, g->submenu, &err) ||
	    set(&e->id, from->id, &err) || set(&e->source, from->source, &err) ||
	    set(&e->kernel, from->kernel, &err) || set(&e->args, from->args, &err) ||
	    (from->problem && set(&e->problem, from->problem, &err)))
		return menu_failed(g, &err);
	for (; e->n_initrd < from->n_initrd; e->n_initrd++) {
		if (set(&e->initrd[e->n_initrd], from->initrd[e->n_initrd], &err))
			return menu_failed(g, &err);
	}
	return g->out->n - 1;
}
#endif

bool grub_on_boot(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;

	(void)call;
	(void)arg;
	if (!g->loader.kernel)
		return false;
	g->booted = true;
	s->flow = SCRIPT_STOP;
	return true;
}

/* $chosen: ids, or titles, of the entry and of the submenus around it, joined by ">" */
static void set_chosen(struct grub *g, const struct grub_item *item)
{
	const char *outer = script_get(&g->script, "chosen");
	char *chosen = grub_print(g, "%s%s%s", outer, *outer ? ">" : "",
				  *item->id ? item->id : item->title);

	if (chosen && script_set(&g->script, "chosen", chosen))
		script_vars_export(&g->script.vars, "chosen");
}

/* Recursion is bounded: grub_menu_show() counts FILES_DEPTH_MAX, and so does the script. */
/* NOLINTBEGIN(misc-no-recursion) */

/* Run one entry's script; what it boots by itself, or GRUB_NONE. */
static size_t run_item(struct grub *g, const struct grub_item *item, const char *rest)
{
	struct script *s = &g->script;
	struct script_scope scope = {.arg = item->arg, .n = item->n_arg};
	struct grub_menu children = {0}, *old_menu = g->menu;
	const char *old_submenu = g->submenu;
	size_t result = GRUB_NONE;

	g->menu = &children;
	memset(&g->loader, 0, sizeof(g->loader));
	g->booted = g->shown = false;
	s->flow = SCRIPT_ON;
	s->loops = 0;
	s->line = item->line;
	set_chosen(g, item);
	if (rest)
		script_set(s, "default", rest);
	else
		script_vars_unset(&s->vars, "default");
	/* The submenu's own entries, and those of a file that an entry reads, stand below it. */
	g->submenu = path_text(g, old_submenu, item->title);
	if (!g->submenu)
		script_fail(s, ERR_MEMORY, "no memory for a title");
	if (!s->failed)
		script_run_list(s, item->file, item->body, &scope);
	script_memory_free(&scope.memory);
	if (g->shown) {
		result = g->result;
	} else if (children.n) {
		result = grub_menu_show(g, &children);
	} else {
		g->submenu = old_submenu;
		if (s->failed && !g->loader.kernel && !g->loader.problem)
			g->loader.problem = s->err.text;
		result = grub_menu_entry(g, item);
	}
	s->flow = SCRIPT_ON;
	g->submenu = old_submenu;
	g->menu = old_menu;
	return result;
}

static size_t show_item(struct grub *g, const struct grub_item *item, const char *rest)
{
	struct script_vars before = g->script.vars;
	size_t result;

#ifdef CONFIG_LOCALBOOT_BLS
	if (item->bls)
		return bls_entry(g, item->bls);
#endif
	if (g->script.failed) { /* It is not run, but it is there. */
		memset(&g->loader, 0, sizeof(g->loader));
		g->loader.problem = g->script.err.text;
		return grub_menu_entry(g, item);
	}
	g->script.vars = (struct script_vars){0};
	/* A submenu is a context of its own: what is not exported is not seen in it. */
	if (!script_work(&g->script, before.bytes) ||
	    script_vars_copy(&g->script.vars, &before, item->submenu)) {
		script_fail(&g->script, ERR_MEMORY, "no memory for variables");
		g->script.vars = before;
		return GRUB_NONE;
	}
	result = run_item(g, item, rest);
	script_vars_free(&g->script.vars);
	g->script.vars = before;
	return result;
}

/* Would GRUB get it to boot? */
static bool boots(struct grub *g, size_t result)
{
	const struct local_entry *e;

	if (result == GRUB_NONE)
		return false;
	e = &g->out->entry[result];
	return !e->problem && *e->kernel == '/' && script_work(&g->script, GRUB_WORK_TEST) &&
	       g->files->test(g->files->ctx, 'f', e->fs, e->kernel);
}

/* The first entry of $fallback that boots; @result if none does. */
static size_t fall_back(struct grub *g, const struct grub_menu *menu, const size_t *leaf,
			size_t result)
{
	const char *spec = script_get(&g->script, "fallback"), *rest;
	char word[256];

	for (int i = 0; *spec && i < FALLBACK_MAX; i++) {
		size_t n = strcspn(spec, " \t"), k;

		snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, spec);
		spec += n + strspn(spec + n, " \t");
		k = find(menu, word, &rest);
		if (k != GRUB_NONE && boots(g, leaf[k])) {
			grub_warn(g, "the default entry cannot boot here, $fallback says what can");
			return leaf[k];
		}
	}
	return result;
}

size_t grub_menu_show(struct grub *g, struct grub_menu *menu)
{
	const char *rest = NULL;
	size_t chosen = find(menu, script_get(&g->script, "default"), &rest), i = 0, result;
	char *spec = rest ? strdup(rest) : NULL;
	size_t *leaf = calloc(menu->n + 1, sizeof(*leaf));

	if (!leaf || (rest && !spec) || g->files_depth == FILES_DEPTH_MAX) {
		script_fail(&g->script, ERR_CONFIG, "menus are nested too deep");
		free(leaf);
		free(spec);
		return GRUB_NONE;
	}
	g->files_depth++;
	if (chosen == GRUB_NONE)
		chosen = 0;
	for (struct grub_item *item = menu->first; item; item = item->next, i++)
		leaf[i] = show_item(g, item, i == chosen ? spec : NULL);
	result = leaf[chosen];
	if (menu->n && *script_get(&g->script, "fallback") && !boots(g, result))
		result = fall_back(g, menu, leaf, result);
	g->files_depth--;
	free(spec);
	free(leaf);
	return result;
}

/* NOLINTEND(misc-no-recursion) */
