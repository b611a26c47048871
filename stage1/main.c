/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenpxe, stage one: the program behind bootloader="xenpxe".
 *
 * The toolstack runs it in dom0 and asks for a kernel, a ramdisk and a command line. It answers
 * with stage two, which then boots as the guest. So it looks at its options and at files installed
 * with it, and at nothing that a guest or a network could have written.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "client.h"
#include "cmdline.h"
#include "exits.h"
#include "image.h"
#include "io.h"
#include "options.h"
#include "place.h"

static const char version_text[] = "xenpxe " XENPXE_VERSION "\n";

static const char help_text[] =
	"Usage: xenpxe [OPTION]... --output-directory=DIR [DISK]\n"
	"Bootloader for Xen guests that boot over the network, as themselves.\n"
	"The toolstack runs it: write bootloader=\"xenpxe\" into the guest's configuration,\n"
	"and options for it into bootloader_args=[...].\n"
	"\n"
	"How stage two boots (see xenpxe(8)):\n"
	"  --boot=LIST           ways in order, of net, local, rescue     (net,local)\n"
	"  --timeout=SECONDS     bound of each way, 1 to 86400            (60)\n"
	"  --fail=ACTION         retry, poweroff, reboot, crash, rescue   (retry)\n"
	"  --label=LABEL         label of the PXE configuration to boot\n"
	"  --entry=ENTRY         entry of the local configuration to boot\n"
	"  --server=ADDRESS      TFTP server instead of DHCP's\n"
	"  --ip=CLIENT:SERVER:...  fixed address, as in Linux's ip=\n"
	"  --clientid=ID         DHCP client identifier\n"
	"  --config-dir=DIR      instead of pxelinux.cfg\n"
	"  --config=FILE         one configuration file instead of the search\n"
	"  --vif=INDEX|MAC       boot over this interface only; also mac=ADDR\n"
	"  --ssh-key=BASE64,...  who may come in by SSH in rescue\n"
	"  --console=FORM        full, plain, add                         (full)\n"
	"  -q, --quiet           say less\n"
	"  -v, --verbose         say more\n"
	"\n"
	"Which stage two:\n"
	"  --image=NAME          installed image                          (default)\n"
	"  --rescue              --boot=rescue, of the image \"rescue\" if none is named\n"
	"  --image-dir=DIR       where images are     (" XENPXE_LIBDIR ")\n"
	"\n"
	"What the toolstack says:\n"
	"  --output=FILE --output-format=sxp|simple|simple0 --output-directory=DIR\n"
	"  --args=ARGUMENTS --kernel=FILE --ramdisk=FILE --runas=UID\n"
	"\n"
	"  -n, --not-really      only check, and show what would be answered\n"
	"  -h, --help  --version\n"
	"\n"
	"Exit status: 0 success, 100 wrong option, 101 command line too long,\n"
	"102 image missing or damaged, 111 the system refused something.\n";

static int print(const char *text)
{
	int rc = write_all(STDOUT_FILENO, text, strlen(text));

	if (rc == 0)
		return EXIT_OK;
	say("cannot write to standard output: %s", strerror(-rc));
	return EXIT_SYSTEM;
}

static int compose(char line[CMDLINE_MAX + 1], const struct options *o)
{
	struct cmdline_lengths lengths;
	size_t len = 0;
	const char *stray = cmdline_stray_key(o->guest_args, &len);

	if (stray)
		say("warning: '%.*s' in the guest's own arguments goes to the final kernel: for "
		    "stage two write it as --KEY=value into bootloader_args=[...]",
		    (int)len, stray);
	if (cmdline_compose(line, o->values, o->guest_args, &lengths))
		return EXIT_OK;
	say("the command line would be %zu bytes long and Xen passes %d: %zu for stage two, %zu "
	    "for \" -- \", %zu of the guest's own (cmdline=, root=, extra=): make it %zu shorter",
	    lengths.total, CMDLINE_MAX, lengths.ours, lengths.separator, lengths.guest,
	    lengths.total - CMDLINE_MAX);
	return EXIT_TOO_LONG;
}

static int join(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < PATH_MAX)
		return EXIT_OK;
	say("--output-directory=%s: the path is too long", dir);
	return EXIT_SYSTEM;
}

static int give_answer(const struct options *o, int output_fd, const char *kernel,
		       const char *ramdisk, const char *line)
{
	static char kernel_path[PATH_MAX];
	static char ramdisk_path[PATH_MAX];
	static char buf[ANSWER_MAX];
	const struct answer answer = {kernel_path, ramdisk_path, line};
	const char *where = o->output ? o->output : "standard output";
	const char *why;
	size_t len;
	int rc;

	rc = join(kernel_path, o->output_directory, kernel);
	if (rc != EXIT_OK)
		return rc;
	rc = join(ramdisk_path, o->output_directory, ramdisk);
	if (rc != EXIT_OK)
		return rc;
	len = answer_format(buf, o->form, &answer, &why);
	if (len == 0) {
		say("cannot answer: %s", why);
		return EXIT_USAGE;
	}
	rc = write_all(output_fd, buf, len);
	if (close(output_fd) != 0 && rc == 0)
		rc = -errno;
	if (rc != 0) {
		say("cannot write the answer to %s: %s", where, strerror(-rc));
		return EXIT_SYSTEM;
	}
	return EXIT_OK;
}

static int place(const struct options *o, int dirfd, const char *what, const struct image_file *src,
		 char name[PLACE_NAME_SIZE])
{
	int rc = place_file(dirfd, what, o->form == ANSWER_SIMPLE0, src, name);

	if (rc == 0)
		return EXIT_OK;
	say("cannot put %s into --output-directory=%s, neither as a link nor as a copy: %s",
	    src->path, o->output_directory, strerror(-rc));
	return EXIT_SYSTEM;
}

/* Files placed before a failure are taken back: the toolstack will not learn their names. */
static int place_and_answer(const struct options *o, const struct image *image, const char *line,
			    int output_fd)
{
	char kernel[PLACE_NAME_SIZE];
	char ramdisk[PLACE_NAME_SIZE];
	int dirfd = open(o->output_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (dirfd < 0) {
		say("cannot open --output-directory=%s: %s", o->output_directory, strerror(errno));
		return EXIT_SYSTEM;
	}
	rc = place(o, dirfd, "kernel", &image->kernel, kernel);
	if (rc != EXIT_OK)
		goto close_directory;
	rc = place(o, dirfd, "ramdisk", &image->ramdisk, ramdisk);
	if (rc != EXIT_OK)
		goto take_back_kernel;
	rc = give_answer(o, output_fd, kernel, ramdisk, line);
	if (rc == EXIT_OK)
		goto close_directory;

	(void)unlinkat(dirfd, ramdisk, 0);
take_back_kernel:
	(void)unlinkat(dirfd, kernel, 0);
close_directory:
	(void)close(dirfd);
	return rc;
}

static int show(const struct image *image, const char *line)
{
	static char text[2 * PATH_MAX + CMDLINE_MAX + 64];

	(void)snprintf(text, sizeof(text), "kernel %s\nramdisk %s\nargs %s\n", image->kernel.path,
		       image->ramdisk.path, line);
	return print(text);
}

static int run(int argc, char *argv[])
{
	static struct options o;
	static struct image image;
	static char line[CMDLINE_MAX + 1];
	int output_fd = STDOUT_FILENO;
	int rc;

	rc = options_parse(&o, argc, argv);
	if (rc != EXIT_OK)
		return rc;
	if (o.help)
		return print(help_text);
	if (o.version)
		return print(version_text);
	if (!o.disk)
		say("warning: no disk was named as the last argument: did an option without "
		    "=VALUE take it?");

	rc = compose(line, &o);
	if (rc != EXIT_OK)
		return rc;
	rc = image_open(&image, o.image_dir, o.image);
	if (rc != EXIT_OK)
		return rc;
	if (o.not_really)
		return show(&image, line);

	/* O_NONBLOCK: a FIFO that nobody reads is refused instead of being waited for. */
	if (o.output)
		output_fd =
			open(o.output, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0600);
	if (output_fd < 0) {
		say("cannot open --output=%s: %s", o.output, strerror(errno));
		return EXIT_SYSTEM;
	}
	return place_and_answer(&o, &image, line, output_fd);
}

int main(int argc, char *argv[])
{
	int rc;

	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error to report */

	rc = run(argc, argv);
	client_wait();
	return rc;
}
