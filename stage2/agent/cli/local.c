/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/local.h"

#include <stdio.h>
#include <string.h>

#include "localboot/plan.h"
#include "localboot/volumes.h"
#include "util/console.h"
#include "util/escape.h"

static void put(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

/* @failed: instead of @plan: why it cannot boot */
static void report(struct report *r, const struct local_entry *e, const struct plan *plan,
		   const char *failed)
{
	struct report_entry entry = {.label = e->title,
				     .submenu = e->submenu[0] ? e->submenu : NULL,
				     .plan = failed ? NULL : plan,
				     .error = failed};
	char source[600];

	if (r->list) {
		snprintf(source, sizeof(source), e->line ? "%s:%u" : "%s", e->source, e->line);
		entry.source = source;
	}
	report_entry(r, &entry);
}

/* Every entry in order, also those that cannot boot. */
static int report_all(struct local_volumes *volumes, const struct local_menu *menu,
		      const struct keys *keys, struct report *r, struct error *err)
{
	size_t bootable = 0;

	for (size_t i = 0; i < menu->n; i++) {
		struct plan plan;
		int ret = local_plan(volumes, &menu->entry[i], keys, &plan, err);

		report(r, &menu->entry[i], &plan, ret ? err->text : NULL);
		bootable += ret == 0;
		local_close_files(volumes);
	}
	return bootable ? 0 : error_set(err, ERR_CONFIG, "no entry of the menu can be booted");
}

static void explain(const struct local_menu *menu)
{
	char title[200], source[200];

	for (size_t i = 0; i < menu->n; i++) {
		const struct local_entry *e = &menu->entry[i];

		say_verbose("entry %zu: \"%s\" of %s%s%s", i,
			    escape_str(title, sizeof(title), e->title),
			    escape_str(source, sizeof(source), e->source),
			    i == menu->chosen ? ", the one that boots" : "",
			    e->problem ? ", cannot be booted" : "");
	}
	if (menu->has_timeout)
		say_verbose("time-out: %u s", menu->timeout_s);
}

static int plan(struct local_volumes *volumes, const struct keys *keys, struct report *r,
		struct error *err)
{
	struct local_menu menu;
	struct plan chosen;
	int ret;

	if (local_look(volumes, keys, &menu, err))
		return -1;
	for (size_t i = 0; i < menu.n_warning; i++)
		say_error("%s", menu.warning[i]);
	explain(&menu);
	if (r->list) {
		ret = report_all(volumes, &menu, keys, r, err);
	} else {
		ret = local_plan(volumes, &menu.entry[menu.chosen], keys, &chosen, err);
		if (!ret)
			report(r, &menu.entry[menu.chosen], &chosen, NULL);
	}
	report_end(r);
	local_menu_free(&menu);
	return ret;
}

int cli_local(const struct plan_options *options, struct keys *keys, struct report *r,
	      struct error *err)
{
	struct local_volumes *volumes = NULL;
	int ret;

	if (options->explain)
		console_setup(CONSOLE_VERBOSE, true);
	put(keys->entry, sizeof(keys->entry), options->entry);
	put(keys->kernel, sizeof(keys->kernel), options->kernel);
	put(keys->ramdisk, sizeof(keys->ramdisk), options->ramdisk);
	keys_set_tail(keys, options->args);
	ret = local_open_images(&volumes, options->local, options->n_local, err);
	if (!ret)
		ret = plan(volumes, keys, r, err);
	local_close(volumes);
	return ret;
}
