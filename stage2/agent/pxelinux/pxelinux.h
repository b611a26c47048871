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

enum pxelinux_type {
	PXELINUX_KERNEL, /* KERNEL or LINUX: a file to boot */
	PXELINUX_LOCALBOOT, /* LOCALBOOT, with or without a number */
	PXELINUX_CONFIG, /* CONFIG: read another configuration instead */
	PXELINUX_OTHER, /* BOOT, BSS, PXE, FDIMAGE, COM32: not for a guest */
	PXELINUX_MENU /* MENU GOTO, EXIT, QUIT: moves in the menu, boots nothing */
};

#define PXELINUX_ENTRY_MAX 8192
#define PXELINUX_WARNING_MAX 32

/* All strings point into pxelinux_config.text or are constants. */
struct pxelinux_entry {
	const char *label; /* as written after LABEL: one word */
	const char *menu_label; /* MENU LABEL without its '^'; NULL if none */
	enum pxelinux_type type;
	const char *directive; /* the directive that said what to boot, upper case, for messages;
				* "LABEL" if there was none */
	const char *kernel; /* what it said: file name, and perhaps arguments; LOCALBOOT's
			     * number or ""; NULL: the label names the file */
	const char *append; /* the arguments in force: the label's last APPEND, else the
			     * global one; "APPEND -" gives ""; never NULL */
	const char *initrd; /* INITRD's comma list as written, NULL if none */
	unsigned int sysappend; /* bits of SYSAPPEND/IPAPPEND in force */
	bool menu_default;
	bool hidden; /* MENU HIDE: found by its label, never the first entry of the menu */
	bool disabled; /* MENU DISABLE: a heading; its label names nothing */
	unsigned int line; /* line of its LABEL, for messages */
};

struct pxelinux_warning {
	unsigned int line;
	char text[160]; /* escaped */
};

struct pxelinux_config {
	char *text; /* the configuration, cut into strings */
	struct pxelinux_entry *entry;
	size_t n_entry;
	const char *default_line; /* DEFAULT, may carry arguments; NULL if none */
	const char *append; /* the global APPEND, for a kernel without a label; never NULL */
	const char *ontimeout; /* ONTIMEOUT; NULL if none */
	const char *onerror; /* ONERROR; NULL if none */
	unsigned int timeout; /* TIMEOUT, tenths of a second; 0: none */
	unsigned int total_timeout; /* TOTALTIMEOUT, the same */
	bool prompt, implicit, allow_options, noescape;
	unsigned int sysappend; /* the global SYSAPPEND, the same */
	const char *ui; /* UI, or a DEFAULT that names a menu (menu.c32, vesamenu.c32 ...); NULL
			 * if none */
	struct pxelinux_warning warning[PXELINUX_WARNING_MAX];
	size_t n_warning; /* may be more than PXELINUX_WARNING_MAX: only the first are kept */
};

/**
 * pxelinux_parse() - read a configuration.
 * @text: the file, any bytes; lines end in LF, CR LF or CR; a NUL ends what is read of a line
 * @len:  bytes
 * @out:  the result; free it with pxelinux_free()
 * @err:  ERR_CONFIG (more than PXELINUX_ENTRY_MAX labels, UTF-16 text), ERR_MEMORY
 *
 * Lines may have any length: what is too long for a command line or a file name is refused
 * where that is made, with the length. An unknown directive is a warning, never an error.
 * INCLUDE is a warning: configurations are read one file at a time.
 *
 * Memory used: @len + 1 bytes and the entries, whatever @text says.
 *
 * Return: 0 or -1; on -1 @out is empty.
 */
int pxelinux_parse(const uint8_t *text, size_t len, struct pxelinux_config *out, struct error *err);

void pxelinux_free(struct pxelinux_config *config);

/* What to boot, in terms of the configuration: names as written, nothing resolved. */
struct pxelinux_choice {
	enum pxelinux_type type; /* KERNEL, LOCALBOOT or CONFIG: the others are errors */
	char *label; /* of the entry, or the name of a kernel without a label */
	char *kernel; /* KERNEL, CONFIG: the file's name; LOCALBOOT: the number as written or "" */
	char *initrds; /* comma list: the first "initrd=" of @args; mboot.c32: the second module;
			* NULL if none */
	char *args; /* KERNEL: the whole command line, in PXELINUX's order: words behind the
		     * name in KERNEL, APPEND, "initrd=" and INITRD's list, SYSAPPEND's, then
		     * what DEFAULT or the administrator wrote behind the label.
		     * CONFIG: the new directory (its APPEND), "" if none */
};

/* What SYSAPPEND can ask for (syslinux.txt, SYSAPPEND bitmask). */
struct pxelinux_sysinfo {
	struct pxelinux_identity id;
	struct in_addr server, gateway, netmask;
};

/**
 * pxelinux_choose() - the entry that boots when nobody is at the console.
 * @want: label asked for by the administrator; may carry arguments after a space like DEFAULT.
 *        "" or NULL: the configuration decides, as PXELINUX does:
 *        where it would wait for a person (UI, PROMPT 1, no DEFAULT) and has a time-out and
 *        ONTIMEOUT, that; else DEFAULT (with UI only if it is a label); else the last label with
 *        MENU DEFAULT; else the first label. A DEFAULT that is no label names a kernel file;
 *        under IMPLICIT 0 then ONERROR.
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

void pxelinux_choice_free(struct pxelinux_choice *choice);

#endif
