/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "image/notes.h"
#include "plan.h"
#include "util/escape.h"
#include "util/units.h"

#define PAGE 4096ULL
#define RAMDISK_BYTES_MAX (1ULL << 48) /* more than any guest has */
#define MIB (1024 * 1024ULL)
#define LAST_WORDS 256
#define NO_FRAME ((xen_pfn_t)-1)

/* The library explains its failures only in its log: keep the last error of it. */
struct last_words {
	xentoollog_logger vtable;
	char text[LAST_WORDS];
};

struct image {
	struct image_domain domain;
	struct last_words log;
	xc_interface *xch;
	struct xc_dom_image *dom;
	struct xc_dom_arch hooks; /* the library's for x86_64, one of them replaced */
	uint8_t *kernel;
	size_t kernel_len;
	void *zeroes; /* stands for the ramdisk until its bytes arrive */
	uint64_t ramdisk_size;
	struct image_segment *segment;
	size_t n_segment;
	struct notes notes;
};

static void log_message(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			const char *context, const char *format, va_list al)
	__attribute__((format(printf, 5, 0)));

static void log_message(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			const char *context, const char *format, va_list al)
{
	struct last_words *log = (struct last_words *)logger;
	char raw[LAST_WORDS];

	(void)errnoval;
	(void)context;
	if (level < XTL_ERROR)
		return;
	vsnprintf(raw, sizeof(raw), format, al);
	escape_str(log->text, sizeof(log->text), raw);
}

static void log_progress(struct xentoollog_logger *logger, const char *context, const char *what,
			 int percent, unsigned long done, unsigned long total)
{
	(void)logger;
	(void)context;
	(void)what;
	(void)percent;
	(void)done;
	(void)total;
}

static void log_destroy(struct xentoollog_logger *logger)
{
	(void)logger;
}

static int refuse(struct image *image, const char *what, struct error *err)
{
	return error_set(err, ERR_IMAGE, "%s: %s", what,
			 image->log.text[0] ? image->log.text : "libxenguest gives no reason");
}

/*
 * The library's version clears the two rings' pages by mapping them from another domain. Ours
 * exist already, and their contents must stay.
 */
static int alloc_magic_pages(struct xc_dom_image *dom)
{
	dom->start_info_pfn = xc_dom_alloc_page(dom, (char *)"start info");
	dom->xenstore_pfn = xc_dom_alloc_page(dom, (char *)"xenstore");
	dom->console_pfn = xc_dom_alloc_page(dom, (char *)"console");
	dom->alloc_bootstack = 1;
	return dom->start_info_pfn == NO_FRAME || dom->xenstore_pfn == NO_FRAME ||
			       dom->console_pfn == NO_FRAME
		       ? -1
		       : 0;
}

/* Memory appears when a page is first written; nothing has to be asked for. */
static int allocate(struct xc_dom_image *dom)
{
	(void)dom;
	return 0;
}

/* What start_info says of the domain. Where the modules are is the image's own matter. */
static void set_domain(struct image *image, const struct image_domain *domain)
{
	const uint32_t modules = SIF_MOD_START_PFN | SIF_MULTIBOOT_MOD;

	image->domain = *domain;
	image->dom->flags = (image->dom->flags & modules) | (domain->flags & ~modules);
	image->dom->shared_info_mfn = domain->shared_info / PAGE;
	image->dom->xenstore_evtchn = domain->store_port;
	image->dom->console_evtchn = domain->console_port;
}

int image_domain(struct image *image, const struct image_domain *domain, struct error *err)
{
	if (domain->nr_pages != image->domain.nr_pages)
		return error_set(err, ERR_HANDOVER,
				 "this guest had %llu pages when its image was begun and has %llu "
				 "now; the next try takes them as they are",
				 (unsigned long long)image->domain.nr_pages,
				 (unsigned long long)domain->nr_pages);
	set_domain(image, domain);
	return 0;
}

int image_new(struct image **out, const struct image_domain *domain, const char *cmdline,
	      struct error *err)
{
	struct image *image;

	*out = NULL;
	if (strlen(cmdline) > PLAN_CMDLINE_MAX)
		return error_set(err, ERR_CONFIG,
				 "the command line has %zu bytes; a PV kernel takes at most %d",
				 strlen(cmdline), PLAN_CMDLINE_MAX);
	image = calloc(1, sizeof(*image));
	if (!image)
		return error_set(err, ERR_MEMORY, "no memory to begin an image");
	image->log.vtable.vmessage = log_message;
	image->log.vtable.progress = log_progress;
	image->log.vtable.destroy = log_destroy;
	image->xch = xc_interface_open(&image->log.vtable, &image->log.vtable, XC_OPENFLAG_DUMMY);
	if (image->xch)
		image->dom = xc_dom_allocate(image->xch, cmdline, NULL);
	if (!image->dom) {
		image_free(image);
		return error_set(err, ERR_MEMORY, "no memory to begin an image");
	}
	/* Domain 0 makes the library build in anonymous memory instead of foreign mappings. */
	image->dom->guest_domid = 0;
	image->dom->container_type = XC_DOM_PV_CONTAINER;
	snprintf(image->dom->xen_caps, sizeof(image->dom->xen_caps), "xen-3.0-x86_64");
	image->dom->xen_version = 4 << 16 | 14;
	image->dom->allocate = allocate;
	set_domain(image, domain);
	*out = image;
	return 0;
}

/* Every PV image maps from frame 0 on, so its end tells what it takes, holes included. */
static uint64_t kernel_end(const struct image *image)
{
	return image->dom->kernel_seg.vend - image->notes.virt_base;
}

int image_kernel(struct image *image, uint8_t *data, size_t len, struct error *err)
{
	struct xc_dom_image *dom = image->dom;

	image->kernel = data;
	image->kernel_len = len;
	if (xc_dom_kernel_mem(dom, data, len))
		return refuse(image, "the kernel cannot be read", err);
	if (xc_dom_parse_image(dom)) {
		if (strstr(image->log.text, "no loader") || strstr(image->log.text, "note") ||
		    strstr(image->log.text, "Xen-ELF") || strstr(image->log.text, "__xen_guest"))
			return error_set(err, ERR_IMAGE,
					 "the kernel is not one that a Xen PV guest can start: it "
					 "needs CONFIG_XEN_PV, 64 bits, and to have arrived whole "
					 "(libxenguest: %s)",
					 image->log.text);
		return refuse(image, "the kernel cannot be started in a Xen PV guest", err);
	}
	if (xc_dom_mem_init(dom, (unsigned int)(image->domain.nr_pages * PAGE / MIB)))
		return refuse(image, "the kernel's architecture is not supported", err);
	/* It counts in whole MiB; the guest's real size may be any number of pages. */
	dom->total_pages = image->domain.nr_pages;
	dom->p2m_size = image->domain.nr_pages;
	image->hooks = *dom->arch_hooks;
	image->hooks.alloc_magic_pages = alloc_magic_pages;
	dom->arch_hooks = &image->hooks;
	return notes_read(&image->notes, dom->kernel_blob, dom->kernel_size, err);
}

/* A server may announce any number: so many do not overflow, and image_build() refuses one. */
static uint64_t bounded(uint64_t size)
{
	return size < RAMDISK_BYTES_MAX ? size : RAMDISK_BYTES_MAX;
}

uint64_t image_ramdisk_place(const uint64_t size[], size_t i)
{
	uint64_t at = 0;

	/* Linux, init/initramfs.c: archives follow each other at multiples of four bytes */
	for (size_t k = 0; k < i; k++)
		at = (at + bounded(size[k]) + 3) & ~3ULL;
	return at;
}

void image_ramdisks(struct image *image, const uint64_t size[], size_t n)
{
	if (n)
		image->ramdisk_size = image_ramdisk_place(size, n - 1) + bounded(size[n - 1]);
}

/* Memory that the image takes from this guest while it is built, in bytes. */
static uint64_t memory_needed(const struct image *image)
{
	uint64_t mapped = kernel_end(image) + image->ramdisk_size + 4 * MIB;
	uint64_t frame_list = image->domain.nr_pages * 8;
	/* Lists while it is handed over, the driver's and ours: 28 bytes for each page of the
	 * guest, 32 for each mapped one. The text of this kernel makes up for the first of it. */
	uint64_t lists = image->domain.nr_pages * 28 + mapped / PAGE * 32;

	lists -= lists < 4 * MIB ? lists : 4 * MIB;
	/* Page tables: 8 bytes a page mapped, and a few tables above them. */
	return mapped + frame_list + lists + (mapped + frame_list) / 512 + 64 * PAGE;
}

static int collect_segments(struct image *image, struct error *err)
{
	struct xc_dom_phys *phys;
	size_t n = 0;

	for (phys = image->dom->phys_pages; phys; phys = phys->next)
		n++;
	image->segment = calloc(n, sizeof(*image->segment));
	if (!image->segment)
		return error_set(err, ERR_MEMORY, "no memory for the image's list of segments");
	for (phys = image->dom->phys_pages; phys; phys = phys->next) {
		struct image_segment *segment = &image->segment[image->n_segment++];

		segment->addr = phys->ptr;
		segment->pfn = phys->first;
		segment->nr_pages = phys->count;
	}
	return 0;
}

/* Everything that image_finish() will write has to be memory before the pages are pinned. */
static int touch_tables(struct image *image, struct error *err)
{
	struct xc_dom_image *dom = image->dom;

	if (!xc_dom_seg_to_ptr(dom, &dom->pgtables_seg) || !xc_dom_seg_to_ptr(dom, &dom->p2m_seg) ||
	    !xc_dom_pfn_to_ptr(dom, dom->start_info_pfn, 1) ||
	    !xc_dom_pfn_to_ptr(dom, dom->bootstack_pfn, 1))
		return refuse(image, "no memory for the image's tables", err);
	return 0;
}

/*
 * Kernels before 6.13 call Xen through a page that their builder fills: 32 bytes for each
 * hypercall. The toolstack asks Xen to do it, which only dom0 may. The code is the ABI of
 * xen/arch-x86/xen-x86_64.h: number in rax, `syscall`, rcx and r11 are lost; iret expects rax, r11
 * and rcx on the stack and does not come back.
 */
static int fill_hypercall_page(struct image *image, struct error *err)
{
	/* push rcx; push r11; mov eax, number; syscall; pop r11; pop rcx; ret */
	static const uint8_t call[] = {0x51, 0x41, 0x53, 0xb8, 0,    0,	   0,
				       0,    0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};
	/* push rcx; push r11; push rax; mov eax, number; syscall */
	static const uint8_t iret[] = {0x51, 0x41, 0x53, 0x50, 0xb8, 0, 0, 0, 0, 0x0f, 0x05};
	const struct xc_dom_seg *kernel = &image->dom->kernel_seg;
	uint64_t address = image->notes.hypercall_page;
	uint8_t *page;

	if (!address)
		return 0;
	if (address % PAGE || address < kernel->vstart || address >= kernel->vend)
		return error_set(
			err, ERR_IMAGE,
			"the kernel wants its hypercall page at 0x%llx, outside of itself: "
			"the file is damaged",
			(unsigned long long)address);
	page = xc_dom_pfn_to_ptr(image->dom, (address - image->notes.virt_base) / PAGE, 1);
	if (!page)
		return refuse(image, "the kernel's hypercall page is not there", err);
	memset(page, 0xcc, PAGE);
	for (uint32_t number = 0; number < PAGE / 32; number++) {
		uint8_t *entry = page + (size_t)number * 32;

		if (number == __HYPERVISOR_iret) {
			memcpy(entry, iret, sizeof(iret));
			memcpy(entry + 5, &number, sizeof(number));
		} else {
			memcpy(entry, call, sizeof(call));
			memcpy(entry + 4, &number, sizeof(number));
		}
	}
	return 0;
}

/*
 * The kernel, packed and unpacked, has done its service once it lies in the image, and its memory
 * is wanted for the ramdisk. The library owns one of the two and frees it much later.
 */
static void drop_contents(void *data, size_t len)
{
	uintptr_t start = ((uintptr_t)data + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)data + len) & ~(uintptr_t)(PAGE - 1);

	if (end > start)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

int image_build(struct image *image, uint64_t available, struct error *err)
{
	struct xc_dom_image *dom = image->dom;
	uint64_t needs = memory_needed(image);
	uint64_t memory = image->domain.nr_pages * PAGE;

	if (needs > available || needs > memory)
		return error_set(err, ERR_MEMORY,
				 "the image does not fit: kernel %llu MiB (unpacked), ramdisk %llu "
				 "MiB and their tables need %llu MiB, this guest has %llu MiB of "
				 "which %llu MiB are free; raise memory= in the guest's "
				 "configuration or shrink the ramdisk",
				 (unsigned long long)(kernel_end(image) / MIB),
				 (unsigned long long)(image->ramdisk_size / MIB),
				 (unsigned long long)(needs / MIB + 1),
				 (unsigned long long)(memory / MIB),
				 (unsigned long long)(available / MIB));
	if (image->ramdisk_size) {
		/* The size, without the bytes: they are fetched straight into their place. */
		image->zeroes = mmap(NULL, image->ramdisk_size, PROT_READ,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (image->zeroes == MAP_FAILED) {
			image->zeroes = NULL;
			return error_set(err, ERR_MEMORY, "no address space for the ramdisk");
		}
		/* A module of this size is never unpacked: the kernel does that itself. */
		if (xc_dom_module_max_size(dom, image->ramdisk_size) ||
		    xc_dom_module_mem(dom, image->zeroes, image->ramdisk_size, NULL))
			return refuse(image, "the ramdisk cannot be placed", err);
	}
	if (xc_dom_build_image(dom))
		return refuse(image, "the image cannot be built", err);
	if (image->zeroes)
		munmap(image->zeroes, image->ramdisk_size);
	if (fill_hypercall_page(image, err) || touch_tables(image, err))
		return -1;
	drop_contents(dom->kernel_blob, dom->kernel_size);
	drop_contents(image->kernel, image->kernel_len);
	return collect_segments(image, err);
}

uint8_t *image_ramdisk_data(struct image *image)
{
	return xc_dom_seg_to_ptr(image->dom, &image->dom->modules[0].seg);
}

const struct image_segment *image_segments(struct image *image, size_t *n)
{
	*n = image->n_segment;
	return image->segment;
}

void image_layout(const struct image *image, struct image_layout *layout)
{
	const struct xc_dom_image *dom = image->dom;

	layout->nr_mapped = dom->pfn_alloc_end;
	layout->virt_base = image->notes.virt_base;
	layout->l4_pfn = dom->pgtables_seg.pfn;
	layout->console_pfn = dom->console_pfn;
	layout->store_pfn = dom->xenstore_pfn;
	/* xg_dom_x86.c, vcpu_x86_64(): how the toolstack starts vCPU 0 */
	layout->entry = image->notes.entry;
	layout->stack = image->notes.virt_base + (dom->bootstack_pfn + 1) * PAGE;
	layout->start_info = image->notes.virt_base + dom->start_info_pfn * PAGE;
}

int image_finish(struct image *image, const uint64_t *p2m, struct error *err)
{
	struct xc_dom_image *dom = image->dom;
	start_info_t *info;

	dom->pv_p2m = xc_dom_malloc(dom, sizeof(*dom->pv_p2m) * dom->p2m_size);
	if (!dom->pv_p2m)
		return error_set(err, ERR_MEMORY, "no memory for the list of frames");
	memcpy(dom->pv_p2m, p2m, sizeof(*dom->pv_p2m) * dom->p2m_size);
	if (dom->arch_hooks->setup_pgtables(dom) || dom->arch_hooks->start_info(dom))
		return refuse(image, "the image's page tables cannot be written", err);
	if (image->ramdisk_size) {
		/* The library knows whole pages only. */
		info = xc_dom_pfn_to_ptr(dom, dom->start_info_pfn, 1);
		info->mod_len = image->ramdisk_size;
	}
	return 0;
}

void image_unmap(struct image *image)
{
	/* xc_dom_release() unmaps all that it mapped; the domain's description is kept. */
	for (size_t i = 0; i < image->n_segment; i++)
		munmap(image->segment[i].addr, image->segment[i].nr_pages * PAGE);
	/* The library must not unmap them again: others may own the addresses by then. */
	image->dom->phys_pages = NULL;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	if (image->dom)
		xc_dom_release(image->dom);
	if (image->xch)
		xc_interface_close(image->xch);
	free(image->kernel);
	free(image->segment);
	free(image);
}
