/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration from the network, on the whole road to a plan: parsed, each of its first
 * labels and its own choice taken, names resolved, the command line composed.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "pxelinux/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printable(const char *s)
{
	for (; *s; s++)
		assert(*s >= 0x20 && *s < 0x7f);
}

static void plan(const struct pxelinux_choice *choice)
{
	static struct plan out;
	static struct keys keys;
	struct url base = {.port = 69, .path = "boot/"};
	struct error err = {0};

	keys_defaults(&keys);
	keys.console_add = true;
	strcpy(keys.tail, "root=/dev/xvda1");
	if (pxelinux_plan(choice, &base, &keys, &out, &err)) {
		assert(err.class == ERR_CONFIG || err.class == ERR_UNSUPPORTED);
		return;
	}
	assert(strlen(out.cmdline) <= PLAN_CMDLINE_MAX);
	assert(out.n_initrd <= PLAN_INITRD_MAX);
	check_printable(out.label);
}

static void choose(const struct pxelinux_config *config, const char *want)
{
	static const struct pxelinux_sysinfo info = {.id = {.has_uuid = true}};
	struct pxelinux_choice choice;
	struct error err = {0};

	if (pxelinux_choose(config, want, &info, &choice, &err)) {
		assert(err.class == ERR_CONFIG && err.text[0]);
		assert(!choice.label && !choice.kernel && !choice.initrds && !choice.args);
		return;
	}
	assert(choice.label && choice.kernel && choice.args);
	plan(&choice);
	pxelinux_choice_free(&choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pxelinux_config config;
	struct error err = {0};

	if (pxelinux_parse(data, size, NULL, &config, &err)) {
		assert(err.class == ERR_CONFIG);
		assert(!config.text && !config.entry && !config.n_entry);
		return 0;
	}
	for (size_t i = 0; i < config.n_warning && i < PXELINUX_WARNING_MAX; i++)
		check_printable(config.warning[i].text);
	choose(&config, NULL);
	for (size_t i = 0; i < config.n_entry && i < 8; i++) {
		char want[300];

		snprintf(want, sizeof(want), "%s single", config.entry[i].label);
		choose(&config, want);
	}
	pxelinux_free(&config);
	return 0;
}
