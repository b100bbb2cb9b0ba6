#!/usr/bin/env python3
"""Takes the figures of `stele check --costs` from measured policies: writes compiler/cost/measured.def and
compiler/cost/measured_hooks.def.

    build/stele_bench --stages --builds 1 $(printf -- '--file %s ' tests/bench/costs/*.stele) > figures
    tests/bench/fit_costs.py --stele build/stele figures

Verified: the median of the programs of one shape (what it walks) under one kind of names, and one slope for longer
texts. Apply: least squares of relative errors. What the policies are measured for must not be among those that
`stele_bench --costs` tests the estimate with.
"""
import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
NAMES = ["exact names", "no name over 8 bytes", "names over 8 bytes", "exact names deeper than 8", "names deeper than 8",
         "exact names over 31 bytes", "names over 31 bytes"]
USUAL, ROUGH = 2, 3  # from ROUGH on few policies were measured
TWO = ("inode_link", "inode_rename")
MOUNTS = ("sb_mount", "move_mount", "sb_pivotroot")
MORE = 40  # instructions of a text over the usual that count
SHAPES = 5  # as in cost.cpp: one, one and more, one and two more, two, two and more
CLIMB = 65 * 15  # what 6.1 follows of one, as in cost.cpp


def read_figures(texts):
    """{(policy, kernel): {"programs": {hook: verified}, "apply": millions}}, {(hook, kernel): instructions added}"""
    policies, hooks, kernel = collections.defaultdict(lambda: {"programs": []}), {}, None
    for line in "\n".join(texts).splitlines():
        if match := re.match(r"linux (\d+\.\d+)\.", line):
            kernel = match[1]
        elif match := re.match(r"(\S+)\s+stele_(\S+)\s+verified\s+(\d+)", line):
            policies[match[1], kernel]["programs"].append((match[2], int(match[3])))
        elif match := re.match(r"(\S+)\s+\d+ programs: .*apply (\d+) million", line):
            policies[match[1], kernel]["apply"] = int(match[2])
        elif match := re.match(r"every_hook\s+(\S+)\s+adds\s+(-?\d+) to", line):
            hooks[match[1], kernel] = int(match[2])
        elif match := re.match(r"every_hook\s+open_depth_2\s+\d+\s+\d+\s+(\d+)", line):
            hooks["file_open", kernel] = int(match[1])
    return policies, hooks


def shape_of(hook, walks, several, kernel):
    if hook in TWO:
        return walks + 1  # 2: two, 3: two and more
    return walks - 1 + (several and kernel == "6.1")


def solve(rows, values):
    """Least squares by the normal equations, no coefficient below 0: what comes out negative is left out."""
    used = list(range(len(rows[0])))
    while True:
        n = len(used)
        a = [[sum(row[i] * row[j] for row in rows) for j in used] +
             [sum(row[i] * value for row, value in zip(rows, values))] for i in used]
        for i in range(n):
            pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
            a[i], a[pivot] = a[pivot], a[i]
            for r in range(n):
                if r != i:
                    factor = a[r][i] / a[i][i]
                    a[r] = [x - factor * y for x, y in zip(a[r], a[i])]
        found = [a[i][n] / a[i][i] for i in range(n)]
        if min(found) >= 0:
            out = [0.0] * len(rows[0])
            for index, value in zip(used, found):
                out[index] = value
            return out
        used.pop(found.index(min(found)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stele", required=True)
    parser.add_argument("figures", nargs="+", type=pathlib.Path, help="what stele_bench printed")
    options = parser.parse_args()
    measured, hooks = read_figures([path.read_text() for path in options.figures])
    kernels = sorted({kernel for _, kernel in measured}, key=lambda k: [int(part) for part in k.split(".")])
    costs = {}
    for name in {name for name, _ in measured}:
        policy = TOP / "tests" / "bench" / "costs" / f"{name}.stele"
        costs[name] = json.loads(subprocess.run([options.stele, "check", policy, "--costs", "--format", "json"],
                                                check=True, capture_output=True, text=True).stdout)["costs"]

    programs = []  # (kernel, names, shape, hook, text, verified)
    for (name, kernel), figures in measured.items():
        left = list(costs[name]["programs"])
        for short, verified in figures["programs"]:
            if short == "sb_delete":
                continue  # in every policy, and next to nothing
            one = next(program for program in left if program["hook"].startswith(short))
            left.remove(one)
            shape = shape_of(one["hook"], one["walks"], one["several"], kernel)
            if kernel == "6.1":
                verified -= one["permitting"] * 2 * CLIMB  # cost.cpp puts it on
            figures["text"] = figures.get("text", 0) + one["instructions"]
            programs.append((kernel, NAMES.index(costs[name]["names"]), shape, one["hook"], one["instructions"], verified))
    usual = [statistics.median(p[4] for p in programs if p[2] == shape and p[3] not in MOUNTS and p[1] < ROUGH)
             for shape in range(SHAPES)]
    mount_text = statistics.median(p[4] - usual[p[2]] for p in programs if p[3] in MOUNTS and p[1] < ROUGH)
    def more(program):
        return max(0, program[4] - usual[program[2]] - (mount_text if program[3] in MOUNTS else 0))
    out = ["/* Written by tests/bench/fit_costs.py: see there. */",
           f"constexpr double kUsualText[kShapes] = {{{', '.join(str(value) for value in usual)}}};",
           f"constexpr double kMountText = {mount_text};", "constexpr Measured kMeasured[] = {"]
    for kernel in kernels:
        cells = [[0] * SHAPES for _ in NAMES]
        for names in range(len(NAMES)):
            for shape in range(SHAPES):
                values = [p[5] for p in programs if p[:3] == (kernel, names, shape) and p[3] not in MOUNTS and
                          (more(p) < MORE or names >= ROUGH)]
                cells[names][shape] = round(statistics.median(values)) if values else 0
        for names in range(len(NAMES)):  # what no policy has: as much more as usual names take
            scale = cells[names][0] / cells[USUAL][0]
            for shape in range(SHAPES):
                cells[names][shape] = cells[names][shape] or round(cells[USUAL][shape] * max(scale, 1))
        of_kernel = [p for p in programs if p[0] == kernel and p[1] < ROUGH]
        mounts = statistics.median(p[5] - cells[p[1]][p[2]] for p in of_kernel if p[3] in MOUNTS and more(p) < MORE)
        steep = [((p[5] - cells[p[1]][p[2]] - (mounts if p[3] in MOUNTS else 0)) / more(p) / (2 if p[3] in TWO else 1))
                 for p in of_kernel if more(p) >= MORE]
        rows, values = [], []
        for (name, its_kernel), figures in measured.items():
            if its_kernel != kernel or NAMES.index(costs[name]["names"]) >= ROUGH:
                continue
            verified = sum(value for _, value in figures["programs"])
            row = [1, len(figures["programs"]), verified, figures["text"], costs[name]["edges"]]
            rows.append([value / figures["apply"] for value in row])
            values.append(1)
        fitted = solve(rows, values)
        major, minor = kernel.split(".")
        lines = ["{" + ", ".join(str(value) for value in line) + "}" for line in cells]
        out.append(f"    {{{int(major) << 16 | int(minor) << 8:#x}, {{{', '.join(lines)}}}, {round(mounts)}, "
                   f"{max(0, statistics.median(steep)):.2f}, {', '.join(f'{value:.4g}' for value in fitted)}}},")
    out.append("};\n")
    folder = TOP / "compiler" / "cost"
    (folder / "measured.def").write_text("\n".join(out))

    out = ["/* Written by tests/bench/fit_costs.py: see there. */", "constexpr MeasuredHook kMeasuredHooks[] = {"]
    for hook in sorted({hook for hook, _ in hooks}):
        added = [hooks.get((hook, kernel), 0) for kernel in kernels]
        if hook == "bprm_check_security":  # execve of a file: its opening is file_open's
            added = [value - hooks["file_open", kernel] for value, kernel in zip(added, kernels)]
        out.append(f"    {{STELE_HOOK_{hook}, {{{', '.join(str(value) for value in added)}}}}},")
    out.append("};\n")
    (folder / "measured_hooks.def").write_text("\n".join(out))
    subprocess.run(["clang-format-19", "-i", folder / "measured.def", folder / "measured_hooks.def"], check=True)


if __name__ == "__main__":
    main()
