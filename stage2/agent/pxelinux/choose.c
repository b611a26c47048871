/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What exactly a command says: syslinux's load_kernel() in a guest's terms.
 */
#include "pxelinux/pxelinux.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pxelinux/command.h"
#include "pxelinux/words.h"
#include "util/escape.h"

/* File names that KERNEL (not LINUX) takes as something else than a kernel: syslinux.txt,
 * "OTHER OPERATING SYSTEMS". */
static const struct {
	const char *suffix;
	const char *what;
} extensions[] = {
	{".c32", "a COM32 module of Syslinux"},
	{".img", "a disk image"},
	{".bss", "a boot sector"},
	{".bin", "a boot sector"},
	{".bs", "a boot sector"},
	{".0", "a PXE network bootstrap program"},
};

static const struct {
	const char *name;
	const char *hint;
} modules[] = {
	{"chain.c32", "to boot from the guest's own disk write LOCALBOOT 0"},
	{"localboot.c32", "to boot from the guest's own disk write LOCALBOOT 0"},
	{"menu.c32", "name it in UI, or leave it out"},
	{"vesamenu.c32", "name it in UI, or leave it out"},
	{"gfxboot.c32", "name it in UI, or leave it out"},
	{"config.c32", "name the other configuration in CONFIG"},
	{"linux.c32", "name the kernel itself in KERNEL"},
	{"ifcpu64.c32", "name the label that shall boot in DEFAULT"},
	{"ifcpu.c32", "name the label that shall boot in DEFAULT"},
	{"pxechn.c32", "write the other server's entries into this configuration"},
	{"reboot.c32", "it would restart a PC"},
	{"poweroff.c32", "it would switch off a PC"},
	{"hdt.c32", "it shows a PC's hardware"},
	{"memdisk", "it needs a PC's BIOS"},
};

static const struct {
	const char *directive;
	const char *what;
} others[] = {
	{"BOOT", "a boot sector"},
	{"BSS", "a boot sector"},
	{"PXE", "a PXE network bootstrap program"},
	{"FDIMAGE", "a disk image"},
	{"COM32", "a COM32 module of Syslinux"},
	{"COMBOOT", "a COMBOOT program of Syslinux"},
};

static bool is_mboot(const struct command *cmd)
{
	size_t len = cmd->file_len;
	const char *name = word_base_name(cmd->file, &len);

	if (strcmp(cmd->directive, "COM32") == 0)
		return word_is(name, len, "mboot") || word_is(name, len, "mboot.c32");
	return cmd->type == PXELINUX_KERNEL && strcmp(cmd->directive, "LINUX") != 0 &&
	       word_is(name, len, "mboot.c32");
}

static int not_a_kernel(const struct command *cmd, const char *what, const char *hint,
			struct error *err)
{
	char label[80], file[160];

	escape(label, sizeof(label), cmd->label, cmd->label_len);
	escape(file, sizeof(file), cmd->file, cmd->file_len);
	return error_set(err, ERR_CONFIG,
			 "label \"%s\": \"%s\" (%s) is %s, which a PV guest cannot run; %s", label,
			 file, cmd->directive, what, hint);
}

static int check_type(const struct command *cmd, struct error *err)
{
	size_t len = cmd->file_len;
	const char *name = word_base_name(cmd->file, &len);
	const char *hint = NULL;
	char label[80];

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (word_is(name, len, modules[i].name))
			hint = modules[i].hint;
	}
	switch (cmd->type) {
	case PXELINUX_LOCALBOOT:
	case PXELINUX_CONFIG:
		return 0;
	case PXELINUX_MENU:
	case PXELINUX_QUIT:
	case PXELINUX_HELP:
	case PXELINUX_SEPARATOR:
		escape(label, sizeof(label), cmd->label, cmd->label_len);
		return error_set(err, ERR_CONFIG,
				 "label \"%s\" only %s (MENU %s): choose one that boots", label,
				 cmd->type == PXELINUX_HELP ? "shows a text" : "moves in the menu",
				 cmd->directive);
	case PXELINUX_OTHER:
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			if (strcmp(cmd->directive, others[i].directive) == 0)
				return not_a_kernel(cmd, others[i].what,
						    hint ? hint : "choose another label", err);
		}
		return not_a_kernel(cmd, "no kernel", "choose another label", err);
	case PXELINUX_KERNEL:
		break;
	}
	/* LINUX says that it is one, whatever its name. */
	if (strcmp(cmd->directive, "LINUX") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (word_ends_in(name, len, extensions[i].suffix))
			return not_a_kernel(cmd, extensions[i].what,
					    hint ? hint
						 : "if it is a Linux kernel all the same, name it "
						   "with LINUX instead of KERNEL",
					    err);
	}
	if (word_is(name, len, "memdisk"))
		return not_a_kernel(cmd, "a disk emulator of Syslinux", hint, err);
	return 0;
}

/* One more word or words behind those already there. */
static void put(FILE *f, const char *words, size_t len)
{
	while (len > 0 && word_space(words[len - 1]))
		len--;
	if (!len)
		return;
	if (ftell(f) > 0)
		fputc(' ', f);
	fwrite(words, 1, len, f);
}

static void put_str(FILE *f, const char *words)
{
	put(f, words, strlen(words));
}

static void put_sysappend(FILE *f, unsigned int mask, const struct pxelinux_sysinfo *info)
{
	if (mask & 1) {
		const struct in_addr *addr[] = {&info->id.addr, &info->server, &info->gateway,
						&info->netmask};
		char text[4 + 4 * INET_ADDRSTRLEN] = "ip=";

		for (size_t i = 0; i < 4; i++) {
			size_t at = strlen(text);

			if (i)
				text[at++] = ':';
			inet_ntop(AF_INET, addr[i], text + at, (socklen_t)(sizeof(text) - at));
		}
		put_str(f, text);
	}
	if (mask & 2) {
		char text[7 + PXELINUX_BOOTIF_SIZE] = "BOOTIF=";

		pxelinux_bootif(text + 7, &info->id);
		put_str(f, text);
	}
	if ((mask & 4) && info->id.has_uuid) {
		char text[8 + PXELINUX_UUID_SIZE] = "SYSUUID=";

		pxelinux_uuid(text + 8, &info->id);
		put_str(f, text);
	}
	if ((mask & 8) && info->cpu[0]) {
		char text[4 + sizeof(info->cpu)] = "CPU=";

		strncat(text, info->cpu, sizeof(info->cpu) - 1);
		put_str(f, text);
	}
}

/* A comma list in one word: white space behind a comma is dropped. */
static void put_initrd(FILE *f, const char *list)
{
	size_t len;

	put_str(f, "initrd=");
	do {
		len = word_len(list);
		fwrite(list, 1, len, f);
		list += len;
	} while (len && list[-1] == ',' && *(list = word_skip_space(list)));
}

/* The bytes up to the next word "---"; @rest is what is behind it, NULL if there is none. */
static size_t until_dashes(const char *s, const char **rest)
{
	const char *p = word_skip_space(s);
	size_t len;

	*rest = NULL;
	for (; *p; p = word_skip_space(p + len)) {
		len = word_len(p);
		if (len == 3 && memcmp(p, "---", 3) == 0) {
			*rest = word_skip_space(p + len);
			break;
		}
	}
	return (size_t)(p - s);
}

/*
 * mboot.txt: "xen.gz args --- vmlinuz args --- initrd". Xen is there already: the second and
 * the third are booted.
 */
static int put_mboot(const struct command *cmd, const char *line, FILE *args,
		     struct pxelinux_choice *out, struct error *err)
{
	const char *kernel, *initrd, *behind;
	size_t kernel_len, name_len;

	until_dashes(line, &kernel);
	if (!kernel || !word_len(kernel))
		return not_a_kernel(cmd, "a multiboot loader",
				    "only its form \"xen.gz --- vmlinuz --- initrd\" can be used",
				    err);
	kernel_len = until_dashes(kernel, &initrd);
	name_len = word_len(kernel);
	out->kernel = strndup(kernel, name_len);
	behind = word_skip_space(kernel + name_len);
	if (behind < kernel + kernel_len)
		put(args, behind, (size_t)(kernel + kernel_len - behind));
	if (initrd && until_dashes(initrd, &behind))
		out->initrds = strndup(initrd, word_len(initrd));
	return 0;
}

static int put_kernel(const struct command *cmd, FILE *args, struct pxelinux_choice *out)
{
	out->kernel = strndup(cmd->file, cmd->file_len);
	for (size_t i = 0; i < 3; i++)
		put_str(args, cmd->before[i]);
	if (cmd->initrd && cmd->initrd[0])
		put_initrd(args, cmd->initrd);
	return 0;
}

/* The first "initrd=" counts, as in PXELINUX. */
static char *initrds_of(const char *args)
{
	for (const char *p = word_skip_space(args); *p; p = word_skip_space(p + word_len(p))) {
		if (strncmp(p, "initrd=", 7) == 0 && word_len(p) > 7)
			return strndup(p + 7, word_len(p) - 7);
	}
	return NULL;
}

static int put_everything(const struct command *cmd, const struct pxelinux_sysinfo *info,
			  FILE *args, struct pxelinux_choice *out, struct error *err)
{
	int ret;

	if (!is_mboot(cmd)) {
		ret = put_kernel(cmd, args, out);
	} else {
		char *line = NULL;
		size_t size;
		FILE *f = open_memstream(&line, &size);

		if (!f)
			return error_set(err, ERR_MEMORY, "no memory for a command line");
		for (size_t i = 0; i < 3; i++)
			put_str(f, cmd->before[i]);
		fclose(f);
		ret = line ? put_mboot(cmd, line, args, out, err)
			   : error_set(err, ERR_MEMORY, "no memory for a command line");
		free(line);
	}
	if (cmd->type == PXELINUX_KERNEL || is_mboot(cmd))
		put_sysappend(args, cmd->sysappend, info);
	for (size_t i = 0; i < 2; i++)
		put_str(args, cmd->after[i]);
	return ret;
}

/* syslinux.cfg(5), ONERROR: "The faulty command line is appended to the specified options". What
 * ONERROR itself chose has none. */
static char *onerror_line(const struct command *cmd, const char *onerror)
{
	const char *typed = cmd->before[2][0] ? cmd->before[2] : cmd->after[0];
	char *line = NULL;
	size_t size;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		return NULL;
	put_str(f, onerror);
	put(f, cmd->label, cmd->label_len);
	put_str(f, typed);
	if (fclose(f)) {
		free(line);
		return NULL;
	}
	return line;
}

static int choose(const struct command *cmd, const struct pxelinux_sysinfo *info,
		  struct pxelinux_choice *out, struct error *err)
{
	bool mboot = is_mboot(cmd), onerror;
	size_t size;
	FILE *args;
	int ret;

	*out = (struct pxelinux_choice){0};
	if (!mboot && check_type(cmd, err))
		return -1;

	out->type = mboot ? PXELINUX_KERNEL : cmd->type;
	out->menu = cmd->menu;
	out->seeks_label = cmd->seeks_label;
	out->label = strndup(cmd->label, cmd->label_len);
	args = open_memstream(&out->args, &size);
	if (!args) {
		pxelinux_choice_free(out);
		return error_set(err, ERR_MEMORY, "no memory for a command line");
	}
	ret = put_everything(cmd, info, args, out, err);
	if (fclose(args) || !out->label || (ret == 0 && !out->kernel))
		ret = error_set(err, ERR_MEMORY, "no memory for a command line");
	onerror = out->type == PXELINUX_KERNEL && cmd->onerror && !cmd->after[1][0];
	if (!ret && onerror)
		out->onerror = onerror_line(cmd, cmd->onerror);
	if (ret || !out->args || (onerror && !out->onerror)) {
		if (!ret)
			error_set(err, ERR_MEMORY, "no memory for a command line");
		pxelinux_choice_free(out);
		return -1;
	}
	if (out->type == PXELINUX_KERNEL && !out->initrds)
		out->initrds = initrds_of(out->args);
	return 0;
}

static const struct command nothing = {
	.directive = "",
	.label = "",
	.file = "",
	.before = {"", "", ""},
	.after = {"", ""},
};

/* @timed: as of command_by_itself() */
static int choose_wanted(const struct pxelinux_config *config, const char *want, bool timed,
			 const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			 struct error *err)
{
	struct command cmd = nothing;

	*out = (struct pxelinux_choice){0};
	if (command_find(&cmd, config, want, timed, err))
		return -1;
	return choose(&cmd, info, out, err);
}

int pxelinux_choose(const struct pxelinux_config *config, const char *want,
		    const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
		    struct error *err)
{
	/* Under MENU SHIFTKEY the menu that nobody asks for waits for nobody. */
	bool timed = !config->ui || !config->menu_shiftkey;

	return choose_wanted(config, want, timed, info, out, err);
}

int pxelinux_choose_timed_out(const struct pxelinux_config *config, const char *want,
			      const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			      struct error *err)
{
	return choose_wanted(config, want, true, info, out, err);
}

int pxelinux_choose_default(const struct pxelinux_config *config,
			    const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			    struct error *err)
{
	struct command cmd = nothing;

	*out = (struct pxelinux_choice){0};
	if (command_by_itself(&cmd, config, false, err))
		return -1;
	return choose(&cmd, info, out, err);
}

int pxelinux_choose_line(const struct pxelinux_config *config, const char *line,
			 const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			 struct error *err)
{
	struct command cmd = nothing;

	*out = (struct pxelinux_choice){0};
	if (command_of_line(&cmd, config, word_skip_space(line), err))
		return -1;
	return choose(&cmd, info, out, err);
}

int pxelinux_choose_entry(const struct pxelinux_config *config, size_t entry, const char *line,
			  const struct pxelinux_sysinfo *info, struct pxelinux_choice *out,
			  struct error *err)
{
	struct pxelinux_entry e = config->entry[entry];
	struct command cmd = nothing;

	*out = (struct pxelinux_choice){0};
	if (line) {
		e.kernel = word_skip_space(line);
		if (!e.kernel[0])
			return error_set(err, ERR_CONFIG, "the line names no file to boot");
		e.append = "";
		e.initrd = NULL;
	}
	command_of_label(&cmd, config, &e, "");
	return choose(&cmd, info, out, err);
}

void pxelinux_choice_free(struct pxelinux_choice *choice)
{
	free(choice->label);
	free(choice->kernel);
	free(choice->initrds);
	free(choice->args);
	free(choice->onerror);
	*choice = (struct pxelinux_choice){0};
}
