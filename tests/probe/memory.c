/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the domain builder made of the domain's memory: start_info's figures, the initial page
 * tables, the p2m list and the M2P, and for each frame whether Xen still has a reference to it.
 */
#include "probe.h"

#define PTE_PRESENT 0x001UL
#define PTE_RW 0x002UL
#define PTE_AD 0x060UL /* accessed and dirty: the processor's business */
#define PTE_PSE 0x080UL
#define PTE_NX (1UL << 63)
#define PTE_FRAME 0x000ffffffffff000UL
#define PTE_RO_PAGE 0x061UL /* present, accessed, dirty; Xen makes a kernel page of it */
#define PTE_RW_PAGE (PTE_RO_PAGE | PTE_RW)

#define XEN_SLOT_FIRST 256 /* L4 entries that are Xen's own: 0xffff8000... to 0xffff87ff... */
#define XEN_SLOT_LAST 271
#define LINUX_SLOT 272

#define REPORTED 8 /* INFO lines about single frames, per check */

struct range {
	unsigned long first, count; /* pfns */
	bool table; /* a page table: must stay read-only */
};

/* Everything in use; all other pages of the domain are free. Each page table has one of its own. */
static struct range used[1024];
static unsigned int nr_used;
static bool used_overflow;

static unsigned long nr_pages;
static unsigned long *p2m;
static unsigned long initial_pages; /* length of the initial mapping, from PROBE_VIRT_BASE on */

static uint64_t window_l1[PT_ENTRIES] page_aligned;
static uint64_t watch_page[PT_ENTRIES] page_aligned;
static uint64_t watch_l1[PT_ENTRIES] page_aligned;
static uint64_t watch_l2[PT_ENTRIES] page_aligned;
static uint64_t watch_l3[PT_ENTRIES] page_aligned;
static char image_hash[65]; /* of code and constants, when the watch began */

/* Nothing but looked at: a loader that does not clear .bss shows here. */
static uint64_t bss_sample[8192] page_aligned;

static unsigned long virt_to_pfn(const void *va)
{
	return ((unsigned long)va - PROBE_VIRT_BASE) >> PAGE_SHIFT;
}

unsigned long virt_to_mfn(const void *va)
{
	return p2m[virt_to_pfn(va)];
}

void *pfn_to_virt(unsigned long pfn)
{
	return (void *)(PROBE_VIRT_BASE + (pfn << PAGE_SHIFT));
}

unsigned long find_pfn(unsigned long mfn)
{
	unsigned long pfn;

	for (pfn = 0; pfn < nr_pages; pfn++) {
		if (p2m[pfn] == mfn)
			return pfn;
	}
	return ~0UL;
}

static uint64_t make_pte(unsigned long mfn, uint64_t flags)
{
	return (uint64_t)mfn << PAGE_SHIFT | flags;
}

static unsigned long pte_mfn(uint64_t pte)
{
	return (pte & PTE_FRAME) >> PAGE_SHIFT;
}

/*
 * Runs n updates; one that Xen refuses does not keep the others from being made. result[i] becomes
 * 0 or the errno.
 */
static void mmu_update_each(const struct mmu_update *update, unsigned int n, int *result)
{
	unsigned int i = 0;

	memset(result, 0, n * sizeof(*result));
	while (i < n) {
		unsigned int done = 0;
		long err = hypercall_mmu_update(update + i, n - i, &done);

		if (err >= 0)
			break;
		result[i + done] = (int)err;
		i += done + 1;
	}
}

static void mmuext_op_each(const struct mmuext_op *op, unsigned int n, int *result)
{
	unsigned int i = 0;

	memset(result, 0, n * sizeof(*result));
	while (i < n) {
		unsigned int done = 0;
		long err = hypercall_mmuext_op(op + i, n - i, &done);

		if (err >= 0)
			break;
		result[i + done] = (int)err;
		i += done + 1;
	}
}

static void flush_tlb(void)
{
	struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
	unsigned int done;

	hypercall_mmuext_op(&op, 1, &done);
}

static bool set_entry(unsigned long table_mfn, unsigned int index, uint64_t value)
{
	struct mmu_update update = {
		.ptr = ((uint64_t)table_mfn << PAGE_SHIFT) + index * sizeof(uint64_t),
		.val = value,
	};
	unsigned int done;

	return hypercall_mmu_update(&update, 1, &done) == 0;
}

/* A page of ours becomes a page table: no writable mapping of it may be left. */
static bool make_readonly(void *page)
{
	return hypercall_update_va_mapping((unsigned long)page,
					   make_pte(virt_to_mfn(page), PTE_RO_PAGE),
					   UVMF_INVLPG | UVMF_LOCAL) == 0;
}

/* The tables on the way to PROBE_VIRT_BASE are all inside the initial mapping. */
static uint64_t *initial_table(unsigned int level)
{
	uint64_t *table = (uint64_t *)start_info->pt_base;
	unsigned int at;

	for (at = 4; at > level; at--) {
		unsigned int index = PROBE_VIRT_BASE >> (3 + 9 * at) & (PT_ENTRIES - 1);

		table = pfn_to_virt(find_pfn(pte_mfn(table[index])));
	}
	return table;
}

bool memory_init(void)
{
	unsigned int slot = PROBE_WINDOW >> 21 & (PT_ENTRIES - 1);

	p2m = (unsigned long *)start_info->mfn_list;
	nr_pages = start_info->nr_pages;
	return make_readonly(window_l1) && set_entry(virt_to_mfn(initial_table(2)), slot,
						     make_pte(virt_to_mfn(window_l1), PTE_RW_PAGE));
}

static void *window_va(unsigned int slot)
{
	return (void *)(PROBE_WINDOW + slot * PAGE_SIZE);
}

static struct mmu_update window_update(unsigned int slot, unsigned long mfn, bool writable)
{
	return (struct mmu_update){
		.ptr = ((uint64_t)virt_to_mfn(window_l1) << PAGE_SHIFT) + slot * sizeof(uint64_t),
		.val = make_pte(mfn, writable ? PTE_RW_PAGE : PTE_RO_PAGE),
	};
}

void *window_map(unsigned int slot, unsigned long mfn, bool writable)
{
	struct mmu_update update = window_update(slot, mfn, writable);
	unsigned int done;

	if (hypercall_mmu_update(&update, 1, &done))
		return NULL;
	flush_tlb();
	return window_va(slot);
}

static void add_used(unsigned long first, unsigned long count, bool table)
{
	if (nr_used == ARRAY_SIZE(used)) {
		used_overflow = true;
		return;
	}
	used[nr_used++] = (struct range){.first = first, .count = count, .table = table};
}

/* NULL: free. A table's own range wins over a larger one around it (the p2m's). */
static const struct range *use_of(unsigned long pfn)
{
	const struct range *found = NULL;
	unsigned int i;

	for (i = 0; i < nr_used; i++) {
		if (pfn - used[i].first < used[i].count) {
			if (used[i].table)
				return &used[i];
			found = &used[i];
		}
	}
	return found;
}

void start_info_checks(void)
{
	unsigned long tail = (unsigned long)start_info + sizeof(*start_info);
	unsigned long pfn = virt_to_pfn(start_info);
	domid_t self = DOMID_SELF;
	long reserved = hypercall_memory_op(XENMEM_current_reservation, &self);
	long maximum = hypercall_memory_op(XENMEM_maximum_reservation, &self);
	unsigned long store_pfn = find_pfn(start_info->store_mfn);
	unsigned long console_pfn = find_pfn(start_info->console.domU.mfn);
	unsigned int length = 0;

	check(!memcmp(start_info->magic, "xen-3.0-x86_64", 15), "magic", "%s",
	      escaped(start_info->magic));
	check((long)nr_pages == reserved && reserved <= maximum, "nr-pages",
	      "start_info=%lu reservation=%ld maximum=%ld", nr_pages, reserved, maximum);
	/* of the flags only these two are a guest's */
	check(!(start_info->flags & ~(unsigned int)(SIF_MOD_START_PFN | SIF_VIRT_P2M_4TOOLS)),
	      "flags", "%x", start_info->flags);
	check(!((unsigned long)start_info % PAGE_SIZE) && pfn < nr_pages, "start-info",
	      "address=%lx", (unsigned long)start_info);
	check(store_pfn < nr_pages && console_pfn < nr_pages && store_pfn != console_pfn,
	      "ring-pages", "xenstore-pfn=%lu console-pfn=%lu", store_pfn, console_pfn);
	check(start_info->store_evtchn && start_info->console.domU.evtchn &&
		      start_info->store_evtchn != start_info->console.domU.evtchn,
	      "ring-ports", "xenstore=%u console=%u", start_info->store_evtchn,
	      start_info->console.domU.evtchn);
	while (length < sizeof(start_info->cmd_line) && start_info->cmd_line[length])
		length++;
	if (check(length < sizeof(start_info->cmd_line), "command-line", "terminated"))
		say("CMDLINE", "length=%u %s", length, escaped((const char *)start_info->cmd_line));
	check(!any_set((const void *)tail, PAGE_SIZE - sizeof(*start_info)), "start-info-rest",
	      "zero from byte %lu on", sizeof(*start_info));
	check(!any_set(bss_sample, sizeof(bss_sample)), "bss-zero", "bytes=%lu",
	      sizeof(bss_sample));
	say("INFO", "start_info shared_info=%lx store_mfn=%lx console_mfn=%lx",
	    start_info->shared_info, start_info->store_mfn, start_info->console.domU.mfn);
}

struct walk {
	unsigned long tables[5]; /* by level */
	unsigned long tables_of_p2m; /* within first_p2m_pfn .. + nr_p2m_frames */
	unsigned long tables_of_pt_base; /* within pt_base .. + nr_pt_frames */
	unsigned long initial, p2m, other; /* mapped pages, by where */
	unsigned long last_initial; /* highest page index mapped from PROBE_VIRT_BASE on */
	unsigned long mismatch; /* mapped page is not the p2m's */
	unsigned long readonly; /* in the initial mapping */
	uint64_t or_flags[5], and_flags[5]; /* of the entries, by level */
};

static void walk_leaf(struct walk *w, unsigned long va, uint64_t entry)
{
	unsigned long index = (va - PROBE_VIRT_BASE) >> PAGE_SHIFT, list = start_info->mfn_list;

	if (va >= PROBE_VIRT_BASE && index < nr_pages) {
		w->initial++;
		w->last_initial = index;
		if (pte_mfn(entry) != p2m[index])
			w->mismatch++;
		if (!(entry & PTE_RW) && va != (unsigned long)window_l1)
			w->readonly++;
	} else if (va - list < ((nr_pages * sizeof(*p2m) + PAGE_SIZE - 1) & -PAGE_SIZE)) {
		w->p2m++;
		index = start_info->first_p2m_pfn + ((va - list) >> PAGE_SHIFT);
		if (index >= nr_pages || pte_mfn(entry) != p2m[index])
			w->mismatch++;
	} else {
		w->other++;
	}
}

static void walk_table(struct walk *w, unsigned int level, unsigned long mfn, unsigned long va)
{
	/* one slot a level: the callers' mappings stay while the walk goes down */
	const uint64_t *table;
	unsigned long pfn;
	unsigned int i;

	if (mfn == virt_to_mfn(window_l1))
		return;
	table = window_map(level, mfn, false);
	pfn = find_pfn(mfn);
	if (!table || pfn == ~0UL) {
		check(false, "page-table", "level %u: mfn %lx is %s", level, mfn,
		      table ? "not in the p2m" : "not mappable");
		return;
	}
	add_used(pfn, 1, true);
	w->tables[level]++;
	if (pfn - start_info->first_p2m_pfn < start_info->nr_p2m_frames)
		w->tables_of_p2m++;
	if (pfn - virt_to_pfn((void *)start_info->pt_base) < start_info->nr_pt_frames)
		w->tables_of_pt_base++;
	for (i = 0; i < PT_ENTRIES; i++) {
		uint64_t entry = table[i];
		unsigned long to = va + ((unsigned long)i << (3 + 9 * level));

		if (!(entry & PTE_PRESENT) ||
		    (level == 4 && i >= XEN_SLOT_FIRST && i <= XEN_SLOT_LAST))
			continue;
		if (level == 4 && i > XEN_SLOT_LAST)
			to |= 0xffff000000000000;
		w->or_flags[level] |= entry & ~PTE_FRAME & ~PTE_AD;
		w->and_flags[level] &= entry & ~PTE_FRAME & ~PTE_AD;
		if (level == 1)
			walk_leaf(w, to, entry);
		else if (entry & PTE_PSE)
			w->other++;
		else
			walk_table(w, level - 1, pte_mfn(entry), to);
	}
}

void page_table_checks(void)
{
	static struct walk w;
	unsigned long cr3, l4 = virt_to_mfn((void *)start_info->pt_base), all, needed, stack_pfn;
	unsigned int level;

	for (level = 0; level < ARRAY_SIZE(w.and_flags); level++)
		w.and_flags[level] = ~0UL;
	__asm__("mov %%cr3, %0" : "=r"(cr3));
	check(cr3 == xen_pfn_to_cr3(l4), "cr3", "is pt_base, %lx", start_info->pt_base);

	walk_table(&w, 4, l4, 0);
	initial_pages = w.last_initial + 1;
	all = w.tables[1] + w.tables[2] + w.tables[3] + w.tables[4];
	check(all == w.tables_of_pt_base + w.tables_of_p2m &&
		      w.tables_of_pt_base == start_info->nr_pt_frames,
	      "page-tables",
	      "%lu, of them nr_pt_frames=%lu, in p2m frames %lu, by level %lu %lu %lu %lu", all,
	      start_info->nr_pt_frames, w.tables_of_p2m, w.tables[4], w.tables[3], w.tables[2],
	      w.tables[1]);
	check(w.mismatch == 0 && w.other == 0, "mapped-pages",
	      "not the p2m's=%lu, out of place=%lu", w.mismatch, w.other);
	/* the builder maps the tables read-only and nothing else */
	check(w.readonly == w.tables_of_pt_base, "mapped-readonly", "pages=%lu", w.readonly);
	for (level = 1; level <= 4; level++)
		check(!(w.or_flags[level] & PTE_NX) && (w.and_flags[level] & PTE_PRESENT),
		      "entry-flags", "level=%u any=%lx all=%lx", level, w.or_flags[level],
		      w.and_flags[level]);

	stack_pfn = virt_to_pfn((void *)(entry_state.rsp - PAGE_SIZE));
	check(w.initial == initial_pages && initial_pages * PAGE_SIZE % (4 << 20) == 0 &&
		      initial_pages >= stack_pfn + 1 + (512 << 10) / PAGE_SIZE,
	      "initial-mapping", "pages=%lu without holes=%lu, boot stack=%lu", initial_pages,
	      w.initial, stack_pfn);
	needed = (nr_pages * sizeof(*p2m) + PAGE_SIZE - 1) >> PAGE_SHIFT;
#ifdef PROBE_INIT_P2M
	check(start_info->mfn_list == PROBE_P2M_BASE && w.p2m == needed &&
		      start_info->nr_p2m_frames == needed + w.tables_of_p2m,
	      "p2m-mapping", "pages=%lu first_p2m_pfn=%lu nr_p2m_frames=%lu", w.p2m,
	      start_info->first_p2m_pfn, start_info->nr_p2m_frames);
	add_used(start_info->first_p2m_pfn, start_info->nr_p2m_frames, false);
#else
	check(start_info->mfn_list >= PROBE_VIRT_BASE && !w.p2m && !start_info->nr_p2m_frames,
	      "p2m-mapping", "at %lx", start_info->mfn_list);
	add_used(virt_to_pfn(p2m), needed, false);
#endif
	add_used(virt_to_pfn(_image_start), virt_to_pfn(_image_end) - virt_to_pfn(_image_start),
		 false);
	add_used(virt_to_pfn(start_info), 1, false);
	add_used(find_pfn(start_info->store_mfn), 1, false);
	add_used(find_pfn(start_info->console.domU.mfn), 1, false);
	add_used(stack_pfn, 1, false);
	add_used(virt_to_pfn(window_l1), 1, true);
}

/* What is mapped at va from now on: a page of the domain, writable. False if Xen refuses. */
static bool map_at(unsigned long va, unsigned long mfn)
{
	return hypercall_update_va_mapping(va, make_pte(mfn, PTE_RW_PAGE),
					   UVMF_INVLPG | UVMF_LOCAL) == 0;
}

static void hash_image(char *hex)
{
	struct sha256 s;

	sha256_init(&s);
	sha256_update(&s, _image_start, (size_t)_rodata_end - (size_t)_image_start);
	sha256_hex(&s, hex);
}

/* Makes the empty entries of a table, from the first on, lead to the table watch. */
static bool hook_empty(unsigned long mfn, const uint64_t *table, unsigned int first,
		       const uint64_t *watch)
{
	unsigned int i;

	for (i = first; i < PT_ENTRIES; i++) {
		if (!table[i] && !set_entry(mfn, i, make_pte(virt_to_mfn(watch), PTE_RW_PAGE)))
			return false;
	}
	return true;
}

/*
 * Xen writes some things to guest *virtual* addresses that a kernel registered (runstate, secondary
 * time), whatever is mapped there by now. So every kernel address that nothing is mapped at, of the
 * initial mapping's free pages too, is made to lead to one page that has to stay zero.
 */
void watch_begin(void)
{
	unsigned long l4 = virt_to_mfn((void *)start_info->pt_base), page = virt_to_mfn(watch_page);
	uint64_t *l3_table = initial_table(3), *l2_table = initial_table(2);
	unsigned long l3 = virt_to_mfn(l3_table), l2 = virt_to_mfn(l2_table), pfn, replaced = 0;
	unsigned int i;
	bool ok = true;

	for (i = 0; i < PT_ENTRIES; i++) {
		watch_l1[i] = make_pte(page, PTE_RW_PAGE);
		watch_l2[i] = make_pte(virt_to_mfn(watch_l1), PTE_RW_PAGE);
		watch_l3[i] = make_pte(virt_to_mfn(watch_l2), PTE_RW_PAGE);
	}
	ok &= make_readonly(watch_l1) && make_readonly(watch_l2) && make_readonly(watch_l3);
	add_used(virt_to_pfn(watch_l1), 1, true);
	add_used(virt_to_pfn(watch_l2), 1, true);
	add_used(virt_to_pfn(watch_l3), 1, true);

	ok &= hook_empty(l4, (const uint64_t *)start_info->pt_base, LINUX_SLOT, watch_l3);
	ok &= hook_empty(l3, l3_table, 0, watch_l2);
	ok &= hook_empty(l2, l2_table, 0, watch_l1);
	for (pfn = 0; pfn < initial_pages && ok; pfn++) {
		if (!use_of(pfn)) {
			ok &= map_at((unsigned long)pfn_to_virt(pfn), page);
			replaced++;
		}
	}
	flush_tlb();
	hash_image(image_hash);
	check(ok, "watch", "free pages of the initial mapping=%lu", replaced);
}

void watch_checks(void)
{
	unsigned int i, reported = 0;
	char now[65];

	hash_image(now);
	for (i = 0; i < PT_ENTRIES; i++) {
		if (watch_page[i] && reported++ < REPORTED)
			say("INFO", "written at an address that ends in %03lx: %lx",
			    i * sizeof(watch_page[i]), watch_page[i]);
	}
	check(!reported && !strcmp(now, image_hash), "stray-writes", "image sha256=%s", now);
}

static void m2p_check(void)
{
	struct xen_machphys_mapping map = {0};
	const unsigned long *m2p;
	unsigned long pfn, wrong = 0, twice = 0, unowned = 0;
	long err;

	err = hypercall_memory_op(XENMEM_machphys_mapping, &map);
	if (!check(err == 0, "m2p-address", "%lx to %lx: %ld", map.v_start, map.v_end, err))
		return;
	m2p = (const unsigned long *)map.v_start;
	for (pfn = 0; pfn < nr_pages; pfn++) {
		unsigned long mfn = p2m[pfn], back;

		if (mfn > map.max_mfn) {
			if (unowned++ < REPORTED)
				say("INFO", "p2m[%lu] is no frame: %lx", pfn, mfn);
			continue;
		}
		back = m2p[mfn];
		if (back == pfn)
			continue;
		if (back < nr_pages && p2m[back] == mfn)
			twice++;
		if (wrong++ < REPORTED)
			say("INFO", "p2m[%lu]=%lx but m2p[%lx]=%lx", pfn, mfn, mfn, back);
	}
	check(!unowned, "p2m-frames", "pages=%lu not a frame=%lu", nr_pages, unowned);
	check(!wrong, "m2p", "pages=%lu not mutual=%lu", nr_pages, wrong);
	check(!twice, "p2m-unique", "pages=%lu frames in two places=%lu", nr_pages, twice);
}

struct batch {
	unsigned int n;
	unsigned long pfn[BATCH];
	struct mmu_update update[BATCH];
	struct mmuext_op op[BATCH];
	int result[BATCH];
};

struct frame_counts {
	unsigned long pages, tables, unmappable, dirty, unpinnable, still_pinned;
};

static void report_frames(const struct batch *b, unsigned long *count, const char *what)
{
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		if (b->result[i] && (*count)++ < REPORTED)
			say("INFO", "%s: pfn %lu mfn %lx error %d", what, b->pfn[i], p2m[b->pfn[i]],
			    b->result[i]);
	}
}

/* Drops the pages that the last step was refused for. */
static void keep_good(struct batch *b)
{
	unsigned int i, good = 0;

	for (i = 0; i < b->n; i++) {
		if (!b->result[i])
			b->pfn[good++] = b->pfn[i];
	}
	b->n = good;
}

/* Maps the batch's pages at the window's slots 0 .. n - 1 and nothing at the others. */
static void map_batch(struct batch *b, bool writable)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		if (i < b->n) {
			b->update[i] = window_update(i, p2m[b->pfn[i]], writable);
		} else {
			b->update[i] = window_update(i, 0, false);
			b->update[i].val = 0;
		}
	}
	mmu_update_each(b->update, BATCH, b->result);
	flush_tlb();
}

static void pin_batch(struct batch *b, unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		b->op[i].cmd = cmd;
		b->op[i].arg1.mfn = p2m[b->pfn[i]];
	}
	mmuext_op_each(b->op, b->n, b->result);
}

/* A page in use: it can be mapped as what it is. */
static void try_used(struct batch *b, struct frame_counts *c, bool table)
{
	map_batch(b, !table);
	report_frames(b, &c->unmappable, table ? "table not mappable" : "page not mappable");
	if (table)
		c->tables += b->n;
	b->n = 0;
}

/*
 * A free page: writable, and then, empty and read-only, a page table and again an ordinary page. It
 * cannot become one while Xen has a reference to it (a registered page) or while it is mapped
 * writable by, or is itself, a table left pinned.
 */
static void try_free(struct batch *b, struct frame_counts *c)
{
	unsigned int i, n = b->n;

	map_batch(b, true);
	report_frames(b, &c->unmappable, "page not mappable writable");
	keep_good(b);
	if (b->n < n)
		map_batch(b, true); /* closes the gaps in the window */
	for (i = 0; i < b->n; i++) {
		if (any_set(window_va(i), PAGE_SIZE)) {
			c->dirty++;
			memset(window_va(i), 0, PAGE_SIZE);
		}
	}
	map_batch(b, false);
	pin_batch(b, MMUEXT_PIN_L1_TABLE);
	report_frames(b, &c->unpinnable, "page cannot become a page table");
	keep_good(b);
	pin_batch(b, MMUEXT_UNPIN_TABLE);
	report_frames(b, &c->still_pinned, "page cannot be unpinned");
	map_batch(b, true);
	report_frames(b, &c->unmappable, "page not mappable writable after unpinning");
	b->n = 0;
}

static void frames_check(void)
{
	static struct batch free_pages, pages, tables;
	static struct frame_counts c;
	unsigned long pfn, nr_free = 0;

	for (pfn = 0; pfn < nr_pages; pfn++) {
		const struct range *use = use_of(pfn);
		struct batch *b = !use ? &free_pages : use->table ? &tables : &pages;

		if (!use)
			nr_free++;
		b->pfn[b->n++] = pfn;
		if (free_pages.n == BATCH)
			try_free(&free_pages, &c);
		if (pages.n == BATCH)
			try_used(&pages, &c, false);
		if (tables.n == BATCH)
			try_used(&tables, &c, true);
	}
	try_free(&free_pages, &c);
	try_used(&pages, &c, false);
	try_used(&tables, &c, true);

	check(!used_overflow, "frames-in-use", "ranges=%u", nr_used);
	check(!c.unmappable, "map-writable", "pages=%lu refused=%lu", nr_pages - c.tables,
	      c.unmappable);
	check(!c.unpinnable && !c.still_pinned, "pin-l1", "pages=%lu refused=%lu not unpinned=%lu",
	      nr_free, c.unpinnable, c.still_pinned);
	say("INFO", "free pages=%lu, not zero at the start %lu", nr_free, c.dirty);
}

/* Only the L4 is pinned, and it is: Linux unpins it and would BUG if it were not. */
static void pinned_check(void)
{
	unsigned long l4 = virt_to_mfn((void *)start_info->pt_base);
	unsigned int i, done, others = 0;
	struct mmuext_op op;
	bool l4_pinned = false;

	for (i = 0; i < nr_used; i++) {
		unsigned long mfn = p2m[used[i].first];

		if (!used[i].table)
			continue;
		op = (struct mmuext_op){.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn};
		if (hypercall_mmuext_op(&op, 1, &done))
			continue;
		if (mfn == l4)
			l4_pinned = true;
		else
			others++;
	}
	op = (struct mmuext_op){.cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = l4};
	check(l4_pinned && !others && hypercall_mmuext_op(&op, 1, &done) == 0, "pinned-tables",
	      "l4=%s others=%u", l4_pinned ? "yes" : "no", others);
}

void frame_checks(void)
{
	uint64_t begin = system_time(), middle;

	m2p_check();
	pinned_check();
	middle = system_time();
	frames_check();
	say("INFO", "times m2p=%lu us frames=%lu us", (middle - begin) / 1000,
	    (system_time() - middle) / 1000);
}

void ramdisk_checks(void)
{
	unsigned long first, pages, done, len = start_info->mod_len;
	uint64_t begin = system_time();
	struct sha256 s, exact;
	char hex[65];

	if (!start_info->mod_start || !len) {
		check(!start_info->mod_start && !len, "ramdisk", "none");
		return;
	}
#ifdef PROBE_MOD_START_PFN
	if (!check(start_info->flags & SIF_MOD_START_PFN, "ramdisk-place", "by pfn"))
		return;
	first = start_info->mod_start;
#else
	if (!check(!(start_info->flags & SIF_MOD_START_PFN), "ramdisk-place", "by address"))
		return;
	first = virt_to_pfn((void *)start_info->mod_start);
#endif
	if (!check(first < nr_pages && (len + PAGE_SIZE - 1) >> PAGE_SHIFT <= nr_pages - first,
		   "ramdisk-pages", "inside the domain"))
		return;
	pages = (len + PAGE_SIZE - 1) >> PAGE_SHIFT;
	add_used(first, pages, false);

	/*
	 * Xen's builder rounds mod_len up to whole pages for a ramdisk placed by pfn, so what can
	 * be compared are the pages; the hash of exactly mod_len bytes is for comparing with the
	 * file.
	 */
	sha256_init(&s);
	for (done = 0; done < pages; done++) {
		const uint8_t *page = window_map(0, p2m[first + done], false);
		unsigned long n = len - (done << PAGE_SHIFT);

		if (!page)
			break;
		if (n > PAGE_SIZE)
			n = PAGE_SIZE;
		sha256_update(&s, page, n);
		exact = s;
		sha256_update(&s, page + n, PAGE_SIZE - n);
	}
	sha256_hex(&s, hex);
	check(done == pages, "ramdisk", "sha256=%s bytes=%lu", hex, done << PAGE_SHIFT);
	sha256_hex(&exact, hex);
	say("INFO", "ramdisk first pfn=%lu mod_len=%lu sha256=%s time=%lu us", first, len, hex,
	    (system_time() - begin) / 1000);
}
