#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A row put into the database by hand delivers nothing: warrants and destinations are served only as two persons signed them, whatever was
changed, while mdfd runs and after a restart; what is not touched goes on.  The statements are made here, by a second implementation."""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import struct
import time

import tap
from people import People, canonical, sign

lab = people = None
DAY = 86400 * 10**9
SENT = 8  # PDUs of each round for each warrant
COUNT = {}  # LIID: PDUs that must have been delivered
CASES = ("GOOD", "FROM", "WINDOW", "LIID", "XID", "LEA", "NES", "SCOPE", "CONTENT", "RULE", "DEST", "TEXT", "SWAP1", "SWAP2", "SAME", "REVOKED", "KEYLESS", "BACK", "OPERATOR")
X = {n: tap.new_xid() for n in CASES + ("PINS", "ADDRESS", "STOPPED", "HAND", "PAUSED")}


def db():
    d = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=20, isolation_level=None)
    d.execute("PRAGMA foreign_keys = ON")
    d.row_factory = sqlite3.Row
    return d


def uuid(b):
    h = bytes(b).hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


# -- statements

def dest_part(d, row):
    if row is None:
        return None
    r = d.execute("SELECT * FROM destination WHERE id = ?", (row,)).fetchone()
    pins = [bytes(p[0]).hex() for p in d.execute("SELECT pin FROM destination_pin WHERE destination = ? ORDER BY pos", (row,))]
    return {"did": uuid(r["did"]), "pins": pins, "row": row}


def rules(d, row, what):
    """SHA-256 of the packed rules: here only exclusions of the service data."""
    texts = [r[0] for r in d.execute("SELECT text FROM warrant_rule WHERE warrant = ? AND what = ? ORDER BY pos", (row, what))]
    assert all(t == "service:data" for t in texts), texts
    packed = b"".join(struct.pack("8B3H32x", 1 if what == "exclude" else 2, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0) for t in texts)
    return hashlib.sha256(packed).hexdigest() if packed else ""


def task(d, row):
    """What the data plane is to obey for warrant ROW, from the database."""
    w = d.execute("SELECT * FROM warrant WHERE id = ?", (row,)).fetchone()
    nes = sorted(r[0] for r in d.execute("SELECT n.name FROM warrant_ne x JOIN ne n ON n.id = x.ne WHERE x.warrant = ?", (row,)))
    lea = d.execute("SELECT l.name, coalesce(p.name, 'etsi') FROM lea l LEFT JOIN profile p ON p.id = l.profile WHERE l.id = ?", (w["lea"],)).fetchone()
    return {
        "auth_cc": w["auth_cc"] or "", "content": w["content"], "countries": json.loads(w["countries"]) if w["countries"] else None,
        "delivery": w["delivery"], "delivery_cc": w["delivery_cc"] or "", "exclude": rules(d, row, "exclude"), "from_ns": str(w["from_ns"]),
        "hi2": dest_part(d, w["hi2"]), "hi3": dest_part(d, w["hi3"]), "lea": lea[0], "liid": bytes(w["liid_octets"]).hex(), "ne_id": w["ne_id"] or "",
        "nes": nes or None, "operator_id": w["operator_id"], "profile": lea[1],
        "services": sorted(json.loads(w["services"])) if w["services"] else None, "target": rules(d, row, "target"),
        "cc_outage": w["cc_outage"], "iri_outage": w["iri_outage"] or "retain",
        "trigger": bool(w["triggered"]), "until_ns": str(w["until_ns"]),
        "xids": sorted(uuid(r[0]) for r in d.execute("SELECT xid FROM warrant_xid WHERE warrant = ?", (row,)))}


def store(d, table, row, kind, text, first, second):
    """TEXT, signed by FIRST and SECOND, as the statement that holds for ROW of TABLE."""
    s = [sign(people.keys[p], text) for p in (first, second)]
    cur = d.execute("INSERT INTO statement (type, object, doc, sha256, key1, sig1, key2, sig2, created_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (kind, f"{table} {row}", text, hashlib.sha256(text.encode()).digest(), s[0]["key"], base64.b64decode(s[0]["sig"]), s[1]["key"],
                     base64.b64decode(s[1]["sig"]), time.time_ns()))
    d.execute(f"UPDATE {table} SET statement = ? WHERE id = ?", (cur.lastrowid, row))


def approve_warrant(d, liid, first="alice", second="bob"):
    w = d.execute("SELECT * FROM warrant WHERE liid = ?", (liid,)).fetchone()
    text = canonical({"order": {"submitted_ns": str(time.time_ns()), "uuid": uuid(w["uuid"])}, "task": task(d, w["id"]), "type": "openmdf.warrant.v1"})
    store(d, "warrant", w["id"], "openmdf.warrant.v1", text, first, second)


def approve_destination(d, name):
    r = d.execute("SELECT d.*, l.name AS lea_name FROM destination d JOIN lea l ON l.id = d.lea WHERE d.name = ?", (name,)).fetchone()
    addresses = [a[0] for a in d.execute("SELECT address FROM destination_address WHERE destination = ? ORDER BY pos", (r["id"],))]
    text = canonical({"destination": {"addresses": addresses, **dest_part(d, r["id"]), "kind": r["kind"], "lea": r["lea_name"], "level": r["level"],
                                      "name": r["name"], "server_name": r["server_name"] or "", "tls12": bool(r["tls12"]), "transport": r["transport"]},
                      "order": {"submitted_ns": str(time.time_ns())}, "type": "openmdf.destination.v1"})
    store(d, "destination", r["id"], "openmdf.destination.v1", text, "sam", "bob")


def key_lists(d):
    """Version 1 by the root; version 2 by two persons revokes anton's key."""
    one = people.key_list()
    keys = [people.entry(h, state="revoked" if h == "anton" else "active") for h in people.all]
    two = people.key_list(version=2, prev=hashlib.sha256(one["doc"].encode()).hexdigest(), keys=keys, signers=[people.keys["sam"], people.keys["bob"]])
    for n, e in ((1, one), (2, two)):
        d.execute("INSERT INTO key_list VALUES (?, ?, ?)", (n, json.dumps(e), time.time_ns()))


# -- set-up

def setup():
    global lab, people
    lab = tap.start_lab(lemfs=("lemf-a", "lemf-b", "lemf-p", "lemf-q", "lemf-evil"), session__snapshot_s=1)
    people = People(lab)
    tap.provision(lab, nes=("ne1", "ne2"))
    for n in ("lemf-p", "lemf-q"):
        tap.add_destination(lab, n, "lea-a")
    for n in X:
        more = {"ne": "ne1"} if n == "NES" else {"services": "voice,messaging"} if n == "SCOPE" else {"exclude": "service:data"} if n == "RULE" else {}
        dest = {"PINS": "lemf-p", "ADDRESS": "lemf-q"}.get(n, "lemf-a")
        tap.add_warrant(lab, n, "lea-a", X[n], dest, dest, **more, **({"content": "headers"} if n == "CONTENT" else {}), start=n != "HAND")
    tap.equal(lab.stop(), 0, "exit code")
    d = db()
    d.execute("BEGIN")
    key_lists(d)
    for n in X:
        if n != "HAND":
            approve_warrant(d, n)
    for n in ("lemf-a", "lemf-b", "lemf-p", "lemf-q"):
        approve_destination(d, n)
    d.execute("INSERT INTO person (handle, name, roles, uid, state, created_ns) VALUES ('alice', 'Alice', 1, ?, 'active', 1)", (os.getuid(),))
    d.execute("COMMIT")
    d.close()
    lab.configure(session__snapshot_s=1, **people.conf)
    lab.start()
    return lab



def unsigned():
    return {o for _, o in tap.alarms(lab, "WARRANT-UNSIGNED")}


def row(liid):
    d = db()
    try:
        return d.execute("SELECT id FROM warrant WHERE liid = ?", (liid,)).fetchone()[0]
    finally:
        d.close()


def send(names):
    for n in names:
        lab.ne(xid=X[n], seed=int.from_bytes(os.urandom(3), "big"), generate=f"format=sip,count={SENT}")


def reload_database():
    """The admin role begins anew and sends what the database says now to roles that go on."""
    lab.kill_role("admin")
    tap.in_force(lab)
    time.sleep(0.3)


def restart():
    tap.equal(lab.stop(), 0, "exit code")
    lab.start()
    tap.in_force(lab)



def delivered(liid):
    return sum(1 for n in lab.lemfs for r in tap.lemf_pdus(lab, n) if r["liid"] == liid)


def round_(good, bad, restarted=False):
    """Everybody gets PDUs: those of GOOD are delivered, those of BAD are rejected and nothing goes anywhere."""
    before = {n: (delivered(n), tap.warrant(lab, n)["rejected"] if n in bad else 0) for n in list(good) + list(bad)}
    send(list(good) + list(bad))
    for n in good:
        tap.wait_for(f"{n} is delivered", lambda n=n: delivered(n) >= before[n][0] + SENT, 15, 0.05)
    for n in bad:
        tap.wait_for(f"{n} is rejected", lambda n=n: tap.warrant(lab, n)["rejected"] == before[n][1] + SENT, 10, 0.05)
        tap.equal(delivered(n), before[n][0], f"{n} at the LEMFs")
    tap.accounted(lab.status())


@tap.test("what two persons signed is delivered")
def _():
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.equal(unsigned(), set(), "alarms")
    tap.equal(tap.alarms(lab, "KEY-LIST") | tap.alarms(lab, "DEST-UNSIGNED"), set(), "alarms")
    round_([n for n in X if n != "HAND"], [])


def tamper(d):
    """Each case one change by hand."""
    w = {r["liid"]: r for r in d.execute("SELECT * FROM warrant")}
    run = d.execute
    run("UPDATE warrant SET from_ns = from_ns - 1 WHERE liid = 'FROM'")
    run("UPDATE warrant SET until_ns = until_ns + ? WHERE liid = 'WINDOW'", (DAY,))
    run("UPDATE warrant SET liid_octets = ? WHERE liid = 'LIID'", (b"LIIE",))
    run("INSERT INTO warrant_xid VALUES (?, ?)", (os.urandom(16), w["XID"]["id"]))
    run("UPDATE warrant SET lea = (SELECT id FROM lea WHERE name = 'lea-b'), hi2 = (SELECT id FROM destination WHERE name = 'lemf-b'),"
        " hi3 = (SELECT id FROM destination WHERE name = 'lemf-b') WHERE liid = 'LEA'")
    run("INSERT INTO warrant_ne SELECT ?, id FROM ne WHERE name = 'ne2'", (w["NES"]["id"],))
    run("UPDATE warrant SET services = NULL WHERE liid = 'SCOPE'")
    run("UPDATE warrant SET content = 'full' WHERE liid = 'CONTENT'")
    run("DELETE FROM warrant_rule WHERE warrant = ?", (w["RULE"]["id"],))
    run("UPDATE warrant SET hi2 = (SELECT id FROM destination WHERE name = 'lemf-p') WHERE liid = 'DEST'")
    run("UPDATE statement SET doc = replace(doc, '\"submitted_ns\":\"1', '\"submitted_ns\":\"2') WHERE id = ?", (w["TEXT"]["statement"],))
    one, two = (run("SELECT * FROM statement WHERE id = ?", (w[n]["statement"],)).fetchone() for n in ("SWAP1", "SWAP2"))
    for a, b in ((one, two), (two, one)):
        run("UPDATE statement SET key1 = ?, sig1 = ?, key2 = ?, sig2 = ? WHERE id = ?", (b["key1"], b["sig1"], b["key2"], b["sig2"], a["id"]))
    approve_warrant(d, "SAME", "ada", "ada")
    approve_warrant(d, "REVOKED", "anton", "bob")
    s = run("SELECT * FROM statement WHERE id = ?", (w["KEYLESS"]["statement"],)).fetchone()
    run("UPDATE statement SET key1 = ? WHERE id = ?", (hashlib.sha256(b"nobody").hexdigest(), s["id"]))
    run("UPDATE warrant SET statement = NULL WHERE liid = 'BACK'")
    run("UPDATE warrant SET operator_id = 'OTHER' WHERE liid = 'OPERATOR'")
    run("UPDATE warrant SET state = 'active' WHERE liid = 'HAND'")


BAD = [n for n in CASES if n != "GOOD"] + ["HAND"]


def backup():
    d = db()
    d.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    d.close()
    shutil.copy(os.path.join(lab.dir, "state", "openmdf.db"), os.path.join(lab.dir, "good.db"))


@tap.test("rows changed by hand while it runs: nothing is delivered for them, the others go on")
def _():
    backup()
    d = db()
    d.execute("BEGIN")
    tamper(d)
    d.execute("COMMIT")
    d.close()
    reload_database()
    tap.wait_for("each has an alarm", lambda: unsigned() == {f"warrant {row(n)}" for n in BAD}, 15)
    round_(["GOOD", "PINS"], BAD)
    kinds = {(j["kind"], j["code"]) for j in lab.ctl("journal", "list", "--code", "UNSIGNED")}
    tap.equal({k[1] for k in kinds}, {"UNSIGNED"}, "journal")


@tap.test("the same after a restart")
def _():
    restart()
    tap.wait_for("each has an alarm", lambda: unsigned() == {f"warrant {row(n)}" for n in BAD}, 15)
    round_(["GOOD", "PINS"], BAD)
    tap.equal([r for r in tap.lemf_pdus(lab, "lemf-evil")], [], "at a LEMF of nobody")


def put_back():
    """The database as it was; its counters may be behind what the data plane knows."""
    good = sqlite3.connect(os.path.join(lab.dir, "good.db"))
    good.row_factory = sqlite3.Row
    d = db()
    d.execute("PRAGMA foreign_keys = OFF")
    d.execute("BEGIN")
    for table in ("warrant_xid", "warrant_ne", "warrant_rule", "warrant", "statement", "destination_address", "destination_pin", "destination", "key_list"):
        d.execute(f"DELETE FROM {table}")
        for r in good.execute(f"SELECT * FROM {table}"):
            d.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(r))})", tuple(r))
    d.execute("COMMIT")
    d.close()
    good.close()


@tap.test("put right again: everything is delivered, the alarms are cleared")
def _():
    put_back()
    reload_database()
    tap.wait_for("no alarm", lambda: unsigned() == set(), 15)
    round_([n for n in X if n != "HAND"], [])


@tap.test("what was stopped or suspended does not come back by a change of its row")
def _():
    d = db()
    states = d.execute("SELECT sql FROM sqlite_master WHERE name = 'warrant'").fetchone()[0]
    d.execute("UPDATE warrant SET state = ?, ended_ns = ? WHERE liid = 'STOPPED'", ("'ended'" in states and "ended" or "revoked", time.time_ns()))
    d.execute("UPDATE warrant SET state = 'suspended' WHERE liid = 'PAUSED'")
    d.close()
    reload_database()
    time.sleep(0.5)
    tap.equal(unsigned(), set(), "alarms")
    d = db()
    d.execute("UPDATE warrant SET state = 'active', ended_ns = NULL WHERE liid IN ('STOPPED', 'PAUSED')")
    d.close()
    reload_database()
    round_(["GOOD"], ["STOPPED", "PAUSED"])
    restart()
    round_(["GOOD"], ["STOPPED", "PAUSED"])
    d = db()
    approve_warrant(d, "PAUSED")
    d.close()
    reload_database()
    round_(["GOOD", "PAUSED"], ["STOPPED"])


@tap.test("an older statement does not count after a newer one")
def _():
    d = db()
    d.execute("BEGIN")
    old = d.execute("SELECT statement FROM warrant WHERE liid = 'BACK'").fetchone()[0]
    d.execute("UPDATE warrant SET until_ns = until_ns - ? WHERE liid = 'BACK'", (DAY,))
    approve_warrant(d, "BACK")
    d.execute("COMMIT")
    reload_database()
    round_(["GOOD", "BACK"], [])
    d.execute("UPDATE warrant SET until_ns = until_ns + ?, statement = ? WHERE liid = 'BACK'", (DAY, old))
    d.close()
    reload_database()
    round_(["GOOD"], ["BACK"])


@tap.test("destination changed by hand: no connection, its product waits and is delivered when it is right again")
def _():
    d = db()
    d.execute("UPDATE destination_address SET address = ? WHERE destination = (SELECT id FROM destination WHERE name = 'lemf-q')",
              (f"127.0.0.1:{lab.lemfs['lemf-evil']['port']}",))
    d.execute("INSERT INTO destination_pin VALUES ((SELECT id FROM destination WHERE name = 'lemf-p'), 0, ?)", (os.urandom(32),))
    d.close()
    for again in (False, True):
        if again:
            restart()
        else:
            reload_database()
        tap.wait_for("both are refused", lambda: {tap.destination(lab, n)["state"] for n in ("lemf-p", "lemf-q")} == {"unsigned"}, 10)
        tap.equal(len(tap.alarms(lab, "DEST-UNSIGNED")), 2, "alarms")
        before = delivered("ADDRESS")
        round_(["GOOD"], ["PINS"])  # a warrant names the pins of its destination
        send(["ADDRESS"])
        tap.wait_for("it waits", lambda: tap.warrant(lab, "ADDRESS")["waiting"] == SENT * (2 if again else 1), 10)
        tap.equal(delivered("ADDRESS"), before, "delivered")
        tap.accounted(lab.status())
    tap.equal(len(tap.lemf_events(lab, "lemf-evil")), 0, "at the LEMF of nobody")
    d = db()
    d.execute("UPDATE destination_address SET address = ? WHERE destination = (SELECT id FROM destination WHERE name = 'lemf-q')",
              (f"127.0.0.1:{lab.lemfs['lemf-q']['port']}",))
    d.execute("DELETE FROM destination_pin WHERE destination = (SELECT id FROM destination WHERE name = 'lemf-p')")
    d.close()
    reload_database()
    tap.wait_for("delivered", lambda: delivered("ADDRESS") == before + 2 * SENT, 15)
    tap.wait_for("no alarm", lambda: not tap.alarms(lab, "DEST-UNSIGNED"), 5)
    round_(["GOOD", "PINS", "ADDRESS"], [])


@tap.test("key lists changed by hand: a list more, a list less, nobody's list")
def _():
    d = db()
    lists = [tuple(r) for r in d.execute("SELECT * FROM key_list ORDER BY version")]
    newest = json.loads(lists[-1][1])["doc"]
    keys = [dict(e, state="active") for e in json.loads(newest)["keys"]]
    third = people.key_list(version=3, prev=hashlib.sha256(newest.encode()).hexdigest(), keys=keys, signers=[people.keys["alice"], people.keys["anton"]])
    for name, change in (("a list by persons without the right", lambda: d.execute("INSERT INTO key_list VALUES (3, ?, 1)", (json.dumps(third),))),
                         ("the list that revokes is gone", lambda: d.execute("DELETE FROM key_list WHERE version = 2")),
                         ("all are gone", lambda: d.execute("DELETE FROM key_list"))):
        tap.note(name)
        change()
        reload_database()
        tap.wait_for("alarm", lambda: ("KEY-LIST", "ingest") in tap.alarms(lab), 10)
        round_(["GOOD"], [])  # by the last good one
        restart()
        tap.wait_for("alarm", lambda: ("KEY-LIST", "ingest") in tap.alarms(lab), 10)
        round_([], ["GOOD", "REVOKED", "TEXT"])  # there is no good one
        d.execute("DELETE FROM key_list")
        d.executemany("INSERT INTO key_list VALUES (?, ?, ?)", lists)
        reload_database()
        tap.wait_for("no alarm", lambda: not tap.alarms(lab, "KEY-LIST"), 10)
        round_(["GOOD", "REVOKED"], [])
    d.close()


if __name__ == "__main__":
    tap.main(setup)
