/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration and the files that belong to it: which are asked for, under which names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/load.h"

struct server {
	const char *file[8][2]; /* path, content; NULL content: the server is silent */
	char asked[512]; /* paths with spaces behind them */
	bool gone; /* who was silent says "not found" when asked again */
	enum error_class busy[8]; /* what the first request for this file ends in; 0: it is there */
	char said[512]; /* the last thing that count_missed() heard */
};

static int serve(void *ctx, const struct url *url, uint8_t **text, size_t *len, struct error *err)
{
	struct server *s = ctx;

	strcat(strcat(s->asked, url->path), " ");
	for (size_t i = 0; i < 8 && s->file[i][0]; i++) {
		if (strcmp(s->file[i][0], url->path) != 0)
			continue;
		if (s->busy[i]) {
			const enum error_class class = s->busy[i];

			s->busy[i] = ERR_NONE;
			return error_set(err, class, "%s: busy", url->path);
		}
		if (!s->file[i][1] && s->gone && strstr(s->asked, "two"))
			break;
		if (!s->file[i][1])
			return error_set(err, ERR_TIMEOUT, "%s: no answer", url->path);
		*len = strlen(s->file[i][1]);
		*text = (uint8_t *)strdup(s->file[i][1]);
		return 0;
	}
	return error_set(err, ERR_NOT_FOUND, "%s: file not found", url->path);
}

static struct url at(const char *path)
{
	struct url url = {.port = 69};

	url.server.s_addr = 0x010200c0;
	snprintf(url.path, sizeof(url.path), "%s", path);
	return url;
}

static void test_included_files(void **state)
{
	struct server s = {
		.file = {{"boot/cfg", "INCLUDE a\nINCLUDE ::b\nINCLUDE cfg\nINCLUDE c\n"},
			 {"boot/a", "LABEL a\n"},
			 {"b", "LABEL b\n"}}};
	const struct pxelinux_reader reader = {.read = serve, .ctx = &s};
	struct url base = at("boot/"), file = at("boot/cfg");
	struct pxelinux_config config;
	struct error err;

	(void)state;
	assert_int_equal(pxelinux_load(&reader, &base, &file, &config, &err), 0);
	/* names are relative to the prefix, and the configuration does not include itself */
	assert_string_equal(s.asked, "boot/cfg boot/a b boot/c ");
	assert_int_equal(config.n_entry, 2);
	assert_int_equal(config.n_warning, 2);
	pxelinux_free(&config);
}

static void test_silent_server(void **state)
{
	struct server s = {.file = {{"cfg", "LABEL x\nINCLUDE a\n"}, {"a", NULL}}};
	const struct pxelinux_reader reader = {.read = serve, .ctx = &s};
	struct url base = at(""), file = at("cfg");
	struct pxelinux_config config;
	struct error err;

	(void)state;
	/* what half a configuration boots could be anything */
	assert_int_equal(pxelinux_load(&reader, &base, &file, &config, &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "INCLUDE a: a: no answer"));
	assert_null(config.entry);
	file = at("none");
	assert_int_equal(pxelinux_load(&reader, &base, &file, &config, &err), -1);
	assert_int_equal(err.class, ERR_NOT_FOUND);
}

static void follow(struct server *s, const char *kernel, const char *dir, const char *want_base,
		   const char *want_file, const char *want_asked)
{
	const struct pxelinux_reader reader = {.read = serve, .ctx = s};
	struct url base = at("boot/"), file = at("boot/cfg"), shown = file;
	struct pxelinux_choice choice = {
		.type = PXELINUX_CONFIG, .kernel = (char *)kernel, .args = (char *)dir};
	struct pxelinux_config config;
	struct error err;

	s->asked[0] = '\0';
	if (pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err))
		fail_msg("%s", err.text);
	assert_string_equal(base.path, want_base);
	assert_string_equal(file.path, want_file);
	assert_string_equal(shown.path, want_file);
	assert_string_equal(s->asked, want_asked);
	assert_int_equal(config.n_entry, 1);
	pxelinux_free(&config);
}

static void test_follow(void **state)
{
	struct server s = {.file = {{"boot/cfg", "LABEL cfg\n"},
				    {"boot/new", "INCLUDE inc\n"},
				    {"boot/other/inc", "LABEL o\n"},
				    {"boot/inc", "LABEL i\n"}}};

	(void)state;
	follow(&s, "new", "", "boot/", "boot/new", "boot/new boot/inc ");
	/* the directory is changed before the configuration is parsed, with or without a slash */
	follow(&s, "new", "other/", "boot/other/", "boot/new", "boot/new boot/other/inc ");
	follow(&s, "new", "other", "boot/other/", "boot/new", "boot/new boot/other/inc ");
	/* several, as if included; "~" is the configuration in force */
	follow(&s, "none  inc", "", "boot/", "boot/cfg", "boot/none boot/inc ");
	follow(&s, "none ~", "", "boot/", "boot/cfg", "boot/none boot/cfg ");
}

/* menu.txt, "menu.c32 [config...]": what is named to a menu is a menu, with DEFAULT as its DEFAULT;
 * what CONFIG names is not. */
static void test_follow_as_menu(void **state)
{
	struct server s = {.file = {{"boot/new", "DEFAULT b\nMENU BEGIN\nLABEL b\nMENU END\n"},
				    {"boot/far", "UI menu.c32 new\nLABEL a\n"}}};
	const struct pxelinux_reader reader = {.read = serve, .ctx = &s};
	struct url base = at("boot/"), file = at("boot/cfg"), shown = file;
	struct pxelinux_choice choice = {
		.type = PXELINUX_CONFIG, .kernel = (char *)"new", .args = (char *)""};
	struct pxelinux_config config;
	struct error err;

	(void)state;
	assert_int_equal(pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err), 0);
	assert_null(config.ui);
	assert_int_equal(config.start_menu, 0);
	pxelinux_free(&config);
	choice.menu = true;
	assert_int_equal(pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err), 0);
	assert_string_equal(config.ui, "menu.c32");
	assert_int_equal(config.start_menu, 1);
	pxelinux_free(&config);
	choice.kernel = (char *)"far new";
	assert_int_equal(pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err), 0);
	assert_string_equal(config.ui, "menu.c32");
	pxelinux_free(&config);
}

/* menu.txt, USING AN ALTERNATE CONFIGURATION FILE: "~" is the main configuration file, also in a
 * file that a menu has read; only CONFIG makes another one the main configuration. */
static void test_follow_to_main(void **state)
{
	struct server s = {.file = {{"boot/cfg", "LABEL other\nKERNEL menu.c32\nAPPEND new\n"},
				    {"boot/new", "INCLUDE ~\nLABEL main\nKERNEL menu.c32\n"},
				    {"boot/graphics", "MENU TITLE Main\n"}}};
	static const struct {
		const char *names;
		bool menu;
		const char *file, *shown, *asked;
	} steps[] = {
		{"new", true, "boot/cfg", "boot/new", "boot/new boot/cfg "},
		{"graphics ~", true, "boot/cfg", "boot/cfg", "boot/graphics boot/cfg "},
		{"new", true, "boot/cfg", "boot/new", "boot/new boot/cfg "},
		{"~", true, "boot/cfg", "boot/cfg", "boot/cfg "},
		{"new", false, "boot/new", "boot/new", "boot/new boot/new "},
		{"~", true, "boot/new", "boot/new", "boot/new boot/new "},
	};
	const struct pxelinux_reader reader = {.read = serve, .ctx = &s};
	struct url base = at("boot/"), file = at("boot/cfg"), shown = file;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct pxelinux_choice choice = {.type = PXELINUX_CONFIG,
						 .kernel = (char *)steps[i].names,
						 .args = (char *)"",
						 .menu = steps[i].menu};
		struct pxelinux_config config;

		s.asked[0] = '\0';
		if (pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err))
			fail_msg("%s", err.text);
		assert_string_equal(file.path, steps[i].file);
		assert_string_equal(shown.path, steps[i].shown);
		assert_string_equal(s.asked, steps[i].asked);
		pxelinux_free(&config);
	}
}

/* Configurations that lead to each other end somewhere, but a person may go round in menus for as
 * long as it pleases. */
static void test_hops(void **state)
{
	struct pxelinux_choice by_itself = {.type = PXELINUX_CONFIG};
	struct pxelinux_choice chosen = {.type = PXELINUX_CONFIG, .person = true};
	unsigned int hops = 0;
	struct error err;

	(void)state;
	for (int i = 0; i < PXELINUX_HOPS_MAX; i++)
		assert_int_equal(pxelinux_hop(&hops, &by_itself, &err), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(pxelinux_hop(&hops, &chosen, &err), 0);
	for (int i = 0; i < PXELINUX_HOPS_MAX; i++)
		assert_int_equal(pxelinux_hop(&hops, &by_itself, &err), 0);
	assert_int_equal(pxelinux_hop(&hops, &by_itself, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "more than 16 CONFIG directives"));
}

static void test_follow_missing(void **state)
{
	struct server s = {0};
	const struct pxelinux_reader reader = {.read = serve, .ctx = &s};
	struct url base = at("boot/"), file = at("boot/cfg"), shown = file;
	struct pxelinux_choice choice = {
		.type = PXELINUX_CONFIG, .kernel = (char *)"new", .args = (char *)"dir"};
	struct pxelinux_config config;
	struct error err;

	(void)state;
	assert_int_equal(pxelinux_follow(&reader, &base, &file, &shown, &choice, &config, &err),
			 -1);
	assert_int_equal(err.class, ERR_NOT_FOUND);
	assert_string_equal(base.path, "boot/");
	assert_string_equal(file.path, "boot/cfg");
	assert_string_equal(shown.path, "boot/cfg");
}

static int count_missed(void *ctx, struct error *err)
{
	struct server *s = ctx;

	strcat(s->asked, err->class == ERR_TIMEOUT ? "(silent) " : "(none) ");
	snprintf(s->said, sizeof(s->said), "%s", err->text);
	return 0;
}

/* The time is up as soon as a name is asked for again. */
static int miss_once(void *ctx, struct error *err)
{
	struct server *s = ctx;

	if (!strstr(s->asked, "boot/c/two "))
		return 0;
	strcat(s->asked, "(late) ");
	return error_set(err, ERR_TIMEOUT, "late");
}

static int give_up(void *ctx, struct error *err)
{
	(void)ctx;
	return error_set(err, ERR_TIMEOUT, "enough");
}

static int find(struct server *s, int (*missed)(void *ctx, struct error *err), struct url *file,
		struct error *err)
{
	const struct pxelinux_reader reader = {.read = serve, .missed = missed, .ctx = s};
	const struct pxelinux_search search = {.n = 3, .name = {"c/one", "http://x/y", "c/two"}};
	const struct url base = at("boot/");
	struct pxelinux_config config;
	int ret = pxelinux_find(&reader, &base, &search, file, &config, err);

	if (!ret)
		pxelinux_free(&config);
	return ret;
}

static void test_find(void **state)
{
	struct server found = {.file = {{"boot/c/two", "LABEL x\n"}}};
	struct server silent = {.file = {{"boot/c/one", NULL}}};
	struct server half = {.file = {{"boot/c/one", "INCLUDE a\n"},
				       {"boot/a", NULL},
				       {"boot/c/two", "LABEL x\n"}}};
	struct server none = {0};
	struct error err;
	struct url file;

	(void)state;
	assert_int_equal(find(&found, count_missed, &file, &err), 0);
	assert_string_equal(file.path, "boot/c/two");
	assert_string_equal(found.asked, "boot/c/one (none) (none) boot/c/two ");
	assert_int_equal(find(&none, give_up, &file, &err), -1);
	assert_string_equal(err.text, "enough");
	assert_string_equal(none.asked, "boot/c/one ");
	/* what else was heard is told, not just that nothing was found */
	assert_int_equal(find(&silent, count_missed, &file, &err), -1);
	assert_int_not_equal(err.class, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "no configuration: "));
	/* a configuration whose other half does not come is no reason to boot another one */
	assert_int_equal(find(&half, count_missed, &file, &err), -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_string_equal(half.asked, "boot/c/one boot/a ");
}

/* A server that was silent or busy when it was asked for the guest's own name, and then has another
 * name that is good for every guest: the guest's own one counts if it is there after all. */
static void test_find_again(void **state)
{
	static const enum error_class first[] = {ERR_TIMEOUT, ERR_SERVER};
	struct error err;
	struct url file;

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		struct server busy = {
			.file = {{"boot/c/one", "LABEL x\n"}, {"boot/c/two", "LABEL y\n"}},
			.busy = {first[i]}};

		assert_int_equal(find(&busy, NULL, &file, &err), 0);
		assert_string_equal(file.path, "boot/c/one");
		assert_string_equal(busy.asked, "boot/c/one boot/c/two boot/c/one ");
	}
}

static void test_find_again_in_vain(void **state)
{
	struct server silent = {.file = {{"boot/c/one", NULL}, {"boot/c/two", "LABEL x\n"}}};
	struct server late = {.file = {{"boot/c/one", NULL}, {"boot/c/two", "LABEL x\n"}}};
	struct server gone = {.file = {{"boot/c/one", NULL}, {"boot/c/two", "LABEL x\n"}},
			      .gone = true};
	struct error err;
	struct url file;

	(void)state;
	assert_int_equal(find(&silent, count_missed, &file, &err), 0);
	assert_string_equal(file.path, "boot/c/two");
	assert_string_equal(silent.asked,
			    "boot/c/one (silent) (none) boot/c/two boot/c/one (silent) ");
	assert_string_equal(silent.said, "skipped, asked for twice: boot/c/one: no answer");
	/* what was found is not lost when the time is up */
	assert_int_equal(find(&late, miss_once, &file, &err), 0);
	assert_string_equal(file.path, "boot/c/two");
	assert_string_equal(late.asked, "boot/c/one boot/c/two boot/c/one (late) ");

	/* it is not there, the server says, now that it talks: nothing was skipped */
	assert_int_equal(find(&gone, count_missed, &file, &err), 0);
	assert_string_equal(file.path, "boot/c/two");
	assert_string_equal(gone.said, "boot/c/one: file not found");
}

static void test_base(void **state)
{
	static const struct {
		const char *bootfile, *prefix, *path;
	} cases[] = {
		{"pxelinux.0", NULL, ""},
		{"boot/x/pxelinux.0", NULL, "boot/x/"},
		{"boot/x/pxelinux.0", "", ""},
		{"boot/x/pxelinux.0", "other/", "other/"},
		{"", NULL, ""},
	};
	struct error err;
	struct url base;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lease lease = {.next_server.s_addr = 0x010200c0};

		strcpy(lease.bootfile, cases[i].bootfile);
		lease.has_pxe_prefix = cases[i].prefix != NULL;
		if (cases[i].prefix)
			strcpy(lease.pxe_prefix, cases[i].prefix);
		assert_int_equal(pxelinux_base(&base, &lease, &err), 0);
		assert_string_equal(base.path, cases[i].path);
		assert_int_equal(base.server.s_addr, 0x010200c0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_included_files), cmocka_unit_test(test_silent_server),
		cmocka_unit_test(test_follow),	       cmocka_unit_test(test_follow_missing),
		cmocka_unit_test(test_follow_as_menu), cmocka_unit_test(test_follow_to_main),
		cmocka_unit_test(test_hops),	       cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_again),     cmocka_unit_test(test_find_again_in_vain),
		cmocka_unit_test(test_base),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
