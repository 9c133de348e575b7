#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of a warrant with two persons behind it: draft to closed, what they sign, what makes a signature void, extension under traffic, windows that end
by themselves, a provisional order, a human step, one person who stops."""

import calendar
import glob
import json
import os
import sqlite3
import subprocess
import time

import tap
from people import People

lab = None
people = None
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
HOUR, DAY = 3600, 86400
ahead = 0  # seconds that the clock of the daemon is before ours
X = {}
RECORD = {"reference": "AZ 12/34", "authority": "District court", "responsible": "Duty officer"}


def setup():
    global lab, people
    if not FAKETIME:
        raise tap.Skip("faketime is not installed")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    people = People(lab)
    lab.configure(session__late_grace_s=0, **people.conf)
    os.makedirs(os.path.join(lab.dir, "state", "state"), mode=0o700)  # what admin and ingest may read
    clock(0)
    people.start(env=preload())
    lab.status = lambda: people.ctl("alice", "status")
    two("ne.add", {"ne": "ne1", "san": "DNS:ne1.lab.example"[4:]})
    two("lea.add", {"lea": "lea-a", "country": "NL"})
    lab.lemf("lemf-a")
    two("destination.add", {"destination": "dest-a", "lea": "lea-a", "addresses": f"127.0.0.1:{lab.lemfs['lemf-a']['port']}",
                            "server_name": "lemf-a.lab.example", "options": {"barrier_ms": 50}})
    tap.wait_for("the link is up", lambda: tap.destination(lab, "dest-a")["state"] == "up", 15, 0.1)
    return lab


def preload():
    return {"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": os.path.join(lab.dir, "state", "state", "clock"), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}


def clock(seconds):
    """The daemon's clock, and that of the elements, SECONDS further ahead."""
    global ahead
    ahead += seconds
    path = os.path.join(lab.dir, "state", "state", "clock")
    with open(path + ".new", "w") as f:
        f.write(f"+{ahead}s")
    os.rename(path + ".new", path)
    if seconds > 50 and people is not None:
        confirm_clock()


def confirm_clock():
    """The data plane does not believe a jump of more than a minute until a person confirms it."""
    def doubt():
        return "CLOCK-JUMP" in {a["code"] for a in people.must(people.call("bob", "status"))["alarms"]}
    try:
        tap.wait_for("the jump is seen", doubt, 3)
    except tap.LabError:
        return  # not a jump for the data plane: the clock had been put back before
    people.must(people.call("alice", "clock.confirm", {"reason": "the test moves the clock"}))
    tap.wait_for("it is believed", lambda: not doubt(), 15)


def now():
    return int(time.time()) + ahead


def stamp(t):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))


def two(op, args, first="alice", second="bob"):
    return people.two(first, second, op, args)


def code_of(answer):
    assert not answer["ok"], f"it was not refused: {answer}"
    return answer["error"]["code"]


def draft(liid, begin=-HOUR, end=HOUR, xid=None, **more):
    """A draft whose window begins and ends so many seconds from now."""
    X[liid] = xid or tap.new_xid()
    args = {"liid": liid, "lea": "lea-a", "delivery": "both", "from": stamp(now() + begin), "until": stamp(now() + end), "xid": X[liid], "hi2": "dest-a",
            "hi3": "dest-a", **RECORD, **more}
    return people.must(people.call("alice", "warrant.add", {k: v for k, v in args.items() if v is not None}))


def submit(liid, who="alice"):
    """Plan, sign, hand in; the approval."""
    plan = people.must(people.call(who, "warrant.submit", {"warrant": liid, "plan": True}))
    sent = people.must(people.call(who, "warrant.submit", {"warrant": liid, "signature": people.sign(who, plan["doc"])}))
    tap.equal(sent["state"], "waiting", "state of the approval")
    return sent["approval"]


def approve(approval, who="bob"):
    shown = people.must(people.call(who, "approval.show", {"approval": approval}))
    return people.call(who, "approval.approve", {"approval": approval, "signature": people.sign(who, shown["doc"])})


def active(liid, **more):
    draft(liid, **more)
    return people.must(approve(submit(liid)))


def show(liid):
    return people.must(people.call("alice", "warrant.show", {"warrant": liid}))


def state(liid):
    return show(liid)["state"]


def becomes(liid, want, timeout=10):
    tap.wait_for(f"{liid} becomes {want}", lambda: state(liid) == want, timeout, 0.1)


def refused(op, args, who="alice"):
    return code_of(people.call(who, op, args))


def alone(op, liid, reason="test", **more):
    return people.must(people.call("alice", op, {"warrant": liid, "reason": reason, **more}))


def send(liid, count=20, seed=None, **more):
    """COUNT RTP PDUs by an element with the clock of the daemon."""
    tap.in_force(lab)
    args = lab.ne_args("ne1", json=True, xid=X[liid], seed=seed or time.monotonic_ns() & 0x7FFFFFFF, generate=f"format=rtp,count={count}", **more)
    p = lab.spawn(args, "mdf-ne-send.log", env={**os.environ, **preload()})
    tap.equal(p.wait(60), 0, "exit code of mdf-ne")


def books(liid):
    return tap.warrant(lab, liid)


def delivered(liid, n):
    try:
        tap.wait_for(f"{liid}: {n} delivered", lambda: books(liid)["delivered"] == n, 15, 0.1)
    except tap.LabError as e:
        raise tap.LabError(f"{e}; {books(liid)}") from None


def db(sql, *args):
    d = sqlite3.connect(f"file:{lab.dir}/state/openmdf.db?mode=ro", uri=True, timeout=10)
    try:
        return d.execute(sql, args).fetchall()
    finally:
        d.close()


def steps(liid):
    return [(h["state_from"], h["state_to"]) for h in people.must(people.call("alice", "warrant.history", {"warrant": liid}))]


@tap.test("a draft is nothing yet: no task, no delivery; it cannot be started by one person")
def _():
    draft("LIFE-1")
    tap.equal(refused("warrant.start", {"warrant": "LIFE-1"}), "DENIED", "start")
    tap.equal(refused("warrant.add", {"liid": "NOW", "lea": "lea-a", "delivery": "iri", "from": stamp(now()), "until": stamp(now() + HOUR), "xid": tap.new_xid(),
                                      "hi2": "dest-a", "start": True}), "REFUSED", "add --start")
    send("LIFE-1")
    tap.equal((books("LIFE-1")["received"], state("LIFE-1")), (0, "draft"), "received for a draft")


@tap.test("the plan says what would change; its hash is in what is signed")
def _():
    plan = people.must(people.call("alice", "warrant.plan", {"warrant": "LIFE-1"}))
    change = plan["change"]
    tap.equal(plan["changes"], True, "changes")
    tap.equal((change["tasks"]["xids"], [n["ne"] for n in change["tasks"]["nes"]]), ([X["LIFE-1"]], ["ne1"]), "tasks")
    tap.equal((change["hi2"]["name"], change["missing"], change["conflicts"]), ("dest-a", [], []), "destination, missing, conflicts")
    tap.equal(change["time"]["seconds"], 2 * HOUR, "length of the window")
    tap.equal(plan["now"]["links"][0]["state"], "up", "link")
    signed = people.must(people.call("alice", "warrant.submit", {"warrant": "LIFE-1", "plan": True}))
    doc = json.loads(signed["doc"])
    tap.equal((doc["task"]["cc_outage"], doc["task"]["iri_outage"]), ("buffer:3600", "retain"), "what is signed about outages")
    tap.equal((doc["type"], doc["order"]["plan"], doc["order"]["reference"]), ("openmdf.warrant.v1", plan["sha256"], RECORD["reference"]), "statement")
    tap.equal(state("LIFE-1"), "draft", "state after a plan")
    code, _ = people.ctl("alice", "warrant", "plan", "LIFE-1", "--exit-code", "yes", check=False)
    tap.equal(code, 10, "exit code of a plan that changes something")
    p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, *people.args("alice"), "warrant", "plan", "LIFE-1"], capture_output=True, text=True, check=True)
    for want in (X["LIFE-1"], "ne1.lab.example", "HI2: dest-a", "Link dest-a: up", f"Plan {plan['sha256']}"):
        assert want in p.stdout, f"{want} is not in:\n{p.stdout}"


@tap.test("draft to active: the creator signs, it waits; not the creator, but another person approves it")
def _():
    approval = submit("LIFE-1")
    tap.equal(state("LIFE-1"), "submitted", "state")
    tap.equal(refused("warrant.submit", {"warrant": "LIFE-1", "plan": True}), "CONFLICT", "submit again")
    tap.equal(code_of(approve(approval, "alice")), "DENIED", "self-approval")
    tap.equal(code_of(approve(approval, "anton")), "DENIED", "approval by an LI admin")
    shown = people.must(people.call("bob", "approval.show", {"approval": approval}))
    tap.equal(code_of(people.call("bob", "approval.approve", {"approval": approval, "signature": people.sign("alice", shown["doc"])})), "SIGNATURE", "creator's key")
    tap.equal(code_of(people.call("bob", "approval.approve", {"approval": approval, "signature": people.sign("bob", shown["doc"] + " ")})), "SIGNATURE", "another text")
    tap.equal(code_of(people.call("bob", "approval.approve", {"approval": approval})), "SIGNATURE", "no signature")
    tap.equal(state("LIFE-1"), "submitted", "state after all that")
    row = [a for a in people.must(people.call("bob", "approval.list", {})) if a["approval"] == approval][0]
    tap.equal((row["for_me"], row["creator"], row["op"]), (True, "alice", "warrant.submit"), "waiting for bob")
    tap.equal([a["for_me"] for a in people.must(people.call("alice", "approval.list", {}))], [False], "waiting for alice")
    tap.equal(people.must(approve(approval))["state"], "active", "state when approved")
    tap.equal(code_of(approve(approval)), "CONFLICT", "approve twice")
    code, plan = people.ctl("alice", "warrant", "plan", "LIFE-1", "--exit-code", "yes", check=False)
    tap.equal((code, plan["changes"]), (0, False), "a plan that changes nothing: exit code")
    send("LIFE-1")
    delivered("LIFE-1", 20)
    tap.equal(steps("LIFE-1"), [("", "draft"), ("draft", "submitted"), ("submitted", "approved"), ("approved", "active")], "history")
    (doc, key1, key2), = db("SELECT s.doc, s.key1, s.key2 FROM warrant w JOIN statement s ON s.id = w.statement WHERE w.liid = 'LIFE-1'")
    tap.equal(({key1, key2}, json.loads(doc)["task"]["xids"]), ({people.entry("alice")["id"], people.entry("bob")["id"]}, [X["LIFE-1"]]), "statement")


@tap.test("an edit voids the signature; a wrong or missing signature, another person's key: refused")
def _():
    draft("EDIT")
    plan = people.must(people.call("alice", "warrant.submit", {"warrant": "EDIT", "plan": True}))
    tap.equal(refused("warrant.submit", {"warrant": "EDIT"}), "SIGNATURE", "no signature")
    tap.equal(refused("warrant.submit", {"warrant": "EDIT", "signature": people.sign("anton", plan["doc"])}), "SIGNATURE", "anton's key")
    tap.equal(refused("warrant.submit", {"warrant": "EDIT", "signature": people.sign("alice", plan["doc"] + " ")}), "SIGNATURE", "another text")
    approval = submit("EDIT")
    people.must(people.call("alice", "warrant.set", {"warrant": "EDIT", "authority": "Another court"}))
    tap.equal(state("EDIT"), "draft", "state after the edit")
    tap.equal(code_of(approve(approval)), "CONFLICT", "approve what was edited")
    plan = people.must(people.call("alice", "warrant.submit", {"warrant": "EDIT", "plan": True}))
    people.must(people.call("alice", "warrant.set", {"warrant": "EDIT", "authority": "A third court"}))
    tap.equal(refused("warrant.submit", {"warrant": "EDIT", "signature": people.sign("alice", plan["doc"])}), "SIGNATURE", "sign an old plan")
    again = submit("EDIT")
    people.must(people.call("bob", "approval.reject", {"approval": again, "reason": "no"}))
    tap.equal(state("EDIT"), "draft", "state after the rejection")
    again = submit("EDIT")
    tap.equal(refused("approval.withdraw", {"approval": again}, "anton"), "DENIED", "withdraw another's")
    people.must(people.call("alice", "approval.withdraw", {"approval": again}))
    tap.equal(state("EDIT"), "draft", "state when withdrawn")


@tap.test("the inventory changes after the plan: the approval is refused")
def _():
    approval = submit("EDIT")
    people.must(people.call("alice", "ne.revoke", {"ne": "ne1", "reason": "test"}))
    tap.equal(code_of(approve(approval)), "SIGNATURE", "a network element is gone")
    two("ne.enable", {"ne": "ne1", "reason": "test"})
    two("destination.set", {"destination": "dest-a", "server_name": "lemf-a.lab.example", "level": "b"})
    tap.equal(code_of(approve(approval)), "SIGNATURE", "the destination is another one")
    people.must(people.call("bob", "approval.reject", {"approval": approval}))
    people.must(people.call("alice", "warrant.set", {"warrant": "EDIT", "ne": "ne1"}))
    people.must(people.call("alice", "ne.revoke", {"ne": "ne1", "reason": "test"}))
    tap.equal(refused("warrant.submit", {"warrant": "EDIT", "plan": True}), "REFUSED", "a named element is revoked")
    two("ne.enable", {"ne": "ne1", "reason": "test"})


@tap.test("what starts or widens waits for the second person, what stops or narrows does not")
def _():
    for op, args in (("destination.set", {"destination": "dest-a", "level": "a"}), ("ne.add", {"ne": "ne9", "san": "ne9.lab.example"}),
                     ("warrant.extend", {"warrant": "LIFE-1", "until": stamp(now() + 3 * HOUR), "reason": "x"}),
                     ("warrant.set", {"warrant": "LIFE-1", "delivery": "iri"}), ("setting.set", {"name": "operator_id", "value": "op9"})):
        tap.equal(refused(op, args), "SIGNATURE", op)
    tap.equal(refused("warrant.stop", {"warrant": "LIFE-1"}), "USAGE", "stop without a reason")
    alone("warrant.suspend", "LIFE-1")
    tap.equal(state("LIFE-1"), "suspended", "state")
    tap.in_force(lab)
    send("LIFE-1")
    tap.wait_for("rejected while suspended", lambda: books("LIFE-1")["rejected"] == 20, 10, 0.1)
    tap.equal(refused("warrant.resume", {"warrant": "LIFE-1", "reason": "x"}), "SIGNATURE", "resume by one person")
    tap.equal(two("warrant.resume", {"warrant": "LIFE-1", "reason": "go on"})["state"], "active", "resumed by two")
    tap.in_force(lab)
    send("LIFE-1")
    delivered("LIFE-1", 40)


@tap.test("extension while traffic flows: the former end holds until it is approved, and nothing is lost")
def _():
    active("EXTEND", end=120)
    tap.in_force(lab)
    ne = lab.spawn(lab.ne_args("ne1", json=True, xid=X["EXTEND"], generate="format=rtp,rate=200,duration=6", keepalive=0.2), "mdf-ne-extend.log",
                   env={**os.environ, **preload()})
    tap.wait_for("traffic flows", lambda: books("EXTEND")["delivered"] > 100, 10, 0.1)
    new = stamp(now() + 2 * HOUR)
    plan = people.must(people.call("alice", "warrant.extend", {"warrant": "EXTEND", "until": new, "reason": "order of today", "plan": True}))
    sent = people.must(people.call("alice", "warrant.extend", {"warrant": "EXTEND", "until": new, "reason": "order of today",
                                                               "signature": people.sign("alice", plan["doc"])}))
    w = show("EXTEND")
    tap.equal((w["state"], w["revision"], w["until"] < new), ("active", 1, True), "while it waits")
    w = people.must(approve(sent["approval"]))
    tap.equal((w["state"], w["revision"], w["until"]), ("active", 2, new), "when approved")
    tap.equal(ne.wait(60), 0, "exit code of mdf-ne")
    tap.wait_for("all is delivered", lambda: books("EXTEND")["waiting"] == 0 and books("EXTEND")["received"] == books("EXTEND")["delivered"] > 1000, 15, 0.1)
    clock(300)
    time.sleep(1.5)
    tap.equal(state("EXTEND"), "active", "behind the former end")
    n = books("EXTEND")["delivered"]
    send("EXTEND")
    delivered("EXTEND", n + 20)
    tap.equal(refused("warrant.extend", {"warrant": "EXTEND", "until": stamp(now() + 60), "reason": "x", "plan": True}), "USAGE", "an end before the end")


@tap.test("a change of delivery is a new approval: another destination of the agency; what waits for the former one stays with it")
def _():
    two("lea.add", {"lea": "lea-b", "country": "NL"})
    lab.lemf("lemf-b")
    waiting = []
    for name, lea in (("dest-b", "lea-a"), ("dest-other", "lea-b")):  # both wait for their approval at the same time
        args = {"destination": name, "lea": lea, "addresses": f"127.0.0.1:{lab.lemfs['lemf-b' if lea == 'lea-a' else 'lemf-a']['port']}",
                "server_name": "lemf-b.lab.example", "options": {"barrier_ms": 50}}
        if name == "dest-other":
            args["addresses"] = "127.0.0.1:9"
        plan = people.must(people.call("alice", "destination.add", {**args, "plan": True}))
        waiting.append(people.must(people.call("alice", "destination.add", {**args, "signature": people.sign("alice", plan["doc"])}))["approval"])
    for approval in waiting:
        people.must(approve(approval))
    tap.wait_for("the link is up", lambda: tap.destination(lab, "dest-b")["state"] == "up", 15, 0.1)
    active("MOVE")
    tap.in_force(lab)
    ne = lab.spawn(lab.ne_args("ne1", json=True, xid=X["MOVE"], generate="format=rtp,rate=50,duration=3600", keepalive=0.2), "mdf-ne-move.log",
                   env={**os.environ, **preload()})
    tap.wait_for("traffic flows", lambda: books("MOVE")["delivered"] > 20, 15, 0.1)
    lab.stop_lemf("lemf-a")
    tap.wait_for("it waits", lambda: books("MOVE")["waiting"] > 10, 20, 0.1)
    move = {"warrant": "MOVE", "hi2": "dest-b", "hi3": "dest-b", "reason": "new address of the agency"}
    tap.equal(refused("warrant.set", {**move, "hi3": "dest-other"}), "REFUSED", "a destination of another agency")
    tap.equal(refused("warrant.set", move), "SIGNATURE", "by one person")
    w = two("warrant.set", move)
    tap.equal((w["hi2"], w["hi3"], w["revision"], w["state"]), ("dest-b", "dest-b", 2, "active"), "moved")
    tap.in_force(lab)
    tap.wait_for("the new destination takes it", lambda: len(tap.lemf_pdus(lab, "lemf-b")) > 20, 20, 0.1)
    assert books("MOVE")["waiting"] > 10, "what waits for the former destination stays with it"
    code = refused("destination.remove", {"destination": "dest-a"})
    assert code in ("CONFLICT", "SIGNATURE"), code
    lab.lemf("lemf-a")
    ne.terminate()
    tap.equal(ne.wait(30), 0, "exit code of mdf-ne")
    s = tap.drained(lab)
    tap.accounted(s)
    at = {n: {(r["cin"], r["seq"]) for r in tap.lemf_pdus(lab, n) if r["liid"] == "MOVE"} for n in ("lemf-a", "lemf-b")}
    tap.note({n: len(v) for n, v in at.items()})
    tap.equal((at["lemf-a"] & at["lemf-b"], len(at["lemf-a"] | at["lemf-b"])), (set(), tap.warrant(lab, "MOVE", s)["received"]), "each PDU at one of them")
    for cin in {c for c, _ in at["lemf-a"]}:
        numbers = sorted(n for c, n in at["lemf-a"] | at["lemf-b"] if c == cin)
        tap.equal(numbers, list(range(len(numbers))), "numbers go on at the new destination")


@tap.test("a window that begins later: approved, active by itself a minute before, delivered from its begin on")
def _():
    tap.equal(active("LATER", begin=600, end=HOUR)["state"], "approved", "state")
    send("LATER", count=5)
    clock(545)
    becomes("LATER", "active")
    tap.in_force(lab)
    send("LATER", count=7)
    clock(60)
    send("LATER", count=9)
    delivered("LATER", 9)
    tap.equal(books("LATER")["rejected"], 7, "before the window")


@tap.test("the end of a window: 0 PDUs after the instant although the element sends on, all of them counted")
def _():
    active("END", end=60)
    tap.in_force(lab)
    send("END", count=30)
    delivered("END", 30)
    ne = lab.spawn(lab.ne_args("ne1", json=True, xid=X["END"], generate="format=rtp,rate=100,duration=6", keepalive=0.2), "mdf-ne-end.log",
                   env={**os.environ, **preload()})
    tap.wait_for("traffic flows", lambda: books("END")["delivered"] > 100, 10, 0.1)
    clock(120)
    tap.equal(ne.wait(60), 0, "exit code of mdf-ne")
    becomes("END", "expired")
    s = tap.drained(lab)
    b = tap.warrant(lab, "END", s)
    assert b["rejected"] > 100, f"after the end: {b}"
    tap.equal(b["received"], 630, "received")
    tap.accounted(s)
    end = calendar.timegm(time.strptime(show("END")["until"], "%Y-%m-%dT%H:%M:%SZ"))
    send("END", count=11)
    tap.wait_for("counted", lambda: books("END")["received"] == 641, 10, 0.1)
    tap.equal(books("END")["delivered"], b["delivered"], "delivered after the end")
    late = [r for r in tap.records(lab, "lemf-a") if r["liid"] == "END" and r.get("time", 0) and isinstance(r["time"], (int, float)) and r["time"] > end]
    tap.equal(late, [], "records with a time behind the end")
    tap.equal(refused("warrant.extend", {"warrant": "END", "until": stamp(now() + HOUR), "reason": "x", "plan": True}), "CONFLICT", "extend what is over")


@tap.test("a clock that jumps back opens nothing again")
def _():
    n = books("END")["delivered"]
    clock(-200)
    time.sleep(1.5)
    tap.equal(state("END"), "expired", "state")
    send("END", count=5)
    tap.wait_for("counted", lambda: books("END")["received"] >= 646, 10, 0.1)
    tap.equal(books("END")["delivered"], n, "delivered")
    clock(200)


@tap.test("a provisional order stops by itself when the paper does not come, and goes on when it does")
def _():
    regime = {"name": "paper", "version": "1", "provisional_hours": 48, "required": ["reference"], "legal_types": ["fax"]}
    two("regime.import", {"file": regime})
    more = {"regime": "paper", "legal_type": "fax", "end": DAY}
    active("PAPER", provisional_until=stamp(now() + 300), **more)
    active("FAX", provisional_until=stamp(now() + 300), **more)
    tap.equal(refused("warrant.confirm", {"warrant": "PAPER", "reason": "it came"}), "SIGNATURE", "confirmed by one person")
    w = two("warrant.confirm", {"warrant": "PAPER", "reason": "it came", "reference": "AZ 12/34 original"})
    tap.equal((w["provisional_until"], w["revision"]), (None, 2), "confirmed")
    tap.in_force(lab)
    send("FAX")
    delivered("FAX", 20)
    clock(320)
    becomes("FAX", "expired")
    tap.in_force(lab)
    send("FAX")
    send("PAPER")
    delivered("PAPER", 20)
    tap.equal((books("FAX")["delivered"], books("FAX")["rejected"], state("PAPER")), (20, 20, "active"), "without its paper")
    draft("LONG", provisional_until=stamp(now() + 50 * HOUR), begin=0, regime="paper", legal_type="fax", end=5 * DAY)
    tap.equal(refused("warrant.submit", {"warrant": "LONG", "plan": True}), "REFUSED", "provisional for too long")
    people.must(people.call("alice", "warrant.set", {"warrant": "LONG", "provisional_until": stamp(now() + HOUR), "legal_type": "letter"}))
    tap.equal(refused("warrant.submit", {"warrant": "LONG", "plan": True}), "REFUSED", "a type that its regime does not know")


@tap.test("the regime of the United States: six items are asked for, and a person activates it")
def _():
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "packaging", "regimes", "us.json")) as f:
        regime = {**json.load(f), "clock_max_ms": 0}
    two("regime.import", {"file": regime})
    draft("US", regime="us")
    plan = people.must(people.call("alice", "warrant.plan", {"warrant": "US"}))
    tap.equal(plan["change"]["missing"], ["jurisdiction", "signer_name", "signer_title", "officer", "legal_basis", "legal_type", "received", "review"], "missing")
    tap.equal(refused("warrant.submit", {"warrant": "US", "plan": True}), "REFUSED", "submit")
    people.must(people.call("alice", "warrant.set", {
        "warrant": "US", "jurisdiction": "NY", "signer_name": "J. Judge", "signer_title": "Judge", "officer": "Agent A, 4711", "legal_basis": "18 USC 2518",
        "legal_type": "title-iii", "received": stamp(now()), "review": "complete and signed"}))
    tap.equal(people.must(approve(submit("US")))["state"], "approved", "state when approved")
    time.sleep(2.5)
    tap.equal(state("US"), "approved", "nobody has activated it")
    send("US", count=5)
    w = alone("warrant.activate", "US", "order checked")
    tap.equal(w["state"], "active", "activated")
    tap.in_force(lab)
    send("US")
    delivered("US", 20)
    tap.equal(books("US")["received"], 20, "received before the step")


@tap.test("no activation with a clock that may be wrong by more than the regime allows")
def _():
    two("regime.import", {"file": {"name": "clock", "version": "1", "required": [], "clock_max_ms": 1}})
    good = "error 0 ms" in people.must(people.call("alice", "warrant.plan", {"warrant": "US"}))["now"]["clock"]
    draft("CLOCK", regime="clock")
    answer = people.call("alice", "warrant.submit", {"warrant": "CLOCK", "plan": True})
    assert good == answer["ok"] or code_of(answer) == "REFUSED", f"{good}: {answer}"


@tap.test("stop: one person, one action, in every state, also while something waits")
def _():
    active("STOP")
    draft("STOP-DRAFT")
    draft("STOP-SUB")
    waiting = submit("STOP-SUB")
    active("STOP-LATER", begin=600)
    active("STOP-SUSP")
    alone("warrant.suspend", "STOP-SUSP")
    args = {"warrant": "STOP", "until": stamp(now() + 9 * HOUR), "reason": "more"}
    plan = people.must(people.call("alice", "warrant.extend", {**args, "plan": True}))
    extension = people.must(people.call("alice", "warrant.extend", {**args, "signature": people.sign("alice", plan["doc"])}))["approval"]
    for liid in ("STOP", "STOP-DRAFT", "STOP-SUB", "STOP-LATER", "STOP-SUSP"):
        tap.equal(alone("warrant.stop", liid, "the order was lifted")["state"], "revoked", liid)
    for a in (waiting, extension):
        tap.equal(code_of(approve(a)), "CONFLICT", "what waited is void")
    tap.in_force(lab)
    for liid in ("STOP", "STOP-SUB"):
        send(liid)
    time.sleep(0.5)
    tap.equal((books("STOP")["delivered"], books("STOP-SUB")["received"]), (0, 0), "after the stop")


@tap.test("closed when nothing waits and the books balance; the history tells who and why")
def _():
    tap.drained(lab)
    tap.equal(alone("warrant.close", "END")["state"], "closed", "closed")
    tap.equal(refused("warrant.close", {"warrant": "END", "reason": "x"}), "CONFLICT", "closed twice")
    tap.equal(refused("warrant.close", {"warrant": "LIFE-1", "reason": "x"}), "CONFLICT", "close what is active")
    h = people.must(people.call("alice", "warrant.history", {"warrant": "EXTEND"}))
    tap.equal([(x["op"], x["revision"], x["actor"], x["approver"], x["reason"]) for x in h if x["op"] == "warrant.extend"],
              [("warrant.extend", 2, "alice", "bob", "order of today")], "history of the extension")
    tap.equal([(x["op"], x["actor"]) for x in people.must(people.call("alice", "warrant.history", {"warrant": "END"}))][-2:],
              [("warrant.expire", "system"), ("warrant.close", "alice")], "history of the end")


@tap.test("what is over closes by itself when nothing waits, and not while something waits")
def _():
    for liid in ("DONE", "WAITS"):
        active(liid, end=600)
    send("DONE")
    delivered("DONE", 20)
    tap.wait_for("the books have it all", lambda: books("DONE")["waiting"] == 0 and books("DONE")["ok"], 15, 0.1)
    lab.stop_lemf("lemf-a")
    send("WAITS")
    tap.wait_for("it waits", lambda: books("WAITS")["waiting"] > 0, 20, 0.1)
    clock(700)
    for liid in ("DONE", "WAITS"):
        becomes(liid, "expired", 20)
    clock(700)  # later than the time that is left for late PDUs
    becomes("DONE", "closed", 150)  # looked at once a minute
    tap.equal((state("WAITS"), books("WAITS")["waiting"] > 0), ("expired", True), "what waits")
    lab.lemf("lemf-a")
    tap.wait_for("nothing waits", lambda: books("WAITS")["waiting"] == 0, 150, 0.2)  # the link was down for long: it is tried again seldom
    becomes("WAITS", "closed", 150)
    for liid in ("DONE", "WAITS"):
        h = people.must(people.call("alice", "warrant.history", {"warrant": liid}))
        tap.equal([(x["op"], x["state_to"], x["actor"]) for x in h][-2:], [("warrant.expire", "expired", "system"), ("warrant.close", "closed", "system")], f"end of {liid}")
    shown = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, *people.args("alice"), "warrant", "show", "DONE"], capture_output=True, text=True, check=True)
    lines = [x.split() for x in shown.stdout.split("\n\n")[1].splitlines()]
    tap.equal(lines[0], ["TIME", "STEP", "BY"], "head of the timeline")
    tap.equal([x[1:] for x in lines[1:]], [["entered", "alice"], ["submitted", "alice"], ["approved", "alice,", "bob"], ["active", "alice,", "bob"],
                                           ["ended", "(expired)", "system"], ["closed", "system"]], "timeline")
    assert lines[1][0] == show("DONE")["created"] and lines[5][0] < lines[6][0], lines
    assert "timeline" not in people.ctl("alice", "warrant", "show", "DONE"), "only for people"
    uuid = show("DONE")["uuid"]
    tap.equal(db("SELECT DISTINCT object FROM audit WHERE op IN ('warrant.show', 'warrant.history') AND object LIKE ?", f"%{uuid}"), [(f"warrant {uuid}",)], "the log names whose page was read")
    tap.equal(db("SELECT count(*) FROM audit WHERE op IN ('warrant.show', 'warrant.history') AND outcome = 'ok' AND object = ''"), [(0,)], "in each such row")


@tap.test("an approval that nobody gives ends after a week, and its warrant is a draft again")
def _():
    draft("WEEK", end=30 * DAY)
    approval = submit("WEEK")
    draft("PLANNED", end=30 * DAY)
    people.must(people.call("alice", "warrant.submit", {"warrant": "PLANNED", "plan": True}))
    assert db("SELECT args FROM approval WHERE state = 'planned'"), "a plan has its arguments"
    clock(8 * DAY)
    becomes("WEEK", "draft")
    tap.wait_for("what was planned and not signed is forgotten", lambda: not db("SELECT id FROM approval WHERE state = 'planned'"), 20, 0.1)
    tap.equal(people.must(people.call("bob", "approval.show", {"approval": approval}))["state"], "expired", "state of the approval")
    tap.equal(code_of(approve(approval)), "CONFLICT", "approve it now")


@tap.test("every refusal above is in the audit log, with its code")
def _():
    rows = people.must(people.call("ada", "audit.list", {"outcome": "refused"}))
    seen = {(r["op"], r["code"]) for r in rows}
    for want in (("warrant.start", "DENIED"), ("warrant.add", "REFUSED"), ("warrant.submit", "SIGNATURE"), ("warrant.submit", "CONFLICT"), ("approval.approve", "DENIED"),
                 ("approval.approve", "SIGNATURE"), ("approval.approve", "CONFLICT"), ("warrant.resume", "SIGNATURE"), ("approval.withdraw", "DENIED")):
        assert want in seen, f"{want} is not in {sorted(seen)}"


tap.main(setup)
