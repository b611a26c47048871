/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels that no configuration names, and what a disk says of their command line. The parts of the
 * input (parts.h): the names in /boot and /, one a line; /etc/kernel/cmdline; /etc/fstab;
 * /etc/default/grub; the names in /etc/default/grub.d; what each file there holds. A part that is
 * empty is a file that is not there.
 */
#define _GNU_SOURCE /* memmem() */
#include "local_fuzz.h"

#include "localboot/vmlinuz.h"

enum { NAMES, CMDLINE, FSTAB, DEFAULTS, SNIPPETS, SNIPPET };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_file(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		     struct error *err)
{
	const struct fuzz_files *files = ctx;
	size_t i = SNIPPET;

	(void)fs;
	fuzz_check_path(path);
	if (strcmp(path, "/etc/kernel/cmdline") == 0)
		i = CMDLINE;
	else if (strcmp(path, "/etc/fstab") == 0)
		i = FSTAB;
	else if (strcmp(path, "/etc/default/grub") == 0)
		i = DEFAULTS;
	if (i >= files->parts.n || !files->parts.len[i])
		return error_set(err, ERR_NOT_FOUND, "no file");
	*data = malloc(files->parts.len[i]);
	assert(*data);
	memcpy(*data, files->parts.text[i], files->parts.len[i]);
	*len = files->parts.len[i];
	return 0;
}

/* What a directory can hold. */
static bool is_name(const char *name, size_t len)
{
	return len > 0 && len < 256 && !memchr(name, '/', len) && !memchr(name, '\0', len) &&
	       !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

static int list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		struct error *err)
{
	const struct fuzz_files *files = ctx;
	size_t i = strcmp(path, "/etc/default/grub.d") == 0 ? SNIPPETS : NAMES;
	const char *at, *end;

	(void)fs;
	fuzz_check_path(path);
	if (i >= files->parts.n)
		return error_set(err, ERR_NOT_FOUND, "no directory");
	at = (const char *)files->parts.text[i];
	end = at + files->parts.len[i];
	*n = 0;
	*names = calloc(LOCAL_DIR_MAX, sizeof(**names));
	assert(*names);
	while (at < end && *n < LOCAL_DIR_MAX) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (is_name(at, len))
			(*names)[(*n)++] = strndup(at, len);
		at += len + 1;
	}
	return 0;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* qsort() may do anything where an order contradicts itself. */
static void check_order(const struct fuzz_files *in)
{
	struct error err;
	char **names;
	size_t n;

	if (list((void *)in, "own", "/boot", &names, &n, &err))
		return;
	for (size_t i = 0; i < n; i++) {
		size_t j = (i + 1) % n, k = (i + 2) % n;
		int ij = sign(vmlinuz_compare(names[i], names[j]));
		int jk = sign(vmlinuz_compare(names[j], names[k]));

		assert(vmlinuz_compare(names[i], names[i]) == 0);
		assert(ij == -sign(vmlinuz_compare(names[j], names[i])));
		if (ij >= 0 && jk >= 0)
			assert(sign(vmlinuz_compare(names[i], names[k])) == (ij || jk));
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_files in = {.config = ""};
	const struct local_files files = {.read = read_file,
					  .list = list,
					  .test = fuzz_test,
					  .search = fuzz_search,
					  .ctx = &in};
	static const char *const roots[] = {"own", "other"};
	struct local_menu menu = {0};
	struct error err = {0};
	int ret;

	parts_split(&in.parts, PARTS_MAX, data, size);
	check_order(&in);
	ret = vmlinuz_read(&files, "own", roots, 2, &menu, &err);
	assert(!ret || (err.class && err.text[0]));
	fuzz_check_menu(&menu, ret);
	return 0;
}
