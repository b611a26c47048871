# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packages of any Debian suite, through apt with a state directory of the lab's own, so that
# the host's sources stay as they are.

# The sources of SUITE, one a line.
suite_sources() {
	local suite=$1 security=$1-security
	printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$MIRROR" "$suite"
	printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$SECURITY_MIRROR" "$security"
}

# Run an apt program for SUITE: suite_apt SUITE apt-get|apt-cache ARG...
suite_apt() {
	local dir=$LAB/apt/$1 program=$2
	shift 2
	"$program" -o Dir::State="$dir" -o Dir::State::lists="$dir/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$dir" \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Architecture=amd64 \
		-o APT::Architectures=amd64 -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

suite_update() {
	local dir=$LAB/apt/$1
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	suite_sources "$1" >"$dir/sources.list"
	suite_apt "$1" apt-get -q update >"$dir/update.log" 2>&1 || {
		cat "$dir/update.log" >&2
		die "the package lists of $1 cannot be fetched from $MIRROR"
	}
}

# The package that PACKAGE (a metapackage) depends on first.
suite_dependency() {
	suite_apt "$1" apt-cache depends "$2" | awk '$1 == "Depends:" { print $2; exit }'
}

# Download PACKAGE of SUITE and unpack it into DIR.
suite_unpack() {
	local suite=$1 package=$2 dir=$3 tmp
	tmp=$(mktemp -d "$LAB/deb.XXXXXX")
	(cd "$tmp" && suite_apt "$suite" apt-get -q download "$package" >log 2>&1) || {
		cat "$tmp/log" >&2
		rm -rf "$tmp"
		die "$package of $suite cannot be downloaded"
	}
	mkdir -p "$dir"
	dpkg-deb -x "$tmp"/*.deb "$dir"
	rm -rf "$tmp"
}

# Unpack the current Debian kernel of SUITE, or SUITE-cloud, once:
# $LAB/kernel/SUITE/{vmlinuz,version,tree/}.
suite_kernel() {
	local suite=${1%-cloud} dir=$LAB/kernel/$1 new package flavour=${1#"${1%-cloud}"}
	[ -e "$dir/version" ] && return
	new=$dir.new
	rm -rf "$new"
	mkdir -p "$new"
	package=$(suite_dependency "$suite" "linux-image$flavour-amd64")
	say "kernel of $suite: $package"
	suite_unpack "$suite" "$package" "$new/tree"
	cp "$new"/tree/boot/vmlinuz-* "$new/vmlinuz"
	# one layout for all suites: modules under tree/lib/modules/VERSION
	if [ ! -d "$new/tree/lib/modules" ]; then
		mkdir -p "$new/tree/lib"
		mv "$new/tree/usr/lib/modules" "$new/tree/lib/modules"
	fi
	find "$new/tree/lib/modules" -name '*.ko.xz' -print0 | xargs -0r -n 64 -P 2 xz -d
	basename "$new"/tree/lib/modules/* >"$new/version"
	rm -rf "$dir"
	mv "$new" "$dir"
}

# Copy the modules NAME... of SUITE's kernel and all that they need into ROOT and index them.
kernel_modules() {
	local suite=$1 root=$2 tree=$LAB/kernel/$1/tree version file name
	version=$(cat "$LAB/kernel/$suite/version")
	shift 2
	[ -e "$tree/lib/modules/$version/modules.dep" ] || depmod -b "$tree" "$version"
	mkdir -p "$root/lib/modules/$version"
	for name in "$@"; do
		modprobe -d "$tree" -S "$version" --show-depends "$name" |
			awk '$1 == "insmod" { print $2 }'
	done | sort -u | while read -r file; do
		file=${file#"$tree"/}
		mkdir -p "$root/$(dirname "$file")"
		cp "$tree/$file" "$root/$file"
	done
	cp "$tree/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} \
		"$root/lib/modules/$version/"
	depmod -b "$root" "$version"
}
