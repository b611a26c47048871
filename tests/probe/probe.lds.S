/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual and pseudo-physical addresses as a 64-bit Linux kernel has them:
 * the image is mapped at VIRT_BASE + its pseudo-physical address.
 */
#include "layout.h"

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)
ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	. = PROBE_VIRT_BASE + PROBE_LOAD_ADDR;
	_image_start = .;
	.text : AT(ADDR(.text) - PROBE_VIRT_BASE) {
		*(.text.entry)
		*(.text .text.*)
	} :text
	.rodata : AT(ADDR(.rodata) - PROBE_VIRT_BASE) { *(.rodata .rodata.*) } :text
	.note.Xen : AT(ADDR(.note.Xen) - PROBE_VIRT_BASE) { *(.note.Xen) } :text :note
	_rodata_end = .;

	. = ALIGN(4096);
	.data : AT(ADDR(.data) - PROBE_VIRT_BASE) { *(.data .data.*) } :data
	.bss : AT(ADDR(.bss) - PROBE_VIRT_BASE) {
		*(.bss .bss.*)
		. = ALIGN(4096);
	} :data
	_image_end = .;

	/DISCARD/ : { *(.comment) *(.note.gnu.*) *(.eh_frame) *(.note.GNU-stack) }
}
