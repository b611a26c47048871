/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pure parts of rescue: requests, public keys, mounts; what was tried. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/tried.h"
#include "rescue/mounts.h"
#include "rescue/request.h"
#include "rescue/ssh_key.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- requests --- */

/* The message in a block of exactly its size: a read behind it shows. */
static int parse(const char *text, size_t len, struct rescue_request *out, struct error *err)
{
	char *block = malloc(len ? len : 1);
	int ret;

	assert_non_null(block);
	memcpy(block, text, len);
	ret = rescue_request_parse(block, len, out, err);
	free(block);
	return ret;
}

static void test_request_there_and_back(void **state)
{
	struct rescue_request in = {.verb = RESCUE_BOOT, .way = WAY_NET, .args = "a b=\"c d\""};
	struct rescue_request out;
	char buf[RESCUE_REQUEST_MAX] = {0};
	struct error err;

	(void)state;
	memset(in.entry, 'e', sizeof(in.entry) - 1);
	memset(in.kernel, 'k', sizeof(in.kernel) - 1);
	memset(in.ramdisk, 'r', sizeof(in.ramdisk) - 1);
	assert_int_equal(parse(buf, rescue_request_make(&in, buf), &out, &err), 0);
	assert_memory_equal(&in, &out, sizeof(in));
}

static void test_request_bad(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *says;
	} bad[] = {
		{"", 0, "not 6 strings"},
		{"boot", 4, "not 6 strings"},
		{"boot\0local\0\0\0\0", 14, "not 6 strings"},
		{"boot\0local\0\0\0\0x", 15, "not 6 strings"},
		{"boot\0local\0\0\0\0\0\0", 16, "not 6 strings"},
		{"halt\0local\0\0\0\0", 15, "\"halt\""},
		{"boot\0rescue\0\0\0\0", 16, "unknown"},
		{"bo\033t\0local\0\0\0\0", 15, "bo\\x1bt"},
	};
	struct rescue_request in = {.verb = RESCUE_BOOT, .way = WAY_LOCAL}, out;
	char buf[RESCUE_REQUEST_MAX] = {0};
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(parse(bad[i].text, bad[i].len, &out, &err), -1);
		assert_int_equal(err.class, ERR_USAGE);
		assert_non_null(strstr(err.text, bad[i].says));
	}
	/* one byte more than there is room for */
	memset(buf, 'x', sizeof(buf));
	memcpy(buf, "boot\0local", 11);
	memset(buf + 11 + sizeof(in.entry), 0, 4);
	assert_int_equal(parse(buf, 11 + sizeof(in.entry) + 4, &out, &err), -1);
	assert_non_null(strstr(err.text, "too long"));
}

static int from_words(const char *line, struct rescue_request *out, struct error *err)
{
	char copy[4096], *words[16], *save = NULL;
	size_t n = 0;

	strcpy(copy, line);
	for (char *p = strtok_r(copy, "|", &save); p; p = strtok_r(NULL, "|", &save))
		words[n++] = p;
	return rescue_request_from_words((const char *const *)words, n, out, err);
}

static void test_words(void **state)
{
	struct rescue_request r;
	struct error err;

	(void)state;
	assert_int_equal(from_words("local", &r, &err), 0);
	assert_true(r.verb == RESCUE_BOOT && r.way == WAY_LOCAL && !r.entry[0] && !r.args[0]);
	assert_int_equal(from_words("local:Debian GNU/Linux|single|a=b c", &r, &err), 0);
	assert_string_equal(r.entry, "Debian GNU/Linux");
	assert_string_equal(r.args, "single a=b c");
	assert_int_equal(from_words("net", &r, &err), 0);
	assert_true(r.way == WAY_NET && !r.entry[0]);
	assert_int_equal(from_words("net:linux|initrd=x", &r, &err), 0);
	assert_string_equal(r.entry, "linux");
	assert_string_equal(r.args, "initrd=x");
	assert_int_equal(from_words("/boot/k|initrd=/boot/a|ro|initrd=/boot/b", &r, &err), 0);
	assert_string_equal(r.kernel, "/boot/k");
	assert_string_equal(r.ramdisk, "/boot/a,/boot/b");
	assert_string_equal(r.args, "ro");
	assert_int_equal(from_words("linux", &r, &err), -1);
	assert_non_null(strstr(err.text, "\"linux\" is no entry"));
}

static void test_words_too_long(void **state)
{
	char line[2048] = "net:";
	struct rescue_request r;
	struct error err;

	(void)state;
	memset(line + 4, 'x', 255);
	assert_int_equal(from_words(line, &r, &err), 0);
	memset(line + 4, 'x', 256);
	assert_int_equal(from_words(line, &r, &err), -1);
	assert_non_null(strstr(err.text, "255"));
	strcpy(line, "local|");
	memset(line + 6, 'x', 1024);
	line[6 + 1024] = '\0';
	assert_int_equal(from_words(line, &r, &err), -1);
	assert_non_null(strstr(err.text, "1023"));
}

/* --- the keys of the next round --- */

static void keys_of(const char *line, struct keys *keys)
{
	assert_int_equal(keys_parse(line, keys, NULL), 0);
}

static void check_ways(const char *boot, const char *expected)
{
	const struct rescue_request retry = {.verb = RESCUE_RETRY};
	struct keys keys, next;
	char line[64] = "xenpxe.boot=", found[64] = "";

	strcat(line, boot);
	keys_of(line, &keys);
	assert_int_equal(rescue_keys(&keys, &retry, &next, NULL), 0);
	for (size_t i = 0; i < next.n_boot; i++) {
		strcat(found, i ? "," : "");
		strcat(found, way_name(next.boot[i]));
	}
	assert_string_equal(found, expected);
}

static void test_retry(void **state)
{
	(void)state;
	check_ways("net,local", "net,local");
	check_ways("local", "local");
	check_ways("rescue", "net,local,rescue");
	check_ways("rescue,net", "net,rescue");
	check_ways("net,rescue,local", "net,local,rescue");
}

static void test_boot_keys(void **state)
{
	struct rescue_request r = {
		.verb = RESCUE_BOOT, .way = WAY_LOCAL, .entry = "2", .args = "single"};
	struct keys keys, next;
	char limit[64];
	struct error err;

	(void)state;
	keys_of("xenpxe.boot=net xenpxe.label=x xenpxe.entry=y xenpxe.kernel=/k -- root=/dev/xvda1",
		&keys);
	assert_int_equal(rescue_keys(&keys, &r, &next, &err), 0);
	assert_true(next.n_boot == 1 && next.boot[0] == WAY_LOCAL);
	assert_string_equal(next.entry, "2");
	assert_string_equal(next.label, "");
	assert_string_equal(next.kernel, "");
	assert_string_equal(next.tail, "root=/dev/xvda1 single");
	r.way = WAY_NET;
	assert_int_equal(rescue_keys(&keys, &r, &next, &err), 0);
	assert_true(next.n_boot == 1 && next.boot[0] == WAY_NET);
	assert_string_equal(next.label, "2");
	assert_string_equal(next.entry, "");
	/* what does not fit behind the guest's own arguments is refused, not cut */
	memset(keys.tail, 'x', sizeof(keys.tail) - 1);
	assert_int_equal(rescue_keys(&keys, &r, &next, &err), -1);
	snprintf(limit, sizeof(limit), "longer than %zu bytes", sizeof(keys.tail) - 1);
	assert_non_null(strstr(err.text, limit));
}

/* --- public keys, made by dropbearkey and ssh-keygen --- */

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIJIM9thiRj+qUJhBlGOylky2MCROpUNRWxNbR2vsdg3U"
#define ECDSA                                                                                     \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKenV57hu6oKhBrO/HOvqxOdEOUbjdTaavB" \
	"GAAb5c2RPHHBbcFIPNL1ksiqKivoOQKIdvkB9nJPDPKH2HUQ0A6Q="
#define RSA                                                                                        \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQCelEsMWzZjq142cfxgJDByBAjjTybE9wiaIoq8RqKSsXY+ZOnMZSZNejm6" \
	"YLi8PGIg+F7WYSZCoPaQWxqKdG52TN4yh2kKhgXA2m8G99pF4h1OC8YmbWXI1z1bjNlzpRiDyGcqp3AuCtdLyYkX" \
	"xJEnGSJlVpAybM0CdcNjfkTQsw=="

static void test_ssh_keys(void **state)
{
	static const char *const bad[] = {
		"",
		",",
		ED25519 ",",
		"," ED25519,
		"ssh-ed25519 " ED25519,
		"AAAAC3NzaC1lZDI1NTE5", /* the type, and nothing behind it */
		"AAAADXNzaC1lZDI1NTE5AAAA", /* a length that is not the type's */
		"AAAAC3NzaC1lZDI1NTE2AAAAIJIM9thiRj+qUJhBlGOylky2MCROpUNRWxNbR2vsdg3U", /* 5516 */
		"AAAAC3NzaC1lZDI1NTE5AAAAIJIM9thiRj+qUJhBlGOylky2MCROpUNRWxNbR2vsdg3", /* cut */
		ED25519 "\n" ED25519,
		"====",
	};
	char lines[SSH_LINES_MAX], value[SSH_KEYS_MAX + 100] = ED25519;

	(void)state;
	assert_int_equal(ssh_key_lines(ED25519, lines), 1);
	assert_string_equal(lines, "ssh-ed25519 " ED25519 "\n");
	assert_int_equal(ssh_key_lines(ECDSA "," RSA "," ED25519, lines), 3);
	assert_string_equal(lines, "ecdsa-sha2-nistp256 " ECDSA "\nssh-rsa " RSA
				   "\nssh-ed25519 " ED25519 "\n");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(ssh_key_lines(bad[i], NULL), -1);
	/* as many as there is room for, and no more */
	for (int i = 1; i < 14; i++)
		strcat(value, "," ED25519);
	assert_int_equal(ssh_key_lines(value, lines), 14);
	assert_int_equal(strlen(lines), 14 * (12 + 68 + 1));
	strcat(value, "," ED25519);
	assert_int_equal(ssh_key_lines(value, lines), -1);
}

/* --- mounts: lines of Linux 6.1 --- */

static void test_mounts(void **state)
{
	const char *text =
		"1 1 0:2 / / rw - rootfs rootfs rw\n"
		"15 1 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=100k\n"
		"21 1 202:2 / /mnt ro,relatime - ext4 /dev/xvda2 ro,norecovery\n"
		"22 1 202:3 / /my\\040disk\\134x rw shared:1 master:2 - xfs /dev/xvda3 rw\n"
		"nonsense\n"
		"23 1 202:3 / /cut rw -\n"
		"24 1 202:3 / /bad\\9 rw - ext4 /dev/x rw\n"
		"25 1 202:4 / /last rw - ext4 /dev/xvda4 rw";
	struct mounts_line line;

	(void)state;
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.where, "/");
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.source, "devtmpfs");
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.where, "/mnt");
	assert_string_equal(line.source, "/dev/xvda2");
	assert_true(line.major == 202 && line.minor == 2);
	assert_false(line.writable);
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.where, "/my disk\\x");
	assert_string_equal(line.source, "/dev/xvda3");
	assert_true(line.writable);
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.where, "/bad\\9");
	assert_true(mounts_next(&text, &line));
	assert_string_equal(line.where, "/last");
	assert_false(mounts_next(&text, &line));
}

static void test_holders(void **state)
{
	char top[] = "/tmp/rescue-XXXXXX", path[128];
	static const char *const parts[] = {"/class", "/class/block", "/class/block/xvda1",
					    "/class/block/xvda1/holders",
					    "/class/block/xvda1/holders/dm-0"};
	struct error err;

	(void)state;
	assert_non_null(mkdtemp(top));
	for (size_t i = 0; i < COUNT(parts); i++) {
		/* The machine that runs this has disks mounted, too: only what was made here
		 * counts. */
		snprintf(path, sizeof(path), "%s%s", top, parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
		assert_int_equal(mounts_holders(top, &err), i == COUNT(parts) - 1 ? -1 : 0);
	}
	assert_non_null(strstr(err.text, "xvda1 is still part of dm-0"));
	for (size_t i = COUNT(parts); i--;) {
		snprintf(path, sizeof(path), "%s%s", top, parts[i]);
		rmdir(path);
	}
	rmdir(top);
}

static void test_tried(void **state)
{
	const struct error net = {ERR_TIMEOUT, "no lease"}, local = {ERR_CONFIG, "no kernel"};
	struct tried tried = {.n = 0};
	char text[64], small[8];

	(void)state;
	assert_string_equal(tried_text(&tried, "; ", text, sizeof(text)), "");
	tried_add(&tried, WAY_NET, &net);
	assert_string_equal(tried_text(&tried, "; ", text, sizeof(text)), "net: no lease");
	tried_add(&tried, WAY_LOCAL, &local);
	assert_string_equal(tried_text(&tried, "\n", text, sizeof(text)),
			    "net: no lease\nlocal: no kernel");
	assert_string_equal(tried_text(&tried, "; ", small, sizeof(small)), "net: no");
	for (int i = 0; i < 5; i++)
		tried_add(&tried, WAY_NET, &net);
	assert_int_equal(tried.n, WAY_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_there_and_back),
		cmocka_unit_test(test_request_bad),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_too_long),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_boot_keys),
		cmocka_unit_test(test_ssh_keys),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
