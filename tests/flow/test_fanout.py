#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fan-out: one XID on warrants of two agencies.  Own LIID, CIN and numbering each, delivery type, HI2 and HI3 apart, the profile of each agency, the
content octet for octet; nothing of one agency at the other."""

import os

import tap

lab = None
XID = {n: tap.new_xid() for n in ("both", "split", "cross")}
GENERATE = ["format=sip,corr=call,count=60,sessions=2", "format=rtp,corr=call,call=50,count=100,sessions=2", "format=ipv4,corr=zero,count=40,size=700",
            "format=ipv6,corr=zero,count=20,size=300"]
IRI_N, CC_N = 60, 160
ALL = ("lemf-a2", "lemf-a3", "lemf-b")


def setup():
    """Agency A: HI2 and HI3 at two facilities; agency B: one connection, GeneralizedTime, an older version of LI-PS-PDU."""
    global lab
    lab = tap.start_lab(lemfs=ALL)
    tap.add_ne(lab, "ne1")
    lab.ctl("lea", "add", "lea-a", "--country", "NL")
    lab.ctl("lea", "add", "lea-b", "--country", "DE", "--gtime", "yes", "--ps-version", "31")
    tap.add_destination(lab, "lemf-a2", "lea-a", kind="hi2")
    tap.add_destination(lab, "lemf-a3", "lea-a", kind="hi3")
    tap.add_destination(lab, "lemf-b", "lea-b")
    for name, a, b in (("both", "both", "both"), ("split", "iri", "cc"), ("cross", "cc", "both")):
        tap.add_warrant(lab, f"AAA-{name}", "lea-a", XID[name], "lemf-a2", "lemf-a3", a, auth_cc="NL", delivery_cc="NL", operator_id="OPER-A", ne_id="NODE-A")
        tap.add_warrant(lab, f"BBB-{name}", "lea-b", XID[name], "lemf-b", "lemf-b", b, auth_cc="DE", delivery_cc="DE", operator_id="OPER-B")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.in_force(lab)
    for name, xid in XID.items():
        lab.ne(xid=xid, seed=len(name), generate=GENERATE, ledger=path(name))
    tap.accounted(tap.drained(lab))
    return lab


def path(name):
    return os.path.join(lab.dir, f"{name}.ledger")


def offered(name, classes):
    """Sorted CRCs of the payloads offered under an XID, of type 1 (X2) for iri, 2 (X3) for cc."""
    types = {"iri": 1, "cc": 2}
    return sorted(r["crc32c"] for r in tap.ledger(path(name)) if r["type"] in [types[c] for c in classes])


def got(lemfs, liid):
    return sorted(b[4] for n in lemfs for b in tap.bodies(lab, n, "--liid", liid))


@tap.test("every record decodes, without a violation")
def _():
    for n in ALL:
        tap.verify(lab, n)
        assert tap.lemf_pdus(lab, n), n
        r = lab.lemf_report(n)
        assert not (r["missing"] or r["conflicts"] or r["order_violations"] or r["undecodable"] or r["duplicates"]), r


@tap.test("content at the LEMF is the content offered, by delivery type")
def _():
    both = offered("both", ["iri", "cc"])
    tap.equal(len(both), IRI_N + CC_N, "PDUs offered")
    tap.equal(got(("lemf-a2", "lemf-a3"), "AAA-both"), both, "A, both")
    tap.equal(got(("lemf-b",), "BBB-both"), both, "B, both")
    tap.equal(got(("lemf-a2", "lemf-a3"), "AAA-split"), offered("split", ["iri"]), "A, IRI only")
    tap.equal(got(("lemf-b",), "BBB-split"), offered("split", ["cc"]), "B, CC only")
    tap.equal(got(("lemf-a2", "lemf-a3"), "AAA-cross"), offered("cross", ["cc"]), "A, CC only")
    tap.equal(got(("lemf-b",), "BBB-cross"), offered("cross", ["iri", "cc"]), "B, both")


@tap.test("HI2 and HI3 of agency A arrive apart")
def _():
    tap.equal({r["class"] for r in tap.lemf_pdus(lab, "lemf-a2")}, {"iri"}, "at the HI2 facility")
    tap.equal({r["class"] for r in tap.lemf_pdus(lab, "lemf-a3")}, {"cc"}, "at the HI3 facility")
    tap.equal(len({r["conn"] for r in tap.lemf_pdus(lab, "lemf-b")}), 1, "connections that agency B shares")


@tap.test("own CIN per warrant, own numbers from 0 without gaps per CIN and kind")
def _():
    series, cins = {}, {}
    for n in ALL:
        for r in tap.lemf_pdus(lab, n):
            series.setdefault((r["liid"], r["cin"], r["class"]), []).append(r["seq"])
            cins.setdefault(r["liid"], set()).add(r["cin"])
    for key, numbers in series.items():
        tap.equal(numbers, list(range(len(numbers))), str(key))
    for name in ("both", "cross"):
        assert not cins[f"AAA-{name}"] & cins[f"BBB-{name}"], f"{name}: agencies share a CIN"
    tap.equal(len(cins["AAA-both"]), len(cins["BBB-both"]), "as many communications for both")


@tap.test("nothing of one agency in the octets of the other")
def _():
    for n, foreign in (("lemf-b", (b"AAA-", b"OPER-A", b"NODE-A")), ("lemf-a2", (b"BBB-", b"OPER-B")), ("lemf-a3", (b"BBB-", b"OPER-B"))):
        with open(os.path.join(lab.lemfs[n]["dir"], "pdu.log"), "rb") as f:
            octets = f.read()
        assert all(word not in octets for word in foreign), f"{n} holds what is not its own"
        own = b"BBB-both" if n == "lemf-b" else b"AAA-both"
        assert own in octets
    for lea, other in (("lea-a", b"BBB-"), ("lea-b", b"AAA-")):
        for folder, _, files in os.walk(os.path.join(lab.dir, "state", "spool", lea)):
            for name in files:
                with open(os.path.join(folder, name), "rb") as f:
                    assert other not in f.read(), f"spool of {lea}: {name}"


@tap.test("header as each agency has it: version, time stamp, countries, identifiers")
def _():
    for n, liid in (("lemf-a2", "AAA-both"), ("lemf-a3", "AAA-both"), ("lemf-b", "BBB-both")):
        for r in tap.records(lab, n, "--liid", liid):
            h = r["pdu"]["pSHeader"]
            a = liid.startswith("A")
            tap.equal(h["li-psDomainId"].rsplit(".", 1)[1], "43" if a else "31", "version")
            assert ("microSecondTimeStamp" in h) == a and ("timeStamp" in h) == (not a), h
            tap.equal(h["authorizationCountryCode"], "NL" if a else "DE", "country")
            c = h["communicationIdentifier"]
            tap.equal(c["deliveryCountryCode"], "NL" if a else "DE", "delivery country")
            tap.equal(c["networkIdentifier"]["operatorIdentifier"], "OPER-A" if a else "OPER-B", "operator")
            tap.equal("networkElementIdentifier" in c["networkIdentifier"], a, "network element identifier")


@tap.test("accounts: what a warrant does not deliver is out of scope")
def _():
    s = lab.status()
    tap.accounted(s)
    for liid, delivered, out in (("AAA-both", 220, 0), ("AAA-split", IRI_N, CC_N), ("BBB-split", CC_N, IRI_N), ("AAA-cross", CC_N, IRI_N), ("BBB-cross", 220, 0)):
        w = tap.warrant(lab, liid, s)
        tap.equal((w["received"], w["delivered"], w["out_of_scope"], w["rejected"], w["shed"]), (220, delivered, out, 0, 0), liid)


@tap.test("two warrants of one agency on one XID: as apart as two agencies")
def _():
    xid = tap.new_xid()
    for liid in ("SAME-1", "SAME-2"):
        tap.add_warrant(lab, liid, "lea-b", xid, "lemf-b", "lemf-b")
    tap.in_force(lab)
    lab.ne(xid=xid, seed=20, generate=GENERATE, ledger=path("same"))
    tap.accounted(tap.drained(lab))
    cins = {}
    for liid in ("SAME-1", "SAME-2"):
        tap.equal(got(("lemf-b",), liid), offered("same", ["iri", "cc"]), liid)
        series = {}
        for _, _, cin, seq, _ in (b for b in tap.bodies(lab, "lemf-b", "--liid", liid)):
            cins.setdefault(liid, set()).add(cin)
        for r in tap.lemf_pdus(lab, "lemf-b"):
            if r["liid"] == liid:
                series.setdefault((r["cin"], r["class"]), []).append(r["seq"])
        for key, numbers in series.items():
            tap.equal(numbers, list(range(len(numbers))), f"{liid} {key}")
    assert not cins["SAME-1"] & cins["SAME-2"], "two warrants share a CIN"


@tap.test("two XIDs of one warrant: one LIID, a CIN for each communication")
def _():
    xids = [tap.new_xid(), tap.new_xid()]
    tap.add_warrant(lab, "TWO-XIDS", "lea-b", xids, "lemf-b", "lemf-b")
    tap.in_force(lab)
    lab.ne(xid=xids, seed=21, generate=["format=sip,corr=call,count=24", "format=rtp,corr=call,call=20,count=80"], ledger=path("xids"))
    tap.accounted(tap.drained(lab))
    tap.equal(got(("lemf-b",), "TWO-XIDS"), offered("xids", ["iri", "cc"]), "content")
    tap.equal(len({r["cin"] for r in tap.lemf_pdus(lab, "lemf-b") if r["liid"] == "TWO-XIDS"}), 4, "CINs")


@tap.test("LIIDs of every form: 25 characters, and hexadecimal ones become octets")
def _():
    forms = ["A" * 25, "a.b-c/d:e+f=g(h)[i]~!#", "0123456789abcdef" * 3 + "01"]
    xids = [tap.new_xid() for _ in forms]
    for liid, xid in zip(forms, xids, strict=True):
        tap.add_warrant(lab, liid, "lea-b", xid, "lemf-b", "lemf-b", operator_id="O" * 16, ne_id="N" * 16)
    tap.in_force(lab)
    before = len(tap.lemf_pdus(lab, "lemf-b"))
    for i, xid in enumerate(xids):
        lab.ne(xid=xid, seed=30 + i, generate="format=sip,count=6")
    tap.accounted(tap.drained(lab))
    with open(os.path.join(lab.lemfs["lemf-b"]["dir"], "pdu.log"), "rb") as f:
        octets = f.read()
    for wire in (forms[0].encode(), forms[1].encode(), bytes.fromhex(forms[2])):
        tap.equal(octets.count(bytes([0x81, len(wire)]) + wire), 6, f"records with LIID {wire!r}")
    tap.equal(len(tap.lemf_pdus(lab, "lemf-b")) - before, 18, "records")
    tap.verify(lab, "lemf-b")


@tap.test("the profile of an agency changes under load: no number lost, old and new form not mixed")
def _():
    xid = tap.new_xid()
    tap.add_warrant(lab, "PROFILE", "lea-b", xid, "lemf-b", "lemf-b")
    tap.in_force(lab)
    p = lab.ne_background("ne1", xid=xid, seed=40, keepalive=0.2, generate="format=rtp,rate=300,duration=60", ledger=path("profile"))
    tap.wait_for("load", lambda: tap.warrant(lab, "PROFILE")["received"] > 50)
    lab.ctl("lea", "set", "lea-b", "--gtime", "no", "--ps-version", "43")
    tap.in_force(lab)
    now = tap.warrant(lab, "PROFILE")["received"]
    tap.wait_for("more load", lambda: tap.warrant(lab, "PROFILE")["received"] > now + 100)
    p.terminate()
    tap.equal(p.wait(20), 0, "mdf-ne")
    tap.accounted(tap.drained(lab))
    # the link is made anew for the new profile: what was not acknowledged comes again, with the same octets
    rows = {r["seq"]: r for r in tap.records(lab, "lemf-b", "--liid", "PROFILE")}
    heads = [r["pdu"]["pSHeader"] for r in rows.values()]
    tap.equal([h["sequenceNumber"] for h in heads], list(range(len(tap.ledger(path("profile"))))), "numbers")
    kinds = ["timeStamp" in h for h in heads]
    first = kinds.index(False)
    assert first > 50 and not any(kinds[first:]), "old and new form of the header are mixed"
    tap.equal({h["li-psDomainId"].rsplit(".", 1)[1] for h in heads[first:]}, {"43"}, "version after the change")
    tap.verify(lab, "lemf-b")
    tap.equal(lab.lemf_report("lemf-b")["conflicts"], 0, "numbers with two contents")


tap.main(setup)
