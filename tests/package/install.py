#!/usr/bin/env python3
"""Installs a policy's package on a Debian machine (tests/machine/make_root) in QEMU, and starts that machine again in each
way in which the policy can be enforced or not: by the unit, in the initramfs, without `bpf` in lsm=, without a bpf file
system, in a private mount namespace, by the sysvinit script. Nothing is loaded into this machine's own kernel.
"""
import argparse
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
MAKE_ROOT = HERE.parent / "machine" / "make_root"

POLICY = '''policy kept version "1.0.0"
rule kept:
  deny file write on "/etc/kept"
'''
UNIT = '''[Unit]
After=multi-user.target
[Service]
Type=exec
ExecStart=/bin/bash /usr/lib/probe
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
TimeoutStartSec=infinity
'''
# Where an ordinary service stands: reached, with a login server.
REACHABLE = '''
systemctl is-active ssh.service multi-user.target | xargs echo reachable:
systemctl list-units --failed --plain --no-legend | cut -d' ' -f1 | xargs echo failed:
sync
systemctl --no-block poweroff
'''
SHOW_UNIT = '''
systemctl show -P Result -P ExecMainStatus -P ActiveState stele-kept.service | xargs echo unit:
journalctl -b -o cat -u stele-kept.service
echo x 2>&1 >/etc/kept; echo "write: $?"
'''
INSTALL = '''
echo kept >/etc/kept
mkdir -p /etc/stele
touch /etc/stele/kept.early
dpkg -i /root/package.deb; echo "dpkg: $?"
'''
FAIL_TO_START = '''
start() { systemd-run --quiet --collect --wait --pipe "$@" /usr/sbin/stele-kept apply; echo "exit: $?"; }
start -p PrivateTmp=yes
umount /sys/fs/bpf
start
/etc/init.d/stele-kept start; echo "sysvinit: $?"
/etc/init.d/stele-kept start; echo "sysvinit: $?"
'''


def archive(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            if isinstance(content, pathlib.PurePath):
                entry.type, entry.linkname = tarfile.SYMTYPE, str(content)
            else:
                entry.size = len(content)
            tar.addfile(entry, None if entry.issym() else io.BytesIO(content))
    return out.getvalue()


def boot(root, work, initrd, words, probe, files=()):
    """Runs `probe` when the machine has booted; returns what it and the console said."""
    units = "etc/systemd/system"
    (work / "inputs.tar").write_bytes(archive({
        **dict(files),
        "usr/lib/probe": (probe + REACHABLE).encode(),
        f"{units}/probe.service": UNIT.encode(),
        f"{units}/multi-user.target.wants/probe.service": pathlib.PurePath("../probe.service"),
    }))
    for port in ("console", "report"):
        (work / port).write_bytes(b"")
    begin = time.monotonic()
    subprocess.run(["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "qemu64", "-smp", "1", "-m", "1536",
                    "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-net", "none",
                    "-serial", f"file:{work}/console", "-serial", f"file:{work}/report",
                    "-drive", f"file={work}/root.img,if=virtio,format=raw",
                    "-drive", f"file={work}/inputs.tar,if=virtio,format=raw,readonly=on",
                    "-kernel", f"{root}/vmlinuz", "-initrd", initrd,
                    "-append", f"console=ttyS0 root=/dev/vda rw panic=-1 oops=panic {words}"],
                   stdin=subprocess.DEVNULL, timeout=1800, check=True)
    print(f"   {time.monotonic() - begin:.0f} s")
    said = (work / "report").read_text(errors="replace")
    return re.sub(r"\x1b\[[0-9;:]*m|\r", "", said)


def expect(title, said, *patterns):
    """The lines must come in this order. Returns whether they did."""
    at = 0
    for pattern in patterns:
        found = re.compile(pattern, re.M).search(said, at)
        if not found:
            print(f"RED {title}: no `{pattern}` in\n{said}")
            return False
        at = found.end()
    print(f"ok  {title}")
    return True


def made_initrd(work):
    """The initramfs that the installation wrote into the machine's /boot."""
    listed = subprocess.run(["debugfs", "-R", "ls -p /boot", work / "root.img"], check=True, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    name = re.search(r"/(initrd\.img-[^/]+)/", listed)[1]
    subprocess.run(["debugfs", "-R", f"dump /boot/{name} {work}/initrd", work / "root.img"], check=True,
                   stderr=subprocess.DEVNULL)
    return work / "initrd"


def package(stele, work):
    (work / "kept.stele").write_text(POLICY)
    subprocess.run([stele, "build", work / "kept.stele", "-o", work / "enforcer"], check=True)
    subprocess.run([stele, "package", work / "enforcer", "-o", work / "package"], check=True,
                   stdout=subprocess.DEVNULL)
    return (work / "package" / "stele-kept_1.0.0_amd64.deb").read_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", choices=["bookworm", "trixie"])
    parser.add_argument("--stele", required=True, help="the compiler")
    options = parser.parse_args()
    made = subprocess.run([MAKE_ROOT, options.release], text=True, stdout=subprocess.PIPE)
    if made.returncode != 0:  # it says why; 77: skipped
        return 1 if os.environ.get("REQUIRE_KERNEL") == "1" else 77
    root = pathlib.Path(made.stdout.strip())
    reachable = r"^reachable: active active\nfailed:$"
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        subprocess.run(["cp", "--sparse=always", root / "root.img", work / "root.img"], check=True)
        plain = root / "initrd.img"
        good = expect("installed", boot(root, work, plain, "", INSTALL, {"root/package.deb": package(options.stele, work)}),
                      r"^stele-kept: the policy is enforced from the next start on$", r"^dpkg: 0$", reachable)
        good &= expect("started by the unit", boot(root, work, plain, "", SHOW_UNIT),
                       r"^unit: success 0 active$", r"^stele: kept 1\.0\.0 is enforced", r"^write: 1$", reachable)
        good &= expect("started in the initramfs", boot(root, work, made_initrd(work), "", SHOW_UNIT),
                       r"^unit: success 13 active$", r"this policy is already enforced$", r"^write: 1$", reachable)
        good &= expect("without bpf in lsm=, the machine stays reachable and says why",
                       boot(root, work, plain, "lsm=landlock,lockdown,yama,apparmor", SHOW_UNIT),
                       r"^unit: exit-code 11 failed$", r"^stele: kept: `bpf` is not among the active security modules",
                       r"^help: add `bpf` to the lsm=", r"^write: 0$",
                       r"^reachable: active active\nfailed: stele-kept.service$")
        good &= expect("not from a private mount namespace, not without a bpf file system, but by the sysvinit script",
                       boot(root, work, plain, "systemd.mask=stele-kept.service", FAIL_TO_START),
                       r"does not see the mounts that the first process sees$", r"^exit: 19$",
                       r"/sys/fs/bpf is not a bpf file system$", r"^exit: 12$",
                       r"^stele: kept 1\.0\.0 is enforced", r"^sysvinit: 0$", r"^sysvinit: 0$", reachable)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
