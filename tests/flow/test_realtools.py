#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What real programs say, captured in a network of its own (capture.py), replayed by mdf-ne, mediated, received, and looked at by tshark in what
mdf-lemf exports: RADIUS, DHCP, SIP with RTP, web, mail.  A program that is not installed skips its tests."""

import json
import os
import shutil
import subprocess

import capture
import tap

lab = None


def setup():
    global lab
    if not shutil.which("tshark"):
        raise tap.Skip("tshark is not installed")
    lab = tap.start_lab(lemfs=("lemf-a",))
    tap.provision(lab, leas="a")
    return lab


def wire(kind):
    folder = os.path.join(lab.dir, "wire", kind)
    path = os.path.join(folder, f"{kind}.pcap")
    if os.path.exists(path):
        return path
    try:
        return capture.take(kind, folder)
    except capture.Missing as e:
        raise tap.Skip(str(e)) from e


def order(liid, **more):
    xid = tap.new_xid()
    tap.add_warrant(lab, liid, "lea-a", xid, **more)
    tap.in_force(lab)
    return xid


def replay(liid, kind, target, **options):
    """Replay the capture for a warrant of its own; what was sent, by interface and format, and what arrived."""
    path = wire(kind)
    s = lab.ne(xid=order(liid), pcap=path, target=target, now=True, **options)
    return s["pdus"], arrived(liid, s["offered"])


def arrived(liid, n):
    """All N PDUs of a warrant are there, decoded; each PDU may have given more than one record."""
    def whole():
        w = tap.warrant(lab, liid)
        return w["waiting"] == 0 and w["received"] >= n and w
    w = tap.wait_for(f"{liid} is delivered", whole, 20)
    tap.equal((w["rejected"], w["shed"], w["duplicate"], w["out_of_scope"]), (0, 0, 0, 0), f"{liid}: {w}")
    return lab.lemf_show("lemf-a", "--liid", liid, "--hex")


def exported(liid, *args):
    """Rows of tshark over everything exported for the warrant."""
    out = os.path.join(lab.dir, f"export-{liid}")
    p = subprocess.run([lab.exe("mdf-lemf"), "export", lab.lemfs["lemf-a"]["dir"], "--liid", liid, "--single", "--out", out], capture_output=True, text=True)
    assert p.returncode == 0, p.stdout + p.stderr
    return tshark(os.path.join(out, "all.pcapng"), *args)


def tshark(path, *args):
    p = subprocess.run(["tshark", "-r", path, *args], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    return [line.split("\t") for line in p.stdout.splitlines()]


def fields(path_or_liid, where, *names):
    args = ["-Y", where, "-T", "fields", *(a for n in names for a in ("-e", n))]
    return tshark(path_or_liid, *args) if os.path.exists(path_or_liid) else exported(path_or_liid, *args)


def of(rows, cls):
    return [r for r in rows if r["class"] == cls]


def same(liid, kind, where, *names):
    """What tshark reads in the export is what it reads in the capture."""
    where = f"({where}) && !icmp"  # an ICMP error quotes the packet
    got, want = fields(liid, where, *names), fields(wire(kind), where, *names)
    tap.equal(sorted(got), sorted(want), where)
    return want


def member(row, name):
    """First value of that name in a decoded record."""
    def find(v):
        if isinstance(v, dict):
            if name in v:
                return v[name]
            v = list(v.values())
        for one in v if isinstance(v, list) else []:
            got = find(one)
            if got is not None:
                return got
        return None
    return find(row)


@tap.test("RADIUS: refused, accepted, start, interim, stop; the packets of the address are in the session")
def _():
    pdus, rows = replay("RADIUS", "radius", f"nai:{capture.USER}")
    tap.equal(pdus, {"x2": {"radius": 10}, "x3": {"ipv4": 4}}, "sent")
    iri, cc = of(rows, "iri"), of(rows, "cc")
    tap.equal((len(iri), len(cc)), (10, 4), "records")
    events = [member(r["pdu"], "accessEventType") for r in iri]
    assert events[0] == "accessAttempt" and events[1] == "accessReject" and events[3] == "accessAccept" and "accessEnd" in events, events
    tap.equal({r["cin"] for r in cc}, {iri[3]["cin"]}, "CIN of the packets")
    tap.equal([r["items"][0]["iri_type"] for r in iri if r["cin"] == iri[3]["cin"]].count("iRI-Begin"), 1, "Begin")
    codes = same("RADIUS", "radius", f'radius && (radius.User_Name == "{capture.USER}" || radius.code == 3 || radius.Framed-IP-Address == {capture.ADDRESS})',
                 "radius.code", "radius.id", "radius.Acct_Session_Id", "radius.Framed-IP-Address")
    assert len(codes) >= 6, codes


@tap.test("RADIUS: the same without correlation by the NE: address and session bind the packets")
def _():
    _pdus, rows = replay("RADIUS-0", "radius", f"nai:{capture.USER}", uncorrelated=True)
    iri, cc = of(rows, "iri"), of(rows, "cc")
    accepted = [r for r in iri if member(r["pdu"], "accessEventType") == "accessAccept"]
    tap.equal((len(iri), len(cc), len(accepted) >= 1), (10, 4, True), "records")
    tap.equal({r["cin"] for r in cc}, {accepted[-1]["cin"]}, "CIN of the packets")


@tap.test("DHCP: lease, renewal and release of a client")
def _():
    pdus, rows = replay("DHCP", "dhcp", f"mac:{capture.MAC}")
    sent = pdus["x2"]["dhcp"]
    iri = of(rows, "iri")
    tap.equal(len(iri), sent, "records")
    events = [member(r["pdu"], "accessEventType") for r in iri]
    assert events[0] == "accessAttempt" and "accessAccept" in events and events[-1] == "accessEnd", events
    want = same("DHCP", "dhcp", "dhcp", "dhcp.option.dhcp", "dhcp.id", "dhcp.hw.mac_addr", "dhcp.ip.your")
    tap.equal((len(want), want[0][0], want[-1][0]), (sent, "1", "7"), "messages")


@tap.test("DHCP: as Ethernet frames: content, and the events found in it")
def _():
    pdus, rows = replay("DHCP-L2", "dhcp", f"mac:{capture.MAC}", ethernet=True)
    tap.equal((list(pdus["x3"]), pdus["x2"]), (["ethernet"], {}), "formats")
    tap.equal({i["kind"] for r in of(rows, "cc") for i in r["items"]}, {"l2CC"}, "content")
    tap.equal(len(of(rows, "cc")), pdus["x3"]["ethernet"], "frames")
    events = [member(r["pdu"], "accessEventType") for r in of(rows, "iri")]
    assert events[0] == "accessAttempt" and "accessAccept" in events and events[-1] == "accessEnd", events


@tap.test("SIP and RTP of sipp: two calls")
def _():
    pdus, rows = replay("SIP", "sip", "sip:alice@127.0.0.1")
    sent, media = pdus["x2"]["sip"], pdus["x3"].get("rtp", 0)
    iri, cc = of(rows, "iri"), of(rows, "cc")
    tap.equal((len(iri), len(cc)), (sent, media), "records")
    tap.equal(len({r["cin"] for r in iri}), 2, "calls")
    assert {r["cin"] for r in cc} <= {r["cin"] for r in iri}, "media without a call"
    types = [r["items"][0]["iri_type"] for r in iri]
    tap.equal((types.count("iRI-Begin"), types.count("iRI-End")), (2, 2), "IRI types")
    same("SIP", "sip", "sip", "sip.Method", "sip.Status-Code", "sip.Call-ID", "sip.CSeq")
    if media:
        want = same("SIP", "sip", "rtp || rtpevent", "rtp.ssrc", "rtp.seq", "rtp.timestamp", "udp.srcport", "udp.dstport")
        tap.equal(len(want), media, "RTP packets")


@tap.test("web pages of curl, as packets and as frames")
def _():
    for liid, ethernet in (("WEB", False), ("WEB-L2", True)):
        pdus, rows = replay(liid, "web", "ip:10.66.0.7", **({"ethernet": True} if ethernet else {}))
        tap.equal(list(pdus["x3"]), ["ethernet" if ethernet else "ipv4"], "formats")
        tap.equal(len(of(rows, "cc")), pdus["x3"]["ethernet" if ethernet else "ipv4"], "records")
        want = same(liid, "web", "http.request", "http.request.method", "http.request.uri", "ip.src")
        tap.equal([r[0] for r in want], ["GET", "POST"], "requests")
        same(liid, "web", "tcp", "tcp.seq_raw", "tcp.len", "tcp.flags")


@tap.test("mail through OpenSMTPD, as packets")
def _():
    pdus, rows = replay("MAIL", "mail", "ip:10.67.0.7")
    tap.equal(len(of(rows, "cc")), pdus["x3"]["ipv4"], "records")
    want = same("MAIL", "mail", "imf", "imf.from", "imf.to", "imf.subject")
    tap.equal(want[0][2], capture.MAIL[2], "subject")
    same("MAIL", "mail", "smtp.req", "smtp.req.command", "smtp.req.parameter")


@tap.test("the mail itself, as MIME on X2 and X3")
def _():
    path = wire("mail")
    folder = os.path.join(lab.dir, "mails")
    subprocess.run(["tshark", "-q", "-r", path, "--export-objects", f"imf,{folder}"], check=True, capture_output=True)
    (name,) = os.listdir(folder)
    script = os.path.join(lab.dir, "mail.script")
    with open(script, "w") as f:
        for kind in ("x2", "x3"):
            print(json.dumps({"type": kind, "format": "mime", "mime_type": "message/rfc822", "direction": "from-target", "correlation": "00000000000000aa",
                              "file": os.path.join(folder, name), "source": "10.67.0.7", "destination": "127.0.0.1", "source_port": 40000,
                              "destination_port": 25, "protocol": 6, "matched": f"<emailAddress>{capture.MAIL[0]}</emailAddress>"}), file=f)
    lab.ne(xid=order("MIME"), script=script)
    rows = arrived("MIME", 2)
    tap.equal([i["kind"] for r in rows for i in r["items"]], ["emailIRI", "emailCC"], "kinds")
    with open(os.path.join(folder, name), "rb") as f:
        assert f.read().hex() in of(rows, "cc")[0]["octets"], "the mail came otherwise"
    tap.equal(len({r["cin"] for r in rows}), 1, "CINs")


@tap.test("everything decodes strictly; nothing is missing")
def _():
    if not any(o["delivered"] for o in lab.status()["warrants"]):
        raise tap.Skip("nothing was captured")
    tap.verify(lab, "lemf-a")
    tap.accounted(lab.status())


tap.main(setup)
