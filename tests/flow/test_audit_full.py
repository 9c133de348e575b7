#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No space for audit rows: changes are refused, what is approved is still delivered, stopping still works and is recorded; with space again all goes on.

The state folder is a small tmpfs and the spool another one, so this needs root; else it is skipped."""

import atexit
import json
import os
import subprocess
import time

import tap

SIZE = 64  # MiB
lab = None
xid = tap.new_xid()
warrants = {}


def state(name=""):
    return os.path.join(lab.dir, "state", name)


def mount(folder, size):
    os.makedirs(folder, exist_ok=True)
    p = subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={size}m", "none", folder], capture_output=True, text=True)
    atexit.register(subprocess.run, ["umount", "-l", folder], capture_output=True)
    return p.returncode


def setup():
    global lab
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(lemfs=("lemf-a",))
    if mount(state(), SIZE) or mount(state("spool"), 256):
        lab.close()
        raise tap.Skip("only root can mount a small file system")
    lab.lemf("lemf-a")
    lab.configure()
    lab.start()
    tap.provision(lab, leas=("a",))
    for liid in ("GOES-ON", "STOPS"):
        warrants[liid] = tap.add_warrant(lab, liid, "lea-a", xid)["uuid"]
    tap.in_force(lab)
    return lab


def free():
    s = os.statvfs(state())
    return s.f_bavail * s.f_bsize


def fill():
    """Every octet that is left."""
    with open(state("filler"), "ab", buffering=0) as f:
        for size in (1 << 20, 4096):
            try:
                while True:
                    f.write(b"x" * size)
            except OSError:
                pass


def delivered():
    return tap.warrant(lab, "GOES-ON")["delivered"]


@tap.test("a reserve is kept back")
def _():
    size = os.path.getsize(state("audit.reserve"))
    assert 1 << 20 <= size <= SIZE << 20, size
    tap.note(f"{size} octets kept back, {free()} free")


@tap.test("no space: a change is refused with AUDIT, and the refusal is recorded")
def _():
    fill()
    tap.note(f"{free()} octets free")
    code = None
    for i in range(20000):
        r, out = lab.ctl("ne", "add", f"n{i}", "--san", f"n{i}.example", check=False)
        if r != 0:
            code = out["error"]["code"]
            break
        if i % 20 == 19:
            fill()
    tap.note(f"refused after {i} changes: {out}")
    tap.equal(code, "AUDIT", out)
    tap.wait_for("alarm", lambda: tap.alarms(lab, "AUDIT-FULL"), 5, 0.1)
    tap.equal(os.path.getsize(state("audit.reserve")), 0, "octets of the reserve")
    r, out = lab.ctl("ne", "add", "later", "--san", "later.example", check=False)
    tap.equal((r, out["error"]["code"]), (1, "AUDIT"), out)
    row = lab.ctl("audit", "list", "--op", "ne.add")[-1]
    tap.equal((row["outcome"], row["code"]), ("error", "AUDIT"), "the refusal is a row")
    assert "later" not in json.dumps(lab.ctl("ne", "list")), "nothing was changed"


@tap.test("delivery of what is approved goes on")
def _():
    before = delivered()
    lab.ne("ne1", xid=xid, generate="format=rtp,duration=2,rate=50", keepalive=0.2)
    tap.wait_for("it is delivered", lambda: delivered() >= before + 90, 15, 0.1)


@tap.test("stopping works and is recorded")
def _():
    lab.ctl("warrant", "stop", warrants["STOPS"], "--reason", "disk full")
    tap.in_force(lab)
    row = lab.ctl("audit", "list", "--object", f"warrant {warrants['STOPS']}")[-1]
    tap.equal((row["op"], row["outcome"], row["reason"]), ("warrant.stop", "ok", "disk full"), "row")
    before = tap.warrant(lab, "STOPS")["delivered"]
    lab.ne("ne1", xid=xid, generate="format=rtp,duration=1,rate=50", keepalive=0.2)
    tap.drained(lab)
    tap.equal(tap.warrant(lab, "STOPS")["delivered"], before, "delivered after the stop")


@tap.test("with space again changes are taken, the reserve is back, the alarm clears, the log holds")
def _():
    os.unlink(state("filler"))
    tap.wait_for("the alarm clears", lambda: not tap.alarms(lab, "AUDIT-FULL"), 10, 0.1)
    assert os.path.getsize(state("audit.reserve")) >= 1 << 20
    lab.ctl("ne", "add", "again", "--san", "again.example")
    tap.equal([r["restarts"] for r in lab.status()["roles"]], [0] * len(lab.status()["roles"]), "restarts of roles")
    found = lab.ctl("audit", "verify")
    assert found["holds"], found
    time.sleep(1.1)
    ops = {r["op"] for r in lab.ctl("audit", "list", "--limit", "5000")}
    assert {"alarm.raised", "alarm.cleared"} <= ops, ops


if __name__ == "__main__":
    tap.main(setup)
