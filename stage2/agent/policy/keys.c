/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/keys.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dhcp/packet.h"
#include "dhcp/static.h"
#include "plan.h"
#include "util/escape.h"

#define LINE_MAX_BYTES 2047

static const char *const way_names[] = {
	[WAY_NET] = "net",
	[WAY_LOCAL] = "local",
	[WAY_RESCUE] = "rescue",
};

static const char *const fail_names[] = {
	[FAIL_RETRY] = "retry", [FAIL_POWEROFF] = "poweroff", [FAIL_REBOOT] = "reboot",
	[FAIL_CRASH] = "crash", [FAIL_RESCUE] = "rescue",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *way_name(enum way way)
{
	return way_names[way];
}

const char *fail_action_name(enum fail_action action)
{
	return fail_names[action];
}

/* The kernel's isspace() for ASCII. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * The next word of a kernel command line, quotes taken off as next_arg() does it: a quote in
 * front of the word or right behind '=' is dropped, and the one at the word's end with it; others
 * stay. @line is cut.
 *
 * Return: what follows the word and its white space.
 */
static char *next_word(char *line, char **name, char **value)
{
	bool in_quote = false, quoted = false;
	size_t end, equals = 0;
	char *rest;

	if (*line == '"') {
		line++;
		in_quote = true;
		quoted = true;
	}
	for (end = 0; line[end] && (in_quote || !is_space(line[end])); end++) {
		if (!equals && line[end] == '=')
			equals = end;
		if (line[end] == '"')
			in_quote = !in_quote;
	}
	rest = line + end;
	if (*rest)
		*rest++ = '\0';
	while (is_space(*rest))
		rest++;

	*name = line;
	*value = NULL;
	if (equals) {
		line[equals] = '\0';
		*value = line + equals + 1;
		if (**value == '"') {
			(*value)++;
			if (line[end - 1] == '"')
				line[end - 1] = '\0';
		}
	}
	if (quoted && end > 0 && line[end - 1] == '"')
		line[end - 1] = '\0';
	return rest;
}

/* Where a word "--" stands, NULL if nowhere. Quotes do not hide it: stage one puts it there
 * between any two strings. */
static const char *find_separator(const char *line)
{
	for (const char *p = line; (p = strstr(p, "--")) != NULL; p++) {
		if ((p == line || is_space(p[-1])) && (!p[2] || is_space(p[2])))
			return p;
	}
	return NULL;
}

static int one_of(const char *value, size_t len, const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(names[i]) == len && memcmp(names[i], value, len) == 0)
			return (int)i;
	}
	return -1;
}

/*
 * The handlers: @value is the key's value, "" where there is none.
 * Return: NULL, or what is allowed, for the error.
 */

static const char *set_boot(struct keys *keys, const char *value)
{
	static const char allowed[] = "a comma list of net, local, rescue, each at most once";
	enum way boot[WAY_MAX] = {WAY_NET};
	bool seen[WAY_MAX] = {false};
	size_t n = 0;

	for (;;) {
		size_t len = strcspn(value, ",");
		int way = one_of(value, len, way_names, COUNT(way_names));

		if (way < 0 || seen[way])
			return allowed;
		seen[way] = true;
		boot[n++] = (enum way)way;
		if (!value[len])
			break;
		value += len + 1;
	}
	memcpy(keys->boot, boot, sizeof(boot));
	keys->n_boot = n;
	return NULL;
}

static const char *set_timeout(struct keys *keys, const char *value)
{
	static const char allowed[] = "seconds from 1 to 86400";
	unsigned int seconds = 0;

	if (!value[0] || strlen(value) > 5 || value[strspn(value, "0123456789")])
		return allowed;
	seconds = (unsigned int)strtoul(value, NULL, 10);
	if (seconds < 1 || seconds > 86400)
		return allowed;
	keys->timeout_s = seconds;
	return NULL;
}

static const char *set_fail(struct keys *keys, const char *value)
{
	int action = one_of(value, strlen(value), fail_names, COUNT(fail_names));

	if (action < 0)
		return "retry, poweroff, reboot, crash or rescue";
	keys->fail = (enum fail_action)action;
	return NULL;
}

static const char *set_text(char *text, size_t size, const char *value, const char *allowed)
{
	if (strlen(value) >= size)
		return allowed;
	memset(text, 0, size);
	memcpy(text, value, strlen(value));
	return NULL;
}

static const char *set_label(struct keys *keys, const char *value)
{
	return set_text(keys->label, sizeof(keys->label), value, "at most 255 bytes");
}

static const char *set_entry(struct keys *keys, const char *value)
{
	return set_text(keys->entry, sizeof(keys->entry), value, "at most 255 bytes");
}

static const char *set_kernel(struct keys *keys, const char *value)
{
	return set_text(keys->kernel, sizeof(keys->kernel), value, "a path of at most 511 bytes");
}

static const char *set_ramdisk(struct keys *keys, const char *value)
{
	return set_text(keys->ramdisk, sizeof(keys->ramdisk), value,
			"paths with commas between them, at most 511 bytes");
}

static const char *set_server(struct keys *keys, const char *value)
{
	struct in_addr server;

	if (inet_pton(AF_INET, value, &server) != 1)
		return "an IPv4 address such as 192.0.2.1";
	keys->server = server;
	return NULL;
}

static const char *set_ip(struct keys *keys, const char *value)
{
	char device[IFNAMSIZ];
	struct lease lease;
	bool is_static;

	if (strlen(value) >= sizeof(keys->ip) ||
	    static_lease(value, &lease, device, &is_static, NULL) < 0)
		return "client:server:gateway:netmask:hostname:device:off as in the kernel's ip=, or "
		       "dhcp";
	memset(keys->ip, 0, sizeof(keys->ip));
	memcpy(keys->ip, value, strlen(value));
	return NULL;
}

static const char *set_client_id(struct keys *keys, const char *value)
{
	static const char allowed[] =
		"at most 63 bytes of text, or at most 64 in hexadecimal with colons";
	struct dhcp_identity id = {.client_id_len = 0};

	if (dhcp_identity_client_id(&id, value) < 0)
		return allowed;
	return set_text(keys->client_id, sizeof(keys->client_id), value, allowed);
}

static const char *set_config_dir(struct keys *keys, const char *value)
{
	return set_text(keys->config_dir, sizeof(keys->config_dir), value, "at most 255 bytes");
}

static const char *set_config(struct keys *keys, const char *value)
{
	return set_text(keys->config, sizeof(keys->config), value, "at most 511 bytes");
}

static const char *set_vif(struct keys *keys, const char *value)
{
	return set_text(keys->vif, sizeof(keys->vif), value,
			"the index or the MAC address of a network interface");
}

#ifdef CONFIG_RESCUE_SSH
static const char *set_ssh_key(struct keys *keys, const char *value)
{
	if (ssh_key_lines(value, NULL) < 1)
		return "the base64 part of public keys (AAAA...), with commas between them";
	return set_text(keys->ssh_key, sizeof(keys->ssh_key), value, "at most 1023 bytes");
}
#endif

static const char *set_console(struct keys *keys, const char *value)
{
	static const char *const names[] = {"full", "plain", "add"};
	enum console_form form = keys->form;
	bool add = false;

	for (;;) {
		size_t len = strcspn(value, ",");

		switch (one_of(value, len, names, COUNT(names))) {
		case 0:
			form = CONSOLE_FORM_FULL;
			break;
		case 1:
			form = CONSOLE_FORM_PLAIN;
			break;
		case 2:
			add = true;
			break;
		default:
			return "full, plain, add, or a comma list of them";
		}
		if (!value[len])
			break;
		value += len + 1;
	}
	keys->form = form;
	keys->console_add = add;
	return NULL;
}

static const char *set_level(struct keys *keys, const char *value, enum console_level level)
{
	static const char *const names[] = {"", "1", "yes", "0", "no"};
	int which = one_of(value, strlen(value), names, COUNT(names));

	if (which < 0)
		return "nothing, 1 or 0";
	if (which <= 2)
		keys->level = level;
	else if (keys->level == level)
		keys->level = CONSOLE_NORMAL;
	return NULL;
}

static const char *set_quiet(struct keys *keys, const char *value)
{
	return set_level(keys, value, CONSOLE_QUIET);
}

static const char *set_verbose(struct keys *keys, const char *value)
{
	return set_level(keys, value, CONSOLE_VERBOSE);
}

static const struct {
	const char *name;
	const char *(*set)(struct keys *keys, const char *value);
} handlers[] = {
	{"boot", set_boot},
	{"timeout", set_timeout},
	{"fail", set_fail},
	{"label", set_label},
	{"entry", set_entry},
	{"kernel", set_kernel},
	{"ramdisk", set_ramdisk},
	{"server", set_server},
	{"ip", set_ip},
	{"clientid", set_client_id},
	{"config-dir", set_config_dir},
	{"config", set_config},
	{"vif", set_vif},
#ifdef CONFIG_RESCUE_SSH
	{"ssh-key", set_ssh_key},
#endif
	{"console", set_console},
	{"quiet", set_quiet},
	{"verbose", set_verbose},
};

/* The kernel takes '-' and '_' in a parameter's name as the same. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	}
	return *a == *b;
}

__attribute__((format(printf, 2, 3))) static void warn(struct keys *keys, const char *fmt, ...)
{
	va_list ap;

	if (keys->n_warning == COUNT(keys->warning))
		return;
	va_start(ap, fmt);
	vsnprintf(keys->warning[keys->n_warning++], sizeof(keys->warning[0]), fmt, ap);
	va_end(ap);
}

static int set_key(struct keys *keys, const char *name, const char *value, struct error *err)
{
	char shown_name[60], shown_value[100];
	const char *allowed;

	for (size_t i = 0; i < COUNT(handlers); i++) {
		if (!same_name(name, handlers[i].name))
			continue;
		allowed = handlers[i].set(keys, value ? value : "");
		if (!allowed)
			return 0;
		escape_str(shown_value, sizeof(shown_value), value ? value : "");
		return error_set(err, ERR_USAGE, "xenpxe.%s=%s: allowed is %s", handlers[i].name,
				 shown_value, allowed);
	}
	warn(keys, "xenpxe.%s is no key that this image knows: ignored",
	     escape_str(shown_name, sizeof(shown_name), name));
	return 0;
}

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

/* What the builder of the image chose (Kconfig, "Site defaults"); "" is no choice. */
static const struct {
	const char *name, *value;
} site[] = {
	{"boot", CONFIG_DEFAULT_BOOT},
	{"timeout", TEXT(CONFIG_DEFAULT_TIMEOUT)},
	{"fail", CONFIG_DEFAULT_FAIL},
	{"server", CONFIG_DEFAULT_SERVER},
	{"label", CONFIG_DEFAULT_LABEL},
	{"config", CONFIG_DEFAULT_CONFIG},
	{"config-dir", CONFIG_DEFAULT_CONFIG_DIR},
	{"console", CONFIG_DEFAULT_CONSOLE},
#ifdef CONFIG_DEFAULT_LEVEL_QUIET
	{"quiet", "1"},
#endif
#ifdef CONFIG_DEFAULT_LEVEL_VERBOSE
	{"verbose", "1"},
#endif
};

void keys_defaults(struct keys *keys)
{
	*keys = (struct keys){.boot = {WAY_NET}, .n_boot = 1, .level = CONSOLE_NORMAL};
	keys_set_tail(keys, "");
	/* scripts/kconfig-check refuses at build time what a handler would refuse here. */
	for (size_t i = 0; i < COUNT(site); i++) {
		if (site[i].value[0])
			set_key(keys, site[i].name, site[i].value, NULL);
	}
}

void keys_set_tail(struct keys *keys, const char *tail)
{
	static const char args[] = CONFIG_DEFAULT_ARGS;

	snprintf(keys->tail, sizeof(keys->tail), "%s%s%s", args, args[0] && tail[0] ? " " : "",
		 tail);
}

int keys_parse(const char *line, struct keys *keys, struct error *err)
{
	char ours[LINE_MAX_BYTES + 1];
	const char *separator;
	struct error one;
	size_t len;
	char *p;
	int ret = 0;

	keys_defaults(keys);
	len = strlen(line);
	if (len > LINE_MAX_BYTES)
		return error_set(err, ERR_USAGE,
				 "a command line of %zu bytes is longer than the %d that a kernel "
				 "takes",
				 len, LINE_MAX_BYTES);

	separator = find_separator(line);
	if (separator) {
		const char *tail = separator + 2;

		if (*tail)
			tail++;
		keys_set_tail(keys, tail);
		len = (size_t)(separator - line);
	}
	memcpy(ours, line, len);
	ours[len] = '\0';

	p = ours;
	while (is_space(*p))
		p++;
	while (*p) {
		char *name, *value;

		p = next_word(p, &name, &value);
		if (strncmp(name, "xenpxe.", 7) != 0 || !set_key(keys, name + 7, value, &one))
			continue;
		/* The first goes to the caller; the others shall not be lost. */
		if (ret)
			warn(keys, "%s", one.text);
		else if (err)
			*err = one;
		ret = -1;
	}
	return ret;
}

/* Is there a console= for hvc0 (kernel: console_setup(); no number is number 0) in @line? */
static bool has_hvc0(const char *line)
{
	char words[LINE_MAX_BYTES + 1];
	char *p = words, *name, *value;
	const char *end = find_separator(line);
	size_t len = end ? (size_t)(end - line) : strlen(line);

	if (len >= sizeof(words))
		len = sizeof(words) - 1;
	memcpy(words, line, len);
	words[len] = '\0';
	while (is_space(*p))
		p++;
	while (*p) {
		size_t n;

		p = next_word(p, &name, &value);
		if (strcmp(name, "console") != 0 || !value || strncmp(value, "hvc", 3) != 0)
			continue;
		value += 3;
		n = strspn(value, "0");
		if (!value[n] || value[n] == ',')
			return true;
	}
	return false;
}

int cmdline_compose(char *out, size_t size, const char *args, const char *tail, bool console_add,
		    struct error *err)
{
	/* What follows "--" is for init: our word goes in front of it. */
	const char *init = console_add ? find_separator(args) : NULL;
	bool add = console_add && !has_hvc0(args) && (init || !has_hvc0(tail));
	size_t kernel_len = init ? (size_t)(init - args) : strlen(args);
	const char *const parts[] = {add ? "console=hvc0" : "", init ? init : "", tail};
	size_t total, at;

	while (init && kernel_len > 0 && is_space(args[kernel_len - 1]))
		kernel_len--;
	total = kernel_len;
	for (size_t i = 0; i < COUNT(parts); i++)
		total += strlen(parts[i]) + (total && parts[i][0] ? 1 : 0);
	if (total > PLAN_CMDLINE_MAX || total >= size)
		return error_set(
			err, ERR_CONFIG,
			"the final kernel's command line would be %zu bytes, Xen passes %d "
			"at most: %zu are from the boot configuration (APPEND), %zu from the "
			"guest's own (extra=, root=, cmdline=)%s",
			total, PLAN_CMDLINE_MAX, strlen(args), strlen(tail),
			add ? ", and console=hvc0 was asked for" : "");
	memcpy(out, args, kernel_len);
	at = kernel_len;
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t len = strlen(parts[i]);

		if (!len)
			continue;
		if (at)
			out[at++] = ' ';
		memcpy(out + at, parts[i], len);
		at += len;
	}
	out[at] = '\0';
	return 0;
}
