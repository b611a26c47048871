/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_POLICY_TERMINAL_H
#define XENPXE_POLICY_TERMINAL_H

#include <stdbool.h>

/**
 * terminal_wait() - let time pass where a person can see it and cut it short.
 * @seconds: how long, 0 or more
 * @why:     what is said first: "@why; trying again in N s, any key: at once"
 *
 * A line every half minute tells what is left.
 *
 * Return: true if a key was pressed.
 */
bool terminal_wait(unsigned int seconds, const char *why);

#endif
