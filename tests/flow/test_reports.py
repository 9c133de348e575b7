#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports from the running daemon: what they say agrees with the ledgers of mdf-ne and mdf-lemf; the master is canonical and its hash is in the audit
log; CSV and PDF hold every row and that hash; a change of one character is found; the schedule makes up for what was missed; reviews."""

import csv
import datetime
import hashlib
import io
import json
import os
import re
import subprocess
import sys

import tap

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", "."), "tests", "unit"))
import report_check  # noqa: E402

lab = None
XID, GHOST = tap.new_xid(), tap.new_xid()
offered = {}
PERIOD = ("--from", "2020-01-01T00:00:00Z")
LATER = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")


def setup():
    global lab
    lab = tap.start_lab(vault=True)
    tap.provision(lab)
    for name, value in (("evidence_every_s", 1), ("notice_after_s", 1)):
        lab.ctl("setting", "set", "--name", name, "--value", value)
    tap.add_warrant(lab, "REP-1", "lea-a", XID, reference="=cmd|' /C calc'!A0")
    tap.add_warrant(lab, "REP-2", "lea-b", tap.new_xid(), reference="Az. 17 Gs 4711/26 Überprüfung")
    tap.in_force(lab)
    for name, xid, n in (("known", XID, 40), ("ghost", GHOST, 7)):
        path = os.path.join(lab.dir, f"{name}.ledger")
        lab.ne("ne1", xid=xid, ledger=path, generate=f"format=rtp,count={n},rate=2000")
        offered[name] = tap.ledger(path)
    tap.drained(lab)
    tap.wait_for("the reject is in the journal", lambda: sum(j["n"] for j in lab.ctl("journal", "list", "--code", "XID-UNKNOWN")) == len(offered["ghost"]), 10, 0.1)
    return lab


def path(name):
    return os.path.join(lab.dir, name)


def make(kind, *args, fmt=None):
    """The master of a new report, checked for its form and its hash; FMT: the file in that form instead."""
    out = path(f"{kind}.{fmt or 'json'}")
    code, text = lab.ctl("report", "make", kind, *args, "--format", fmt or "json", "--output", out, check=False)
    assert code == 0, f"report make {kind}: {code} {text}"
    with open(out, "rb") as f:
        data = f.read()
    return data if fmt else report_check.master(data)


def section(master, key):
    return next(s["rows"] for s in master["sections"] if s["key"] == key)


def known(master):
    return lab.ctl("report", "show", master["id"])


@tap.test("the kinds are listed, with law and roles")
def _():
    kinds = {k["kind"]: k for k in lab.ctl("report", "kinds")}
    assert set(kinds) >= {f"R{i}" for i in range(1, 13)}, sorted(kinds)
    assert all(k["law"] and k["title"] and k["roles"] for k in kinds.values())
    assert "operator" not in kinds["R3"]["roles"] and "admin" not in kinds["R3"]["roles"], "who implements orders does not read the log"


@tap.test("R6 agrees with the ledgers of the element and of the receiver")
def _():
    master = make("R6", *PERIOD)
    books = {r["liid"]: r for r in section(master, "books")}
    got = len(tap.bodies(lab, "lemf-a", "--liid", "REP-1"))
    tap.equal(books["REP-1"]["received"], len(offered["known"]), "received")
    tap.equal(books["REP-1"]["delivered"], got, "delivered")
    assert books["REP-1"]["ok"] is True
    tap.equal(books["REP-2"]["received"], 0, "nothing for the other")
    one = make("R6", "--lea", "lea-b", *PERIOD)
    tap.equal([r["liid"] for r in section(one, "books")], ["REP-2"], "of one agency")
    assert "lea-a" not in json.dumps(one) and "REP-1" not in json.dumps(one), "an agency's report names no other"


@tap.test("R6: accounts per day balance, with every term, and add up to what came")
def _():
    def days():
        rows = section(make("R6", *PERIOD), "days")
        return rows if sum(r["delivered"] for r in rows) == len(offered["known"]) else None

    rows = tap.wait_for("the account has everything", days, 15, 0.3)
    tap.equal({r["liid"] for r in rows}, {"REP-1"}, "only what came for somebody")
    tap.equal(sum(r["received"] for r in rows), len(offered["known"]), "received")
    out = ("delivered", "waiting", "summed", "duplicate", "copies", "out_of_scope", "rejected", "shed", "lost")
    for r in rows:
        assert r["balanced"] is True and r["received"] + r["extra"] + r["waiting_before"] == sum(r[k] for k in out), r


@tap.test("R7: a link that is down is in the report of its agency, and nothing of it in that of another")
def _():
    lab.stop_lemf("lemf-b")
    tap.wait_for("a notice", lambda: [n for n in lab.ctl("notice", "list") if n["lea"] == "lea-b"], 15, 0.2)
    rows = section(make("R7", "--lea", "lea-b", *PERIOD), "notices")
    tap.equal([(r["cause"], r["liids"], r["restored"]) for r in rows], [("link", "REP-2", None)], "its agency")
    other = make("R7", "--lea", "lea-a", *PERIOD)
    assert "lea-b" not in json.dumps(other) and "REP-2" not in json.dumps(other), other
    tap.equal({s["key"] for s in other["sections"]}, {"notices", "shed"}, "sections of one agency")
    assert any(a["code"] and "lemf-b" in a["object"] for a in section(make("R7", *PERIOD), "alarms")), "the alarm, for us"
    lab.lemf("lemf-b")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.wait_for("restored", lambda: section(make("R7", "--lea", "lea-b", *PERIOD), "notices")[0]["restored"], 15, 0.3)


@tap.test("R8 counts what no warrant covered, with the digest of one PDU")
def _():
    rows = [r for r in section(make("R8", *PERIOD), "events") if r["code"] == "XID-UNKNOWN"]
    tap.equal(sum(r["n"] for r in rows), len(offered["ghost"]), "PDUs of an unknown XID")
    tap.equal({r["xid"] for r in rows}, {GHOST}, "XID")
    assert all(re.fullmatch("[0-9a-f]{64}", r["digest"]) for r in rows), rows


@tap.test("R1, R2, R3: a warrant, the register, the acts")
def _():
    uuid = tap.warrant(lab, "REP-1")["uuid"]
    r1 = make("R1", "--warrant", uuid)
    tap.equal(section(r1, "interception")[0]["xids"], XID, "identifiers in the network")
    assert section(r1, "interception")[0]["enabled"], "date and time enabled"
    tap.equal(section(r1, "completeness")[0]["received"], len(offered["known"]), "completeness")
    tap.equal([r["liid"] for r in section(make("R2", *PERIOD), "warrants")], ["REP-1", "REP-2"], "register")
    tap.equal(section(make("R2", *PERIOD, "--until", "2021-01-01T00:00:00Z"), "warrants"), [], "register of an earlier date")
    acts = section(make("R3", "--warrant", uuid, *PERIOD), "acts")
    listed = lab.ctl("audit", "list", "--object", f"warrant {uuid}")
    tap.equal([a["seq"] for a in acts], [a["seq"] for a in listed], "acts")
    tap.equal({a["liid"] for a in acts}, {"REP-1"}, "LIID of each")
    tap.equal(lab.ctl("report", "make", "R1", check=False)[0], 2, "R1 without a warrant")
    tap.equal(lab.ctl("report", "make", "R99", check=False)[0], 2, "no such report")
    tap.equal(lab.ctl("report", "make", "R8", "--lea", "lea-a", check=False)[0], 2, "R8 is not of one agency")


@tap.test("every other kind is made; what has no source is said")
def _():
    for kind in ("R5", "R7", "R9", "R10", "R11", "R12"):
        master = make(kind, *PERIOD)
        if kind == "R5":
            rows = section(master, "elements")
            assert master["regime"], "the regime is named"
            tap.equal([(r["ne"], r["expected"]) for r in rows], [("ne1", 2)], "tasks expected")
            tap.equal(rows[0]["orphan"], len(offered["ghost"]), "PDUs of unknown tasks")
            assert any("X1" in n for n in master["no_data"]), master["no_data"]
        if kind == "R11":
            behind = known(master)["audit"] - section(master, "log")[0]["size"]
            assert 0 < behind < 5, f"the log ends {behind} rows before the row of making the report"


@tap.test("making is in the audit log with the hash; a changed file is found")
def _():
    master = make("R2", *PERIOD)
    show = known(master)
    with open(path("R2.json"), "rb") as f:
        data = f.read()
    tap.equal(hashlib.sha256(data).hexdigest(), show["sha256"], "hash of the file")
    row = [a for a in lab.ctl("audit", "list", "--object", f"report {master['id']}") if a["op"] == "report.make"]
    tap.equal([(a["seq"], a["outcome"]) for a in row], [(show["audit"], "ok")], "audit row")
    tap.equal(lab.ctl("report", "verify", path("R2.json"), "--quiet", check=False)[0], 0, "unchanged")
    with open(path("changed.json"), "wb") as f:
        f.write(data.replace(b"REP-2", b"REP-3"))
    tap.equal(lab.ctl("report", "verify", path("changed.json"), "--quiet", check=False)[0], 8, "changed")
    tap.equal(lab.ctl("report", "verify", path("R2.json"), "--quiet", "--sha256", "0" * 64, check=False)[0], 8, "another hash")


def verify(*args):
    return subprocess.run([os.path.join(tap.BUILD, "tools", "mdf-verify"), *args], capture_output=True, text=True)


@tap.test("the log signs each report, and the row that made it is proven, both without the daemon")
def _():
    vkey = os.path.join(lab.dir, "state", "log.vkey")
    master = make("R8", *PERIOD)
    with open(vkey) as f:
        report_check.signed(master, f.read())
    good = path("R8.json")
    tap.equal(subprocess.run([lab.exe("mdfctl"), "--socket", path("nowhere"), "report", "verify", good, "--key", vkey, "--quiet"]).returncode, 0, "signature")
    lab.ctl("report", "proof", master["id"], "--file", path("R8.proof"))
    p = verify("--key", vkey, "--report", good, path("R8.proof"))
    tap.equal((p.returncode, "signature of the report" in p.stdout), (0, True), f"proof: {p.stdout}{p.stderr}")
    bare = {k: v for k, v in master.items() if k != "signature"}
    for name, value, say in (("title", {**master, "title": "Other"}, "no row"), ("bare", bare, "no row"),
                             ("other", make("R2", *PERIOD), "no row")):
        with open(path(name), "w") as f:
            f.write(report_check.canonical(value))
        tap.equal(lab.ctl("report", "verify", path(name), "--key", vkey, "--quiet", check=False)[0], 0 if name == "other" else 8, f"verify {name}")
        p = verify("--key", vkey, "--report", path(name), path("R8.proof"))
        tap.equal((p.returncode, say in p.stdout), (1, True), f"{name}: {p.stdout}{p.stderr}")
    with open(good, "rb") as f:  # another signature: the hash in the row no longer fits either
        data = f.read()
    at = data.index(b'"sig":"') + 7
    with open(path("sig"), "wb") as f:
        f.write(data[:at] + (b"A" if data[at:at + 1] != b"A" else b"B") + data[at + 1:])
    tap.equal(lab.ctl("report", "verify", path("sig"), "--key", vkey, "--quiet", check=False)[0], 8, "signature changed")
    with open(path("R8.proof")) as f:
        text = f.read()
    with open(path("changed.proof"), "w") as f:
        f.write(text.replace('"op":"report.make"', '"op":"report.mak2"'))
    tap.equal(verify("--key", vkey, "--report", good, path("changed.proof")).returncode, 1, "a changed row")


@tap.test("CSV: every row, no formula")
def _():
    text = make("R2", *PERIOD, fmt="csv").decode()
    assert text.count("\n") == text.count("\r\n"), "line ends"
    rows = list(csv.reader(io.StringIO(text, newline="")))
    cells = [c for r in rows for c in r]
    assert "'=cmd|' /C calc'!A0" in cells and not any(c.startswith(("=", "+", "-", "@")) for c in cells), cells
    assert {"REP-1", "REP-2", "Az. 17 Gs 4711/26 Überprüfung"} <= set(cells)
    assert [r for r in rows if r and r[0] == "sha256"], "hash"


@tap.test("PDF: sound, every row, the hash on every page")
def _():
    for kind, args in (("R2", PERIOD), ("R1", ("--warrant", tap.warrant(lab, "REP-1")["uuid"])), ("R3", PERIOD)):
        make(kind, *args, fmt="pdf")
        master = report_check.master(subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "report", "get", lab.ctl("report", "list")[-1]["report"]],
                                                    capture_output=True, check=True).stdout)
        report_check.pdf(path(f"{kind}.pdf"), master)
        with open(path(f"{kind}.pdf"), "rb") as f:
            first = f.read()
        with open(path("again.json"), "w") as f:
            f.write(report_check.canonical(master))
        lab.ctl("report", "render", path("again.json"), "--format", "pdf", "--output", path("again.pdf"))
        with open(path("again.pdf"), "rb") as f:
            tap.equal(f.read() == first, True, "the same master gives the same PDF")


@tap.test("schedule: what is due is made once, of the time since the last one")
def _():
    line = lab.ctl("schedule", "add", "R8", "daily", "--at", "00:00", "--zone", "+05:30")
    tap.equal(lab.ctl("schedule", "add", "R1", "daily", "--at", "00:00", check=False)[0], 2, "R1 is about one warrant")
    tap.equal(lab.ctl("schedule", "add", "R8", "daily", "--at", "24:00", check=False)[0], 2, "no time")
    tap.equal(lab.ctl("schedule", "add", "R8", "daily", "--at", "06:00", "--zone", "CET", check=False)[0], 2, "no zone")
    made = lab.ctl("schedule", "run", str(line["schedule"]))
    tap.equal((made["to"][11:19], made["kind"]), ("18:30:00", "R8"), "the end of the period, 00:00 at +05:30")
    tap.equal(lab.ctl("schedule", "run", str(line["schedule"]), check=False)[0], 5, "its period was reported")
    lab.ctl("schedule", "remove", str(line["schedule"]))
    tap.equal(lab.ctl("schedule", "list"), [], "removed")
    assert any(r["report"] == made["report"] for r in lab.ctl("report", "list")), "what was made stays"


@tap.test("review: the sample follows from the seed, everything suspicious is in it, and it closes when it is complete")
def _():
    until = lab.ctl("audit", "list")[-1]["time"]
    review = lab.ctl("review", "open", "--from", "2020-01-01T00:00:00Z", "--until", until)
    shown = lab.ctl("review", "show", review["review"])
    acts = [a for a in lab.ctl("audit", "list") if a["op"].startswith("warrant.") and a["object"].startswith("warrant ")]
    acts = [a for a in acts if a["time"] < until]
    report_check.draw(shown, [a["seq"] for a in acts], {a["seq"] for a in acts if a["outcome"] != "ok"})
    again = lab.ctl("review", "open", "--from", "2020-01-01T00:00:00Z", "--until", until)
    tap.equal([i["seq"] for i in lab.ctl("review", "show", again["review"])["items"]], [i["seq"] for i in shown["items"]], "the same seed, the same sample")
    tap.equal(lab.ctl("review", "close", review["review"], "--result", "done", check=False)[0], 5, "not complete")
    tap.equal(lab.ctl("review", "record", review["review"], str(shown["items"][0]["seq"]), "objection", check=False)[0], 2, "an objection without a note")
    for i, item in enumerate(shown["items"]):
        lab.ctl("review", "record", review["review"], str(item["seq"]), *(("match",) if i else ("objection", "--note", "the order names another end")))
    closed = lab.ctl("review", "close", review["review"], "--result", "one objection, reported")
    tap.equal((closed["state"], closed["objections"]), ("closed", 1), "closed")
    tap.equal(lab.ctl("review", "record", review["review"], str(shown["items"][0]["seq"]), "match", check=False)[0], 5, "closed for good")
    full = make("R4", "--review", review["review"])
    tap.equal([r["seq"] for r in section(full, "items")], [i["seq"] for i in shown["items"]], "R4")
    bare = make("R4a", "--review", review["review"])
    assert "warrant." not in json.dumps(bare["sections"]) and not any(s["key"] == "items" for s in bare["sections"]), "no identities"
    tap.equal(section(bare, "review")[0]["objections"], 1, "objections")


VECTORS = os.path.join(os.environ.get("top_srcdir", "."), "tests", "vectors", "ts103120")


def message(name):
    """A message of the vectors with the port of lemf-a."""
    with open(os.path.join(VECTORS, name)) as f:
        text = f.read().replace("@PORT@", str(lab.lemfs["lemf-a"]["port"]))
    with open(path(name), "w") as f:
        f.write(text)
    return path(name)


@tap.test("an electronic warrant is planned, then entered as a draft; XML and JSON alike; never active")
def _():
    before = len(lab.ctl("warrant", "list"))
    plan = lab.ctl("warrant", "import", message("good-one.xml"), "--plan")
    tap.equal([(w["liid"], w["state"], w["hi2"], w["hi3"], w["reference"]) for w in plan], [("E-LIID-1", "draft", "lemf-a", "lemf-a", "W-2026-0815")], "plan")
    shown = [{"type": "e164Number", "masked": "***78", "own_check": False}]
    tap.equal(plan[0]["targets"], shown, "target of the plan")
    two = lab.ctl("warrant", "import", message("good-two.xml"), "--plan", "--check")
    tap.equal([[(t["type"], t["own_check"]) for t in w["targets"]] for w in two], [[("e164Number", True)], [("sipUri", True)]], "with an own check")
    tap.equal(len(lab.ctl("warrant", "list")), before, "a plan enters nothing")
    lab.ctl("warrant", "import", message("good-one.json"))
    w = [w for w in lab.ctl("warrant", "list") if w["liid"] == "E-LIID-1"]
    tap.equal([(x["state"], x["delivery"], x["from_written"], x["signer_name"]) for x in w], [("draft", "both", "2026-11-01T00:00:00+01:00", "M. Rechter")], "draft")
    tap.equal(w[0]["uuid"], plan[0]["uuid"], "its id is that of the task")
    rows = lab.ctl("target", "list", w[0]["uuid"])
    tap.equal([{k: t[k] for k in shown[0]} for t in rows], shown, "its target, sealed")
    tap.equal([(a["op"], a["outcome"]) for a in lab.ctl("audit", "list", "--object", f"warrant {w[0]['uuid']}")][:2],
              [("warrant.import", "ok"), ("target.add", "ok")], "audit rows")
    assert "31612345678" not in json.dumps([w, plan, rows]), "the identity is not shown"
    tap.equal([(r["type"], r["value"]) for r in lab.ctl("target", "reveal", w[0]["uuid"], "--reason", "test")], [("e164Number", "31612345678")], "revealed")
    tap.equal(lab.ctl("warrant", "show", w[0]["uuid"])["target"], [], "no own check")
    tap.equal(lab.ctl("warrant", "import", message("good-one.xml"), check=False)[0], 5, "a second time")


@tap.test("what is not known, hostile or meant for a destination that is not registered is refused and enters nothing")
def _():
    before = lab.ctl("warrant", "list")
    bad = sorted(n for n in os.listdir(VECTORS) if n.startswith("bad-"))
    assert len(bad) > 30, bad
    for name in bad:
        p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "warrant", "import", message(name)], capture_output=True, text=True)
        assert p.returncode in (1, 2) and name in p.stderr, f"{name}: {p.returncode} {p.stdout}{p.stderr}"
        assert "root:" not in p.stderr and "31612345678" not in p.stderr, p.stderr
    tap.equal(lab.ctl("warrant", "import", message("good-split.xml"), check=False)[0], 1, "no such destination")
    tap.equal(lab.ctl("warrant", "import", message("good-two.xml"), "--lea", "lea-b", check=False)[0], 1, "a destination of another agency")
    tap.equal(lab.ctl("warrant", "list"), before, "nothing entered")


def teardown():
    keep = os.environ.get("OPENMDF_REPORTS")
    if keep:  # to look at
        for n in os.listdir(lab.dir):
            if n.endswith((".pdf", ".csv")):
                subprocess.run(["cp", path(n), keep], check=True)


tap.main(setup, teardown)
