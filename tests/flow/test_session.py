#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions: which PDUs share a CIN, in what order and over which connection they come, and what of a PDU is found in its record."""

import datetime
import os
import struct
import time

import tap
import x23

lab = None
NES = [f"ne{i}" for i in range(1, 21)]
X2_PORT, X3_PORT = tap.free_port(), tap.free_port()


def setup():
    global lab
    lab = tap.start_lab(nes=NES, session__idle_s=2, listeners=[{"name": "x"}, {"name": "x2", "port": X2_PORT, "x3": False},
                                                               {"name": "x3", "port": X3_PORT, "x2": False}])
    tap.provision(lab, nes=NES)
    return lab


def order(liid, **more):
    """A warrant of agency A in force; returns its XID."""
    xid = tap.new_xid()
    tap.add_warrant(lab, liid, "lea-a", xid, **more)
    tap.in_force(lab)
    return xid


def delivered(liid, n):
    """The N records of LIID at the LEMF, in order of arrival."""
    tap.accounted(tap.drained(lab))
    r = tap.records(lab, "lemf-a", "--liid", liid)
    tap.equal(len(r), n, f"records of {liid}")
    for key in {(x["class"], x["cin"]) for x in r}:
        numbers = [x["seq"] for x in r if (x["class"], x["cin"]) == key]
        tap.equal(numbers, list(range(len(numbers))), f"numbers of {key}")
    return r


def cins(rows, kind=None):
    return {r["cin"] for r in rows if kind in (None, r["class"])}


def file(name, octets):
    path = os.path.join(lab.dir, name)
    with open(path, "wb") as f:
        f.write(octets)
    return path


def sip(line, cseq, call_id, dialog=False):
    return (f"{line}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{cseq.replace(' ', '')}\r\nFrom: <sip:a@a.invalid>;tag=1\r\n"
            f"To: <sip:b@b.invalid>{';tag=2' if dialog else ''}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n").encode()


def octet_string(tag, content):
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


@tap.test("X3 before X2: RTP first, then SIP of the same Correlation ID, one CIN")
def _():
    xid = order("L-early")
    lab.ne(xid=xid, seed=1, generate="format=rtp,corr=call,call=30,count=60")
    tap.drained(lab)
    lab.ne(xid=xid, seed=1, generate="format=sip,corr=call,count=12")
    r = delivered("L-early", 72)
    tap.equal(len(cins(r)), 2, "two calls")
    tap.equal(cins(r, "iri"), cins(r, "cc"), "CINs of IRI and CC")


@tap.test("X2 from one NE, X3 from another, over listeners of one interface each: one CIN")
def _():
    xid = order("L-two")
    lab.ne("ne1", port=X2_PORT, xid=xid, seed=2, nfid="nf-a", generate="format=sip,corr=call,count=6")
    lab.ne("ne2", port=X3_PORT, xid=xid, seed=2, nfid="nf-b", generate="format=rtp,corr=call,call=40,count=40")
    r = delivered("L-two", 46)
    tap.equal(len(cins(r)), 1, "CINs")
    tap.equal({(x["class"], x["pdu"]["pSHeader"]["networkFunctionIdentifier"]) for x in r}, {("iri", "nf-a"), ("cc", "nf-b")}, "NFIDs")


@tap.test("X2 and X3 mixed on one connection")
def _():
    xid = order("L-mixed")
    lab.ne(xid=xid, seed=3, generate=["format=sip,corr=call,count=30", "format=rtp,corr=call,call=20,count=100", "format=xiri,corr=call,count=5"])
    r = delivered("L-mixed", 135)
    tap.equal(len(cins(r, "cc")), 5, "calls")
    assert cins(r, "cc") <= cins(r, "iri"), "CC without IRI"


@tap.test("Correlation ID 0: SIP by its Call-ID, from whichever NE")
def _():
    xid = order("L-callid")
    lab.ne("ne1", xid=xid, seed=4, nfid="nf-a", generate="format=sip,corr=zero,count=12")
    lab.ne("ne2", xid=xid, seed=4, nfid="nf-b", generate="format=sip,corr=zero,count=6")
    r = delivered("L-callid", 12)
    tap.equal(tap.warrant(lab, "L-callid")["copies"], 6, "copies: the same octets through another NE")
    by_call = {}
    for x in r:
        by_call.setdefault(x["items"][0]["sip"]["call_id"], set()).add(x["cin"])
    tap.equal(sorted(len(c) for c in by_call.values()), [1, 1], "CINs per Call-ID")
    tap.equal(len(cins(r)), 2, "CINs")


@tap.test("Correlation ID 0, nothing named by the payload: one CIN per XID, NFID and IPID")
def _():
    xid = order("L-zero")
    for nfid, ipid in (("nf-a", "p1"), ("nf-a", "p2"), ("nf-b", "p1")):
        lab.ne("ne1", xid=xid, nfid=nfid, ipid=ipid, generate=["format=ipv4,corr=zero,count=10", "format=xiri,corr=zero,count=2"])
    r = delivered("L-zero", 36)
    by_place = {}
    for x in r:
        h = x["pdu"]["pSHeader"]
        by_place.setdefault((h["networkFunctionIdentifier"], h["extendedInterceptionPointID"]), set()).add(x["cin"])
    tap.equal(sorted(len(c) for c in by_place.values()), [1, 1, 1], "CINs per place")
    tap.equal(len(cins(r)), 3, "CINs")


@tap.test("a connection for each PDU loses nothing")
def _():
    xid = order("L-single")
    s = lab.ne(xid=xid, one_per_connection=True, generate="format=rtp,count=25")
    tap.equal((s["acked"], s["connects"]), (25, 25), "acknowledged, connections")
    tap.equal(len(cins(delivered("L-single", 25))), 1, "CINs")


@tap.test("20 NEs and 20 warrants interleaved: each PDU at the right LEMF, once")
def _():
    seed, per = 77, 30
    xids = tap.subprocess.run([lab.exe("mdf-ne"), "--seed", str(seed), "--xids", "20", "--print-xids"], capture_output=True, text=True, check=True).stdout.split()
    for i, xid in enumerate(xids):
        tap.add_warrant(lab, f"M-{i:02}", f"lea-{'ab'[i % 2]}", xid, ne=NES[i])
    tap.in_force(lab)
    path = os.path.join(lab.dir, "many.ledger")
    s = lab.ne(NES, seed=seed, xids=20, connections=20, ledger=path, generate=[f"format=rtp,count={20 * per}", "format=sip,count=120"])
    tap.equal(s["acked"], 20 * per + 120, "acknowledged")
    tap.accounted(tap.drained(lab))
    offered = {}
    for r in tap.ledger(path):
        offered.setdefault(r["xid"], []).append(r["crc32c"])
    got = {}
    for n in ("lemf-a", "lemf-b"):
        for _, liid, _, _, crc in tap.bodies(lab, n):
            if liid.startswith("M-"):
                assert (int(liid[2:]) % 2 == 0) == (n == "lemf-a"), f"{liid} at {n}"
                got.setdefault(xids[int(liid[2:])], []).append(crc)
    tap.equal({x: sorted(c) for x, c in got.items()}, {x: sorted(c) for x, c in offered.items()}, "bodies by XID")


@tap.test("IRI types of SIP: a dialog begins, continues and ends; REGISTER and MESSAGE are reports")
def _():
    xid = order("L-types")
    lab.ne(xid=xid, seed=5, generate="format=sip,corr=call,count=12")
    lone = [("REGISTER sip:a.invalid SIP/2.0", "1 REGISTER", "reg@x"), ("MESSAGE sip:b@b.invalid SIP/2.0", "1 MESSAGE", "msg@x")]
    for i, (line, cseq, call) in enumerate(lone):
        lab.ne(xid=xid, seed=50 + i, generate=f"format=sip,corr=zero,count=1,payload={file(f'lone{i}', sip(line, cseq, call))}")
    r = delivered("L-types", 14)
    types = {}
    for x in r:
        types.setdefault(x["cin"], []).append(x["items"][0]["iri_type"])
    dialog = ["iRI-Begin"] + ["iRI-Continue"] * 4 + ["iRI-End"]
    tap.equal(sorted(types.values()), sorted([dialog, dialog, ["iRI-Report"], ["iRI-Report"]]), "types by session")


@tap.test("an idle session closes, and opens again with the same CIN and the next number")
def _():
    xid = order("L-idle")
    lab.ne(xid=xid, seed=6, generate="format=rtp,count=10")
    first = delivered("L-idle", 10)
    warrant = tap.warrant(lab, "L-idle")["id"]

    def state():
        return [s["open"] for s in lab.status()["ingest"]["sessions"] if s["warrant"] == warrant]
    tap.wait_for("the idle session is closed", lambda: state() in ([False], []), 15, 0.1)
    lab.ne(xid=xid, seed=6, start_seq=10, generate="format=rtp,count=10")
    tap.equal(cins(delivered("L-idle", 20)), cins(first), "CIN")


@tap.test("time stamps to the microsecond, with qualifier, direction, NFID and IPID")
def _():
    xid = order("L-time")
    path = os.path.join(lab.dir, "time.ledger")
    lab.ne(xid=xid, nfid="nf-time", ipid="point-9", ledger=path, generate=["format=rtp,count=10", "format=sip,count=6"])
    r = delivered("L-time", 16)
    want = sorted((p["crc32c"], p["ts"] // 1000) for p in tap.ledger(path))
    got = []
    for x in r:
        h, (item,) = x["pdu"]["pSHeader"], x["items"]
        stamp = h["microSecondTimeStamp"]
        got.append((tap.crc32c(bytes.fromhex(item["content"])), stamp["seconds"] * 1000000 + stamp["microSeconds"]))
        tap.equal(h["timeStampQualifier"], "timeOfInterception", "qualifier")
        tap.equal((h["networkFunctionIdentifier"], h["extendedInterceptionPointID"]), ("nf-time", "point-9"), "place")
        at = datetime.datetime.fromisoformat(x["time"].replace("Z", "+00:00"))
        tap.equal(int(at.timestamp()), stamp["seconds"], "time shown")
    tap.equal(sorted(got), want, "times by body")
    tap.equal({i["direction"] for x in r for i in x["items"]}, {"fromTarget", "toTarget"}, "directions")


@tap.test("without a time stamp: time of mediation; every payload direction is kept")
def _():
    xid = order("L-plain")
    names = {1: "indeterminate", 2: "toTarget", 3: "fromTarget", 4: "combined", 5: "notApplicable"}
    link = x23.Link(lab)
    before = time.time()
    for n, d in enumerate(names):
        link.send(x23.pdu(xid, x23.ip_packet(n), direction=d, corr=0, attributes=x23.attribute(x23.A_SEQ, struct.pack("!I", n))))
    link.alive()
    after = time.time()
    rows = delivered("L-plain", len(names))
    for r in rows:
        h = r["pdu"]["pSHeader"]
        tap.equal(h["timeStampQualifier"], "timeOfMediation", "qualifier")
        stamp = h["microSecondTimeStamp"]
        assert before - 0.001 <= stamp["seconds"] + stamp["microSeconds"] / 1e6 <= after + 0.001, (before, stamp, after)
    tap.equal([r["items"][0]["direction"].lower() for r in rows], [n.lower() for n in names.values()], "directions")
    link.s.close()


@tap.test("xIRI is moved octet for octet")
def _():
    xid = order("L-xiri")
    event = octet_string(0xA2, octet_string(0xA1, octet_string(0x81, b"\x01") + octet_string(0x9E, bytes(range(60)))))
    payload = octet_string(0x30, octet_string(0x81, bytes([4, 19, 18, 15, 1])) + event)
    lab.ne(xid=xid, generate=f"format=xiri,count=1,payload={file('xiri', payload)}")
    (r,) = delivered("L-xiri", 1)
    assert event in bytes.fromhex(r["octets"]), "the event is not in the record as it came"
    (item,) = r["items"]
    tap.equal((item["kind"], item["iri_type"]), ("threeGPP33128DefinedIRI", "iRI-Report"), "kind")


@tap.test("formats 1 and 17: header made new, body unchanged")
def _():
    source = order("L-inner")
    lab.ne(xid=source, generate=["format=sip,count=1", "format=rtp,count=1"])
    inner = {r["class"]: bytes.fromhex(r["octets"]) for r in delivered("L-inner", 2)}
    xid = order("L-outer")
    want = {}
    for i, (kind, interface) in enumerate((("iri", "x2"), ("cc", "x3"))):
        pdu = inner[kind]
        members = pdu[pdu.index(b"\xa1"):]
        payload = members[members[1] + 2:]  # PSHeader [1] is under 128 octets, Payload [2] follows
        tap.equal(payload[0], 0xA2, "tag of the payload")
        choice = payload[2 if payload[1] < 128 else 2 + (payload[1] & 127):]
        want[kind] = choice
        lab.ne(xid=xid, seed=60 + i, generate=f"format=1,type={interface},count=1,payload={file(f'f1{kind}', pdu)}")
        lab.ne(xid=xid, seed=70 + i, generate=f"format=17,type={interface},count=1,payload={file(f'f17{kind}', choice)}")
    r = delivered("L-outer", 4)
    for x in r:
        octets = bytes.fromhex(x["octets"])
        assert octets.endswith(want[x["class"]]), f"body of {x['class']} changed"
        assert b"L-inner" not in octets, "the header that came was kept"
    tap.equal(sorted(x["class"] for x in r), ["cc", "cc", "iri", "iri"], "classes")


@tap.test("versions 0.5 and 0.6")
def _():
    xid = order("L-version")
    lab.ne(xid=xid, version="0.5", seed=8, generate="format=rtp,count=5")
    lab.ne(xid=xid, version="0.6", seed=8, start_seq=5, generate="format=rtp,count=5")
    tap.equal(len(cins(delivered("L-version", 10))), 1, "CINs")


@tap.test("all of it decodes; nothing missing, doubled or out of order")
def _():
    for n in ("lemf-a", "lemf-b"):
        tap.verify(lab, n)
        r = lab.lemf_report(n)
        assert not (r["missing"] or r["duplicates"] or r["conflicts"] or r["order_violations"] or r["undecodable"]), r
    tap.equal(lab.status()["alarms"], [], "alarms")


tap.main(setup)
