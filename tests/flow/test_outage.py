#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an order says about product that cannot be delivered: the LEMF is away for longer than the order lets content wait, so new content is discarded and
counted while IRI is kept; an order beside it that lets content wait loses nothing."""

import json
import os

import tap
import oracle
import x23

lab = None
ne = None
journal = None
xid = tap.new_xid()
REGIME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging", "regimes", "de.json")
W = {liid: {"liid": liid, "lemf": "lemf-a", "xids": {xid}, "delivery": "both"} for liid in ("DE", "ETSI", "BRIEF", "NO-IRI")}


def setup():
    global lab, ne, journal
    lab = tap.start_lab(lemfs=("lemf-a",), session__snapshot_s=1)
    tap.provision(lab, leas=("a",))
    lab.ctl("regime", "import", REGIME)
    tap.add_warrant(lab, "DE", "lea-a", xid, regime="de")
    tap.add_warrant(lab, "ETSI", "lea-a", xid)
    tap.add_warrant(lab, "BRIEF", "lea-a", xid, cc_outage="buffer:2")
    tap.add_warrant(lab, "NO-IRI", "lea-a", xid, cc_outage="drop", iri_outage="drop")
    tap.in_force(lab)
    journal = x23.Journal(lab)
    ne = lab.ne_background("ne1", xid=xid, generate=["format=ipv4,size=300,rate=100,duration=3600", "format=sip,rate=40,duration=3600"], keepalive=0.2,
                           ledger=ledger())
    tap.wait_for("traffic flows", lambda: all(tap.warrant(lab, w)["delivered"] > 50 for w in W), 20, 0.1)
    return lab


def ledger():
    return os.path.join(lab.dir, "ne1.jsonl")


def shed(liid, s=None):
    return tap.warrant(lab, liid, s)["detail"]["shed_by_class"]


def spooled(liid, cls, s=None):
    return tap.warrant(lab, liid, s)["detail"]["spooled_by_class"][cls]


def up(code):
    return [a for a in lab.ctl("alarm", "list", "--all", "yes") if a["code"] == code and a["cleared"] is None]


@tap.test("the record says what holds: what the order says, else what its regime does; nothing else is a policy")
def _():
    def says(liid):
        w = lab.ctl("warrant", "show", liid)
        return w["iri_outage"], w["cc_outage"]
    with open(REGIME) as f:
        regime = json.load(f)
    tap.equal([says(w) for w in W], [(regime["iri_outage"], regime["cc_outage"]), ("retain", "buffer:3600"), ("retain", "buffer:2"), ("drop", "drop")])
    for arg, word in (("cc-outage", "buffer:0"), ("cc-outage", "buffer:"), ("cc-outage", "buffer:1x"), ("cc-outage", "retain"), ("iri-outage", "buffer:5"),
                      ("iri-outage", "Drop")):
        try:
            lab.ctl("warrant", "set", "ETSI", f"--{arg}", word)
        except tap.LabError as e:
            assert "cc_outage is drop or buffer:SECONDS" in str(e) or "iri_outage is retain or drop" in str(e), e
        else:
            raise AssertionError(f"--{arg} {word} was taken")


@tap.test("while the link is up nothing is shed")
def _():
    tap.equal([shed(w) for w in W], [{"iri": 0, "voice": 0, "cc": 0}] * len(W))
    tap.equal(up("OUTAGE-SHED"), [])


@tap.test("the LEMF is away: content is shed when the order's time is over, in the order of their times; IRI is kept unless the order says drop")
def _():
    lab.stop_lemf("lemf-a")
    tap.wait_for("BRIEF sheds", lambda: shed("BRIEF")["cc"] > 0, 30, 0.1)
    tap.wait_for("all that may shed do", lambda: shed("DE")["cc"] > 20 and shed("NO-IRI")["cc"] > 20 and shed("NO-IRI")["iri"] > 20, 60, 0.1)
    s = lab.status()
    kept = {w: spooled(w, "cc", s) for w in W}
    assert kept["BRIEF"] < kept["DE"] < kept["ETSI"], kept
    tap.equal([(w, c) for w, c in (("DE", "iri"), ("BRIEF", "iri"), ("ETSI", "iri"), ("ETSI", "cc")) if shed(w, s)[c] != 0], [], "shed and must not be")
    iri = spooled("DE", "iri", s)
    tap.wait_for("IRI goes on", lambda: spooled("DE", "iri") > iri + 20, 20, 0.1)
    tap.equal((spooled("DE", "cc"), spooled("BRIEF", "cc")), (kept["DE"], kept["BRIEF"]), "no content is kept any more")
    assert spooled("ETSI", "cc") > kept["ETSI"], "the order beside them keeps content"
    tap.equal({(a["object"]) for a in up("OUTAGE-SHED")}, {"lea 1 cc", "lea 1 iri"}, "alarms")


@tap.test("a new task set meanwhile: the outage goes on")
def _():
    before = shed("DE")["cc"]
    lab.ctl("warrant", "set", "ETSI", "--reference", "another")
    tap.in_force(lab)
    kept = spooled("DE", "cc")
    tap.wait_for("more is shed under the new task set", lambda: shed("DE")["cc"] > before + 50, 20, 0.1)
    tap.equal(spooled("DE", "cc"), kept, "kept under the new task set")


@tap.test("the link is up again: content is taken from now on, the agency was told, alarms clear")
def _():
    lab.lemf("lemf-a")
    before = spooled("DE", "cc")
    tap.wait_for("content is taken again", lambda: spooled("DE", "cc") > before + 50 and spooled("BRIEF", "cc") > 0, 40, 0.1)
    tap.wait_for("the alarms clear", lambda: not up("OUTAGE-SHED"), 30, 0.1)
    n = shed("DE")
    before = spooled("DE", "cc")
    tap.wait_for("and goes on", lambda: spooled("DE", "cc") > before + 50, 20, 0.1)
    tap.equal(shed("DE"), n, "shed after the link came up")


@tap.test("books balance: each PDU was delivered or counted as shed, with its reason; numbers have no gap")
def _():
    ne.terminate()
    tap.equal(ne.wait(30), 0, "mdf-ne had everything acknowledged")
    status = tap.drained(lab, 40)
    tap.accounted(status)
    rows, lemf = oracle.read_ledgers([ledger()]), oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs["lemf-a"]["dir"])
    for liid, w in W.items():
        faults, got, offered, acked = oracle.check_warrant(w, rows, [r for r in lemf if r["liid"] == liid])
        b = tap.warrant(lab, liid, status)
        tap.note(f"{liid}: offered {offered}, delivered {got}, shed {b['detail']['shed_by_class']}")
        tap.equal((acked - got, got), (b["shed"], b["delivered"]), f"{liid}: not delivered = shed")
        tap.equal([f for f in faults if not f.startswith("lost")], [], f"{liid}: numbers, order and content of what was delivered")
    tap.equal((shed("ETSI", status), shed("DE", status)["iri"]), ({"iri": 0, "voice": 0, "cc": 0}, 0), "what must arrive did")
    texts = [json.dumps(r["pdu"]["payload"]) for r in lab.lemf_show("lemf-a") if r["kind"] == "operatorLeaMessage"]
    assert [t for t in texts if "Link down too long: new CC of some orders" in t], texts
    assert [t for t in texts if f"Link was down: {shed('NO-IRI', status)['iri']} IRI PDUs were discarded" in t], texts
    tap.wait_for("the journal says the reason", lambda: {r["code"] for r in lab.ctl("journal", "list", "--kind", "shed", "--limit", "1000")} == {"OUTAGE"}, 10)
    tap.verify(lab, "lemf-a")


tap.main(setup)
