/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inner parts of running a grub.cfg. Private to grub*.c. */
#ifndef XENPXE_LOCALBOOT_GRUB_RUN_H
#define XENPXE_LOCALBOOT_GRUB_RUN_H

#include "localboot/entry.h"
#include "localboot/script.h"

#define GRUB_NONE SIZE_MAX
#define GRUB_FOUND_MAX 64 /* devices that are remembered */
#define GRUB_TOLD_MAX 128 /* warnings that are given once */

/* What reading a file, searching a file system and testing a path count as (script_work()). */
#define GRUB_WORK_READ 16384
#define GRUB_WORK_TEST 1024

/* What menuentry or submenu defines, or blscfg finds. All in the script's memory. */
struct grub_item {
	const char *title, *id; /* id: "" if it has none */
	bool submenu;
	const struct script_node *body;
	char **arg; /* $1 ... of the body */
	size_t n_arg;
	const char *file;
	unsigned int line;
	const struct local_entry *bls; /* the whole entry: blscfg found it */
	struct grub_item *next;
};

struct grub_menu {
	struct grub_item *first, *last;
	size_t n;
};

/* What the commands of an entry have put together so far. All in the script's memory. */
struct grub_loader {
	const char *kernel, *args; /* kernel NULL: none yet */
	char fs[LOCAL_FS_SIZE];
	const char *initrd[LOCAL_INITRD_MAX];
	char initrd_fs[LOCAL_INITRD_MAX][LOCAL_FS_SIZE];
	size_t n_initrd;
	bool multiboot; /* kernel is what multiboot named: it may be a hypervisor */
	size_t n_module;
	const char *problem;
};

/* A directory that blscfg has read. */
struct grub_bls {
	struct local_menu menu;
	char fs[LOCAL_FS_SIZE];
	const char *path;
	struct grub_bls *next;
};

/* A variable that save_env would have written. */
struct grub_saved {
	const char *file, *name;
	const char *value; /* NULL: it is gone */
	struct grub_saved *next;
};

struct grub {
	struct script script;
	const struct local_files *files;
	struct local_menu *out;
	const char *fs; /* that grub.cfg lies on */
	struct grub_menu *menu; /* that menuentry adds to */
	const char *submenu; /* titles around what is being shown, joined by ">" */
	struct grub_loader loader;
	bool booted; /* the command "boot" ran */
	bool shown; /* a menu has been shown: nothing behind it runs */
	size_t result; /* ... and the entry that it boots by itself; GRUB_NONE: none */
	const struct grub_menu *outermost; /* of the menus that were shown; its timeout counts */
	struct grub_saved *saved;
	struct grub_bls *bls;
	struct grub_found {
		enum local_search by;
		const char *value;
		char fs[LOCAL_FS_SIZE];
	} found[GRUB_FOUND_MAX];
	size_t n_found;
	const char *told[GRUB_TOLD_MAX]; /* warnings that are given once */
	size_t n_told;
	unsigned int files_depth; /* of source, configfile and submenus */
};

/* grub.c */
void grub_warn(struct grub *grub, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *grub_print(struct grub *grub, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Once for each @text, which is in the script's memory; NULL: there was none. */
void grub_warn_once(struct grub *grub, const char *text);

/* Run a file ("(device)/path" or "/path") in the variables that are there. */
bool grub_source(struct grub *grub, const char *name);

/* Run a file as a new menu in a new context, and show that menu. */
bool grub_configfile(struct grub *grub, const char *name);

/* grub_path.c */
bool grub_search(struct grub *grub, enum local_search by, const char *value,
		 char fs[LOCAL_FS_SIZE]);

/* How the script names a file system that was found: a device that grub_locate() knows. */
char *grub_device(struct grub *grub, const char *fs);

/* "(device)/path" or a path on $root. @path points into @name. false: no such device. */
bool grub_locate(struct grub *grub, const char *name, char fs[LOCAL_FS_SIZE], const char **path);

/* The same for a file that shall be booted: what is not where its device says is also looked for
 * beside grub.cfg. @path is absolute, in the script's memory. false: @problem says why not. */
bool grub_locate_boot(struct grub *grub, const char *name, char fs[LOCAL_FS_SIZE],
		      const char **path, const char **problem);
bool grub_file_test(void *grub, char what, const char *path);
int grub_read_file(struct grub *grub, const char *name, uint8_t **data, size_t *len,
		   struct error *err);
bool grub_glob(void *grub, struct script *script, const char *pattern, struct script_words *words);

/* grub_menu.c */
struct grub_item *grub_menu_add(struct grub *grub);
size_t grub_menu_show(struct grub *grub, struct grub_menu *menu);
/* What is loaded becomes an entry. Its index in grub->out, or GRUB_NONE: the script has failed. */
size_t grub_menu_entry(struct grub *grub, const struct grub_item *item);
bool grub_on_menuentry(void *host, struct script *s, const struct script_call *call, int submenu);
bool grub_on_boot(void *host, struct script *s, const struct script_call *call, int arg);

/* grub_loader.c */
bool grub_on_linux(void *host, struct script *s, const struct script_call *call, int arg);
bool grub_on_initrd(void *host, struct script *s, const struct script_call *call, int arg);
bool grub_on_multiboot(void *host, struct script *s, const struct script_call *call, int arg);
bool grub_on_module(void *host, struct script *s, const struct script_call *call, int arg);
bool grub_on_other_loader(void *host, struct script *s, const struct script_call *call, int arg);

/* grub_command.c */
extern const struct script_command grub_commands[], grub_weak_commands[];

#endif
