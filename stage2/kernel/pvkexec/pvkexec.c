// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replace the kernel of a Xen PV domain in place.
 *
 * Nothing is copied at the jump. A PV guest's physical memory is a table, so the next kernel's
 * physical-to-machine table (p2m) is a permutation of ours: its frame i is simply the page
 * that image page i was built in. HANDOVER.md beside this file tells the procedure with its
 * numbers; the numbers in the comments here are its steps.
 *
 * Interface: pvkexec.h. One user at a time, one processor, nothing that Xen would remember.
 */
#define pr_fmt(fmt) "pvkexec: " fmt

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/pgalloc.h>
#include <asm/pgtable.h>
#include <asm/pvclock.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/hypervisor.h>
#include <asm/xen/page.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/io/console.h>
#include <xen/interface/io/xs_wire.h>
#include <xen/interface/physdev.h>
#include <xen/interface/vcpu.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xen-ops.h>
#include <xen/xenbus.h>

#include "pvkexec.h"

/* trampoline.S */
extern char pvkexec_trampoline[], pvkexec_trampoline_end[];
extern char pvkexec_trampoline_mmuext[], pvkexec_trampoline_entry[], pvkexec_trampoline_stack[],
	pvkexec_trampoline_start_info[];

/* arch/x86/xen/mmu_pv.c, drivers/xen: built-in neighbours without a public header */
void make_lowmem_page_readonly(void *vaddr);
void make_lowmem_page_readwrite(void *vaddr);
int gnttab_handover(grant_ref_t *busy);
void xs_handover_cancel(void);
extern bool xen_fifo_events;

#define NO_FRAME (~0ULL)
#define PIN_BATCH 64
#define CALL_BATCH 64
#define TABLE_BITS (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_USER)
#define NR_PORTS_2L 4096 /* EVTCHN_2L_NR_CHANNELS of a 64-bit domain */
#define PORT_BLOCK 32 /* no more than Xen makes at a time: event_channel.c, EVTCHNS_PER_BUCKET */
#define WAIT_MS 2500

enum stage { STAGE_OPEN, STAGE_ADOPTED, STAGE_PREPARED };

/* Everything between ADOPT and EXEC; freed, and undone, by handover_undo(). */
static struct handover {
	enum stage stage;
	unsigned long nr_pages; /* frames of this domain, and of the next kernel */
	unsigned long nr_mapped;
	unsigned long nr_old; /* our own frame numbers are below this */
	u64 *p2m; /* [nr_pages]: next kernel's frame -> machine frame */
	u32 *inverse; /* [nr_old]: our frame -> next kernel's frame */
	unsigned long *used; /* [nr_old]: our frame already has its place */
	struct page **image; /* [nr_mapped]: pinned pages of the caller */
	struct page **filler; /* pages that fill holes below nr_mapped */
	unsigned long nr_filler;
	struct page **table; /* the next kernel's page tables, made read-only */
	unsigned long nr_table, nr_readonly;
	struct page *trampoline; /* code that is mapped at the same address … */
	unsigned long trampoline_va; /* … by our tables and by the new ones */
	bool trampoline_mapped;
	bool pinned;
	struct page *l4;
	u64 l4_mfn;
	unsigned int resumes; /* how often the domain had been resumed when ADOPT looked at it */
} handover;

/*
 * Saved and restored, or moved to another host, the domain has other machine frames: the tables
 * between ADOPT and EXEC are then of no use.
 */
static unsigned int resumes;

static DEFINE_MUTEX(handover_mutex);
static atomic_t handover_open = ATOMIC_INIT(1);

/* Batches for step 11 to 16: static, because interrupts are off and the stack is small. */
static struct multicall_entry calls[CALL_BATCH];
static union {
	struct mmuext_op mmuext[CALL_BATCH];
	struct mmu_update mmu[CALL_BATCH];
	struct evtchn_close close[CALL_BATCH];
} operands;

#ifdef CONFIG_XEN_PVKEXEC_FAULTS
/*
 * pvkexec.fault=POINT[,POINT]...: each of these errors happens once, at the next call that comes
 * by. The names are those in the code, where fault() stands beside the real condition.
 */
static char fault_points[512];
module_param_string(fault, fault_points, sizeof(fault_points), 0600);

static bool fault(const char *point)
{
	size_t len = strlen(point);
	char *at = fault_points;

	for (; *at; at += strcspn(at, ","), at += *at == ',') {
		if (strcspn(at, ",") != len || memcmp(at, point, len))
			continue;
		memset(at, '-', len);
		pr_notice("fault point %s\n", point);
		return true;
	}
	return false;
}
#else
static bool fault(const char *point)
{
	return false;
}
#endif

#define refuse(reason, err, fmt, ...)                                     \
	({                                                                \
		snprintf(reason, PVKEXEC_REASON_MAX, fmt, ##__VA_ARGS__); \
		-(err);                                                   \
	})

static void step_done(const char *what, u64 *since)
{
	u64 now = ktime_get_ns();

	if (IS_ENABLED(CONFIG_XEN_PVKEXEC_DEBUG))
		pr_info("%s: %llu us\n", what, (now - *since) / 1000);
	*since = now;
}

/* The machine frame behind one of our frames, or NO_FRAME for holes and foreign pages. */
static u64 own_mfn(unsigned long pfn)
{
	unsigned long mfn = get_phys_to_machine(pfn);

	if (mfn == INVALID_P2M_ENTRY || (mfn & (FOREIGN_FRAME_BIT | IDENTITY_FRAME_BIT)))
		return NO_FRAME;
	return mfn;
}

static unsigned long count_own_pages(void)
{
	unsigned long pfn, n = 0;

	for (pfn = 0; pfn < xen_max_p2m_pfn; pfn++)
		n += own_mfn(pfn) != NO_FRAME;
	return n;
}

/* A state that the next kernel could not live with is refused before anything is touched. */
static int check_state(char *reason)
{
	if (!xen_pv_domain() || fault("info"))
		return refuse(reason, ENODEV, "this is not a PV guest");
	if (xen_initial_domain())
		return refuse(reason, EPERM, "dom0 cannot be handed over");
	if (xen_fifo_events)
		return refuse(reason, EPERM,
			      "FIFO event channels are on and can never be left; take "
			      "xen.fifo_events=1 off stage two's command line");
	return 0;
}

static int pvkexec_info(struct pvkexec_info *info)
{
	int err = check_state(info->reason);

	if (err)
		return err;
	info->nr_pages = count_own_pages();
	info->shared_info = xen_start_info->shared_info;
	info->system_time = pvclock_clocksource_read(&HYPERVISOR_shared_info->vcpu_info[0].time);
	info->store_evtchn = xen_start_info->store_evtchn;
	info->console_evtchn = xen_start_info->console.domU.evtchn;
	info->flags = xen_start_info->flags;
	return 0;
}

/*
 * Our entry for the trampoline's address, with its tables made when they are missing. They are
 * init_mm's: step 13 goes there.
 */
static bool map_trampoline(unsigned long va, pte_t entry)
{
	p4d_t *p4d = p4d_alloc(&init_mm, pgd_offset_k(va), va);
	pud_t *pud = p4d ? pud_alloc(&init_mm, p4d, va) : NULL;
	pmd_t *pmd = pud ? pmd_alloc(&init_mm, pud, va) : NULL;
	pte_t *pte = pmd ? pte_alloc_kernel(pmd, va) : NULL;

	if (!pte)
		return false;
	set_pte(pte, entry);
	flush_tlb_one_kernel(va);
	return true;
}

static void handover_undo(void)
{
	struct handover *h = &handover;
	unsigned long i;

	if (h->pinned) {
		/* Restored elsewhere it has another machine frame, and is pinned as before. */
		struct mmuext_op op = {.cmd = MMUEXT_UNPIN_TABLE,
				       .arg1.mfn = own_mfn(page_to_pfn(h->l4))};

		if (HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF))
			pr_err("the new tables could not be unpinned\n");
	}
	for (i = 0; i < h->nr_readonly; i++)
		make_lowmem_page_readwrite(page_address(h->table[i]));
	if (h->trampoline_mapped)
		map_trampoline(h->trampoline_va, __pte(0));
	if (h->trampoline)
		__free_page(h->trampoline);
	for (i = 0; h->image && i < h->nr_mapped; i++) {
		if (h->image[i])
			unpin_user_page(h->image[i]);
	}
	for (i = 0; i < h->nr_filler; i++)
		__free_page(h->filler[i]);
	vfree(h->table);
	vfree(h->filler);
	vfree(h->image);
	vfree(h->used);
	vfree(h->inverse);
	vfree(h->p2m);
	memset(h, 0, sizeof(*h));
}

/* Our frame @old becomes the next kernel's frame @pfn. */
static int place(struct handover *h, unsigned long old, unsigned long pfn, char *reason)
{
	u64 mfn = old < h->nr_old ? own_mfn(old) : NO_FRAME;

	if (pfn >= h->nr_pages || h->p2m[pfn] != NO_FRAME || fault("adopt-place"))
		return refuse(reason, EINVAL, "frame %lx of the image is outside or named twice",
			      pfn);
	if (mfn == NO_FRAME || fault("adopt-owner") || __test_and_set_bit(old, h->used))
		return refuse(reason, EINVAL, "frame %lx is not ours or has its place already",
			      old);
	h->p2m[pfn] = mfn;
	h->inverse[old] = pfn;
	return 0;
}

static int adopt_segment(struct handover *h, const struct pvkexec_segment *seg, char *reason)
{
	unsigned long done = 0;

	if (fault("adopt-segment") || !PAGE_ALIGNED(seg->addr) || seg->pfn > h->nr_mapped ||
	    seg->nr_pages > h->nr_mapped - seg->pfn)
		return refuse(reason, EINVAL, "segment at frame %llx of %llx pages is outside",
			      seg->pfn, seg->nr_pages);

	while (done < seg->nr_pages) {
		struct page *pages[PIN_BATCH];
		unsigned long want = min_t(unsigned long, PIN_BATCH, seg->nr_pages - done);
		int i, err = 0;
		int got;

		/* in the midst of a segment: some of its pages are pinned */
		if (done && fault("adopt-pin"))
			got = -EFAULT;
		else
			got = pin_user_pages_fast(seg->addr + done * PAGE_SIZE, want,
						  FOLL_WRITE | FOLL_LONGTERM, pages);
		if (got <= 0)
			return refuse(reason, got ? -got : EFAULT,
				      "the image's memory at frame %llx cannot be pinned",
				      seg->pfn + done);
		for (i = 0; i < got; i++) {
			unsigned long pfn = seg->pfn + done + i;

			if (!err)
				err = place(h, page_to_pfn(pages[i]), pfn, reason);
			if (err)
				unpin_user_page(pages[i]);
			else
				h->image[pfn] = pages[i];
		}
		if (err)
			return err;
		done += got;
		cond_resched();
	}
	return 0;
}

/*
 * Step 3. The trampoline gets the number of a hole: the image's tables map it there, and neither
 * kernel has anything at that address.
 */
static int place_trampoline(struct handover *h, u64 virt_base, char *reason)
{
	unsigned long pfn = fault("adopt-trampoline") ? h->nr_mapped : 0;

	for (; pfn < h->nr_mapped; pfn++) {
		unsigned long va = virt_base + pfn * PAGE_SIZE;
		unsigned int level;
		pte_t *pte = lookup_address(va, &level);

		if (h->p2m[pfn] != NO_FRAME || (pte && !pte_none(*pte)))
			continue;
		h->trampoline_va = va;
		return place(h, page_to_pfn(h->trampoline), pfn, reason);
	}
	return refuse(reason, EINVAL, "every address that the image maps is in use in stage two");
}

/* Frames of our own text and constants. The gap between the two was freed after the boot. */
static bool is_constant(unsigned long pfn)
{
	return (pfn >= PFN_UP(__pa_symbol(_text)) && pfn < PFN_DOWN(__pa_symbol(_etext))) ||
	       (pfn >= PFN_UP(__pa_symbol(__start_rodata)) &&
		pfn < PFN_DOWN(__pa_symbol(__end_rodata)));
}

/*
 * Step 3. Holes of the image are mapped writable by its tables, too, so they must be pages
 * that are no page tables or descriptor tables of ours: the kernel's own text and constants
 * (nobody will need them after the jump), then free pages.
 */
static int fill_holes(struct handover *h, char *reason)
{
	unsigned long text = PFN_UP(__pa_symbol(_text));
	unsigned long text_end = PFN_DOWN(__pa_symbol(__end_rodata));
	unsigned long pfn;

	for (pfn = 0; pfn < h->nr_mapped; pfn++) {
		struct page *page;
		int err;

		if (h->p2m[pfn] != NO_FRAME)
			continue;
		while (text < text_end && !is_constant(text))
			text++;
		if (text < text_end) {
			err = place(h, text++, pfn, reason);
			if (err)
				return err;
			continue;
		}
		page = fault("adopt-fill") ? NULL
					   : alloc_page(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
		if (!page)
			return refuse(reason, ENOMEM,
				      "no memory for the image's frame %lx of %lx; give the guest "
				      "more memory",
				      pfn, h->nr_mapped);
		h->filler[h->nr_filler++] = page;
		err = place(h, page_to_pfn(page), pfn, reason);
		if (err)
			return err;
	}
	return 0;
}

/* Every frame that has no place yet gets one, its own number if that is free. */
static int place_the_rest(struct handover *h, char *reason)
{
	unsigned long old, pfn = h->nr_mapped;
	int err;

	for (old = h->nr_mapped; old < min(h->nr_old, h->nr_pages); old++) {
		if (h->p2m[old] != NO_FRAME || test_bit(old, h->used) || own_mfn(old) == NO_FRAME)
			continue;
		err = place(h, old, old, reason);
		if (err)
			return err;
	}
	for (old = 0; old < h->nr_old; old++) {
		if (test_bit(old, h->used) || own_mfn(old) == NO_FRAME)
			continue;
		while (pfn < h->nr_pages && h->p2m[pfn] != NO_FRAME)
			pfn++;
		err = place(h, old, pfn, reason);
		if (err)
			return err;
	}
	for (pfn = 0; pfn < h->nr_pages; pfn++) {
		if (h->p2m[pfn] == NO_FRAME || (pfn == h->nr_mapped && fault("adopt-rest")))
			return refuse(reason, EINVAL, "frame %lx of %lx has no page", pfn,
				      h->nr_pages);
	}
	return 0;
}

static int adopt(struct handover *h, struct pvkexec_adopt *arg)
{
	unsigned long i;
	int err;

	h->resumes = resumes;
	h->nr_pages = count_own_pages();
	h->nr_old = xen_max_p2m_pfn;
	h->nr_mapped = arg->nr_mapped;
	if (arg->nr_pages != h->nr_pages || fault("adopt-size"))
		return refuse(arg->reason, EINVAL,
			      "the image is built for %llu pages, this guest "
			      "has %lu",
			      arg->nr_pages, h->nr_pages);
	if (arg->nr_mapped >= h->nr_pages || fault("adopt-mapped"))
		return refuse(arg->reason, ENOMEM, "the image maps %llu pages, this guest has %lu",
			      arg->nr_mapped, h->nr_pages);

	h->p2m = vmalloc(array_size(h->nr_pages, sizeof(*h->p2m)));
	h->inverse = vmalloc(array_size(h->nr_old, sizeof(*h->inverse)));
	h->used = vzalloc(BITS_TO_LONGS(h->nr_old) * sizeof(long));
	h->image = vzalloc(array_size(h->nr_mapped, sizeof(*h->image)));
	h->filler = vzalloc(array_size(h->nr_mapped, sizeof(*h->filler)));
	h->trampoline = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!h->p2m || !h->inverse || !h->used || !h->image || !h->filler || !h->trampoline ||
	    fault("adopt-memory"))
		return refuse(arg->reason, ENOMEM, "no memory for the hand-over's own tables");
	memset(h->p2m, 0xff, h->nr_pages * sizeof(*h->p2m));

	for (i = 0; i < arg->nr_segments; i++) {
		struct pvkexec_segment seg;

		if (fault("adopt-read") ||
		    copy_from_user(&seg, (void __user *)arg->segments + i * sizeof(seg),
				   sizeof(seg)))
			return -EFAULT;
		err = adopt_segment(h, &seg, arg->reason);
		if (err)
			return err;
	}
	err = place(h, mfn_to_pfn(xen_start_info->console.domU.mfn), arg->console_pfn, arg->reason);
	if (!err)
		err = place(h, mfn_to_pfn(xen_start_info->store_mfn), arg->store_pfn, arg->reason);
	if (!err)
		err = place_trampoline(h, arg->virt_base, arg->reason);
	if (!err)
		err = fill_holes(h, arg->reason);
	if (!err)
		err = place_the_rest(h, arg->reason);
	if (err)
		return err;
	if (fault("adopt-write") ||
	    copy_to_user((void __user *)arg->p2m, h->p2m, h->nr_pages * sizeof(*h->p2m)))
		return -EFAULT;
	return 0;
}

/* The image's page behind a machine frame that one of its page tables names. */
static struct page *image_page(struct handover *h, u64 mfn)
{
	unsigned long old = mfn_to_pfn(mfn);
	unsigned long pfn;

	if (old >= h->nr_old || !test_bit(old, h->used) || own_mfn(old) != mfn)
		return NULL;
	pfn = h->inverse[old];
	return pfn < h->nr_mapped ? h->image[pfn] : NULL;
}

/* Step 4: collect the image's page tables by walking them from the top. */
static int collect_tables(struct handover *h, struct page *page, int level, char *reason)
{
	u64 *entry = page_address(page);
	int i;

	if (h->nr_table == h->nr_mapped || (level == 1 && fault("prepare-tree")))
		return refuse(reason, EINVAL, "the image's page tables form no tree");
	h->table[h->nr_table++] = page;
	if (level == 1)
		return 0;
	for (i = 0; i < PTRS_PER_PTE; i++) {
		struct page *next;
		int err;

		if (!entry[i])
			continue;
		next = image_page(h, (entry[i] & PTE_PFN_MASK) >> PAGE_SHIFT);
		if (!next || (entry[i] & ~PTE_PFN_MASK & ~TABLE_BITS) || fault("prepare-entry"))
			return refuse(reason, EINVAL,
				      "entry %d of a level %d table of the image is %llx", i, level,
				      entry[i]);
		err = collect_tables(h, next, level - 1, reason);
		if (err)
			return err;
	}
	return 0;
}

/* The trampoline's code and what it needs to know. */
static void write_trampoline(struct handover *h, const struct pvkexec_prepare *arg)
{
	char *code = page_address(h->trampoline);
	struct mmuext_op *op = (void *)code + (pvkexec_trampoline_mmuext - pvkexec_trampoline);

	memcpy(code, pvkexec_trampoline, pvkexec_trampoline_end - pvkexec_trampoline);
	op->cmd = MMUEXT_NEW_BASEPTR;
	op->arg1.mfn = h->l4_mfn;
	*(u64 *)(code + (pvkexec_trampoline_entry - pvkexec_trampoline)) = arg->entry;
	*(u64 *)(code + (pvkexec_trampoline_stack - pvkexec_trampoline)) = arg->stack;
	*(u64 *)(code + (pvkexec_trampoline_start_info - pvkexec_trampoline)) = arg->start_info;
}

static int refuse_resumed(char *reason)
{
	return refuse(reason, EAGAIN, "the domain was saved and restored, or moved, in between");
}

static int prepare(struct handover *h, struct pvkexec_prepare *arg)
{
	struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};
	u64 since = ktime_get_ns();
	struct page *l4;
	unsigned long i;
	int err;

	if (h->resumes != resumes || fault("prepare-resumed"))
		return refuse_resumed(arg->reason);
	l4 = arg->l4_pfn < h->nr_mapped ? h->image[arg->l4_pfn] : NULL;
	if (!l4 || fault("prepare-top"))
		return refuse(arg->reason, EINVAL, "the image's top table is not in the image");
	for (i = 0; i < h->nr_mapped; i++) {
		if (h->image[i] && (page_mapped(h->image[i]) || fault("prepare-mapped")))
			return refuse(arg->reason, EBUSY,
				      "frame %lx of the image is still mapped "
				      "by its builder",
				      i);
	}
	h->l4 = l4;
	h->l4_mfn = h->p2m[arg->l4_pfn];
	op.arg1.mfn = h->l4_mfn;
	h->table = vmalloc(array_size(h->nr_mapped, sizeof(*h->table)));
	if (!h->table || fault("prepare-memory"))
		return refuse(arg->reason, ENOMEM, "no memory for the list of page tables");
	err = collect_tables(h, l4, 4, arg->reason);
	if (err)
		return err;
	if (fault("prepare-trampoline") ||
	    !map_trampoline(h->trampoline_va, mk_pte(h->trampoline, PAGE_KERNEL_EXEC)))
		return refuse(arg->reason, ENOMEM, "no memory to map the trampoline");
	h->trampoline_mapped = true;
	write_trampoline(h, arg);
	step_done("tables", &since);

	/* Step 6: no writable mapping of a page table may be left. */
	for (; h->nr_readonly < h->nr_table; h->nr_readonly++)
		make_lowmem_page_readonly(page_address(h->table[h->nr_readonly]));
	step_done("read-only", &since);

	/* no table at all: Xen itself says no */
	if (fault("prepare-pin"))
		op.arg1.mfn = h->p2m[0];
	/* Step 7: Xen validates the whole new address space while failure is still harmless. */
	err = HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);
	if (err)
		return refuse(arg->reason, EINVAL,
			      "Xen does not accept the image's page tables (%d)", err);
	h->pinned = true;
	step_done("pin", &since);
	return 0;
}

static bool store_idle(void)
{
	struct xenstore_domain_interface *ring = gfn_to_virt(xen_start_info->store_mfn);

	return READ_ONCE(ring->req_prod) == READ_ONCE(ring->req_cons) &&
	       READ_ONCE(ring->rsp_prod) == READ_ONCE(ring->rsp_cons);
}

static bool console_idle(void)
{
	struct xencons_interface *ring = gfn_to_virt(xen_start_info->console.domU.mfn);

	return READ_ONCE(ring->out_prod) == READ_ONCE(ring->out_cons);
}

/* A grant whose page a backend has mapped for a moment longer is freed when it has let go. */
static bool grants_idle(void)
{
	grant_ref_t ignored;

	return gnttab_handover(&ignored) != -EBUSY;
}

static void wait_for(bool (*idle)(void))
{
	int ms;

	for (ms = 0; !idle() && ms < WAIT_MS; ms += 5)
		msleep(5);
}

static unsigned int nr_calls;

static void flush_calls(void)
{
	if (nr_calls)
		BUG_ON(HYPERVISOR_multicall(calls, nr_calls));
	nr_calls = 0;
}

/*
 * How many ports Xen has made for this domain: it does so in blocks, and asking for one that was
 * never made is an error, while one that is only closed has a status.
 */
static unsigned int nr_ports(void)
{
	unsigned int port;

	for (port = PORT_BLOCK - 1; port < NR_PORTS_2L; port += PORT_BLOCK) {
		struct evtchn_status status = {.dom = DOMID_SELF, .port = port};

		if (HYPERVISOR_event_channel_op(EVTCHNOP_status, &status))
			return port;
	}
	return NR_PORTS_2L;
}

/* Step 11: only console's and xenstore's ports stay. Ports that are not open say so: harmless. */
static void close_ports(void)
{
	unsigned int port, end = nr_ports();

	for (port = 1; port < end; port++) {
		struct evtchn_close *op = &operands.close[nr_calls];

		if (port == xen_start_info->store_evtchn ||
		    port == xen_start_info->console.domU.evtchn)
			continue;
		op->port = port;
		calls[nr_calls].op = __HYPERVISOR_event_channel_op;
		calls[nr_calls].args[0] = EVTCHNOP_close;
		calls[nr_calls].args[1] = (unsigned long)op;
		if (++nr_calls == CALL_BATCH)
			flush_calls();
	}
	flush_calls();
}

/* Xen lets no page table have a writable mapping: what our direct map has writable is none. */
static bool is_writable(unsigned long pfn)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)__va(PFN_PHYS(pfn)), &level);

	return pte && level == PG_LEVEL_4K && !(~pte_flags(*pte) & (_PAGE_PRESENT | _PAGE_RW));
}

/*
 * Step 14: every page that may be pinned: page tables by their flag, and early ones, which are
 * only known as reserved and read-only. "Not pinned" is harmless. The new L4 stays pinned: the
 * next kernel unpins it itself.
 */
static void unpin_old_tables(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < max_pfn; pfn++) {
		struct page *page;
		u64 mfn;

		/* The gap below 4 GiB of a guest with the host's memory map (e820_host). */
		if (!pfn_valid(pfn))
			continue;
		page = pfn_to_page(pfn);
		if (!PageTable(page) && !PagePinned(page) &&
		    (!PageReserved(page) || is_constant(pfn) || is_writable(pfn)))
			continue;
		mfn = own_mfn(pfn);
		if (mfn == NO_FRAME || mfn == handover.l4_mfn)
			continue;
		operands.mmuext[nr_calls].cmd = MMUEXT_UNPIN_TABLE;
		operands.mmuext[nr_calls].arg1.mfn = mfn;
		calls[nr_calls].op = __HYPERVISOR_mmuext_op;
		calls[nr_calls].args[0] = (unsigned long)&operands.mmuext[nr_calls];
		calls[nr_calls].args[1] = 1;
		calls[nr_calls].args[2] = 0;
		calls[nr_calls].args[3] = DOMID_SELF;
		if (++nr_calls == CALL_BATCH)
			flush_calls();
	}
	flush_calls();
}

/* Step 15: the machine-to-physical table follows the permutation. */
static void update_m2p(const struct handover *h)
{
	unsigned long pfn;
	unsigned int n = 0;

	for (pfn = 0; pfn <= h->nr_pages; pfn++) {
		if (n == CALL_BATCH || (n && pfn == h->nr_pages)) {
			BUG_ON(HYPERVISOR_mmu_update(operands.mmu, n, NULL, DOMID_SELF));
			n = 0;
		}
		if (pfn == h->nr_pages || machine_to_phys_mapping[h->p2m[pfn]] == pfn)
			continue;
		operands.mmu[n].ptr = h->p2m[pfn] << PAGE_SHIFT | MMU_MACHPHYS_UPDATE;
		operands.mmu[n].val = pfn;
		n++;
	}
	for (pfn = 0; pfn < h->nr_pages; pfn++)
		BUG_ON(machine_to_phys_mapping[h->p2m[pfn]] != pfn);
}

/* Steps 11 to 18, interrupts off: no way back. Hypercalls that cannot fail are not asked. */
static void __noreturn leave(struct handover *h)
{
	struct vcpu_register_runstate_memory_area runstate = {};
	struct vcpu_register_time_memory_area time = {};
	struct gnttab_set_version version = {.version = 1};
	struct physdev_set_iopl iopl = {.iopl = 0};
	struct mmuext_op user_base = {.cmd = MMUEXT_NEW_USER_BASEPTR};
	struct mmuext_op ldt = {.cmd = MMUEXT_SET_LDT};
	struct shared_info *shared = HYPERVISOR_shared_info;
	void (*jump)(void) = (void *)h->trampoline_va;

	/* 11: events */
	HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
	HYPERVISOR_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL);
	close_ports();
	memset(shared->evtchn_pending, 0, sizeof(shared->evtchn_pending));
	memset(shared->evtchn_mask, 0, sizeof(shared->evtchn_mask));
	shared->vcpu_info[0].evtchn_pending_sel = 0;
	shared->vcpu_info[0].evtchn_upcall_pending = 0;
	shared->vcpu_info[0].evtchn_upcall_mask = 1;

	/* 12: what Xen writes by our virtual addresses, and other agreements */
	HYPERVISOR_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &runstate);
	HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &time);
	HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_runstate_update_flag);
	HYPERVISOR_grant_table_op(GNTTABOP_set_version, &version, 1);
	HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &iopl);

	/* 13: the kernel's own address space, no process's */
	load_cr3(swapper_pg_dir);
	HYPERVISOR_mmuext_op(&user_base, 1, NULL, DOMID_SELF);

	/* 14, 15 */
	unpin_old_tables();
	update_m2p(h);

	/* 16: a later "xl save" would follow these */
	shared->arch.max_pfn = 0;
	shared->arch.pfn_to_mfn_frame_list_list = 0;
	shared->arch.p2m_cr3 = 0;
	shared->arch.p2m_vaddr = 0;
	shared->arch.p2m_generation = 0;

	/* 17: entry points and processor state of ours */
	_hypercall3(int, set_callbacks, 0UL, 0UL, 0UL);
	HYPERVISOR_mmuext_op(&ldt, 1, NULL, DOMID_SELF);
	_hypercall1(int, fpu_taskswitch, 0UL);
	HYPERVISOR_set_debugreg(7, 0);
	HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_pae_extended_cr3);
	HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_writable_pagetables);
	HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_4gb_segments);

	/* 18 */
	jump();
	unreachable();
}

static int exec(struct handover *h, struct pvkexec_exec *arg)
{
	u64 since = ktime_get_ns();
	grant_ref_t busy = 0;
	unsigned long flags;
	int err;

	/*
	 * Step 10. No request of ours in flight, none started any more. The answers are taken
	 * from the ring before, because the thread that takes them stops here, too.
	 */
	wait_for(grants_idle);
	step_done("grants", &since);
	wait_for(store_idle);
	step_done("xenstore", &since);
	xs_suspend();
	if (!store_idle() || fault("exec-store")) {
		err = refuse(arg->reason, EBUSY, "xenstore's ring is not empty");
		goto resume;
	}
	wait_for(console_idle);

	local_irq_save(flags);
	if (h->resumes != resumes || fault("exec-resumed")) {
		local_irq_restore(flags);
		err = refuse_resumed(arg->reason);
		goto resume;
	}
	/* Step 9 */
	err = fault("exec-grants") ? -EBUSY : gnttab_handover(&busy);
	if (!err)
		leave(h);
	local_irq_restore(flags);
	err = refuse(arg->reason, -err, "grant reference %u is still in use (%d)", busy, err);
resume:
	xs_handover_cancel();
	return err;
}

/* Common form of the three calls that take and give back a structure. */
#define CALL(type, need, function)                                                 \
	do {                                                                       \
		struct type *arg = memdup_user(user, sizeof(*arg));                \
                                                                                   \
		if (IS_ERR(arg))                                                   \
			return PTR_ERR(arg);                                       \
		arg->reason[0] = '\0';                                             \
		err = handover.stage == (need)                                     \
			      ? function(&handover, arg)                           \
			      : refuse(arg->reason, EINVAL, "calls out of order"); \
		if (copy_to_user(user, arg, sizeof(*arg)))                         \
			err = -EFAULT;                                             \
		kfree(arg);                                                        \
	} while (0)

static long pvkexec_call(unsigned int cmd, void __user *user)
{
	struct pvkexec_info info;
	long err;

	switch (cmd) {
	case PVKEXEC_INFO:
		memset(&info, 0, sizeof(info));
		err = pvkexec_info(&info);
		if (copy_to_user(user, &info, sizeof(info)))
			return -EFAULT;
		return err;
	case PVKEXEC_ADOPT:
		CALL(pvkexec_adopt, STAGE_OPEN, adopt);
		if (err)
			handover_undo();
		else
			handover.stage = STAGE_ADOPTED;
		return err;
	case PVKEXEC_PREPARE:
		CALL(pvkexec_prepare, STAGE_ADOPTED, prepare);
		if (err)
			handover_undo();
		else
			handover.stage = STAGE_PREPARED;
		return err;
	case PVKEXEC_EXEC:
		CALL(pvkexec_exec, STAGE_PREPARED, exec);
		return err;
	}
	return -ENOTTY;
}

static long pvkexec_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long err;

	mutex_lock(&handover_mutex);
	err = pvkexec_call(cmd, (void __user *)arg);
	mutex_unlock(&handover_mutex);
	return err;
}

static int pvkexec_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (!atomic_dec_and_test(&handover_open)) {
		atomic_inc(&handover_open);
		return -EBUSY;
	}
	return 0;
}

static int pvkexec_release(struct inode *inode, struct file *file)
{
	mutex_lock(&handover_mutex);
	handover_undo();
	mutex_unlock(&handover_mutex);
	atomic_inc(&handover_open);
	return 0;
}

static const struct file_operations pvkexec_fops = {
	.owner = THIS_MODULE,
	.open = pvkexec_open,
	.release = pvkexec_release,
	.unlocked_ioctl = pvkexec_ioctl,
};

static struct miscdevice pvkexec_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pvkexec",
	.fops = &pvkexec_fops,
	.mode = 0600,
};

static int on_resume(struct notifier_block *nb, unsigned long event, void *data)
{
	resumes++;
	return NOTIFY_OK;
}

static struct notifier_block resume_notifier = {.notifier_call = on_resume};

static int __init pvkexec_init(void)
{
	BUILD_BUG_ON(sizeof(struct mmuext_op) > 24);
	if (!xen_pv_domain() || xen_initial_domain())
		return 0;
	xen_resume_notifier_register(&resume_notifier);
	return misc_register(&pvkexec_device);
}
device_initcall(pvkexec_init);
