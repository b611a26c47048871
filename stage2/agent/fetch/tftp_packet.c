/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* strcasestr() */
#include "fetch/tftp_packet.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/escape.h"

/*
 * Ours
 */

static void put_16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* A string with its NUL at *at; false if it does not fit. */
static bool put_string(uint8_t *buf, size_t size, size_t *at, const char *s)
{
	size_t len = strlen(s) + 1;

	if (size - *at < len)
		return false;
	memcpy(buf + *at, s, len);
	*at += len;
	return true;
}

size_t tftp_build_rrq(uint8_t *buf, size_t size, const char *path,
		      const struct tftp_options *options)
{
	char number[16];
	size_t at = 2;

	if (size < at)
		return 0;
	put_16(buf, TFTP_RRQ);
	if (!put_string(buf, size, &at, path) || !put_string(buf, size, &at, "octet"))
		return 0;
	if (options->blksize) {
		snprintf(number, sizeof(number), "%u", options->blksize);
		if (!put_string(buf, size, &at, "blksize") || !put_string(buf, size, &at, number))
			return 0;
	}
	if (options->has_tsize &&
	    (!put_string(buf, size, &at, "tsize") || !put_string(buf, size, &at, "0")))
		return 0;
	if (options->windowsize) {
		snprintf(number, sizeof(number), "%u", options->windowsize);
		if (!put_string(buf, size, &at, "windowsize") ||
		    !put_string(buf, size, &at, number))
			return 0;
	}
	return at;
}

size_t tftp_build_ack(uint8_t buf[4], uint16_t block)
{
	put_16(buf, TFTP_ACK);
	put_16(buf + 2, block);
	return 4;
}

size_t tftp_build_error(uint8_t *buf, size_t size, enum tftp_error code, const char *text)
{
	size_t len = strnlen(text, size - 5);

	put_16(buf, TFTP_ERROR);
	put_16(buf + 2, code);
	memcpy(buf + 4, text, len);
	buf[4 + len] = '\0';
	return 4 + len + 1;
}

/*
 * Theirs
 */

static unsigned int get_16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

/* Digits, all of @s, no more than fit into 64 bits. */
static bool parse_number(const char *s, uint64_t *out)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned int digit = (unsigned int)(*s - '0');

		if (digit > 9 || __builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)digit, &n))
			return false;
	}
	*out = n;
	return true;
}

static bool grant_blksize(struct tftp_options *granted, const struct tftp_options *asked,
			  const char *value)
{
	uint64_t n;

	if (!asked->blksize || !parse_number(value, &n) || n < TFTP_BLKSIZE_MIN ||
	    n > asked->blksize)
		return false;
	granted->blksize = (unsigned int)n;
	return true;
}

static bool grant_tsize(struct tftp_options *granted, const struct tftp_options *asked,
			const char *value)
{
	granted->has_tsize = asked->has_tsize && parse_number(value, &granted->tsize);
	return granted->has_tsize;
}

static bool grant_windowsize(struct tftp_options *granted, const struct tftp_options *asked,
			     const char *value)
{
	uint64_t n;

	if (!asked->windowsize || !parse_number(value, &n) || n < 1 || n > asked->windowsize)
		return false;
	granted->windowsize = (unsigned int)n;
	return true;
}

static const struct {
	const char *name;
	bool (*grant)(struct tftp_options *granted, const struct tftp_options *asked,
		      const char *value);
} option_table[] = {
	{"blksize", grant_blksize},
	{"tsize", grant_tsize},
	{"windowsize", grant_windowsize},
};

static int grant(struct tftp_options *granted, const struct tftp_options *asked, const char *name,
		 const char *value, struct error *err)
{
	char shown_name[40], shown_value[40];

	for (size_t i = 0; i < sizeof(option_table) / sizeof(option_table[0]); i++) {
		if (strcasecmp(option_table[i].name, name) == 0 &&
		    option_table[i].grant(granted, asked, value))
			return 0;
	}
	return error_set(err, ERR_PROTOCOL,
			 "the server grants the option %s=%s, which was not asked for so",
			 escape_str(shown_name, sizeof(shown_name), name),
			 escape_str(shown_value, sizeof(shown_value), value));
}

/* RFC 2347: pairs of strings, each with its NUL. */
static int parse_oack(struct tftp_options *granted, const uint8_t *p, size_t len,
		      const struct tftp_options *asked, struct error *err)
{
	while (len > 0) {
		const char *name = (const char *)p, *value;
		size_t name_len = strnlen(name, len), value_len;

		if (name_len == len)
			goto cut_off;
		value = name + name_len + 1;
		value_len = strnlen(value, len - name_len - 1);
		if (value_len == len - name_len - 1)
			goto cut_off;
		if (grant(granted, asked, name, value, err) < 0)
			return -1;
		p += name_len + 1 + value_len + 1;
		len -= name_len + 1 + value_len + 1;
	}
	return 0;
cut_off:
	return error_set(err, ERR_PROTOCOL, "the server's list of options is cut off");
}

int tftp_parse(struct tftp_packet *packet, const uint8_t *buf, size_t len,
	       const struct tftp_options *asked, struct error *err)
{
	unsigned int opcode;

	*packet = (struct tftp_packet){0};
	if (len < 2)
		return error_set(err, ERR_PROTOCOL, "the server sent a packet of %zu bytes", len);
	opcode = get_16(buf);
	packet->opcode = opcode;
	if (opcode == TFTP_OACK)
		return parse_oack(&packet->options, buf + 2, len - 2, asked, err);
	if (opcode != TFTP_DATA && opcode != TFTP_ERROR)
		return error_set(err, ERR_PROTOCOL, "the server sent a packet of type %u", opcode);
	if (len < TFTP_HEADER)
		return error_set(err, ERR_PROTOCOL, "the server sent a packet of %zu bytes", len);

	packet->data = buf + TFTP_HEADER;
	packet->len = len - TFTP_HEADER;
	if (opcode == TFTP_DATA) {
		packet->block = (uint16_t)get_16(buf + 2);
	} else {
		packet->error = (uint16_t)get_16(buf + 2);
		packet->len = strnlen((const char *)packet->data, packet->len);
	}
	return 0;
}

enum error_class tftp_error_class(const struct tftp_packet *packet)
{
	static const char *const words[] = {"not found",   "no such file", "not exist",
					    "cannot find", "can't find",   "notfound"};
	char text[128];
	size_t len = packet->len < sizeof(text) ? packet->len : sizeof(text) - 1;

	if (packet->error == TFTP_ERR_NOT_FOUND)
		return ERR_NOT_FOUND;
	if (packet->error != TFTP_ERR_UNDEFINED && packet->error != TFTP_ERR_ACCESS)
		return ERR_SERVER;
	memcpy(text, packet->data, len);
	text[len] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(text, words[i]))
			return ERR_NOT_FOUND;
	}
	return ERR_SERVER;
}

const char *tftp_error_name(unsigned int code)
{
	static const char *const name[] = {
		"no reason given",     "file not found",    "access violation",
		"disk full",	       "illegal operation", "unknown transfer",
		"file already exists", "no such user",	    "options refused",
	};

	return code < sizeof(name) / sizeof(name[0]) ? name[code] : "unknown error";
}
