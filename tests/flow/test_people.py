#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Persons from the first start on: the one-time code, log-in by key and by password with code, delays, fresh factors, sessions that end, rights that end."""

import base64
import hashlib
import glob
import hmac
import os
import sqlite3
import struct
import subprocess
import time

import tap
from people import Connection, People, key_id, make_key, sign

lab = None
people = None
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
ahead = 0  # seconds that the daemon's clock is before ours


def setup():
    global lab, people
    if not FAKETIME:
        raise tap.Skip("faketime is not installed")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    people = People(lab)
    lab.configure(**people.conf)
    os.makedirs(os.path.join(lab.dir, "state"), mode=0o700)
    clock(0)
    people.env = {"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": os.path.join(lab.dir, "state", "clock"), "FAKETIME_NO_CACHE": "1",
                  "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"}
    lab.start(wait=False, env=people.env)
    people.wait_ready()
    people.genesis()
    return lab


def clock(seconds):
    """Set the daemon's clock SECONDS further ahead than it was."""
    global ahead
    ahead += seconds
    path = os.path.join(lab.dir, "state", "clock")
    with open(path + ".new", "w") as f:
        f.write(f"+{ahead}s")
    os.rename(path + ".new", path)


def db(sql, *args):
    d = sqlite3.connect(f"file:{lab.dir}/state/openmdf.db?mode=ro", uri=True, timeout=10)
    try:
        return d.execute(sql, args).fetchall()
    finally:
        d.close()


def code_of(answer):
    assert not answer["ok"], f"it was not refused: {answer}"
    return answer["error"]["code"]


def totp(uri, steps=0):
    """RFC 6238 of the secret in an otpauth URI, at the daemon's time."""
    secret = base64.b32decode(uri.split("secret=")[1].split("&")[0])
    h = hmac.new(secret, struct.pack(">Q", int(time.time() + ahead) // 30 + steps), hashlib.sha1).digest()
    n = h[-1] & 15
    return f"{(struct.unpack('>I', h[n:n + 4])[0] & 0x7fffffff) % 10**6:06d}"


def audit(op, outcome=None):
    return [r for r in people.ctl("ada", "audit", "list", "--op", op) if outcome in (None, r["outcome"])]


@tap.test("before anybody is enrolled: nobody may anything, the code is in a file of its own and not in the log")
def _():
    for op in ("status", "warrant.list", "person.list", "audit.list", "token.list", "person.add"):
        tap.equal(code_of(people.call(None, op)), "LOGIN", op)
    tap.equal(oct(os.stat(people.code_file).st_mode & 0o777), "0o600", "mode of the code")
    with open(people.code_file) as f:
        code = f.read().strip()
    assert len(code) >= 28, "the code is short"
    with open(os.path.join(lab.dir, "mdfd.log")) as f:
        assert code not in f.read(), "the code is in the log"


@tap.test("a wrong code, a key that is not in the list, somebody else's key: refused")
def _():
    wrong = people.secret_file("wrong-code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA\n")
    code, out = people.enrol_one("alice", check=False, code_file=wrong)
    tap.equal((code, out["error"]["code"]), (1, "LOGIN"), "wrong code")
    clock(2)  # the delay of that failure
    for kid in (key_id(people.keys["bob"]), key_id(make_key("ed25519"))):
        code, out = lab.ctl("person", "enrol", "--code-file", people.code_file, "--handle", "alice", "--roles", "admin", "--key-id", kid, check=False)
        tap.equal((code, out["error"]["code"]), (1, "REFUSED"), "key of another")
    for roles in ("admin,approver", "security,auditor", "liaison,operator", "admin,security", "king", "liaison"):
        code, out = people.enrol_one("alice", check=False, roles=roles)
        assert code != 0 and out["error"]["code"] in ("REFUSED", "USAGE"), f"{roles}: {out}"
    tap.equal(db("SELECT count(*) FROM person"), [(0,)], "persons")


@tap.test("the code works until there are a security officer and an approver, then never again")
def _():
    with open(people.code_file) as f:
        code = f.read()
    people.enrol()
    assert not os.path.exists(people.code_file), "the code is still there"
    again = people.secret_file("old-code", code)
    r, out = people.enrol_one("bert", check=False, code_file=again)
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "after the quorum")
    clock(2)
    people.secret_file("../state/enrol-code", code)  # put back by hand
    r, out = people.enrol_one("bert", check=False)
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "put back by hand")
    lab.stop()
    lab.start(wait=False, env=people.env)
    people.wait_ready()
    clock(10)
    r, out = people.enrol_one("bert", check=False)
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "after a restart")
    os.unlink(people.code_file)


@tap.test("log-in by key: who it is, with which roles, until the connection ends")
def _():
    for h in ("alice", "bob"):  # Ed25519 and P-256
        tap.equal({k: v for k, v in people.ctl(h, "session", "who").items() if k in ("person", "roles")},
                  {"person": h, "roles": [people.all[h][0]]}, h)
    with Connection(people) as c:
        tap.equal(code_of(c.call("warrant.list")), "LOGIN", "before")
        c.login("alice")
        assert c.call("warrant.list")["ok"]
        tap.equal(db("SELECT count(*) FROM session WHERE interface = 'cli'"), [(1,)], "sessions")
        assert c.call("session.close")["ok"]
        tap.equal(code_of(c.call("warrant.list")), "LOGIN", "after")
    with Connection(people) as c:
        c.login("alice")
    tap.wait_for("the session ends with its connection", lambda: db("SELECT count(*) FROM session") == [(0,)])


@tap.test("a challenge is good once, for a minute, for one person, for its key; the same answer to all that is wrong")
def _():
    why = set()
    with Connection(people) as c:
        def refused(args, later=1000):
            a = c.call("session.open", args)
            tap.equal(code_of(a), "LOGIN", str(args)[:60])
            why.add(a["error"]["why"].split(";")[0] + a["error"]["todo"])
            clock(later)
        good = {"person": "alice", **c.signed("alice")}
        refused({**good, "person": "bob"}, later=0)
        refused(good)  # the number is used up
        refused({"person": "alice", **c.signed("alice", people.keys["bob"])})
        refused({"person": "alice", **c.signed("alice", make_key("ed25519"))})
        refused({"person": "nobody", **c.signed("nobody", people.keys["alice"])})
        late = {"person": "alice", **c.signed("alice")}
        clock(61)
        refused(late)
        refused({"person": "alice", "nonce": "00" * 32, "signature": sign(people.keys["alice"], "x")})
        assert c.call("session.open", {"person": "alice", **c.signed("alice")})["ok"]
    tap.equal(len(why), 1, f"answers {why}")
    rows = audit("session.open", "refused")
    assert len(rows) >= 7 and {r["object"] for r in rows} <= {"person alice", "person bob", "person unknown"}, rows


@tap.test("the wait grows with each failure, is told, and names nobody who is none; a success ends it")
def _():
    waits = []
    for _ in range(5):
        with Connection(people) as c:
            a = c.call("session.open", {"person": "olga", **c.signed("olga", people.keys["alice"])})
            waits.append(int(a["error"]["why"].split("possible in ")[1].split(" ")[0]))
            b = c.call("session.open", {"person": "olga", **c.signed("olga")})
            assert "wait" in b["error"]["why"], f"the right key within the wait: {b}"
            clock(waits[-1])
    tap.equal(waits, [1, 2, 4, 8, 16], "seconds")
    with Connection(people) as c:
        c.login("olga")
    with Connection(people) as c:
        tap.equal(c.login("olga", check=False)["ok"], True, "after a success")
        c.call("session.open", {"person": "mallory-cleartext", **c.signed("x", people.keys["alice"])})
    alarms = people.ctl("ada", "alarm", "list")
    tap.equal({a["object"] for a in alarms if a["code"] == "LOGIN-FAILED"} & {"person unknown"}, {"person unknown"}, "alarm")
    with open(os.path.join(lab.dir, "mdfd.log")) as f:
        assert "mallory-cleartext" not in f.read(), "a tried name is in the log"
    for row in db("SELECT * FROM audit") + db("SELECT * FROM alarm"):
        assert "mallory-cleartext" not in str(row), f"a tried name is in the database: {row}"
    clock(1000)


@tap.test("too many failures of all together make everybody wait")
def _():
    with Connection(people) as c:
        for i in range(60):
            a = c.call("session.open", {"person": f"nobody{i}", **c.signed("x", people.keys["alice"])})
        tap.equal(code_of(a), "LOGIN", "the last one")
        a = c.login("ada", check=False)
        assert not a["ok"] and "wait" in a["error"]["why"], a
        clock(61)
        c.login("ada")
    clock(1000)


@tap.test("one session for a person and a door: a later log-in ends the earlier one")
def _():
    with Connection(people) as one, Connection(people) as two:
        one.login("alice")
        two.login("alice")
        tap.equal(code_of(one.call("warrant.list")), "LOGIN", "the earlier one")
        assert two.call("warrant.list")["ok"]


@tap.test("a session ends after 15 minutes without calls, and after 8 hours")
def _():
    with Connection(people) as c:
        c.login("alice")
        clock(14 * 60)
        assert c.call("warrant.list")["ok"]
        clock(14 * 60)
        assert c.call("warrant.list")["ok"], "a call keeps it"
        clock(15 * 60 + 1)
        tap.equal(code_of(c.call("warrant.list")), "LOGIN", "idle")
        c.login("alice")
        for _ in range(34):
            clock(14 * 60)
            assert c.call("session.who")["result"]["roles"]
        clock(5 * 60)
        tap.equal(c.call("session.who")["result"]["roles"], [], "8 hours")
        tap.equal(code_of(c.call("token.list")), "LOGIN", "8 hours")


@tap.test("a fresh factor is needed for what ends or gives rights, and is fresh for five minutes")
def _():
    with Connection(people) as c:
        c.login("sam")
        clock(301)
        for op, args in (("person.invite", {"handle": "alice"}), ("person.remove", {"handle": "nobody"}), ("person.add", {"handle": "x", "roles": "admin"})):
            tap.equal(code_of(c.call(op, args)), "STEP-UP", op)
        tap.equal(code_of(c.call("session.step-up", c.signed("sam", people.keys["bob"]))), "LOGIN", "with the key of another")
        clock(10)
        assert c.call("session.step-up", c.signed("sam"))["ok"]
        tap.equal(code_of(c.call("person.remove", {"handle": "nobody"})), "NOT-FOUND", "with a fresh factor")
        clock(299)
        tap.equal(code_of(c.call("person.remove", {"handle": "nobody"})), "NOT-FOUND", "299 s later")
        clock(2)
        tap.equal(code_of(c.call("person.remove", {"handle": "nobody"})), "STEP-UP", "301 s later")


PASSWORD = "kolibri 7 wohnt hinter Saturn"
uri = None


@tap.test("an invitation: the code is shown once, is good for a week and once; bad passwords are refused")
def _():
    global uri
    got = people.ctl("sam", "person", "invite", "olga")
    for row in db("SELECT * FROM person"):
        assert got["code"] not in str(row), "the code is readable in the database"
    code = people.secret_file("invite", got["code"])

    def accept(password, code=code, handle="olga"):
        return lab.ctl("person", "accept", "--handle", handle, "--code-file", code, "--password-file", people.secret_file("password", password), check=False)
    for bad in ("short", "x" * 129, "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "123456789012345678", "qwertyuiopasdfgh", "passwordpassword1",
                "olga is my very own name", "Openmdf Password 1"):
        r, out = accept(bad)
        tap.equal((r, out["error"]["code"]), (1, "REFUSED"), bad[:20])
    r, out = accept(PASSWORD, handle="ada")
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "for another person")
    r, out = accept(PASSWORD)
    tap.equal(r, 0, str(out))
    uri = out["totp"]
    assert uri.startswith("otpauth://totp/openmdf:olga?secret="), uri
    clock(60)
    r, out = accept(PASSWORD + "2")
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "a second time")
    secret = uri.split("secret=")[1].split("&")[0]
    row = db("SELECT password, hex(totp) FROM person WHERE handle = 'olga'")[0]
    assert row[0].startswith("$argon2id$v=19$m=65536,t=3,p=1$"), row[0][:40]
    assert base64.b32decode(secret).hex().upper() not in row[1], "the secret is readable in the database"
    late = people.ctl("sam", "person", "invite", "carl")
    clock(7 * 86400 + 1)
    r, out = accept(PASSWORD, people.secret_file("late", late["code"]), "carl")
    tap.equal((r, out["error"]["code"]), (1, "LOGIN"), "after a week")
    clock(1000)


def by_password(c, password=PASSWORD, code=None, person="olga"):
    return c.call("session.open", {"person": person, "password": password, "totp": code or totp(uri)})


@tap.test("log-in by password and code; a code is good once; neither alone")
def _():
    with Connection(people) as c:
        used = totp(uri)
        a = by_password(c, code=used)
        assert a["ok"] and a["result"]["roles"] == ["operator"], a
        tap.equal(code_of(by_password(c, code=used)), "LOGIN", "the same code again")
        clock(60)
        tap.equal(code_of(by_password(c, password="kolibri 7 wohnt hinter saturn")), "LOGIN", "wrong password")
        clock(60)
        tap.equal(code_of(by_password(c, code="000000")), "LOGIN", "wrong code")
        clock(60)
        tap.equal(code_of(c.call("session.open", {"person": "olga", "password": PASSWORD})), "LOGIN", "no code")
        clock(60)
        tap.equal(code_of(c.call("session.open", {"person": "olga", "totp": totp(uri)})), "USAGE", "no password")
        tap.equal(code_of(by_password(c, person="nobody")), "LOGIN", "nobody")
        clock(1000)
        old = totp(uri, -3)
        tap.equal(code_of(by_password(c, code=old)), "LOGIN", "an old code")
        clock(1000)
        assert by_password(c)["ok"]
    with open(people.secret_file("totp", totp(uri, 1)), encoding="ascii"):
        out = lab.ctl("--person", "olga", "--password-file", people.secret_file("password", PASSWORD), "--totp-file", people.path("totp"), "session", "who")
    tap.equal(out["person"], "olga", "mdfctl")
    clock(60)


@tap.test("the loop goes on while passwords are worked on, two at a time, and a wrong name takes as long")
def _():
    import threading
    took = {}

    def one(name, person):
        with Connection(people) as c:
            t = time.monotonic()
            by_password(c, person=person, code="000000")
            took[name] = time.monotonic() - t
    threads = [threading.Thread(target=one, args=(f"{p}{i}", p)) for i in range(3) for p in ("olga", f"none{i}")]
    for t in threads:
        t.start()
    t0, n, slow = time.monotonic(), 0, 0
    while any(t.is_alive() for t in threads):
        with Connection(people) as c:
            s = time.monotonic()
            assert c.call("health")["ok"]
            slow = max(slow, time.monotonic() - s)
            n += 1
    tap.note(f"{n} answers in {time.monotonic() - t0:.2f} s, the slowest {slow * 1000:.0f} ms; log-ins took {min(took.values()):.2f} to {max(took.values()):.2f} s")
    assert n > 3 and slow < 0.5, "the loop stalled"
    clock(1000)
    one("known", "olga")
    clock(1000)
    one("unknown", "nobody-here")
    assert took["unknown"] > took["known"] / 3, f"{took}: the time tells who exists"
    clock(1000)


@tap.test("no password, code or token stands in a log, in the database or in an answer that is kept")
def _():
    with Connection(people) as c:
        a = c.call("session.open", {"person": "olga", "password": PASSWORD, "totp": totp(uri)}, request="req-1")
        assert a["ok"], a
    text = subprocess.run(["sh", "-c", f"cat {lab.dir}/state/openmdf.db* {lab.dir}/mdfd.log"], capture_output=True, check=True).stdout
    assert PASSWORD.encode() not in text, "a password is readable"
    tap.equal(db("SELECT count(*) FROM request WHERE id = 'req-1'"), [(0,)], "kept answers")
    clock(60)


@tap.test("an API token: shown once, less than its person, over when its time is")
def _():
    with Connection(people) as c:
        c.login("alice")
        t = people.must(c.call("token.add", {"name": "monitoring", "ops": "status,alarm.list", "days": 2}))
        assert t["token"] not in str(db("SELECT * FROM api_token")), "the token is readable"
        tap.equal([x["ops"] for x in people.must(c.call("token.list"))], ["status,alarm.list"], "list")
        tap.equal(code_of(c.call("token.add", {"name": "x", "ops": "no.such"})), "NOT-FOUND", "an operation that is none")
        assert c.call("token.remove", {"token": t["id"]})["ok"]
        tap.equal(code_of(c.call("token.remove", {"token": t["id"]})), "NOT-FOUND", "twice")


@tap.test("locked and removed persons: sessions end at once, log-in is refused like that of nobody, handles are not used again")
def _():
    with Connection(people) as c:
        c.login("anton")
        assert c.call("warrant.list")["ok"]
        people.ctl("sam", "person", "lock", "anton", "--reason", "card lost")
        tap.equal(code_of(c.call("warrant.list")), "LOGIN", "the open session")
        tap.equal(code_of(c.login("anton", check=False)), "LOGIN", "a new one")
        clock(10)
        people.ctl("sam", "person", "remove", "anton", "--reason", "left")
        tap.equal(code_of(c.login("anton", check=False)), "LOGIN", "gone")
        clock(10)
    d = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
    for sql in ("UPDATE person SET state = 'active' WHERE handle = 'anton'", "DELETE FROM person WHERE handle = 'anton'",
                "UPDATE person SET roles = 3 WHERE handle = 'alice'", "UPDATE person SET roles = 48 WHERE handle = 'sam'",
                "UPDATE person SET roles = 5 WHERE handle = 'alice'", "UPDATE person SET lea = 1 WHERE handle = 'alice'",
                "UPDATE enrolment SET over = 0", "DELETE FROM enrolment"):
        try:
            with d:
                d.execute(sql)
            raise AssertionError(f"the database took: {sql}")
        except sqlite3.IntegrityError:
            pass
    d.close()


tap.main(setup)
