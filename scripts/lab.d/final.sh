# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The final system that guests boot: an unmodified Debian kernel and an initramfs that reports
# what it finds, for each kernel: $LAB/final/KERNEL/{vmlinuz,version,initrd}; beside them
# $LAB/final/payload.cpio, 60 MB of incompressible files with their checksums. A kernel is named
# by its suite, or SUITE-cloud for the flavour of that name. Those that only the matrix boots are
# in $LAB/final-matrix; there GRUB is a system of its own in grub/vmlinuz, and debian-initrd/initrd
# is what Debian makes for bookworm's kernel.

final_suites="trixie bookworm"
matrix_suites="bullseye bullseye-cloud bookworm-cloud trixie-cloud"
final_modules="xen-netfront xen-blkfront xenfs af_packet"

final_key() { # SUITES
	content_key "$TOP/scripts/lab.d/final.sh" "$TOP/scripts/lab.d/apt.sh" \
		"$TOP"/tests/lab/final/* -- "$1" "$final_modules"
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

# The kernels and their archives into NEW/SUITE.
final_kernels() { # NEW SUITE...
	local new=$1 suite
	shift
	mkdir -p "$new"
	gcc -O2 -Wall -Wextra -Werror -static -s -o "$new/tools" "$TOP/tests/lab/final/tools.c" \
		-lxenstore -lxentoolcore
	for suite; do
		[ -e "$LAB/apt/${suite%-cloud}/lists/lock" ] || suite_update "${suite%-cloud}"
		suite_kernel "$suite"
		mkdir -p "$new/$suite"
		cp "$LAB/kernel/$suite/vmlinuz" "$LAB/kernel/$suite/version" "$new/$suite/"
		final_initrd "$suite" "$new"
	done
}

# A PV system that is not Linux: GRUB with a Debian kernel and its archive inside, which it starts
# in its turn.
final_grub() { # NEW
	local dir=$1/grub
	mkdir -p "$dir/boot"
	cp "$LAB/final/bookworm/vmlinuz" "$LAB/final/bookworm/initrd" "$dir/boot/"
	tar -C "$dir/boot" -cf "$dir/memdisk.tar" vmlinuz initrd
	printf '%s\n' 'echo GRUB started' 'linux (memdisk)/vmlinuz console=hvc0 lab=grub initrd=initrd' \
		'initrd (memdisk)/initrd' 'boot' >"$dir/grub.cfg"
	grub-mkimage -O x86_64-xen -p / -c "$dir/grub.cfg" -m "$dir/memdisk.tar" -o "$dir/vmlinuz" \
		memdisk tar linux echo normal minicmd xzio gzio lzopio gcry_crc gcry_sha256
	cp "$LAB/final/bookworm/version" "$dir/"
	rm -r "${dir:?}/boot" "$dir/memdisk.tar" "$dir/grub.cfg"
}

# The initrd that Debian makes for its kernel, with everything in it.
final_debian_initrd() { # NEW
	local dir=$1/debian-initrd
	mkdir -p "$dir"
	suite_sources bookworm | mmdebstrap --quiet --variant=apt --mode=root --architectures=amd64 \
		--aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
		--include=linux-image-amd64 --format=directory bookworm "$dir/root" - \
		>"$dir/log" 2>&1 || {
		tail -n 30 "$dir/log" >&2
		die "Debian's own initrd cannot be made"
	}
	cp "$dir"/root/boot/initrd.img-* "$dir/initrd"
	rm -rf "$dir/root"
}

# Debian's installer, as its package offers it to PXE servers.
final_installer() { # NEW
	suite_unpack bookworm debian-installer-12-netboot-amd64 "$1/installer.d"
	mv "$1/installer.d/usr/lib/debian-installer/images/12/amd64/text" "$1/installer"
	rm -rf "$1/installer.d"
}

matrix_build() {
	local dir=$LAB/final-matrix new=$LAB/final-matrix.new key start=$SECONDS
	key=$(final_key "$matrix_suites")
	cached "$dir" "$key" && return
	say "building the next kernels of the matrix: $matrix_suites grub"
	rm -rf "$new"
	# shellcheck disable=SC2086  # a list of names
	final_kernels "$new" $matrix_suites
	final_grub "$new"
	final_debian_initrd "$new"
	final_installer "$new"
	commit_dir "$new" "$dir" "$key"
	say "next kernels of the matrix built in $((SECONDS - start)) s"
}

final_build() {
	local dir=$LAB/final new=$LAB/final.new key start=$SECONDS
	key=$(final_key "$final_suites")
	cached "$dir" "$key" && return
	say "building the final system of guests"
	rm -rf "$new"
	[ -x "$LAB/busybox/bin/busybox" ] || {
		[ -e "$LAB/apt/${final_suites%% *}/lists/lock" ] || suite_update "${final_suites%% *}"
		rm -rf "$LAB/busybox"
		suite_unpack "${final_suites%% *}" busybox-static "$LAB/busybox"
		[ -x "$LAB/busybox/bin/busybox" ] || mv "$LAB/busybox/usr/bin" "$LAB/busybox/bin"
	}
	# shellcheck disable=SC2086  # a list of names
	final_kernels "$new" $final_suites
	final_payload "$new/payload.cpio"
	commit_dir "$new" "$dir" "$key"
	say "final system built in $((SECONDS - start)) s"
}
