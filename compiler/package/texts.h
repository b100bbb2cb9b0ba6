#pragma once

// The texts that package.cpp fills in: @PROGRAM@ (stele-web), @POLICY@ (web), @VERSION@, @MAINTAINER@.

namespace stele::package {

/// Names are those of the local file systems, so it comes after them; and before everything that a boot is for. What
/// it needs (/proc, /sys, securityfs, bpffs) systemd mounts before it starts any unit.
inline constexpr char kUnit[] = R"([Unit]
Description=Stele policy @POLICY@ @VERSION@
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/@PROGRAM@ apply
# Enforced already, from the initramfs.
SuccessExitStatus=13
StandardError=journal+console

[Install]
WantedBy=sysinit.target
)";

/// @SECURITYFS@ and @BPFFS@, which an early start needs; what is there already stays.
inline constexpr char kSecurityfs[] =
    "grep -q ' /sys/kernel/security ' /proc/mounts || "
    "mount -t securityfs -o nosuid,nodev,noexec securityfs /sys/kernel/security";
inline constexpr char kBpffs[] =
    "grep -q ' /sys/fs/bpf ' /proc/mounts || mount -t bpf -o nosuid,nodev,noexec,mode=0700 bpf /sys/fs/bpf";

inline constexpr char kInitramfsHook[] = R"(#!/bin/sh
# initramfs-tools: takes the enforcer into the initramfs where the machine wants that.
case $1 in prereqs) exit 0 ;; esac
[ -e /etc/stele/@POLICY@.early ] || exit 0
. /usr/share/initramfs-tools/hook-functions
copy_exec /usr/sbin/@PROGRAM@
)";

inline constexpr char kInitramfsScript[] = R"(#!/bin/sh
# initramfs-tools: enforces the policy before the machine's root is switched to. When that fails, the reason is on the
# console, and the unit tries again.
case $1 in prereqs) exit 0 ;; esac
[ -x /usr/sbin/@PROGRAM@ ] || exit 0
@SECURITYFS@
@BPFFS@
/usr/sbin/@PROGRAM@ apply --root "${rootmnt:?}"
exit 0
)";

inline constexpr char kDracutModule[] = R"(#!/bin/bash
# dracut: takes the enforcer into the initramfs where the machine wants that.
check() {
	[ -e /etc/stele/@POLICY@.early ] || return 255
}
depends() {
	return 0
}
install() {
	inst_multiple /usr/sbin/@PROGRAM@ grep mount
	# shellcheck disable=SC2154 # dracut's
	inst_hook pre-pivot 90 "$moddir/apply.sh"
}
)";

inline constexpr char kDracutScript[] = R"(#!/bin/sh
# dracut: enforces the policy before the machine's root is switched to. When that fails, the reason is on the console,
# and the unit tries again.
@SECURITYFS@
@BPFFS@
/usr/sbin/@PROGRAM@ apply --root "${NEWROOT:?}"
:
)";

inline constexpr char kSysvinit[] = R"(#!/bin/sh
### BEGIN INIT INFO
# Provides:          @PROGRAM@
# Required-Start:    mountkernfs $local_fs
# Required-Stop:
# X-Start-Before:    procps networking
# Default-Start:     S
# Default-Stop:
# Short-Description: Stele policy @POLICY@ @VERSION@
### END INIT INFO
[ "$1" = start ] || exit 0
@SECURITYFS@
@BPFFS@
/usr/sbin/@PROGRAM@ apply
code=$?
[ $code = 13 ] || exit $code # enforced already, from the initramfs
)";

inline constexpr char kOpenrc[] = R"(#!/sbin/openrc-run
description="Stele policy @POLICY@ @VERSION@"

depend() {
	use sysfs localmount mountkernfs mountall # the last two are Debian's
	before bootmisc
}

start() {
	ebegin "Enforcing @POLICY@"
	@SECURITYFS@
	@BPFFS@
	/usr/sbin/@PROGRAM@ apply
	code=$?
	[ $code != 13 ] || code=0 # enforced already, from the initramfs
	eend $code
}
)";

/// @REMAKE@: dracut has no update-initramfs.
inline constexpr char kRemake[] = R"(if [ ! -e /etc/stele/@POLICY@.early ]; then
	:
elif command -v update-initramfs >/dev/null; then
	update-initramfs -u
elif command -v dracut >/dev/null; then
	for image in /boot/initrd.img-*; do
		[ ! -e "$image" ] || dracut --quiet --force "$image" "${image#/boot/initrd.img-}"
	done
fi)";

inline constexpr char kControl[] = R"(Package: @PROGRAM@
Version: @VERSION@
Architecture: amd64
Maintainer: @MAINTAINER@
Section: admin
Priority: optional
Description: Stele policy @POLICY@ @VERSION@
 A security policy in one static program, enforced early in every boot until
 the machine is switched off.
)";

/// Nothing is enforced before the next start: an installation may be half way. But it is said now if it will not be.
inline constexpr char kPostinst[] = R"(#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
elif command -v update-rc.d >/dev/null; then
	update-rc.d @PROGRAM@ defaults
fi
@REMAKE@
code=0
said=$(/usr/sbin/@PROGRAM@ preflight) || code=$?
case $code in
0) echo "@PROGRAM@: the policy is enforced from the next start on" ;;
13 | 24) echo "@PROGRAM@: this policy is enforced; a new build from the next start on" ;;
*)
	echo "$said"
	echo "@PROGRAM@: as this machine is now, the policy could not be enforced; see above"
	;;
esac
)";

inline constexpr char kPostrm[] = R"(#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
elif [ "$1" = purge ] && command -v update-rc.d >/dev/null; then
	update-rc.d @PROGRAM@ remove
fi
@REMAKE@
)";

}  // namespace stele::package
