# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The final system that guests boot: an unmodified Debian kernel and an initramfs that reports
# what it finds, for each suite: $LAB/final/SUITE/{vmlinuz,version,initrd}; beside them
# $LAB/final/payload.cpio, 60 MB of incompressible files with their checksums.

final_suites="trixie bookworm"
final_modules="xen-netfront xen-blkfront xenfs af_packet"

final_key() {
	content_key "$TOP/scripts/lab.d/final.sh" "$TOP/scripts/lab.d/apt.sh" \
		"$TOP"/tests/lab/final/* -- "$final_suites" "$final_modules"
}

final_initrd() {
	local suite=$1 new=$2 dir=$2/$1/initrd.d name
	mkdir -p "$dir"/{bin,sbin,dev,proc,sys,tmp,etc}
	cp "$LAB/busybox/bin/busybox" "$dir/bin/busybox"
	cp "$TOP"/tests/lab/final/{rc,udhcpc} "$dir/etc/"
	cp "$new/tools" "$dir/bin/xs"
	for name in init bin/udhcpc-script sbin/poweroff sbin/reboot; do
		ln "$dir/bin/xs" "$dir/$name"
	done
	# shellcheck disable=SC2086  # a list of names
	kernel_modules "$suite" "$dir" $final_modules
	(cd "$dir" && find . | sort | cpio --quiet --reproducible -o -H newc -R 0:0 | gzip -9n) \
		>"$new/$suite/initrd"
	rm -rf "$dir"
}

final_payload() {
	local out=$1 dir=$LAB/payload.d n
	rm -rf "$dir"
	mkdir -p "$dir/payload"
	for n in $(seq 1 12); do
		# the same bytes in every build, and no compressor finds anything in them
		openssl enc -aes-128-ctr -K "$(printf '%032d' "$n")" -iv "$(printf '%032d' 0)" \
			</dev/zero 2>/dev/null | head -c 5242880 >"$dir/payload/$n" || true
		[ "$(stat -c %s "$dir/payload/$n")" -eq 5242880 ] || die "openssl wrote no payload"
	done
	(cd "$dir/payload" && sha256sum -- * >../sums && mv ../sums SHA256SUMS)
	(cd "$dir" && find payload | sort | cpio --quiet --reproducible -o -H newc -R 0:0) >"$out"
	rm -rf "$dir"
}

final_build() {
	local dir=$LAB/final new=$LAB/final.new key start=$SECONDS suite
	key=$(final_key)
	cached "$dir" "$key" && return
	say "building the final system of guests"
	rm -rf "$new"
	mkdir -p "$new"
	gcc -O2 -Wall -Wextra -Werror -static -s -o "$new/tools" "$TOP/tests/lab/final/tools.c" \
		-lxenstore -lxentoolcore
	for suite in $final_suites; do
		[ -e "$LAB/apt/$suite/lists/lock" ] || suite_update "$suite"
		suite_kernel "$suite"
	done
	[ -x "$LAB/busybox/bin/busybox" ] || {
		rm -rf "$LAB/busybox"
		suite_unpack "${final_suites%% *}" busybox-static "$LAB/busybox"
		[ -x "$LAB/busybox/bin/busybox" ] || mv "$LAB/busybox/usr/bin" "$LAB/busybox/bin"
	}
	for suite in $final_suites; do
		mkdir -p "$new/$suite"
		cp "$LAB/kernel/$suite/vmlinuz" "$LAB/kernel/$suite/version" "$new/$suite/"
		final_initrd "$suite" "$new"
	done
	final_payload "$new/payload.cpio"
	commit_dir "$new" "$dir" "$key"
	say "final system built in $((SECONDS - start)) s"
}
