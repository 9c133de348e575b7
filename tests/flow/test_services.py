#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each service once from end to end: voice, conference, e-mail, messages (SMS, MMS, RCS), internet access, layer 2.  Each has a warrant for that
service at one agency and one for the others at a second, which gets nothing."""

import json
import os
import shutil
import struct
import subprocess

import scene
import tap

lab = None
NES = ("as", "sbc", "pgw", "mail", "bras", "far")
SERVICES = ("voice", "video", "messaging", "data", "l2", "email")
HOME, PEER = "10.60.0.1", "198.51.100.60"


def setup():
    global lab
    lab = tap.start_lab(nes=NES)
    tap.provision(lab, nes=NES)
    return lab


def order(liid, services, **more):
    """A warrant for SERVICES at agency A, one for all other services at agency B; returns their XID."""
    xid = tap.new_xid()
    mine = services.split(",")
    tap.add_warrant(lab, liid, "lea-a", xid, services=services, **more)
    tap.add_warrant(lab, f"{liid}-NOT", "lea-b", xid, services=",".join(s for s in SERVICES if s not in mine))
    tap.in_force(lab)
    return xid


def delivered(liid, n):
    """The N records of the warrant, by class; the other agency has none, and was refused each by its service."""
    tap.accounted(tap.drained(lab))
    rows, other = tap.records(lab, "lemf-a", "--liid", liid), tap.records(lab, "lemf-b", "--liid", f"{liid}-NOT")
    tap.equal(len(rows), n, f"records of {liid}")
    tap.equal(other, [], f"records of {liid}-NOT")
    w = tap.warrant(lab, f"{liid}-NOT")
    tap.equal(w["detail"]["rejected"], {"SERVICE": w["received"]}, f"refusals of {liid}-NOT")
    for key in {(x["class"], x["cin"]) for x in rows}:
        numbers = [x["seq"] for x in rows if (x["class"], x["cin"]) == key]
        tap.equal(numbers, list(range(len(numbers))), f"numbers of {key}")
    return [x for x in rows if x["class"] == "iri"], [x for x in rows if x["class"] == "cc"]


def cins(*lists):
    return {x["cin"] for rows in lists for x in rows}


def kinds(rows):
    return {i["kind"] for x in rows for i in x["items"]}


def types(rows):
    return [i["iri_type"].replace("iRI-", "") for x in rows for i in x["items"]]


def content(row):
    return b"".join(bytes.fromhex(i.get("content", "")) for i in row["items"])


def member(value, name):
    """First value of that name in a decoded record."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        got = member(one, name)
        if got is not None:
            return got
    return None


def talk(s, n, call, near=(HOME, 40000), far=(PEER, 50000), pt=8):
    for i in range(n):
        s.media(scene.rtp(pt, i, 1, scene.filler((call, i), 160)), scene.OUT, near, far)
        s.media(scene.rtp(pt, i, 2, scene.filler((call, i, 2), 160)), scene.IN, far, near)


def exported(liid, where):
    """How many packets tshark finds in the export."""
    if not shutil.which("tshark"):
        return None
    out = os.path.join(lab.dir, f"export-{liid}")
    if not os.path.exists(out):
        subprocess.run([lab.exe("mdf-lemf"), "export", lab.lemfs["lemf-a"]["dir"], "--liid", liid, "--single", "--out", out], check=True, capture_output=True)
    p = subprocess.run(["tshark", "-r", os.path.join(out, "all.pcapng"), "-Y", where, "-T", "fields", "-e", "frame.number"], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    return len(p.stdout.split())


def tshark_reads(liid, **want):
    """WANT: name=(filter, count)."""
    for name, (where, n) in want.items():
        got = exported(liid, where)
        if got is None:
            raise tap.Skip("tshark is not installed; all else holds")
        tap.equal(got, n, f"{name} as tshark reads it")


@tap.test("voice, VoLTE: signalling, media and access from three elements: one CIN for the call, a link to its access")
def _():
    xid = order("VOICE", "voice,data")
    s = scene.Script()
    s.add("x2", "radius", scene.accounting("jean", "v-1", HOME, 1, 1), scene.OUT).send(lab, xid, "pgw")
    tap.drained(lab)
    call = scene.Leg("volte-1", "sip:jean@ims.example", "tel:+31612345678")
    place = "P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=204081234ABCDEF0; network-provided"
    s.sip(call.invite(scene.sdp(HOME, 40000), (place,)), scene.OUT).sip(call.answer("INVITE", "180 Ringing"), scene.IN)
    s.sip(call.ok(scene.sdp(PEER, 50000)), scene.IN).sip(call.ack(), scene.OUT).send(lab, xid, "as")
    talk(s, 10, "volte")
    s.send(lab, xid, "sbc")
    s.sip(call.bye(), scene.OUT).sip(call.bye_ok(), scene.IN).send(lab, xid, "as")
    s.add("x2", "radius", scene.accounting("jean", "v-1", HOME, 2, 2), scene.OUT).send(lab, xid, "pgw")
    iri, cc = delivered("VOICE", 8 + 20)
    access, sip = [x for x in iri if kinds([x]) == {"iPIRI"}], [x for x in iri if kinds([x]) == {"iPMMIRI"}]
    tap.equal((types(sip), types(access)), (["Begin"] + ["Continue"] * 4 + ["End"], ["Begin", "End"]), "IRI types")
    tap.equal((len(cins(sip, cc)), len(cins(access)), len(cins(iri))), (1, 1, 2), "CINs of call and access")
    link = member(sip[0]["pdu"], "iri-to-iri")
    assert link is not None, "no link to the access"
    link = bytes.fromhex(link["hex"]) if isinstance(link, dict) else link.encode()  # the viewer shows octets as text when all are printable
    tap.equal(link, struct.pack("!I", access[0]["cin"]), "the CIN that the call's link names")
    assert place.encode() in content(sip[0]), "the place of the caller is not told"
    assert not any(b"P-Access-Network-Info" in content(x) for x in sip[1:]), "a place that nobody told"
    tshark_reads("VOICE", calls=("sip.Method == INVITE", 1), audio=("rtp.p_type == 8", 20), accounting=("radius", 2), broken=("_ws.malformed", 0))


@tap.test("voice, peer to peer: the set-up alone is whole; media of another operator join by their addresses until the call ends")
def _():
    xid = order("P2P", "voice", ne="as", trigger=True)
    s = scene.Script()
    lone, call = scene.Leg("p2p-lone", "sip:jean@p2p.example", "sip:x@p2p.example"), scene.Leg("p2p-both", "sip:jean@p2p.example", "sip:y@p2p.example")
    for leg, port in ((lone, 42000), (call, 43000)):
        s.sip(leg.invite(scene.sdp("10.61.0.1", port)), scene.OUT).sip(leg.ok(scene.sdp("203.0.113.61", port)), scene.IN).sip(leg.ack(), scene.OUT)
    s.sip(lone.bye(), scene.OUT).sip(lone.bye_ok(), scene.IN).send(lab, xid, "as")
    tap.drained(lab)
    ends = {"near": ("10.61.0.1", 43000), "far": ("203.0.113.61", 43000)}
    talk(s, 4, "p2p", **ends)
    s.send(lab, xid, "far")
    s.sip(call.bye(), scene.OUT).sip(call.bye_ok(), scene.IN).send(lab, xid, "as")
    tap.drained(lab)
    talk(s, 2, "p2p-late", **ends)
    s.send(lab, xid, "far")
    iri, cc = delivered("P2P", 10 + 8)
    tap.equal((len(cins(iri)), len(cins(cc)), types(iri).count("End")), (2, 1, 2), "calls, and those with media")
    tap.equal(tap.warrant(lab, "P2P")["detail"]["rejected"], {"NE-NOT-ALLOWED": 4}, "media after the end")


@tap.test("conference: who is in it stands in IRI, its media have its CIN")
def _():
    xid = order("CONF", "voice,video")
    room = "sip:room-s@conf.example"
    s = scene.Script()
    jean, anna = scene.Leg("conf-j", "sip:jean@x.example", room, focus="callee"), scene.Leg("conf-a", "sip:anna@x.example", room, focus="callee")
    watch = scene.Leg("conf-w", room, "sip:jean@x.example")
    for leg, address, out in ((jean, HOME, scene.OUT), (anna, "10.60.0.9", scene.IN)):
        s.sip(leg.invite(scene.sdp(address, 44000, 44002)), out).sip(leg.ok(scene.sdp(PEER, 54000, 54002)), out).sip(leg.ack(), out)
    for version, users in ((1, {"sip:jean@x.example": "connected", "sip:anna@x.example": "connected"}),
                           (2, {"sip:jean@x.example": "connected", "sip:anna@x.example": "disconnected"})):
        s.sip(watch.request("NOTIFY", ("Event: conference",), scene.conference(room, version, users), "application/conference-info+xml"), scene.IN)
    s.send(lab, xid, "as")
    talk(s, 5, "conf", (HOME, 44000), (PEER, 54000))
    talk(s, 5, "conf-v", (HOME, 44002), (PEER, 54002), 97)
    s.send(lab, xid, "sbc")
    for leg in (anna, jean):
        s.sip(leg.bye(), scene.OUT).sip(leg.bye_ok(), scene.IN)
    s.send(lab, xid, "as")
    iri, cc = delivered("CONF", 12 + 20)
    tap.equal((len(cins(iri, cc)), types(iri)), (1, ["Begin"] + ["Continue"] * 10 + ["End"]), "CINs and IRI types")
    lists = [content(x) for x in iri if b"<conference-info" in content(x)]
    tap.equal([x.count(b">connected<") for x in lists], [2, 1], "parties")
    tshark_reads("CONF", lists=('sip contains "<conference-info"', 2), audio=("rtp.p_type == 8", 10), video=("rtp.p_type == 97", 10))


MAIL = ("Received: from mta.a.invalid by mx.b.invalid; Mon, 2 Mar 2026 10:00:00 +0000\r\nFrom: Jean <jean@a.invalid>\r\nTo: anna@b.invalid, ben@c.invalid\r\n"
        "Subject: plans\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <plans-1@a.invalid>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nGood day.\r\n")


@tap.test("e-mail: logon, a mail sent, a mail fetched: emailIRI with the mail in emailCC")
def _():
    xid = order("MAIL", "email")
    s = scene.Script()
    smtp = {"source": HOME, "source_port": 51000, "destination": PEER, "destination_port": 587, "protocol": 6}
    imap = {"source": PEER, "source_port": 993, "destination": HOME, "destination_port": 51001, "protocol": 6}
    event = "application/vnd.openmdf.event+json"
    s.add("x2", "mime", json.dumps({"service": "email", "event": "logon", "protocol": "imap4", "user": "jean", "status": "succeeded"}), scene.OUT, mime_type=event,
          **{**imap, "source": HOME, "source_port": 51001, "destination": PEER, "destination_port": 993})
    for kind in ("x2", "x3"):
        s.add(kind, "mime", MAIL, scene.OUT, mime_type="message/rfc822", **smtp)
        s.add(kind, "mime", MAIL.replace("plans-1", "plans-2"), scene.IN, mime_type="message/rfc822", **imap)
    s.send(lab, xid, "mail")
    iri, cc = delivered("MAIL", 5)
    tap.equal((kinds(iri), kinds(cc), types(iri)), ({"emailIRI"}, {"emailCC"}, ["Report"] * 3), "kinds")
    tap.equal([member(x["pdu"], "eventType") for x in iri], ["e-mail-logon", "e-mail-send", "e-mail-download"], "events")
    for n, rows in enumerate(([iri[1], cc[0]], [iri[2], cc[1]])):
        tap.equal(len(cins(rows)), 1, f"CIN of mail {n}")
    tap.equal(len(cins(iri)), 3, "CINs")
    assert MAIL.encode() in content(cc[0]), "the mail came otherwise"
    out = os.path.join(lab.dir, "mails")
    subprocess.run([lab.exe("mdf-lemf"), "export", lab.lemfs["lemf-a"]["dir"], "--liid", "MAIL", "--out", out], check=True, capture_output=True)
    files = [os.path.join(d, f) for d, _, fs in os.walk(out) for f in fs if f.endswith(".eml")]
    tap.equal(sum(open(f, newline="").read() == MAIL for f in files), 1, "the mail as a file")


def mms(number, body):
    """M-Send.req with one text, OMA MMS encapsulation."""
    def text(t):
        return t.encode() + b"\0"
    part = b"\x83" + body.encode()
    return (b"\x8c\x80\x98" + text("t-1") + b"\x8d\x92\x89\x01\x81\x97" + text(f"+{number}/TYPE=PLMN") + b"\x96" + text("holidays") + b"\x84\xa3\x01"
            + bytes([1, len(part) - 1]) + part)


@tap.test("messages: SMS and MMS, as IRI and as content")
def _():
    xid = order("SMS", "messaging")
    s = scene.Script()
    for form, octets, corr in (("application/vnd.3gpp.sms", scene.sms("31612345678", "see you at eight"), "00000000000000b1"),
                               ("application/vnd.wap.mms-message", mms("31612345678", "a picture of words"), "00000000000000b2")):
        for kind in ("x2", "x3"):
            s.add(kind, "mime", octets, scene.OUT, mime_type=form, correlation=corr)
    s.send(lab, xid, "as")
    iri, cc = delivered("SMS", 4)
    tap.equal((kinds(iri), kinds(cc), len(cins(iri)), cins(iri)), ({"messagingIRI"}, {"messagingCC"}, 2, cins(cc)), "kinds and CINs")
    for x in iri + cc:
        assert member(x["pdu"], "original-message") or content(x), x
    assert b"a picture of words" in content(cc[1]), "MMS"
    assert "holidays" in json.dumps(iri[1]["pdu"]), "subject of the MMS"


@tap.test("messages: RCS, a chat over MSRP with its signalling, and a page-mode message")
def _():
    xid = order("RCS", "messaging")
    s = scene.Script()
    chat = scene.Leg("chat-1", "sip:jean@rcs.example", "sip:anna@rcs.example")
    near, far = "msrp://10.60.0.1:2855/s9;tcp", "msrp://198.51.100.60:2855/t9;tcp"

    def body(address, path):
        return scene.crlf("v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0", "m=message 2855 TCP/MSRP *", "a=accept-types:message/cpim",
                          f"a=path:{path}")
    s.sip(chat.invite(body(HOME, near)), scene.OUT).sip(chat.ok(body(PEER, far)), scene.IN).sip(chat.ack(), scene.OUT).send(lab, xid, "as")
    tap.drained(lab)
    words = ["Hello", "are you there", "yes"]
    for i, w in enumerate(words):
        a, b = (near, far) if i < 2 else (far, near)
        out = i < 2
        text = f"MSRP tr{i}x SEND\r\nTo-Path: {b}\r\nFrom-Path: {a}\r\nMessage-ID: m{i}\r\nByte-Range: 1-{len(w)}/{len(w)}\r\nContent-Type: text/plain\r\n\r\n{w}\r\n-------tr{i}x$\r\n"
        ends = (HOME, PEER) if out else (PEER, HOME)
        s.add("x3", "msrp", text, scene.OUT if out else scene.IN, source=ends[0], source_port=2855, destination=ends[1], destination_port=2855, protocol=6)
    s.send(lab, xid, "sbc")
    s.sip(chat.bye(), scene.OUT).sip(chat.bye_ok(), scene.IN)
    page = scene.Leg("page-1", "sip:jean@rcs.example", "sip:anna@rcs.example")
    s.sip(scene.sip("MESSAGE sip:anna@rcs.example SIP/2.0", "page-1", "1 MESSAGE", page.caller, ("sip:anna@rcs.example", ""), ("Accept-Contact: *;+g.oma.sip-im",),
                    "one page", "text/plain"), scene.OUT)
    s.send(lab, xid, "as")
    iri, cc = delivered("RCS", 6 + 3)
    tap.equal((kinds(iri), kinds(cc)), ({"iPMMIRI"}, {"iPMMCC"}), "kinds")
    tap.equal((types(iri), len(cins(iri[:5], cc)), len(cins(iri))), (["Begin", "Continue", "Continue", "Continue", "End", "Report"], 1, 2), "course and CINs")
    for x, w in zip(cc, words):
        assert w.encode() in content(x), "MSRP"
    tshark_reads("RCS", chat=("msrp", 3), invitations=("sip.Method == INVITE", 1), pages=("sip.Method == MESSAGE", 1))


@tap.test("internet access: start, packets, interim, stop: one CIN, counters at its end")
def _():
    xid = order("DATA", "data")
    s = scene.Script()
    s.add("x2", "radius", scene.accounting("jean", "d-1", "10.62.0.1", 1, 1), scene.OUT).send(lab, xid, "pgw")
    for i in range(10):
        s.packet(scene.udp("10.62.0.1", "203.0.113.53", 34000, 53, struct.pack("!HHHHHH", i, 0x100, 1, 0, 0, 0) + b"\7example\0\0\1\0\1", i), scene.OUT)
    s.send(lab, xid, "bras")
    s.add("x2", "radius", scene.accounting("jean", "d-1", "10.62.0.1", 3, 2), scene.OUT)
    s.add("x2", "radius", scene.accounting("jean", "d-1", "10.62.0.1", 2, 3, (42, 1000), (43, 2000), (49, 1)), scene.OUT).send(lab, xid, "pgw")
    iri, cc = delivered("DATA", 13)
    tap.equal((kinds(iri), kinds(cc), types(iri), len(cins(iri, cc))), ({"iPIRI"}, {"iPCC"}, ["Begin", "Continue", "End"], 1), "course")
    tap.equal([member(x["pdu"], "accessEventType") for x in iri], ["accessAccept", "interimUpdate", "accessEnd"], "events")
    tap.equal((member(iri[2]["pdu"], "octetsReceived"), member(iri[2]["pdu"], "octetsTransmitted")), (2000, 1000), "octets")
    tshark_reads("DATA", questions=("dns", 10), accounting=("radius", 3), broken=("_ws.malformed", 0))


@tap.test("layer 2: frames as they are")
def _():
    xid = order("L2", "l2")
    s = scene.Script()
    frames = [bytes.fromhex("020000000001020000000002") + b"\x81\x00\x00\x07" + b"\x08\x00" + scene.udp(HOME, PEER, 35000, 9, scene.filler(i, 64), i) for i in range(4)]
    arp = bytes.fromhex("ffffffffffff0200000000010806" + "00010800060400010200000000010a3c00010000000000000a3c00fe") + bytes(18)
    for frame in [*frames, arp]:
        s.add("x3", "ethernet", frame, scene.OUT)
    s.send(lab, xid, "bras")
    iri, cc = delivered_l2(5)
    other = tap.records(lab, "lemf-b", "--liid", "L2-NOT")
    tap.equal((kinds(other), len(other)), ({"l2CC"}, 5), "the same frames as content of internet access")
    tap.equal((iri, kinds(cc), len(cins(cc))), ([], {"l2CC"}, 1), "frames")
    tap.equal([content(x) for x in cc], [*frames, arp], "octets")
    tshark_reads("L2", tagged=("vlan.id == 7", 4), arp=("arp", 1), broken=("_ws.malformed", 0))


def delivered_l2(n):
    """Frames with packets are of internet access too, so that the other agency takes them as that."""
    tap.accounted(tap.drained(lab))
    rows = tap.records(lab, "lemf-a", "--liid", "L2")
    tap.equal(len(rows), n, "records")
    return [x for x in rows if x["class"] == "iri"], [x for x in rows if x["class"] == "cc"]


@tap.test("everything decodes strictly, 0 findings; no alarm")
def _():
    for name in ("lemf-a", "lemf-b"):
        if not os.listdir(lab.lemfs[name]["dir"]):
            continue
        tap.verify(lab, name)
        p = subprocess.run([lab.exe("mdf-lemf"), "report", lab.lemfs[name]["dir"], "--json", "--strict"], capture_output=True, text=True)
        assert p.returncode in (0, 3), f"{name}: {p.stdout[-3000:]}{p.stderr}"
    status = lab.status()
    tap.accounted(status)
    tap.equal(status["alarms"], [], "alarms")


tap.main(setup)
