#!/usr/bin/env python3
"""By hand: systemd machines of Debian 12 and 13 whose `/` is not the root of a plain disk, with a policy
(roots/roots.stele) that names files in every part of them:

  btrfs       `/` is the subvolume @, /home the subvolume @home of one file system, beside a snapshot
  xfs         a disk
  squashfs    a live image: an overlay of a squashfs and a tmpfs, both of which stay mounted
  erofs       the same of an erofs
  deployment  as ostree has it: a directory of a disk, /usr read-only, /var another directory, the disk at /sysroot

The policy is applied by the package's unit, or by `exec` as the first process. Each machine boots, runs roots/probe
and is judged: all that the probe tries is as it expects, every event names files by the host's names, no unit failed.

    tests/machine/roots.py --stele build/stele --release trixie btrfs xfs squashfs erofs deployment
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

from run_machine import BAD_CONSOLE, UNITS, archive, packaged
from small_starts import UNIT, boot, run

HERE = pathlib.Path(__file__).resolve().parent
DISKS = ["btrfs", "xfs", "deployment", "squashfs", "erofs"]  # as roots/make fills them, behind the first
FSTAB = {"btrfs": "/dev/vda / btrfs subvol=@ 0 0\n/dev/vda /home btrfs subvol=@home 0 0\n",
         "xfs": "/dev/vda / xfs defaults 0 0\n"}
WORDS = {"btrfs": "rootflags=subvol=@ rootfstype=btrfs", "xfs": "rootfstype=xfs", "deployment": "boot=deployment",
         "squashfs": "boot=live rootfstype=squashfs", "erofs": "boot=live rootfstype=erofs"}
STARTS = {"unit": "", "exec": " init=/usr/sbin/stele-roots -- exec /sbin/init"}
# Of a deployment, policies that cannot be enforced.
REFUSED = {"names_both": 'deny file read on { "/etc/beside", "/sysroot/**" }',
           "names_linked": 'deny file read on "/usr/lib/beside"'}
EVENT = re.compile(r"^\S+Z deny .*$", re.M)
# What names no file, but of what is unmounted again, and where Linux 6.1 does not resolve what is mounted later.
NAMELESS = re.compile(r"dev:|unresolved|nameless")
LATER = re.compile(r"@(snapshot|gone|new)\b")


def make(release, work):
    """The disks of a release, copied by a machine of its own from one root."""
    folder = work / release
    if (folder / "made").exists():
        return folder
    folder.mkdir(exist_ok=True)
    run(HERE / "make_small_root", release, "roots", folder)
    disks = [f"{name}.img" for name in DISKS]
    for disk in disks:
        with open(folder / disk, "wb") as image:
            image.truncate(2 << 30)
    said, console = boot(folder, "init=/usr/lib/make-roots", keep="on", disks=["root.img", *disks])
    if not re.search(r"^made$", said, re.M):
        sys.exit(f"the disks could not be made:\n{said}\n" + "\n".join(console.splitlines()[-25:]))
    (folder / "made").touch()
    return folder


def refused(stele, work):
    files = {}
    for name, rule in REFUSED.items():
        policy = work / f"{name}.stele"
        policy.write_text(f'policy {name} version "1.0.0"\nrule all: {rule}\n')
        run(stele, "build", policy, "-o", work / name, stdout=subprocess.DEVNULL)
        files[f"usr/lib/{name.replace('_', '-')}"] = ((work / name).read_bytes(), 0o755)
    return files


def judge(title, said, console, kind):
    faults = re.findall(r"^RED .*(?:\n(?!ok|RED|--).*)?", said, re.M)
    faults += [f"no `{pattern}`" for pattern in (r"^systemd$", r"^enforced +yes", r"^done$")
               if not re.search(pattern, said, re.M)]
    faults += [line for line in re.findall(r"^failed units: .*$", said, re.M) if line != "failed units: "]
    faults += [event for event in EVENT.findall(said) if NAMELESS.search(event) and not LATER.search(event)]
    faults += [f"console: {line}" for line in console.splitlines() if BAD_CONSOLE.search(line)]
    if kind == "deployment":
        faults += [f"no `{line}`" for line in ("names both: 19", "names what is linked: 20") if line not in said]
    held = len(re.findall(r"^ok held", said, re.M))
    works = len(re.findall(r"^ok works", said, re.M))
    print(f"{'RED' if faults else 'ok '} {title}: held {held}, works {works}, events {len(EVENT.findall(said))}")
    for fault in faults:
        print("    " + fault)
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", nargs="+", choices=DISKS)
    parser.add_argument("--stele", required=True, help="the compiler")
    parser.add_argument("--release", default="trixie", choices=["bookworm", "trixie"])
    parser.add_argument("--start", default="unit", choices=STARTS)
    parser.add_argument("--keep", help="folder for the disks: they are made again only where they are not there")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(options.keep or temporary)
        work.mkdir(exist_ok=True)
        folder = make(options.release, work)
        package = packaged(options.stele, HERE / "roots" / "roots.stele", pathlib.Path(temporary) / "package")
        for kind in options.roots:
            probe = "live" if kind in ("squashfs", "erofs") else kind
            files = {**package,
                     "usr/lib/probe": ((HERE / "roots" / "probe").read_bytes(), 0o755),
                     "etc/fstab": (FSTAB.get(kind, "").encode(), 0o644),
                     f"{UNITS}/probe.service": (f"{UNIT.rstrip()} {probe}\n".encode(), 0o644)}
            if kind == "deployment":
                files.update(refused(options.stele, pathlib.Path(temporary)))
            (folder / "inputs.tar").write_bytes(archive(files))
            said, console = boot(folder, f"inputs {WORDS[kind]} systemd.wants=probe.service{STARTS[options.start]}",
                                 disks=[f"{kind}.img", "inputs.tar"])
            (folder / f"{kind}-{options.start}.said").write_text(said)
            (folder / f"{kind}-{options.start}.console").write_text(console)
            good &= judge(f"{options.release}, {kind}, by {options.start}", said, console, kind)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
