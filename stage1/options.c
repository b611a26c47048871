/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <string.h>

#include "exits.h"
#include "image.h"
#include "io.h"

#define DEFAULT_IMAGE "default"
#define RESCUE_IMAGE "rescue"

struct option {
	const char *name;
	char letter; /* 0: none */
	bool has_value;
	int (*take)(struct options *o, const struct option *opt, const char *value);
	enum key_id key; /* for the handlers that set a key */
	const char *because; /* for take_ignored() */
};

static int take_output(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	o->output = strcmp(value, "-") == 0 ? NULL : value;
	return EXIT_OK;
}

static int take_output_format(struct options *o, const struct option *opt, const char *value)
{
	static const struct {
		const char *name;
		enum answer_form form;
	} forms[] = {
		{"sxp", ANSWER_SXP},
		{"simple", ANSWER_SIMPLE},
		{"simple0", ANSWER_SIMPLE0},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(value, forms[i].name) == 0) {
			o->form = forms[i].form;
			return EXIT_OK;
		}
	}
	say("--%s=%s: must be one of sxp, simple, simple0", opt->name, value);
	return EXIT_USAGE;
}

static int take_output_directory(struct options *o, const struct option *opt, const char *value)
{
	if (*value == '\0') {
		say("--%s is empty: name the directory that receives kernel and ramdisk",
		    opt->name);
		return EXIT_USAGE;
	}
	o->output_directory = value;
	return EXIT_OK;
}

static int take_args(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	o->guest_args = value;
	return EXIT_OK;
}

static int take_image(struct options *o, const struct option *opt, const char *value)
{
	if (!image_name_valid(value)) {
		say("--%s=%s: must be the name of an image, made of letters, digits, '.', '_', "
		    "'+' and '-', not beginning with a dot, of at most 64 characters",
		    opt->name, value);
		return EXIT_USAGE;
	}
	o->image = value;
	return EXIT_OK;
}

static int take_image_dir(struct options *o, const struct option *opt, const char *value)
{
	if (value[0] != '/') {
		say("--%s=%s: must be an absolute path", opt->name, value);
		return EXIT_USAGE;
	}
	o->image_dir = value;
	return EXIT_OK;
}

static int take_key(struct options *o, const struct option *opt, const char *value)
{
	if (!keys[opt->key].valid(value)) {
		say("--%s=%s: must be %s", opt->name, value, keys[opt->key].allowed);
		return EXIT_USAGE;
	}
	o->values[opt->key] = value;
	return EXIT_OK;
}

static int take_flag_key(struct options *o, const struct option *opt, const char *value)
{
	(void)value;
	o->values[opt->key] = "";
	return EXIT_OK;
}

/*
 * Under restriction libxl says "--runas=UID --quiet" by itself, which for pygrub means: ask
 * nothing. That --quiet is nobody's wish for a quiet stage two, so it is not counted. There is
 * nothing to do under another uid either: pygrub changes it before it reads the guest's disk, and
 * nothing here reads anything of the guest's.
 */
static int take_runas(struct options *o, const struct option *opt, const char *value)
{
	if (*value == '\0' || value[strspn(value, "0123456789")] != '\0') {
		say("--%s=%s: must be a numeric user id", opt->name, value);
		return EXIT_USAGE;
	}
	o->quiet_of_tool = 1;
	return EXIT_OK;
}

static int take_quiet(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	(void)value;
	o->quiet_given++;
	return EXIT_OK;
}

static int take_not_really(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	(void)value;
	o->not_really = true;
	return EXIT_OK;
}

/* For one boot, without looking up what else there is: the image that has a rescue system. */
static int take_rescue(struct options *o, const struct option *opt, const char *value)
{
	(void)value;
	o->rescue = true;
	o->values[opt->key] = "rescue";
	return EXIT_OK;
}

static int take_help(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	(void)value;
	o->help = true;
	return EXIT_OK;
}

static int take_version(struct options *o, const struct option *opt, const char *value)
{
	(void)opt;
	(void)value;
	o->version = true;
	return EXIT_OK;
}

static int take_ignored(struct options *o, const struct option *opt, const char *value)
{
	(void)o;
	(void)value;
	say("warning: --%s has no effect: %s", opt->name, opt->because);
	return EXIT_OK;
}

/* A file of the guest's disk; to pygrub, an empty name is as good as none. */
static int take_local_file(struct options *o, const struct option *opt, const char *value)
{
	return *value == '\0' ? EXIT_OK : take_key(o, opt, value);
}

/* pypxeboot's was an interface of dom0's; an index or a MAC can only mean one of the guest's. */
static int take_interface(struct options *o, const struct option *opt, const char *value)
{
	if (keys[KEY_VIF].valid(value))
		return take_key(o, opt, value);
	return take_ignored(o, opt, value);
}

/* clang-format off */
static const struct option options_known[] = {
	/* The toolstack's and pygrub's */
	{"output",           0,   true,  take_output,           0, NULL},
	{"output-format",    0,   true,  take_output_format,    0, NULL},
	{"output-directory", 0,   true,  take_output_directory, 0, NULL},
	{"args",             0,   true,  take_args,             0, NULL},
	{"entry",            0,   true,  take_key,              KEY_ENTRY, NULL},
	{"kernel",           0,   true,  take_local_file,       KEY_KERNEL, NULL},
	{"ramdisk",          0,   true,  take_local_file,       KEY_RAMDISK, NULL},
	{"runas",            0,   true,  take_runas,            0, NULL},
	{"not-really",       'n', false, take_not_really,       0, NULL},
	{"debug",            0,   false, take_flag_key,         KEY_VERBOSE, NULL},
	{"interactive",      'i', false, take_ignored,          0,
		"the guest asks on its own console"},
	{"list-entries",     'l', false, take_ignored,          0,
		"the entries are only known inside the guest"},
	{"isconfig",         0,   false, take_ignored,          0,
		"nothing of the guest's is read in dom0"},
	{"offset",           0,   true,  take_ignored,          0,
		"the guest looks at all partitions of its disks itself"},

	/* pypxeboot's */
	{"interface",        0,   true,  take_interface,        KEY_VIF,
		"the guest boots over its own interfaces: choose one with --vif=INDEX or --vif=MAC"},
	{"udhcpc",           0,   true,  take_ignored,          0,
		"stage two has a DHCP client of its own"},
	{"pygrub-image",     0,   true,  take_ignored,          0,
		"pygrub is not used"},

	/* The keys of stage two; label, config-dir and verbose are pypxeboot's too */
	{"boot",             0,   true,  take_key,              KEY_BOOT, NULL},
	{"timeout",          0,   true,  take_key,              KEY_TIMEOUT, NULL},
	{"fail",             0,   true,  take_key,              KEY_FAIL, NULL},
	{"label",            0,   true,  take_key,              KEY_LABEL, NULL},
	{"server",           0,   true,  take_key,              KEY_SERVER, NULL},
	{"ip",               0,   true,  take_key,              KEY_IP, NULL},
	{"clientid",         0,   true,  take_key,              KEY_CLIENT_ID, NULL},
	{"config-dir",       0,   true,  take_key,              KEY_CONFIG_DIR, NULL},
	{"config",           0,   true,  take_key,              KEY_CONFIG, NULL},
	{"vif",              0,   true,  take_key,              KEY_VIF, NULL},
	{"ssh-key",          0,   true,  take_key,              KEY_SSH_KEY, NULL},
	{"console",          0,   true,  take_key,              KEY_CONSOLE, NULL},
	{"quiet",            'q', false, take_quiet,            KEY_QUIET, NULL},
	{"verbose",          'v', false, take_flag_key,         KEY_VERBOSE, NULL},

	/* Ours */
	{"rescue",           0,   false, take_rescue,           KEY_BOOT, NULL},
	{"image",            0,   true,  take_image,            0, NULL},
	{"image-dir",        0,   true,  take_image_dir,        0, NULL},
	{"help",             'h', false, take_help,             0, NULL},
	{"version",          0,   false, take_version,          0, NULL},
};
/* clang-format on */

static const struct option *find_long(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
		const struct option *opt = &options_known[i];

		if (strlen(opt->name) == len && memcmp(opt->name, name, len) == 0)
			return opt;
	}
	return NULL;
}

static const struct option *find_letter(char letter)
{
	for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
		if (options_known[i].letter == letter)
			return &options_known[i];
	}
	return NULL;
}

/* argv[*at] is "--NAME" or "--NAME=VALUE"; moves *at over a value of its own. */
static int parse_long(struct options *o, int argc, char *const argv[], int *at)
{
	const char *name = argv[*at] + 2;
	size_t len = strcspn(name, "=");
	const struct option *opt = find_long(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (!opt) {
		say("unknown option --%.*s: see xenpxe --help", (int)len, name);
		return EXIT_USAGE;
	}
	if (!opt->has_value && value) {
		say("--%s takes no value, but was given '%s'", opt->name, value);
		return EXIT_USAGE;
	}
	if (opt->has_value && !value) {
		if (*at + 1 >= argc) {
			say("--%s needs a value: --%s=VALUE", opt->name, opt->name);
			return EXIT_USAGE;
		}
		value = argv[++*at];
	}
	return opt->take(o, opt, value);
}

/* @letters: "qv" of "-qv". No option with a letter has a value. */
static int parse_letters(struct options *o, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const struct option *opt = find_letter(*letters);
		int rc;

		if (!opt) {
			say("unknown option -%c: see xenpxe --help", *letters);
			return EXIT_USAGE;
		}
		rc = opt->take(o, opt, NULL);
		if (rc != EXIT_OK)
			return rc;
	}
	return EXIT_OK;
}

/*
 * Is this a vif specification as xend passed it to pypxeboot, "mac=ADDR,bridge=br0"?
 * A comma list of NAME=VALUE with one "mac" among them; a disk's path is not, it has a slash.
 * Return: the MAC's text and its length, or NULL.
 */
static const char *find_mac(const char *arg, size_t *len)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *mac = NULL;

	for (;;) {
		size_t name = strspn(arg, name_chars);
		size_t item = strcspn(arg, ",");

		if (name == 0 || arg[name] != '=')
			return NULL;
		if (name == 3 && memcmp(arg, "mac", 3) == 0) {
			mac = arg + 4;
			*len = item - 4;
		}
		if (arg[item] == '\0')
			return mac;
		arg += item + 1;
	}
}

static int take_vif_spec(struct options *o, const char *arg, const char *mac, size_t len)
{
	if (len == sizeof(o->mac) - 1) {
		memcpy(o->mac, mac, len);
		o->mac[len] = '\0';
		if (key_is_mac(o->mac)) {
			o->values[KEY_VIF] = o->mac;
			return EXIT_OK;
		}
	}
	say("%s: mac= must be a MAC address such as 00:16:3e:00:00:01", arg);
	return EXIT_USAGE;
}

static int parse_positional(struct options *o, const char *arg)
{
	size_t len = 0;
	const char *mac = find_mac(arg, &len);

	if (mac)
		return take_vif_spec(o, arg, mac, len);
	if (o->disk)
		say("warning: '%s' has no effect: it is neither an option nor mac=ADDR, and the "
		    "disk is the last argument",
		    o->disk);
	o->disk = *arg ? arg : NULL;
	return EXIT_OK;
}

int options_parse(struct options *o, int argc, char *const argv[])
{
	bool only_positional = false;

	memset(o, 0, sizeof(*o));
	o->form = ANSWER_SXP; /* pygrub's default */
	o->image_dir = XENPXE_LIBDIR;
	o->guest_args = "";

	for (int at = 1; at < argc; at++) {
		const char *arg = argv[at];
		int rc;

		if (only_positional || arg[0] != '-' || arg[1] == '\0')
			rc = parse_positional(o, arg);
		else if (arg[1] != '-')
			rc = parse_letters(o, arg + 1);
		else if (arg[2] != '\0')
			rc = parse_long(o, argc, argv, &at);
		else {
			only_positional = true;
			rc = EXIT_OK;
		}
		if (rc != EXIT_OK)
			return rc;
	}

	if (!o->image)
		o->image = o->rescue ? RESCUE_IMAGE : DEFAULT_IMAGE;
	if (o->quiet_given > o->quiet_of_tool)
		o->values[KEY_QUIET] = "";
	if (!o->output_directory && !o->not_really && !o->help && !o->version) {
		say("--output-directory=DIR is missing: xenpxe is run by the toolstack; write "
		    "bootloader=\"xenpxe\" into the guest's configuration");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}
