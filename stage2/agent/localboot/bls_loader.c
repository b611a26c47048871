/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/bls_loader.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/bls.h"
#include "localboot/path.h"

#define PATTERN_SIZE 256

struct loader_conf {
	char pattern[PATTERN_SIZE]; /* "": none */
	bool has_timeout;
	unsigned int timeout_s;
};

/* The value of a line if it begins with this keyword; NULL: it does not. */
static const char *value_of(const char *line, const char *keyword)
{
	size_t len = strlen(keyword);

	line += strspn(line, " \t");
	if (strncmp(line, keyword, len) != 0 || !strchr(" \t", line[len]) || !line[len])
		return NULL;
	return line + len + strspn(line + len, " \t");
}

static void parse_line(struct loader_conf *conf, char *line)
{
	const char *value;
	size_t len = strlen(line);

	while (len > 0 && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	if ((value = value_of(line, "default")) != NULL) {
		snprintf(conf->pattern, sizeof(conf->pattern), "%s", value);
	} else if ((value = value_of(line, "timeout")) != NULL) {
		unsigned long s = strtoul(value, NULL, 10);

		conf->has_timeout = value[0] >= '0' && value[0] <= '9';
		conf->timeout_s = s > UINT_MAX ? UINT_MAX : (unsigned int)s;
	}
}

static void parse(struct loader_conf *conf, const uint8_t *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		const uint8_t *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;
		char line[PATTERN_SIZE + 64];

		snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : sizeof(line)),
			 (const char *)text + at);
		parse_line(conf, line);
		at += n + 1;
	}
}

static bool fits(const char *pattern, const char *id)
{
	char name[PATTERN_SIZE];
	int n = snprintf(name, sizeof(name), "%s.conf", id);

	return fnmatch(pattern, id, 0) == 0 ||
	       (n > 0 && (size_t)n < sizeof(name) && fnmatch(pattern, name, 0) == 0);
}

int bls_loader_read(const struct local_files *files, const char *fs, const char *directory,
		    struct local_menu *menu, struct error *err)
{
	struct loader_conf conf = {0};
	char path[LOCAL_PATH_SIZE];
	struct error ignored;
	uint8_t *text;
	size_t len;

	if (bls_read(files, fs, directory, NULL, 0, menu, err))
		return -1;
	if (path_join(path, directory, "../loader.conf", 14) ||
	    files->read(files->ctx, fs, path, &text, &len, &ignored))
		return 0;
	parse(&conf, text, len);
	free(text);
	menu->has_timeout = conf.has_timeout;
	menu->timeout_s = conf.timeout_s;
	if (!conf.pattern[0])
		return 0;
	for (size_t i = 0; i < menu->n; i++) {
		if (fits(conf.pattern, menu->entry[i].id)) {
			menu->chosen = i;
			return 0;
		}
	}
	local_menu_warn(menu, path, 0, "no entry is called \"%s\": the first is taken",
			conf.pattern);
	return 0;
}
