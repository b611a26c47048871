# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dom0 of one Debian suite: $LAB/SUITE/{xen,vmlinuz,initrd,dom0.img}.
#
# The image holds packages and an init that starts what the host hands in at each run, so
# nothing of xenpxe and no scenario is in it: changing those never rebuilds it.

xen_version() {
	case $1 in
	bullseye) echo 4.14 ;;
	bookworm) echo 4.17 ;;
	trixie) echo 4.20 ;;
	*) die "no Xen version is known for suite $1 (see scripts/lab.d/dom0.sh)" ;;
	esac
}

dom0_packages() {
	# QEMU serves disks of the backend type qdisk
	local qemu=qemu-system-xen
	[ "$1" != bullseye ] || qemu="qemu-system-x86"
	echo "xen-utils-$(xen_version "$1") $qemu" xenstore-utils bridge-utils dnsmasq-base atftpd tcpdump \
		iproute2 iputils-ping ethtool nftables procps udev kmod bsdutils util-linux \
		less e2fsprogs xfsprogs btrfs-progs dosfstools fdisk lvm2 mdadm cpio
}

# What dom0's kernel has to be able to load; the rest of the package stays out of the image.
dom0_modules="virtio_blk virtio_pci ext4 crc32c_generic 9p 9pnet_virtio overlay
	xenfs xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xen-netback xen-blkback
	loop bridge br_netfilter 8021q tun veth dummy
	sch_tbf sch_netem sch_ingress cls_u32 act_mirred
	nf_tables nft_ct nft_reject_inet nft_log nf_conntrack
	xfs btrfs squashfs vfat isofs nls_cp437 nls_iso8859-1 nls_ascii dm-mod raid1
	xxhash_generic blake2b_generic sha256_generic"
dom0_initrd_modules="virtio_pci virtio_blk ext4 crc32c_generic 9p 9pnet_virtio"

dom0_key() {
	content_key "$TOP/scripts/lab.d/dom0.sh" "$TOP/scripts/lab.d/apt.sh" \
		"$TOP/tests/lab/dom0/image-init" "$TOP/tests/lab/dom0/initrd-init" -- \
		"$1" "$(dom0_packages "$1")" "$dom0_modules" "$dom0_initrd_modules"
}

dom0_hypervisor() {
	local suite=$1 new=$2 version
	version=$(xen_version "$suite")
	suite_unpack "$suite" "xen-hypervisor-$version-amd64" "$new/hypervisor"
	# QEMU's multiboot loader does not unpack
	zcat "$new"/hypervisor/boot/xen-"$version"-amd64.gz >"$new/xen"
	rm -rf "$new/hypervisor"
}

dom0_tree() {
	local suite=$1 new=$2
	suite_sources "$suite" | mmdebstrap --quiet --variant=minbase --mode=root \
		--format=directory --architectures=amd64 \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
		--include="$(dom0_packages "$suite" | tr ' ' ,)" \
		"$suite" "$new/root" - >"$new/mmdebstrap.log" 2>&1 || {
		tail -n 30 "$new/mmdebstrap.log" >&2
		die "dom0 of $suite cannot be built from its packages"
	}
}

# A busybox and five modules: find the disk and the host's directories, go there.
dom0_initrd() {
	local suite=$1 new=$2 dir=$2/initrd.d
	mkdir -p "$dir"/{bin,dev,proc,sys,root}
	suite_unpack "$suite" busybox-static "$new/busybox.d"
	find "$new/busybox.d" -path '*/bin/busybox' -exec cp {} "$dir/bin/busybox" \;
	# shellcheck disable=SC2086  # a list of names
	kernel_modules "$suite" "$dir" $dom0_initrd_modules
	install -m 755 "$TOP/tests/lab/dom0/initrd-init" "$dir/init"
	(cd "$dir" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$new/initrd"
	rm -rf "$dir" "$new/busybox.d"
}

dom0_image() {
	local suite=$1 new=$2 root=$2/root
	# shellcheck disable=SC2086  # a list of names
	kernel_modules "$suite" "$root" $dom0_modules
	install -m 755 "$TOP/tests/lab/dom0/image-init" "$root/sbin/lab-init"
	mkdir -p "$root/lab/in" "$root/lab/out"
	echo dom0 >"$root/etc/hostname"
	printf '127.0.0.1 localhost dom0\n' >"$root/etc/hosts"
	find "$root/dev" -mindepth 1 -delete
	truncate -s 3G "$new/dom0.img"
	mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1 -d "$root" "$new/dom0.img"
	rm -rf "$root"
}

# usage: dom0_build SUITE
dom0_build() {
	local suite=$1 dir=$LAB/$1 new=$LAB/$1.new key start=$SECONDS tree
	key=$(dom0_key "$suite")
	cached "$dir" "$key" && return
	need mmdebstrap
	say "building dom0 of $suite from packages"
	rm -rf "$new"
	mkdir -p "$new"
	suite_update "$suite"
	dom0_tree "$suite" "$new" &
	tree=$!
	dom0_hypervisor "$suite" "$new"
	suite_kernel "$suite"
	cp "$LAB/kernel/$suite/vmlinuz" "$new/vmlinuz"
	dom0_initrd "$suite" "$new"
	wait "$tree"
	dom0_image "$suite" "$new"
	commit_dir "$new" "$dir" "$key"
	say "dom0 of $suite built in $((SECONDS - start)) s"
}
