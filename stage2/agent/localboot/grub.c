/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/grub.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/grub_run.h"
#include "util/escape.h"

#define SOURCE_DEPTH_MAX 16

void grub_warn(struct grub *g, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	local_menu_warn(g->out, g->script.file, g->script.line, "%s", text);
}

void grub_warn_once(struct grub *g, const char *text)
{
	for (size_t i = 0; text && i < g->n_told; i++) {
		if (strcmp(g->told[i], text) == 0)
			return;
	}
	if (text && g->n_told < GRUB_TOLD_MAX) {
		g->told[g->n_told++] = text;
		grub_warn(g, "%s", text);
	}
}

char *grub_print(struct grub *g, const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n >= 0 && script_work(&g->script, (size_t)n))
		text = script_alloc(&g->script.memory, (size_t)n + 1);
	if (!text) {
		script_fail(&g->script, ERR_MEMORY, "no memory for the script's texts");
		return NULL;
	}
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return text;
}

static void unknown(void *host, struct script *s, const char *name)
{
	char shown[64];

	(void)s;
	grub_warn_once(host, grub_print(host, "%s: unknown command",
					escape_str(shown, sizeof(shown), name)));
}

static void syntax(void *host, const char *file, unsigned int line, const char *text)
{
	struct grub *g = host;

	local_menu_warn(g->out, file, line,
			"syntax error: %s; the commands up to here are left out", text);
}

/* A path as messages name it: without the device, if that is grub.cfg's own, else "(xvda2)/path".
 */
static const char *shown_name(struct grub *g, const char *name)
{
	char fs[LOCAL_FS_SIZE];
	const char *path;

	char *shown;

	if (!grub_locate(g, name, fs, &path))
		return name;
	if (strcmp(fs, g->fs) == 0)
		return path;
	shown = grub_print(g, "(%s)%s", fs, path);
	return shown ? shown : path;
}

/* $config_file and $config_directory are there while a file runs, not when an entry of it does. */
static void set_config_file(struct grub *g, const char *name)
{
	const char *slash = strrchr(name, '/');
	char *directory = grub_print(g, "%.*s", slash ? (int)(slash - name) : 0, name);

	if (!directory)
		return;
	script_set(&g->script, "config_file", name);
	script_set(&g->script, "config_directory", directory);
	script_vars_export(&g->script.vars, "config_file");
	script_vars_export(&g->script.vars, "config_directory");
}

static void unset_config_file(struct grub *g)
{
	script_vars_unset(&g->script.vars, "config_file");
	script_vars_unset(&g->script.vars, "config_directory");
}

bool grub_source(struct grub *g, const char *name)
{
	const char *outer = grub_print(g, "%s", script_get(&g->script, "config_file"));
	struct error err = {0};
	uint8_t *data;
	size_t len;

	if (g->files_depth == SOURCE_DEPTH_MAX) {
		grub_warn(g, "files are read by each other more than %d deep", SOURCE_DEPTH_MAX);
		return false;
	}
	if (grub_read_file(g, name, &data, &len, &err)) {
		grub_warn(g, "%s", err.text);
		return false;
	}
	g->files_depth++;
	set_config_file(g, name);
	script_run_text(&g->script, shown_name(g, name), 1, (const char *)data, len);
	g->files_depth--;
	free(data);
	if (outer && *outer)
		set_config_file(g, outer);
	else
		unset_config_file(g);
	return true;
}

static void set_timeout(struct grub *g)
{
	const char *text = script_vars_get(&g->script.vars, "timeout");
	long long seconds = -1;

	if (g->booted)
		seconds = 0;
	else if (text && !script_number(text, &seconds, NULL))
		seconds = -1;
	g->out->has_timeout = seconds >= 0;
	if (seconds >= 0)
		g->out->timeout_s = seconds > 86400 ? 86400 : (unsigned int)seconds;
}

/* What GRUB does after a file has been run: it boots what "boot" said, or shows the menu. */
static void show(struct grub *g, struct grub_menu *menu)
{
	struct grub_item item = {.title = g->script.file, .id = "", .file = g->script.file};

	if (g->shown || (!g->booted && !menu->n))
		return;
	if (!g->outermost)
		set_timeout(g);
	g->outermost = menu;
	if (g->booted) {
		item.line = g->script.line;
		g->result = grub_menu_entry(g, &item);
	} else {
		g->result = grub_menu_show(g, menu);
	}
	g->shown = true;
}

bool grub_configfile(struct grub *g, const char *name)
{
	struct script_vars before = g->script.vars;
	struct grub_menu menu = {0}, *old_menu = g->menu;
	const char *old_file = g->script.file;
	unsigned int old_line = g->script.line;

	g->script.vars = (struct script_vars){0};
	g->menu = &menu;
	if (script_vars_copy(&g->script.vars, &before, true))
		script_fail(&g->script, ERR_MEMORY, "no memory for variables");
	if (grub_source(g, name)) {
		g->script.file = shown_name(g, name);
		show(g, &menu);
		g->script.file = old_file;
	}
	g->script.line = old_line;
	g->menu = old_menu;
	script_vars_free(&g->script.vars);
	g->script.vars = before;
	if (g->shown)
		g->script.flow = SCRIPT_STOP;
	return g->shown;
}

/* Variables that are there before the first command, as GRUB 2.12 on the platform xen has them. */
static void begin(struct grub *g, const char *path)
{
	static const char *const set[][2] = {
		{"grub_cpu", "x86_64"},
		{"grub_platform", "xen"},
		{"feature_200_final", "y"},
		{"feature_all_video_module", "y"},
		{"feature_chainloader_bpb", "y"},
		{"feature_default_font_path", "y"},
		{"feature_menuentry_id", "y"},
		{"feature_menuentry_options", "y"},
		{"feature_nativedisk_cmd", "y"},
		{"feature_ntldr", "y"},
		{"feature_platform_search_hint", "y"},
		{"feature_timeout_style", "y"},
	};
	struct script *s = &g->script;
	char *name = grub_print(g, "(%s)%s", grub_device(g, g->fs), path);
	char *prefix = name ? grub_print(g, "%.*s", (int)(strrchr(name, '/') - name), name) : NULL;

	if (!prefix)
		return;
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		script_set(s, set[i][0], set[i][1]);
		script_vars_export(&s->vars, set[i][0]);
	}
	script_set(s, "root", grub_device(g, g->fs));
	script_set(s, "prefix", prefix);
	script_set(s, "cmdpath", prefix);
	script_vars_export(&s->vars, "root");
	script_vars_export(&s->vars, "prefix");
	script_vars_export(&s->vars, "cmdpath");
	set_config_file(g, name);
}

static void given_up(struct grub *g)
{
	local_menu_warn(g->out, g->script.file, g->script.line, "given up here: %s",
			g->script.err.text);
}

static void end(struct grub *g)
{
	for (struct grub_bls *b = g->bls; b; b = b->next)
		local_menu_free(&b->menu);
	script_free(&g->script);
	free(g);
}

int grub_read(const struct local_files *files, const char *fs, const char *path,
	      struct local_menu *menu, struct error *err)
{
	struct grub *g = calloc(1, sizeof(*g));
	struct grub_menu top = {0};
	char shown[128];
	uint8_t *data;
	size_t len;
	int ret = 0;

	escape_str(shown, sizeof(shown), path);
	if (!g)
		return error_set(err, ERR_MEMORY, "no memory for %s", shown);
	if (files->read(files->ctx, fs, path, &data, &len, err)) {
		free(g);
		return -1;
	}
	*g = (struct grub){
		.files = files, .out = menu, .fs = fs, .submenu = "", .result = GRUB_NONE};
	g->script = (struct script){.commands = grub_commands,
				    .weak = grub_weak_commands,
				    .unknown = unknown,
				    .warn = syntax,
				    .glob = grub_glob,
				    .host = g};
	g->menu = &top;
	begin(g, path);
	script_run_text(&g->script, path, 1, (const char *)data, len);
	free(data);
	unset_config_file(g);
	g->script.file = path;
	if (g->script.failed) { /* What was found before still counts. */
		given_up(g);
		g->script.failed = false;
		g->script.work = 0;
		g->script.flow = SCRIPT_ON;
	}
	show(g, &top);
	if (g->script.failed)
		given_up(g);
	if (g->result != GRUB_NONE)
		menu->chosen = g->result;
	if (!menu->n)
		ret = g->script.failed ? error_set(err, g->script.err.class, "%s: %s", shown,
						   g->script.err.text)
				       : error_set(err, ERR_CONFIG, "%s has no menu entry", shown);
	end(g);
	return ret;
}
