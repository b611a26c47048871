# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make help" lists the targets. One make builds everything: each part is described by a
# build.mk beside its sources, and everything built goes below $(O).

VERSION := 0.1

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

# Another output directory holds a configuration of its own: make O=build/tiny tiny_defconfig
O ?= build
override O := $(patsubst %/,%,$(O))
ifeq ($(O),build)
KCONFIG_CONFIG ?= .config
else
KCONFIG_CONFIG ?= $(O)/.config
endif
JOBS ?= $(shell nproc)
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
msg = @$(if $(filter 1,$(V)),true,printf '  %-8s %s\n' $(1) $(2))

DESTDIR ?=
PREFIX ?= /usr
SECONDS_FUZZ := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),15)

CC := gcc
AR := ar
CFLAGS_WARN := -Wall -Wextra -Werror -Wformat=2 -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef
CFLAGS_HARD := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
	-fno-strict-aliasing -ftrivial-auto-var-init=zero
LDFLAGS_HARD := -Wl,-z,relro,-z,now -Wl,-z,noexecstack
DEPFLAGS = -MMD -MP

# --- configuration (kconfig-frontends) ---------------------------------------------------

kconfig-files := Kconfig stage2/Kconfig initramfs/Kconfig
kconfig = srctree='$(CURDIR)' KCONFIG_CONFIG='$(abspath $(KCONFIG_CONFIG))'
auto.conf := $(O)/include/auto.conf
config.h := $(O)/include/config.h
version.h := $(O)/include/version.h

config-goals := menuconfig nconfig oldconfig olddefconfig savedefconfig listdefconfigs %_defconfig
# Goals that need no configuration, or bring one about by themselves
plain-goals := $(config-goals) help clean distclean demo check check-matrix check-images check-packages \
	setup lint dist deb rpm stage1 install-stage1

ifneq ($(filter-out $(plain-goals),$(or $(MAKECMDGOALS),all)),)
include $(auto.conf)
endif

config-string = $(subst ",,$(CONFIG_$(1)))

$(KCONFIG_CONFIG):
	@echo "  $@ is missing: taking stage2/configs/default_defconfig"
	$(Q)mkdir -p $(@D)
	$(Q)$(kconfig) kconfig-conf --defconfig=stage2/configs/default_defconfig Kconfig >/dev/null

# kconfig-conf rewrites both files each time; config.h keeps its time stamp when nothing in it
# changed, so that switching a symbol there and back compiles nothing twice.
$(auto.conf): $(KCONFIG_CONFIG) $(kconfig-files)
	$(Q)scripts/kconfig-header '$(KCONFIG_CONFIG)' '$(O)/include'

.PHONY: menuconfig nconfig oldconfig olddefconfig savedefconfig listdefconfigs
menuconfig: $(KCONFIG_CONFIG)
	$(Q)$(kconfig) kconfig-mconf Kconfig
nconfig: $(KCONFIG_CONFIG)
	$(Q)$(kconfig) kconfig-nconf Kconfig
oldconfig olddefconfig:
	$(Q)mkdir -p $(dir $(KCONFIG_CONFIG))
	$(Q)$(kconfig) kconfig-conf --$@ Kconfig
savedefconfig: $(KCONFIG_CONFIG)
	$(Q)mkdir -p $(O)
	$(Q)$(kconfig) kconfig-conf --savedefconfig=$(O)/defconfig Kconfig
	@echo "  $(O)/defconfig: what is different from the defaults ($$(wc -l <$(O)/defconfig) lines);"
	@echo "  to keep it under a name:  cp $(O)/defconfig stage2/configs/NAME_defconfig"
	@echo "  to build from it again:   make NAME_defconfig && make"
%_defconfig:
	$(Q)test -f stage2/configs/$@ || { echo "no such configuration: $@; there are:" >&2; \
		$(MAKE) -s --no-print-directory listdefconfigs >&2; exit 1; }
	$(Q)mkdir -p $(dir $(KCONFIG_CONFIG))
	$(Q)$(kconfig) kconfig-conf --defconfig=stage2/configs/$@ Kconfig
# Its first comment says what a configuration is for.
listdefconfigs:
	@for file in stage2/configs/*_defconfig; do \
		printf '  %-20s %s\n' "$${file##*/}" "$$(sed -n '1s/^# //p' $$file)"; done

$(version.h): Makefile
	$(Q)mkdir -p $(@D)
	$(Q)echo '#define XENPXE_VERSION "$(VERSION)"' >$@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# --- parts -------------------------------------------------------------------------------

.PHONY: FORCE

XENPXE_LIBDIR := $(PREFIX)/lib/xenpxe
include stage2/agent/build.mk
include stage1/build.mk
include initramfs/build.mk
include tests/probe/build.mk
include tests/tests.mk
include scripts/packaging/build.mk

# Stage one knows where the images are; another PREFIX makes it anew.
$(STAGE1_OBJ): $(O)/stage1/libdir
$(O)/stage1/libdir: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)[ "$$(cat $@ 2>/dev/null)" = '$(XENPXE_LIBDIR)' ] || echo '$(XENPXE_LIBDIR)' >$@

# The script compares contents itself, and leaves the kernel alone when nothing changed.
.PHONY: kernel
kernel: $(O)/kernel/vmlinuz
$(O)/kernel/vmlinuz: FORCE $(auto.conf)
	$(Q)O='$(O)' JOBS='$(JOBS)' KCONFIG_CONFIG='$(KCONFIG_CONFIG)' \
		env -u MAKEFLAGS -u MAKELEVEL stage2/kernel/build

# The same kernel with fault points in the hand-over's driver, for the tests
.PHONY: faults-kernel
faults-kernel: $(O)/kernel/vmlinuz
	$(Q)mkdir -p '$(O)/faults'
	$(Q)cp '$(KCONFIG_CONFIG)' '$(O)/faults/config'
	$(Q)printf 'CONFIG_PVKEXEC_DEBUG=y\nCONFIG_PVKEXEC_FAULTS=y\n' >>'$(O)/faults/config'
	$(Q)srctree='$(CURDIR)' KCONFIG_CONFIG='$(abspath $(O)/faults/config)' \
		kconfig-conf --olddefconfig Kconfig >/dev/null 2>&1
	$(Q)O='$(O)/faults' JOBS='$(JOBS)' KCONFIG_CONFIG='$(O)/faults/config' KERNEL_FROM='$(O)' \
		env -u MAKEFLAGS -u MAKELEVEL stage2/kernel/build

# The image with a rescue system beside this one, for the lab. What both kernels have in common is not
# compiled again.
.PHONY: rescue-image
rescue-image: $(O)/kernel/vmlinuz
	$(Q)$(MAKE) --no-print-directory O='$(O)/rescue' rescue_defconfig >/dev/null
	$(Q)KERNEL_FROM='$(O)' $(MAKE) --no-print-directory O='$(O)/rescue' image

# The pair that "make install" installs and that stage one gives to the toolstack
image-pair := $(O)/image/vmlinuz $(O)/image/initramfs
$(O)/image/vmlinuz: $(O)/kernel/vmlinuz
$(O)/image/initramfs: $(O)/initramfs/initramfs
$(image-pair):
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@.new && mv $@.new $@

# Beside them, what they are made of
$(O)/image/manifest: $(image-pair) $(O)/agent/xenpxe-agent scripts/manifest Makefile
	$(call msg,MANIFEST,$@)
	$(Q)scripts/manifest '$(O)' '$(VERSION)' >$@.new && mv $@.new $@

.PHONY: all image
all: stage1 image
	@scripts/sizes '$(O)'
image: $(image-pair) $(O)/image/manifest

# --- installation ------------------------------------------------------------------------
#
# One list says what "install" puts there and what "uninstall" takes away: MODE|SOURCE|TARGET.
# Images of other configurations lie beside this one, each in a folder of its own name.

imagedir = $(XENPXE_LIBDIR)/$(call config-string,IMAGE_NAME)
mandir = $(PREFIX)/share/man
docdir = $(PREFIX)/share/doc/xenpxe
docs = README.md $(shell [ ! -d docs ] || find docs -type f | LC_ALL=C sort)

files-of-image = 0644|$(O)/image/vmlinuz|$(imagedir)/vmlinuz \
	0644|$(O)/image/initramfs|$(imagedir)/initramfs \
	0644|$(O)/image/manifest|$(imagedir)/manifest \
	0644|$(KCONFIG_CONFIG)|$(imagedir)/config
files-of-program = 0755|$(O)/stage1/xenpxe|$(PREFIX)/bin/xenpxe \
	$(foreach page,$(wildcard man/*.[1-8]),\
		0644|$(page)|$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
	$(foreach doc,$(docs),0644|$(doc)|$(docdir)/$(doc))
files-of-tool = $(if $(CONFIG_PLAN),0755|$(O)/agent/xenpxe-agent|$(PREFIX)/sbin/xenpxe-agent)
install-files = scripts/install-files $(1) '$(DESTDIR)' '$(XENPXE_LIBDIR)' $(patsubst %,'%',$(2))

.PHONY: install install-stage1 install-image uninstall uninstall-image
install: all $(O)/agent/xenpxe-agent
	$(Q)$(call install-files,put,$(files-of-program) $(files-of-tool) $(files-of-image))
install-stage1: stage1
	$(Q)$(call install-files,put,$(files-of-program))
install-image: image
	$(Q)$(call install-files,put,$(files-of-image))
uninstall:
	$(Q)$(call install-files,remove,$(files-of-program) $(files-of-tool) $(files-of-image))
uninstall-image:
	$(Q)$(call install-files,remove,$(files-of-image))

# --- everything --------------------------------------------------------------------------

.PHONY: setup demo check check-matrix check-images bench lint clean distclean help
setup:
	$(Q)scripts/setup
demo:
	$(Q)O='$(O)' JOBS='$(JOBS)' scripts/build-all
	$(Q)scripts/lab demo $(DEMO_ARGS)
check-matrix:
	$(Q)O='$(O)' JOBS='$(JOBS)' scripts/build-all
	$(Q)O='$(O)' JOBS='$(JOBS)' tests/build/new-user
	$(Q)$(MAKE) --no-print-directory O='$(O)' rescue-image
	$(Q)scripts/lab matrix
check-images:
	$(Q)scripts/setup
	$(Q)O='$(O)' JOBS='$(JOBS)' SEED='$(SEED)' COUNT='$(COUNT)' tests/images/run $(PARTS)
check:
	$(Q)O='$(O)' JOBS='$(JOBS)' scripts/check $(PARTS)
bench: $(auto.conf)
	$(Q)O='$(O)' tests/bench/run
lint:
	$(Q)scripts/lint
clean:
	rm -rf $(O)/agent $(O)/stage1 $(O)/initramfs $(O)/image $(O)/probe $(O)/test $(O)/include
distclean:
	rm -rf $(O) $(KCONFIG_CONFIG) $(KCONFIG_CONFIG).old

help:
	@sed -n 's/^#: \?//p' Makefile

#: Build:      make [all]          stage one and the image pair vmlinuz, initramfs
#:             make stage1 | agent | kernel | initramfs | image | probe
#:             make install        to DESTDIR and PREFIX (/usr); uninstall takes it away again
#:             make install-image  only the image, beside others; uninstall-image, too
#:             make dist | deb | rpm   the sources as a tarball, packages; below $(O)
#:             make rescue-image   the image with a rescue system, in $(O)/rescue
#:             make clean          all but kernel and lab; distclean takes those and .config too
#: Configure:  make menuconfig | nconfig | oldconfig | olddefconfig
#:             make NAME_defconfig (listdefconfigs tells what there is), savedefconfig
#: See it:     make demo           set up, build, and show one guest netboot on a real Xen
#: Test:       make check          everything; PARTS="unit fuzz" for some (see scripts/check)
#:             make check-matrix   every Xen x every next kernel, and what takes long; prints a table
#:             make check-images   named and random images against their configurations, and two builds
#:                                 of one, bit by bit; PARTS=random SEED=N COUNT=20 (tests/images/run)
#:             make check-packages all that is packed, built anew, looked at, and installed
#:             make unit [T=NAME]  unit tests, or one of them
#:             make fuzz [T=NAME] [SECONDS=15]
#:             make bench          TFTP beside other clients, 200 guests at once; a table
#:             make lint
#: Variables:  O=DIR               build there; has a configuration of its own
#:             JOBS=N              processes for the kernel build (default: all processors)
#:             V=1                 show the commands
