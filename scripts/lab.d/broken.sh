# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Does a scenario notice when its piece is broken? tests/lab/broken has an edit for each; here the
# program is built with it, in a copy of the sources, and the scenario runs with that program.

broken_table=$TOP/tests/lab/broken

broken_names() { grep -v '^#' "$broken_table" | cut -f 1 | uniq; }

# A copy of the sources with what is compiled already: one edit then compiles one file.
broken_copy() { # DIRECTORY
	local name
	rm -rf "$1"
	mkdir -p "$1/build/kernel"
	for name in "$TOP"/*; do
		[ "$name" = "$TOP/build" ] || cp -a "$name" "$1/"
	done
	cp -a "$TOP/.config" "$1/"
	for name in agent stage1 include initramfs image; do
		cp -a "$TOP/build/$name" "$1/build/"
	done
	cp -a "$TOP"/build/kernel/{key,source,vmlinuz} "$1/build/kernel/"
}

# The pair of one image, of the sources as they are in the tree now.
broken_image() { # TREE O KERNEL-FROM
	make -s -C "$1" O="$2" KERNEL_SRC="$TOP/build/kernel-src" KERNEL_FROM="$3" \
		"$2/image/vmlinuz" "$2/image/initramfs"
}

broken_images() { # TREE NAME
	make -s -C "$1" O=build stage1 && broken_image "$1" build "$TOP/build" || return
	[[ $2 != rescue-* ]] ||
		{ make -s -C "$1" O=build/rescue rescue_defconfig && broken_image "$1" build/rescue "$TOP/build/rescue"; }
}

# The kernel's source tree is that of the sources: its copy of the driver is put back afterwards.
broken_build() { # TREE NAME
	local tree=$1 name=$2 file edit out=$LAB/broken/$2 files=() status=0
	while IFS=$'\t' read -r _ file edit; do
		files+=("$file")
		sed -i "$edit" "$tree/$file"
		! cmp -s "$TOP/$file" "$tree/$file" || { say "the edit for $name changes nothing in $file"; status=1; }
	done < <(grep -P "^$name\t" "$broken_table")
	broken_images "$tree" "$name" >"$LAB/broken/log" 2>&1 || {
		tail -n 20 "$LAB/broken/log" >&2
		say "the edit for $name does not compile"
		status=1
	}
	if [ "$status" -eq 0 ]; then
		mkdir -p "$out/image"
		cp "$tree/build/stage1/xenpxe" "$out/"
		cp "$tree"/build/image/* "$out/image/"
		[[ $name != rescue-* ]] || cp -r "$tree/build/rescue/image" "$out/rescue"
	fi
	for file in "${files[@]}"; do
		cp "$TOP/$file" "$tree/$file"
	done
	case ${files[*]} in
	*stage2/kernel*)
		cp "$TOP"/stage2/kernel/pvkexec/* "$TOP/build/kernel-src/linux/drivers/xen/pvkexec/"
		cp -a "$TOP"/build/kernel/{key,source,vmlinuz} "$tree/build/kernel/"
		;;
	esac
	return "$status"
}

lab_broken() {
	local names name tree=$LAB/broken/tree passed=0 failures=() unnoticed run='' useless=0
	names=${*:-$(broken_names)}
	lab_build
	make -s -C "$TOP" all probe faults-kernel >/dev/null
	[[ $names != *rescue-* ]] || make -s -C "$TOP" rescue-image >/dev/null
	rm -rf "$LAB/broken"
	mkdir -p "$LAB/broken"
	broken_copy "$tree"
	for name in $names; do
		if broken_build "$tree" "$name"; then
			run+=" $name"
		else
			useless=$((useless + 1))
		fi
	done
	rm -rf "$tree"
	say "$(wc -w <<<"$run") broken programs are built"
	# shellcheck disable=SC2034  # read by run_begin() and run_result()
	broken=yes
	# shellcheck disable=SC2086  # a list of names
	lab_round $run
	unnoticed=$((${#failures[@]} + useless))
	printf '%d passed, %d failed\n' "$passed" "$unnoticed"
	[ "$unnoticed" -eq 0 ]
}
