/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "util/escape.h"
#include "util/hex.h"

#define TIMEOUT_DEFAULT_S 60
#define TIMEOUT_MAX_S 86400

/* The handlers. Return: NULL, or what the value must be. */

static const char *set_pxe(struct plan_options *o, const char *value)
{
	o->pxe = value;
	return value[0] ? NULL : "a file";
}

static const char *set_net(struct plan_options *o, const char *value)
{
	o->net = value;
	return value[0] ? NULL : "a network interface of this machine";
}

static const char *set_local(struct plan_options *o, const char *value)
{
	if (o->n_local == PLAN_DISK_MAX)
		return "given at most 26 times";
	o->local[o->n_local++] = value;
	return value[0] ? NULL : "a disk (a file or a block device) or a directory";
}

static const char *set_entry(struct plan_options *o, const char *value)
{
	o->entry = value;
	return value[0] && strlen(value) < 256 ? NULL
					       : "a number, a title or an id, at most 255 bytes";
}

static const char *set_kernel(struct plan_options *o, const char *value)
{
	o->kernel = value;
	return strlen(value) < 512 ? NULL : "a path on the disk, at most 511 bytes";
}

static const char *set_ramdisk(struct plan_options *o, const char *value)
{
	o->ramdisk = value;
	return strlen(value) < 512 ? NULL
				   : "paths on the disk with commas between, at most 511 bytes";
}

static const char *set_args(struct plan_options *o, const char *value)
{
	o->args = value;
	return strlen(value) < 1024 ? NULL : "at most 1023 bytes";
}

static const char *set_explain(struct plan_options *o, const char *value)
{
	(void)value;
	o->explain = true;
	return NULL;
}

static const char *set_base(struct plan_options *o, const char *value)
{
	o->base = value;
	return value[0] ? NULL : "a URL (tftp://A.B.C.D/directory/) or a directory";
}

static const char *set_label(struct plan_options *o, const char *value)
{
	o->label = value;
	return value[0] && strlen(value) <= 255
		       ? NULL
		       : "a label, perhaps with arguments behind it, of at most 255 bytes";
}

static const char *set_mac(struct plan_options *o, const char *value)
{
	o->has_mac = true;
	return hex_bytes(o->mac, sizeof(o->mac), value, ":-") ? "a MAC address (00:16:3e:12:34:56)"
							      : NULL;
}

static const char *set_uuid(struct plan_options *o, const char *value)
{
	o->has_uuid = true;
	return hex_bytes(o->uuid, sizeof(o->uuid), value, "-")
		       ? "a UUID as \"xl vm-list\" prints it"
		       : NULL;
}

static const char *set_ip(struct plan_options *o, const char *value)
{
	return inet_pton(AF_INET, value, &o->ip) == 1 ? NULL : "an IPv4 address (A.B.C.D)";
}

static const char *set_timeout(struct plan_options *o, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	o->timeout_s = (unsigned int)n;
	return *end || value[0] < '0' || value[0] > '9' || n < 1 || n > TIMEOUT_MAX_S
		       ? "seconds, 1 to 86400"
		       : NULL;
}

static const char *set_all(struct plan_options *o, const char *value)
{
	(void)value;
	o->all = true;
	return NULL;
}

static const char *set_json(struct plan_options *o, const char *value)
{
	(void)value;
	o->json = true;
	return NULL;
}

static const char *set_help(struct plan_options *o, const char *value)
{
	(void)value;
	o->help = true;
	return NULL;
}

static const struct option {
	const char *name;
	bool has_value;
	const char *(*set)(struct plan_options *o, const char *value);
} table[] = {
	{"--all", false, set_all},
	{"--args", true, set_args},
	{"--base", true, set_base},
	{"--entry", true, set_entry},
	{"--explain", false, set_explain},
	{"--help", false, set_help},
	{"--ip", true, set_ip},
	{"--json", false, set_json},
	{"--kernel", true, set_kernel},
	{"--label", true, set_label},
	{"--local", true, set_local},
	{"--mac", true, set_mac},
	{"--net", true, set_net},
	{"--pxe", true, set_pxe},
	{"--ramdisk", true, set_ramdisk},
	{"--timeout", true, set_timeout},
	{"--uuid", true, set_uuid},
};

static const struct option *find(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strlen(table[i].name) == len && memcmp(table[i].name, word, len) == 0)
			return &table[i];
	}
	return NULL;
}

static int check_together(const struct plan_options *o, struct error *err)
{
	bool of_disk = o->entry[0] || o->kernel[0] || o->ramdisk[0] || o->args[0] || o->explain;

	if (!!o->pxe + !!o->net + !!o->n_local != 1)
		return error_set(err, ERR_USAGE,
				 "name either a configuration (--pxe FILE), an interface to ask "
				 "on (--net IFACE), or a disk or directory (--local DISK|DIR)");
	if (o->all && (o->label[0] || o->entry[0]))
		return error_set(err, ERR_USAGE, "--all and --%s exclude each other",
				 o->label[0] ? "label" : "entry");
	if (!o->n_local && of_disk)
		return error_set(err, ERR_USAGE,
				 "--entry, --kernel, --ramdisk, --args and --explain belong to "
				 "--local");
	if (o->n_local && (o->base || o->label[0] || o->has_mac || o->has_uuid || o->ip.s_addr))
		return error_set(err, ERR_USAGE,
				 "with --local no network is asked: no --base, --label, --mac, "
				 "--ip, --uuid");
	if (o->net && (o->base || o->all || o->ip.s_addr))
		return error_set(err, ERR_USAGE,
				 "with --net the server says what --base and --ip would, and one "
				 "entry is fetched: no --base, --ip, --all");
	return 0;
}

int plan_options_parse(struct plan_options *options, int argc, char **argv, struct error *err)
{
	char shown[100];

	*options = (struct plan_options){.label = "",
					 .entry = "",
					 .kernel = "",
					 .ramdisk = "",
					 .args = "",
					 .timeout_s = TIMEOUT_DEFAULT_S};
	for (int i = 0; i < argc; i++) {
		size_t len = strcspn(argv[i], "=");
		const struct option *option = find(argv[i], len);
		const char *value = argv[i][len] ? argv[i] + len + 1 : NULL, *want;

		escape_str(shown, sizeof(shown), argv[i]);
		if (!option)
			return error_set(err, ERR_USAGE, "unknown option \"%s\"", shown);
		if (!option->has_value && value)
			return error_set(err, ERR_USAGE, "%s takes no value", option->name);
		if (option->has_value && !value) {
			if (i + 1 == argc)
				return error_set(err, ERR_USAGE, "%s needs a value", option->name);
			value = argv[++i];
		}
		want = option->set(options, value);
		if (want)
			return error_set(err, ERR_USAGE, "%s=%s: must be %s", option->name,
					 escape_str(shown, sizeof(shown), value), want);
	}
	return options->help ? 0 : check_together(options, err);
}
