# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One dom0 under QEMU. Two directories of the host are in it: lab-in (read-only, made for this
# run: scripts, product files, the job) and lab-out (logs and results, seen here as they happen).

QEMU=${LAB_QEMU:-qemu-system-x86_64}
LAB_MEMORY=${LAB_MEMORY:-4608}
# Limits are written for an idle machine with two cores; each is multiplied by this.
LAB_PATIENCE=${LAB_PATIENCE:-2}

# A directory for this run: $RUN/{in,out,console.log}. Gone at exit; logs are kept by then.
run_begin() {
	mkdir -p "$LAB/run" "$LAB/logs"
	RUN=$(mktemp -d "$LAB/run/XXXXXX")
	QEMU_PID=
	trap run_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkdir -p "$RUN"/in/{product,files} "$RUN/out"
	cp -r "$TOP"/tests/lab/{dom0,lib,scenarios} "$RUN/in/"
	cp -rl "$LAB/final" "$RUN/in/final"
	run_product
}

# The product as it is built now; what is not built is simply not there, and the scenarios
# that need it say so.
run_product() {
	local file
	cp "$TOP/tests/probe/compare" "$RUN/in/probe-compare"
	for file in stage1/xenpxe probe/probe probe/probe-hcpage image/vmlinuz image/initramfs; do
		if [ -e "$TOP/build/$file" ]; then
			mkdir -p "$RUN/in/product/$(dirname "$file")"
			cp "$TOP/build/$file" "$RUN/in/product/$file"
		fi
	done
}

run_end() {
	local status=$? dir
	trap - EXIT INT TERM HUP
	qemu_stop
	for dir in "$RUN"/out/*/; do
		[ -d "$dir" ] || continue
		rm -rf "$LAB/logs/$(basename "$dir")"
		mv "$dir" "$LAB/logs/"
	done
	[ ! -s "$RUN/console.log" ] || cp "$RUN/console.log" "$LAB/logs/dom0-console.log"
	rm -rf "$RUN"
	exit "$status"
}

# Say what dom0 has to do: NAME=VALUE words, read by tests/lab/dom0/init.
run_job() {
	local word
	for word in "LAB_PATIENCE=$LAB_PATIENCE" "$@"; do
		printf '%s=%q\n' "${word%%=*}" "${word#*=}"
	done >"$RUN/in/job"
}

# usage: qemu_command SUITE; sets the array QEMU_ARGV, without a console
qemu_command() {
	local dir=$LAB/$1
	# -cpu max kills dom0 at start (SMAP); SVM is for PVH guests. With one vCPU dom0 starts
	# programs four times faster: TLB flushes from vCPU to vCPU are dear under TCG. Xen's own escape
	# (three times ctrl-a) moves to ctrl-q, out of the way of people and of tmux.
	# shellcheck disable=SC2054  # the commas are QEMU's
	QEMU_ARGV=(
		"$QEMU" -accel tcg,thread=multi -cpu qemu64,+svm,+npt -smp 2 -m "$LAB_MEMORY"
		-display none -monitor none -no-reboot -nic none
		-kernel "$dir/xen"
		-append "console=com1 com1=115200,8n1 dom0_mem=1024M,max:1024M no-real-mode loglvl=all guest_loglvl=all conring_size=4M conswitch=q dom0_max_vcpus=1"
		-initrd "$dir/vmlinuz console=hvc0 quiet net.ifnames=0 mitigations=off init_on_alloc=0,$dir/initrd"
		-drive "file=$dir/dom0.img,if=virtio,format=raw,snapshot=on"
		-virtfs "local,path=$RUN/in,mount_tag=lab-in,security_model=none,readonly=on,multidevs=remap"
		-virtfs "local,path=$RUN/out,mount_tag=lab-out,security_model=none,multidevs=remap"
	)
}

# Boot dom0 in the background, its console going to $RUN/console.log.
qemu_start() {
	need "$QEMU"
	qemu_command "$1"
	TMPDIR=$RUN "${QEMU_ARGV[@]}" -serial "file:$RUN/console.log" </dev/null >"$RUN/qemu.log" 2>&1 &
	QEMU_PID=$!
}

qemu_alive() {
	[ -n "$QEMU_PID" ] && kill -0 "$QEMU_PID" 2>/dev/null
}

# dom0 says that it is up, or it is no use waiting for the rest.
qemu_wait_up() {
	local deadline=$((SECONDS + 120 * LAB_PATIENCE))
	until [ -e "$RUN/out/up" ]; do
		if ! qemu_alive || [ "$SECONDS" -ge "$deadline" ]; then
			qemu_tail
			die "dom0 did not come up"
		fi
		sleep 0.2
	done
}

# dom0's disk is thrown away, so there is nothing to wait for.
qemu_stop() {
	[ -n "$QEMU_PID" ] || return 0
	kill -KILL "$QEMU_PID" 2>/dev/null || true
	wait "$QEMU_PID" 2>/dev/null || true
	QEMU_PID=
}

# Boot dom0 with this terminal as its console, until it powers off.
qemu_terminal() {
	local saved status=0
	need "$QEMU"
	qemu_command "$1"
	saved=$(stty -g 2>/dev/null || true)
	TMPDIR=$RUN "${QEMU_ARGV[@]}" -chardev stdio,id=terminal,signal=off \
		-serial chardev:terminal || status=$?
	[ -z "$saved" ] || stty "$saved"
	return "$status"
}

qemu_tail() {
	printf 'lab: the end of the dom0 console:\n' >&2
	tail -n 40 "$RUN/console.log" 2>/dev/null | tr -d '\r' | sed 's/^/    /' >&2 || true
	[ ! -s "$RUN/qemu.log" ] || sed 's/^/    qemu: /' "$RUN/qemu.log" >&2
}

# Print FILE as it grows, one whole line at a time to HANDLER, until HANDLER returns 1 (done),
# QEMU is gone (2) or LIMIT seconds have passed (3).
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
		qemu_alive || dead=1
		sleep 0.2
	done
}
