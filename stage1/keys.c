/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include <arpa/inet.h>
#include <string.h>

/* Not isdigit() and its kin, whose answer depends on the locale. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A decimal number without sign, blanks or leading zeros. */
static bool is_number(const char *value, unsigned long min, unsigned long max)
{
	unsigned long n = 0;

	if (!is_digit(*value) || (value[0] == '0' && value[1] != '\0'))
		return false;
	for (; is_digit(*value); value++) {
		n = n * 10 + (unsigned long)(*value - '0');
		if (n > max)
			return false;
	}
	return *value == '\0' && n >= min;
}

/* Return: where in @words the @len bytes at @value are, or -1. */
static int find_word(const char *value, size_t len, const char *const words[])
{
	for (int i = 0; words[i]; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], value, len) == 0)
			return i;
	}
	return -1;
}

/*
 * What can stand between the kernel's double quotes (lib/cmdline.c, next_arg(), knows no way to
 * write a quote inside quotes), does not end the line early and is no terminal control. The word
 * "--" would look like the end of our part to a reader that does not know about quotes.
 */
static bool is_text(const char *value, size_t max)
{
	size_t len = strlen(value);

	if (len == 0 || len > max)
		return false;
	for (const char *p = value; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '"')
			return false;
	}
	for (const char *p = value; (p = strstr(p, "--")) != NULL; p++) {
		bool starts = p == value || p[-1] == ' ';
		bool ends = p[2] == '\0' || p[2] == ' ';

		if (starts && ends)
			return false;
	}
	return true;
}

static bool is_text_255(const char *value)
{
	return is_text(value, 255);
}

static bool is_text_511(const char *value)
{
	return is_text(value, 511);
}

/* A comma list of @words, each at most once. */
static bool is_list(const char *value, const char *const words[])
{
	unsigned int seen = 0;

	for (;;) {
		size_t len = strcspn(value, ",");
		int word = find_word(value, len, words);

		if (word < 0 || seen & 1u << word)
			return false;
		seen |= 1u << word;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
}

static bool is_boot_list(const char *value)
{
	static const char *const ways[] = {"net", "local", "rescue", NULL};

	return is_list(value, ways);
}

static bool is_timeout(const char *value)
{
	return is_number(value, 1, 86400);
}

static bool is_fail_action(const char *value)
{
	static const char *const actions[] = {"retry", "poweroff", "reboot",
					      "crash", "rescue",   NULL};

	return find_word(value, strlen(value), actions) >= 0;
}

static bool is_console_list(const char *value)
{
	static const char *const forms[] = {"full", "plain", "add", NULL};

	return is_list(value, forms);
}

static bool is_ipv4(const char *value)
{
	struct in_addr addr;

	return inet_pton(AF_INET, value, &addr) == 1 && addr.s_addr != htonl(INADDR_ANY);
}

/* One field of @len bytes: empty or an address. */
static bool is_ipv4_field(const char *field, size_t len)
{
	char text[INET_ADDRSTRLEN];

	if (len >= sizeof(text))
		return false;
	memcpy(text, field, len);
	text[len] = '\0';
	return len == 0 || is_ipv4(text);
}

/* The kernel's ip=, as stage2/agent/dhcp/static.h has it: addresses where they belong. */
static bool is_ip(const char *value)
{
	static const char *const dhcp[] = {"dhcp", "on", "any", NULL};
	static const char *const methods[] = {"", "off", "none", "dhcp", "on", "any", NULL};
	enum { NETMASK = 3, HOSTNAME, DEVICE, METHOD, FIELDS = 10 };

	if (!is_text(value, 255))
		return false;
	if (find_word(value, strlen(value), dhcp) >= 0)
		return true;
	for (int i = 0; i < FIELDS; i++) {
		size_t len = strcspn(value, ":");

		if (i == METHOD && find_word(value, len, methods) < 0)
			return false;
		if ((i <= NETMASK || i > METHOD) && !is_ipv4_field(value, len))
			return false;
		if (i == 0 && len == 0)
			return false;
		if (i == DEVICE && len > 15) /* IFNAMSIZ - 1 */
			return false;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
	return false;
}

/* Text of up to 63 bytes, or up to 64 bytes in hexadecimal with colons between them. */
static bool is_client_id(const char *value)
{
	size_t len = strlen(value);

	if (!is_text(value, 191) || len <= 63)
		return is_text(value, 63);
	for (size_t i = 0; i < len; i++) {
		if (i % 3 == 2 ? value[i] != ':' : !is_hex_digit(value[i]))
			return false;
	}
	return len % 3 == 2;
}

bool key_is_mac(const char *value)
{
	char separator = strchr(value, '-') ? '-' : ':';

	for (int i = 0; i < 6; i++) {
		if (!is_hex_digit(value[0]) || !is_hex_digit(value[1]))
			return false;
		if (value[2] != (i < 5 ? separator : '\0'))
			return false;
		value += 3;
	}
	return true;
}

static bool is_vif(const char *value)
{
	return is_number(value, 0, 255) || key_is_mac(value);
}

/* One or more pieces of base64 with commas between them: public keys without their types. */
static bool is_ssh_keys(const char *value)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (;;) {
		size_t n = strspn(value, digits), padding = strspn(value + n, "=");

		if (strncmp(value, "AAAA", 4) != 0 || padding > 2 || (n + padding) % 4)
			return false;
		value += n + padding;
		if (*value == '\0')
			return true;
		if (*value++ != ',')
			return false;
	}
}

#define TEXT_RULE " bytes without double quotes, control characters or a word \"--\""

const struct key keys[KEY_COUNT] = {
	[KEY_BOOT] = {"boot", is_boot_list,
		      "a comma list of net, local and rescue, each at most once"},
	[KEY_TIMEOUT] = {"timeout", is_timeout, "a number of seconds from 1 to 86400"},
	[KEY_FAIL] = {"fail", is_fail_action, "one of retry, poweroff, reboot, crash, rescue"},
	[KEY_LABEL] = {"label", is_text_255, "1 to 255" TEXT_RULE},
	[KEY_ENTRY] = {"entry", is_text_255, "1 to 255" TEXT_RULE},
	[KEY_KERNEL] = {"kernel", is_text_511, "1 to 511" TEXT_RULE},
	[KEY_RAMDISK] = {"ramdisk", is_text_511, "1 to 511" TEXT_RULE},
	[KEY_SERVER] = {"server", is_ipv4, "an IPv4 address such as 192.0.2.1"},
	[KEY_IP] = {"ip", is_ip,
		    "CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:off as in Linux's ip=, or dhcp"},
	[KEY_CLIENT_ID] = {"clientid", is_client_id,
			   "at most 63 bytes of text, or at most 64 in hexadecimal with colons"},
	[KEY_CONFIG_DIR] = {"config-dir", is_text_255, "1 to 255" TEXT_RULE},
	[KEY_CONFIG] = {"config", is_text_511, "1 to 511" TEXT_RULE},
	[KEY_VIF] = {"vif", is_vif,
		     "an index from 0 to 255 or a MAC address such as 00:16:3e:00:00:01"},
	[KEY_SSH_KEY] = {"ssh-key", is_ssh_keys,
			 "the second word of a public key's file (AAAA...), several with commas "
			 "between them"},
	[KEY_CONSOLE] = {"console", is_console_list,
			 "a comma list of full, plain and add, each at most once"},
	[KEY_QUIET] = {"quiet", NULL, NULL},
	[KEY_VERBOSE] = {"verbose", NULL, NULL},
};
