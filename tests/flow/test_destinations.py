#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several destinations of one agency: one that is away holds up no other one, a backlog over many segments is kept and delivered in order, and a
destination can be switched off, on, and to another address while records wait for it."""

import glob
import os

import tap

lab = None
X = {n: tap.new_xid() for n in ("one", "two", "apart")}
SEGMENT = 1 << 20
HELD = []  # segments on disk when one destination was away


def setup():
    """Agency A: three LEMFs. Warrant ONE delivers to the first, TWO to the second, APART its IRI to the first and its CC to the third."""
    global lab
    lab = tap.start_lab(lemfs=("lemf-1", "lemf-2", "lemf-3"), spool__segment_len="1M", spool__quota="64M", session__snapshot_s=1)  # recovery looks back for 1 MiB
    tap.add_ne(lab, "ne1")
    lab.ctl("lea", "add", "lea-a")
    for n in ("lemf-1", "lemf-2", "lemf-3"):
        tap.add_destination(lab, n, "lea-a")
    tap.add_warrant(lab, "ONE", "lea-a", X["one"], "lemf-1", "lemf-1")
    tap.add_warrant(lab, "TWO", "lea-a", X["two"], "lemf-2", "lemf-2")
    tap.add_warrant(lab, "APART", "lea-a", X["apart"], "lemf-1", "lemf-3")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.in_force(lab)
    return lab


def delivered(liid, n, timeout=15):
    tap.wait_for(f"{liid}: {n} delivered", lambda: tap.warrant(lab, liid)["delivered"] == n, timeout, 0.05)


def whole(lemf, liid, iri, cc):
    """So many records of LIID are at LEMF, in order, each once or again with the same octets."""
    tap.verify(lab, lemf)
    seen, newest = {}, {}
    for r in tap.lemf_pdus(lab, lemf):
        if r["liid"] != liid:
            continue
        key = (r["class"], r["cin"])
        if (*key, r["seq"]) in seen:
            tap.equal(r["crc32c"], seen[(*key, r["seq"])], "octets of a resend")
            continue
        tap.equal(r["seq"], newest.get(key, -1) + 1, f"order of {key}")
        newest[key] = r["seq"]
        seen[(*key, r["seq"])] = r["crc32c"]
    tap.equal((sum(k[0] == "iri" for k in seen), sum(k[0] == "cc" for k in seen)), (iri, cc), f"{liid} at {lemf}: IRI, CC")


def segments():
    return sum(os.path.getsize(f) // SEGMENT for f in glob.glob(os.path.join(lab.dir, "state", "spool", "*", "cc", "*")) if os.path.getsize(f) >= SEGMENT)


@tap.test("each warrant to its destinations only")
def _():
    for x in X.values():
        lab.ne(xid=x, generate=["format=sip,count=12", "format=rtp,corr=call,call=10,count=40"])
    tap.accounted(tap.drained(lab))
    tap.equal({r["liid"] for r in tap.lemf_pdus(lab, "lemf-1") if r["class"] == "iri"}, {"ONE", "APART"}, "IRI at 1")
    tap.equal({r["liid"] for r in tap.lemf_pdus(lab, "lemf-1") if r["class"] == "cc"}, {"ONE"}, "CC at 1")
    tap.equal({r["liid"] for r in tap.lemf_pdus(lab, "lemf-2")}, {"TWO"}, "at 2")
    tap.equal({(r["liid"], r["class"]) for r in tap.lemf_pdus(lab, "lemf-3")}, {("APART", "cc")}, "at 3")


@tap.test("a destination that is away holds up no other one, over many segments; then it gets all in order")
def _():
    lab.stop_lemf("lemf-2")
    tap.wait_for("the link is down", lambda: tap.destination(lab, "lemf-2")["state"] != "up", 5)
    for i in range(3):
        for n in ("two", "one"):
            lab.ne(xid=X[n], seed=100 + i, generate="format=ipv4,size=1300,count=800")
    delivered("ONE", 52 + 2400)
    s = lab.status()
    tap.accounted(s)
    tap.equal(tap.warrant(lab, "TWO", s)["waiting"], 2400, "waiting")
    HELD.append(segments())
    assert HELD[0] >= 5, f"the test is to fill several segments, not {HELD[0]}"
    whole("lemf-1", "ONE", 12, 40 + 2400)
    lab.lemf("lemf-2", extra=["--quiet"])
    delivered("TWO", 52 + 2400)
    whole("lemf-2", "TWO", 12, 40 + 2400)
    tap.accounted(lab.status())


@tap.test("CC destination away: IRI of the same warrant goes on")
def _():
    lab.stop_lemf("lemf-3")
    lab.ne(xid=X["apart"], seed=200, generate=["format=sip,count=18", "format=rtp,corr=call,call=10,count=30", "format=ipv6,count=10"])
    tap.wait_for("IRI is delivered", lambda: sum(r["liid"] == "APART" for r in tap.lemf_pdus(lab, "lemf-1")) == 12 + 18, 10, 0.05)
    tap.equal(tap.warrant(lab, "APART")["waiting"] >= 40, True, "CC waits")
    lab.lemf("lemf-3", extra=["--quiet"])
    delivered("APART", 52 + 58)
    whole("lemf-3", "APART", 0, 80)
    whole("lemf-1", "APART", 30, 0)


@tap.test("switched off: it waits, the others go on; switched on: it goes")
def _():
    lab.ctl("destination", "set", "lemf-2", "--enabled", "no")
    tap.wait_for("disabled", lambda: tap.destination(lab, "lemf-2")["state"] == "disabled", 5)
    for n in ("one", "two"):
        lab.ne(xid=X[n], seed=300, generate="format=sip,count=60")
    delivered("ONE", 52 + 2400 + 60)
    tap.equal(tap.warrant(lab, "TWO")["waiting"], 60, "waiting")
    lab.ctl("destination", "set", "lemf-2", "--enabled", "yes")
    delivered("TWO", 52 + 2400 + 60)


@tap.test("another address while records wait: they go there")
def _():
    lab.stop_lemf("lemf-2")
    lab.ne(xid=X["two"], seed=400, generate="format=sip,count=60")
    tap.wait_for("spooled", lambda: tap.warrant(lab, "TWO")["waiting"] == 60, 10)
    port = tap.free_port()
    lab.lemf("lemf-2", port=port, extra=["--quiet"])
    lab.ctl("destination", "set", "lemf-2", "--addresses", f"127.0.0.1:{port}")
    delivered("TWO", 52 + 2400 + 120)
    whole("lemf-2", "TWO", 132, 2440)


@tap.test("a warrant that was stopped is still delivered; then its destination can go, not before")
def _():
    lab.stop_lemf("lemf-2")
    lab.ne(xid=X["two"], seed=500, generate="format=sip,count=60")
    tap.wait_for("spooled", lambda: tap.warrant(lab, "TWO")["waiting"] == 60, 10)
    tap.equal(lab.ctl("destination", "remove", "lemf-2", check=False)[0], 5, "remove, in use")
    lab.ctl("warrant", "stop", tap.warrant(lab, "TWO")["uuid"])
    code, answer = lab.ctl("destination", "remove", "lemf-2", check=False)
    tap.equal((code, answer["error"]["code"]), (5, "CONFLICT"), "remove, records wait")
    assert "records wait" in answer["error"]["why"], answer
    lab.lemf("lemf-2", extra=["--quiet"])
    delivered("TWO", 52 + 2400 + 180)
    whole("lemf-2", "TWO", 192, 2440)
    lab.ctl("destination", "remove", "lemf-2")
    tap.wait_for("it is gone", lambda: all(d["name"] != "lemf-2" for lea in lab.status()["leas"] for d in lea["destinations"]), 5)
    lab.ne(xid=X["one"], seed=500, generate="format=sip,count=6")
    delivered("ONE", 52 + 2400 + 66)


@tap.test("records are given up only by a word of its own, and that is said")
def _():
    lab.stop_lemf("lemf-3")
    lab.ne(xid=X["apart"], seed=600, generate="format=ipv6,count=10")
    lab.ctl("warrant", "stop", tap.warrant(lab, "APART")["uuid"])
    tap.equal(lab.ctl("destination", "remove", "lemf-3", check=False)[0], 5, "remove, records wait")
    lab.ctl("destination", "remove", "lemf-3", "--discard", "yes", "--reason", "the facility is closed")
    tap.wait_for("DEST-REMOVED", lambda: tap.alarms(lab, "DEST-REMOVED"), 5)
    row = lab.ctl("audit", "list", "--op", "destination.remove", "--outcome", "ok")[-1]
    tap.equal(row["reason"], "the facility is closed", "audit")
    tap.equal(tap.warrant(lab, "APART")["delivered"], 52 + 58, "delivered")
    tap.accounted(lab.status())


@tap.test("segments that everyone has are free again; accounts")
def _():
    s = lab.status()
    tap.accounted(s)
    tap.equal({w["liid"]: w["waiting"] for w in s["warrants"]}, {"ONE": 0, "TWO": 0, "APART": 10}, "waiting")
    tap.equal({c for c, _ in tap.alarms(lab)}, {"DEST-REMOVED"}, "alarms")
    tap.equal(sum(r["restarts"] for r in s["roles"]), 0, "restarts of roles")
    tap.wait_for("segments are free again", lambda: segments() < HELD[0], 10)
    tap.note(f"{HELD[0]} segments for CC were held, {segments()} are left")


tap.main(setup)
