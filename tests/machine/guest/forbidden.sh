#!/bin/bash
# What the policy forbids: each function is one attempt, undoes what it did, and succeeds when the attempt does. Its
# comment names the rule that must hold it. Without a policy all of them succeed.
# Usage: forbidden.sh [NAME]: that one, or all of them with a line each.
. /usr/lib/machine/report.sh
. /usr/lib/machine/ways.sh

# with CAPABILITY COMMAND…: as alice, who has it.
with() {
	local capability=$1
	shift
	setpriv --reuid alice --regid alice --clear-groups --inh-caps "+$capability" --ambient-caps "+$capability" "$@"
}

apart() { unshare -m sh -ec "$1"; }

read_by_root() { # hashes_are_private
	cat /etc/shadow
}
copy_by_root() { # hashes_are_private
	cp /etc/gshadow /root/gshadow
}
read_by_user() { # hashes_are_private
	with dac_read_search cat /etc/shadow
}
read_through_proc() { # hashes_are_private
	cat /proc/1/root/etc/shadow
}
read_through_bind_mount() { # hashes_are_private
	apart 'mount --bind /etc /mnt; cat /mnt/shadow'
}
read_through_bind_of_file() { # hashes_are_private
	apart 'touch /srv/file; mount --bind /etc/shadow /srv/file; cat /srv/file'
}
read_through_second_mount() { # hashes_are_private
	apart 'mount /dev/vda /mnt; cat /mnt/etc/shadow'
}
read_through_overlay() { # hashes_are_private
	apart 'mount -t overlay -o lowerdir=/etc:/srv overlay /mnt; cat /mnt/shadow'
}
read_after_pivot() { # hashes_are_private
	apart 'mount --bind / /mnt; cd /mnt; pivot_root . mnt; cd /; cat /etc/shadow'
}
read_in_user_namespace() { # hashes_are_private
	unshare -Urm cat /etc/shadow
}
read_by_service_manager() { # hashes_are_private
	in_unit -p LoadCredential=it:/etc/shadow sh -c 'cat "$CREDENTIALS_DIRECTORY/it"'
}
link_hashes() { # hashes_are_private
	ln /etc/shadow /root/shadow
	rm /root/shadow
}
rename_hashes() { # hashes_are_private
	perl -e 'rename("/etc/shadow", "/etc/away") && rename("/etc/away", "/etc/shadow") or die'
}
rename_above_hashes() { # hashes_are_private
	perl -e 'rename("/etc", "/away") && rename("/away", "/etc") or die'
}
lend_name_to_library() { # hashes_are_private
	local said
	cp /usr/lib/x86_64-linux-gnu/libacl.so.1 /root/lent.so
	echo /root/lent.so >/etc/ld.so.preload
	said=$(useradd --help 2>&1)
	rm /etc/ld.so.preload
	[[ $said != *'cannot be preloaded'* ]]
}
trace_sshd() { # hashes_are_private
	perl -e 'my $pid = 0 + shift; syscall(101, 16, $pid, 0, 0) == 0 or die; wait; syscall(101, 17, $pid, 0, 0)' \
		"$(systemctl show -P MainPID ssh)"
}
open_memory_of_sshd() { # hashes_are_private
	perl -e 'open(my $memory, "+<", "/proc/" . shift . "/mem") or die' "$(systemctl show -P MainPID ssh)"
}

append_by_root() { # programs_are_installed
	: >>/usr/bin/who
}
append_by_user() { # programs_are_installed
	with dac_override sh -c ': >>/usr/bin/who'
}
append_to_second_name() { # programs_are_installed
	: >>"$(find /usr/bin -samefile /usr/bin/perl ! -name perl | head -n 1)"
}
new_program() { # programs_are_installed
	touch /usr/bin/new
	rm /usr/bin/new
}
new_program_by_user() { # programs_are_installed
	with dac_override touch /usr/lib/new
	rm /usr/lib/new
}
new_program_through_bind_mount() { # programs_are_installed
	apart 'mount --bind /usr /mnt; touch /mnt/sbin/new; rm /mnt/sbin/new'
}
new_link() { # programs_are_installed
	ln -s who /usr/bin/new
	rm /usr/bin/new
}
new_directory() { # programs_are_installed
	mkdir /usr/lib/new
	rmdir /usr/lib/new
}
remove_program() { # programs_are_installed
	cp -a /usr/bin/who /root/who
	rm /usr/bin/who
	cp -a /root/who /usr/bin/who
}
replace_program() { # programs_are_installed
	cp -a /usr/bin/who /usr/who
	mv -f /usr/who /usr/bin/who
}
move_directory() { # programs_are_installed
	perl -e 'rename("/usr/lib/sysctl.d", "/usr/lib/away") && rename("/usr/lib/away", "/usr/lib/sysctl.d") or die'
}
change_mode() { # programs_are_installed
	chmod u+s /usr/bin/who
	chmod u-s /usr/bin/who
}
change_owner() { # programs_are_installed
	chown alice /usr/bin/who
	chown root /usr/bin/who
}
lengthen_program() { # programs_are_installed
	truncate -s +0 /usr/bin/who
}
link_program() { # programs_are_installed
	ln /usr/bin/who /root/linked
	rm /root/linked
}
mount_over_program() { # programs_are_installed
	mount --bind /etc/hostname /usr/bin/who
	umount /usr/bin/who
}
mount_over_directory() { # programs_are_installed
	mount -t tmpfs over /usr/lib/sysctl.d
	umount /usr/lib/sysctl.d
}
mount_over_from_namespace() { # programs_are_installed
	unshare -m --propagation unchanged mount -t tmpfs over /usr/lib/sysctl.d
	umount /usr/lib/sysctl.d
}

# place FOLDER: a program there.
place() {
	rm -f "$1/program"
	cp /usr/bin/true "$1/program"
	chmod 755 "$1/program"
}

run_in_tmp() { # scratch_is_data
	place /tmp
	/tmp/program
}
run_in_var_tmp() { # scratch_is_data
	place /var/tmp
	/var/tmp/program
}
run_in_shm() { # scratch_is_data
	place /dev/shm
	/dev/shm/program
}
run_in_tmp_by_user() { # scratch_is_data
	place /tmp
	as_alice /tmp/program
}
run_in_shm_by_user() { # scratch_is_data
	place /dev/shm
	as_alice /dev/shm/program
}
run_by_service_manager() { # scratch_is_data
	place /var/tmp
	in_unit /var/tmp/program
}
run_script() { # scratch_is_data
	printf '#!/bin/sh\ntrue\n' >/tmp/script
	chmod 755 /tmp/script
	/tmp/script
}
run_by_loader() { # scratch_is_data
	place /tmp
	/lib64/ld-linux-x86-64.so.2 /tmp/program
}
run_in_namespace_of_user() { # scratch_is_data
	place /tmp
	as_alice unshare -Urm sh -ec 'mount --bind /tmp /mnt; /mnt/program'
}
exec_through_overlay() { # scratch_is_data
	place /tmp
	apart 'mount -t overlay -o lowerdir=/tmp:/srv overlay /mnt; /mnt/program'
}
exec_through_overlay_of_user() { # scratch_is_data
	place /tmp
	as_alice unshare -Urm sh -ec 'mount -t overlay -o lowerdir=/tmp:/srv overlay /mnt; /mnt/program'
}
mmap_through_overlay() { # scratch_is_data
	place /tmp
	apart 'mount -t overlay -o lowerdir=/tmp:/srv overlay /mnt; /lib64/ld-linux-x86-64.so.2 /mnt/program'
}
mmap_through_overlay_of_user() { # scratch_is_data
	place /tmp
	as_alice unshare -Urm sh -ec 'mount -t overlay -o lowerdir=/tmp:/srv overlay /mnt; /lib64/ld-linux-x86-64.so.2 /mnt/program'
}
preload_from_shm() { # scratch_is_data
	cp /usr/lib/x86_64-linux-gnu/libacl.so.1 /dev/shm/lent.so
	! LD_PRELOAD=/dev/shm/lent.so /usr/bin/true 2>&1 | grep 'cannot be preloaded'
}
link_out_of_scratch() { # scratch_is_data
	place /var/tmp
	ln /var/tmp/program /root/linked
	rm /root/linked
}
rename_out_of_scratch() { # scratch_is_data
	place /var/tmp
	perl -e 'rename("/var/tmp/program", "/root/program") or die'
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
	say_log 4
done
