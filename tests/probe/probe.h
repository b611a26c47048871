/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probe kernel: a Xen PV kernel that looks at what it was started in and reports.
 *
 * It is booted once by the toolstack and once through the hand-over of stage two. Whatever Xen or
 * the image builder can show of a domain must then be equal, so each check prints one line
 *
 *	PROBE PASS name details		or	PROBE FAIL name details
 *
 * and everything that differs from one boot to the next by right (machine frame numbers, times)
 * goes into PROBE INFO lines. `tests/probe/compare` compares two such logs.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hypercall.h"
#include "util/sha256.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096UL
#define PT_ENTRIES 512U

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define page_aligned __attribute__((aligned(4096)))

/* Registers at the first instruction; entry.S stores them in this order. */
struct entry_state {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t tsc, rflags, cs, ss, ds, es, fs, gs;
};

extern struct entry_state entry_state;
extern const uint8_t _image_start[], _rodata_end[], _image_end[]; /* linker script */

/* Set once by probe_main() before anything else runs. */
extern const struct start_info *start_info;
extern volatile struct shared_info *shared_info;
extern unsigned int entry_upcall_mask; /* vCPU 0's, before main.c set it */

/* report.c: the lines, and how many of each kind there were */

/* Sends the output to the console ring found at va; event: its event channel port. */
void report_init(void *console_va, evtchn_port_t event);

/* Prints one PASS or FAIL line. Returns ok. */
bool check(bool ok, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints "PROBE KIND text". Formats known, here and above: %s %c %u %d %lu %ld %x %lx %0Nlx. */
void say(const char *kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* s with everything but printable ASCII as \\xNN; valid until the next call. At most 1024 bytes. */
const char *escaped(const char *s);

/* Prints the DONE line and waits, 20 s at most, until the console daemon has read everything. */
void report_end(void);

/* time.c */

/* The one that Xen keeps up to date: vcpu_checks() moves vCPU 0's out of the shared info page. */
extern volatile struct vcpu_info *vcpu0_info;

/* Xen's system time in ns, as of the TSC value tsc (which may be before Xen's last update). */
uint64_t system_time_at(uint64_t tsc);
uint64_t system_time(void);

/*
 * Waits until port has an event or deadline (system time, ns) is there; port 0: the deadline only.
 * Clears the event. The caller looks at its condition before and after.
 */
void wait_event(evtchn_port_t port, uint64_t deadline);

void time_checks(void);

/* string.c */
void *memset(void *dst, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
/* True if any of the n bytes at p is not zero. n: a multiple of 8; p: aligned to 8. */
bool any_set(const void *p, size_t n);

/* memory.c: start_info's memory, page tables, M2P, the pin test */

/* Makes the mapping window; false if Xen refused (nothing can be checked then). */
bool memory_init(void);

/* The pfn of a machine frame by searching the p2m (the M2P is under test), or ~0UL. */
unsigned long find_pfn(unsigned long mfn);
unsigned long virt_to_mfn(const void *va);
void *pfn_to_virt(unsigned long pfn);

/*
 * Maps machine frame mfn at a slot of the window, 0..511; NULL if Xen refuses. Slots below BATCH
 * are anybody's for a moment; the shared info page keeps its own.
 */
#define BATCH 256U
#define SHARED_INFO_SLOT 511U
void *window_map(unsigned int slot, unsigned long mfn, bool writable);

void start_info_checks(void);
void page_table_checks(void);
void frame_checks(void); /* M2P, mappable, pinnable; zeroes all free pages */
void ramdisk_checks(void);
void watch_begin(void); /* lets every unused kernel address lead to a page that is watched */
void watch_checks(void);

/* cpu.c */
extern const struct trap_info trap_table[]; /* entry.S */
void cpu_checks(void);
void vcpu_checks(void); /* registers vcpu_info: to be called once */

/* resources.c */
void shared_info_checks(void);
void event_checks(void);
void grant_checks(void);
void final_checks(void); /* takes what can be taken once: pirq_eoi_map, FIFO events */

/* xenstore.c */
void xenstore_checks(void);

#endif
