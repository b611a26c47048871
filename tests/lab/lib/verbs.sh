# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The verbs that scenarios are written in. All of them run in dom0.
#
#   bridge K [NAME]               make bridge K (0 is there from the start), watch it with tcpdump
#   serve [--bridge=K] [--no-dhcp] [--no-tftp] [--windows] [DNSMASQ-OPTION]...
#                                 DHCP and TFTP on bridge K, TFTP from $TFTP: all by dnsmasq, but
#                                 with --windows TFTP by atftpd, which sends up to 64 blocks for an
#                                 acknowledgement: for what is not about the TFTP server
#   stop_serving [K]              end it at once, as a crash would
#   slow RATE [K], unslow [K]     let the guests on bridge K receive RATE at most; no more
#   netboot_files [KERNEL]        put vmlinuz and initrd of the final system into $TFTP; KERNEL is
#                                 trixie, bookworm, or light: xenpxe's own small kernel under the
#                                 same initrd, for what does not depend on the final kernel (and
#                                 in the matrix bullseye, bookworm-cloud, …)
#   pxe_default [SUITE]           the same, and a configuration "default" that boots it
#   pxe_config NAME <<EOF         write $TFTP/pxelinux.cfg/NAME
#   guest NAME [KEY=VALUE]...     write a guest's configuration (keys: see guest())
#   create NAME                   xl create; fails when xl does
#   create_fails NAME REGEX       xl create must fail, xl or stage one must say REGEX
#   expect NAME REGEX [SECONDS]   wait for REGEX on the guest's console (default 60)
#   never NAME REGEX              REGEX was not seen on the guest's console
#   in_order NAME REGEX...        each was seen on the guest's console, one after the other
#   mark NAME                     look only at what comes after this from now on
#   value NAME KEY                print what the final system said: FINAL KEY=...
#   expect_booted NAME [SECONDS]  wait for the final system, check domid, nonce, MAC, address
#   status NAME KEY               print data/xenpxe/KEY of the guest
#   expect_status NAME KEY REGEX [SECONDS]
#   expect_log REGEX [SECONDS] [K]        wait for REGEX in the server's log
#   captured FILTER [K]           print the captured packets that match; fail if there are none
#   not_captured FILTER [K]
#   send NAME TEXT                type a line at the guest's console
#   expect_down NAME SECONDS      the guest has ended; xl may still be clearing away behind it
#   expect_gone NAME SECONDS      the domain goes away by itself
#   stays_gone NAME               and xl does not create it again
#   expect_reboot NAME SECONDS    the domain is replaced by a new one of the same name
#   destroy NAME
#   same WHAT EXPECTED FOUND      two values must be equal
#   handover_time NAME prepare|quiesce|exec   microseconds, of a hand-over to the probe
#   at_most WHAT VALUE LIMIT      a number of microseconds must be above 0 and no more than LIMIT
#   apart [SQUASHFS]              give this scenario a dom0 of its own as far as files go
#   inside COMMAND...             run COMMAND there; xl runs there, too
#   fail REASON
#
# The end of every scenario destroys its guests and checks that no console has a failed
# multicall, that Xen did not complain about its domains and that no domain is left.

# shellcheck source=tests/lab/lib/messages.sh
. /lab/in/lib/messages.sh

declare -A MARK=()
: "${LAB_PATIENCE:=1}"

scenario_begin() {
	SCENARIO=$1
	SLOT=$2
	OUT=/lab/out/$SCENARIO
	RUN=/run/lab/$SCENARIO
	TFTP=/srv/tftp/$SCENARIO
	# "SCENARIO@VALUE" is scenario SCENARIO, for VALUE
	# shellcheck disable=SC2034  # read by scenarios
	VALUE=${SCENARIO#*@}
	mkdir -p "$OUT" "$RUN" "$TFTP/pxelinux.cfg"
}

say() { printf '%(%T)T %s\n' -1 "$*"; }

# The first reason is the one that counts: what follows it is mostly its consequence.
fail() {
	[ -e "$RUN/reason" ] || printf '%s\n' "$*" | tr '\n\t' '  ' >"$RUN/reason"
	say "FAIL: $*"
	trap - ERR
	exit 1
}

# wait_for SECONDS WHAT COMMAND...: poll COMMAND until it succeeds. A slow machine is given
# LAB_PATIENCE times as long.
wait_for() {
	local deadline=$((SECONDS + $1 * LAB_PATIENCE)) what=$2
	shift 2
	echo "waiting for $what" >"$RUN/doing"
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.3
	done
}

same() {
	[ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"
	say "$1: $2"
}

# --- network and servers ---------------------------------------------------------------

bridge_name() { cat "$RUN/bridge.$1"; }
bridge_address() { echo "10.$SLOT.$1.1"; }

bridge() {
	local k=$1 name=${2:-br$SLOT$1}
	[ ! -e "$RUN/bridge.$k" ] || return 0
	echo "$name" >"$RUN/bridge.$k"
	ip link add "$name" type bridge forward_delay 0 stp_state 0
	ip addr add "$(bridge_address "$k")/24" dev "$name"
	ip link set "$name" up
	# all but the bulk of TFTP: data, and what acknowledges it
	tcpdump -i "$name" -U -s 400 -w "$OUT/br$k.pcap" \
		'not (udp[8:2] = 3 and udp[4:2] > 100) and not (udp[8:2] = 4 and udp[4:2] = 12)' >/dev/null 2>"$RUN/tcpdump.$k.log" &
	echo $! >"$RUN/tcpdump.$k.pid"
	wait_for 10 "tcpdump on $name" test -s "$OUT/br$k.pcap" || fail "tcpdump does not start"
}

mac() {
	printf '00:16:3e:%02x:%02x:%02x' "$SLOT" "${1//[!0-9]/}" "${2:-0}"
}

# The address that the server on bridge K keeps for interface VIF of guest NAME.
address() {
	echo "10.$SLOT.${3:-0}.$((100 + ${1//[!0-9]/} * 10 + ${2:-0}))"
}

# 10.1.0.110 -> 0A01006E
hex_address() {
	local IFS=.
	# shellcheck disable=SC2086  # the four numbers
	printf '%02X%02X%02X%02X' $1
}

serve() {
	local k=0 dhcp=1 tftp=1 windows='' n v name argv=()
	while [ $# -gt 0 ]; do
		case $1 in
		--bridge=*) k=${1#*=} ;;
		--no-dhcp) dhcp= ;;
		--no-tftp) tftp= ;;
		--windows) windows=1 ;;
		*) argv+=("$1") ;;
		esac
		shift
	done
	bridge "$k"
	name=$(bridge_name "$k")
	if [ "$dhcp" ]; then
		argv+=(--dhcp-range="10.$SLOT.$k.200,10.$SLOT.$k.240,1h" --dhcp-authoritative
			--dhcp-boot=pxelinux.0 --no-ping --log-dhcp --dhcp-leasefile="$RUN/leases.$k")
		for n in 1 2 3 4; do
			for v in 0 1 2; do
				argv+=(--dhcp-host="$(mac g$n $v),$(address g$n $v "$k")")
			done
		done
	fi
	chmod -R a+rX "$TFTP"
	if [ "$windows" ]; then
		atftpd --daemon --no-fork --user root --group root --logfile "$OUT/atftpd$k.log" \
			--bind-address "$(bridge_address "$k")" "$TFTP" >/dev/null 2>&1 &
		echo $! >"$RUN/atftpd.$k.pid"
	elif [ "$tftp" ]; then
		argv+=(--enable-tftp --tftp-root="$TFTP")
	fi
	dnsmasq --conf-file=/dev/null --port=0 --interface="$name" --bind-interfaces \
		--except-interface=lo --user=root --pid-file="$RUN/dnsmasq.$k.pid" \
		--log-facility="$OUT/dnsmasq$k.log" "${argv[@]}"
	say "serving on $name:${dhcp:+ DHCP}${tftp:+ TFTP}${windows:+ (windows)}"
}

stop_serving() {
	kill -KILL "$(cat "$RUN/dnsmasq.${1:-0}.pid")"
	rm -f "$RUN/dnsmasq.${1:-0}.pid"
	say "the server on bridge ${1:-0} is gone"
}

slow() {
	tc qdisc add dev "$(bridge_name "${2:-0}")" root tbf rate "$1" burst 32k latency 2s
}

unslow() {
	tc qdisc del dev "$(bridge_name "${1:-0}")" root
}

netboot_files() {
	local suite=${1:-trixie}
	# copies, which a scenario may damage
	case $suite in
	light)
		cp /srv/final/bookworm/initrd "$TFTP/initrd"
		cp /usr/lib/xenpxe/default/vmlinuz "$TFTP/vmlinuz"
		;;
	*) cp "/srv/final/$suite/vmlinuz" "/srv/final/$suite/initrd" "$TFTP/" ;;
	esac
}

pxe_config() {
	mkdir -p "$TFTP/pxelinux.cfg"
	cat >"$TFTP/pxelinux.cfg/$1"
	chmod a+r "$TFTP/pxelinux.cfg/$1"
}

pxe_default() {
	netboot_files "$@"
	pxe_config default <<-END
		DEFAULT final
		LABEL final
		  KERNEL vmlinuz
		  INITRD initrd
		  APPEND console=hvc0 lab=$SCENARIO
	END
}

# A kernel argument of N bytes.
filler() {
	local pad
	printf -v pad '%*s' "$(($1 - 4))" ''
	echo "pad=${pad// /x}"
}

# How many bytes of a guest's command line are stage one's own.
stage1_length() {
	local dir answer
	dir=$(mktemp -d "$RUN/stage1.XXXXXX")
	answer=$(xenpxe --output=- --output-format=simple --output-directory="$dir" --args=x disk \
		2>/dev/null | tr -d '\0' | sed -n 's/^args //p')
	rm -r "$dir"
	[ -n "$answer" ] || fail "stage one gives no answer"
	echo $((${#answer} - 1))
}

# bzImage on stdin (xz inside), its ELF kernel on stdout with Xen's notes made unreadable, which
# is what a kernel built without CONFIG_XEN looks like.
without_xen_notes() {
	python3 -c '
import lzma, struct, sys
image = sys.stdin.buffer.read()
setup = (image[0x1f1] + 1) * 512
offset, length = struct.unpack_from("<II", image, 0x248)
elf = lzma.LZMADecompressor().decompress(image[setup + offset:setup + offset + length])
sys.stdout.buffer.write(elf.replace(b"Xen\0", b"Nix\0"))
'
}

expect_log() {
	local file=$OUT/dnsmasq${3:-0}.log
	wait_for "${2:-10}" "'$1' in the server's log" grep -aEq -- "$1" "$file" ||
		fail "the server's log does not say '$1'"
}

captured() {
	local pcap=$OUT/br${2:-0}.pcap
	capture_has() { [ -n "$(tcpdump -nn -r "$pcap" -- "$1" 2>/dev/null)" ]; }
	wait_for 5 "a packet: $1" capture_has "$1" || fail "no packet was captured: $1"
	tcpdump -nn -r "$pcap" -- "$1" 2>/dev/null
}

not_captured() {
	local found
	found=$(tcpdump -nn -c 1 -r "$OUT/br${2:-0}.pcap" -- "$1" 2>/dev/null)
	[ -z "$found" ] || fail "captured ($1), and must not: $found"
}

# --- guests ----------------------------------------------------------------------------

config_file() { echo "$OUT/$1.cfg"; }
console_log() { echo "$OUT/console-$1.log"; }
domain() { echo "${SCENARIO//@/-}.$1"; }

# guest NAME [KEY=VALUE]...; what a KEY does not say:
#   memory=256 maxmem= vcpus=1 type=pv bootloader=xenpxe bootloader_args= (words)
#   kernel= ramdisk= cmdline= extra=
#   vifs="0"      the bridges of its interfaces, in order
#   vif=LINE      the whole vif line instead
#   disk=8        its size in MiB on a loop device; 8,file: an image file; 8,qdisk: an image file
#                 that QEMU serves; or none; several (words) are xvda, xvdb, …
#   line=LINE     one more line (may be repeated)
guest() {
	local name=$1 k v word file
	local memory=256 vcpus=1 type=pv vifs=0 disk=8 lines=() maxmem='' bootloader_args='' vif=''
	# shellcheck disable=SC2034  # printed by name
	local kernel='' ramdisk='' cmdline='' extra='' bootloader=xenpxe
	shift
	for word in "$@"; do
		case ${word%%=*} in
		memory | maxmem | vcpus | type | bootloader | bootloader_args | kernel | ramdisk | \
			cmdline | extra | vifs | vif | disk)
			printf -v "${word%%=*}" '%s' "${word#*=}"
			;;
		line) lines+=("${word#*=}") ;;
		*) fail "guest $name: there is no key ${word%%=*}" ;;
		esac
	done
	# shellcheck disable=SC2034  # printed by name
	[ -z "$kernel" ] || bootloader=
	file=$(config_file "$name")
	{
		printf 'name = "%s"\ntype = "%s"\n' "$(domain "$name")" "$type"
		printf 'memory = %s\nvcpus = %s\n' "$memory" "$vcpus"
		[ -z "$maxmem" ] || printf 'maxmem = %s\n' "$maxmem"
		for k in bootloader kernel ramdisk cmdline extra; do
			[ -z "${!k}" ] || printf '%s = "%s"\n' "$k" "${!k}"
		done
		if [ -n "$bootloader_args" ]; then
			printf 'bootloader_args = ['
			for word in $bootloader_args; do
				printf '"%s", ' "$word"
			done
			printf ']\n'
		fi
		if [ -n "$vif" ]; then
			printf '%s\n' "$vif"
		else
			printf 'vif = ['
			v=0
			for k in $vifs; do
				bridge "$k"
				printf '"mac=%s,bridge=%s", ' "$(mac "$name" $v)" "$(bridge_name "$k")"
				v=$((v + 1))
			done
			printf ']\n'
		fi
		# shellcheck disable=SC2086  # words
		[ "$disk" = none ] || disk_line "$name" $disk
		[ -z "${LAB_GUEST_LINE:-}" ] || lines+=("$LAB_GUEST_LINE")
		printf '%s\n' "${lines[@]}"
	} >"$file"
	follow_console "$name"
}

# Make the disks of guest NAME as its key "disk" says and print the line of its configuration.
# With a file Xen's block script looks at all loop devices, which takes it many seconds here.
disk_line() { # NAME DISK...
	local image disk target more letters=abcdefgh name=$1
	shift
	printf 'disk = ['
	for disk; do
		image=/srv/disk-$(domain "$name")${letters:0:1}.img
		target=$image more=
		head -c 1M /dev/urandom >"$image"
		truncate -s "${disk%,*}M" "$image"
		case $disk in
		*,file) ;;
		*,qdisk) more=backendtype=qdisk, ;;
		*)
			target=$(losetup --find --show "$image")
			echo "$target" >>"$RUN/loops"
			;;
		esac
		printf '"format=raw,vdev=xvd%s,access=rw,%starget=%s",' "${letters:0:1}" "$more" "$target"
		letters=${letters:1}
	done
	printf ']\n'
}

# Let xenconsoled write where the host sees it, whatever happens to dom0. guest() does it.
follow_console() {
	MARK[$1]=1
	: >"$(console_log "$1")"
	ln -sf "$(console_log "$1")" "/var/log/xen/console/guest-$(domain "$1").log"
}

disk_sum() {
	head -c 1M "/srv/disk-$(domain "$1")a.img" | sha256sum | cut -d' ' -f1
}

domid() { xl domid "$(domain "$1")" 2>/dev/null; }

remember_domid() {
	echo "$2" >"$RUN/domid.$1"
	echo "$2" >>"$RUN/domids"
}

# xl's own words and stage one's, kept with the other logs
keep_create_log() {
	local name=$1 log=$RUN/create.log boot
	cat "$log" >>"$OUT/create-$name.log"
	boot=$(grep -oE '/var/log/xen/bootloader[-.][^ ]*log' "$log" | head -n 1) || true
	[ -n "$boot" ] || boot=/var/log/xen/bootloader.$(cat "$RUN/domid.$name" 2>/dev/null || true).log
	[ ! -s "$boot" ] || cat "$boot" >>"$OUT/bootloader-$name.log"
}

create() {
	local name=$1 id
	shift
	say "xl create $(domain "$name")"
	echo "creating $name" >"$RUN/doing"
	if ! xl create "$@" "$(config_file "$name")" >"$RUN/create.log" 2>&1; then
		cat "$RUN/create.log"
		keep_create_log "$name"
		fail "xl create $name: $(grep -a . "$RUN/create.log" | tail -n 1)"
	fi
	id=$(domid "$name") || fail "$name is not there after xl create"
	remember_domid "$name" "$id"
	keep_create_log "$name"
	say "$name is domain $id"
}

create_fails() {
	local name=$1 regex=$2
	echo "creating $name" >"$RUN/doing"
	if xl create "$(config_file "$name")" >"$RUN/create.log" 2>&1; then
		fail "xl create $name succeeded, and must not"
	fi
	cat "$RUN/create.log"
	keep_create_log "$name"
	cat "$OUT/create-$name.log" "$OUT/bootloader-$name.log" 2>/dev/null |
		grep -aEi -- "$regex" || fail "xl create $name failed, but nothing says '$regex'"
}

mark() {
	MARK[$1]=$(($(stat -L -c %s "$(console_log "$1")") + 1))
}

# What the guest printed since the last mark; a progress line is a line for each of its states.
console() {
	tail -c "+${MARK[$1]:-1}" "$(console_log "$1")" | tr '\r' '\n'
}

console_has() {
	console "$1" | grep -aEi -- "$2" >/dev/null
}

# Wait for REGEX; a panic, or a guest that is gone, ends the wait. In one process: starting
# programs is what costs most in dom0.
expect() {
	local name=$1 regex=$2 limit=${3:-60} status=0 line
	limit=$((limit * LAB_PATIENCE))
	echo "waiting for '$regex' on the console of $name" >"$RUN/doing"
	line=$(perl /lab/in/lib/await "$(console_log "$name")" "${MARK[$name]:-1}" "$limit" "$regex" \
		"$(cat "$RUN/domid.$name" 2>/dev/null || true)") || status=$?
	case $status in
	0) say "$name: $line" ;;
	2) fail "$name panicked before '$regex'" ;;
	3) fail "$name is gone before '$regex'" ;;
	*) fail "$name did not print '$regex' within $limit s" ;;
	esac
}

never() {
	if console_has "$1" "$2"; then
		fail "$1 printed, and must not: $(console "$1" | grep -aEi -m 1 -- "$2" | cat -v)"
	fi
}

in_order() {
	local name=$1 regex seen=0 n
	shift
	console "$name" >"$RUN/in-order"
	for regex in "$@"; do
		n=$(tail -n "+$((seen + 1))" "$RUN/in-order" | grep -aEin -- "$regex" | head -n 1 |
			cut -d: -f1) || true
		[ -n "$n" ] || fail "$name did not print '$regex' where it belongs"
		seen=$((seen + n))
	done
}

value() {
	console "$1" | sed -n "s/^.*FINAL $2=//p" | tail -n 1
}

status() {
	xenstore-read "/local/domain/$(domid "$1")/data/xenpxe/$2" 2>/dev/null
}

status_is() {
	status "$1" "$2" | grep -aEi -- "$3" >/dev/null
}

expect_status() {
	wait_for "${4:-60}" "data/xenpxe/$2 of $1 to be '$3'" status_is "$1" "$2" "$3" ||
		fail "data/xenpxe/$2 of $1 is not '$3' but '$(status "$1" "$2")'"
}

# The final system is up, in the same domain, as the same guest on the network.
expect_booted() {
	local name=$1 vif=${3:-0} k=${4:-0}
	expect "$name" '^FINAL ready' "${2:-120}"
	same "domid of $name" "$(cat "$RUN/domid.$name")" "$(value "$name" domid)"
	same "domid that xl sees" "$(cat "$RUN/domid.$name")" "$(domid "$name")"
	same "address and MAC of eth$vif" "$(mac "$name" "$vif") ip=$(address "$name" "$vif" "$k")" \
		"$(value "$name" "eth$vif mac")"
	[ -n "$(value "$name" nonce)" ] || fail "the final system of $name found no nonce"
	same "nonce" "$(status "$name" nonce)" "$(value "$name" nonce)"
	if grep -q '^disk = ' "$(config_file "$name")"; then
		same "first MiB of the disk" "$(disk_sum "$name")" "$(value "$name" 'disk sha256')"
	fi
}

send() {
	local tty
	tty=$(xenstore-read "/local/domain/$(domid "$1")/console/tty")
	printf '%s\r' "$2" >"$tty"
}

# Gone, or in the state s: what xl does from there on (hotplug scripts, dozens of programs) is
# not the guest's time.
is_down() {
	local state
	state=$(xl list "$1" 2>/dev/null | awk 'NR == 2 { print $5 }') || return 0
	[ -z "$state" ] || [[ $state == *s* ]]
}

expect_down() {
	local name=$1 id start
	id=$(cat "$RUN/domid.$name")
	start=$EPOCHREALTIME
	# a promise to people, so no more patience than it says
	LAB_PATIENCE=1 wait_for "$2" "$name to end" is_down "$id" || fail "$name is still running after $2 s"
	say "$name has ended after $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
}

# What a step of the hand-over to the probe took, in microseconds: prepare, quiesce, or exec (from
# EXEC to the probe's first instruction, both in Xen's system time).
handover_time() { # NAME STEP
	local text ns
	text=$(console "$1" | grep -a '^PROBE INFO' | tr ' ' '\n')
	case $2 in
	exec)
		ns=$(sed -n 's/^exec_ns=//p' <<<"$text")
		echo $((($(sed -n 's/^entry-system-time=//p' <<<"$text") - ns) / 1000))
		;;
	*) sed -n "s/^${2}_us=//p" <<<"$text" ;;
	esac
}

# A promise to people: no patience.
at_most() { # WHAT VALUE LIMIT
	say "$1: $2 us (at most $3)"
	if [ "$2" -le 0 ] || [ "$2" -gt "$3" ]; then
		fail "$1 took $2 us, more than $3"
	fi
}

is_gone() { ! xl list "$1" >/dev/null 2>&1; }

expect_gone() {
	local name=$1 id start
	id=$(cat "$RUN/domid.$name")
	start=$EPOCHREALTIME
	wait_for "$2" "$name to go away" is_gone "$id" || fail "$name is still there after $2 s"
	say "$name is gone after $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"
}

# xl's own log says what it makes of a domain that has ended.
stays_gone() {
	local log
	log=/var/log/xen/xl-$(domain "$1").log
	wait_for 10 "xl to have done with $1" grep -aqE '^Action for ' "$log" ||
		fail "xl does not say what it makes of $1"
	grep -aqE '^Action for .* is destroy' "$log" ||
		fail "$1 was to end for good: $(grep -aE '^Action for ' "$log")"
}

expect_reboot() {
	local name=$1
	expect_gone "$name" "$2"
	wait_for 30 "$name to be created again" domid "$name" >/dev/null ||
		fail "$name is not created again within 30 s"
	remember_domid "$name" "$(domid "$name")"
	say "$name is now domain $(domid "$name")"
}

destroy() {
	xl destroy "$(domain "$1")" >/dev/null 2>&1
	expect_gone "$1" 15
}

# --- files of dom0 ---------------------------------------------------------------------

# What is written below these from now on, by programs that run inside, is gone with the scenario;
# what SQUASHFS has is there in addition. A mount namespace with overlays.
apart() { # [SQUASHFS]
	local dir=$RUN/apart path lower
	mkdir -p "$dir"
	mount -t tmpfs apart "$dir"
	mkdir "$dir/tree"
	[ $# -eq 0 ] || mount -t squashfs -o loop,ro "$1" "$dir/tree"
	touch "$dir/ns"
	unshare --mount="$dir/ns" true
	for path in usr etc var/lib; do
		mkdir -p "$dir/upper/$path" "$dir/work/$path"
		lower=/$path
		[ ! -d "$dir/tree/$path" ] || lower=$dir/tree/$path:$lower
		inside mount -t overlay -o "lowerdir=$lower,upperdir=$dir/upper/$path,workdir=$dir/work/$path" \
			apart "/$path"
	done
	xl() { inside xl "$@"; }
}

inside() { nsenter --mount="$RUN/apart/ns" "$@"; }

# --- the end ---------------------------------------------------------------------------

# What Xen said about the domains of this scenario; a scenario that clears Xen's log keeps what it
# takes away in $RUN/xen-said.
hypervisor_lines() {
	local id regex=
	[ -e "$RUN/domids" ] || return 0
	while read -r id; do
		regex+="${regex:+|}\\bd$id(v[0-9]+)?\\b|\\b[Dd]om(ain)?[ -]?$id\\b"
	done < <(sort -un "$RUN/domids")
	{
		[ ! -e "$RUN/xen-said" ] || cat "$RUN/xen-said"
		xl dmesg
	} | grep -aE -- "$regex"
}

# The lines of these that are not known to be harmless.
hypervisor_complaints() {
	hypervisor_lines | grep -avE -f /lab/in/lib/hypervisor-noise |
		{ if [ -e "$RUN/allowed" ]; then grep -avE -f "$RUN/allowed"; else cat; fi; }
}

# Xen may say REGEX about the domains of this scenario.
allow_complaint() {
	printf '%s\n' "$1" >>"$RUN/allowed"
}

keep_logs() {
	local log
	for log in /var/log/xen/xl-"$(domain '')"*.log; do
		[ ! -e "$log" ] || cp "$log" "$OUT/"
	done
	while read -r log; do
		log=/var/log/xen/bootloader.$log.log
		[ ! -s "$log" ] || cp "$log" "$OUT/"
	done < <(sort -un "$RUN/domids" 2>/dev/null)
	hypervisor_lines >"$OUT/xen.log" 2>&1
}

scenario_finish() {
	local pid name id log bad
	set +e
	for pid in "$RUN"/*.pid; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null
	done
	# By number, and from one listing: a guest that reboots just now has
	# lost its name when it is asked for.
	for id in $(xl list | awk -v p="$(domain '')" 'index($1, p) == 1 { print $2 }') \
		$(cat "$RUN/named" 2>/dev/null); do
		echo "$id" >>"$RUN/domids"
		xl destroy "$id" 2>/dev/null
	done
	keep_logs
	for name in "$RUN"/bridge.*; do
		[ ! -e "$name" ] || ip link del "$(cat "$name")" 2>/dev/null
	done
	while read -r log; do
		losetup -d "$log"
	done < <(cat "$RUN/loops" 2>/dev/null)
	rm -rf "$TFTP" /srv/disk-"$(domain '')"*
	if [ -e "$RUN/apart/ns" ]; then
		umount "$RUN/apart/ns"
		! mountpoint -q "$RUN/apart/tree" || umount -l "$RUN/apart/tree"
		umount -l "$RUN/apart"
	fi

	for log in "$OUT"/console-*.log; do
		[ -e "$log" ] || continue
		bad=$(grep -a -m 1 'multicall(s) failed' "$log") && fail "$(basename "$log"): $bad"
	done
	while read -r id; do
		wait_for 15 "domain $id to be gone" is_gone "$id" || fail "domain $id is a zombie"
	done < <(sort -un "$RUN/domids" 2>/dev/null)
	bad=$(hypervisor_complaints)
	[ -z "$bad" ] || fail "Xen complains: $bad"
}
