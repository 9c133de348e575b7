#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tenant as a customer of a trusted third party: its own LI admin drafts, plans and submits, its own approver approves, and only what is theirs; its
warrants are for its own network elements only, whoever approves them; agencies that it has nothing to do with are not there for it."""

import json
import uuid

import tap
from people import People

XID, XID_B = (tap.new_xid() for _ in range(2))
UUID, UUID_B, UUID_NONE = (str(uuid.uuid4()) for _ in range(3))
lab = None
people = None
waits = {}


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(nes=("ne1", "ne2", "ne3"))
    more = {"tina": ("admin", ["create"], "ed25519"), "tom": ("approver", ["approve"], "ed25519"), "ted": ("approver", ["approve"], "p256"),
            "theo": ("auditor", [], "ed25519"), "lia": ("liaison", ["create"], "ed25519"), "tess": ("admin", ["create"], "ed25519")}
    people = People(lab, later=more)
    lab.lemf("lemf-a")
    lab.configure(session__snapshot_s=1, **people.conf)
    people.start()
    lab.who = people.args("olga")
    for t in ("csp-1", "csp-2"):
        two("tenant.add", tenant=t)
    for n, t in (("ne1", "csp-1"), ("ne2", "csp-2")):
        two("ne.add", ne=n, san=f"{n}.lab.example", tenant=t)
    two("lea.add", lea="lea-a", country="NL", shared=True)
    two("lea.add", lea="lea-b", country="BE")
    two("destination.add", destination="lemf-a", lea="lea-a", addresses=f"127.0.0.1:{lab.lemfs['lemf-a']['port']}", server_name="lemf-a.lab.example",
        options={"barrier_ms": 50, "backoff_max_ms": 500})
    for h in more:
        scope = {"lea": "lea-a"} if h == "lia" else {"tenant": "csp-2" if h in ("ted", "tess") else "csp-1"}
        two("person.add", handle=h, roles=more[h][0], **scope)
    return lab


def two(op, first="sam", **args):
    return people.two(first, "bob", op, args)


def must(person, op, **args):
    return people.must(people.call(person, op, args))


def code(person, op, **args):
    a = people.call(person, op, args)
    assert not a["ok"], f"{person} may {op}: {a}"
    return a["error"]["code"]


def order(liid="T-1", ident=UUID, xid=XID, **more):
    return {"liid": liid, "lea": "lea-a", "delivery": "both", "from": tap.FROM, "until": tap.UNTIL, "xid": xid, "hi2": "lemf-a", "hi3": "lemf-a",
            "operator_id": "LAB-CSP", "id": ident, "legal_basis": "section 1", **more}


def submit(person, ident):
    plan = must(person, "warrant.submit", warrant=ident, plan=True)
    sent = must(person, "warrant.submit", warrant=ident, signature=people.sign(person, plan["doc"]))
    waits[ident] = sent["approval"]
    return plan


def approve(person, approval):
    shown = must(person, "approval.show", approval=approval)
    return must(person, "approval.approve", approval=approval, signature=people.sign(person, shown["doc"]))


def received(ident=UUID):
    rows = [w for w in lab.status()["warrants"] if w["uuid"] == ident]
    return rows[0]["received"] if rows else 0


@tap.test("an agency is there for a tenant when it is shared or the tenant has a warrant of it")
def _():
    tap.equal([x["name"] for x in must("tina", "lea.list")], ["lea-a"], "agencies")
    a, b = (people.call("tina", "lea.show", {"lea": x}) for x in ("lea-b", "lea-x"))
    tap.equal(json.dumps(a).replace("lea-b", "lea-x"), json.dumps(b), "an agency of others and none")
    two("lea.set", lea="lea-a", shared=False)
    tap.equal((must("tina", "lea.list"), must("tina", "destination.list")), ([], []), "not shared any more")
    tap.equal(code("tina", "warrant.add", **order()), "NOT-FOUND", "an order of an agency that is not there")
    two("lea.set", lea="lea-a", shared=True)


@tap.test("the tenant's admin drafts, plans and submits; the plan has the tenant's elements only, and the statement names them")
def _():
    w = must("tina", "warrant.add", **order())
    assert "id" not in w and w["nes"] == [], w
    plan = must("tina", "warrant.plan", warrant=UUID)
    tap.equal([n["ne"] for n in plan["change"]["tasks"]["nes"]], ["ne1"], "elements of the plan")
    a = people.call("tina", "warrant.add", order(liid="T-NE", ident=str(uuid.uuid4()), ne="ne2"))
    tap.equal(a["error"]["code"], "NOT-FOUND", "another tenant's element")
    a = people.call("alice", "warrant.add", order(liid="T-NE", ident=str(uuid.uuid4()), ne="ne2", tenant="csp-1"))
    tap.equal(a["error"]["code"], "REFUSED", "another tenant's element, by a person of the third party")
    signed = submit("tina", UUID)
    tap.equal(signed["plan"]["sha256"], plan["sha256"], "the plan is the one that was shown")
    task = json.loads(signed["doc"])["task"]
    assert '"ne1' in json.dumps(task) or "ne1.lab.example" in json.dumps(task), task
    assert "ne2" not in json.dumps(task), task


@tap.test("what waits is there for the tenant and the third party, and not for another tenant or another role")
def _():
    for person, there in (("tina", True), ("tom", True), ("theo", True), ("bob", True), ("ted", False), ("tess", False)):
        tap.equal([r["approval"] for r in must(person, "approval.list")], [waits[UUID]] if there else [], person)
    for op, args in (("approval.show", {}), ("approval.approve", {"signature": people.sign("ted", "x")}), ("approval.reject", {"reason": "x"}),
                     ("approval.withdraw", {})):
        a, b = (people.call("ted", op, {**args, "approval": x}) for x in (waits[UUID], UUID_NONE))
        tap.equal((a["ok"], json.dumps(a).replace(waits[UUID], UUID_NONE)), (False, json.dumps(b)), f"{op} of another tenant")
    for op in ("warrant.plan", "warrant.history", "warrant.submit", "warrant.suspend", "warrant.close", "warrant.activate"):
        a, b = (people.call("tess", op, {"warrant": x, **({} if op in ("warrant.plan", "warrant.history") else {"reason": "x"})}) for x in (UUID, UUID_NONE))
        tap.equal((a["ok"], json.dumps(a).replace(UUID, UUID_NONE)), (False, json.dumps(b)), f"{op} of another tenant")
    # what two persons of the third party ask for is nobody's of a tenant
    plan = must("sam", "ne.add", ne="ne3", san="ne3.lab.example", tenant="csp-1", plan=True)
    sent = must("sam", "ne.add", ne="ne3", san="ne3.lab.example", tenant="csp-1", signature=people.sign("sam", plan["doc"]))
    tap.equal([r["approval"] for r in must("tom", "approval.list")], [waits[UUID]], "tom still")
    tap.equal(code("tom", "approval.show", approval=sent["approval"]), "NOT-FOUND", "the third party's")
    must("sam", "approval.withdraw", approval=sent["approval"])


@tap.test("the tenant's approver approves; the task serves the tenant's element, and nothing of another's on the same XID")
def _():
    w = approve("tom", waits[UUID])
    tap.equal((w["state"], w["nes"]), ("active", ["ne1"]), "warrant")
    lab.ctl("wait", "--for", "connected", "--timeout", "30")
    tap.in_force(lab)
    lab.ne("ne2", xid=XID, seed=2, generate="format=rtp,count=20")
    lab.ne("ne1", xid=XID, seed=1, generate="format=rtp,count=30")
    tap.wait_for("the 30 of ne1 are counted", lambda: received() >= 30, 30)
    tap.wait_for("the 30 of ne1 are delivered", lambda: [w for w in lab.status()["warrants"] if w["uuid"] == UUID and w["delivered"] >= 30], 30)
    mine = [w for w in must("tina", "status")["warrants"] if w["uuid"] == UUID]
    tap.equal(mine[0]["delivered"], 30, "delivered, and nothing of ne2")


@tap.test("an element that the tenant gets later is not in the order until two persons say so")
def _():
    two("ne.add", ne="ne3", san="ne3.lab.example", tenant="csp-1")
    tap.in_force(lab)
    lab.ne("ne3", xid=XID, seed=3, generate="format=rtp,count=10")
    tap.wait_for("the 10 of ne3 are refused", lambda: [r for r in lab.ctl("journal", "list") if r.get("ne") == "ne3" and r["code"]], 30)
    args = {"warrant": UUID, "ne": ["ne1", "ne3"], "reason": "new element"}
    plan = must("tina", "warrant.set", **args, plan=True)
    sent = must("tina", "warrant.set", **args, signature=people.sign("tina", plan["doc"]))
    approve("tom", sent["approval"])
    tap.in_force(lab)
    lab.ne("ne3", xid=XID, seed=4, generate="format=rtp,count=10")
    tap.wait_for("10 more are delivered", lambda: [w for w in lab.status()["warrants"] if w["uuid"] == UUID and w["delivered"] >= 40], 30)


@tap.test("a LIID that another tenant has at the agency: the same answer as for one's own, and no more")
def _():
    a = people.call("tina", "warrant.add", order(ident=UUID_NONE))
    b = people.call("tess", "warrant.add", order(ident=UUID_NONE))
    tap.equal((b["error"]["code"], a), ("CONFLICT", b), "the answers")
    assert "csp-1" not in json.dumps(b) and UUID not in json.dumps(b), b


@tap.test("plans do not look across tenants, a tenant without elements submits nothing, and the third party approves, too")
def _():
    must("tess", "warrant.add", **order(liid="T-2", ident=UUID_B, xid=XID))
    plan = must("tess", "warrant.plan", warrant=UUID_B)
    tap.equal(([n["ne"] for n in plan["change"]["tasks"]["nes"]], plan["change"]["conflicts"]), (["ne2"], []), "plan on the XID of another tenant")
    two("ne.set", ne="ne2", country="NL")
    must("sam", "ne.revoke", ne="ne2")
    a = people.call("tess", "warrant.submit", {"warrant": UUID_B, "plan": True})
    tap.equal((a["ok"], a["error"]["what"]), (False, "NE-NONE"), "without elements")
    two("ne.enable", ne="ne2")
    submit("tess", UUID_B)
    tap.equal(code("tom", "approval.show", approval=waits[UUID_B]), "NOT-FOUND", "tom")
    w = approve("bob", waits[UUID_B])
    tap.equal((w["state"], w["nes"]), ("active", ["ne2"]), "approved by the third party")
    must("tess", "warrant.suspend", warrant=UUID_B, reason="test")


@tap.test("a liaison takes back what she asked for, and sees what waits for her agency")
def _():
    args = {"warrant": UUID_B, "reference": "new paper", "reason": "x"}
    plan = must("lia", "warrant.set", **args, plan=True)
    sent = must("lia", "warrant.set", **args, signature=people.sign("lia", plan["doc"]))
    tap.equal([r["approval"] for r in must("lia", "approval.list")], [sent["approval"]], "what waits")
    tap.equal(code("tess", "approval.withdraw", approval=sent["approval"]), "DENIED", "another person of the same warrant")
    tap.equal(must("lia", "approval.withdraw", approval=sent["approval"])["state"], "withdrawn", "taken back")


tap.main(setup)
