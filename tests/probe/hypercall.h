/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of a 64-bit PV guest: number in rax, arguments in rdi, rsi, rdx, r10, r8; rcx and r11
 * are destroyed and the argument registers may be (xen/include/public/arch-x86/xen-x86_64.h).
 * Each function returns what Xen returned: 0 or a count, or a negative Xen errno.
 */
#ifndef PROBE_HYPERCALL_H
#define PROBE_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>

#include "layout.h"

#ifdef PROBE_HYPERCALL_PAGE
extern const uint8_t hypercall_page[];
#endif

static inline long hypercall(unsigned long number, unsigned long a1, unsigned long a2,
			     unsigned long a3, unsigned long a4)
{
	register unsigned long rax __asm__("rax") = number;
	register unsigned long r10 __asm__("r10") = a4;

#ifdef PROBE_HYPERCALL_PAGE
	rax = (unsigned long)(hypercall_page + number * 32);
	__asm__ volatile("call *%%rax"
#else
	__asm__ volatile("syscall"
#endif
			 : "+r"(rax), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10)
			 :
			 : "rcx", "r8", "r9", "r11", "memory", "cc");
	return (long)rax;
}

static inline long hypercall_set_trap_table(const struct trap_info *table)
{
	return hypercall(__HYPERVISOR_set_trap_table, (unsigned long)table, 0, 0, 0);
}

/* *done: how many entries were handled before the one that was refused. */
static inline long hypercall_mmu_update(const struct mmu_update *u, unsigned int n,
					unsigned int *done)
{
	return hypercall(__HYPERVISOR_mmu_update, (unsigned long)u, n, (unsigned long)done,
			 DOMID_SELF);
}

static inline long hypercall_mmuext_op(const struct mmuext_op *op, unsigned int n,
				       unsigned int *done)
{
	return hypercall(__HYPERVISOR_mmuext_op, (unsigned long)op, n, (unsigned long)done,
			 DOMID_SELF);
}

static inline long hypercall_update_va_mapping(unsigned long va, uint64_t pte, unsigned long flags)
{
	return hypercall(__HYPERVISOR_update_va_mapping, va, pte, flags, 0);
}

static inline long hypercall_memory_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_memory_op, cmd, (unsigned long)arg, 0, 0);
}

static inline long hypercall_event_channel_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_event_channel_op, cmd, (unsigned long)arg, 0, 0);
}

static inline long hypercall_grant_table_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, (unsigned long)arg, 1, 0);
}

static inline long hypercall_physdev_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_physdev_op, cmd, (unsigned long)arg, 0, 0);
}

static inline long hypercall_vcpu_op(unsigned int cmd, unsigned int vcpu, void *arg)
{
	return hypercall(__HYPERVISOR_vcpu_op, cmd, vcpu, (unsigned long)arg, 0);
}

static inline long hypercall_sched_op(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_sched_op, cmd, (unsigned long)arg, 0, 0);
}

static inline long hypercall_xen_version(unsigned int cmd, void *arg)
{
	return hypercall(__HYPERVISOR_xen_version, cmd, (unsigned long)arg, 0, 0);
}

#endif
