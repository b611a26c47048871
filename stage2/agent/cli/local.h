/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "plan --local": the road of a local boot up to its plan, with images instead of a guest's disks.
 */
#ifndef XENPXE_CLI_LOCAL_H
#define XENPXE_CLI_LOCAL_H

#include "cli/options.h"
#include "cli/report.h"
#include "policy/keys.h"
#include "util/error.h"

/**
 * cli_local() - print what a guest with these disks would boot, or all entries that it has.
 * @keys: the defaults; entry, kernel, ramdisk and args of @options are put there
 * @err:  as local_open_images(), local_find(), local_plan()
 *
 * Return: 0, with --all if at least one entry can be booted; or -1.
 */
int cli_local(const struct plan_options *options, struct keys *keys, struct report *report,
	      struct error *err);

#endif
