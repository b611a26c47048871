/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console client of "xl create -c".
 */
#ifndef XENPXE_STAGE1_CLIENT_H
#define XENPXE_STAGE1_CLIENT_H

/**
 * client_wait() - if the caller is xl and starts a console client, wait until that has the terminal
 * open which shows what we say, or has ended; 10 s at most, after which a message says so.
 *
 * xl starts one for the bootloader, another for the guest once its console is there, and between
 * the two it waits for the first to end (xl_vmcontrol.c, autoconnect_console()). The first sleeps
 * for a second before it looks which terminal is the guest's console. If we are gone by then it
 * waits for the next one, which is the guest's: it stays, xl waits for it for ever, and the guest
 * is never unpaused. So this is called last, with everything said.
 *
 * Returns at once below any other toolstack, and below xl without -c.
 */
void client_wait(void);

#endif
