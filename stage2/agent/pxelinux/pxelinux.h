/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "menu", second half: a PXELINUX configuration becomes entries. Pure: no I/O.
 * Source: syslinux doc/syslinux.txt, doc/menu.txt; contracts in tests/unit/pxelinux/.
 */
#ifndef XENPXE_PXELINUX_PXELINUX_H
#define XENPXE_PXELINUX_PXELINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pxelinux/search.h"
#include "util/error.h"

#define PXELINUX_FKEYS 12

enum pxelinux_type {
	PXELINUX_KERNEL, /* KERNEL or LINUX: a file to boot */
	PXELINUX_LOCALBOOT, /* LOCALBOOT, with or without a number */
	PXELINUX_CONFIG, /* CONFIG: read another configuration instead */
	PXELINUX_OTHER, /* BOOT, BSS, PXE, FDIMAGE, COM32: not for a guest */
	PXELINUX_MENU, /* MENU BEGIN, GOTO, EXIT: leads to another menu, boots nothing */
	PXELINUX_QUIT, /* MENU QUIT: leaves the menu for the prompt */
	PXELINUX_HELP, /* MENU HELP: shows a text file */
	PXELINUX_SEPARATOR /* MENU SEPARATOR: an empty line */
};

#define PXELINUX_ENTRY_MAX 8192 /* labels, submenus and separators */
#define PXELINUX_MENU_MAX 512 /* MENU BEGINs */
#define PXELINUX_HIDDENKEY_MAX 32
#define PXELINUX_WARNING_MAX 32
#define PXELINUX_DEPTH_MAX 16 /* INCLUDE in INCLUDE (syslinux.cfg(5)) */
#define PXELINUX_FILES_MAX 128 /* INCLUDEs in all, so that none of them multiplies */
#define PXELINUX_BYTES_MAX (4UL * 1024 * 1024) /* of all files together */

#define PXELINUX_NONE SIZE_MAX /* an index that names nothing */

/* An entry of a menu, in the order of the configuration. All strings point into the texts of its
 * configuration or are constants; none is escaped. */
struct pxelinux_entry {
	const char *label; /* as written after LABEL: one word; "" if there was no LABEL: a
			    * separator, a submenu */
	const char *menu_label; /* MENU LABEL without its '^'; a submenu's, else its TITLE, else
				 * its tag; NULL if none */
	char hotkey; /* the letter or digit behind the '^', lower case; 0 if none */
	enum pxelinux_type type;
	const char *directive; /* the directive that said what to boot, upper case, for messages;
				* "LABEL" if there was none */
	const char *kernel; /* what it said: file name, and perhaps arguments; LOCALBOOT's
			     * number or ""; MENU HELP's file; NULL: the label names the file */
	const char *append; /* the arguments in force: the label's last APPEND, else the
			     * global one; "APPEND -" gives ""; never NULL */
	const char *initrd; /* INITRD's comma list as written, NULL if none */
	unsigned int sysappend; /* bits of SYSAPPEND/IPAPPEND in force */
	const char *help; /* TEXT HELP: lines with '\n' between them; NULL if none */
	const char *passwd; /* MENU PASSWD: see password_matches(); "": only the menu's master
			     * password opens it; NULL if none */
	unsigned int indent; /* MENU INDENT, columns, at most PXELINUX_INDENT_MAX */
	bool hidden; /* MENU HIDE: found by its label, never shown */
	bool immediate; /* MENU IMMEDIATE: its hot key boots at once */
	bool disabled; /* MENU DISABLE: a heading; its label names nothing */
	size_t menu; /* the menu that it is in */
	size_t target; /* PXELINUX_MENU: the menu it leads to; PXELINUX_NONE: nowhere */
	const char *file; /* the included file that it is from, "" for the configuration itself */
	unsigned int line; /* line of its LABEL in that file, for messages */
};

#define PXELINUX_INDENT_MAX 64

/* The top menu, or one that MENU BEGIN made. What a submenu does not say itself, but for its
 * title, it has from the menu around it, as that was when it began. */
struct pxelinux_menu {
	const char *tag; /* MENU BEGIN's, "" if none; the top menu's is ".top" */
	const char *title; /* MENU TITLE; a submenu's own, else its MENU LABEL; "" if none */
	size_t parent; /* PXELINUX_NONE: the top menu */
	size_t entry; /* its entry in @parent; PXELINUX_NONE: the top menu */
	size_t default_entry; /* the last MENU DEFAULT; PXELINUX_NONE if none: the first that can
			       * be selected */
	const char *autoboot; /* MENU AUTOBOOT, TABMSG, NOTABMSG, PASSPROMPT: NULL if none */
	const char *tabmsg, *notabmsg, *passprompt;
	const char *master_passwd; /* MENU MASTER PASSWD; NULL if none */
	const char *ontimeout; /* ONTIMEOUT; NULL if none */
	const char *onerror; /* MENU ONERROR, ONERROR; NULL if none */
	unsigned int timeout; /* TIMEOUT, tenths of a second; 0: none */
	bool allow_options; /* ALLOWOPTIONS */
	bool immediate; /* MENU IMMEDIATE: for the labels behind it that do not say it themselves */
	const char *fkey[PXELINUX_FKEYS]; /* F1 ... F12: the file to show, NULL if none */
};

struct pxelinux_hiddenkey {
	const char *keys; /* key names of menu.txt, MENU HIDDENKEY, with commas between them */
	const char *command; /* what they run instead of showing the menu */
};

struct pxelinux_warning {
	char file[64]; /* the included file, escaped; "" for the configuration itself */
	unsigned int line;
	char text[160]; /* escaped */
};

struct pxelinux_config {
	char **text; /* the files, cut into strings */
	size_t n_text;
	struct pxelinux_entry *entry;
	size_t n_entry;
	struct pxelinux_menu *menu; /* [0] is the top menu */
	size_t n_menu; /* at least 1 */
	size_t start_menu; /* MENU START, or the menu of DEFAULT's label: see menu.txt */

	/* What the prompt goes by; it knows nothing of submenus, so the last one counts. */
	const char *default_line; /* DEFAULT, may carry arguments; NULL if none */
	const char *append; /* the global APPEND, for a kernel without a label; never NULL */
	const char *ontimeout; /* ONTIMEOUT; NULL if none */
	const char *onerror; /* ONERROR; NULL if none */
	unsigned int timeout; /* TIMEOUT, tenths of a second; 0: none */
	unsigned int total_timeout; /* TOTALTIMEOUT, the same; for the menu too */
	bool prompt, implicit, allow_options, noescape, nocomplete;
	unsigned int sysappend; /* the global SYSAPPEND, the same */
	const char *display; /* DISPLAY: the file to show first; NULL if none */
	const char **say; /* SAY, in order */
	size_t n_say;

	const char *ui; /* UI, or a DEFAULT that names a menu (menu.c32, vesamenu.c32 ...), with
			 * the files it shall read instead of this one; NULL if none */
	bool elsewhere; /* a menu has read it instead of the main configuration: KERNEL menu.c32
			 * and "~" lead to that */
	bool menu_hidden; /* MENU HIDDEN: shown when a key is pressed */
	bool menu_shiftkey; /* MENU SHIFTKEY: shown only if asked for */
	bool menu_clear; /* MENU CLEAR: the screen is cleared behind the menu */
	struct pxelinux_hiddenkey hiddenkey[PXELINUX_HIDDENKEY_MAX];
	size_t n_hiddenkey;

	struct pxelinux_warning warning[PXELINUX_WARNING_MAX];
	size_t n_warning; /* may be more than PXELINUX_WARNING_MAX: only the first are kept */
};

/* Where the files come from that a configuration includes. */
struct pxelinux_include {
	/**
	 * read() - one file.
	 * @name: as written behind INCLUDE: one word, not escaped
	 * @text: receives a malloc()ed buffer, which the parser frees
	 * @err:  ERR_NOT_FOUND, ERR_CONFIG, ERR_SERVER and ERR_UNSUPPORTED make a warning, as
	 *        PXELINUX goes on without the file. Any other class ends the parsing: what
	 *        half a configuration boots could be anything.
	 */
	int (*read)(void *ctx, const char *name, uint8_t **text, size_t *len, struct error *err);
	void *ctx;
	const char *self; /* the configuration's own name, so that it does not include itself;
			   * NULL if it is not known */
};

/**
 * pxelinux_parse() - read a configuration.
 * @text:    the file, any bytes; lines end in LF, CR LF or CR; a NUL ends what is read of a line
 * @len:     bytes
 * @include: for INCLUDE and MENU INCLUDE; NULL: each of them is a warning
 * @out:     the result; free it with pxelinux_free()
 * @err:     ERR_CONFIG (more than PXELINUX_ENTRY_MAX entries, PXELINUX_MENU_MAX submenus,
 *           PXELINUX_FILES_MAX files or PXELINUX_BYTES_MAX bytes, UTF-16 text), ERR_MEMORY, or
 *           what @include said
 *
 * Lines may have any length: what is too long for a command line or a file name is refused
 * where that is made, with the length. An unknown directive is a warning, never an error. So is
 * a file that includes itself, or more than PXELINUX_DEPTH_MAX files in each other: it is left
 * out.
 *
 * Memory used: the files' bytes and the entries, whatever they say.
 *
 * Return: 0 or -1; on -1 @out is empty.
 */
int pxelinux_parse(const uint8_t *text, size_t len, const struct pxelinux_include *include,
		   struct pxelinux_config *out, struct error *err);

void pxelinux_free(struct pxelinux_config *config);

/**
 * pxelinux_selectable() - can a menu's cursor stand on this entry?
 */
bool pxelinux_selectable(const struct pxelinux_entry *entry);

/**
 * pxelinux_as_menu() - read a configuration as menu.c32 reads the files that are named to it: there
 * is a menu, whatever UI says.
 * @main: it is the main configuration; else a "~" in it leads to that
 */
void pxelinux_as_menu(struct pxelinux_config *config, bool main);

/**
 * pxelinux_cursor() - the entry that a menu's cursor is on at first.
 * @menu: index into config->menu
 *
 * Return: index into config->entry; PXELINUX_NONE if none can be selected.
 */
size_t pxelinux_cursor(const struct pxelinux_config *config, size_t menu);

/* What to boot, in terms of the configuration: names as written, nothing resolved. */
struct pxelinux_choice {
	enum pxelinux_type type; /* KERNEL, LOCALBOOT or CONFIG: the others are errors */
	char *label; /* of the entry, or the name of a kernel without a label */
	char *kernel; /* KERNEL: the file's name; CONFIG: one or more names with white space between
		       * them, where "~" is the main configuration; LOCALBOOT: the number as
		       * written or "" */
	char *initrds; /* comma list: the first "initrd=" of @args; mboot.c32: the second module;
			* NULL if none */
	char *args; /* KERNEL: the whole command line, in PXELINUX's order: words behind the
		     * name in KERNEL, APPEND, "initrd=" and INITRD's list, SYSAPPEND's, then
		     * what DEFAULT or the administrator wrote behind the label.
		     * CONFIG: the new directory (its APPEND), "" if none */
	char *onerror; /* KERNEL: the line that ONERROR runs if the server does not have @kernel,
			* for pxelinux_choose_line(); NULL if none, and for what ONERROR chose */
	bool seeks_label; /* CONFIG: the label that was asked for is not here, but may be there */
	bool person; /* somebody chose it, not a time-out or the configuration */
	bool menu; /* CONFIG: named to a menu (UI, KERNEL menu.c32), which shows what it reads */
};

/* What SYSAPPEND can ask for (syslinux.cfg(5)): bits 1, 2, 4 and 8. The others are a PC's DMI
 * strings and the UUID of a file system, which a PV guest that boots over the network has not. */
#define PXELINUX_SYSAPPEND_MASK 15U

struct pxelinux_sysinfo {
	struct pxelinux_identity id;
	struct in_addr server, gateway, netmask;
	char cpu[8]; /* "6" and letters for what it can do, see guest_cpu(); "" if not known */
};

/**
 * pxelinux_choose() - the entry that boots when nobody is at the console.
 * @want: label asked for by the administrator; may carry arguments after a space like DEFAULT.
 *        "" or NULL: the configuration decides, as PXELINUX does:
 *        where it would wait for a person (UI but for MENU SHIFTKEY, PROMPT 1, no DEFAULT) and
 *        has a time-out and ONTIMEOUT, that; else DEFAULT (with UI only if it is a label); else
 *        the entry that the menu's cursor is on: the last MENU DEFAULT or the first, in a submenu
 *        if that leads there. A DEFAULT that is no label names a kernel file; under IMPLICIT 0
 *        then ONERROR.
 *        A UI or a KERNEL menu.c32 that names files to read is a PXELINUX_CONFIG, such a UI
 *        also for a label that only those files can have.
 * @info: for SYSAPPEND
 * @out:  free with pxelinux_choice_free()
 * @err:  ERR_CONFIG: no entries, no such label (the labels are listed), a module that is not a
 *        kernel (named as what it is: the text says that PV guests cannot run it), a directive
 *        that means nothing in a guest; ERR_MEMORY
 *
 * Return: 0 or -1; on -1 @out is empty.
 */
int pxelinux_choose(const struct pxelinux_config *config, const char *want,
		    const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
		    struct error *err);

/**
 * pxelinux_choose_timed_out() - what boots when somebody was asked and time ran out.
 *
 * Otherwise as pxelinux_choose(), but for MENU SHIFTKEY: the menu was shown all the same.
 */
int pxelinux_choose_timed_out(const struct pxelinux_config *config, const char *want,
			      const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			      struct error *err);

/**
 * pxelinux_choose_default() - what the configuration boots when a person wants just that: Enter at
 * an empty prompt. ONTIMEOUT does not count, otherwise as pxelinux_choose().
 */
int pxelinux_choose_default(const struct pxelinux_config *config,
			    const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			    struct error *err);

/**
 * pxelinux_choose_line() - what a line does that was typed at the prompt, or that ONTIMEOUT,
 * ONERROR or MENU HIDDENKEY gives: a label or (unless IMPLICIT 0) a file's name, and arguments.
 *
 * Otherwise as pxelinux_choose().
 */
int pxelinux_choose_line(const struct pxelinux_config *config, const char *line,
			 const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			 struct error *err);

/**
 * pxelinux_choose_entry() - an entry that was chosen in the menu.
 * @entry: index into config->entry
 * @line:  NULL: boot it as it is. Else (KERNEL only) what a person made of the line that Tab shows,
 *         the file's name and arguments; SYSAPPEND's words come behind it
 *
 * Otherwise as pxelinux_choose().
 */
int pxelinux_choose_entry(const struct pxelinux_config *config, size_t entry, const char *line,
			  const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			  struct error *err);

void pxelinux_choice_free(struct pxelinux_choice *choice);

#endif
