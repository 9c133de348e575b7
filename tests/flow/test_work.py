#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Long work over REST: it goes on in the background while the daemon does other things, tells its person how far it is, is found again by another session of the same
person, also after a restart and kill -9, can be cancelled, and is nobody else's.  The audit log has enough rows that looking at all of them takes many slices."""

import json
import os
import signal
import sqlite3
import subprocess

import tap
import people as lab_people  # in the folder that tap adds to the path
import restcall

lab = crowd = judge = None
PORT = 0
ROWS = 250000
ASYNC = {"Prefer": "respond-async"}


def setup():
    global lab, crowd, judge, PORT
    tool = os.path.join(tap.BUILD, "tests", "bench", "admin_fill")
    if not os.path.exists(tool):
        raise tap.Skip("tests/bench/admin_fill is not built: make check builds it")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.pki.ca("rest")
    lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
    crowd = lab_people.People(lab)
    PORT = tap.free_port()
    p = lab.pki.path
    lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=PORT, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                  rest__ca=p("rest", "ca.crt"), **crowd.conf)
    crowd.start()
    judge = restcall.Judge(json.loads(subprocess.run([lab.exe("mdfctl"), "--openapi"], capture_output=True, text=True, check=True).stdout))
    crowd.two("sam", "bob", "lea.add", {"lea": "lea-a"})
    crowd.two("sam", "bob", "person.add", {"handle": "lia", "roles": "liaison", "lea": "lea-a"})
    lab.stop()
    subprocess.run([tool, os.path.join(lab.dir, "state", "openmdf.db"), "rows", str(ROWS)], check=True)
    again()
    return lab


def again():
    lab.start(wait=False)
    crowd.wait_ready()


def status_of(a, want, code=None):
    assert a.status == want and (code is None or a.json["code"] == code), f"want {want} {code}: {a}"
    return a


def login(handle):
    c = restcall.Client(PORT, restcall.context(lab.pki.path("rest", "ca.crt")), judge=judge)
    challenge = status_of(c.post("/session/challenge", {"person": handle}), 200).json
    a = status_of(c.post("/session", {"person": handle, "nonce": challenge["nonce"],
                                      "signature": lab_people.sign(crowd.keys[handle], challenge["text"])}), 200)
    c.headers.update({"Cookie": a.headers["Set-Cookie"].split(";")[0], "X-OpenMDF": "1"})
    return c


restcall.Client.__enter__ = lambda self: self
restcall.Client.__exit__ = lambda self, *_: self.close()


def begin(c, path, body=None):
    a = status_of(c.post(path, body or {}, **ASYNC), 202)
    tap.equal((a.headers["Location"], a.headers["Preference-Applied"]), (f"/api/v1/works/{a.json['work']}", "respond-async"), "headers")
    return a.json


def show(c, w):
    return status_of(c.get(f"/works/{w['work']}"), 200).json


def ended(c, w, seen=None):
    """W when it has ended; every state before goes to SEEN."""
    def look():
        now = show(c, w)
        if seen is not None and (not seen or seen[-1] != now):
            seen.append(now)
        return now if now["state"] != "running" else None
    return tap.wait_for("the work ends", look, 60, 0.001)


def events(stream, work, until=("done", "failed", "cancelled")):
    """Events of WORK up to its last one; no other work is told."""
    out = []
    while not out or out[-1][2]["state"] not in until:
        e = stream.next(60)
        if e[1] == "work":
            tap.equal(e[2]["work"], work["work"], "whose work is told")
            out.append(e)
    return out


@tap.test("the audit log is checked in the background: how far it is grows, others are served between, the result is that of somebody who waits")
def _():
    with login("ada") as ada, login("carl") as carl:
        stream, other = restcall.Stream(ada), restcall.Stream(carl)
        w = begin(ada, "/audit/verify")
        tap.equal((w["op"], w["state"], w["result"], w["error"], w["ended"]), ("audit.verify", "running", None, None, None), "at once")
        seen = []
        while not seen or seen[-1]["state"] == "running":
            status_of(carl.get("/session"), 200)
            seen.append(show(ada, w))
        done = [x["done"] for x in seen]
        tap.note(f"seen {len(set(done))} steps of {seen[-1]['total']} rows")
        assert done == sorted(done) and len(set(done)) >= 3, done
        last = seen[-1]
        assert last["state"] == "done" and last["done"] == last["total"] > ROWS and last["ended"] >= last["begun"], last
        r = last["result"]
        tap.equal((r["holds"], r["from"], r["to"], r["first_bad"], r["next"]), (True, 1, last["total"], None, None), "result")
        tap.equal(last["object"], f"rows 1-{last['total']}", "object")
        told = events(stream, w)
        tap.equal((told[0][2]["state"], told[-1][2]["state"], told[-1][2]["done"]), ("running", "done", last["total"]), "events")
        assert told[0][0] and told[-1][0], "the first and the last have numbers to come back to"
        tap.equal(status_of(ada.get("/works"), 200).json[0], last, "list")
        # what Carl hears first of work is his own
        mine = begin(carl, "/check")
        events(other, mine)
        late = restcall.Stream(ada, last=told[0][0])
        tap.equal([e[2]["state"] for e in events(late, w)], ["done"], "come back to")
        for s in (stream, other, late):
            s.close()
        part = status_of(ada.post("/audit/verify"), 200).json
        tap.equal((part["holds"], part["next"]), (True, 50001), "who waits gets a part")


@tap.test("left and found again: another session of the same person, mdfctl, but nobody else")
def _():
    ada = login("ada")
    w = begin(ada, "/audit/verify", {"from": 2})
    ada.close()
    with login("ada") as ada, login("carl") as carl, login("sam") as sam:
        assert w["work"] in [x["work"] for x in ada.get("/works").json]
        for c in (carl, sam):
            status_of(c.get(f"/works/{w['work']}"), 404, "NOT-FOUND")
            status_of(c.call("DELETE", f"/works/{w['work']}"), 404, "NOT-FOUND")
            assert w["work"] not in [x["work"] for x in c.get("/works").json]
        assert ended(ada, w)["result"]["holds"]
        tap.equal(crowd.ctl("ada", "work", "show", w["work"])["result"]["from"], 2, "mdfctl")
        tap.equal(crowd.ctl("ada", "work", "list")[0]["work"], w["work"], "mdfctl")
        code, out = crowd.ctl("carl", "work", "show", w["work"], check=False)
        tap.equal((code, out["error"]["code"]), (4, "NOT-FOUND"), "mdfctl of another one")
        tap.equal(crowd.refused("ada", "work", "cancel", w["work"]), "CONFLICT", "it has ended")


@tap.test("who waits for an answer and leaves, over HTTPS or on the control socket, leaves nothing behind")
def _():
    with login("ada") as ada, login("carl") as carl:
        before = len(carl.get("/works").json)
        for _ in range(3):
            ada.get("/session")
            for body in ('{"from": 1}', None):
                ada.conn.request("POST", "/api/v1/audit/verify", body, {**ada.headers, **({"Content-Type": "application/json"} if body else {})})
                ada.close()
                ada.get("/session")
            with lab_people.Connection(crowd) as c:
                c.login("sam")
                c.s.sendall(b'{"op": "audit.verify"}\n')
        tap.equal(len(carl.get("/works").json), before, "works")
        part = status_of(ada.post("/audit/verify"), 200).json
        tap.equal(part["holds"], True, "and the daemon goes on")


@tap.test("cancelled between two slices: it is over at once, told, and cannot be cancelled again; a report that was cancelled is not there, and audited")
def _():
    with login("ada") as ada:
        stream = restcall.Stream(ada)
        w = begin(ada, "/audit/verify")
        a = status_of(ada.call("DELETE", f"/works/{w['work']}"), 200).json
        tap.equal((a["state"], a["error"]["code"], a["result"]), ("cancelled", "CANCELLED", None), "cancelled")
        assert a["done"] < ROWS, a
        tap.equal(show(ada, w), a, "and stays so")
        status_of(ada.call("DELETE", f"/works/{w['work']}"), 409, "CONFLICT")
        tap.equal(events(stream, w)[-1][2]["state"], "cancelled", "event")
        before = ada.get("/reports").json
        w = begin(ada, "/reports", {"kind": "R3", "from": "2020-01-01T00:00:00Z"})
        tap.wait_for("rows of the report", lambda: show(ada, w)["done"] > 0, 30, 0.001)
        status_of(ada.call("DELETE", f"/works/{w['work']}"), 200)
        end = show(ada, w)
        tap.equal(end["state"], "cancelled", "report")
        tap.equal(ada.get("/reports").json, before, "reports")
        rows = [r for r in crowd.ctl("carl", "audit", "list", "--op", "report.make") if r["object"] == end["object"]]
        tap.equal([(r["outcome"], r["code"]) for r in rows], [("refused", "CANCELLED")], "audit")
        stream.close()


@tap.test("the other long operations: their results and audit rows are as when somebody waits; what is refused at once is no work")
def _():
    with login("ada") as ada, login("alice") as alice, login("olga") as olga, login("lia") as lia:
        r = ended(ada, begin(ada, "/reports", {"kind": "R9"}))
        tap.equal((r["state"], r["object"]), ("done", f"report {r['result']['report']}"), "report")
        tap.equal(status_of(ada.get(f"/reports/{r['result']['report']}"), 200).json["sha256"], r["result"]["sha256"], "it is there")
        rows = crowd.ctl("carl", "audit", "list", "--op", "report.make", "--object", r["object"])
        tap.equal([(x["outcome"], x["actor"]) for x in rows], [("ok", "ada")], "audit")
        seen = []
        c = ended(ada, begin(ada, "/check"), seen)
        tap.equal((c["state"], c["result"]["quick_check"], c["done"] == c["total"]), ("done", "ok", True), "check")
        tap.equal(c["result"], status_of(ada.post("/check"), 200).json, "the same")
        assert c["total"] > 100 and [x["done"] for x in seen] == sorted(x["done"] for x in seen), seen[:5]
        n = ended(olga, begin(olga, "/reconciliation"))
        assert n["state"] == "done" and isinstance(n["result"], list), n
        file = {"name": "x.pcap", "octets": 3, "sha256": "ab" * 32}
        status_of(alice.post("/hashes", {"file": file}), 201)
        tap.equal(ended(alice, begin(alice, "/hashes/verify", {"file": file}))["result"], status_of(alice.post("/hashes/verify", {"file": file}), 200).json, "hash")
        status_of(alice.post("/hashes/verify", {"file": {**file, "sha256": "cd" * 32}}, **ASYNC), 404, "NOT-FOUND")
        status_of(olga.post("/audit/verify", {}, **ASYNC), 403, "DENIED")
        status_of(ada.post("/audit/verify", {"from": "x"}, **ASYNC), 400, "USAGE")
        status_of(ada.post("/audit/verify", {"from": 10**9}, **ASYNC), 404, "NOT-FOUND")
        tap.equal([w["op"] for w in olga.get("/works").json], ["reconcile.run"], "only what was begun")
        tap.equal([w["op"] for w in alice.get("/works").json], ["hash.verify"], "only what was begun")
        # the preference is for long operations, and may stand among others
        a = alice.post("/hashes", {"file": {**file, "name": "y.pcap"}}, **ASYNC)
        assert a.status in (200, 201) and a.json["uuid"], a
        a = status_of(ada.post("/check", {}, Prefer="wait=5, Respond-Async; x=y"), 202)
        ended(ada, a.json)
        status_of(ada.post("/check", {}, Prefer="respond-asynchronously"), 200)
        # an agency's person hears of the own work, without numbers
        stream = restcall.Stream(lia)
        tap.equal(stream.next()[1], "reset", "first event")
        w = begin(lia, "/reports", {"kind": "R7"})
        told = events(stream, w)
        assert told[-1][2]["state"] == "done" and not any(e[0] for e in told), told
        result = show(lia, w)["result"]
        assert result["kind"] == "R7" and result["lea"] == "lea-a" and "audit" not in result, result
        stream.close()


@tap.test("four run at once, fifty are kept of one person")
def _():
    with login("ada") as ada, login("carl") as carl:
        works = [begin(c, "/audit/verify") for c in (ada, carl, ada, carl)]
        a = status_of(ada.post("/audit/verify", {}, **ASYNC), 429, "TOO-MANY")
        assert a.headers["Retry-After"], a
        for c, w in zip((ada, carl, ada, carl), works):
            status_of(c.call("DELETE", f"/works/{w['work']}"), 200)
        first = begin(carl, "/check")
        ended(carl, first)
        for _ in range(49):
            ended(carl, begin(carl, "/hashes/verify", {"file": {"name": "x.pcap", "octets": 3, "sha256": "ab" * 32}}))
        tap.equal(len(carl.get("/works").json), 50, "kept")
        show(carl, first)
        ended(carl, begin(carl, "/check"))
        tap.equal(len(carl.get("/works").json), 50, "kept")
        status_of(carl.get(f"/works/{first['work']}"), 404, "NOT-FOUND")
        assert len(ada.get("/works").json) > 0, "those of another one stay"


@tap.test("who loses the role while it runs does not see what came of it")
def _():
    with login("carl") as carl:
        w = begin(carl, "/audit/verify")
        show(carl, w)
    crowd.two("sam", "bob", "person.set", {"handle": "carl", "roles": "operator"})
    with login("carl") as carl:
        status_of(carl.get(f"/works/{w['work']}"), 404, "NOT-FOUND")
        assert "audit.verify" not in [x["op"] for x in carl.get("/works").json]


def admin_pid():
    r = subprocess.run(["pgrep", "-P", str(lab.mdfd.pid), "-f", "mdfd --role admin"], capture_output=True, text=True)
    return int(r.stdout) if r.stdout.strip() else None


def found_again(c, works, others):
    """WORKS were under way when the role ended; OTHERS do not see them."""
    for w in works:
        now = show(c, w)
        tap.equal((now["state"], now["error"]["code"], now["error"]["todo"], now["result"]), ("interrupted", "INTERRUPTED", "start it again", None), "found again")
        assert now["ended"] >= now["begun"] == w["begun"], now
        assert now in c.get("/works").json, "and in the list"
        status_of(c.call("DELETE", f"/works/{w['work']}"), 409, "CONFLICT")
        for o in others:
            status_of(o.get(f"/works/{w['work']}"), 404, "NOT-FOUND")
            assert w["work"] not in [x["work"] for x in o.get("/works").json]


def under_way(c):
    """Two works that take long, so long that they are under way when C has seen them."""
    w = [begin(c, "/reports", {"kind": "R3", "from": "2020-01-01T00:00:00Z"}), begin(c, "/audit/verify")]
    tap.equal([show(c, x)["state"] for x in w], ["running", "running"], "before")
    return w


@tap.test("stopped in the middle of long work it stops in order; the next run finds it interrupted, and what had ended with its result")
def _():
    with login("ada") as ada:
        reports = ada.get("/reports").json
        done = ended(ada, begin(ada, "/audit/verify"))
        file = {"name": "x.pcap", "octets": 3, "sha256": "ab" * 32}
        told = ended(ada, begin(ada, "/hashes/verify", {"file": file}))
        gone = begin(ada, "/audit/verify")
        gone = status_of(ada.call("DELETE", f"/works/{gone['work']}"), 200).json
        w = under_way(ada)
    tap.equal(lab.stop(), 0, "exit code")
    again()
    with login("ada") as ada, login("sam") as sam:
        found_again(ada, w, [sam])
        tap.equal(show(ada, done), done, "what had ended")
        tap.equal(show(ada, gone), gone, "what was cancelled")
        tap.equal(show(ada, told), {**told, "object": "", "result": None, "withheld": "identities"}, "a result that a person's words are in is not kept")
        tap.equal(ada.get("/reports").json, reports, "reports")


@tap.test("kill -9 of the admin role under long work: its person alone finds it, interrupted, and can start it again")
def _():
    with login("ada") as ada:
        reports = len(ada.get("/reports").json)
        w = under_way(ada)
        pid = admin_pid()
        os.kill(pid, signal.SIGKILL)
    tap.wait_for("the admin role is started again", lambda: admin_pid() not in (None, pid), 30, 0.05)
    crowd.wait_ready()
    with login("ada") as ada, login("sam") as sam:
        found_again(ada, w, [sam])
        tap.equal(len(ada.get("/reports").json), reports, "no half of a report")
        tap.equal([r for r in crowd.ctl("ada", "audit", "list", "--op", "report.make") if r["object"] == w[0]["object"]], [], "audit")
        r = ended(ada, begin(ada, "/audit/verify"))
        tap.equal((r["state"], r["result"]["holds"]), ("done", True), "started again")
        tap.equal(crowd.ctl("ada", "work", "list")[0]["work"], r["work"], "mdfctl")
    rows = sqlite3.connect(os.path.join(lab.dir, "state", "openmdf.db")).execute("SELECT op, result, withheld FROM work WHERE op = 'hash.verify'").fetchall()
    assert rows and all(r[1:] == (None, "identities") for r in rows), rows


tap.main(setup)
