/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The example of syslinux doc/pxelinux.txt, name by name, and RFC 5071's option 209.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "pxelinux/search.h"

static struct pxelinux_identity example(void)
{
	struct pxelinux_identity id = {
		.mac = {0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd},
		.uuid = {0xb8, 0x94, 0x59, 0x08, 0xd6, 0xa6, 0x41, 0xa9, 0x61, 0x1d, 0x74, 0xa6,
			 0xab, 0x80, 0xb8, 0x3d},
		.has_uuid = true,
	};

	assert_int_equal(inet_pton(AF_INET, "192.0.2.91", &id.addr), 1);
	return id;
}

static void check(const struct pxelinux_search *s, const char *const *names, size_t n)
{
	assert_int_equal(s->n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(s->name[i], names[i]);
}

static void test_documented_example(void **state)
{
	static const char *const names[] = {
		"pxelinux.cfg/b8945908-d6a6-41a9-611d-74a6ab80b83d",
		"pxelinux.cfg/01-88-99-aa-bb-cc-dd",
		"pxelinux.cfg/C000025B",
		"pxelinux.cfg/C000025",
		"pxelinux.cfg/C00002",
		"pxelinux.cfg/C0000",
		"pxelinux.cfg/C000",
		"pxelinux.cfg/C00",
		"pxelinux.cfg/C0",
		"pxelinux.cfg/C",
		"pxelinux.cfg/default",
	};
	struct pxelinux_identity id = example();
	struct pxelinux_search s;

	(void)state;
	pxelinux_search(&s, &id, "", "pxelinux.cfg");
	check(&s, names, 11);
}

static void test_without_uuid(void **state)
{
	struct pxelinux_identity id = example();
	struct pxelinux_search s;

	(void)state;
	id.has_uuid = false;
	pxelinux_search(&s, &id, "", "pxelinux.cfg");
	assert_int_equal(s.n, 10);
	assert_string_equal(s.name[0], "pxelinux.cfg/01-88-99-aa-bb-cc-dd");
}

static void test_option_209_first(void **state)
{
	struct pxelinux_identity id = example();
	struct pxelinux_search s;

	(void)state;
	pxelinux_search(&s, &id, "configs/common", "pxelinux.cfg");
	assert_int_equal(s.n, PXELINUX_SEARCH_MAX);
	assert_string_equal(s.name[0], "configs/common");
	assert_string_equal(s.name[1], "pxelinux.cfg/b8945908-d6a6-41a9-611d-74a6ab80b83d");
	assert_string_equal(s.name[11], "pxelinux.cfg/default");
}

static void test_other_directory(void **state)
{
	struct pxelinux_identity id = example();
	struct pxelinux_search s;

	(void)state;
	pxelinux_search(&s, &id, "", "xen/guests///");
	assert_string_equal(s.name[2], "xen/guests/C000025B");
	assert_string_equal(s.name[10], "xen/guests/default");
	pxelinux_search(&s, &id, "", "");
	assert_string_equal(s.name[2], "C000025B");
	assert_string_equal(s.name[10], "default");
	pxelinux_search(&s, &id, "", "/");
	assert_string_equal(s.name[2], "/C000025B");
}

static void test_small_address_keeps_its_zeros(void **state)
{
	struct pxelinux_identity id = example();
	struct pxelinux_search s;

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "10.0.0.5", &id.addr), 1);
	pxelinux_search(&s, &id, "", "d");
	assert_string_equal(s.name[2], "d/0A000005");
	assert_string_equal(s.name[9], "d/0");
}

static void test_long_names_are_bounded(void **state)
{
	struct pxelinux_identity id = example();
	struct pxelinux_search s;
	char dir[2000], option[2000];

	(void)state;
	memset(dir, 'd', sizeof(dir));
	memset(option, 'o', sizeof(option));
	dir[sizeof(dir) - 1] = option[sizeof(option) - 1] = '\0';
	pxelinux_search(&s, &id, option, dir);
	assert_int_equal(s.n, PXELINUX_SEARCH_MAX);
	assert_int_equal(strlen(s.name[0]), PXELINUX_NAME_MAX);
	/* A directory that is cut still gives the whole last part. */
	for (size_t i = 1; i < s.n; i++) {
		assert_true(strlen(s.name[i]) <= PXELINUX_NAME_MAX);
		assert_int_equal(s.name[i][PXELINUX_DIR_MAX], '/');
	}
	assert_string_equal(strrchr(s.name[1], '/'), "/b8945908-d6a6-41a9-611d-74a6ab80b83d");
	assert_string_equal(strrchr(s.name[11], '/'), "/default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documented_example),
		cmocka_unit_test(test_without_uuid),
		cmocka_unit_test(test_option_209_first),
		cmocka_unit_test(test_other_directory),
		cmocka_unit_test(test_small_address_keeps_its_zeros),
		cmocka_unit_test(test_long_names_are_bounded),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
