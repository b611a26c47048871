/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/keyboard.h"

#include <string.h>
#include <strings.h>

#define NUMBER_MAX 999 /* no key has more digits */

/* ESC [ LETTER and ESC O LETTER */
static int key_of_letter(uint8_t letter)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'F':
		return KEY_END;
	case 'H':
		return KEY_HOME;
	case 'M': /* the keypad's, in application mode */
		return KEY_ENTER;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return KEY_F1 + (letter - 'P');
	default:
		return KEY_NONE;
	}
}

/* ESC [ NUMBER ~: the VT220's */
static int key_of_number(unsigned int number)
{
	static const short keys[] = {
		[1] = KEY_HOME,	   [2] = KEY_INSERT,  [3] = KEY_DELETE,	  [4] = KEY_END,
		[5] = KEY_PGUP,	   [6] = KEY_PGDN,    [7] = KEY_HOME,	  [8] = KEY_END,
		[11] = KEY_F1,	   [12] = KEY_F1 + 1, [13] = KEY_F1 + 2,  [14] = KEY_F1 + 3,
		[15] = KEY_F1 + 4, [17] = KEY_F1 + 5, [18] = KEY_F1 + 6,  [19] = KEY_F1 + 7,
		[20] = KEY_F1 + 8, [21] = KEY_F1 + 9, [23] = KEY_F1 + 10, [24] = KEY_F12,
	};

	return number < sizeof(keys) / sizeof(keys[0]) ? keys[number] : KEY_NONE;
}

static int plain_key(struct keyboard *kb, uint8_t byte)
{
	bool after_cr = kb->after_cr;

	kb->after_cr = byte == '\r';
	if (byte == '\n')
		return after_cr ? KEY_NONE : KEY_ENTER;
	if (byte == '\b')
		return KEY_BACKSPACE;
	return byte < 0x80 ? byte : KEY_NONE;
}

/* Behind ESC [: digits, other parameters, a final byte. Whatever is none of them ends it. */
static int csi_byte(struct keyboard *kb, uint8_t byte)
{
	if (byte == '[' && !kb->number && !kb->number_done) {
		kb->state = KEYBOARD_LINUX_FKEY;
		return KEY_NONE;
	}
	if (byte >= '0' && byte <= '9') {
		if (!kb->number_done && kb->number <= NUMBER_MAX)
			kb->number = kb->number * 10 + (byte - '0');
		return KEY_NONE;
	}
	if (byte >= 0x20 && byte <= 0x3f) {
		/* What follows the ';' tells of Shift, Alt and Ctrl. */
		kb->number_done = true;
		return KEY_NONE;
	}
	kb->state = KEYBOARD_GROUND;
	return byte == '~' ? key_of_number(kb->number) : key_of_letter(byte);
}

static int sequence_byte(struct keyboard *kb, uint8_t byte)
{
	switch (kb->state) {
	case KEYBOARD_SS3:
		kb->state = KEYBOARD_GROUND;
		return key_of_letter(byte);
	case KEYBOARD_LINUX_FKEY:
		kb->state = KEYBOARD_GROUND;
		return byte >= 'A' && byte <= 'E' ? KEY_F1 + (byte - 'A') : KEY_NONE;
	case KEYBOARD_CSI:
		return csi_byte(kb, byte);
	case KEYBOARD_GROUND:
	case KEYBOARD_ESC_SEEN:
		break;
	}
	return KEY_NONE;
}

size_t keyboard_byte(struct keyboard *kb, uint8_t byte, uint64_t now_ms,
		     int keys[KEYBOARD_KEYS_MAX])
{
	size_t n = 0;
	int key;

	kb->since_ms = now_ms;
	if (byte == KEY_ESC) {
		/* It begins a sequence whatever was there before. */
		if (kb->state == KEYBOARD_ESC_SEEN)
			keys[n++] = KEY_ESC;
		kb->state = KEYBOARD_ESC_SEEN;
		kb->after_cr = false;
		return n;
	}
	if (kb->state == KEYBOARD_ESC_SEEN && (byte == '[' || byte == 'O')) {
		kb->state = byte == '[' ? KEYBOARD_CSI : KEYBOARD_SS3;
		kb->number = 0;
		kb->number_done = false;
		return 0;
	}
	if (kb->state == KEYBOARD_ESC_SEEN) {
		keys[n++] = KEY_ESC;
		kb->state = KEYBOARD_GROUND;
	}
	if (kb->state != KEYBOARD_GROUND && byte < 0x20)
		kb->state = KEYBOARD_GROUND; /* cut off: a key of its own */
	key = kb->state == KEYBOARD_GROUND ? plain_key(kb, byte) : sequence_byte(kb, byte);
	if (key != KEY_NONE)
		keys[n++] = key;
	return n;
}

int keyboard_time(struct keyboard *kb, uint64_t now_ms)
{
	bool lone = kb->state == KEYBOARD_ESC_SEEN;

	if (kb->state == KEYBOARD_GROUND || now_ms - kb->since_ms < KEYBOARD_ESC_MS)
		return KEY_NONE;
	kb->state = KEYBOARD_GROUND;
	return lone ? KEY_ESC : KEY_NONE;
}

int keyboard_named(const char *name, size_t len)
{
	static const struct {
		const char *name;
		int key;
	} names[] = {
		{"Backspace", KEY_BACKSPACE},
		{"Tab", KEY_TAB},
		{"Enter", KEY_ENTER},
		{"Esc", KEY_ESC},
		{"Space", ' '},
		{"Up", KEY_UP},
		{"Down", KEY_DOWN},
		{"Left", KEY_LEFT},
		{"Right", KEY_RIGHT},
		{"PgUp", KEY_PGUP},
		{"PgDn", KEY_PGDN},
		{"Home", KEY_HOME},
		{"End", KEY_END},
		{"Insert", KEY_INSERT},
		{"Delete", KEY_DELETE},
	};

	if (len == 1)
		return name[0] > ' ' && name[0] <= '~' ? name[0] : KEY_NONE;
	if (len == 2 && name[0] == '^' && name[1] > ' ' && name[1] <= '~')
		return KEY_CTRL(name[1]);
	if ((len == 2 || len == 3) && (name[0] == 'F' || name[0] == 'f')) {
		int n = len == 2 ? name[1] - '0' : (name[1] - '0') * 10 + (name[2] - '0');

		return n >= 1 && n <= 12 && name[1] != '0' ? KEY_F1 + n - 1 : KEY_NONE;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) == len && strncasecmp(names[i].name, name, len) == 0)
			return names[i].key;
	}
	return KEY_NONE;
}

bool keyboard_waits(const struct keyboard *kb)
{
	return kb->state != KEYBOARD_GROUND;
}
