#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people look at first: the overview before, in and after an outage of a facility, what runs out, what waits and for whom, links with their history
and events, lists of warrants with filters, two orders and cursors, what is live of them, saved filters; each role and each agency sees its own."""

import datetime
import json
import os
import subprocess
import sys
import time
import uuid

import restcall
import tap

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")), "tools", "lab"))
import people as lab_people  # noqa: E402

lab = crowd = judge = None
PORT = 0
XID_A, XID_B = tap.new_xid(), tap.new_xid()
BEGIN = time.time()
ids = {}
clients = {}


def setup():
    global lab, crowd, judge, PORT
    lab = tap.Lab(tap.BUILD)
    try:
        lab.make_pki()
        lab.pki.ca("rest")
        lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        for n in ("lemf-a", "lemf-b"):
            lab.lemf(n)
        crowd = lab_people.People(lab, later={**lab_people.LATER, "tina": ("admin", ["create"], "ed25519")})
        PORT = tap.free_port()
        p = lab.pki.path
        lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=PORT, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                      rest__ca=p("rest", "ca.crt"), spool__quota="8M", session__snapshot_s=1, **crowd.conf)
        crowd.start()
        lab.who = crowd.args("carl")
        provision()
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    judge = restcall.Judge(json.loads(subprocess.run([lab.exe("mdfctl"), "--openapi"], capture_output=True, text=True, check=True).stdout))
    return lab


def two(op, first="sam", **args):
    return crowd.two(first, "bob", op, args)


def must(person, op, **args):
    return crowd.must(crowd.call(person, op, args))


def stamp(hours):
    return datetime.datetime.fromtimestamp(int(BEGIN + hours * 3600), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def warrant(liid, lea, hours, xid=None, submit=True, **more):
    ids[liid] = str(uuid.uuid4())
    x = lea[-1]
    must("alice", "warrant.add", **{"id": ids[liid], "liid": liid, "lea": lea, "delivery": "both", "xid": xid or tap.new_xid(), "hi2": f"lemf-{x}", "hi3": f"lemf-{x}",
         "operator_id": "LAB-CSP", "legal_basis": "section 1", "from": tap.FROM, "until": stamp(hours) if hours else tap.UNTIL, **more})
    if submit:
        two("warrant.submit", "alice", warrant=ids[liid])


def provision():
    two("ne.add", ne="ne1", san="ne1.lab.example")
    two("tenant.add", tenant="csp-1")
    for x in "ab":
        two("lea.add", lea=f"lea-{x}", country="NL", shared=True)
        two("destination.add", destination=f"lemf-{x}", lea=f"lea-{x}", addresses=f"127.0.0.1:{lab.lemfs[f'lemf-{x}']['port']}",
            server_name=f"lemf-{x}.lab.example", options={"barrier_ms": 50, "backoff_max_ms": 300})
    two("person.add", handle="lia", roles="liaison", lea="lea-a")
    two("person.add", handle="lea", roles="liaison", lea="lea-b")
    two("person.add", handle="tina", roles="admin", tenant="csp-1")
    warrant("LIID-A-FAR", "lea-a", 0, XID_A, reference="Az 50%/1")
    warrant("LIID-B-FAR", "lea-b", 0, XID_B, reference="Az 509/2", ne=["ne1"])
    warrant("LIID-A-DAY", "lea-a", 12)
    warrant("LIID-B-WEEK", "lea-b", 72)
    two("regime.import", "alice", file={"name": "paper", "version": "1", "provisional_hours": 96})
    warrant("LIID-A-PROV", "lea-a", 0, provisional_until=stamp(48), regime="paper", **{"from": stamp(0)})
    warrant("LIID-A-DRAFT", "lea-a", 2, submit=False)
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.in_force(lab)


def client(handle):
    """A client with a session of HANDLE, one for each."""
    if handle not in clients:
        c = restcall.Client(PORT, restcall.context(lab.pki.path("rest", "ca.crt")), judge=judge)
        asked = c.post("/session/challenge", {"person": handle}).json
        a = c.post("/session", {"person": handle, "nonce": asked["nonce"], "signature": lab_people.sign(crowd.keys[handle], asked["text"])})
        assert a.status == 200, a
        c.headers.update({"Cookie": a.headers["Set-Cookie"].split(";")[0], "X-OpenMDF": "1"})
        clients[handle] = c
    return clients[handle]


def get(handle, path):
    a = client(handle).get(path)
    assert a.status == 200, f"{handle} {path}: {a}"
    return a.json


def overview(handle):
    return get(handle, "/overview")


def link(name, handle="alice"):
    return next(x for x in get(handle, "/links") if x["destination"] == name)


def idle():
    """Nothing waits, and the links say so, too."""
    tap.drained(lab)
    tap.wait_for("the links say so", lambda: all(x["waiting"] == 0 and x["state"] == "up" for x in get("alice", "/links")), 20)


@tap.test("the numbers of warrants, what runs out soonest first, what is provisional; links, alarms, readiness")
def _():
    o = tap.wait_for("both links are up", lambda: (lambda x: x if x["links"] == {"total": 2, "down": 0} else None)(overview("alice")), 20)
    tap.equal({k: n for k, n in o["warrants"].items() if n}, {"active": 5, "draft": 1}, "by state")
    tap.equal((o["expiring_24h"], o["expiring_7d"], o["provisional"]), (1, 3, 1), "ends")
    tap.equal([w["liid"] for w in o["expiring"]], ["LIID-A-DAY", "LIID-A-PROV", "LIID-B-WEEK"], "soonest first, a draft is none of them")
    tap.equal(o["expiring"][0], {"uuid": ids["LIID-A-DAY"], "liid": "LIID-A-DAY", "lea": "lea-a", "state": "active", "until": stamp(12)}, "a row")
    assert o["expiring"][1]["provisional_until"] == stamp(48), o["expiring"]
    tap.equal((o["waiting_n"], o["waiting"], o["links_down"], o["buffers"], o["roles_down"], o["drift"]), (0, [], [], [], [], 0), "nothing is wrong")
    assert o["ready"]["database"] and o["ready"]["roles"] and set(o["alarms"]) == {"critical", "major", "minor", "warning"}, o
    assert o["clock"]["state"] in ("synchronised", "unsynchronised", "unknown"), o["clock"]


@tap.test("each role gets what it may see: members are left out, not null")
def _():
    whole = {"drift", "clock", "ready", "roles_down"}
    waits = {"waiting", "waiting_n", "waiting_mine_n"}
    want = {"alice": whole | waits, "bob": whole | waits, "olga": whole, "ada": whole | waits | {"audit"}, "sam": whole | waits | {"audit"}, "lia": waits,
            "tina": waits}
    for handle, more in want.items():
        tap.equal(set(overview(handle)) & (whole | waits | {"audit"}), more, handle)


@tap.test("an operator and a security officer see no LIIDs; an agency and a tenant only what is theirs")
def _():
    for handle in ("olga", "sam"):
        a = client(handle).get("/overview")
        assert b"LIID-" not in a.raw and len(a.json["expiring"]) == 3, a
        for path in ("/links", "/links/lemf-a/history", "/nes?live=true"):
            assert b"LIID-" not in client(handle).get(path).raw, path
    o = overview("lia")
    tap.equal((o["warrants"]["active"], o["expiring_7d"], o["links"]), (3, 2, {"total": 1, "down": 0}), "of lea-a")
    tap.equal({w["lea"] for w in o["expiring"]}, {"lea-a"}, "of lea-a")
    o = overview("tina")
    tap.equal((sum(o["warrants"].values()), o["expiring"], o["links"]), (0, [], {"total": 0, "down": 0}), "of a tenant that has nothing")
    tap.equal(get("tina", "/links"), [], "links carry what is of others, too")
    for handle, name in (("lia", "lemf-b"), ("tina", "lemf-a"), ("alice", "lemf-x")):
        a = client(handle).get(f"/links/{name}/history")
        assert a.status == 404, a


@tap.test("what waits is marked as mine, and as what I may approve")
def _():
    plan = must("alice", "warrant.submit", warrant=ids["LIID-A-DRAFT"], plan=True)
    sent = must("alice", "warrant.submit", warrant=ids["LIID-A-DRAFT"], signature=crowd.sign("alice", plan["doc"]))
    want = {"alice": (1, 0, True, False), "bob": (1, 1, False, True), "sam": (1, 0, False, False), "lia": (1, 0, False, False)}
    for handle, (n, mine_n, mine, may) in want.items():
        o = overview(handle)
        tap.equal((o["waiting_n"], o["waiting_mine_n"], [(w["approval"], w["op"], w["mine"], w["may"]) for w in o["waiting"]]),
                  (n, mine_n, [(sent["approval"], "warrant.submit", mine, may)]), handle)
    tap.equal((overview("lea")["waiting_n"], overview("lea")["waiting"]), (0, []), "the other agency")
    must("alice", "approval.withdraw", approval=sent["approval"])
    tap.equal(overview("bob")["waiting_mine_n"], 0, "taken back")


@tap.test("traffic: a link says what it carried, how fast, and its history adds up; warrants and elements say what is live")
def _():
    lab.ne("ne1", xid=XID_A, generate="format=rtp,count=200")
    idle()
    acked = tap.destination(lab, "lemf-a")["acked"]["records"]
    x = tap.wait_for("the link says so", lambda: (lambda r: r if r["acked"] == acked else None)(link("lemf-a")), 15)
    assert x["sent"] >= 200 and x["octets"] == 0 and x["enabled"] and x["kind"] == "both" and x["level"] in "abc" and x["fault"] is None, x
    assert x["certificate_until"] > stamp(0) and x["addresses"] == [f"127.0.0.1:{lab.lemfs['lemf-a']['port']}"] and x["quota_percent"] >= 0, x
    h = tap.wait_for("the history has it", lambda: (lambda r: r if sum(v or 0 for v in r["pdus"]) >= 200 else None)(
        get("alice", "/links/lemf-a/history?seconds=600")), 20, 0.5)
    tap.equal((h["step_s"], {len(h[k]) for k in ("pdus", "octets", "waiting")}, sum(v or 0 for v in h["pdus"]) <= acked), (5, {120}, True), "history")
    assert sum(v or 0 for v in h["octets"]) > 200 * 100 and any(v is not None for v in h["waiting"]), h
    tap.wait_for("a rate", lambda: (link("lemf-a")["rate_pdus"] or 0) > 0, 15, 0.5)
    a = client("alice").get("/links/lemf-a/history?seconds=3601")
    tap.equal((a.status, a.json["code"]), (400, "USAGE"), "more than there is")
    rows = {w["liid"]: w for w in tap.wait_for("the list is as new", lambda: (lambda r: r if sum(w["delivered"] or 0 for w in r) >= 200 else None)(
        get("alice", "/warrants?live=true")), 15)}
    w = rows["LIID-A-FAR"]
    tap.equal((w["received"], w["delivered"], w["waiting"], w["nes"], w["nes_ok"]), (200, 200, 0, [], rows["LIID-B-FAR"]["nes_ok"]), "live")
    assert w["last_cc"] >= stamp(0) and rows["LIID-A-DAY"]["last_cc"] is None and rows["LIID-A-DAY"]["received"] == 0, w
    assert all("nes_ok" not in w and "id" not in w and w["delivered"] is not None for w in get("lia", "/warrants?live=true")), "the network is no matter of an agency"
    n = get("alice", "/nes?live=true")[0]
    tap.equal((n["pdus"], n["tasks_expected"], n["tasks_found"], n["drift"]), (200, 5, None, None), "element")
    assert n["last"] >= stamp(0) and "state" in n and "connections" not in get("alice", "/nes")[0], n


@tap.test("an element that is connected, with the end of its certificate")
def _():
    p = lab.ne_background("ne1", xid=XID_A, keepalive=0.2, generate="format=rtp,rate=100,duration=60")
    n = tap.wait_for("it is connected", lambda: (lambda r: r if r["state"] == "connected" else None)(get("olga", "/nes?live=true")[0]), 15)
    assert n["connections"] >= 1 and n["certificate_until"] > stamp(0), n
    tap.wait_for("its warrants say so", lambda: {w["liid"]: w for w in get("alice", "/warrants?live=true")}["LIID-B-FAR"]["nes_ok"] == 1, 15)
    p.terminate()
    p.wait()
    idle()


@tap.test("a facility goes and comes back: overview, links, buffers and events tell, each agency of its own")
def _():
    streams = {h: restcall.Stream(client(h)) for h in ("alice", "lia", "lea")}
    lab.stop_lemf("lemf-b")
    o = tap.wait_for("one is down", lambda: (lambda x: x if x["links"]["down"] else None)(overview("alice")), 20)
    tap.equal([(d["destination"], d["lea"]) for d in o["links_down"]], [("lemf-b", "lea-b")], "which")
    assert sum(o["alarms"].values()) > 0, o["alarms"]
    lab.ne("ne1", xid=XID_B, generate="format=rtp,count=15000")
    x = tap.wait_for("it waits", lambda: (lambda r: r if r["waiting"] >= 10000 else None)(link("lemf-b")), 20)
    assert x["state"] != "up" and x["octets"] > 0 and x["fault"]["code"] and x["certificate_until"] is None, x
    o = tap.wait_for("the buffer fills", lambda: (lambda r: r if r["buffers"] else None)(overview("olga")), 20)
    tap.equal((o["buffers"][0]["lea"], o["buffers"][0]["percent"] > 50), ("lea-b", True), "buffer")
    tap.equal((overview("lia")["links"], overview("lia")["buffers"], sum(overview("lia")["alarms"].values())), ({"total": 1, "down": 0}, [], 0), "lea-a")
    tap.equal((overview("lea")["links"], len(overview("lea")["buffers"])), ({"total": 1, "down": 1}, 1), "lea-b")
    told(streams["alice"], lambda r: r["destination"] == "lemf-b" and r["state"] != "up")
    told(streams["lea"], lambda r: r["destination"] == "lemf-b" and r["waiting"] >= 10000)
    lab.lemf("lemf-b", port=lab.lemfs["lemf-b"]["port"])
    idle()
    tap.wait_for("nothing is down", lambda: overview("lea")["links"]["down"] == 0 and not overview("lea")["buffers"], 20)
    told(streams["alice"], lambda r: r["destination"] == "lemf-b" and r["state"] == "up")
    told(streams["lea"], lambda r: r["destination"] == "lemf-b" and r["state"] == "up")
    # what lia heard until a warrant of her own agency changes is of her own link alone
    must("alice", "warrant.suspend", warrant=ids["LIID-A-DAY"], reason="mark")
    while True:
        event_id, event, data = streams["lia"].next(15)
        assert event_id is None and b"lemf-b" not in json.dumps(data).encode() and "lea-b" not in json.dumps(data), (event, data)
        if event == "change":
            break
    for s in streams.values():
        s.close()


@tap.test("a destination that was added later and is never reached: what waits for another one of its agency does not wait for it")
def _():
    lab.stop_lemf("lemf-b")
    lab.ne("ne1", xid=XID_B, generate="format=rtp,count=3000")
    tap.wait_for("it waits", lambda: link("lemf-b")["waiting"] >= 3000, 20)
    tap.wait_for("and grows older", lambda: link("lemf-b")["oldest_s"] >= 2, 20)
    two("destination.add", destination="lemf-b2", lea="lea-b", addresses=f"127.0.0.1:{tap.free_port()}", server_name="lemf-b.lab.example")
    x = tap.wait_for("nothing waits for it", lambda: (lambda r: r if r["waiting"] == 0 and r["state"] not in ("up", "no answer") else None)(link("lemf-b2")), 20)
    assert x["octets"] == 0 and x["oldest_s"] == 0, x
    assert link("lemf-b")["waiting"] >= 3000, link("lemf-b")
    lab.ne("ne1", xid=XID_B, generate="format=rtp,count=500")
    tap.wait_for("more waits", lambda: link("lemf-b")["waiting"] >= 3500, 20)
    tap.wait_for("still nothing", lambda: link("lemf-b2")["waiting"] == 0, 20)
    must("sam", "destination.remove", destination="lemf-b2", reason="nothing waits for it")
    lab.lemf("lemf-b", port=lab.lemfs["lemf-b"]["port"])
    idle()


def told(stream, want):
    """An event of STREAM has a link like that."""
    end = time.monotonic() + 25
    while time.monotonic() < end:
        _, event, data = stream.next(25)
        if event == "status" and any(want(r) for r in data.get("links", [])):
            return
    raise AssertionError("no such event")


@tap.test("lists of warrants: part of LIID or reference, what ends, what is provisional")
def _():
    def liids(query, handle="alice"):
        return [w["liid"] for w in get(handle, f"/warrants?{query}")]
    tap.equal(liids("text=liid-b"), ["LIID-B-FAR", "LIID-B-WEEK"], "whatever the case")
    tap.equal(liids("text=AZ%2050"), ["LIID-A-FAR", "LIID-B-FAR"], "of the reference")
    tap.equal((liids("text=50%25"), liids("text=50_"), liids("text=zzz")), (["LIID-A-FAR"], [], []), "a sign of a pattern is a sign")
    tap.equal(liids("ends=24"), ["LIID-A-DAY"], "ends within a day")
    tap.equal(liids("ends=50"), ["LIID-A-DAY", "LIID-A-PROV"], "or is provisional until then")
    tap.equal((liids("provisional=true"), len(liids("provisional=false"))), (["LIID-A-PROV"], 5), "provisional")
    tap.equal(liids("text=far&lea=lea-b"), ["LIID-B-FAR"], "two filters")
    tap.equal(liids("state=active&ends=24"), [], "two filters: that one is suspended")
    tap.equal((liids("text=far", "lia"), liids("lea=lea-b", "lia"), liids("ends=100", "lia")), (["LIID-A-FAR"], [], ["LIID-A-DAY", "LIID-A-PROV"]), "an agency")
    for bad in ("sort=liid", "ends=-1", "behind=" + ids["LIID-A-FAR"], "after=1"):
        a = client("alice").get(f"/warrants?{bad}")
        tap.equal((a.status, a.json["code"]), (400, "USAGE"), bad)


@tap.test("pages in both orders and with filters, for all and for an agency, hold each row once")
def _():
    for handle in ("alice", "lia"):
        for query in ("sort=id", "sort=until", "text=liid&sort=until", "provisional=false&sort=until&live=true", "text=far", "lea=lea-a", "state=active&sort=until"):
            whole = [w["uuid"] for w in get(handle, f"/warrants?{query}")]
            for limit in (1, 2):
                rows, n = client(handle).pages(f"/warrants?{query}", limit)
                tap.equal([w["uuid"] for w in rows], whole, f"{handle} {query} limit {limit}")
                tap.equal(n, max(1, -(-len(whole) // limit)), f"pages of {handle} {query}")
    ends = [w["until"] for w in get("alice", "/warrants?sort=until")]
    tap.equal(ends, sorted(ends), "by end")
    tap.equal([w["liid"] for w in get("alice", "/warrants?sort=until")][:2], ["LIID-A-DRAFT", "LIID-A-DAY"], "the soonest")
    # the row where a page ended moves to the end: the next page goes on where it stood
    a = client("alice").get("/warrants?sort=until&limit=1")
    must("alice", "warrant.set", warrant=ids["LIID-A-DRAFT"], until="2090-01-01T00:00:00Z")
    path = a.headers["Link"].split(">")[0][1:]
    tap.equal(client("alice").get(path).json[0]["liid"], "LIID-A-DAY", "the next page")
    b = client("lia").get("/warrants?limit=1&cursor=" + path.split("cursor=")[1].split("&")[0])
    assert b.status == 200, "a cursor names a place, nothing that another may not see"


@tap.test("by the socket: behind a warrant, behind a row number, and for an agency behind so many rows")
def _():
    whole = [w["liid"] for w in must("alice", "warrant.list", sort="until")]
    tap.equal([w["liid"] for w in must("alice", "warrant.list", sort="until", behind=ids[whole[1]], limit=2)], whole[2:4], "behind")
    first = must("alice", "warrant.list", limit=1)[0]
    tap.equal([w["liid"] for w in must("alice", "warrant.list", after=first["id"])], [w["liid"] for w in must("alice", "warrant.list")][1:], "after")
    tap.equal([w["liid"] for w in must("lia", "warrant.list", after=1)], [w["liid"] for w in must("lia", "warrant.list")][1:], "left out")
    for person, args, code in (("alice", {"sort": "until", "after": 1}, "USAGE"), ("lia", {"behind": ids["LIID-B-FAR"]}, "NOT-FOUND")):
        a = crowd.call(person, "warrant.list", args)
        tap.equal(a["error"]["code"] if not a["ok"] else a, code, str(args))


@tap.test("saved filters are a person's own: saved in place of the former, listed, removed; limits")
def _():
    c = client("alice")
    a = c.post("/views", {"view": "soon", "screen": "warrants", "query": "ends=24&sort=until"})
    assert a.status == 200 and a.json["query"] == "ends=24&sort=until", a
    assert c.post("/views", {"view": "soon", "screen": "warrants", "query": "ends=48"}).status == 200
    assert c.post("/views", {"view": "b", "screen": "links"}).json["query"] == ""
    tap.equal([(v["view"], v["screen"], v["query"]) for v in get("alice", "/views")], [("b", "links", ""), ("soon", "warrants", "ends=48")], "hers")
    tap.equal([v["view"] for v in get("alice", "/views?screen=links")], ["b"], "of a screen")
    for other in ("bob", "olga", "lia", "tina", "ada", "sam"):
        tap.equal(get(other, "/views"), [], other)
        a = client(other).call("DELETE", "/views/soon")
        tap.equal((a.status, a.json["code"]), (404, "NOT-FOUND"), other)
    assert client("lia").post("/views", {"view": "soon", "screen": "links", "query": "x"}).status == 200
    for bad in ({"query": "x" * 501}, {"query": "a\nb"}, {"view": "a b"}, {"screen": ""}):
        a = c.post("/views", {"view": "bad", "screen": "warrants", "query": "x", **bad})
        tap.equal((a.status, a.json["code"]), (400, "USAGE"), str(bad)[:40])
    assert c.post("/views", {"view": "b", "screen": "links", "query": "\u00e4" * 500}).status == 200, "characters, not octets"
    for i in range(48):
        assert c.post("/views", {"view": f"v{i}", "screen": "warrants", "query": "x"}).status == 200
    a = c.post("/views", {"view": "v48", "screen": "warrants", "query": "x"})
    assert a.status == 422 and a.json["code"] == "REFUSED", a
    assert c.post("/views", {"view": "v47", "screen": "warrants", "query": "y"}).status == 200, "one of the fifty may change"
    assert c.call("DELETE", "/views/soon").status == 204
    tap.equal((len(get("alice", "/views")), [v["view"] for v in get("lia", "/views")]), (49, ["soon"]), "hers is gone, that of another is not")
    rows = [r for r in must("ada", "audit.list", actor="alice", text="view") if r["op"].startswith("view.")]
    assert {"view.save", "view.remove"} <= {r["op"] for r in rows} and "ends=48" not in json.dumps(rows), rows[-3:]


@tap.test("a liaison asks for a test PDU on a link of her agency, on no other; a tenant on none")
def _():
    tap.equal(must("lia", "destination.test", destination="lemf-a"), {"destination": "lemf-a", "test": "requested"}, "own")
    for person, name, code in (("lia", "lemf-b", "NOT-FOUND"), ("lia", "lemf-x", "NOT-FOUND"), ("tina", "lemf-a", "DENIED"), ("tina", "lemf-x", "DENIED")):
        a = crowd.call(person, "destination.test", {"destination": name})
        tap.equal(a["error"]["code"] if not a["ok"] else a, code, f"{person} {name}")


@tap.test("the overview of an auditor tells when the whole audit log was looked at")
def _():
    assert overview("ada")["audit"]["verified"] is None
    at = 1
    while at:
        at = must("ada", "audit.verify", **{"from": at})["next"]
    v = overview("ada")["audit"]
    assert v["verified"]["holds"] and v["verified"]["time"] >= stamp(0) and v["size"] >= v["head_size"] > 0, v


tap.main(setup)
