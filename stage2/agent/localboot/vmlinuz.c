/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* asprintf() */
#include "localboot/vmlinuz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/path.h"
#include "util/escape.h"

#define ARGS_MAX 4096 /* of a variable that names itself: far above what a kernel takes */

/* --- versions --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Debian Policy 5.6.12: the tilde sorts before everything, even the end; letters before all other
 * characters. */
static int order(char c)
{
	if (c == '~')
		return -1;
	if (!c || is_digit(c))
		return 0;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return (unsigned char)c;
	return (unsigned char)c + 256;
}

int vmlinuz_compare(const char *a, const char *b)
{
	while (*a || *b) {
		size_t na, nb;
		int diff;

		while ((*a && !is_digit(*a)) || (*b && !is_digit(*b))) {
			diff = order(*a) - order(*b);
			if (diff)
				return diff;
			a++;
			b++;
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		na = strspn(a, "0123456789");
		nb = strspn(b, "0123456789");
		if (na != nb)
			return na < nb ? -1 : 1;
		diff = memcmp(a, b, na);
		if (diff)
			return diff;
		a += na;
		b += nb;
	}
	return 0;
}

static bool ends_in_old(const char *version)
{
	size_t len = strlen(version);

	return len >= 4 && strcmp(version + len - 4, ".old") == 0;
}

/* What comes first: 0 a version, 1 only a name ("", "lts", "linux"), 2 a rescue system. */
static int rank(const char *version)
{
	if (strstr(version, "rescue"))
		return 2;
	return strpbrk(version, "0123456789") ? 0 : 1;
}

/* By qsort(): what boots first is first. */
static int compare_kernels(const void *pa, const void *pb)
{
	const char *a = *(char *const *)pa + strlen("vmlinuz");
	const char *b = *(char *const *)pb + strlen("vmlinuz");
	size_t na = strlen(a) - (ends_in_old(a) ? 4 : 0), nb = strlen(b) - (ends_in_old(b) ? 4 : 0);
	int diff = rank(a) - rank(b);

	if (diff)
		return diff;
	if (na == nb && memcmp(a, b, na) == 0)
		return ends_in_old(a) - ends_in_old(b);
	if (rank(a) == 1)
		return strcmp(a, b);
	diff = vmlinuz_compare(b, a);
	return diff ? diff : strcmp(a, b);
}

/* --- the command line --- */

/* A file as a string, without its NULs; NULL: it is not there, or (err) no memory. */
static char *read_text(const struct local_files *files, const char *fs, const char *path,
		       struct error *err)
{
	struct error why;
	uint8_t *data;
	size_t len, n = 0;
	char *text;

	if (files->read(files->ctx, fs, path, &data, &len, &why)) {
		if (why.class == ERR_MEMORY)
			*err = why;
		return NULL;
	}
	text = realloc(data, len + 1);
	if (!text) {
		free(data);
		error_set(err, ERR_MEMORY, "no memory for %zu bytes of %s", len, path);
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i])
			text[n++] = text[i];
	}
	text[n] = '\0';
	return text;
}

/* The words of a text with one space between them. */
static void put_words(FILE *f, const char *text)
{
	while (*(text += strspn(text, " \t\r\n"))) {
		size_t len = strcspn(text, " \t\r\n");

		if (ftell(f) > 0)
			fputc(' ', f);
		fwrite(text, 1, len, f);
		text += len;
	}
}

/* fstab(5): the line of "/". */
static void put_fstab(FILE *f, const char *text)
{
	while (*text) {
		char line[1024], what[256], where[256], type[64], how[256] = "", *subvol;
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		text += len;
		text += *text == '\n';
		if (line[strspn(line, " \t")] == '#' ||
		    sscanf(line, "%255s %255s %63s %255s", what, where, type, how) < 3 ||
		    strcmp(where, "/") != 0)
			continue;
		fprintf(f, "root=%s ro", what);
		subvol = strstr(how, "subvol=");
		if (subvol && strcmp(type, "btrfs") == 0)
			fprintf(f, " rootflags=%.*s", (int)strcspn(subvol, ","), subvol);
		return;
	}
}

/* The two variables of /etc/default/grub that go to every kernel. */
struct defaults {
	char *linux_args; /* GRUB_CMDLINE_LINUX */
	char *linux_default; /* GRUB_CMDLINE_LINUX_DEFAULT */
};

static char **variable(struct defaults *d, const char *name, size_t len)
{
	if (len == 18 && memcmp(name, "GRUB_CMDLINE_LINUX", len) == 0)
		return &d->linux_args;
	if (len == 26 && memcmp(name, "GRUB_CMDLINE_LINUX_DEFAULT", len) == 0)
		return &d->linux_default;
	return NULL;
}

/* "$NAME" or "${NAME}" of these two variables; others are empty. Returns what is behind it. */
static const char *expand(FILE *f, struct defaults *d, const char *text)
{
	bool brace = *text == '{';
	size_t len;
	char **v;

	text += brace;
	len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
	v = variable(d, text, len);
	/* A value that doubles itself line by line is no command line. */
	if (v && *v && ftell(f) < ARGS_MAX)
		fputs(*v, f);
	text += len;
	return brace && *text == '}' ? text + 1 : text;
}

/* The word behind "=" as a shell reads it: quotes, backslashes, variables; nothing is run. */
static const char *put_value(FILE *f, struct defaults *d, const char *text)
{
	char quote = '\0';

	while (*text && (quote || !strchr(" \t\r\n;#", *text))) {
		char c = *text++;

		if (c == quote || (!quote && (c == '"' || c == '\''))) {
			quote = (char)(quote ? '\0' : c);
		} else if (c == '\\' && quote != '\'' && *text) {
			/* Inside quotes only these can be escaped. */
			if (quote && !strchr("$`\"\\\n", *text))
				fputc(c, f);
			if (*text != '\n')
				fputc(*text, f);
			text++;
		} else if (c == '$' && quote != '\'') {
			text = expand(f, d, text);
		} else {
			fputc(c, f);
		}
	}
	return text;
}

static int read_defaults(struct defaults *d, const char *text, struct error *err)
{
	while (*text) {
		const char *name = text + strspn(text, " \t");
		size_t len;
		char **v;

		if (strncmp(name, "export ", 7) == 0)
			name += 7;
		len = strcspn(name, "=+ \t\n#");
		v = variable(d, name, len);
		if (v && (name[len] == '=' || (name[len] == '+' && name[len + 1] == '='))) {
			bool more = name[len] == '+';
			char *value = NULL;
			size_t size;
			FILE *f = open_memstream(&value, &size);

			if (!f)
				return error_set(err, ERR_MEMORY, "no memory for a command line");
			if (more && *v && strlen(*v) < ARGS_MAX)
				fputs(*v, f);
			text = put_value(f, d, name + len + (more ? 2 : 1));
			if (fclose(f)) {
				free(value);
				return error_set(err, ERR_MEMORY, "no memory for a command line");
			}
			free(*v);
			*v = value;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

static int read_defaults_file(const struct local_files *files, const char *fs, const char *path,
			      struct defaults *d, bool *found, struct error *err)
{
	char *text = read_text(files, fs, path, err);
	int ret;

	if (!text)
		return err->class == ERR_MEMORY ? -1 : 0;
	*found = true;
	ret = read_defaults(d, text, err);
	free(text);
	return ret;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* /etc/default/grub, and behind it grub.d: both as grub-mkconfig reads them. */
static int put_defaults(FILE *f, const struct local_files *files, const char *fs, bool *found,
			struct error *err)
{
	struct defaults d = {0};
	struct error why;
	char **names, path[LOCAL_PATH_SIZE];
	size_t n;
	int ret = read_defaults_file(files, fs, "/etc/default/grub", &d, found, err);

	if (!ret && files->list(files->ctx, fs, "/etc/default/grub.d", &names, &n, &why) == 0) {
		for (size_t i = 0; i < n && !ret; i++) {
			size_t len = strlen(names[i]);

			if (len > 4 && strcmp(names[i] + len - 4, ".cfg") == 0 &&
			    path_join(path, "/etc/default/grub.d", names[i], len) == 0)
				ret = read_defaults_file(files, fs, path, &d, found, err);
		}
		free_names(names, n);
	}
	if (d.linux_args)
		put_words(f, d.linux_args);
	if (d.linux_default)
		put_words(f, d.linux_default);
	free(d.linux_args);
	free(d.linux_default);
	return ret;
}

/* What one file system says. @found: it says something. */
static int put_args(FILE *f, const struct local_files *files, const char *fs, bool *found,
		    struct error *err)
{
	char *text = read_text(files, fs, "/etc/kernel/cmdline", err);

	*found = text != NULL;
	if (text) {
		put_words(f, text);
		free(text);
		return 0;
	}
	text = read_text(files, fs, "/etc/fstab", err);
	if (text) {
		*found = true;
		put_fstab(f, text);
		free(text);
	}
	if (err->class == ERR_MEMORY)
		return -1;
	return put_defaults(f, files, fs, found, err);
}

/* The command line; the caller frees it. NULL: @err. */
static char *find_args(const struct local_files *files, const char *fs, const char *const *roots,
		       size_t n_roots, struct error *err)
{
	char *args = NULL;
	bool found = false;
	size_t size;
	FILE *f = open_memstream(&args, &size);
	int ret;

	if (!f) {
		error_set(err, ERR_MEMORY, "no memory for a command line");
		return NULL;
	}
	err->class = ERR_NONE;
	ret = put_args(f, files, fs, &found, err);
	for (size_t i = 0; i < n_roots && !found && !ret; i++)
		ret = put_args(f, files, roots[i], &found, err);
	if (fclose(f) && !ret)
		ret = error_set(err, ERR_MEMORY, "no memory for a command line");
	if (ret) {
		free(args);
		return NULL;
	}
	return args;
}

/* --- kernels and ramdisks --- */

/* The ramdisks of Debian, Fedora and Arch, SUSE, Alpine; @version may be "". */
static const char *const initrd_names[][2] = {
	{"initrd.img", ""}, {"initramfs", ".img"}, {"initrd", ""},
	{"initramfs", ""},  {"initrd", ".img"},
};

static int set_initrd(const struct local_files *files, const char *dir, const char *version,
		      struct local_entry *e, struct error *err)
{
	for (size_t i = 0; i < sizeof(initrd_names) / sizeof(initrd_names[0]); i++) {
		char path[LOCAL_PATH_SIZE];
		int n = snprintf(path, sizeof(path), "%s/%s%s%s", strcmp(dir, "/") ? dir : "",
				 initrd_names[i][0], version, initrd_names[i][1]);

		if (n < 0 || (size_t)n >= sizeof(path) ||
		    !files->test(files->ctx, 'f', e->fs, path))
			continue;
		snprintf(e->initrd_fs[0], sizeof(e->initrd_fs[0]), "%s", e->fs);
		if (local_entry_set(&e->initrd[0], path, strlen(path), err))
			return -1;
		e->n_initrd = 1;
		break;
	}
	return 0;
}

static int add_kernel(const struct local_files *files, const char *fs, const char *dir,
		      const char *name, const char *args, struct local_menu *menu,
		      struct error *err)
{
	const char *version = name + strlen("vmlinuz");
	char path[LOCAL_PATH_SIZE], plain[256];
	struct local_entry *e;

	if (path_join(path, dir, name, strlen(name)) || !files->test(files->ctx, 'f', fs, path))
		return 0;
	e = local_menu_add(menu, err);
	if (!e || local_entry_set(&e->title, path, strlen(path), err) ||
	    local_entry_set(&e->id, name, strlen(name), err) ||
	    local_entry_set(&e->source, path, strlen(path), err) ||
	    local_entry_set(&e->kernel, path, strlen(path), err) ||
	    local_entry_set(&e->args, args, strlen(args), err))
		return -1;
	snprintf(e->fs, sizeof(e->fs), "%s", fs);
	if (set_initrd(files, dir, version, e, err))
		return -1;
	if (!e->n_initrd && ends_in_old(version)) {
		snprintf(plain, sizeof(plain), "%.*s", (int)strlen(version) - 4, version);
		return set_initrd(files, dir, plain, e, err);
	}
	return 0;
}

/* "vmlinuz" alone, "vmlinuz-VERSION", "vmlinuz.old"; no signatures and checksums beside them. */
static bool is_kernel(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "vmlinuz", 7) != 0 || !strchr("-.", name[7]))
		return false;
	return !(len > 5 && strcmp(name + len - 5, ".hmac") == 0) &&
	       !(len > 4 && strcmp(name + len - 4, ".sig") == 0);
}

static int add_directory(const struct local_files *files, const char *fs, const char *dir,
			 const char *args, struct local_menu *menu, struct error *err)
{
	struct error why;
	size_t n, kernels = 0;
	char **names;
	int ret = 0;

	if (files->list(files->ctx, fs, dir, &names, &n, &why)) {
		if (why.class != ERR_MEMORY)
			return 0;
		*err = why;
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_kernel(names[i])) {
			char *kernel = names[i];

			names[i] = names[kernels];
			names[kernels++] = kernel;
		}
	}
	qsort(names, kernels, sizeof(*names), compare_kernels);
	for (size_t i = 0; i < kernels && !ret; i++)
		ret = add_kernel(files, fs, dir, names[i], args, menu, err);
	free_names(names, n);
	return ret;
}

int vmlinuz_read(const struct local_files *files, const char *fs, const char *const *roots,
		 size_t n_roots, struct local_menu *menu, struct error *err)
{
	size_t base = menu->n;
	char *args = find_args(files, fs, roots, n_roots, err);
	int ret;

	if (!args)
		return -1;
	ret = add_directory(files, fs, "/boot", args, menu, err);
	if (!ret)
		ret = add_directory(files, fs, "/", args, menu, err);
	if (!ret && menu->n == base)
		ret = error_set(err, ERR_NOT_FOUND, "neither /boot nor / has a file vmlinuz*");
	if (!ret) {
		menu->chosen = base;
		if (!args[0])
			local_menu_warn(menu, menu->entry[base].source, 0,
					"no /etc/kernel/cmdline and no /etc/fstab: its command "
					"line is empty");
	}
	free(args);
	return ret;
}
