/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small struct that passes from "what shall be booted" to "fetch it and hand over".
 */
#ifndef XENPXE_PLAN_H
#define XENPXE_PLAN_H

#include <stddef.h>

#include "fetch/url.h"

#define PLAN_INITRD_MAX 16
#define PLAN_CMDLINE_MAX 1023 /* bytes without the NUL: xen.h, MAX_GUEST_CMDLINE - 1 */

enum plan_kind {
	PLAN_FILES, /* kernel and initrds, wherever they lie */
	PLAN_LOCAL /* the configuration says LOCALBOOT: the guest's disk decides */
};

struct plan {
	enum plan_kind kind;
	char label[128]; /* escaped, for console and xenstore */
	struct url kernel;
	struct url initrd[PLAN_INITRD_MAX];
	size_t n_initrd;
	char cmdline[PLAN_CMDLINE_MAX + 1];
};

#endif
