#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: the whole matrix of persons and operations against the real daemon.

The table below is written by hand from what each role is for; the table of operations, docs/roles.md and what the daemon does are compared with it.
An operation that is not in it fails the test: whoever adds one says here who may call it.
"""

import os
import sqlite3
import subprocess

import tap
from people import Connection, People

# LI admin A, approver P, liaison L (of one agency), operator O, auditor U, security officer S; then:
# 2 a second person approves; ! a fresh factor; s persons of a tenant or an agency see only their own; o about the caller alone; n without log-in
TABLE = """
ne.add               A....S 2      ne.show              AP.OUS s      ne.list              AP.OUS s      ne.set               A....S 2
ne.revoke            A....S        ne.enable            A....S 2      lea.add              A....S 2      lea.show             APLOUS s
lea.list             APLOUS s      lea.set              A....S 2      profile.import       A....S 2      profile.show         AP.OUS
profile.list         AP.OUS        profile.fields       APLOUS o      profile.schema       APLOUS o      profile.check        APLOUS o
profile.remove       A....S        destination.add      A....S 2      destination.show     APLOUS s      destination.list     APLOUS s
destination.set      A....S 2      destination.remove   A....S        destination.test     A.LO.. s      warrant.add          A.L... s
warrant.import       A..... s      warrant.set          A.L... 2s     warrant.degrade      A..... s      warrant.events       APL.U. s
warrant.show         APL.U. s      warrant.list         APL.U. s      warrant.start        ......        warrant.suspend      A..... s
warrant.resume       A..... 2s     warrant.stop         APL... !s     xid.list             AP..U. s      status               APLOUS s
session.list         A.....        session.tree         A.L... s      mapping.list         APLOUS o      journal.list         AP.OU.
audit.list           APLOUS s      alarm.list           APLOUS s      setting.list         AP.OUS        setting.set          A....S 2
audit.show           ....US        audit.verify         ....US        audit.export         ....US        audit.head           ....US
audit.heads          ....US        audit.proof          ....US        audit.consistency    ....US        audit.cosign         ....US
health               APLOUS on     session.challenge    APLOUS on     session.open         APLOUS on     session.step-up      APLOUS o
session.close        APLOUS o      session.who          APLOUS on     session.users        ....US s      person.enrol         APLOUS on
person.add           .....S 2!     person.set           .....S 2!     person.remove        .....S !      person.lock          .....S
person.unlock        .....S 2!     person.reset         .....S 2!     person.invite        .....S !      person.accept        APLOUS on
person.password      APLOUS !o     person.totp          APLOUS !o     token.add            APLOUS !o     token.list           APLOUS o
token.remove         APLOUS o      person.list          .P..US s      person.show          .P..US s      tenant.add           .....S 2!
tenant.list          AP..US s      key.list             AP.OUS        key.show             AP.OUS        key.chain            AP.OUS
key.import           AP.OUS n      key.draft            .P...S        key.submit           .....S 2!     warrant.plan         AP.... s
warrant.submit       A..... 2s     warrant.activate     A..... s      warrant.extend       A..... 2s     warrant.confirm      A..... 2s
warrant.close        A..... s      warrant.history      AP..U. s      approval.list        APL.US s      approval.show        AP..US s
approval.approve     .P..US !s     approval.reject      .P..US s      approval.withdraw    APLOUS s      regime.list          AP.OUS
regime.show          AP.OUS        regime.import        A....S 2      report.kinds         APLOUS s      report.make          APLOUS s
report.list          APLOUS s      report.show          APLOUS s      report.get           APLOUS s      schedule.add         AP.OUS
report.proof         AP.OUS
schedule.list        AP.OUS        schedule.remove      AP.OUS        schedule.run         ......        review.open          ....US
review.list          ....US        review.show          ....US        review.record        ....US        review.close         ....US
check                A..OUS        target.types         APLOUS o      target.check         APL... o      target.add           A.L... s
target.remove        A.L... s      target.list          APL.U. s      target.find          A.L... !s     target.reveal        APL... !s
target.disclose      ....U. 2!     binding.add          A.L... s      binding.end          A.L... s      binding.list         APL.U. s
binding.confirm      A.L... !s     document.add         A.L... s      document.part        A.L... s      document.list        APL.U. s
document.export      APL... !s     hold.add             A.L.US s      hold.release         A....S 2!     hold.list            APL.US s
retention.list       APL.US s      retention.set        A....S 2      retention.certificate APL.US s     warrant.shred        A....S 2!
warrant.canary       .....S        vault.show           A...US        vault.rekey          .....S 2!
work.list            APLOUS o      work.show            APLOUS o      work.cancel          APLOUS o
key.request          APLOUS o      key.requests         APLOUS s      key.refuse           APLOUS s
pool.add             A.....        pool.remove          A..... 2      pool.list            AP.OUS
hash.add             A.....        hash.list            AP..U.        hash.show            AP..U.        hash.verify          AP..U.
hash.proof           AP..U.        completeness.show    AP..U.        completeness.list    AP.OU.        notice.list          APLOU. s
notice.show          APLOU. s      notice.note          A..O..        notice.ack           A.LO.. s      reconcile.list       AP.OUS
reconcile.run        AP.OUS        clock.show           AP.OUS        setting.show         AP.OUS
clock.confirm        A....S !      alarm.ack            A..O.S        completeness.sessions AP..U.
overview             APLOUS s      link.list            APLOUS s      link.history         APLOUS s
view.save            APLOUS o      view.list            APLOUS o      view.remove          APLOUS o
warrant.live         APL.U. s
"""
LETTERS = "APLOUS"
NOTES = {"a second person approves": "2", "fresh factor": "!", "persons of one agency or tenant: only their own": "s", "about the caller alone": "o",
         "without log-in": "n", "reading is audited": ""}
# person: letter of the role, scope
WHO = {"alice": ("A", False), "bob": ("P", False), "lia": ("L", True), "olga": ("O", False), "ada": ("U", False), "sam": ("S", False),
       "tina": ("A", True), "tom": ("P", True), "theo": ("U", True), None: ("", False)}

lab = None
people = None


def hand():
    """operation: (letters, flags)"""
    words, out = TABLE.split(), {}
    for i, w in enumerate(words):
        if "." in w and not set(w) <= set(LETTERS + ".") or w in ("health", "status", "overview", "check"):
            flags = words[i + 2] if i + 2 < len(words) and set(words[i + 2]) <= set("2!son") else ""
            assert w not in out and len(words[i + 1]) == 6, w
            out[w] = (words[i + 1], flags)
    return out


def printed():
    text = subprocess.run([lab.exe("mdfctl"), "--roles"], capture_output=True, text=True, check=True).stdout
    out = {}
    for line in text.splitlines()[2:]:
        cells = [c.strip() for c in line.strip("|").split("|")]
        flags = "".join(sorted(NOTES[n] for n in cells[7].split(", ") if n))
        out[cells[0].strip("`")] = ("".join(x if c == "yes" else "." for x, c in zip(LETTERS, cells[1:7])), flags)
    return text, out


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    more = {"tina": ("admin", ["create"], "ed25519"), "tom": ("approver", ["approve"], "ed25519"), "theo": ("auditor", [], "ed25519"),
            "lia": ("liaison", ["create"], "ed25519")}
    people = People(lab, later=more)
    lab.configure(top__lab=True, **people.conf)
    people.start()
    people.two("sam", "bob", "lea.add", {"lea": "lea-a"})
    people.two("sam", "bob", "tenant.add", {"tenant": "csp-1"})
    people.two("sam", "bob", "person.add", {"handle": "lia", "roles": "liaison", "lea": "lea-a"})
    for h in ("tina", "tom", "theo"):
        people.two("sam", "bob", "person.add", {"handle": h, "roles": more[h][0], "tenant": "csp-1"})
    return lab


def expected(person, op):
    """The codes with which an allowed call with a wrong argument may be refused, or the one of a call that is not allowed."""
    letter, scoped = WHO[person]
    letters, flags = hand()[op]
    if person is None:
        return "USAGE" if "n" in flags else "LOGIN"
    if letter not in letters:
        return "DENIED"
    if scoped and "s" not in flags and "o" not in flags:
        return "DENIED"
    return "USAGE"


@tap.test("the table of operations and docs/roles.md are what is written here by hand")
def _():
    text, got = printed()
    want = {k: (v[0], "".join(sorted(v[1]))) for k, v in hand().items()}
    missing = sorted(set(got) - set(want))
    assert not missing, f"operations that are not in the table of this test: {missing}"
    tap.equal({k: v for k, v in got.items() if want.get(k) != v}, {k: v for k, v in want.items() if got.get(k) != v}, "differences")
    with open(os.path.join(os.environ.get("top_srcdir", "."), "docs", "roles.md"), encoding="utf-8") as f:
        doc = f.read()
    assert text in doc, "docs/roles.md is old: put the output of mdfctl --roles into it"


@tap.test("every person, every operation: the daemon does what the table says, and each denial is an audit row")
def _():
    wrong, n, denied = [], 0, 0
    for person in WHO:
        with Connection(people) as c:
            if person is not None:
                c.login(person)
            for op in hand():
                # a wrong argument: what is allowed is refused for it, and nothing is done
                a = c.call(op, {"no-such-argument": 1})
                got = "OK" if a["ok"] else a["error"]["code"]
                n += 1
                denied += got in ("DENIED", "LOGIN")
                if got != expected(person, op):
                    wrong.append((person, op, got, expected(person, op)))
    assert not wrong, f"{len(wrong)} of {n}: {wrong[:20]}"
    rows = [r for r in people.ctl("ada", "audit", "list", "--outcome", "refused", "--limit", "5000") if r["code"] in ("DENIED", "LOGIN")]
    tap.equal(len(rows), denied, "audit rows of denials")
    tap.note(f"{n} calls, {denied} denied")


@tap.test("without a fresh factor: those that want one are refused, the others are not")
def _():
    wrong = []
    for person in WHO:
        if person is None:
            continue
        with Connection(people) as c:
            c.login(person)
            db = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
            with db:
                db.execute("UPDATE session SET stepped_ns = 1")
            db.close()
            for op, (_, flags) in hand().items():
                want = expected(person, op)
                want = "STEP-UP" if want == "USAGE" and "!" in flags else want
                a = c.call(op, {"no-such-argument": 1})
                got = "OK" if a["ok"] else a["error"]["code"]
                if got != want:
                    wrong.append((person, op, got, want))
    assert not wrong, f"{len(wrong)}: {wrong[:20]}"


@tap.test("a refusal is the same whether the object exists or not")
def _():
    pairs = [("olga", "warrant.stop", {"warrant": "X1@lea-a"}, {"warrant": "X1@lea-z"}), ("olga", "person.show", {"handle": "sam"}, {"handle": "nobody"}),
             ("bob", "warrant.add", {"lea": "lea-a"}, {"lea": "lea-z"}), ("alice", "person.lock", {"handle": "bob"}, {"handle": "nobody"}),
             ("lia", "person.show", {"handle": "lia"}, {"handle": "nobody"})]
    for person, op, there, not_there in pairs:
        a, b = people.call(person, op, there), people.call(person, op, not_there)
        tap.equal((a["ok"], a), (False, b), f"{person} {op}")


@tap.test("regime de: who implements orders reads no audit log, and a second security officer approves rights")
def _():
    assert people.call("alice", "audit.list")["ok"]
    db = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
    with db:
        db.execute("UPDATE setting SET value = 'de' WHERE name = 'regime'")
    db.close()
    for h in ("alice", "bob"):
        tap.equal(people.call(h, "audit.list")["error"]["code"], "DENIED", h)
    assert people.call("ada", "audit.list")["ok"]
    args = {"handle": "olga", "roles": "auditor"}
    plan = people.must(people.call("sam", "person.set", {**args, "plan": True}))
    sent = people.must(people.call("sam", "person.set", {**args, "signature": people.sign("sam", plan["doc"])}))
    for h in ("bob", "ada", "sam"):
        a = people.call(h, "approval.approve", {"approval": sent["approval"], "signature": people.sign(h, plan["doc"])})
        tap.equal((a["ok"], a.get("error", {}).get("code")), (False, "DENIED"), h)
    r = people.approve("sue", sent["approval"])
    tap.equal(r["roles"], ["auditor"], "roles")


tap.main(setup)
