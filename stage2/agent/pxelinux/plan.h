/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "plan": a choice in the configuration's terms becomes URLs and a command line. Pure.
 */
#ifndef XENPXE_PXELINUX_PLAN_H
#define XENPXE_PXELINUX_PLAN_H

#include "../plan.h" /* "plan.h" alone would be this file */
#include "fetch/url.h"
#include "policy/keys.h"
#include "pxelinux/pxelinux.h"
#include "util/error.h"

/**
 * pxelinux_plan() - resolve file names and compose the final command line.
 * @choice: PXELINUX_KERNEL or PXELINUX_LOCALBOOT; a PXELINUX_CONFIG is followed by the caller
 * @base:   server, and as path the prefix in force (see url_join())
 * @keys:   tail and console_add are used
 * @out:    the plan; PLAN_LOCAL has only kind and label
 * @err:    ERR_CONFIG: a name that cannot be resolved, more than PLAN_INITRD_MAX initrds, a
 *          command line over PLAN_CMDLINE_MAX; ERR_UNSUPPORTED for a PXELINUX_CONFIG
 *
 * Return: 0 or -1.
 */
int pxelinux_plan(const struct pxelinux_choice *choice, const struct url *base,
		  const struct keys *keys, struct plan *out, struct error *err);

#endif
