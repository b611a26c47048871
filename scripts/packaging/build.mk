# SPDX-License-Identifier: GPL-2.0-or-later
#
# The sources as a tarball, and packages made of that tarball. Each script says what it does.

.PHONY: dist deb rpm check-packages
dist:
	$(Q)scripts/packaging/dist '$(O)' '$(VERSION)'
deb: dist
	$(Q)env -u MAKEFLAGS -u MAKELEVEL scripts/packaging/deb '$(O)' '$(VERSION)' '$(JOBS)'
rpm: dist
	$(Q)env -u MAKEFLAGS -u MAKELEVEL scripts/packaging/rpm/build '$(O)' '$(VERSION)' '$(JOBS)'
check-packages:
	$(Q)O='$(O)' JOBS='$(JOBS)' tests/packaging/run all
