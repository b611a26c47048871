/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SYSAPPEND's CPU= from lines as Linux writes them into /proc/cpuinfo. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "xen/guest.h"

static void test_cpu(void **state)
{
	char text[GUEST_CPU_SIZE];

	(void)state;
	assert_string_equal(guest_cpu_from(text, "processor\t: 0\nflags\t\t: fpu pae nx lm svm\n"
						 "bugs\t\t: vmx\n"),
			    "6PXLS");
	assert_string_equal(guest_cpu_from(text, "processor\t: 0\nflags\t\t: vmx smx pae lm nx\n"),
			    "6PVTXL");
	/* whole words only, the end of the text included */
	assert_string_equal(guest_cpu_from(text, "x\nflags\t\t: pae_x lmx nxn svm"), "6S");
	assert_string_equal(guest_cpu_from(text, "x\nflags\t\t:"), "6");
	assert_string_equal(guest_cpu_from(text, "no such line"), "");
	assert_string_equal(guest_cpu_from(text, ""), "");
}

static void test_cpu_of_this_machine(void **state)
{
	char text[GUEST_CPU_SIZE];

	(void)state;
	/* x86-64 means long mode, and that PAE */
	guest_cpu(text);
	assert_int_equal(text[0], '6');
	assert_int_equal(text[1], 'P');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_cpu_of_this_machine),
	};

	return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
