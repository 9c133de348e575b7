#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""100 000 warrants (IMPORT_N; a tenth with sanitizers) imported in one transaction and in force.  Prints times; asserts none."""

import json
import os
import subprocess
import time

import tap

lab = None


def sanitized():
    with open(os.path.join(tap.BUILD, "Makefile")) as f:
        return "-fsanitize" in f.read()


NUMBER = int(os.environ.get("IMPORT_N", "10000" if sanitized() else "100000"))
XIDS = [f"{i:08x}-0000-4000-8000-00000000aaaa" for i in range(NUMBER)]


def setup():
    global lab
    lab = tap.start_lab()
    tap.provision(lab)
    return lab


def letter(i):
    return "ab"[i % 2]


@tap.test(f"{NUMBER} warrants are imported, all or none")
def _():
    path = os.path.join(lab.dir, "import.json")
    rows = [{"liid": f"I-{i}", "lea": f"lea-{letter(i)}", "delivery": "both", "from": tap.FROM, "until": tap.UNTIL, "hi2": f"lemf-{letter(i)}",
             "hi3": f"lemf-{letter(i)}", "xid": [x], "start": True} for i, x in enumerate(XIDS)]
    with open(path, "w") as f:
        json.dump([*rows[:20], {**rows[0], "liid": "I-again", "lea": "lea-none"}], f)
    assert lab.ctl("warrant", "import", path, check=False)[0] in (4, 5)
    tap.equal(lab.ctl("warrant", "list", "--limit", "10"), [], "warrants after an import that was refused")
    with open(path, "w") as f:
        json.dump(rows, f)
    began = time.monotonic()
    p = subprocess.Popen([lab.exe("mdfctl"), "--socket", lab.socket, "--quiet", "warrant", "import", path], stdout=subprocess.DEVNULL)
    longest = 0.0
    while p.poll() is None:
        asked = time.monotonic()
        lab.ctl("lea", "list")
        longest = max(longest, time.monotonic() - asked)
        try:
            p.wait(0.1)
        except subprocess.TimeoutExpired:
            pass
    tap.equal(p.returncode, 0, "mdfctl")
    tap.note(f"import: {time.monotonic() - began:.2f} s; another operator waited {longest:.2f} s at most")
    began = time.monotonic()
    tap.in_force(lab, 60)
    tap.note(f"in force {time.monotonic() - began:.2f} s later")
    tap.equal(lab.status()["ingest"]["tasks"]["warrants"], NUMBER, "warrants in the data plane")


@tap.test("first, last and some between deliver, each to its own agency")
def _():
    chosen = sorted({0, 1, NUMBER // 3, NUMBER // 2, NUMBER - 2, NUMBER - 1})
    lab.ne(xid=[XIDS[i] for i in chosen], generate=f"format=rtp,count={len(chosen) * 5}")
    s = tap.drained(lab)
    tap.accounted(s)
    for a in "ab":
        got = sorted(r["liid"] for r in tap.lemf_pdus(lab, f"lemf-{a}"))
        tap.equal(got, sorted(f"I-{i}" for i in chosen if letter(i) == a for _ in range(5)), f"agency {a}")


@tap.test("one more warrant is in force soon, one stopped soon out of it")
def _():
    xid = tap.new_xid()
    began = time.monotonic()
    w = tap.add_warrant(lab, "ONE-MORE", "lea-a", xid)["uuid"]
    tap.in_force(lab, 30)
    tap.note(f"one more: in force after {time.monotonic() - began:.2f} s")
    lab.ne(xid=xid, generate="format=rtp,count=3")
    tap.drained(lab)
    lab.ctl("warrant", "stop", w)
    began = time.monotonic()
    tap.in_force(lab, 30)
    tap.note(f"stop: in force after {time.monotonic() - began:.2f} s")
    lab.ne(xid=xid, seed=2, generate="format=rtp,count=3")
    row = tap.warrant(lab, "ONE-MORE", tap.drained(lab))
    tap.equal((row["delivered"], row["rejected"]), (3, 3), "delivered, rejected")


tap.main(setup)
