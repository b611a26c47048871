/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables of GRUB's script language: one context, sorted by name. */
#ifndef XENPXE_LOCALBOOT_SCRIPT_VARS_H
#define XENPXE_LOCALBOOT_SCRIPT_VARS_H

#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_VARS_MAX 1024
#define SCRIPT_VARS_BYTES_MAX ((size_t)256 * 1024) /* of all names and values */

struct script_var {
	char *name, *value; /* malloc()ed */
	bool exported; /* seen in submenus and in files run by configfile */
};

struct script_vars {
	struct script_var *var;
	size_t n, room;
	size_t bytes;
};

/** script_vars_get() - a value, or NULL. It stays until the variable changes. */
const char *script_vars_get(const struct script_vars *vars, const char *name);

/** script_vars_set() - set a variable. Return: 0, or -1: no memory, or too many or too long. */
int script_vars_set(struct script_vars *vars, const char *name, const char *value);

/** script_vars_unset() - forget a variable, if it is there. */
void script_vars_unset(struct script_vars *vars, const char *name);

/** script_vars_export() - mark a variable as exported; one that is not there is made, empty.
 * Return: as script_vars_set(). */
int script_vars_export(struct script_vars *vars, const char *name);

/**
 * script_vars_copy() - make @to, which must be empty, a copy of @from.
 * @exported: of its exported variables only
 * Return: 0, or -1: no memory, and @to is empty.
 */
int script_vars_copy(struct script_vars *to, const struct script_vars *from, bool exported);

/** script_vars_free() - forget all of them. */
void script_vars_free(struct script_vars *vars);

#endif
