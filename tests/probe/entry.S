/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF notes, entry point, exception stubs and the entry of a secondary vCPU. */
#define __ASSEMBLY__
#include <xen/xen.h>
#include <xen/elfnote.h>
#include <xen/features.h>
#include "layout.h"

.macro xen_note type:req, desc:vararg
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 2f - 1f, 4f - 3f, \type
1:	.asciz "Xen"
2:	.balign 4
3:	\desc
4:	.balign 4
	.popsection
.endm

	xen_note XEN_ELFNOTE_GUEST_OS, .asciz "linux"
	xen_note XEN_ELFNOTE_GUEST_VERSION, .asciz "2.6"
	xen_note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	xen_note XEN_ELFNOTE_LOADER, .asciz "generic"
	xen_note XEN_ELFNOTE_VIRT_BASE, .quad PROBE_VIRT_BASE
	xen_note XEN_ELFNOTE_ENTRY, .quad _start
	xen_note XEN_ELFNOTE_PAE_MODE, .asciz "yes"
	xen_note XEN_ELFNOTE_HV_START_LOW, .quad __HYPERVISOR_VIRT_START
	xen_note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
	xen_note XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables"
	xen_note XEN_ELFNOTE_SUPPORTED_FEATURES, .long 1 << XENFEAT_writable_page_tables
#ifdef PROBE_INIT_P2M
	xen_note XEN_ELFNOTE_INIT_P2M, .quad PROBE_P2M_BASE
#endif
#ifdef PROBE_MOD_START_PFN
	xen_note XEN_ELFNOTE_MOD_START_PFN, .long 1
#endif
#ifdef PROBE_HYPERCALL_PAGE
	xen_note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page

	.text
	.balign 4096
	.globl hypercall_page
hypercall_page:
	.skip 4096, 0xcc
#endif

/*
 * Everything is stored before anything is changed, in the order of struct entry_state in probe.h.
 * Absolute addresses in the low half of the sign-extended 2 GiB, as -mcmodel=kernel has them.
 */
	.section .text.entry, "ax"
	.globl _start
_start:
	movq %rax, entry_state+0
	movq %rbx, entry_state+8
	movq %rcx, entry_state+16
	movq %rdx, entry_state+24
	movq %rsi, entry_state+32
	movq %rdi, entry_state+40
	movq %rbp, entry_state+48
	movq %rsp, entry_state+56
	movq %r8, entry_state+64
	movq %r9, entry_state+72
	movq %r10, entry_state+80
	movq %r11, entry_state+88
	movq %r12, entry_state+96
	movq %r13, entry_state+104
	movq %r14, entry_state+112
	movq %r15, entry_state+120
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, entry_state+128
	pushfq
	popq entry_state+136
	xorl %eax, %eax
	movw %cs, %ax
	movq %rax, entry_state+144
	movw %ss, %ax
	movq %rax, entry_state+152
	movw %ds, %ax
	movq %rax, entry_state+160
	movw %es, %ax
	movq %rax, entry_state+168
	movw %fs, %ax
	movq %rax, entry_state+176
	movw %gs, %ax
	movq %rax, entry_state+184
	cld
	leaq stack_top, %rsp
	xorl %ebp, %ebp
	call probe_main
	ud2

/*
 * Xen's frame: rcx, r11, the error code where there is one, rip, cs, rflags, rsp, ss. None returns:
 * what trap_report() needs is rip, error code and the vector.
 */
	.text
.macro trap_stub vector:req, has_error=0
	.balign 16
trap_\vector:
	movl $\vector, %edi
	.if \has_error
	movq 16(%rsp), %rsi
	movq 24(%rsp), %rdx
	.else
	xorl %esi, %esi
	movq 16(%rsp), %rdx
	.endif
	cld
	jmp trap_report
.endm
	.irp vector, 0, 1, 3, 4, 5, 6, 7, 9, 16, 18, 19
	trap_stub \vector
	.endr
	.irp vector, 8, 10, 11, 12, 13, 14, 17
	trap_stub \vector, 1
	.endr

	.section .rodata, "a"
	.balign 8
	.globl trap_table
trap_table: /* struct trap_info, ended by a zero address */
	.irp vector, 0, 1, 3, 4, 5, 6, 7, 9, 16, 18, 19, 8, 10, 11, 12, 13, 14, 17
	.byte \vector, 0
	.word FLAT_KERNEL_CS
	.long 0
	.quad trap_\vector
	.endr
	.quad 0, 0

/*
 * A secondary vCPU starts here with its number in rbx and the arguments of VCPUOP_down in rdi, rsi
 * and rdx: it notes that it ran and takes itself down.
 */
	.text
	.globl secondary_start
secondary_start:
	movl $1, secondary_ran(, %rbx, 4)
#ifdef PROBE_HYPERCALL_PAGE
	call hypercall_page + __HYPERVISOR_vcpu_op * 32
#else
	movl $__HYPERVISOR_vcpu_op, %eax
	syscall
#endif
	ud2

	.bss
	.balign 4096
	.skip 16384
stack_top:
	.skip 4096
	.globl secondary_stack_top
secondary_stack_top:
