/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenpxe-agent: the first process of stage two. Under the names poweroff and reboot, which Linux
 * runs when the toolstack asks for a shutdown, it does just that. On a host it is a tool.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#ifdef CONFIG_PLAN
#include "cli/cli.h"
#endif
#include "disk/disk.h"
#include "policy/keys.h"
#ifdef CONFIG_RESCUE
#include "rescue/place.h"
#include "rescue/rescue.h"
#include "rescue/verbs.h"
#endif
#include "util/console.h"
#include "util/error.h"
#include "version.h"
#include "xen/guest.h"
#include "xen/status.h"

#define CMDLINE_BYTES_MAX 2047

static void mount_or_say(const char *type, const char *where)
{
	/* The kernel may have mounted it already. */
	if (mount(type, where, type, MS_NOSUID | MS_NOEXEC, NULL) && access(where, F_OK))
		say_error("%s cannot be mounted on %s", type, where);
}

static void read_cmdline(char *line, size_t size)
{
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	size_t at = (size_t)snprintf(line, size, "%s ", CONFIG_DEFAULT_CMDLINE);
	ssize_t n = fd < 0 ? -1 : read(fd, line + at, size - at - 1);

	at += n > 0 ? (size_t)n : 0;
	while (at && line[at - 1] == '\n')
		at--;
	line[at] = '\0';
	if (fd >= 0)
		close(fd);
}

static void say_disks(void)
{
#ifdef CONFIG_DISKS
	char text[256];

	disk_list_text(text, sizeof(text), "/sys");
	say("disks: %s", *text ? text : "none");
#endif
}

static void first_process(void) __attribute__((noreturn));

static void first_process(void)
{
	char line[CMDLINE_BYTES_MAX + 1];
	struct keys keys;
	struct error err = {ERR_NONE, ""};
	int bad;

	mount_or_say("proc", "/proc");
	mount_or_say("sysfs", "/sys");
	mount_or_say("devtmpfs", "/dev");
	/* A terminal's hang-up must not end the first process. */
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);

	read_cmdline(line, sizeof(line));
	bad = keys_parse(line, &keys, &err);
	console_setup(keys.level, keys.form == CONSOLE_FORM_PLAIN);
	status_open();
	status_set("version", "%s", XENPXE_VERSION);
	status_set("state", "starting");
	say("xenpxe %s, image \"%s\"", XENPXE_VERSION, CONFIG_IMAGE_NAME);
	say_disks();
	if (bad)
		say_error("%s", err.text);
	for (size_t i = 0; i < keys.n_warning; i++)
		say_error("%s", keys.warning[i]);
#ifdef CONFIG_PVH_NOTICE
	if (guest_is_pvh())
		say_error("this guest has type=\"pvh\"; a PVH guest cannot be handed over: set "
			  "type=\"pv\" in its configuration");
#endif
	boot(&keys);
}

#ifdef CONFIG_RESCUE
static int verb_in_rescue(int argc, char **argv)
{
	char line[CMDLINE_BYTES_MAX + 1];
	struct keys keys;

	read_cmdline(line, sizeof(line));
	keys_parse(line, &keys, NULL);
	return rescue_verb(argc, argv, &keys);
}
#endif

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];

	if (strcmp(name, "poweroff") == 0 || strcmp(name, "reboot") == 0) {
#ifdef CONFIG_RESCUE
		if (access(RESCUE_DIR, F_OK) == 0)
			rescue_leave();
#endif
		return reboot(name[0] == 'p' ? RB_POWER_OFF : RB_AUTOBOOT) ? ERR_SYSTEM : 0;
	}
	if (getpid() == 1)
		first_process();
#ifdef CONFIG_RESCUE
	if (argc > 1 && access(RESCUE_DIR, F_OK) == 0) {
		int status = verb_in_rescue(argc - 1, argv + 1);

		if (status >= 0)
			return status;
	}
#endif
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("xenpxe-agent %s\n", XENPXE_VERSION);
		return 0;
	}
#ifdef CONFIG_PLAN
	if (argc > 1 && strcmp(argv[1], "plan") == 0)
		return cli_plan(argc - 2, argv + 2);
#endif
	fprintf(stderr, "usage: xenpxe-agent --version\n"
#ifdef CONFIG_PLAN
			"       xenpxe-agent plan --help\n"
#endif
#ifdef CONFIG_RESCUE
			"       xenpxe-agent status | disks | entries | boot ENTRY | retry\n"
			"                                        (in a guest's rescue system)\n"
#endif
			"In a guest it is the first process and needs no arguments.\n");
	return ERR_USAGE;
}
