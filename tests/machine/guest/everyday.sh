#!/bin/bash
# What a machine does from day to day: each function is one thing, and succeeds when it works.
# Usage: everyday.sh [NAME]: that one, or all of them with a line each.
. /usr/lib/machine/report.sh
. /usr/lib/machine/ways.sh

begin_cron() {
	echo '* * * * * root touch /run/cron-of-root' >/etc/cron.d/machine
	echo '* * * * * touch /home/alice/cron-of-alice' | crontab -u alice -
}

begin_timer() {
	systemd-run --on-active=2 touch /run/timer-elapsed
}

# Who logs in, and passwords.

ssh_by_password() {
	to_alice 'id -un && loginctl show-user alice -P State' | tee /dev/stderr | xargs | grep -x 'alice active'
}

ssh_by_key() {
	mkdir -p -m 700 ~root/.ssh
	ssh-keygen -q -t ed25519 -N '' -f ~root/.ssh/id_ed25519
	install -d -o alice -g alice -m 700 /home/alice/.ssh
	install -o alice -g alice -m 600 ~root/.ssh/id_ed25519.pub /home/alice/.ssh/authorized_keys
	to_alice -o PasswordAuthentication=no id -un | grep -x alice
}

sudo_over_ssh() { to_alice 'echo stone | sudo -S id -u' | grep -x 0; }

user_unit_over_ssh() { to_alice systemd-run --user --wait --pipe id -un | grep -x alice; }

login_on_a_terminal() {
	echo 'id -un >told; exit' >/home/alice/.bash_profile
	systemd-run --wait --collect -p StandardInput=tty -p StandardOutput=tty -p TTYPath=/dev/tty5 -p TTYReset=yes login -f alice
	rm /home/alice/.bash_profile
	grep -x alice /home/alice/told
}

su_by_password() { as_alice sh -c 'echo stone | su alice -c "id -un"' | grep -x alice; }

su_by_root() { su alice -c 'id -un' | grep -x alice; }

password_of_another() {
	printf 'granite\ngranite\n' | passwd alice
	passwd -S alice | grep '^alice P '
	chage -M 90 alice
	chage -l alice | grep 90
}

password_of_ones_own() {
	printf 'granite\nbasalt and chalk\nbasalt and chalk\n' | as_alice passwd
	printf 'stone\nstone\n' | passwd alice
}

new_user() {
	useradd --create-home bob
	id bob
}

new_system_user() {
	mkdir -p /etc/sysusers.d
	echo 'u keeper - "Keeper"' >/etc/sysusers.d/keeper.conf
	systemd-sysusers
	id keeper
}

# Units in sandboxes.

protect_system() { in_unit -p ProtectSystem=strict sh -exc '[ ! -w /etc ] && [ ! -w /usr ] && cat /etc/passwd'; }

private_tmp() {
	touch /tmp/of-the-host /var/tmp/of-the-host
	in_unit -p PrivateTmp=yes sh -exc '[ ! -e /tmp/of-the-host ] && [ ! -e /var/tmp/of-the-host ]
		echo data >/tmp/new && mv /tmp/new /tmp/old && cat /tmp/old'
}

protect_home() { in_unit -p ProtectHome=yes sh -exc '[ ! -e /home/alice ] && [ -z "$(ls -A /root)" ]'; }

private_devices() { in_unit -p PrivateDevices=yes sh -exc '[ ! -e /dev/vda ] && echo data >/dev/null && touch /dev/shm/x'; }

dynamic_user() {
	local turn
	for turn in 1 2; do
		in_unit -p DynamicUser=yes -p User=dynamic -p StateDirectory=dynamic sh -exc 'id -un; date >>"$STATE_DIRECTORY/log"'
	done
	[ "$(wc -l </var/lib/private/dynamic/log)" = 2 ]
}

private_network() { in_unit -p PrivateNetwork=yes ip -o link | tee /dev/stderr | wc -l | grep -x 1; }

private_users() { in_unit -p PrivateUsers=yes cat /proc/self/uid_map; }

load_credential() {
	echo secret >/root/secret
	in_unit -p LoadCredential=it:/root/secret -p SetCredential=other:open sh -exc \
		'grep -x secret "$CREDENTIALS_DIRECTORY/it" && grep -x open "$CREDENTIALS_DIRECTORY/other"'
}

inaccessible_paths() {
	touch /srv/data
	in_unit -p InaccessiblePaths='/srv /etc/fstab' sh -exc '[ ! -e /srv/data ] && [ ! -s /etc/fstab ]'
}

bind_paths() { in_unit -p BindReadOnlyPaths=/home/alice:/srv -p TemporaryFileSystem=/var sh -exc '[ -d /srv/.ssh ] && [ ! -w /srv ] && touch /var/x'; }

everything_protected() {
	in_unit -p DynamicUser=yes -p ProtectSystem=strict -p ProtectHome=tmpfs -p PrivateTmp=yes -p PrivateDevices=yes \
		-p PrivateUsers=yes -p ProtectKernelTunables=yes -p ProtectKernelModules=yes -p ProtectKernelLogs=yes \
		-p ProtectControlGroups=yes -p ProtectProc=invisible -p ProcSubset=pid -p ProtectClock=yes -p ProtectHostname=yes \
		-p RestrictNamespaces=yes -p SystemCallFilter=@system-service -p MemoryDenyWriteExecute=yes \
		-p RuntimeDirectory=everything -p CacheDirectory=everything sh -exc 'touch /tmp/x "$RUNTIME_DIRECTORY/x" "$CACHE_DIRECTORY/x"'
}

root_directory() {
	mkdir -p /var/lib/other/bin /var/lib/other/etc
	cp /usr/bin/busybox /var/lib/other/bin
	echo 'root:*:1::::::' >/var/lib/other/etc/shadow
	in_unit -p RootDirectory=/var/lib/other -p MountAPIVFS=yes -p ProtectSystem=full /bin/busybox grep root /etc/shadow
}

# Namespaces and containers.

network_namespaces() {
	ip netns add blue
	ip link add outside type veth peer name inside netns blue
	ip netns exec blue ip link set inside up
	ip -n blue link show inside
	ip netns del blue
}

enter_namespaces() {
	nsenter -t 1 -m cat /etc/hostname
	nsenter -t 1 -a cat /etc/hostname
	unshare -mn sleep 20 &
	sleep 1
	nsenter -t $! -m -n cat /etc/hostname
	kill $!
}

room_of_root() { unshare -mpf $here/room; }

room_of_a_user() { as_alice unshare -Urmpf $here/room; }

room_on_an_overlay() {
	mkdir -p /var/lib/layers/lower/etc /var/lib/layers/lower/bin /var/lib/layers/upper /var/lib/layers/work /var/lib/layers/all
	cp /usr/bin/busybox /var/lib/layers/lower/bin
	echo 'root:*:1::::::' >/var/lib/layers/lower/etc/shadow
	unshare -m sh -exc 'cd /var/lib/layers
		mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay all
		chroot all /bin/busybox sh -exc "/bin/busybox grep root /etc/shadow; echo more >>/etc/shadow; /bin/busybox cat /etc/shadow"'
}

container_by_crun() {
	bundle /var/lib/bundle
	crun --cgroup-manager=cgroupfs run --bundle /var/lib/bundle first
}

container_of_a_user() {
	to_alice "set -ex; $(declare -f bundle); bundle bundle --rootless; crun --cgroup-manager=disabled run --bundle ~/bundle second"
}

# Mounts.

mounts() {
	mount --bind /mnt /mnt
	mount --make-private /mnt
	mkdir /mnt/a /mnt/b
	mount -t tmpfs a /mnt/a
	mount --bind /srv /mnt/b
	mount -o remount,bind,ro /mnt/b
	mkdir /mnt/a/c
	mount --move /mnt/b /mnt/a/c
	umount -R /mnt
	unshare -m mount -t tmpfs over /usr/bin # nobody else's business
}

loop_device() {
	truncate -s 8M /var/lib/image
	mkfs.ext4 -q /var/lib/image
	mount -o loop /var/lib/image /mnt
	mkdir /mnt/etc
	echo 'root:*:1::::::' >/mnt/etc/shadow
	umount /mnt
}

module_on_demand() {
	ip link add ghost type dummy
	ip link del ghost
}

# Files, packages, services, logs.

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

dpkg_installs() {
	make_package 1
	dpkg -i /root/tool_1.deb
	tool | grep -x 'tool 1'
}

apt_upgrades() {
	make_package 2
	apt-get install -y /root/tool_2.deb
	tool | grep -x 'tool 2'
	systemctl is-active tool
}

apt_removes() {
	apt-get remove -y tool
	[ ! -e /usr/bin/tool ]
}

initramfs_is_made() {
	echo MODULES=list >/etc/initramfs-tools/conf.d/machine # fewer modules to copy: an emulated machine is slow
	update-initramfs -u
}

web_server() {
	busybox wget -qO- http://localhost/ | grep nginx
	systemctl reload nginx
	systemctl restart nginx
	busybox wget -qO- http://localhost/ | grep nginx
}

services_restart() {
	systemctl daemon-reload
	systemctl restart systemd-logind systemd-journald systemd-udevd cron ssh
	udevadm trigger
	udevadm settle
	systemctl is-active systemd-logind systemd-journald systemd-udevd cron ssh
}

systemd_executes_itself() {
	systemctl daemon-reexec
	in_unit true
}

services_on_demand() {
	hostnamectl
	timedatectl
}

logs_are_rotated() {
	printf '/var/log/machine.log {\n rotate 2\n compress\n}\n' >/etc/logrotate.d/machine
	date >/var/log/machine.log
	logrotate -f /etc/logrotate.conf
	[ -e /var/log/machine.log.1.gz ]
	systemctl start logrotate.service
}

journal() {
	logger -t machine 'it was said'
	journalctl --sync
	journalctl -b -t machine | grep 'it was said'
	journalctl --rotate
	journalctl --vacuum-files=2
}

temporary_files() {
	systemctl restart systemd-tmpfiles-clean
	systemd-tmpfiles --create
}

# What was begun above.

timer_elapsed() {
	[ -e /run/timer-elapsed ]
}

cron_ran() {
	local turn
	for turn in $(seq 70); do
		[ -e /run/cron-of-root ] && [ -e /home/alice/cron-of-alice ] && return
		sleep 1
	done
	false
}

if [ $# = 1 ]; then
	set -ex
	"$1"
	exit
fi
for activity in $(sed -nE 's/^([a-z_]+)\(\) \{( .*)?$/\1/p' "$0"); do
	begin=$(uptime)
	if within 240 bash "$0" "$activity"; then
		say "ok $activity $begin $(uptime)"
	else
		say "FAILED $activity $begin $(uptime)"
		say_log
	fi
done
