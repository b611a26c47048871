/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/hex.h"

/* The kernel's own words in a small file: NUL-terminated, "" if it cannot be read. */
static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

bool guest_uuid(uint8_t uuid[16])
{
	char text[64];
	size_t n = 0;

	memset(uuid, 0, 16);
	read_text("/sys/hypervisor/uuid", text, sizeof(text));
	for (const char *p = text; *p && n < 16; p++) {
		int byte;

		if (*p == '-')
			continue;
		byte = hex_byte(p);
		if (byte < 0)
			break;
		uuid[n++] = (uint8_t)byte;
		p++;
	}
	if (n == 16)
		return true;
	memset(uuid, 0, 16);
	return false;
}

bool guest_is_pvh(void)
{
	char text[16];

	read_text("/sys/hypervisor/guest_type", text, sizeof(text));
	return strcmp(text, "PVH\n") == 0;
}

uint64_t guest_memory_available(void)
{
	static const char name[] = "MemAvailable:";
	char text[2048], *at;

	read_text("/proc/meminfo", text, sizeof(text));
	at = strstr(text, name);
	return at ? strtoull(at + sizeof(name) - 1, NULL, 10) * 1024 : 0;
}

/* Is @flag one of the words of the line that begins at @line? */
static bool has_flag(const char *line, const char *flag)
{
	size_t len = strlen(flag), end = strcspn(line, "\n");

	for (size_t at = 0; at < end;) {
		size_t word = strcspn(line + at, " \n");

		if (word == len && strncmp(line + at, flag, len) == 0)
			return true;
		at += word + 1;
	}
	return false;
}

char *guest_cpu_from(char text[GUEST_CPU_SIZE], const char *cpuinfo)
{
	static const struct {
		const char *flag;
		char letter;
	} letters[] = {{"pae", 'P'}, {"vmx", 'V'}, {"smx", 'T'},
		       {"nx", 'X'},  {"lm", 'L'},  {"svm", 'S'}};
	const char *flags = strstr(cpuinfo, "\nflags");
	size_t n = 0;

	if (flags)
		flags = strchr(flags, ':');
	if (flags) {
		text[n++] = '6';
		for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
			if (has_flag(flags + 1, letters[i].flag))
				text[n++] = letters[i].letter;
		}
	}
	text[n] = '\0';
	return text;
}

char *guest_cpu(char text[GUEST_CPU_SIZE])
{
	char cpuinfo[4096]; /* the first processor's part */

	read_text("/proc/cpuinfo", cpuinfo, sizeof(cpuinfo));
	return guest_cpu_from(text, cpuinfo);
}
