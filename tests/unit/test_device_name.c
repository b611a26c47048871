/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's names of devices: its manual, "How to specify devices". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "localboot/device_name.h"

static void expect(const char *text, enum grub_kind kind, const char *name, unsigned int number,
		   unsigned int partition)
{
	struct grub_device device;

	if (!grub_device_parse(text, &device))
		fail_msg("\"%s\" is not taken", text);
	assert_int_equal(device.kind, kind);
	assert_string_equal(device.name, name);
	assert_int_equal(device.number, number);
	assert_int_equal(device.partition, partition);
}

static void names(void **state)
{
	(void)state;
	expect("hd0", GRUB_NUMBER, "", 0, 0);
	expect("hd0,gpt2", GRUB_NUMBER, "", 0, 2);
	expect("hd0,msdos5", GRUB_NUMBER, "", 0, 5);
	expect("hd1,3", GRUB_NUMBER, "", 1, 3);
	expect("hd12,gpt128", GRUB_NUMBER, "", 12, 128);
	expect("hd0,msdos1,bsd2", GRUB_NUMBER, "", 0, 1);
	expect("xen/xvda", GRUB_DISK, "xvda", 0, 0);
	expect("xen/xvda,msdos1", GRUB_DISK, "xvda", 0, 1);
	expect("lvm/vg-root", GRUB_VOLUME, "lvm/vg-root", 0, 0);
	expect("lvmid/a-b/c-d", GRUB_VOLUME, "lvmid/a-b/c-d", 0, 0);
	expect("md/0", GRUB_VOLUME, "md/0", 0, 0);
	expect("mduuid/0123", GRUB_VOLUME, "mduuid/0123", 0, 0);
}

static void not_names(void **state)
{
	static const char *const wrong[] = {
		"",
		"hd",
		"hd,1",
		"hd0,",
		"hd0,gpt",
		"hd0,0",
		"hd0,x,1",
		"hdx",
		"fd0",
		"tftp",
		"xen/",
		"hd99999999999",
		"hd0,gpt99999999999",
		"(hd0,1)",
	};
	char longest[2 * GRUB_NAME_SIZE] = "lvm/";
	struct grub_device device;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (grub_device_parse(wrong[i], &device))
			fail_msg("\"%s\" is taken", wrong[i]);
	}
	memset(longest + 4, 'x', sizeof(longest) - 5);
	assert_false(grub_device_parse(longest, &device));
	memcpy(longest, "xen/", 4);
	assert_false(grub_device_parse(longest, &device));
}

static void logical_volumes(void **state)
{
	char name[GRUB_NAME_SIZE], small[16];

	(void)state;
	/* As "grub-probe -t drive" prints them: dashes inside of the names are doubled. */
	grub_lvm_name(name, sizeof(name), "vg", "root");
	assert_string_equal(name, "lvm/vg-root");
	grub_lvm_name(name, sizeof(name), "vg-0", "my-root");
	assert_string_equal(name, "lvm/vg--0-my--root");
	grub_lvm_name(small, sizeof(small), "------", "------");
	assert_true(strlen(small) < sizeof(small));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(not_names),
		cmocka_unit_test(logical_volumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
