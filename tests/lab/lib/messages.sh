# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What xenpxe says, as far as scenarios look for it: extended regular expressions, case ignored.
# All of them are here, so that a message can be improved in one place.

