/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/script_vars.h"

#include <stdlib.h>
#include <string.h>

/* Where @name is, or would be put. */
static size_t position(const struct script_vars *vars, const char *name, bool *found)
{
	size_t low = 0, high = vars->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, vars->var[middle].name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const char *script_vars_get(const struct script_vars *vars, const char *name)
{
	bool found;
	size_t i = position(vars, name, &found);

	return found ? vars->var[i].value : NULL;
}

static struct script_var *insert(struct script_vars *vars, size_t at, const char *name)
{
	struct script_var *var;
	size_t len = strlen(name) + 1;
	char *copy;

	if (vars->n == SCRIPT_VARS_MAX || len > SCRIPT_VARS_BYTES_MAX - vars->bytes)
		return NULL;
	if (vars->n == vars->room) {
		size_t room = vars->room ? 2 * vars->room : 64;
		void *grown = realloc(vars->var, room * sizeof(*vars->var));

		if (!grown)
			return NULL;
		vars->var = grown;
		vars->room = room;
	}
	copy = strdup(name);
	if (!copy)
		return NULL;
	var = &vars->var[at];
	memmove(var + 1, var, (vars->n - at) * sizeof(*var));
	*var = (struct script_var){.name = copy};
	vars->n++;
	vars->bytes += len;
	return var;
}

int script_vars_set(struct script_vars *vars, const char *name, const char *value)
{
	bool found;
	size_t i = position(vars, name, &found), len = strlen(value) + 1;
	size_t old = found ? strlen(vars->var[i].value) + 1 : 0;
	char *copy;

	if (len > old && len - old > SCRIPT_VARS_BYTES_MAX - vars->bytes)
		return -1;
	copy = strdup(value);
	if (!copy)
		return -1;
	if (!found && !insert(vars, i, name)) {
		free(copy);
		return -1;
	}
	free(vars->var[i].value);
	vars->var[i].value = copy;
	vars->bytes = vars->bytes - old + len;
	return 0;
}

static void var_free(struct script_vars *vars, struct script_var *var)
{
	vars->bytes -= strlen(var->name) + 1 + strlen(var->value) + 1;
	free(var->name);
	free(var->value);
}

void script_vars_unset(struct script_vars *vars, const char *name)
{
	bool found;
	size_t i = position(vars, name, &found);

	if (!found)
		return;
	var_free(vars, &vars->var[i]);
	vars->n--;
	memmove(&vars->var[i], &vars->var[i + 1], (vars->n - i) * sizeof(*vars->var));
}

int script_vars_export(struct script_vars *vars, const char *name)
{
	bool found;
	size_t i = position(vars, name, &found);

	if (!found && script_vars_set(vars, name, ""))
		return -1;
	vars->var[i].exported = true;
	return 0;
}

int script_vars_copy(struct script_vars *to, const struct script_vars *from, bool exported)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct script_var *var = &from->var[i];

		if (exported && !var->exported)
			continue;
		if (script_vars_set(to, var->name, var->value) ||
		    (var->exported && script_vars_export(to, var->name))) {
			script_vars_free(to);
			return -1;
		}
	}
	return 0;
}

void script_vars_free(struct script_vars *vars)
{
	for (size_t i = 0; i < vars->n; i++)
		var_free(vars, &vars->var[i]);
	free(vars->var);
	memset(vars, 0, sizeof(*vars));
}
