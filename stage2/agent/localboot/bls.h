/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_LOCALBOOT_BLS_H
#define XENPXE_LOCALBOOT_BLS_H

#include "localboot/entry.h"

/* What "$name" in an entry stands for; Fedora keeps them in grubenv. */
struct bls_variable {
	const char *name, *value;
};

/**
 * bls_read() - the type 1 entries of a directory (UAPI.1, The Boot Loader Specification).
 * @files:     to read @directory with
 * @fs:        that the directory lies on; kernels and initrds are looked for there, too
 * @directory: absolute, such as "/loader/entries"
 * @variable:  of grubenv or grub.cfg, @n_variable of them; a name that is not there is empty.
 *             default_kernelopts is what an entry without "options" gets (Fedora)
 * @menu:      entries are added behind those that are there, in the order in which their loaders
 *             show them: by sort-key, machine-id and version where there is a sort-key, the others
 *             behind by file name, newest version first; what ran out of tries (boot counting) is
 *             last. menu->chosen is left alone. An entry's id is its file's name without ".conf"
 *             and without boot counter.
 *
 * Return: 0, also when there is no entry; -1: @err as files->list() left it, or ERR_MEMORY.
 */
int bls_read(const struct local_files *files, const char *fs, const char *directory,
	     const struct bls_variable *variable, size_t n_variable, struct local_menu *menu,
	     struct error *err);

/**
 * bls_version_compare() - which version is newer, as rpm compares them: parts of digits and parts
 * of letters one after the other, numbers newer than letters, '~' older than the end, '^' newer.
 * Return: less than, equal to or greater than 0 as @a is older than, equal to or newer than @b.
 */
int bls_version_compare(const char *a, const char *b);

#endif
