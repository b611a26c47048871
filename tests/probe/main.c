/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of the checks: first what is only looked at, last what a domain can have only once. */
#include "probe.h"

struct entry_state entry_state = {0};
const struct start_info *start_info;
volatile struct shared_info *shared_info;
unsigned int entry_upcall_mask;

void probe_main(void);

/* The word, alone between spaces, on the command line? */
static bool option(const char *word)
{
	const char *at = (const char *)start_info->cmd_line;
	size_t n = strlen(word);

	while (*at) {
		size_t len = 0;

		while (at[len] && at[len] != ' ')
			len++;
		if (len == n && !memcmp(at, word, n))
			return true;
		at += len;
		while (*at == ' ')
			at++;
	}
	return false;
}

static void end_of_checks(void)
{
	struct sched_shutdown end = {.reason = SHUTDOWN_poweroff};

	report_end();
	while (option("probe=stay"))
		wait_event(0, system_time() + 3600 * 1000000000UL);
	hypercall_sched_op(SCHEDOP_shutdown, &end);
}

/* entry.S calls it on a stack of our own. */
void probe_main(void)
{
	struct sched_shutdown crash = {.reason = SHUTDOWN_crash};
	struct xencons_interface *console;
	uint32_t in_cons, in_prod, out_cons, out_prod;

	start_info = (const struct start_info *)entry_state.rsi;
	hypercall_set_trap_table(trap_table);
	/* without these there is nothing to print on: the toolstack sees a crashed domain */
	if (!memory_init())
		hypercall_sched_op(SCHEDOP_shutdown, &crash);
	shared_info = window_map(SHARED_INFO_SLOT, start_info->shared_info >> PAGE_SHIFT, true);
	if (!shared_info)
		hypercall_sched_op(SCHEDOP_shutdown, &crash);
	vcpu0_info = &shared_info->vcpu_info[0];
	entry_upcall_mask = vcpu0_info->evtchn_upcall_mask;
	vcpu0_info->evtchn_upcall_mask = 1; /* there is no handler, and there will be none */

	console = pfn_to_virt(find_pfn(start_info->console.domU.mfn));
	in_cons = console->in_cons;
	in_prod = console->in_prod;
	out_cons = console->out_cons;
	out_prod = console->out_prod;
	report_init(console, start_info->console.domU.evtchn);
	say("START", "variant=%s", PROBE_VARIANT);
	check(in_cons == in_prod && out_cons == out_prod, "console-ring", "empty");
	say("INFO", "console ring in=%u/%u out=%u/%u", in_cons, in_prod, out_cons, out_prod);

	cpu_checks();
	start_info_checks();
	time_checks();
	shared_info_checks();
	page_table_checks();
	ramdisk_checks();
	watch_begin();
	event_checks();
	grant_checks();
	xenstore_checks();
	frame_checks();
	vcpu_checks();
	watch_checks();
	final_checks();
	say("INFO", "time since the entry=%lu ms",
	    (system_time() - system_time_at(entry_state.tsc)) / 1000000);
	end_of_checks();
}
