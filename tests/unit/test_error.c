/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "util/error.h"

static void test_set(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, ERR_TIMEOUT, "no answer from %s in %d s", "192.0.2.1", 5),
			 -1);
	assert_int_equal(err.class, ERR_TIMEOUT);
	assert_string_equal(err.text, "no answer from 192.0.2.1 in 5 s");
}

static void test_one_line_no_controls(void **state)
{
	struct error err;

	(void)state;
	error_set(&err, ERR_SERVER, "it says: %s",
		  "a\nb\x1b[2J\x7f\tc\xc2\x9b"
		  "2J");
	assert_string_equal(err.text, "it says: a?b?[2J??c??2J");
	error_prefix(&err, "x%sy", "\r");
	assert_string_equal(err.text, "x?y: it says: a?b?[2J??c??2J");
}

static void test_prefix(void **state)
{
	struct error err;

	(void)state;
	error_set(&err, ERR_NOT_FOUND, "no such file");
	assert_int_equal(error_prefix(&err, "label \"%s\"", "linux"), -1);
	assert_string_equal(err.text, "label \"linux\": no such file");
	assert_int_equal(err.class, ERR_NOT_FOUND);
}

static void test_cut(void **state)
{
	struct error err;
	char big[2000];

	(void)state;
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	error_set(&err, ERR_SYSTEM, "%s", big);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	error_prefix(&err, "short");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "short: xxx", 10);
	error_prefix(&err, "%s", big);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void test_nobody_cares(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERR_SYSTEM, "x"), -1);
	assert_int_equal(error_prefix(NULL, "x"), -1);
}

/* These go into xenstore and into scripts: names and numbers do not change. */
static void test_classes(void **state)
{
	static const struct {
		enum error_class class;
		int number;
		const char *name;
	} classes[] = {
		{ERR_NONE, 0, "none"},
		{ERR_USAGE, 100, "usage"},
		{ERR_SYSTEM, 101, "system"},
		{ERR_MEMORY, 102, "memory"},
		{ERR_NO_VIF, 103, "no-vif"},
		{ERR_TIMEOUT, 104, "timeout"},
		{ERR_NOT_FOUND, 105, "not-found"},
		{ERR_SERVER, 106, "server"},
		{ERR_PROTOCOL, 107, "protocol"},
		{ERR_CONFIG, 108, "config"},
		{ERR_IMAGE, 109, "image"},
		{ERR_HANDOVER, 110, "handover"},
		{ERR_UNSUPPORTED, 111, "unsupported"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		assert_int_equal(classes[i].class, classes[i].number);
		assert_string_equal(error_class_name(classes[i].class), classes[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),	     cmocka_unit_test(test_one_line_no_controls),
		cmocka_unit_test(test_prefix),	     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_nobody_cares), cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
