/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and choosing; what changes an interface is in tests/net/run. */
#define _GNU_SOURCE /* nftw() */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vif/vif.h"

static char root[64];

static int setup(void **state)
{
	char path[128];

	(void)state;
	strcpy(root, "/tmp/test_vif.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/class", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/class/net", root);
	return mkdir(path, 0700);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name, const char *attribute, const char *value)
{
	char path[192];
	FILE *f;

	snprintf(path, sizeof(path), "%s/class/net/%s/%s", root, name, attribute);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(value, f);
	fclose(f);
}

/* As in a guest: /sys/class/net/eth0/device -> ../../../vif-0 */
static void interface(const char *name, const char *type, const char *ifindex, const char *mac,
		      const char *device)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/class/net/%s", root, name);
	assert_int_equal(mkdir(path, 0700), 0);
	put(name, "type", type);
	put(name, "ifindex", ifindex);
	put(name, "address", mac);
	snprintf(path, sizeof(path), "%s/class/net/%s/device", root, name);
	if (device)
		assert_int_equal(symlink(device, path), 0);
}

static void guest(void)
{
	interface("lo", "772\n", "1\n", "00:00:00:00:00:00\n", NULL);
	interface("eth1", "1\n", "2\n", "00:16:3e:aa:bb:cd\n", "../../../vif-10");
	interface("eth0", "1\n", "3\n", "00:16:3e:aa:bb:cc\n", "../../../vif-2");
	interface("dummy0", "1\n", "4\n", "02:00:00:00:00:01\n", NULL);
	interface("virtio", "1\n", "5\n", "02:00:00:00:00:02\n", "../../../virtio0");
	interface("odd", "1\n", "6\n", "02:00:00:00:00:03\n", "../../../vif-x");
}

static void test_find(void **state)
{
	struct vif_list list;
	struct error err;

	(void)state;
	guest();
	assert_int_equal(vif_find(&list, root, false, &err), 0);
	assert_int_equal(list.n, 2);
	/* by index as a number, whatever Linux named them */
	assert_int_equal(list.vif[0].index, 2);
	assert_string_equal(list.vif[0].name, "eth0");
	assert_int_equal(list.vif[0].ifindex, 3);
	assert_memory_equal(list.vif[0].mac, "\x00\x16\x3e\xaa\xbb\xcc", 6);
	assert_int_equal(list.vif[1].index, 10);
	assert_string_equal(list.vif[1].name, "eth1");
}

static void test_find_any(void **state)
{
	struct vif_list list;
	struct error err;

	(void)state;
	guest();
	assert_int_equal(vif_find(&list, root, true, &err), 0);
	assert_int_equal(list.n, 5);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.vif[i].index, i);
		assert_int_equal(list.vif[i].ifindex, i + 2);
	}
}

static void test_find_none(void **state)
{
	struct vif_list list;
	struct error err;

	(void)state;
	interface("lo", "772\n", "1\n", "00:00:00:00:00:00\n", NULL);
	assert_int_equal(vif_find(&list, root, false, &err), -1);
	assert_int_equal(err.class, ERR_NO_VIF);
	assert_non_null(strstr(err.text, "vif = ["));
	assert_int_equal(vif_find(&list, "/nonexistent", false, &err), -1);
	assert_int_equal(err.class, ERR_SYSTEM);
}

static void test_find_too_many(void **state)
{
	struct vif_list list;
	struct error err;

	(void)state;
	for (int i = 0; i < VIF_MAX + 2; i++) {
		char name[16], device[32], ifindex[16];

		snprintf(name, sizeof(name), "eth%d", i);
		snprintf(ifindex, sizeof(ifindex), "%d\n", i + 2);
		snprintf(device, sizeof(device), "../../../vif-%d", i);
		interface(name, "1\n", ifindex, "00:16:3e:aa:bb:cc\n", device);
	}
	assert_int_equal(vif_find(&list, root, false, &err), 0);
	assert_int_equal(list.n, VIF_MAX);
}

static struct vif_list three(void)
{
	struct vif_list list = {.n = 3};

	for (unsigned int i = 0; i < 3; i++) {
		list.vif[i].index = i * 5;
		memcpy(list.vif[i].mac, "\x00\x16\x3e\xaa\xbb\x00", 6);
		list.vif[i].mac[5] = (uint8_t)(0xc0 + i);
	}
	return list;
}

static void test_choose(void **state)
{
	static const struct {
		const char *key;
		unsigned int index;
	} row[] = {
		{"0", 0},
		{"10", 10},
		{"05", 5},
		{"00:16:3e:aa:bb:c1", 5},
		{"00:16:3E:AA:BB:C2", 10},
		{"00-16-3e-aa-bb-c0", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct vif_list list = three();

		assert_int_equal(vif_choose(&list, row[i].key, NULL), 0);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.vif[0].index, row[i].index);
	}
	for (size_t i = 0; i < 2; i++) {
		struct vif_list list = three();

		assert_int_equal(vif_choose(&list, i ? "" : NULL, NULL), 0);
		assert_int_equal(list.n, 3);
	}
}

static void test_choose_refused(void **state)
{
	static const struct {
		const char *key;
		enum error_class class;
	} row[] = {
		{"1", ERR_NO_VIF},
		{"00:16:3e:aa:bb:c3", ERR_NO_VIF},
		{"eth0", ERR_USAGE},
		{"-1", ERR_USAGE},
		{" 1", ERR_USAGE},
		{"99999999999", ERR_USAGE},
		{"00:16:3e:aa:bb", ERR_USAGE},
		{"00:16:3e:aa:bb:c", ERR_USAGE},
		{"00:16:3e:aa:bb:c1:", ERR_USAGE},
		{"0:16:3e:aa:bb:c1", ERR_USAGE},
		{"00163eaabbc1", ERR_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct vif_list list = three();
		struct error err;

		assert_int_equal(vif_choose(&list, row[i].key, &err), -1);
		assert_int_equal(err.class, row[i].class);
		assert_non_null(strstr(err.text, row[i].key));
		if (err.class == ERR_NO_VIF)
			assert_non_null(strstr(err.text, "10 (00:16:3e:aa:bb:c2)"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_find, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_any, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_too_many, setup, teardown),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_choose_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
