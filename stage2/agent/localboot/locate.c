/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* asprintf() */
#include "localboot/locate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "localboot/path.h"
#include "localboot/vmlinuz.h"
#include "util/escape.h"
#ifdef CONFIG_LOCALBOOT_BLS
#include "localboot/bls_loader.h"
#endif
#ifdef CONFIG_LOCALBOOT_GRUB
#include "localboot/grub.h"
#endif
#ifdef CONFIG_LOCALBOOT_GRUB_LEGACY
#include "localboot/legacy.h"
#endif
#ifdef CONFIG_LOCALBOOT_SYSLINUX
#include "localboot/syslinux.h"
#endif

/* --- is it there? --- */

static const char *fs_name(const char *fs)
{
	return fs[0] ? fs : "the file system";
}

int local_check(const struct local_files *files, struct local_entry *entry, struct error *err)
{
	if (entry->problem)
		return 0;
	if (!files->test(files->ctx, 'f', entry->fs, entry->kernel))
		return local_entry_problem(entry, err, "the kernel %s is not on %s", entry->kernel,
					   fs_name(entry->fs));
	for (size_t i = 0; i < entry->n_initrd; i++) {
		if (!files->test(files->ctx, 'f', entry->initrd_fs[i], entry->initrd[i]))
			return local_entry_problem(entry, err, "the ramdisk %s is not on %s",
						   entry->initrd[i], fs_name(entry->initrd_fs[i]));
	}
	return 0;
}

/* --- the choice --- */

/* An item of one menu: an entry, or a submenu with all that is in it. */
struct item {
	size_t first, end; /* entries */
	const char *name; /* of a submenu: @len bytes; NULL: an entry */
	size_t len;
};

/* The item that begins at entry @at in the menu whose titles are the first @depth bytes of
 * submenu; @end: where that menu ends. */
static struct item item_at(const struct local_menu *menu, size_t at, size_t end, size_t depth)
{
	struct item item = {.first = at, .end = at + 1};
	const char *sub = menu->entry[at].submenu;

	if (strlen(sub) <= depth)
		return item;
	item.name = sub + depth + (depth > 0);
	item.len = strcspn(item.name, ">");
	depth = (size_t)(item.name - sub) + item.len;
	while (item.end < end && strncmp(menu->entry[item.end].submenu, sub, depth) == 0 &&
	       strchr(">", menu->entry[item.end].submenu[depth]))
		item.end++;
	return item;
}

/* A number from 0 that is all of the text; -1: it is none. */
static long read_index(const char *text, size_t len)
{
	long n = 0;

	if (len == 0 || len > 6)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = n * 10 + (text[i] - '0');
	}
	return n;
}

static bool is_text(const char *text, const char *want, size_t len)
{
	return strlen(text) == len && memcmp(text, want, len) == 0;
}

static bool item_is(const struct local_menu *menu, const struct item *item, long number,
		    const char *want, size_t len, long index)
{
	const struct local_entry *e = &menu->entry[item->first];

	if (number >= 0)
		return index == number;
	if (item->name)
		return item->len == len && memcmp(item->name, want, len) == 0;
	return is_text(e->title, want, len) || (e->id[0] && is_text(e->id, want, len));
}

/* "submenu>submenu>entry". menu->n: it leads to no entry. */
static size_t follow_path(const struct local_menu *menu, const char *want)
{
	size_t at = 0, end = menu->n, depth = 0;

	for (;;) {
		size_t len = strcspn(want, ">");
		long number = read_index(want, len), index = 0;
		struct item item = {0};

		for (; at < end; at = item.end, index++) {
			item = item_at(menu, at, end, depth);
			if (item_is(menu, &item, number, want, len, index))
				break;
		}
		if (at >= end)
			return menu->n;
		if (!want[len])
			return item.name ? menu->n : item.first;
		if (!item.name)
			return menu->n;
		depth = (size_t)(item.name - menu->entry[at].submenu) + item.len;
		end = item.end;
		want += len + 1;
	}
}

static size_t find_title(const struct local_menu *menu, const char *want)
{
	for (size_t i = 0; i < menu->n; i++) {
		if (strcmp(menu->entry[i].title, want) == 0)
			return i;
	}
	for (size_t i = 0; i < menu->n; i++) {
		if (menu->entry[i].id[0] && strcmp(menu->entry[i].id, want) == 0)
			return i;
	}
	return menu->n;
}

void local_choose(struct local_menu *menu, const char *want)
{
	const char *leaf;
	long number;
	size_t at;

	if (!want || !want[0] || !menu->n)
		return;
	number = read_index(want, strlen(want));
	if (number >= 0) {
		at = (size_t)number;
	} else {
		at = find_title(menu, want);
		if (at >= menu->n)
			at = follow_path(menu, want);
		leaf = strrchr(want, '>');
		if (at >= menu->n && leaf && leaf[1])
			at = find_title(menu, leaf + 1);
	}
	if (at < menu->n)
		menu->chosen = at;
	else
		local_menu_warn(menu, menu->entry[menu->chosen].source, 0,
				"there is no entry \"%s\": \"%s\" is taken", want,
				menu->entry[menu->chosen].title);
}

/* --- the search --- */

enum kind { KIND_GRUB, KIND_SYSLINUX, KIND_LEGACY, KIND_BLS, KIND_VMLINUZ };

struct place {
	const char *path;
	enum kind kind;
};

/* As pygrub looks for them. */
static const struct place pygrub_places[] = {
	{"/boot/grub/grub.cfg", KIND_GRUB},
	{"/grub/grub.cfg", KIND_GRUB},
	{"/boot/grub2/grub.cfg", KIND_GRUB},
	{"/grub2/grub.cfg", KIND_GRUB},
	{"/boot/isolinux/isolinux.cfg", KIND_SYSLINUX},
	{"/boot/extlinux/extlinux.conf", KIND_SYSLINUX},
	{"/boot/extlinux.conf", KIND_SYSLINUX},
	{"/extlinux/extlinux.conf", KIND_SYSLINUX},
	{"/extlinux.conf", KIND_SYSLINUX},
	{"/boot/grub/menu.lst", KIND_LEGACY},
	{"/boot/grub/grub.conf", KIND_LEGACY},
	{"/grub/menu.lst", KIND_LEGACY},
	{"/grub/grub.conf", KIND_LEGACY},
};

/* Other places that distributions, loaders and images for CDs use. */
static const struct place more_places[] = {
	{"/loader/entries", KIND_BLS},
	{"/boot/loader/entries", KIND_BLS},
	{"/efi/loader/entries", KIND_BLS},
	{"/boot/efi/loader/entries", KIND_BLS},
	{"/isolinux/isolinux.cfg", KIND_SYSLINUX},
	{"/isolinux.cfg", KIND_SYSLINUX},
	{"/boot/syslinux/syslinux.cfg", KIND_SYSLINUX},
	{"/boot/syslinux/extlinux.conf", KIND_SYSLINUX},
	{"/syslinux/syslinux.cfg", KIND_SYSLINUX},
	{"/syslinux.cfg", KIND_SYSLINUX},
};

/* Directories of vendors below these have a grub.cfg. */
static const char *const efi_places[] = {"/EFI", "/boot/efi/EFI", "/boot/EFI", "/efi/EFI"};

struct search {
	const struct local_files *files;
	const char *const *fs;
	const size_t *disk; /* of each file system, ascending; NULL: all on one */
	size_t n_fs;
	const struct local_options *options;
	struct local_menu *menu; /* what was found */
	struct local_menu second_best; /* the first whose choice cannot be booted */
	struct local_menu passed_over; /* only warnings */
	struct error why; /* the first configuration that could not be read */
	struct error *err;
};

enum found { FOUND_NOT, FOUND, FOUND_ERROR };

static int read_place(const struct search *s, const char *fs, const char *path, enum kind kind,
		      struct local_menu *menu, struct error *err)
{
	(void)path; /* an image without any reader */
	switch (kind) {
	case KIND_SYSLINUX:
#ifdef CONFIG_LOCALBOOT_SYSLINUX
		return syslinux_read(s->files, fs, path, menu, err);
#else
		break;
#endif
	case KIND_LEGACY:
#ifdef CONFIG_LOCALBOOT_GRUB_LEGACY
		return legacy_read(s->files, fs, path, menu, err);
#else
		break;
#endif
	case KIND_VMLINUZ:
		return vmlinuz_read(s->files, fs, s->fs, s->n_fs, menu, err);
	case KIND_GRUB:
#ifdef CONFIG_LOCALBOOT_GRUB
		return grub_read(s->files, fs, path, menu, err);
#else
		break;
#endif
	case KIND_BLS:
#ifdef CONFIG_LOCALBOOT_BLS
		return bls_loader_read(s->files, fs, path, menu, err);
#else
		break;
#endif
	}
	return error_set(err, ERR_UNSUPPORTED, "this image was built without a reader for it");
}

static int append_args(struct local_menu *menu, const char *args, struct error *err)
{
	for (size_t i = 0; i < menu->n; i++) {
		struct local_entry *e = &menu->entry[i];
		char *joined;
		int ret;

		if (asprintf(&joined, "%s%s%s", e->args, e->args[0] ? " " : "", args) < 0)
			return error_set(err, ERR_MEMORY, "no memory for a command line");
		ret = local_entry_set(&e->args, joined, strlen(joined), err);
		free(joined);
		if (ret)
			return -1;
	}
	return 0;
}

/* Checks and options that are the same whatever the menu was read from. */
static int finish_menu(const struct search *s, struct local_menu *menu, struct error *err)
{
	const struct local_options *o = s->options;

	for (size_t i = 0; i < menu->n; i++) {
		if (local_check(s->files, &menu->entry[i], err))
			return -1;
	}
	if (menu->chosen >= menu->n)
		menu->chosen = 0;
	local_choose(menu, o->entry);
	return o->args && o->args[0] ? append_args(menu, o->args, err) : 0;
}

static void pass_over(struct search *s, const char *fs, const char *path, const char *why)
{
	local_menu_warn(&s->passed_over, path, 0, "passed over%s%s: %s", fs[0] ? " on " : "", fs,
			why);
}

/* Read one configuration. */
static enum found try_place(struct search *s, const char *fs, const char *path, enum kind kind)
{
	struct local_menu menu = {0};
	struct error why = {ERR_NONE, ""};
	char shown[200];
	int ret = read_place(s, fs, path, kind, &menu, &why);

	if (!ret && !menu.n)
		ret = error_set(&why, ERR_CONFIG, "it has no entry");
	if (!ret)
		ret = finish_menu(s, &menu, &why);
	if (ret) {
		local_menu_free(&menu);
		if (why.class == ERR_MEMORY) {
			*s->err = why;
			return FOUND_ERROR;
		}
		if (kind == KIND_VMLINUZ)
			return FOUND_NOT;
		pass_over(s, fs, path, why.text);
		if (!s->why.class) {
			s->why = why;
			error_prefix(&s->why, "%s%s%s", fs, fs[0] ? ":" : "",
				     escape_str(shown, sizeof(shown), path));
		}
		return FOUND_NOT;
	}
	if (!menu.entry[menu.chosen].problem) {
		*s->menu = menu;
		return FOUND;
	}
	if (s->second_best.n) {
		pass_over(s, fs, path, menu.entry[menu.chosen].problem);
		local_menu_free(&menu);
	} else {
		s->second_best = menu;
	}
	return FOUND_NOT;
}

static bool is_there(const struct search *s, const char *fs, const struct place *p)
{
	return s->files->test(s->files->ctx, p->kind == KIND_BLS ? 'd' : 'f', fs, p->path);
}

static enum found try_places(struct search *s, const char *fs, const struct place *place, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum found found;

		if (!is_there(s, fs, &place[i]))
			continue;
		found = try_place(s, fs, place[i].path, place[i].kind);
		if (found != FOUND_NOT)
			return found;
	}
	return FOUND_NOT;
}

static enum found try_efi(struct search *s, const char *fs, const char *dir)
{
	enum found found = FOUND_NOT;
	struct error why;
	char **vendor;
	size_t n;

	if (s->files->list(s->files->ctx, fs, dir, &vendor, &n, &why)) {
		if (why.class != ERR_MEMORY)
			return FOUND_NOT;
		*s->err = why;
		return FOUND_ERROR;
	}
	for (size_t i = 0; i < n; i++) {
		char path[LOCAL_PATH_SIZE];
		int len = snprintf(path, sizeof(path), "%s/%s/grub.cfg", dir, vendor[i]);

		if (found == FOUND_NOT && len > 0 && (size_t)len < sizeof(path) &&
		    s->files->test(s->files->ctx, 'f', fs, path))
			found = try_place(s, fs, path, KIND_GRUB);
		free(vendor[i]);
	}
	free(vendor);
	return found;
}

static enum found try_pygrub(struct search *s, const char *fs)
{
	return try_places(s, fs, pygrub_places, sizeof(pygrub_places) / sizeof(pygrub_places[0]));
}

static enum found try_more(struct search *s, const char *fs)
{
	enum found found;

	for (size_t i = 0; i < sizeof(efi_places) / sizeof(efi_places[0]); i++) {
		found = try_efi(s, fs, efi_places[i]);
		if (found != FOUND_NOT)
			return found;
	}
	return try_places(s, fs, more_places, sizeof(more_places) / sizeof(more_places[0]));
}

static enum found try_vmlinuz(struct search *s, const char *fs)
{
	return try_place(s, fs, "/boot/vmlinuz*", KIND_VMLINUZ);
}

/* Which file system is the first on another disk than @first is? */
static size_t next_disk(const struct search *s, size_t first)
{
	size_t i = first + 1;

	while (i < s->n_fs && (!s->disk || s->disk[i] == s->disk[first]))
		i++;
	return i;
}

static enum found try_each(struct search *s, size_t first, size_t end,
			   enum found (*try)(struct search *, const char *))
{
	enum found found = FOUND_NOT;

	for (size_t i = first; i < end && found == FOUND_NOT; i++)
		found = try(s, s->fs[i]);
	return found;
}

static enum found search_all(struct search *s)
{
	enum found found = FOUND_NOT;
	size_t end;

	/* A firmware boots from the first disk: another one, which may be an installer's or that of
	 * an old system, has its turn when the first has nothing. */
	for (size_t first = 0; first < s->n_fs && found == FOUND_NOT; first = end) {
		end = next_disk(s, first);
		found = try_each(s, first, end, try_pygrub);
		if (found == FOUND_NOT)
			found = try_each(s, first, end, try_more);
	}
	/* What was found and cannot be booted is for its owner to correct: any kernel that lies
	 * about would hide that. It would hide a configuration, too, where /boot is a disk of its
	 * own, into which the root's /vmlinuz leads. */
	if (found == FOUND_NOT && !s->second_best.n)
		found = try_each(s, 0, s->n_fs, try_vmlinuz);
	return found;
}

static void keep_warnings(struct search *s)
{
	struct local_menu *menu = s->menu;
	void *grown;

	if (!s->passed_over.n_warning)
		return;
	grown = realloc(menu->warning,
			(menu->n_warning + s->passed_over.n_warning) * sizeof(*menu->warning));
	if (!grown)
		return;
	menu->warning = grown;
	memcpy(menu->warning + menu->n_warning, s->passed_over.warning,
	       s->passed_over.n_warning * sizeof(*menu->warning));
	menu->n_warning += s->passed_over.n_warning;
	s->passed_over.n_warning = 0;
}

static int nothing_found(const struct search *s)
{
	char names[200] = "";
	size_t at = 0;

	if (s->why.class)
		return error_set(s->err, ERR_CONFIG, "no boot configuration can be used: %s",
				 s->why.text);
	if (!s->n_fs)
		return error_set(s->err, ERR_NOT_FOUND,
				 "no disk of this guest has a file system that can be read");
	for (size_t i = 0; i < s->n_fs; i++) {
		int n = snprintf(names + at, sizeof(names) - at, "%s%s", i ? ", " : "",
				 fs_name(s->fs[i]));

		if (n < 0 || (size_t)n >= sizeof(names) - at)
			break;
		at += (size_t)n;
	}
	return error_set(s->err, ERR_NOT_FOUND,
			 "neither a boot configuration (grub.cfg, extlinux.conf, menu.lst, "
			 "loader/entries) nor a kernel (/boot/vmlinuz*) is on %s",
			 names);
}

/* --- --kernel --- */

static int set_files(const struct local_options *o, const char *fs, struct local_entry *e,
		     struct error *err)
{
	const char *args = o->args ? o->args : "";
	char path[LOCAL_PATH_SIZE];

	if (local_entry_set(&e->title, o->kernel, strlen(o->kernel), err) ||
	    local_entry_set(&e->source, "--kernel", 8, err) ||
	    local_entry_set(&e->args, args, strlen(args), err) ||
	    path_join(path, "/", o->kernel, strlen(o->kernel)) ||
	    local_entry_set(&e->kernel, path, strlen(path), err))
		return -1;
	snprintf(e->fs, sizeof(e->fs), "%s", fs);
	for (size_t i = 0; i < o->n_ramdisk && i < LOCAL_INITRD_MAX; i++) {
		if (!o->ramdisk[i] || !o->ramdisk[i][0])
			continue;
		if (path_join(path, "/", o->ramdisk[i], strlen(o->ramdisk[i])))
			return error_set(err, ERR_USAGE, "the ramdisk's name is too long");
		if (local_entry_set(&e->initrd[e->n_initrd], path, strlen(path), err))
			return -1;
		snprintf(e->initrd_fs[e->n_initrd++], LOCAL_FS_SIZE, "%s", fs);
	}
	return 0;
}

static int find_files(const struct search *s)
{
	const struct local_options *o = s->options;
	char path[LOCAL_PATH_SIZE], shown[200];
	struct local_entry *e;

	if (path_join(path, "/", o->kernel, strlen(o->kernel)))
		return error_set(s->err, ERR_USAGE, "the kernel's name of %zu bytes is too long",
				 strlen(o->kernel));
	for (size_t i = 0; i < s->n_fs; i++) {
		if (!s->files->test(s->files->ctx, 'f', s->fs[i], path))
			continue;
		e = local_menu_add(s->menu, s->err);
		if (!e || set_files(o, s->fs[i], e, s->err) || local_check(s->files, e, s->err)) {
			local_menu_free(s->menu);
			return -1;
		}
		return 0;
	}
	return error_set(s->err, ERR_NOT_FOUND,
			 "the kernel %s that --kernel names is on none of this guest's %zu file "
			 "systems",
			 escape_str(shown, sizeof(shown), path), s->n_fs);
}

int local_find(const struct local_files *files, const char *const *fs, const size_t *disk,
	       size_t n_fs, const struct local_options *options, struct local_menu *menu,
	       struct error *err)
{
	static const struct local_options none;
	struct search s = {.files = files,
			   .fs = fs,
			   .disk = disk,
			   .n_fs = n_fs,
			   .options = options ? options : &none,
			   .menu = menu,
			   .err = err};
	enum found found;
	int ret = 0;

	*menu = (struct local_menu){0};
	if (s.options->kernel && s.options->kernel[0])
		return find_files(&s);
	found = search_all(&s);
	if (found == FOUND_ERROR) {
		ret = -1;
	} else if (found == FOUND_NOT && s.second_best.n) {
		*menu = s.second_best;
		s.second_best = (struct local_menu){0};
	} else if (found == FOUND_NOT) {
		ret = nothing_found(&s);
	} else if (s.second_best.n) {
		const struct local_entry *e = &s.second_best.entry[s.second_best.chosen];

		pass_over(&s, e->fs, e->source, e->problem);
	}
	if (!ret) {
		if (s.options->n_ramdisk)
			local_menu_warn(
				menu, "--ramdisk", 0,
				"has no effect without --kernel: the entry's own are taken");
		keep_warnings(&s);
	}
	local_menu_free(&s.second_best);
	local_menu_free(&s.passed_over);
	return ret;
}
