#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A clock that jumps: forward, nothing goes out for a warrant that is not open by both readings, until a person confirms the time or the clock is back;
warrants that do not depend on it go on; nothing expires for good by a wrong clock.  The state of the kernel's clock is shown."""

import datetime
import glob
import os
import signal
import time

import tap

lab = None
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
XID_OPEN, XID_LATER, XID_ENDS = (tap.new_xid() for _ in range(3))


def clock(offset_s):
    """Set the clock of the daemon OFFSET_S from the true one."""
    path = os.path.join(lab.dir, "state", "state", "clock")  # where the sandbox of ingest lets it look
    with open(path + ".new", "w") as f:
        f.write(f"{offset_s:+d}s\n")
    os.replace(path + ".new", path)


def iso(s):
    return datetime.datetime.fromtimestamp(time.time() + s, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def setup():
    global lab
    if not FAKETIME:
        raise tap.Skip("faketime is not installed")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    for n in ("lemf-a", "lemf-b"):
        lab.lemf(n)
    lab.configure(session__snapshot_s=1, session__late_grace_s=0)
    os.makedirs(os.path.join(lab.dir, "state", "state"), 0o700)
    clock(0)
    lab.start(env={"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": os.path.join(lab.dir, "state", "state", "clock"), "FAKETIME_NO_CACHE": "1",
                   "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"})
    tap.provision(lab)
    lab.ctl("setting", "set", "--name", "notice_after_s", "--value", 0)
    tap.add_warrant(lab, "OPEN", "lea-a", XID_OPEN)
    tap.add_warrant(lab, "LATER", "lea-a", XID_LATER, **{"from": iso(1800)})
    tap.add_warrant(lab, "ENDS", "lea-a", XID_ENDS, until=iso(1800))
    tap.in_force(lab)
    return lab


def send(xid, n=5, **more):
    return lab.ne(xid=xid, seed=time.monotonic_ns() & 0x7FFFFFFF, nfid=f"n{time.monotonic_ns()}", generate=f"format=ipv4,count={n}", **more)


def books(liid):
    w = tap.warrant(lab, liid)
    return w["received"], w["delivered"] + w["waiting"], w["rejected"]


@tap.test("the state of the clock is what the kernel says")
def _():
    c = lab.ctl("clock", "show")
    assert c["known"] and c["synchronised"] == ("unsynchronised" not in c["quality"]), c
    lab.ctl("setting", "set", "--name", "evidence_every_s", "--value", 1)
    lab.ctl("setting", "set", "--name", "clock_error_max_ms", "--value", 1)
    bad = not c["synchronised"] or c["error_s"] > 0.001
    if bad:
        tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-UNSYNC"), 10, 0.1)
    lab.ctl("setting", "set", "--name", "clock_error_max_ms", "--value", 0)
    tap.wait_for("no alarm", lambda: not tap.alarms(lab, "CLOCK-UNSYNC"), 10, 0.1)


@tap.test("forward by an hour: only what is open by both readings goes out; the alarm stands and the agency is told")
def _():
    for x in (XID_OPEN, XID_LATER, XID_ENDS):
        send(x)
    tap.wait_for("the open ones", lambda: (books("OPEN")[1], books("LATER")[2], books("ENDS")[1]) == (5, 5, 5), 10, 0.1)
    clock(3600)
    tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    for x in (XID_OPEN, XID_LATER, XID_ENDS):
        send(x)
    tap.wait_for("all are in the books", lambda: all(books(w)[0] == 10 for w in ("OPEN", "LATER", "ENDS")), 10, 0.1)
    tap.equal((books("OPEN"), books("LATER"), books("ENDS")), ((10, 10, 0), (10, 0, 10), (10, 5, 5)), "received, handed over, rejected")
    tap.wait_for("a notice", lambda: [x for x in lab.ctl("notice", "list") if x["cause"] == "clock"], 10, 0.1)


@tap.test("kill -9 and restart of ingest: the doubt stays, and a jump while it is down is seen")
def _():
    lab.kill_role("ingest")
    tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-JUMP"), 15, 0.1)
    tap.in_force(lab, 15)
    for x in (XID_OPEN, XID_LATER, XID_ENDS):
        send(x)
    tap.wait_for("all are in the books", lambda: all(books(w)[0] == 15 for w in ("OPEN", "LATER", "ENDS")), 15, 0.1)
    tap.equal((books("OPEN"), books("LATER"), books("ENDS")), ((15, 15, 0), (15, 0, 15), (15, 5, 10)), "received, handed over, rejected")
    clock(0)
    tap.wait_for("no alarm", lambda: not tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    lab.kill_role("ingest")  # receive times of the wrong clock lie in the spool
    tap.in_force(lab, 15)
    send(XID_ENDS)
    tap.wait_for("it is served again", lambda: books("ENDS") == (20, 10, 10), 15, 0.1)
    pid = lab.role_pids("ingest")[0]
    clock(3600)
    os.kill(pid, signal.SIGKILL)  # perhaps before it looked at the clock
    tap.wait_for("another ingest", lambda: [p for p in lab.role_pids("ingest") if p != pid], 20, 0.1)
    tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-JUMP"), 20, 0.1)
    tap.in_force(lab, 15)
    send(XID_ENDS)
    tap.wait_for("it is in the books", lambda: books("ENDS") == (25, 10, 15), 15, 0.1)


@tap.test("the clock is back: nothing has expired by the wrong one")
def _():
    clock(0)
    tap.wait_for("no alarm", lambda: not tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    send(XID_ENDS)
    tap.wait_for("it is served again", lambda: books("ENDS")[1] == 15, 10, 0.1)


@tap.test("forward again and confirmed by a person: the new time counts, and back does not open what is over")
def _():
    clock(3600)
    tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    code, _ = lab.ctl("clock", "confirm", check=False)
    tap.equal(code, 2, "a reason is needed")
    lab.ctl("clock", "confirm", "--reason", "compared with the reference clock")
    tap.wait_for("no alarm", lambda: not tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    before = books("ENDS")
    send(XID_ENDS)
    send(XID_OPEN)
    tap.wait_for("it is in the books", lambda: books("ENDS")[0] == before[0] + 5, 10, 0.1)
    tap.equal(books("ENDS"), (before[0] + 5, before[1], before[2] + 5), "what is over is not served")
    assert [r for r in lab.ctl("audit", "list", "--op", "clock.confirm") if r["outcome"] == "ok"]
    clock(0)
    time.sleep(1.5)
    send(XID_ENDS)
    tap.wait_for("it is in the books", lambda: books("ENDS")[0] == before[0] + 10, 10, 0.1)
    tap.equal(books("ENDS")[1], before[1], "back does not open it again")


@tap.test("midnight: the account of the day is closed and becomes a leaf of the log")
def _():
    now = time.time()
    left = 86400 - int(now) % 86400
    clock(left - 4 if left > 3700 else left + 86400 - 4)  # further than it was ever believed
    tap.wait_for("the alarm", lambda: tap.alarms(lab, "CLOCK-JUMP"), 10, 0.1)
    lab.ctl("clock", "confirm", "--reason", "compared with the reference clock")
    send(XID_OPEN)
    tap.wait_for("delivered", lambda: books("OPEN")[2] == 0 and tap.warrant(lab, "OPEN")["waiting"] == 0, 15, 0.1)
    days = tap.wait_for("the day is closed", lambda: [d for d in lab.ctl("completeness", "show", "OPEN")["days"] if d["sha256"]], 30, 0.3)
    tap.equal((days[-1]["balanced"], len(days[-1]["sha256"])), (True, 64), "account")
    assert any(r["seq"] == days[-1]["audit_seq"] for r in lab.ctl("audit", "list", "--op", "completeness")), "its leaf"
    before = days[-1]["sha256"]
    send(XID_OPEN)
    tap.wait_for("the next day has its own", lambda: len(lab.ctl("completeness", "show", "OPEN")["days"]) > len(days), 15, 0.3)
    tap.equal([d["sha256"] for d in lab.ctl("completeness", "show", "OPEN")["days"] if d["day"] == days[-1]["day"]], [before], "the closed one stays")


tap.main(setup)
