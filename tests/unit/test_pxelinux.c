/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/pxelinux/NAME.case, one test each: what PXELINUX's documentation says about a
 * configuration. A case is text in sections; in front of the first one it says where its
 * expectation comes from.
 *
 *   --- given       (may be left out)
 *   label WORDS     the administrator's key xenpxe.label
 *   tail WORDS      the guest's own arguments, behind " -- "
 *   console-add     the key xenpxe.console=add
 *   prefix PATH     the prefix in force, "boot/" by default
 *   no-uuid         the guest has none
 *   --- config [crlf|cr|escapes]
 *   the configuration; with "crlf" or "cr" its lines end so, with "escapes" \0, \r, \t, \n, \\
 *   and \xHH are one byte each, and lines end only where they say so
 *   --- expect
 *   label NAME      of what boots
 *   kernel FILE     as asked from the server; "ADDRESS:FILE" when that is not 192.0.2.1
 *   initrd FILE     once for each, in order
 *   args WORDS      the final kernel's command line, byte by byte
 *   localboot N     instead of kernel, initrd, args; N as written
 *   config FILE DIRECTORY   the same
 *   error REGEX     the same: nothing boots and the text matches (extended regular expression)
 *   warning LINE REGEX      once for each, in order; none of these lines: no warnings
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

#include "pxelinux/plan.h"

#define CASES "tests/unit/pxelinux"
#define LINES_MAX 400

enum section { ABOUT, GIVEN, CONFIG, EXPECT };

struct test_case {
	const char *path;
	char *text;
	char *given[LINES_MAX], *expect[LINES_MAX];
	size_t n_given, n_expect;
	uint8_t *config;
	size_t config_len;
};

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;
	long size;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), size);
	text[size] = '\0';
	fclose(f);
	return text;
}

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

static void add_config_line(struct test_case *c, const char *line, const char *form)
{
	while (*line) {
		if (strcmp(form, "escapes") == 0 && *line == '\\') {
			line++;
			c->config[c->config_len++] = (uint8_t)unescaped(&line);
		} else {
			c->config[c->config_len++] = (uint8_t)*line++;
		}
	}
	if (form[0] == 'c')
		c->config[c->config_len++] = '\r';
	if (strcmp(form, "crlf") == 0 || !form[0])
		c->config[c->config_len++] = '\n';
}

static void read_case(struct test_case *c, const char *path)
{
	enum section section = ABOUT;
	const char *form = "";
	char *line, *next;

	*c = (struct test_case){.path = path, .text = read_file(path)};
	c->config = malloc(2 * strlen(c->text) + 2);
	assert_non_null(c->config);
	for (line = c->text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "--- ", 4) == 0 && strcmp(line + 4, "given") == 0) {
			section = GIVEN;
		} else if (strncmp(line, "--- ", 4) == 0 && strncmp(line + 4, "config", 6) == 0) {
			section = CONFIG;
			form = line + 10;
			form += *form == ' ';
		} else if (strncmp(line, "--- ", 4) == 0 && strcmp(line + 4, "expect") == 0) {
			section = EXPECT;
		} else if (section == CONFIG) {
			add_config_line(c, line, form);
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
	strcpy(g->base.path, "boot/");

	for (size_t i = 0; i < c->n_given; i++) {
		const char *line = c->given[i], *v;

		if ((v = value_of(line, "label")) != NULL)
			snprintf(g->label, sizeof(g->label), "%s", v);
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
		char *pattern;

		if (!v)
			continue;
		if (n >= config->n_warning)
			fail_msg("%s: no warning like \"%s\"", c->path, v);
		assert_int_equal(config->warning[n].line, strtoul(v, &pattern, 10));
		check_matches(c, pattern + 1, config->warning[n].text);
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
		assert_int_equal(plan.kind, PLAN_NET);
		check_plan(c, &plan, &g->base);
	}
}

static void run_case(void **state)
{
	struct test_case c;
	struct pxelinux_config config;
	struct pxelinux_choice choice;
	struct error err = {0};
	struct given g;

	read_case(&c, *state);
	apply_given(&c, &g);
	if (pxelinux_parse(c.config, c.config_len, &config, &err))
		fail_msg("%s: not parsed: %s", c.path, err.text);
	check_warnings(&c, &config);
	if (pxelinux_choose(&config, g.label, &g.info, &choice, &err)) {
		if (!expected(&c, "error"))
			fail_msg("%s: unexpected error: %s", c.path, err.text);
		check_matches(&c, expected(&c, "error"), err.text);
		assert_int_equal(err.class, ERR_CONFIG);
	} else {
		check_choice(&c, &g, &choice, &err);
		pxelinux_choice_free(&choice);
	}
	pxelinux_free(&config);
	free(c.config);
	free(c.text);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	if (glob(CASES "/*.case", 0, NULL, &found) || found.gl_pathc < 45) {
		fprintf(stderr, "the cases in " CASES " are missing (run this from the top)\n");
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
