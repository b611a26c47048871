# SPDX-License-Identifier: GPL-2.0-or-later
#
# Stage one. Included by the top Makefile, and good by itself:
#	make -f stage1/build.mk O=build [stage1|stage1-check]

O ?= build
VERSION ?= 0.1
XENPXE_LIBDIR ?= /usr/lib/xenpxe

STAGE1_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
STAGE1_SRC := main.c options.c keys.c cmdline.c answer.c image.c place.c client.c io.c
STAGE1_OBJ := $(STAGE1_SRC:%.c=$(O)/stage1/%.o)
STAGE1_BIN := $(O)/stage1/xenpxe

STAGE1_CPPFLAGS := -D_GNU_SOURCE -DXENPXE_LIBDIR='"$(XENPXE_LIBDIR)"' \
	-DXENPXE_VERSION='"$(VERSION)"'
STAGE1_CFLAGS := -std=gnu11 -Os -g -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
	-fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffunction-sections -fdata-sections
# No build ID: it would be another one in every folder, and the symbols that it is for are gone.
STAGE1_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--gc-sections,--as-needed \
	-Wl,--build-id=none -s

.PHONY: stage1 stage1-check
stage1: $(STAGE1_BIN)

$(STAGE1_BIN): $(STAGE1_OBJ)
	$(call msg,LD,$@)
	$(Q)$(CC) $(STAGE1_LDFLAGS) -o $@ $(STAGE1_OBJ)

# For a dom0 whose C library is older than this machine's.
$(STAGE1_BIN)-static: $(STAGE1_OBJ)
	$(call msg,LD,$@)
	$(Q)$(CC) -static-pie $(filter-out -pie,$(STAGE1_LDFLAGS)) -o $@ $(STAGE1_OBJ)

$(O)/stage1/%.o: $(STAGE1_DIR)/%.c $(STAGE1_DIR)/build.mk
	$(Q)mkdir -p $(@D)
	$(call msg,CC,$<)
	$(Q)$(CC) $(STAGE1_CPPFLAGS) $(STAGE1_CFLAGS) -MMD -MP -c -o $@ $<

-include $(STAGE1_OBJ:.o=.d)

# Unit tests, sanitized; and the behaviour of the real binary.

STAGE1_TEST_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
STAGE1_TESTS := options cmdline answer image
STAGE1_TEST_BIN := $(STAGE1_TESTS:%=$(O)/test/unit/test_stage1_%)
STAGE1_TEST_DIR := $(STAGE1_DIR)/../tests

STAGE1_TEST_SRC_options := options.c keys.c image.c
STAGE1_TEST_SRC_cmdline := cmdline.c keys.c
STAGE1_TEST_SRC_answer := answer.c
STAGE1_TEST_SRC_image := image.c io.c

$(STAGE1_TEST_BIN): $(O)/test/unit/test_stage1_%: $(STAGE1_TEST_DIR)/unit/test_stage1_%.c \
		$(wildcard $(STAGE1_DIR)/*.[ch]) $(STAGE1_DIR)/build.mk
	$(Q)mkdir -p $(@D)
	$(call msg,TEST,$<)
	$(Q)$(CC) $(STAGE1_CPPFLAGS) $(STAGE1_TEST_CFLAGS) -I$(STAGE1_DIR) -o $@ $< \
		$(STAGE1_TEST_SRC_$*:%=$(STAGE1_DIR)/%) -lcmocka

stage1-check: $(STAGE1_BIN) $(STAGE1_TEST_BIN)
	@set -e; for t in $(STAGE1_TEST_BIN); do $$t; done
	$(STAGE1_TEST_DIR)/stage1/run $(STAGE1_BIN)
