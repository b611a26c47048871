/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux, initrd, multiboot, module, and what boots something else than a kernel. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "localboot/grub_run.h"
#include "util/escape.h"

static void clear(struct grub_loader *loader)
{
	memset(loader, 0, sizeof(*loader));
}

/* Words as a loader's command line: GRUB puts those with spaces in quotes, and a '\' in front of
 * quotes and of '\', but not of a "\xHH". */
static const char *command_line(struct grub *g, char *const *arg, size_t n)
{
	size_t len = 1;
	char *line, *end;

	for (size_t i = 0; i < n; i++)
		len += 2 * strlen(arg[i]) + 3;
	line = end = script_alloc(&g->script.memory, len);
	if (!line || !script_work(&g->script, len)) {
		script_fail(&g->script, ERR_MEMORY, "no memory for a command line");
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		bool quote = strchr(arg[i], ' ') != NULL;

		if (i)
			*end++ = ' ';
		if (quote)
			*end++ = '"';
		for (const char *c = arg[i]; *c; c++) {
			bool hex = c[0] == '\\' && c[1] == 'x' && isxdigit((unsigned char)c[2]) &&
				   isxdigit((unsigned char)c[3]);

			if ((*c == '\\' && !hex) || *c == '\'' || *c == '"')
				*end++ = '\\';
			*end++ = *c;
		}
		if (quote)
			*end++ = '"';
	}
	return line;
}

static bool set_kernel(struct grub *g, const char *name, char *const *arg, size_t n)
{
	struct grub_loader *l = &g->loader;

	l->kernel = l->problem = NULL;
	l->args = command_line(g, arg, n);
	if (!l->args || !grub_locate_boot(g, name, l->fs, &l->kernel, &l->problem)) {
		l->kernel = NULL;
		return false;
	}
	return true;
}

/* Options of a loader's command, such as --nounzip, stand in front of the file. */
static size_t options(const struct script_call *call)
{
	size_t i = 0;

	while (i < call->n && strncmp(call->arg[i], "--", 2) == 0)
		i++;
	return i;
}

bool grub_on_linux(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;
	size_t i = options(call);

	(void)s;
	(void)arg;
	clear(&g->loader);
	if (i == call->n) {
		g->loader.problem = grub_print(g, "%s names no file", call->name);
		return false;
	}
	return set_kernel(g, call->arg[i], call->arg + i + 1, call->n - i - 1);
}

static bool add_initrd(struct grub *g, const char *name)
{
	struct grub_loader *l = &g->loader;

	if (strncmp(name, "newc:", 5) == 0) {
		l->problem =
			"initrd newc:... makes an archive of files, which is not supported here";
		return false;
	}
	if (l->n_initrd == LOCAL_INITRD_MAX) {
		l->problem = grub_print(g, "more than %d initrds", LOCAL_INITRD_MAX);
		return false;
	}
	if (!grub_locate_boot(g, name, l->initrd_fs[l->n_initrd], &l->initrd[l->n_initrd],
			      &l->problem))
		return false;
	l->n_initrd++;
	return true;
}

bool grub_on_initrd(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;

	(void)arg;
	if (!g->loader.kernel && !g->loader.problem) {
		grub_warn(g, "%s without a kernel before it has no effect", call->name);
		return false;
	}
	for (size_t i = options(call); i < call->n; i++) {
		if (!add_initrd(g, call->arg[i]) || s->failed)
			return false;
	}
	return true;
}

/*
 * A hypervisor's entry: the guest boots what would be dom0's kernel, the first module, with the
 * second as its initrd, as pygrub does.
 */
bool grub_on_multiboot(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;
	bool ok = grub_on_linux(host, s, call, arg);

	g->loader.multiboot = true;
	return ok;
}

/* grub-mkconfig's 20_linux_xen writes "placeholder" where GRUB Legacy would have put the file's
 * name; people write that name again. Neither is meant for the kernel. */
static bool is_placeholder(const char *arg, const char *file)
{
	return strcmp(arg, "placeholder") == 0 || strcmp(arg, file) == 0;
}

bool grub_on_module(void *host, struct script *s, const struct script_call *call, int arg)
{
	struct grub *g = host;
	struct grub_loader *l = &g->loader;
	size_t i = options(call);
	const char *file;

	(void)arg;
	if (i == call->n || (!l->multiboot && !l->kernel)) {
		grub_warn(g, "%s without %s has no effect", call->name,
			  i == call->n ? "a file" : "a hypervisor before it");
		return false;
	}
	file = call->arg[i++];
	if (!l->multiboot) /* the same command as initrd on GRUB's platform xen */
		return add_initrd(g, file);
	if (l->n_module++ == 0) {
		if (i < call->n && is_placeholder(call->arg[i], file))
			i++;
		return set_kernel(g, file, call->arg + i, call->n - i);
	}
	if (l->n_module == 2)
		return add_initrd(g, file);
	(void)s;
	grub_warn(g, "only two modules make sense in a guest, this one is left out");
	return true;
}

bool grub_on_other_loader(void *host, struct script *s, const struct script_call *call, int ends)
{
	static const struct {
		const char *name, *why;
	} reasons[] = {
		{"chainloader", "another boot loader, which cannot run in a guest"},
		{"halt", "switches the machine off"},
		{"poweroff", "switches the machine off"},
		{"reboot", "starts the machine again"},
		{"fwsetup", "the firmware's settings, which a guest does not have"},
		{"exit", "leaves GRUB, and there is nothing behind it"},
		{"normal_exit", "leaves GRUB, and there is nothing behind it"},
	};
	struct grub *g = host;
	const char *why = "a system that cannot be started in a guest";

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(call->name, reasons[i].name) == 0)
			why = reasons[i].why;
	}
	clear(&g->loader);
	g->loader.problem = grub_print(g, "%s: %s", call->name, why);
	if (ends && s->scope)
		s->flow = SCRIPT_STOP;
	return true;
}
