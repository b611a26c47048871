/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases of local boot: tests/unit/READER/NAME.case, text in sections. In front of the first one it
 * says where its expectation comes from.
 *
 *   --- given       (may be left out) lines that the test of READER understands, and
 *   fs NAME [uuid=U] [label=L] [grub=DEVICE] [disk=N]   a file system, in order; without any
 *                   there is one, which is called ""; disk: from 0, which is the default
 *   --- file [FS:]PATH [crlf|empty]
 *   a file and its lines; "empty": it has no content
 *   --- expect
 *   what the reader found, line by line: see case_dump(). A line whose value begins with "/" and
 *   ends with "/" in "problem", "warning" and "error" is an extended regular expression.
 */
#ifndef XENPXE_TESTS_LOCAL_CASE_H
#define XENPXE_TESTS_LOCAL_CASE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "localboot/entry.h"
#include "util/escape.h"

#define CASE_FILES_MAX 64
#define CASE_FS_MAX 8
#define CASE_LINES_MAX 64

struct case_file {
	char *fs, *path;
	char *text; /* malloc()ed */
	size_t len;
};

struct case_fs {
	const char *name, *uuid, *label, *grub;
};

struct local_case {
	const char *path;
	char *buffer;
	char *given[CASE_LINES_MAX];
	size_t n_given;
	struct case_fs fs[CASE_FS_MAX];
	const char *fs_name[CASE_FS_MAX];
	size_t fs_disk[CASE_FS_MAX];
	size_t n_fs;
	struct case_file file[CASE_FILES_MAX];
	size_t n_file;
	char *expect;
};

/* --- the files --- */

static const struct case_file *case_find(const struct local_case *c, const char *fs,
					 const char *path)
{
	for (size_t i = 0; i < c->n_file; i++) {
		if (strcmp(c->file[i].fs, fs) == 0 && strcmp(c->file[i].path, path) == 0)
			return &c->file[i];
	}
	return NULL;
}

static int case_read_file(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
			  struct error *err)
{
	const struct case_file *f = case_find(ctx, fs, path);

	if (!f)
		return error_set(err, ERR_NOT_FOUND, "there is no file %s", path);
	/* Exactly as many bytes, so that the sanitizer sees who reads behind them. */
	*data = malloc(f->len ? f->len : 1);
	assert_non_null(*data);
	memcpy(*data, f->text, f->len);
	*len = f->len;
	return 0;
}

static int case_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int case_list(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		     struct error *err)
{
	const struct local_case *c = ctx;
	size_t dir = strcmp(path, "/") ? strlen(path) : 0;

	*names = calloc(CASE_FILES_MAX, sizeof(**names));
	assert_non_null(*names);
	*n = 0;
	for (size_t i = 0; i < c->n_file; i++) {
		const char *rest = c->file[i].path + dir;
		bool known = false;
		char *name;

		if (strcmp(c->file[i].fs, fs) != 0 || strncmp(c->file[i].path, path, dir) != 0 ||
		    rest[0] != '/')
			continue;
		name = strndup(rest + 1, strcspn(rest + 1, "/"));
		for (size_t j = 0; j < *n; j++)
			known |= strcmp((*names)[j], name) == 0;
		if (known)
			free(name);
		else
			(*names)[(*n)++] = name;
	}
	if (*n == 0) {
		free(*names);
		return error_set(err, ERR_NOT_FOUND, "there is no directory %s", path);
	}
	qsort(*names, *n, sizeof(**names), case_compare);
	return 0;
}

static bool case_test(void *ctx, char what, const char *fs, const char *path)
{
	const struct local_case *c = ctx;
	const struct case_file *f = case_find(c, fs, path);
	size_t len = strlen(path);

	if (what == 's')
		return f && f->len;
	if (what != 'd' && f)
		return true;
	if (what == 'f')
		return false;
	for (size_t i = 0; i < c->n_file; i++) {
		if (strcmp(c->file[i].fs, fs) == 0 && strncmp(c->file[i].path, path, len) == 0 &&
		    c->file[i].path[len] == '/')
			return true;
	}
	return false;
}

static bool case_search(void *ctx, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE])
{
	const struct local_case *c = ctx;

	for (size_t i = 0; i < c->n_fs; i++) {
		const struct case_fs *f = &c->fs[i];

		if ((by == LOCAL_BY_UUID && f->uuid && strcasecmp(f->uuid, value) == 0) ||
		    (by == LOCAL_BY_LABEL && f->label && strcmp(f->label, value) == 0) ||
		    (by == LOCAL_BY_GRUB && f->grub && strcmp(f->grub, value) == 0) ||
		    (by == LOCAL_BY_FILE && case_find(c, f->name, value))) {
			snprintf(fs, LOCAL_FS_SIZE, "%s", f->name);
			return true;
		}
	}
	return false;
}

static inline struct local_files case_files(struct local_case *c)
{
	return (struct local_files){.read = case_read_file,
				    .list = case_list,
				    .test = case_test,
				    .search = case_search,
				    .ctx = c};
}

/* --- reading a case --- */

/* What follows @key and a space, "" if nothing does; NULL if it is another key. */
static inline const char *case_value(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0 || (line[len] && line[len] != ' '))
		return NULL;
	return line[len] ? line + len + 1 : "";
}

static inline void case_begin_file(struct local_case *c, char *name, const char **form)
{
	struct case_file *f = &c->file[c->n_file++];
	char *space = strchr(name, ' '), *colon = strchr(name, ':');

	assert_true(c->n_file <= CASE_FILES_MAX);
	*form = space ? space + 1 : "";
	if (space)
		*space = '\0';
	f->fs = (char *)"";
	f->path = name;
	if (colon) {
		*colon = '\0';
		f->fs = name;
		f->path = colon + 1;
	}
	f->text = calloc(1, 1);
	f->len = 0;
}

static inline void case_add_line(struct case_file *f, const char *line, const char *form)
{
	size_t len = strlen(line);

	if (strcmp(form, "empty") == 0)
		return;
	f->text = realloc(f->text, f->len + len + 3);
	assert_non_null(f->text);
	memcpy(f->text + f->len, line, len);
	f->len += len;
	if (strcmp(form, "crlf") == 0)
		f->text[f->len++] = '\r';
	f->text[f->len++] = '\n';
}

static inline void case_add_fs(struct local_case *c, char *words)
{
	struct case_fs *f = &c->fs[c->n_fs];
	char *save, *word = strtok_r(words, " ", &save);

	assert_true(c->n_fs < CASE_FS_MAX);
	f->name = word;
	c->fs_name[c->n_fs] = word;
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (strncmp(word, "uuid=", 5) == 0)
			f->uuid = word + 5;
		else if (strncmp(word, "label=", 6) == 0)
			f->label = word + 6;
		else if (strncmp(word, "grub=", 5) == 0)
			f->grub = word + 5;
		else if (strncmp(word, "disk=", 5) == 0)
			c->fs_disk[c->n_fs] = strtoul(word + 5, NULL, 10);
		else
			fail_msg("%s: unknown word %s", c->path, word);
	}
	c->n_fs++;
}

static inline void case_load(struct local_case *c, const char *path)
{
	enum { ABOUT, GIVEN, TEXT } section = ABOUT;
	const char *form = "";
	char *line, *next;
	FILE *f = fopen(path, "r");
	long size;

	*c = (struct local_case){.path = path};
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	c->buffer = calloc(1, (size_t)size + 1);
	assert_non_null(c->buffer);
	assert_int_equal(fread(c->buffer, 1, (size_t)size, f), size);
	fclose(f);
	for (line = c->buffer; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strcmp(line, "--- given") == 0) {
			section = GIVEN;
		} else if (strncmp(line, "--- file ", 9) == 0) {
			section = TEXT;
			case_begin_file(c, line + 9, &form);
		} else if (strcmp(line, "--- expect") == 0) {
			c->expect = next;
			break;
		} else if (section == TEXT) {
			case_add_line(&c->file[c->n_file - 1], line, form);
		} else if (section == GIVEN && case_value(line, "fs")) {
			case_add_fs(c, line + 3);
		} else if (section == GIVEN && line[0]) {
			assert_true(c->n_given < CASE_LINES_MAX);
			c->given[c->n_given++] = line;
		}
	}
	if (!c->expect || !c->expect[0])
		fail_msg("%s expects nothing", path);
	if (c->n_fs == 0)
		c->fs_name[c->n_fs++] = c->fs[0].name = "";
}

static inline void case_unload(struct local_case *c)
{
	for (size_t i = 0; i < c->n_file; i++)
		free(c->file[i].text);
	free(c->buffer);
}

/* The value of a key in the section "given"; NULL: it is not there. */
static inline const char *case_given(const struct local_case *c, const char *key)
{
	for (size_t i = 0; i < c->n_given; i++) {
		const char *v = case_value(c->given[i], key);

		if (v)
			return v;
	}
	return NULL;
}

/* --- what was found --- */

/*
 *   chosen N TITLE
 *   timeout S           if the configuration has one
 *   entry [SUBMENU>]TITLE
 *     id ID             each of these if there is something to say
 *     from FILE[:LINE]  only with the line "sources" in given
 *     fs NAME
 *     xen
 *     kernel PATH
 *     initrd [FS:]PATH  FS if it is another than the kernel's
 *     args WORDS
 *     problem TEXT
 *   warning TEXT
 */
static inline char *case_dump(const struct local_case *c, const struct local_menu *menu)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_true(menu->n == 0 || menu->chosen < menu->n);
	if (menu->n)
		fprintf(f, "chosen %zu %s\n", menu->chosen, menu->entry[menu->chosen].title);
	if (menu->has_timeout)
		fprintf(f, "timeout %u\n", menu->timeout_s);
	for (size_t i = 0; i < menu->n; i++) {
		const struct local_entry *e = &menu->entry[i];

		fprintf(f, "entry %s%s%s\n", e->submenu, e->submenu[0] ? ">" : "", e->title);
		if (e->id[0])
			fprintf(f, "  id %s\n", e->id);
		if (case_given(c, "sources"))
			fprintf(f, e->line ? "  from %s:%u\n" : "  from %s\n", e->source, e->line);
		if (e->fs[0])
			fprintf(f, "  fs %s\n", e->fs);
		if (e->xen)
			fprintf(f, "  xen\n");
		if (e->kernel[0])
			fprintf(f, "  kernel %s\n", e->kernel);
		for (size_t j = 0; j < e->n_initrd; j++) {
			bool other = strcmp(e->initrd_fs[j], e->fs) != 0;

			fprintf(f, "  initrd %s%s%s\n", other ? e->initrd_fs[j] : "",
				other ? ":" : "", e->initrd[j]);
		}
		if (e->args[0])
			fprintf(f, "  args %s\n", e->args);
		if (e->problem)
			fprintf(f, "  problem %s\n", e->problem);
	}
	for (size_t i = 0; i < menu->n_warning; i++)
		fprintf(f, "warning %s\n", menu->warning[i]);
	fclose(f);
	return text;
}

static inline bool case_line_fits(const char *want, const char *got)
{
	static const char *const free_texts[] = {"  problem", "warning", "error"};

	for (size_t i = 0; i < sizeof(free_texts) / sizeof(free_texts[0]); i++) {
		const char *w = case_value(want, free_texts[i]);
		const char *g = case_value(got, free_texts[i]);
		char pattern[300];
		regex_t re;
		bool fits;

		if (!w || !g || w[0] != '/' || w[strlen(w) - 1] != '/' || strlen(w) < 3)
			continue;
		snprintf(pattern, sizeof(pattern), "%.*s", (int)strlen(w) - 2, w + 1);
		assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
		fits = regexec(&re, g, 0, NULL, 0) == 0;
		regfree(&re);
		return fits;
	}
	return strcmp(want, got) == 0;
}

/* @got: lines; freed here. */
static inline void case_check(const struct local_case *c, char *got)
{
	char *want = strdup(c->expect), *w = want, *g = got;

	while (*w || *g) {
		char *next_w = strchr(w, '\n'), *next_g = strchr(g, '\n');

		next_w = next_w ? next_w : w + strlen(w);
		next_g = next_g ? next_g : g + strlen(g);
		if (*next_w)
			*next_w++ = '\0';
		if (*next_g)
			*next_g++ = '\0';
		if (!case_line_fits(w, g))
			fail_msg("%s:\n  expected \"%s\"\n  got      \"%s\"\n  and then:\n%s",
				 c->path, w, g, next_g);
		w = next_w;
		g = next_g;
	}
	free(want);
	free(got);
}

/* What a reader returned: its menu, or the line "error CLASS: TEXT". */
static inline void case_check_read(const struct local_case *c, int ret,
				   const struct local_menu *menu, const struct error *err)
{
	char *line = NULL;

	if (!ret) {
		case_check(c, case_dump(c, menu));
		return;
	}
	assert_int_equal(ret, -1);
	assert_true(asprintf(&line, "error %s: %s\n", error_class_name(err->class), err->text) > 0);
	case_check(c, line);
}

/* One cmocka test for each case of a directory, which has at least @n_min. */
static inline int case_run(const char *dir, size_t n_min, CMUnitTestFunction run)
{
	struct CMUnitTest *tests;
	char pattern[200];
	glob_t found;
	int failed;

	snprintf(pattern, sizeof(pattern), "%s/*.case", dir);
	if (glob(pattern, 0, NULL, &found) || found.gl_pathc < n_min) {
		fprintf(stderr,
			"the cases in %s are missing or fewer than %zu (run this from the top)\n",
			dir, n_min);
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	for (size_t i = 0; tests && i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){.name = strrchr(found.gl_pathv[i], '/') + 1,
					       .test_func = run,
					       .initial_state = found.gl_pathv[i]};
	failed = tests ? _cmocka_run_group_tests(dir, tests, found.gl_pathc, NULL, NULL) : 1;
	free(tests);
	globfree(&found);
	return failed;
}

#endif
