/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* strsep() */
#include "localboot/plan.h"

#include <stdio.h>
#include <string.h>

#include "localboot/locate.h"
#include "util/escape.h"

int local_look(struct local_volumes *volumes, const struct keys *keys, struct local_menu *menu,
	       struct error *err)
{
	struct local_options options = {.entry = keys->entry, .kernel = keys->kernel};
	struct local_files files = local_files(volumes);
	const char *fs[LOCAL_VOLUME_MAX];
	size_t disk[LOCAL_VOLUME_MAX], n;
	char ramdisk[sizeof(keys->ramdisk)], *rest = ramdisk, *one;

	memcpy(ramdisk, keys->ramdisk, sizeof(ramdisk));
	while ((one = strsep(&rest, ",")) && options.n_ramdisk < LOCAL_INITRD_MAX) {
		if (*one)
			options.ramdisk[options.n_ramdisk++] = one;
	}
	n = local_filesystems(volumes, fs, disk, LOCAL_VOLUME_MAX);
	return local_find(&files, fs, disk, n, &options, menu, err);
}

static int open_url(struct local_volumes *volumes, const char *fs, const char *path,
		    struct url *url, struct error *err)
{
	*url = (struct url){.scheme = URL_FILE};
	url->fd = local_open_file(volumes, fs, path, err);
	snprintf(url->path, sizeof(url->path), "%s%s%s", fs, fs[0] ? ":" : "", path);
	return url->fd < 0 ? -1 : 0;
}

static int open_all(struct local_volumes *volumes, const struct local_entry *entry,
		    struct plan *out, struct error *err)
{
	if (open_url(volumes, entry->fs, entry->kernel, &out->kernel, err))
		return -1;
	if (entry->n_initrd > PLAN_INITRD_MAX)
		return error_set(err, ERR_CONFIG, "more than %d ramdisks", PLAN_INITRD_MAX);
	for (size_t i = 0; i < entry->n_initrd; i++) {
		if (open_url(volumes, entry->initrd_fs[i], entry->initrd[i], &out->initrd[i], err))
			return -1;
		out->n_initrd++;
	}
	return 0;
}

int local_plan(struct local_volumes *volumes, const struct local_entry *entry,
	       const struct keys *keys, struct plan *out, struct error *err)
{
	char shown[400];
	int ret;

	*out = (struct plan){.kind = PLAN_FILES};
	escape_str(out->label, sizeof(out->label), entry->title);
	if (entry->problem)
		ret = error_set(err, ERR_CONFIG, "%s",
				escape_str(shown, sizeof(shown), entry->problem));
	else
		ret = open_all(volumes, entry, out, err) ||
				      cmdline_compose(out->cmdline, sizeof(out->cmdline),
						      entry->args, keys->tail, keys->console_add,
						      err)
			      ? -1
			      : 0;
	if (!ret)
		return 0;
	local_close_files(volumes);
	return error_prefix(err, "entry \"%s\" of %s", out->label,
			    escape_str(shown, sizeof(shown), entry->source));
}
