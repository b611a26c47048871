/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCPU 0 as it was at the entry, and the other vCPUs, which must never have run. */
#include "probe.h"

#define RFLAGS_IGNORED 0x8d5UL /* the arithmetic flags */
#define RFLAGS_ENTRY 0x202UL /* IF, which is always set in a PV guest, and the constant bit */
#define CR0_TS 0x8UL

#define MSR_FS_BASE 0xc0000100U
#define MSR_GS_BASE 0xc0000101U
#define MSR_KERNEL_GS_BASE 0xc0000102U

#define MAX_VCPUS XEN_LEGACY_MAX_VCPUS

extern const uint8_t secondary_start[], secondary_stack_top[];

volatile int secondary_ran[MAX_VCPUS]; /* written by entry.S */

static struct vcpu_info vcpu_info_page[PAGE_SIZE / sizeof(struct vcpu_info)] page_aligned;

/* Xen emulates these three for a PV guest's kernel. */
static uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

/* Is there a descriptor for the selector? */
static bool descriptor_valid(unsigned int selector)
{
	unsigned int access = 0;
	bool valid;

	__asm__("lar %k2, %k0" : "+r"(access), "=@ccz"(valid) : "r"(selector));
	return valid;
}

void cpu_checks(void)
{
	const struct entry_state *e = &entry_state;
	uint64_t cr0, cr4, dr[8], others;
	unsigned int selector, descriptors = 0;
	uint16_t ldt;

	check(e->cs == FLAT_KERNEL_CS, "cs", "%lx", e->cs);
	check(e->ss == FLAT_KERNEL_SS, "ss", "%lx", e->ss);
	check(!(e->ds | e->es | e->fs | e->gs), "data-selectors", "ds=%lx es=%lx fs=%lx gs=%lx",
	      e->ds, e->es, e->fs, e->gs);
	check((e->rflags & ~RFLAGS_IGNORED) == RFLAGS_ENTRY, "rflags", "%lx",
	      e->rflags & ~RFLAGS_IGNORED);
	check(e->rsi == (unsigned long)start_info, "rsi", "%lx", e->rsi);
	check(!(e->rsp % PAGE_SIZE), "rsp", "%lx", e->rsp);
	others = e->rax | e->rbx | e->rcx | e->rdx | e->rdi | e->rbp | e->r8 | e->r9 | e->r10 |
		 e->r11 | e->r12 | e->r13 | e->r14 | e->r15;
	say("INFO", "other registers are %szero", others ? "not " : "");
	check(!rdmsr(MSR_FS_BASE) && !rdmsr(MSR_GS_BASE) && !rdmsr(MSR_KERNEL_GS_BASE),
	      "segment-bases", "fs=%lx gs=%lx kernel-gs=%lx", rdmsr(MSR_FS_BASE),
	      rdmsr(MSR_GS_BASE), rdmsr(MSR_KERNEL_GS_BASE));

	__asm__("mov %%cr0, %0" : "=r"(cr0));
	__asm__("mov %%cr4, %0" : "=r"(cr4));
	check(!(cr0 & CR0_TS), "task-switched", "cr0=%lx", cr0);
	say("INFO", "cr4=%lx", cr4);
	__asm__("mov %%db0, %0" : "=r"(dr[0]));
	__asm__("mov %%db1, %0" : "=r"(dr[1]));
	__asm__("mov %%db2, %0" : "=r"(dr[2]));
	__asm__("mov %%db3, %0" : "=r"(dr[3]));
	__asm__("mov %%db6, %0" : "=r"(dr[6]));
	__asm__("mov %%db7, %0" : "=r"(dr[7]));
	check(!(dr[0] | dr[1] | dr[2] | dr[3]) && dr[7] == 0x400, "debug-registers",
	      "dr0..3=%lx %lx %lx %lx dr7=%lx", dr[0], dr[1], dr[2], dr[3], dr[7]);
	say("INFO", "dr6=%lx", dr[6]);

	/* the guest's part of the GDT; those above it are Xen's */
	for (selector = 8; selector < FIRST_RESERVED_GDT_BYTE; selector += 8)
		descriptors += descriptor_valid(selector | 3);
	check(!descriptors, "gdt", "descriptors=%u", descriptors);
	__asm__("sldt %0" : "=r"(ldt));
	check(!ldt, "ldt", "selector=%x", ldt);
}

/* Prints what the exception stubs in entry.S found, and ends the domain as crashed. */
void trap_report(unsigned int vector, unsigned long error, unsigned long rip);
void trap_report(unsigned int vector, unsigned long error, unsigned long rip)
{
	struct sched_shutdown end = {.reason = SHUTDOWN_crash};

	check(false, "exception", "vector=%u error=%lx rip=%lx cr2=%lx", vector, error, rip,
	      shared_info ? vcpu0_info->arch.cr2 : 0);
	report_end();
	hypercall_sched_op(SCHEDOP_shutdown, &end);
}

/* Runs secondary_start on a vCPU. Returns the first error, or 0. */
static long run_secondary(unsigned int vcpu)
{
	static struct vcpu_guest_context context;
	uint64_t deadline = system_time() + 10000000000UL;
	long err;

	memset(&context, 0, sizeof(context));
	context.flags = VGCF_IN_KERNEL;
	context.user_regs.rip = (unsigned long)secondary_start;
	context.user_regs.rsp = (unsigned long)secondary_stack_top;
	context.user_regs.rbx = vcpu;
	context.user_regs.rdi = VCPUOP_down;
	context.user_regs.rsi = vcpu;
	context.user_regs.cs = FLAT_KERNEL_CS;
	context.user_regs.ss = FLAT_KERNEL_SS;
	context.user_regs.rflags = RFLAGS_ENTRY;
	context.kernel_ss = FLAT_KERNEL_SS;
	context.kernel_sp = context.user_regs.rsp;
	context.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn((void *)start_info->pt_base));

	err = hypercall_vcpu_op(VCPUOP_initialise, vcpu, &context);
	if (err)
		return err;
	err = hypercall_vcpu_op(VCPUOP_up, vcpu, NULL);
	if (err)
		return err;
	while (!secondary_ran[vcpu] || hypercall_vcpu_op(VCPUOP_is_up, vcpu, NULL) == 1) {
		if (system_time() > deadline)
			return -XEN_EBUSY;
		wait_event(0, system_time() + 1000000);
	}
	return 0;
}

static long register_info(unsigned int vcpu)
{
	struct vcpu_register_vcpu_info info = {
		.mfn = virt_to_mfn(vcpu_info_page),
		.offset = vcpu * sizeof(struct vcpu_info),
	};

	return hypercall_vcpu_op(VCPUOP_register_vcpu_info, vcpu, &info);
}

void vcpu_checks(void)
{
	unsigned int vcpu, count = 1;
	long up, err;

	while (count < MAX_VCPUS && hypercall_vcpu_op(VCPUOP_is_up, count, NULL) != -XEN_ENOENT)
		count++;
	check(hypercall_vcpu_op(VCPUOP_is_up, 0, NULL) == 1, "vcpus", "%u", count);
	for (vcpu = 0; vcpu < count; vcpu++) {
		if (vcpu > 0) {
			up = hypercall_vcpu_op(VCPUOP_is_up, vcpu, NULL);
			check(up == 0, "vcpu-down", "vcpu=%u is_up=%ld", vcpu, up);
		}
		err = register_info(vcpu);
		check(err == 0, "vcpu-info", "vcpu=%u registers: %ld", vcpu, err);
		if (vcpu == 0 && err == 0)
			vcpu0_info = &vcpu_info_page[0];
		if (vcpu > 0) {
			err = run_secondary(vcpu);
			check(err == 0, "vcpu-run", "vcpu=%u initialised, up and down again: %ld",
			      vcpu, err);
		}
	}
}
