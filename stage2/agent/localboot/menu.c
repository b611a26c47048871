/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/menu.h"

#include <stdlib.h>
#include <string.h>

/* The pages come from paths "outer>inner": each part is one, below the page of what is before. */
struct builder {
	struct local_ask *out;
	const char **path; /* of each page, @len bytes of it */
	size_t *len;
};

/* Each entry may bring as many pages, and entries that lead there, as its path has parts. */
static size_t count_parts(const struct local_menu *from)
{
	size_t n = 0;

	for (size_t i = 0; i < from->n; i++) {
		const char *s = from->entry[i].submenu;

		n += *s != '\0';
		for (; *s; s++)
			n += *s == '>';
	}
	return n;
}

static struct menu_entry *add_entry(struct local_ask *out, enum menu_kind kind, size_t page,
				    const char *title)
{
	struct menu_entry *e = &out->entry[out->menu.n_entry++];

	*e = (struct menu_entry){.kind = kind, .page = page, .title = title};
	return e;
}

/* The page of the first @len bytes of @path, made if it is new. MENU_NONE: no memory. */
static size_t find_page(struct builder *b, const char *path, size_t len)
{
	struct local_ask *out = b->out;
	size_t parent = 0, page = 0;

	for (size_t begin = 0, end = 0; len && end < len + 1; begin = ++end) {
		const char *stop = memchr(path + begin, '>', len - begin);

		end = stop ? (size_t)(stop - path) : len;
		for (page = 1; page < out->menu.n_page; page++) {
			if (b->len[page] == end && memcmp(b->path[page], path, end) == 0)
				break;
		}
		if (page == out->menu.n_page) {
			struct menu_entry *e;

			out->title[page] = strndup(path + begin, end - begin);
			if (!out->title[page])
				return MENU_NONE;
			b->path[page] = path;
			b->len[page] = end;
			out->page[page] = (struct menu_page){.title = out->title[page],
							     .parent = parent,
							     .chosen = MENU_NONE,
							     .allow_options = true};
			out->menu.n_page++;
			e = add_entry(out, MENU_GOTO, parent, out->title[page]);
			e->target = page;
			e->submenu = true;
		}
		parent = page;
	}
	return page;
}

static int fill(const struct local_menu *from, struct builder *b)
{
	struct local_ask *out = b->out;

	for (size_t i = 0; i < from->n; i++) {
		const struct local_entry *local = &from->entry[i];
		size_t page = find_page(b, local->submenu, strlen(local->submenu));
		struct menu_entry *e;

		if (page == MENU_NONE)
			return -1;
		e = add_entry(out, MENU_BOOT, page, local->title);
		e->id = i;
		e->command = local->problem ? NULL : local->args;
		e->label = local->id[0] ? local->id : NULL;
		e->help = local->problem;
		if (i == from->chosen) {
			out->menu.start = page;
			out->page[page].chosen = out->menu.n_entry - 1;
		}
	}
	return 0;
}

int local_ask_make(const struct local_menu *from, unsigned int patience_s, struct local_ask *out,
		   struct error *err)
{
	size_t pages = 1 + count_parts(from);
	struct builder b = {.out = out,
			    .path = calloc(pages, sizeof(*b.path)),
			    .len = calloc(pages, sizeof(*b.len))};
	int ret = -1;

	*out = (struct local_ask){.entry = calloc(from->n + pages, sizeof(*out->entry)),
				  .page = calloc(pages, sizeof(*out->page)),
				  .title = calloc(pages, sizeof(*out->title))};
	out->menu = (struct menu){
		.entry = out->entry,
		.page = out->page,
		.timeout_ms =
			(from->has_timeout && from->timeout_s ? from->timeout_s : patience_s) *
			1000ULL,
		.allow_options = true,
		.complete = true,
	};
	if (b.path && b.len && out->entry && out->page && out->title) {
		out->menu.n_page = 1;
		out->page[0] = (struct menu_page){.title = "Boot menu of the guest's disk",
						  .parent = MENU_NONE,
						  .chosen = MENU_NONE,
						  .allow_options = true};
		ret = fill(from, &b);
	}
	free(b.path);
	free(b.len);
	return ret ? error_set(err, ERR_MEMORY, "no memory for a menu of %zu entries", from->n) : 0;
}

void local_ask_free(struct local_ask *ask)
{
	for (size_t i = 0; ask->title && i < ask->menu.n_page; i++)
		free(ask->title[i]);
	free(ask->title);
	free(ask->entry);
	free(ask->page);
	*ask = (struct local_ask){.entry = NULL};
}
