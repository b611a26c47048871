/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memmem() */
/*
 * A configuration from the network, on the whole road to a plan: parsed with the files it includes,
 * each of its first entries and its own choice taken, other configurations followed, names
 * resolved, the command line composed. A line with a single FF byte separates files; the first is
 * the configuration, the name of an INCLUDE chooses among the others.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "pxelinux/load.h"
#include "pxelinux/plan.h"

#define FILES_MAX PARTS_MAX

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_file(void *ctx, const struct url *url, uint8_t **text, size_t *len,
		     struct error *err)
{
	const struct parts *files = ctx;
	size_t name_len = strlen(url->path), i = 0;

	if (!name_len) /* "A.B.C.D::" */
		return error_set(err, ERR_CONFIG, "no file name");

	/* "boot/cfg" is the configuration, of the others the last character counts. */
	if (strcmp(url->path, "boot/cfg") != 0)
		i = (uint8_t)url->path[name_len - 1] % FILES_MAX;
	if (i >= files->n)
		return error_set(err, i & 1 ? ERR_NOT_FOUND : ERR_TIMEOUT, "no file");
	*text = malloc(files->len[i] + 1);
	assert(*text);
	memcpy(*text, files->text[i], files->len[i]);
	*len = files->len[i];
	return 0;
}

static void check_printable(const char *s)
{
	for (; *s; s++)
		assert(*s >= 0x20 && *s < 0x7f);
}

/* What parse.c promises to the menu. */
static void check_config(const struct pxelinux_config *config)
{
	assert(config->n_menu >= 1 && config->start_menu < config->n_menu);
	for (size_t i = 0; i < config->n_warning && i < PXELINUX_WARNING_MAX; i++) {
		check_printable(config->warning[i].text);
		check_printable(config->warning[i].file);
	}
	for (size_t i = 0; i < config->n_menu; i++) {
		const struct pxelinux_menu *menu = &config->menu[i];
		size_t at = pxelinux_cursor(config, i);

		assert(menu->tag && menu->title);
		assert(i == 0 ? menu->parent == PXELINUX_NONE : menu->parent < i);
		assert(menu->default_entry == PXELINUX_NONE ||
		       config->entry[menu->default_entry].menu == i);
		assert(at == PXELINUX_NONE ||
		       (config->entry[at].menu == i && pxelinux_selectable(&config->entry[at])));
	}
	for (size_t i = 0; i < config->n_entry; i++) {
		const struct pxelinux_entry *e = &config->entry[i];

		assert(e->label && e->directive && e->file && e->menu < config->n_menu);
		assert(e->indent <= PXELINUX_INDENT_MAX);
		assert(e->target == PXELINUX_NONE || e->target < config->n_menu);
		assert(!e->help || strlen(e->help) < PXELINUX_BYTES_MAX);
		assert(e->append || e->type == PXELINUX_SEPARATOR);
	}
}

static void plan(const struct pxelinux_choice *choice)
{
	static struct plan out;
	static struct keys keys;
	struct url base = {.port = 69, .path = "boot/"};
	struct error err = {0};

	keys_defaults(&keys);
	keys.console_add = true;
	strcpy(keys.tail, "root=/dev/xvda1");
	if (pxelinux_plan(choice, &base, &keys, &out, &err)) {
		assert(err.class == ERR_CONFIG || err.class == ERR_UNSUPPORTED);
		return;
	}
	assert(strlen(out.cmdline) <= PLAN_CMDLINE_MAX);
	assert(out.n_initrd <= PLAN_INITRD_MAX);
	check_printable(out.label);
}

static void use(const struct pxelinux_config *config, int chosen, struct pxelinux_choice *choice,
		const struct error *err, const struct pxelinux_sysinfo *info)
{
	struct pxelinux_choice next;
	struct error ignored;

	if (chosen) {
		assert(err->class == ERR_CONFIG && err->text[0]);
		assert(!choice->label && !choice->kernel && !choice->initrds && !choice->args);
		return;
	}
	assert(choice->label && choice->kernel && choice->args);
	plan(choice);
	if (choice->onerror &&
	    pxelinux_choose_line(config, choice->onerror, info, &next, &ignored) == 0) {
		plan(&next);
		pxelinux_choice_free(&next);
	}
}

static void choose(const struct pxelinux_config *config, struct parts *files)
{
	static const struct pxelinux_sysinfo info = {.id = {.has_uuid = true}, .cpu = "6PXL"};
	const struct pxelinux_reader reader = {.read = read_file, .ctx = files};
	struct url base = {.port = 69, .path = "boot/"}, file = {.port = 69, .path = "boot/cfg"};
	struct url shown = file;
	struct pxelinux_choice choice;
	struct pxelinux_config next;
	struct error err = {0};
	int ret;

	ret = pxelinux_choose(config, NULL, &info, &choice, &err);
	use(config, ret, &choice, &err, &info);
	if (!ret && choice.type == PXELINUX_CONFIG &&
	    pxelinux_follow(&reader, &base, &file, &shown, &choice, &next, &err) == 0) {
		check_config(&next);
		pxelinux_free(&next);
	}
	pxelinux_choice_free(&choice);
	for (size_t i = 0; i < config->n_entry && i < 8; i++) {
		char want[300];

		if (config->entry[i].type < PXELINUX_SEPARATOR) {
			ret = pxelinux_choose_entry(config, i, i & 1 ? "a initrd=b" : NULL, &info,
						    &choice, &err);
			use(config, ret, &choice, &err, &info);
			pxelinux_choice_free(&choice);
		}
		snprintf(want, sizeof(want), "%s single", config->entry[i].label);
		ret = pxelinux_choose(config, want, &info, &choice, &err);
		use(config, ret, &choice, &err, &info);
		pxelinux_choice_free(&choice);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parts files;
	const struct pxelinux_reader reader = {.read = read_file, .ctx = &files};
	const struct url base = {.port = 69, .path = "boot/"},
			 file = {.port = 69, .path = "boot/cfg"};
	struct pxelinux_config config;
	struct error err = {0};

	parts_split(&files, FILES_MAX, data, size);
	if (pxelinux_load(&reader, &base, &file, &config, &err)) {
		assert(err.class == ERR_CONFIG || err.class == ERR_TIMEOUT);
		assert(!config.text && !config.entry && !config.n_entry && !config.menu);
		return 0;
	}
	check_config(&config);
	choose(&config, &files);
	pxelinux_free(&config);
	return 0;
}
