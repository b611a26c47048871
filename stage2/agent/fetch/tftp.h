/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TFTP over a UDP socket: the protocol behind URL_TFTP. For fetch.c, which checks the sizes,
 * counts, shows the progress and puts server and file in front of every error.
 */
#ifndef XENPXE_FETCH_TFTP_H
#define XENPXE_FETCH_TFTP_H

#include <stdint.h>

#include "fetch/fetch.h"

/**
 * tftp_get() - read one file. The sink's two functions are both there; its size function is
 * called once. Parameters and errors as fetch_file().
 */
int tftp_get(const struct url *url, const struct fetch_options *opt, const struct fetch_sink *sink,
	     struct error *err);

/**
 * tftp_size() - ask for a file's size and end the transfer (RFC 2349). As fetch_size().
 */
int tftp_size(const struct url *url, const struct fetch_options *opt, uint64_t *size,
	      struct error *err);

#endif
