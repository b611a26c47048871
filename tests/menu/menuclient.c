/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menuclient [--plain] DIR/FILE [LABEL]: the menu of a PXELINUX configuration on this terminal, as
 * the agent shows it, for tests/menu/run, and those that it leads to. Prints what was chosen, as
 * one line in brackets. Texts and other configurations lie beside FILE; while a file called "tick"
 * does not, all is well, else the menu ends as when a lease runs out.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/menu.h"
#include "pxelinux/display.h"
#include "pxelinux/load.h"
#include "pxelinux/menu.h"

#define PATIENCE_S 60

struct client {
	struct pxelinux_ask menu;
	struct pxelinux_choice choice;
	char dir[512];
};

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (f && text) {
		*len = fread(text, 1, 65535, f);
		fclose(f);
		return text;
	}
	if (f)
		fclose(f);
	free(text);
	return NULL;
}

static int accept_decision(void *ctx, const struct menu_decision *decision, struct error *err)
{
	static const struct pxelinux_sysinfo info;
	struct client *c = ctx;

	return pxelinux_ask_choose(&c->menu, decision, &info, &c->choice, err);
}

static char *give_text(void *ctx, const char *name, struct error *err)
{
	struct client *c = ctx;
	char path[600], *text;
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/%s", c->dir, name);
	text = read_file(path, &len);
	if (!text) {
		error_set(err, ERR_NOT_FOUND, "%s: no such file", name);
		return NULL;
	}
	text[pxelinux_display((uint8_t *)text, len)] = '\0';
	return text;
}

static int tick(void *ctx, struct error *err)
{
	struct client *c = ctx;
	char path[600];

	snprintf(path, sizeof(path), "%s/tick", c->dir);
	return access(path, F_OK) == 0 ? error_set(err, ERR_TIMEOUT, "the lease ran out") : 0;
}

static int read_config(void *ctx, const struct url *url, uint8_t **text, size_t *len,
		       struct error *err)
{
	struct client *c = ctx;
	char path[2600];

	snprintf(path, sizeof(path), "%s/%s", c->dir, url->path);
	*text = (uint8_t *)read_file(path, len);
	return *text ? 0 : error_set(err, ERR_NOT_FOUND, "%s: no such file", url->path);
}

/* One menu until something is chosen in it. */
static int ask(struct client *c, bool plain, const struct pxelinux_config *config,
	       const char *label, struct error *err)
{
	const struct menu_host host = {accept_decision, give_text, tick, c};
	int ret = pxelinux_ask_make(config, label, NULL, PATIENCE_S, &c->menu, err) ||
				  menu_ask(&c->menu.menu, plain, &host, err)
			  ? -1
			  : 0;

	pxelinux_ask_free(&c->menu);
	return ret;
}

static int run(struct client *c, bool plain, const char *name, const char *label, struct error *err)
{
	const struct pxelinux_reader reader = {.read = read_config, .ctx = c};
	struct url base = {.port = 69}, file = base, shown;
	struct pxelinux_config config, next;
	unsigned int hops = 0;

	snprintf(file.path, sizeof(file.path), "%s", name);
	if (pxelinux_load(&reader, &base, &file, &config, err))
		return -1;
	for (;;) {
		int ret = ask(c, plain, &config, label, err);

		if (ret || c->choice.type != PXELINUX_CONFIG) {
			pxelinux_free(&config);
			return ret;
		}
		ret = pxelinux_hop(&hops, &c->choice, err) ||
				      pxelinux_follow(&reader, &base, &file, &shown, &c->choice,
						      &next, err)
			      ? -1
			      : 0;
		pxelinux_choice_free(&c->choice);
		pxelinux_free(&config);
		if (ret)
			return -1;
		config = next;
		label = "";
	}
}

int main(int argc, char **argv)
{
	bool plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
	const char *file = argc > 1 + plain ? argv[1 + plain] : NULL;
	const char *label = argc > 2 + plain ? argv[2 + plain] : "";
	struct client c = {0};
	struct error err = {0};

	signal(SIGHUP, SIG_IGN); /* as the agent does */
	if (!file || !strrchr(file, '/')) {
		fprintf(stderr, "usage: menuclient [--plain] DIR/FILE [LABEL]\n");
		return ERR_USAGE;
	}
	snprintf(c.dir, sizeof(c.dir), "%.*s", (int)(strrchr(file, '/') - file), file);
	if (run(&c, plain, strrchr(file, '/') + 1, label, &err)) {
		printf("[error %s]\n", err.text);
		return 1;
	}
	printf("[%s: %s %s]\n", c.choice.label, c.choice.kernel, c.choice.args);
	pxelinux_choice_free(&c.choice);
	return 0;
}
