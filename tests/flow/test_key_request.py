#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys that persons made elsewhere, as a browser does: who asks proves to have the key, it counts for nothing before two persons put it into the key list, and then
it does.  Persons log in by key, by certificate, and by password with a one-time password."""

import base64
import hashlib
import json
import os
import sqlite3
import subprocess
import time

from cryptography.hazmat.primitives.asymmetric import ec

import tap
import people as lab_people  # in the folder that tap adds to the path
import restcall

lab = crowd = judge = None
PORT = 0
DAY = 86400 * 10**9
TYPE = "openmdf.key-request.v1"


def setup():
    global lab, crowd, judge, PORT
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.pki.ca("rest")
    lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
    lab.pki.issue("rest", "olga", "DNS:olga.lab.example", "clientAuth")
    crowd = lab_people.People(lab)
    PORT = tap.free_port()
    p = lab.pki.path
    lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=PORT, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                  rest__ca=p("rest", "ca.crt"), **crowd.conf)
    crowd.start()
    judge = restcall.Judge(json.loads(subprocess.run([lab.exe("mdfctl"), "--openapi"], capture_output=True, text=True, check=True).stdout))
    crowd.two("sam", "bob", "lea.add", {"lea": "lea-a"})
    crowd.two("sam", "bob", "person.add", {"handle": "lia", "roles": "liaison", "lea": "lea-a"})
    return lab


def client(cert=None):
    p = lab.pki.path
    return restcall.Client(PORT, restcall.context(p("rest", "ca.crt"), p("rest", f"{cert}.crt") if cert else None,
                                                  p("rest", f"{cert}.key") if cert else None), judge=judge)


def status_of(a, want, code=None):
    assert a.status == want and (code is None or a.json["code"] == code), f"want {want} {code}: {a}"
    return a


def take_cookie(c, a):
    c.headers.update({"Cookie": a.headers["Set-Cookie"].split(";")[0], "X-OpenMDF": "1"})


def login(handle, key=None, want=200):
    c = client()
    challenge = status_of(c.post("/session/challenge", {"person": handle}), 200).json
    a = status_of(c.post("/session", {"person": handle, "nonce": challenge["nonce"],
                                      "signature": lab_people.sign(key or crowd.keys[handle], challenge["text"])}), want)
    if want == 200:
        take_cookie(c, a)
    return c


def spki(key):
    return base64.b64encode(lab_people.spki(key)).decode()


def wish(handle, key, rights, **other):
    """The body of a request; OTHER: members of the signed text that differ."""
    text = lab_people.canonical({"person": handle, "rights": sorted(rights), "spki": spki(key), "type": TYPE, **other})
    return {"spki": spki(key), "rights": rights, "text": text, "signature": lab_people.sign(key, text)}


def ids(c):
    return [r["key"] for r in status_of(c.get("/keys/requests"), 200).json]


def db():
    return sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db"), timeout=10)


def audit(**want):
    return [r for r in crowd.ctl("ada", "audit", "list") if all(r.get(k) == v for k, v in want.items())]


def clear():
    with login("sam") as sam:
        for k in ids(sam):
            status_of(sam.call("DELETE", f"/keys/requests/{k}"), 204)


restcall.Client.__enter__ = lambda self: self
restcall.Client.__exit__ = lambda self, *_: self.close()


@tap.test("a key of either kind is asked for: it waits, others of no such role do not see it, it is audited and told, and it counts for nothing")
def _():
    p256, ed = lab_people.make_key("p256"), lab_people.make_key("ed25519")
    with login("alice") as alice, login("olga") as olga, login("sam") as sam, login("bob") as bob, login("anton") as anton, login("lia") as lia:
        stream = restcall.Stream(sam)
        got = status_of(alice.post("/keys/requests", wish("alice", p256, ["create"])), 200).json
        tap.equal({k: got[k] for k in ("key", "person", "rights", "spki")},
                  {"key": hashlib.sha256(lab_people.spki(p256)).hexdigest(), "person": "alice", "rights": ["create"], "spki": spki(p256)}, "answer")
        assert abs(time.time() - time.mktime(time.strptime(got["asked"][:19], "%Y-%m-%dT%H:%M:%S")) + time.timezone) < 120, got
        tap.equal(stream.next()[1:], ("change", {"op": "key.request", "object": f"key request {got['key']}"}), "event")
        stream.close()
        status_of(olga.post("/keys/requests", wish("olga", ed, [])), 200)
        status_of(lia.post("/keys/requests", wish("lia", lab_people.make_key("p256"), ["create"])), 200)
        tap.equal([len(ids(c)) for c in (sam, bob, alice, olga, lia, anton)], [3, 3, 1, 1, 1, 0], "who sees how many")
        for k, h, rights in ((p256, "alice", ["create"]), (ed, "olga", [])):
            row = next(r for r in sam.get("/keys/requests").json if r["person"] == h)
            tap.equal((row["key"], row["rights"], row["spki"]), (lab_people.key_id(k), rights, spki(k)), h)
        rows = audit(op="key.request", outcome="ok", actor="alice")
        tap.equal([r["object"] for r in rows], [f"key request {got['key']}"], "audit")
        assert got["key"] not in [k["id"] for k in sam.get("/keys").json], "it is in the key list"
        login("alice", key=p256, want=401).close()
        status_of(alice.post("/keys/requests", wish("alice", p256, ["create"])), 409, "CONFLICT")
    clear()


@tap.test("without the key, for another person, with other rights, of another kind, or of the key list: refused")
def _():
    key, other = lab_people.make_key("p256"), lab_people.make_key("ed25519")
    with login("alice") as alice, client() as nobody:
        good = wish("alice", key, ["keys", "create"])
        for change, status, code in (({"signature": lab_people.sign(other, good["text"])}, 422, "SIGNATURE"),
                                     ({"signature": {**lab_people.sign(other, good["text"]), "key": lab_people.key_id(key)}}, 422, "SIGNATURE"),
                                     ({"signature": {}}, 422, "SIGNATURE"), ({"text": good["text"] + " "}, 422, "SIGNATURE"),
                                     ({"rights": ["create"]}, 422, "SIGNATURE"), ({"rights": ["create", "approve", "root"]}, 400, "USAGE"),
                                     ({"spki": spki(other)}, 422, "SIGNATURE"), ({"spki": spki(key)[:-4]}, 400, "USAGE"),
                                     ({"spki": spki(key) + "===="}, 400, "USAGE"), ({"spki": spki(ec.generate_private_key(ec.SECP384R1()))}, 400, "USAGE"),
                                     ({"spki": "AAAA"}, 400, "USAGE")):
            status_of(alice.post("/keys/requests", {**good, **change}), status, code)
        status_of(alice.post("/keys/requests", wish("bob", key, ["create"])), 422, "SIGNATURE")
        status_of(alice.post("/keys/requests", wish("alice", key, ["create"], type="openmdf.keys.v1")), 422, "SIGNATURE")
        status_of(alice.post("/keys/requests", {k: v for k, v in good.items() if k != "signature"}), 400, "USAGE")
        status_of(alice.post("/keys/requests", wish("alice", crowd.keys["alice"], ["create"])), 409, "CONFLICT")
        status_of(alice.post("/keys/requests", wish("alice", crowd.keys["bob"], ["create"])), 409, "CONFLICT")
        status_of(nobody.post("/keys/requests", good), 401, "LOGIN")
        tap.equal(ids(alice), [], "nothing waits")
        status_of(alice.post("/keys/requests", good), 200)
        tap.equal(alice.get("/keys/requests").json[0]["rights"], ["create", "keys"], "in order")
    clear()


@tap.test("three of one person and a thousand of all; they are refused by their person or a security officer, forgotten after 30 days, and with their person")
def _():
    with login("alice") as alice, login("bob") as bob, login("sam") as sam:
        mine = [lab_people.make_key("p256") for _ in range(4)]
        for k in mine[:3]:
            status_of(alice.post("/keys/requests", wish("alice", k, ["create"])), 200)
        status_of(alice.post("/keys/requests", wish("alice", mine[3], ["create"])), 422, "REFUSED")
        first = lab_people.key_id(mine[0])
        for c in (bob, alice):
            status_of(c.call("DELETE", "/keys/requests/" + "0" * 64), 404, "NOT-FOUND")
        status_of(bob.call("DELETE", f"/keys/requests/{first}"), 404, "NOT-FOUND")
        status_of(alice.call("DELETE", f"/keys/requests/{first}"), 204)
        status_of(alice.post("/keys/requests", wish("alice", mine[3], ["create"])), 200)
        status_of(sam.call("DELETE", f"/keys/requests/{lab_people.key_id(mine[1])}?reason=unknown+voice"), 204)
        row = audit(op="key.refuse", actor="sam", outcome="ok", reason="unknown voice")
        tap.equal([r["object"] for r in row], [f"key request {lab_people.key_id(mine[1])}"], "audit")
        d = db()
        with d:
            d.execute("UPDATE key_request SET asked_ns = ? WHERE key = ?", (time.time_ns() - 31 * DAY, lab_people.key_id(mine[2])))
        tap.equal(ids(alice), [lab_people.key_id(mine[3])], "what is too old is not shown")
        status_of(alice.post("/keys/requests", wish("alice", mine[0], ["create"])), 200)
        tap.equal(d.execute("SELECT count(*) FROM key_request").fetchone()[0], 2, "and is gone")
        with d:
            who, = d.execute("SELECT id FROM person WHERE handle = 'anton'").fetchone()
            d.executemany("INSERT INTO key_request VALUES (?, ?, '[]', 'x', ?)", [(f"{i:064x}", who, time.time_ns()) for i in range(998)])
        status_of(bob.post("/keys/requests", wish("bob", lab_people.make_key("p256"), ["approve"])), 422, "REFUSED")
        with d:
            d.execute("DELETE FROM key_request WHERE person = ?", (who,))
        d.close()
        status_of(bob.post("/keys/requests", wish("bob", lab_people.make_key("p256"), ["approve"])), 200)
    with login("lia") as lia:
        status_of(lia.post("/keys/requests", wish("lia", lab_people.make_key("p256"), [])), 200)
    crowd.ctl("sam", "person", "remove", "lia", "--reason", "left")
    with login("sam") as sam:
        tap.equal({r["person"] for r in sam.get("/keys/requests").json}, {"alice", "bob"}, "who is gone asks for nothing")
    clear()


@tap.test("a restart keeps what was asked for; two persons put it into the key list, as it was asked for; then it is no request any more and the key counts")
def _():
    key, later = lab_people.make_key("p256"), lab_people.make_key("ed25519")
    with login("alice") as alice:
        status_of(alice.post("/keys/requests", wish("alice", key, ["create"])), 200)
        status_of(alice.post("/keys/requests", wish("alice", later, [])), 200)
    lab.stop()
    lab.start(wait=False)
    crowd.wait_ready()
    with login("sam") as sam, login("bob") as bob:
        row = next(r for r in sam.get("/keys/requests").json if r["key"] == lab_people.key_id(key))
        add = {k: row[k] for k in ("person", "rights", "spki")}
        draft = status_of(sam.post("/keys/draft", {"add": add}), 200).json
        tap.equal(draft["plan"]["adds"], "alice", "draft")
        plan = status_of(sam.post("/keys/submit", {"add": add, "reason": "compared by phone", "plan": True}), 200).json
        sent = status_of(sam.post("/keys/submit", {"add": add, "reason": "compared by phone", "signature": lab_people.sign(crowd.keys["sam"], plan["doc"])}), 202)
        tap.equal(len(ids(sam)), 2, "one person alone changes nothing")
        shown = status_of(bob.get(sent.headers["Location"]), 200).json
        status_of(bob.post(sent.headers["Location"] + "/approve", {"signature": lab_people.sign(crowd.keys["bob"], shown["doc"])}), 200)
        tap.equal(ids(sam), [lab_people.key_id(later)], "the other one still waits")
        entry = next(k for k in sam.get("/keys").json if k["id"] == lab_people.key_id(key))
        tap.equal((entry["person"], entry["rights"], entry["state"]), ("alice", ["create"], "active"), "entry")
    with login("alice", key=key) as alice:
        tap.equal(alice.get("/session").json["person"], "alice", "who")
        status_of(alice.post("/keys/requests", wish("alice", key, ["create"])), 409, "CONFLICT")
    clear()


@tap.test("who logs in by certificate, or by password and one-time password, asks for a first key")
def _():
    der = subprocess.run(f"openssl x509 -in {lab.pki.path('rest', 'olga.crt')} -pubkey -noout | openssl pkey -pubin -outform DER", shell=True,
                         capture_output=True, check=True).stdout
    crowd.two("sam", "bob", "person.set", {"handle": "olga", "pin": [hashlib.sha256(der).hexdigest()]})
    with client("olga") as olga:
        status_of(olga.post("/keys/requests", wish("olga", lab_people.make_key("p256"), [])), 200)
        tap.equal(len(ids(olga)), 1, "by certificate")
    with client() as ada, login("sam") as sam:
        code = status_of(sam.post("/persons/ada/invite", {}), 200).json["code"]
        password = "eine Amsel singt um 4 Uhr 12"
        uri = status_of(ada.post("/persons/accept", {"handle": "ada", "code": code, "password": password}), 200).json["totp"]
        secret = uri.split("secret=")[1].split("&")[0]

        def try_in():
            now = subprocess.run(["oathtool", "--totp", "-b", secret], capture_output=True, text=True, check=True).stdout.strip()
            a = ada.post("/session", {"person": "ada", "password": password, "totp": now})
            return a if a.status == 200 else None
        take_cookie(ada, tap.wait_for("a log-in by password and code", try_in, 60, 0.5))
        status_of(ada.post("/keys/requests", wish("ada", lab_people.make_key("p256"), ["create", "approve"])), 200)
        tap.equal(len(ids(ada)), 1, "by password")
    clear()


def refuse(handle, key):
    """mdfctl key refuse: there --key is the argument, so the key of the person comes in the environment."""
    p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "--json", "--person", handle, "key", "refuse", key], capture_output=True, text=True,
                       env={**os.environ, "MDFCTL_KEY": crowd.path(f"{handle}.key")})
    return p.returncode, json.loads(p.stdout or "null")


@tap.test("mdfctl does the same from the same table")
def _():
    key = lab_people.make_key("ed25519")
    b = wish("anton", key, ["create"])
    got = crowd.ctl("anton", "key", "request", "--spki", b["spki"], "--rights", "create", "--text", b["text"], "--signature", json.dumps(b["signature"]))
    tap.equal(got["key"], lab_people.key_id(key), "asked")
    tap.equal([r["key"] for r in crowd.ctl("anton", "key", "requests")], [got["key"]], "listed")
    tap.equal(refuse("alice", got["key"])[1]["error"]["code"], "NOT-FOUND", "by another one")
    tap.equal(refuse("anton", got["key"])[0], 0, "by its person")
    tap.equal(crowd.ctl("sam", "key", "requests"), [], "gone")


tap.main(setup)
