/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/vmlinuz/NAME.case, one test each (see local_case.h), and the order of versions. */
#define _GNU_SOURCE /* asprintf() */
#include "local_case.h"

#include "localboot/vmlinuz.h"

static void run(void **state)
{
	struct local_case c;
	struct local_menu menu = {0};
	struct error err = {0};
	struct local_files files;
	int ret;

	case_load(&c, *state);
	files = case_files(&c);
	ret = vmlinuz_read(&files, c.fs_name[0], c.fs_name, c.n_fs, &menu, &err);
	case_check_read(&c, ret, &menu, &err);
	local_menu_free(&menu);
	case_unload(&c);
}

/* What "dpkg --compare-versions A gt B" says. */
static void versions(void **state)
{
	static const char *const newer_first[][2] = {
		{"6.10.0-1-amd64", "6.9.12-1-amd64"},
		{"6.1.0-18-amd64", "6.1.0-9-amd64"},
		{"6.1.10", "6.1.9"},
		{"6.10~rc1", "6.9"},
		{"6.10", "6.10~rc1"},
		{"5.14.0-427.13.1.el9_4.x86_64", "5.14.0-362.8.1.el9_3.x86_64"},
		{"6.10", "6.1"},
		{"6.8.0-45-generic", "6.8.0-5-generic"},
		{"10", "9"},
		{"1.0a", "1.0"},
		{"1.0+", "1.0a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(newer_first) / sizeof(newer_first[0]); i++) {
		assert_true(vmlinuz_compare(newer_first[i][0], newer_first[i][1]) > 0);
		assert_true(vmlinuz_compare(newer_first[i][1], newer_first[i][0]) < 0);
	}
	assert_int_equal(vmlinuz_compare("6.01", "6.1"), 0);
	assert_int_equal(vmlinuz_compare("", ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(versions)};
	int failed = cmocka_run_group_tests_name("versions", tests, NULL, NULL);

	return failed + case_run("tests/unit/vmlinuz", 8, run);
}
