# SPDX-License-Identifier: Apache-2.0
"""A full disk: acknowledging and reading stop, alarms are raised, nothing acknowledged is lost, and everything goes on by itself.

The state folder is a small tmpfs, so this needs root; else it is skipped.
"""

import atexit
import os
import subprocess
import time

import tap
import oracle

SIZE, FLOOR = 27, 14  # MiB
lab = None
ne = None
xid = tap.new_xid()
WARRANTS = [{"liid": "L-A", "lemf": "lemf-a", "xids": {xid}, "delivery": "both"}, {"liid": "L-B", "lemf": "lemf-b", "xids": {xid}, "delivery": "both"}]


def mount(*options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(("mode=0700", *options)), "none", state()], capture_output=True, text=True)


def state():
    return os.path.join(lab.dir, "state")


def setup():
    global lab, ne
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    os.makedirs(state())
    p = mount(f"size={SIZE}m")
    if p.returncode:
        lab.close()
        raise tap.Skip("only root can mount a small file system")
    atexit.register(subprocess.run, ["umount", "-l", state()], capture_output=True)
    for n in ("lemf-a", "lemf-b"):
        lab.lemf(n)
    lab.configure(spool__free_floor=f"{FLOOR}M", session__snapshot_s=1)
    lab.start()
    tap.provision(lab)
    for w in WARRANTS:
        tap.add_warrant(lab, w["liid"], w["lemf"].replace("lemf", "lea"), xid)
    tap.in_force(lab)
    lab.stop_lemf("lemf-b")
    ne = lab.ne_background("ne1", xid=xid, generate=["format=ipv4,size=1400,rate=450,duration=3600", "format=sip,rate=30,duration=3600"], keepalive=0.2,
                           ack_timeout=60, retry=60, resend_max=300000, ledger=ledger())
    return lab


def ledger():
    return os.path.join(lab.dir, "ne1.jsonl")


def counts():
    """(offered, acknowledged) up to now."""
    assert ne.poll() is None, f"mdf-ne ended with code {ne.returncode}"
    rows = oracle.read_ledgers([ledger()]) if os.path.exists(ledger()) else []
    return len(rows), sum(r["acked"] for r in rows)


def alarm(code):
    return [a for a in lab.ctl("alarm", "list") if a["code"] == code]


def comes_to_a_halt():
    tap.wait_for("alarm SPOOL-FLOOR", lambda: alarm("SPOOL-FLOOR"), 20, 0.1)
    tap.wait_for("the NE may send no more", lambda: stands(), 15, 0.05)
    s = lab.status()
    assert s["ingest"]["spool_full"] and s["ingest"]["paused"], (s["ingest"]["spool_full"], s["ingest"]["paused"])
    tap.note(f"halted at {counts()} offered and acknowledged, {free()} octets free")


def stands():
    """Neither offers nor acknowledgements move in a second."""
    a = counts()
    time.sleep(1.0)
    return counts() == a


def clears():
    try:
        tap.wait_for("alarm SPOOL-FLOOR clears", lambda: not alarm("SPOOL-FLOOR"), 20, 0.1)
    except tap.LabError:
        tap.note(f"{free()} octets free")
        tap.note(subprocess.run(["find", state(), "-type", "f", "-printf", "%P %k K\n"], capture_output=True, text=True).stdout)
        raise


def goes_on():
    before = counts()
    tap.wait_for("acknowledgements go on", lambda: counts()[1] > before[1] + 60, 20, 0.1)
    tap.equal([r["restarts"] for r in lab.status()["roles"]], [0] * 4, "restarts of roles")


def free():
    s = os.statvfs(state())
    return s.f_bavail * s.f_bsize


@tap.test("while a LEMF is away its product fills the disk: reading and acknowledging stop at the floor, with an alarm")
def _():
    comes_to_a_halt()
    assert free() >= (FLOOR - 3) * 1048576, free()


@tap.test("nothing half-way: administration and status go on at the floor")
def _():
    lab.ctl("ne", "add", "ne9", "--san", "ne9.lab.example")
    tap.in_force(lab)


@tap.test("the LEMF is back: all goes on by itself, the alarm clears")
def _():
    lab.lemf("lemf-b")
    clears()
    goes_on()


@tap.test("again, and now space is made while the LEMF is still away")
def _():
    lab.stop_lemf("lemf-b")
    comes_to_a_halt()
    p = mount("remount", f"size={SIZE + 8}m")
    tap.equal(p.returncode, 0, p.stderr)
    goes_on()
    lab.lemf("lemf-b")


@tap.test("not one octet left, for everybody: nothing dies, and all goes on when there is space")
def _():
    clears()
    ballast = os.path.join(state(), "ballast")
    with open(ballast, "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"\0" * 65536)
        except OSError:
            pass
    tap.wait_for("alarm SPOOL-FLOOR", lambda: "SPOOL-FLOOR" in log(), 10)
    tap.wait_for("the NE may send no more", stands, 15, 0.05)
    code, answer = lab.ctl("ne", "add", "ne10", "--san", "ne10.lab.example", check=False)
    tap.note(f"a change on a full disk: exit {code}: {answer}")
    os.unlink(ballast)
    goes_on()
    again = lab.ctl("ne", "add", "ne11", "--san", "ne11.lab.example", check=False)
    tap.equal(again[0], 0, again)
    tap.equal(lab.ctl("ne", "show", "ne10", check=False)[0] == 0, code == 0, "an error changed nothing, a success is there")


def log():
    with open(os.path.join(lab.dir, "mdfd.log")) as f:
        return f.read().rsplit("SPOOL-FLOOR spool: cleared", 1)[-1]


@tap.test("every acknowledged PDU was delivered exactly once to both")
def _():
    tap.note(counts())
    ne.terminate()
    tap.equal(ne.wait(30), 0, "mdf-ne had everything acknowledged")
    began = time.monotonic()
    status = tap.drained(lab, 20)
    tap.note(f"drained after {time.monotonic() - began:.1f} s")
    tap.accounted(status)
    faults = oracle.judge(lab, [ledger()], WARRANTS, status)
    assert not faults, "\n".join(faults)


tap.main(setup)
