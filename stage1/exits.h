/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit codes of xenpxe. The toolstack knows only "0 and nothing else is success"; the others
 * tell a person, or a script, whose move it is. 100 and 111 mean what they mean in s6.
 */
#ifndef XENPXE_STAGE1_EXITS_H
#define XENPXE_STAGE1_EXITS_H

enum {
	EXIT_OK = 0,
	EXIT_USAGE = 100, /* an option, or the value of one, is wrong: the guest's configuration */
	EXIT_TOO_LONG = 101, /* the command line does not fit in Xen's 1023 bytes */
	EXIT_IMAGE = 102, /* the installed stage-two image is missing or unusable */
	EXIT_SYSTEM = 111, /* the system refused to take the links, the copies or the answer */
};

#endif
