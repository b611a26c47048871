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
plain-goals := $(config-goals) help clean distclean demo check check-matrix setup lint

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
	$(Q)$(kconfig) kconfig-conf --savedefconfig=$(O)/defconfig Kconfig
	@echo "  written to $(O)/defconfig; to keep it: cp $(O)/defconfig stage2/configs/NAME_defconfig"
%_defconfig:
	$(Q)test -f stage2/configs/$@ || { echo "no such configuration: $@; there are:" >&2; \
		ls stage2/configs >&2; exit 1; }
	$(Q)mkdir -p $(dir $(KCONFIG_CONFIG))
	$(Q)$(kconfig) kconfig-conf --defconfig=stage2/configs/$@ Kconfig
listdefconfigs:
	@ls stage2/configs

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
	$(Q)test -f '$(O)/rescue/.config' || $(MAKE) --no-print-directory O='$(O)/rescue' rescue_defconfig >/dev/null
	$(Q)KERNEL_FROM='$(O)' $(MAKE) --no-print-directory O='$(O)/rescue' image

# The pair that "make install" installs and that stage one gives to the toolstack
image-pair := $(O)/image/vmlinuz $(O)/image/initramfs
$(O)/image/vmlinuz: $(O)/kernel/vmlinuz
$(O)/image/initramfs: $(O)/initramfs/initramfs
$(image-pair):
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@.new && mv $@.new $@

.PHONY: all image
all: stage1 image
	@scripts/sizes '$(O)'
image: $(image-pair)

# --- installation ------------------------------------------------------------------------

bindir = $(DESTDIR)$(PREFIX)/bin
sbindir = $(DESTDIR)$(PREFIX)/sbin
mandir = $(DESTDIR)$(PREFIX)/share/man
imagedir = $(DESTDIR)$(XENPXE_LIBDIR)/$(call config-string,IMAGE_NAME)

.PHONY: install uninstall
install: all $(O)/agent/xenpxe-agent
	install -D -m 0755 $(O)/stage1/xenpxe $(bindir)/xenpxe
	$(if $(CONFIG_PLAN),install -D -m 0755 $(O)/agent/xenpxe-agent $(sbindir)/xenpxe-agent)
	install -D -m 0644 $(O)/image/vmlinuz $(imagedir)/vmlinuz
	install -D -m 0644 $(O)/image/initramfs $(imagedir)/initramfs
	install -D -m 0644 $(KCONFIG_CONFIG) $(imagedir)/config
	for page in man/*.[1-8]; do \
		install -D -m 0644 $$page $(mandir)/man$${page##*.}/$${page##*/}; done

# Only what this configuration's "make install" put there
uninstall:
	rm -f $(bindir)/xenpxe $(sbindir)/xenpxe-agent $(imagedir)/vmlinuz $(imagedir)/initramfs $(imagedir)/config
	rmdir --ignore-fail-on-non-empty $(imagedir) $(dir $(imagedir))
	for page in man/*.[1-8]; do rm -f $(mandir)/man$${page##*.}/$${page##*/}; done

# --- everything --------------------------------------------------------------------------

.PHONY: setup demo check check-matrix bench lint clean distclean help
setup:
	$(Q)scripts/setup
demo:
	$(Q)O='$(O)' JOBS='$(JOBS)' scripts/build-all
	$(Q)scripts/lab demo $(DEMO_ARGS)
check-matrix:
	$(Q)O='$(O)' JOBS='$(JOBS)' scripts/build-all
	$(Q)$(MAKE) --no-print-directory O='$(O)' rescue-image
	$(Q)scripts/lab matrix
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
#:             make rescue-image   the image with a rescue system, in $(O)/rescue
#:             make clean          all but kernel and lab; distclean takes those and .config too
#: Configure:  make menuconfig | nconfig | oldconfig | olddefconfig
#:             make NAME_defconfig (listdefconfigs names them), savedefconfig
#: See it:     make demo           set up, build, and show one guest netboot on a real Xen
#: Test:       make check          everything; PARTS="unit fuzz" for some (see scripts/check)
#:             make check-matrix   every Xen x every next kernel, and what takes long; prints a table
#:             make unit [T=NAME]  unit tests, or one of them
#:             make fuzz [T=NAME] [SECONDS=15]
#:             make bench          TFTP beside other clients, 200 guests at once; a table
#:             make lint
#: Variables:  O=DIR               build there; has a configuration of its own
#:             JOBS=N              processes for the kernel build (default: all processors)
#:             V=1                 show the commands
