#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzz all targets, or those named, until each has had so many executions: campaign.py SRCDIR [--runs N | --seconds S] [AREA...]

Of N executions of a target ASAN_SHARE (10) in 100 run in the build with ASan and UBSan, the others in the fast one (-O2, UBSan as traps), which is
several times as quick: it does not trace compares, so what the other learns of them it takes from the corpus that both work on.  --seconds: all targets share S seconds, in the
build with ASan only, for each push.

Resumable: the counts are in fuzz-state/state.json, the inputs in fuzz-state/corpus/AREA; what was done before counts.  An interrupt ends it in
order.  An input that crashes, hangs or leaks stays in fuzz-state/findings with the log beside it; the target goes on until it has MAX_FINDINGS.
The table at the end: executions, executions a second of one job, edges covered, findings.  Exit 1 with a finding.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

CHUNK_S = 600  # the counts are written at least this often
CHUNK_RUNS = 4_000_000
ASAN_SHARE = 10
MAX_FINDINGS = 5
INPUT_MAX = 4096
stop = threading.Event()


class State:
    """What was done, by area and build."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "state.json")
        self.lock = threading.Lock()
        self.areas = {}
        os.makedirs(os.path.join(folder, "findings"), exist_ok=True)
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.areas = json.load(f)

    def of(self, area):
        new = {"fast": 0, "asan": 0, "fast_s": 0.0, "asan_s": 0.0, "fast_edges": 0, "asan_edges": 0, "findings": 0}
        return self.areas.setdefault(area, new)

    def add(self, area, kind, runs, seconds, edges, found):
        with self.lock:
            row = self.of(area)
            row[kind] += runs
            row[kind + "_s"] += seconds
            row[kind + "_edges"] = max(row[kind + "_edges"], edges)
            row["findings"] += found
            with open(self.path + ".new", "w", encoding="utf-8") as f:
                json.dump(self.areas, f, indent=1, sort_keys=True)
            os.rename(self.path + ".new", self.path)


def telling(text):
    """The lines of a log that say what was found, and the input when it is short."""
    lines = text.splitlines()
    mark = re.compile(r"ERROR: |runtime error: |Assertion|SUMMARY: |Base64: |^\s+#\d+ .* in (?!fuzzer::|__)")
    return "\n".join(f"  {line[:400]}" for line in lines if mark.search(line)) or "\n".join(lines[-20:])


def play(src, state, area, kind, runs, seconds):
    """One process for at most RUNS executions and SECONDS; its result goes into STATE."""
    corpus = os.path.join(state.folder, "corpus", area)
    os.makedirs(corpus, exist_ok=True)
    began = time.monotonic()
    name = f"{area}-{kind}-{time.time_ns()}"
    command = [f"fuzz-{kind}/tests/fuzz/fuzz_{area}", f"-runs={runs}", f"-max_total_time={max(1, int(seconds))}", f"-max_len={INPUT_MAX}",
               "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={state.folder}/findings/{name}-"]
    if kind == "fast":
        command.append("-entropic=0")  # half the time went there
    words = os.path.join(src, "tests/fuzz/dict", area + ".dict")
    if os.path.exists(words):
        command.append("-dict=" + words)
    command += [corpus, os.path.join(src, "tests/fuzz/corpus", area)]
    log = os.path.join(state.folder, f"{name}.log")
    with open(log, "wb") as f, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=f, stderr=f, start_new_session=True) as p:
        while p.poll() is None:
            if stop.wait(0.2):
                p.send_signal(signal.SIGINT)  # it says what it did, and ends
                p.wait()
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    done = re.findall(r"stat::number_of_executed_units: (\d+)", text)
    edges = [int(n) for n in re.findall(r"cov: (\d+)", text)]
    found = bool(p.returncode) and not stop.is_set()
    if found:
        os.rename(log, os.path.join(state.folder, "findings", name + ".log"))
        print(f"fuzz: FINDING in {area} ({kind}): {state.folder}/findings/{name}*", flush=True)
        print(telling(text), flush=True)
    else:
        os.unlink(log)
    # without the figure (it died before), what it began with counts as nothing
    state.add(area, kind, int(done[-1]) if done else 0, time.monotonic() - began, max(edges, default=0), int(found))
    if found and not done:
        time.sleep(1)


def wanted(runs):
    """How many of RUNS in which build."""
    asan = runs * ASAN_SHARE // 100
    return {"fast": runs - asan, "asan": asan}


def pending(state, areas, runs, busy):
    """The (area, build) that is furthest behind and which fewest jobs are at; None: nothing is left."""
    best = None
    for area in areas:
        row = state.of(area)
        if row["findings"] >= MAX_FINDINGS:
            continue
        for kind, want in wanted(runs).items():
            at = sum(n for (a, k), n in busy.items() if (a, k) == (area, kind))
            left = want - row[kind] - at
            if left > 0:
                rank = (sum(1 for a, _ in busy if a == area), row[kind] / want)
                if best is None or rank < best[0]:
                    best = (rank, area, kind, left)
    return best


def campaign(src, state, areas, runs, jobs):
    """Until every area has its executions; JOBS at the same time."""
    busy = {}  # (area, kind): executions under way
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {}
        while not stop.is_set():
            while len(running) < jobs:
                with state.lock:
                    best = pending(state, areas, runs, busy)
                if best is None:
                    break
                _, area, kind, left = best
                n = min(left, CHUNK_RUNS)
                key = (area, kind)
                busy[key] = busy.get(key, 0) + n
                running[pool.submit(play, src, state, area, kind, n, CHUNK_S)] = (key, n)
            if not running:
                return
            done, _ = concurrent.futures.wait(running, timeout=1, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                key, n = running.pop(future)
                busy[key] -= n
                if busy[key] == 0:
                    del busy[key]
                future.result()


def share(src, state, areas, seconds, jobs):
    """All areas share SECONDS; JOBS at the same time."""
    each = seconds * jobs / len(areas)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(play, src, state, area, "asan", -1, each) for area in areas]:
            future.result()


def table(state, areas):
    """Print it; returns the findings."""
    print(f"{'area':12} {'executions':>14} {'of them ASan':>14} {'fast/s':>9} {'ASan/s':>9} {'edges':>7} {'inputs':>7} {'findings':>8}")
    total = found = 0
    for area in areas:
        row = state.of(area)
        rate = [f"{row[k] / row[k + '_s']:.0f}" if row[k + "_s"] else "-" for k in ("fast", "asan")]
        runs = row["fast"] + row["asan"]
        corpus = os.path.join(state.folder, "corpus", area)
        inputs = len(os.listdir(corpus)) if os.path.isdir(corpus) else 0
        edges = row["asan_edges"] or row["fast_edges"]
        print(f"{area:12} {runs:14,} {row['asan']:14,} {rate[0]:>9} {rate[1]:>9} {edges:7} {inputs:7} {row['findings']:8}")
        total += runs
        found += row["findings"]
    print(f"{'all':12} {total:14,} {'':58} {found:8}")
    return found


def build(src, kind, areas):
    began = time.monotonic()
    if subprocess.run([os.path.join(src, "tests/fuzz/build.sh"), src, kind, *areas], check=False).returncode:
        sys.exit(1)
    print(f"fuzz: built fuzz-{kind} in {time.monotonic() - began:.0f} s", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("src")
    p.add_argument("--runs", type=int)
    p.add_argument("--seconds", type=int)
    p.add_argument("--state", default="fuzz-state")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("areas", nargs="*")
    a = p.parse_args()
    src = os.path.abspath(a.src)
    known = sorted(os.path.basename(f)[len("fuzz_"):-len(".c")] for f in glob.glob(os.path.join(src, "tests/fuzz/fuzz_*.c")))
    areas = a.areas or known
    for area in areas:
        if area not in known:
            sys.exit(f"fuzz: no area {area}; there are {' '.join(known)}")
    began = time.monotonic()
    for s in (signal.SIGINT, signal.SIGTERM):
        signal.signal(s, lambda *_: stop.set())
    if a.seconds:
        shutil.rmtree(a.state, ignore_errors=True)
    state = State(os.path.abspath(a.state))
    if a.seconds:
        build(src, "asan", areas)
        share(src, state, areas, a.seconds, a.jobs)
    elif a.runs:
        for kind in ("asan", "fast"):
            build(src, kind, areas)
        campaign(src, state, areas, a.runs, a.jobs)
    found = table(state, areas)
    print(f"fuzz: {time.monotonic() - began:.0f} s in all, {a.jobs} jobs{', interrupted' if stop.is_set() else ''}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
