# shellcheck shell=bash disable=SC2154 # messages.sh is there by then
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/lab demo: one guest netboots; a person sees its terminal, then what each step took and
# what the guest says of itself compared with what dom0 knows.

LIMIT=$((180 * LAB_PATIENCE))

heading() { printf '\n=== %s\n' "$*"; }

bridge 0
pxe_default trixie
if [ "$LAB_DEMO_TFTP" = yes ]; then
	serve >/dev/null
	with="DHCP and TFTP"
else
	serve --no-tftp >/dev/null
	with="DHCP; the TFTP server is off"
fi
guest g1 vcpus=2 disk=8,file bootloader_args=--verbose

heading "dom0: Xen $(xl info xen_version), Linux $(uname -r); on $(bridge_name 0) dnsmasq serves $with"
heading "the guest's configuration"
cat "$(config_file g1)"
heading "stage one: what it answers when the toolstack asks (xenpxe --not-really)"
xenpxe --not-really --verbose "$(sed -n 's/.*target=\(.*\)"\].*/\1/p' "$(config_file g1)")"
heading "xl create -c: the guest's terminal, with seconds since the command"

start=$EPOCHREALTIME
terminal=$OUT/terminal.log
: >"$terminal"
script -qfc "xl create -c $(config_file g1)" /dev/null < <(sleep "$LIMIT") 2>&1 |
	python3 /lab/in/lib/stamp "$start" | tee "$terminal" &

on_terminal() { grep -aE -- "$1" "$terminal" >/dev/null; }
ended() {
	on_terminal 'FINAL ready' || on_terminal "$says_waiting" ||
		on_terminal 'Kernel panic - not syncing'
}
domid_before=
deadline=$((SECONDS + LIMIT))
until ended || [ "$SECONDS" -ge "$deadline" ]; do
	if [ -z "$domid_before" ]; then
		domid_before=$(domid g1) || true
		[ -z "$domid_before" ] || remember_domid g1 "$domid_before"
	fi
	sleep 0.5
done
sleep 1

# The seconds at which REGEX was first on the terminal.
at() {
	grep -aEi -m 1 -- "$1" "$terminal" | awk '{ print $1 }' || true
}

heading "times"
printf '%-44s %8s %8s\n' step 'at (s)' 'took (s)'
last=0
row() {
	local t
	t=$(at "$2")
	if [ -z "$t" ]; then
		printf '%-44s %8s\n' "$1" missing
		missing=1
		return
	fi
	printf '%-44s %8s %8s\n' "$1" "$t" "$(awk -v a="$last" -v b="$t" 'BEGIN { printf "%.1f", b - a }')"
	last=$t
}
missing=
row "domain built, stage two starts its agent" "$says_started"
row "network interface up" "$says_mac"
row "lease" "$says_address"
row "configuration found" "$says_config"
row "kernel fetched" "$says_kernel_fetched"
row "ramdisk fetched" "$says_initrd_fetched"
row "image built, hand-over begins" "$says_handover"
row "final kernel's console" 'Linux version'
row "final kernel's user space" 'FINAL uname='
row "final system up, with address and disk" 'FINAL ready'

heading "what the guest says, and what dom0 knows"
check() {
	local verdict=ok
	if [ -z "$2" ] || [ "$2" != "$3" ]; then
		verdict=WRONG
		missing=1
	fi
	printf '%-14s %-36s %-36s %s\n' "$1" "${2:-nothing}" "${3:-nothing}" "$verdict"
}
printf '%-14s %-36s %-36s\n' '' 'the final system' 'dom0'
check kernel "$(value g1 uname)" "$(cat /srv/final/trixie/version)"
check "domid" "$(value g1 domid)" "$domid_before"
check "domid after" "$(domid g1)" "$domid_before"
check nonce "$(value g1 nonce)" "$(status g1 nonce)"
check MAC "$(value g1 mac)" "$(mac g1)"
check address "$(value g1 ip)" \
	"$(grep -a DHCPACK "$OUT/dnsmasq0.log" | grep -oE '10\.[0-9.]+' | sort -u | tr '\n' ' ' | sed 's/ $//')"
check "disk's 1 MiB" "$(value g1 'disk sha256' | cut -c1-36)" "$(disk_sum g1 | cut -c1-36)"
check vCPUs "$(value g1 cpus)" 2
tftp=$(tcpdump -nn -r "$OUT/br0.pcap" 'udp dst port 69' 2>/dev/null | awk '{ print $3 }' |
	cut -d. -f1-4 | sort -u | tr '\n' ' ' | sed 's/ $//')
check "TFTP asked by" "$tftp" "$(address g1)"
[ "$(value g1 uname)" != "$(uname -r)" ] || missing=1

if [ -n "$missing" ]; then
	heading "the netboot did not come to its end, or something is wrong (see above)"
	exit 1
fi
heading "the guest has booted itself"
