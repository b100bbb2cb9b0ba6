#!/bin/bash
# What the policy forbids: each function is one try, and succeeds when the try does. Its comment names the rule.
# Usage: forbidden.sh [NAME]: that one, or all of them with a line each.
. /usr/lib/machine/report.sh

read_shadow() { # hashes_are_private
	cat /etc/shadow
}

write_program() { # programs_are_installed
	: >>/usr/bin/true
}

exec_in_tmp() { # scratch_is_data
	cp /usr/bin/true /tmp/program
	/tmp/program
}

if [ $# = 1 ]; then
	set -ex
	"$1"
	exit
fi
sed -nE 's/^([a-z_]+)\(\) \{ # ([a-z_]+)$/\1 \2/p' "$0" | while read -r try rule; do
	begin=$(uptime)
	if within 60 bash "$0" "$try"; then verdict=open; else verdict=held; fi
	say "attempt $try $rule $begin $(uptime) $verdict"
done
