# Sourced by what runs in the guest: ways to do things as somebody, somewhere.
# shellcheck disable=SC2154 # $here: report.sh

as_alice() { setpriv --reuid alice --regid alice --init-groups env HOME=/home/alice "$@"; }

to_alice() {
	SSH_ASKPASS=$here/password SSH_ASKPASS_REQUIRE=force ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		-o UserKnownHostsFile=/dev/null alice@localhost "$@"
}

in_unit() { systemd-run --quiet --wait --pipe --collect "$@"; }

bundle() { # FOLDER OPTION…: of an OCI container that looks at its own /etc/shadow and runs a program from its /tmp
	local folder=$1
	shift
	mkdir -p "$folder/rootfs/bin" "$folder/rootfs/etc" "$folder/rootfs/tmp"
	cp /usr/bin/busybox "$folder/rootfs/bin"
	echo 'root:*:1::::::' >"$folder/rootfs/etc/shadow"
	cd "$folder"
	crun spec "$@"
	sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"busybox", "sh", "-exc", "busybox grep root \/etc\/shadow; echo x >\/dev\/shm\/x; busybox id"/
		s/"readonly": true/"readonly": false/' config.json
}

make_package() { # VERSION
	local tree=/root/tool_$1
	mkdir -p $tree/DEBIAN $tree/usr/bin $tree/usr/lib/tool $tree/usr/lib/systemd/system
	printf '#!/bin/sh\necho tool %s\n' $1 >$tree/usr/bin/tool
	cp /usr/bin/true $tree/usr/lib/tool/helper
	printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/tool\nExecStart=/usr/lib/tool/helper\n' \
		>$tree/usr/lib/systemd/system/tool.service
	printf '#!/bin/sh\nset -e\nsystemctl daemon-reload\nsystemctl restart tool\n' >$tree/DEBIAN/postinst
	printf '#!/bin/sh\nset -e\n[ "$1" != remove ] || systemctl stop tool\n' >$tree/DEBIAN/prerm
	chmod 755 $tree/usr/bin/tool $tree/DEBIAN/p*
	printf 'Package: tool\nVersion: %s\nArchitecture: amd64\nMaintainer: A <a@machine>\nDescription: tool\n' $1 >$tree/DEBIAN/control
	dpkg-deb --build --root-owner-group $tree /root/tool_$1.deb
}
