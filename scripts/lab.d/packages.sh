# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a scenario says it needs ("# needs: packages libvirt") beside what every dom0 has:
#   packages   $LAB/packages/{1,2}/*.deb, our package as "make deb" builds it and a higher version of
#              it, and $LAB/packages/tiny/, what "make install-image" of tiny_defconfig installs
#   libvirt    $LAB/libvirt/tree.squashfs, libvirt with its driver for Xen and all that it needs and
#              dom0 does not have, in the paths of dom0

packages_version() { # NUMBER: the first is the Makefile's, the second a later one
	local version
	version=$(sed -n 's/^VERSION := //p' "$TOP/Makefile")
	[ "$1" = 1 ] && echo "$version" || echo "$version+2"
}

# Any commit may change what is in a package.
packages_build() {
	local dir=$LAB/packages new=$LAB/packages.new key start=$SECONDS n o
	[ "$SUITE" = bookworm ] || die "packages are built for dom0's of bookworm, not $SUITE"
	key=$(git -C "$TOP" rev-parse HEAD)
	cached "$dir" "$key" && return
	say "building Debian packages and the image tiny"
	rm -rf "$new"
	for n in 1 2; do
		o=$new/build-$n
		mkdir -p "$o" "$new/$n"
		# a kernel that is there already is taken, if it is the one that is wanted
		env -u MAKEFLAGS make -s -C "$TOP" O="$o" VERSION="$(packages_version $n)" \
			KERNEL_FROM="$TOP/build" deb >"$new/log" 2>&1 || {
			cat "$new/log" >&2
			die "the packages cannot be built"
		}
		cp "$o"/deb/*.deb "$new/$n/"
		rm -rf "$o"
	done
	o=$TOP/build/tiny
	env -u MAKEFLAGS make -s -C "$TOP" O="$o" tiny_defconfig >/dev/null
	env -u MAKEFLAGS make -s -C "$TOP" O="$o" KERNEL_FROM="$TOP/build" DESTDIR="$new/tiny" \
		install-image >"$new/log" 2>&1 || {
		cat "$new/log" >&2
		die "the image tiny cannot be built"
	}
	commit_dir "$new" "$dir" "$key"
	say "packages built in $((SECONDS - start)) s"
}

libvirt_packages="libvirt-daemon libvirt-daemon-driver-xen libvirt-clients"

libvirt_build() {
	local dir=$LAB/libvirt new=$LAB/libvirt.new key deb
	[ "$SUITE" = bookworm ] || die "libvirt is put into dom0's of bookworm only, not $SUITE"
	key=$(content_key "$TOP/scripts/lab.d/packages.sh" -- "$(cat "$LAB/bookworm/key")")
	cached "$dir" "$key" && return
	say "building a tree of libvirt for dom0: $libvirt_packages"
	rm -rf "$new"
	mkdir -p "$new/tree/usr/lib" "$new/tree/usr/bin" "$new/tree/usr/sbin" "$new/archives/partial"
	ln -s usr/lib usr/bin usr/sbin "$new/tree/"
	[ -e "$LAB/apt/bookworm/lists/lock" ] || suite_update bookworm
	# what dom0 has, apt need not bring
	debugfs -R 'cat /var/lib/dpkg/status' "$LAB/bookworm/dom0.img" >"$new/status" 2>/dev/null
	# shellcheck disable=SC2086  # a list of names
	suite_apt bookworm apt-get -q -y --download-only --no-install-recommends \
		-o Dir::State::status="$new/status" -o Dir::Cache::archives="$new/archives" \
		install $libvirt_packages >"$new/log" 2>&1 || {
		cat "$new/log" >&2
		die "libvirt cannot be downloaded"
	}
	for deb in "$new"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$new/tree" \
			--exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
	done
	mksquashfs "$new/tree" "$new/tree.squashfs" -quiet -no-progress -comp gzip >/dev/null
	rm -rf "$new/tree" "$new/archives"
	commit_dir "$new" "$dir" "$key"
}

# What the scenarios NAME... need, each once: names of folders of $LAB, built by NAME_build.
needed() { # NAME...
	local name
	for name; do
		header "$name" needs | tr ' ' '\n'
	done | sort -u | grep . || true
}
