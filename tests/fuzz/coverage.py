#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py COVERAGE.json PARSERS MIN AREA...: the table that coverage.sh prints.  COVERAGE_LINES=yes names lines not reached."""
import json
import os
import re
import sys


def parsers(path):
    """[(file, area, functions)] of the table; no functions: the whole file."""
    with open(path, encoding="utf-8") as f:
        rows = (line.split("#")[0].split() for line in f)
        return [(row[0], row[1], row[2:]) for row in rows if row]


def lines_of(path, functions):
    """Numbers of the lines of these functions: their name stands at the begin of a line, a brace there ends them."""
    numbers, inside, left = set(), False, set(functions)
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            found = re.match(r"(?:[a-z].*[ *])?([a-z_0-9]+)\(", line)
            if found and found[1] in functions and not line.rstrip().endswith(";"):
                inside = True
                left.discard(found[1])
            if inside:
                numbers.add(n)
            inside = inside and not line.startswith("}")
    if left:
        sys.exit(f"{path}: no function {' '.join(sorted(left))}: mend tests/fuzz/PARSERS")
    return numbers


def ranges(numbers):
    """[1, 2, 3, 7] as "1-3 7"."""
    out = []
    for n in numbers:
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def main():
    report, table, least, areas = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]
    with open(report, encoding="utf-8") as f:
        # one file may be compiled twice (for the program, for the library): a line counts once
        seen = {}
        for entry in json.load(f)["files"]:
            lines = seen.setdefault(entry["file"], {})
            for line in entry["lines"]:
                if not line["gcovr/noncode"]:
                    n = line["line_number"]
                    lines[n] = lines.get(n, 0) + line["count"]
    low = total = reached = 0
    top = os.path.join(os.path.dirname(table), "..", "..")
    for name, area, functions in parsers(table):
        if area not in areas:
            continue
        lines = seen.get(name, {})
        if functions:
            wanted = lines_of(os.path.join(top, name), functions)
            lines = {n: count for n, count in lines.items() if n in wanted}
        missed = sorted(n for n, count in lines.items() if count == 0)
        share = 100 * (1 - len(missed) / len(lines)) if lines else 0
        low += share < least
        total += len(lines)
        reached += len(lines) - len(missed)
        print(f"{'  ' if share >= least else '! '}{name:36} {area:10} {len(lines):5} lines {share:6.1f} %")
        if missed and os.environ.get("COVERAGE_LINES"):
            print("      not reached:", ranges(missed))
    print(f"coverage by corpus alone: {reached} of {total} lines, {100 * reached / max(total, 1):.1f} %; {low} file(s) under {least:g} %")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
