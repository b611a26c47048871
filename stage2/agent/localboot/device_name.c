/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/device_name.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_MAX 9999U

static bool number(const char *text, size_t len, unsigned int *out)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || n > NUMBER_MAX)
			return false;
		n = n * 10 + (unsigned int)(text[i] - '0');
	}
	*out = n;
	return len > 0;
}

/* "gpt2", "msdos5", "2"; what a partition is divided into once more does not count. */
static bool partition(const char *text, unsigned int *out)
{
	size_t len = strcspn(text, ",");
	size_t word = strcspn(text, "0123456789,");

	return number(text + word, len - word, out) && *out > 0;
}

bool grub_device_parse(const char *text, struct grub_device *out)
{
	static const char *const volumes[] = {"lvm/", "lvmid/", "md/", "mduuid/"};
	size_t len = strcspn(text, ",");
	bool volume = false;

	*out = (struct grub_device){.kind = GRUB_VOLUME};
	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++)
		volume = volume || strncmp(text, volumes[i], strlen(volumes[i])) == 0;
	if (volume) {
		if (strlen(text) >= sizeof(out->name))
			return false;
		memcpy(out->name, text, strlen(text) + 1);
		return true;
	}
	if (strncmp(text, "hd", 2) == 0 && number(text + 2, len - 2, &out->number)) {
		out->kind = GRUB_NUMBER;
	} else if (strncmp(text, "xen/", 4) == 0 && len > 4 && len < sizeof(out->name)) {
		out->kind = GRUB_DISK;
		memcpy(out->name, text + 4, len - 4);
	} else {
		return false;
	}
	return !text[len] || partition(text + len + 1, &out->partition);
}

static size_t put_doubled(char *buf, size_t size, size_t at, const char *name)
{
	for (; *name && at + 2 < size; name++) {
		buf[at++] = *name;
		if (*name == '-')
			buf[at++] = '-';
	}
	buf[at] = '\0';
	return at;
}

void grub_lvm_name(char *buf, size_t size, const char *vg, const char *lv)
{
	size_t at = (size_t)snprintf(buf, size, "lvm/");

	at = put_doubled(buf, size, at, vg);
	if (at + 2 < size)
		buf[at++] = '-';
	put_doubled(buf, size, at, lv);
}
