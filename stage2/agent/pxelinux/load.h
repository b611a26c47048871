/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step "menu": a configuration with all the files that belong to it. What is read is decided here,
 * how is the caller's business: from a server in a guest, from a directory for "plan".
 */
#ifndef XENPXE_PXELINUX_LOAD_H
#define XENPXE_PXELINUX_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "dhcp/lease.h"
#include "fetch/url.h"
#include "pxelinux/pxelinux.h"
#include "util/error.h"

struct pxelinux_reader {
	/**
	 * read() - one small file.
	 * @text: receives a malloc()ed buffer, which the caller of read() frees
	 * @err:  as fetch_memory()
	 */
	int (*read)(void *ctx, const struct url *url, uint8_t **text, size_t *len,
		    struct error *err);
	/**
	 * missed() - a name of the search led to nothing. May be NULL.
	 * @err: why
	 *
	 * Return: 0: go on with the next name; -1, with @err saying why: give up.
	 */
	int (*missed)(void *ctx, struct error *err);
	/**
	 * again() - a name that the server did not answer is asked for once more. May be NULL.
	 */
	void (*again)(void *ctx, const struct url *url);
	void *ctx;
	const char *name; /* what messages call the configuration, escaped; NULL: its URL */
};

/**
 * pxelinux_base() - where file names start: option 210, else the directory of the boot file (RFC
 * 5071 section 3.4).
 * @err: ERR_CONFIG: a boot file or prefix that names a server in a way that url_join() refuses
 */
int pxelinux_base(struct url *base, const struct lease *lease, struct error *err);

/**
 * pxelinux_load() - read and parse a configuration and what it includes.
 * @base: what file names are relative to, see url_join()
 * @file: the configuration
 * @out:  free with pxelinux_free()
 * @err:  what read() said about @file, or pxelinux_parse()
 *
 * Return: 0 or -1; on -1 @out is empty.
 */
int pxelinux_load(const struct pxelinux_reader *reader, const struct url *base,
		  const struct url *file, struct pxelinux_config *out, struct error *err);

/**
 * pxelinux_find() - the first configuration of the search that the server has.
 * @search: the names, see pxelinux_search()
 * @file:   receives the one that was found
 * @err:    ERR_NOT_FOUND if the server has none of them; what was last heard if some of them led
 *          to another answer than that; what missed() said; ERR_CONFIG and ERR_MEMORY of a
 *          configuration that was found
 *
 * Names that ended in ERR_TIMEOUT or ERR_SERVER are asked for once more, in their order, when a
 * later one is found, and the first that is there now counts: the later ones are for more guests.
 * That ends when missed() gives up, and those that are still silent are skipped.
 *
 * Otherwise as pxelinux_load().
 */
int pxelinux_find(const struct pxelinux_reader *reader, const struct url *base,
		  const struct pxelinux_search *search, struct url *file,
		  struct pxelinux_config *out, struct error *err);

#define PXELINUX_HOPS_MAX 16 /* as INCLUDE's depth in syslinux */

/**
 * pxelinux_hop() - may the configuration of a choice be followed, too?
 * @hops:   those followed so far, 0 at first; those that a person chose are not counted
 * @choice: of type PXELINUX_CONFIG
 * @err:    ERR_CONFIG: more than PXELINUX_HOPS_MAX lead to each other
 *
 * Return: 0 or -1.
 */
int pxelinux_hop(unsigned int *hops, const struct pxelinux_choice *choice, struct error *err);

/**
 * pxelinux_follow() - go on with the configuration that a PXELINUX_CONFIG names.
 * @base:   changed if the choice names another directory (syslinux.cfg(5), CONFIG: before the new
 *          configuration is parsed)
 * @file:   the main configuration, which a menu's "~" names; changed to the new one unless that is
 *          only named to a menu
 * @shown:  what messages call the new configuration; several files: @file, the lines of each have
 *          its own name
 * @choice: of type PXELINUX_CONFIG. Several files are read as if the new configuration included
 *          one after the other (menu.txt, USING AN ALTERNATE CONFIGURATION FILE).
 * @out:    the new configuration; free with pxelinux_free()
 *
 * Return: 0 or -1; on -1 nothing is changed and @out is empty.
 */
int pxelinux_follow(const struct pxelinux_reader *reader, struct url *base, struct url *file,
		    struct url *shown, const struct pxelinux_choice *choice,
		    struct pxelinux_config *out, struct error *err);

#endif
