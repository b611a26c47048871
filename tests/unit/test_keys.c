/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "policy/keys.h"

static void parse(const char *line, struct keys *keys)
{
	struct error err;

	if (keys_parse(line, keys, &err))
		fail_msg("\"%s\": %s", line, err.text);
}

static void test_defaults(void **state)
{
	struct keys keys;

	(void)state;
	parse("console=hvc0 quiet root=/dev/xvda1 notxenpxe.boot=local", &keys);
	assert_int_equal(keys.n_boot, 2);
	assert_int_equal(keys.boot[0], WAY_NET);
	assert_int_equal(keys.boot[1], WAY_LOCAL);
	assert_int_equal(keys.timeout_s, 60);
	assert_int_equal(keys.fail, FAIL_RETRY);
	assert_string_equal(keys.label, "");
	assert_string_equal(keys.entry, "");
	assert_string_equal(keys.kernel, "");
	assert_string_equal(keys.ramdisk, "");
	assert_int_equal(keys.server.s_addr, 0);
	assert_string_equal(keys.config_dir, "");
	assert_string_equal(keys.config, "");
	assert_string_equal(keys.vif, "");
	assert_int_equal(keys.form, CONSOLE_FORM_FULL);
	assert_false(keys.console_add);
	assert_int_equal(keys.level, CONSOLE_NORMAL);
	assert_string_equal(keys.tail, "");
	assert_int_equal(keys.n_warning, 0);
}

static void test_every_key(void **state)
{
	struct keys keys;
	char addr[INET_ADDRSTRLEN];

	(void)state;
	parse("xenpxe.boot=rescue,local,net xenpxe.timeout=90 xenpxe.fail=crash "
	      "xenpxe.label=linux xenpxe.entry=2 xenpxe.kernel=/vmlinuz "
	      "xenpxe.ramdisk=/a,/b xenpxe.server=192.0.2.7 "
	      "xenpxe.config-dir=guests xenpxe.config=192.0.2.8::x/y xenpxe.vif=00:16:3e:00:00:01 "
	      "xenpxe.console=plain xenpxe.verbose xenpxe.ip=192.0.2.9::192.0.2.254 "
	      "xenpxe.clientid=web-1",
	      &keys);
	assert_string_equal(keys.ip, "192.0.2.9::192.0.2.254");
	assert_string_equal(keys.client_id, "web-1");
	assert_int_equal(keys.n_boot, 3);
	assert_int_equal(keys.boot[0], WAY_RESCUE);
	assert_int_equal(keys.boot[1], WAY_LOCAL);
	assert_int_equal(keys.boot[2], WAY_NET);
	assert_int_equal(keys.timeout_s, 90);
	assert_int_equal(keys.fail, FAIL_CRASH);
	assert_string_equal(keys.label, "linux");
	assert_string_equal(keys.entry, "2");
	assert_string_equal(keys.kernel, "/vmlinuz");
	assert_string_equal(keys.ramdisk, "/a,/b");
	assert_string_equal(inet_ntop(AF_INET, &keys.server, addr, sizeof(addr)), "192.0.2.7");
	assert_string_equal(keys.config_dir, "guests");
	assert_string_equal(keys.config, "192.0.2.8::x/y");
	assert_string_equal(keys.vif, "00:16:3e:00:00:01");
	assert_int_equal(keys.form, CONSOLE_FORM_PLAIN);
	assert_int_equal(keys.level, CONSOLE_VERBOSE);
	assert_int_equal(keys.n_warning, 0);
}

static void test_fail_actions(void **state)
{
	static const char *const lines[] = {"xenpxe.fail=retry", "xenpxe.fail=poweroff",
					    "xenpxe.fail=reboot", "xenpxe.fail=crash",
					    "xenpxe.fail=rescue"};
	struct keys keys;

	(void)state;
	for (int i = 0; i < 5; i++) {
		parse(lines[i], &keys);
		assert_int_equal(keys.fail, i);
		assert_string_equal(fail_action_name(keys.fail), lines[i] + 12);
	}
	assert_string_equal(way_name(WAY_NET), "net");
	assert_string_equal(way_name(WAY_LOCAL), "local");
	assert_string_equal(way_name(WAY_RESCUE), "rescue");
}

static void test_console_and_levels(void **state)
{
	struct keys keys;

	(void)state;
	parse("xenpxe.console=add", &keys);
	assert_int_equal(keys.form, CONSOLE_FORM_FULL);
	assert_true(keys.console_add);
	parse("xenpxe.console=plain,add", &keys);
	assert_int_equal(keys.form, CONSOLE_FORM_PLAIN);
	assert_true(keys.console_add);
	parse("xenpxe.console=add xenpxe.console=full", &keys); /* the last counts */
	assert_false(keys.console_add);
	parse("xenpxe.quiet", &keys);
	assert_int_equal(keys.level, CONSOLE_QUIET);
	parse("xenpxe.quiet=yes", &keys);
	assert_int_equal(keys.level, CONSOLE_QUIET);
	parse("xenpxe.quiet=1", &keys);
	assert_int_equal(keys.level, CONSOLE_QUIET);
	parse("xenpxe.quiet xenpxe.verbose=1", &keys);
	assert_int_equal(keys.level, CONSOLE_VERBOSE);
	parse("xenpxe.verbose xenpxe.verbose=0", &keys);
	assert_int_equal(keys.level, CONSOLE_NORMAL);
	parse("xenpxe.verbose xenpxe.quiet=0", &keys);
	assert_int_equal(keys.level, CONSOLE_VERBOSE);
}

static void test_last_counts(void **state)
{
	struct keys keys;

	(void)state;
	parse("xenpxe.label=a xenpxe.label=b xenpxe.boot=local xenpxe.boot=net", &keys);
	assert_string_equal(keys.label, "b");
	assert_int_equal(keys.n_boot, 1);
	assert_int_equal(keys.boot[0], WAY_NET);
}

/* Linux lib/cmdline.c, next_arg(). */
static void test_quotes_as_the_kernel(void **state)
{
	static const struct {
		const char *line, *label;
	} cases[] = {
		{"xenpxe.label=\"a b\"", "a b"},
		{"\"xenpxe.label=a b\"", "a b"},
		{"xenpxe.label=a\" \"b", "a\" \"b"},
		{"xenpxe.label=\"a b\"c d", "a b\"c"},
		{"xenpxe.label=\"a b", "a b"},
		{"xenpxe.label=a=b", "a=b"},
		{"xenpxe.label=\"\" x", ""},
		{"  \t xenpxe.label=a\tx", "a"},
		{"x=\"xenpxe.label=a\" y", ""},
		{"\"x xenpxe.label=a\"", ""},
		{"xenpxe.label", ""},
		{"xenpxe.label=", ""},
		{"xenpxe.label=\"", ""},
		{"\"", ""},
		{"", ""},
	};
	struct keys keys;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(cases[i].line, &keys);
		assert_string_equal(keys.label, cases[i].label);
	}
}

static void test_dash_and_underscore(void **state)
{
	struct keys keys;

	(void)state;
	parse("xenpxe.config_dir=guests", &keys);
	assert_string_equal(keys.config_dir, "guests");
	assert_int_equal(keys.n_warning, 0);
}

static void test_tail(void **state)
{
	static const struct {
		const char *line, *label, *tail;
	} cases[] = {
		{"xenpxe.label=a -- root=/dev/xvda1", "a", "root=/dev/xvda1"},
		/* Byte by byte: spaces, quotes, and a second separator. */
		{"xenpxe.label=a --  x=\"b  c\"\ty  -- z ", "a", " x=\"b  c\"\ty  -- z "},
		/* What is behind it is not ours. */
		{"xenpxe.label=a -- xenpxe.label=b", "a", "xenpxe.label=b"},
		{"-- root=/dev/xvda1", "", "root=/dev/xvda1"},
		{"xenpxe.label=a --", "a", ""},
		{"xenpxe.label=a -- ", "a", ""},
		{"--", "", ""},
		{"", "", ""},
		/* No separators. */
		{"xenpxe.label=a --x --- y--", "a", ""},
		{"a--b xenpxe.label=a", "a", ""},
		/* An open quote hides nothing. */
		{"xenpxe.label=\"a -- root=/dev/xvda1", "a ", "root=/dev/xvda1"},
	};
	struct keys keys;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse(cases[i].line, &keys);
		assert_string_equal(keys.label, cases[i].label);
		assert_string_equal(keys.tail, cases[i].tail);
	}
}

static void test_unknown_key(void **state)
{
	struct keys keys;

	(void)state;
	parse("xenpxe.colour=red xenpxe.l\x01=x xenpxe.labels=y xenpxe.=z xenpxe.lab=q", &keys);
	assert_int_equal(keys.n_warning, 5);
	assert_non_null(strstr(keys.warning[0], "xenpxe.colour is no key"));
	assert_non_null(strstr(keys.warning[1], "xenpxe.l\\x01 is no key"));
	assert_string_equal(keys.label, "");
}

static void test_warnings_are_bounded(void **state)
{
	struct keys keys;
	char line[2048] = "";

	(void)state;
	for (int i = 0; i < 20; i++)
		strcat(line,
		       "xenpxe.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ");
	parse(line, &keys);
	assert_int_equal(keys.n_warning, 8);
}

static void check_bad(const char *line, const char *what)
{
	struct keys keys;
	struct error err = {0};

	assert_int_equal(keys_parse(line, &keys, &err), -1);
	assert_int_equal(err.class, ERR_USAGE);
	if (!strstr(err.text, what))
		fail_msg("\"%s\" is not in: %s", what, err.text);
	/* What is wrong stays at its default. */
	assert_int_equal(keys.timeout_s, 60);
	assert_int_equal(keys.n_boot, 2);
	assert_int_equal(keys.fail, FAIL_RETRY);
	assert_int_equal(keys.server.s_addr, 0);
	assert_int_equal(keys.level, CONSOLE_NORMAL);
	assert_false(keys.console_add);
}

static void test_wrong_values(void **state)
{
	(void)state;
	check_bad("xenpxe.timeout=0", "xenpxe.timeout=0: allowed is seconds from 1 to 86400");
	check_bad("xenpxe.timeout=86401", "xenpxe.timeout=86401");
	check_bad("xenpxe.timeout=-1", "xenpxe.timeout=-1");
	check_bad("xenpxe.timeout=1m", "xenpxe.timeout=1m");
	check_bad("xenpxe.timeout=99999999999999999999", "xenpxe.timeout=9");
	check_bad("xenpxe.timeout", "xenpxe.timeout=:");
	check_bad("xenpxe.boot=", "xenpxe.boot=: allowed is a comma list of net, local, rescue");
	check_bad("xenpxe.boot=disk", "xenpxe.boot=disk");
	check_bad("xenpxe.boot=net,", "xenpxe.boot=net,");
	check_bad("xenpxe.boot=net,net", "each at most once");
	check_bad("xenpxe.boot=net,local,rescue,net", "each at most once");
	check_bad("xenpxe.boot=NET", "xenpxe.boot=NET");
	check_bad("xenpxe.fail=halt", "retry, poweroff, reboot, crash or rescue");
	check_bad("xenpxe.server=boot.example.org", "an IPv4 address such as 192.0.2.1");
	check_bad("xenpxe.server=", "an IPv4 address");
	check_bad("xenpxe.console=vga", "full, plain, add");
	check_bad("xenpxe.console=add,vga", "full, plain, add");
	check_bad("xenpxe.quiet=maybe", "xenpxe.quiet=maybe");
	check_bad("xenpxe.fail=\x1b[2J", "xenpxe.fail=\\x1b[2J");
}

static void test_wrong_and_right(void **state)
{
	struct keys keys;
	struct error err;

	(void)state;
	assert_int_equal(
		keys_parse("xenpxe.timeout=x xenpxe.label=a xenpxe.fail=x xenpxe.vif=1 -- t", &keys,
			   &err),
		-1);
	assert_non_null(strstr(err.text, "xenpxe.timeout=x"));
	assert_int_equal(keys.n_warning, 1);
	assert_non_null(strstr(keys.warning[0], "xenpxe.fail=x"));
	assert_string_equal(keys.label, "a");
	assert_string_equal(keys.vif, "1");
	assert_string_equal(keys.tail, "t");
	/* Nobody has to care. */
	assert_int_equal(keys_parse("xenpxe.timeout=x", &keys, NULL), -1);
}

static void check_length(const char *key, size_t longest)
{
	struct keys keys;
	struct error err;
	char line[1200];
	size_t at;

	strcpy(line, "xenpxe.");
	strcat(line, key);
	strcat(line, "=");
	at = strlen(line);
	memset(line + at, 'x', longest);
	line[at + longest] = '\0';
	assert_int_equal(keys_parse(line, &keys, &err), 0);
	strcat(line, "x");
	assert_int_equal(keys_parse(line, &keys, &err), -1);
}

static void test_lengths(void **state)
{
	struct keys keys;
	struct error err;
	char *line = calloc(1, 2049);

	(void)state;
	check_length("label", 255);
	check_length("entry", 255);
	check_length("kernel", 511);
	check_length("ramdisk", 511);
	check_length("config-dir", 255);
	check_length("config", 511);
	check_length("vif", 63);
	check_length("clientid", 63);

	/* A tail may be all there is. */
	assert_non_null(line);
	memset(line, 'x', 2047);
	memcpy(line, "-- ", 3);
	assert_int_equal(keys_parse(line, &keys, &err), 0);
	assert_int_equal(strlen(keys.tail), 2044);
	memset(line, 'x', 2048);
	assert_int_equal(keys_parse(line, &keys, &err), -1);
	assert_non_null(strstr(err.text, "2048 bytes"));
	assert_string_equal(keys.tail, "");
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_fail_actions),
		cmocka_unit_test(test_console_and_levels),
		cmocka_unit_test(test_last_counts),
		cmocka_unit_test(test_quotes_as_the_kernel),
		cmocka_unit_test(test_dash_and_underscore),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_unknown_key),
		cmocka_unit_test(test_warnings_are_bounded),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_wrong_and_right),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
