/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser itself: settings, bounds, and what is left after an error. What a configuration
 * means is in tests/unit/pxelinux/.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/pxelinux.h"

static void parse(const char *text, struct pxelinux_config *config)
{
	struct error err;

	if (pxelinux_parse((const uint8_t *)text, strlen(text), NULL, config, &err))
		fail_msg("%s", err.text);
}

static void test_defaults(void **state)
{
	struct pxelinux_config config;

	(void)state;
	parse("", &config);
	assert_int_equal(config.n_entry, 0);
	assert_null(config.default_line);
	assert_null(config.ontimeout);
	assert_null(config.onerror);
	assert_null(config.ui);
	assert_string_equal(config.append, "");
	assert_int_equal(config.timeout, 0);
	assert_int_equal(config.total_timeout, 0);
	/* syslinux.txt: IMPLICIT and ALLOWOPTIONS are on, PROMPT and NOESCAPE off. */
	assert_true(config.implicit);
	assert_true(config.allow_options);
	assert_false(config.prompt);
	assert_false(config.noescape);
	pxelinux_free(&config);
}

static void test_settings(void **state)
{
	struct pxelinux_config config;

	(void)state;
	parse("DEFAULT a b\nUI menu.c32 x.cfg\nTIMEOUT 50\nTOTALTIMEOUT 9000\nONTIMEOUT c d\n"
	      "ONERROR e f\nPROMPT 1\nIMPLICIT 0\nALLOWOPTIONS 0\nNOESCAPE 1\nSYSAPPEND 3\n"
	      "APPEND g h\n",
	      &config);
	assert_string_equal(config.default_line, "a b");
	assert_string_equal(config.ui, "menu.c32 x.cfg");
	assert_int_equal(config.timeout, 50);
	assert_int_equal(config.total_timeout, 9000);
	assert_string_equal(config.ontimeout, "c d");
	assert_string_equal(config.onerror, "e f");
	assert_string_equal(config.append, "g h");
	assert_true(config.prompt);
	assert_false(config.implicit);
	assert_false(config.allow_options);
	assert_true(config.noescape);
	assert_int_equal(config.sysappend, 3);
	assert_int_equal(config.n_warning, 0);
	pxelinux_free(&config);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned int timeout;
	} cases[] = {
		{"TIMEOUT 0\n", 0},	      {"TIMEOUT\n", 0},
		{"TIMEOUT -5\n", 0},	      {"TIMEOUT x\n", 0},
		{"TIMEOUT 10 seconds\n", 10}, {"TIMEOUT 99999999999999999999\n", 2147483647},
		{"timeout\t30\r\n", 30},
	};
	struct pxelinux_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(cases[i].text, &config);
		assert_int_equal(config.timeout, cases[i].timeout);
		pxelinux_free(&config);
	}
}

static void test_entry_fields(void **state)
{
	struct pxelinux_config config;
	const struct pxelinux_entry *e;

	(void)state;
	parse("# one\n\nLABEL x\nMENU LABEL ^Start ^it\nKERNEL k a\nINITRD i\nMENU DEFAULT\n"
	      "IPAPPEND 2\n"
	      "LABEL y\r\nLOCALBOOT\r\n",
	      &config);
	assert_int_equal(config.n_entry, 2);
	e = &config.entry[0];
	assert_string_equal(e->label, "x");
	assert_string_equal(e->menu_label, "Start it");
	assert_string_equal(e->kernel, "k a");
	assert_string_equal(e->directive, "KERNEL");
	assert_string_equal(e->initrd, "i");
	assert_string_equal(e->append, "");
	assert_int_equal(e->sysappend, 2);
	assert_int_equal(e->hotkey, 's');
	assert_int_equal(config.menu[0].default_entry, 0);
	assert_int_equal(e->line, 3);
	e = &config.entry[1];
	assert_null(e->menu_label);
	assert_int_equal(e->type, PXELINUX_LOCALBOOT);
	assert_string_equal(e->kernel, "");
	assert_int_equal(e->line, 9);
	pxelinux_free(&config);
}

static void test_not_terminated(void **state)
{
	/* Exactly as many bytes as said: ASan watches the one behind. */
	static const char text[] = "LABEL a\nKERNEL vmlinuz";
	struct pxelinux_config config;
	struct error err;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, text, len);
		assert_int_equal(pxelinux_parse(copy, len, NULL, &config, &err), 0);
		free(copy);
		pxelinux_free(&config);
	}
}

static char *many_labels(size_t n)
{
	char *text = malloc(n * 16 + 1);

	assert_non_null(text);
	text[0] = '\0';
	for (size_t i = 0, at = 0; i < n; i++)
		at += (size_t)sprintf(text + at, "LABEL l%zu\n", i);
	return text;
}

static void test_thousands_of_labels(void **state)
{
	struct pxelinux_config config;
	char *text = many_labels(PXELINUX_ENTRY_MAX);

	(void)state;
	parse(text, &config);
	assert_int_equal(config.n_entry, PXELINUX_ENTRY_MAX);
	assert_string_equal(config.entry[PXELINUX_ENTRY_MAX - 1].label, "l8191");
	pxelinux_free(&config);
	free(text);
}

static void test_too_many_labels(void **state)
{
	struct pxelinux_config config;
	struct error err;
	char *text = many_labels(PXELINUX_ENTRY_MAX + 1);

	(void)state;
	assert_int_equal(pxelinux_parse((uint8_t *)text, strlen(text), NULL, &config, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "line 8193: more than 8192 labels"));
	assert_null(config.entry);
	assert_null(config.text);
	assert_int_equal(config.n_entry, 0);
	free(text);
}

static void test_many_warnings(void **state)
{
	struct pxelinux_config config;
	char text[100 * 7 + 1] = "";

	(void)state;
	for (size_t i = 0; i < 100; i++)
		strcat(text, "bogus\n");
	parse(text, &config);
	assert_int_equal(config.n_warning, 100);
	assert_int_equal(config.warning[PXELINUX_WARNING_MAX - 1].line, PXELINUX_WARNING_MAX);
	pxelinux_free(&config);
}

static void test_long_line(void **state)
{
	/* Ten times syslinux's own limit: read whole, so that the length named later is true. */
	size_t len = 40960;
	char *text = malloc(len + 64);
	struct pxelinux_config config;

	(void)state;
	assert_non_null(text);
	strcpy(text, "LABEL a\nAPPEND ");
	memset(text + strlen(text), 'x', len + 1);
	text[15 + len] = '\0';
	parse(text, &config);
	assert_int_equal(strlen(config.entry[0].append), len);
	assert_int_equal(config.n_warning, 0);
	pxelinux_free(&config);
	memset(text, '?', len);
	parse(text, &config);
	assert_int_equal(config.n_warning, 1);
	assert_true(strlen(config.warning[0].text) < sizeof(config.warning[0].text));
	pxelinux_free(&config);
	free(text);
}

static void test_inherited_append_is_shared(void **state)
{
	/* 4000 labels below a global APPEND of 4000 bytes cost no 16 MB. */
	struct pxelinux_config config;
	char *labels = many_labels(4000);
	char *text = malloc(strlen(labels) + 4096);

	(void)state;
	assert_non_null(text);
	strcpy(text, "APPEND ");
	memset(text + 7, 'x', 4000);
	strcpy(text + 4007, "\n");
	strcat(text, labels);
	parse(text, &config);
	assert_ptr_equal(config.entry[0].append, config.append);
	assert_ptr_equal(config.entry[3999].append, config.append);
	pxelinux_free(&config);
	free(labels);
	free(text);
}

static void test_utf16(void **state)
{
	static const uint8_t little[] = {0xff, 0xfe, 'L', 0}, big[] = {0xfe, 0xff, 0, 'L'};
	struct pxelinux_config config;
	struct error err;

	(void)state;
	assert_int_equal(pxelinux_parse(little, sizeof(little), NULL, &config, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "UTF-16"));
	assert_int_equal(pxelinux_parse(big, sizeof(big), NULL, &config, &err), -1);
	assert_null(config.text);
}

/* Files "0", "1", ... each of which includes the next. */
static int read_next(void *ctx, const char *name, uint8_t **text, size_t *len, struct error *err)
{
	unsigned int *read = ctx;

	(void)err;
	++*read;
	*text = malloc(64);
	assert_non_null(*text);
	*len = (size_t)sprintf((char *)*text, "LABEL l%s\nINCLUDE %u\n", name,
			       (unsigned int)atoi(name) + 1);
	return 0;
}

static void test_include_depth(void **state)
{
	static const char text[] = "INCLUDE 1\n";
	struct pxelinux_config config;
	unsigned int read = 0;
	struct pxelinux_include include = {.read = read_next, .ctx = &read};
	struct error err;

	(void)state;
	/* syslinux.cfg(5): "nested up to 16 levels deep" */
	assert_int_equal(
		pxelinux_parse((const uint8_t *)text, strlen(text), &include, &config, &err), 0);
	assert_int_equal(read, 16);
	assert_int_equal(config.n_entry, 16);
	assert_int_equal(config.n_warning, 1);
	assert_string_equal(config.warning[0].file, "16");
	assert_non_null(strstr(config.warning[0].text, "more than 16 files in each other"));
	pxelinux_free(&config);
}

static int read_same(void *ctx, const char *name, uint8_t **text, size_t *len, struct error *err)
{
	size_t *size = ctx;

	(void)name;
	(void)err;
	*text = malloc(*size);
	assert_non_null(*text);
	memset(*text, '#', *size);
	*len = *size;
	return 0;
}

static void include_many(size_t n, size_t size, const char *complaint)
{
	char *text = malloc(n * 10 + 1);
	struct pxelinux_include include = {.read = read_same, .ctx = &size};
	struct pxelinux_config config;
	struct error err = {0};
	int ret;

	assert_non_null(text);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		strcat(text, "INCLUDE a\n");
	ret = pxelinux_parse((uint8_t *)text, strlen(text), &include, &config, &err);
	if (complaint) {
		assert_int_equal(ret, -1);
		assert_int_equal(err.class, ERR_CONFIG);
		assert_non_null(strstr(err.text, complaint));
		assert_null(config.text);
	} else {
		assert_int_equal(ret, 0);
		pxelinux_free(&config);
	}
	free(text);
}

static void test_include_bounds(void **state)
{
	(void)state;
	include_many(PXELINUX_FILES_MAX, 1, NULL);
	include_many(PXELINUX_FILES_MAX + 1, 1, "more than 128 INCLUDEs");
	include_many(3, 1024UL * 1024, NULL);
	include_many(4, 1024UL * 1024, "more than 4194304 bytes");
}

static void test_too_many_menus(void **state)
{
	static const char line[] = "MENU BEGIN\n";
	size_t len = strlen(line) * (PXELINUX_MENU_MAX + 1);
	char *text = malloc(len + 1);
	struct pxelinux_config config;
	struct error err;

	(void)state;
	assert_non_null(text);
	for (size_t at = 0; at < len; at += strlen(line))
		strcpy(text + at, line);
	assert_int_equal(pxelinux_parse((uint8_t *)text, len - strlen(line), NULL, &config, &err),
			 0);
	assert_int_equal(config.n_menu, PXELINUX_MENU_MAX + 1);
	pxelinux_free(&config);
	assert_int_equal(pxelinux_parse((uint8_t *)text, len, NULL, &config, &err), -1);
	assert_non_null(strstr(err.text, "more than 512 submenus"));
	free(text);
}

static void test_labels_listed_are_cut(void **state)
{
	struct pxelinux_config config;
	struct pxelinux_choice choice;
	struct pxelinux_sysinfo info = {0};
	struct error err;
	char *text = many_labels(1000);

	(void)state;
	parse(text, &config);
	assert_int_equal(pxelinux_choose(&config, "nosuch", &info, &choice, &err), -1);
	assert_non_null(strstr(err.text, "its labels are: l0, l1, l2"));
	assert_string_equal(err.text + strlen(err.text) - 3, "...");
	assert_null(choice.label);
	assert_null(choice.args);
	pxelinux_free(&config);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_entry_fields),
		cmocka_unit_test(test_not_terminated),
		cmocka_unit_test(test_thousands_of_labels),
		cmocka_unit_test(test_too_many_labels),
		cmocka_unit_test(test_many_warnings),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_inherited_append_is_shared),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_include_depth),
		cmocka_unit_test(test_include_bounds),
		cmocka_unit_test(test_too_many_menus),
		cmocka_unit_test(test_labels_listed_are_cut),
	};

	return cmocka_run_group_tests_name("pxelinux_parse", tests, NULL, NULL);
}
