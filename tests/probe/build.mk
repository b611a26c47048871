# SPDX-License-Identifier: GPL-2.0-or-later
# The probe kernel in its three variants (see layout.h): $(O)/probe/{probe,probe-hcpage,probe-old}

PROBE_DIR := tests/probe
PROBE_OUT := $(O)/probe
PROBE_SOURCES := $(wildcard $(PROBE_DIR)/*.c) $(PROBE_DIR)/entry.S stage2/agent/util/sha256.c
PROBE_KERNELS := $(addprefix $(PROBE_OUT)/,probe probe-hcpage probe-old)

# No vector registers and no red zone: exceptions arrive on the stack in use.
PROBE_CFLAGS := -std=gnu11 -O2 -g $(CFLAGS_WARN) -ffreestanding -Istage2/agent -fno-pic \
	-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fno-strict-aliasing -mno-red-zone -mgeneral-regs-only \
	-mcmodel=kernel -D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__
PROBE_LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,max-page-size=4096

.PHONY: probe
probe: $(PROBE_KERNELS)

$(PROBE_OUT)/probe: PROBE_VARIANT :=
$(PROBE_OUT)/probe-hcpage: PROBE_VARIANT := -DPROBE_HYPERCALL_PAGE
$(PROBE_OUT)/probe-old: PROBE_VARIANT := -DPROBE_OLD

$(PROBE_KERNELS): $(PROBE_SOURCES) $(wildcard $(PROBE_DIR)/*.h) $(PROBE_DIR)/probe.lds.S \
		$(PROBE_DIR)/build.mk
	$(call msg,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -E -P -x assembler-with-cpp $(PROBE_VARIANT) -o $@.lds $(PROBE_DIR)/probe.lds.S
	$(Q)$(CC) $(PROBE_CFLAGS) $(PROBE_VARIANT) $(PROBE_LDFLAGS) -Wl,-T,$@.lds -o $@ \
		$(PROBE_SOURCES)
