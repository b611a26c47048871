/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys: what an administrator can say on stage two's command line. Pure functions.
 *
 * "xenpxe.KEY=value" in front of the first " -- " is ours, everything behind it belongs to the
 * final kernel and is passed on byte by byte. Words are split and quoted as the Linux kernel
 * does it (lib/cmdline.c, next_arg()).
 */
#ifndef XENPXE_POLICY_KEYS_H
#define XENPXE_POLICY_KEYS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "rescue/ssh_key.h"
#include "util/console.h"
#include "util/error.h"

enum way { WAY_NET, WAY_LOCAL, WAY_RESCUE };
#define WAY_MAX 3

enum fail_action { FAIL_RETRY, FAIL_POWEROFF, FAIL_REBOOT, FAIL_CRASH, FAIL_RESCUE };

enum console_form { CONSOLE_FORM_FULL, CONSOLE_FORM_PLAIN };

struct keys {
	enum way boot[WAY_MAX];
	size_t n_boot;
	unsigned int timeout_s; /* 1..86400 */
	enum fail_action fail;
	char label[256]; /* "": the configuration decides */
	char entry[256]; /* local boot's entry; "": its default */
	char kernel[512]; /* local boot's kernel, a path on the guest's disk; "": by its menu */
	char ramdisk[512]; /* its ramdisks, paths with commas between them; "": none */
	struct in_addr server; /* 0.0.0.0: from DHCP */
	char ip[512]; /* see static_lease(); "": DHCP */
	char client_id[192]; /* see dhcp_identity_client_id(); "": 01 and the MAC */
	char config_dir[256]; /* "": pxelinux.cfg */
	char config[512]; /* "": the whole search */
	char vif[64]; /* "": all */
	char ssh_key[SSH_KEYS_MAX]; /* see ssh_key_lines(); "": none */
	enum console_form form;
	bool console_add; /* append console=hvc0 if the final line has no console= for hvc0 */
	enum console_level level;
	char tail[2600]; /* see keys_set_tail() */
	char warning[8][160]; /* unknown keys and the like, escaped */
	size_t n_warning;
};

/**
 * keys_defaults() - what counts where a guest's configuration says nothing: the image's site
 * defaults (Kconfig), which are boot=net,local timeout=60 fail=retry console=full if its builder
 * chose no others.
 */
void keys_defaults(struct keys *keys);

/**
 * keys_set_tail() - what the final kernel gets behind the boot configuration's arguments.
 * @tail: from the guest's configuration, at most 2047 bytes, taken byte by byte; "" if nothing.
 *        The image's own arguments (Kconfig, DEFAULT_ARGS: at most 512 bytes) come in front of it:
 *        where Linux takes the last of two, the guest's wins.
 */
void keys_set_tail(struct keys *keys, const char *tail);

/**
 * keys_parse() - read a kernel command line.
 * @line: NUL-terminated, at most 2047 bytes
 * @keys: result; starts from keys_defaults()
 * @err:  ERR_USAGE: a value that is wrong; the text names key, value and what is allowed. The
 *        remaining keys are read all the same and @keys is usable (the bad one stays default).
 */
int keys_parse(const char *line, struct keys *keys, struct error *err);

const char *way_name(enum way way);
const char *fail_action_name(enum fail_action action);

/**
 * cmdline_compose() - the final kernel's command line.
 * @out:   at least PLAN_CMDLINE_MAX + 1 bytes
 * @args:  from the boot configuration
 * @tail:  from the guest's configuration; put behind @args with one space
 * @console_add: see struct keys
 * @err:   ERR_CONFIG when longer than PLAN_CMDLINE_MAX: the text names the lengths
 */
int cmdline_compose(char *out, size_t size, const char *args, const char *tail, bool console_add,
		    struct error *err);

#endif
