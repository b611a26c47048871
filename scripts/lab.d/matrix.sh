# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The matrix: each host boots each next kernel through a hand-over (scenario "next"), then the
# scenarios that take too long for every day. Prints a table, also written to build/lab/matrix.md.

matrix_hosts="bullseye bookworm bookworm-shim trixie"
matrix_nexts="bullseye bullseye-cloud bookworm bookworm-cloud trixie trixie-cloud stage-two grub"
matrix_disks="lvm md bls extlinux xen saved xfs4 vfat iso"
matrix_looks="ext4 xfs btrfs lvm md"

host_words() {
	case $1 in
	bookworm-shim) echo "Xen 4.17, pvshim=1" ;;
	*) echo "Xen $(xen_version "$1")" ;;
	esac
}

next_words() {
	case $1 in
	stage-two) echo "xenpxe itself, then Linux $(kernel_words light)" ;;
	grub) echo "GRUB, then Linux $(kernel_words bookworm)" ;;
	*) echo "Debian $1, Linux $(kernel_words "$1")" ;;
	esac
}

kernel_words() {
	local file
	[ "$1" != light ] || { echo 6.1 && return; }
	for file in "$LAB"/final{,-matrix}/"$1"/version; do
		[ ! -e "$file" ] || cut -d. -f1,2 "$file"
	done
}

# A host that cannot be built: its packages cannot be fetched, or we have failed. (apt-get update
# ends well where it fetched nothing.)
matrix_unbuilt() { # HOST LOG...
	local host=$1
	shift
	cat "$1"
	if grep -qsE '^[EW]: Failed to fetch|does not have a Release file' "$@"; then
		echo "host $host is unavailable: its packages cannot be fetched"
		echo "host unavailable" >"$LAB/matrix/$host"
		return
	fi
	echo "host $host cannot be built"
	# shellcheck disable=SC2086  # a list of names
	printf '%s\tFAIL\n' $matrix_nexts >"$LAB/matrix/$host"
}

# One host's column: $LAB/matrix/HOST holds "NEXT<tab>RESULT" lines.
matrix_host() { # HOST
	local host=$1 suite=${1%-shim} log=$LAB/matrix/$1.log next result line=
	[ "$suite" = "$host" ] || line='pvshim=1'
	: >"$LAB/matrix/$host"
	rm -f "$LAB/apt/$suite/update.log"
	# a process of its own: within "if" bash does not stop at what fails
	if ! "$TOP/scripts/lab" build --suite="$suite" >"$log" 2>&1; then
		matrix_unbuilt "$host" "$log" "$LAB/apt/$suite/update.log"
		return
	fi
	# shellcheck disable=SC2046,SC2086  # lists of names
	"$TOP/scripts/lab" run --suite="$suite" --matrix --guest-line="$line" \
		$(printf 'next@%s ' $matrix_nexts) 2>&1 | tee "$log" || true
	for next in $matrix_nexts; do
		result=$(cat "$LAB/logs/next@$next/cell" 2>/dev/null || true)
		grep -q "^ok next@$next " "$log" || result=FAIL
		printf '%s\t%s\n' "$next" "$result" >>"$LAB/matrix/$host"
	done
}

matrix_table() { # HOST...
	local host next cell
	printf '| next kernel |'
	for host; do
		printf ' %s |' "$(host_words "$host")"
	done
	printf '\n|---|'
	for host; do
		printf -- '---|'
	done
	printf '\n'
	for next in $matrix_nexts; do
		printf '| %s |' "$(next_words "$next")"
		for host; do
			cell=$(awk -F'\t' -v n="$next" '$1 == n { print $2 }' "$LAB/matrix/$host")
			[ "$(cat "$LAB/matrix/$host")" != "host unavailable" ] || cell="host unavailable"
			printf ' %s |' "$cell"
		done
		printf '\n'
	done
}

# Does README.md show what the run found? A host that cannot be had now was there before.
matrix_shown() { # TABLE
	local shown
	shown=$(sed -n '/^| next kernel |/,/^$/{/^|/p}' "$TOP/README.md")
	! grep -q 'host unavailable' "$1" || return 0
	diff <(echo "$shown") "$1" || {
		echo "the table in README.md (<) is not that of this run (>, build/lab/matrix.md)"
		return 1
	}
}

lab_matrix() {
	local hosts=$* host failed=0 passed=0 long=() file
	[ -n "$hosts" ] || hosts=$matrix_hosts
	mkdir -p "$LAB/matrix"
	# shellcheck disable=SC2034  # read by lab_build() and run_begin()
	matrix=yes
	lab_build
	for host in $hosts; do
		say "matrix: host $host"
		matrix_host "$host"
	done
	if [ $# -eq 0 ]; then
		for file in "$TOP"/tests/lab/matrix/*; do
			# shellcheck disable=SC2046,SC2086,SC2207  # lists of names
			case $(basename "$file") in
			next) ;;
			local) long+=($(printf 'local@%s ' $matrix_disks)) ;;
			rescue-look) long+=($(printf 'rescue-look@%s ' $matrix_looks)) ;;
			*) long+=("$(basename "$file")") ;;
			esac
		done
		say "matrix: the long scenarios"
		"$TOP/scripts/lab" run --matrix "${long[@]}" 2>&1 | tee "$LAB/matrix/long.log" || true
		passed=$(grep -c '^ok ' "$LAB/matrix/long.log") || true
		failed=$((${#long[@]} - passed))
	fi
	# shellcheck disable=SC2086  # a list of names
	matrix_table $hosts | tee "$LAB/matrix.md"
	for host in $hosts; do
		passed=$((passed + $(grep -cE '	(boots|refused)' "$LAB/matrix/$host" || true)))
		failed=$((failed + $(grep -cvE '	(boots|refused)|^host unavailable$' "$LAB/matrix/$host" || true)))
	done
	[ $# -gt 0 ] || matrix_shown "$LAB/matrix.md" || failed=$((failed + 1))
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ]
}
