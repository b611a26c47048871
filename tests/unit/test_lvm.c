/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM2's metadata. tests/unit/lvm/physical is the begin of a physical volume that LVM 2.03.16 made
 * (pvcreate --dataalignment 1m, vgcreate -s 1m); mirrors.vg is its vgcfgbackup, with mirrors added
 * that vgcfgrestore took, and what is expected of it is what lvs then said:
 *
 *   lvs -a -o lv_name,segtype,seg_start_pe,seg_size_pe,devices
 *     a              linear   0  3  pv0(5)
 *     mir            mirror   0  2  mir_mimage_0(0),mir_mimage_1(0)
 *     [mir_mimage_0] linear   0  2  pv1(28)
 *     r1             raid1    0  3  r1_rimage_0(0),r1_rimage_1(0)
 *     [r1_rimage_0]  linear   0  2  pv0(21)
 *     [r1_rimage_0]  linear   2  1  pv0(30)
 *     root           linear   0  5  pv0(0)
 *     root           linear   5  4  pv0(8)
 *     striped        striped  0  4  pv0(12),pv1(0)
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "localboot/dm.h"
#include "localboot/lvm.h"

#define EXTENT 2048 /* sectors */
#define PE_START 2048

static size_t load(const char *name, char **data)
{
	char path[128];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "tests/unit/lvm/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	*data = malloc(65536);
	assert_non_null(*data);
	len = fread(*data, 1, 65536, f);
	fclose(f);
	assert_true(len > 0 && len < 65536);
	return len;
}

/* --- label and header --- */

static void label_of_a_real_volume(void **state)
{
	struct lvm_label label;
	struct lvm_where where;
	struct error err;
	char *data;

	(void)state;
	assert_int_equal(load("physical", &data), 4608);
	assert_int_equal(lvm_label((uint8_t *)data, LVM_LABEL_BYTES, &label, &err), 0);
	/* pvs -o pv_uuid */
	assert_string_equal(label.id, "XlF20p-NpxG-jGCn-ePFY-TMRM-33iu-N6Xonc");
	/* pvs -o pv_mda_size: 1020 KB, from 4 KB on to pe_start */
	assert_int_equal(label.area, 4096);
	assert_int_equal(label.area_size, 1020UL * 1024);
	assert_int_equal(lvm_where((uint8_t *)data + 4096, LVM_HEADER_BYTES, &label, &where, &err),
			 0);
	assert_true(where.size > 1000 && where.offset >= LVM_HEADER_BYTES);
	free(data);
}

static void label_damaged(void **state)
{
	struct lvm_label label;
	struct lvm_where where;
	struct error err;
	char *data;

	(void)state;
	load("physical", &data);
	data[512 + 60] ^= 1;
	assert_int_equal(lvm_label((uint8_t *)data, LVM_LABEL_BYTES, &label, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "damaged"));
	assert_int_equal(lvm_label((uint8_t *)data, 512, &label, &err), -1);
	assert_non_null(strstr(err.text, "no LVM label"));
	label = (struct lvm_label){.area = 4096, .area_size = 1020UL * 1024};
	data[4096 + 45] ^= 1;
	assert_int_equal(lvm_where((uint8_t *)data + 4096, LVM_HEADER_BYTES, &label, &where, &err),
			 -1);
	assert_non_null(strstr(err.text, "header"));
	free(data);
}

static void text_outside_of_its_area(void **state)
{
	struct lvm_label label = {.area = 4096, .area_size = 4096};
	struct lvm_where where;
	struct error err;
	char *data;

	(void)state;
	load("physical", &data);
	assert_int_equal(lvm_where((uint8_t *)data + 4096, LVM_HEADER_BYTES, &label, &where, &err),
			 -1);
	assert_non_null(strstr(err.text, "outside"));
	assert_int_equal(where.size, 0);
	free(data);
}

/* --- text --- */

static const struct lvm_lv *volume(const struct lvm_vg *vg, const char *name)
{
	for (size_t i = 0; i < vg->n_lv; i++) {
		if (strcmp(vg->lv[i].name, name) == 0)
			return &vg->lv[i];
	}
	fail_msg("no logical volume %s", name);
	return NULL;
}

static void expect_linear(const struct lvm_lv *lv, size_t i, uint64_t start, uint64_t len,
			  size_t pv, uint64_t extent)
{
	assert_string_equal(lv->problem, "");
	assert_true(i < lv->n);
	assert_int_equal(lv->piece[i].n, 1);
	assert_int_equal(lv->piece[i].start, start * EXTENT);
	assert_int_equal(lv->piece[i].len, len * EXTENT);
	assert_int_equal(lv->piece[i].stripe[0].pv, pv);
	assert_int_equal(lv->piece[i].stripe[0].start, PE_START + extent * EXTENT);
}

static void volumes_as_lvs_says(void **state)
{
	const dev_t dev[LVM_PV_MAX] = {makedev(7, 0), makedev(202, 300)}, one[LVM_PV_MAX] = {1};
	char params[DM_PARAMS_SIZE], *text;
	const struct lvm_lv *lv;
	struct lvm_vg vg;
	struct error err;
	size_t len;

	(void)state;
	len = load("mirrors.vg", &text);
	assert_int_equal(lvm_parse(text, len, &vg, &err), 0);
	assert_string_equal(vg.name, "vg-0");
	assert_string_equal(vg.id, "wx9Nc3-Q7am-6lDA-p4KY-mDoS-ttR4-SM7gbu");
	assert_int_equal(vg.seqno, 6);
	assert_int_equal(vg.n_pv, 2);
	assert_string_equal(vg.pv[1].id, "K07lrS-7MjP-ZScJ-TWNA-IB9H-3jg7-bgvW3H");
	assert_int_equal(vg.n_lv, 5); /* legs and logs are not visible */

	lv = volume(&vg, "root");
	assert_int_equal(lv->n, 2);
	expect_linear(lv, 0, 0, 5, 0, 0);
	expect_linear(lv, 1, 5, 4, 0, 8);
	lv = volume(&vg, "a");
	assert_int_equal(lv->n, 1);
	expect_linear(lv, 0, 0, 3, 0, 5);
	lv = volume(&vg, "r1");
	assert_int_equal(lv->n, 2);
	expect_linear(lv, 0, 0, 2, 0, 21);
	expect_linear(lv, 1, 2, 1, 0, 30);
	lv = volume(&vg, "mir");
	assert_int_equal(lv->n, 1);
	expect_linear(lv, 0, 0, 2, 1, 28);

	lv = volume(&vg, "striped");
	assert_int_equal(lv->n, 1);
	assert_int_equal(lv->piece[0].len, 4 * EXTENT);
	/* The kernel's Documentation/admin-guide/device-mapper/striped.rst: number of devices,
	 * chunk in sectors (lvcreate -I 64), then device and offset of each. */
	assert_string_equal(dm_target(&lv->piece[0], dev, params), "striped");
	assert_string_equal(params, "2 128 7:0 26624 202:300 2048");
	assert_string_equal(dm_target(&volume(&vg, "a")->piece[0], dev, params), "linear");
	assert_string_equal(params, "7:0 12288");
	assert_null(dm_target(&lv->piece[0], one, params));
	lvm_free(&vg);
	free(text);
}

#define VG(lvs)                                                                      \
	"vg { extent_size = 8 physical_volumes { p { id = \"x\" pe_start = 16 } }\n" \
	"logical_volumes {" lvs "} }"
#define LV(name, status, body)                                                                 \
	name " { status = [\"" status "\"] segment1 { start_extent = 0 extent_count = 4 " body \
	     " } }\n"
#define LINEAR(on) "type=\"striped\" stripe_count = 1 stripes = [\"" on "\", 0]"

/* The only visible volume's problem. */
static void expect_problem(const char *text, const char *problem)
{
	struct error err = {ERR_NONE, ""};
	struct lvm_vg vg;

	assert_int_equal(lvm_parse(text, strlen(text), &vg, &err), 0);
	assert_int_equal(vg.n_lv, 1);
	if (!strstr(vg.lv[0].problem, problem) || (!problem[0] && vg.lv[0].problem[0]))
		fail_msg("problem \"%s\", not \"%s\"", vg.lv[0].problem, problem);
	lvm_free(&vg);
}

static void what_cannot_be_read_says_so(void **state)
{
	(void)state;
	expect_problem(VG(LV("l", "VISIBLE", LINEAR("p"))), "");
	expect_problem("description = \"a \\\"command\\\"\nof two lines\"\n" VG(
			       LV("l", "VISIBLE", LINEAR("p"))),
		       "");
	/* vgs and lvs take it: a stripe's name is a physical volume's first */
	expect_problem(VG(LV("p", "VISIBLE", LINEAR("p"))), "");
	expect_problem(VG(LV("l", "VISIBLE", "type = \"thin\"")), "of a type");
	expect_problem(VG(LV("l", "VISIBLE", LINEAR("q"))), "not there");
	expect_problem(VG(LV("l", "VISIBLE", LINEAR("l"))), "lies on itself");
	expect_problem(VG(LV("l", "VISIBLE", LINEAR("m")) LV("m", "READ", LINEAR("l"))),
		       "lies on itself");
	expect_problem(VG(LV("l", "VISIBLE", "type = \"mirror\" mirrors = [\"m\", 0]")),
		       "first leg is not there");
	expect_problem(VG(LV("l", "VISIBLE", "type = \"raid1\" raids = [\"m\"]")), "without legs");
	expect_problem(VG(LV("l", "VISIBLE", "type = \"mirror\" mirrors = [\"m\", 3]")
				  LV("m", "READ", LINEAR("p"))),
		       "not all the extents");
	expect_problem(VG(LV("l", "VISIBLE",
			     "type=\"striped\" stripe_count = 1 stripes = [\"p\", "
			     "18446744073709551615]")),
		       "too large");
	expect_problem(VG("l { status = [\"VISIBLE\"] }"), "not all the extents");
	expect_problem(VG("l { status = [\"VISIBLE\"] segment1 { start_extent = 0\n"
			  "extent_count = 9223372036854775807 " LINEAR("p") "} }"),
		       "too large");
}

static void expect_error(const char *text, const char *words)
{
	struct error err = {ERR_NONE, ""};
	struct lvm_vg vg;

	assert_int_equal(lvm_parse(text, strlen(text), &vg, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	if (!strstr(err.text, words))
		fail_msg("error \"%s\", not \"%s\"", err.text, words);
	lvm_free(&vg);
}

static void what_is_no_metadata(void **state)
{
	(void)state;
	expect_error("", "without a volume group");
	expect_error("a = 1\nb = ?", "line 2: neither a number nor a string");
	expect_error("vg {\n\n id = \"x\n}", "line 3: a string without an end");
	expect_error("vg { a = \"x\ny\"\n ?", "line 3: no name");
	expect_error("vg { a = [1, 2", "a list without an end");
	expect_error("vg { a = 1", "a section without an end");
	expect_error("vg { } }", "too many");
	expect_error("vg { = }", "no name");
	expect_error("vg { a", "a name without a value");
	expect_error("vg { a = 99999999999999999999 }", "too large");
	expect_error("a{a{a{a{a{a{a{a{a{a{a{}}}}}}}}}}}", "too deep");
	expect_error("vg { extent_size = 8 }", "without physical volumes");
	expect_error("vg { physical_volumes { } }", "without an extent's size");
}

/* Whatever a text breaks off at, nothing outside of it is read: the sanitizers watch. */
static void cut_anywhere(void **state)
{
	struct lvm_vg vg;
	struct error err;
	char *text, *copy;
	size_t len;

	(void)state;
	len = load("mirrors.vg", &text);
	for (size_t i = 0; i < len; i++) {
		copy = malloc(i + 1);
		assert_non_null(copy);
		memcpy(copy, text, i);
		copy[i] = 'x';
		lvm_parse(copy, i, &vg, &err);
		lvm_free(&vg);
		free(copy);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(label_of_a_real_volume),
		cmocka_unit_test(label_damaged),
		cmocka_unit_test(text_outside_of_its_area),
		cmocka_unit_test(volumes_as_lvs_says),
		cmocka_unit_test(what_cannot_be_read_says_so),
		cmocka_unit_test(what_is_no_metadata),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
