/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/random.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void random_bytes(void *buf, size_t len)
{
	uint8_t *p = buf;
	struct timespec ts;
	uint64_t mix;

	while (len > 0) {
		ssize_t n = getrandom(p, len, GRND_INSECURE | GRND_NONBLOCK);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			break;
		}
	}
	if (len == 0)
		return;

	/* Linux before 5.6 does not know GRND_INSECURE: the clock is all there is. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	mix = (uint64_t)ts.tv_sec * 1000000007u + (uint64_t)ts.tv_nsec + (uint64_t)getpid();
	for (; len > 0; len--) {
		mix = mix * 6364136223846793005u + 1442695040888963407u;
		*p++ = (uint8_t)(mix >> 56);
	}
}
