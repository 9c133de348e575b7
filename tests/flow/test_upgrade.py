#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A database of version 3 with rows of every state, rules and audit rows: the daemon upgrades it, nothing is lost, and what was active is delivered."""

import os
import sqlite3
import time
import uuid

import tap

lab = None
SRC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "db")
NS = 10**9
HOUR = 3600 * NS
NOW = time.time_ns()
X = {n: str(uuid.uuid4()) for n in ("ACTIVE", "SUSP", "DRAFT", "STOPPED", "OVER", "RULE")}
# state, begin, end, ended: of version 3
OLD = {"ACTIVE": ("active", -HOUR, HOUR, None), "SUSP": ("suspended", -HOUR, HOUR, None), "DRAFT": ("draft", -HOUR, HOUR, None),
       "STOPPED": ("ended", -HOUR, HOUR, -HOUR // 2), "OVER": ("ended", -2 * HOUR, -HOUR, None), "RULE": ("active", -HOUR, HOUR, None)}


def old_database(path):
    d = sqlite3.connect(path)
    for name in ("schema.sql", "upgrade/0002.sql", "upgrade/0003.sql"):
        with open(os.path.join(SRC, name), encoding="utf-8") as f:
            d.executescript(f.read())
    d.execute("PRAGMA foreign_keys=ON")
    d.execute("INSERT INTO ne (name, san, x2, x3, tls12, enabled, time_p2_s, created_ns) VALUES ('ne1', 'ne1.lab.example', 1, 1, 0, 1, 180, 7)")
    d.execute("INSERT INTO ne_rule VALUES (1, 0, 'service:ptt', NULL)")
    d.execute("INSERT INTO lea (name, country, created_ns) VALUES ('lea-a', 'NL', 7)")
    d.execute("INSERT INTO destination (did, lea, name, kind, transport, tls12, server_name, level, enabled, time1_s, time2_s, time3_s, options, created_ns)"
              " VALUES (?, 1, 'lemf-a', 'both', 'tls', 0, 'lemf-a.lab.example', 'auto', 1, 120, 30, 60, '{\"barrier_ms\": 50}', 7)", (uuid.uuid4().bytes,))
    d.execute("INSERT INTO destination_address VALUES (1, 0, ?)", (f"127.0.0.1:{lab.lemfs['lemf-a']['port']}",))
    for n, (state, begin, end, ended) in OLD.items():
        w = d.execute("INSERT INTO warrant (uuid, lea, liid, liid_octets, auth_cc, delivery_cc, delivery, from_ns, until_ns, from_written, until_written, hi2, hi3,"
                      " state, ended_ns, created_ns) VALUES (?, 1, ?, ?, 'NL', 'NL', 'both', ?, ?, ?, ?, 1, 1, ?, ?, 7)",
                      (uuid.uuid4().bytes, n, n.encode(), NOW + begin, NOW + end, stamp(NOW + begin), stamp(NOW + end), state,
                       NOW + ended if ended else (NOW + end if state == "ended" else None))).lastrowid
        d.execute("INSERT INTO warrant_xid VALUES (?, ?)", (uuid.UUID(X[n]).bytes, w))
        d.execute("INSERT INTO warrant_ne VALUES (?, 1)", (w,))
        d.execute("INSERT INTO audit (time_ns, boot_id, uid, actor, interface, op, object, outcome) VALUES (?, 'old', 0, 'root', 'cli', 'warrant.add', ?, 'ok')",
                  (w, f"warrant {n}"))
    d.execute("INSERT INTO warrant_rule SELECT id, 'exclude', 0, 'net:10.0.0.0/8', NULL FROM warrant WHERE liid = 'RULE'")
    d.execute("INSERT INTO warrant_event (warrant, time_ns, event, origin, text) VALUES (1, 7, 'metadata-begin', 'rule', 'x')")
    d.execute("INSERT INTO journal (time_ns, kind, code, ne, warrant, n) VALUES (7, 2, 0, 1, 1, 3)")
    d.execute("INSERT INTO journal (time_ns, kind, code, ne, warrant, n) VALUES (8, 4, 0, 1, 1, 5), (9, 4, 0, 1, 1, 2)")
    d.execute("INSERT INTO journal (time_ns, kind, code, ne, warrant, n, first) VALUES (9, 9, 18, 1, 1, 4, 2)")
    d.execute("PRAGMA user_version=3")
    d.commit()
    d.close()


def stamp(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ns // NS))


def setup():
    global lab
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.lemf("lemf-a")
    lab.configure()
    os.makedirs(os.path.join(lab.dir, "state"), mode=0o700, exist_ok=True)
    old_database(path())
    lab.start()
    tap.wait_for("the link is up", lambda: tap.destination(lab, "lemf-a")["state"] == "up", 15, 0.1)
    return lab


def path():
    return os.path.join(lab.dir, "state", "openmdf.db")


def states():
    return {w["liid"]: w["state"] for w in lab.ctl("warrant", "list")}


@tap.test("every warrant is there with its state: what had ended is revoked when it was stopped, else expired")
def _():
    tap.equal(states(), {"ACTIVE": "active", "SUSP": "suspended", "DRAFT": "draft", "STOPPED": "revoked", "OVER": "expired", "RULE": "active"}, "states")
    w = lab.ctl("warrant", "show", "RULE")
    tap.equal((len(w["exclude"]), w["cc_outage"], w["iri_outage"], w["revision"]), (1, None, None, 1), "its rule; nothing new is said of it")
    tap.equal(lab.ctl("xid", "list", "--warrant", "SUSP")[0]["xid"], X["SUSP"], "XID")


@tap.test("foreign keys and the file are whole; rows of audit log, journal and events are there")
def _():
    d = sqlite3.connect(f"file:{path()}?mode=ro", uri=True, timeout=10)
    tap.equal(d.execute("PRAGMA foreign_key_check").fetchall(), [], "foreign keys")
    tap.equal(d.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity")
    assert d.execute("PRAGMA user_version").fetchone()[0] > 3
    tap.equal([d.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("warrant_xid", "warrant_ne", "warrant_rule", "ne_rule", "warrant_event")],
              [6, 6, 1, 1, 1], "rows")
    tap.equal(d.execute("SELECT DISTINCT cin FROM journal WHERE id <= 4").fetchall(), [(0,)], "no session is known of old journal entries")
    tap.equal(d.execute("SELECT warrant, cin, kind, code, part, n, entries, first_ns, last_ns FROM journal_sum ORDER BY kind").fetchall(),
              [(1, 0, 4, 0, 0, 7, 2, 8, 9), (1, 0, 9, 18, 2, 4, 1, 9, 9)], "their sums")
    rows = d.execute("SELECT object FROM audit_before WHERE op = 'warrant.add' AND actor = 'root'").fetchall()
    d.close()
    tap.equal(sorted(r[0] for r in rows), sorted(f"warrant {n}" for n in OLD), "audit rows of before")


@tap.test("what was active is delivered, what was not is not, as before")
def _():
    tap.in_force(lab)
    for n in X:
        lab.ne(xid=X[n], generate="format=rtp,count=10")
    tap.wait_for("delivered", lambda: tap.warrant(lab, "ACTIVE")["delivered"] == 10 and tap.warrant(lab, "RULE")["delivered"] == 10, 20, 0.1)
    s = tap.drained(lab)
    tap.accounted(s)
    tap.equal({w["liid"]: w["delivered"] for w in s["warrants"] if w["delivered"]}, {"ACTIVE": 10, "RULE": 10}, "delivered")
    tap.equal(tap.warrant(lab, "SUSP", s)["rejected"], 10, "suspended")


@tap.test("its life goes on: resumed, started, stopped by one person each, and stopped stays stopped")
def _():
    lab.ctl("warrant", "resume", "SUSP", "--reason", "x")
    lab.ctl("warrant", "start", "DRAFT")
    lab.ctl("warrant", "stop", "ACTIVE", "--reason", "x")
    tap.in_force(lab)
    for n in ("SUSP", "DRAFT", "ACTIVE"):
        lab.ne(xid=X[n], generate="format=rtp,count=10")
    tap.wait_for("delivered", lambda: [tap.warrant(lab, n)["delivered"] for n in ("SUSP", "DRAFT")] == [10, 10], 20, 0.1)
    tap.equal(tap.warrant(lab, "ACTIVE")["delivered"], 10, "stopped")
    code, out = lab.ctl("warrant", "resume", "STOPPED", "--reason", "x", check=False)
    assert code != 0, out
    assert states()["STOPPED"] in ("revoked", "closed"), states()  # closed by itself once every role told its books


@tap.test("the audit log from the upgrade on is verified")
def _():
    tap.equal(lab.ctl("audit", "verify")["holds"], True, "audit verify")


tap.main(setup)
