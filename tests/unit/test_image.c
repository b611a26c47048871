/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The start-of-day image of a PV guest, built on any host. What it must look like is said by
 * xen/xen.h (start_info and "start of day memory layout") and by the ELF notes that a test gives.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <xen/elfnote.h>
#include <xen/xen.h>

#include "image/image.h"
#include "image/notes.h"

#define PAGE 4096ull
#define PAGES 8192ull /* a guest of 32 MiB */
#define BASE 0xffffffff80000000ull
#define LOAD_PFN 0x200ull /* where the kernel lies: 2 MiB */
#define ENTRY (BASE + LOAD_PFN * PAGE + 0x40)
#define FIRST_MFN 0x10000u
#define P_PRESENT 1ull
#define P_RW 2ull
#define P_MFN(entry) ((entry) >> 12 & 0xffffffffffull)

static const struct image_domain domain = {
	.nr_pages = PAGES,
	.shared_info = 0x1234000,
	.store_port = 1,
	.console_port = 2,
	.flags = SIF_MOD_START_PFN, /* ours, from stage two's own start: not the next kernel's */
};

struct kernel_form {
	unsigned char class; /* ELFCLASS64 */
	bool entry, base;
	const char *xen_version;
	bool unmapped_ramdisk; /* MOD_START_PFN, as Linux says since 3.19 */
	uint64_t hypercall_page; /* 0: none, as Linux since 6.13 */
};

static const struct kernel_form good = {ELFCLASS64, true, true, "xen-3.0", false, 0};

static size_t add_note(uint8_t *at, uint32_t type, const void *desc, uint32_t len)
{
	Elf64_Nhdr note = {.n_namesz = 4, .n_descsz = len, .n_type = type};

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), "Xen", 4);
	memcpy(at + sizeof(note) + 4, desc, len);
	return sizeof(note) + 4 + ((len + 3) & ~3u);
}

/* An ELF file of one loaded page and its notes. */
static uint8_t *make_kernel(const struct kernel_form *form, size_t *len)
{
	static const uint64_t entry = ENTRY, base = BASE, p2m = 0x8000000000ull;
	uint8_t *file = calloc(1, 3 * PAGE);
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)file;
	Elf64_Phdr *phdr = (Elf64_Phdr *)(file + sizeof(*ehdr));
	size_t at = 0;

	assert_non_null(file);
	*len = 3 * PAGE;
	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = form->class;
	ehdr->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_type = ET_EXEC;
	ehdr->e_machine = form->class == ELFCLASS64 ? EM_X86_64 : EM_386;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_entry = ENTRY;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(*phdr);
	ehdr->e_phnum = 2;
	ehdr->e_shentsize = sizeof(Elf64_Shdr);
	phdr[0] = (Elf64_Phdr){.p_type = PT_LOAD,
			       .p_flags = PF_R | PF_W | PF_X,
			       .p_offset = PAGE,
			       .p_vaddr = BASE + LOAD_PFN * PAGE,
			       .p_paddr = LOAD_PFN * PAGE,
			       .p_filesz = PAGE,
			       .p_memsz = PAGE,
			       .p_align = PAGE};
	memset(file + PAGE, 0xcc, PAGE);
	at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_GUEST_OS, "test", 5);
	at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_XEN_VERSION, form->xen_version,
		       (uint32_t)strlen(form->xen_version) + 1);
	at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_LOADER, "generic", 8);
	at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_INIT_P2M, &p2m, sizeof(p2m));
	if (form->base)
		at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_VIRT_BASE, &base, sizeof(base));
	if (form->unmapped_ramdisk)
		at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_MOD_START_PFN, "\1\0\0", 4);
	if (form->hypercall_page)
		at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_HYPERCALL_PAGE,
			       &form->hypercall_page, sizeof(form->hypercall_page));
	if (form->entry)
		at += add_note(file + 2 * PAGE + at, XEN_ELFNOTE_ENTRY, &entry, sizeof(entry));
	phdr[1] = (Elf64_Phdr){.p_type = PT_NOTE,
			       .p_offset = 2 * PAGE,
			       .p_filesz = at,
			       .p_memsz = at,
			       .p_align = 4};
	return file;
}

static struct image *begin(const char *cmdline, const struct kernel_form *form)
{
	struct image *image;
	struct error err;
	uint8_t *kernel;
	size_t len;

	assert_int_equal(image_new(&image, &domain, cmdline, &err), 0);
	kernel = make_kernel(form, &len);
	if (image_kernel(image, kernel, len, &err))
		fail_msg("%s", err.text);
	return image;
}

/* The page of the image behind frame @pfn. */
static void *page_of(struct image *image, uint64_t pfn)
{
	const struct image_segment *segment;
	size_t n;

	segment = image_segments(image, &n);
	for (size_t i = 0; i < n; i++) {
		if (pfn >= segment[i].pfn && pfn - segment[i].pfn < segment[i].nr_pages)
			return (char *)segment[i].addr + (pfn - segment[i].pfn) * PAGE;
	}
	return NULL;
}

/* The frame that the finished tables map at @va, and whether it can be written; -1 if none. */
static int64_t translate(struct image *image, uint64_t l4_pfn, uint64_t va, bool *writable)
{
	uint64_t pfn = l4_pfn;

	for (int level = 4; level >= 1; level--) {
		const uint64_t *table = page_of(image, pfn);
		uint64_t entry;

		assert_non_null(table);
		entry = table[va >> (12 + 9 * (level - 1)) & 511];
		if (!(entry & P_PRESENT)) {
			assert_int_equal(entry, 0);
			return -1;
		}
		assert_int_equal(entry >> 63, 0); /* executable */
		assert_int_equal(entry & 0x100, 0); /* not global */
		*writable = entry & P_RW;
		pfn = P_MFN(entry) - FIRST_MFN;
	}
	return (int64_t)pfn;
}

static uint64_t *frames(void)
{
	uint64_t *p2m = malloc(PAGES * sizeof(*p2m));

	assert_non_null(p2m);
	for (uint64_t i = 0; i < PAGES; i++)
		p2m[i] = FIRST_MFN + i;
	return p2m;
}

static void start_info_tells_the_domain(void **state)
{
	static const char cmdline[] = "console=hvc0 one two";
	static const char words[] = "ramdisk of thirty-three bytes ...";
	struct image *image = begin(cmdline, &good);
	uint64_t *p2m = frames();
	struct image_layout layout;
	const start_info_t *info;
	struct error err;
	bool writable;

	(void)state;
	image_ramdisks(image, (const uint64_t[]){sizeof(words)}, 1);
	if (image_build(image, PAGES * (uint64_t)PAGE, &err))
		fail_msg("%s", err.text);
	memcpy(image_ramdisk_data(image), words, sizeof(words));
	image_layout(image, &layout);
	if (image_finish(image, p2m, &err))
		fail_msg("%s", err.text);

	assert_int_equal(layout.virt_base, BASE);
	assert_int_equal(layout.entry, ENTRY);
	assert_in_range(layout.start_info, BASE, BASE + layout.nr_mapped * PAGE - 1);
	info = page_of(image, (layout.start_info - BASE) / PAGE);
	assert_non_null(info);
	assert_string_equal(info->magic, "xen-3.0-x86_64");
	assert_int_equal(info->nr_pages, PAGES);
	assert_int_equal(info->shared_info, domain.shared_info);
	assert_int_equal(info->flags & SIF_PRIVILEGED, 0);
	assert_int_equal(info->store_evtchn, 1);
	assert_int_equal(info->console.domU.evtchn, 2);
	assert_int_equal(info->store_mfn, FIRST_MFN + layout.store_pfn);
	assert_int_equal(info->console.domU.mfn, FIRST_MFN + layout.console_pfn);
	assert_string_equal((const char *)info->cmd_line, cmdline);

	/* the ramdisk: mapped, whole, and its length is its own, not its pages' */
	assert_int_equal(info->flags & SIF_MOD_START_PFN, 0);
	assert_int_equal(info->mod_len, sizeof(words));
	assert_memory_equal(page_of(image, (info->mod_start - BASE) / PAGE), words, sizeof(words));

	/* the frame list is where INIT_P2M wants it */
	assert_int_equal(info->mfn_list, 0x8000000000ull);
	assert_memory_equal(page_of(image, info->first_p2m_pfn), p2m, PAGE);
	assert_int_equal(translate(image, layout.l4_pfn, info->mfn_list, &writable),
			 info->first_p2m_pfn);

	/* xen.h: everything from virt_base on is mapped, at least 512 KiB behind the last piece */
	assert_int_equal(translate(image, layout.l4_pfn, ENTRY, &writable), LOAD_PFN);
	assert_int_equal(translate(image, layout.l4_pfn, BASE, &writable), 0);
	assert_true(writable);
	assert_int_equal(translate(image, layout.l4_pfn, layout.stack + 128 * PAGE - 1, &writable),
			 (layout.stack - BASE) / PAGE + 127);

	/* page tables are mapped, but read-only */
	assert_int_equal(P_MFN(((uint64_t *)page_of(image, layout.l4_pfn))[511]) - FIRST_MFN,
			 (layout.l4_pfn + 1));
	assert_int_equal(translate(image, layout.l4_pfn, info->pt_base, &writable), layout.l4_pfn);
	assert_false(writable);
	assert_memory_equal(page_of(image, LOAD_PFN), "\xcc\xcc\xcc\xcc", 4);

	free(p2m);
	image_unmap(image);
	image_free(image);
}

static void unmapped_ramdisk_has_its_own_length(void **state)
{
	static const struct kernel_form form = {ELFCLASS64, true, true, "xen-3.0", true, 0};
	struct image *image = begin("", &form);
	struct image_layout layout;
	uint64_t *p2m = frames();
	const start_info_t *info;
	struct error err;
	bool writable;

	(void)state;
	image_ramdisks(image, (const uint64_t[]){PAGE + 1}, 1);
	assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), 0);
	image_ramdisk_data(image)[PAGE] = 0x5a;
	image_layout(image, &layout);
	assert_int_equal(image_finish(image, p2m, &err), 0);
	info = page_of(image, (layout.start_info - BASE) / PAGE);
	assert_int_equal(info->flags & SIF_MOD_START_PFN, SIF_MOD_START_PFN);
	assert_int_equal(info->mod_len, PAGE + 1);
	assert_int_equal(*(uint8_t *)page_of(image, info->mod_start + 1), 0x5a);
	assert_int_equal(translate(image, layout.l4_pfn, BASE + info->mod_start * PAGE, &writable),
			 -1);
	free(p2m);
	image_free(image);
}

/*
 * xen/arch-x86/xen-x86_64.h: hypercall n is at n * 32; rcx and r11, which `syscall` destroys, are
 * the caller's again. For iret (23) rax, r11 and rcx lie on the stack, in this order.
 */
static void hypercall_page_is_filled(void **state)
{
	static const struct kernel_form form = {ELFCLASS64, true,  true,
						"xen-3.0",  false, BASE + LOAD_PFN * PAGE};
	static const uint8_t console_io[] = {0x51, 0x41, 0x53, 0xb8, 18,   0,	 0,
					     0,	   0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};
	static const uint8_t iret[] = {0x51, 0x41, 0x53, 0x50, 0xb8, 23, 0, 0, 0, 0x0f, 0x05};
	struct image *image = begin("", &form);
	const uint8_t *page;
	struct error err;

	(void)state;
	assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), 0);
	page = page_of(image, LOAD_PFN);
	assert_memory_equal(page + 18 * 32ul, console_io, sizeof(console_io));
	assert_memory_equal(page + 23 * 32ul, iret, sizeof(iret));
	assert_int_equal(page[PAGE - 32], 0x51);
	image_free(image);
}

static void hypercall_page_outside_the_kernel_is_refused(void **state)
{
	static const uint64_t bad[] = {BASE + (LOAD_PFN + 1) * PAGE, BASE + (LOAD_PFN - 1) * PAGE,
				       BASE + LOAD_PFN * PAGE + 8, 1, ~0ull};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct kernel_form form = good;
		struct image *image;
		struct error err;

		form.hypercall_page = bad[i];
		image = begin("", &form);
		assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), -1);
		assert_int_equal(err.class, ERR_IMAGE);
		image_free(image);
	}
}

static void no_ramdisk_no_module(void **state)
{
	struct image *image = begin("", &good);
	struct image_layout layout;
	uint64_t *p2m = frames();
	const start_info_t *info;
	struct error err;

	(void)state;
	assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), 0);
	image_layout(image, &layout);
	assert_int_equal(image_finish(image, p2m, &err), 0);
	info = page_of(image, (layout.start_info - BASE) / PAGE);
	assert_int_equal(info->mod_start, 0);
	assert_int_equal(info->mod_len, 0);
	assert_string_equal((const char *)info->cmd_line, "");
	free(p2m);
	image_free(image);
}

static void command_line_has_1023_bytes_at_most(void **state)
{
	char line[1025];
	struct image *image;
	struct error err;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[1023] = '\0';
	assert_int_equal(image_new(&image, &domain, line, &err), 0);
	image_free(image);
	line[1023] = 'x';
	line[1024] = '\0';
	assert_int_equal(image_new(&image, &domain, line, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	assert_non_null(strstr(err.text, "1024"));
	assert_null(image);
}

static void too_large_is_refused_with_figures(void **state)
{
	struct image *image = begin("", &good);
	struct error err;

	(void)state;
	image_ramdisks(image, (const uint64_t[]){40u << 20}, 1);
	assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), -1);
	assert_int_equal(err.class, ERR_MEMORY);
	assert_non_null(strstr(err.text, "ramdisk 40 MiB"));
	assert_non_null(strstr(err.text, "this guest has 32 MiB"));
	image_free(image);

	/* Room in the guest, but not in what is free of it now. */
	image = begin("", &good);
	image_ramdisks(image, (const uint64_t[]){8u << 20}, 1);
	assert_int_equal(image_build(image, 8u << 20, &err), -1);
	assert_int_equal(err.class, ERR_MEMORY);
	assert_non_null(strstr(err.text, "8 MiB are free"));
	image_free(image);
}

/* xl restore and xl migrate write another shared_info into start_info: so must we. */
static void a_domain_that_was_moved(void **state)
{
	struct image_domain moved = domain, shrunk = domain;
	static const struct kernel_form form = {ELFCLASS64, true, true, "xen-3.0", true, 0};
	struct image *image = begin("", &form);
	uint64_t *p2m = frames();
	struct image_layout layout;
	const start_info_t *info;
	struct error err;

	(void)state;
	moved.shared_info = 0x5678000;
	moved.store_port = 7;
	moved.console_port = 8;
	shrunk.nr_pages--;
	image_ramdisks(image, (const uint64_t[]){PAGE + 1}, 1);
	if (image_build(image, PAGES * (uint64_t)PAGE, &err))
		fail_msg("%s", err.text);
	assert_int_equal(image_domain(image, &shrunk, &err), -1);
	assert_int_equal(err.class, ERR_HANDOVER);
	if (image_domain(image, &moved, &err))
		fail_msg("%s", err.text);
	image_layout(image, &layout);
	if (image_finish(image, p2m, &err))
		fail_msg("%s", err.text);
	info = page_of(image, (layout.start_info - BASE) / PAGE);
	assert_int_equal(info->shared_info, 0x5678000);
	assert_int_equal(info->store_evtchn, 7);
	assert_int_equal(info->console.domU.evtchn, 8);
	/* what the image itself put there stays */
	assert_int_equal(info->flags & SIF_MOD_START_PFN, SIF_MOD_START_PFN);
	free(p2m);
	image_unmap(image);
	image_free(image);
}

/* What a server announces may be any number; its bytes must not land outside of the image. */
static void any_announced_size_is_refused(void **state)
{
	static const uint64_t wraps[] = {UINT64_MAX - 4095, 8192};
	struct image *image = begin("", &good);
	struct error err;

	(void)state;
	image_ramdisks(image, wraps, 2);
	assert_int_equal(image_build(image, PAGES * (uint64_t)PAGE, &err), -1);
	assert_int_equal(err.class, ERR_MEMORY);
	image_free(image);
}

/* Linux, Documentation/driver-api/early-userspace/buffer-format.rst: archives begin at multiples of
 * four bytes. */
static void ramdisks_begin_at_multiples_of_four(void **state)
{
	static const uint64_t size[] = {5, 8, 1, 7};

	(void)state;
	assert_int_equal(image_ramdisk_place(size, 0), 0);
	assert_int_equal(image_ramdisk_place(size, 1), 8);
	assert_int_equal(image_ramdisk_place(size, 2), 16);
	assert_int_equal(image_ramdisk_place(size, 3), 20);
}

static void refuse_kernel(const struct kernel_form *form, const char *words)
{
	struct image *image;
	struct error err;
	uint8_t *kernel;
	size_t len;

	assert_int_equal(image_new(&image, &domain, "", &err), 0);
	kernel = make_kernel(form, &len);
	assert_int_equal(image_kernel(image, kernel, len, &err), -1);
	assert_int_equal(err.class, ERR_IMAGE);
	if (!strstr(err.text, words))
		fail_msg("'%s' does not say '%s'", err.text, words);
	image_free(image);
}

static void kernels_of_other_kinds_are_refused(void **state)
{
	(void)state;
	refuse_kernel(&(struct kernel_form){ELFCLASS32, true, true, "xen-3.0", false, 0}, "");
	refuse_kernel(&(struct kernel_form){ELFCLASS64, true, true, "xen-2.0", false, 0}, "");
	refuse_kernel(&(struct kernel_form){ELFCLASS64, false, true, "xen-3.0", false, 0},
		      "CONFIG_XEN_PV");
	refuse_kernel(&(struct kernel_form){ELFCLASS64, true, false, "xen-3.0", false, 0},
		      "CONFIG_XEN_PV");
}

static void files_that_are_no_kernels_are_refused(void **state)
{
	static const char *const text[] = {"", "\x7f", "<html>404</html>", "\x1f\x8b\x08"};
	struct image *image;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		size_t len = strlen(text[i]);
		uint8_t *data = malloc(len + 1);

		assert_non_null(data);
		memcpy(data, text[i], len + 1);
		assert_int_equal(image_new(&image, &domain, "", &err), 0);
		assert_int_equal(image_kernel(image, data, len, &err), -1);
		assert_int_equal(err.class, ERR_IMAGE);
		image_free(image);
	}
}

static void truncated_kernels_are_refused_at_every_length(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 2 * PAGE; cut += 61) {
		struct image *image;
		struct error err;
		size_t len;
		uint8_t *whole = make_kernel(&good, &len);
		uint8_t *part = malloc(cut + 1);

		assert_non_null(part);
		memcpy(part, whole, cut);
		free(whole);
		assert_int_equal(image_new(&image, &domain, "", &err), 0);
		assert_int_equal(image_kernel(image, part, cut, &err), -1);
		assert_int_equal(err.class, ERR_IMAGE);
		image_free(image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_info_tells_the_domain),
		cmocka_unit_test(unmapped_ramdisk_has_its_own_length),
		cmocka_unit_test(hypercall_page_is_filled),
		cmocka_unit_test(hypercall_page_outside_the_kernel_is_refused),
		cmocka_unit_test(no_ramdisk_no_module),
		cmocka_unit_test(command_line_has_1023_bytes_at_most),
		cmocka_unit_test(too_large_is_refused_with_figures),
		cmocka_unit_test(any_announced_size_is_refused),
		cmocka_unit_test(ramdisks_begin_at_multiples_of_four),
		cmocka_unit_test(a_domain_that_was_moved),
		cmocka_unit_test(kernels_of_other_kinds_are_refused),
		cmocka_unit_test(files_that_are_no_kernels_are_refused),
		cmocka_unit_test(truncated_kernels_are_refused_at_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
