/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "handover": the domain changes its kernel. The driver's side and the whole procedure, with
 * numbers, are in stage2/kernel/HANDOVER.md.
 */
#ifndef XENPXE_HANDOVER_HANDOVER_H
#define XENPXE_HANDOVER_HANDOVER_H

#include "image/image.h"
#include "util/error.h"

struct handover {
	int fd; /* of /dev/pvkexec */
	struct image_domain domain;
	uint64_t system_time; /* Xen's less clock_ns(), so that the next kernel can compare */
};

/**
 * handover_open() - ask the driver whether this domain can be handed over at all, before anything
 * is fetched.
 * @err: ERR_UNSUPPORTED (no driver: not a PV guest or another kernel), ERR_HANDOVER (a state that
 *       cannot be unmade; the text is the driver's)
 */
int handover_open(struct handover *handover, struct error *err);

/**
 * handover_close() - let go of the driver; it undoes whatever was prepared.
 */
void handover_close(struct handover *handover);

/**
 * handover_run() - let the next kernel take over. Does not return when it succeeds.
 * @image: built, its ramdisk complete; it is used up, free it all the same
 * @err:   ERR_HANDOVER: given up before the point of no return; devices are back
 *
 * Return: always -1.
 */
int handover_run(struct handover *handover, struct image *image, struct error *err);

#endif
