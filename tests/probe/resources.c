/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What else belongs to a domain: the shared info page, event channels, grants, and what Xen lets a
 * domain have only once.
 */
#include "probe.h"

#define PORTS 4096 /* two-level event channels */
#define TIMER_NS 50000000UL
#define TIMER_LATE_NS 10000000000UL /* the host may be loaded */
#define MAX_GRANT_FRAMES 64

static uint8_t eoi_page[PAGE_SIZE] page_aligned;
static uint8_t fifo_control_page[PAGE_SIZE] page_aligned;
static uint8_t fifo_array_page[PAGE_SIZE] page_aligned;

void shared_info_checks(void)
{
	volatile struct arch_shared_info *arch = &shared_info->arch;
	unsigned int i, masked = 0, pending = 0, ports_masked = 0, ports_pending = 0;

	check(!(arch->max_pfn | arch->pfn_to_mfn_frame_list_list | arch->p2m_cr3 | arch->p2m_vaddr |
		arch->p2m_generation),
	      "shared-info-p2m",
	      "max_pfn=%lx frame_list_list=%lx p2m_cr3=%lx p2m_vaddr=%lx generation=%lx",
	      arch->max_pfn, arch->pfn_to_mfn_frame_list_list, arch->p2m_cr3, arch->p2m_vaddr,
	      arch->p2m_generation);
	check(!arch->nmi_reason, "nmi-reason", "%lx", arch->nmi_reason);
	check(entry_upcall_mask == 1, "upcall-mask", "%u", entry_upcall_mask);
	for (i = 1; i < XEN_LEGACY_MAX_VCPUS; i++) {
		masked += shared_info->vcpu_info[i].evtchn_upcall_mask;
		pending += shared_info->vcpu_info[i].evtchn_upcall_pending;
	}
	check(!pending, "other-vcpu-info", "upcalls masked=%u pending=%u", masked, pending);

	for (i = 0; i < PORTS; i++) {
		unsigned long bit = 1UL << i % 64;

		ports_masked += !!(shared_info->evtchn_mask[i / 64] & bit);
		if (i != start_info->store_evtchn && i != start_info->console.domU.evtchn)
			ports_pending += !!(shared_info->evtchn_pending[i / 64] & bit);
	}
	check(!ports_masked && !ports_pending, "event-bits", "masked=%u pending=%u", ports_masked,
	      ports_pending);
}

static unsigned int port_status(evtchn_port_t port)
{
	struct evtchn_status status = {.dom = DOMID_SELF, .port = port};

	/* a port never allocated is refused */
	if (hypercall_event_channel_op(EVTCHNOP_status, &status))
		return EVTCHNSTAT_closed;
	return status.status;
}

static void close_port(evtchn_port_t port)
{
	struct evtchn_close close = {.port = port};

	hypercall_event_channel_op(EVTCHNOP_close, &close);
}

static void ring_port_check(const char *name, evtchn_port_t port)
{
	unsigned int status = port_status(port);

	/* unbound until the daemon has come to it */
	check(status == EVTCHNSTAT_interdomain || status == EVTCHNSTAT_unbound, name, "port=%u",
	      port);
}

static void timer_check(void)
{
	struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER};
	struct vcpu_set_singleshot_timer timer = {0};
	uint64_t begin, now;
	long err;

	err = hypercall_event_channel_op(EVTCHNOP_bind_virq, &bind);
	if (!check(err == 0, "timer-binds", "VIRQ_TIMER: %ld", err))
		return;
	hypercall_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
	begin = system_time();
	timer.timeout_abs_ns = begin + TIMER_NS;
	err = hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer);
	/* a tick of the periodic timer may still be pending */
	do {
		wait_event(bind.port, begin + TIMER_LATE_NS);
		now = system_time();
	} while (!err && now < begin + TIMER_NS);
	check(err == 0 && now < begin + TIMER_LATE_NS, "timer-fires", "after %lu ms",
	      TIMER_NS / 1000000);
	say("INFO", "timer fired %lu us late", (now - begin - TIMER_NS) / 1000);
	close_port(bind.port);
}

void event_checks(void)
{
	evtchn_port_t port;
	unsigned int others = 0;

	for (port = 1; port < PORTS; port++) {
		unsigned int status;

		if (port == start_info->store_evtchn || port == start_info->console.domU.evtchn)
			continue;
		status = port_status(port);
		if (status != EVTCHNSTAT_closed) {
			others++;
			say("INFO", "port %u is open, status %u", port, status);
		}
	}
	ring_port_check("xenstore-port", start_info->store_evtchn);
	ring_port_check("console-port", start_info->console.domU.evtchn);
	check(!others, "other-ports", "ports=%u open=%u", PORTS, others);
	timer_check();
}

static void reserved_grant(const char *name, const struct grant_entry_v1 *entry, unsigned long mfn)
{
	unsigned int type = entry->flags & GTF_type_mask;

	check(type == GTF_permit_access && entry->frame == mfn, name,
	      "type=%u domid=%u the ring's page", type, entry->domid);
	say("INFO", "%s flags=%x frame=%x", name, entry->flags, entry->frame);
}

void grant_checks(void)
{
	xen_pfn_t frames[MAX_GRANT_FRAMES] = {0};
	struct gnttab_query_size size = {.dom = DOMID_SELF};
	struct gnttab_setup_table setup = {.dom = DOMID_SELF};
	struct gnttab_get_version version = {.dom = DOMID_SELF};
	unsigned int frame, i, in_use = 0, reserved = 0, per_frame;

	hypercall_grant_table_op(GNTTABOP_get_version, &version);
	check(version.version == 1, "grant-version", "%u", version.version);
	hypercall_grant_table_op(GNTTABOP_query_size, &size);
	setup.nr_frames = size.nr_frames < MAX_GRANT_FRAMES ? size.nr_frames : MAX_GRANT_FRAMES;
	set_xen_guest_handle(setup.frame_list, frames);
	hypercall_grant_table_op(GNTTABOP_setup_table, &setup);
	check(size.nr_frames && !setup.status, "grant-table", "limit=%u", size.max_nr_frames);
	say("INFO", "grant frames=%u", size.nr_frames);
	if (setup.status)
		return;

	per_frame = PAGE_SIZE / sizeof(struct grant_entry_v1);
	for (frame = 0; frame < setup.nr_frames; frame++) {
		const struct grant_entry_v1 *entry = window_map(0, frames[frame], false);

		if (!entry) {
			check(false, "grant-frame", "%u cannot be mapped", frame);
			return;
		}
		if (frame == 0) {
			reserved_grant("grant-console", &entry[GNTTAB_RESERVED_CONSOLE],
				       start_info->console.domU.mfn);
			reserved_grant("grant-xenstore", &entry[GNTTAB_RESERVED_XENSTORE],
				       start_info->store_mfn);
		}
		for (i = 0; i < per_frame; i++) {
			if (!any_set(&entry[i], sizeof(entry[i])))
				continue;
			if (frame == 0 && i < GNTTAB_NR_RESERVED_ENTRIES) {
				reserved++;
				continue;
			}
			if (in_use++ < 8)
				say("INFO", "grant %u flags=%x domid=%u frame=%x",
				    frame * per_frame + i, entry[i].flags, entry[i].domid,
				    entry[i].frame);
		}
	}
	check(!in_use, "grants-unused", "reserved=%u others=%u", reserved, in_use);
}

void final_checks(void)
{
	struct physdev_pirq_eoi_gmfn eoi = {.gmfn = virt_to_mfn(eoi_page)};
	struct evtchn_init_control control = {.control_gfn = virt_to_mfn(fifo_control_page)};
	struct evtchn_expand_array expand = {.array_gfn = virt_to_mfn(fifo_array_page)};
	long err;

	err = hypercall_physdev_op(PHYSDEVOP_pirq_eoi_gmfn_v2, &eoi);
	check(err == 0, "pirq-eoi-map", "registers: %ld", err);
	err = hypercall_event_channel_op(EVTCHNOP_init_control, &control);
	check(err == 0, "fifo-control", "init_control: %ld", err);
	err = hypercall_event_channel_op(EVTCHNOP_expand_array, &expand);
	check(err == 0, "fifo-array", "expand_array: %ld", err);
}
