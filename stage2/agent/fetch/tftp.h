/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TFTP over UDP sockets: the protocol behind URL_TFTP. For fetch.c, which checks the sizes,
 * counts, shows the progress and puts server and file in front of every error.
 */
#ifndef XENPXE_FETCH_TFTP_H
#define XENPXE_FETCH_TFTP_H

#include <stddef.h>
#include <stdint.h>

#include "fetch/fetch.h"

/**
 * tftp_get() - read files, all side by side: against a server that wants every block acknowledged
 * that is as many times faster. Of each file's sink both functions are there.
 * @failed: receives the index of the file that @err is about
 *
 * A transfer that breaks off is asked for again, and goes on where it was: the sink sees every byte
 * once. Its size function may be called more than once. Parameters and errors as fetch_files().
 */
int tftp_get(const struct fetch_job *job, size_t n, const struct fetch_options *opt, size_t *failed,
	     struct error *err);

/**
 * tftp_size() - ask for a file's size and end the transfer (RFC 2349). As fetch_size().
 */
int tftp_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err);

#endif
