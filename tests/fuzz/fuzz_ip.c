/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key "ip": what passes is a lease that can be put onto an interface.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dhcp/static.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), device[IFNAMSIZ];
	struct error err = {0};
	struct lease lease;
	bool is_static;

	assert(text);
	memcpy(text, data, size);
	text[size] = '\0';
	if (static_lease(text, &lease, device, &is_static, &err) < 0) {
		assert(err.class == ERR_USAGE && memchr(err.text, '\0', sizeof(err.text)));
	} else if (is_static) {
		uint32_t host = ~ntohl(lease.netmask.s_addr);

		assert(lease.addr.s_addr && (host & (host + 1)) == 0);
		assert(memchr(lease.hostname, '\0', sizeof(lease.hostname)));
		assert(lease.n_dns <= 2);
	}
	assert(memchr(device, '\0', sizeof(device)));
	free(text);
	return 0;
}
