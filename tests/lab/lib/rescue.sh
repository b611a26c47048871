# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests in rescue.
#
#   rescue_image              fails if dom0 has no image "rescue", or one of more than 16 MB
#   enter NAME LINE [REGEX [SECONDS]]
#                             type a line at the rescue shell; wait for REGEX behind it, then for the
#                             prompt
#   expect_shell NAME [SECONDS]
#   recipe N                  the Nth command that docs/rescue.md has for this scenario, with the names of
#                             this guest's files, volumes and server in the place of the examples'
#   recipes N                 that there are N of them, so that none is left out
#   ssh_key KEY               make a key pair, print the public one as the key ssh-key takes it
#   ssh_in NAME KEY COMMAND   run COMMAND in the guest by SSH, with that key; standard input is its

rescue_image() {
	[ -e /usr/lib/xenpxe/rescue/initramfs ] ||
		fail "there is no image \"rescue\": make rescue-image"
	[ "$(cat /usr/lib/xenpxe/rescue/* | wc -c)" -le 16000000 ] || fail "the rescue image has more than 16 MB"
}

expect_shell() { expect "$1" '^rescue:[^ ]*# ' "${2:-60}"; }

# The terminal echoes the line; what comes behind it is looked at.
enter() {
	mark "$1"
	say "$1# $2"
	send "$1" "$2"
	[ -z "${3:-}" ] || expect "$1" "$3" "${4:-60}"
	expect "$1" '^rescue:[^ ]*# ' "${4:-60}"
}

# dropbear's programs, with the libraries that dom0 does not have.
dropbear_tool() { # PROGRAM ARG...
	mkdir -p "$RUN/home/.ssh"
	HOME=$RUN/home LD_LIBRARY_PATH=/lab/in/ssh timeout 60 "/lab/in/ssh/$1" "${@:2}"
}

ssh_key() {
	dropbear_tool dropbearkey -t ed25519 -f "$RUN/$1" 2>&1 | awk '$1 == "ssh-ed25519" { print $2 }'
}

ssh_in() {
	dropbear_tool dbclient -T -i "$RUN/$2" -y -y "root@$(address "$1")" "$3"
}

# shellcheck disable=SC2154  # own_* are local.sh's
all_recipes() {
	awk -v mark="<!-- run: rescue ${SCENARIO%@*} -->" '
		$0 == mark { marked = 1; next }
		/^```/ { on = marked && !on; marked = 0; next }
		on' /lab/in/docs/rescue.md |
		sed -e "s/6\\.1\\.0-21-cloud-amd64/$own_version/g" -e "s/192\\.0\\.2\\.1/10.$SLOT.0.1/g" \
			-e "s/d15c0000-0000-4000-8000-000000000001/$own_uuid/g" -e "s/guest1/guest$SLOT/g"
}

recipe() { all_recipes | sed -n "$1p"; }

recipes() { same "commands of docs/rescue.md" "$1" "$(all_recipes | grep -c .)"; }
