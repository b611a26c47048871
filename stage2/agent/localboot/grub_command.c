/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that a grub.cfg uses. What concerns a screen, a keyboard or GRUB's modules has no
 * effect. What GRUB has and we do not is false, with a warning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/bls.h"
#include "localboot/grub_run.h"
#include "localboot/grubenv.h"
#include "util/escape.h"

/* --- test --- */

static bool on_test(void *host, struct script *s, const struct script_call *call, int bracket)
{
	size_t n = call->n;

	(void)s;
	if (bracket && n && strcmp(call->arg[n - 1], "]") == 0)
		n--;
	return script_test(call->arg, n, grub_file_test, host);
}

/* --- search --- */

struct search {
	bool has_by, set;
	enum local_search by;
	const char *variable;
	const char *hint; /* the first */
	const char *word[3];
	size_t n;
};

static void search_letters(struct search *q, const char *letters, const char *next, bool *took_next)
{
	for (; *letters; letters++) {
		switch (*letters) {
		case 'f':
			q->by = LOCAL_BY_FILE;
			break;
		case 'l':
			q->by = LOCAL_BY_LABEL;
			break;
		case 'u':
			q->by = LOCAL_BY_UUID;
			break;
		case 's':
			q->set = true;
			continue;
		case 'h':
			if (next && !letters[1])
				*took_next = true;
			continue;
		default: /* -n */
			continue;
		}
		q->has_by = true;
	}
}

static void search_option(struct search *q, const char *option, const char *next, bool *took_next)
{
	const char *value = strchr(option, '=');
	size_t len = value ? (size_t)(value - option) : strlen(option);

	if (option[1] != '-') {
		search_letters(q, option + 1, next, took_next);
	} else if (strncmp(option, "--hint", 6) == 0) {
		if (!value && next)
			*took_next = true;
		value = value ? value + 1 : next;
		if (len == 6 && !q->hint)
			q->hint = value;
	} else if (len == 5 && strncmp(option, "--set", 5) == 0) {
		q->set = true;
		if (value)
			q->variable = value + 1;
	} else if (strcmp(option, "--file") == 0) {
		q->has_by = true;
		q->by = LOCAL_BY_FILE;
	} else if (strcmp(option, "--label") == 0 || strcmp(option, "--fs-label") == 0) {
		q->has_by = true;
		q->by = LOCAL_BY_LABEL;
	} else if (strcmp(option, "--fs-uuid") == 0) {
		q->has_by = true;
		q->by = LOCAL_BY_UUID;
	}
}

/* A hint matters for files only: several file systems may have one of that name. */
static bool by_hint(struct grub *g, const struct search *q, const char *value,
		    char fs[LOCAL_FS_SIZE])
{
	return q->by == LOCAL_BY_FILE && q->hint && *value == '/' &&
	       grub_search(g, LOCAL_BY_GRUB, q->hint, fs) &&
	       script_work(&g->script, GRUB_WORK_TEST) &&
	       g->files->test(g->files->ctx, 'e', fs, value);
}

static bool run_search(struct grub *g, const struct search *q, const char *value)
{
	char fs[LOCAL_FS_SIZE], shown[128], *device;

	if (!by_hint(g, q, value, fs) && !grub_search(g, q->by, value, fs)) {
		grub_warn_once(g, grub_print(g, "search: no file system of this guest has %s %s",
					     q->by == LOCAL_BY_UUID    ? "the UUID"
					     : q->by == LOCAL_BY_LABEL ? "the label"
								       : "a file",
					     escape_str(shown, sizeof(shown), value)));
		return false;
	}
	device = grub_device(g, fs);
	return device && (!q->variable || script_set(&g->script, q->variable, device));
}

static bool on_search(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct search q = {0};
	const char *value;

	(void)s;
	(void)arg;
	for (size_t i = 0; i < call->n; i++) {
		const char *next = i + 1 < call->n ? call->arg[i + 1] : NULL;
		bool took_next = false;

		if (call->arg[i][0] == '-' && call->arg[i][1])
			search_option(&q, call->arg[i], next, &took_next);
		else if (q.n < 3)
			q.word[q.n++] = call->arg[i];
		i += took_next;
	}
	if (!q.has_by || !q.n) {
		grub_warn(host, "search without %s",
			  q.n ? "--file, --label or --fs-uuid" : "a name");
		return false;
	}
	/* "--set VAR NAME" beside "--set=VAR NAME" */
	value = q.set && !q.variable && q.n >= 2 ? q.word[1] : q.word[0];
	if (q.set && !q.variable)
		q.variable = q.n >= 2 ? q.word[0] : "root";
	return run_search(host, &q, value);
}

/* search.fs_uuid NAME [VARIABLE [HINT...]] */
static bool on_search_by(void *host, struct script *s, const struct script_call *call, int by)
{
	struct search q = {.by = (enum local_search)by};

	(void)s;
	if (!call->n)
		return false;
	q.variable = call->n > 1 ? call->arg[1] : NULL;
	q.hint = call->n > 2 ? call->arg[2] : NULL;
	return run_search(host, &q, call->arg[0]);
}

/* --- grubenv --- */

/* The block that -f, --file or nothing names. @first: the first argument behind it */
static const char *env_file(struct grub *g, const struct script_call *call, size_t *first)
{
	const char *file = NULL;
	size_t i = 0;

	for (; i < call->n && call->arg[i][0] == '-'; i++) {
		const char *arg = call->arg[i];

		if ((strcmp(arg, "-f") == 0 || strcmp(arg, "--file") == 0) && i + 1 < call->n)
			file = call->arg[++i];
		else if (strncmp(arg, "--file=", 7) == 0)
			file = arg + 7;
	}
	*first = i;
	return file ? file : grub_print(g, "%s/grubenv", script_get(&g->script, "prefix"));
}

struct load {
	struct grub *grub;
	const struct script_call *call;
	size_t first; /* of the names that are wanted; none: all */
};

static int load_one(void *ctx, const char *name, const char *value)
{
	const struct load *l = ctx;
	bool wanted = l->first == l->call->n;

	for (size_t i = l->first; i < l->call->n; i++)
		wanted = wanted || strcmp(l->call->arg[i], name) == 0;
	if (!wanted)
		return 0;
	return script_work(&l->grub->script, 64) && script_set(&l->grub->script, name, value) ? 0
											      : -1;
}

static bool on_load_env(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct load load = {.grub = host, .call = call};
	const char *file = env_file(host, call, &load.first);
	struct grub *g = host;
	struct error err = {0};
	uint8_t *data;
	size_t len;
	int ret;

	(void)arg;
	if (!file || grub_read_file(g, file, &data, &len, &err))
		return false;
	ret = grub_env_block(data, len, load_one, &load, &err);
	free(data);
	if (ret) {
		grub_warn(g, "load_env: %s", err.text);
		return false;
	}
	for (const struct grub_saved *v = g->saved; v; v = v->next) {
		if (strcmp(v->file, file) != 0)
			continue;
		if (v->value)
			load_one(&load, v->name, v->value);
		else
			script_vars_unset(&s->vars, v->name);
	}
	return !s->failed;
}

/* Nothing is written: the guest's disk belongs to the guest. What would have been is remembered
 * for a load_env that comes later. */
static bool on_save_env(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;
	size_t first;
	const char *file = env_file(g, call, &first);

	(void)arg;
	for (size_t i = first; file && i < call->n; i++) {
		const char *value = script_vars_get(&s->vars, call->arg[i]);
		struct grub_saved *v, **end = &g->saved;

		while (*end &&
		       (strcmp((*end)->file, file) != 0 || strcmp((*end)->name, call->arg[i]) != 0))
			end = &(*end)->next;
		v = *end;
		if (!v)
			*end = v = script_alloc(&s->memory, sizeof(*v));
		if (!v || !script_work(s, 64))
			return script_fail(s, ERR_MEMORY, "no memory for save_env");
		v->file = script_copy(&s->memory, file, strlen(file));
		v->name = script_copy(&s->memory, call->arg[i], strlen(call->arg[i]));
		v->value = value ? script_copy(&s->memory, value, strlen(value)) : NULL;
		if (!v->file || !v->name || (value && !v->value)) {
			*end = NULL;
			return script_fail(s, ERR_MEMORY, "no memory for save_env");
		}
	}
	return true;
}

/* Fedora's: increment NAME, decrement NAME */
static bool on_count(void *host, struct script *s, const struct script_call *call, int by)
{
	char text[24];
	long long n = 0;

	(void)host;
	if (!call->n)
		return false;
	script_number(script_get(s, call->arg[0]), &n, NULL);
	snprintf(text, sizeof(text), "%d", (int)n + by);
	return script_set(s, call->arg[0], text);
}

/* --- other files --- */

enum { SOURCE, CONFIGFILE, NORMAL, EXTRACT };

/* GRUB calls these true even when the file is not there. */
static bool on_file(void *host, struct script *s, const struct script_call *call, int how)
{
	struct grub *g = host;
	const char *name = call->n ? call->arg[0] : NULL;
	struct script_vars before;

	if (!name && how == NORMAL)
		name = grub_print(g, "%s/grub.cfg", script_get(s, "prefix"));
	if (!name)
		return false;
	switch (how) {
	case SOURCE:
		grub_source(g, name);
		break;
	case EXTRACT: /* its entries, in a context of its own */
		before = s->vars;
		s->vars = (struct script_vars){0};
		if (script_vars_copy(&s->vars, &before, true))
			script_fail(s, ERR_MEMORY, "no memory for variables");
		else
			grub_source(g, name);
		script_vars_free(&s->vars);
		s->vars = before;
		break;
	default:
		grub_configfile(g, name);
	}
	return !s->failed;
}

/* --- BLS --- */

#ifdef CONFIG_LOCALBOOT_BLS
/* Where blscfg looks: $blsdir or /loader/entries on $boot or $root. */
static bool bls_directory(struct grub *g, char fs[LOCAL_FS_SIZE], const char **path)
{
	static const char *const roots[] = {"boot", "root"};
	const char *wanted = script_get(&g->script, "blsdir");
	const char *dirs[] = {*wanted ? wanted : "/loader/entries", "/boot/loader/entries"};

	for (size_t d = 0; d < 2; d++) {
		for (size_t i = 0; i < 2; i++) {
			const char *root = script_get(&g->script, roots[i]);
			const char *name =
				*dirs[d] == '(' ? dirs[d] : grub_print(g, "(%s)%s", root, dirs[d]);

			if (!name || (!*root && *dirs[d] != '('))
				continue;
			if (grub_locate(g, name, fs, path) && **path == '/' &&
			    script_work(&g->script, GRUB_WORK_TEST) &&
			    g->files->test(g->files->ctx, 'd', fs, *path))
				return true;
		}
	}
	return false;
}

static bool bls_seen(const struct grub *g, const char *fs, const char *path)
{
	for (const struct grub_bls *b = g->bls; b; b = b->next) {
		if (strcmp(b->fs, fs) == 0 && strcmp(b->path, path) == 0)
			return true;
	}
	return false;
}

static bool bls_entries(struct grub *g, const char *fs, const char *path)
{
	struct script_vars *vars = &g->script.vars;
	struct bls_variable *variable = calloc(vars->n + 1, sizeof(*variable));
	struct grub_bls *b = script_alloc(&g->script.memory, sizeof(*b));
	struct error err = {0};
	int ret;

	if (!variable || !b) {
		free(variable);
		return script_fail(&g->script, ERR_MEMORY, "no memory for blscfg");
	}
	b->next = g->bls;
	b->path = grub_print(g, "%s", path);
	snprintf(b->fs, sizeof(b->fs), "%s", fs);
	g->bls = b;
	for (size_t i = 0; i < vars->n; i++)
		variable[i] = (struct bls_variable){vars->var[i].name, vars->var[i].value};
	ret = bls_read(g->files, fs, path, variable, vars->n, &b->menu, &err);
	free(variable);
	for (size_t i = 0; i < b->menu.n_warning; i++)
		grub_warn(g, "%s", b->menu.warning[i]);
	if (ret)
		grub_warn(g, "%s", err.text);
	for (size_t i = 0; i < b->menu.n && script_work(&g->script, GRUB_WORK_READ); i++) {
		struct grub_item *item = grub_menu_add(g);

		if (!item)
			break;
		item->bls = &b->menu.entry[i];
		item->title = item->bls->title;
		item->id = item->bls->id;
	}
	return ret == 0 && !g->script.failed;
}
#endif

static bool on_blscfg(void *host, struct script *s, const struct script_call *call, int arg)
{
#ifdef CONFIG_LOCALBOOT_BLS
	struct grub *g = host;
	char fs[LOCAL_FS_SIZE];
	const char *path;

	(void)s;
	(void)call;
	(void)arg;
	if (!bls_directory(g, fs, &path)) {
		grub_warn(g, "blscfg: there is no directory loader/entries");
		return false;
	}
	return bls_seen(g, fs, path) || bls_entries(g, fs, path);
#else
	(void)s;
	(void)arg;
	grub_warn(host, "%s: this image reads no BLS entries (LOCALBOOT_BLS)", call->name);
	return false;
#endif
}

/* --- what has no effect here --- */

static bool on_ignored(void *host, struct script *s, const struct script_call *call, int value)
{
	(void)host;
	(void)s;
	(void)call;
	return value;
}

static bool on_impossible(void *host, struct script *s, const struct script_call *call, int arg)
{
	(void)s;
	(void)arg;
	grub_warn_once(host, grub_print(host, "%s: cannot be done here, and counts as failed",
					call->name));
	return false;
}

/* What is read from a keyboard that nobody sits at: nothing. */
static bool on_read(void *host, struct script *s, const struct script_call *call, int arg)
{
	(void)host;
	(void)arg;
	return !call->n || script_set(s, call->arg[call->n - 1], "");
}

const struct script_command grub_commands[] = {
	{"test", on_test, false},
	{"[", on_test, true},
	{"menuentry", grub_on_menuentry, false},
	{"submenu", grub_on_menuentry, true},
	{"linux", grub_on_linux, 0},
	{"linux16", grub_on_linux, 0},
	{"linuxefi", grub_on_linux, 0},
	{"initrd", grub_on_initrd, 0},
	{"initrd16", grub_on_initrd, 0},
	{"initrdefi", grub_on_initrd, 0},
	{"multiboot", grub_on_multiboot, 0},
	{"multiboot2", grub_on_multiboot, 0},
	{"xen_hypervisor", grub_on_multiboot, 0},
	{"module", grub_on_module, 0},
	{"module2", grub_on_module, 0},
	{"xen_module", grub_on_module, 0},
	{"chainloader", grub_on_other_loader, false},
	{"ntldr", grub_on_other_loader, false},
	{"freedos", grub_on_other_loader, false},
	{"truecrypt", grub_on_other_loader, false},
	{"plan9", grub_on_other_loader, false},
	{"kfreebsd", grub_on_other_loader, false},
	{"knetbsd", grub_on_other_loader, false},
	{"kopenbsd", grub_on_other_loader, false},
	{"xnu_kernel", grub_on_other_loader, false},
	{"xnu_kernel64", grub_on_other_loader, false},
	{"appleloader", grub_on_other_loader, false},
	{"halt", grub_on_other_loader, true},
	{"poweroff", grub_on_other_loader, true},
	{"reboot", grub_on_other_loader, true},
	{"fwsetup", grub_on_other_loader, true},
	{"exit", grub_on_other_loader, true},
	{"normal_exit", grub_on_other_loader, true},
	{"boot", grub_on_boot, 0},
	{"search", on_search, 0},
	{"search.fs_uuid", on_search_by, LOCAL_BY_UUID},
	{"search.fs_label", on_search_by, LOCAL_BY_LABEL},
	{"search.file", on_search_by, LOCAL_BY_FILE},
	{"load_env", on_load_env, 0},
	{"save_env", on_save_env, 0},
	{"source", on_file, SOURCE},
	{".", on_file, SOURCE},
	{"configfile", on_file, CONFIGFILE},
	{"normal", on_file, NORMAL},
	{"extract_entries_source", on_file, EXTRACT},
	{"extract_entries_configfile", on_file, EXTRACT},
	{"read", on_read, 0},
	{"echo", on_ignored, true},
	{"insmod", on_ignored, true},
	{"terminal_input", on_ignored, true},
	{"terminal_output", on_ignored, true},
	{"cryptomount", on_impossible, 0},
	{"loopback", on_impossible, 0},
	{"probe", on_impossible, 0},
	{"regexp", on_impossible, 0},
	{NULL, NULL, 0},
};

const struct script_command grub_weak_commands[] = {
	{"blscfg", on_blscfg, 0},
	{"bls_import", on_blscfg, 0},
	{"increment", on_count, 1},
	{"decrement", on_count, -1},
	{"legacy_configfile", on_impossible, 0},
	{"legacy_source", on_impossible, 0},
	{"extract_legacy_entries_source", on_impossible, 0},
	{"extract_legacy_entries_configfile", on_impossible, 0},
	{"legacy_kernel", on_impossible, 0},
	{"legacy_initrd", on_impossible, 0},
	{"syslinux_configfile", on_impossible, 0},
	{"syslinux_source", on_impossible, 0},
	{"extract_syslinux_entries_source", on_impossible, 0},
	{"extract_syslinux_entries_configfile", on_impossible, 0},
	{"tr", on_impossible, 0},
	/* There is no picture and no key to be seen on the platform xen. */
	{"background_image", on_ignored, false},
	{"loadfont", on_ignored, false},
	{"keystatus", on_ignored, false},
	{"hwmatch", on_ignored, true}, /* GRUB does not have it on xen; so it is true */
	{"videoinfo", on_ignored, true},
	{"videotest", on_ignored, true},
	{"vbeinfo", on_ignored, true},
	{"background_color", on_ignored, true},
	{"gfxmode", on_ignored, true},
	{"gfxpayload", on_ignored, true},
	{"terminal", on_ignored, true},
	{"terminfo", on_ignored, true},
	{"serial", on_ignored, true},
	{"lsfonts", on_ignored, true},
	{"rmmod", on_ignored, true},
	{"lsmod", on_ignored, true},
	{"nativedisk", on_ignored, true},
	{"clear", on_ignored, true},
	{"cls", on_ignored, true},
	{"cat", on_ignored, true},
	{"ls", on_ignored, true},
	{"help", on_ignored, true},
	{"date", on_ignored, true},
	{"gettext", on_ignored, true},
	{"play", on_ignored, true},
	{"beep", on_ignored, true},
	{"sleep", on_ignored, true},
	{"pager", on_ignored, true},
	{"list_env", on_ignored, true},
	{"password", on_ignored, true},
	{"password_pbkdf2", on_ignored, true},
	{"authenticate", on_ignored, true},
	{"cpuid", on_ignored, true},
	{"acpi", on_ignored, true},
	{"cutmem", on_ignored, true},
	{"badram", on_ignored, true},
	{"devicetree", on_ignored, true},
	{"drivemap", on_ignored, true},
	{"parttool", on_ignored, true},
	{"gptsync", on_ignored, true},
	{"hdparm", on_ignored, true},
	{"setpci", on_ignored, true},
	{"smbios", on_ignored, true},
	{"rdmsr", on_ignored, true},
	{"wrmsr", on_ignored, true},
	{"trust", on_ignored, true},
	{"distrust", on_ignored, true},
	{"verify_detached", on_ignored, true},
	{"loadbios", on_ignored, true},
	{"fakebios", on_ignored, true},
	{"btrfs-mount-subvol", on_ignored, true},
	{"zfs-bootfs", on_ignored, true},
	{"bls_bumpcounter", on_ignored, true},
	{"tpm_record_pcrs", on_ignored, true},
	{"net_bootp", on_ignored, false},
	{"net_dhcp", on_ignored, false},
	{NULL, NULL, 0},
};
