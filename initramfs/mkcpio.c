/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkcpio: write a cpio archive of the kernel's initramfs kind ("newc", Documentation/
 * driver-api/early-userspace/buffer-format.rst) from a list, without root and the same bytes
 * each time: no host's inode numbers, owners or times go in, so device nodes need no privilege.
 *
 * Standard input is the list, one entry a line, fields separated by tabs:
 *	dir PATH MODE | file PATH SOURCE MODE | link PATH TARGET | node PATH MODE c|b MAJOR MINOR
 * Standard output is the archive. Exit status 0, or 1 with a message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIELDS_MAX 6

static unsigned int line_no;

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "mkcpio: line %u: %s: %s\n", line_no, what, detail);
	exit(1);
}

static void put(const void *data, size_t len)
{
	if (fwrite(data, 1, len, stdout) != len)
		die("standard output", strerror(errno));
}

/* Names and contents both end at a multiple of four, counted from the header's start. */
static void pad(size_t len)
{
	put("\0\0\0", -len & 3);
}

static void entry(const char *path, unsigned int mode, const void *data, size_t len,
		  unsigned int major, unsigned int minor)
{
	static unsigned int ino;
	const char *name = path[0] == '/' ? path + 1 : path;
	size_t name_size = strlen(name) + 1;
	char header[111];

	/* magic ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor
	 * namesize check */
	snprintf(header, sizeof(header),
		 "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", ++ino, mode, 0, 0,
		 S_ISDIR(mode) ? 2 : 1, 0, (unsigned int)len, 0, 0, major, minor,
		 (unsigned int)name_size, 0);
	put(header, 110);
	put(name, name_size);
	pad(110 + name_size);
	put(data, len);
	pad(len);
}

static unsigned int number(const char *text, int base, unsigned int max)
{
	char *end;
	unsigned long value = strtoul(text, &end, base);

	if (end == text || *end || value > max)
		die("not a number in range", text);
	return value;
}

static void entry_from_file(const char *path, const char *source, unsigned int mode)
{
	FILE *file = fopen(source, "rb");
	struct stat st;
	char *data;

	if (!file || fstat(fileno(file), &st) != 0)
		die(source, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > 64 << 20)
		die(source, "not a regular file of at most 64 MiB");
	data = malloc(st.st_size + 1);
	if (!data)
		die(source, strerror(errno));
	if (fread(data, 1, st.st_size + 1, file) != (size_t)st.st_size)
		die(source, "changed while it was read");
	entry(path, S_IFREG | mode, data, st.st_size, 0, 0);
	free(data);
	fclose(file);
}

static void line(char *text)
{
	char *f[FIELDS_MAX + 1];
	size_t n = 0;

	for (char *p = strtok(text, "\t"); p && n <= FIELDS_MAX; p = strtok(NULL, "\t"))
		f[n++] = p;

	if (n == 3 && strcmp(f[0], "dir") == 0)
		entry(f[1], S_IFDIR | number(f[2], 8, 07777), "", 0, 0, 0);
	else if (n == 4 && strcmp(f[0], "file") == 0)
		entry_from_file(f[1], f[2], number(f[3], 8, 07777));
	else if (n == 3 && strcmp(f[0], "link") == 0)
		entry(f[1], S_IFLNK | 0777, f[2], strlen(f[2]), 0, 0);
	else if (n == 6 && strcmp(f[0], "node") == 0 && strchr("cb", f[3][0]) && !f[3][1])
		entry(f[1], (f[3][0] == 'c' ? S_IFCHR : S_IFBLK) | number(f[2], 8, 07777), "", 0,
		      number(f[4], 10, 4095), number(f[5], 10, 1048575));
	else
		die("not an entry", n ? f[0] : "an empty line");
}

int main(void)
{
	char text[4096];

	while (fgets(text, sizeof(text), stdin)) {
		line_no++;
		if (!strchr(text, '\n'))
			die("too long, or no newline at its end", text);
		text[strcspn(text, "\n")] = '\0';
		line(text);
	}
	if (ferror(stdin))
		die("standard input", strerror(errno));
	entry("TRAILER!!!", 0, "", 0, 0, 0);
	if (fflush(stdout) != 0)
		die("standard output", strerror(errno));
	return 0;
}
