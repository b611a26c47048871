/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "localboot/bls_order.h"

static bool is_separator(char c)
{
	return c && !isalnum((unsigned char)c) && c != '~' && c != '^';
}

static size_t span(const char *s, bool digits)
{
	size_t n = 0;

	while (s[n] && (digits ? isdigit((unsigned char)s[n]) : isalpha((unsigned char)s[n])))
		n++;
	return n;
}

static int compare_part(const char *a, size_t a_len, const char *b, size_t b_len, bool digits)
{
	int order;

	while (digits && a_len && *a == '0') {
		a++;
		a_len--;
	}
	while (digits && b_len && *b == '0') {
		b++;
		b_len--;
	}
	if (digits && a_len != b_len)
		return a_len < b_len ? -1 : 1;
	order = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return order ? order : (a_len > b_len) - (a_len < b_len);
}

int bls_version_compare(const char *a, const char *b)
{
	for (;;) {
		size_t a_len, b_len;
		bool digits;
		int order;

		while (is_separator(*a))
			a++;
		while (is_separator(*b))
			b++;
		if (*a == '~' || *b == '~') {
			if (*a != *b)
				return *a == '~' ? -1 : 1;
			a++;
			b++;
			continue;
		}
		if (*a == '^' || *b == '^') {
			if (*a != *b) /* newer than the end, older than anything else */
				return *a == '^' ? (*b ? -1 : 1) : (*a ? 1 : -1);
			a++;
			b++;
			continue;
		}
		if (!*a || !*b)
			return (*a != '\0') - (*b != '\0');
		digits = isdigit((unsigned char)*a);
		a_len = span(a, digits);
		b_len = span(b, digits);
		if (!b_len)
			return digits ? 1 : -1;
		order = compare_part(a, a_len, b, b_len, digits);
		if (order)
			return order;
		a += a_len;
		b += b_len;
	}
}

/* The part of @name in front of its last '-', of which @rest is what stands behind. */
static const char *split(char *name)
{
	char *dash = strrchr(name, '-');

	if (!dash)
		return "";
	*dash = '\0';
	return dash + 1;
}

/* File names as Fedora's blscfg compares them: like packages, NAME-VERSION-RELEASE. */
static int compare_names(const char *a, const char *b)
{
	char x[256], y[256];
	const char *x_release, *y_release, *x_version, *y_version;
	int order;

	if (strlen(a) >= sizeof(x) || strlen(b) >= sizeof(y))
		return strcmp(a, b);
	memcpy(x, a, strlen(a) + 1);
	memcpy(y, b, strlen(b) + 1);
	x_release = split(x);
	y_release = split(y);
	x_version = split(x);
	y_version = split(y);
	order = bls_version_compare(x, y);
	if (!order)
		order = bls_version_compare(x_version, y_version);
	if (!order)
		order = bls_version_compare(x_release, y_release);
	return order ? order : strcmp(a, b);
}

int bls_order(const struct bls_key *a, const struct bls_key *b)
{
	bool a_sorted = *a->sort_key, b_sorted = *b->sort_key;
	int order;

	if (a->bad != b->bad)
		return a->bad ? 1 : -1;
	if (a_sorted != b_sorted)
		return a_sorted ? -1 : 1;
	if (a_sorted) {
		order = strcmp(a->sort_key, b->sort_key);
		if (!order)
			order = strcmp(a->machine_id, b->machine_id);
		if (!order)
			order = -bls_version_compare(a->version, b->version);
		if (order)
			return order;
	}
	return -compare_names(a->id, b->id);
}
