# SPDX-License-Identifier: Apache-2.0
"""Damage on disk while mdfd is stopped: a flipped bit in a waiting record, a torn cursor file, a missing segment.  Each is found, counted and an alarm;
everything else is delivered, nothing damaged is."""

import glob
import os

import tap
import oracle
import x23
from x23 import Link, ip_packet, pdu

lab = None
xid = tap.new_xid()
sent = {}  # time in the PDU and packet, by number
COUNT = 40


def setup():
    global lab
    lab = tap.start_lab(lemfs=("lemf-a", "lemf-b"), session__snapshot_s=1)
    tap.provision(lab)
    for a in "ab":
        tap.add_warrant(lab, f"L-{a}", f"lea-{a}", xid)
    tap.in_force(lab)
    return lab


def send(first, count, size=200):
    """PDUs first..first+count-1, acknowledged."""
    link = Link(lab)
    for i in range(first, first + count):
        sent[i] = ip_packet(i, size)
        link.send(pdu(xid, sent[i], corr=5, seq=i))
    link.alive(first)
    link.close()


def got(name="lemf-a"):
    """Numbers of the packets that the LEMF holds, by content, each time it came."""
    known = {p.hex(): i for i, p in sent.items()}
    out = []
    for r in lab.lemf_show(name, "--hex"):
        if r["class"] == "cc":
            assert r["items"][0]["content"] in known, f"{name} got what was never sent: {r['cin']} {r['seq']}"
            out.append(known[r["items"][0]["content"]])
    return out


def segments(lea=1, queue="cc"):
    return sorted(glob.glob(os.path.join(lab.dir, "state", "spool", str(lea), queue, "*.seg")))


def alarms():
    return {a["code"]: a for a in lab.ctl("alarm", "list")}


def lost(name="lemf-a"):
    return sum(d["lost"] for li in lab.status()["leas"] for d in li["destinations"] if d["name"] == name)


def while_stopped(act):
    """With LEMF a away and mdfd stopped: ACT; then mdfd, and then the LEMF, are back."""
    tap.equal(lab.stop(), 0, "exit code")
    act()
    lab.start()
    lab.lemf("lemf-a")


def flip(octets, at=0):
    """Flip a bit inside OCTETS, which stand once in the queue of LEA 1."""
    for name in segments():
        with open(name, "r+b") as f:
            data = f.read()
            where = data.find(octets)
            if where >= 0:
                f.seek(where + at)
                f.write(bytes([data[where + at] ^ 4]))
                return
    raise AssertionError("the record is in no segment")


def balanced(liid="L-a"):
    w = tap.warrant(lab, liid)
    tap.note(f"{liid}: {({k: v for k, v in w.items() if isinstance(v, (int, bool))})}, lost {lost()}")
    return w


@tap.test("a flipped bit in a waiting record: that record alone is missing, with an alarm and a count")
def _():
    lab.stop_lemf("lemf-a")
    send(0, COUNT)
    while_stopped(lambda: flip(sent[17], 60))
    tap.wait_for("the others are delivered", lambda: set(got()) >= set(range(COUNT)) - {17}, 10, 0.1)
    tap.note(sorted(set(range(COUNT)) - set(got())))
    tap.wait_for("alarm SPOOL-DAMAGED", lambda: "SPOOL-DAMAGED" in alarms())
    tap.equal(lost(), 1, "records lost")
    tap.equal(set(got("lemf-b")), set(range(COUNT)), "the other agency")


@tap.test("nothing of it waits for ever: the queue is at its end, the lost record is in the status")
def _():
    d = tap.wait_for("no backlog", lambda: [d for li in lab.status()["leas"] for d in li["destinations"] if d["name"] == "lemf-a" and d["backlog"]["records"] == 0], 10)
    tap.equal([(c["cursor"], c["lost"]) for n, c in d[0]["classes"].items() if n == "cc"], [(COUNT, 1)])
    w = balanced()
    tap.equal((w["received"], w["delivered"]), (COUNT, COUNT - 1))


@tap.test("a flipped bit in the header of a record: the same")
def _():
    lab.stop_lemf("lemf-a")
    send(100, COUNT)

    def header():
        """The record header lies in front of the PS-PDU; its magic is the nonce of the segment."""
        for name in segments():
            with open(name, "r+b") as f:
                data = f.read()
                where = data.find(sent[120])
                if where >= 0:
                    at = data.rfind(data[32:40], 0, where)
                    f.seek(at + 20)
                    f.write(bytes([data[at + 20] ^ 1]))
                    return
        raise AssertionError("the record is in no segment")
    before = lost()
    while_stopped(header)
    tap.wait_for("the others are delivered", lambda: set(range(100, 100 + COUNT)) - set(got()) == {120}, 15, 0.1)
    tap.equal(lost(), before + 1, "records lost")


@tap.test("a torn cursor: nothing is lost, repetitions are octet for octet the same")
def _():
    for damage in ("half", "garbage", "empty", "none"):
        path = os.path.join(lab.dir, "state", "spool", "1", "cursor")
        n = 200 + 50 * ("half", "garbage", "empty", "none").index(damage)
        lab.stop_lemf("lemf-a")
        send(n, 20)

        def act(damage=damage, path=path):
            size = os.path.getsize(path)
            if damage == "none":
                os.unlink(path)
            elif damage == "garbage":
                with open(path, "r+b") as f:
                    f.write(os.urandom(size))
            else:
                os.truncate(path, size // 2 if damage == "half" else 0)
        while_stopped(act)
        tap.wait_for(f"all is delivered after damage {damage}", lambda n=n: set(range(n, n + 20)) <= set(got()), 15, 0.1)
        tap.note(f"{damage}: cursor {[d['cursor'] for d in lab.status()['deliver'] if d['name'] == 'lea-a']}, alarms {sorted(alarms())}")
    seen = {}
    for r in oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs["lemf-a"]["dir"]):
        assert seen.setdefault((r["cin"], r["cls"], r["seq"]), r["octets"]) == r["octets"], f"{r['cin']} {r['seq']} came with other octets"


@tap.test("a missing segment: counted, an alarm, and what lies before and behind it is delivered")
def _():
    before = lost()
    lab.stop_lemf("lemf-a")
    send(1000, 2700, 1300)
    gone = []

    def act():
        name = segments()[-2]
        with open(name, "rb") as f:
            data = f.read()
        gone.extend(i for i in range(1000, 3700) if sent[i] in data)
        assert gone, "the segment to be removed holds nothing of this test"
        os.unlink(name)
    while_stopped(act)
    tap.wait_for("the others are delivered", lambda: set(range(1000, 3700)) - set(got()) == set(gone), 20, 0.2)
    assert {"SPOOL-DAMAGED", "SPOOL-MISSING"} & set(alarms()), alarms()
    tap.note(f"{len(gone)} records lay in it")
    tap.equal(lost() - before, len(gone), "records lost")


@tap.test("after all that, new product is delivered and numbered on without reuse")
def _():
    send(5000, 20)
    tap.wait_for("the new ones", lambda: set(range(5000, 5020)) <= set(got()), 15, 0.1)
    tap.wait_for("the other agency has everything", lambda: set(got("lemf-b")) == set(sent), 15, 0.2)
    seen = {}
    for r in oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs["lemf-a"]["dir"]):
        assert seen.setdefault((r["cin"], r["cls"], r["seq"]), r["octets"]) == r["octets"], f"{r['cin']} {r['seq']} came with other octets"
    balanced()
    balanced("L-b")
    tap.verify(lab, "lemf-a")


tap.main(setup)
