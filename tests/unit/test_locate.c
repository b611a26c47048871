/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/locate/NAME.case, one test each: see local_case.h. Given: entry, kernel, ramdisk,
 * args, the administrator's options; the file systems in the order in which they are looked at.
 * With "no-disks" there are none.
 */
#define _GNU_SOURCE /* asprintf() */
#include "local_case.h"

#include "localboot/locate.h"
#include "localboot/path.h"

static void run(void **state)
{
	struct local_case c;
	struct local_menu menu;
	struct error err = {0};
	struct local_files files;
	struct local_options options;
	int ret;

	case_load(&c, *state);
	files = case_files(&c);
	options = (struct local_options){.entry = case_given(&c, "entry"),
					 .kernel = case_given(&c, "kernel"),
					 .ramdisk = {case_given(&c, "ramdisk")},
					 .n_ramdisk = case_given(&c, "ramdisk") != NULL,
					 .args = case_given(&c, "args")};
	ret = local_find(&files, c.fs_name, c.fs_disk, case_given(&c, "no-disks") ? 0 : c.n_fs,
			 &options, &menu, &err);
	if (ret)
		assert_int_equal(menu.n + menu.n_warning, 0);
	case_check_read(&c, ret, &menu, &err);
	local_menu_free(&menu);
	case_unload(&c);
}

static void paths(void **state)
{
	static const char *const joined[][3] = {
		{"/boot/extlinux", "vmlinuz", "/boot/extlinux/vmlinuz"},
		{"/boot/extlinux", "/vmlinuz", "/vmlinuz"},
		{"/boot/extlinux", "../vmlinuz", "/boot/vmlinuz"},
		{"/boot", "../../../etc/passwd", "/etc/passwd"},
		{"/", "boot//./vmlinuz", "/boot/vmlinuz"},
		{"/boot", "a/..", "/boot"},
		{"/", "..", "/"},
		{"/", "", "/"},
		{"/a", "...", "/a/..."},
	};
	char out[LOCAL_PATH_SIZE], longest[LOCAL_PATH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
		assert_int_equal(path_join(out, joined[i][0], joined[i][1], strlen(joined[i][1])),
				 0);
		assert_string_equal(out, joined[i][2]);
	}
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(path_join(out, "/", longest, LOCAL_PATH_SIZE - 2), 0);
	assert_int_equal(strlen(out), LOCAL_PATH_SIZE - 1);
	assert_int_equal(path_join(out, "/", longest, LOCAL_PATH_SIZE - 1), -1);
	path_dir(out, "/boot/grub/menu.lst");
	assert_string_equal(out, "/boot/grub");
	path_dir(out, "/extlinux.conf");
	assert_string_equal(out, "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(paths)};
	int failed = cmocka_run_group_tests_name("paths", tests, NULL, NULL);

	return failed + case_run("tests/unit/locate", 20, run);
}
