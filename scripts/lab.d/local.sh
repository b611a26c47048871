# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What guests that boot from their own disk have on it: $LAB/local/tree.tar, Debian's cloud kernel,
# the initrd that Debian's initramfs-tools makes for it, the grub.cfg that Debian's grub-mkconfig
# makes for a disk with that system, and a small user space that reports as the final system's
# does; and $LAB/local/boot.iso, a CD with that kernel and initrd. The file system's UUID is $local_uuid; scenarios make their disks with it.

local_uuid=d15c0000-0000-4000-8000-000000000001
local_packages="linux-image-cloud-amd64 initramfs-tools lvm2 mdadm grub2-common grub-common
	e2fsprogs xfsprogs btrfs-progs zstd kmod"
local_modules="xen-blkfront xen-netfront xenfs af_packet ext4 xfs btrfs dm-mod raid1 crc32c_generic"

local_key() {
	content_key "$TOP/scripts/lab.d/local.sh" "$TOP/scripts/lab.d/apt.sh" "$TOP"/tests/lab/final/* --
}

# shellcheck disable=SC2016,SC2086  # hooks have a $1 of their own; lists of names
local_debian() { # ROOT
	suite_sources bookworm | mmdebstrap --variant=minbase --mode=root --architectures=amd64 \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
		--setup-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
		--setup-hook='printf "MODULES=list\nCOMPRESS=gzip\n" >"$1/etc/initramfs-tools/conf.d/lab"' \
		--setup-hook="printf '%s\\n' ${local_modules//$'\n'/ } >\"\$1/etc/initramfs-tools/modules\"" \
		--dpkgopt=force-confold \
		--include="$(echo $local_packages | tr ' ' ,)" --format=directory bookworm "$1" - \
		>"$1.log" 2>&1 || {
		tail -n 30 "$1.log" >&2
		die "a guest's Debian cannot be built from its packages"
	}
}

# The real grub-mkconfig looks at the file system that it runs in. It wants no loop device for its
# root: here that is called xvda, in a /dev that holds nothing else.
# shellcheck disable=SC2016  # expanded by the other shell
local_mkconfig='
set -eu
loop=$(losetup --find --show "$1")
trap "losetup -d $loop" EXIT
mkdir "$2/dev.d"
mount -t tmpfs dev "$2/dev.d"
mknod "$2/dev.d/null" c 1 3
mknod "$2/dev.d/xvda" b "$(stat -c 0x%t "$loop")" "$(stat -c 0x%T "$loop")"
cp -a "$loop" "$2/dev.d/"
mkdir -p "$2/dev.d/disk/by-uuid"
ln -s ../../xvda "$2/dev.d/disk/by-uuid/$3"
mkdir "$2/mnt"
mount --move "$2/dev.d" /dev
mount /dev/xvda "$2/mnt"
mount --bind /dev "$2/mnt/dev"
mount -t proc proc "$2/mnt/proc"
mount -t sysfs sys "$2/mnt/sys"
mkdir -p "$2/mnt/boot/grub"
chroot "$2/mnt" grub-mkconfig -o /boot/grub/grub.cfg
cp "$2/mnt/boot/grub/grub.cfg" "$2/grub.cfg"
umount -R "$2/mnt"'
local_grub_cfg() { # ROOT NEW
	truncate -s 1G "$2/disk.img"
	mke2fs -q -t ext4 -U "$local_uuid" -d "$1" "$2/disk.img"
	unshare -m bash -c "$local_mkconfig" mkconfig "$2/disk.img" "$2" "$local_uuid" >"$2/grub.log" 2>&1 || {
		tail -n 20 "$2/grub.log" >&2
		die "grub-mkconfig failed"
	}
	rm "$2/disk.img"
}

local_tree() { # ROOT NEW
	local tree=$2/tree root=$1
	mkdir -p "$tree"/{boot/grub,bin,sbin,etc,dev,proc,sys,tmp,run,root}
	cp "$root"/boot/vmlinuz-* "$root"/boot/initrd.img-* "$tree/boot/"
	cp "$2/grub.cfg" "$tree/boot/grub/"
	cp "$LAB/final/tools" "$tree/bin/xs"
	cp "$LAB/busybox/bin/busybox" "$tree/bin/"
	cp "$TOP"/tests/lab/final/{rc,udhcpc} "$tree/etc/"
	for name in sbin/init bin/udhcpc-script sbin/poweroff sbin/reboot; do
		ln "$tree/bin/xs" "$tree/$name"
	done
	for name in $("$tree/bin/busybox" --list); do
		[ -e "$tree/bin/$name" ] || [ -e "$tree/sbin/$name" ] || ln -s busybox "$tree/bin/$name"
	done
	echo "UUID=$local_uuid / auto ro 0 1" >"$tree/etc/fstab"
	tar -C "$tree" --sort=name -cf "$2/tree.tar" .
}

# A CD that boots the system on another disk.
local_iso() { # ROOT NEW
	local dir=$2/iso version
	version=$(basename "$1"/boot/vmlinuz-* | sed 's/^vmlinuz-//')
	mkdir -p "$dir/isolinux"
	cp "$1"/boot/vmlinuz-* "$1"/boot/initrd.img-* "$dir/"
	printf '%s\n' 'DEFAULT debian' 'TIMEOUT 10' 'LABEL debian' '  MENU LABEL Debian by isolinux' \
		"  KERNEL /vmlinuz-$version" \
		"  APPEND initrd=/initrd.img-$version root=UUID=$local_uuid ro net.ifnames=0 iso=yes" \
		>"$dir/isolinux/isolinux.cfg"
	xorriso -outdev "$2/boot.iso" -rockridge on -joliet on -map "$dir" / >"$2/iso.log" 2>&1 || {
		tail -n 20 "$2/iso.log" >&2
		die "the image of a CD cannot be made"
	}
}

local_build() {
	local dir=$LAB/local new=$LAB/local.new key start=$SECONDS
	key=$(local_key)
	cached "$dir" "$key" && return
	need mmdebstrap
	need xorriso
	say "building a guest's own Debian"
	rm -rf "$new"
	mkdir -p "$new"
	[ -e "$LAB/apt/bookworm/lists/lock" ] || suite_update bookworm
	local_debian "$new/root"
	printf '%s\n' 'GRUB_DISTRIBUTOR=Debian' 'GRUB_CMDLINE_LINUX_DEFAULT=quiet' \
		'GRUB_CMDLINE_LINUX=net.ifnames=0' >"$new/root/etc/default/grub"
	local_grub_cfg "$new/root" "$new"
	local_tree "$new/root" "$new"
	local_iso "$new/root" "$new"
	basename "$new"/root/boot/vmlinuz-* | sed 's/^vmlinuz-//' >"$new/version"
	echo "local_uuid=$local_uuid" >"$new/uuid"
	rm -rf "${new:?}"/{root,tree,iso,mnt,dev.d}
	commit_dir "$new" "$dir" "$key"
	say "a guest's own Debian built in $((SECONDS - start)) s"
}
