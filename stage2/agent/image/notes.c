/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/notes.h"

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>

#include <xen/elfnote.h>

#define OWNER "Xen"

/* A numeric note is a word of 4 or 8 bytes, in the byte order of the only machine we know. */
static bool number(const uint8_t *desc, size_t len, uint64_t *value)
{
	uint32_t word;

	if (len == sizeof(*value)) {
		memcpy(value, desc, sizeof(*value));
		return true;
	}
	if (len != sizeof(word))
		return false;
	memcpy(&word, desc, sizeof(word));
	*value = word;
	return true;
}

static void read_segment(struct notes *notes, Elf_Data *data, bool *entry, bool *base)
{
	size_t at = 0, name_at, desc_at;
	const uint8_t *bytes = data->d_buf;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name_at, &desc_at)) > 0) {
		if (note.n_namesz != sizeof(OWNER) || memcmp(bytes + name_at, OWNER, sizeof(OWNER)))
			continue;
		if (note.n_type == XEN_ELFNOTE_ENTRY)
			*entry = number(bytes + desc_at, note.n_descsz, &notes->entry);
		else if (note.n_type == XEN_ELFNOTE_VIRT_BASE)
			*base = number(bytes + desc_at, note.n_descsz, &notes->virt_base);
		else if (note.n_type == XEN_ELFNOTE_HYPERCALL_PAGE)
			number(bytes + desc_at, note.n_descsz, &notes->hypercall_page);
	}
}

int notes_read(struct notes *notes, const uint8_t *elf, size_t len, struct error *err)
{
	bool entry = false, base = false;
	size_t n = 0;
	Elf *file;

	notes->hypercall_page = 0;
	elf_version(EV_CURRENT);
	/* The library takes a writable pointer; without ELF_C_RDWR it only reads. */
	file = elf_memory((char *)(uintptr_t)elf, len);
	if (!file || elf_getphdrnum(file, &n)) {
		elf_end(file);
		return error_set(err, ERR_IMAGE, "the unpacked kernel is no ELF file");
	}
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr phdr;
		Elf_Data *data;

		if (!gelf_getphdr(file, (int)i, &phdr) || phdr.p_type != PT_NOTE)
			continue;
		data = elf_getdata_rawchunk(file, (int64_t)phdr.p_offset, phdr.p_filesz,
					    phdr.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (data)
			read_segment(notes, data, &entry, &base);
	}
	elf_end(file);
	if (!entry || !base)
		return error_set(err, ERR_IMAGE,
				 "the kernel has no Xen PV entry point (ELF notes ENTRY and "
				 "VIRT_BASE): it was built without CONFIG_XEN_PV");
	return 0;
}
