/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen's paravirtual clock (struct vcpu_time_info in xen/include/public/xen.h) and waiting by it. */
#include "probe.h"

volatile struct vcpu_info *vcpu0_info;

static uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static uint64_t scale(uint64_t ticks, uint32_t mul, int shift)
{
	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (uint64_t)((unsigned __int128)ticks * mul >> 32);
}

uint64_t system_time_at(uint64_t tsc)
{
	const volatile struct vcpu_time_info *t = &vcpu0_info->time;
	uint32_t version;
	uint64_t now;

	do {
		version = t->version;
		if (tsc >= t->tsc_timestamp)
			now = t->system_time +
			      scale(tsc - t->tsc_timestamp, t->tsc_to_system_mul, t->tsc_shift);
		else
			now = t->system_time -
			      scale(t->tsc_timestamp - tsc, t->tsc_to_system_mul, t->tsc_shift);
	} while ((version & 1) || version != t->version);
	return now;
}

uint64_t system_time(void)
{
	return system_time_at(rdtsc());
}

void wait_event(evtchn_port_t port, uint64_t deadline)
{
	struct sched_poll poll = {.nr_ports = port ? 1 : 0, .timeout = deadline};

	set_xen_guest_handle(poll.ports, &port);
	hypercall_sched_op(SCHEDOP_poll, &poll);
	if (port)
		__atomic_and_fetch(&shared_info->evtchn_pending[port / 64], ~(1UL << port % 64),
				   __ATOMIC_SEQ_CST);
}

void time_checks(void)
{
	uint64_t first = system_time(), last = first, now;
	uint32_t version, sec, sec_hi;
	unsigned int i, backwards = 0;

	for (i = 0; i < 10000; i++) {
		now = system_time();
		if (now < last)
			backwards++;
		last = now;
	}
	check(!backwards && last > first, "time-monotonic", "steps=%u backwards=%u", i, backwards);

	do {
		version = shared_info->wc_version;
		sec = shared_info->wc_sec;
		sec_hi = shared_info->wc_sec_hi;
	} while ((version & 1) || version != shared_info->wc_version);
	/* 2020-01-01 and 2060-01-01: a clock that was never set is far outside */
	check(sec_hi == 0 && sec > 1577836800 && sec < 2840140800, "wall-clock",
	      "between 2020 and 2060");
	say("INFO", "time entry-tsc=%lu entry-system-time=%lu ns wall-clock-base=%u s tsc-flags=%x",
	    entry_state.tsc, system_time_at(entry_state.tsc), sec,
	    shared_info->vcpu_info[0].time.flags);
}
