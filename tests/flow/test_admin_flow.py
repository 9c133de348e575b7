#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Administration while the traffic runs: a change takes effect within a second and touches no connection, windows are kept by the clock, what was refused
is recorded, and the books agree after each step."""

import datetime
import glob
import json
import os
import subprocess
import time

import tap

lab = None
SECOND = 10**9
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


def setup():
    global lab
    lab = tap.start_lab(session__snapshot_s=1)
    tap.provision(lab)
    return lab


def stamp(ns):
    t = datetime.datetime.fromtimestamp(ns // SECOND, datetime.timezone.utc)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % SECOND:09d}Z"


class Load:
    """mdf-ne at a steady rate until done(); ledger() tells what it offered."""

    def __init__(self, name, xid, rate=200, **more):
        self.path = os.path.join(lab.dir, f"{name}.ledger")
        self.log = f"{name}.log"
        self.name = name
        self.proc = lab.ne_background("ne1", log=self.log, xid=xid, ledger=self.path, keepalive=0.2, generate=f"format=rtp,duration=60,rate={rate}", **more)
        tap.wait_for("the NE sends", lambda: os.path.exists(self.path) and os.path.getsize(self.path) > 1000)

    def done(self):
        self.proc.terminate()
        tap.equal(self.proc.wait(30), 0, "mdf-ne")
        with open(os.path.join(lab.dir, self.log)) as f:
            text = f.read()
        self.summary = json.loads(text[text.index("{"):])
        return tap.ledger(self.path)


def at_lemf(lemf, liid):
    """CRC of the body of each record > its sequence number; each once."""
    rows = [(b[4], b[3]) for b in tap.bodies(lab, lemf, "--liid", liid)]
    tap.equal(sorted(n for _, n in rows), list(range(len(rows))), f"numbers of {liid}")
    return dict(rows)


def within(rows, got, begin, end, what):
    """Of the PDUs offered in [begin, end) ns all (or none) arrived."""
    chosen = [r for r in rows if begin <= r["ts"] < end]
    assert chosen, f"{what}: the NE offered nothing then"
    n = sum(r["crc32c"] in got for r in chosen)
    return n, len(chosen)


def refused(liid, code):
    return tap.warrant(lab, liid)["detail"]["rejected"].get(code, 0)


def journal(code, **more):
    args = [x for k, v in more.items() for x in (f"--{k}", v)]
    return sum(j["n"] for j in lab.ctl("journal", "list", "--code", code, "--limit", "10000", *args))


def connections():
    """What a change must not touch."""
    s = lab.status()
    return ([li["accepted"] for li in s["listeners"]], [d["connects"] for lea in s["leas"] for d in lea["destinations"]], [r["pid"] for r in s["roles"]])


def beyond(ns):
    """Wait until the wall clock has passed NS, so that the phase under test has a length."""
    tap.wait_for("the clock", lambda: time.time_ns() > ns, 30, 0.02)


@tap.test("start, suspend, resume, stop: in force within 1 s, on the same connections")
def _():
    xid = tap.new_xid()
    w = tap.add_warrant(lab, "FLOW-1", "lea-a", xid, start=False)["uuid"]
    load = Load("flow1", xid)
    before = connections()
    marks = []
    for change in ("start", "suspend", "resume", "stop"):
        lab.ctl("warrant", change, w, "--reason", f"test of {change}")
        marks.append(time.time_ns())
        beyond(marks[-1] + int(1.4 * SECOND))
        tap.accounted(lab.status())
    tap.equal(connections(), before, "connections and processes")
    rows = load.done()
    tap.equal(load.summary["connects"], 1, "connections of the NE")
    s = tap.drained(lab)
    tap.accounted(s)
    got = at_lemf("lemf-a", "FLOW-1")
    start, suspend, resume, stop = marks
    for what, begin, end, every in (("before the start", 0, start - SECOND, False), ("after the start", start + SECOND, suspend - SECOND // 4, True),
                                    ("suspended", suspend + SECOND, resume - SECOND // 4, False), ("resumed", resume + SECOND, stop - SECOND // 4, True),
                                    ("stopped", stop + SECOND, stop + 60 * SECOND, False)):
        if what == "before the start":
            tap.equal(sum(r["crc32c"] in got for r in rows if r["ts"] < end), 0, what)
            continue
        n, of = within(rows, got, begin, end, what)
        tap.equal(n, of if every else 0, f"{what}: delivered of {of}")
    w = tap.warrant(lab, "FLOW-1", s)
    tap.equal(w["delivered"], len(got), "delivered, by the books")
    assert refused("FLOW-1", "SUSPENDED") and refused("FLOW-1", "EXPIRED"), w
    tap.wait_for("rejects are in the journal", lambda: journal("EXPIRED", warrant=w["uuid"]) == refused("FLOW-1", "EXPIRED"), 10, 0.1)
    tap.equal(journal("SUSPENDED", warrant=w["uuid"]), refused("FLOW-1", "SUSPENDED"), "suspended, in the journal")


@tap.test("each change has its row in the audit log, refused ones too; exit codes")
def _():
    w = tap.warrant(lab, "FLOW-1")["uuid"]
    tap.equal(lab.ctl("warrant", "start", w, check=False)[0], 5, "a warrant that ended is not started")
    rows = lab.ctl("audit", "list", "--object", f"warrant {w}")
    tap.equal([(r["op"], r["outcome"]) for r in rows], [("warrant.add", "ok"), ("warrant.start", "ok"), ("warrant.suspend", "ok"), ("warrant.resume", "ok"),
                                                        ("warrant.stop", "ok"), ("warrant.start", "refused")], "audit")
    tap.equal([r["reason"] for r in rows[1:5]], [f"test of {c}" for c in ("start", "suspend", "resume", "stop")], "reasons")
    tap.equal(lab.ctl("lea", "add", "lea-a", check=False)[0], 5, "taken")
    tap.equal(lab.ctl("warrant", "stop", tap.new_xid(), check=False)[0], 4, "not there")
    tap.equal(lab.ctl("lea", "add", "x y", check=False)[0], 2, "malformed")
    tap.equal(lab.ctl("wait", "--for", "ready", check=False)[0], 0, "wait")
    refusals = lab.ctl("audit", "list", "--outcome", "refused")
    assert {"lea.add", "warrant.stop", "warrant.start"} <= {r["op"] for r in refusals}, refusals


@tap.test("one of two warrants of an XID stops and a third begins under load; the first misses nothing")
def _():
    xid = tap.new_xid()
    tap.add_warrant(lab, "TWO-A", "lea-a", xid)
    b = tap.add_warrant(lab, "TWO-B", "lea-b", xid)["uuid"]
    tap.in_force(lab)
    load = Load("two", xid, rate=400)
    before = connections()
    tap.wait_for("B gets some", lambda: tap.warrant(lab, "TWO-B")["delivered"] > 50)
    lab.ctl("warrant", "stop", b)
    stopped = time.time_ns()
    tap.add_warrant(lab, "TWO-C", "lea-b", xid)
    began = time.time_ns()
    tap.wait_for("C gets some", lambda: tap.warrant(lab, "TWO-C")["delivered"] > 50)
    beyond(began + int(1.2 * SECOND))
    tap.equal(connections(), before, "connections and processes")
    rows = load.done()
    tap.accounted(tap.drained(lab))
    a, b, c = at_lemf("lemf-a", "TWO-A"), at_lemf("lemf-b", "TWO-B"), at_lemf("lemf-b", "TWO-C")
    tap.equal(sorted(a), sorted(r["crc32c"] for r in rows), "agency A: all")
    late = [r["ts"] - stopped for r in rows if r["crc32c"] in b and r["ts"] > stopped]
    tap.note(f"{len(late)} PDUs after the answer to the stop, the last {max(late, default=0) / 1e6:.1f} ms after")
    assert b and max(late, default=0) < SECOND, "agency B: something from a second after the stop"
    n, of = within(rows, c, began + SECOND, began + 60 * SECOND, "third warrant")
    tap.equal(n, of, "third warrant")


@tap.test("window: not yet valid, in force, expired by the clock while the NE goes on")
def _():
    xid = tap.new_xid()
    now = time.time_ns()
    begin, end = now + int(1.3 * SECOND), now + int(2.6 * SECOND)
    tap.add_warrant(lab, "WINDOW", "lea-a", xid, **{"from": stamp(begin), "until": stamp(end)})
    tap.in_force(lab)
    load = Load("window", xid)
    beyond(end + int(1.0 * SECOND))
    tap.accounted(lab.status())
    rows = load.done()
    s = tap.drained(lab)
    tap.accounted(s)
    got = at_lemf("lemf-a", "WINDOW")
    want = {r["crc32c"] for r in rows if begin <= r["ts"] < end}
    tap.equal((len(got), set(got) == want), (len(want), True), "exactly what was intercepted in the window")
    assert all(begin // 1000 <= datetime.datetime.fromisoformat(r["time"].replace("Z", "+00:00")).timestamp() * 1e6 + 1 < end // 1000 + 2
               for r in tap.records(lab, "lemf-a", "--liid", "WINDOW")), "time of a record"
    tap.equal(refused("WINDOW", "NOT-YET-VALID"), sum(r["ts"] < begin for r in rows), "not yet valid")
    tap.equal(refused("WINDOW", "EXPIRED"), sum(r["ts"] >= end for r in rows), "expired")
    uuid = tap.warrant(lab, "WINDOW", s)["uuid"]
    tap.wait_for("journal", lambda: journal("EXPIRED", warrant=uuid) == refused("WINDOW", "EXPIRED"), 10, 0.1)
    tap.equal(journal("NOT-YET-VALID", warrant=uuid), refused("WINDOW", "NOT-YET-VALID"), "journal, not yet valid")


@tap.test("status for people says what the JSON says")
def _():
    text = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "status"], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in text.splitlines()]
    s = lab.status()
    for w in s["warrants"]:
        want = [w["liid"], w["lea"], w["state"], w["content"]] + [str(w[k]) for k in ("received", "delivered", "waiting", "duplicate", "out_of_scope", "rejected", "shed", "lost")] + ["ok"]
        assert want in lines, f"{want} is not in:\n{text}"
    for lea in s["leas"]:
        for d in lea["destinations"]:
            assert any(line[:7] == [lea["name"], lea["profile"], d["name"], "both", d["address"], "up", "a"] for line in lines), f"{d['name']} is not in:\n{text}"
    for r in s["roles"]:
        assert any(str(r["pid"]) in line for line in lines), f"role {r['role']} is not in:\n{text}"
    assert any(line[:2] == ["ne1", s["nes"][0]["state"]] for line in lines), text
    assert any(line[:2] == ["x", "127.0.0.1"] and str(lab.port) in line for line in lines), text


@tap.test("a clock that jumps back does not open a warrant again")
def _():
    if not FAKETIME:
        raise tap.Skip("faketime is not installed")
    xid = tap.new_xid()
    tap.add_warrant(lab, "BACK", "lea-a", xid, until=stamp(time.time_ns() + 3600 * SECOND))
    lab.stop()
    preload = {"LD_PRELOAD": FAKETIME[0], "FAKETIME": "+7200s", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}
    lab.start(env=preload)
    ahead = lab.status()["time"]
    assert ahead > stamp(time.time_ns() + 7000 * SECOND), f"faketime does not work: {ahead}"
    tap.wait_for("the jump is seen", lambda: tap.alarms(lab, "CLOCK-JUMP"), 10)
    lab.ctl("clock", "confirm", "--reason", "the clock was set")
    tap.wait_for("it is believed", lambda: not tap.alarms(lab, "CLOCK-JUMP"), 10)
    lab.ne(xid=xid, generate="format=rtp,count=20")
    tap.equal(refused("BACK", "EXPIRED"), 20, "refused when the clock was ahead")
    lab.stop()
    lab.start()
    lab.ne(xid=xid, seed=2, generate="format=rtp,count=20")
    s = tap.drained(lab)
    tap.equal((refused("BACK", "EXPIRED"), tap.warrant(lab, "BACK", s)["delivered"]), (40, 0), "refused and delivered after the jump back")
    tap.accounted(s)


tap.main(setup)
