/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menuclient [--plain] FILE [LABEL]: the menu of a PXELINUX configuration on this terminal, as the
 * agent shows it, for tests/menu/run. Prints what was chosen, as one line in brackets. Texts lie
 * beside FILE; while one called "tick" does not, all is well, else the menu ends as when a lease
 * runs out.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/menu.h"
#include "pxelinux/display.h"
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

int main(int argc, char **argv)
{
	bool plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
	const char *file = argc > 1 + plain ? argv[1 + plain] : NULL;
	const char *label = argc > 2 + plain ? argv[2 + plain] : "";
	struct client c = {0};
	const struct menu_host host = {accept_decision, give_text, tick, &c};
	struct pxelinux_config config;
	struct error err = {0};
	size_t len = 0;
	char *text = file ? read_file(file, &len) : NULL;

	signal(SIGHUP, SIG_IGN); /* as the agent does */
	if (!text || pxelinux_parse((const uint8_t *)text, len, NULL, &config, &err) ||
	    pxelinux_ask_make(&config, label, NULL, PATIENCE_S, &c.menu, &err)) {
		fprintf(stderr, "usage: menuclient [--plain] FILE [LABEL]: %s\n", err.text);
		return ERR_USAGE;
	}
	snprintf(c.dir, sizeof(c.dir), "%.*s", (int)(strrchr(file, '/') - file), file);
	if (menu_ask(&c.menu.menu, plain, &host, &err)) {
		printf("[error %s]\n", err.text);
		return 1;
	}
	printf("[%s: %s %s]\n", c.choice.label, c.choice.kernel, c.choice.args);
	pxelinux_choice_free(&c.choice);
	pxelinux_ask_free(&c.menu);
	pxelinux_free(&config);
	free(text);
	return 0;
}
