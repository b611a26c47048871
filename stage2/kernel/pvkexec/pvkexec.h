/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/pvkexec: replace the kernel of a Xen PV domain in place.
 *
 * The order of calls: INFO, ADOPT, PREPARE, EXEC. Closing the file at any time before EXEC
 * undoes everything. A call that fails returns -1 with errno and, where errno alone does not
 * tell, a sentence in the structure's "reason".
 */
#ifndef PVKEXEC_H
#define PVKEXEC_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PVKEXEC_REASON_MAX 160

/* What the next kernel's start_info needs and only this kernel knows (xen/xen.h, start_info). */
struct pvkexec_info {
	__u64 nr_pages; /* frames that this domain owns: the next kernel's nr_pages */
	__u64 shared_info; /* machine address of the shared_info page */
	__u64 system_time; /* Xen's, in nanoseconds, at the moment of the call */
	__u32 store_evtchn;
	__u32 console_evtchn;
	__u32 flags; /* SIF_* */
	__u32 reserved;
	char reason[PVKEXEC_REASON_MAX];
};

/* A piece of the image: private anonymous memory of the caller. */
struct pvkexec_segment {
	__u64 addr; /* page aligned */
	__u64 pfn; /* its first page's frame number in the next kernel */
	__u64 nr_pages;
};

/* ADOPT: pin the image's pages and decide which frame gets which number. */
struct pvkexec_adopt {
	__u64 segments; /* struct pvkexec_segment [nr_segments] */
	__u64 nr_segments;
	__u64 nr_pages; /* of the next kernel; as INFO said */
	__u64 nr_mapped; /* frames [0, nr_mapped) are mapped by the image's page tables */
	__u64 virt_base; /* address of frame 0 there */
	__u64 console_pfn; /* where the console's and xenstore's pages go */
	__u64 store_pfn;
	__u64 p2m; /* __u64 [nr_pages], out: machine frame of each frame */
	char reason[PVKEXEC_REASON_MAX];
};

/*
 * PREPARE: let Xen validate the new page tables. The caller has finished writing the image and
 * has unmapped all of it.
 */
struct pvkexec_prepare {
	__u64 l4_pfn; /* the image's top-level page table */
	__u64 entry; /* virtual addresses in the next kernel's tables */
	__u64 stack;
	__u64 start_info;
	char reason[PVKEXEC_REASON_MAX];
};

/* EXEC: does not return when it succeeds. */
struct pvkexec_exec {
	char reason[PVKEXEC_REASON_MAX];
};

#define PVKEXEC_INFO _IOR('X', 1, struct pvkexec_info)
#define PVKEXEC_ADOPT _IOWR('X', 2, struct pvkexec_adopt)
#define PVKEXEC_PREPARE _IOWR('X', 3, struct pvkexec_prepare)
#define PVKEXEC_EXEC _IOR('X', 4, struct pvkexec_exec)

#endif
