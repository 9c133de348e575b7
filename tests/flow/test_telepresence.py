#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Telepresence, the two use cases of the report on cloud and virtual services (annex A).

A.1: the operator's own telepresence.  Jean, the target, opens a conference; Greg and Peter join, then the help desk; audio, video and a silent clip
flow; SMS and packet data of Jean are services of their own.
A.2: telepresence of a third party.  The access operator delivers it as packets, the service operator as conference; a third has no warrant."""

import datetime
import json
import os
import shutil
import subprocess
import time

import scene
import tap

lab = None  # A.1: the operator; A.2: McCloud, the access
telly = None  # A.2: TellyServ, the service
LEAS = ("all", "audio", "sms", "iri")
NES = ("as", "mrf", "smsc", "pgw", "cloud", "excell")
ROOM = "sip:room7@tele.example"
JEAN, GREG, PETER, DESK = (f"sip:{x}@tele.example" for x in ("jean.marchand", "greg.olsen", "peter.vries", "helpdesk"))
HOME, MIXER = "10.20.0.1", "198.51.100.10"
KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
LETTER = "See you in the conference"


def setup():
    global lab
    lab = tap.start_lab(nes=NES, lemfs=[f"lemf-{x}" for x in LEAS], session__late_grace_s=1)
    tap.provision(lab, nes=NES, leas=LEAS)
    return lab


def teardown():
    if telly:
        tap.equal(telly.stop(), 0, "exit code of the other mdfd")
        telly.end()
        tap.equal(telly.findings(), [], "findings")
        telly.close()


# -- the conference
class Conference:
    """What the elements of the operator see of it, step by step."""

    def __init__(self, tag, key=None):
        self.key, self.version, self.users, self.tag = key, 0, {}, tag
        self.room = ROOM.replace("room7", f"room-{tag}")
        self.legs = {JEAN: self.leg("jean", JEAN), GREG: self.leg("greg", GREG), PETER: self.leg("peter", PETER)}
        self.desk = scene.Leg(f"desk-{tag}", self.room, DESK, focus="caller")
        self.watch = scene.Leg(f"watch-{tag}", JEAN, self.room)
        self.mixer_sdp = scene.sdp(MIXER, 50000, 50002, key)
        self.seq, self.sent = {}, {"iri": 0, "audio": 0, "video": 0}
        self.s = scene.Script()

    def leg(self, name, uri):
        return scene.Leg(f"{name}-{self.tag}", uri, self.room, focus="callee")

    def iri(self, text, direction):
        self.s.sip(text, direction)
        self.sent["iri"] += 1

    def notify(self, state="full"):
        self.version += 1
        body = scene.conference(self.room, self.version, self.users, state)
        self.iri(self.watch.request("NOTIFY", ("Event: conference", "Subscription-State: active"), body, "application/conference-info+xml"), scene.IN)
        self.iri(self.watch.answer("NOTIFY"), scene.OUT)

    def join(self, who, address):
        leg = self.legs[who]
        out, back = (scene.OUT, scene.IN) if who == JEAN else (scene.IN, scene.OUT)
        self.iri(leg.invite(scene.sdp(address, 40000, 40002, self.key)), out)
        self.iri(leg.ok(self.mixer_sdp), back)
        self.iri(leg.ack(), out)
        self.users[who] = "connected"

    def subscribe(self):
        self.iri(self.watch.first("SUBSCRIBE", ("Event: conference",)), scene.OUT)
        self.iri(self.watch.answer("SUBSCRIBE"), scene.IN)

    def call_desk(self):
        jean = self.legs[JEAN]
        self.iri(jean.request("REFER", (f"Refer-To: <{DESK}>",)), scene.OUT)
        self.iri(jean.answer("REFER", "202 Accepted"), scene.IN)
        self.iri(self.desk.invite(self.mixer_sdp), scene.OUT)
        self.iri(self.desk.ok(scene.sdp("10.50.0.4", 41000, key=self.key)), scene.IN)
        self.iri(self.desk.ack(), scene.OUT)
        self.users[DESK] = "connected"

    def quality(self):
        """Jean's terminal complains (RFC 6035)."""
        jean = self.legs[JEAN]
        body = f"VQSessionReport: CallTerm\r\nCallID: {jean.call}\r\nLocalID: {JEAN}\r\nRemoteID: {self.room}\r\nQualityEst: MOSLQ=2.1\r\n"
        self.iri(jean.request("NOTIFY", ("Event: vq-rtcpxr", "Subscription-State: active"), body, "application/vq-rtcpxr"), scene.OUT)
        self.iri(jean.answer("NOTIFY"), scene.IN)

    def leave(self, who):
        leg = self.desk if who == DESK else self.legs[who]
        out, back = (scene.OUT, scene.IN) if who in (JEAN, DESK) else (scene.IN, scene.OUT)
        self.iri(leg.bye(), out)
        self.iri(leg.bye_ok(), back)
        self.users[who] = "disconnected"

    def send(self, xid, ne="as", at=None):
        return self.s.send(at or lab, xid, ne)

    def media(self, kind, n, silent=False, **more):
        """N packets each way; SILENT: comfort noise (RFC 3389)."""
        port, pt, size = (0, 13 if silent else 8, 1 if silent else 160) if kind == "audio" else (2, 97, 700)
        size += 10 if self.key else 0  # the tag of SRTP
        for _ in range(n):
            for direction, src, dst in ((scene.OUT, (HOME, 40000 + port), (MIXER, 50000 + port)), (scene.IN, (MIXER, 50000 + port), (HOME, 40000 + port))):
                i = self.seq[kind, direction] = self.seq.get((kind, direction), -1) + 1
                self.s.media(scene.rtp(pt, i, hash((kind, direction)) & 0xFFFF, scene.filler((self.tag, kind, direction, i), size)), direction, src, dst, **more)
                self.sent[kind] += 1

    def control(self):
        """RTCP of the audio."""
        self.s.media(scene.receiver_report(1, 2) + (b"\x80\0\0\1" + scene.filler("tag", 10) if self.key else b""), scene.OUT, (HOME, 40001), (MIXER, 50001))
        self.sent["audio"] += 1


def order(liid, lea, xid, at=None, **more):
    tap.add_warrant(at or lab, liid, f"lea-{lea}", xid, **more)


def rows(liid, lea, at=None, *args):
    return tap.records(at or lab, f"lemf-{lea}", "--liid", liid, *args)


def content(row):
    return b"".join(bytes.fromhex(i.get("content", "")) for i in row["items"])


def of(records, cls):
    return [r for r in records if r["class"] == cls]


def kinds(records):
    return {i["kind"] for r in records for i in r["items"]}


def types(records):
    return [i["iri_type"] for r in records for i in r["items"]]


def strict(at, lemf):
    p = subprocess.run([at.exe("mdf-lemf"), "report", at.lemfs[lemf]["dir"], "--json", "--strict"], capture_output=True, text=True)
    assert p.returncode == 0, f"{lemf}: {p.stdout[-3000:]}{p.stderr}"
    tap.verify(at, lemf)


def settled(at=None):
    status = tap.drained(at or lab)
    tap.accounted(status)
    return status


# -- A.1
story = {}


@tap.test("A.1: Jean opens a conference, Greg and Peter join, the help desk helps, everybody leaves: SMS and data beside it")
def _():
    xid = tap.new_xid()
    order("A1-ALL", "all", xid)
    order("A1-AUDIO", "audio", xid, services="voice,messaging")
    order("A1-SMS", "sms", xid, services="messaging")
    order("A1-IRI", "iri", xid, delivery="iri", services="voice")
    tap.in_force(lab)
    net = scene.Script()
    net.add("x2", "radius", scene.accounting("jean", "acct-1", HOME, 1, 1), scene.OUT).send(lab, xid, "pgw")
    c = Conference("own", KEY)
    c.join(JEAN, HOME)
    c.subscribe()
    c.notify()
    c.send(xid)
    tap.drained(lab)
    c.join(GREG, "10.30.0.2")
    c.notify()
    c.join(PETER, "10.40.0.3")
    c.notify()
    c.send(xid)
    c.media("audio", 20)
    c.media("video", 10)
    c.media("audio", 5, silent=True)
    c.media("video", 5)
    c.control()
    c.send(xid, "mrf")
    for i in range(6):
        net.packet(scene.udp(HOME, "203.0.113.80", 33000, 443, scene.filler(i, 90), i), scene.OUT)
    net.send(lab, xid, "pgw")
    net.add("x2", "mime", scene.sms("31612345678", LETTER), scene.OUT, mime_type="application/vnd.3gpp.sms").send(lab, xid, "smsc")
    c.quality()
    c.call_desk()
    c.notify()
    c.send(xid)
    tap.drained(lab)
    lab.kill_role("ingest")  # what is video is known after a crash as well
    c.media("audio", 5)
    c.media("video", 3)
    c.send(xid, "mrf")
    c.leave(PETER)
    c.notify()
    c.leave(DESK)
    c.leave(GREG)
    c.notify()
    c.leave(JEAN)
    c.send(xid)
    net.add("x2", "radius", scene.accounting("jean", "acct-1", HOME, 2, 2), scene.OUT).send(lab, xid, "pgw")
    settled()
    story["c"] = c
    r = rows("A1-ALL", "all")
    tap.equal(tap.warrant(lab, "A1-ALL")["rejected"], 0, "rejected")
    call = [x for x in r if kinds([x]) & {"iPMMIRI", "iPMMCC"}]
    tap.equal(len({x["cin"] for x in call}), 1, "the conference is one communication, with all its legs")
    tap.equal(len(of(call, "iri")), c.sent["iri"], "IRI")
    tap.equal(len(of(call, "cc")), c.sent["audio"] + c.sent["video"], "content")


def conference_of(liid, lea):
    return [x for x in rows(liid, lea) if kinds([x]) & {"iPMMIRI", "iPMMCC"}]


@tap.test("A.1: one begin, one end, and between them who joins and who leaves, with the identities of all three")
def _():
    iri = of(conference_of("A1-ALL", "all"), "iri")
    t = types(iri)
    tap.equal((t[0], t[-1], t.count("iRI-Begin"), t.count("iRI-End"), set(t[1:-1])), ("iRI-Begin", "iRI-End", 1, 1, {"iRI-Continue"}), "IRI types")
    texts = [content(x).decode(errors="replace") for x in iri]
    lists = [t for t in texts if "<conference-info" in t]
    tap.equal([[u in t for u in (JEAN, GREG, PETER, DESK)] for t in lists[:4]],
              [[True, False, False, False], [True, True, False, False], [True, True, True, False], [True] * 4], "who is in the conference, as it grows")
    assert f'entity="{PETER}"><status>disconnected' in lists[4] and f'entity="{GREG}"><status>connected' in lists[4], lists[4]
    tap.equal(lists[5].count("disconnected"), 3, "all but Jean have left")
    for who in (JEAN, GREG, PETER):
        assert any(t.startswith("INVITE") and f"From: <{who}>" in t for t in texts), f"no INVITE of {who}"
        assert any(t.startswith("BYE") and f"From: <{who}>" in t for t in texts), f"no BYE of {who}"
    assert any("VQSessionReport" in t for t in texts), "no quality event"
    assert any(t.startswith("INVITE") and DESK in t for t in texts), "no leg of the help desk"


@tap.test("A.1: SMS and packet data are services of their own, with CINs of their own")
def _():
    r = rows("A1-ALL", "all")
    by = {}
    for x in r:
        by.setdefault(x["cin"], set()).update(kinds([x]))
    tap.equal(sorted(map(sorted, by.values())), [["iPCC", "iPIRI"], ["iPMMCC", "iPMMIRI"], ["messagingIRI"]], "CINs")
    data = [x for x in r if kinds([x]) & {"iPIRI", "iPCC"}]
    tap.equal((types(of(data, "iri")), len(of(data, "cc"))), (["iRI-Begin", "iRI-End"], 6), "packet data")


@tap.test("A.1: audio and video for who may have both; audio with its silent clip, and no picture, for who may have audio")
def _():
    c = story["c"]
    r = conference_of("A1-AUDIO", "audio")
    tap.equal(len(of(r, "iri")), c.sent["iri"], "IRI of the audio warrant")
    cc = of(r, "cc")
    tap.equal(len(cc), c.sent["audio"], "audio")
    media = [content(x) for x in cc]
    tap.equal({m[1] & 0x7F for m in media}, {8, 13, 201 & 0x7F}, "payload types")
    tap.equal(sum(m[1] == 13 for m in media), 10, "comfort noise")
    tap.equal(len({x["cin"] for x in r}), 1, "CINs")
    w = tap.warrant(lab, "A1-AUDIO")
    tap.equal(w["rejected"], c.sent["video"] + 6 + 2, "video and packet data are refused")
    tap.equal(sum(content(x)[1] & 0x7F == 97 for x in of(conference_of("A1-ALL", "all"), "cc")), c.sent["video"], "video of the other")


@tap.test("A.1: a warrant for messages gets the SMS and nothing of the conference; one for IRI gets no content")
def _():
    r = rows("A1-SMS", "sms")
    tap.equal(([x["class"] for x in r], kinds(r)), (["iri"], {"messagingIRI"}), "SMS")
    assert of(rows("A1-AUDIO", "audio"), "iri")[-1] is not None
    r = rows("A1-IRI", "iri")
    tap.equal(({x["class"] for x in r}, kinds(r), len(r)), ({"iri"}, {"iPMMIRI"}, story["c"].sent["iri"]), "IRI")


@tap.test("A.1: the operator encrypts: the keys are in the IRI of those who may have the content, and nowhere else")
def _():
    key = KEY.encode()
    for liid, lea in (("A1-ALL", "all"), ("A1-AUDIO", "audio")):
        n = sum(key in content(x) for x in of(rows(liid, lea), "iri"))
        tap.equal(n, 8, f"descriptions with keys in {liid}")
    for liid, lea in (("A1-SMS", "sms"), ("A1-IRI", "iri")):
        assert not any(key in content(x) or key in bytes.fromhex(x["octets"]) for x in rows(liid, lea)), f"a key in {liid}"
    for name in ("mdfd.log",):
        with open(os.path.join(lab.dir, name), "rb") as f:
            log = f.read()
        for secret in (key, b"jean.marchand", b"greg.olsen", HOME.encode(), LETTER.encode()):
            assert secret not in log, f"{secret} in {name}"
    said = json.dumps([lab.status(), lab.ctl("journal", "list", "--limit", "1000")])
    assert KEY not in said and "jean.marchand" not in said, "in status or journal"


@tap.test("A.1: the authorisation ends in the middle: nothing after it, by the time of the PDU and by the clock")
def _():
    xid = tap.new_xid()
    until = datetime.datetime.fromtimestamp(int(time.time()) + 4, datetime.timezone.utc)
    order("A1-END", "all", xid, until=until.strftime("%Y-%m-%dT%H:%M:%SZ"))
    tap.in_force(lab)
    c = Conference("short")
    c.join(JEAN, HOME)
    c.join(GREG, "10.30.0.2")
    c.send(xid)
    c.media("audio", 5)
    c.send(xid, "mrf")
    before = c.sent["iri"] + c.sent["audio"]
    assert time.time() < until.timestamp(), "too slow for this test"
    c.media("audio", 2, time=until.timestamp() + 0.5)  # before the end by the clock, after it by its own time
    c.media("audio", 3, time=until.timestamp())  # the end is not included
    c.send(xid, "mrf")
    c.media("audio", 1, time=until.timestamp() - 0.001)
    c.send(xid, "mrf")
    assert time.time() < until.timestamp(), "too slow for this test"
    tap.wait_for("the end, and the grace for what is under way", lambda: time.time() > until.timestamp() + 1.2, 10)
    c.join(PETER, "10.40.0.3")
    c.send(xid)
    c.media("audio", 4)
    c.media("audio", 4, time=until.timestamp() - 0.5)  # seen before the end, but come too late
    c.leave(JEAN)
    c.send(xid, "mrf")
    settled()
    r = rows("A1-END", "all")
    tap.equal(len(r), before + 2, "delivered")
    assert all(datetime.datetime.fromisoformat(x["time"].replace("Z", "+00:00")) < until for x in r), "after the end"
    w = tap.warrant(lab, "A1-END")
    tap.equal(w["rejected"], w["received"] - before - 2, "refused")
    tap.equal(w["detail"]["rejected"], {"EXPIRED": w["rejected"]}, "why")
    refused = [j for j in lab.ctl("journal", "list", "--limit", "1000") if j["warrant_id"] == w["id"]]
    tap.equal((sum(j["n"] for j in refused), {j["code"] for j in refused}), (w["rejected"], {"EXPIRED"}), "journal")


@tap.test("A.1: tshark reads signalling and media of the conference in what the LEMF exports")
def _():
    if not shutil.which("tshark"):
        raise tap.Skip("tshark is not installed")
    out = os.path.join(lab.dir, "export")
    subprocess.run([lab.exe("mdf-lemf"), "export", lab.lemfs["lemf-all"]["dir"], "--liid", "A1-ALL", "--single", "--out", out], check=True, capture_output=True)
    c = story["c"]

    def count(where):
        p = subprocess.run(["tshark", "-r", os.path.join(out, "all.pcapng"), "-Y", where, "-T", "fields", "-e", "frame.number"], capture_output=True, text=True)
        assert p.returncode == 0, p.stderr
        return len(p.stdout.split())
    tap.equal(count("sip"), c.sent["iri"], "SIP")
    tap.equal(count("sip.Method == INVITE"), 4, "INVITE")
    tap.equal(count('sip contains "<conference-info"'), 6, "notifications")
    tap.equal(count("radius"), 2, "RADIUS")
    tap.equal(count("udp.port == 443"), 6, "packets")
    tap.equal(count("rtp.p_type == 8 || rtp.p_type == 13"), c.sent["audio"] - 1, "audio")
    tap.equal(count("rtp.p_type == 97"), c.sent["video"], "video")
    tap.equal(count("_ws.malformed && !(udp.port == 443)"), 0, "malformed")


# -- A.2
@tap.test("A.2: the access operator delivers packets, the service operator the conference and its audio; the agency sees both")
def _():
    global telly
    telly = tap.Lab(tap.BUILD)
    telly.pki, telly.lemfs = lab.pki, lab.lemfs  # the agency is the same
    telly.configure()
    telly.start()
    for ne in ("as", "mrf"):
        tap.add_ne(telly, ne)
    telly.ctl("lea", "add", "lea-all", "--country", "NL")
    tap.add_destination(telly, "lemf-all", "lea-all")
    telly.ctl("wait", "--for", "connected", "--timeout", "15")
    access, service = tap.new_xid(), tap.new_xid()
    order("A2-ACCESS", "all", access, services="data", operator_id="McCloud", ne="pgw,cloud")
    order("A2-SERVICE", "all", service, at=telly, services="voice", operator_id="TellyServ")
    tap.in_force(lab)
    tap.in_force(telly)
    c = Conference("third")
    net = scene.Script()
    net.add("x2", "radius", scene.accounting("jean", "acct-9", HOME, 1, 3), scene.OUT).send(lab, access, "pgw")
    for who, address in ((JEAN, HOME), (GREG, "10.30.0.2"), (PETER, "10.40.0.3")):
        c.join(who, address)
    c.subscribe()
    c.notify()
    whole = list(c.s.lines)
    c.send(service, "as", telly)
    c.media("audio", 10)
    c.media("video", 4)
    media = list(c.s.lines)
    c.send(service, "mrf", telly)
    # of all this McCloud sees what Jean's own access carries, and only as packets
    mine = [line for line in whole if "jean" in line["text"]]
    for i, line in enumerate(mine):
        out = line["direction"] == scene.OUT
        ends = ((HOME, MIXER), (5060, 5060)) if out else ((MIXER, HOME), (5060, 5060))
        net.packet(scene.udp(*ends[0], *ends[1], line["text"].encode(), i), line["direction"])
    for i, line in enumerate(media):
        net.packet(scene.udp(line["source"], line["destination"], line["source_port"], line["destination_port"], bytes.fromhex(line["hex"]), 1000 + i), line["direction"])
    net.send(lab, access, "cloud")
    for who in (GREG, PETER, JEAN):
        c.leave(who)
    c.send(service, "as", telly)
    settled()
    settled(telly)
    story.update(third=c, mine=len(mine) + len(media), media=media, service=service, access=access)
    r = rows("A2-ACCESS", "all")
    tap.equal((kinds(of(r, "iri")), kinds(of(r, "cc")), len(of(r, "cc")), len({x["cin"] for x in r})), ({"iPIRI"}, {"iPCC"}, story["mine"], 1), "McCloud")
    r = rows("A2-SERVICE", "all")
    iri, cc = of(r, "iri"), of(r, "cc")
    tap.equal((kinds(iri), kinds(cc), len(iri), len(cc), len({x["cin"] for x in r})),
              ({"iPMMIRI"}, {"iPMMCC"}, c.sent["iri"], c.sent["audio"], 1), "TellyServ")
    t = types(iri)
    tap.equal((t[0], t[-1], t.count("iRI-Begin"), t.count("iRI-End")), ("iRI-Begin", "iRI-End", 1, 1), "IRI types of the conference")
    for who in (JEAN, GREG, PETER):
        assert any(who.encode() in content(x) for x in iri), f"{who} is not named"


@tap.test("A.2: what is the same in both deliveries comes twice: nothing is left out across operators")
def _():
    access, service = rows("A2-ACCESS", "all"), rows("A2-SERVICE", "all")
    packets = [content(x) for x in of(access, "cc")]
    for x in of(service, "cc"):
        tap.equal(sum(p.endswith(content(x)) for p in packets), 1, "packets with this audio")
    for at, liid in ((lab, "A2-ACCESS"), (telly, "A2-SERVICE")):
        tap.equal((tap.warrant(at, liid)["copies"], tap.warrant(at, liid)["duplicate"]), (0, 0), f"left out of {liid}")
    names = {x["pdu"]["pSHeader"]["communicationIdentifier"]["networkIdentifier"]["operatorIdentifier"] for x in access + service}
    tap.equal(len(names), 2, f"operators {names}")
    tap.equal(tap.warrant(telly, "A2-SERVICE")["detail"]["rejected"], {"SERVICE": story["third"].sent["video"]}, "pictures are not in warrant 2")


@tap.test("A.2: signalling of the service is nothing that the access warrant takes")
def _():
    before = len(rows("A2-ACCESS", "all"))
    c = Conference("own-x2")
    c.join(JEAN, HOME)
    c.send(story["access"], "cloud")
    settled()
    tap.equal(len(rows("A2-ACCESS", "all")), before, "records")
    tap.equal(tap.warrant(lab, "A2-ACCESS")["detail"]["rejected"], {"SERVICE": 3}, "refused")


@tap.test("A.2: ExcellAlex has no warrant: what its element sends is refused, recorded, and nothing of it is kept")
def _():
    secret = "excellalex-was-here"
    call = scene.Leg(secret, JEAN, "sip:shop@excellalex.example")
    calls = scene.Script()
    for text in (call.invite(scene.sdp(HOME, 40000)), call.ok(scene.sdp("203.0.113.9", 42000)), call.bye(), call.bye_ok()):
        calls.sip(text, scene.OUT)
    lines, news = list(calls.lines), {j["id"] for j in lab.ctl("journal", "list", "--limit", "1000")}
    calls.send(lab, tap.new_xid(), "excell")
    calls.lines = lines
    calls.send(lab, story["access"], "excell")  # nor may it use the warrant of another
    settled()

    def refused():
        new = [j for j in lab.ctl("journal", "list", "--limit", "1000") if j["id"] not in news and j["kind"] == "REJECT" and j["ne"] == "excell"]
        return new if sum(j["n"] for j in new) == 8 else None
    new = tap.wait_for("eight refusals in the journal", refused, 5)
    tap.equal({j["code"] for j in new}, {"XID-UNKNOWN", "NE-NOT-ALLOWED"}, "codes")
    assert secret not in json.dumps(new), "content in the journal"
    assert secret not in json.dumps(tap.lemf_pdus(lab, "lemf-all")) and not any(secret.encode() in content(x) for x in tap.records(lab, "lemf-all")), "delivered"
    hits = subprocess.run(["grep", "-rlaF", "-e", secret, os.path.join(lab.dir, "state"), os.path.join(lab.dir, "mdfd.log")], capture_output=True, text=True).stdout
    tap.equal(hits, "", "files with its content")


@tap.test("everything decodes strictly; nothing is missing, doubled or out of order")
def _():
    for lea in LEAS:
        strict(lab, f"lemf-{lea}")
    for at in (lab, telly):
        tap.accounted(at.status())


tap.main(setup, teardown)
