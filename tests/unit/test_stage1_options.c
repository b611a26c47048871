/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage one's options: what libxl, pygrub's and pypxeboot's users write, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exits.h"
#include "io.h"
#include "options.h"

#define MAX_ARGS 32

static char said[4096];
static int times_said;

/* In place of io.c's: what was said is kept for the test. */
void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	times_said++;
}

static struct options o;

static int parse(const char *const args[])
{
	static char copy[MAX_ARGS][1024];
	char *argv[MAX_ARGS] = {copy[0]};
	int argc = 1;

	strcpy(copy[0], "xenpxe");
	for (; args[argc - 1]; argc++) {
		assert_true(argc < MAX_ARGS);
		assert_true(strlen(args[argc - 1]) < sizeof(copy[0]));
		strcpy(copy[argc], args[argc - 1]);
		argv[argc] = copy[argc];
	}
	said[0] = '\0';
	times_said = 0;
	return options_parse(&o, argc, argv);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})
#define DIR "--output-directory=/d"

/* Accepted without a word. */
#define ACCEPTED(...)                                               \
	do {                                                        \
		assert_int_equal(PARSE(DIR, __VA_ARGS__), EXIT_OK); \
		assert_int_equal(times_said, 0);                    \
	} while (0)

/* Accepted with one warning that holds WORDS. */
#define WARNED(words, ...)                                          \
	do {                                                        \
		assert_int_equal(PARSE(DIR, __VA_ARGS__), EXIT_OK); \
		assert_int_equal(times_said, 1);                    \
		assert_non_null(strstr(said, "warning: "));         \
		assert_non_null(strstr(said, words));               \
	} while (0)

/* Refused with one sentence that holds WORDS. */
#define REFUSED(words, ...)                                            \
	do {                                                           \
		assert_int_equal(PARSE(DIR, __VA_ARGS__), EXIT_USAGE); \
		assert_int_equal(times_said, 1);                       \
		assert_non_null(strstr(said, words));                  \
	} while (0)

static void test_libxl(void **state)
{
	(void)state;
	/* libxl_bootloader.c, make_bootloader_args() */
	assert_int_equal(PARSE("--args=root=/dev/xvda1 ro -- x",
			       "--output=/var/lib/xen/bootloader.7.out", "--output-format=simple0",
			       "--output-directory=/var/lib/xen/bootloader.7.d", "/dev/vg/disk"),
			 EXIT_OK);
	assert_int_equal(times_said, 0);
	assert_string_equal(o.guest_args, "root=/dev/xvda1 ro -- x");
	assert_string_equal(o.output, "/var/lib/xen/bootloader.7.out");
	assert_int_equal(o.form, ANSWER_SIMPLE0);
	assert_string_equal(o.output_directory, "/var/lib/xen/bootloader.7.d");
	assert_string_equal(o.disk, "/dev/vg/disk");
	assert_string_equal(o.image, "default");
	assert_string_equal(o.image_dir, "/usr/lib/xenpxe");
	for (int i = 0; i < KEY_COUNT; i++)
		assert_null(o.values[i]);
}

static void test_libxl_restricted(void **state)
{
	(void)state;
	/* The --quiet that libxl puts behind --runas is no wish of the administrator's. */
	ACCEPTED("--runas=65534", "--quiet", "/dev/vg/disk");
	assert_null(o.values[KEY_QUIET]);
	ACCEPTED("--runas=65534", "--quiet", DIR, "--quiet", "/dev/vg/disk");
	assert_string_equal(o.values[KEY_QUIET], "");
	ACCEPTED("-q", "/dev/vg/disk");
	assert_string_equal(o.values[KEY_QUIET], "");
	REFUSED("numeric user id", "--runas=root", "disk");
	REFUSED("numeric user id", "--runas=", "disk");
	REFUSED("numeric user id", "--runas=-1", "disk");
}

static void test_argument_forms(void **state)
{
	(void)state;
	ACCEPTED("--label", "two words", "disk");
	assert_string_equal(o.values[KEY_LABEL], "two words");
	assert_string_equal(o.disk, "disk");
	ACCEPTED("disk", "--label=behind");
	assert_string_equal(o.values[KEY_LABEL], "behind");
	assert_string_equal(o.disk, "disk");
	ACCEPTED("--label=a=b", "disk");
	assert_string_equal(o.values[KEY_LABEL], "a=b");
	ACCEPTED("--label=1", "--label=2", "disk");
	assert_string_equal(o.values[KEY_LABEL], "2");
	ACCEPTED("-qv", "disk");
	assert_non_null(o.values[KEY_QUIET]);
	assert_non_null(o.values[KEY_VERBOSE]);
	ACCEPTED("--", "--label=a");
	assert_string_equal(o.disk, "--label=a");
	ACCEPTED("-");
	assert_string_equal(o.disk, "-");
	ACCEPTED("--output=-", "disk");
	assert_null(o.output);
	ACCEPTED("");
	assert_null(o.disk);
	REFUSED("unknown option --lable", "--lable=a", "disk");
	REFUSED("unknown option --labe:", "--labe", "a", "disk");
	REFUSED("unknown option -x", "-qx", "disk");
	REFUSED("unknown option --:", "--=a", "disk");
	REFUSED("takes no value", "--verbose=1", "disk");
	REFUSED("needs a value", "disk", "--label");
	REFUSED("--output-format=json", "--output-format=json", "disk");
	REFUSED("one of sxp", "--output-format=", "disk");
	assert_int_equal(PARSE("disk"), EXIT_USAGE);
	assert_non_null(strstr(said, "--output-directory=DIR is missing"));
	assert_int_equal(PARSE("--output-directory=", "disk"), EXIT_USAGE);
	assert_int_equal(PARSE("--help"), EXIT_OK);
	assert_true(o.help);
	assert_int_equal(PARSE("-h"), EXIT_OK);
	assert_true(o.help);
	assert_int_equal(PARSE("--version"), EXIT_OK);
	assert_true(o.version);
}

static void test_pygrub(void **state)
{
	(void)state;
	ACCEPTED("--output-format=sxp", "disk");
	assert_int_equal(o.form, ANSWER_SXP);
	ACCEPTED("--output-format=simple", "disk");
	assert_int_equal(o.form, ANSWER_SIMPLE);
	ACCEPTED("--entry=Debian GNU/Linux", "disk");
	assert_string_equal(o.values[KEY_ENTRY], "Debian GNU/Linux");
	ACCEPTED("--kernel=/boot/vmlinuz", "--ramdisk=/boot/initrd", "disk");
	assert_string_equal(o.values[KEY_KERNEL], "/boot/vmlinuz");
	assert_string_equal(o.values[KEY_RAMDISK], "/boot/initrd");
	ACCEPTED("--kernel=", "--ramdisk=", "--args=", "disk");
	assert_string_equal(o.guest_args, "");
	assert_null(o.values[KEY_KERNEL]);
	ACCEPTED("--debug", "disk");
	assert_non_null(o.values[KEY_VERBOSE]);
	ACCEPTED("-n", "disk");
	assert_true(o.not_really);
	WARNED("--interactive", "-i", "disk");
	WARNED("--interactive", "--interactive", "disk");
	WARNED("--list-entries", "-l", "disk");
	WARNED("--isconfig", "--isconfig", "disk");
	WARNED("--offset", "--offset=32256", "disk");
	WARNED("--offset", "--offset", "32256", "disk");
	assert_string_equal(o.disk, "disk");
}

static void test_pypxeboot(void **state)
{
	(void)state;
	ACCEPTED("-v", "--label=linux", "--config-dir=xen.cfg", "disk");
	assert_string_equal(o.values[KEY_VERBOSE], "");
	assert_string_equal(o.values[KEY_LABEL], "linux");
	assert_string_equal(o.values[KEY_CONFIG_DIR], "xen.cfg");
	WARNED("--interface", "--interface=eth1", "disk");
	assert_null(o.values[KEY_VIF]);
	ACCEPTED("--interface=1", "disk");
	assert_string_equal(o.values[KEY_VIF], "1");
	WARNED("--udhcpc", "--udhcpc=/sbin/udhcpc", "disk");
	WARNED("--pygrub-image", "--pygrub-image=/x", "disk");
	ACCEPTED("mac=00:16:3E:12:34:56", "disk");
	assert_string_equal(o.values[KEY_VIF], "00:16:3E:12:34:56");
	assert_string_equal(o.disk, "disk");
	ACCEPTED("bridge=br0,mac=00:16:3e:12:34:56,vifname=a", "disk");
	assert_string_equal(o.values[KEY_VIF], "00:16:3e:12:34:56");
	ACCEPTED("mac=00:16:3e:12:34:56");
	assert_null(o.disk);
	ACCEPTED("/srv/mac=00:16:3e:12:34:56");
	assert_null(o.values[KEY_VIF]);
	assert_string_equal(o.disk, "/srv/mac=00:16:3e:12:34:56");
	REFUSED("mac=", "mac=00:16:3e:12:34", "disk");
	REFUSED("mac=", "mac=", "disk");
	REFUSED("mac=", "mac=00:16:3e:12:34:5g", "disk");
	REFUSED("mac=", "mac=00:16:3e:12:34:56:78", "disk");
	WARNED("'bootargs=vif[0]'", "bootargs=vif[0]", "disk");
	assert_string_equal(o.disk, "disk");
}

static void test_image(void **state)
{
	static char name[66];

	(void)state;
	ACCEPTED("--image=rescue-6.1_a+b", "--image-dir=/opt/images", "disk");
	assert_string_equal(o.image, "rescue-6.1_a+b");
	assert_string_equal(o.image_dir, "/opt/images");
	REFUSED("--image=", "--image=", "disk");
	REFUSED("--image=", "--image=.", "disk");
	REFUSED("--image=", "--image=..", "disk");
	REFUSED("--image=", "--image=../x", "disk");
	REFUSED("--image=", "--image=a/b", "disk");
	REFUSED("--image=", "--image=a b", "disk");
	REFUSED("--image=", "--image=a\n", "disk");
	memset(name, 'a', 64);
	ACCEPTED("--image", name, "disk");
	name[64] = 'a';
	REFUSED("--image=", "--image", name, "disk");
	REFUSED("absolute", "--image-dir=images", "disk");
	REFUSED("absolute", "--image-dir=", "disk");
}

#define GOOD(option, key)                                                    \
	do {                                                                 \
		ACCEPTED(option, "disk");                                    \
		assert_string_equal(o.values[key], strchr(option, '=') + 1); \
	} while (0)

static void test_key_values(void **state)
{
	(void)state;
	GOOD("--boot=net", KEY_BOOT);
	GOOD("--boot=rescue,local,net", KEY_BOOT);
	REFUSED("--boot=", "--boot=", "disk");
	REFUSED("--boot=", "--boot=net,", "disk");
	REFUSED("--boot=", "--boot=,net", "disk");
	REFUSED("--boot=", "--boot=net,net", "disk");
	REFUSED("--boot=", "--boot=net,local,rescue,net", "disk");
	REFUSED("--boot=", "--boot=Net", "disk");
	REFUSED("--boot=", "--boot=ne", "disk");
	REFUSED("--boot=", "--boot=net local", "disk");

	GOOD("--timeout=1", KEY_TIMEOUT);
	GOOD("--timeout=86400", KEY_TIMEOUT);
	REFUSED("1 to 86400", "--timeout=0", "disk");
	REFUSED("1 to 86400", "--timeout=86401", "disk");
	REFUSED("1 to 86400", "--timeout=-1", "disk");
	REFUSED("1 to 86400", "--timeout=+1", "disk");
	REFUSED("1 to 86400", "--timeout=60s", "disk");
	REFUSED("1 to 86400", "--timeout=060", "disk");
	REFUSED("1 to 86400", "--timeout= 60", "disk");
	REFUSED("1 to 86400", "--timeout=", "disk");
	REFUSED("1 to 86400", "--timeout=18446744073709551617", "disk");
	REFUSED("1 to 86400", "--timeout=99999999999999999999999999999999999999", "disk");

	GOOD("--fail=retry", KEY_FAIL);
	GOOD("--fail=poweroff", KEY_FAIL);
	GOOD("--fail=reboot", KEY_FAIL);
	GOOD("--fail=crash", KEY_FAIL);
	GOOD("--fail=rescue", KEY_FAIL);
	REFUSED("--fail=", "--fail=halt", "disk");
	REFUSED("--fail=", "--fail=", "disk");

	GOOD("--console=full", KEY_CONSOLE);
	GOOD("--console=plain", KEY_CONSOLE);
	GOOD("--console=add", KEY_CONSOLE);
	GOOD("--console=plain,add", KEY_CONSOLE);
	REFUSED("--console=", "--console=add,add", "disk");
	REFUSED("--console=", "--console=", "disk");
	REFUSED("--console=", "--console=hvc0", "disk");

	GOOD("--server=192.0.2.1", KEY_SERVER);
	REFUSED("IPv4", "--server=0.0.0.0", "disk");
	REFUSED("IPv4", "--server=192.0.2.256", "disk");
	REFUSED("IPv4", "--server=tftp.example", "disk");
	REFUSED("IPv4", "--server=192.0.2.1 ", "disk");
	REFUSED("IPv4", "--server=", "disk");

	GOOD("--ssh-key=AAAAC3NzaC1lZDI1NTE5AAAAIJIM9thiRj+qUJhBlGOylky2MCROpUNRWxNbR2vsdg3U",
	     KEY_SSH_KEY);
	GOOD("--ssh-key=AAAAQQ==,AAAAQUI=", KEY_SSH_KEY);
	REFUSED("second word", "--ssh-key=", "disk");
	REFUSED("second word", "--ssh-key=ssh-ed25519 AAAAQQ==", "disk");
	REFUSED("second word", "--ssh-key=AAAAQ", "disk");
	REFUSED("second word", "--ssh-key=AAAAQQ==,", "disk");
	REFUSED("second word", "--ssh-key=AAAA====", "disk");
	REFUSED("second word", "--ssh-key=AAAAQQ==\nAAAA", "disk");

	GOOD("--vif=0", KEY_VIF);
	GOOD("--vif=255", KEY_VIF);
	GOOD("--vif=00:16:3e:aA:Ff:09", KEY_VIF);
	REFUSED("--vif=", "--vif=256", "disk");
	REFUSED("--vif=", "--vif=eth0", "disk");
	GOOD("--vif=00-16-3e-00-00-01", KEY_VIF);
	REFUSED("--vif=", "--vif=00-16-3e:00:00:01", "disk");
	REFUSED("--vif=", "--vif=00:16:3e:00:00-01", "disk");
	REFUSED("--vif=", "--vif=00:16:3e:00:00:1", "disk");
	REFUSED("--vif=", "--vif=00:16:3e:00:00:001", "disk");
	REFUSED("--vif=", "--vif=", "disk");
}

static void test_key_texts(void **state)
{
	static char text[513];

	(void)state;
	GOOD("--label=two words", KEY_LABEL);
	GOOD("--label=b\xc3\xa0r", KEY_LABEL);
	GOOD("--label=a--b --c d-- ---", KEY_LABEL);
	GOOD("--config=http://192.0.2.1/a?b=c", KEY_CONFIG);
	REFUSED("--label=", "--label=", "disk");
	REFUSED("--label=", "--label=a\"b", "disk");
	REFUSED("--label=", "--label=a\nb", "disk");
	REFUSED("--label=", "--label=a\tb", "disk");
	REFUSED("--label=", "--label=a\x1b[2J", "disk");
	REFUSED("--label=", "--label=a\x7f", "disk");
	REFUSED("--label=", "--label=a -- b", "disk");
	REFUSED("--label=", "--label=-- b", "disk");
	REFUSED("--label=", "--label=a --", "disk");
	REFUSED("--label=", "--label=--", "disk");
	REFUSED("--entry=", "--entry=a\"b", "disk");
	REFUSED("--config-dir=", "--config-dir=", "disk");

	ACCEPTED("--ip=192.0.2.9:192.0.2.1:192.0.2.254:255.255.255.0:web:eth0:off", "disk");
	ACCEPTED("--ip=192.0.2.9", "--ip=192.0.2.9:::255.255.255.0", "--ip=dhcp", "disk");
	ACCEPTED("--ip=192.0.2.9::::::none:192.0.2.2:192.0.2.3:192.0.2.4", "disk");
	REFUSED("--ip=", "--ip=", "disk");
	REFUSED("--ip=", "--ip=:192.0.2.1", "disk");
	REFUSED("--ip=", "--ip=192.0.2", "disk");
	REFUSED("--ip=", "--ip=192.0.2.9:server", "disk");
	REFUSED("--ip=", "--ip=192.0.2.9::::::bootp", "disk");
	REFUSED("--ip=", "--ip=192.0.2.9:::::::::::", "disk");
	REFUSED("--ip=", "--ip=192.0.2.9:::::a-name-too-long-for-linux", "disk");
	ACCEPTED("--clientid=web server 1", "--clientid=01:00:16:3e:00:00:01", "disk");
	REFUSED("--clientid=", "--clientid=", "disk");
	memset(text, 'a', 63);
	text[63] = '\0';
	ACCEPTED("--clientid", text, "disk");
	text[63] = 'a';
	text[64] = '\0';
	REFUSED("--clientid=", "--clientid", text, "disk");
	for (size_t i = 0; i < 192; i += 3)
		memcpy(text + i, "0f:", 3);
	text[191] = '\0';
	ACCEPTED("--clientid", text, "disk");
	text[188] = 'g';
	REFUSED("--clientid=", "--clientid", text, "disk");
	memset(text, 0, sizeof(text));

	memset(text, 'a', 255);
	ACCEPTED("--label", text, "--entry", text, "--config-dir", text, "--config", text, "disk");
	text[255] = 'a';
	REFUSED("--label=", "--label", text, "disk");
	REFUSED("--config-dir=", "--config-dir", text, "disk");
	memset(text, 'a', 511);
	ACCEPTED("--config", text, "disk");
	text[511] = 'a';
	REFUSED("--config=", "--config", text, "disk");
}

/* --rescue is the way and, where none is named, the image. */
static void test_rescue(void **state)
{
	(void)state;
	ACCEPTED("--rescue", "disk");
	assert_string_equal(o.values[KEY_BOOT], "rescue");
	assert_string_equal(o.image, "rescue");
	ACCEPTED("--image=mine", "--rescue", "disk");
	assert_string_equal(o.values[KEY_BOOT], "rescue");
	assert_string_equal(o.image, "mine");
	ACCEPTED("--boot=rescue", "disk");
	assert_string_equal(o.image, "default");
	REFUSED("takes no value", "--rescue=1", "disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_libxl),	       cmocka_unit_test(test_libxl_restricted),
		cmocka_unit_test(test_argument_forms), cmocka_unit_test(test_pygrub),
		cmocka_unit_test(test_pypxeboot),      cmocka_unit_test(test_image),
		cmocka_unit_test(test_key_values),     cmocka_unit_test(test_rescue),
		cmocka_unit_test(test_key_texts),
	};

	return cmocka_run_group_tests_name("stage1_options", tests, NULL, NULL);
}
