#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Delivery to LEMFs that go and come back, that are slow, that grant less than is asked for, that have several addresses, that are not who they should
be: an agency each, all with the same target, and one agency whose LEMF has no trouble and gets everything promptly.  See also test_lemf_faults."""

import collections
import signal
import subprocess
import time

import tap

lab = None
XID = tap.new_xid()
ROUND = ["format=sip,count=30", "format=rtp,corr=session,count=170"]
ROUND_N = 200
rounds = 0
QUICK = {"time1_ms": 500, "time2_ms": 300, "time3_ms": 900, "connect_ms": 500}
# LEMF: options of mdf-lemf, options of the destination
PLAN = {"good": ([], {}), "down": ([], {}), "kill": ([], {}), "slow": (["--slow", "100000"], {}), "b": (["--decline-ack"], {}), "bb": ([], {"level": "b"}),
        "c": (["--no-keepalive-response"], {"level": "c", "time1_s": 0}), "strict": (["--decline-ack"], {"level": "a"}),
        "noopt": (["--no-option-response"], {"options": QUICK}), "stall": (["--stall-handshake"], {"options": QUICK}), "tcp": ([], {"transport": "tcp"}),
        "cleartls": ([], {"transport": "tcp", "options": QUICK}), "tlsclear": ([], {"options": QUICK}), "over": ([], {"options": QUICK}),
        "name": ([], {"server_name": "someone-else.lab.example"})}
CLEAR = ("tcp", "tlsclear")  # these LEMFs speak plain TCP
BLOCKED = ("strict", "stall", "cleartls", "tlsclear", "name")  # nothing may get there
FIRST = tap.free_port()  # the first address of "over"; nobody listens there at first


def setup():
    global lab
    lab = tap.start_lab(lemfs=[], extra="lab = true")
    for k in PLAN:
        lab.pki.issue("hi", f"lemf-{k}", f"DNS:lemf-{k}.lab.example,IP:127.0.0.1", "serverAuth")
    tap.add_ne(lab, "ne1")
    for k, (extra, options) in PLAN.items():
        lab.lemf(f"lemf-{k}", tcp=k in CLEAR, extra=["--quiet", *extra], control=k == "strict")
        more = dict(options)
        if k == "over":
            more["addresses"] = f"127.0.0.1:{FIRST},127.0.0.1:{lab.lemfs['lemf-over']['port']}"
        lab.ctl("lea", "add", f"lea-{k}")
        tap.add_destination(lab, f"lemf-{k}", f"lea-{k}", **more)
        tap.add_warrant(lab, f"L-{k}", f"lea-{k}", XID)
    tap.in_force(lab)
    for k in PLAN:
        if k not in (*BLOCKED, "noopt"):
            tap.wait_for(f"{k} is up", lambda k=k: link(k)["state"] == "up", 20)
    return lab


def link(k):
    return tap.destination(lab, f"lemf-{k}")


def offer():
    """One round; the agency without trouble gets it within 5 s.  Other calls each time, so that nothing is a duplicate."""
    global rounds
    lab.ne(xid=XID, seed=rounds, generate=ROUND)
    rounds += 1
    began = time.monotonic()
    arrived("good", 5)
    tap.note(f"prompt: {time.monotonic() - began:.2f} s")


def arrived(k, timeout=20):
    want = rounds * ROUND_N
    tap.wait_for(f"{k}: {want} delivered", lambda: tap.warrant(lab, f"L-{k}")["delivered"] == want, timeout, 0.05)


def whole(k):
    """Everything offered is there; resends are the same octets, what is new comes in order."""
    arrived(k)
    tap.verify(lab, f"lemf-{k}")
    seen = {}
    newest = collections.defaultdict(lambda: -1)
    for r in tap.lemf_pdus(lab, f"lemf-{k}"):
        key = (r["cin"], r["class"])
        if (*key, r["seq"]) in seen:
            tap.equal(r["crc32c"], seen[(*key, r["seq"])], f"{k}: octets of a resend")
            continue
        tap.equal(r["seq"], newest[key] + 1, f"{k}: order of {key}")
        newest[key] = r["seq"]
        seen[(*key, r["seq"])] = r["crc32c"]
    tap.equal(len(seen), rounds * ROUND_N, f"{k}: records")


@tap.test("an agency without trouble gets all, whatever the others do")
def _():
    offer()
    whole("good")
    tap.equal(link("good")["resent"], 0, "resent")


@tap.test("LEMF down for a while: alarm, nothing lost, alarm cleared")
def _():
    lab.stop_lemf("lemf-down")
    tap.wait_for("LINK-DOWN", lambda: ("LINK-DOWN", "lea-down:lemf-down") in named("LINK-DOWN", "down"), 5)
    offer()
    w = tap.warrant(lab, "L-down")
    tap.equal(w["waiting"], ROUND_N, "waiting")
    assert link("down")["backlog"]["records"] == ROUND_N, link("down")
    lab.lemf("lemf-down", extra=["--quiet"])
    whole("down")
    tap.wait_for("LINK-DOWN cleared", lambda: not named("LINK-DOWN", "down"), 5)


def named(code, k):
    """Alarms CODE that are up for the LEMF of K, in one spelling."""
    return {(c, f"lea-{k}:lemf-{k}") for c, o in tap.alarms(lab, code) if o.endswith(f"lemf-{k}")}


@tap.test("LEMF killed in the middle, three times")
def _():
    for _ in range(3):
        p = lab.ne_background("ne1", xid=XID, seed=rounds, generate=[g + ",rate=400" for g in ROUND])
        before = tap.warrant(lab, "L-kill")["received"]
        tap.wait_for("load", lambda before=before: tap.warrant(lab, "L-kill")["received"] > before + 20, 10, 0.01)
        lab.stop_lemf("lemf-kill", signal.SIGKILL)
        tap.equal(p.wait(30), 0, "mdf-ne")
        globals()["rounds"] += 1
        lab.lemf("lemf-kill", extra=["--quiet"])
    whole("kill")
    whole("good")


@tap.test("slow reader: all of it, later")
def _():
    whole("slow")
    tap.equal(link("slow")["resent"], 0, "resent")


@tap.test("PDU acknowledgement declined: level b; b asked for: level b; c: level c without any answer")
def _():
    for k, level, asked in (("good", "a", "auto"), ("b", "b", "auto"), ("bb", "b", "b"), ("c", "c", "c")):
        tap.equal((link(k)["level"], link(k)["level_asked"]), (level, asked), k)
        whole(k)
    kinds = {k: {r["kind"] for r in tap.lemf_events(lab, f"lemf-{k}") if r["ev"] == "pdu" and r["class"] == "tri"} for k in ("b", "bb", "c")}
    assert "keep-alive" in kinds["b"] and "optionRequest" in kinds["b"], kinds
    assert "keep-alive" in kinds["bb"] and "optionRequest" not in kinds["bb"], kinds
    tap.equal(kinds["c"], set(), "TRI at level c")


@tap.test("no answer to the option request: level b after a while")
def _():
    whole("noopt")
    tap.equal(link("noopt")["level"], "b", "level")


@tap.test("level a demanded and declined: alarm and nothing delivered, until it is granted")
def _():
    tap.wait_for("LEVEL-REFUSED", lambda: named("LEVEL-REFUSED", "strict"), 5)
    tap.equal(tap.lemf_pdus(lab, "lemf-strict"), [], "records delivered without the level")
    tap.equal(lab.lemf_control("lemf-strict", "accept-ack 1"), "ok", "control")
    whole("strict")
    tap.equal(link("strict")["level"], "a", "level")
    tap.wait_for("alarms cleared", lambda: not named("LEVEL-REFUSED", "strict") and not named("LINK-DOWN", "strict"), 5)


@tap.test("stalled handshake is given up, and tried again")
def _():
    tap.wait_for("CONNECT-TIMEOUT", lambda: (link("stall")["error"] or {}).get("code") == "CONNECT-TIMEOUT", 5)
    assert named("LINK-DOWN", "stall")
    lab.stop_lemf("lemf-stall", signal.SIGKILL)
    lab.lemf("lemf-stall", extra=["--quiet"])
    whole("stall")


@tap.test("several addresses: the next when one fails, and the first one when it is back and the next fails")
def _():
    second = lab.lemfs["lemf-over"]["port"]
    tap.equal(link("over")["address"], f"127.0.0.1:{second}", "address in use")
    whole("over")
    lab.stop_lemf("lemf-over", signal.SIGKILL)
    lab.lemf("lemf-over", port=FIRST, extra=["--quiet"])
    offer()
    whole("over")
    tap.equal(link("over")["address"], f"127.0.0.1:{FIRST}", "address in use")


@tap.test("plain TCP only where the destination says so, and TLS is not weakened to it")
def _():
    whole("tcp")
    up = [r for r in tap.lemf_events(lab, "lemf-tcp") if r["ev"] == "conn" and r["state"] == "up"]
    assert up and all(r["transport"] == "tcp" for r in up), up
    for k in ("cleartls", "tlsclear"):
        tap.wait_for(f"{k}: LINK-DOWN", lambda k=k: named("LINK-DOWN", k), 5)
        tap.equal(tap.lemf_pdus(lab, f"lemf-{k}"), [], f"records at {k}")
        assert link(k)["state"] != "up", link(k)
    with open(f"{lab.dir}/lemf-tlsclear/pdu.log", "rb") as f:
        assert b"L-tlsclear" not in f.read()


@tap.test("a LEMF of another name gets nothing; alarm; told the right name it gets all")
def _():
    tap.wait_for("PEER-NAME", lambda: (link("name")["error"] or {}).get("code") == "PEER-NAME", 5)
    assert named("LINK-DOWN", "name")
    tap.equal(tap.lemf_pdus(lab, "lemf-name"), [], "records")
    lab.ctl("destination", "set", "lemf-name", "--server-name", "lemf-name.lab.example")
    whole("name")
    tap.wait_for("LINK-DOWN cleared", lambda: not named("LINK-DOWN", "name"), 5)


@tap.test("a test PDU arrives on demand")
def _():
    def tests():
        return sum(r["ev"] == "pdu" and r["kind"] == "testPDU" for r in tap.lemf_events(lab, "lemf-good"))
    before = tests()
    lab.ctl("destination", "test", "lemf-good")
    tap.wait_for("testPDU", lambda: tests() == before + 1, 5)
    tap.equal(lab.ctl("destination", "test", "nobody", check=False)[0], 4, "exit code for a destination that is not there")
    p = subprocess.run([lab.exe("mdf-lemf"), "report", lab.lemfs["lemf-good"]["dir"], "--strict"], capture_output=True, text=True)
    tap.equal(p.returncode, 0, p.stdout)


@tap.test("accounts at the end")
def _():
    arrived("slow")
    s = lab.status()
    tap.accounted(s)
    for w in s["warrants"]:
        k = w["liid"][2:]
        tap.equal((w["received"], w["delivered"]), (rounds * ROUND_N, 0 if k in ("cleartls", "tlsclear") else rounds * ROUND_N), w["liid"])
    tap.equal({o.split("-")[-1] for _, o in tap.alarms(lab)}, {"cleartls", "tlsclear"}, "alarms left")
    tap.equal(sum(r["restarts"] for r in s["roles"]), 0, "restarts of roles")


tap.main(setup)
