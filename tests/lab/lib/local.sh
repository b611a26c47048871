# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests that boot from their own disk: Debian's kernel, initrd and grub.cfg as scripts/lab.d/local.sh
# made them, on whatever disk layout a scenario asks for.
#
#   own_disk NAME KIND    make the disk of guest NAME; KIND is one of
#                         ext4      GPT, the second partition; grub.cfg by grub-mkconfig
#                         xfs       MBR, a logical partition
#                         btrfs     MBR, the system in subvolume @
#                         lvm       GPT, a logical volume
#                         md        two disks, RAID1 of their partitions
#                         bls       no partition table; grub.cfg with blscfg, loader/entries
#                         extlinux  MBR, boot flag on the second partition; extlinux.conf, no grub.cfg
#                         xfs4      GPT, the first partition; xfs as before 2013, without checksums
#                         vfat      MBR, /boot on a FAT partition, with syslinux.cfg; the root is another
#                         iso       two disks, a CD's image with isolinux.cfg and the root
#                         xen       grub.cfg whose first entry starts a hypervisor
#                         saved     grub-set-default named the recovery entry
#                         broken    ext4 whose kernel is gone
#                         grub-broken  ext4 whose grub.cfg names kernels that are not there
#                         Prints the line of the guest's configuration.
#                         Each of the guest's disks is in /srv/disk-GUEST?.img.
#   image_sum FILE...     SHA-256 of disk images, when all that was written is in them
#   own_words KIND        what the final system's command line must be

own_tree=/lab/in/local/tree.tar
own_uuid=$(sed -n 's/^local_uuid=//p' /lab/in/local/uuid)
own_version=$(cat /lab/in/local/version)

# An image on a loop device with its partitions; $loop is the device.
own_image() { # FILE MB [SFDISK-LINE]...
	truncate -s "$2M" "$1"
	if [ $# -gt 2 ]; then
		printf '%s\n' "${@:3}" | sfdisk -q "$1"
	fi
	loop=$(losetup --find --show --partscan "$1")
	echo "$loop" >>"$RUN/loops"
}

own_unpack() { # DEVICE MOUNT-OPTIONS
	mkdir -p "$RUN/mnt"
	mount -o "${2:-rw}" "$1" "$RUN/mnt"
	tar -C "$RUN/mnt" -xf "$own_tree"
}

# syslinux.cfg of a system whose kernel lies in the root of its own file system
own_syslinux() { # TITLE WORD
	printf '%s\n' 'DEFAULT debian' 'TIMEOUT 10' 'LABEL debian' "  MENU LABEL $1" \
		"  KERNEL /vmlinuz-$own_version" "  INITRD /initrd.img-$own_version" \
		"  APPEND root=UUID=$own_uuid ro net.ifnames=0 $2"
}

own_done() { umount "$RUN/mnt"; }

image_sum() {
	sync
	cat "$@" | sha256sum | cut -d' ' -f1
}

own_disk() { # NAME KIND
	local image loop boot cfg second n
	image=/srv/disk-$(domain "$1")a.img
	boot=$RUN/mnt/boot cfg=$RUN/mnt/boot/grub/grub.cfg
	case $2 in
	ext4 | xen | saved | broken | grub-broken)
		own_image "$image" 400 'label: gpt' 'size=1MiB, type=21686148-6449-6E6F-744E-656564454649' 'type=linux'
		mke2fs -q -t ext4 -U "$own_uuid" "${loop}p2"
		own_unpack "${loop}p2"
		;;
	xfs)
		own_image "$image" 400 'label: dos' 'size=16MiB, type=82' 'type=5' 'type=83'
		mkfs.xfs -q -m "uuid=$own_uuid" "${loop}p5"
		own_unpack "${loop}p5"
		;;
	xfs4)
		own_image "$image" 400 'label: gpt' 'type=linux'
		mkfs.xfs -q -m "crc=0,uuid=$own_uuid" "${loop}p1" >/dev/null 2>&1
		own_unpack "${loop}p1"
		;;
	btrfs)
		own_image "$image" 400 'label: dos' 'type=83'
		mkfs.btrfs -q -f -U "$own_uuid" "${loop}p1" >/dev/null
		mkdir -p "$RUN/mnt"
		mount "${loop}p1" "$RUN/mnt"
		btrfs -q subvolume create "$RUN/mnt/@" >/dev/null
		own_done
		own_unpack "${loop}p1" subvol=@
		# as grub-mkconfig writes it for a root in a subvolume
		sed -i -e 's#/boot/vmlinuz#/@&#; s#/boot/initrd#/@&#' \
			-e 's#root=UUID=[0-9a-f-]* ro#& rootflags=subvol=@#' "$cfg"
		;;
	lvm)
		own_image "$image" 400 'label: gpt' 'type=lvm'
		# nobody but LVM makes the nodes here
		export DM_DISABLE_UDEV=1
		pvcreate -q "${loop}p1" >/dev/null
		vgcreate -q "guest$SLOT" "${loop}p1" >/dev/null
		lvcreate -q -y -Zn -Wn -n root -l 100%FREE "guest$SLOT" >/dev/null
		mke2fs -q -t ext4 -U "$own_uuid" "/dev/mapper/guest$SLOT-root"
		own_unpack "/dev/mapper/guest$SLOT-root"
		sed -i "s#root=UUID=[0-9a-f-]*#root=/dev/mapper/guest$SLOT-root#" "$cfg"
		;;
	md)
		own_image "${image%a.img}b.img" 200 'label: gpt' 'type=raid'
		second=$loop
		own_image "$image" 200 'label: gpt' 'type=raid'
		mdadm --quiet --create "/dev/md$SLOT" --run --level=1 --raid-devices=2 --assume-clean --bitmap=internal \
			"${loop}p1" "${second}p1"
		mke2fs -q -t ext4 -U "$own_uuid" "/dev/md$SLOT"
		own_unpack "/dev/md$SLOT"
		;;
	bls)
		own_image "$image" 400
		mke2fs -q -t ext4 -U "$own_uuid" "$loop"
		own_unpack "$loop"
		mkdir -p "$boot/loader/entries"
		printf '%s\n' 'insmod blscfg' 'set timeout=1' 'blscfg' >"$cfg"
		printf '%s\n' 'title Older' 'version 5.0' 'linux /boot/vmlinuz-5.0' 'options root=/dev/nothing' \
			>"$boot/loader/entries/0123-5.0.conf"
		printf '%s\n' 'title Debian by BLS' "version $own_version" "linux /boot/vmlinuz-$own_version" \
			"initrd /boot/initrd.img-$own_version" "options root=UUID=$own_uuid ro net.ifnames=0 bls=yes" \
			>"$boot/loader/entries/0123-$own_version.conf"
		;;
	extlinux)
		own_image "$image" 400 'label: dos' 'size=16MiB, type=83' 'type=83, bootable'
		mke2fs -q -t ext4 -U "$own_uuid" "${loop}p2"
		own_unpack "${loop}p2"
		rm -r "$boot/grub"
		mkdir "$boot/extlinux"
		printf '%s\n' 'default l0' 'timeout 10' 'label l0' ' menu label Debian by extlinux' \
			" linux ../vmlinuz-$own_version" " initrd ../initrd.img-$own_version" \
			" append root=UUID=$own_uuid ro net.ifnames=0 extlinux=yes" >"$boot/extlinux/extlinux.conf"
		;;
	vfat)
		own_image "$image" 400 'label: dos' 'size=128MiB, type=c, bootable' 'type=83'
		mkfs.vfat "${loop}p1" >/dev/null
		mke2fs -q -t ext4 -U "$own_uuid" "${loop}p2"
		own_unpack "${loop}p2"
		mkdir -p "$RUN/fat"
		mount "${loop}p1" "$RUN/fat"
		mv "$boot"/vmlinuz-* "$boot"/initrd.img-* "$RUN/fat/"
		rm -r "$boot/grub"
		mkdir "$RUN/fat/syslinux"
		own_syslinux "Debian by syslinux" vfat=yes >"$RUN/fat/syslinux/syslinux.cfg"
		umount "$RUN/fat"
		;;
	iso)
		own_image "${image%a.img}b.img" 400
		second=$loop
		mke2fs -q -t ext4 -U "$own_uuid" "$second"
		own_unpack "$second"
		rm -r "${boot:?}"/*
		# made where there is a program that makes it, by scripts/lab.d/local.sh
		cp /lab/in/local/boot.iso "$image"
		loop=$(losetup --find --show "$image")
		echo "$loop" >>"$RUN/loops"
		;;
	*) fail "own_disk: there is no kind $2" ;;
	esac
	case $2 in
	xen)
		# as 20_linux_xen writes it
		{
			echo "menuentry 'Debian, with Xen' {"
			printf '\t%s\n' "search --no-floppy --fs-uuid --set=root $own_uuid" \
				"multiboot2 /boot/xen-4.17-amd64.gz placeholder" \
				"module2 /boot/vmlinuz-$own_version placeholder root=UUID=$own_uuid ro net.ifnames=0 xen=yes" \
				"module2 --nounzip /boot/initrd.img-$own_version"
			echo '}'
			cat "$cfg"
		} >"$RUN/grub.cfg"
		cp "$RUN/grub.cfg" "$cfg"
		;;
	saved)
		# GRUB_DEFAULT=saved, and what grub-set-default writes
		# shellcheck disable=SC2016  # GRUB expands it
		sed -i 's/set default="0"/set default="${saved_entry}"/' "$cfg"
		second=$(sed -n "s/.*menuentry_id_option '\(gnulinux-[^']*recovery[^']*\)'.*/\1/p" "$cfg" | head -n 1)
		printf '# GRUB Environment Block\nsaved_entry=%s>%s\n' \
			"$(sed -n "s/.*menuentry_id_option '\(gnulinux-advanced[^']*\)'.*/\1/p" "$cfg" | head -n 1)" \
			"$second" >"$boot/grub/grubenv"
		n=$(stat -c %s "$boot/grub/grubenv")
		printf '%*s' "$((1024 - n))" '' | tr ' ' '#' >>"$boot/grub/grubenv"
		;;
	broken) rm "$boot"/vmlinuz-* ;;
	grub-broken) sed -i "s/vmlinuz-$own_version/vmlinuz-gone/" "$cfg" ;;
	esac
	own_done
	case $2 in
	lvm) vgchange -q -an "guest$SLOT" >/dev/null ;;
	md) mdadm --quiet --stop "/dev/md$SLOT" ;;
	esac
	if [ "$2" = md ] || [ "$2" = iso ]; then
		second=", \"format=raw,vdev=xvdb,access=rw,target=$second\""
	else
		second=
	fi
	echo "disk = [\"format=raw,vdev=xvda,access=rw,target=$loop\"$second]"
}

own_words() { # KIND
	case $1 in
	btrfs) echo "root=UUID=$own_uuid ro rootflags=subvol=@ net.ifnames=0 quiet" ;;
	lvm) echo "root=/dev/mapper/guest$SLOT-root ro net.ifnames=0 quiet" ;;
	bls) echo "root=UUID=$own_uuid ro net.ifnames=0 bls=yes" ;;
	extlinux) echo "root=UUID=$own_uuid ro net.ifnames=0 extlinux=yes" ;;
	vfat) echo "root=UUID=$own_uuid ro net.ifnames=0 vfat=yes" ;;
	iso) echo "root=UUID=$own_uuid ro net.ifnames=0 iso=yes" ;;
	xen) echo "root=UUID=$own_uuid ro net.ifnames=0 xen=yes" ;;
	saved) echo "root=UUID=$own_uuid ro single net.ifnames=0" ;;
	*) echo "root=UUID=$own_uuid ro net.ifnames=0 quiet" ;;
	esac
}
