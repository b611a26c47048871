/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIPS 180-2, appendix B, and what sha256sum makes of nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "util/sha256.h"

static void test_vectors(void **state)
{
	static const struct {
		const char *text;
		size_t times;
		const char *hex;
	} vectors[] = {
		{"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"aaaaaaaaaa", 100000,
		 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	};
	char hex[SHA256_HEX_SIZE];
	struct sha256 sum;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		sha256_init(&sum);
		for (size_t n = 0; n < vectors[i].times; n++)
			sha256_update(&sum, vectors[i].text, strlen(vectors[i].text));
		sha256_hex(&sum, hex);
		assert_string_equal(hex, vectors[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
