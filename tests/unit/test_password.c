/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashes made by other programs: "openssl passwd -1|-5|-6", perl's crypt(), Syslinux's own
 * sha1pass ("sha1pass 'Geheim 1!' SALT").
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pxelinux/password.h"
#include "pxelinux/sha1.h"

static const struct {
	const char *stored, *typed;
	bool matches;
} cases[] = {
	/* openssl passwd -1|-5|-6 -salt saltstri 'Geheim 1!' */
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1", "Geheim 1!", true},
	{"$5$saltstri$cNdR.qTz.AT9V57VJBgLop7iS75ggbD8EVlpzPwMBb6", "Geheim 1!", true},
	{"$6$saltstri$p3UPNFBFPGk5Zth73ry2wLKWMLR.h242r.MtDBLKYmj6oP97BDmjpDGGudCdT.kY/"
	 "0R5H5GymPU0uD1pYN0J/0",
	 "Geheim 1!", true},
	/* perl -e 'print crypt("Geheim 1!", "\$6\$rounds=1000\$saltstring\$")' */
	{"$6$rounds=1000$saltstring$6BIgDV2XqtdShv9gVIINMXkRdG95FSyqB8SZXRtV9qNvqdVVQXT4NSXSIvY71Z7"
	 "fyuAeiNeNvhOSF6sNEtluN1",
	 "Geheim 1!", true},
	/* sha1pass: a '$' behind the hash */
	{"$4$SALT$9r863oVQ6ypK3JszdRXa+YHGfqw$", "Geheim 1!", true},
	{"$4$SALT$9r863oVQ6ypK3JszdRXa+YHGfqw", "Geheim 1!", true},
	{"$4$SALT$9r863oVQ6ypK3JszdRXa-YHGfqw=$", "Geheim 1!", true},
	/* printf 'Geheim 1!' | openssl dgst -sha1 -binary | base64: no salt */
	{"$4$Xq6quZzIRmT935uH4NQmMY+zDyA=", "Geheim 1!", true},
	{"$4$Xq6quZzIRmT935uH4NQmMY+zDyA$", "Geheim 1!", true},
	/* the salt and the text of the SHA-crypt specification, openssl again */
	{"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "Hello world!", true},
	{"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoE"
	 "OfaS35inz1",
	 "Hello world!", true},
	/* syslinux's passwd.c: a '$' may follow here, too */
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1$", "Geheim 1!", true},
	/* plain text, which may begin with a '$' */
	{"Geheim 1!", "Geheim 1!", true},
	{"$x", "$x", true},
	{"$$$", "$$$", false},

	{"Geheim 1!", "geheim 1!", false},
	{"Geheim 1!", "Geheim 1", false},
	{"", "", false},
	{"", "x", false},
	{"x", "", false},
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1", "Geheim 1", false},
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe", "Geheim 1!", false},
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1x", "Geheim 1!", false},
	{"$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1", "$1$saltstri$.rjSiaz7y5Rnc6miOmnUe1", false},
	{"$1$", "", false},
	{"$1$$", "", false},
	{"$4$", "", false},
	{"$4$$", "", false},
	{"$4$SALT$", "", false},
	{"$4$SALT$9r863oVQ6ypK3JszdRXa+YHGfq", "Geheim 1!", false},
	{"$4$SALT$9r863oVQ6ypK3JszdRXa+YHGfqwAAAA", "Geheim 1!", false},
	{"$4$SALT$9r863oVQ6ypK3JszdRXa+YHGfqw$x", "Geheim 1!", false},
	{"$4$SALZ$9r863oVQ6ypK3JszdRXa+YHGfqw$", "Geheim 1!", false},
	/* a digest that ends in a zero byte (openssl), whole and one digit short */
	{"$4$SALT$2kb6bB0A9R8UTtv6loz700ZNBAA$", "595", true},
	{"$4$SALT$2kb6bB0A9R8UTtv6loz700ZNBA$", "595", false},
	{"$5$", "", false},
	{"$6$saltstri$", "Geheim 1!", false},
	{"$6$rounds=999999999$saltstring$x", "x", false},
	/* algorithms that Syslinux does not know */
	{"$2y$05$abcdefghijklmnopqrstuuv", "x", false},
	{"$y$j9T$abc$x", "$y$j9T$abc$x", false},
	{"$7$", "$7$", false},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (password_matches(cases[i].stored, cases[i].typed) != cases[i].matches)
			fail_msg("\"%s\" typed for \"%s\"", cases[i].typed, cases[i].stored);
	}
}

/* FIPS 180-1, appendices A and B, and a million times "a", in pieces of every length. */
static void test_sha1(void **state)
{
	static const struct {
		const char *text;
		size_t times;
		const char *digest;
	} vectors[] = {
		{"abc", 1,
		 "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		 "\x84\x98\x3e\x44\x1c\x3b\xd2\x6e\xba\xae\x4a\xa1\xf9\x51\x29\xe5\xe5\x46\x70\xf1"},
		{"aaaaaaaaaa", 100000,
		 "\x34\xaa\x97\x3c\xd4\xc4\xda\xa4\xf6\x1e\xeb\x2b\xdb\xad\x27\x31\x65\x34\x01\x6f"},
	};
	uint8_t digest[SHA1_SIZE];
	struct sha1 sum;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		sha1_init(&sum);
		for (size_t n = 0; n < vectors[i].times; n++)
			sha1_update(&sum, vectors[i].text, strlen(vectors[i].text));
		sha1_final(&sum, digest);
		assert_memory_equal(digest, vectors[i].digest, SHA1_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_sha1),
	};

	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
