/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LVM2's metadata: the label in a physical volume's first sectors, the header of its metadata
 * area, and the text in there. Pure functions over bounded buffers; what is said in there becomes
 * tables for the device mapper. Linear and striped volumes are understood, and of mirrors and
 * raid1 the first leg.
 */
#ifndef XENPXE_LOCALBOOT_LVM_H
#define XENPXE_LOCALBOOT_LVM_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define LVM_LABEL_BYTES 2048 /* from the device's begin: the label is in one of four sectors */
#define LVM_HEADER_BYTES 512 /* of a metadata area's header */
#define LVM_TEXT_MAX 4194304UL
#define LVM_ID_SIZE 39 /* "fs8DqY-NLnJ-…": 32 characters in groups, and a NUL */
#define LVM_NAME_SIZE 128 /* LVM2's own limit and a NUL */
#define LVM_PV_MAX 64
#define LVM_LV_MAX 256
#define LVM_STRIPE_MAX 16
#define LVM_PIECE_MAX 1024 /* of one logical volume */

/* A label: which physical volume it is, and where its metadata area lies; size 0: it has none. */
struct lvm_label {
	char id[LVM_ID_SIZE];
	uint64_t area, area_size; /* bytes on the device */
};

/* Where the text lies: @size bytes from @offset of the area on, going on at LVM_HEADER_BYTES
 * where the area ends. */
struct lvm_where {
	uint64_t offset, size;
	uint32_t checksum;
};

struct lvm_piece {
	uint64_t start, len; /* in the logical volume, in sectors of 512 bytes */
	unsigned int n; /* stripes; 1: linear */
	uint64_t chunk; /* sectors of a stripe before the next one's turn; n > 1 only */
	struct {
		size_t pv; /* index */
		uint64_t start; /* sectors on the physical volume's device */
	} stripe[LVM_STRIPE_MAX];
};

struct lvm_lv {
	char name[LVM_NAME_SIZE], id[LVM_ID_SIZE];
	struct lvm_piece *piece;
	size_t n;
	char problem[96]; /* why it cannot be read, escaped; "" if it can */
};

struct lvm_vg {
	char name[LVM_NAME_SIZE], id[LVM_ID_SIZE];
	uint64_t seqno; /* grows with each change: the highest is in force */
	struct {
		char id[LVM_ID_SIZE];
	} pv[LVM_PV_MAX];
	size_t n_pv;
	struct lvm_lv *lv; /* the visible ones, in the text's order */
	size_t n_lv;
};

/**
 * lvm_label() - find and read the label.
 * @head: the device's first bytes
 * @len:  LVM_LABEL_BYTES at most are looked at
 * @err:  ERR_CONFIG: there is none, or it is damaged
 */
int lvm_label(const uint8_t *head, size_t len, struct lvm_label *out, struct error *err);

/**
 * lvm_where() - read a metadata area's header.
 * @header: the area's first LVM_HEADER_BYTES
 * @label:  of the same device: bounds what the header says
 * @out:    size 0: the area is there and holds no text
 * @err:    ERR_CONFIG
 */
int lvm_where(const uint8_t *header, size_t len, const struct lvm_label *label,
	      struct lvm_where *out, struct error *err);

/** lvm_checksum() - LVM2's CRC of some bytes: of labels, headers, texts. */
uint32_t lvm_checksum(const void *data, size_t len);

/**
 * lvm_parse() - read the text.
 * @text: @len bytes, which need not end in NUL
 * @out:  free with lvm_free(), also after -1
 * @err:  ERR_CONFIG: it is no metadata, with its line; ERR_MEMORY
 *
 * A logical volume that cannot be read does not spoil the others: see its problem.
 */
int lvm_parse(const char *text, size_t len, struct lvm_vg *out, struct error *err);

void lvm_free(struct lvm_vg *vg);

#endif
