/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/url.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct url base(const char *prefix)
{
	struct url url = {.scheme = URL_TFTP, .port = 69};

	inet_pton(AF_INET, "192.0.2.1", &url.server);
	strcpy(url.path, prefix);
	return url;
}

/* The name in a block of exactly its size: a read behind it shows. */
static int join(struct url *out, const struct url *from, const char *name, size_t len,
		struct error *err)
{
	char *block = malloc(len ? len : 1);
	int ret;

	assert_non_null(block);
	memcpy(block, name, len);
	ret = url_join(out, from, block, len, err);
	free(block);
	return ret;
}

static void test_join(void **state)
{
	static const struct {
		const char *prefix, *name, *server;
		in_port_t port;
		const char *path;
	} row[] = {
		/* syslinux, doc/pxelinux.txt: relative, without prefix, on another server */
		{"debian/", "vmlinuz", "192.0.2.1", 69, "debian/vmlinuz"},
		{"", "vmlinuz", "192.0.2.1", 69, "vmlinuz"},
		{"pre", "fix", "192.0.2.1", 69, "prefix"},
		{"debian/", "::vmlinuz", "192.0.2.1", 69, "vmlinuz"},
		{"debian/", "198.51.100.7::a/b", "198.51.100.7", 69, "a/b"},
		{"debian/", "/abs/vmlinuz", "192.0.2.1", 69, "debian//abs/vmlinuz"},
		{"debian/", "::/abs", "192.0.2.1", 69, "/abs"},
		{"debian/", "c:\\boot", "192.0.2.1", 69, "debian/c:\\boot"},
		{"debian/", "two words", "192.0.2.1", 69, "debian/two words"},
		/* RFC 3617 */
		{"debian/", "tftp://198.51.100.7/a/b", "198.51.100.7", 69, "a/b"},
		{"debian/", "TFTP://198.51.100.7:6969/a", "198.51.100.7", 6969, "a"},
		{"debian/", "tftp://198.51.100.7/a;mode=octet", "198.51.100.7", 69, "a"},
		{"debian/", "tftp://198.51.100.7/a%20b%2fc%zz%4", "198.51.100.7", 69, "a b/c%zz%4"},
		{"debian/", "tftp://198.51.100.7//a", "198.51.100.7", 69, "/a"},
		{"debian/", "tftp://198.51.100.7/", "198.51.100.7", 69, ""},
		{"debian/", "tftp://198.51.100.7", "198.51.100.7", 69, ""},
		/* as a PXELINUX name, so that it is not decoded */
		{"debian/", "a%20b;c", "192.0.2.1", 69, "debian/a%20b;c"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct url from = base(row[i].prefix), out;
		char server[INET_ADDRSTRLEN];
		struct error err;

		assert_int_equal(join(&out, &from, row[i].name, strlen(row[i].name), &err), 0);
		assert_string_equal(inet_ntop(AF_INET, &out.server, server, sizeof(server)),
				    row[i].server);
		assert_int_equal(out.port, row[i].port);
		assert_string_equal(out.path, row[i].path);
	}
}

static void test_join_refused(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		const char *says;
	} row[] = {
		{"", 0, "empty"},
		{"a\nb", 3, "control"},
		{"a\0b", 3, "control"},
		{"\x7f", 1, "control"},
		{"tftp://192.0.2.7/a%0ab", 22, "control"},
		{"tftp://192.0.2.7/%00", 20, "control"},
		{"http://192.0.2.7/a", 18, "http"},
		{"boot.example.org::a", 19, "IPv4"},
		{"tftp://boot.example.org/a", 25, "IPv4"},
		{"tftp:///a", 9, "IPv4"},
		{"tftp://192.0.2.7.1.2.3.4.5.6/a", 30, "IPv4"},
		{"192.0.2.7\0::a", 13, "IPv4"},
		{"tftp://192.0.2.7:/a", 19, "port"},
		{"tftp://192.0.2.7:0/a", 20, "port"},
		{"tftp://192.0.2.7:65536/a", 24, "port"},
		{"tftp://192.0.2.7:6 9/a", 22, "port"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct url from = base("debian/"), out = base("untouched");
		struct error err;

		assert_int_equal(join(&out, &from, row[i].name, row[i].len, &err), -1);
		assert_int_equal(err.class, ERR_CONFIG);
		assert_non_null(strstr(err.text, row[i].says));
		assert_string_equal(out.path, "untouched");
	}
}

/* URL_PATH_MAX bytes with the prefix, and not one more. */
static void test_join_length(void **state)
{
	struct url from = base("debian/"), out;
	char name[2 * URL_PATH_MAX];
	struct error err;

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_int_equal(join(&out, &from, name, URL_PATH_MAX - 7, &err), 0);
	assert_int_equal(strlen(out.path), URL_PATH_MAX);
	assert_int_equal(join(&out, &from, name, URL_PATH_MAX - 6, &err), -1);
	assert_non_null(strstr(err.text, "too long"));
	memcpy(name, "tftp://192.0.2.7/", 17);
	assert_int_equal(join(&out, &from, name, URL_PATH_MAX + 17, &err), 0);
	assert_int_equal(join(&out, &from, name, URL_PATH_MAX + 18, &err), -1);
}

/* The result may be the base. */
static void test_join_in_place(void **state)
{
	struct url url = base("debian/");

	(void)state;
	assert_int_equal(url_join(&url, &url, "vmlinuz", 7, NULL), 0);
	assert_string_equal(url.path, "debian/vmlinuz");
}

static void test_prefix(void **state)
{
	static const struct {
		const char *bootfile, *server, *prefix;
	} row[] = {
		{"pxelinux.0", "192.0.2.1", ""},
		{"", "192.0.2.1", ""},
		{"debian/amd64/pxelinux.0", "192.0.2.1", "debian/amd64/"},
		{"/pxelinux.0", "192.0.2.1", "/"},
		{"debian/", "192.0.2.1", "debian/"},
		{"boot\\x64\\pxelinux.0", "192.0.2.1", "boot\\x64\\"},
		{"tftp://198.51.100.7/x/pxelinux.0", "198.51.100.7", "x/"},
		{"198.51.100.7::x/pxelinux.0", "198.51.100.7", "x/"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct url url = base("old/");
		char server[INET_ADDRSTRLEN];
		struct error err;

		assert_int_equal(url_prefix(&url, row[i].bootfile, strlen(row[i].bootfile), &err),
				 0);
		assert_string_equal(url.path, row[i].prefix);
		assert_string_equal(inet_ntop(AF_INET, &url.server, server, sizeof(server)),
				    row[i].server);
	}
}

static void test_show(void **state)
{
	struct url url = base("a\\b\xe9");
	char buf[64], small[16];

	(void)state;
	assert_string_equal(url_show(buf, sizeof(buf), &url), "192.0.2.1:a\\\\b\\xe9");
	url.port = 6969;
	strcpy(url.path, "x");
	assert_string_equal(url_show(buf, sizeof(buf), &url), "tftp://192.0.2.1:6969/x");
	url = base("a-rather-long-name");
	assert_string_equal(url_show(small, sizeof(small), &url), "192.0.2.1:a-...");
	for (size_t size = 1; size < sizeof(buf); size++) {
		char *exact = malloc(size);

		assert_non_null(exact);
		assert_true(strlen(url_show(exact, size, &url)) < size);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),	    cmocka_unit_test(test_join_refused),
		cmocka_unit_test(test_join_length), cmocka_unit_test(test_join_in_place),
		cmocka_unit_test(test_prefix),	    cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
