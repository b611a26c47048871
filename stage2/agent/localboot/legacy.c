/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB Legacy's configuration, line by line: the first word finds a handler in a table. What stands
 * in front of the first title is said of the menu, what stands behind it of that entry.
 */
#include "localboot/legacy.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "localboot/locate.h"
#include "localboot/path.h"
#include "util/escape.h"

#define FALLBACK_MAX 8 /* as in GRUB Legacy */
#define DEVICE_SIZE 64

/* A file as a directive names it: "(hd0,0)/boot/vmlinuz root=/dev/xvda1". Points into the text. */
struct file_name {
	char device[DEVICE_SIZE]; /* without parentheses; "": none */
	char fs[LOCAL_FS_SIZE]; /* of "uuid" instead of a device; "": none */
	const char *path; /* NULL: not given */
	size_t len;
	const char *args;
};

/* What has been read of the entry that is open. */
struct entry_lines {
	struct file_name kernel, initrd, module[1 + LOCAL_INITRD_MAX];
	size_t n_module;
	const char *other; /* the directive that boots something else; NULL: none */
	const char *other_args;
};

struct reader {
	const struct local_files *files;
	const char *fs, *path;
	struct local_menu *menu;
	struct error *err;
	size_t base; /* entries in the menu that are not ours */
	unsigned int line;
	bool in_entry;
	struct file_name root, menu_root; /* in force: only device and fs */
	struct entry_lines lines;
	unsigned long chosen;
	bool saved;
	unsigned long fallback[FALLBACK_MAX];
	size_t n_fallback;
	bool failed; /* err is filled */
};

struct directive {
	const char *keyword;
	unsigned int where; /* IN_MENU, IN_ENTRY */
	void (*handle)(struct reader *r, const struct directive *d, char *value);
};

#define IN_MENU 1U
#define IN_ENTRY 2U

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_space(const char *s)
{
	while (is_space(*s))
		s++;
	return s;
}

static size_t word_len(const char *s)
{
	return strcspn(s, " \t");
}

/* --- the directives --- */

/* The device of "(hd0,0)/path"; @text becomes what is behind it. */
static void cut_device(char device[DEVICE_SIZE], const char **text)
{
	size_t len;

	device[0] = '\0';
	if ((*text)[0] != '(')
		return;
	len = strcspn(*text + 1, ") \t");
	if ((*text)[1 + len] != ')')
		return;
	if (len < DEVICE_SIZE) {
		memcpy(device, *text + 1, len);
		device[len] = '\0';
	}
	*text += len + 2;
}

static void on_root(struct reader *r, const struct directive *d, char *value)
{
	const char *text = value;

	(void)d;
	r->root.fs[0] = '\0';
	cut_device(r->root.device, &text);
}

static void on_uuid(struct reader *r, const struct directive *d, char *value)
{
	(void)d;
	value[word_len(value)] = '\0';
	r->root.device[0] = '\0';
	if (!r->files->search(r->files->ctx, LOCAL_BY_UUID, value, r->root.fs)) {
		r->root.fs[0] = '\0';
		local_menu_warn(r->menu, r->path, r->line,
				"no file system has the UUID %s: that of this file is taken",
				value);
	}
}

static struct file_name read_name(const struct reader *r, const char *value)
{
	struct file_name f = r->root;

	value = skip_space(value);
	if (value[0] == '(') {
		f.fs[0] = '\0';
		cut_device(f.device, &value);
	}
	f.path = value;
	f.len = word_len(value);
	f.args = skip_space(value + f.len);
	return f;
}

static void on_kernel(struct reader *r, const struct directive *d, char *value)
{
	const char *text = value;

	(void)d;
	/* --type=linux, --no-mem-option */
	while (strncmp(text, "--", 2) == 0)
		text = skip_space(text + word_len(text));
	r->lines.kernel = read_name(r, text);
}

static void on_initrd(struct reader *r, const struct directive *d, char *value)
{
	(void)d;
	r->lines.initrd = read_name(r, value);
}

static void on_module(struct reader *r, const struct directive *d, char *value)
{
	struct entry_lines *l = &r->lines;

	if (l->n_module == sizeof(l->module) / sizeof(l->module[0])) {
		local_menu_warn(r->menu, r->path, r->line, "more than %zu modules: left out",
				l->n_module);
		return;
	}
	(void)d;
	l->module[l->n_module++] = read_name(r, value);
}

static void on_other(struct reader *r, const struct directive *d, char *value)
{
	if (!r->in_entry) {
		local_menu_warn(r->menu, r->path, r->line,
				"%s outside of an entry has no effect here", d->keyword);
		return;
	}
	r->lines.other = d->keyword;
	r->lines.other_args = value;
}

/* Nobody is asked for GRUB's passwords: who has the guest's console has the guest. */
static void on_password(struct reader *r, const struct directive *d, char *value)
{
	(void)value;
	local_menu_warn(r->menu, r->path, r->line, "%s: GRUB's passwords are not asked for here",
			d->keyword);
}

/* Numbers of entries. @end: behind the number, NULL: there was none. */
static unsigned long read_number(const char *text, const char **end)
{
	unsigned long n = 0;

	text = skip_space(text);
	if (*text < '0' || *text > '9') {
		*end = NULL;
		return 0;
	}
	for (; *text >= '0' && *text <= '9'; text++)
		n = n > UINT_MAX ? n : n * 10 + (unsigned long)(*text - '0');
	*end = text;
	return n;
}

static void on_default(struct reader *r, const struct directive *d, char *value)
{
	const char *end;

	(void)d;
	r->saved = strncmp(value, "saved", 5) == 0 && word_len(value) == 5;
	r->chosen = read_number(value, &end);
	if (!end && !r->saved)
		local_menu_warn(r->menu, r->path, r->line,
				"default %s is no number: the first entry is taken", value);
}

static void on_fallback(struct reader *r, const struct directive *d, char *value)
{
	const char *text = value, *end;

	(void)d;
	for (r->n_fallback = 0; r->n_fallback < FALLBACK_MAX; r->n_fallback++) {
		r->fallback[r->n_fallback] = read_number(text, &end);
		if (!end)
			break;
		text = end;
	}
}

static void on_timeout(struct reader *r, const struct directive *d, char *value)
{
	const char *end;
	unsigned long s = read_number(value, &end);

	(void)d;
	r->menu->has_timeout = end != NULL;
	r->menu->timeout_s = s > UINT_MAX ? UINT_MAX : (unsigned int)s;
}

/* What concerns a PC's screen, keyboard, serial port, disks and BIOS, and what would write. */
static void on_ignored(struct reader *r, const struct directive *d, char *value)
{
	(void)r;
	(void)d;
	(void)value;
}

static const struct directive directives[] = {
	{"background", IN_MENU, on_ignored},
	{"boot", IN_ENTRY, on_ignored},
	{"bootp", IN_MENU | IN_ENTRY, on_ignored},
	{"cat", IN_ENTRY, on_ignored},
	{"chainloader", IN_MENU | IN_ENTRY, on_other},
	{"clear", IN_MENU | IN_ENTRY, on_ignored},
	{"color", IN_MENU | IN_ENTRY, on_ignored},
	{"configfile", IN_MENU | IN_ENTRY, on_other},
	{"debug", IN_MENU | IN_ENTRY, on_ignored},
	{"default", IN_MENU, on_default},
	{"device", IN_MENU | IN_ENTRY, on_ignored},
	{"dhcp", IN_MENU | IN_ENTRY, on_ignored},
	{"fallback", IN_MENU, on_fallback},
	{"find", IN_ENTRY, on_ignored},
	{"foreground", IN_MENU, on_ignored},
	{"gfxmenu", IN_MENU, on_ignored},
	{"halt", IN_ENTRY, on_other},
	{"hiddenmenu", IN_MENU, on_ignored},
	{"hide", IN_MENU | IN_ENTRY, on_ignored},
	{"ifconfig", IN_MENU | IN_ENTRY, on_ignored},
	{"initrd", IN_ENTRY, on_initrd},
	{"kernel", IN_ENTRY, on_kernel},
	{"lock", IN_ENTRY, on_password},
	{"makeactive", IN_ENTRY, on_ignored},
	{"map", IN_ENTRY, on_ignored},
	{"module", IN_ENTRY, on_module},
	{"modulenounzip", IN_ENTRY, on_module},
	{"pager", IN_MENU | IN_ENTRY, on_ignored},
	{"partnew", IN_MENU | IN_ENTRY, on_ignored},
	{"parttype", IN_MENU | IN_ENTRY, on_ignored},
	{"password", IN_MENU | IN_ENTRY, on_password},
	{"pause", IN_ENTRY, on_ignored},
	{"quiet", IN_MENU | IN_ENTRY, on_ignored},
	{"rarp", IN_MENU | IN_ENTRY, on_ignored},
	{"reboot", IN_ENTRY, on_other},
	{"root", IN_MENU | IN_ENTRY, on_root},
	{"rootnoverify", IN_MENU | IN_ENTRY, on_root},
	{"savedefault", IN_ENTRY, on_ignored},
	{"serial", IN_MENU | IN_ENTRY, on_ignored},
	{"setkey", IN_MENU | IN_ENTRY, on_ignored},
	{"shade", IN_MENU, on_ignored},
	{"splashimage", IN_MENU, on_ignored},
	{"terminal", IN_MENU | IN_ENTRY, on_ignored},
	{"terminfo", IN_MENU | IN_ENTRY, on_ignored},
	{"tftpserver", IN_MENU | IN_ENTRY, on_ignored},
	{"timeout", IN_MENU, on_timeout},
	{"unhide", IN_MENU | IN_ENTRY, on_ignored},
	{"uuid", IN_MENU | IN_ENTRY, on_uuid},
	{"verbose", IN_MENU | IN_ENTRY, on_ignored},
	{"viewport", IN_MENU, on_ignored},
};

static const struct directive *find_directive(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		if (strlen(directives[i].keyword) == len &&
		    memcmp(directives[i].keyword, word, len) == 0)
			return &directives[i];
	}
	return NULL;
}

/* --- an entry --- */

/* GRUB Legacy counts partitions from 0, struct local_files as GRUB 2 from 1. */
static bool search_device(const struct reader *r, const char *device, char fs[LOCAL_FS_SIZE])
{
	const char *comma = strchr(device, ','), *end;
	char name[DEVICE_SIZE + 8];
	unsigned long part;

	if (!comma)
		return r->files->search(r->files->ctx, LOCAL_BY_GRUB, device, fs);
	part = read_number(comma + 1, &end);
	if (!end || *end || part > 1000)
		return false;
	snprintf(name, sizeof(name), "%.*s,%lu", (int)(comma - device), device, part + 1);
	return r->files->search(r->files->ctx, LOCAL_BY_GRUB, name, fs);
}

/* Where a file is: its absolute path, and its file system: see legacy_read(). */
static int resolve(const struct reader *r, struct local_entry *e, const struct file_name *f,
		   char path[LOCAL_PATH_SIZE], char fs[LOCAL_FS_SIZE])
{
	if (path_join(path, "/", f->path, f->len))
		return local_entry_problem(e, r->err, "a file name of %zu bytes is too long",
					   f->len);
	snprintf(fs, LOCAL_FS_SIZE, "%s", f->fs);
	if ((fs[0] || (f->device[0] && search_device(r, f->device, fs))) &&
	    r->files->test(r->files->ctx, 'f', fs, path))
		return 0;
	snprintf(fs, LOCAL_FS_SIZE, "%s", r->fs);
	return 0;
}

static int set_kernel(const struct reader *r, struct local_entry *e, const struct file_name *f)
{
	char path[LOCAL_PATH_SIZE] = "";

	if (!f->len)
		return local_entry_problem(e, r->err, "its kernel has no file name");
	return resolve(r, e, f, path, e->fs) ||
			       local_entry_set(&e->kernel, path, strlen(path), r->err) ||
			       local_entry_set(&e->args, f->args, strlen(f->args), r->err)
		       ? -1
		       : 0;
}

static int add_initrd(const struct reader *r, struct local_entry *e, const struct file_name *f)
{
	char path[LOCAL_PATH_SIZE] = "";

	if (!f->len)
		return local_entry_problem(e, r->err, "its initrd has no file name");
	if (resolve(r, e, f, path, e->initrd_fs[e->n_initrd]) ||
	    local_entry_set(&e->initrd[e->n_initrd], path, strlen(path), r->err))
		return -1;
	e->n_initrd++;
	return 0;
}

static bool is_xen(const struct file_name *f)
{
	size_t at = f->len;

	while (at > 0 && f->path[at - 1] != '/')
		at--;
	return f->len - at >= 3 && strncasecmp(f->path + at, "xen", 3) == 0;
}

/* In a guest Xen is there already: its first module is the kernel, the others are ramdisks. */
static int set_modules(const struct reader *r, struct local_entry *e, const struct entry_lines *l)
{
	e->xen = true;
	if (set_kernel(r, e, &l->module[0]))
		return -1;
	for (size_t i = 1; i < l->n_module; i++) {
		if (add_initrd(r, e, &l->module[i]))
			return -1;
	}
	return 0;
}

static int settle(const struct reader *r, struct local_entry *e)
{
	const struct entry_lines *l = &r->lines;

	if (!l->kernel.path && l->other)
		return local_entry_problem(e, r->err,
					   "it boots no kernel but says \"%s%s%s\", which has no "
					   "meaning in a PV guest",
					   l->other, l->other_args[0] ? " " : "", l->other_args);
	if (!l->kernel.path)
		return local_entry_problem(e, r->err, "it names no kernel");
	if (l->n_module && is_xen(&l->kernel))
		return set_modules(r, e, l);
	if (set_kernel(r, e, &l->kernel))
		return -1;
	if (l->n_module)
		return local_entry_problem(
			e, r->err, "%s is no Linux kernel but a multiboot program with modules",
			e->kernel);
	return l->initrd.path ? add_initrd(r, e, &l->initrd) : 0;
}

static void end_entry(struct reader *r)
{
	if (!r->in_entry)
		return;
	r->in_entry = false;
	if (settle(r, &r->menu->entry[r->menu->n - 1]))
		r->failed = true;
}

static void begin_entry(struct reader *r, const char *title)
{
	struct local_entry *e;

	end_entry(r);
	if (r->failed)
		return;
	e = local_menu_add(r->menu, r->err);
	if (!e || local_entry_set(&e->title, title, strlen(title), r->err) ||
	    local_entry_set(&e->source, r->path, strlen(r->path), r->err)) {
		r->failed = true;
		return;
	}
	e->line = r->line;
	snprintf(e->fs, sizeof(e->fs), "%s", r->fs);
	if (r->menu->n - r->base == 1)
		r->menu_root = r->root;
	r->root = r->menu_root;
	r->lines = (struct entry_lines){0};
	r->in_entry = true;
}

/* --- lines --- */

static void parse_line(struct reader *r, char *line)
{
	const struct directive *d;
	size_t len = strlen(line), word;
	char *value;

	while (len > 0 && is_space(line[len - 1]))
		line[--len] = '\0';
	line = (char *)skip_space(line);
	if (!line[0] || line[0] == '#')
		return;
	/* "default=0" and "default 0" are the same. */
	word = strcspn(line, " \t=");
	value = line + word;
	value += strspn(value, " \t=");
	if (word == 5 && memcmp(line, "title", 5) == 0) {
		begin_entry(r, value);
		return;
	}
	d = find_directive(line, word);
	if (d && (d->where & (r->in_entry ? IN_ENTRY : IN_MENU))) {
		d->handle(r, d, value);
		return;
	}
	line[word] = '\0';
	local_menu_warn(r->menu, r->path, r->line, "%s \"%s\"",
			d ? "not the place for" : "unknown directive", line);
}

/* @text: NUL-terminated, cut into strings here. A backslash continues a line. */
static void parse_lines(struct reader *r, char *text, size_t len)
{
	unsigned int next = 1;

	for (size_t at = 0; at < len && !r->failed;) {
		char *line = text + at;
		size_t n = 0, out = 0;

		r->line = next;
		for (; at + n < len && line[n] != '\n'; n++) {
			if (line[n] == '\\' && at + n + 1 < len && line[n + 1] == '\n') {
				line[out++] = ' ';
				n++;
				next++;
			} else if (line[n] && line[n] != '\r') {
				line[out++] = line[n];
			}
		}
		at += n + 1;
		next++;
		line[out] = '\0';
		parse_line(r, line);
	}
	if (!r->failed)
		end_entry(r);
}

/* --- the choice --- */

/* What savedefault wrote: a number in the first line of the file "default". */
static int read_saved(struct reader *r)
{
	char path[LOCAL_PATH_SIZE], dir[LOCAL_PATH_SIZE];
	struct error ignored;
	const char *end;
	uint8_t *data;
	char *text;
	size_t len;

	path_dir(dir, r->path);
	if (path_join(path, dir, "default", 7) ||
	    r->files->read(r->files->ctx, r->fs, path, &data, &len, &ignored)) {
		local_menu_warn(r->menu, r->path, 0,
				"default saved, but %s/default cannot be read: the first entry is "
				"taken",
				dir);
		return 0;
	}
	text = strndup((char *)data, len);
	free(data);
	if (!text)
		return error_set(r->err, ERR_MEMORY, "no memory for %s", "a saved default");
	r->chosen = read_number(text, &end);
	free(text);
	return 0;
}

static int choose(struct reader *r)
{
	size_t n = r->menu->n - r->base;
	struct local_entry *e;

	if (r->saved && read_saved(r))
		return -1;
	if (r->chosen >= n) {
		local_menu_warn(r->menu, r->path, 0, "there is no entry %lu for default",
				r->chosen);
		r->chosen = r->n_fallback && r->fallback[0] < n ? r->fallback[0] : 0;
	}
	e = &r->menu->entry[r->base + r->chosen];
	r->menu->chosen = r->base + r->chosen;
	if (local_check(r->files, e, r->err))
		return -1;
	for (size_t i = 0; e->problem && i < r->n_fallback; i++) {
		struct local_entry *other;

		if (r->fallback[i] >= n)
			continue;
		other = &r->menu->entry[r->base + r->fallback[i]];
		if (local_check(r->files, other, r->err))
			return -1;
		if (other->problem)
			continue;
		local_menu_warn(r->menu, r->path, e->line,
				"\"%s\" cannot be booted (%s): fallback \"%s\" is taken", e->title,
				e->problem, other->title);
		r->menu->chosen = r->base + r->fallback[i];
		break;
	}
	return 0;
}

int legacy_read(const struct local_files *files, const char *fs, const char *path,
		struct local_menu *menu, struct error *err)
{
	struct reader r = {
		.files = files, .fs = fs, .path = path, .menu = menu, .err = err, .base = menu->n};
	uint8_t *data;
	char *text;
	size_t len;

	if (files->read(files->ctx, fs, path, &data, &len, err))
		return -1;
	text = realloc(data, len + 1);
	if (!text) {
		free(data);
		return error_set(err, ERR_MEMORY, "no memory for a configuration of %zu bytes",
				 len);
	}
	text[len] = '\0';
	parse_lines(&r, text, len);
	free(text);
	if (r.failed)
		return -1;
	if (menu->n == r.base) {
		char shown[200];

		return error_set(err, ERR_CONFIG, "%s has no entry (title)",
				 escape_str(shown, sizeof(shown), path));
	}
	return choose(&r);
}
