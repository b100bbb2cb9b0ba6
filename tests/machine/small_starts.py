#!/usr/bin/env python3
"""By hand: starts that take a machine of their own. A policy that denies writing /etc/kept is started

  dracut    by the package's hook in an initramfs that dracut made when the package was installed (Debian 13),
  sysvinit  by the script of `stele package` in runlevel S (Debian 12, sysvinit as the first process),
  openrc    by the script of `stele package` in OpenRC's runlevel sysinit (Debian 12, sysvinit as the first process),
  switch    by one command in an initramfs, `exec --root DIR -- switch_root DIR INIT` (Debian 13's kernel and root).

Each boot must show the policy enforced and the write refused when the machine's own init runs, and shut down.

    tests/machine/small_starts.py --stele build/stele dracut sysvinit openrc switch
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
POLICY = 'policy kept version "1.0.0"\nrule kept:\n  deny file write on "/etc/kept"\n'
PROBE = """#!/bin/sh
exec >/dev/ttyS1 2>&1
cat /proc/1/comm
/usr/sbin/stele-kept status | head -n 1
echo x >/etc/kept
cat /etc/kept
/usr/sbin/stele-kept apply
echo "apply again: $?"
sync
echo o >/proc/sysrq-trigger
"""
INSTALL = """#!/bin/sh
exec >/dev/ttyS1 2>&1
mkdir -p /etc/stele
touch /etc/stele/kept.early
echo 'add_drivers+=" virtio_blk virtio_pci ext4 "' >/etc/dracut.conf.d/machine.conf
dpkg -i /root/package.deb
echo "dpkg: $?"
systemctl --no-block poweroff # what comes next is written into a file system that is at rest
"""
UNIT = """[Unit]
After=multi-user.target
[Service]
ExecStart=/bin/sh /usr/lib/probe
"""
# What dracut and initramfs-tools do, in a few lines: the root and nothing else, then one command. The switch_root is
# util-linux's, which takes /dev, /proc, /run and /sys along; busybox's leaves them behind, and with /sys the pins.
SWITCH = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /sysroot
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in virtio_pci virtio_blk ext4; do /sbin/modprobe $module; done
i=0; while [ ! -b /dev/vda ] && [ $i -lt 50 ]; do /bin/busybox usleep 100000; i=$((i + 1)); done
/bin/busybox mount -t ext4 /dev/vda /sysroot
echo 'the root is mounted' >/dev/ttyS1
exec /enforcer exec --root /sysroot -- /sbin/switch_root /sysroot /sbin/init
"""


def run(*words, **more):
    return subprocess.run([str(word) for word in words], check=True, **more)


def write_into(image, files):
    """Puts files into an ext4 image: {path: (bytes, mode)}."""
    with tempfile.TemporaryDirectory() as folder:
        commands = []
        for number, (path, (content, mode)) in enumerate(files.items()):
            local = pathlib.Path(folder) / str(number)
            local.write_bytes(content)
            commands += [f"rm {path}", f"write {local} {path}", f"set_inode_field {path} mode 0{0o100000 | mode:o}"]
        run("debugfs", "-w", "-f", "/dev/stdin", image, input="\n".join(commands), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cpio(files):
    """A newc archive, to be laid behind another one: {path: (bytes, mode)}."""
    out = b""
    for number, (path, (content, mode)) in enumerate([*files.items(), ("TRAILER!!!", (b"", 0))]):
        name = path.encode() + b"\0"
        fields = [number + 1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0]
        entry = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        out += entry.ljust(-(-len(entry) // 4) * 4, b"\0") + content.ljust(-(-len(content) // 4) * 4, b"\0")
    return out.ljust(-(-len(out) // 512) * 512, b"\0")


def boot(folder, words="", keep="off", disks=("root.img",), root="/dev/vda"):
    for port in ("console", "report"):
        (folder / port).write_bytes(b"")
    begin = time.monotonic()
    snapshot = "off" if keep == "on" else "on"
    machine = subprocess.Popen(
        ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "qemu64", "-smp", "1", "-m", "1024", "-nodefaults",
         "-no-user-config", "-display", "none", "-no-reboot", "-net", "none",
         "-serial", f"file:{folder}/console", "-serial", f"file:{folder}/report",
         *(word for disk in disks
           for word in ("-drive", f"file={folder / disk},if=virtio,format=raw,snapshot={snapshot}")),
         "-kernel", folder / "vmlinuz", "-initrd", folder / "initrd.img",
         "-append", f"console=ttyS0 root={root} rw panic=-1 oops=panic no_timer_check lsm=landlock,lockdown,yama,bpf {words}"],
        stdin=subprocess.DEVNULL)
    try:
        machine.wait(timeout=900)
    except subprocess.TimeoutExpired:
        machine.kill()
        machine.wait()
    print(f"   {time.monotonic() - begin:.0f} s")
    return [re.sub(r"\x1b\[[0-9;:]*m|\r", "", (folder / port).read_text(errors="replace"))
            for port in ("report", "console")]


def take_initrd(folder):
    """The initramfs that the machine made for itself becomes the one that it is booted with."""
    listed = subprocess.run(["debugfs", "-R", "ls -p /boot", folder / "root.img"], check=True, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    name = re.search(r"/(initrd\.img-[^/]+)/", listed)[1]
    run("debugfs", "-R", f"dump /boot/{name} {folder}/initrd.img", folder / "root.img", stderr=subprocess.DEVNULL)


def enforced_under(init):
    """What PROBE says when the policy was enforced before it, and `init` is the first process."""
    return [rf"^{init}$", r"^policy +kept 1\.0\.0", r"cannot create /etc/kept: Operation not permitted$", r"^kept$",
            r"^apply again: 13$"]


def judge(title, said, console, patterns):
    at = 0
    for pattern in patterns:
        found = re.compile(pattern, re.M).search(said, at)
        if not found:
            print(f"RED {title}: no `{pattern}` in\n{said}\n" + "\n".join(console.splitlines()[-25:]))
            return False
        at = found.end()
    print(f"ok  {title}")
    return True


def made(kind, release, package, work):
    folder = work / kind
    folder.mkdir()
    run(HERE / "make_small_root", release, kind, folder, package)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("starts", nargs="+", choices=["dracut", "sysvinit", "openrc", "switch"])
    parser.add_argument("--stele", required=True, help="the compiler")
    parser.add_argument("--keep", help="folder for the machines: they are made again only where they are not there")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(options.keep or work)
        (work / "kept.stele").write_text(POLICY)
        run(options.stele, "build", work / "kept.stele", "-o", work / "enforcer", stdout=subprocess.DEVNULL)
        run(options.stele, "package", work / "enforcer", "-o", work / "package", stdout=subprocess.DEVNULL)
        package = work / "package" / "stele-kept_1.0.0_amd64.deb"
        probe = {"/usr/lib/probe": (PROBE.encode(), 0o755)}
        if "switch" in options.starts:
            source = work / "dracut"
            if not (source / "root.img").exists():
                source = made("dracut", "trixie", package, work)
            folder = work / "switch"
            folder.mkdir(exist_ok=True)
            for name in ("root.img", "vmlinuz", "initrd.img"):
                shutil.copyfile(source / name, folder / name)
            write_into(folder / "root.img", {**probe, "/usr/sbin/stele-kept": ((work / "enforcer").read_bytes(), 0o755),
                                             "/etc/systemd/system/probe.service": (UNIT.encode(), 0o644)})
            for name in ("bin/busybox", "sbin/switch_root"):
                run("debugfs", "-R", f"dump /usr/{name} {folder}/{pathlib.Path(name).name}", folder / "root.img",
                    stderr=subprocess.DEVNULL)
            with open(folder / "initrd.img", "ab") as initrd:
                initrd.write(b"\0" * (-initrd.tell() % 512))  # the kernel looks for the next archive at a multiple of 4
                initrd.write(cpio({"init": (SWITCH.encode(), 0o100755),
                                   "usr/bin/busybox": ((folder / "busybox").read_bytes(), 0o100755),
                                   "usr/sbin/switch_root": ((folder / "switch_root").read_bytes(), 0o100755),
                                   "enforcer": ((work / "enforcer").read_bytes(), 0o100755)}))
            said, console = boot(folder, "systemd.mask=stele-kept.service systemd.wants=probe.service")
            good &= judge("one command that enforces and switches the root", said, console,
                          ["^the root is mounted$", *enforced_under("systemd")])
        if "dracut" in options.starts:
            folder = work / "dracut"
            if not (folder / "root.img").exists():
                folder = made("dracut", "trixie", package, work)
            unit = {"/etc/systemd/system/probe.service": (UNIT.encode(), 0o644)}
            write_into(folder / "root.img", {"/usr/lib/probe": (INSTALL.encode(), 0o755), **unit})
            said, console = boot(folder, "systemd.wants=probe.service", keep="on")
            good &= judge("installed on a machine with dracut", said, console,
                          [r"^stele-kept: the policy is enforced from the next start on$", r"^dpkg: 0$"])
            take_initrd(folder)
            write_into(folder / "root.img", probe)
            # Not by the unit: what the initramfs did not do stays undone.
            said, console = boot(folder, "systemd.mask=stele-kept.service systemd.wants=probe.service")
            good &= judge("dracut's initramfs", said, console, enforced_under("systemd"))
        for kind, where in (("sysvinit", "sysvinit's runlevel S"), ("openrc", "OpenRC's runlevel sysinit")):
            if kind not in options.starts:
                continue
            folder = work / kind
            if not (folder / "root.img").exists():
                folder = made(kind, "bookworm", package, work)
            inittab = b"id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\np1:2:once:/bin/sh /usr/lib/probe\n"
            write_into(folder / "root.img", {**probe, "/etc/inittab": (inittab, 0o644)})
            said, console = boot(folder)
            good &= judge(where, said, console, enforced_under("init"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
