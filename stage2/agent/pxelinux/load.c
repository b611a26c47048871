/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* asprintf() */
#include "pxelinux/load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/words.h"
#include "util/escape.h"

#define TFTP_PORT 69

struct place {
	const struct pxelinux_reader *reader;
	const struct url *base, *file;
	const struct url *main; /* the configuration that "~" names */
};

static int read_included(void *ctx, const char *name, uint8_t **text, size_t *len,
			 struct error *err)
{
	const struct place *place = ctx;
	struct url url;

	if (strcmp(name, "~") == 0)
		url = *place->main;
	else if (url_join(&url, place->base, name, strlen(name), err))
		return -1;
	return place->reader->read(place->reader->ctx, &url, text, len, err);
}

/* The configuration's own name, as an INCLUDE in it would have to be written. */
static const char *own_name(const struct place *place)
{
	size_t len = strlen(place->base->path);

	if (place->file->server.s_addr != place->base->server.s_addr ||
	    strncmp(place->file->path, place->base->path, len) != 0)
		return NULL;
	return place->file->path + len;
}

/* The text of a configuration and what it includes. Frees @text. */
static int parse_file(const struct pxelinux_reader *reader, const struct url *base,
		      const struct url *file, const struct url *main, uint8_t *text, size_t len,
		      struct pxelinux_config *out, struct error *err)
{
	struct place place = {.reader = reader, .base = base, .file = file, .main = main};
	const struct pxelinux_include include = {
		.read = read_included,
		.ctx = &place,
		.self = own_name(&place),
	};
	char shown[128];
	int ret = pxelinux_parse(text, len, &include, out, err);

	free(text);
	if (ret)
		error_prefix(err, "%s",
			     reader->name ? reader->name : url_show(shown, sizeof(shown), file));
	return ret;
}

static int load(const struct pxelinux_reader *reader, const struct url *base,
		const struct url *file, const struct url *main, struct pxelinux_config *out,
		struct error *err)
{
	uint8_t *text;
	size_t len;

	*out = (struct pxelinux_config){0};
	if (reader->read(reader->ctx, file, &text, &len, err))
		return -1;
	return parse_file(reader, base, file, main, text, len, out, err);
}

int pxelinux_load(const struct pxelinux_reader *reader, const struct url *base,
		  const struct url *file, struct pxelinux_config *out, struct error *err)
{
	return load(reader, base, file, file, out, err);
}

int pxelinux_base(struct url *base, const struct lease *lease, struct error *err)
{
	struct url server = {.scheme = URL_TFTP, .server = lease->next_server, .port = TFTP_PORT};

	*base = server;
	if (lease->has_pxe_prefix)
		return lease->pxe_prefix[0] ? url_join(base, &server, lease->pxe_prefix,
						       strlen(lease->pxe_prefix), err)
					    : 0;
	return url_prefix(base, lease->bootfile, strlen(lease->bootfile), err);
}

/* Names of the search that may be there, for all that the server said. */
struct unanswered {
	size_t n;
	struct url url[PXELINUX_SEARCH_MAX];
};

/*
 * A later name was read into @text: the server talks now, so ask for the earlier ones again. One
 * that is there takes its place, for the later a name the more guests it is meant for: "default"
 * may well install another guest's system over this one. -1: no memory.
 */
static int ask_again(const struct pxelinux_reader *reader, const struct unanswered *names,
		     struct url *file, uint8_t **text, size_t *len, struct error *err)
{
	for (size_t i = 0; i < names->n; i++) {
		uint8_t *better;
		size_t better_len;

		if (reader->again)
			reader->again(reader->ctx, &names->url[i]);
		if (!reader->read(reader->ctx, &names->url[i], &better, &better_len, err)) {
			free(*text);
			*text = better;
			*len = better_len;
			*file = names->url[i];
			return 0;
		}
		if (err->class == ERR_MEMORY)
			return -1;
		if (err->class != ERR_NOT_FOUND)
			error_prefix(err, "skipped, asked for twice");
		if (reader->missed && reader->missed(reader->ctx, err))
			return 0;
	}
	return 0;
}

int pxelinux_find(const struct pxelinux_reader *reader, const struct url *base,
		  const struct pxelinux_search *search, struct url *file,
		  struct pxelinux_config *out, struct error *err)
{
	struct error last = {ERR_NONE, ""};
	struct unanswered unanswered = {.n = 0};
	char server[INET_ADDRSTRLEN], first[80], last_name[80], prefix[100];

	*out = (struct pxelinux_config){0};
	for (size_t i = 0; i < search->n; i++) {
		uint8_t *text;
		size_t len;

		/* Option 209 may name what this image cannot fetch: the search goes on. It does
		 * not when a configuration was found, whatever is wrong with that. */
		if (!url_join(file, base, search->name[i], strlen(search->name[i]), err)) {
			if (!reader->read(reader->ctx, file, &text, &len, err)) {
				if (ask_again(reader, &unanswered, file, &text, &len, err)) {
					free(text);
					return -1;
				}
				return parse_file(reader, base, file, file, text, len, out, err);
			}
			if (err->class == ERR_MEMORY)
				return -1;
			if (err->class == ERR_TIMEOUT || err->class == ERR_SERVER)
				unanswered.url[unanswered.n++] = *file;
		}
		if (err->class != ERR_NOT_FOUND)
			last = *err;
		if (reader->missed && reader->missed(reader->ctx, err))
			return -1;
	}
	if (last.class) {
		*err = last;
		return error_prefix(err, "no configuration");
	}
	inet_ntop(AF_INET, &base->server, server, sizeof(server));
	return error_set(err, ERR_NOT_FOUND,
			 "no configuration: server %s has none of the %zu files from %s to %s "
			 "(prefix \"%s\")",
			 server, search->n, escape_str(first, sizeof(first), search->name[0]),
			 escape_str(last_name, sizeof(last_name), search->name[search->n - 1]),
			 escape_str(prefix, sizeof(prefix), base->path));
}

/* Several files: a configuration that includes them. */
static int load_list(const struct pxelinux_reader *reader, const struct url *base,
		     const struct url *main, const char *names, struct pxelinux_config *out,
		     struct error *err)
{
	struct place place = {.reader = reader, .base = base, .main = main};
	const struct pxelinux_include include = {.read = read_included, .ctx = &place};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int ret;

	if (!f)
		return error_set(err, ERR_MEMORY, "no memory for the names of menu files");
	for (; *names; names = word_skip_space(names + word_len(names)))
		fprintf(f, "INCLUDE %.*s\n", (int)word_len(names), names);
	if (fclose(f)) {
		free(text);
		return error_set(err, ERR_MEMORY, "no memory for the names of menu files");
	}
	ret = pxelinux_parse((uint8_t *)text, size, &include, out, err);
	free(text);
	return ret;
}

int pxelinux_hop(unsigned int *hops, const struct pxelinux_choice *choice, struct error *err)
{
	if (choice->person) {
		*hops = 0;
		return 0;
	}
	if (*hops == PXELINUX_HOPS_MAX)
		return error_set(err, ERR_CONFIG,
				 "more than %d CONFIG directives one after the other",
				 PXELINUX_HOPS_MAX);
	++*hops;
	return 0;
}

int pxelinux_follow(const struct pxelinux_reader *reader, struct url *base, struct url *file,
		    struct url *shown, const struct pxelinux_choice *choice,
		    struct pxelinux_config *out, struct error *err)
{
	const char *names = word_skip_space(choice->kernel);
	size_t len = word_len(names);
	struct url dir = *base, next = *file;
	bool to_main = choice->menu && word_is(names, len, "~");
	char *name;
	int ret;

	*out = (struct pxelinux_config){0};
	if (choice->args[0]) {
		/* Names are put behind the prefix as it is, so a directory ends in a slash. */
		if (asprintf(&name, "%s%s", choice->args,
			     choice->args[strlen(choice->args) - 1] == '/' ? "" : "/") < 0)
			return error_set(err, ERR_MEMORY, "no memory for a directory's name");
		ret = url_join(&dir, base, name, strlen(name), err);
		free(name);
		if (ret)
			return -1;
	}
	if (*word_skip_space(names + len)) {
		if (load_list(reader, &dir, file, names, out, err))
			return -1;
	} else {
		if ((!to_main && url_join(&next, base, names, len, err)) ||
		    load(reader, &dir, &next, choice->menu ? file : &next, out, err))
			return -1;
	}
	/* In PXELINUX only CONFIG changes what the main configuration is. */
	if (choice->menu)
		pxelinux_as_menu(out, to_main);
	else
		*file = next;
	*shown = next;
	*base = dir;
	return 0;
}
