/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Display files as syslinux.cfg(5), DISPLAY FILE FORMAT, describes them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pxelinux/display.h"

static void test_cases(void **state)
{
	static const struct {
		const char *file;
		const char *text;
	} cases[] = {
		{"", ""},
		{"plain\n", "plain\n"},
		{"DOS\r\nlines\r\n", "DOS\nlines\n"},
		{"\x0c\x0f\x30\x37title\x0f\x30\x39 there\n", "title there\n"},
		{"old\x0cnew", "new"},
		{"a\x18splash.lss\nb\x19\n", "ab\n"},
		/* the manual's own example, on a serial console */
		{"\x11Text mode\x12Graphics mode\x14Serial port\x17", "Serial port"},
		{"\x10none\x13text, graphics\x15text, serial\x16graphics, serial\x17 all",
		 "text, serialgraphics, serial all"},
		{"ring\x07!\x1a this is behind the end", "ring!"},
		{"\t\xc3\xa9\x1b[31m\x7f", " \xc3\xa9[31m"},
		/* cut off in the middle of a code */
		{"x\x0f", "x"},
		{"x\x0f\x30", "x"},
		{"x\x18", "x"},
		{"x\x18name", "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* exactly as many bytes as said: ASan watches the one behind */
		size_t len = strlen(cases[i].file), got;
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, cases[i].file, len);
		got = pxelinux_display(copy, len);
		assert_int_equal(got, strlen(cases[i].text));
		assert_memory_equal(copy, cases[i].text, got);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests_name("display", tests, NULL, NULL);
}
