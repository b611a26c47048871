/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/bls.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/bls_order.h"
#include "util/escape.h"

#define BLS_BYTES_MAX \
	((size_t)64 * 1024) /* of an entry's file, and of a value with its variables */
#define BLS_TOTAL_MAX ((size_t)4 * 1024 * 1024) /* of all values */

enum key {
	ARCHITECTURE,
	DEVICETREE,
	EFI,
	INITRD,
	LINUX,
	MACHINE_ID,
	OPTIONS,
	SORT_KEY,
	TITLE,
	UKI,
	VERSION,
	N_KEY,
	IGNORED
};

/* GRUB's own keys are Fedora's; what they say matters to a person at GRUB's menu only. */
static const struct {
	const char *name;
	enum key key;
} keys[] = {
	{"architecture", ARCHITECTURE},
	{"devicetree", DEVICETREE},
	{"devicetree-overlay", DEVICETREE},
	{"efi", EFI},
	{"extra", IGNORED},
	{"grub_arg", IGNORED},
	{"grub_class", IGNORED},
	{"grub_hotkey", IGNORED},
	{"grub_users", IGNORED},
	{"id", IGNORED},
	{"initrd", INITRD},
	{"linux", LINUX},
	{"machine-id", MACHINE_ID},
	{"options", OPTIONS},
	{"profile", IGNORED},
	{"sort-key", SORT_KEY},
	{"title", TITLE},
	{"uki", UKI},
	{"uki-url", UKI},
	{"version", VERSION},
};

/* A value: of several lines with the same key, joined by spaces. */
struct value {
	char *text;
	size_t len;
	bool given;
};

struct item {
	struct value value[N_KEY];
	char *id;
	bool bad;
	char path[512];
};

struct reader {
	const struct local_files *files;
	const char *fs, *directory;
	const struct bls_variable *variable;
	size_t n_variable;
	struct local_menu *menu;
	struct error *err;
	size_t *total; /* bytes of all values so far */
};

static const char *text(const struct item *item, enum key key)
{
	return item->value[key].text ? item->value[key].text : "";
}

static bool append(const struct reader *r, struct value *value, const char *s, size_t len)
{
	char *grown;

	if (len > BLS_BYTES_MAX - value->len || len > BLS_TOTAL_MAX - *r->total)
		return false;
	*r->total += len;
	grown = realloc(value->text, value->len + len + 1);
	if (!grown)
		return false;
	value->text = grown;
	memcpy(grown + value->len, s, len);
	value->len += len;
	grown[value->len] = '\0';
	return true;
}

static const char *variable(const struct reader *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->n_variable; i++) {
		if (strlen(r->variable[i].name) == len &&
		    memcmp(r->variable[i].name, name, len) == 0)
			return r->variable[i].value;
	}
	return "";
}

/* @s with each $name and ${name} replaced. false: too long */
static bool append_expanded(const struct reader *r, struct value *value, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = 0;

		if (s[i] == '$') {
			bool brace = i + 1 < len && s[i + 1] == '{';
			size_t name = i + 1 + brace;
			const char *v;

			while (name + n < len &&
			       (isalnum((unsigned char)s[name + n]) || s[name + n] == '_'))
				n++;
			if (n && (!brace || (name + n < len && s[name + n] == '}'))) {
				v = variable(r, s + name, n);
				if (!append(r, value, v, strlen(v)))
					return false;
				i = name + n + brace;
				continue;
			}
			n = 1;
		}
		while (i + n < len && s[i + n] != '$')
			n++;
		if (!append(r, value, s + i, n))
			return false;
		i += n;
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\0';
}

static enum key find_key(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i].name) == len && memcmp(keys[i].name, word, len) == 0)
			return keys[i].key;
	}
	return N_KEY;
}

static int add_line(const struct reader *r, struct item *item, const char *line, size_t len,
		    unsigned int number)
{
	size_t word = 0;
	char shown[60];
	enum key key;
	struct value *value;

	while (len && is_blank(*line)) {
		line++;
		len--;
	}
	while (len && is_blank(line[len - 1]))
		len--;
	if (!len || *line == '#')
		return 0;
	while (word < len && !is_blank(line[word]))
		word++;
	key = find_key(line, word);
	if (key == IGNORED)
		return 0;
	if (key == N_KEY) {
		local_menu_warn(r->menu, item->path, number, "unknown key %s",
				escape(shown, sizeof(shown), line, word));
		return 0;
	}
	while (word < len && is_blank(line[word]))
		word++;
	value = &item->value[key];
	if (value->given && key != INITRD && key != OPTIONS) { /* the last one counts */
		free(value->text);
		*value = (struct value){0};
	}
	if ((value->len && !append(r, value, " ", 1)) ||
	    !append_expanded(r, value, line + word, len - word))
		return error_set(r->err, ERR_MEMORY,
				 "its values are too long, or no memory is left");
	value->given = true;
	return 0;
}

static int parse(const struct reader *r, struct item *item, const char *data, size_t len)
{
	unsigned int number = 1;

	for (size_t at = 0; at < len; number++) {
		const char *end = memchr(data + at, '\n', len - at);
		size_t n = end ? (size_t)(end - data) - at : len - at;

		if (add_line(r, item, data + at, n, number))
			return -1;
		at += n + 1;
	}
	return 0;
}

/* --- names --- */

static size_t digits_before(const char *name, size_t end)
{
	size_t n = 0;

	while (n < end && isdigit((unsigned char)name[end - n - 1]))
		n++;
	return n;
}

/* "NAME.conf", "NAME+LEFT.conf", "NAME+LEFT-DONE.conf" (UAPI.1, "Boot counting") */
static bool set_name(struct item *item, const char *name)
{
	size_t len = strlen(name) - strlen(".conf"), end = len;
	size_t n = digits_before(name, len);

	if (n && n < len && name[len - n - 1] == '-' && digits_before(name, len - n - 1)) {
		end = len - n - 1;
		n = digits_before(name, end);
	}
	if (n && n < end && name[end - n - 1] == '+') {
		item->bad = strspn(name + end - n, "0") >= n;
		len = end - n - 1;
	}
	item->id = strndup(name, len);
	return item->id;
}

static bool is_entry(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".conf") == 0;
}

/* --- into the menu --- */

static int set(const struct reader *r, char **field, const char *s)
{
	return local_entry_set(field, s, strlen(s), r->err);
}

/* A path of the entry's: beside the entry's directory if it is not at the file system's top. */
static int set_path(const struct reader *r, char **field, const char *path, size_t len)
{
	static const char tail[] = "/loader/entries";
	size_t base = strlen(r->directory);
	char *plain = malloc(len + 2), *below = malloc(base + len + 2);
	int ret;

	if (!plain || !below) {
		free(plain);
		free(below);
		return error_set(r->err, ERR_MEMORY, "no memory for a path");
	}
	snprintf(plain, len + 2, "%s%.*s", *path == '/' ? "" : "/", (int)len, path);
	base = base > strlen(tail) && strcmp(r->directory + base - strlen(tail), tail) == 0
		       ? base - strlen(tail)
		       : 0;
	snprintf(below, strlen(r->directory) + len + 2, "%.*s%s", (int)base, r->directory, plain);
	ret = set(r, field,
		  base && !r->files->test(r->files->ctx, 'f', r->fs, plain) &&
				  r->files->test(r->files->ctx, 'f', r->fs, below)
			  ? below
			  : plain);
	free(plain);
	free(below);
	return ret;
}

static int add_initrds(const struct reader *r, struct local_entry *e, const char *list)
{
	for (list += strspn(list, " \t"); *list; list += strspn(list, " \t")) {
		size_t n = strcspn(list, " \t");

		if (e->n_initrd == LOCAL_INITRD_MAX)
			return set(r, &e->problem, "it has too many initrds");
		e->initrd[e->n_initrd] = NULL;
		if (set_path(r, &e->initrd[e->n_initrd], list, n))
			return -1;
		snprintf(e->initrd_fs[e->n_initrd++], LOCAL_FS_SIZE, "%s", r->fs);
		list += n;
	}
	return 0;
}

static const char *problem(const struct item *item)
{
	const char *arch = text(item, ARCHITECTURE);

	if (*arch && strcasecmp(arch, "x64") != 0)
		return "it is for another architecture";
	if (item->value[DEVICETREE].given)
		return "devicetree: a PV guest cannot be given one";
	if (item->value[LINUX].len)
		return NULL;
	if (item->value[EFI].given)
		return "efi: a UEFI program, which cannot run in a PV guest";
	if (item->value[UKI].given)
		return "uki: a unified kernel image, which cannot run in a PV guest";
	return "it has no \"linux\" line";
}

static int add_entry(const struct reader *r, const struct item *item)
{
	struct local_entry *e = local_menu_add(r->menu, r->err);
	const char *title = text(item, TITLE), *args = text(item, OPTIONS);
	const char *why = problem(item);
	size_t args_len;

	if (!e)
		return -1;
	if (!item->value[OPTIONS].given)
		args = variable(r, "default_kernelopts", strlen("default_kernelopts"));
	args += strspn(args, " \t");
	for (args_len = strlen(args); args_len && is_blank(args[args_len - 1]);)
		args_len--;
	if (!*title)
		title = *text(item, VERSION) ? text(item, VERSION) : item->id;
	snprintf(e->fs, sizeof(e->fs), "%s", r->fs);
	if (set(r, &e->title, title) || set(r, &e->id, item->id) ||
	    set(r, &e->source, item->path) || (why && set(r, &e->problem, why)))
		return -1;
	if (!item->value[LINUX].len)
		return 0;
	if (set_path(r, &e->kernel, text(item, LINUX), item->value[LINUX].len) ||
	    local_entry_set(&e->args, args, args_len, r->err))
		return -1;
	return add_initrds(r, e, text(item, INITRD));
}

/* --- the directory --- */

static int read_item(const struct reader *r, struct item *item, const char *name)
{
	uint8_t *data;
	size_t len;
	int ret;

	if ((size_t)snprintf(item->path, sizeof(item->path), "%s/%s", r->directory, name) >=
		    sizeof(item->path) ||
	    !set_name(item, name))
		return error_set(r->err, ERR_CONFIG, "its name is too long");
	if (r->files->read(r->files->ctx, r->fs, item->path, &data, &len, r->err))
		return -1;
	if (len > BLS_BYTES_MAX)
		ret = error_set(r->err, ERR_CONFIG, "longer than %zu bytes", BLS_BYTES_MAX);
	else
		ret = parse(r, item, (const char *)data, len);
	free(data);
	return ret;
}

static void item_free(struct item *item)
{
	for (size_t i = 0; i < N_KEY; i++)
		free(item->value[i].text);
	free(item->id);
}

static struct bls_key key_of(const struct item *item)
{
	return (struct bls_key){.sort_key = text(item, SORT_KEY),
				.machine_id = text(item, MACHINE_ID),
				.version = text(item, VERSION),
				.id = item->id,
				.bad = item->bad};
}

static int compare(const void *a, const void *b)
{
	struct bls_key x = key_of(a), y = key_of(b);

	return bls_order(&x, &y);
}

int bls_read(const struct local_files *files, const char *fs, const char *directory,
	     const struct bls_variable *variables, size_t n_variable, struct local_menu *menu,
	     struct error *err)
{
	size_t total = 0;
	struct reader r = {.files = files,
			   .fs = fs,
			   .directory = directory,
			   .variable = variables,
			   .n_variable = n_variable,
			   .menu = menu,
			   .err = err,
			   .total = &total};
	char **names = NULL;
	struct item *item;
	size_t n_name = 0, n = 0;
	int ret = 0;

	if (files->list(files->ctx, fs, directory, &names, &n_name, err))
		return -1;
	item = calloc(n_name + 1, sizeof(*item));
	if (!item)
		ret = error_set(err, ERR_MEMORY, "no memory for %zu entries", n_name);
	for (size_t i = 0; i < n_name; i++) {
		if (item && n < LOCAL_ENTRY_MAX && is_entry(names[i])) {
			struct error why = {0};

			r.err = &why;
			if (read_item(&r, &item[n], names[i])) {
				local_menu_warn(menu, item[n].path, 0, "left out: %s", why.text);
				item_free(&item[n]);
				memset(&item[n], 0, sizeof(item[n]));
			} else {
				n++;
			}
			r.err = err;
		}
		free(names[i]);
	}
	free(names);
	if (n)
		qsort(item, n, sizeof(*item), compare);
	for (size_t i = 0; i < n; i++) {
		if (!ret)
			ret = add_entry(&r, &item[i]);
		item_free(&item[i]);
	}
	free(item);
	return ret;
}
