/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/plan.h"

#include <string.h>

#include "util/escape.h"

static int resolve_initrds(const char *list, const struct url *base, struct plan *out,
			   struct error *err)
{
	while (*list) {
		size_t len = strcspn(list, ",");

		if (len) {
			if (out->n_initrd == PLAN_INITRD_MAX)
				return error_set(err, ERR_CONFIG,
						 "label \"%s\" names more than %d ramdisks",
						 out->label, PLAN_INITRD_MAX);
			if (url_join(&out->initrd[out->n_initrd], base, list, len, err)) {
				char name[100];

				return error_prefix(err, "label \"%s\", ramdisk \"%s\"", out->label,
						    escape(name, sizeof(name), list, len));
			}
			out->n_initrd++;
		}
		list += len;
		list += *list == ',';
	}
	return 0;
}

int pxelinux_plan(const struct pxelinux_choice *choice, const struct url *base,
		  const struct keys *keys, struct plan *out, struct error *err)
{
	char name[100];

	*out = (struct plan){.kind = PLAN_FILES};
	escape_str(out->label, sizeof(out->label), choice->label);
	switch (choice->type) {
	case PXELINUX_LOCALBOOT:
		out->kind = PLAN_LOCAL;
		return 0;
	case PXELINUX_KERNEL:
		break;
	case PXELINUX_CONFIG:
	case PXELINUX_OTHER:
	case PXELINUX_MENU:
	case PXELINUX_QUIT:
	case PXELINUX_HELP:
	case PXELINUX_SEPARATOR:
		return error_set(err, ERR_UNSUPPORTED,
				 "label \"%s\" leads to the configuration \"%s\" (CONFIG), which "
				 "this image does not follow",
				 out->label, escape_str(name, sizeof(name), choice->kernel));
	}

	if (url_join(&out->kernel, base, choice->kernel, strlen(choice->kernel), err))
		return error_prefix(err, "label \"%s\", kernel \"%s\"", out->label,
				    escape_str(name, sizeof(name), choice->kernel));
	if (choice->initrds && resolve_initrds(choice->initrds, base, out, err))
		return -1;
	if (cmdline_compose(out->cmdline, sizeof(out->cmdline), choice->args, keys->tail,
			    keys->console_add, err))
		return error_prefix(err, "label \"%s\"", out->label);
	return 0;
}
