#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports with persons: who may make which, what a liaison gets, nobody reviews his own act; users, reveals, integrity, retention against what was done."""

import json
import os
import subprocess
import sys

import tap
from people import People

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", "."), "tests", "unit"))
import report_check  # noqa: E402

lab = None
people = None
VALUE = "262019876501234"
PERIOD = {"from": "2020-01-01T00:00:00Z"}
WHO = {"R1": "AP.U..", "R2": "APLU..", "R3": "...US.", "R5": "AP.U.O", "R6": "APLU..", "R7": "APLU.O", "R8": "A..US.", "R9": "...US.", "R10": "...US.",
       "R11": "...US.", "R12": "A..US."}
PERSON = {"A": "alice", "P": "bob", "L": "lia", "U": "ada", "S": "sam", "O": "olga"}


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    people = People(lab)
    lab.configure(**people.conf)
    people.start()
    for a in "ab":
        people.two("alice", "bob", "lea.add", {"lea": f"lea-{a}"})
        people.ctl("alice", "warrant", "add", "--liid", f"RP-{a}", "--lea", f"lea-{a}", "--delivery", "iri", "--from", tap.FROM, "--until", tap.UNTIL,
                   "--xid", tap.new_xid())
    people.two("sam", "bob", "person.add", {"handle": "lia", "roles": "liaison", "lea": "lea-a"})
    return lab


def make(who, kind, **args):
    """The master of a new report."""
    made = people.must(people.call(who, "report.make", {"kind": kind, **PERIOD, **args}))
    part = people.must(people.call(who, "report.get", {"report": made["report"]}))
    tap.equal(len(part["text"].encode()), part["octets"], "in one part")
    return report_check.master(part["text"].encode())


def section(master, key):
    return next(s["rows"] for s in master["sections"] if s["key"] == key)


@tap.test("each kind is made by the roles that may, and by nobody else; a refusal is an audit row")
def _():
    args = {"R1": {"warrant": "RP-a@lea-a"}}
    denied = 0
    for kind, who in WHO.items():
        for letter, handle in PERSON.items():
            a = people.call(handle, "report.make", {"kind": kind, **PERIOD, **args.get(kind, {})})
            tap.equal((a["ok"], a.get("error", {}).get("code")), (True, None) if letter in who else (False, "DENIED"), f"{kind} by {handle}: {a}")
            denied += not a["ok"]
    rows = people.ctl("ada", "audit", "list", "--op", "report.make", "--outcome", "refused")
    tap.equal(len(rows), denied, "audit rows of refusals")


@tap.test("a liaison gets R2, R6 and R7 of the own agency, and no number that counts for all")
def _():
    tap.equal({k["kind"] for k in people.ctl("lia", "report", "kinds")}, {"R2", "R6", "R7"}, "kinds")
    other = people.must(people.call("alice", "report.make", {"kind": "R2", "lea": "lea-b"}))["report"]
    whole = people.must(people.call("alice", "report.make", {"kind": "R2"}))["report"]
    for kind in ("R2", "R6", "R7"):
        master = make("lia", kind)
        text = json.dumps(master)
        tap.equal(master["lea"], "lea-a", "agency")
        assert "lea-b" not in text and "RP-b" not in text, f"{kind}: {text}"
        assert not {"alarms", "elements"} & {s["key"] for s in master["sections"]}, f"{kind}: sections about all"
    tap.equal([r["liid"] for r in section(make("lia", "R2"), "warrants")], ["RP-a"], "register")
    for args in ({"lea": "lea-b"}, {"warrant": "RP-b@lea-b"}):
        tap.equal(people.call("lia", "report.make", {"kind": "R2", **args})["error"]["code"], "NOT-FOUND", str(args))
    listed = people.must(people.call("lia", "report.list"))
    assert listed and {r["lea"] for r in listed} == {"lea-a"} and {r["kind"] for r in listed} == {"R2", "R6", "R7"}, listed
    for r in listed + [people.must(people.call("lia", "report.show", {"report": listed[0]["report"]}))]:
        assert not {"row", "audit", "schedule", "id"} & set(r), r
    for report in (other, whole):
        for op in ("report.show", "report.get"):
            tap.equal(people.call("lia", op, {"report": report})["error"]["code"], "NOT-FOUND", op)
    tap.equal(people.call("lia", "report.proof", {"report": listed[0]["report"]})["error"]["code"], "DENIED", "a proof shows how long the log is")


@tap.test("R9: who has which rights and factors, since when and by whom; R10: who saw what, and why")
def _():
    rows = {r["handle"]: r for r in section(make("ada", "R9"), "persons")}
    tap.equal(set(rows), {p["handle"] for p in people.ctl("sam", "person", "list")}, "persons")
    assert {"alice", "bob", "sam", "ada", "olga", "lia"} <= set(rows), rows
    tap.equal((rows["lia"]["roles"], rows["lia"]["lea"], rows["bob"]["roles"]), ("liaison", "lea-a", "approver"), "roles")
    assert all(r["conflict"] is False and r["dormant"] is False and "key" in r["factors"] for r in rows.values()), rows
    assert rows["alice"]["login"] and all(r["granted"] and r["granted_by"] for r in rows.values()), rows
    people.ctl("alice", "target", "add", "RP-a", "--type", "imsi", "--value-file", people.secret_file("value", VALUE + "\n"), "--check")
    people.ctl("alice", "target", "reveal", "RP-a", "--reason", "ticket 4711")
    people.refused("olga", "target", "reveal", "RP-a", "--reason", "curious")
    master = make("ada", "R10")
    got = [(r["actor"], r["op"], r["outcome"], r["reason"]) for r in section(master, "reveals") if r["op"] == "target.reveal"]
    tap.equal(got[0], ("alice", "target.reveal", "ok", "ticket 4711"), "reveal")
    tap.equal([(g[0], g[2]) for g in got[1:]], [("olga", "refused")], "and the refused one")
    assert VALUE not in json.dumps(master), "the item itself is not in it"


@tap.test("R11: the newest head continues the one before; R12: holds, what is due, certificates")
def _():
    for _ in range(2):
        people.ctl("ada", "audit", "head")
        people.ctl("ada", "warrant", "list")
    head = people.ctl("ada", "audit", "head")
    row = section(make("ada", "R11"), "consistency")[0]
    tap.equal((row["size"] >= head["size"], row["signature"], row["consistent"]), (True, "holds", "yes"), f"{row}")
    assert 0 < row["previous"] < row["size"] and row["previous_root"] != row["root"], row
    people.ctl("alice", "warrant", "stop", "RP-a", "--reason", "withdrawn")
    people.ctl("alice", "warrant", "close", "RP-a", "--reason", "nothing waits")
    hold = people.ctl("ada", "hold", "add", "RP-a", "--authority", "court", "--reason", "appeal")["hold"]
    r12 = make("ada", "R12")
    tap.equal([(r["authority"], r["reason"], r["released"]) for r in section(r12, "holds")], [("court", "appeal", None)], "hold")
    kept = section(r12, "warrants")
    tap.equal([(r["liid"], r["holds"], r["shredded"]) for r in kept], [("RP-a", 1, None)], "kept")
    assert kept[0]["due"] > kept[0]["ended"] and kept[0]["days"] > 0, kept
    tap.equal(section(r12, "certificates"), [], "certificates")
    people.two("alice", "bob", "hold.release", {"warrant": "RP-a", "hold": hold, "reason": "over"})
    people.two("alice", "bob", "warrant.shred", {"warrant": "RP-a", "reason": "court order", "order": "9 Gs 3"})
    want = people.ctl("ada", "retention", "certificate", "RP-a")["certificate"]
    r12 = make("ada", "R12")
    got = section(r12, "certificates")[0]
    tap.equal((got["key"], got["order"], got["reason"], len(got["certificate"])), (want["key"], "9 Gs 3", "court order", 64), "certificate")
    assert section(r12, "holds")[0]["released"] and section(r12, "warrants")[0]["shredded"], r12


@tap.test("nobody reviews an act of his own")
def _():
    people.ctl("sam", "warrant", "canary", "RP-b", "--decoy", "yes")
    people.ctl("sam", "warrant", "canary", "RP-b", "--decoy", "no")
    last = people.ctl("ada", "audit", "list", "--op", "warrant.canary")[-1]["time"]

    def later():  # reading the list is an act too
        people.ctl("ada", "warrant", "list")
        time = people.ctl("ada", "audit", "list")[-1]["time"]
        return time if time > last else None

    until = tap.wait_for("the second is over", later, 10, 0.2)
    review = people.must(people.call("ada", "review.open", {**PERIOD, "until": until, "percent": 100}))["review"]
    items = people.must(people.call("ada", "review.show", {"review": review}))["items"]
    mine = [i for i in items if i["actor"] == "sam"]
    assert mine and len(mine) < len(items), items
    tap.equal(people.call("sam", "review.record", {"review": review, "seq": mine[0]["seq"], "result": "match"})["error"]["code"], "REFUSED", "own act")
    assert people.call("ada", "review.record", {"review": review, "seq": mine[0]["seq"], "result": "match"})["ok"], "by another"
    other = next(i for i in items if i["actor"] != "sam")
    assert people.call("sam", "review.record", {"review": review, "seq": other["seq"], "result": "match"})["ok"], "of another"


tap.main(setup)
