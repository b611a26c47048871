/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last instructions of one kernel and the first of the next: copied to a page that is
 * mapped at the same address in both kernels' page tables. Position-independent; code, stack
 * and hypercall operands all lie in that page.
 *
 * A PV hypercall is "syscall" with its number in rax and arguments in rdi, rsi, rdx, r10; it
 * destroys rcx and r11 and does not preserve the argument registers.
 */
#include <linux/linkage.h>
#include <xen/interface/xen.h>

/* The header has it for C only. */
#define DOMID_SELF_NR	0x7ff0

	.section .rodata, "a"
	.balign 64
SYM_DATA_START(pvkexec_trampoline)
	/* A stack in this page: the old one is about to go. */
	leaq	pvkexec_trampoline_stack_top(%rip), %rsp

	/*
	 * NUL selectors before the GDT goes: if the vCPU were descheduled in
	 * between, Xen could not restore a selector of a GDT that is gone.
	 */
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$FLAT_KERNEL_SS, %eax
	movl	%eax, %ss

	/* No GDT: set_gdt(NULL, 0) */
	xorl	%edi, %edi
	xorl	%esi, %esi
	movl	$__HYPERVISOR_set_gdt, %eax
	syscall

	/* No trap handlers: set_trap_table(NULL) */
	xorl	%edi, %edi
	movl	$__HYPERVISOR_set_trap_table, %eax
	syscall

	/* The stack that Xen switches to on events: stack_switch(ss, sp) */
	movl	$FLAT_KERNEL_SS, %edi
	movq	pvkexec_trampoline_stack(%rip), %rsi
	movl	$__HYPERVISOR_stack_switch, %eax
	syscall

	/* The new page tables: mmuext_op(&op, 1, NULL, DOMID_SELF) */
	leaq	pvkexec_trampoline_mmuext(%rip), %rdi
	movl	$1, %esi
	xorl	%edx, %edx
	movl	$DOMID_SELF_NR, %r10d
	movl	$__HYPERVISOR_mmuext_op, %eax
	syscall
	testq	%rax, %rax
	jnz	.Ldead

	/* fs, user gs and kernel gs bases: set_segment_base(which, 0) */
	xorl	%ebx, %ebx
.Lbase:
	movl	%ebx, %edi
	xorl	%esi, %esi
	movl	$__HYPERVISOR_set_segment_base, %eax
	syscall
	incl	%ebx
	cmpl	$3, %ebx
	jne	.Lbase

	movq	pvkexec_trampoline_start_info(%rip), %rsi
	movq	pvkexec_trampoline_entry(%rip), %rdx
	movq	pvkexec_trampoline_stack(%rip), %rsp
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	cld
	jmp	*%rdx

	/* The tables were validated before: not reached. Say so by crashing the domain. */
.Ldead:
	movl	$2, %edi			/* SCHEDOP_shutdown */
	leaq	pvkexec_trampoline_crash(%rip), %rsi
	movl	$__HYPERVISOR_sched_op, %eax
	syscall
	jmp	.Ldead

	.balign 16
SYM_INNER_LABEL(pvkexec_trampoline_mmuext, SYM_L_GLOBAL)
	.quad	0, 0, 0				/* struct mmuext_op */
SYM_INNER_LABEL(pvkexec_trampoline_entry, SYM_L_GLOBAL)
	.quad	0
SYM_INNER_LABEL(pvkexec_trampoline_stack, SYM_L_GLOBAL)
	.quad	0
SYM_INNER_LABEL(pvkexec_trampoline_start_info, SYM_L_GLOBAL)
	.quad	0
SYM_INNER_LABEL(pvkexec_trampoline_crash, SYM_L_GLOBAL)
	.long	3				/* SHUTDOWN_crash */
	.balign 16
	.fill	512, 1, 0
SYM_INNER_LABEL(pvkexec_trampoline_stack_top, SYM_L_LOCAL)
SYM_DATA_END_LABEL(pvkexec_trampoline, SYM_L_GLOBAL, pvkexec_trampoline_end)
