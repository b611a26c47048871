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
	PXELINUX_KERNEL,    /* KERNEL or LINUX: a file to boot, unless its name is a module's */
	PXELINUX_LOCALBOOT, /* LOCALBOOT, with or without a number */
	PXELINUX_CONFIG,    /* CONFIG: read another configuration instead */
	PXELINUX_OTHER      /* BOOT, BSS, PXE, FDIMAGE, COM32: not for a guest, named as such */
};

struct pxelinux_entry {
	char *label;      /* as written after LABEL */
	char *menu_label; /* MENU LABEL without its '^'; NULL if none */
	enum pxelinux_type type;
	char *directive;  /* the directive that said what to boot, upper case, for messages */
	char *kernel;     /* file name as written, NULL: the label names the file */
	char *append;     /* the arguments in force: the label's last APPEND, else the global one;
			   * "APPEND -" gives ""; never NULL */
	char *initrd;     /* INITRD's comma list as written, NULL if none */
	unsigned int ipappend; /* bits of IPAPPEND/SYSAPPEND in force */
	bool menu_default;
	unsigned int line; /* line of its LABEL, for messages */
};

struct pxelinux_warning {
	unsigned int line;
	char text[160]; /* escaped */
};

struct pxelinux_config {
	struct pxelinux_entry *entry;
	size_t n_entry;
	char *default_line;  /* DEFAULT, may carry arguments; NULL if none */
	char *ontimeout;     /* ONTIMEOUT; NULL if none */
	char *onerror;       /* ONERROR; NULL if none */
	unsigned int timeout;       /* TIMEOUT, tenths of a second; 0: none */
	unsigned int total_timeout; /* TOTALTIMEOUT, the same */
	bool prompt, implicit, allow_options;
	char *ui;            /* UI or "DEFAULT something.c32"; NULL if none */
	struct pxelinux_warning *warning;
	size_t n_warning;
};

/**
 * pxelinux_parse() - read a configuration.
 * @text: the file, any bytes; lines end in LF, CR LF or CR
 * @len:  bytes
 * @out:  the result; free it with pxelinux_free()
 * @err:  ERR_CONFIG (too many entries, a line too long to be one), ERR_MEMORY
 *
 * An unknown directive is a warning, never an error. INCLUDE is a warning:
 * configurations are read one file at a time.
 *
 * Return: 0 or -1; on -1 @out is empty.
 */
int pxelinux_parse(const uint8_t *text, size_t len, struct pxelinux_config *out,
		   struct error *err);

void pxelinux_free(struct pxelinux_config *config);

/* What to boot, in terms of the configuration: names as written, nothing resolved. */
struct pxelinux_choice {
	enum pxelinux_type type;
	char *label;     /* of the entry, or the implicit kernel's name */
	char *directive;
	char *kernel;    /* never NULL for PXELINUX_KERNEL, PXELINUX_CONFIG */
	char *initrds;   /* comma list: INITRD's, else "initrd=" of the arguments; NULL if none */
	char *args;      /* the whole command line of the kernel: append, DEFAULT's own arguments,
			  * SYSAPPEND's; "initrd=" stays where it was written */
};

/* What SYSAPPEND can ask for (syslinux: SYSAPPEND bit mask). */
struct pxelinux_sysinfo {
	struct pxelinux_identity id;
	struct in_addr server, gateway, netmask;
};

/**
 * pxelinux_choose() - the entry that would boot.
 * @want: label asked for by the administrator ("" or NULL: the configuration decides: DEFAULT,
 *        MENU DEFAULT, else the first label); may carry arguments after a space like DEFAULT
 * @out:  free with pxelinux_choice_free()
 * @err:  ERR_CONFIG: no entries, no such label (the labels are listed), a module that is not a
 *        kernel (named as what it is: the text says that PV guests cannot run it), a directive
 *        that means nothing in a guest
 */
int pxelinux_choose(const struct pxelinux_config *config, const char *want,
		    const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
		    struct error *err);

void pxelinux_choice_free(struct pxelinux_choice *choice);

#endif
