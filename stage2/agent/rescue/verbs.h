/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenpxe-agent's verbs in the rescue shell: status, disks, entries, boot, retry. */
#ifndef XENPXE_RESCUE_VERBS_H
#define XENPXE_RESCUE_VERBS_H

#include "policy/keys.h"

/**
 * rescue_verb() - do what one of the verbs says.
 * @argc, @argv: the verb and its arguments
 * @keys:        of this guest
 *
 * Return: an exit status (0, or a number of enum error_class, with a sentence on standard error);
 * -1:
 * @argv[0] is no verb of rescue.
 */
int rescue_verb(int argc, char *const argv[], const struct keys *keys);

#endif
