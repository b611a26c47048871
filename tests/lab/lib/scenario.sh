#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One scenario's process: scenario.sh run|finish|exec|demo|keep NAME SLOT

set -uo pipefail

. /lab/in/lib/verbs.sh
scenario_begin "$2" "$3"

case $1 in
run)
	set -eE
	trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
	bridge 0
	. "/lab/in/scenarios/${SCENARIO%%@*}"
	;;
exec)
	eval "$(cat /lab/in/command)"
	;;
demo)
	set -eE
	trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
	. /lab/in/lib/demo.sh
	;;
keep)
	keep_logs
	;;
finish)
	scenario_finish
	;;
esac
