/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/progress.h"

#include <stdio.h>
#include <string.h>

#include "util/units.h"

#define BAR 10
#define FIGURES_MAX 96
#define CUT_NAME 12 /* bytes of a name that still tell vmlinuz from initrd */
#define HOURS_MAX 99 /* of time left; more is no time that anybody waits */

/* The figures of one transfer, or of several together. */
struct sum {
	uint64_t done, total; /* total 0: not all are known */
	uint64_t per_second;
};

/* Files of more than 16 EB do not overflow it: their figures are only wrong. */
static unsigned int percent(uint64_t done, uint64_t total)
{
	return done >= total ? 100 : (unsigned int)((double)done * 100 / (double)total);
}

static void add(struct sum *sum, const struct progress *p, bool first)
{
	bool known = p->total && (first || sum->total);

	sum->done += p->done;
	sum->total = known ? sum->total + p->total : 0;
	sum->per_second += (uint64_t)((double)p->done * 1000 / (double)(p->ms ? p->ms : 1));
}

/* ", 1:02 left"; nothing while that cannot be told. */
static void put_left(char *buf, size_t size, const struct sum *sum)
{
	uint64_t s;

	buf[0] = '\0';
	if (!sum->per_second || sum->done >= sum->total)
		return;
	s = (sum->total - sum->done + sum->per_second - 1) / sum->per_second;
	if (s >= HOURS_MAX * 3600ULL)
		return;
	if (s >= 3600)
		snprintf(buf, size, ", %u:%02u:%02u left", (unsigned int)(s / 3600),
			 (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
	else
		snprintf(buf, size, ", %u:%02u left", (unsigned int)(s / 60),
			 (unsigned int)(s % 60));
}

static void put_figures(char *buf, size_t size, const struct sum *sum, bool bar, bool of_total)
{
	char bytes[UNITS_TEXT_MAX], rate[UNITS_TEXT_MAX], left[24], fill[BAR + 4] = "";
	unsigned int pct;

	units_rate(rate, sum->per_second, 1000);
	if (!sum->total) {
		snprintf(buf, size, "%s, %s", units_bytes(bytes, sum->done), rate);
		return;
	}
	pct = percent(sum->done, sum->total);
	if (bar) {
		fill[0] = '[';
		for (unsigned int i = 0; i < BAR; i++)
			fill[1 + i] = i < pct * BAR / 100 ? '#' : '-';
		memcpy(fill + 1 + BAR, "] ", 3);
	}
	put_left(left, sizeof(left), sum);
	snprintf(buf, size, "%s%*u%%%s%s, %s%s", fill, bar ? 3 : 1, pct, of_total ? " of " : "",
		 of_total ? units_bytes(bytes, sum->total) : "", rate, left);
}

static const char *base_name(const char *what)
{
	const char *slash = strrchr(what, '/');
	const char *colon = strrchr(what, ':');
	const char *from = slash ? slash : colon;

	return from ? from + 1 : what;
}

/* "vmlinuz 20%, initrd 3%", of each name @max bytes. Return: false if they do not fit. */
static bool put_names(char *buf, size_t size, const struct progress *p, size_t n, int max)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		char pct[8] = "";
		int len;

		if (p[i].total)
			snprintf(pct, sizeof(pct), " %u%%", percent(p[i].done, p[i].total));
		len = snprintf(buf + at, size - at, "%s%.*s%s", i ? ", " : "", max,
			       base_name(p[i].what), pct);
		if (len < 0 || (size_t)len >= size - at)
			return false;
		at += (size_t)len;
	}
	return true;
}

/* Room for a name in front of the figures and two spaces. */
static size_t room_for_name(size_t size, const char *figures)
{
	return size > strlen(figures) + 3 ? size - strlen(figures) - 3 : 0;
}

/* Several transfers: their names, without the bar or cut if need be, or only their number. */
static void put_several(char *names, char *figures, size_t size, const struct progress *p, size_t n,
			const struct sum *sum, bool bar)
{
	for (int i = 0; i < 3; i++) {
		size_t room;

		put_figures(figures, FIGURES_MAX, sum, bar && i == 0, false);
		room = room_for_name(size, figures) + 1;
		if (put_names(names, room < PROGRESS_NAME_MAX ? room : PROGRESS_NAME_MAX, p, n,
			      i < 2 ? PROGRESS_NAME_MAX : CUT_NAME))
			return;
	}
	put_figures(figures, FIGURES_MAX, sum, bar, false);
	snprintf(names, PROGRESS_NAME_MAX, "%zu files", n);
}

size_t progress_text(char *buf, size_t size, const struct progress *p, size_t n, bool bar)
{
	char figures[FIGURES_MAX], names[PROGRESS_NAME_MAX];
	const char *name = p[0].what;
	struct sum sum = {0};
	size_t room;
	int len;

	for (size_t i = 0; i < n; i++)
		add(&sum, &p[i], i == 0);
	if (n > 1) {
		put_several(names, figures, size, p, n, &sum, bar);
		name = names;
	} else {
		put_figures(figures, sizeof(figures), &sum, bar, true);
	}
	room = room_for_name(size, figures);
	/* A name that is too long loses its beginning: the end tells files apart. */
	if (strlen(name) > room)
		name += strlen(name) - room;
	len = snprintf(buf, size, "%s  %s", name, figures);
	return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}
