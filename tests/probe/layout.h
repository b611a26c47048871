/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that the linker script, the assembly and the C code share, and the variants.
 *
 * Each variant stands for a generation of Linux kernels:
 *   probe         Linux 6.13 and later: no HYPERCALL_PAGE note, hypercalls by `syscall`
 *   probe-hcpage  Linux 4.4 .. 6.12: HYPERCALL_PAGE, the p2m at an address of its own
 *   probe-old     before that: the p2m and the ramdisk inside the initial mapping, low load address
 */
#ifndef PROBE_LAYOUT_H
#define PROBE_LAYOUT_H

#define PROBE_VIRT_BASE 0xffffffff80000000
#define PROBE_P2M_BASE 0x0000008000000000 /* slot 1 of the L4, as Linux asks for */

#ifdef PROBE_OLD
#define PROBE_LOAD_ADDR 0x100000
#define PROBE_VARIANT "old"
#define PROBE_HYPERCALL_PAGE
#else
#define PROBE_LOAD_ADDR 0x1000000 /* CONFIG_PHYSICAL_START of every distribution */
#define PROBE_INIT_P2M
#define PROBE_MOD_START_PFN
#ifdef PROBE_HYPERCALL_PAGE
#define PROBE_VARIANT "hcpage"
#else
#define PROBE_VARIANT "modern"
#endif
#endif

/* The last 2 MiB that the L2 table of the initial mapping can hold: see memory.c */
#define PROBE_WINDOW 0xffffffffbfe00000

#endif
