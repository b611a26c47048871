# SPDX-License-Identifier: GPL-2.0-or-later
#
# xenpxe-agent: one static program, in the archive as /init.

# A file or folder that belongs to a symbol is compiled only when that symbol is set.
agent-of-TFTP := fetch/tftp%
agent-of-DISKS := disk/%
agent-of-MENU := menu/% pxelinux/menu% localboot/menu%
agent-of-PLAN := cli/% localboot/loop%
agent-of-PASSWORDS := pxelinux/sha1%
agent-of-LOCALBOOT := localboot/% fetch/file% cli/local%
agent-of-LOCALBOOT_GRUB := localboot/grub.% localboot/grub_% localboot/script%
agent-of-LOCALBOOT_BLS := localboot/bls%
agent-of-LOCALBOOT_GRUB_LEGACY := localboot/legacy%
agent-of-LOCALBOOT_SYSLINUX := localboot/syslinux%
agent-of-LOCALBOOT_LVM := localboot/lvm% localboot/dm%
agent-of-LOCALBOOT_MD := localboot/md%
agent-of-RESCUE := rescue/place% rescue/request% rescue/mounts% rescue/inventory% rescue/network% \
	rescue/rescue% rescue/verbs%
agent-of-RESCUE_SSH := rescue/ssh%
agent-symbols := TFTP DISKS MENU PLAN PASSWORDS RESCUE RESCUE_SSH \
	LOCALBOOT LOCALBOOT_GRUB LOCALBOOT_BLS LOCALBOOT_GRUB_LEGACY LOCALBOOT_SYSLINUX \
	LOCALBOOT_LVM LOCALBOOT_MD
agent-off := $(foreach s,$(agent-symbols),$(if $(CONFIG_$(s)),,$(agent-of-$(s))))

agent-all := $(patsubst stage2/agent/%,%,$(sort $(wildcard stage2/agent/*.c stage2/agent/*/*.c)))
agent-src := $(filter-out $(agent-off),$(agent-all))
agent-obj := $(agent-src:%.c=$(O)/agent/obj/%.o)

agent-cppflags := -Istage2/agent -I$(O)/include -include $(config.h)
agent-cflags := -std=gnu11 -Os -g -fPIE -ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(CURDIR)/= $(CFLAGS_WARN) $(CFLAGS_HARD)

# libxenguest's loaders register in constructors that nothing refers to, so all of it goes in;
# --gc-sections takes out again what neither they nor we reach (save and restore, hvm).
# Its ZSTD and LZMA come from the libraries; bzip2 and lzo are not in Debian's build of it.
xen-libs := -lxenctrl -lxencall -lxenforeignmemory -lxengnttab -lxenevtchn -lxendevicemodel \
	-lxentoolcore -lxentoollog -lelf -lz -llzma -lzstd
agent-libs := -Wl,--whole-archive -lxenguest -Wl,--no-whole-archive $(xen-libs) \
	$(if $(CONFIG_PASSWORDS),-lcrypt) $(if $(CONFIG_LOCALBOOT),-lblkid)
agent-ldflags := -static-pie -Wl,--gc-sections -Wl,--build-id=none $(LDFLAGS_HARD)

.PHONY: agent
agent: $(O)/agent/xenpxe-agent

$(O)/agent/obj/%.o: stage2/agent/%.c Makefile stage2/agent/build.mk | $(config.h) $(version.h)
	$(call msg,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(agent-cflags) $(DEPFLAGS) -c -o $@ $<

# With symbols for people who debug; the archive takes the stripped one. The map says what is in
# it of which library, for the manifest.
$(O)/agent/xenpxe-agent.debug: $(agent-obj)
	$(call msg,LD,$@)
	$(Q)$(CC) $(agent-cflags) $(agent-ldflags) -Wl,-Map=$(basename $@).map -o $@ \
		$(filter %.o,$^) $(agent-libs)

$(O)/agent/xenpxe-agent: $(O)/agent/xenpxe-agent.debug
	$(call msg,STRIP,$@)
	$(Q)strip -o $@ $<

-include $(agent-obj:.o=.d)
