# shellcheck shell=bash
# shellcheck disable=SC2034  # read by scenarios
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What xenpxe says, as far as scenarios look for it: extended regular expressions, case ignored.
# All of them are here, so that a message can be improved in one place.

says_started='xenpxe: xenpxe [0-9]'
says_mac='vif [0-9]+ .*MAC '
says_address='address [0-9.]+ \([0-9A-F]{8}\), server [0-9.]+'
says_config='configuration [0-9.]+:pxelinux\.cfg/'
says_label='label '
says_kernel_fetched='[0-9.]+:vmlinuz +[0-9.]+ [kM]?B in [0-9.]+ s'
says_initrd_fetched='[0-9.]+:initrd +[0-9.]+ [kM]?B in [0-9.]+ s'
says_fetching='vmlinuz +(\[[#-]|[0-9]+%)'
says_handover='handing this domain over'
says_no_lease_yet='no lease yet'
says_no_lease='no DHCP lease in [0-9]+ s'
says_waiting='trying again in [0-9]+ s'
says_not_found='not found|no such file|does not exist'
says_silent='fell silent|no data came|no answer'
says_no_answer='no answer from UDP port 69'
says_truncated='arrived whole|truncated|corrupt|cut off|shorter'
says_no_xen='no Xen PV entry|CONFIG_XEN_PV'
says_pvh='type=\\?"pv\\?"'
says_too_large='does not fit|larger than|there is room for'
says_too_large_figures='does not fit: kernel [0-9]+ MiB .*, ramdisk [0-9]+ MiB .* need [0-9]+ MiB, this guest has [0-9]+ MiB of which [0-9]+ MiB are free'
says_too_long='1024 bytes.*1023'
says_title='title .* \(.*((grub|syslinux|isolinux).cfg|extlinux.conf|loader/entries/.*):[0-9]+\)'
says_no_disk='this guest has no disk'
says_no_vif='no such interface'
