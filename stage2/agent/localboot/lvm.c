/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "localboot/lvm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512UL
#define LABEL_SECTORS 4
#define LABEL_HEADER 32 /* id, sector, checksum, offset, type */
#define PV_HEADER 40 /* id and size of the device; then the lists of areas */
#define LOCATION 24 /* offset, size, checksum, flags */
#define IGNORED 1U /* flag of a location: the area is not in use */
#define NODE_MAX 65536
#define DEPTH_MAX 8 /* of sections in each other, and of volumes below a volume */

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

uint32_t lvm_checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t crc = 0xf597a6cf; /* LVM2's own begin; nothing is inverted at the end */

	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

/* 32 characters as the label has them, with the dashes that people see. */
static void dashed_id(char out[LVM_ID_SIZE], const uint8_t id[32])
{
	size_t at = 0;

	for (size_t i = 0; i < 32; i++) {
		if (i >= 6 && i < 30 && (i - 6) % 4 == 0)
			out[at++] = '-';
		out[at++] = (char)id[i];
	}
	out[at] = '\0';
}

int lvm_label(const uint8_t *head, size_t len, struct lvm_label *out, struct error *err)
{
	*out = (struct lvm_label){.area = 0};
	for (size_t i = 0; i < LABEL_SECTORS && (i + 1) * SECTOR <= len; i++) {
		const uint8_t *label = head + i * SECTOR;
		size_t at;

		if (memcmp(label, "LABELONE", 8) != 0 || memcmp(label + 24, "LVM2 001", 8) != 0 ||
		    le64(label + 8) != i)
			continue;
		/* The checksum is over what is behind it. */
		if (le32(label + 16) != lvm_checksum(label + 20, SECTOR - 20))
			return error_set(err, ERR_CONFIG, "its LVM label is damaged");
		at = le32(label + 20);
		if (at < LABEL_HEADER || at > SECTOR - PV_HEADER)
			return error_set(err, ERR_CONFIG, "its LVM label leads nowhere");
		dashed_id(out->id, label + at);
		at += PV_HEADER;
		/* Two lists, each ended by an area at 0: data, metadata. */
		for (unsigned int list = 0; list < 2 && at + 16 <= SECTOR; at += 16) {
			uint64_t offset = le64(label + at), size = le64(label + at + 8);

			if (!offset) {
				list++;
				continue;
			}
			if (list == 1 && !out->area_size) {
				out->area = offset;
				out->area_size = size;
			}
		}
		return 0;
	}
	return error_set(err, ERR_CONFIG, "it has no LVM label");
}

int lvm_where(const uint8_t *header, size_t len, const struct lvm_label *label,
	      struct lvm_where *out, struct error *err)
{
	static const char magic[] = " LVM2 x[5A%r0N*>";
	const uint8_t *location = header + 40;

	*out = (struct lvm_where){.size = 0};
	if (len < LVM_HEADER_BYTES || memcmp(header + 4, magic, 16) != 0 ||
	    le32(header) != lvm_checksum(header + 4, LVM_HEADER_BYTES - 4))
		return error_set(err, ERR_CONFIG, "the header of its LVM metadata is damaged");
	if (le32(header + 20) != 1)
		return error_set(err, ERR_CONFIG, "its LVM metadata are of version %u, not 1",
				 le32(header + 20));
	if (!le64(location) || le32(location + 20) & IGNORED)
		return 0;
	out->offset = le64(location);
	out->size = le64(location + 8);
	out->checksum = le32(location + 16);
	if (label->area_size <= LVM_HEADER_BYTES || out->offset < LVM_HEADER_BYTES ||
	    out->offset >= label->area_size || out->size > label->area_size - LVM_HEADER_BYTES ||
	    out->size > LVM_TEXT_MAX) {
		*out = (struct lvm_where){.size = 0};
		return error_set(err, ERR_CONFIG, "its LVM metadata lie outside of their area");
	}
	return 0;
}

/*
 * The text as a tree: NAME { … } is a section, NAME = VALUE a leaf, NAME = [ … ] a list. Children
 * follow their parent in the array, each with the place of the next one beside it.
 */
enum node_type { NODE_SECTION, NODE_LIST, NODE_NUMBER, NODE_STRING };

struct node {
	enum node_type type;
	const char *key; /* not in lists */
	size_t key_len;
	const char *text; /* NODE_STRING, without its quotes */
	size_t len;
	uint64_t number;
	size_t next; /* behind this one and all that is in it */
};

struct tree {
	const char *p, *end;
	unsigned int line;
	struct node *node;
	size_t n, room;
	struct error *err;
};

static int bad(struct tree *t, const char *what)
{
	return error_set(t->err, ERR_CONFIG, "LVM metadata, line %u: %s", t->line, what);
}

static void skip(struct tree *t)
{
	while (t->p < t->end) {
		if (*t->p == '#') {
			while (t->p < t->end && *t->p != '\n')
				t->p++;
		} else if (*t->p == '\n') {
			t->line++;
			t->p++;
		} else if (*t->p == ' ' || *t->p == '\t' || *t->p == '\r') {
			t->p++;
		} else {
			return;
		}
	}
}

/* The next character that counts; 0 at the end. A NUL ends the text, too: LVM2 writes one. */
static char peek(struct tree *t)
{
	skip(t);
	if (t->p == t->end)
		return '\0';
	return *t->p;
}

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == '+';
}

static struct node *new_node(struct tree *t, enum node_type type)
{
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 256;
		void *grown = room > NODE_MAX ? NULL : realloc(t->node, room * sizeof(*t->node));

		if (!grown) {
			error_set(t->err, ERR_MEMORY, "LVM metadata: too much of it, or no memory");
			return NULL;
		}
		t->node = grown;
		t->room = room;
	}
	t->node[t->n] = (struct node){.type = type};
	return &t->node[t->n++];
}

/* A number or a string. */
static int parse_scalar(struct tree *t, struct node *node)
{
	if (peek(t) == '"') {
		unsigned int lines = 0;

		/* One that quotes a command may have several lines. */
		node->type = NODE_STRING;
		node->text = ++t->p;
		for (; t->p < t->end && *t->p != '"'; t->p++) {
			if (*t->p == '\\' && t->end - t->p > 1)
				t->p++;
			lines += *t->p == '\n';
		}
		if (t->p >= t->end)
			return bad(t, "a string without an end");
		t->line += lines;
		node->len = (size_t)(t->p++ - node->text);
		return 0;
	}
	node->type = NODE_NUMBER;
	if (*t->p == '-' && t->end - t->p > 1) {
		/* There are negative ones among what is not needed here. */
		t->p++;
	}
	if (t->p >= t->end || *t->p < '0' || *t->p > '9')
		return bad(t, "neither a number nor a string");
	for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++) {
		if (__builtin_mul_overflow(node->number, 10U, &node->number) ||
		    __builtin_add_overflow(node->number, (uint64_t)(*t->p - '0'), &node->number))
			return bad(t, "a number that is too large");
	}
	/* A floating-point number keeps its whole part. */
	while (t->p < t->end && in_name(*t->p))
		t->p++;
	return 0;
}

static int parse_list(struct tree *t)
{
	while (peek(t) != ']') {
		struct node *node;

		if (!peek(t))
			return bad(t, "a list without an end");
		node = new_node(t, NODE_NUMBER);
		if (!node || parse_scalar(t, node))
			return -1;
		node->next = t->n;
		if (peek(t) == ',')
			t->p++;
	}
	t->p++;
	return 0;
}

/* NAME = VALUE, NAME = [ … ], or the begin of a section: *@opened. */
static int parse_item(struct tree *t, bool *opened)
{
	const char *key = t->p;
	struct node *node;
	char c;

	while (t->p < t->end && in_name(*t->p))
		t->p++;
	if (t->p == key)
		return bad(t, "no name where one must be");
	node = new_node(t, NODE_SECTION);
	if (!node)
		return -1;
	node->key = key;
	node->key_len = (size_t)(t->p - key);
	c = peek(t);
	if (c)
		t->p++;
	*opened = c == '{';
	if (*opened)
		return 0;
	if (c == '=' && peek(t) == '[') {
		t->p++;
		node->type = NODE_LIST;
		return parse_list(t);
	}
	if (c == '=' && peek(t))
		return parse_scalar(t, node);
	return bad(t, "a name without a value");
}

static int parse_tree(struct tree *t)
{
	size_t open[DEPTH_MAX], depth = 0;
	char c;

	while ((c = peek(t)) != '\0') {
		size_t at = t->n;
		bool opened = false;

		if (c == '}') {
			if (depth == 0)
				return bad(t, "a \"}\" too many");
			t->p++;
			t->node[open[--depth]].next = t->n;
			continue;
		}
		if (parse_item(t, &opened) || !t->node)
			return -1;
		if (!opened) {
			t->node[at].next = t->n;
			continue;
		}
		if (depth == DEPTH_MAX)
			return bad(t, "sections too deep in each other");
		open[depth++] = at;
	}
	return depth ? bad(t, "a section without an end") : 0;
}

/* --- looking things up --- */

static bool is_key(const struct node *node, const char *name, size_t len)
{
	return node->key_len == len && memcmp(node->key, name, len) == 0;
}

/* What is in a section, one after the other: the first with @node NULL. NULL: no more. */
static const struct node *each(const struct tree *t, const struct node *section,
			       const struct node *node)
{
	size_t at = node ? node->next : (size_t)(section - t->node) + 1;

	return at < section->next ? &t->node[at] : NULL;
}

/* Node @name in @section, which may be NULL; NULL if there is none of that type. */
static const struct node *child(const struct tree *t, const struct node *section, const char *name,
				size_t len, enum node_type type)
{
	const struct node *node = NULL;

	while (section && (node = each(t, section, node))) {
		if (node->type == type && is_key(node, name, len))
			return node;
	}
	return NULL;
}

static const struct node *get(const struct tree *t, const struct node *section, const char *name,
			      enum node_type type)
{
	return child(t, section, name, strlen(name), type);
}

static uint64_t get_number(const struct tree *t, const struct node *section, const char *name)
{
	const struct node *node = get(t, section, name, NODE_NUMBER);

	return node ? node->number : 0;
}

static void get_string(const struct tree *t, const struct node *section, const char *name,
		       char *out, size_t size)
{
	const struct node *node = get(t, section, name, NODE_STRING);

	snprintf(out, size, "%.*s", node ? (int)node->len : 0, node ? node->text : "");
}

static bool has_word(const struct tree *t, const struct node *list, const char *word)
{
	const struct node *n = NULL;

	while (list && (n = each(t, list, n))) {
		if (n->type == NODE_STRING && n->len == strlen(word) &&
		    memcmp(n->text, word, n->len) == 0)
			return true;
	}
	return false;
}

/* --- from the tree to pieces --- */

struct vg_reader {
	const struct tree *t;
	const struct node *pvs, *lvs; /* sections */
	uint64_t extent; /* sectors */
	struct lvm_vg *vg;
	const struct node *pv[LVM_PV_MAX];
};

static int add_piece(struct lvm_lv *lv, const struct lvm_piece *piece)
{
	void *grown = lv->n == LVM_PIECE_MAX ? NULL
					     : realloc(lv->piece, (lv->n + 1) * sizeof(*lv->piece));

	if (!grown)
		return -1;
	lv->piece = grown;
	lv->piece[lv->n++] = *piece;
	return 0;
}

/*
 * What is still to be mapped: @count extents of volume @lv, from @from on, which become extents
 * from @to on of the volume that is read. A leg of a mirror is another volume below it.
 */
struct task {
	const struct node *lv, *seg; /* no segment in front of @seg is wanted; NULL: any */
	uint64_t from, count, to;
	unsigned int depth;
};

static bool is_physical(const struct vg_reader *r, const struct node *name)
{
	for (size_t i = 0; i < r->vg->n_pv; i++) {
		if (is_key(r->pv[i], name->text, name->len))
			return true;
	}
	return false;
}

/* @extent of physical volume @name, in sectors of its device. */
static const char *locate(const struct vg_reader *r, const struct node *name, uint64_t extent,
			  size_t *pv, uint64_t *sector)
{
	for (size_t i = 0; i < r->vg->n_pv; i++) {
		uint64_t begin = get_number(r->t, r->pv[i], "pe_start");

		if (!is_key(r->pv[i], name->text, name->len))
			continue;
		if (__builtin_mul_overflow(extent, r->extent, sector) ||
		    __builtin_add_overflow(*sector, begin, sector))
			return "is too large";
		*pv = i;
		return NULL;
	}
	return "names a physical volume that is not there";
}

/* A part of segment @seg, from its extent @skip on: a piece, or @lower is what it lies on. */
static const char *map_stripes(const struct vg_reader *r, const struct node *seg, uint64_t skip,
			       const struct task *part, struct task *lower, struct lvm_lv *out)
{
	const struct node *list = get(r->t, seg, "stripes", NODE_LIST), *item;
	uint64_t all = get_number(r->t, seg, "extent_count");
	struct lvm_piece piece = {.chunk = get_number(r->t, seg, "stripe_size")};
	size_t n = list ? (list->next - (size_t)(list - r->t->node) - 1) / 2 : 0;

	if (n == 0 || n > LVM_STRIPE_MAX || n != get_number(r->t, seg, "stripe_count"))
		return "has stripes that are not told, or too many";
	item = list + 1;
	piece.n = (unsigned int)n;
	if (n > 1 && (skip || part->count != all || all % n || !piece.chunk))
		return "has a part of stripes below a mirror";
	if (__builtin_mul_overflow(part->to, r->extent, &piece.start) ||
	    __builtin_mul_overflow(part->count, r->extent, &piece.len))
		return "is too large";
	for (size_t i = 0; i < n; i++, item += 2) {
		uint64_t extent = item[1].number + skip;
		const char *problem;

		if (item[0].type != NODE_STRING || item[1].type != NODE_NUMBER || extent < skip)
			return "has stripes that cannot be read";
		/* A logical volume can have a physical one's name. */
		if (n == 1 && !is_physical(r, item)) {
			lower->lv = child(r->t, r->lvs, item->text, item->len, NODE_SECTION);
			lower->from = extent;
			if (lower->lv)
				return NULL;
		}
		problem = locate(r, item, extent, &piece.stripe[i].pv, &piece.stripe[i].start);
		if (problem)
			return problem;
	}
	return add_piece(out, &piece) ? "has more pieces than there is room for" : NULL;
}

/* The first leg: of mirrors ["lv", extent, …], of raids ["metadata lv", "lv", …]. */
static const char *map_leg(const struct vg_reader *r, const struct node *seg, uint64_t skip,
			   struct task *lower)
{
	const struct node *list = get(r->t, seg, "mirrors", NODE_LIST), *leg;
	uint64_t begin = get_number(r->t, seg, "start_extent");

	if (list && list->next >= (size_t)(list - r->t->node) + 3) {
		leg = list + 1;
		begin = leg[1].type == NODE_NUMBER ? leg[1].number : 0;
	} else {
		list = get(r->t, seg, "raids", NODE_LIST);
		if (!list || list->next < (size_t)(list - r->t->node) + 3)
			return "is a mirror without legs";
		leg = list + 2;
	}
	if (__builtin_add_overflow(skip, begin, &lower->from))
		return "is too large";
	if (leg->type == NODE_STRING)
		lower->lv = child(r->t, r->lvs, leg->text, leg->len, NODE_SECTION);
	return lower->lv ? NULL : "is a mirror whose first leg is not there";
}

static const char *map_segment(const struct vg_reader *r, const struct node *seg, uint64_t skip,
			       const struct task *part, struct task *lower, struct lvm_lv *out)
{
	char type[32];

	get_string(r->t, seg, "type", type, sizeof(type));
	if (strcmp(type, "striped") == 0 || strcmp(type, "linear") == 0)
		return map_stripes(r, seg, skip, part, lower, out);
	if (strcmp(type, "mirror") == 0 || strcmp(type, "raid1") == 0)
		return map_leg(r, seg, skip, lower);
	return "is of a type that stage two does not read (thin, cache, raid5, ...)";
}

static bool is_segment(const struct node *node)
{
	return node->type == NODE_SECTION && node->key_len > 7 &&
	       memcmp(node->key, "segment", 7) == 0;
}

/* The segment that a task begins in; NULL: there is none. Segments are in order. */
static const struct node *find_segment(const struct vg_reader *r, const struct task *task,
				       uint64_t *skip, uint64_t *len)
{
	const struct node *seg = task->seg ? task->seg : each(r->t, task->lv, NULL);

	for (; seg; seg = each(r->t, task->lv, seg)) {
		uint64_t start;

		if (!is_segment(seg))
			continue;
		start = get_number(r->t, seg, "start_extent");
		*len = get_number(r->t, seg, "extent_count");
		if (task->from >= start && task->from - start < *len) {
			*skip = task->from - start;
			return seg;
		}
	}
	return NULL;
}

/* All @count extents of a volume. Return: NULL, or why not: "is …", "has …". */
static const char *map(const struct vg_reader *r, const struct node *lv, uint64_t count,
		       struct lvm_lv *out)
{
	/* Of each level what is left of it, and the volume below. */
	struct task task[DEPTH_MAX + 2] = {{.lv = lv, .count = count}};
	size_t n = 1;

	if (!count)
		return "has not all the extents that it tells of";
	while (n) {
		struct task *now = &task[n - 1], part, lower;
		uint64_t skip, len;
		const char *problem;

		if (!now->count) {
			n--;
			continue;
		}
		if (now->depth > DEPTH_MAX)
			return "lies on itself";
		now->seg = find_segment(r, now, &skip, &len);
		if (!now->seg)
			return "has not all the extents that it tells of";
		part = *now;
		if (part.count > len - skip)
			part.count = len - skip;
		lower = (struct task){.count = part.count, .to = part.to, .depth = now->depth + 1};
		problem = map_segment(r, now->seg, skip, &part, &lower, out);
		if (problem)
			return problem;
		now->count -= part.count;
		now->to += part.count;
		if (__builtin_add_overflow(now->from, part.count, &now->from))
			return "is too large";
		if (lower.lv)
			task[n++] = lower;
	}
	return NULL;
}

/* How many extents a volume has. */
static bool count_extents(const struct vg_reader *r, const struct node *lv, uint64_t *count)
{
	const struct node *seg = NULL;

	*count = 0;
	while ((seg = each(r->t, lv, seg))) {
		if (is_segment(seg) &&
		    __builtin_add_overflow(*count, get_number(r->t, seg, "extent_count"), count))
			return false;
	}
	return true;
}

static int read_lv(struct vg_reader *r, const struct node *lv, struct error *err)
{
	struct lvm_vg *vg = r->vg;
	const char *problem;
	struct lvm_lv *out;
	uint64_t count;
	void *grown;

	if (!has_word(r->t, get(r->t, lv, "status", NODE_LIST), "VISIBLE"))
		return 0;
	if (vg->n_lv == LVM_LV_MAX || lv->key_len >= LVM_NAME_SIZE)
		return 0;
	grown = realloc(vg->lv, (vg->n_lv + 1) * sizeof(*vg->lv));
	if (!grown)
		return error_set(err, ERR_MEMORY, "no memory for LVM metadata");
	vg->lv = grown;
	out = &vg->lv[vg->n_lv++];
	memset(out, 0, sizeof(*out));
	memcpy(out->name, lv->key, lv->key_len);
	get_string(r->t, lv, "id", out->id, sizeof(out->id));
	problem = count_extents(r, lv, &count) ? map(r, lv, count, out) : "is too large";
	if (problem)
		snprintf(out->problem, sizeof(out->problem), "%s", problem);
	return 0;
}

static int read_vg(const struct tree *t, struct lvm_vg *vg, struct error *err)
{
	struct vg_reader r = {.t = t, .vg = vg};
	const struct node *section = NULL, *node = NULL;

	/* The text's root has the volume group and some leaves about who wrote it. */
	for (size_t at = 0; at < t->n && !section; at = t->node[at].next) {
		if (t->node[at].type == NODE_SECTION)
			section = &t->node[at];
	}
	if (!section || section->key_len >= sizeof(vg->name))
		return error_set(err, ERR_CONFIG, "LVM metadata without a volume group");
	memcpy(vg->name, section->key, section->key_len);
	get_string(t, section, "id", vg->id, sizeof(vg->id));
	vg->seqno = get_number(t, section, "seqno");
	r.extent = get_number(t, section, "extent_size");
	r.pvs = get(t, section, "physical_volumes", NODE_SECTION);
	r.lvs = get(t, section, "logical_volumes", NODE_SECTION);
	if (!r.extent || !r.pvs)
		return error_set(
			err, ERR_CONFIG,
			"LVM metadata without an extent's size, or without physical volumes");
	while ((node = each(t, r.pvs, node))) {
		if (node->type != NODE_SECTION || vg->n_pv == LVM_PV_MAX)
			continue;
		r.pv[vg->n_pv] = node;
		get_string(t, node, "id", vg->pv[vg->n_pv].id, LVM_ID_SIZE);
		vg->n_pv++;
	}
	while (r.lvs && (node = each(t, r.lvs, node))) {
		if (node->type == NODE_SECTION && read_lv(&r, node, err))
			return -1;
	}
	return 0;
}

int lvm_parse(const char *text, size_t len, struct lvm_vg *out, struct error *err)
{
	struct tree t = {.p = text, .end = text + len, .line = 1, .err = err};
	const char *nul = memchr(text, '\0', len);
	int ret;

	*out = (struct lvm_vg){.n_lv = 0};
	if (nul)
		t.end = nul;
	ret = parse_tree(&t);
	if (!ret)
		ret = read_vg(&t, out, err);
	free(t.node);
	return ret;
}

void lvm_free(struct lvm_vg *vg)
{
	for (size_t i = 0; i < vg->n_lv; i++)
		free(vg->lv[i].piece);
	free(vg->lv);
	*vg = (struct lvm_vg){.n_lv = 0};
}
