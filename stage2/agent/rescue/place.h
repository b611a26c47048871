/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the parts of a rescue system meet: files below /run that only root can read. Each text is
 * written whole and then renamed into its place.
 */
#ifndef XENPXE_RESCUE_PLACE_H
#define XENPXE_RESCUE_PLACE_H

#include <stddef.h>
#include <stdio.h>

#define RESCUE_DIR "/run/xenpxe"
#define RESCUE_TRIED RESCUE_DIR "/tried" /* a line for each way that failed */
#define RESCUE_NETWORK RESCUE_DIR "/network" /* one line: the address, or why there is none */
#define RESCUE_LEASE RESCUE_DIR "/lease" /* struct boot_network; gone when there is none */
#define RESCUE_SSH RESCUE_DIR "/ssh" /* one line */
#define RESCUE_DISKS RESCUE_DIR "/disks" /* inventory_write()'s lines */
#define RESCUE_ENTRIES RESCUE_DIR "/entries" /* a word for each number, see entries.h */
#define RESCUE_CONTROL RESCUE_DIR "/control" /* the first process's socket */
#define RESCUE_HOOKS "/lib/xenpxe/hooks/"

#define RESCUE_TEXT_MAX 65536 /* bytes of such a file */

/**
 * place_write() - begin to write a file.
 * @path: of those above
 *
 * Return: open for writing, for place_done(); NULL if it cannot be written.
 */
FILE *place_write(const char *path);

/**
 * place_done() - end it: now others see it. NULL is fine.
 * @path: as of place_write()
 */
void place_done(FILE *file, const char *path);

/**
 * place_text() - write a whole text.
 */
void place_text(const char *path, const char *text);

/**
 * place_read() - read such a file.
 * @buf: receives at most @size - 1 bytes and a NUL; "" if there is no file
 *
 * Return: how many.
 */
size_t place_read(const char *path, char *buf, size_t size);

/**
 * run_hooks() - run the scripts of a hook point, one after the other, sorted by name.
 * @point: "disks", "boot"
 *
 * Each has standard output and error of the caller, and no input. Return: 0; -1: one has failed,
 * and
 * @failed, of at least 64 bytes, has its name.
 */
int run_hooks(const char *point, char *failed);

#endif
