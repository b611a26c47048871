/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PXELINUX configuration as a menu, and what a person's decision boots (syslinux.cfg.txt,
 * menu.txt).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "menu/model.h"
#include "pxelinux/menu.h"

#define PATIENCE_S 60

static const char two_labels[] = "UI vesamenu.c32\n"
				 "TIMEOUT 50\n"
				 "TOTALTIMEOUT 9000\n"
				 "ONTIMEOUT local\n"
				 "DEFAULT linux\n"
				 "APPEND global\n"
				 "LABEL linux\n"
				 "  MENU LABEL ^Linux\n"
				 "  KERNEL vmlinuz console=hvc0\n"
				 "  APPEND root=/dev/xvda1\n"
				 "  INITRD a.img,b.img\n"
				 "  SYSAPPEND 2\n"
				 "LABEL local\n"
				 "  LOCALBOOT 0\n"
				 "LABEL module\n"
				 "  COM32 hdt.c32\n"
				 "LABEL -\n"
				 "  MENU LABEL Heading\n"
				 "  MENU DISABLE\n"
				 "LABEL secret\n"
				 "  MENU HIDE\n"
				 "  KERNEL other\n";

struct fixture {
	struct pxelinux_config config;
	struct pxelinux_ask menu;
	struct pxelinux_choice choice;
	struct pxelinux_sysinfo info;
	struct error err;
};

static void make(struct fixture *f, const char *text, const char *want)
{
	*f = (struct fixture){.info = {.id = {.mac = {1, 2, 3, 4, 5, 6}}}};
	assert_int_equal(pxelinux_parse((const uint8_t *)text, strlen(text), &f->config, &f->err),
			 0);
	assert_int_equal(pxelinux_ask_make(&f->config, want, PATIENCE_S, &f->menu, &f->err), 0);
}

static void unmake(struct fixture *f)
{
	pxelinux_ask_free(&f->menu);
	pxelinux_free(&f->config);
}

static bool asks(const char *text)
{
	struct fixture f;
	bool yes;

	make(&f, text, "");
	yes = pxelinux_asks(&f.config);
	unmake(&f);
	return yes;
}

static void test_asks(void **state)
{
	(void)state;
	assert_true(asks("UI menu.c32\nLABEL a\n"));
	assert_true(asks("DEFAULT vesamenu.c32\nLABEL a\n"));
	assert_true(asks("PROMPT 1\nDEFAULT a\nLABEL a\n"));
	assert_true(asks("TIMEOUT 50\nLABEL a\n")); /* no DEFAULT: the prompt, for that long */
	assert_false(asks("LABEL a\n"));
	assert_false(asks("DEFAULT a\nLABEL a\n"));
	assert_false(asks("TIMEOUT 50\nPROMPT 0\nDEFAULT a\nLABEL a\n"));
}

static void test_entries(void **state)
{
	struct fixture f;
	const struct menu *m = &f.menu.menu;

	(void)state;
	make(&f, two_labels, "");
	assert_int_equal(m->n_entry, 5);
	assert_int_equal(m->timeout_ms, 5000);
	assert_int_equal(m->total_timeout_ms, 900000);
	assert_true(m->allow_options && m->page[0].allow_options);
	assert_false(m->prompt_only);
	assert_int_equal(menu_first(m, 0), 0);
	assert_string_equal(m->entry[0].title, "Linux");
	assert_string_equal(m->entry[0].label, "linux");
	assert_string_equal(m->entry[0].command,
			    "vmlinuz console=hvc0 root=/dev/xvda1 initrd=a.img,b.img");
	assert_string_equal(m->entry[1].title, "local");
	assert_null(m->entry[1].command); /* nothing to edit */
	assert_int_equal(m->entry[3].kind, MENU_HEADING);
	assert_true(m->entry[4].hidden);
	unmake(&f);
}

static void test_settings(void **state)
{
	struct fixture f;

	(void)state;
	/* nobody there and no TIMEOUT: not for ever */
	make(&f, "UI menu.c32\nLABEL a\nLABEL b\nMENU DEFAULT\n", "");
	assert_int_equal(f.menu.menu.timeout_ms, PATIENCE_S * 1000);
	assert_int_equal(f.menu.menu.total_timeout_ms, 0);
	assert_int_equal(menu_first(&f.menu.menu, 0), 1);
	unmake(&f);
	/* syslinux.cfg.txt, DEFAULT: "If ... no DEFAULT or UI entry is present ... the "boot:"
	 * prompt is shown"; who pressed a key before a DEFAULT boots gets the menu */
	make(&f, "TIMEOUT 50\nLABEL a\n", "");
	assert_true(f.menu.menu.prompt_only);
	unmake(&f);
	make(&f, "DEFAULT a\nLABEL a\n", "");
	assert_false(f.menu.menu.prompt_only);
	unmake(&f);
	/* a heading is no default */
	make(&f, "UI menu.c32\nDEFAULT x\nLABEL x\nMENU DISABLE\nLABEL a\nLABEL b\nMENU DEFAULT\n",
	     "");
	assert_int_equal(menu_first(&f.menu.menu, 0), 2);
	unmake(&f);
	/* the total one is enough */
	make(&f, "UI menu.c32\nTOTALTIMEOUT 100\nLABEL a\n", "");
	assert_int_equal(f.menu.menu.timeout_ms, 0);
	assert_int_equal(f.menu.menu.total_timeout_ms, 10000);
	unmake(&f);
	make(&f, "PROMPT 1\nALLOWOPTIONS 0\nDEFAULT a\nLABEL a\n", "");
	assert_true(f.menu.menu.prompt_only);
	assert_false(f.menu.menu.allow_options || f.menu.page.allow_options);
	assert_null(f.menu.menu.entry[0].command);
	unmake(&f);
	/* the administrator's label is where the cursor is */
	make(&f, two_labels, "local noise");
	assert_int_equal(menu_first(&f.menu.menu, 0), 1);
	unmake(&f);
}

static void check(const char *text, const char *want, enum menu_how how, size_t entry,
		  const char *line, const char *label, const char *kernel, const char *args)
{
	struct menu_decision d = {.how = how, .entry = entry};
	struct fixture f;

	strcpy(d.line, line);
	make(&f, text, want);
	if (pxelinux_ask_choose(&f.menu, &d, &f.info, &f.choice, &f.err))
		fail_msg("%s", f.err.text);
	assert_string_equal(f.choice.label, label);
	assert_string_equal(f.choice.kernel, kernel);
	assert_string_equal(f.choice.args, args);
	pxelinux_choice_free(&f.choice);
	unmake(&f);
}

#define BOOTIF "BOOTIF=01-01-02-03-04-05-06"

static void test_decisions(void **state)
{
	static const char all[] = "console=hvc0 root=/dev/xvda1 initrd=a.img,b.img " BOOTIF;

	(void)state;
	/* the time ran out: ONTIMEOUT, unless the administrator said what boots */
	check(two_labels, "", MENU_TIMED_OUT, MENU_NONE, "", "local", "0", "global");
	check(two_labels, "linux", MENU_TIMED_OUT, MENU_NONE, "", "linux", "vmlinuz", all);
	/* an empty line at the prompt: DEFAULT */
	check(two_labels, "", MENU_DEFAULT, MENU_NONE, "", "linux", "vmlinuz", all);
	check(two_labels, "", MENU_CHOSEN, 0, "", "linux", "vmlinuz", all);
	check(two_labels, "linux", MENU_CHOSEN, 1, "", "local", "0", "global");
	/* edited: the line has all of it already, but for what SYSAPPEND adds */
	check(two_labels, "", MENU_EDITED, 0, "vmlinuz2 single initrd=c.img", "linux", "vmlinuz2",
	      "single initrd=c.img " BOOTIF);
	/* typed: a label and words behind it, or a file, with the global APPEND */
	check(two_labels, "", MENU_TYPED, MENU_NONE, "linux single", "linux", "vmlinuz",
	      "console=hvc0 root=/dev/xvda1 initrd=a.img,b.img " BOOTIF " single");
	check(two_labels, "", MENU_TYPED, MENU_NONE, "secret", "secret", "other", "global");
	check(two_labels, "", MENU_TYPED, MENU_NONE, "vmlinuz.old quiet", "vmlinuz.old",
	      "vmlinuz.old", "global quiet");
	/* two labels of one name: the one that was chosen */
	check("UI menu.c32\nLABEL a\nKERNEL one\nLABEL a\nKERNEL two\n", "", MENU_CHOSEN, 1, "",
	      "a", "two", "");
	check("UI menu.c32\nLABEL\nKERNEL one\n", "", MENU_CHOSEN, 0, "", "", "one", "");
}

static void test_refused(void **state)
{
	struct menu_decision d = {.how = MENU_CHOSEN, .entry = 2};
	struct fixture f;

	(void)state;
	make(&f, two_labels, "");
	assert_int_equal(pxelinux_ask_choose(&f.menu, &d, &f.info, &f.choice, &f.err), -1);
	assert_int_equal(f.err.class, ERR_CONFIG);
	assert_non_null(strstr(f.err.text, "hdt.c32"));
	unmake(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks),	 cmocka_unit_test(test_entries),
		cmocka_unit_test(test_settings), cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
