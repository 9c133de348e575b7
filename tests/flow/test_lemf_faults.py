#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""LEMFs that are not who they should be, or answer wrongly, late or never: each agency sees its own trouble only, and nothing is lost.
An agency per fault, all with the same target."""

import hashlib
import json
import signal
import subprocess

import tap

FAULTS = {  # mdf-lemf options, then the error that the status has to show
    "wrong": (["--wrong-number", "--decline-ack"], "ANSWER-WRONG"),
    "garbage": (["--garbage", "100"], "ANSWER-GARBAGE"),
    "mute": (["--no-keepalive-response", "--decline-ack"], "ANSWER-TIMEOUT"),
    "stopread": (["--stop-reading-after", "100"], "ANSWER-TIMEOUT"),
    "close": (["--close-after", "150"], "CLOSED"),
    "refuse": (["--refuse"], None),  # CLOSED or TCP-RESET
    "good": ([], None),
}
TIMERS = {"time1_ms": 3000, "time2_ms": 400, "time3_ms": 900, "barrier_ms": 50, "connect_ms": 2000, "backoff_max_ms": 400}
GENERATE = ["format=rtp,corr=session,count=300,size=172", "format=sip,count=120"]
lab = None
xid = tap.new_xid()


def setup():
    global lab
    names = [f"lemf-{k}" for k in FAULTS]
    lab = tap.start_lab(lemfs=names, lemf_extra={f"lemf-{k}": [*v[0], "--quiet"] for k, v in FAULTS.items()})
    tap.add_ne(lab, "ne1")
    for k in FAULTS:
        lab.ctl("lea", "add", f"lea-{k}")
        tap.add_destination(lab, f"lemf-{k}", f"lea-{k}", options=json.dumps(TIMERS))
        tap.add_warrant(lab, f"LIID-{k}", f"lea-{k}", xid)
    tap.in_force(lab)
    return lab


def destination(name):
    return next(d for lea in lab.status()["leas"] for d in lea["destinations"] if d["name"] == name)


def error(name):
    return (destination(name)["error"] or {}).get("code")


@tap.test("an agency whose LEMF works gets everything while six others do not")
def _():
    lab.ne(xid=xid, generate=GENERATE)
    tap.wait_for("the good one has all", lambda: next(w for w in lab.status()["warrants"] if w["liid"] == "LIID-good")["delivered"] == 420, 10)
    assert destination("lemf-good")["resent"] == 0


@tap.test("each fault is named in the status")
def _():
    for k, (_, code) in FAULTS.items():
        if code:
            tap.wait_for(f"{k}: {code}", lambda k=k, code=code: error(f"lemf-{k}") == code, 10)
    tap.wait_for("refuse: an error", lambda: error("lemf-refuse"), 5)


@tap.test("with LEMFs that work everything arrives, duplicates are the same octets, alarms are cleared")
def _():
    bad = [k for k in FAULTS if k != "good"]
    for k in bad:
        lab.stop_lemf(f"lemf-{k}", signal.SIGKILL)
    for k in bad:
        lab.lemf(f"lemf-{k}", extra=["--quiet"])
    tap.wait_for("nothing waits", lambda: not any(w["waiting"] for w in lab.status()["warrants"]), 20)
    s = lab.status()
    for w in s["warrants"]:
        tap.equal((w["received"], w["delivered"], w["ok"]), (420, 420, True), w["liid"])
    tap.wait_for("no alarm of an agency is up", lambda: not [a for a in tap.alarms(lab) if a[1].startswith("lea-")], 20)
    for k in FAULTS:
        r = lab.lemf_report(f"lemf-{k}")
        for session in r["session"]:
            for c in (session["iri"], session["cc"]):
                tap.equal((c["missing"], c["conflicts"], c["duplicates_same_connection"]), (0, 0, 0), f"{k}, CIN {session['cin']}")


@tap.test("a LEMF with another name or key gets nothing, and is taken when the pin is right")
def _():
    lab.ctl("destination", "set", "lemf-good", "--server-name", "other.lab.example")
    tap.wait_for("PEER-NAME", lambda: error("lemf-good") == "PEER-NAME", 5)
    lab.ctl("destination", "set", "lemf-good", "--server-name", "lemf-good.lab.example", "--pins", "00" * 32)
    tap.wait_for("PEER-PIN", lambda: error("lemf-good") == "PEER-PIN", 5)
    lab.ne(xid=xid, start_seq=100000, generate=["format=sip,count=6"])
    assert destination("lemf-good")["state"] != "up"
    key = subprocess.run(["openssl", "x509", "-in", lab.pki.path("hi", "lemf-good.crt"), "-pubkey", "-noout"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, capture_output=True, check=True).stdout
    lab.ctl("destination", "set", "lemf-good", "--pins", hashlib.sha256(der).hexdigest())
    tap.wait_for("up", lambda: destination("lemf-good")["state"] == "up", 5)
    tap.wait_for("the rest came", lambda: next(w for w in lab.status()["warrants"] if w["liid"] == "LIID-good")["delivered"] == 426, 5)


tap.main(setup)
