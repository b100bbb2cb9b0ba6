#!/usr/bin/env python3
"""Boots a machine (make_root) with a policy in QEMU, lets it do what guest/ says, and judges what came back.

The same run without the policy says what works and what is open there; it is kept beside the machine's root until
the guest's files change. With the policy all of that must work, no unit more may fail, nothing may be denied that
nobody asked for, and every attempt must be held, with an event. Nothing is loaded into this machine's own kernel.
"""
import argparse
import collections
import dataclasses
import hashlib
import io
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
GUEST = HERE / "guest"
UNITS = "etc/systemd/system"
LSM = "landlock,lockdown,yama,integrity,apparmor,bpf"
BAD_CONSOLE = re.compile(r"Kernel panic|Oops|BUG:|WARNING: CPU|Call Trace|general protection|Failed unmounting|"
                         r"State 'stop-\w+' timed out|soft lockup|hung task|self-detected stall")

# How the policy is applied: words for the kernel's command line. Each ends the machine in another way.
STARTS = {"unit": "machine.end=reboot", "exec": "machine.end=poweroff init=/usr/sbin/stele-machine -- exec /sbin/init"}

# Attempts that succeed there, as `docs/language.md` says ("What it does not stop"). One that is held is a fault, too.
KNOWN_OPEN = {"bookworm": set(), "trixie": set()}

# What the policy's text denies on any machine though nobody attacks it, and what goes on working without: perl asks for
# the hash with each getpwnam() (debconf is written in perl); systemd asks PAM about the account of a user's manager
# and starts it whatever the answer is. Neither may be excepted: both read for whoever tells them to.
OWN_DENIALS = {(rule, "file read", "/etc/shadow", exe)
               for rule in ("hashes_are_private", "shadow_is_private")
               for exe in ("/usr/bin/perl", "/usr/lib/systemd/systemd", "/usr/lib/systemd/systemd-executor")}


@dataclasses.dataclass
class Attempt:
    rule: str
    begin: float
    end: float
    held: bool
    log: list


@dataclasses.dataclass
class Report:
    """What a run wrote to the second serial port. Times are seconds since boot."""
    times: dict = dataclasses.field(default_factory=dict)  # booted, end, last
    units: dict = dataclasses.field(default_factory=dict)  # failed unit: how, and the end of its journal
    activities: dict = dataclasses.field(default_factory=dict)  # name: (works, seconds, log)
    attempts: dict = dataclasses.field(default_factory=dict)
    events: dict = dataclasses.field(default_factory=dict)  # by enforcer and sequence number
    lost: int = 0
    enforced: set = dataclasses.field(default_factory=set)  # names of enforcers
    notes: list = dataclasses.field(default_factory=list)  # lines that are none of these


def read_report(text):
    report = Report()
    log = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        words = rest.split()
        if word in ("booted", "end", "last"):
            report.times[word] = float(words[0])
        elif word == "phase":
            report.times[rest.split()[0]] = float(words[1])
        elif word == "unit":
            log = report.units.setdefault(words[0], [" ".join(words[1:])])
        elif word in ("ok", "FAILED"):
            log = []
            report.activities[words[0]] = (word == "ok", float(words[2]) - float(words[1]), log)
        elif word == "attempt":
            log = []
            report.attempts[words[0]] = Attempt(words[1], float(words[2]), float(words[3]), words[4] == "held", log)
        elif word == "event" and rest.partition(" ")[2].startswith("{"):
            enforcer, _, text = rest.partition(" ")
            event = json.loads(text)
            if "lost" in event:
                report.lost = max(report.lost, event["lost"])
            else:
                report.events[enforcer, event["sequence"]] = event
        elif word == "status" and words[1] == "0":
            report.enforced.add(words[0])
        elif word == "|":
            log.append(rest)
        else:
            report.notes.append(line)
    return report


def archive(files):
    """A tar archive of {path: (bytes, mode)}; a string instead of bytes is a symbolic link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, (content, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.mode = mode
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def guest_files():
    files = {}
    for path in sorted(GUEST.iterdir()):
        if path.suffix in (".service", ".target"):
            files[f"{UNITS}/{path.name}"] = (path.read_bytes(), 0o644)
            wanted = re.search(r"^WantedBy=(.*)$", path.read_text(), re.M)
            if wanted:
                files[f"{UNITS}/{wanted[1]}.wants/{path.name}"] = (f"../{path.name}", 0o777)
        else:
            files[f"usr/lib/machine/{path.name}"] = (path.read_bytes(), 0o755)
    return files


def read_text(path):
    return path.read_text(errors="replace") if path.exists() else ""


def packaged(stele, policy, work):
    """The files of the Debian package that starts the policy's enforcer."""
    work.mkdir()
    subprocess.run([stele, "build", policy, "-o", work / "enforcer"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([stele, "package", work / "enforcer", "-o", work / "package"], check=True, stdout=subprocess.DEVNULL)
    [package] = (work / "package").glob("*.deb")
    files = {}
    with tarfile.open(fileobj=io.BytesIO(subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True,
                                                        stdout=subprocess.PIPE).stdout)) as tar:
        for entry in tar:
            if entry.issym():
                files[entry.name] = (entry.linkname, entry.mode)
            elif entry.isfile():
                files[entry.name] = (tar.extractfile(entry).read(), entry.mode)
    return files


# As docs/performance.md: a nanosecond of the guest is an instruction; what the machine waits for costs none.
COUNTED = ["-icount", "shift=0,sleep=off,align=off", "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1"]
# All of a counted run: what was executed up to here, and then the end.
COUNT = b"""#!/bin/bash
. /usr/lib/machine/report.sh
read -r up idle </proc/uptime
say "counted up $up s, idle $idle s; busy $(awk '/^cpu /{ print $2 + $3 + $4 + $7 + $8 }' /proc/stat) ticks"
"""


def boot(root, files, folder, cpus, seconds, words, more=()):
    """Runs the machine to its end; returns how it ended. Its ports' output lies in `folder`."""
    (folder / "inputs.tar").write_bytes(archive(files))
    command = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "qemu64", "-smp", str(cpus),
               "-m", "2048", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-net", "none",
               "-serial", f"file:{folder}/console", "-serial", f"file:{folder}/report",
               "-drive", f"file={root}/root.img,if=virtio,format=raw,snapshot=on",
               "-drive", f"file={folder}/inputs.tar,if=virtio,format=raw,readonly=on",
               "-kernel", f"{root}/vmlinuz", "-initrd", f"{root}/initrd.img",
               "-append", f"console=ttyS0 root=/dev/vda rw panic=-1 oops=panic no_timer_check lsm={LSM} "
                          f"systemd.unit=machine.target systemd.show_status=1 {words}", *more]
    begin = time.monotonic()
    machine = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    end = None
    while end is None:
        try:
            end = "ended" if machine.wait(timeout=2) == 0 else f"QEMU failed with {machine.returncode}"
        except subprocess.TimeoutExpired:
            if "reboot: System halted" in read_text(folder / "console"):
                end = "halted"
            elif time.monotonic() - begin > seconds:
                end = f"did not end within {seconds} s"
    machine.kill()
    machine.wait()
    return end, time.monotonic() - begin


@dataclasses.dataclass
class Run:
    report: Report
    console: str
    end: str
    seconds: float


def run(root, files, folder, cpus, seconds, words, more=()):
    end, seconds = boot(root, files, folder, cpus, seconds, words, more)
    return Run(read_report(read_text(folder / "report")), read_text(folder / "console"), end, seconds)


def bare_run(options, root, files, work):
    """The run without a policy, from the cache if the guest's files are those of then."""
    key = hashlib.sha256(archive(files)).hexdigest()[:12]
    kept = root / f"bare-{key}"
    if not kept.exists():
        folder = work / "bare"
        folder.mkdir()
        done = run(root, files, folder, 1, options.seconds, "machine.phases=everyday,forbidden machine.end=reboot")
        faults = judge_alone(done) + judge_bare(done)
        if faults:
            show(done, faults, f"{options.release}, no policy")
            sys.exit(1)
        partial = root / f".bare-{key}.{os.getpid()}"
        shutil.copytree(folder, partial, ignore=shutil.ignore_patterns("inputs.tar"))
        try:
            partial.rename(kept)
        except OSError:  # another run was first
            shutil.rmtree(partial)
    return Run(read_report(read_text(kept / "report")), read_text(kept / "console"), "ended", 0)


def judge_alone(done):
    """What is wrong with any run, with a policy or without."""
    faults = []
    if done.end != "ended":
        faults.append("\n    ".join([f"the machine {done.end}"] + done.console.splitlines()[-8:]))
    faults += [f"the run did not come to `{word}`" for word in ("booted", "end", "last")
               if word not in done.report.times]
    faults += [f"console: {line.strip()}" for line in done.console.splitlines() if BAD_CONSOLE.search(line)]
    faults += ["\n    ".join([f"unit {unit} failed: {how[0]}"] + how[1:]) for unit, how in done.report.units.items()]
    for name, (works, _, log) in done.report.activities.items():
        if not works:
            faults.append("\n    ".join([f"{name} does not work"] + log))
    return faults


def judge_bare(done):
    return ["\n    ".join([f"attempt {name} is held without a policy, so it shows nothing"] + attempt.log)
            for name, attempt in done.report.attempts.items() if attempt.held]


def event_of(attempt, enforcer, event):
    """Of a policy beside the one that the attempts are about any rule may have been first."""
    return (event["rule"] == attempt.rule or enforcer != "stele-machine") and attempt.begin - 0.02 <= event["time_ns"] / 1e9 <= attempt.end + 0.02


def describe(event):
    text = f"{event['rule']}/{event['part'] or '-'} {event['operation']} {event.get('object', '')}"
    if event.get("other"):
        text += f" ({event['other']})"
    return text + f" by {event['exe']} ({event['comm']}) uid {event['uid']} hook {event['hook']}" + "".join(
        f" {word}" for word in ("unresolved", "nameless") if event.get(word))


def judge_against(done, bare, known_open, enforcers):
    """`enforcers`: of the policy that the attempts are about, then of those beside it."""
    report = done.report
    faults = []
    for name in bare.report.activities.keys() - report.activities.keys():
        faults.append(f"{name} was not tried")
    for name, attempt in bare.report.attempts.items():
        if name not in report.attempts:
            faults.append(f"attempt {name} was not made")
        elif name in known_open:
            if report.attempts[name].held:
                faults.append(f"attempt {name} is held now: take it out of KNOWN_OPEN and of docs/language.md")
        elif not report.attempts[name].held:
            faults.append(f"attempt {name} is NOT HELD")
        elif not any(event_of(report.attempts[name], enforcer, event)
                         for (enforcer, _), event in report.events.items()):
            faults.append(f"attempt {name} is held, but there is no event of rule {report.attempts[name].rule}")
    unasked = collections.Counter(describe(event) for (enforcer, _), event in report.events.items() if not (
        any(event_of(attempt, enforcer, event) for attempt in report.attempts.values()) or
        (event["rule"], event["operation"], event.get("object"), event["exe"]) in OWN_DENIALS or
        report.times.get("storm", math.inf) <= event["time_ns"] / 1e9 <= report.times.get("end", math.inf)))
    faults += [f"{count} × denied, and nobody asked for it: {text}" for text, count in unasked.most_common()]
    if report.lost and "storm" not in report.times:  # a storm is more than the log holds
        faults.append(f"{report.lost} events were overwritten")
    faults += [f"{enforcer} is not enforced when the machine has booted" for enforcer in enforcers
               if enforcer not in report.enforced]
    return faults


def show(done, faults, title):
    report = done.report
    works = sum(works for works, _, _ in report.activities.values())
    held = sum(attempt.held for attempt in report.attempts.values())
    calls = [int(count) for _, _, log in report.activities.values()
             for count in re.findall(r": (\d+) calls", "\n".join(log))]
    print(f"== {title}: {done.end} after {done.seconds:.0f} s; " +
          ", ".join(f"{word} at {at:.0f}" for word, at in report.times.items()))
    print(f"   works {works} of {len(report.activities)}; attempts held {held} of {len(report.attempts)}; "
          f"units failed {len(report.units)}; events {len(report.events)}; calls of the storm {sum(calls)}")
    for line in report.notes:
        print(f"   said: {line}")
    for fault in faults:
        print(f"   RED {fault}")


def count(options, root, files, work):
    """Says what a boot takes, with the policy or (start `none`) without."""
    files["usr/lib/machine/count.sh"] = (COUNT, 0o755)
    words = "machine.end=poweroff"
    if options.start != "none":
        files |= packaged(options.stele, options.policy, work / "policy")
        words = STARTS[options.start]
    done = run(root, files, work, 1, options.seconds, f"machine.phases=count {words}", COUNTED)
    faults = judge_alone(done)
    show(done, faults, f"{options.release}, counted, policy: {options.start}")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", choices=["bookworm", "trixie"])
    parser.add_argument("start", choices=["none", *STARTS], help="how the policy is applied")
    parser.add_argument("--stele", required=True, help="the compiler")
    parser.add_argument("--policy", default=HERE / "machine.stele")
    parser.add_argument("--beside", action="append", default=[], help="a policy that is enforced beside it, by its unit")
    parser.add_argument("--phases", default="everyday,forbidden")
    parser.add_argument("--storm", help="the storm program, to be run at the end")
    parser.add_argument("--turns", type=int, default=100, help="how long the storm is")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=1800, help="ends a machine that hangs")
    parser.add_argument("--count", action="store_true", help="count the instructions of the boot, and do nothing else")
    parser.add_argument("--keep", help="folder for the console and the report")
    options = parser.parse_args()
    made = subprocess.run([HERE / "make_root", options.release], text=True, stdout=subprocess.PIPE)
    if made.returncode != 0:  # it says why; 77: skipped
        return 1 if os.environ.get("REQUIRE_KERNEL") == "1" else 77
    root = pathlib.Path(made.stdout.strip())
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        files = guest_files()
        if options.count:
            return count(options, root, files, work)
        bare = bare_run(options, root, files, work)
        if options.start == "none":
            show(bare, [], f"{options.release}, no policy")
            return 0
        for number, policy in enumerate([options.policy, *options.beside]):
            files |= packaged(options.stele, policy, work / f"policy{number}")
        enforcers = [name[len("usr/sbin/"):] for name in files if name.startswith("usr/sbin/stele-")]
        folder = pathlib.Path(options.keep) if options.keep else work / options.start
        folder.mkdir(exist_ok=True)
        phases = options.phases
        if options.storm:
            files["usr/lib/machine/storm"] = (pathlib.Path(options.storm).read_bytes(), 0o755)
            phases += f",storm machine.turns={options.turns}"
        done = run(root, files, folder, options.cpus, options.seconds,
                   f"machine.phases={phases} {STARTS[options.start]}")
        faults = judge_alone(done) + judge_against(done, bare, KNOWN_OPEN[options.release], enforcers)
        show(done, faults, f"{options.release}, policy applied by {options.start}")
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
