#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Static analysis of our own C (not what asn1c makes): gcc -fanalyzer, clang-tidy, cppcheck.  Each finding is mended or explained in EXCEPTIONS;
a line of EXCEPTIONS that explains nothing any more is a finding, too.

analyze.py --src DIR --build DIR --flags "-I..." [--jobs N] [--only GLOB] [--list] [TOOL...]
Prints for each tool how many files it read, how many findings it has and how many of them are explained; --list prints the explained ones as well.
Exit code 0: nothing is unexplained.
"""

import argparse
import concurrent.futures
import fnmatch
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ("mf", "admin", "db", "tools")
FINDING = re.compile(r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?:\d+:)? (?:warning|error|style|portability|performance): (?P<text>.*?) \[(?P<check>[^\]\s]+)\]$", re.M)
# A quarter of the usual 225000 states of one function: a third of the time for nearly the same findings.
SHALLOWER = ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=50000")
NAMES = {"fanalyzer": "gcc -fanalyzer", "tidy": "clang-tidy", "cppcheck": "cppcheck"}


def program(tool):
    for name in {"fanalyzer": ("gcc-12", "gcc"), "tidy": ("clang-tidy-14", "clang-tidy"), "cppcheck": ("cppcheck",)}[tool]:
        if shutil.which(name):
            return name
    return None


def commands(tool, exe, files, o):
    """One command for each file: whole-program runs find little more and take longer than they save."""
    flags = shlex.split(o.flags)
    for f in files:
        if tool == "fanalyzer":
            yield f, [exe, "-fanalyzer", "-fdiagnostics-plain-output", "-fdiagnostics-path-format=none", "-std=c11", "-O1",
                      "-c", "-o", "/dev/null", *flags, f]
        elif tool == "tidy":
            yield f, [exe, "--quiet", f"--config-file={os.path.join(HERE, 'clang-tidy')}", f, "--", "-std=c11", *flags, *SHALLOWER]
        else:
            ours = [x for x in flags if x.startswith("-D") or (x.startswith("-I") and "/usr/" not in x)]
            yield f, [exe, "--enable=warning,portability", "--inline-suppr", "--std=c11", "--quiet", "--suppress=missingInclude",
                      f"--library={os.path.join(HERE, 'cppcheck.cfg')}", "--template={file}:{line}: warning: {message} [{id}]", *ours, f]


def run(job):
    f, command = job
    p = subprocess.run(["nice", *command], capture_output=True, text=True)
    text = p.stdout + p.stderr
    broken = p.returncode != 0 and not FINDING.search(text)
    return f, text if not broken else "", f"{command[0]} failed on {f}: {text[-400:]}" if broken else None


def exceptions():
    """Lines of EXCEPTIONS: tool | check | files | text of the line or of the message | reason; one for each of the files."""
    out = []
    with open(os.path.join(HERE, "EXCEPTIONS"), encoding="utf-8") as lines:
        for n, line in enumerate(lines, 1):
            if line.strip() and not line.startswith("#"):
                parts = [x.strip() for x in line.rstrip("\n").split(" | ", 4)]
                assert len(parts) == 5 and parts[4], f"EXCEPTIONS:{n}: five parts, the last the reason"
                out += [{"n": n, "tool": parts[0], "check": parts[1], "file": f, "text": re.compile(parts[3]), "used": 0} for f in parts[2].split()]
    return out


def explained(finding, tool, known):
    for e in known:
        if e["tool"] == tool and fnmatch.fnmatch(finding["check"], e["check"]) and fnmatch.fnmatch(finding["file"], e["file"]) and \
                (e["text"].search(finding["source"]) or e["text"].search(finding["text"])):
            e["used"] += 1
            return True
    return False


def source_line(path, n):
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    return lines[n - 1].strip() if 0 < n <= len(lines) else ""


def findings(text, src):
    for m in FINDING.finditer(text):
        path = os.path.relpath(os.path.realpath(m["file"]), os.path.realpath(src))
        if not path.startswith(FOLDERS):
            continue
        yield {"file": path, "line": int(m["line"]), "text": m["text"], "check": m["check"], "source": source_line(os.path.join(src, path), int(m["line"]))}


def one_tool(tool, files, known, o):
    exe = program(tool)
    if exe is None:
        print(f"{NAMES[tool]}: not installed")
        return 1
    began = time.monotonic()
    seen, bad, good, broken = set(), [], [], []
    with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        for _, text, fault in pool.map(run, commands(tool, exe, files, o)):
            broken += [fault] if fault else []
            for f in findings(text, o.src):
                key = (f["file"], f["line"], f["check"], f["text"])
                if key not in seen:
                    seen.add(key)
                    (good if explained(f, tool, known) else bad).append(f)
    for f in bad + (good if o.list else []):
        print(f"{f['file']}:{f['line']}: {f['text']} [{f['check']}]\n    {f['source']}")
    for b in broken:
        print(b)
    print(f"{NAMES[tool]}: {len(files)} files, {len(seen)} findings, {len(good)} explained, {time.monotonic() - began:.0f} s", flush=True)
    return len(bad) + len(broken)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--src", required=True)
    p.add_argument("--build", default=".")
    p.add_argument("--flags", default="")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--only", default="*")
    p.add_argument("--list", action="store_true")
    p.add_argument("tool", nargs="*", choices=[[], *NAMES], default=[])
    o = p.parse_args()
    files = sorted(f for d in FOLDERS for f in glob.glob(os.path.join(o.src, d, "**", "*.c"), recursive=True) if fnmatch.fnmatch(f, "*" + o.only))
    known = exceptions()
    tools = o.tool or list(NAMES)
    wrong = sum(one_tool(t, files, known, o) for t in tools)
    for e in known:
        if e["tool"] in tools and not e["used"] and o.only == "*":
            print(f"EXCEPTIONS:{e['n']}: {e['file']}: explains nothing any more")
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
