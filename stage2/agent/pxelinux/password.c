/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pxelinux/password.h"

#include <stddef.h>
#include <string.h>

#ifdef CONFIG_PASSWORDS

#include <crypt.h>
#include <stdint.h>
#include <stdlib.h>

#include "pxelinux/sha1.h"

#define ROUNDS_MAX 2000000UL

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-') /* "-" and "_": RFC 4648 section 5 */
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Exactly @n bytes in base64, with or without its padding, up to a '$' or the end. */
static bool base64_decode(uint8_t *out, size_t n, const char *text)
{
	unsigned int bits = 0, have = 0;
	size_t at = 0;
	int value;

	for (; (value = base64_value(*text)) >= 0; text++) {
		bits = bits << 6 | (unsigned int)value;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (at == n)
			return false;
		out[at++] = (uint8_t)(bits >> have);
	}
	text += strspn(text, "=");
	return at == n && (!*text || (*text == '$' && !text[1]));
}

/* "$4$SALT$BASE64", where the hash is of salt and password; the salt may be left out. */
static bool sha1_matches(const char *stored, const char *typed)
{
	uint8_t want[SHA1_SIZE] = {0}, got[SHA1_SIZE];
	const char *salt = stored + 3, *hash = strchr(salt, '$');
	struct sha1 sum;

	sha1_init(&sum);
	if (hash && hash[1])
		sha1_update(&sum, salt, (size_t)(hash++ - salt));
	else
		hash = salt;
	sha1_update(&sum, typed, strlen(typed));
	sha1_final(&sum, got);
	return base64_decode(want, sizeof(want), hash) && memcmp(want, got, sizeof(got)) == 0;
}

/* SHA-crypt, "rounds=N$": what a person at the console can wait for, a few seconds. */
static bool too_many_rounds(const char *stored)
{
	static const char word[] = "rounds=";

	return strncmp(stored + 3, word, strlen(word)) == 0 &&
	       strtoul(stored + 3 + strlen(word), NULL, 10) > ROUNDS_MAX;
}

static bool crypt_matches(const char *stored, const char *typed)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *got = data && !too_many_rounds(stored)
				  ? crypt_rn(typed, stored, data, sizeof(*data))
				  : NULL;
	size_t len = got ? strlen(got) : 0;
	bool matches;

	matches = got && strncmp(got, stored, len) == 0 &&
		  (!stored[len] || (stored[len] == '$' && !stored[len + 1]));
	free(data);
	return matches;
}

static bool known_hash(char kind)
{
	return kind == '1' || kind == '4' || kind == '5' || kind == '6';
}

static bool hash_matches(const char *stored, const char *typed)
{
	switch (stored[1]) {
	case '1':
	case '5':
	case '6':
		return crypt_matches(stored, typed);
	case '4':
		return sha1_matches(stored, typed);
	}
	return false;
}

#else

static bool known_hash(char kind)
{
	(void)kind;
	return false;
}

static bool hash_matches(const char *stored, const char *typed)
{
	(void)stored;
	(void)typed;
	return false;
}

#endif

static bool is_hash(const char *stored)
{
	return stored[0] == '$' && stored[1] && stored[2] == '$';
}

bool password_matches(const char *stored, const char *typed)
{
	if (is_hash(stored))
		return hash_matches(stored, typed);
	return stored[0] && strcmp(stored, typed) == 0;
}

bool password_readable(const char *stored)
{
	return !is_hash(stored) || known_hash(stored[1]);
}
