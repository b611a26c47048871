/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes become keys. What terminals send is from xterm's ctlseqs ("PC-Style Function Keys",
 * "VT220-Style Function Keys"), the VT100 and VT220 manuals and Linux' console_codes(4).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "menu/countdown.h"
#include "menu/keyboard.h"
#include "menu/text.h"

#define NOW 1000

/* The keys of @bytes that come in one piece, and then nothing for a while. */
static size_t keys_of(const char *bytes, size_t len, int keys[32])
{
	struct keyboard kb = {0};
	size_t n = 0;
	int key;

	for (size_t i = 0; i < len; i++) {
		assert_true(n + KEYBOARD_KEYS_MAX <= 32);
		n += keyboard_byte(&kb, (uint8_t)bytes[i], NOW, keys + n);
	}
	key = keyboard_time(&kb, NOW + KEYBOARD_ESC_MS);
	if (key != KEY_NONE)
		keys[n++] = key;
	assert_false(keyboard_waits(&kb));
	return n;
}

static void check(const char *bytes, size_t n, const int *wanted)
{
	int keys[32];

	assert_int_equal(keys_of(bytes, strlen(bytes), keys), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(keys[i], wanted[i]);
}

#define CHECK(bytes, ...) \
	check(bytes, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

static void test_ascii(void **state)
{
	(void)state;
	CHECK("aZ ~", 'a', 'Z', ' ', '~');
	CHECK("\t\x01\x0b\x15\x17", KEY_TAB, KEY_CTRL('A'), KEY_CTRL('K'), KEY_CTRL('U'),
	      KEY_CTRL('W'));
	CHECK("\b\x7f", KEY_BACKSPACE, KEY_BACKSPACE);
}

/* CR, LF and CR LF are one Enter each. */
static void test_enter(void **state)
{
	(void)state;
	CHECK("\r", KEY_ENTER);
	CHECK("\n", KEY_ENTER);
	CHECK("\r\n", KEY_ENTER);
	CHECK("\r\n\r\n", KEY_ENTER, KEY_ENTER);
	CHECK("\n\n", KEY_ENTER, KEY_ENTER);
	CHECK("\r\r", KEY_ENTER, KEY_ENTER);
	CHECK("\ra\n", KEY_ENTER, 'a', KEY_ENTER);
	CHECK("\r\033OA\n", KEY_ENTER, KEY_UP, KEY_ENTER);
}

static void test_cursor_keys(void **state)
{
	(void)state;
	/* normal and application mode */
	CHECK("\033[A\033[B\033[C\033[D", KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT);
	CHECK("\033OA\033OB\033OC\033OD", KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT);
	/* xterm; VT220 and the Linux console; rxvt */
	CHECK("\033[H\033[F\033OH\033OF", KEY_HOME, KEY_END, KEY_HOME, KEY_END);
	CHECK("\033[1~\033[4~\033[7~\033[8~", KEY_HOME, KEY_END, KEY_HOME, KEY_END);
	CHECK("\033[2~\033[3~\033[5~\033[6~", KEY_INSERT, KEY_DELETE, KEY_PGUP, KEY_PGDN);
	/* with Shift, Alt, Ctrl */
	CHECK("\033[1;5C\033[3;2~", KEY_RIGHT, KEY_DELETE);
}

static void test_function_keys(void **state)
{
	(void)state;
	CHECK("\033OP\033OQ\033OR\033OS", KEY_F1, KEY_F1 + 1, KEY_F1 + 2, KEY_F1 + 3);
	CHECK("\033[11~\033[12~\033[13~\033[14~", KEY_F1, KEY_F1 + 1, KEY_F1 + 2, KEY_F1 + 3);
	CHECK("\033[[A\033[[E", KEY_F1, KEY_F1 + 4);
	CHECK("\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~", KEY_F1 + 4,
	      KEY_F1 + 5, KEY_F1 + 6, KEY_F1 + 7, KEY_F1 + 8, KEY_F1 + 9, KEY_F1 + 10, KEY_F12);
}

static void test_escape(void **state)
{
	(void)state;
	CHECK("\033", KEY_ESC);
	CHECK("\033\033", KEY_ESC, KEY_ESC);
	/* what a script sends in one go */
	CHECK("\033linux\r", KEY_ESC, 'l', 'i', 'n', 'u', 'x', KEY_ENTER);
	CHECK("\033\033[A", KEY_ESC, KEY_UP);
	CHECK("\033\r", KEY_ESC, KEY_ENTER);
}

/* A slow line: bytes not further apart than the limit belong together, others do not. */
static void test_split(void **state)
{
	struct keyboard kb = {0};
	int keys[KEYBOARD_KEYS_MAX];
	uint64_t now = NOW;

	(void)state;
	assert_int_equal(keyboard_byte(&kb, 0x1b, now, keys), 0);
	assert_true(keyboard_waits(&kb));
	now += KEYBOARD_ESC_MS - 1;
	assert_int_equal(keyboard_time(&kb, now), KEY_NONE);
	assert_int_equal(keyboard_byte(&kb, '[', now, keys), 0);
	now += KEYBOARD_ESC_MS - 1;
	assert_int_equal(keyboard_time(&kb, now), KEY_NONE);
	assert_int_equal(keyboard_byte(&kb, '5', now, keys), 0);
	now += KEYBOARD_ESC_MS - 1;
	assert_int_equal(keyboard_byte(&kb, '~', now, keys), 1);
	assert_int_equal(keys[0], KEY_PGUP);
	assert_false(keyboard_waits(&kb));

	assert_int_equal(keyboard_byte(&kb, 0x1b, now, keys), 0);
	now += KEYBOARD_ESC_MS;
	assert_int_equal(keyboard_time(&kb, now), KEY_ESC);
	assert_int_equal(keyboard_time(&kb, now), KEY_NONE);
	assert_int_equal(keyboard_byte(&kb, '[', now, keys), 1);
	assert_int_equal(keys[0], '[');
}

/* No key, and the next one is understood. */
static void test_rubbish(void **state)
{
	int keys[32];

	(void)state;
	CHECK("\033[99~a", 'a');
	CHECK("\033[99999999999999999999~a", 'a');
	CHECK("\033[?1;2ca", 'a'); /* an answer that nobody asked for */
	CHECK("\033[24;80Ra", KEY_F1 + 2, 'a'); /* like F3 with a modifier: that is how it is */
	CHECK("\033[Z\033OXa", 'a');
	CHECK("\033[[Za", 'a');
	CHECK("\xc3\xa4\xff"
	      "a",
	      'a');
	CHECK("\033[1\033[A", KEY_UP); /* cut off */
	CHECK("\033[1\rA", KEY_ENTER, 'A');
	assert_int_equal(keys_of("\0a", 2, keys), 1);
	assert_int_equal(keys_of("\033[12", 4, keys), 0); /* and no more: forgotten */
	assert_int_equal(keys_of("\033O", 2, keys), 0);
}

/* menu.txt, MENU HIDDENKEY */
static void test_names(void **state)
{
	static const struct {
		const char *name;
		int key;
	} row[] = {
		{"A", 'A'},
		{"a", 'a'},
		{"^X", KEY_CTRL('X')},
		{"^x", KEY_CTRL('X')},
		{"^", '^'},
		{"Backspace", KEY_BACKSPACE},
		{"Tab", KEY_TAB},
		{"Enter", KEY_ENTER},
		{"Esc", KEY_ESC},
		{"Space", ' '},
		{"F1", KEY_F1},
		{"f9", KEY_F1 + 8},
		{"F10", KEY_F1 + 9},
		{"F12", KEY_F12},
		{"F", 'F'},
		{"F0", KEY_NONE},
		{"F13", KEY_NONE},
		{"F1a", KEY_NONE},
		{"F01", KEY_NONE},
		{"Up", KEY_UP},
		{"down", KEY_DOWN},
		{"LEFT", KEY_LEFT},
		{"Right", KEY_RIGHT},
		{"PgUp", KEY_PGUP},
		{"PgDn", KEY_PGDN},
		{"Home", KEY_HOME},
		{"End", KEY_END},
		{"Insert", KEY_INSERT},
		{"Delete", KEY_DELETE},
		{"", KEY_NONE},
		{"Foo", KEY_NONE},
		{"Tabs", KEY_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_int_equal(keyboard_named(row[i].name, strlen(row[i].name)), row[i].key);
}

static const char *shown(const char *text)
{
	static char all[100];
	char glyph[MENU_GLYPH_MAX];

	all[0] = '\0';
	while (*text) {
		text += menu_glyph(text, glyph);
		strcat(all, glyph);
	}
	return all;
}

/* RFC 3629: what is well-formed is one character. */
static void test_glyphs(void **state)
{
	(void)state;
	assert_string_equal(shown("a\\b~"), "a\\b~");
	assert_string_equal(shown("a\tb\033\x7f\n"), "a b\\x1b\\x7f\\x0a");
	assert_string_equal(shown("\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"), "? ? ?");
	assert_string_equal(shown("\xc3"), "\\xc3");
	assert_string_equal(shown("\xe2\x82"), "\\xe2\\x82");
	assert_string_equal(shown("\xc0\x80\xf5"), "\\xc0\\x80\\xf5");
	assert_string_equal(shown("\xc3z"), "\\xc3z");
}

/* menu.txt, MENU AUTOBOOT */
static void test_autoboot(void **state)
{
	static const struct {
		const char *message;
		uint64_t seconds;
		const char *text;
	} row[] = {
		{"Automatic boot in # second{,s}...", 1, "Automatic boot in 1 second..."},
		{"Automatic boot in # second{,s}...", 2, "Automatic boot in 2 seconds..."},
		{"{# one,# two,# many}", 1, "1 one"},
		{"{# one,# two,# many}", 2, "2 two"},
		{"{# one,# two,# many}", 3, "3 many"},
		{"{one}", 5, "one"},
		{"{}x", 5, "x"},
		{"open { brace", 5, "open { brace"},
		{"}", 5, "}"},
		{"", 5, ""},
	};
	char text[40];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		countdown_text(text, sizeof(text), row[i].message, row[i].seconds);
		assert_string_equal(text, row[i].text);
	}
	countdown_text(text, 5, "#########", 12);
	assert_string_equal(text, "1212");
	countdown_text(text, 4, "#########", 12);
	assert_string_equal(text, "121");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ascii),	    cmocka_unit_test(test_enter),
		cmocka_unit_test(test_cursor_keys), cmocka_unit_test(test_function_keys),
		cmocka_unit_test(test_escape),	    cmocka_unit_test(test_split),
		cmocka_unit_test(test_rubbish),	    cmocka_unit_test(test_glyphs),
		cmocka_unit_test(test_autoboot),    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
