/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu.lst, and the file that "default saved" means: see local_fuzz.h. */
#define _GNU_SOURCE /* memmem() */
#include "local_fuzz.h"

#include "localboot/legacy.h"
#include "localboot/locate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_files in = {.config = "/boot/grub/menu.lst"};
	const struct local_files files = {.read = fuzz_read,
					  .list = fuzz_list,
					  .test = fuzz_test,
					  .search = fuzz_search,
					  .ctx = &in};
	struct local_menu menu = {0};
	struct error err = {0};
	char want[64];
	int ret;

	parts_split(&in.parts, PARTS_MAX, data, size);
	ret = legacy_read(&files, "own", in.config, &menu, &err);
	assert(!ret || (err.class && err.text[0]));
	/* The end of the input is also what an administrator asks for. */
	snprintf(want, sizeof(want), "%.*s", (int)(size < 60 ? size : 60),
		 (const char *)data + (size < 60 ? 0 : size - 60));
	if (!ret)
		local_choose(&menu, want);
	fuzz_check_menu(&menu, ret);
	return 0;
}
