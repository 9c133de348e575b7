#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No agency and no tenant learns of another: every answer to a person of one is the same, octet for octet, before and after the other came, with
its warrants (one on the same XID, one with the same LIID), targets, documents, holds, traffic, broken links and alarms."""

import json
import os
import re
import signal
import uuid

import tap
from people import Connection, People

# What moves by itself, whoever else is there: the test finds out before the other comes, and no more than this may move.
MOVES = {
    "time",            # of the status: now
    "clock",           # of a plan: how good the clock is now
    "link_octets_s", "ahead_octets", "keepalive_rtt_us", "rtt_ms", "rate_pdus", "rate_octets",  # of her own link: measured anew all the time
}
XID_A, XID_B, XID_T = (tap.new_xid() for _ in range(3))
UUID_A, UUID_B, UUID_T, UUID_U, UUID_NONE = (str(uuid.uuid4()) for _ in range(5))
lab = None
people = None
answers = {}


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(nes=("ne1", "ne2"), lemfs=("lemf-a", "lemf-b"))
    people = People(lab, later={"lia": ("liaison", ["create"], "ed25519"), "tina": ("admin", ["create"], "ed25519"),
                                "tom": ("auditor", ["create"], "ed25519"),
                                "lea": ("liaison", ["create"], "ed25519")})
    for n in ("lemf-a", "lemf-b"):
        lab.lemf(n)
    lab.configure(session__snapshot_s=1, **people.conf)
    people.start()
    lab.who = people.args("olga")
    two("tenant.add", tenant="csp-1")
    two("tenant.add", tenant="csp-2")
    return lab


def two(op, first="sam", **args):
    return people.two(first, "bob", op, args)


def must(person, op, **args):
    return people.must(people.call(person, op, args))


def agency(letter):
    two("lea.add", lea=f"lea-{letter}", country="NL")
    two("destination.add", destination=f"lemf-{letter}", lea=f"lea-{letter}", addresses=f"127.0.0.1:{lab.lemfs[f'lemf-{letter}']['port']}",
        server_name=f"lemf-{letter}.lab.example", options={"barrier_ms": 50, "backoff_max_ms": 500})


def warrant(liid, lea, xid, ident, ne=None, tenant=None, person="alice"):
    """A warrant in force, with a target, a document and a hold."""
    letter = lea[-1]
    args = {"liid": liid, "lea": lea, "delivery": "both", "from": tap.FROM, "until": tap.UNTIL, "xid": xid, "hi2": f"lemf-{letter}", "hi3": f"lemf-{letter}",
            "operator_id": "LAB-CSP", "id": ident, "legal_basis": "section 1"}
    if tenant:
        args["tenant"] = tenant
    if ne:
        args["ne"] = ne
    must(person, "warrant.add", **args)
    must(person, "target.add", warrant=ident, type="e164Number", value="491701234567")
    must("alice", "hold.add", warrant=ident, authority=f"court {letter}", reason="trial")
    people.two("alice", "bob", "warrant.submit", {"warrant": ident})


def traffic(xid, ne="ne1", seed=1, n=50):
    lab.ne(ne, xid=xid, seed=seed, generate=f"format=rtp,count={n}")


def settled():
    tap.in_force(lab)

    def idle():
        s = lab.status()
        return all(w["waiting"] == 0 for w in s["warrants"] if w["lea"] == "lea-a") and s["tasks"]["in_force"] == s["tasks"]["version"]
    tap.wait_for("everything of lea-a is delivered", idle, 20)

    def told():
        """What is answered from the last two seconds says so, too."""
        with Connection(people) as c:
            c.login("olga")
            x = People.must(c.call("link.list", {"lea": "lea-a"}))[0]
        d = tap.destination(lab, "lemf-a")
        return x["state"] == "up" and (x["waiting"], x["acked"], x["sent"]) == (0, d["acked"]["records"], d["records_sent"])
    tap.wait_for("the links say so", told, 20, 0.5)


def still(j):
    """J without what moves by itself."""
    if isinstance(j, dict) and "step_s" in j:
        return {"step_s": j["step_s"], "n": len(j["pdus"]), "destination": j["destination"]}  # the hour goes on
    if isinstance(j, dict):
        return {k: still(v) for k, v in j.items() if k not in MOVES}
    return [still(x) for x in j] if isinstance(j, list) else j


def lists():
    """Lists of warrants in all the ways."""
    return [("warrant.list", a) for a in ({"live": True}, {"text": "same"}, {"text": "other"}, {"ends": 876000}, {"provisional": True}, {"sort": "until"},
                                          {"sort": "until", "live": True}, {"sort": "until", "behind": UUID_A}, {"behind": UUID_A}, {"behind": UUID_B},
                                          {"behind": UUID_T, "sort": "until"})] + [("warrant.live", {"warrants": [UUID_A, UUID_B, UUID_T, UUID_U]})]


# (operation, arguments): what a liaison of lea-a may ask, of her own and of others
def questions_lea():
    q = [("lea.show", {"lea": "lea-a"}), ("lea.list", {}), ("destination.show", {"destination": "lemf-a"}), ("destination.list", {}),
         ("warrant.list", {}), ("warrant.list", {"state": "active"}), ("warrant.list", {"limit": 1, "after": 1}), ("status", {}), ("alarm.list", {}),
         ("overview", {}), ("key.requests", {}), ("key.refuse", {"key": "0" * 64}), ("link.list", {}), ("link.list", {"lea": "lea-a"}), ("link.history", {"destination": "lemf-a"}), *lists(),
         ("alarm.list", {"all": True}), ("notice.list", {}), ("hold.list", {}), ("hold.list", {"all": True}), ("retention.list", {}),
         ("approval.list", {}), ("approval.list", {"state": "all"}), ("approval.withdraw", {"approval": UUID_NONE}),
         ("target.find", {"lea": "lea-a", "type": "e164Number", "value": "491701234567", "reason": "test"})]
    for w in (UUID_A, "SAME@lea-a", "SAME"):
        q += [("warrant.show", {"warrant": w}), ("warrant.events", {"warrant": w}), ("session.tree", {"warrant": w}), ("target.list", {"warrant": w}),
              ("target.reveal", {"warrant": w, "reason": "test"}), ("binding.list", {"warrant": w}), ("document.list", {"warrant": w}),
              ("retention.certificate", {"warrant": w}), ("hold.list", {"warrant": w})]
    return q


def questions_other():
    """About what is, or will be, of somebody else: always as if it did not exist."""
    q = [("lea.show", {"lea": "lea-b"}), ("destination.show", {"destination": "lemf-b"}), ("destination.list", {"lea": "lea-b"}), ("warrant.list", {"lea": "lea-b"}),
         ("target.find", {"lea": "lea-b", "type": "e164Number", "value": "491701234567", "reason": "test"}),
         ("warrant.add", {"liid": "X", "lea": "lea-b", "delivery": "iri", "from": tap.FROM, "until": tap.UNTIL}),
         ("warrant.set", {"warrant": UUID_A, "hi2": "lemf-b", "plan": True}), ("link.list", {"lea": "lea-b"}), ("link.history", {"destination": "lemf-b"}),
         ("destination.test", {"destination": "lemf-b"})]
    for w in (UUID_B, UUID_T, UUID_U, "SAME@lea-b", "OTHER@lea-b", "OTHER", "2", "3", "1"):
        q += [(op, {"warrant": w, **more}) for op, more in (
            ("warrant.show", {}), ("warrant.events", {}), ("session.tree", {}), ("target.list", {}), ("target.reveal", {"reason": "t"}), ("binding.list", {}),
            ("binding.confirm", {"reason": "t"}), ("document.list", {}), ("retention.certificate", {}), ("hold.list", {}), ("warrant.stop", {"reason": "t"}),
            ("warrant.set", {"reference": "x", "plan": True}), ("target.add", {"type": "e164Number", "value": "491700000000"}), ("target.remove", {"target": UUID_NONE}),
            ("binding.add", {"target": UUID_NONE, "type": "ipv4Address", "value": "192.0.2.1", "source": "static", "reference": "x"}),
            ("binding.end", {"binding": UUID_NONE}), ("document.add", {"role": "order", "file": "eA=="}), ("document.part", {"document": UUID_NONE, "file": "eA=="}),
            ("document.export", {"document": UUID_NONE, "reason": "t"}), ("hold.add", {"authority": "x", "reason": "x"}), ("retention.list", {}))]
    q += [("report.kinds", {}), ("report.list", {}), ("report.make", {"kind": "R2", "lea": "lea-b"}), ("report.make", {"kind": "R1", "warrant": UUID_B}),
          ("report.show", {"report": UUID_NONE}), ("report.get", {"report": UUID_NONE})]
    return q + [(op, {"notice": n}) for op in ("notice.show", "notice.ack") for n in (UUID_NONE, "1", "2")]


def questions_tenant():
    q = [("overview", {}), ("link.list", {}), ("link.history", {"destination": "lemf-a"}), ("link.history", {"destination": "lemf-b"}), *lists(),
         ("destination.test", {"destination": "lemf-a"}), ("destination.test", {"destination": "lemf-b"}), ("ne.list", {"live": True}),
         ("ne.list", {}), ("ne.show", {"ne": "ne1"}), ("lea.list", {}), ("lea.show", {"lea": "lea-a"}), ("lea.show", {"lea": "lea-b"}),
         ("destination.list", {}), ("destination.show", {"destination": "lemf-b"}), ("warrant.list", {}),
         ("warrant.plan", {"warrant": UUID_A}), ("warrant.history", {"warrant": UUID_A}), ("approval.list", {}), ("approval.list", {"state": "all"}),
         ("approval.show", {"approval": UUID_NONE}), ("approval.withdraw", {"approval": UUID_NONE}),
         ("warrant.import", {"plan": True, "items": [{"liid": "I", "lea": "lea-b", "delivery": "iri", "from": tap.FROM, "until": tap.UNTIL}]}),
         ("warrant.show", {"warrant": "SAME"}), ("warrant.show", {"warrant": UUID_A}), ("xid.list", {}), ("xid.list", {"xid": XID_A}), ("status", {}), ("alarm.list", {}),
         ("hold.list", {}), ("retention.list", {}), ("tenant.list", {}), ("target.list", {"warrant": UUID_A}), ("document.list", {"warrant": UUID_A}),
         ("binding.list", {"warrant": UUID_A}), ("warrant.events", {"warrant": UUID_A}), ("session.tree", {"warrant": UUID_A}),
         ("target.find", {"lea": "lea-a", "type": "e164Number", "value": "491701234567", "reason": "test"})]
    for w in (UUID_B, UUID_T, UUID_U, "OTHER", "OTHER@lea-a", "1", "2", "3"):
        q += [(op, {"warrant": w}) for op in ("warrant.show", "warrant.events", "target.list", "session.tree", "xid.list", "warrant.plan", "warrant.history",
                                              "approval.list")]
        q += [(op, {"warrant": w, "reason": "t", **more}) for op, more in (
            ("warrant.submit", {}), ("warrant.submit", {"plan": True}), ("warrant.activate", {}), ("warrant.suspend", {}), ("warrant.resume", {}),
            ("warrant.extend", {"until": "2041-01-01T00:00:00Z"}), ("warrant.confirm", {}), ("warrant.close", {}), ("warrant.degrade", {"metadata": "on"}),
            ("warrant.stop", {}))]
    return q + [("ne.show", {"ne": "ne2"}), ("tenant.list", {}), ("warrant.add", {"liid": "Y", "lea": "lea-a", "delivery": "iri", "from": tap.FROM,
                                                                                  "until": tap.UNTIL, "tenant": "csp-2"})]


def ask(person, questions):
    """The answers as they come over the socket, one by one."""
    out = {}
    with Connection(people) as c:
        c.login(person)
        for op, args in questions:
            c.s.sendall((json.dumps({"op": op, "args": args}) + "\n").encode())
            out[op, json.dumps(args)] = c.f.readline()
    return out


def same(before, after, what):
    bad = []
    for q, text in before.items():
        a, b = (json.dumps(still(json.loads(t))) for t in (text, after[q]))
        if a != b:
            bad.append(f"{q}:\n  {a[:1500]}\n  {b[:1500]}")
    assert not bad, f"{what}: {len(bad)} of {len(before)} answers differ:\n" + "\n".join(bad[:5])
    tap.note(f"{len(before)} answers, {sum(t == after[q] for q, t in before.items())} the same octet for octet, the others but for {sorted(MOVES)}")


@tap.test("one agency and one tenant with a warrant, traffic and all that belongs to it; nothing moves by itself but what is listed")
def _():
    agency("a")
    two("ne.add", ne="ne1", san="ne1.lab.example", tenant="csp-1")
    two("person.add", handle="lia", roles="liaison", lea="lea-a")
    two("person.add", handle="tina", roles="admin", tenant="csp-1")
    warrant("SAME", "lea-a", XID_A, UUID_A, tenant="csp-1")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.in_force(lab)
    traffic(XID_A)
    settled()
    for person, questions in (("lia", questions_lea() + questions_other()), ("tina", questions_tenant())):
        first = ask(person, questions)
        answers[person] = ask(person, questions)
        yes = [q for q, t in answers["lia"].items() if q in {(op, json.dumps(a)) for op, a in questions_other()} and json.loads(t)["ok"]]
        assert {q[0] for q in yes} <= {"warrant.list", "warrant.live", "destination.list", "link.list", "report.kinds", "report.list"}, f"there is something already: {yes}"
        same(first, answers[person], person)
    one = json.loads(answers["lia"]["warrant.show", json.dumps({"warrant": "SAME"})])
    assert one["ok"] and one["result"]["liid"] == "SAME" and "id" not in one["result"], one
    s = json.loads(answers["lia"]["status", "{}"])["result"]
    assert s["warrants"][0]["received"] >= 50 and s["leas"][0]["destinations"][0]["state"] == "up", s


@tap.test("every operation for persons with a scope is asked")
def _():
    import subprocess
    text = subprocess.run([lab.exe("mdfctl"), "--roles"], capture_output=True, text=True, check=True).stdout
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    for person, column, asked in (("lia", 3, answers["lia"]), ("tina", 1, answers["tina"])):
        want = {r[0].strip("`") for r in rows if r[column] == "yes" and "only their own" in r[7]}
        apart = {"audit.list"}  # grows with each question; it has a test of its own
        if person == "tina":  # the same operations and statements as for a liaison, asked there with the other's objects
            apart |= {q[0] for q in answers["lia"]}
        missing = want - {q[0] for q in asked} - apart
        assert not missing, f"{person}: {sorted(missing)} are not asked"


@tap.test("the other comes: warrants on the same XID and with the same LIID, targets, holds, traffic, a broken link, alarms")
def _():
    agency("b")
    two("ne.add", ne="ne2", san="ne2.lab.example", tenant="csp-2")
    warrant("SAME", "lea-b", XID_A, UUID_B, tenant="csp-2")
    warrant("OTHER", "lea-b", XID_B, UUID_T)
    warrant("OTHER", "lea-a", XID_T, UUID_U, ne="ne2", tenant="csp-2")
    # that one is of the same agency: only the tenant must not see it, so the liaison is asked without it
    tap.in_force(lab)
    traffic(XID_B, ne="ne2")
    settled()
    lab.stop_lemf("lemf-b", signal.SIGKILL)
    traffic(XID_B, ne="ne2", seed=2)
    tap.wait_for("an alarm of the other", lambda: [a for a in lab.status()["alarms"] if "lea-b" in a["object"]], 20)
    must("alice", "warrant.suspend", warrant=UUID_T, reason="test")
    settled()


@tap.test("the tenant's answers are the same as before")
def _():
    same(answers["tina"], ask("tina", questions_tenant()), "tina")


@tap.test("the liaison's answers are the same as before, but for the new warrant of her own agency")
def _():
    d = __import__("sqlite3").connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
    assert d.execute("SELECT count(*) FROM warrant").fetchone()[0] == 4
    d.close()
    got = ask("lia", questions_lea() + questions_other())
    # her own second warrant is hers: it is taken out of lists, counts and answers by its UUID, LIID and XID
    before = {q: t for q, t in answers["lia"].items() if not re.search(r'"(OTHER|%s)"' % UUID_U, q[1])}
    assert len(before) > 150

    def without(text):
        j = json.loads(text)
        r = j.get("result")
        if isinstance(r, list):
            j["result"] = [x for x in r if UUID_U not in json.dumps(x) and x.get("liid") != "OTHER"]
            for x in j["result"]:
                x.pop("active", None)
        if isinstance(r, dict) and "expiring_7d" in r:
            r["warrants"].pop("active")
            r["warrants"].pop("draft")
        if isinstance(r, dict) and "warrants" in r and isinstance(r["warrants"], list):
            r["warrants"] = [x for x in r["warrants"] if x.get("uuid") != UUID_U]
        return json.dumps(j)
    skip = {("warrant.list", json.dumps({"limit": 1, "after": 1}))}
    mine = {q for q, t in got.items() if q in before and (UUID_U in t or '"OTHER"' in t or q[0].startswith("lea.") or q[0] == "overview")}  # the others are compared as they came
    assert len(mine) < 25, sorted(mine)
    same({q: without(t) if q in mine else t for q, t in before.items() if q not in skip}, {q: without(t) if q in mine else t for q, t in got.items()}, "lia")


@tap.test("audit rows: a tenant's admin sees her own; a liaison her own and what was done about her agency's objects; a tenant's auditor the tenant's")
def _():
    rows = must("tina", "audit.list")
    assert rows and {r["actor"] for r in rows} == {"tina"}, rows[:2]
    tap.equal(must("tina", "audit.list", actor="alice"), [], "of another")
    two("person.add", handle="tom", roles="auditor", tenant="csp-1")
    two("person.add", handle="lea", roles="liaison", lea="lea-b")
    for w in (UUID_A, UUID_NONE):  # what others try at an object of hers is not hers to see
        assert not people.call("lea", "warrant.stop", {"warrant": w, "reason": "x"})["ok"]
    others = (UUID_B, UUID_T, "lea-b", "lemf-b", "csp-2", "ne2", "lea")
    for person, own, hidden in (("lia", {"warrant " + UUID_A, "warrant " + UUID_U, "lea lea-a", "destination lemf-a"}, others),
                                ("tom", {"warrant " + UUID_A, "ne ne1", "tenant csp-1", "person tina"}, (*others, UUID_U))):
        rows = must(person, "audit.list")
        assert own <= {r["object"] for r in rows}, own - {r["object"] for r in rows}
        acts = [r for r in rows if r["actor"] not in (("lia",) if person == "lia" else ("tina", "tom"))]
        assert acts and {r["actor"] for r in acts} <= {"alice", "bob", "sam", "system", "tina", "lia"}, {r["actor"] for r in acts}
        for r in acts:
            assert r["outcome"] == "ok" and r["session"] is None and r["source"] is None, r
            assert r["object"].split(" ")[-1] not in hidden, r
        for r in rows:
            assert not {"seq", "uid", "leaf", "boot_id", "id", "row"} & set(r), r
    tap.equal({r["actor"] for r in people.must(people.call("lia", "audit.list", {"actor": "alice", "op": "warrant.add"}))}, {"alice"}, "alice's, about her agency")
    one = must("lia", "audit.list", object="warrant " + UUID_A, text="warrant", limit=3)
    assert len(one) == 3 and {r["object"] for r in one} == {"warrant " + UUID_A}, one
    tap.equal({(r["actor"], r["outcome"]) for r in must("lia", "audit.list", object="warrant " + UUID_B)}, {("lia", "refused")}, "her own tries at the other's")


@tap.test("the audit rows about an agency's objects are the same before and after another came")
def _():
    q = [("audit.list", {"object": "warrant " + w, "op": op}) for w in (UUID_A, UUID_B, UUID_T, UUID_NONE) for op in ("warrant.add", "warrant.submit", "hold.add")]
    first = {who: ask(who, q) for who in ("lia", "tom")}
    must("alice", "warrant.add", liid="SAME-2", lea="lea-b", delivery="iri", hi2="lemf-b", xid=XID_A, **{"from": tap.FROM, "until": tap.UNTIL})
    for who, before in first.items():
        assert '"warrant.add"' in before[q[0][0], json.dumps(q[0][1])], "there are rows"
        same(before, ask(who, q), who)


@tap.test("a liaison enters a warrant with the LIID that another agency uses, for her own agency only")
def _():
    r = must("lia", "warrant.add", liid="NEW", lea="lea-a", delivery="iri", hi2="lemf-a", xid=XID_B, **{"from": tap.FROM, "until": tap.UNTIL})
    assert "id" not in r and r["lea"] == "lea-a", r
    a = people.call("lia", "warrant.add", {"liid": "Z", "lea": "lea-a", "delivery": "iri", "hi2": "lemf-b", "from": tap.FROM, "until": tap.UNTIL})
    b = people.call("lia", "warrant.add", {"liid": "Z", "lea": "lea-a", "delivery": "iri", "hi2": "lemf-x", "from": tap.FROM, "until": tap.UNTIL})
    tap.equal(json.dumps(a).replace("lemf-b", "lemf-x"), json.dumps(b), "a destination of another and one that is none")


tap.main(setup)
