/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp/lease.h"

#include <arpa/inet.h>

struct in_addr lease_classful_mask(struct in_addr addr)
{
	uint32_t host = ntohl(addr.s_addr);

	if (IN_CLASSA(host))
		return (struct in_addr){htonl(IN_CLASSA_NET)};
	if (IN_CLASSB(host))
		return (struct in_addr){htonl(IN_CLASSB_NET)};
	return (struct in_addr){htonl(IN_CLASSC_NET)};
}
