# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests that do what a person does: "make menuconfig" driven in a terminal (tmux), and what is
# built from it looked at. Sourced with O, the build directory whose image is complete, and NAME;
# what is built goes to $o, below O/test.

set -euo pipefail
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL KCONFIG_CONFIG TMUX

# shellcheck disable=SC2034,SC2153  # for, and by, who sources this
main=${O:-build} jobs=${JOBS:-$(nproc)} o=${O:-build}/test/$NAME
unset O
passed=0 failed=0
mkdir -p "$o"
rm -f "$o/.config"

terminal() { tmux -L "xenpxe-$NAME-$$" "$@"; }
trap 'terminal kill-server 2>/dev/null || true' EXIT

check() { # WHAT COMMAND...
	local what=$1
	shift
	if "$@" >"$o/output" 2>&1; then
		printf '    ok     %s\n' "$what"
		passed=$((passed + 1))
	else
		printf '    FAILED %s: %s\n' "$what" "$*"
		tail -n 40 "$o/output" | sed 's/^/        /'
		failed=$((failed + 1))
	fi
}

seen() { # TEXT: within ten seconds the terminal shows it
	local i
	for ((i = 0; i < 100; i++)); do
		terminal capture-pane -p | grep -qF -- "$1" && return
		sleep 0.1
	done
	echo "not seen: $1; the terminal shows:"
	terminal capture-pane -p
	return 1
}

press() { terminal send-keys "$@"; }

begin() {
	terminal kill-server 2>/dev/null || true
	terminal -f /dev/null new-session -d -x 100 -y 40 "make O=$o menuconfig; echo ended with \$?; exec sleep 60" &&
		seen 'Ways to boot  --->'
}
leave_menu() { press Escape Escape && seen 'Name of the image'; }
leave() { press Escape Escape && seen 'Do you wish to save'; }
save() { press Enter && seen 'ended with 0'; }

# Prints how often it meets what must go and what must stay in standard input's lines: "0 0" would
# be a check of nothing at all.
count() { # GONE STAYS
	awk -v gone="$1" -v stays="$2" '$0 ~ gone { g = 1 } $0 ~ stays { s = 1 } END { print g + 0, s + 0 }'
}
equal() { [ "$1" = "$2" ] || { echo "expected $1, found $2"; return 1; }; }
of_archive() { xz -dc "$1/initramfs/initramfs" | cpio -i --quiet --to-stdout "$2"; } # DIRECTORY FILE

closing_line() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
