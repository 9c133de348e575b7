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


tap.main(setup)
