# SPDX-License-Identifier: GPL-2.0-or-later
#
# The archive that stage two starts from; what goes in is said by initramfs/modules/*/module.

HOSTCC := gcc

.PHONY: initramfs
initramfs: $(O)/initramfs/initramfs

$(O)/initramfs/mkcpio: initramfs/mkcpio.c Makefile initramfs/build.mk
	$(call msg,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(CFLAGS_WARN) -o $@ $<

$(O)/initramfs/initramfs: $(O)/initramfs/mkcpio $(O)/agent/xenpxe-agent initramfs/pack \
		$(wildcard initramfs/modules/*/*) $(auto.conf) Makefile
	$(call msg,PACK,$@)
	$(Q)initramfs/pack '$(O)' '$(VERSION)'
