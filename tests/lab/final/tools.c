/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the final system has beside busybox, by the name it is called by:
 *
 *   xs read PATH          print the value at PATH in xenstore, exit 1 if there is none
 *   xs write PATH VALUE   relative paths are relative to the guest's own directory
 *   init                  /bin/busybox sh /etc/rc
 *   udhcpc-script         /bin/busybox sh /etc/udhcpc ARG...
 *   poweroff, reboot      at once; Linux runs them when the toolstack asks
 *
 * The last four are programs because a small kernel need not know how to start a script.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <xenstore.h>

static int xs(int argc, char **argv)
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

static int run_script(const char *script, const char *arg)
{
	execl("/bin/busybox", "sh", script, arg, NULL);
	perror("/bin/busybox");
	return 111;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];

	if (!strcmp(name, "init"))
		return run_script("/etc/rc", NULL);
	if (!strcmp(name, "udhcpc-script"))
		return run_script("/etc/udhcpc", argc > 1 ? argv[1] : NULL);
	if (!strcmp(name, "poweroff"))
		return reboot(RB_POWER_OFF);
	if (!strcmp(name, "reboot"))
		return reboot(RB_AUTOBOOT);
	return xs(argc, argv);
}
