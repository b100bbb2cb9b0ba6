#!/bin/bash
# What a machine does from day to day: each function is one thing, and succeeds when it works.
# Usage: everyday.sh [NAME]: that one, or all of them with a line each.
. /usr/lib/machine/report.sh

atomic_saves() {
	local folder
	for folder in /etc /home/alice /tmp /var/tmp /dev/shm; do
		echo one >$folder/saved.new
		mv $folder/saved.new $folder/saved
		echo two >$folder/saved.new
		mv $folder/saved.new $folder/saved
		grep -qx two $folder/saved
		rm $folder/saved
	done
	sed -i 's/machine$/machine other/' /etc/hosts
}

if [ $# = 1 ]; then
	set -ex
	"$1"
	exit
fi
for activity in $(sed -nE 's/^([a-z_]+)\(\) \{$/\1/p' "$0"); do
	begin=$(uptime)
	if within 60 bash "$0" "$activity"; then
		say "ok $activity $begin $(uptime)"
	else
		say "FAILED $activity $begin $(uptime)"
		say_log
	fi
done
