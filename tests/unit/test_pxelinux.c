/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/pxelinux/NAME.case, one test each: what PXELINUX's documentation says about a
 * configuration. A case is text in sections; in front of the first one it says where its
 * expectation comes from.
 *
 *   --- given       (may be left out)
 *   label WORDS     the administrator's key xenpxe.label
 *   line WORDS      typed at the prompt instead
 *   edited LINE     the label's line, as a person changed it in the menu
 *   tail WORDS      the guest's own arguments, behind " -- "
 *   console-add     the key xenpxe.console=add
 *   prefix PATH     the prefix in force, "boot/" by default
 *   no-uuid         the guest has none
 *   --- config [crlf|cr|escapes]
 *   the configuration; with "crlf" or "cr" its lines end so, with "escapes" \0, \r, \t, \n, \\
 *   and \xHH are one byte each, and lines end only where they say so
 *   --- file NAME [crlf|cr|escapes]
 *   a file that INCLUDE finds under this name
 *   --- menu        (may be left out)
 *   what the parser hands to the menu, exactly: see dump() below
 *   --- expect
 *   label NAME      of what boots
 *   kernel FILE     as asked from the server; "ADDRESS:FILE" when that is not 192.0.2.1
 *   initrd FILE     once for each, in order
 *   args WORDS      the final kernel's command line, byte by byte
 *   localboot N     instead of kernel, initrd, args; N as written
 *   config FILE DIRECTORY   the same
 *   onerror LINE    what runs if the kernel is not there; checked if it is written
 *   error REGEX     the same: nothing boots and the text matches (extended regular expression)
 *   warning LINE REGEX      once for each, in order; none of these lines: no warnings. LINE is
 *                   "NAME:N" in an included file
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <glob.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read_file.h"
#include "pxelinux/plan.h"
#include "util/escape.h"

#define CASES "tests/unit/pxelinux"
#define LINES_MAX 400

#define FILES_MAX 8

enum section { ABOUT, GIVEN, CONFIG, MENU, EXPECT };

struct file {
	char *name; /* "": the configuration itself */
	uint8_t *text;
	size_t len;
};

struct test_case {
	const char *path;
	char *text;
	size_t size; /* enough for any part of it with its line ends */
	char *given[LINES_MAX], *expect[LINES_MAX], *menu[LINES_MAX];
	size_t n_given, n_expect, n_menu;
	struct file file[FILES_MAX];
	size_t n_file;
};

static char unescaped(const char **p)
{
	char hex[3] = "";

	switch (*(*p)++) {
	case '0':
		return '\0';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case '\\':
		return '\\';
	case 'x':
		memcpy(hex, *p, 2);
		*p += 2;
		return (char)strtoul(hex, NULL, 16);
	}
	fail_msg("unknown escape in a case");
	return 0;
}

static void add_config_line(struct file *f, const char *line, const char *form)
{
	while (*line) {
		if (strcmp(form, "escapes") == 0 && *line == '\\') {
			line++;
			f->text[f->len++] = (uint8_t)unescaped(&line);
		} else {
			f->text[f->len++] = (uint8_t)*line++;
		}
	}
	if (form[0] == 'c')
		f->text[f->len++] = '\r';
	if (strcmp(form, "crlf") == 0 || !form[0])
		f->text[f->len++] = '\n';
}

/* @name: what follows "--- config" or "--- file ": a name, and perhaps a form behind it. */
static void begin_file(struct test_case *c, char *name, const char **form)
{
	char *end = strchr(name, ' ');

	assert_true(c->n_file < FILES_MAX);
	*form = end ? end + 1 : "";
	if (end)
		*end = '\0';
	c->file[c->n_file] = (struct file){.name = name};
	c->file[c->n_file].text = malloc(c->size);
	assert_non_null(c->file[c->n_file].text);
	c->n_file++;
}

static void read_case(struct test_case *c, const char *path)
{
	enum section section = ABOUT;
	const char *form = "";
	char *line, *next;

	*c = (struct test_case){.path = path, .text = read_file(path)};
	c->size = 2 * strlen(c->text) + 2;
	for (line = c->text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "--- ", 4) == 0 && strcmp(line + 4, "given") == 0) {
			section = GIVEN;
		} else if (strncmp(line, "--- config", 10) == 0) {
			section = CONFIG;
			begin_file(c, line + 10, &form);
		} else if (strncmp(line, "--- file ", 9) == 0) {
			section = CONFIG;
			begin_file(c, line + 9, &form);
		} else if (strcmp(line, "--- menu") == 0) {
			section = MENU;
		} else if (strcmp(line, "--- expect") == 0) {
			section = EXPECT;
		} else if (section == CONFIG) {
			add_config_line(&c->file[c->n_file - 1], line, form);
		} else if (section == MENU) {
			assert_true(c->n_menu < LINES_MAX);
			c->menu[c->n_menu++] = line;
		} else if (section != ABOUT && line[0]) {
			char **list = section == GIVEN ? c->given : c->expect;
			size_t *n = section == GIVEN ? &c->n_given : &c->n_expect;

			assert_true(*n < LINES_MAX);
			list[(*n)++] = line;
		}
	}
	if (c->n_expect == 0)
		fail_msg("%s expects nothing", path);
}

/* What follows @key and a space, "" if nothing does; NULL if it is another key. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0 || (line[len] && line[len] != ' '))
		return NULL;
	return line[len] ? line + len + 1 : "";
}

struct given {
	char label[256];
	const char *line, *edited; /* NULL if none */
	struct url base;
	struct keys keys;
	struct pxelinux_sysinfo info;
};

static void apply_given(const struct test_case *c, struct given *g)
{
	*g = (struct given){.base = {.port = 69}};
	keys_defaults(&g->keys);
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &g->base.server), 1);
	assert_int_equal(inet_pton(AF_INET, "192.0.2.91", &g->info.id.addr), 1);
	assert_int_equal(inet_pton(AF_INET, "192.0.2.254", &g->info.gateway), 1);
	assert_int_equal(inet_pton(AF_INET, "255.255.255.0", &g->info.netmask), 1);
	g->info.server = g->base.server;
	memcpy(g->info.id.mac, "\x88\x99\xaa\xbb\xcc\xdd", 6);
	memcpy(g->info.id.uuid, "\xb8\x94\x59\x08\xd6\xa6\x41\xa9\x61\x1d\x74\xa6\xab\x80\xb8\x3d",
	       16);
	g->info.id.has_uuid = true;
	strcpy(g->info.cpu, "6PXL");
	strcpy(g->base.path, "boot/");

	for (size_t i = 0; i < c->n_given; i++) {
		const char *line = c->given[i], *v;

		if ((v = value_of(line, "label")) != NULL)
			snprintf(g->label, sizeof(g->label), "%s", v);
		else if ((v = value_of(line, "line")) != NULL)
			g->line = v;
		else if ((v = value_of(line, "edited")) != NULL)
			g->edited = v;
		else if ((v = value_of(line, "tail")) != NULL)
			snprintf(g->keys.tail, sizeof(g->keys.tail), "%s", v);
		else if ((v = value_of(line, "prefix")) != NULL)
			snprintf(g->base.path, sizeof(g->base.path), "%s", v);
		else if (value_of(line, "console-add"))
			g->keys.console_add = true;
		else if (value_of(line, "no-uuid"))
			g->info.id.has_uuid = false;
		else
			fail_msg("%s: unknown line in given: %s", c->path, line);
	}
}

static const char *expected(const struct test_case *c, const char *key)
{
	for (size_t i = 0; i < c->n_expect; i++) {
		const char *v = value_of(c->expect[i], key);

		if (v)
			return v;
	}
	return NULL;
}

static void check_text(const struct test_case *c, const char *key, const char *got)
{
	const char *want = expected(c, key);

	if (!want)
		fail_msg("%s: got %s \"%s\", which is not expected", c->path, key, got);
	else if (strcmp(want, got) != 0)
		fail_msg("%s: %s\n  expected \"%s\"\n  got      \"%s\"", c->path, key, want, got);
}

static void check_matches(const struct test_case *c, const char *pattern, const char *got)
{
	regex_t re;

	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, got, 0, NULL, 0) != 0)
		fail_msg("%s:\n  expected /%s/\n  got      \"%s\"", c->path, pattern, got);
	regfree(&re);
}

static void check_warnings(const struct test_case *c, const struct pxelinux_config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_expect; i++) {
		const char *v = value_of(c->expect[i], "warning");
		char where[100];

		if (!v)
			continue;
		if (n >= config->n_warning)
			fail_msg("%s: no warning like \"%s\"", c->path, v);
		snprintf(where, sizeof(where), "%s%s%u ", config->warning[n].file,
			 config->warning[n].file[0] ? ":" : "", config->warning[n].line);
		if (strncmp(v, where, strlen(where)) != 0)
			fail_msg("%s: warning \"%s\" is for %s: %s", c->path, v, where,
				 config->warning[n].text);
		check_matches(c, v + strlen(where), config->warning[n].text);
		n++;
	}
	if (n < config->n_warning)
		fail_msg("%s: line %u: unexpected warning: %s", c->path, config->warning[n].line,
			 config->warning[n].text);
}

static const char *show(char *buf, size_t size, const struct url *url, const struct url *base)
{
	char addr[INET_ADDRSTRLEN];

	if (url->server.s_addr == base->server.s_addr)
		return url->path;
	inet_ntop(AF_INET, &url->server, addr, sizeof(addr));
	snprintf(buf, size, "%s:%s", addr, url->path);
	return buf;
}

static void check_plan(const struct test_case *c, const struct plan *plan, const struct url *base)
{
	char buf[URL_PATH_MAX + 32];
	size_t n = 0;

	check_text(c, "label", plan->label);
	check_text(c, "kernel", show(buf, sizeof(buf), &plan->kernel, base));
	check_text(c, "args", plan->cmdline);
	for (size_t i = 0; i < c->n_expect; i++) {
		const char *v = value_of(c->expect[i], "initrd");

		if (!v)
			continue;
		if (n >= plan->n_initrd)
			fail_msg("%s: initrd \"%s\" is missing", c->path, v);
		assert_string_equal(v, show(buf, sizeof(buf), &plan->initrd[n], base));
		n++;
	}
	assert_int_equal(n, plan->n_initrd);
}

static void check_choice(const struct test_case *c, const struct given *g,
			 const struct pxelinux_choice *choice, struct error *err)
{
	struct plan plan;

	if (expected(c, "onerror"))
		check_text(c, "onerror", choice->onerror ? choice->onerror : "(none)");
	if (choice->type == PXELINUX_CONFIG) {
		char text[300];

		check_text(c, "label", choice->label);
		snprintf(text, sizeof(text), "%s%s%s", choice->kernel, choice->args[0] ? " " : "",
			 choice->args);
		check_text(c, "config", text);
		assert_int_equal(pxelinux_plan(choice, &g->base, &g->keys, &plan, err), -1);
		assert_int_equal(err->class, ERR_UNSUPPORTED);
		return;
	}
	if (pxelinux_plan(choice, &g->base, &g->keys, &plan, err)) {
		check_text(c, "error", expected(c, "error") ? expected(c, "error") : err->text);
		check_matches(c, expected(c, "error"), err->text);
		assert_int_equal(err->class, ERR_CONFIG);
		return;
	}
	if (expected(c, "error"))
		fail_msg("%s: no error, but /%s/ is expected", c->path, expected(c, "error"));
	if (choice->type == PXELINUX_LOCALBOOT) {
		assert_int_equal(plan.kind, PLAN_LOCAL);
		check_text(c, "label", plan.label);
		check_text(c, "localboot", choice->kernel);
		assert_null(expected(c, "kernel"));
	} else {
		assert_int_equal(plan.kind, PLAN_FILES);
		check_plan(c, &plan, &g->base);
	}
}

/* An attribute's line, when there is something to say. */
static void dump_text(FILE *f, const char *indent, const char *name, const char *value)
{
	char text[400];

	if (value)
		fprintf(f, "%s%s %s\n", indent, name, escape_str(text, sizeof(text), value));
}

static void dump_number(FILE *f, const char *indent, const char *name, unsigned int value)
{
	if (value)
		fprintf(f, "%s%s %u\n", indent, name, value);
}

static void dump_flag(FILE *f, const char *indent, const char *name, bool value)
{
	if (value)
		fprintf(f, "%s%s\n", indent, name);
}

static void dump_entry(FILE *f, const struct pxelinux_config *config, size_t i)
{
	static const char *const types[] = {
		[PXELINUX_KERNEL] = "label", [PXELINUX_LOCALBOOT] = "label",
		[PXELINUX_CONFIG] = "label", [PXELINUX_OTHER] = "label",
		[PXELINUX_MENU] = "goto",    [PXELINUX_QUIT] = "quit",
		[PXELINUX_HELP] = "help",    [PXELINUX_SEPARATOR] = "separator",
	};
	const struct pxelinux_entry *e = &config->entry[i];

	if (e->type == PXELINUX_SEPARATOR) {
		fprintf(f, "  separator\n");
		return;
	}
	fprintf(f, "  %s", types[e->type]);
	if (e->label[0])
		fprintf(f, " %s", e->label);
	if (e->type == PXELINUX_HELP)
		fprintf(f, " %s", e->kernel);
	if (e->type == PXELINUX_MENU)
		fprintf(f, " -> %s",
			e->target == PXELINUX_NONE ? "nowhere" : config->menu[e->target].tag);
	fprintf(f, "\n");
	dump_text(f, "    ", "text", e->menu_label);
	if (e->hotkey)
		fprintf(f, "    hotkey %c\n", e->hotkey);
	dump_flag(f, "    ", "cursor", pxelinux_cursor(config, e->menu) == i);
	dump_number(f, "    ", "indent", e->indent);
	dump_flag(f, "    ", "disabled", e->disabled);
	dump_flag(f, "    ", "hidden", e->hidden);
	dump_flag(f, "    ", "immediate", e->immediate);
	dump_text(f, "    ", "passwd", e->passwd);
	dump_text(f, "    ", "helptext", e->help);
}

/*
 * First what is not as by default, then the menus, each with what it is set to and its entries
 * with theirs below them, in the order of the configuration.
 */
static void dump(FILE *f, const struct pxelinux_config *config)
{
	dump_text(f, "", "ui", config->ui);
	dump_text(f, "", "default", config->default_line);
	dump_flag(f, "", "prompt", config->prompt);
	dump_flag(f, "", "noescape", config->noescape);
	dump_flag(f, "", "nocomplete", config->nocomplete);
	dump_flag(f, "", "no implicit", !config->implicit);
	dump_flag(f, "", "no options", !config->allow_options);
	dump_number(f, "", "timeout", config->timeout);
	dump_number(f, "", "totaltimeout", config->total_timeout);
	dump_text(f, "", "ontimeout", config->ontimeout);
	dump_text(f, "", "onerror", config->onerror);
	dump_text(f, "", "display", config->display);
	for (size_t i = 0; i < config->n_say; i++)
		dump_text(f, "", "say", config->say[i]);
	dump_flag(f, "", "hidden", config->menu_hidden);
	dump_flag(f, "", "shiftkey", config->menu_shiftkey);
	dump_flag(f, "", "clear", config->menu_clear);
	for (size_t i = 0; i < config->n_hiddenkey; i++)
		fprintf(f, "hiddenkey %s %s\n", config->hiddenkey[i].keys,
			config->hiddenkey[i].command);
	for (size_t m = 0; m < config->n_menu; m++) {
		const struct pxelinux_menu *menu = &config->menu[m];
		char fkey[8];

		fprintf(f, "menu %s\n", menu->tag);
		dump_flag(f, "  ", "start", m > 0 && config->start_menu == m);
		dump_text(f, "  ", "title", menu->title[0] ? menu->title : NULL);
		dump_text(f, "  ", "autoboot", menu->autoboot);
		dump_text(f, "  ", "tabmsg", menu->tabmsg);
		dump_text(f, "  ", "notabmsg", menu->notabmsg);
		dump_text(f, "  ", "passprompt", menu->passprompt);
		dump_text(f, "  ", "master", menu->master_passwd);
		dump_number(f, "  ", "timeout", menu->timeout);
		dump_text(f, "  ", "ontimeout", menu->ontimeout);
		dump_text(f, "  ", "onerror", menu->onerror);
		dump_flag(f, "  ", "no options", !menu->allow_options);
		for (unsigned int i = 0; i < PXELINUX_FKEYS; i++) {
			snprintf(fkey, sizeof(fkey), "F%u", i + 1);
			dump_text(f, "  ", fkey, menu->fkey[i]);
		}
		for (size_t i = 0; i < config->n_entry; i++) {
			if (config->entry[i].menu == m)
				dump_entry(f, config, i);
		}
	}
}

static void check_menu(const struct test_case *c, const struct pxelinux_config *config)
{
	char *want = NULL, *got = NULL;
	size_t size;
	FILE *f;

	if (!c->n_menu)
		return;
	f = open_memstream(&want, &size);
	assert_non_null(f);
	for (size_t i = 0; i < c->n_menu; i++)
		fprintf(f, "%s\n", c->menu[i]);
	fclose(f);
	f = open_memstream(&got, &size);
	assert_non_null(f);
	dump(f, config);
	fclose(f);
	if (strcmp(want, got) != 0)
		fail_msg("%s: menu\n--- expected\n%s--- got\n%s", c->path, want, got);
	free(want);
	free(got);
}

static int read_included(void *ctx, const char *name, uint8_t **text, size_t *len,
			 struct error *err)
{
	const struct test_case *c = ctx;

	for (size_t i = 0; i < c->n_file; i++) {
		const struct file *f = &c->file[i];

		if (f->name[0] == '\0' || strcmp(f->name, name) != 0)
			continue;
		*text = malloc(f->len ? f->len : 1);
		assert_non_null(*text);
		memcpy(*text, f->text, f->len);
		*len = f->len;
		return 0;
	}
	return error_set(err, ERR_NOT_FOUND, "192.0.2.1:boot/%s: file not found", name);
}

static int choose(const struct test_case *c, const struct given *g,
		  const struct pxelinux_config *config, struct pxelinux_choice *choice,
		  struct error *err)
{
	if (g->line)
		return pxelinux_choose_line(config, g->line, &g->info, choice, err);
	if (!g->edited)
		return pxelinux_choose(config, g->label, &g->info, choice, err);
	for (size_t i = 0; i < config->n_entry; i++) {
		if (strcmp(config->entry[i].label, g->label) == 0)
			return pxelinux_choose_entry(config, i, g->edited, &g->info, choice, err);
	}
	fail_msg("%s: no label %s", c->path, g->label);
	return -1;
}

static void run_case(void **state)
{
	struct test_case c;
	struct pxelinux_config config;
	struct pxelinux_choice choice;
	struct error err = {0};
	struct pxelinux_include include = {.read = read_included, .ctx = &c, .self = "default"};
	struct given g;

	read_case(&c, *state);
	apply_given(&c, &g);
	assert_true(c.n_file > 0 && !c.file[0].name[0]);
	if (pxelinux_parse(c.file[0].text, c.file[0].len, &include, &config, &err))
		fail_msg("%s: not parsed: %s", c.path, err.text);
	check_warnings(&c, &config);
	check_menu(&c, &config);
	if (choose(&c, &g, &config, &choice, &err)) {
		if (!expected(&c, "error"))
			fail_msg("%s: unexpected error: %s", c.path, err.text);
		check_matches(&c, expected(&c, "error"), err.text);
		assert_int_equal(err.class, ERR_CONFIG);
	} else {
		check_choice(&c, &g, &choice, &err);
		pxelinux_choice_free(&choice);
	}
	pxelinux_free(&config);
	for (size_t i = 0; i < c.n_file; i++)
		free(c.file[i].text);
	free(c.text);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	if (glob(CASES "/*.case", 0, NULL, &found) || found.gl_pathc < 120) {
		fprintf(stderr, "the cases in " CASES
				" are missing or fewer than 120 (run this from the top)\n");
		return 1;
	}
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (!tests)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		tests[i] = (struct CMUnitTest){
			.name = strrchr(found.gl_pathv[i], '/') + 1,
			.test_func = run_case,
			.initial_state = found.gl_pathv[i],
		};
	}
	failed = _cmocka_run_group_tests("pxelinux", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return failed;
}
