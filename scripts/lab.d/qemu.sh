# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Dom0s under QEMU. Two directories of the host are in each: lab-in (read-only, made for this
# run: scripts, product files, the job) and lab-out (logs and results, seen here as they happen).

QEMU=${LAB_QEMU:-qemu-system-x86_64}
LAB_MEMORY=${LAB_MEMORY:-4608}
# Limits are written for an idle machine with two cores; each is multiplied by this.
LAB_PATIENCE=${LAB_PATIENCE:-2}
# Whether the matrix's next kernels go into dom0, too; whether each scenario gets a broken program.
matrix=no
broken=no

# A directory for this run: $RUN/{in,out}. Gone at exit; logs are kept by then.
run_begin() {
	mkdir -p "$LAB/run" "$LAB/logs"
	RUN=$(mktemp -d "$LAB/run/XXXXXX")
	QEMU_PIDS=()
	trap run_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir -p "$RUN"/in/{product,files} "$RUN/out"
	cp -r "$TOP"/tests/lab/{dom0,lib,scenarios} "$RUN/in/"
	cp "$TOP"/tests/lab/matrix/* "$RUN/in/scenarios/"
	cp -r "$TOP/docs" "$RUN/in/"
	cp -rl "$LAB/final" "$RUN/in/final"
	cp -rl "$LAB/local" "$RUN/in/local"
	[ "$matrix" = no ] || cp -rl "$LAB"/final-matrix/*/ "$RUN/in/final/"
	run_product
	if [ "$broken" = yes ]; then
		cp -r "$LAB/broken" "$RUN/in/"
	fi
}

# The product as it is built now; what is not built is simply not there, and the scenarios
# that need it say so.
run_product() {
	local file
	cp "$TOP/tests/probe/compare" "$RUN/in/probe-compare"
	cp "$TOP/stage2/kernel/pvkexec/pvkexec.c" "$RUN/in/"
	"$TOP/tests/docs/run" --dom0 >"$RUN/in/docs-commands"
	if [ -e "$TOP/build/faults/kernel/vmlinuz" ]; then
		mkdir -p "$RUN/in/product/faults"
		cp "$TOP/build/faults/kernel/vmlinuz" "$RUN/in/product/faults/"
	fi
	if [ -e "$TOP/build/test/new-user/image/initramfs" ]; then # by tests/build/new-user
		mkdir -p "$RUN/in/product/menuconfig"
		cp "$TOP"/build/test/new-user/image/{vmlinuz,initramfs} "$RUN/in/product/menuconfig/"
	fi
	if [ -e "$TOP/build/rescue/image/initramfs" ]; then
		mkdir -p "$RUN/in/product/rescue"
		cp "$TOP"/build/rescue/image/{vmlinuz,initramfs} "$RUN/in/product/rescue/"
	fi
	# an ssh client and a server for dom0, whose C library is this machine's
	if [ -x /usr/bin/dbclient ] && [ "$SUITE" = bookworm ]; then
		mkdir -p "$RUN/in/ssh"
		cp /usr/bin/dbclient /usr/bin/dropbearkey /usr/sbin/dropbear /usr/lib/x86_64-linux-gnu/libtom{crypt,math}.so.1 \
			"$RUN/in/ssh/"
	fi
	if [ "$SUITE" = bullseye ]; then
		# a program made for this machine's C library does not run on an older one
		make -s -C "$TOP" build/stage1/xenpxe-static
		mkdir -p "$RUN/in/product/stage1"
		cp "$TOP/build/stage1/xenpxe-static" "$RUN/in/product/stage1/xenpxe"
	fi
	for file in stage1/xenpxe agent/xenpxe-agent probe/probe probe/probe-hcpage image/vmlinuz image/initramfs; do
		if [ -e "$TOP/build/$file" ] && [ ! -e "$RUN/in/product/$file" ]; then
			mkdir -p "$RUN/in/product/$(dirname "$file")"
			cp "$TOP/build/$file" "$RUN/in/product/$file"
		fi
	done
}

# End the machines, keep the logs, leave nothing else.
run_clear() {
	local dir file
	qemu_stop
	for dir in "$RUN"/out/*/; do
		[ -d "$dir" ] || continue
		rm -rf "$LAB/logs/$(basename "$dir")"
		mv "$dir" "$LAB/logs/"
	done
	for file in "$RUN"/dom0-*.log; do
		[ ! -s "$file" ] || mv "$file" "$LAB/logs/"
	done
	rm -rf "$RUN"
}

run_end() {
	local status=$?
	trap - EXIT INT TERM HUP
	run_clear
	exit "$status"
}

# Say what dom0 has to do: NAME=VALUE words, read by tests/lab/dom0/init.
run_job() {
	local word
	for word in "LAB_PATIENCE=$LAB_PATIENCE" "$@"; do
		printf '%s=%q\n' "${word%%=*}" "${word#*=}"
	done >"$RUN/in/job"
}

# usage: qemu_command SUITE NUMBER; sets the array QEMU_ARGV, without a console
qemu_command() {
	local dir=$LAB/$1
	# -cpu max kills dom0 at start (SMAP); SVM is for PVH guests. One processor: two of them spend
	# their time on flushing each other's TLB, and ten times as long when the host is busy. A second
	# dom0 is what a second processor of the host is good for. Xen's own escape (three times ctrl-a)
	# moves to ctrl-q, out of the way of people and of tmux.
	# shellcheck disable=SC2054  # the commas are QEMU's
	QEMU_ARGV=(
		"$QEMU" -accel tcg,thread=multi -cpu qemu64,+svm,+npt -smp 1 -m "$LAB_MEMORY"
		-display none -monitor none -no-reboot -nic none
		-kernel "$dir/xen"
		-append "console=com1 com1=115200,8n1 dom0_mem=1024M,max:1024M no-real-mode spec-ctrl=no loglvl=all guest_loglvl=all conring_size=4M conswitch=q dom0_max_vcpus=1"
		-initrd "$dir/vmlinuz console=hvc0 quiet net.ifnames=0 mitigations=off init_on_alloc=0 lab.dom0=$2,$dir/initrd"
		-drive "file=$dir/dom0.img,if=virtio,format=raw,snapshot=on"
		-virtfs "local,path=$RUN/in,mount_tag=lab-in,security_model=none,readonly=on,multidevs=remap"
		-virtfs "local,path=$RUN/out,mount_tag=lab-out,security_model=none,multidevs=remap"
	)
}

# Boot dom0 NUMBER (1 is the first) in the background, its console going to a log.
qemu_start() { # SUITE NUMBER
	need "$QEMU"
	qemu_command "$1" "$2"
	TMPDIR=$RUN "${QEMU_ARGV[@]}" -serial "file:$RUN/dom0-$2-console.log" </dev/null \
		>"$RUN/dom0-$2-qemu.log" 2>&1 &
	QEMU_PIDS[$2]=$!
}

qemu_alive() { # NUMBER
	[ -n "${QEMU_PIDS[$1]:-}" ] && kill -0 "${QEMU_PIDS[$1]}" 2>/dev/null
}

# dom0 says that it is up, or it is no use waiting for the rest.
qemu_wait_up() { # NUMBER
	local deadline=$((SECONDS + 120 * LAB_PATIENCE))
	until [ -e "$RUN/out/up.$1" ]; do
		if ! qemu_alive "$1" || [ "$SECONDS" -ge "$deadline" ]; then
			qemu_tail "$1"
			die "dom0 did not come up"
		fi
		sleep 0.2
	done
}

# dom0's disk is thrown away, so there is nothing to wait for.
qemu_stop() {
	[ ${#QEMU_PIDS[@]} -gt 0 ] || return 0
	kill -KILL "${QEMU_PIDS[@]}" 2>/dev/null || true
	wait "${QEMU_PIDS[@]}" 2>/dev/null || true
	QEMU_PIDS=()
}

# Boot dom0 with this terminal as its console, until it powers off.
qemu_terminal() {
	local saved status=0
	need "$QEMU"
	qemu_command "$1" 1
	saved=$(stty -g 2>/dev/null || true)
	TMPDIR=$RUN "${QEMU_ARGV[@]}" -chardev stdio,id=terminal,signal=off \
		-serial chardev:terminal || status=$?
	[ -z "$saved" ] || stty "$saved"
	return "$status"
}

qemu_tail() { # NUMBER
	printf 'lab: the end of the console of dom0:\n' >&2
	tail -n 40 "$RUN/dom0-$1-console.log" 2>/dev/null | tr -d '\r' | sed 's/^/    /' >&2 || true
	[ ! -s "$RUN/dom0-$1-qemu.log" ] || sed 's/^/    qemu: /' "$RUN/dom0-$1-qemu.log" >&2
}

# Print FILE as it grows, one whole line at a time to HANDLER, until HANDLER returns 1 (done),
# the first dom0 is gone (2) or LIMIT seconds have passed (3).
follow() {
	local file=$1 limit=$2 handler=$3 deadline line part='' dead=
	deadline=$((SECONDS + limit))
	: >>"$file"
	exec 9<"$file"
	while :; do
		# read returns what there is of an unfinished line, with status 1
		while IFS= read -r line <&9; do
			"$handler" "$part$line" || { exec 9<&-; return 1; }
			part=
		done
		part+=$line
		[ -z "$dead" ] || { exec 9<&-; return 2; }
		[ "$SECONDS" -lt "$deadline" ] || { exec 9<&-; return 3; }
		# one more look after its death, for what it wrote last
		qemu_alive 1 || dead=1
		sleep 0.2
	done
}
