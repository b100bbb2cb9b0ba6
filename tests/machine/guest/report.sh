# Sourced by what runs in the guest. Everything that the driver reads is a line on the second serial port:
# a word, then words of its own (run_machine.py).
here=/usr/lib/machine
enforcer=/usr/sbin/stele-machine

say() { printf '%s\n' "$*" >/dev/ttyS1; }

word() { # NAME: its value on the kernel's command line
	sed -nE "s/.*\b$1=([a-z0-9,]+).*/\1/p" /proc/cmdline
}

uptime() { cut -d' ' -f1 /proc/uptime; }

# What the policies decided so far: an event a line, behind the name of its enforcer.
say_events() {
	local one
	for one in /usr/sbin/stele-*; do
		[ ! -e "$one" ] || "$one" events --json 2>&1 | sed "s/^/event ${one##*/} /" >/dev/ttyS1
	done
}

# within SECONDS COMMAND…: runs it, and what it starts, without a terminal; what it prints goes to $log.
log=/run/machine.log
within() {
	local seconds=$1
	shift
	timeout --kill-after=5 "$seconds" "$@" >$log 2>&1 </dev/null
}

say_log() { tail -n "${1:-12}" $log | cut -c 1-300 | sed 's/^/| /' >/dev/ttyS1; }
