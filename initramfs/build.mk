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

# What the user has of their own: modules, files, keys
initramfs-own := $(foreach s,EXTRA_MODULES RESCUE_FILES RESCUE_SSH_KEYS,$(call config-string,$(s)))

$(O)/initramfs/initramfs: $(O)/initramfs/mkcpio $(O)/agent/xenpxe-agent initramfs/pack \
		$(wildcard initramfs/modules/*/*) $(if $(strip $(initramfs-own)),FORCE) $(auto.conf) Makefile
	$(call msg,PACK,$@)
	$(Q)initramfs/pack '$(O)' '$(VERSION)'
