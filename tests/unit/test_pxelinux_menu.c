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
	assert_int_equal(
		pxelinux_parse((const uint8_t *)text, strlen(text), NULL, &f->config, &f->err), 0);
	assert_int_equal(pxelinux_ask_make(&f->config, want, NULL, PATIENCE_S, &f->menu, &f->err),
			 0);
}

static void unmake(struct fixture *f)
{
	pxelinux_ask_free(&f->menu);
	pxelinux_free(&f->config);
}

static bool asks(const char *text, const char *label, bool person)
{
	struct fixture f;
	bool yes;

	make(&f, text, "");
	yes = pxelinux_asks(&f.config, label, person);
	unmake(&f);
	return yes;
}

static void test_asks(void **state)
{
	(void)state;
	assert_true(asks("UI menu.c32\nLABEL a\n", "", false));
	assert_true(asks("DEFAULT vesamenu.c32\nLABEL a\n", "", false));
	assert_true(asks("PROMPT 1\nDEFAULT a\nLABEL a\n", "", false));
	assert_true(asks("TIMEOUT 50\nLABEL a\n", "", false)); /* no DEFAULT: the prompt */
	assert_false(asks("LABEL a\n", "", false));
	assert_false(asks("DEFAULT a\nLABEL a\n", "", false));
	assert_false(asks("TIMEOUT 50\nPROMPT 0\nDEFAULT a\nLABEL a\n", "", false));
	/* menu.txt: "Exit the menu system immediately unless either the Shift or Alt key is
	 * pressed" */
	assert_false(asks("UI menu.c32\nMENU SHIFTKEY\nLABEL a\n", "", false));
	assert_true(asks("UI menu.c32\nMENU SHIFTKEY\nLABEL a\n", "", true));
	/* the administrator has said it; who is there wants to be asked all the same */
	assert_false(asks("UI menu.c32\nLABEL a\n", "a", false));
	assert_true(asks("UI menu.c32\nLABEL a\n", "a", true));
	assert_true(asks("DEFAULT a\nLABEL a\n", "", true));
	/* syslinux.cfg.txt, NOESCAPE: the prompt only if PROMPT says so */
	assert_false(asks("NOESCAPE 1\nDEFAULT a\nLABEL a\n", "", true));
	assert_true(asks("NOESCAPE 1\nPROMPT 1\nDEFAULT a\nLABEL a\n", "", true));
	/* menu.txt, "menu.c32 [config...]": the menu is in those files; "~" is this one */
	assert_false(asks("UI menu.c32 other.cfg\nLABEL a\n", "", true));
	assert_true(asks("UI menu.c32 ~\nLABEL a\n", "", false));
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
	assert_false(f.menu.menu.allow_options || f.menu.page[0].allow_options);
	assert_false(menu_editable(&f.menu.menu, 0));
	unmake(&f);
	/* the administrator's label is where the cursor is */
	make(&f, two_labels, "local noise");
	assert_int_equal(menu_first(&f.menu.menu, 0), 1);
	unmake(&f);
}

static const char submenus[] = "UI menu.c32\n"
			       "TIMEOUT 100\n"
			       "MENU TITLE Top\n"
			       "MENU MASTER PASSWD master\n"
			       "F1 one.txt splash\n"
			       "LABEL a\n"
			       "  MENU LABEL ^A\n"
			       "  MENU INDENT 3\n"
			       "  TEXT HELP\nhelp\nENDTEXT\n"
			       "MENU SEPARATOR\n"
			       "MENU BEGIN sub\n"
			       "  MENU TITLE Sub\n"
			       "  MENU START\n"
			       "  MENU AUTOBOOT auto\n"
			       "  MENU TABMSG tab\n"
			       "  MENU NOTABMSG notab\n"
			       "  MENU PASSPROMPT pass\n"
			       "  MENU IMMEDIATE\n"
			       "  TIMEOUT 200\n"
			       "  LABEL b\n"
			       "    MENU PASSWD $4$SALT$9r863oVQ6ypK3JszdRXa+YHGfqw$\n"
			       "  LABEL c\n"
			       "    MENU DEFAULT\n"
			       "  LABEL up\n"
			       "    MENU EXIT\n"
			       "  LABEL lost\n"
			       "    MENU GOTO nowhere\n"
			       "MENU END\n"
			       "LABEL q\n"
			       "  MENU QUIT\n"
			       "LABEL h\n"
			       "  MENU HELP help.txt\n"
			       "LABEL again\n"
			       "  KERNEL menu.c32\n"
			       "LABEL other\n"
			       "  KERNEL menu.c32 other.cfg\n"
			       "MENU BEGIN odd\n"
			       "  LABEL d\n"
			       "    MENU PASSWD $7$abc$defghijkl\n"
			       "MENU END\n"
			       "MENU HIDDEN\n"
			       "MENU CLEAR\n"
			       "MENU HIDDENKEY Tab,q a single\n"
			       "NOCOMPLETE 1\n";

static size_t find(const struct fixture *f, const char *title)
{
	for (size_t i = 0; i < f->menu.menu.n_entry; i++) {
		if (strcmp(f->menu.entry[i].title, title) == 0)
			return i;
	}
	fail_msg("no entry %s", title);
	return 0;
}

/* What menu.txt says of menus in menus arrives at the menu. */
static void test_menus(void **state)
{
	struct fixture f;
	const struct menu *m = &f.menu.menu;
	const struct menu_entry *e = NULL;

	(void)state;
	make(&f, submenus, "");
	assert_int_equal(m->n_page, 3);
	assert_int_equal(m->start, 1);
	assert_int_equal(m->timeout_ms, 20000);
	assert_true(m->hidden && m->clear && !m->complete);
	assert_int_equal(m->n_hidden_key, 1);
	assert_string_equal(m->hidden_key[0].keys, "Tab,q");
	assert_string_equal(m->hidden_key[0].command, "a single");

	assert_string_equal(m->page[0].title, "Top");
	assert_int_equal(m->page[0].parent, MENU_NONE);
	assert_string_equal(m->page[0].master_password, "master");
	assert_string_equal(m->page[0].fkey[0], "one.txt");
	assert_string_equal(m->page[1].title, "Sub");
	assert_int_equal(m->page[1].parent, 0);
	assert_int_equal(m->page[1].chosen, find(&f, "c"));
	assert_string_equal(m->page[1].autoboot, "auto");
	assert_string_equal(m->page[1].tab_message, "tab");
	assert_string_equal(m->page[1].no_tab_message, "notab");
	assert_string_equal(m->page[1].password_message, "pass");

	e = &m->entry[find(&f, "A")];
	assert_true(e->hotkey == 'a' && e->indent == 3 && e->page == 0 && e->kind == MENU_BOOT);
	assert_string_equal(e->help, "help");
	assert_int_equal(m->entry[1].kind, MENU_SEPARATOR);
	e = &m->entry[find(&f, "Sub")];
	assert_true(e->kind == MENU_GOTO && e->target == 1 && e->submenu && e->page == 0);
	e = &m->entry[find(&f, "b")];
	assert_true(e->page == 1 && menu_opens(m, find(&f, "b"), 1, "Geheim 1!"));
	assert_true(e->immediate && !m->entry[find(&f, "A")].immediate);
	assert_true(menu_opens(m, find(&f, "b"), 1, "master"));
	assert_false(menu_opens(m, find(&f, "b"), 1, "geheim 1!"));
	e = &m->entry[find(&f, "up")];
	assert_true(e->kind == MENU_GOTO && e->target == 0 && !e->submenu);
	assert_int_equal(m->entry[find(&f, "lost")].kind, MENU_HEADING);
	assert_int_equal(m->entry[find(&f, "q")].kind, MENU_QUIT);
	e = &m->entry[find(&f, "h")];
	assert_int_equal(e->kind, MENU_HELP);
	assert_string_equal(e->command, "help.txt");
	e = &m->entry[find(&f, "again")];
	assert_true(e->kind == MENU_GOTO && e->target == 1 && !e->submenu);
	assert_int_equal(m->entry[find(&f, "other")].kind, MENU_BOOT);
	/* an encrypted password that no image can check: it is said where it is asked for */
	assert_non_null(strstr(m->page[2].password_message, "cannot check"));
	assert_false(menu_opens(m, find(&f, "d"), 2, "a"));
	unmake(&f);

	/* the administrator's label is in another menu */
	make(&f, submenus, "a");
	assert_int_equal(m->start, 0);
	assert_int_equal(menu_first(m, 0), find(&f, "A"));
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
	assert_int_equal(f.choice.type == PXELINUX_CONFIG, f.choice.menu);
	assert_int_equal(how != MENU_TIMED_OUT, f.choice.person);
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
	/* what time decides is the menu's own, in the menu that is shown first */
	check(submenus, "", MENU_TIMED_OUT, MENU_NONE, "", "c", "c", "");
	/* MENU SHIFTKEY: who is there is asked, and then time runs out as in any menu */
	check("UI menu.c32\nMENU SHIFTKEY\nTIMEOUT 50\nONTIMEOUT b\nLABEL a\nLABEL b\n", "",
	      MENU_TIMED_OUT, MENU_NONE, "", "b", "b", "");
	/* files of a menu: those are read, as a menu */
	check(submenus, "", MENU_TYPED, MENU_NONE, "other", "other", "other.cfg", "");
	check(submenus, "", MENU_CHOSEN, 10, "", "other", "other.cfg", "");
}

/* menu.txt: KERNEL menu.c32 shows the main configuration, which "~" names, too. In a file that a
 * menu has read instead of it that is another one. */
static void test_back_to_main(void **state)
{
	static const char text[] = "LABEL linux\nKERNEL vmlinuz\n"
				   "LABEL main\nKERNEL menu.c32\nAPPEND ~\n"
				   "LABEL alone\nKERNEL vesamenu.c32\n";
	struct pxelinux_config config;
	struct pxelinux_sysinfo info = {0};
	struct pxelinux_choice choice;
	struct pxelinux_ask menu;
	struct error err;

	(void)state;
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		assert_int_equal(pxelinux_parse((const uint8_t *)text, sizeof(text) - 1, NULL,
						&config, &err),
				 0);
		pxelinux_as_menu(&config, !elsewhere);
		assert_true(pxelinux_asks(&config, "", false));
		assert_int_equal(pxelinux_ask_make(&config, "", NULL, PATIENCE_S, &menu, &err), 0);
		for (size_t i = 1; i < 3; i++) {
			struct menu_decision d = {.how = MENU_CHOSEN, .entry = i};

			assert_int_equal(menu.entry[i].kind, elsewhere ? MENU_BOOT : MENU_GOTO);
			if (!elsewhere)
				continue;
			assert_int_equal(pxelinux_ask_choose(&menu, &d, &info, &choice, &err), 0);
			assert_int_equal(choice.type, PXELINUX_CONFIG);
			assert_string_equal(choice.kernel, "~");
			assert_true(choice.menu);
			pxelinux_choice_free(&choice);
		}
		pxelinux_ask_free(&menu);
		pxelinux_free(&config);
	}
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
	d = (struct menu_decision){.how = MENU_EDITED, .entry = 0, .line = " "};
	assert_int_equal(pxelinux_ask_choose(&f.menu, &d, &f.info, &f.choice, &f.err), -1);
	assert_int_equal(f.err.class, ERR_CONFIG);
	unmake(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks),	  cmocka_unit_test(test_entries),
		cmocka_unit_test(test_menus),	  cmocka_unit_test(test_settings),
		cmocka_unit_test(test_decisions), cmocka_unit_test(test_back_to_main),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
