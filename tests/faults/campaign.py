# SPDX-License-Identifier: Apache-2.0
"""Fault campaigns: seedable, resumable, with a short form for make check.

A campaign is a file fault_NAME.py with a subclass of Campaign and main(Class) at its end.  It runs in two ways:
  without arguments   the short form as a TAP program (make check): SHORT cycles with a new seed, which is printed
  --cycles N ...      the campaign (make faults): N cycles in batches; each finished batch is a line in STATE/NAME.jsonl, from which a later call goes on

A batch has a laboratory of its own: begin(), cycle() for each number, end().  All chance comes from the dice given: (seed, number) names a cycle, so
that a failing one can be repeated with --seed S --from N --cycles 1.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "flow")]
import tap  # noqa: E402


class Campaign:
    """What a campaign fills in.  Figures are dicts: numbers are added up, lists are samples (median, p99 and maximum are printed)."""
    name = "?"
    title = "?"  # one line: what is done to what
    cycles = 100  # of make faults
    short = 3  # of make check
    batch = 25  # cycles in one laboratory
    short_form = False  # set in make check

    def begin(self, dice):
        """Set up; Skip says why it cannot run here."""

    def cycle(self, number, dice):
        """One cycle; returns figures.  An exception is a failure."""
        raise NotImplementedError

    def end(self):
        """The oracle, after the last cycle of the batch; returns figures."""
        return {}

    def close(self, failed):
        """Clean up; FAILED: keep what explains it and print where."""


Skip = tap.Skip


def add(total, figures):
    for k, v in (figures or {}).items():
        if isinstance(v, list):
            total.setdefault(k, []).extend(v)
        else:
            total[k] = total.get(k, 0) + v


def summary(total):
    out = []
    for k, v in total.items():
        if not isinstance(v, list):
            out.append(f"{k} {v:g}" if isinstance(v, float) else f"{k} {v}")
        elif v:
            s = sorted(v)
            out.append(f"{k} p50 {statistics.median(s):.3g}, p99 {s[min(len(s) - 1, int(len(s) * 0.99))]:.3g}, max {s[-1]:.3g}")
    return "; ".join(out)


def run_batch(cls, seed, first, n, each=lambda _: None):
    """Figures of N cycles from FIRST on; raises what failed, with the cycle's number in front."""
    c, total, at, failed = cls(), {}, first, True
    c.seed = seed
    try:
        c.begin(random.Random(f"{seed}/begin/{first}"))
        for at in range(first, first + n):
            add(total, c.cycle(at, random.Random(f"{seed}/{at}")))
            each(at)
        add(total, c.end())
        failed = False
        return total
    except Skip:
        failed = False
        raise
    except Exception as e:
        raise RuntimeError(f"cycle {at} (batch from {first}) with seed {seed}: {e}") from e
    finally:
        c.close(failed)


def commit():
    p = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return p.stdout.strip() or "no repository"


def campaign(cls, a):
    os.makedirs(a.state, exist_ok=True)
    path = os.path.join(a.state, cls.name + ".jsonl")
    done, total, began = 0, {}, time.monotonic()
    if os.path.exists(path) and a.first is None:
        with open(path) as f:
            for row in map(json.loads, f):
                if a.seed in (None, row["seed"]) and row["from"] == done:
                    a.seed, done = row["seed"], row["from"] + row["cycles"]
                    add(total, row["figures"])
        if done:
            print(f"{cls.name}: goes on behind cycle {done} of an earlier run", flush=True)
    seed = a.seed if a.seed is not None else random.SystemRandom().randrange(1 << 32)
    at, end = (a.first, a.first + a.cycles) if a.first is not None else (done, a.cycles)
    print(f"{cls.name}: {cls.title}; cycles {at} to {end - 1}, seed {seed}", flush=True)
    while at < end:
        n = min(cls.batch, end - at)
        try:
            figures = run_batch(cls, seed, at, n)
        except Skip as e:
            print(f"{cls.name}: not here: {e}")
            return 77
        except Exception as e:
            traceback.print_exc()
            print(f"{cls.name}: FAILED: {e}\n  again: make faults FAULTS={cls.name} FAULTS_FLAGS='--seed {seed} --from {at} --cycles {n}'", flush=True)
            return 1
        add(total, figures)
        if a.first is None:
            with open(path, "a") as f:
                f.write(json.dumps({"seed": seed, "from": at, "cycles": n, "figures": figures, "commit": commit(), "time": time.time()}) + "\n")
        at += n
        print(f"{cls.name}: {at} of {end}, {time.monotonic() - began:.0f} s; {summary(total)}", flush=True)
    print(f"{cls.name}: PASSED {at} cycles: {summary(total)}", flush=True)
    return 0


def main(cls):
    if len(sys.argv) == 1:
        @tap.test(f"{cls.short} cycles: {cls.title}")
        def _():
            seed = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(1 << 32)))
            tap.note(f"FAULTS_SEED={seed}")
            cls.short_form = True
            tap.note(summary(run_batch(cls, seed, 0, cls.short)))
        tap.main()
    ap = argparse.ArgumentParser(description=f"{cls.name}: {cls.title}")
    ap.add_argument("--cycles", type=int, default=cls.cycles)
    ap.add_argument("--seed", type=int, help="repeats a run's chances")
    ap.add_argument("--from", type=int, dest="first", help="only the cycles from this on; nothing is kept")
    ap.add_argument("--state", default="faults-state", help="folder of finished batches")
    sys.exit(campaign(cls, ap.parse_args()))
