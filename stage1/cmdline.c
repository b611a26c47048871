/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmdline.h"

#include <string.h>

/*
 * What the stage-two kernel itself wants, always. The console is the only one a PV guest has;
 * quiet leaves it to the agent, kernel warnings still show.
 */
static const char *const fixed_args[] = {"console=hvc0", "quiet"};

/* Counts everything, keeps what fits: the lengths are wanted also when it does not fit. */
struct sink {
	char *buf;
	size_t size;
	size_t len;
};

static void put(struct sink *s, const char *text)
{
	for (; *text != '\0'; text++) {
		if (s->len < s->size)
			s->buf[s->len] = *text;
		s->len++;
	}
}

/*
 * lib/cmdline.c, next_arg(), splits at isspace(), to which the kernel's own table adds 0xa0, a
 * byte that occurs inside UTF-8 letters. So everything that is not printable ASCII is quoted.
 */
static bool wants_quotes(const char *value)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if (c <= ' ' || c > '~')
			return true;
	}
	return false;
}

static void put_key(struct sink *s, const char *name, const char *value)
{
	const char *quote = wants_quotes(value) ? "\"" : "";

	put(s, " xenpxe.");
	put(s, name);
	if (*value == '\0')
		return;
	put(s, "=");
	put(s, quote);
	put(s, value);
	put(s, quote);
}

bool cmdline_compose(char line[CMDLINE_MAX + 1], const char *const values[KEY_COUNT],
		     const char *guest, struct cmdline_lengths *lengths)
{
	struct sink s = {line, CMDLINE_MAX, 0};

	for (size_t i = 0; i < sizeof(fixed_args) / sizeof(fixed_args[0]); i++) {
		if (i > 0)
			put(&s, " ");
		put(&s, fixed_args[i]);
	}
	for (int i = 0; i < KEY_COUNT; i++) {
		if (values[i])
			put_key(&s, keys[i].name, values[i]);
	}
	lengths->ours = s.len;

	if (*guest != '\0')
		put(&s, " -- ");
	lengths->separator = s.len - lengths->ours;

	put(&s, guest);
	lengths->guest = s.len - lengths->separator - lengths->ours;
	lengths->total = s.len;

	line[s.len <= CMDLINE_MAX ? s.len : 0] = '\0';
	return s.len <= CMDLINE_MAX;
}

const char *cmdline_stray_key(const char *guest, size_t *len)
{
	static const char ours[] = "xenpxe.";
	static const char blanks[] = " \t\n";

	while (*guest != '\0') {
		*len = strcspn(guest, blanks);
		if (strncmp(guest, ours, sizeof(ours) - 1) == 0)
			return guest;
		guest += *len;
		guest += strspn(guest, blanks);
	}
	return NULL;
}
