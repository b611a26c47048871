/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"

#define WARNING_MAX 256

int local_entry_set(char **field, const char *text, size_t len, struct error *err)
{
	char *copy = malloc(len + 1);
	size_t n = 0;

	if (!copy)
		return error_set(err, ERR_MEMORY, "no memory for %zu bytes", len);
	for (size_t i = 0; i < len; i++) {
		if (text[i])
			copy[n++] = text[i];
	}
	copy[n] = '\0';
	free(*field);
	*field = copy;
	return 0;
}

static void entry_free(struct local_entry *entry)
{
	free(entry->title);
	free(entry->submenu);
	free(entry->id);
	free(entry->source);
	free(entry->kernel);
	for (size_t i = 0; i < entry->n_initrd; i++)
		free(entry->initrd[i]);
	free(entry->args);
	free(entry->problem);
}

struct local_entry *local_menu_add(struct local_menu *menu, struct error *err)
{
	struct local_entry *entry;
	void *grown;

	if (menu->n == LOCAL_ENTRY_MAX) {
		error_set(err, ERR_MEMORY, "there are more than %d entries", LOCAL_ENTRY_MAX);
		return NULL;
	}
	grown = realloc(menu->entry, (menu->n + 1) * sizeof(*menu->entry));
	if (!grown) {
		error_set(err, ERR_MEMORY, "no memory for another entry");
		return NULL;
	}
	menu->entry = grown;
	entry = &menu->entry[menu->n];
	memset(entry, 0, sizeof(*entry));
	if (local_entry_set(&entry->title, "", 0, err) ||
	    local_entry_set(&entry->submenu, "", 0, err) ||
	    local_entry_set(&entry->id, "", 0, err) ||
	    local_entry_set(&entry->source, "", 0, err) ||
	    local_entry_set(&entry->kernel, "", 0, err) ||
	    local_entry_set(&entry->args, "", 0, err)) {
		entry_free(entry);
		return NULL;
	}
	menu->n++;
	return entry;
}

int local_entry_problem(struct local_entry *entry, struct error *err, const char *format, ...)
{
	char text[512], shown[1024];
	va_list args;

	if (entry->problem)
		return 0;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	escape_str(shown, sizeof(shown), text);
	return local_entry_set(&entry->problem, shown, strlen(shown), err);
}

void local_menu_warn(struct local_menu *menu, const char *source, unsigned int line,
		     const char *format, ...)
{
	char text[512], shown[1024];
	va_list args;
	void *grown;
	int n;

	if (menu->n_warning == WARNING_MAX)
		return;
	n = line ? snprintf(text, sizeof(text), "%s:%u: ", source, line)
		 : snprintf(text, sizeof(text), "%s: ", source);
	if (n < 0 || (size_t)n >= sizeof(text))
		return;
	va_start(args, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, args);
	va_end(args);
	grown = realloc(menu->warning, (menu->n_warning + 1) * sizeof(*menu->warning));
	if (!grown)
		return;
	menu->warning = grown;
	menu->warning[menu->n_warning] = strdup(escape_str(shown, sizeof(shown), text));
	if (menu->warning[menu->n_warning])
		menu->n_warning++;
}

void local_menu_free(struct local_menu *menu)
{
	for (size_t i = 0; i < menu->n; i++)
		entry_free(&menu->entry[i]);
	free(menu->entry);
	for (size_t i = 0; i < menu->n_warning; i++)
		free(menu->warning[i]);
	free(menu->warning);
	memset(menu, 0, sizeof(*menu));
}
