# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What dom0 can be booted for: job_run, job_exec, job_shell, job_demo. PID 1 sources this.

LIB=/lab/in/lib
export LAB_PATIENCE LAB_GUEST_LINE

# One line for the host, whole when it is there: KIND SECONDS REASON
result() { # NAME KIND SECONDS [REASON]
	local IFS=$'\t' name=$1
	shift
	printf '%s\n' "$*" >"/lab/out/$name/result.new"
	mv "/lab/out/$name/result.new" "/lab/out/$name/result"
}

# The value of "# KEY: value" in a scenario's head.
header() {
	sed -n "s/^# $2: //p" "/lab/in/scenarios/${1%%@*}" | head -n 1
}

# Milliseconds since the epoch.
now_ms() {
	local t=$EPOCHREALTIME
	echo $((${t/./} / 1000))
}

# In a run that breaks things: the program that this scenario must not pass with.
install_broken() { # NAME
	[ -d "/lab/in/broken/$1" ] || return 0
	install -m 755 "/lab/in/broken/$1/xenpxe" /usr/bin/xenpxe
	install -m 644 "/lab/in/broken/$1"/image/* /usr/lib/xenpxe/default/
	[ ! -d "/lab/in/broken/$1/rescue" ] || install -m 644 "/lab/in/broken/$1"/rescue/* /usr/lib/xenpxe/rescue/
}

# Run one scenario to its end, clean up behind it, report.
run_scenario() {
	local name=$1 slot=$2 out=/lab/out/$1 run=/run/lab/$1 start limit reason='' status=0 ms
	mkdir -p "$run"
	install_broken "$name"
	start=$(now_ms)
	limit=$(header "$name" timeout)
	limit=$((${limit:-180} * LAB_PATIENCE))
	timeout -k 5 "$limit" bash "$LIB/scenario.sh" run "$name" "$slot" \
		>"$out/log" 2>&1 </dev/null || status=$?
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		reason="not finished within $limit s, while $(cat "$run/doing" 2>/dev/null)"
	elif [ "$status" -ne 0 ]; then
		reason=$(cat "$run/reason" 2>/dev/null)
		reason=${reason:-scenario ended with status $status}
	fi
	timeout -k 5 $((90 * LAB_PATIENCE)) bash "$LIB/scenario.sh" finish "$name" "$slot" >>"$out/log" 2>&1 </dev/null
	status=$?
	if [ -z "$reason" ] && [ "$status" -ne 0 ]; then
		reason=$(cat "$run/reason" 2>/dev/null)
		reason=${reason:-clean-up ended with status $status}
	fi
	ms=$(($(now_ms) - start))
	ms=$((ms / 1000)).$((ms % 1000 / 100))
	if [ -z "$reason" ]; then
		result "$name" ok "$ms"
	else
		result "$name" FAIL "$ms" "$reason"
	fi
}

# The dom0s of a run take scenarios from one list: making its directory is taking it.
take() { mkdir "/lab/out/$1" 2>/dev/null; }

# One scenario after the other, so that each has this machine for itself; but those that say
# "beside: yes" mostly wait and do it beside the others.
job_run() {
	local name slot=2
	for name in $LAB_SCENARIOS; do
		if [ "$(header "$name" beside)" = yes ] && [ ! -d "/lab/in/broken/$name" ] && take "$name"; then
			run_scenario "$name" "$slot" &
			slot=$((slot + 1))
		fi
	done
	for name in $LAB_SCENARIOS; do
		! take "$name" || run_scenario "$name" 1
	done
	wait
}

# Commands of a person or of a script, with the scenarios' verbs at hand.
job_exec() {
	local status=0
	mkdir -p /lab/out/exec
	(cd /lab/files 2>/dev/null || cd /
	setsid bash "$LIB/scenario.sh" exec exec 1) >/lab/out/output 2>&1 </dev/null || status=$?
	bash "$LIB/scenario.sh" keep exec 1 >/dev/null 2>&1
	printf '\n\001exit %d\n' "$status" >>/lab/out/output
}

job_demo() {
	local status=0
	mkdir -p /lab/out/demo
	export LAB_DEMO_TFTP
	setsid bash "$LIB/scenario.sh" demo demo 1 >/lab/out/output 2>&1 </dev/null || status=$?
	bash "$LIB/scenario.sh" finish demo 1 >/lab/out/demo/finish.log 2>&1 || {
		tail -n 1 /lab/out/demo/finish.log >>/lab/out/output
		status=1
	}
	printf '\n\001exit %d\n' "$status" >>/lab/out/output
}

job_shell() {
	mkdir -p /lab/out/shell
	stty rows "$LAB_ROWS" cols "$LAB_COLS" 2>/dev/null
	echo
	echo "This is dom0 ($(xl info xen_version 2>/dev/null), Linux $(uname -r)). The product is installed as"
	echo "its package would, host files are in /lab/in, the final system in /srv/final, verbs of the"
	echo "scenarios (serve, guest, create …) work here. Leave xl console with ctrl-], dom0 with ctrl-d."
	setsid -c bash --rcfile "$LIB/shell.rc" -i
	bash "$LIB/scenario.sh" keep shell 1 >/dev/null 2>&1
}
