# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests in rescue.
#
#   rescue_image              fails if dom0 has no image "rescue"
#   type NAME LINE [REGEX [SECONDS]]
#                             type a line at the rescue shell; wait for REGEX behind it, then for the
#                             prompt
#   answer NAME COMMAND       type it, print what it printed
#   expect_shell NAME [SECONDS]
#   image_sum FILE            of a disk image, when all that was written is in it

rescue_image() {
	[ -e /usr/lib/xenpxe/rescue/initramfs ] ||
		fail "there is no image \"rescue\": make O=build/rescue rescue_defconfig; make O=build/rescue KERNEL_FROM=build image"
}

expect_shell() { expect "$1" '^rescue:[^ ]*# ' "${2:-60}"; }

# The terminal echoes the line; what comes behind it is looked at.
type() {
	mark "$1"
	say "$1# $2"
	send "$1" "$2"
	[ -z "${3:-}" ] || expect "$1" "$3" "${4:-60}"
	expect "$1" '^rescue:[^ ]*# ' "${4:-60}"
}

answer() {
	type "$1" "$2" '' "${3:-60}" >/dev/null
	console "$1" | sed -e '1d' -e '/^rescue:[^ ]*# $/d'
}

image_sum() {
	sync
	sha256sum <"$1" | cut -d' ' -f1
}
