/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/grub/NAME.case, one test each: a grub.cfg or a directory of BLS entries on some disks,
 * and what comes of it. tests/localboot/grub-emu gives the same cases to a real GRUB. A case is
 * text in sections; in front of the first one it says where it comes from.
 *
 *   --- disk NAME UUID LABEL GRUB...   "-" for none; GRUB's names for it, e.g. hd0,gpt1
 *   --- file DISK:PATH                 its lines follow
 *   --- empty DISK                     paths of empty files follow
 *   --- given
 *   grub DISK:PATH                     the configuration
 *   bls DISK:PATH                      instead of it: a directory of entries
 *   variable NAME=VALUE                for bls
 *   --- expect                         exactly: see dump() below
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read_file.h"
#include "localboot/bls.h"
#include "localboot/grub.h"
#include "localboot/grubenv.h"
#include "localboot/script.h"
#include "memory_files.h"
#include "util/escape.h"

#define CASES "tests/unit/grub"

enum section { ABOUT, LINES, EMPTY, GIVEN, EXPECT };

struct test_case {
	const char *path;
	char *text, *expect;
	struct memory_files files;
	char *grub, *bls;
	struct bls_variable variable[8];
	size_t n_variable;
};

/* "DISK:PATH" is cut at the colon. */
static char *cut(char *s, char at)
{
	char *end = strchr(s, at);

	assert_non_null(end);
	*end = '\0';
	return end + 1;
}

static struct memory_file *add_file(struct test_case *c, const char *disk, const char *path)
{
	assert_true(c->files.n_file < MEMORY_FILES_MAX);
	c->files.file[c->files.n_file] =
		(struct memory_file){.disk = disk, .path = path, .text = calloc(1, 1)};
	assert_non_null(c->files.file[c->files.n_file].text);
	return &c->files.file[c->files.n_file++];
}

static void add_line(struct memory_file *f, const char *line)
{
	size_t len = strlen(line);

	f->text = realloc(f->text, f->len + len + 2);
	assert_non_null(f->text);
	memcpy(f->text + f->len, line, len);
	f->len += len;
	f->text[f->len++] = '\n';
}

static void add_disk(struct test_case *c, char *line)
{
	struct memory_disk *d = &c->files.disk[c->files.n_disk++];
	char *uuid = cut(line, ' '), *label = cut(uuid, ' '), *grub = cut(label, ' ');

	assert_true(c->files.n_disk <= MEMORY_DISKS_MAX);
	*d = (struct memory_disk){.name = line,
				  .uuid = strcmp(uuid, "-") ? uuid : "",
				  .label = strcmp(label, "-") ? label : "",
				  .grub = grub};
}

static void add_given(struct test_case *c, char *line)
{
	if (strncmp(line, "grub ", 5) == 0) {
		c->grub = line + 5;
	} else if (strncmp(line, "bls ", 4) == 0) {
		c->bls = line + 4;
	} else if (strncmp(line, "variable ", 9) == 0) {
		assert_true(c->n_variable < 8);
		c->variable[c->n_variable].name = line + 9;
		c->variable[c->n_variable++].value = cut(line + 9, '=');
	} else if (*line) {
		fail_msg("%s: unknown line in given: %s", c->path, line);
	}
}

static void read_case(struct test_case *c, const char *path)
{
	enum section section = ABOUT;
	struct memory_file *file = NULL;
	char *line, *next, *disk = NULL;

	*c = (struct test_case){.path = path, .text = read_file(path)};
	for (line = c->text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "--- disk ", 9) == 0) {
			add_disk(c, line + 9);
			section = ABOUT;
		} else if (strncmp(line, "--- file ", 9) == 0) {
			char *name = cut(line + 9, ':');

			file = add_file(c, line + 9, name);
			section = LINES;
		} else if (strncmp(line, "--- empty ", 10) == 0) {
			disk = line + 10;
			section = EMPTY;
		} else if (strcmp(line, "--- given") == 0) {
			section = GIVEN;
		} else if (strcmp(line, "--- expect") == 0) {
			c->expect = next;
			break;
		} else if (section == LINES) {
			add_line(file, line);
		} else if (section == EMPTY && *line) {
			add_file(c, disk, line);
		} else if (section == GIVEN) {
			add_given(c, line);
		}
	}
	if (!c->expect)
		fail_msg("%s expects nothing", path);
}

static void case_free(struct test_case *c)
{
	for (size_t i = 0; i < c->files.n_file; i++)
		free(c->files.file[i].text);
	free(c->text);
}

static void dump_text(FILE *f, const char *name, const char *value)
{
	char shown[2048];

	if (*value)
		fprintf(f, "  %s %s\n", name, escape_str(shown, sizeof(shown), value));
}

static void dump_entry(FILE *f, const struct local_entry *e)
{
	char shown[400];

	fprintf(f, "entry %s\n", escape_str(shown, sizeof(shown), e->title));
	dump_text(f, "submenu", e->submenu);
	dump_text(f, "id", e->id);
	fprintf(f, "  at %s:%u\n", e->source, e->line);
	if (*e->kernel)
		fprintf(f, "  kernel %s:%s\n", e->fs, e->kernel);
	for (size_t i = 0; i < e->n_initrd; i++)
		fprintf(f, "  initrd %s:%s\n", e->initrd_fs[i], e->initrd[i]);
	dump_text(f, "args", e->args);
	if (e->xen)
		fprintf(f, "  xen\n");
	if (e->problem)
		dump_text(f, "problem", e->problem);
}

static char *dump(const struct local_menu *menu, int ret, const struct error *err)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	if (ret)
		fprintf(f, "error %s %s\n", error_class_name(err->class), err->text);
	if (menu->has_timeout)
		fprintf(f, "timeout %u\n", menu->timeout_s);
	if (menu->n)
		fprintf(f, "chosen %zu\n", menu->chosen);
	for (size_t i = 0; i < menu->n; i++)
		dump_entry(f, &menu->entry[i]);
	for (size_t i = 0; i < menu->n_warning; i++)
		fprintf(f, "warning %s\n", menu->warning[i]);
	fclose(f);
	return text;
}

static void test_one(void **state)
{
	struct test_case c;
	struct local_menu menu = {0};
	struct local_files files;
	struct error err = {0};
	char *got, *path;
	int ret;

	read_case(&c, *state);
	files = memory_local_files(&c.files);
	if (c.grub) {
		path = cut(c.grub, ':');
		ret = grub_read(&files, c.grub, path, &menu, &err);
	} else {
		assert_non_null(c.bls);
		path = cut(c.bls, ':');
		ret = bls_read(&files, c.bls, path, c.variable, c.n_variable, &menu, &err);
	}
	got = dump(&menu, ret, &err);
	if (strcmp(got, c.expect) != 0) { /* cmocka would cut it off */
		fprintf(stderr, "%s: expected\n%s\ngot\n%s\n=====\n", c.path, c.expect, got);
		fail();
	}
	free(got);
	local_menu_free(&menu);
	case_free(&c);
}

/* --- what has no file: version order, environment blocks, bounds --- */

/* From rpm's own tests, tests/rpmvercmp.at */
static void versions_are_compared_as_rpm_does(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{"1.0", "1.0", 0},
		{"1.0", "2.0", -1},
		{"2.0", "1.0", 1},
		{"2.0.1", "2.0.1", 0},
		{"2.0", "2.0.1", -1},
		{"2.0.1a", "2.0.1a", 0},
		{"2.0.1a", "2.0.1", 1},
		{"2.0.1", "2.0.1a", -1},
		{"5.5p1", "5.5p2", -1},
		{"5.5p10", "5.5p1", 1},
		{"10xyz", "10.1xyz", -1},
		{"xyz10", "xyz10.1", -1},
		{"xyz.4", "8", -1},
		{"xyz.4", "2", -1},
		{"5.5p2", "5.6p1", -1},
		{"5.6p1", "6.5p1", -1},
		{"6.0.rc1", "6.0", 1},
		{"10b2", "10a1", 1},
		{"1.0aa", "1.0aa", 0},
		{"1.0a", "1.0aa", -1},
		{"10.0001", "10.0001", 0},
		{"10.0001", "10.1", 0},
		{"10.0001", "10.0039", -1},
		{"4.999.9", "5.0", -1},
		{"20101121", "20101122", -1},
		{"2_0", "2.0", 0},
		{"a+", "a_", 0},
		{"+a", "_a", 0},
		{"+", "_", 0},
		{"1.0~rc1", "1.0~rc1", 0},
		{"1.0~rc1", "1.0", -1},
		{"1.0", "1.0~rc1", 1},
		{"1.0~rc1", "1.0~rc2", -1},
		{"1.0~rc1~git123", "1.0~rc1", -1},
		{"1.0^", "1.0", 1},
		{"1.0^git1", "1.0^git2", -1},
		{"1.0^git1", "1.01", -1},
		{"1.0^20160101", "1.0.1", -1},
		{"1.0^20160102", "1.0^20160101^git1", 1},
		{"1.0~rc1^git1", "1.0~rc1", 1},
		{"1.0^git1~pre", "1.0^git1", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int order = bls_version_compare(cases[i].a, cases[i].b);

		if ((order > 0) - (order < 0) != cases[i].order)
			fail_msg("%s and %s: %d", cases[i].a, cases[i].b, order);
	}
}

static int collect(void *ctx, const char *name, const char *value)
{
	strcat(ctx, name);
	strcat(ctx, "=");
	strcat(ctx, value);
	strcat(ctx, ";");
	return 0;
}

static void environment_block(void **state)
{
	/* What "grub-editenv FILE set ..." of GRUB 2.06 writes for these values, without its
	 * padding */
	static const char block[] = "# GRUB Environment Block\n"
				    "saved_entry=a>b\n"
				    "odd=back\\\\slash and\\\nline = x\n"
				    "empty=\n"
				    "##########";
	char got[200] = "";
	struct error err = {0};

	(void)state;
	assert_int_equal(
		grub_env_block((const uint8_t *)block, sizeof(block) - 1, collect, got, &err), 0);
	assert_string_equal(got, "saved_entry=a>b;odd=back\\slash and\nline = x;empty=;");
	assert_int_equal(grub_env_block((const uint8_t *)block, 10, collect, got, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_int_equal(grub_env_block((const uint8_t *)"", 0, collect, got, &err), -1);
}

/* @first and @rest, again and again, and @last: as /grub.cfg; what is warned about it? */
static void bounded(const char *first, const char *rest, size_t times, const char *last,
		    const char *warning)
{
	struct memory_files m = {.n_disk = 1, .n_file = 1};
	const struct local_files files = memory_local_files(&m);
	size_t len = strlen(first) + times * strlen(rest) + strlen(last);
	struct local_menu menu = {0};
	struct error err = {0};
	bool warned = false;
	char *end;

	m.disk[0] = (struct memory_disk){.name = "", .uuid = "", .label = "", .grub = ""};
	m.file[0] = (struct memory_file){.disk = "", .path = "/grub.cfg", .len = len};
	m.file[0].text = malloc(len + 1);
	assert_non_null(m.file[0].text);
	end = stpcpy(m.file[0].text, first);
	for (size_t i = 0; i < times; i++)
		end = stpcpy(end, rest);
	strcpy(end, last);
	assert_int_equal(grub_read(&files, "", "/grub.cfg", &menu, &err), 0);
	assert_string_equal(menu.entry[0].title, "first");
	for (size_t i = 0; i < menu.n_warning; i++)
		warned = warned || strstr(menu.warning[i], warning);
	if (!warned)
		fail_msg("no warning \"%s\", but \"%s\"", warning,
			 menu.n_warning ? menu.warning[0] : "(none)");
	local_menu_free(&menu);
	free(m.file[0].text);
}

#define FIRST "menuentry first { linux /vmlinuz; }\n"

static void everything_is_bounded(void **state)
{
	(void)state;
	bounded(FIRST "while true; do true; done\n", "", 0, "", "endless loop");
	bounded(FIRST "function f { f; }\nf\n", "", 0, "", "endless recursion");
	bounded(FIRST "a=x\n", "set a=\"$a$a\"\n", 40, "", "too long");
	bounded(FIRST "set a=0123456789012345678901234567890123456789\n",
		"set b$a=\"$a$a$a\"; a=x$a\n", 2000, "", "given up");
	bounded(FIRST, "if true; then\n", 100, "", "nested more than");
	bounded(FIRST, "test x\\\n", 100000, "\n", "too many words");
	bounded(FIRST "[ ", "( ", 1000, "]\nnosuch\n", "unknown command");
	bounded(FIRST "menuentry x {\n configfile /grub.cfg\n}\n", "", 0, "", "deep");
	bounded(FIRST "source /grub.cfg\n", "", 0, "", "more than 16 deep");
	bounded(FIRST "eval 'eval \"$x\"'; x='eval \"$x\"'; eval \"$x\"\n", "", 0, "", "too deep");
	bounded(FIRST, "a\\b\\c\\d\\e\\f\\g\\h", 500000, "\n", "no memory");
}

int main(void)
{
	static const struct CMUnitTest own[] = {
		cmocka_unit_test(versions_are_compared_as_rpm_does),
		cmocka_unit_test(environment_block),
		cmocka_unit_test(everything_is_bounded),
	};
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	if (glob(CASES "/*.case", 0, NULL, &found) || found.gl_pathc < 40) {
		fprintf(stderr, "the cases in " CASES
				" are missing or fewer than 40 (run this from the top)\n");
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (!tests)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		tests[i] = (struct CMUnitTest){
			.name = strrchr(found.gl_pathv[i], '/') + 1,
			.test_func = test_one,
			.initial_state = found.gl_pathv[i],
		};
	}
	failed = cmocka_run_group_tests_name("grub", own, NULL, NULL);
	failed += _cmocka_run_group_tests("grub cases", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return failed;
}
