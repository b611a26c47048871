/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal around the pure parts: bytes in, screens or lines out, one loop that sleeps until
 * a key comes or a moment has passed.
 */
#include "menu/menu.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "menu/keyboard.h"
#include "menu/model.h"
#include "menu/plain.h"
#include "menu/screen.h"
#include "menu/vt100.h"
#include "util/clock.h"
#include "util/console.h"

#define TICK_MS 200 /* of the seconds shown, and of a lone Esc */

struct dialogue {
	bool plain;
	const struct menu_host *host;
	struct keyboard keyboard;
	struct menu_model model; /* the one of these two that is in use */
	struct menu_plain lines;
	struct menu_screen shown; /* what the terminal has */
	bool shown_valid;
	bool touched; /* somebody is there */
	char *text; /* from the host, as long as it may be shown */
	struct error refusal; /* the same */
};

static void print(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	console_write(text, len);
}

static void draw(struct dialogue *d)
{
	static char bytes[MENU_VT100_MAX]; /* more than a stack likes */
	struct menu_screen next;

	if (d->plain)
		return;
	menu_screen_draw(&next, &d->model, clock_ms());
	console_write(bytes, menu_vt100_update(bytes, d->shown_valid ? &d->shown : NULL, &next));
	d->shown = next;
	d->shown_valid = true;
}

static void refuse(struct dialogue *d)
{
	if (!d->plain) {
		menu_model_message(&d->model, d->refusal.text);
		return;
	}
	menu_plain_say(&d->lines, d->refusal.text);
}

static void show_text(struct dialogue *d)
{
	const char *name = d->plain ? d->lines.wanted : d->model.wanted;

	free(d->text);
	d->text = d->host->text(d->host->ctx, name, &d->refusal);
	if (!d->text) {
		refuse(d);
		return;
	}
	if (d->plain)
		menu_plain_say(&d->lines, d->text);
	else
		menu_model_text(&d->model, d->text);
}

/* Return: true when the dialogue is over. */
static bool handle(struct dialogue *d, enum menu_event event, int *ret, struct error *err)
{
	const struct menu_decision *decision = d->plain ? &d->lines.decision : &d->model.decision;

	switch (event) {
	case MENU_EVENT_NONE:
		return false;
	case MENU_EVENT_TEXT:
		show_text(d);
		return false;
	case MENU_EVENT_DECIDED:
		break;
	}
	*ret = d->host->accept(d->host->ctx, decision, &d->refusal);
	if (*ret == 0)
		return true;
	if (decision->how == MENU_TIMED_OUT) {
		*err = d->refusal;
		return true;
	}
	refuse(d);
	return false;
}

static enum menu_event key_pressed(struct dialogue *d, int key)
{
	/* Who comes to the console later has not seen what was drawn before; ^L asks for it. */
	if (!d->touched || key == KEY_CTRL('L'))
		d->shown_valid = false;
	d->touched = true;
	if (key == KEY_CTRL('L') && !d->plain)
		return MENU_EVENT_NONE;
	return d->plain ? menu_plain_key(&d->lines, key) : menu_model_key(&d->model, key);
}

/* Return: true when the dialogue is over. */
static bool take_bytes(struct dialogue *d, const uint8_t *bytes, size_t n, int *ret,
		       struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		int keys[KEYBOARD_KEYS_MAX];
		size_t n_keys = keyboard_byte(&d->keyboard, bytes[i], clock_ms(), keys);

		for (size_t k = 0; k < n_keys; k++) {
			if (handle(d, key_pressed(d, keys[k]), ret, err))
				return true;
		}
	}
	return false;
}

/* Return: true when the dialogue is over. */
static bool take_time(struct dialogue *d, int *ret, struct error *err)
{
	int key = keyboard_time(&d->keyboard, clock_ms());

	if (key != KEY_NONE && handle(d, key_pressed(d, key), ret, err))
		return true;
	return handle(d,
		      d->plain ? menu_plain_time(&d->lines, clock_ms())
			       : menu_model_time(&d->model, clock_ms()),
		      ret, err);
}

/* Return: bytes, 0 if none came, -1 if none will come any more. */
static ssize_t wait_for_bytes(uint8_t *bytes, size_t size)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int ready = poll(&in, 1, TICK_MS);
	ssize_t n;

	if (ready <= 0)
		return ready == 0 || errno == EINTR ? 0 : -1;
	n = read(STDIN_FILENO, bytes, size);
	if (n > 0)
		return n;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

static int nobody(const struct menu_host *host, struct error *err)
{
	const struct menu_decision decision = {.how = MENU_TIMED_OUT, .entry = MENU_NONE};

	return host->accept(host->ctx, &decision, err);
}

static int converse(struct dialogue *d, struct error *err)
{
	int ret = -1;

	for (;;) {
		uint8_t bytes[64];
		ssize_t n;

		draw(d);
		n = wait_for_bytes(bytes, sizeof(bytes));
		if (n < 0)
			return nobody(d->host, err);
		if (d->host->tick && d->host->tick(d->host->ctx, err))
			return -1;
		if (take_bytes(d, bytes, (size_t)n, &ret, err) || take_time(d, &ret, err))
			return ret;
	}
}

int menu_ask(const struct menu *menu, bool plain, const struct menu_host *host, struct error *err)
{
	struct dialogue *d;
	struct termios before, raw;
	int ret;

	if (tcgetattr(STDIN_FILENO, &before))
		return nobody(host, err);
	d = calloc(1, sizeof(*d));
	if (!d)
		return error_set(err, ERR_MEMORY, "no memory for a menu");
	d->plain = plain;
	d->host = host;
	raw = before;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (plain)
		menu_plain_begin(&d->lines, menu, print, NULL, clock_ms());
	else
		menu_model_begin(&d->model, menu, clock_ms());
	ret = converse(d, err);
	if (!plain) {
		const char *end = menu->clear ? MENU_VT100_ERASE : MENU_VT100_END;

		console_write(end, strlen(end));
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	free(d->text);
	explicit_bzero(d, sizeof(*d)); /* a password may have been typed */
	free(d);
	return ret;
}
