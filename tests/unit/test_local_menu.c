/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk's boot menu as the console's menu: pages, order, where the cursor is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "localboot/menu.h"

static void add(struct local_menu *menu, const char *submenu, const char *title)
{
	struct error err;
	struct local_entry *e = local_menu_add(menu, &err);

	assert_non_null(e);
	assert_int_equal(local_entry_set(&e->submenu, submenu, strlen(submenu), &err), 0);
	assert_int_equal(local_entry_set(&e->title, title, strlen(title), &err), 0);
	assert_int_equal(local_entry_set(&e->args, "quiet", 5, &err), 0);
}

/* "PAGE KIND TITLE" of each entry */
static void expect_entries(const struct local_ask *ask, const char *const lines[], size_t n)
{
	assert_int_equal(ask->menu.n_entry, n);
	for (size_t i = 0; i < n; i++) {
		const struct menu_entry *e = &ask->menu.entry[i];
		char line[100];

		snprintf(line, sizeof(line), "%zu %s%s", e->page, e->kind == MENU_GOTO ? "> " : "",
			 e->title);
		assert_string_equal(line, lines[i]);
	}
}

static void submenus(void **state)
{
	static const char *const lines[] = {"0 Debian",	 "0 > Older",	  "1 6.1", "1 > Rescue",
					    "2 6.1 (1)", "0 Memory test", "1 5.10"};
	struct local_menu menu = {.n = 0};
	struct local_ask ask;
	struct error err;

	(void)state;
	add(&menu, "", "Debian");
	add(&menu, "Older", "6.1");
	add(&menu, "Older>Rescue", "6.1 (1)");
	add(&menu, "", "Memory test");
	add(&menu, "Older", "5.10");
	menu.chosen = 2;
	assert_int_equal(local_ask_make(&menu, 60, &ask, &err), 0);
	expect_entries(&ask, lines, 7);
	assert_int_equal(ask.menu.n_page, 3);
	assert_string_equal(ask.menu.page[1].title, "Older");
	assert_int_equal(ask.menu.page[1].parent, 0);
	assert_string_equal(ask.menu.page[2].title, "Rescue");
	assert_int_equal(ask.menu.page[2].parent, 1);
	assert_int_equal(ask.menu.entry[1].target, 1);
	assert_int_equal(ask.menu.entry[3].target, 2);
	/* the cursor is on what boots by itself */
	assert_int_equal(ask.menu.start, 2);
	assert_int_equal(ask.menu.page[2].chosen, 4);
	assert_int_equal(ask.menu.entry[4].id, 2);
	assert_string_equal(ask.menu.entry[4].command, "quiet");
	local_ask_free(&ask);
	local_menu_free(&menu);
}

static void timeouts(void **state)
{
	struct local_menu menu = {.n = 0};
	struct local_ask ask;
	struct error err;

	(void)state;
	add(&menu, "", "Debian");
	assert_int_equal(local_ask_make(&menu, 60, &ask, &err), 0);
	assert_int_equal(ask.menu.timeout_ms, 60000);
	local_ask_free(&ask);
	menu.has_timeout = true;
	menu.timeout_s = 7;
	assert_int_equal(local_ask_make(&menu, 60, &ask, &err), 0);
	assert_int_equal(ask.menu.timeout_ms, 7000);
	local_ask_free(&ask);
	/* Who pressed a key is not to be left with no time at all. */
	menu.timeout_s = 0;
	assert_int_equal(local_ask_make(&menu, 60, &ask, &err), 0);
	assert_int_equal(ask.menu.timeout_ms, 60000);
	local_ask_free(&ask);
	local_menu_free(&menu);
}

static void what_cannot_boot(void **state)
{
	struct local_menu menu = {.n = 0};
	struct local_ask ask;
	struct error err;

	(void)state;
	add(&menu, ">", "odd submenu");
	assert_int_equal(local_entry_set(&menu.entry[0].problem, "no kernel", 9, &err), 0);
	assert_int_equal(local_ask_make(&menu, 60, &ask, &err), 0);
	assert_null(ask.menu.entry[ask.menu.n_entry - 1].command);
	assert_string_equal(ask.menu.entry[ask.menu.n_entry - 1].help, "no kernel");
	local_ask_free(&ask);
	local_menu_free(&menu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(submenus),
		cmocka_unit_test(timeouts),
		cmocka_unit_test(what_cannot_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
