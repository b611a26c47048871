/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF notes by which a kernel tells Xen how to start it (xen/elfnote.h). libxenguest reads
 * them, too, but keeps what it found to itself.
 */
#ifndef XENPXE_IMAGE_NOTES_H
#define XENPXE_IMAGE_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct notes {
	uint64_t entry; /* XEN_ELFNOTE_ENTRY: virtual address */
	uint64_t virt_base; /* XEN_ELFNOTE_VIRT_BASE: virtual address of frame 0 */
	uint64_t hypercall_page; /* XEN_ELFNOTE_HYPERCALL_PAGE: virtual address, 0: none */
};

/**
 * notes_read() - find the notes of an unpacked kernel.
 * @elf, @len: the ELF file
 * @err:       ERR_IMAGE: no ELF file, or one of the two notes is missing
 */
int notes_read(struct notes *notes, const uint8_t *elf, size_t len, struct error *err);

#endif
