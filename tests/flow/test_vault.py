#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is sealed: identities and documents of decoys are entered through the front door and then looked for everywhere; who sees them and what the
audit log says of it; wrong key, change of key and destruction, also with kill -9 in between."""

import base64
import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess

import tap
from people import People

lab = None
people = None
XID = tap.new_xid()
IMSI, MAIL, ADDRESS, ACCOUNT = "262019876501234", "canary.bird@mail.example", "203.0.113.217", "Kanari-000471"
TITLE, PHRASE = "Order canary-bird 17 Gs", b"canary-bird sings in this document. "
DOCUMENT = PHRASE * 30000  # 1 080 000 octets: three parts
SECRETS = [IMSI, MAIL, "canary.bird", ADDRESS, ACCOUNT, TITLE, PHRASE.decode().strip(), IMSI.encode().hex(), PHRASE[:12].hex(),
           base64.b64encode(PHRASE[:12]).decode(), hashlib.sha256(f"imsi:{IMSI}".encode()).hexdigest()[:32],
           hashlib.sha256(f"email:{MAIL}".encode()).hexdigest()[:32]]
RAW = [hashlib.sha256(f"imsi:{IMSI}".encode()).digest()[:16], hashlib.sha256(f"email:{MAIL}".encode()).digest()[:16],
       bytes(map(int, ADDRESS.split("."))) + b"\0" * 12]
said = []  # everything that mdfctl answered where no identity belongs


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    people = People(lab)
    lab.configure(**people.conf)
    people.start()
    for a in "ab":
        people.two("alice", "bob", "lea.add", {"lea": f"lea-{a}"})
        people.ctl("alice", "warrant", "add", "--liid", f"V-{a}", "--lea", f"lea-{a}", "--delivery", "iri", "--from", tap.FROM, "--until", tap.UNTIL,
                   "--xid", tap.new_xid())
    return lab


def restart(env=None):
    lab.start(wait=False, env=env)
    people.wait_ready()


def secret(text):
    return people.secret_file("value", text + "\n")


def ask(handle, *args, check=True):
    """As people.ctl, and remembered for the search."""
    r = people.ctl(handle, *args, check=check)
    said.append(str(r))
    return r


def add(liid, kind, value, *more):
    return ask("alice", "target", "add", liid, "--type", kind, "--value-file", secret(value), *more)


def reveal(handle="alice", liid="V-a"):
    return people.ctl(handle, "target", "reveal", liid, "--reason", "test of the vault")


def db(sql, *args):
    d = sqlite3.connect(f"file:{lab.dir}/state/openmdf.db?mode=ro", uri=True, timeout=10)
    try:
        return d.execute(sql, args).fetchall()
    finally:
        d.close()


def in_state(octets):
    """Files below state/ and run/ and logs in which OCTETS stand."""
    out = []
    for where, dirs, names in os.walk(lab.dir):
        dirs[:] = [d for d in dirs if d not in ("people", "pki")]
        for n in names:
            path = os.path.join(where, n)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    if octets in f.read():
                        out.append(os.path.relpath(path, lab.dir))
    return out


def alarms():
    return {a["code"] for a in people.ctl("olga", "alarm", "list") if not a["cleared"]}


@tap.test("targets, bindings and documents are entered; what comes back is masked")
def _():
    t = add("V-a", "imsi", IMSI, "--check")
    tap.equal((t["masked"], t["own_check"]), ("***34", True), "answer")
    add("V-a", "emailAddress", MAIL, "--check")
    add("V-a", "ipv4Address", ADDRESS, "--check")
    account = add("V-a", "account", ACCOUNT)["target"]
    add("V-b", "imsi", IMSI)
    ask("alice", "binding", "add", "V-a", account, "--type", "ipv4Address", "--value-file", secret(ADDRESS), "--source", "radius", "--reference", "acct 1")
    path = people.secret_file("order.pdf", DOCUMENT.decode())
    d = ask("alice", "document", "add", "V-a", "--role", "order", "--media", "application/pdf", "--file", path, "--title-file", secret(TITLE))
    tap.equal((d["complete"], d["octets"], d["sha256"]), (True, len(DOCUMENT), hashlib.sha256(DOCUMENT).hexdigest()), "document")
    tap.equal(db("SELECT count(*) FROM document_part")[0][0], 3, "parts")
    p = subprocess.run([lab.exe("mdfctl"), "target", "add", "V-a", "--type", "imsi", "--value", IMSI], capture_output=True, text=True)
    tap.equal(p.returncode, 2, "an identity on the command line")


@tap.test("targets of an import are sealed, too; of one that is refused or only planned nothing stays")
def _():
    item = {"liid": "V-i", "lea": "lea-a", "delivery": "iri", "from": tap.FROM, "until": tap.UNTIL,
            "targets": [{"type": "emailAddress", "value": MAIL}, {"type": "account", "value": ACCOUNT}]}
    twice = people.secret_file("twice.json", json.dumps([{**item, "targets": item["targets"] * 2}]))
    tap.equal(people.refused("alice", "warrant", "import", twice), "CONFLICT", "a target twice")
    good = people.secret_file("import.json", json.dumps([item]))
    plan = ask("alice", "warrant", "import", good, "--plan")
    tap.equal([t["masked"] for t in plan[0]["targets"]], ["***", "***"], "plan")
    tap.equal(db("SELECT count(*) FROM warrant WHERE liid = 'V-i'")[0][0], 0, "nothing entered")
    ask("alice", "warrant", "import", good)
    tap.equal([(t["masked"], t["own_check"]) for t in ask("alice", "target", "list", "V-i")], [("***", False)] * 2, "targets")
    tap.equal(db("SELECT count(*) FROM warrant_rule r JOIN warrant w ON w.id = r.warrant WHERE w.liid = 'V-i'")[0][0], 0, "no own check")


@tap.test("equal targets of two agencies have nothing in common in the database")
def _():
    rows = db("SELECT t.idx, t.sealed FROM target t WHERE type = 'imsi' ORDER BY lea")
    tap.equal(len(rows), 2, "rows")
    assert rows[0][0] != rows[1][0] and rows[0][1] != rows[1][1]
    find = ("target", "find", "lea-a", "--type", "supiimsi", "--value-file", secret(IMSI), "--reason", "x")
    tap.equal([r["masked"] for r in ask("alice", *find)], ["***34"], "found at one agency")


@tap.test("who sees an identity: the LI admin in own drafts; nobody else alone; an auditor with a second one")
def _():
    tap.equal(sorted(t["value"] for t in reveal()), sorted([IMSI, MAIL, ADDRESS, ACCOUNT]), "own draft")
    assert people.ctl("alice", "target", "reveal", "V-a", check=False)[0] == 2, "without a reason"
    for handle in ("anton", "bob", "olga", "ada", "sam"):
        tap.equal(people.refused(handle, "target", "reveal", "V-a", "--reason", "curious"), "DENIED", handle)
    tap.equal(people.refused("ada", "target", "disclose", "V-a", "--reason", "sample") in ("SIGNATURE", 6), True, "an auditor alone")
    got = people.two("ada", "carl", "target.disclose", {"warrant": "V-a", "reason": "sample"})
    tap.equal(sorted(t["value"] for t in got), sorted([IMSI, MAIL, ADDRESS, ACCOUNT]), "two auditors")
    rows = people.ctl("ada", "audit", "list", "--op", "target.reveal")
    said.append(str(rows))
    tap.equal([(r["actor"], r["outcome"]) for r in rows],
              [("alice", "ok"), ("alice", "refused")] + [(h, "refused") for h in ("anton", "bob", "olga", "ada", "sam")], "audit rows")
    tap.equal(rows[0]["reason"], "test of the vault", "reason")


@tap.test("a document comes back as it was, and each export is in the audit log")
def _():
    d = ask("alice", "document", "list", "V-a")[0]
    got = people.ctl("alice", "document", "export", "V-a", d["id"], "--reason", "court")
    assert base64.b64decode(got["file"]) == DOCUMENT and got["title"] == TITLE
    confirmed = people.ctl("alice", "binding", "confirm", "V-a", "--reason", "court")
    tap.equal([b["value"] for b in confirmed["bindings"]], [ADDRESS], "confirmation")
    for op in ("document.export", "binding.confirm"):
        tap.equal(len(people.ctl("ada", "audit", "list", "--op", op)), 1, op)


@tap.test("an approver sees the identities while the order waits; what waits is sealed; two persons sign hashes of what is sealed")
def _():
    people.two("alice", "bob", "ne.add", {"ne": "ne1", "san": "ne1.lab.example"})
    people.two("alice", "bob", "destination.add", {"destination": "dest-b", "lea": "lea-b", "addresses": "127.0.0.1:9", "server_name": "b.example"})
    people.ctl("alice", "warrant", "add", "--liid", "V-c", "--lea", "lea-b", "--delivery", "iri", "--from", tap.FROM, "--until", tap.UNTIL, "--xid",
               tap.new_xid(), "--hi2", "dest-b", "--reference", "Az 1")
    add("V-c", "emailAddress", MAIL, "--check")
    approval = submit("warrant.submit", {"warrant": "V-c"})
    tap.equal([t["value"] for t in reveal("bob", "V-c")], [MAIL], "the approver, while it waits")
    tap.equal(people.refused("alice", "target", "reveal", "V-c", "--reason", "x"), "DENIED", "the LI admin, when it is handed in")
    shown = people.call("bob", "approval.show", {"approval": approval})["result"]
    said.append(str(shown))
    order = json.loads(shown["doc"])["order"]
    tap.equal([(t["type"], t["masked"]) for t in order["targets"]], [("emailAddress", "***")], "targets in what is signed")
    sealed = db("SELECT t.sealed FROM target t JOIN warrant w ON w.id = t.warrant WHERE w.liid = 'V-c'")[0][0]
    tap.equal(order["targets"][0]["sha256"], hashlib.sha256(sealed).hexdigest(), "hash of a target in what is signed")
    people.approve("bob", approval)
    tap.equal(people.refused("bob", "target", "reveal", "V-c", "--reason", "x"), "DENIED", "the approver, afterwards")
    approval = submit("warrant.set", {"warrant": "V-c", "target": [f"id:email:{MAIL}", f"ip:{ADDRESS}"], "reason": "new address"})
    kept = db("SELECT args FROM approval WHERE state = 'waiting'")
    assert kept and all(re.fullmatch('"[0-9a-f]+"', a) for (a,) in kept), kept
    people.approve("bob", approval)
    tap.equal(sorted(people.ctl("alice", "warrant", "show", "V-c")["target"]), ["id:email:***", "ip:***"], "rules are shown masked")

    def served():
        t = people.ctl("olga", "status")
        return t["tasks"]["in_force"] == t["tasks"]["version"] and t["ingest"]["tasks"]["warrants"] == 1
    tap.wait_for("the data plane has the warrant", served, 10)
    assert "WARRANT-UNSIGNED" not in alarms(), "the data plane finds the rules as they were signed"


def submit(op, args):
    """ALICE plans and signs; the id of what waits."""
    plan = people.must(people.call("alice", op, {**args, "plan": True}))
    said.append(str(plan))
    return people.must(people.call("alice", op, {**args, "signature": people.sign("alice", plan["doc"])}))["approval"]


@tap.test("a decoy raises an alarm when somebody looks")
def _():
    people.ctl("sam", "warrant", "canary", "V-b", "--decoy", "yes")
    assert "CANARY-READ" not in alarms()
    ask("alice", "warrant", "show", "V-b")
    assert "CANARY-READ" in alarms()


@tap.test("neither identity nor document stands in a file, a log, the status, the audit log or a memory dump")
def _():
    for handle, words in (("olga", ("status",)), ("ada", ("audit", "list", "--limit", "1000")), ("alice", ("warrant", "list")),
                          ("alice", ("warrant", "show", "V-a")), ("alice", ("target", "list", "V-a")), ("alice", ("binding", "list", "V-a")),
                          ("olga", ("alarm", "list", "--all")), ("ada", ("vault", "show"))):
        ask(handle, *words)
    for s in SECRETS:
        tap.equal(in_state(s.encode()), [], f"files with {s[:6]}")
        tap.equal([t[:60] for t in said if s in t], [], f"answers with {s[:6]}")
    for raw in RAW:
        tap.equal(in_state(raw), [], "files with a hash or an address as octets")
    assert in_state(b"V-a"), "the search finds what is there"
    for pid in lab_pids():
        with open(f"/proc/{pid}/limits") as f:
            tap.equal([line.split()[4] for line in f if line.startswith("Max core")], ["0"], "core files")


def lab_pids():
    return [r["pid"] for r in people.ctl("olga", "status")["roles"] if r.get("pid")]


@tap.test("with another key the vault stays closed, and says so; with its own it opens")
def _():
    lab.stop()
    with open(people.path("vault.key")) as f:
        key = f.read()
    people.secret_file("vault.key", "ab" * 32 + "\n")
    restart()
    assert "VAULT-CLOSED" in alarms()
    tap.equal(people.refused("alice", "target", "reveal", "V-a", "--reason", "x"), "REFUSED", "without the vault")
    lab.stop()
    people.secret_file("vault.key", key)
    restart()
    assert "VAULT-CLOSED" not in alarms()
    tap.equal(len(reveal()), 4, "targets")


@tap.test("a new key holds from its approval on, through kill -9; the old one opens nothing")
def _():
    state = os.path.join(lab.dir, "state", "vault.next")
    old = [r[0] for r in db("SELECT wrapped FROM vault_key WHERE kind = 'lea'")]
    fd = os.open(state, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(fd, b"cd" * 32 + b"\n")
    os.close(fd)
    people.two("sam", "bob", "vault.rekey", {"reason": "yearly"})
    kill()
    restart()
    assert "VAULT-KEY" in alarms(), alarms()
    tap.equal(len(reveal()), 4, "targets under the new key")
    for wrapped in old:
        tap.equal(in_state(wrapped[12:]), [], "keys wrapped by the old key")
    lab.stop()
    os.rename(state, people.path("vault.key"))
    restart()
    assert not alarms() & {"VAULT-KEY", "VAULT-CLOSED"}, alarms()
    tap.equal(len(reveal()), 4, "targets")


def kill():
    pids = [*lab_pids(), lab.mdfd.pid]
    for p in pids:
        try:
            os.kill(p, signal.SIGKILL)
        except ProcessLookupError:
            pass
    lab.mdfd.wait()


@tap.test("a closed warrant is shredded by two persons, unless it is held; its key is nowhere, also after kill -9")
def _():
    people.ctl("alice", "warrant", "stop", "V-a", "--reason", "order withdrawn")
    people.ctl("alice", "warrant", "close", "V-a", "--reason", "nothing waits")
    args = {"warrant": "V-a", "reason": "court order", "order": "9 Gs 3"}
    hold = people.ctl("ada", "hold", "add", "V-a", "--authority", "court", "--reason", "appeal")["hold"]
    answer = people.call("alice", "warrant.shred", {**args, "plan": True})
    tap.equal((answer["ok"], answer["error"]["code"]), (False, "REFUSED"), "while it is held")
    people.two("alice", "bob", "hold.release", {"warrant": "V-a", "hold": hold, "reason": "over"})
    row = db("SELECT k.wrapped FROM vault_key k JOIN warrant w ON w.id = k.owner WHERE k.kind = 'warrant' AND w.liid = 'V-a'")[0][0]
    sealed = db("SELECT t.sealed FROM target t JOIN warrant w ON w.id = t.warrant WHERE w.liid = 'V-a'")
    assert in_state(row[12:]), "the wrapped key is there before"
    certificate = people.two("alice", "bob", "warrant.shred", args)
    kill()
    tap.equal(in_state(row[12:]), [], "the wrapped key at once")
    restart()
    tap.equal(in_state(row[12:]), [], "the wrapped key")
    for (s,) in sealed:
        tap.equal(in_state(s), [], "a sealed target")
    tap.equal(people.ctl("ada", "retention", "certificate", "V-a")["certificate"]["key"], certificate["key"], "certificate")
    tap.equal(people.ctl("alice", "warrant", "show", "V-a")["state"], "shredded", "state")
    tap.equal(people.refused("alice", "document", "export", "V-a", people.ctl("alice", "document", "list", "V-a")[0]["id"], "--reason", "x") in
              ("REFUSED", "CONFLICT"), True, "its document")
    tap.equal([t["masked"] for t in people.ctl("alice", "target", "list", "V-a")], ["***"] * 4, "what is left")
    tap.equal(people.ctl("ada", "audit", "list", "--op", "warrant.shred", "--outcome", "ok")[-1]["object"][:8], "warrant ", "audit row")
    tap.equal(len(reveal(liid="V-b")), 1, "the other warrant")


tap.main(setup)
