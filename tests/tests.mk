# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests and fuzz targets. The sources under test are compiled a second and a third time,
# with sanitizers, into archives that each test takes from what it needs:
#   tests/unit/test_NAME.c         the agent without its main.c
#   tests/unit/test_stage1_NAME.c  parts of stage one (stage1/build.mk says how)
#   tests/fuzz/fuzz_NAME.c         the agent; seeds in tests/fuzz/seeds/NAME/

CLANG := clang
test-san := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
test-cflags := -std=gnu11 $(test-san) $(CFLAGS_WARN)
fuzz-cflags := -std=gnu11 $(test-san) -Wall -Wextra -Werror
test-libs := -lcmocka -Wl,--as-needed -lxenguest $(xen-libs) -lcrypt -lblkid

agent-test-src := $(filter-out main.c,$(agent-all)) # whatever the configuration leaves out

unit-tests := $(patsubst tests/unit/%.c,$(O)/test/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
unit-agent := $(filter-out $(O)/test/unit/test_stage1%,$(unit-tests))
fuzz-targets := $(patsubst tests/fuzz/%.c,$(O)/test/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

$(O)/test/agent/%.o: stage2/agent/%.c Makefile tests/tests.mk | $(config.h) $(version.h)
	$(call msg,CC-T,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(test-cflags) $(DEPFLAGS) -c -o $@ $<

$(O)/test/fuzz/agent/%.o: stage2/agent/%.c Makefile tests/tests.mk | $(config.h) $(version.h)
	$(call msg,CC-F,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(agent-cppflags) $(fuzz-cflags) -fsanitize=fuzzer-no-link $(DEPFLAGS) -c -o $@ $<

# Made anew each time: an object whose source is gone must not stay in.
$(O)/test/libagent.a: $(agent-test-src:%.c=$(O)/test/agent/%.o)
$(O)/test/fuzz/libagent.a: $(agent-test-src:%.c=$(O)/test/fuzz/agent/%.o)
$(O)/test/%.a:
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(unit-agent): $(O)/test/unit/%: tests/unit/%.c $(O)/test/libagent.a
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) -Itests/unit $(test-cflags) $(DEPFLAGS) -o $@ $< $(O)/test/libagent.a $(test-libs)

$(fuzz-targets): $(O)/test/fuzz/%: tests/fuzz/%.c $(O)/test/fuzz/libagent.a
	$(call msg,FUZZ,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(agent-cppflags) $(fuzz-cflags) -fsanitize=fuzzer $(DEPFLAGS) -o $@ $< \
		$(O)/test/fuzz/libagent.a -Wl,--as-needed -lxenguest $(xen-libs) -lcrypt -lblkid

# The agent's network code as a program of its own, for tests/net/run
$(O)/test/net/netclient: tests/net/netclient.c $(O)/test/libagent.a
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(test-cflags) $(DEPFLAGS) -o $@ $< $(O)/test/libagent.a

# The same with the objects, flags and linking of the image's agent
net-image-obj := $(filter-out $(O)/agent/obj/main.o,$(agent-obj))
$(O)/test/net/libimage.a: $(net-image-obj)
$(O)/test/net/netclient-image: tests/net/netclient.c $(O)/test/net/libimage.a
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(agent-cflags) $(agent-ldflags) -o $@ $< $(O)/test/net/libimage.a

# What the image's agent does whose guest says nothing, for tests/images/run
$(O)/test/images/keys: tests/images/keys.c $(O)/test/net/libimage.a
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(agent-cflags) $(agent-ldflags) -o $@ $< $(O)/test/net/libimage.a

# A bad cable between two interfaces
$(O)/test/net/wire: tests/net/wire.c Makefile tests/tests.mk
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(CFLAGS_WARN) -o $@ $<

# The menu as a program of its own, for tests/menu/run
$(O)/test/menu/menuclient: tests/menu/menuclient.c $(O)/test/libagent.a
	$(call msg,TEST,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(agent-cppflags) $(test-cflags) $(DEPFLAGS) -o $@ $< $(O)/test/libagent.a -lcrypt

.PHONY: unit unit-build fuzz fuzz-build
unit-build: $(unit-tests)
unit: unit-build
	$(Q)scripts/check.d/unit '$(O)' $(T)
fuzz-build: $(fuzz-targets)
fuzz: fuzz-build
	$(Q)scripts/check.d/fuzz '$(O)' $(SECONDS_FUZZ) $(T)

-include $(agent-test-src:%.c=$(O)/test/agent/%.d) $(agent-test-src:%.c=$(O)/test/fuzz/agent/%.d)
-include $(unit-tests:=.d) $(fuzz-targets:=.d)
