/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are open already: what local boot chose on the guest's disks. */
#ifndef XENPXE_FETCH_FILE_H
#define XENPXE_FETCH_FILE_H

#include "fetch/fetch.h"

/**
 * file_get() - read files, one after the other. Parameters as tftp_get().
 * @err: ERR_SYSTEM: the disk cannot be read there, or the file system is damaged
 */
int file_get(const struct fetch_job *job, size_t n, const struct fetch_options *opt, size_t *failed,
	     struct error *err);

/** file_size() - as fetch_size(). */
int file_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err);

#endif
