/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes from a terminal become keys: ASCII, and what VT100, VT220, xterm, rxvt and the Linux
 * console send for the others (ECMA-48 section 5.4: CSI, parameters, final byte). Pure.
 */
#ifndef XENPXE_MENU_KEYBOARD_H
#define XENPXE_MENU_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys below 0x80 are ASCII, control characters included. */
#define KEY_CTRL(letter) ((letter)&0x1f)
enum key {
	KEY_NONE = 0,
	KEY_TAB = '\t',
	KEY_ENTER = '\r',
	KEY_ESC = 0x1b,
	KEY_BACKSPACE = 0x7f,
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PGUP,
	KEY_PGDN,
	KEY_INSERT,
	KEY_DELETE,
	KEY_F1, /* and F2 to F12 behind it */
	KEY_F12 = KEY_F1 + 11
};

/* A sequence comes in one piece, or in pieces not further apart than this. */
#define KEYBOARD_ESC_MS 250
#define KEYBOARD_KEYS_MAX 2 /* that one byte can complete: Esc and the key behind it */

struct keyboard {
	enum {
		KEYBOARD_GROUND,
		KEYBOARD_ESC_SEEN,
		KEYBOARD_SS3, /* ESC O */
		KEYBOARD_CSI, /* ESC [ */
		KEYBOARD_LINUX_FKEY /* ESC [ [ */
	} state;
	unsigned int number; /* the first parameter of a CSI */
	bool number_done; /* a ';' was seen */
	bool after_cr; /* a line feed now belongs to the carriage return before it */
	uint64_t since_ms; /* of the last byte of an unfinished sequence */
};

/**
 * keyboard_byte() - the next byte.
 * @kb:     {0} at first
 * @byte:   any
 * @now_ms: of a clock that does not go back
 * @keys:   receives the keys that are complete now
 *
 * CR, LF and CR LF are each one KEY_ENTER. Sequences that stand for no key above, bytes beyond
 * ASCII and NUL give no key.
 *
 * Return: how many, 0..KEYBOARD_KEYS_MAX.
 */
size_t keyboard_byte(struct keyboard *kb, uint8_t byte, uint64_t now_ms,
		     int keys[KEYBOARD_KEYS_MAX]);

/**
 * keyboard_time() - nothing has come: a lone ESC is the key, other beginnings are forgotten.
 *
 * Return: KEY_ESC or KEY_NONE.
 */
int keyboard_time(struct keyboard *kb, uint64_t now_ms);

/**
 * keyboard_named() - the key of a name that MENU HIDDENKEY knows (menu.txt): Backspace, Tab, Enter,
 * Esc, Space, F1..F12, Up, Down, Left, Right, PgUp, PgDn, Home, End, Insert, Delete in any case;
 * ^X; a single character, in its case.
 * @name: @len bytes
 *
 * Return: KEY_NONE if it names none.
 */
int keyboard_named(const char *name, size_t len);

/**
 * keyboard_waits() - is a sequence unfinished, so that keyboard_time() should be called soon?
 */
bool keyboard_waits(const struct keyboard *kb);

#endif
