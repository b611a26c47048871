/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's own end of xenstore, for the final system's init:
 *
 *   xs read PATH          print the value, exit 1 if there is none
 *   xs write PATH VALUE
 *
 * Relative paths are relative to the guest's own directory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

int main(int argc, char **argv)
{
	struct xs_handle *xs;
	unsigned int len;
	char *value;
	int ok = 0;

	if (!(argc == 3 && !strcmp(argv[1], "read")) && !(argc == 4 && !strcmp(argv[1], "write"))) {
		fprintf(stderr, "usage: xs read PATH | xs write PATH VALUE\n");
		return 100;
	}
	xs = xs_open(0);
	if (!xs) {
		perror("xs: cannot reach xenstore");
		return 111;
	}
	if (argc == 3) {
		value = xs_read(xs, XBT_NULL, argv[2], &len);
		if (value) {
			printf("%.*s\n", (int)len, value);
			free(value);
			ok = 1;
		}
	} else {
		ok = xs_write(xs, XBT_NULL, argv[2], argv[3], strlen(argv[3]));
	}
	if (!ok)
		fprintf(stderr, "xs: %s %s failed\n", argv[1], argv[2]);
	xs_close(xs);
	return ok ? 0 : 1;
}
