/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/dm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/dm-ioctl.h>

#define CONTROL "/dev/mapper/control"

/* A command, with @room bytes behind its header. The caller frees it; NULL: no memory. */
static struct dm_ioctl *command(const char *name, size_t room, uint32_t flags)
{
	struct dm_ioctl *io = calloc(1, sizeof(*io) + room);

	if (!io)
		return NULL;
	io->version[0] = DM_VERSION_MAJOR;
	io->data_size = (uint32_t)(sizeof(*io) + room);
	io->data_start = sizeof(*io);
	io->flags = flags;
	snprintf(io->name, sizeof(io->name), "%s", name);
	return io;
}

/* Run a command that takes nothing but the name. @dev may be NULL. */
static int run(int control, unsigned long request, const char *name, uint32_t flags, dev_t *dev)
{
	struct dm_ioctl *io = command(name, 0, flags);
	int ret = io ? ioctl(control, request, io) : -1;

	if (!ret && dev)
		*dev = (dev_t)io->dev; /* as huge_encode_dev(): what makedev() makes */
	free(io);
	return ret;
}

const char *dm_target(const struct lvm_piece *piece, const dev_t *pv, char *params)
{
	size_t at = 0;

	params[0] = '\0';
	if (piece->n > 1)
		at = (size_t)snprintf(params, DM_PARAMS_SIZE, "%u %llu", piece->n,
				      (unsigned long long)piece->chunk);
	for (unsigned int i = 0; i < piece->n; i++) {
		dev_t dev = pv[piece->stripe[i].pv];

		if (!dev)
			return NULL;
		at += (size_t)snprintf(params + at, DM_PARAMS_SIZE - at, "%s%u:%u %llu",
				       at ? " " : "", major(dev), minor(dev),
				       (unsigned long long)piece->stripe[i].start);
	}
	return piece->n > 1 ? "striped" : "linear";
}

static int load_table(int control, const char *name, const struct lvm_lv *lv, const dev_t *pv,
		      struct error *err)
{
	const size_t each = sizeof(struct dm_target_spec) + DM_PARAMS_SIZE;
	struct dm_ioctl *io = command(name, lv->n * each, DM_READONLY_FLAG);
	int ret = 0;

	if (!io)
		return error_set(err, ERR_MEMORY, "no memory for its table");
	io->target_count = (uint32_t)lv->n;
	for (size_t i = 0; i < lv->n; i++) {
		char *at = (char *)io + sizeof(*io) + i * each;
		struct dm_target_spec *spec = (struct dm_target_spec *)(void *)at;
		const char *type = dm_target(&lv->piece[i], pv, at + sizeof(*spec));

		if (!type) {
			free(io);
			return error_set(err, ERR_NOT_FOUND,
					 "one of its physical volumes is missing");
		}
		spec->sector_start = lv->piece[i].start;
		spec->length = lv->piece[i].len;
		spec->next = (uint32_t)each;
		snprintf(spec->target_type, sizeof(spec->target_type), "%s", type);
	}
	if (ioctl(control, DM_TABLE_LOAD, io))
		ret = error_set(err, ERR_SYSTEM, "the device mapper does not take its table: %s",
				strerror(errno));
	free(io);
	return ret;
}

int dm_create(const char *name, const struct lvm_lv *lv, const dev_t *pv, dev_t *dev,
	      struct error *err)
{
	int control = open(CONTROL, O_RDWR | O_CLOEXEC), ret;

	if (control < 0)
		return error_set(err, ERR_UNSUPPORTED, "this kernel has no device mapper (%s: %s)",
				 CONTROL, strerror(errno));
	if (run(control, DM_DEV_CREATE, name, DM_READONLY_FLAG, dev)) {
		error_set(err, ERR_SYSTEM, "the device mapper makes no device: %s",
			  strerror(errno));
		close(control);
		return -1;
	}
	ret = load_table(control, name, lv, pv, err);
	/* Without the flag to suspend it resumes: the table that was loaded is the one in force. */
	if (!ret && run(control, DM_DEV_SUSPEND, name, DM_READONLY_FLAG, NULL))
		ret = error_set(err, ERR_SYSTEM, "the device mapper does not start it: %s",
				strerror(errno));
	if (ret)
		run(control, DM_DEV_REMOVE, name, 0, NULL);
	close(control);
	return ret;
}

int dm_remove(const char *name, struct error *err)
{
	int control = open(CONTROL, O_RDWR | O_CLOEXEC), ret = -1;

	if (control >= 0)
		ret = run(control, DM_DEV_REMOVE, name, 0, NULL);
	if (ret)
		error_set(err, ERR_SYSTEM, "the device mapper does not remove %s: %s", name,
			  strerror(errno));
	if (control >= 0)
		close(control);
	return ret;
}
