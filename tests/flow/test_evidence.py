#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence: hashes of spool segments and integrity checks, accounts per day, notices of faults, reconciliation; with the real daemon, and kill -9 between."""

import glob
import hashlib
import json
import os
import sqlite3
import time

import tap

lab = None
XID_A, XID_B, XID_OFF = (tap.new_xid() for _ in range(3))
PROFILE = {"name": "hashed", "version": "1", "integrity": "hash", "hash_n": 10, "hash_ms": 300, "notice_hi1": True}
copies = {}  # (class, segment) > SHA-256 of the file, read while nothing of it had been delivered


def setup():
    global lab
    lab = tap.start_lab(session__snapshot_s=1, spool__segment_len="1M", spool__quota="64M")  # recovery looks back for 1 MiB
    tap.provision(lab)
    path = os.path.join(lab.dir, "profile.json")
    with open(path, "w") as f:
        json.dump(PROFILE, f)
    lab.ctl("profile", "import", "--file", path)
    lab.ctl("lea", "set", "--lea", "lea-a", "--profile", "hashed")
    for name, value in (("evidence_every_s", 1), ("notice_after_s", 1)):
        lab.ctl("setting", "set", "--name", name, "--value", value)
    tap.add_warrant(lab, "EV-A", "lea-a", XID_A)
    tap.add_warrant(lab, "EV-B", "lea-b", XID_B)
    tap.in_force(lab)
    return lab


def hashes(kind):
    return lab.ctl("hash", "list", "--kind", kind, "--limit", "100000")


def lea_row(name):
    return next(x["id"] for x in lab.ctl("lea", "list") if x["name"] == name)


def segments(lea):
    """(class, number) > path of the segments that lie there."""
    out = {}
    for path in glob.glob(os.path.join(lab.dir, "state", "spool", str(lea), "*", "*.seg")):
        out[os.path.basename(os.path.dirname(path)), int(os.path.basename(path)[:16], 16)] = path
    return out


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def notices(lemf, word):
    """Texts of operatorLeaMessage that a LEMF received: (LIID, text)."""
    out = []
    for line in lab.lemf_show(lemf, "--hex"):
        if line["kind"] == "operatorLeaMessage":
            m = line["pdu"]["payload"]["tRIPayload"]["operatorLeaMessage"]
            text = m["message"]
            if word in text:
                assert (m["messagePriority"] == "error") == (not text.startswith("RESTORED")), m
                out.append((line["liid"], text))
    return out


def hi1(lemf, word):
    """Texts of HI1 notifications that a LEMF received: (LIID of the header, text)."""
    out = []
    for line in lab.lemf_show(lemf, "--hex"):
        if line["kind"] == "hI1-Operation":
            m = line["pdu"]["payload"]["hI1-Operation"]["alarms-indicator"]
            text = m["alarm-information"]
            tap.equal(m["lawfulInterceptionIdentifier"], line["liid"], "LIID in header and notification")
            if word in text:
                out.append((line["liid"], text))
    return out


@tap.test("the hash of each released segment is that of the file as it was; also over kill -9 of ingest and deliver")
def _():
    row = lea_row("lea-b")
    lab.stop_lemf("lemf-b")
    lab.ne(xid=XID_B, seed=1, generate="format=ipv4,size=1200,count=4000,rate=4000")
    there = segments(row)
    for (kind, number), path in there.items():
        if (kind, number + 1) in there:
            copies[kind, number] = sha256(path)
    assert len(copies) >= 3, there
    lab.lemf("lemf-b")
    time.sleep(0.3)
    lab.kill_role("ingest")
    lab.kill_role("deliver", "lea-b")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.drained(lab)

    def recorded():
        got = {(h["class"], h["seq"]): h["value"] for h in hashes("segment") if h["lea"] == "lea-b"}
        return got if set(copies) <= set(got) else None
    got = tap.wait_for("every released segment has its record", recorded, 15, 0.2)
    for key, value in copies.items():
        tap.equal(got[key], value, f"SHA-256 of segment {key}")
    tap.wait_for("all are released but what recovery would read", lambda: len(set(copies) & set(segments(row))) <= 2, 15, 0.2)
    tap.note(f"{len(copies)} segments compared, {len(got)} recorded")


@tap.test("records of integrity checks are those that the facility received; kill -9 of every role between")
def _():
    p = lab.ne_background("ne1", xid=XID_A, seed=2, keepalive=0.3, ack_timeout=5, retry=60, ledger=os.path.join(lab.dir, "a.jsonl"),
                          generate=["format=sip,rate=20,sessions=2,duration=3600", "format=rtp,rate=150,sessions=2,duration=3600"])
    for role in ("ingest", "deliver", "admin", "ingest"):
        time.sleep(0.9)
        lab.kill_role(role)
    time.sleep(1)
    p.terminate()
    p.wait(20)
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.drained(lab)
    time.sleep(1)

    def received():
        out = {}
        for line in lab.lemf_show("lemf-a"):
            if line["kind"] == "integrityCheck":
                out[line["cin"], line["seq"]] = line["pdu"]["payload"]["tRIPayload"]["integrityCheck"]
        return out

    def same():
        sent, kept = received(), {(h["cin"], h["seq"]): h for h in hashes("check") if not h["void"]}
        return (sent, kept) if set(sent) == set(kept) else None
    try:
        sent, kept = tap.wait_for("as many records as checks", same, 10, 0.5)
    except tap.LabError:
        sent, kept = received(), {(h["cin"], h["seq"]): h for h in hashes("check") if not h["void"]}
        raise AssertionError(f"only sent {sorted(set(sent) - set(kept))[:5]}, only recorded {sorted(set(kept) - set(sent))[:5]} of {len(sent)}, {len(kept)}") from None
    for key, c in sent.items():
        numbers = c["includedSequenceNumbers"]
        tap.equal((kept[key]["value"], kept[key]["type"].upper()), (c["checkValue"]["hex"], c["dataType"].upper()), f"check {key}")
        tap.equal((kept[key]["first"], kept[key]["last"], kept[key]["n"]), (min(numbers), max(numbers), len(numbers)), f"range of check {key}")
    assert len(sent) > 20, len(sent)
    handles = {h["handle"] for h in kept.values()}
    assert len(handles) == 1 and "EV-A" not in json.dumps(list(kept.values())), handles
    tap.note(f"{len(sent)} checks compared")


@tap.test("a file is recorded, found again, and not found when it has changed; a record is proven from the log")
def _():
    path = os.path.join(lab.dir, "export.bin")
    with open(path, "wb") as f:
        f.write(os.urandom(100000))
    h = lab.ctl("hash", "add", path, "--warrant", "EV-A")
    tap.equal(h["value"], sha256(path), "SHA-256")
    tap.equal(lab.ctl("hash", "verify", path)["uuid"], h["uuid"], "found")
    proof = lab.ctl("hash", "proof", h["uuid"])
    assert h["value"] in json.dumps(proof["text"]) and "EV-A" not in json.dumps(proof), proof
    with open(path, "ab") as f:
        f.write(b"x")
    code, _ = lab.ctl("hash", "verify", path, check=False)
    tap.equal(code, 4, "exit code for a changed file")


@tap.test("the account of a warrant is that of both ledgers, and its balance holds")
def _():
    offered = len({(r.get("stream"), r.get("n", r.get("seq"))) for r in tap.ledger(os.path.join(lab.dir, "a.jsonl"))})
    total = lab.ctl("completeness", "show", "EV-A")["total"]
    live = tap.warrant(lab, "EV-A")
    got = len({(r["cin"], r["class"], r["seq"]) for r in tap.lemf_pdus(lab, "lemf-a") if r["liid"] == "EV-A"})
    assert total["balanced"] and total["received"] == live["received"] >= offered * 0.9, (total, offered)
    tap.equal(total["delivered"], got, "delivered is what the facility has")
    tap.equal(total["waiting"], 0, "waiting")
    assert 0 < total["max_delay_ms"] < 600000, total
    lab.kill_role("admin")
    tap.wait_for("kept over a kill of admin", lambda: [d for d in lab.ctl("completeness", "list") if d["lea"] == "lea-a"], 10, 0.2)
    tap.equal(lab.ctl("completeness", "show", "EV-A")["total"]["delivered"], got, "after kill -9 of admin")
    cin = lab.ctl("session", "list", "--warrant", "EV-A")[0]["cin"]
    assert lab.ctl("completeness", "show", "EV-A", "--session", cin)["session"]["delivered"] == "all"


@tap.test("one link down: only its agency is told, with its own LIIDs, of begin and end")
def _():
    lab.stop_lemf("lemf-a")
    n = tap.wait_for("a notice", lambda: [x for x in lab.ctl("notice", "list") if x["cause"] == "link" and x["lea"] == "lea-a" and not x["restored"]], 15, 0.2)
    tap.equal([x["liids"] for x in n], [["EV-A"]], "LIIDs")
    lab.ctl("notice", "note", n[0]["uuid"], "--expected", "2039-01-01T00:00:00Z", "--note", "fibre cut")
    lab.kill_role("admin")
    lab.lemf("lemf-a")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")

    def told():
        b, u, e = notices("lemf-a", "FAULT"), notices("lemf-a", "expected end 2039"), notices("lemf-a", "RESTORED")
        return (b, u, e) if b and u and e else None
    b, u, e = tap.wait_for("the agency has begin, expected end and end", told, 30, 0.5)
    tap.equal({x[0] for x in b + u + e}, {"EV-A"}, "LIIDs of the messages")
    tap.equal([x for x in notices("lemf-b", "cause link") if "EV-A" in x[1]], [], "the other agency hears nothing of it")
    for word, texts in (("FAULT", b), ("RESTORED", e)):
        tap.wait_for("the same as HI1 notifications", lambda: sorted(hi1("lemf-a", word)) == sorted(notices("lemf-a", word)), 10, 0.5)
    tap.equal(hi1("lemf-b", ""), [], "HI1 notifications to an agency whose profile does not ask for them")
    tap.wait_for("handed over", lambda: lab.ctl("notice", "show", n[0]["uuid"])["handed"], 10, 0.2)
    done = lab.ctl("notice", "show", n[0]["uuid"])
    assert done["restored"] and done["handed"], done
    tap.equal(lab.ctl("notice", "ack", n[0]["uuid"])["acked_by"] != "", True, "acknowledged")


@tap.test("reconciliation: an unknown XID, and a row that was set active by hand")
def _():
    tap.equal([r["code"] for r in lab.ctl("reconcile", "list")], [], "nothing differs")
    lab.ne(xid=tap.new_xid(), seed=5, generate="format=ipv4,count=3", check=False)
    tap.wait_for("the XID is reported", lambda: any(r["code"] == "RECONCILE-XID-UNKNOWN" for r in lab.ctl("reconcile", "list", "--all")), 10, 0.2)
    w = tap.add_warrant(lab, "EV-OFF", "lea-b", XID_OFF, start=False)
    tap.in_force(lab)
    time.sleep(1)
    db = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
    db.execute("UPDATE warrant SET state = 'active' WHERE liid = 'EV-OFF'")
    db.commit()
    found = tap.wait_for("the row is reported", lambda: [r for r in lab.ctl("reconcile", "run") if r["code"] == "RECONCILE-TASK-MISSING"], 10, 0.2)
    assert w["uuid"] in found[0]["object"], found
    tap.wait_for("an alarm", lambda: any(c == "RECONCILE-TASK-MISSING" for c, _ in tap.alarms(lab)), 10, 0.2)
    db.execute("UPDATE warrant SET state = 'draft' WHERE liid = 'EV-OFF'")
    db.commit()
    db.close()
    tap.wait_for("it is over", lambda: not lab.ctl("reconcile", "list") and not tap.alarms(lab, "RECONCILE-TASK-MISSING"), 10, 0.2)


tap.main(setup)
