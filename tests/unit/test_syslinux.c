/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/syslinux/NAME.case, one test each: see local_case.h. Given: path PATH, the
 * configuration. */
#define _GNU_SOURCE /* asprintf() */
#include "local_case.h"

#include "localboot/syslinux.h"

static void run(void **state)
{
	struct local_case c;
	struct local_menu menu = {0};
	struct error err = {0};
	struct local_files files;
	int ret;

	case_load(&c, *state);
	files = case_files(&c);
	ret = syslinux_read(&files, c.fs_name[0], case_given(&c, "path"), &menu, &err);
	case_check_read(&c, ret, &menu, &err);
	local_menu_free(&menu);
	case_unload(&c);
}

int main(void)
{
	return case_run("tests/unit/syslinux", 18, run);
}
