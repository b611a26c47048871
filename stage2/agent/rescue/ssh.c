/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "rescue/ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rescue/place.h"
#include "rescue/ssh_key.h"
#include "util/escape.h"

#define BUILT_IN "/etc/xenpxe/authorized_keys"
#define HOST_KEY "/run/xenpxe/host-key" /* in RESCUE_DIR */

static int prepare(const char *value)
{
	char *built_in = malloc(RESCUE_TEXT_MAX), lines[SSH_LINES_MAX] = "";
	FILE *file;
	size_t n;

	if (!built_in)
		return -1;
	n = place_read(BUILT_IN, built_in, RESCUE_TEXT_MAX);
	if (value[0])
		ssh_key_lines(value, lines);
	mkdir("/root/.ssh", 0700);
	file = n || lines[0] ? fopen("/root/.ssh/authorized_keys", "we") : NULL;
	if (file) {
		fchmod(fileno(file), 0600);
		fprintf(file, "%s\n%s", built_in, lines);
	}
	free(built_in);
	return file ? fclose(file) : -1;
}

int ssh_prepare(const char *value)
{
	if (prepare(value)) {
		place_text(RESCUE_SSH, "off: no public key was given (see the key ssh-key, and "
				       "RESCUE_SSH_KEYS)\n");
		return -1;
	}
	place_text(RESCUE_SSH, "the host key is being made\n");
	return 0;
}

static int run(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* dropbearkey -y prints the public key, then "Fingerprint: SHA256:…". Our standard output is a
 * log: it is read from there. */
static void tell_fingerprint(void)
{
	const char *const show[] = {"/usr/bin/dropbearkey", "-y", "-f", HOST_KEY, NULL};
	char log[4096], shown[256], text[400];
	const char *at;

	run(show);
	place_read(RESCUE_DIR "/ssh.log", log, sizeof(log));
	at = strstr(log, "Fingerprint: ");
	at = at ? at + strlen("Fingerprint: ") : "unknown";
	snprintf(text, sizeof(text), "root at port 22, by key; the host key's fingerprint: %s\n",
		 escape(shown, sizeof(shown), at, strcspn(at, "\n")));
	place_text(RESCUE_SSH, text);
}

void ssh_serve(void)
{
	const char *const make[] = {"/usr/bin/dropbearkey", "-t", "ed25519", "-f", HOST_KEY, NULL};
	/* Not in the background, log here, no passwords for anybody, nothing forwarded. */
	const char *const serve[] = {"/usr/sbin/dropbear",
				     "-F",
				     "-E",
				     "-s",
				     "-g",
				     "-j",
				     "-k",
				     "-p",
				     "22",
				     "-r",
				     HOST_KEY,
				     NULL};

	unlink(HOST_KEY);
	if (run(make)) {
		place_text(RESCUE_SSH,
			   "off: no host key could be made, see " RESCUE_DIR "/ssh.log\n");
		_exit(1);
	}
	tell_fingerprint();
	execv(serve[0], (char *const *)serve);
	place_text(RESCUE_SSH, "off: dropbear does not start\n");
	_exit(1);
}
