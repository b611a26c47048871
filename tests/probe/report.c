/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of output through the console ring (xen/include/public/io/console.h). */

#include "probe.h"

#define DRAIN_NS 20000000000UL /* a console daemon that takes nothing for so long is not there */

static volatile struct xencons_interface *ring;
static evtchn_port_t ring_event;
static bool ring_dead;
static unsigned int passed, failed;

static void notify(void)
{
	struct evtchn_send send = {.port = ring_event};

	hypercall_event_channel_op(EVTCHNOP_send, &send);
}

static bool wait_ring(unsigned int used_at_most)
{
	uint64_t deadline;

	if (ring->out_prod - ring->out_cons <= used_at_most)
		return true;
	notify();
	deadline = system_time() + DRAIN_NS;
	while (ring->out_prod - ring->out_cons > used_at_most) {
		if (system_time() > deadline)
			return false;
		wait_event(0, system_time() + 1000000);
	}
	return true;
}

static void put(char c)
{
	if (!ring || ring_dead)
		return;
	if (!wait_ring(sizeof(ring->out) - 1)) {
		ring_dead = true;
		return;
	}
	ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
	__asm__ volatile(""
			 :
			 :
			 : "memory"); /* the byte before the index: x86 keeps stores in order */
	ring->out_prod++;
}

static void put_string(const char *s)
{
	while (*s)
		put(*s++);
}

static void put_number(unsigned long value, bool negative, unsigned int base, unsigned int width)
{
	char digits[32];
	unsigned int n = sizeof(digits);

	digits[--n] = '\0';
	do {
		digits[--n] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (sizeof(digits) - 1 - n < width && n > 1)
		digits[--n] = '0';
	if (negative)
		digits[--n] = '-';
	put_string(digits + n);
}

static void put_format(const char *format, va_list args)
{
	for (; *format; format++) {
		unsigned int width = 0;
		bool wide = false;

		if (*format != '%') {
			put(*format);
			continue;
		}
		for (format++; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (unsigned int)(*format - '0');
		if (*format == 'l') {
			wide = true;
			format++;
		}
		switch (*format) {
		case 's':
			put_string(va_arg(args, const char *));
			break;
		case 'c':
			put((char)va_arg(args, int));
			break;
		case 'd': {
			long v = wide ? va_arg(args, long) : va_arg(args, int);

			put_number(v < 0 ? -(unsigned long)v : (unsigned long)v, v < 0, 10, width);
			break;
		}
		default: /* u, x */
			put_number(wide ? va_arg(args, unsigned long) : va_arg(args, unsigned int),
				   false, *format == 'x' ? 16 : 10, width);
			break;
		}
	}
}

static void begin(const char *kind)
{
	put_string("PROBE ");
	put_string(kind);
	put(' ');
}

static void end(void)
{
	put_string("\r\n");
	if (ring && !ring_dead)
		notify();
}

void report_init(void *console_va, evtchn_port_t event)
{
	ring = console_va;
	ring_event = event;
}

bool check(bool ok, const char *name, const char *format, ...)
{
	va_list args;

	if (ok)
		passed++;
	else
		failed++;
	begin(ok ? "PASS" : "FAIL");
	put_string(name);
	put(' ');
	va_start(args, format);
	put_format(format, args);
	va_end(args);
	end();
	return ok;
}

void say(const char *kind, const char *format, ...)
{
	va_list args;

	begin(kind);
	va_start(args, format);
	put_format(format, args);
	va_end(args);
	end();
}

const char *escaped(const char *s)
{
	static char text[4 * 1024 + 1];
	unsigned int n = 0;

	for (; *s && n + 4 < sizeof(text); s++) {
		uint8_t c = (uint8_t)*s;

		if (c >= ' ' && c < 0x7f && c != '\\') {
			text[n++] = (char)c;
			continue;
		}
		text[n++] = '\\';
		text[n++] = 'x';
		text[n++] = "0123456789abcdef"[c >> 4];
		text[n++] = "0123456789abcdef"[c & 15];
	}
	text[n] = '\0';
	return text;
}

void report_end(void)
{
	say("DONE", "%u passed, %u failed", passed, failed);
	if (ring && !ring_dead)
		wait_ring(0);
}
