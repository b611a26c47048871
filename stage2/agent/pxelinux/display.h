/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that DISPLAY, F1 ... F12 and MENU HELP show (syslinux.cfg(5), DISPLAY FILE FORMAT). */
#ifndef XENPXE_PXELINUX_DISPLAY_H
#define XENPXE_PXELINUX_DISPLAY_H

#include <stddef.h>
#include <stdint.h>

/**
 * pxelinux_display() - make a display file plain text, as a serial console shows it. Pure.
 * @text: the file; becomes lines that end in '\n', without codes for colours, pictures and the
 *        screen, and without what is for other consoles only or stands before the screen is
 *        cleared. Bytes above 7E stay as they are:
 *        the caller escapes what it prints.
 * @len:  bytes
 *
 * Return: bytes that are left, at most @len.
 */
size_t pxelinux_display(uint8_t *text, size_t len);

#endif
