/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM2's metadata: the input as a label, as the header of a metadata area, and as text. The
 * checksums are put right, else nothing behind them would ever be reached.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/dm.h"
#include "localboot/lvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void read_headers(const uint8_t *data, size_t size)
{
	struct lvm_label label = {.area = 4096, .area_size = 1 << 20};
	uint8_t *copy = malloc(size);
	struct lvm_where where;
	struct error err;

	if (!copy)
		return;
	memcpy(copy, data, size);
	for (size_t at = 0; at + 512 <= size && at < LVM_LABEL_BYTES; at += 512)
		put32(copy + at + 16, lvm_checksum(copy + at + 20, 512 - 20));
	lvm_label(copy, size, &label, &err);
	memcpy(copy, data, size);
	if (size >= LVM_HEADER_BYTES)
		put32(copy, lvm_checksum(copy + 4, LVM_HEADER_BYTES - 4));
	if (lvm_where(copy, size, &label, &where, &err) == 0 && where.size &&
	    (where.offset >= label.area_size || where.size > label.area_size))
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const dev_t pv[LVM_PV_MAX] = {0x700, 0x701};
	char params[DM_PARAMS_SIZE];
	struct lvm_vg vg;
	struct error err;

	read_headers(data, size);
	if (lvm_parse((const char *)data, size, &vg, &err) == 0) {
		for (size_t i = 0; i < vg.n_lv; i++) {
			for (size_t k = 0; k < vg.lv[i].n; k++)
				dm_target(&vg.lv[i].piece[k], pv, params);
		}
	}
	lvm_free(&vg);
	return 0;
}
