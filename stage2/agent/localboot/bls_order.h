/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of BLS entries. Private to bls*.c. */
#ifndef XENPXE_LOCALBOOT_BLS_ORDER_H
#define XENPXE_LOCALBOOT_BLS_ORDER_H

#include <stdbool.h>

#include "localboot/bls.h"

/* What of an entry counts for its place. All strings, "" if the entry does not say it. */
struct bls_key {
	const char *sort_key, *machine_id, *version;
	const char *id;
	bool bad; /* no tries are left */
};

/** bls_order() - which stands first in a menu. Return: less than 0: @a, greater than 0: @b. */
int bls_order(const struct bls_key *a, const struct bls_key *b);

#endif
