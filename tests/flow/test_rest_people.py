#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""REST with persons: logging in with a key, the cookie and what protects it, tokens, certificates, a warrant that two persons sign over HTTP, what an agency
may see, and that every refusal is in the audit log."""

import base64
import hashlib
import hmac
import json
import os
import re
import sqlite3
import struct
import subprocess
import sys
import time

import restcall
import tap

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")), "tools", "lab"))
import people as lab_people  # noqa: E402

lab = crowd = judge = None
PORT = 0
XID = tap.new_xid()


def setup():
    global lab, crowd, judge, PORT
    lab = tap.Lab(tap.BUILD)
    try:
        lab.make_pki()
        lab.pki.ca("rest")
        lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        lab.pki.issue("rest", "olga", "DNS:olga.lab.example", "clientAuth")
        lab.pki.issue("rest", "stranger", "DNS:stranger.lab.example", "clientAuth")
        lab.lemf("lemf-a")
        crowd = lab_people.People(lab, later={**lab_people.LATER, "tina": ("admin", ["create"], "ed25519")})
        PORT = tap.free_port()
        p = lab.pki.path
        lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=PORT, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                      rest__ca=p("rest", "ca.crt"), **crowd.conf)
        crowd.start()
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    judge = restcall.Judge(json.loads(subprocess.run([lab.exe("mdfctl"), "--openapi"], capture_output=True, text=True, check=True).stdout))
    return lab


def tls(name=None):
    p = lab.pki.path
    return restcall.context(p("rest", "ca.crt"), p("rest", f"{name}.crt") if name else None, p("rest", f"{name}.key") if name else None)


def status_of(a, want, code=None):
    assert a.status == want and (code is None or a.json["code"] == code), f"want {want} {code}: {a}"
    return a


def login(handle, cert=None):
    """A client with a session of HANDLE; its cookie is in client.headers."""
    c = restcall.Client(PORT, tls(cert), judge=judge)
    challenge = status_of(c.post("/session/challenge", {"person": handle}), 200).json
    a = status_of(c.post("/session", {"person": handle, "nonce": challenge["nonce"], "signature": lab_people.sign(crowd.keys[handle], challenge["text"])}), 200)
    take_cookie(c, a)
    assert "token" not in a.json, "the token is for the cookie alone"
    return c


def take_cookie(c, a):
    cookie = a.headers["Set-Cookie"]
    assert re.fullmatch(r"__Host-openmdf=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict", cookie), cookie
    c.headers.update({"Cookie": cookie.split(";")[0], "X-OpenMDF": "1"})


def audit(**want):
    out = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "--json", "--person", "ada", "--key", crowd.path("ada.key"), "audit", "list"],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stdout + out.stderr
    return [r for r in json.loads(out.stdout) if all(r.get(k) == v for k, v in want.items())]


def two(first, method, path, body, second="bob", etag=None):
    """BODY at PATH, planned and signed by the person of client FIRST, approved by SECOND over REST; the answer of the approval."""
    h = {"If_Match": etag} if etag else {}
    plan = status_of(first.call(method, path, {**body, "plan": True}, **h), 200).json
    a = first.call(method, path, {**body, "signature": lab_people.sign(crowd.keys[first.handle], plan["doc"])}, **h)
    status_of(a, 202)
    tap.equal(a.headers["Location"], f"/api/v1/approvals/{a.json['approval']}", "where the approval is")
    b = login(second)
    shown = status_of(b.get(a.headers["Location"]), 200).json
    done = b.post(a.headers["Location"] + "/approve", {"signature": lab_people.sign(crowd.keys[second], shown["doc"])})
    b.close()
    return done


def person(handle):
    c = login(handle)
    c.handle = handle
    return c


@tap.test("log in with a key: a cookie that only a browser's own pages can use; out again; a challenge is good once")
def _():
    nobody = restcall.Client(PORT, tls(), judge=judge)
    a = status_of(nobody.get("/warrants"), 401, "LOGIN")
    tap.equal(a.headers["WWW-Authenticate"], 'Bearer realm="openmdf"', "how")
    challenge = nobody.post("/session/challenge", {"person": "alice"}).json
    good = {"person": "alice", "nonce": challenge["nonce"], "signature": lab_people.sign(crowd.keys["alice"], challenge["text"])}
    status_of(nobody.post("/session", {**good, "signature": lab_people.sign(crowd.keys["anton"], challenge["text"])}), 401, "LOGIN")
    alice = person("alice")
    who = status_of(alice.get("/session"), 200).json
    tap.equal((who["person"], who["interface"]), ("alice", "rest"), "who")
    status_of(alice.get("/warrants"), 200)
    del alice.headers["X-OpenMDF"]
    status_of(alice.post("/warrants/none/stop"), 403, "CROSS-SITE")
    alice.headers["X-OpenMDF"] = "1"
    status_of(alice.post("/warrants/none/stop", Origin="https://evil.example"), 403, "CROSS-SITE")
    for site in ("same-site", "cross-site"):
        for path in ("/warrants", "/events"):
            status_of(alice.get(path, Sec_Fetch_Site=site), 403, "CROSS-SITE")
    status_of(alice.get("/warrants", Sec_Fetch_Site="same-origin"), 200)
    status_of(nobody.get("/session", Sec_Fetch_Site="cross-site"), 200)
    status_of(alice.call("DELETE", "/session"), 204)
    status_of(alice.get("/warrants"), 401, "LOGIN")
    alice.close()
    nobody.close()


@tap.test("a client certificate is a person when its key is pinned, and nobody when not")
def _():
    pin = subprocess.run(f"openssl x509 -in {lab.pki.path('rest', 'olga.crt')} -pubkey -noout | openssl pkey -pubin -outform DER", shell=True,
                         capture_output=True, check=True).stdout
    olga = restcall.Client(PORT, tls("olga"), judge=judge)
    status_of(olga.get("/leas"), 401, "LOGIN")
    sam = person("sam")
    status_of(two(sam, "PATCH", "/persons/olga", {"pin": [hashlib.sha256(pin).hexdigest()]}, etag="*"), 200)
    sam.close()
    tap.equal(status_of(olga.get("/session"), 200).json["person"], "olga", "who")
    status_of(olga.get("/leas"), 200)
    status_of(olga.post("/leas", {"lea": "x"}), 403, "DENIED")
    status_of(olga.get("/audit/export"), 403) if "/audit/export" in judge.doc["paths"] else None
    stranger = restcall.Client(PORT, tls("stranger"), judge=judge)
    status_of(stranger.get("/leas"), 401, "LOGIN")
    rows = audit(outcome="refused", code="DENIED", interface="rest", actor="olga")
    assert any(r["op"] == "lea.add" for r in rows), rows
    assert audit(outcome="refused", code="LOGIN", interface="rest"), "refusals of the unknown"
    stranger.close()
    olga.close()


@tap.test("two persons over HTTP: plan, signature, 202, the second signature; what is signed otherwise or names another version is refused; it is told to /events")
def _():
    alice, sam = person("alice"), person("sam")
    status_of(two(sam, "POST", "/nes", {"ne": "ne1", "san": "ne1.lab.example"}), 200)
    status_of(two(sam, "POST", "/leas", {"lea": "lea-a", "country": "NL"}), 200)
    status_of(two(sam, "POST", "/destinations", {"destination": "lemf-a", "lea": "lea-a", "addresses": [f"127.0.0.1:{lab.lemfs['lemf-a']['port']}"],
                                                 "server_name": "lemf-a.lab.example", "options": {"barrier_ms": 50}}), 200)
    status_of(sam.post("/destinations", {"destination": "x", "lea": "lea-a", "addresses": ["127.0.0.1:1"]}), 422, "SIGNATURE")
    w = status_of(alice.post("/warrants", {"liid": "PEOPLE-1", "lea": "lea-a", "delivery": "both", "xid": [XID], "from": tap.FROM, "until": tap.UNTIL,
                                           "hi2": "lemf-a", "hi3": "lemf-a"}), 201)
    path = w.headers["Location"].removeprefix("/api/v1")
    tag = status_of(alice.get(path), 200).headers["ETag"]
    plan = status_of(alice.post(path + "/submit", {"plan": True}), 200).json
    wrong = lab_people.sign(crowd.keys["alice"], plan["doc"] + " ")
    status_of(alice.post(path + "/submit", {"signature": wrong}), 422, "SIGNATURE")
    status_of(alice.post(path + "/submit", {"signature": lab_people.sign(crowd.keys["alice"], plan["doc"])}, If_Match='"' + "0" * 64 + '"'), 412, "CHANGED")
    stream = restcall.Stream(alice)
    done = two(alice, "POST", path + "/submit", {"reason": "order 8"}, etag=tag)
    status_of(done, 200)
    kinds = []
    while "approval.approve" not in kinds:
        _, kind, data = stream.next()
        kinds.append(data.get("op"))
        assert kind == "approval" or data.get("op") not in ("warrant.submit", "approval.approve"), (kind, data)
    assert "warrant.submit" in kinds, kinds
    stream.close()
    assert alice.get(path).json["state"] in ("approved", "active"), alice.get(path).json["state"]
    alice.close()
    sam.close()


@tap.test("a token of the API: bearer, no cookie, no header against other sites")
def _():
    if "/tokens" not in judge.doc["paths"]:
        raise tap.Skip("no tokens")
    ada = person("ada")
    body = {"read_only": True} if "read_only" in json.dumps(judge.doc["paths"]["/tokens"]["post"]) else {}
    a = ada.post("/tokens", {"name": "robot", **body}) if "name" in json.dumps(judge.doc["paths"]["/tokens"]["post"]["requestBody"]) else ada.post("/tokens", body)
    status_of(a, a.status if a.status in (200, 201) else 200)
    secret = next(v for k, v in a.json.items() if isinstance(v, str) and len(v) == 43)
    robot = restcall.Client(PORT, tls(), judge=judge, headers={"Authorization": f"Bearer {secret}"})
    tap.equal(status_of(robot.get("/session"), 200).json["person"], "ada", "who")
    status_of(robot.get("/leas"), 200)
    wrong = restcall.Client(PORT, tls(), judge=judge, headers={"Authorization": f"Bearer {secret[:-2]}AA"})
    status_of(wrong.get("/leas"), 401, "LOGIN")
    for c in (ada, robot, wrong):
        c.close()


@tap.test("a session that began with a client certificate is nobody's without it, or with another one")
def _():
    sue = login("sue", cert="stranger")
    status_of(sue.get("/session"), 200)
    for cert in (None, "olga"):
        thief = restcall.Client(PORT, tls(cert), judge=judge, headers=dict(sue.headers))
        status_of(thief.get("/tokens"), 401, "LOGIN")
        thief.close()
    tap.equal(status_of(sue.get("/session"), 200).json["person"], "sue", "the session goes on")
    sue.close()


def totp(uri, steps=0):
    secret = base64.b32decode(uri.split("secret=")[1].split("&")[0])
    h = hmac.new(secret, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    n = h[-1] & 15
    return f"{(struct.unpack('>I', h[n:n + 4])[0] & 0x7fffffff) % 10**6:06d}"


@tap.test("password and one-time password over REST: invitation, log-in, neither alone, a code is good once, no secret in the log")
def _():
    sam, nobody = person("sam"), restcall.Client(PORT, tls(), judge=judge)
    code = status_of(sam.post("/persons/olga/invite", {}), 200).json["code"]
    password = "kolibri 7 wohnt hinter Saturn"
    uri = status_of(nobody.post("/persons/accept", {"handle": "olga", "code": code, "password": password}), 200).json["totp"]
    status_of(nobody.post("/session", {"person": "olga", "password": password}), 401, "LOGIN")
    used = []

    def try_in():
        """A log-in with a code that was not used yet, when no wait is in force."""
        used.append(totp(uri))
        return nobody.post("/session", {"person": "olga", "password": password, "totp": used[-1]})
    a = tap.wait_for("a log-in by password and code", lambda: next((r for r in [try_in()] if r.status == 200), None), 60, 0.5)
    olga = restcall.Client(PORT, tls(), judge=judge)
    take_cookie(olga, a)
    who = status_of(olga.get("/session"), 200).json
    tap.equal((who["person"], who["interface"]), ("olga", "rest"), "who")
    status_of(nobody.post("/session", {"person": "olga", "password": password, "totp": used[-1]}), 401, "LOGIN")
    tap.equal(status_of(olga.get("/session"), 200).json["person"], "olga", "the session goes on")
    log = open(os.path.join(lab.dir, "mdfd.log"), encoding="utf-8", errors="replace").read()
    assert password not in log and code not in log and uri.split("secret=")[1].split("&")[0] not in log, "a secret in the log"
    for c in (sam, nobody, olga):
        c.close()


@tap.test("a liaison and a tenant over REST: lists in pages without numbers, others' objects are not there, events of their own only and without numbers")
def _():
    sam, alice = person("sam"), person("alice")
    for method, path, body in (("POST", "/tenants", {"tenant": "csp-1"}), ("POST", "/leas", {"lea": "lea-b", "country": "BE"}),
                               ("POST", "/nes", {"ne": "ne2", "san": "ne2.lab.example", "tenant": "csp-1"}),
                               ("POST", "/persons", {"handle": "lia", "roles": ["liaison"], "lea": "lea-a"}),
                               ("POST", "/persons", {"handle": "tina", "roles": ["admin"], "tenant": "csp-1"})):
        a = two(sam, method, path, body)
        assert a.status in (200, 201), a
    lia, tina = person("lia"), person("tina")
    order = {"delivery": "iri", "xid": [tap.new_xid()], "from": tap.FROM, "until": tap.UNTIL}
    streams = {c: restcall.Stream(c) for c in (lia, tina, alice)}
    for c in (lia, tina):
        tap.equal(streams[c].next(), (None, "reset", {}), "first event")
    other = status_of(alice.post("/warrants", {"liid": "OTHER", "lea": "lea-b", **order}), 201)
    for i in range(5):
        status_of(alice.post("/warrants", {"liid": f"MINE-{i}", "lea": "lea-a", **order, "tenant": "csp-1"}), 201)
    path = other.headers["Location"].removeprefix("/api/v1")
    for c, n in ((lia, 6), (tina, 5)):
        rows, pages = c.pages("/warrants", 2)
        tap.equal((len(rows), len({w["uuid"] for w in rows}), pages), (n, n, 3), "warrants")
        assert {w["lea"] for w in rows} == {"lea-a"} and not any("id" in w for w in rows), rows[0]
        for p in (path, "/leas/lea-b", "/leas/lea-none"):
            status_of(c.get(p), 404, "NOT-FOUND")
        tap.equal([x["name"] for x in status_of(c.get("/leas"), 200).json], ["lea-a"], "agencies")
        status_of(c.get("/journal"), 403, "DENIED")
        rows, pages = c.pages("/audit", 3)
        assert pages > 1 and not any({"seq", "leaf"} & set(r) for r in rows) and not any("lea-b" in r["object"] for r in rows), rows[:2]
        # changes of the others come between hers, and she hears of hers only
        seen = [streams[c].next() for _ in range(5)]
        assert all(e[0] is None and e[1] == "change" and e[2]["op"] == "warrant.add" for e in seen), seen
        tap.equal(len({e[2]["object"] for e in seen}), 5, "events")
        assert path.rsplit("/", 1)[1] not in str(seen), seen
    tap.equal([n["name"] for n in status_of(tina.get("/nes"), 200).json], ["ne2"], "elements")
    numbers = [streams[alice].next()[0] for _ in range(6)]
    assert all(numbers) and len(set(numbers)) == 6, numbers
    for s in streams.values():
        s.close()
    for c in (sam, alice, lia, tina):
        c.close()


@tap.test("/readyz: the newest rows and the signed head of the audit log fit; a row that was changed makes it 503")
def _():
    nobody = restcall.Client(PORT, tls(), judge=judge)
    tap.equal(status_of(nobody.get("/readyz"), 200).json["checks"]["chain"], True, "before")
    d = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)
    triggers = [r[0] for r in d.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")]
    names = [r[0] for r in d.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")]
    was, = d.execute("SELECT actor FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, = d.execute("SELECT max(seq) FROM audit").fetchone()

    def write(actor):
        with d:
            for n in names:
                d.execute(f"DROP TRIGGER {n}")
            d.execute("UPDATE audit SET actor = ? WHERE seq = ?", (actor, seq))
            for t in triggers:
                d.execute(t)
    write("somebody")
    a = status_of(nobody.get("/readyz"), 503)
    tap.equal(a.json["checks"]["chain"], False, "after")
    write(was)
    tap.equal(status_of(nobody.get("/readyz"), 200).json["checks"]["chain"], True, "put back")
    d.close()
    nobody.close()


@tap.test("who loses the rights loses them on the open connection too; no warrant data in the log")
def _():
    alice, sam = person("anton"), person("sam")
    status_of(alice.get("/warrants"), 200)
    status_of(sam.post("/persons/anton/lock", {"reason": "lost card"}), 200)
    status_of(alice.get("/warrants"), 401, "LOGIN")
    alice.close()
    sam.close()
    text = open(os.path.join(lab.dir, "mdfd.log"), encoding="utf-8", errors="replace").read()
    assert XID not in text and "PEOPLE-1" not in text, "no warrant data in the log"


@tap.test("what waits shows the object before and after; one's own and what is decided can be listed; an identity is read back as it would be stored")
def _():
    sam, alice = person("sam"), person("alice")
    body = {"country": "BE"}
    plan = status_of(sam.call("PATCH", "/leas/lea-a", {**body, "plan": True}, If_Match="*"), 200).json
    tap.equal((plan["plan"]["before"]["name"], plan["plan"]["after"]["country"]), ("lea-a", "BE"), "plan")
    sent = status_of(sam.call("PATCH", "/leas/lea-a", {**body, "signature": lab_people.sign(crowd.keys["sam"], plan["doc"])}, If_Match="*"), 202)
    tap.equal(status_of(alice.get(sent.headers["Location"]), 200).json["plan"], plan["plan"], "the same for others")
    mine = [a["approval"] for a in status_of(sam.get("/approvals?mine=true"), 200).json]
    tap.equal((mine, status_of(alice.get("/approvals?mine=true"), 200).json), ([sent.json["approval"]], []), "one's own")
    status_of(sam.post(sent.headers["Location"] + "/withdraw", {"reason": "a test"}), 200)
    decided = {a["approval"]: a["state"] for a in status_of(sam.get("/approvals?mine=true&state=decided"), 200).json}
    tap.equal((decided[sent.json["approval"]], "waiting" in decided.values()), ("withdrawn", False), "decided")
    got = status_of(alice.post("/targets/check", {"type": "e164Number", "value": "+49 (171) 555-1234"}), 200).json
    tap.equal((got["form"], got["masked"]), ("msisdn:491715551234", "***34"), "as it is read")
    sam.close()
    alice.close()

tap.main(setup)
