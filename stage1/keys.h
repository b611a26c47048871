/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of stage two that can be given to stage one as --KEY=value. Pure functions.
 *
 * A wrong value is refused here, while the administrator is looking, and not half a minute later
 * on the guest's console. The limits are those of stage2/agent/policy/keys.h.
 */
#ifndef XENPXE_STAGE1_KEYS_H
#define XENPXE_STAGE1_KEYS_H

#include <stdbool.h>

enum key_id {
	KEY_BOOT,
	KEY_TIMEOUT,
	KEY_FAIL,
	KEY_LABEL,
	KEY_ENTRY,
	KEY_KERNEL,
	KEY_RAMDISK,
	KEY_SERVER,
	KEY_IP,
	KEY_CLIENT_ID,
	KEY_CONFIG_DIR,
	KEY_CONFIG,
	KEY_VIF,
	KEY_SSH_KEY,
	KEY_CONSOLE,
	KEY_QUIET,
	KEY_VERBOSE,
	KEY_COUNT
};

struct key {
	const char *name; /* in --NAME= and in xenpxe.NAME= */
	bool (*valid)(const char *value); /* the whole value; NULL: the key has no value */
	const char *allowed; /* for "…: must be ALLOWED" */
};

extern const struct key keys[KEY_COUNT];

/**
 * key_is_mac() - is this a MAC address, with colons or with dashes, in either case?
 */
bool key_is_mac(const char *value);

#endif
