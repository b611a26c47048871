# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every part of the lab shares: where things are, how they are said, how they are cached.

# shellcheck disable=SC2034  # used by the parts that source this file
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB=$TOP/build/lab
MIRROR=${LAB_MIRROR:-http://deb.debian.org/debian}
SECURITY_MIRROR=${LAB_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

export LC_ALL=C

say() { printf 'lab: %s\n' "$*"; }
die() {
	printf 'lab: %s\n' "$*" >&2
	exit 1
}

need() {
	command -v "$1" >/dev/null || die "$1 is not installed; run scripts/setup first"
}

# The first 16 hex digits of the hash of the files' contents and of the words given.
# usage: content_key FILE... -- WORD...
content_key() {
	local files=()
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	{ sha256sum "${files[@]}" | cut -d' ' -f1 && printf '%s\n' "$@"; } | sha256sum | cut -c1-16
}

# True when DIR was completely built from KEY.
cached() {
	[ "$(cat "$1/key" 2>/dev/null)" = "$2" ]
}

# Put the finished directory NEW in place of DIR, marked with KEY.
commit_dir() {
	local new=$1 dir=$2 key=$3
	printf '%s\n' "$key" >"$new/key"
	rm -rf "$dir"
	mv "$new" "$dir"
}
