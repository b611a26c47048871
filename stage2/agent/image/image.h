/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "image": kernel and ramdisk become the complete start-of-day image of a PV guest, in this
 * process's own memory. libxenguest does it, the same code that the toolstack builds guests with;
 * it needs no privilege and no hypercall.
 *
 * The order of calls:
 *   image_new, image_kernel, [image_ramdisks], image_build, the ramdisks' bytes go to
 *   image_ramdisk_data(); then the hand-over: image_domain, image_layout, image_finish,
 * image_unmap.
 */
#ifndef XENPXE_IMAGE_IMAGE_H
#define XENPXE_IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct image;

/* What start_info needs and the domain gives (xen/xen.h, struct start_info). */
struct image_domain {
	uint64_t nr_pages; /* of 4096 bytes, all that the domain owns */
	uint64_t shared_info; /* machine address */
	uint32_t store_port, console_port; /* event channels */
	uint32_t flags; /* SIF_* */
};

/* Where things are in the finished image. Frames are the next kernel's. */
struct image_layout {
	uint64_t nr_mapped; /* frames below this are mapped by the image's page tables … */
	uint64_t virt_base; /* … from this address on */
	uint64_t l4_pfn, console_pfn, store_pfn;
	uint64_t entry, stack, start_info; /* virtual addresses */
};

/* A run of frames and where it lies in our memory: private, anonymous, page aligned. */
struct image_segment {
	void *addr;
	uint64_t pfn, nr_pages;
};

/**
 * image_new() - begin an image.
 * @out:     free it with image_free()
 * @cmdline: the next kernel's command line, at most 1023 bytes
 * @err:     ERR_MEMORY, ERR_CONFIG (command line too long)
 */
int image_new(struct image **out, const struct image_domain *domain, const char *cmdline,
	      struct error *err);

/**
 * image_kernel() - give the kernel: a bzImage or ELF file, compressed in any way that
 * libxenguest knows.
 * @data: malloc()ed; the image owns and frees it, also on failure
 * @err:  ERR_IMAGE: truncated, corrupt, no Xen PV entry, 32-bit …; the text says which
 */
int image_kernel(struct image *image, uint8_t *data, size_t len, struct error *err);

/**
 * image_ramdisks() - announce the ramdisks: one behind the other, each at image_ramdisk_place(),
 * they are the image's ramdisk.
 * @size: of each, in bytes; any number, as a server may have said it: image_build() refuses what is
 *        larger than the guest
 * @n:    at most PLAN_INITRD_MAX; 0: none
 */
void image_ramdisks(struct image *image, const uint64_t size[], size_t n);

/**
 * image_ramdisk_place() - where ramdisk @i begins, in bytes from the beginning of the first one.
 */
uint64_t image_ramdisk_place(const uint64_t size[], size_t i);

/**
 * image_build() - lay the image out, unpack the kernel into it, make room for the ramdisk.
 * @available: free memory in bytes; a build that needs more is refused
 * @err:       ERR_MEMORY: does not fit, with the figures; ERR_IMAGE
 */
int image_build(struct image *image, uint64_t available, struct error *err);

/**
 * image_ramdisk_data() - the ramdisks' place in the image, zeroed.
 */
uint8_t *image_ramdisk_data(struct image *image);

/**
 * image_domain() - the domain as it is now, after image_build(): saved and restored, or moved to
 * another host, it is not what it was when image_new() heard of it.
 * @err: ERR_HANDOVER: it has another number of pages
 */
int image_domain(struct image *image, const struct image_domain *domain, struct error *err);

/**
 * image_segments() - the memory that the image consists of.
 * @n: their number
 *
 * Return: an array that belongs to the image.
 */
const struct image_segment *image_segments(struct image *image, size_t *n);

void image_layout(const struct image *image, struct image_layout *layout);

/**
 * image_finish() - write page tables, frame list and start_info, now that each frame's machine
 * page is known.
 * @p2m: nr_pages machine frame numbers
 */
int image_finish(struct image *image, const uint64_t *p2m, struct error *err);

/**
 * image_unmap() - let go of the image's memory. Whoever pinned its pages keeps them.
 */
void image_unmap(struct image *image);

/**
 * image_free() - free everything. NULL is fine.
 */
void image_free(struct image *image);

#endif
