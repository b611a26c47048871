/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the readers of boot menus (grub.cfg, BLS, menu.lst, extlinux, ...) have in common: the files
 * that they see, and the entries that they find.
 *
 * A reader is pure: it is given bytes and a struct local_files for whatever else it wants to look
 * at, and fills a struct local_menu. It never opens anything itself.
 */
#ifndef XENPXE_LOCALBOOT_ENTRY_H
#define XENPXE_LOCALBOOT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define LOCAL_FILE_BYTES_MAX (4U * 1024 * 1024) /* of one configuration file */
#define LOCAL_INITRD_MAX 16
#define LOCAL_ENTRY_MAX 1024
#define LOCAL_DIR_MAX 4096 /* names that list() returns at most */

/* How a reader names a file system: a short string that only struct local_files understands, such
 * as "xvda2"; "" is the one that the configuration lies in. */
#define LOCAL_FS_SIZE 64

enum local_search {
	LOCAL_BY_UUID, /* of the file system, as blkid prints it; letters of either case */
	LOCAL_BY_LABEL, /* of the file system */
	LOCAL_BY_FILE, /* the first file system that has this path */
	LOCAL_BY_GRUB /* a GRUB device without parentheses: "hd0,gpt2", "hd0,msdos1", "hd0,1",
			 "lvm/vg-root", "md/0", "xen/xvda,gpt1"; "hd0" is the first whole disk */
};

/* The files of the guest's disks. Paths are absolute; ".." and links never lead out of a file
 * system. */
struct local_files {
	/* A file's bytes, malloc()ed, the caller frees; at most LOCAL_FILE_BYTES_MAX. -1: @err,
	 * ERR_NOT_FOUND when there is no such file. */
	int (*read)(void *ctx, const char *fs, const char *path, uint8_t **data, size_t *len,
		    struct error *err);
	/* The names in a directory, sorted by bytes, without "." and "..": a malloc()ed array of
	 * malloc()ed strings. -1: @err. */
	int (*list)(void *ctx, const char *fs, const char *path, char ***names, size_t *n,
		    struct error *err);
	/* Is there a file ('f'), a directory ('d'), anything ('e') of this path? With 's': is it a
	 * file that is not empty? */
	bool (*test)(void *ctx, char what, const char *fs, const char *path);
	/* The file system that @value names; false: there is none. */
	bool (*search)(void *ctx, enum local_search by, const char *value, char fs[LOCAL_FS_SIZE]);
	void *ctx;
};

/* One thing that can be booted. All strings are malloc()ed, bytes as they were in the file (escape
 * them before printing), never NULL unless it says so. */
struct local_entry {
	char *title;
	char *submenu; /* titles of the submenus around it, outermost first, joined by ">"; "" */
	char *id; /* --id of GRUB, the BLS file's name without ".conf", extlinux' label; "" */
	char *source; /* path of the file that it stands in */
	unsigned int line; /* where, from 1; 0: the whole file is the entry (BLS) */
	char fs[LOCAL_FS_SIZE]; /* of kernel and initrds */
	char *kernel; /* absolute path in fs */
	char *initrd[LOCAL_INITRD_MAX]; /* absolute paths in fs */
	char initrd_fs[LOCAL_INITRD_MAX][LOCAL_FS_SIZE]; /* mostly the same as fs */
	size_t n_initrd;
	char *args; /* the kernel's command line */
	char *problem; /* why it cannot be booted: entries never vanish silently; NULL if it can */
	bool xen; /* a hypervisor's entry: kernel is what Xen would load as its first module */
};

struct local_menu {
	struct local_entry *entry;
	size_t n;
	size_t chosen; /* the entry that boots by itself; meaningful if n > 0 */
	bool has_timeout;
	unsigned int timeout_s; /* that the configuration asks for; 0: at once */
	char **warning; /* for people: "FILE:LINE: what", escaped */
	size_t n_warning;
};

/**
 * local_menu_add() - room for one more entry, empty strings in it.
 *
 * Return: the entry, which belongs to the menu and may move with the next call; NULL: @err is
 * ERR_MEMORY, also when there are LOCAL_ENTRY_MAX of them.
 */
struct local_entry *local_menu_add(struct local_menu *menu, struct error *err);

/**
 * local_entry_set() - set one of an entry's strings: frees *@field and puts a copy there.
 * @len: bytes of @text, which need not end in NUL; NUL bytes inside are dropped
 * Return: 0, or -1: @err is ERR_MEMORY, and *@field still belongs to the entry.
 */
int local_entry_set(char **field, const char *text, size_t len, struct error *err);

/**
 * local_entry_problem() - say why an entry cannot be booted: one sentence, escaped here, cut at 511
 * bytes. An entry that has a problem keeps the first one.
 * Return: 0, or -1: @err is ERR_MEMORY.
 */
int local_entry_problem(struct local_entry *entry, struct error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * local_menu_warn() - one line for people about a configuration. Its bytes are escaped here; what
 * is too much (256 lines) is dropped.
 * @line: from 1; 0: the file as a whole
 */
void local_menu_warn(struct local_menu *menu, const char *source, unsigned int line,
		     const char *format, ...) __attribute__((format(printf, 4, 5)));

/** local_menu_free() - free what the menu holds, and make it empty. */
void local_menu_free(struct local_menu *menu);

#endif
