/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of disks, from a sysfs as Linux 6.1 shows it in a guest with two disks, of which the
 * first has a partition, and with a loop device that is not the guest's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk/disk.h"

static char root[64];

static void make_directory(const char *relative)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, relative);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0700);
	}
	mkdir(path, 0700);
}

/* A block device as the kernel shows it; @partition and below are left out when NULL. */
static void block(const char *device, const char *name, const char *size, const char *ro,
		  const char *partition)
{
	const char *const attribute[][2] = {{"size", size}, {"ro", ro}, {"partition", partition}};
	char path[512], target[256];

	snprintf(path, sizeof(path), "devices/%s/%s", device, name);
	make_directory(path);
	make_directory("class/block");
	snprintf(target, sizeof(target), "../../devices/%s/%s", device, name);
	snprintf(path, sizeof(path), "%s/class/block/%s", root, name);
	assert_int_equal(symlink(target, path), 0);
	for (size_t i = 0; i < 3; i++) {
		FILE *file;

		if (!attribute[i][1])
			continue;
		snprintf(path, sizeof(path), "%s/class/block/%s/%s", root, name, attribute[i][0]);
		file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "%s\n", attribute[i][1]);
		fclose(file);
	}
}

static int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/test_disk.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void guest_disks(void)
{
	block("vbd-51728/block", "xvdb", "1269760", "1", NULL);
	block("vbd-51712/block", "xvda", "8388608", "0", NULL);
	block("vbd-51712/block/xvda", "xvda1", "8386560", "0", "1");
	block("virtual/block", "loop0", "2048", "0", NULL);
}

static void names_sizes_and_what_is_read_only(void **state)
{
	char text[128];

	(void)state;
	guest_disks();
	assert_string_equal(disk_list_text(text, sizeof(text), root),
			    "xvda 4.3 GB, xvdb 650.1 MB (read-only)");
}

static void names_in_order(void **state)
{
	char names[3][DISK_NAME_SIZE];

	(void)state;
	guest_disks();
	assert_int_equal(disk_names(names, 3, root), 2);
	assert_string_equal(names[0], "xvda");
	assert_string_equal(names[1], "xvdb");
	/* vbds that are partitions by themselves, as paravirtual guests often have them */
	block("vbd-51746/block", "xvdc10", "2", "0", NULL);
	block("vbd-51738/block", "xvdc2", "2", "0", NULL);
	assert_int_equal(disk_names(names, 3, root), 3);
	assert_string_equal(names[2], "xvdc2");
	assert_int_equal(disk_names(names, 0, root), 0);
}

static void what_does_not_fit_is_cut_at_a_disk(void **state)
{
	char text[32];

	(void)state;
	guest_disks();
	assert_string_equal(disk_list_text(text, sizeof(text), root), "xvda 4.3 GB, ...");
	/* 38 bytes, and room must be left for ", ..." and the NUL */
	for (size_t size = 16; size < sizeof(text); size++) {
		disk_list_text(text, size, root);
		assert_true(strlen(text) < size);
	}
}

static void no_disk(void **state)
{
	char text[32];

	(void)state;
	block("virtual/block", "loop0", "2048", "0", NULL);
	assert_string_equal(disk_list_text(text, sizeof(text), root), "");
}

static void no_block_layer(void **state)
{
	char text[32];

	(void)state;
	assert_string_equal(disk_list_text(text, sizeof(text), root), "");
}

/* Gone between the listing and the look, or not ready: left out. */
static void disk_without_a_size(void **state)
{
	char text[32];

	(void)state;
	block("vbd-51712/block", "xvda", NULL, NULL, NULL);
	block("vbd-51728/block", "xvdb", "2", NULL, NULL);
	assert_string_equal(disk_list_text(text, sizeof(text), root), "xvdb 1.0 kB");
}

/* A FIFO that nobody writes to keeps who opens it waiting, like a disk whose backend has died. */
static void a_disk_that_hangs_keeps_one_process(void **state)
{
	char path[256], name[DISK_NAME_SIZE];
	unsigned int children = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/disk", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_true((size_t)snprintf(name, sizeof(name), "..%s", path) < sizeof(name));
	for (int i = 0; i < 3; i++)
		assert_false(disk_answers(name, 50));
	while (wait(NULL) > 0)
		children++;
	assert_int_equal(children, 1);
	assert_int_equal(unlink(path), 0);
	assert_true(disk_answers(name, 5000)); /* with "no such file" */
	assert_int_equal(wait(NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(names_sizes_and_what_is_read_only, setup, teardown),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_cut_at_a_disk, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(no_block_layer, setup, teardown),
		cmocka_unit_test_setup_teardown(disk_without_a_size, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disk_that_hangs_keeps_one_process, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
