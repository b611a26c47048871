/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way "rescue": the first process stays, gives the console to a shell, and waits until the
 * person there says how to go on. Network and disks are brought up beside it, by processes of their
 * own: whatever hangs there, the shell comes.
 */
#ifndef XENPXE_RESCUE_RESCUE_H
#define XENPXE_RESCUE_RESCUE_H

#include "policy/keys.h"
#include "policy/tried.h"

/**
 * rescue() - let a person in.
 * @keys:  the guest's own; ssh_key is used, and what a lease needs
 * @tried: what was tried before, shown in the greeting
 * @next:  receives the keys of the round that the person asks for
 *
 * Returns when "xenpxe-agent boot" or "retry" was typed and nothing uses the disks any more. All
 * other processes have been ended then.
 */
void rescue(const struct keys *keys, const struct tried *tried, struct keys *next);

/**
 * rescue_leave() - the domain is to power off or reboot: end all other processes but the first, and
 * unmount what a person has mounted, within 4 s.
 *
 * A disk that does not answer by then is left as it is, which the console is told.
 */
void rescue_leave(void);

#endif
