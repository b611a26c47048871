/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image's agent does whose guest says nothing: the keys, one a line. Linked with the
 * objects of the image that is looked at.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "policy/keys.h"

int main(void)
{
	static const char *const levels[] = {[CONSOLE_QUIET] = "quiet",
					     [CONSOLE_NORMAL] = "normal",
					     [CONSOLE_VERBOSE] = "verbose"};
	char server[INET_ADDRSTRLEN] = "";
	struct keys keys;
	struct error err;

	if (keys_parse(CONFIG_DEFAULT_CMDLINE, &keys, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	printf("boot=");
	for (size_t i = 0; i < keys.n_boot; i++)
		printf("%s%s", i ? "," : "", way_name(keys.boot[i]));
	if (keys.server.s_addr)
		inet_ntop(AF_INET, &keys.server, server, sizeof(server));
	printf("\ntimeout=%u\nfail=%s\nserver=%s\nlabel=%s\nconfig=%s\nconfig-dir=%s\nargs=%s\n",
	       keys.timeout_s, fail_action_name(keys.fail), server, keys.label, keys.config,
	       keys.config_dir, keys.tail);
	printf("console=%s%s\nlevel=%s\nvif=%s\n",
	       keys.form == CONSOLE_FORM_PLAIN ? "plain" : "full", keys.console_add ? ",add" : "",
	       levels[keys.level], keys.vif);
	return keys.n_warning ? 1 : 0;
}
