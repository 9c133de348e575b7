#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""REST against the real daemon, in a laboratory without persons: every answer is checked against the OpenAPI document; the same actions through REST and
mdfctl leave the same database and the same audit rows; preconditions, idempotency, pages, events, metrics; clients that mean no good."""

import json
import os
import re
import socket
import sqlite3
import ssl
import subprocess
import time

import restcall
import tap

lab = None
PORT = METRICS = None
doc = judge = rest = None


def setup():
    global lab, PORT, METRICS, doc, judge, rest
    lab = tap.Lab(tap.BUILD)
    try:
        lab.make_pki()
        lab.pki.ca("rest")
        lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        for n in ("boss", "second"):
            lab.pki.issue("rest", n, f"DNS:{n}.lab.example", "clientAuth")
        for n in ("lemf-a", "lemf-b"):
            lab.lemf(n)
        PORT, METRICS = tap.free_port(), tap.free_port()
        lab.configure(**options())
        lab.start()
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    doc = json.loads(subprocess.run([lab.exe("mdfctl"), "--openapi"], capture_output=True, text=True, check=True).stdout)
    judge = restcall.Judge(doc)
    rest = client()
    return lab


def options(**more):
    p = lab.pki.path
    return {"top__lab": True, "rest__address": "127.0.0.1", "rest__port": PORT, "rest__metrics_port": METRICS, "rest__cert": p("rest", "mdf.crt"),
            "rest__key": p("rest", "mdf.key"), "rest__ca": p("rest", "ca.crt"), "rest__crl": p("rest", "ca.crl"), **more}


def tls(name="boss", ca="rest"):
    p = lab.pki.path
    return restcall.context(p("rest", "ca.crt"), p(ca, f"{name}.crt") if name else None, p(ca, f"{name}.key") if name else None)


def client(name="boss", **more):
    return restcall.Client(PORT, tls(name), judge=judge, **more)


def database():
    db = sqlite3.connect(f"file:{os.path.join(lab.dir, 'state', 'openmdf.db')}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    return db


def status_of(a, want, code=None):
    assert a.status == want and (code is None or a.json["code"] == code), f"want {want} {code}: {a}"
    return a


@tap.test("the document is served, is that of mdfctl --openapi, and every GET of it answers as it says")
def _():
    a = rest.get("/openapi.json")
    tap.equal(a.status, 200, "status")
    tap.equal(a.json, doc, "document")
    provision()
    names = {"ne": "ne1", "lea": "lea-a", "destination": "lemf-a", "profile": "etsi", "warrant": "REST-0@lea-a", "name": "operator_id"}
    for template, item in doc["paths"].items():
        if "get" not in item or template in ("/events", "/healthz", "/readyz"):
            continue
        path = re.sub(r"\{([^}]+)\}", lambda m: names.get(m[1], "none"), template)
        query = [p for p in item["get"]["parameters"] if p.get("in") == "query" and p.get("required")] if "parameters" in item["get"] else []
        if query:
            path += "?" + "&".join(f"{p['name']}=none" for p in query)
        a = rest.get(path)
        assert a.status < 500, f"{path}: {a}"
        h = rest.call("HEAD", path)
        tap.equal((h.status, h.raw), (a.status, b""), f"HEAD {path}")
    tap.note(f"{len(judge.seen)} (operation, status) seen: {sorted(k[0] for k in judge.seen if k[1] == 200)}")
    assert sum(k[1] == 200 for k in judge.seen) >= 15, judge.seen


def provision():
    status_of(rest.post("/nes", {"ne": "ne1", "san": "ne1.lab.example"}), 201)
    status_of(rest.post("/leas", {"lea": "lea-a", "country": "NL"}), 201)
    a = rest.post("/destinations", {"destination": "lemf-a", "lea": "lea-a", "addresses": [f"127.0.0.1:{lab.lemfs['lemf-a']['port']}"],
                                    "server_name": "lemf-a.lab.example", "options": {"barrier_ms": 50}})
    status_of(a, 201)
    tap.equal(a.headers["Location"], "/api/v1/destinations/lemf-a", "Location")
    tap.equal(rest.get(a.headers["Location"]).json["did"], a.json["did"], "what is there")
    a = warrant(rest, "REST-0")
    tap.equal(a.headers["Location"], f"/api/v1/warrants/{a.json['uuid']}", "Location of a warrant")


def warrant(who, liid, **more):
    body = {"liid": liid, "lea": "lea-a", "delivery": "both", "xid": [tap.new_xid()], "from": tap.FROM, "until": tap.UNTIL, "hi2": "lemf-a", "hi3": "lemf-a"}
    return status_of(who.post("/warrants", {**body, **more}), 201)


# -- one table, two doors
ACTIONS = [
    # mdfctl words, method, path, body
    (["ne", "add", "{p}ne", "--san", "{p}ne.example", "--pins", "ab" * 32], "POST", "/nes",
     {"ne": "{p}ne", "san": "{p}ne.example", "pins": ["ab" * 32]}),
    (["ne", "set", "{p}ne", "--time-p2-s", "60", "--opaque", "yes"], "PATCH", "/nes/{p}ne", {"time_p2_s": 60, "opaque": True}),
    (["ne", "revoke", "{p}ne", "--reason", "stolen"], "POST", "/nes/{p}ne/revoke", {"reason": "stolen"}),
    (["ne", "enable", "{p}ne", "--reason", "found"], "POST", "/nes/{p}ne/enable", {"reason": "found"}),
    (["lea", "add", "{p}lea", "--country", "DE"], "POST", "/leas", {"lea": "{p}lea", "country": "DE"}),
    (["lea", "add", "{p}lea"], "POST", "/leas", {"lea": "{p}lea"}),
    (["lea", "set", "{p}lea", "--gtime", "yes"], "PATCH", "/leas/{p}lea", {"gtime": True}),
    (["destination", "add", "{p}dest", "--lea", "{p}lea", "--addresses", "127.0.0.9:{n}", "--did", "{u1}"], "POST", "/destinations",
     {"destination": "{p}dest", "lea": "{p}lea", "addresses": ["127.0.0.9:{n}"], "did": "{u1}"}),
    (["destination", "set", "{p}dest", "--enabled", "no"], "PATCH", "/destinations/{p}dest", {"enabled": False}),
    (["warrant", "add", "--id", "{u2}", "--liid", "{p}W", "--lea", "{p}lea", "--delivery", "both", "--xid", "{u3}", "--from", tap.FROM, "--until", tap.UNTIL,
      "--hi2", "{p}dest", "--hi3", "{p}dest", "--services", "voice,data"], "POST", "/warrants",
     {"id": "{u2}", "liid": "{p}W", "lea": "{p}lea", "delivery": "both", "xid": ["{u3}"], "from": tap.FROM, "until": tap.UNTIL, "hi2": "{p}dest",
      "hi3": "{p}dest", "services": ["voice", "data"]}),
    (["warrant", "set", "{u2}", "--reference", "Az 1", "--authority", "court", "--operator-id", "LAB"], "PATCH", "/warrants/{u2}",
     {"reference": "Az 1", "authority": "court", "operator_id": "LAB"}),
    (["warrant", "set", "{u2}", "--reference", "", "--authority", "", "--operator-id", ""], "PATCH", "/warrants/{u2}",
     {"reference": None, "authority": None, "operator_id": None}),
    (["warrant", "set", "{u2}", "--services", "all"], "PATCH", "/warrants/{u2}", {"services": None}),
    (["warrant", "start", "{u2}", "--reason", "order 7"], "POST", "/warrants/{u2}/start", {"reason": "order 7"}),
    (["warrant", "start", "{u2}"], "POST", "/warrants/{u2}/start", {}),
    (["warrant", "suspend", "{u2}"], "POST", "/warrants/{u2}/suspend", {}),
    (["warrant", "stop", "{u2}", "--reason", "court"], "POST", "/warrants/{u2}/stop", {"reason": "court"}),
    (["destination", "remove", "{p}dest", "--discard", "yes", "--reason", "over"], "DELETE", "/destinations/{p}dest?discard=true&reason=over", None),
    (["warrant", "stop", "{u4}"], "POST", "/warrants/{u4}/stop", {}),
]


def fill(x, names):
    if isinstance(x, str):
        return re.sub(r"\{(\w+)\}", lambda m: names[m[1]], x)
    if isinstance(x, list):
        return [fill(i, names) for i in x]
    return {k: fill(v, names) for k, v in x.items()} if isinstance(x, dict) else x


def dump(names):
    """Rows of the objects of one door, with the names of that door replaced.  REST reads an object before it changes it; that is a row of its own."""
    db, out = database(), {}
    for table, where in (("ne", "name LIKE :p"), ("lea", "name LIKE :p"), ("destination", "name LIKE :p"), ("warrant", "liid LIKE :p"),
                         ("warrant_xid", "warrant IN (SELECT id FROM warrant WHERE liid LIKE :p)"),
                         ("destination_address", "destination IN (SELECT id FROM destination WHERE name LIKE :p)"),
                         ("ne_pin", "ne IN (SELECT id FROM ne WHERE name LIKE :p)"), ("audit", "seq > :seq AND interface IN ('cli', 'rest') AND op NOT LIKE '%.show'")):
        rows = []
        for r in db.execute(f"SELECT * FROM {table} WHERE {where}", {"p": names["p"] + "%", "seq": int(names["seq"])}):
            row = dict(r)
            for k in list(row):
                if k in ("id", "lea", "ne", "hi2", "hi3", "warrant", "destination", "seq", "liid_octets", "uuid", "xid", "did", "san") or k.endswith("_ns"):
                    row[k] = row[k] is not None
                elif table == "audit" and k in ("uid", "actor", "interface", "source", "before_hash", "after_hash", "prev_hash", "leaf", "entry", "session",
                                                "request", "prev", "text", "row", "doc", "hash"):
                    row[k] = row[k] is not None if k in ("before_hash", "after_hash") else None
                elif isinstance(row[k], str):
                    for n, v in sorted(names.items(), key=lambda i: -len(i[1])):
                        if n != "seq":
                            row[k] = row[k].replace(v, "{" + n + "}")
            rows.append(row)
        out[table] = rows
    return out


def names_of(prefix, n):
    seq = database().execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0]
    return {"p": prefix, "n": str(n), "seq": str(seq), **{f"u{i}": tap.new_xid() for i in range(1, 5)}}


@tap.test("without persons long work belongs to the name of the certificate")
def _():
    second = client("second")
    streams = {c: restcall.Stream(c) for c in (rest, second)}
    for c, other in ((rest, second), (second, rest)):
        w = status_of(c.post("/reports", {"kind": "R9"}, Prefer="respond-async"), 202).json
        done = tap.wait_for("the report", lambda w=w, c=c: next((x for x in [c.get(f"/works/{w['work']}").json] if x["state"] != "running"), None), 20, 0.01)
        tap.equal(done["state"], "done", "state")
        status_of(other.get(f"/works/{w['work']}"), 404, "NOT-FOUND")
        tap.equal([x["work"] for x in c.get("/works").json], [w["work"]], "list")
        while True:
            _, kind, data = streams[c].next()
            assert kind != "work" or data["work"] == w["work"], data
            if kind == "work" and data["state"] == "done":
                break
    for s in streams.values():
        s.close()
    second.close()


@tap.test("the same actions through mdfctl and REST: the same database, the same audit rows, the same refusals")
def _():
    cli, web = names_of("cli-", 4711), None
    codes = []
    for words, _, _, _ in ACTIONS:
        code, out = lab.ctl(*fill(words, cli), check=False)
        codes.append(out["error"]["code"] if code else "OK")
    by_cli = dump(cli)
    web = names_of("web-", 4712)
    for (words, method, path, body), want in zip(ACTIONS, codes):
        path = fill(path, web)
        etag = {}
        if method in ("PATCH", "DELETE"):
            etag["If_Match"] = rest.get(path.split("?")[0]).headers["ETag"]
        a = rest.call(method, path, fill(body, web) if body is not None else None, **etag)
        tap.equal(a.json["code"] if a.status >= 400 else "OK", want, f"{method} {path}: {a}")
    by_rest = dump(web)
    for table in by_cli:
        tap.equal(len(by_rest[table]), len(by_cli[table]), f"rows of {table}")
        for a, b in zip(by_rest[table], by_cli[table]):
            tap.equal(a, b, f"table {table}")
    assert "CONFLICT" in codes and "NOT-FOUND" in codes and len(by_cli["audit"]) == len(ACTIONS), (codes, len(by_cli["audit"]))
    rows = [r["interface"] for r in lab.ctl("audit", "list", "--op", "lea.set")]
    assert "cli" in rows and "rest" in rows, rows


@tap.test("versions: ETag, If-None-Match, If-Match needed (428), stale (412), weak (412); each object with a change has one")
def _():
    a = rest.get("/nes/ne1")
    tag = a.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{64}"', tag), tag
    tap.equal(rest.get("/nes/ne1", If_None_Match=tag).status, 304, "unchanged")
    status_of(rest.call("PATCH", "/nes/ne1", {"time_p2_s": 90}), 428, "IF-MATCH-MISSING")
    b = status_of(rest.patch("/nes/ne1", {"time_p2_s": 90}, tag), 200)
    assert b.headers["ETag"] != tag and rest.get("/nes/ne1").headers["ETag"] == b.headers["ETag"], "the new version"
    status_of(rest.patch("/nes/ne1", {"time_p2_s": 100}, tag), 412, "CHANGED")
    status_of(rest.patch("/nes/ne1", {"time_p2_s": 100}, "W/" + tag), 412, "CHANGED")
    status_of(rest.patch("/nes/ne1", {"time_p2_s": 100}, "none"), 400, "USAGE")
    tap.equal(rest.get("/nes/ne1").json["time_p2_s"], 90, "what is there")
    tap.equal(rest.get("/nes/ne1", If_None_Match=tag).status, 200, "changed")
    for path, body in (("/leas/lea-a", {"country": "NL"}), ("/destinations/lemf-a", {"tls12": False}), ("/warrants/REST-0@lea-a", {"reference": "x"}),
                       ("/settings/operator_id", {"value": "LAB"})):
        status_of(rest.patch(path, body), 200)
        status_of(rest.patch(path, body, '"' + "0" * 64 + '"'), 412, "CHANGED")
    status_of(rest.post("/profiles", {"file": {"name": "gone", "version": "1"}}), 201)
    status_of(rest.call("DELETE", "/profiles/gone", If_Match='"' + "0" * 64 + '"'), 412)
    status_of(rest.delete("/profiles/gone"), 204)
    status_of(rest.get("/profiles/gone"), 404, "NOT-FOUND")


@tap.test("Idempotency-Key: a repeated request is done once; another body under the key is refused; keys of different people do not meet")
def _():
    body = {"liid": "IDEM-1", "lea": "lea-a", "delivery": "iri", "xid": [tap.new_xid()], "from": tap.FROM, "until": tap.UNTIL, "hi2": "lemf-a"}
    first = status_of(rest.post("/warrants", body, Idempotency_Key='"key-1"'), 201)
    again = status_of(rest.post("/warrants", body, Idempotency_Key="key-1"), 201)
    tap.equal((again.json, again.headers["Location"]), (first.json, first.headers["Location"]), "the first answer")
    status_of(rest.post("/warrants", {**body, "liid": "IDEM-2"}, Idempotency_Key="key-1"), 422, "CONFLICT")
    status_of(rest.post("/warrants", body), 409, "CONFLICT")
    status_of(rest.post("/warrants", body, Idempotency_Key="a b"), 400, "USAGE")
    other = client("second")
    status_of(other.post("/warrants", {**body, "liid": "IDEM-3"}, Idempotency_Key="key-1"), 201)
    other.close()
    tap.equal(len([w for w in rest.pages("/warrants", 500)[0] if w["liid"].startswith("IDEM")]), 2, "warrants")


@tap.test("pages over 2 000 warrants: each row once, in order, also while rows come and go; a cursor is of one list")
def _():
    items = [{"liid": f"PAGE-{i:05}", "lea": "lea-a", "delivery": "iri", "xid": [tap.new_xid()], "from": tap.FROM, "until": tap.UNTIL, "hi2": "lemf-a"}
             for i in range(2000)]
    tap.equal(rest.post("/warrants/import", {"items": items}).json, {"imported": 2000}, "import")
    want = [r[0] for r in database().execute("SELECT liid FROM warrant ORDER BY id")]
    rows, n = rest.pages("/warrants", 500)
    tap.equal([w["liid"] for w in rows], want, "warrants")
    tap.equal(n, len(want) // 500 + 1, "pages")
    rows, n = rest.pages("/warrants?lea=lea-a&state=draft", 97)
    tap.equal(len(rows), database().execute("SELECT count(*) FROM warrant w JOIN lea l ON l.id = w.lea WHERE l.name = 'lea-a' AND state = 'draft'").fetchone()[0],
              "filtered")
    first = rest.get("/warrants?limit=10")
    link = re.search("<([^>]+)>", first.headers["Link"])[1]
    warrant(rest, "LATER")
    tap.equal(rest.get(link).json[0]["liid"], want[10], "the next row")
    cursor = re.search("cursor=([^&]+)", link)[1]
    status_of(rest.get(f"/nes?cursor={cursor}"), 400, "CURSOR-INVALID")
    status_of(rest.get(f"/warrants?cursor={cursor[:-2]}AA"), 400, "CURSOR-INVALID")
    status_of(rest.get("/warrants?limit=501"), 400, "USAGE")
    status_of(rest.get("/warrants?limit=0"), 400, "USAGE")
    for path in ("/xids", "/audit", "/mapping", "/settings", "/leas"):
        whole, _ = rest.pages(path, 500)
        parts, n = rest.pages(path, max(1, len(whole) // 7))
        rest_of = [w for w in parts if path != "/audit" or w in whole]
        tap.equal(rest_of, whole, f"{path} in {n} pages")
    newest = f"before={2**32 - 1}"
    for path, key in (("/audit", "seq"), ("/journal", "id")):
        whole, _ = rest.pages(path, 500)
        back, n = rest.pages(f"{path}?{newest}", max(1, len(whole) // 7))
        tap.equal([r[key] for r in back if r[key] <= whole[-1][key]], [r[key] for r in reversed(whole)], f"{path} from the newest on, in {n} pages")
    assert len(rest.pages("/audit", 500)[0]) >= database().execute("SELECT count(*) FROM audit").fetchone()[0] - 5, "audit rows"


EVERY = {"reference": "Az 7", "auth_cc": "NL", "delivery_cc": "NL", "operator_id": "LAB-CSP", "ne_id": "ne-7", "content": "headers", "services": ["voice"], "countries": ["NL"],
         "trigger": True, "exclude": ["ip:192.0.2.1"], "authority": "court", "jurisdiction": "x", "signer_name": "x", "signer_title": "x", "officer": "x", "legal_basis": "x",
         "legal_type": "x", "case_type": "x", "zone": "Europe/Berlin", "served": tap.FROM, "received": tap.FROM, "received_via": "fax", "review": "x", "reviewer": "x",
         "priority": "urgent", "provisional_until": tap.UNTIL, "iri_outage": "drop", "cc_outage": "drop", "responsible": "x", "retention": "long", "regime": "etsi"}


@tap.test("null empties what a draft can be without: back to what it was before it was entered; the audit row names it; what it cannot be without is refused, as is all of it later")
def _():
    body = {"liid": "REST-EMPTY", "lea": "lea-a", "delivery": "both", "from": tap.FROM, "until": tap.UNTIL}
    bare = status_of(rest.post("/warrants", body), 201).json
    at = f"/warrants/{bare['uuid']}"
    more = {**EVERY, "xid": [tap.new_xid()], "ne": ["ne1"], "hi2": "lemf-a", "hi3": "lemf-a"}
    full = status_of(rest.call("PATCH", at, more, If_Match="*"), 200).json
    same = [k for k in {**EVERY, "xids": 0, "nes": 0, "hi2": 0, "hi3": 0} if full[k] == bare[k]]
    tap.equal(same, ["regime"] if bare["regime"] == "etsi" else [], "members that were not set")
    empty = status_of(rest.call("PATCH", at, dict.fromkeys(more), If_Match="*"), 200).json
    tap.equal({k: v for k, v in empty.items() if v != bare[k] and k not in ("revision", "etag")}, {}, "members that were not emptied")
    row = next(r for r in reversed(rest.pages("/audit", 500)[0]) if r["op"] == "warrant.set" and bare["uuid"] in r["object"])
    lists = {"services", "countries", "exclude"}
    tap.equal(sorted(row["detail"]["emptied"]), sorted(set(more) - lists), "what the audit row names")
    schema = judge.doc["paths"]["/warrants/{warrant}"]["patch"]["requestBody"]["content"]["application/merge-patch+json"]["schema"]["properties"]
    tap.equal(sorted(k for k, s in schema.items() if "null" in s["type"]), sorted({*more, "target"}), "what may be null by the description")
    for k in ("delivery", "from", "until"):
        a = status_of(rest.call("PATCH", at, {k: None}, If_Match="*"), 400, "USAGE")
        assert "not emptied" in a.json["detail"], a.json
        code, out = lab.ctl("warrant", "set", bare["uuid"], "--" + k, "", check=False)
        tap.equal((code != 0, out["error"]["code"], out["error"]["what"]), (True, "USAGE", k), f"{k} emptied")
    status_of(rest.call("PATCH", at, {"xid": [tap.new_xid()], "hi2": "lemf-a", "hi3": "lemf-a", "reference": "Az 8"}, If_Match="*"), 200)
    status_of(rest.post(at + "/start", {}), 200)
    a = status_of(rest.call("PATCH", at, {"reference": None}, If_Match="*"), 422, "REFUSED")
    assert "draft only" in a.json["detail"], a.json
    tap.equal(status_of(rest.get(at), 200).json["reference"], "Az 8", "the reference of what is in force")
    status_of(rest.post(at + "/stop", {"reason": "test"}), 200)


@tap.test("what is malformed is refused with a code and a place: body, query, path, type, depth, size, method")
def _():
    def bad(method, path, body, status, code, pointer=None, **h):
        a = status_of(rest.call(method, path, body, **h), status, code)
        if pointer:
            tap.equal([e.get("pointer", e.get("parameter")) for e in a.json["errors"]], [pointer], f"{path} {body}")
        return a

    bad("POST", "/leas", {"lea": "x", "colour": 1}, 400, "USAGE", "/colour")
    bad("POST", "/leas", {"lea": "x y"}, 400, "USAGE", "/lea")
    bad("POST", "/leas", {"lea": "x", "gtime": "yes"}, 400, "USAGE", "/gtime")
    bad("POST", "/leas", {"lea": "x", "ps_version": "43"}, 400, "USAGE", "/ps_version")
    bad("POST", "/leas", {"country": "NL"}, 400, "USAGE", "/lea")
    bad("POST", "/leas", {"lea": "x", "country": None}, 400, "USAGE", "/country")
    bad("PATCH", "/leas/lea-a", {"country": None}, 400, "USAGE", "/country", If_Match="*")
    bad("PATCH", "/leas/lea-a", {"lea": "other"}, 400, "USAGE", "/lea", If_Match="*")
    bad("POST", "/warrants/import", {"items": [], "more": True}, 400, "USAGE", "/more")
    bad("POST", "/leas", '{"lea": "x", "lea": "y"}', 400, "USAGE")
    bad("POST", "/leas", "[1]", 400, "USAGE")
    bad("POST", "/leas", "{", 400, "USAGE")
    bad("POST", "/leas", b'{"lea": "\xff"}', 400, "USAGE")
    bad("POST", "/leas", '{"lea": "x", "a": ' + "[" * 1000 + "]" * 1000 + "}", 400, "USAGE")
    bad("POST", "/leas", {"lea": "x" * 70000}, 413, "BODY-TOO-LARGE")
    bad("POST", "/leas?lea=x", {}, 400, "USAGE", "lea")
    bad("POST", "/leas", "lea=x", 415, "MEDIA-TYPE", kind="application/x-www-form-urlencoded")
    bad("PATCH", "/leas/lea-a", "{}", 415, "MEDIA-TYPE", kind="application/json", If_Match="*")
    bad("GET", "/nes?colour=1", None, 400, "USAGE", "colour")
    bad("GET", "/warrants?state=blue", None, 400, "USAGE", "state")
    bad("GET", "/warrants?state=draft&state=active", None, 400, "USAGE", "state")
    bad("GET", "/warrants?after=7", None, 400, "USAGE", "after")
    bad("GET", "/warrants?lea=%ff", None, 400, "USAGE")
    bad("GET", "/nes/%zz", None, 400, "USAGE", "ne")
    bad("GET", "/nes/a%00b", None, 400, "USAGE", "ne")
    bad("GET", "/nes/", None, 404, "NOT-FOUND")
    bad("GET", "/nes/a/b/c/d/e/f/g/h/i/j/k", None, 404, "NOT-FOUND")
    bad("GET", "/nonsense", None, 404, "NOT-FOUND")
    bad("GET", "/api/v2/nes", None, 404, "NOT-FOUND")
    bad("GET", "/nes/none", None, 404, "NOT-FOUND")
    bad("GET", "/nes", None, 406, "NOT-ACCEPTABLE", Accept="text/html")
    a = bad("DELETE", "/nes", None, 405, "METHOD-NOT-ALLOWED")
    tap.equal(a.headers["Allow"], "GET, POST, HEAD, OPTIONS", "Allow")
    a = rest.call("OPTIONS", "/nes/ne1")
    tap.equal((a.status, a.headers["Allow"]), (204, "GET, PATCH, HEAD, OPTIONS"), "OPTIONS")
    bad("TRACE", "/nes", None, 405, "METHOD-NOT-ALLOWED")
    tap.equal(rest.get("/profiles/fields").json[0].keys() >= {"field"}, True, "a word goes before a parameter")
    a = rest.get("/nes", X_Request_Id="me-1")
    tap.equal(a.headers["X-Request-Id"], "me-1", "request id")
    assert re.fullmatch("[0-9a-f]{24}", rest.get("/nes", X_Request_Id="a b").headers["X-Request-Id"]), "one of ours"
    for name, value in (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):
        tap.equal(a.headers[name], value, name)
    tap.equal(rest.get("/leas/x").status, 404, "nothing was made of all that")


@tap.test("who is not known gets 401 but for health and the document; another site's request is refused")
def _():
    nobody = client(None)
    status_of(nobody.get("/nes"), 401, "LOGIN")
    status_of(nobody.get("/events"), 401, "LOGIN")
    status_of(nobody.post("/leas", {"lea": "x"}), 401, "LOGIN")
    status_of(nobody.get("/nes", Authorization="Bearer nonsense"), 401, "LOGIN")
    status_of(nobody.get("/nes", Cookie="__Host-openmdf=nonsense"), 401, "LOGIN")
    tap.equal((nobody.get("/healthz").json, nobody.get("/openapi.json").status), ({"status": "ok"}, 200), "what everybody may")
    ready = nobody.get("/readyz")
    tap.equal((ready.status, ready.json["checks"]), (200, {"database": True, "audit": True, "chain": True, "clock": True, "roles": True}), "ready")
    nobody.close()
    for h in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        status_of(rest.post("/leas", {"lea": "csrf"}, **h), 403, "CROSS-SITE")
    status_of(rest.get("/leas/csrf"), 404)
    status_of(rest.post("/leas", {"lea": "csrf"}, Origin=f"https://127.0.0.1:{PORT}", Sec_Fetch_Site="same-origin"), 201)


@tap.test("events: changes, heads of the audit log, alarms; resumed behind Last-Event-ID without loss; reset when that is not known")
def _():
    s = restcall.Stream(rest)
    tap.equal(s.status, 200, s.head)
    status_of(rest.post("/leas", {"lea": "sse-1"}), 201)
    ids = []
    while True:
        n, kind, data = s.next()
        ids.append(n)
        if data.get("object") == "lea sse-1":
            tap.equal((kind, data["op"]), ("change", "lea.add"), "event")
            break
    last = ids[-1]
    s.close()
    for i in range(2, 20):
        status_of(rest.post("/leas", {"lea": f"sse-{i}"}), 201)
    s = restcall.Stream(rest, last=last)
    got = []
    while len(got) < 18:
        n, kind, data = s.next()
        assert n not in ids, f"{n} came twice"
        ids.append(n)
        if data.get("op") == "lea.add":
            got.append(data["object"])
    tap.equal(got, [f"lea sse-{i}" for i in range(2, 20)], "what was missed")
    status_of(rest.get("/audit/head"), 200)
    while True:
        _, kind, data = s.next()
        if kind == "audit":
            assert data["rows"] >= 20, data
            break
    lab.stop_lemf("lemf-a")
    while True:
        _, kind, data = s.next()
        if kind == "alarm" and data["code"] == "LINK-DOWN":
            break
    lab.lemf("lemf-a")
    s.close()
    s = restcall.Stream(rest, last="0123-7")
    tap.equal(s.next()[1], "reset", "an unknown number")
    s.close()
    many = [restcall.Stream(rest) for _ in range(32)]
    tap.equal(restcall.Stream(rest).status, 429, "too many")
    for m in many:
        m.close()
    status_of(rest.post("/leas", {"lea": "sse-end"}), 201)


def raw(payload=b"", ctx=None, source=None):
    sock = socket.create_connection(("127.0.0.1", PORT), timeout=10, source_address=(source, 0) if source else None)
    s = (ctx or tls()).wrap_socket(sock)
    if payload:
        s.sendall(payload)
    return s


def answer_of(s):
    data = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                break
            data += more
    except (TimeoutError, ConnectionResetError, ssl.SSLError):
        pass
    s.close()
    return data


@tap.test("TLS: 1.2, no TLS, a foreign and a revoked certificate are refused, counted and alarmed")
def _():
    old = restcall.context(lab.pki.path("rest", "ca.crt"), newest=False)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    for what, ctx in (("TLS 1.2", old), ("a certificate of another CA", tls("ne1", "x"))):
        try:
            data = answer_of(raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", ctx))
            assert b"HTTP/1.1" not in data, f"{what}: {data}"
        except (ssl.SSLError, ConnectionResetError):
            pass
    plain = socket.create_connection(("127.0.0.1", PORT), timeout=10)
    plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"HTTP/1.1" not in answer_of(plain), "without TLS"
    tap.wait_for("the alarm", lambda: ("REST-TLS", "rest") in tap.alarms(lab), 6)
    tap.equal([x["severity"] for x in lab.ctl("alarm", "list", "--text", "REST-TLS")], ["warning"], "nothing is wrong yet")
    second = client("second")
    status_of(second.get("/nes"), 200)
    lab.pki.revoke("rest", lab.pki.path("rest", "second.crt"))
    lab.reload()
    tap.wait_for("the revoked one is refused on its open connection", lambda: second.get("/nes").status == 401, 10, 0.1)
    second.close()
    try:
        assert b"HTTP/1.1" not in answer_of(raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", tls("second"))), "revoked"
    except (ssl.SSLError, ConnectionResetError):
        pass
    status_of(rest.get("/nes"), 200)


@tap.test("reload: a new certificate is shown, one that cannot be used leaves the old one")
def _():
    def serial():
        s = raw()
        der = s.getpeercert(True)
        s.close()
        return der
    before = serial()
    lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
    lab.reload()
    tap.wait_for("the new certificate", lambda: serial() != before, 10, 0.1)
    now = serial()
    path = lab.pki.path("rest", "mdf.crt")
    os.rename(path, path + ".good")
    with open(path, "w") as f:
        f.write("nonsense\n")
    lab.reload()
    tap.wait_for("the alarm", lambda: ("TLS-RELOAD", "rest") in tap.alarms(lab), 10)
    tap.equal(serial(), now, "the old one")
    os.rename(path + ".good", path)
    lab.reload()
    tap.wait_for("the alarm is over", lambda: ("TLS-RELOAD", "rest") not in tap.alarms(lab), 10)


@tap.test("clients that mean no good: giant header, garbage, pipelining, half requests, 1 000 idle connections; others are served meanwhile")
def _():
    data = answer_of(raw(b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 40000 + b"\r\n\r\n"))
    assert b" 200 " not in data, data[:100]
    answer_of(raw(b"\x00\xff" * 3000 + b"\r\n\r\n"))
    answer_of(raw(b"POST /api/v1/leas HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"))
    data = answer_of(raw(b"POST /api/v1/leas HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"a" * 1000))
    assert b" 413 " in data or data == b"", data[:100]
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    s = raw(one * 49 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    tap.equal(answer_of(s).count(b"HTTP/1.1 200 "), 50, "pipelined")
    for _ in range(50):  # gone before the answer
        raw(b"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n").close()
    idle = []
    for i in range(1000):
        sock = socket.create_connection(("127.0.0.1", PORT), timeout=5, source_address=("127.0.0.2", 0))
        idle.append(sock)
    began = time.monotonic()
    fresh = client()
    status_of(fresh.get("/nes"), 200)
    took = time.monotonic() - began
    fresh.close()
    tap.note(f"a request beside 1 000 idle connections took {took * 1000:.0f} ms")
    assert took < 2, took
    tap.wait_for("most of them were cut", lambda: metric("rest_connections") < 80, 10)
    for s in idle:
        s.close()
    slow = [raw(b"GET /healthz HTTP/1.1\r\nX") for _ in range(5)]
    began, alive = time.monotonic(), list(slow)
    while alive and time.monotonic() - began < 45:
        for s in list(alive):
            try:
                s.sendall(b"a")
                s.settimeout(0.01)
                if s.recv(10) == b"":
                    alive.remove(s)
            except TimeoutError:
                pass
            except OSError:
                alive.remove(s)
        time.sleep(0.5)
    took = time.monotonic() - began
    assert not alive and 25 < took < 40, f"slow clients were cut after {took:.0f} s"


def metrics():
    with socket.create_connection(("127.0.0.1", METRICS), timeout=10) as s:
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while True:
            more = s.recv(65536)
            if not more:
                return data.split(b"\r\n\r\n", 1)[1].decode()
            data += more


def metric(name):
    return int(re.search(rf"^openmdf_{name} (\d+)$", metrics(), re.M)[1])


@tap.test("metrics: the format of Prometheus, no identity and no LIID; the address is that of no listener")
def _():
    text = metrics()
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) openmdf_\w+ .+|openmdf_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?\d+', line), line
    names = re.findall(r"^# TYPE (\w+) ", text, re.M)
    tap.equal(len(names), len(set(names)), "each once")
    assert 'openmdf_link_up{lea="lea-a",destination="lemf-a"}' in text and metric("rest_requests_total{class=\"2xx\"}".replace("{", r"\{").replace("}", r"\}")) > 100
    for secret in ("REST-0", "PAGE-", "IDEM"):
        assert secret not in text, secret
    if subprocess.run(["sh", "-c", "command -v promtool"], capture_output=True).returncode == 0:
        p = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        assert p.returncode == 0, p.stdout + p.stderr
    conf = os.path.join(lab.dir, "same.conf")
    with open(lab.conf) as f, open(conf, "w") as out:
        out.write(f.read().replace("lab = true", "lab = false"))
    p = subprocess.run([lab.exe("mdfd"), "--config", conf, "--check-config"], capture_output=True, text=True)
    assert p.returncode == 1 and "rest.address" in p.stderr, f"{p.returncode} {p.stderr}"


tap.main(setup)
