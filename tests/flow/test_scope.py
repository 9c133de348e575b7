#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a warrant may narrow, enforced before the spool: product, content, services, exclusions, target, countries, fall-back to metadata.  The catalogue
rows that a test shows stand in its name."""

import os
import random
import re
import struct
import time

import packets as pk
import tap
import x23

lab = None
TARGET, OTHER, PEER = "192.0.2.10", "192.0.2.11", "198.51.100.7"
V6, V6_PEER = "2001:db8:1::10", "2001:db8:9::7"
MAC = "02:00:5e:10:00:01"
PROFILES = {"lea-a": '{"name": "fast", "version": "1", "summary_s": 1}',
            "lea-b": '{"name": "packed", "version": "1", "aggregate_n": 8, "integrity": "hash", "hash_n": 20, "hash_ms": 500}'}
HIDDEN, SHOWN = b"QZ7XKV9W", b"JW8YHD3B"


def setup():
    """Agency A has its summaries each second; agency B each minute, several payloads in a PS-PDU, and integrity checks."""
    global lab
    lab = tap.start_lab(nes=("ne1", "lgw", "pgw"), session__idle_s=4)
    tap.provision(lab, nes=("ne1", "lgw", "pgw"))
    for lea, text in PROFILES.items():
        path = os.path.join(lab.dir, f"{lea}.json")
        with open(path, "w") as f:
            f.write(text)
        lab.ctl("lea", "set", lea, "--profile", lab.ctl("profile", "import", "--file", path)["name"])
    tap.in_force(lab)
    return lab


def order(liid, xid=None, lea="lea-a", **more):
    """A warrant in force; returns its XID."""
    xid = xid or tap.new_xid()
    tap.add_warrant(lab, liid, lea, xid, **more)
    tap.in_force(lab)
    return xid


def sender(xid, ne="ne1", **more):
    return pk.Sender(x23.Link(lab, ne), xid, **more)


def rows(liid, lemf="lemf-a"):
    """Records of a warrant at its LEMF, each once."""
    return list({(r["class"], r["cin"], r["seq"]): r for r in tap.records(lab, lemf, "--liid", liid)}.values())


def items(liid, cls=None, kind=None, lemf="lemf-a"):
    return [i for r in rows(liid, lemf) if cls in (None, r["class"]) for i in r["items"] if kind in (None, i["kind"])]


def books(liid):
    """The row of a warrant when everything is delivered."""
    return tap.warrant(lab, liid, tap.drained(lab))


def rejected(liid):
    return tap.warrant(lab, liid)["detail"]["rejected"]


def notices(liid, lemf="lemf-a"):
    out = [r["pdu"]["payload"]["tRIPayload"]["operatorLeaMessage"] for r in lab.lemf_show(lemf, "--hex", "--liid", liid) if r["kind"] == "operatorLeaMessage"]
    return [(m["messagePriority"], m["message"]) for m in out]


def flows(liid, lemf="lemf-a"):
    """{flow: (packets, octets)} over all summary reports."""
    out = {}
    for i in items(liid, "iri", "iPIRIPacketReport", lemf):
        n, octets = out.get(i["ip"], (0, 0))
        out[i["ip"]] = (n + i["summary"]["packets"], octets + i["summary"]["octets"])
    return out


def label(packet):
    """As mdf-lemf shows a flow."""
    s, d = packet[12:16], packet[16:20]
    at = (packet[0] & 15) * 4
    sport, dport = struct.unpack("!HH", packet[at:at + 4])
    return f"{'.'.join(map(str, s))}:{sport} > {'.'.join(map(str, d))}:{dport} {'udp' if packet[9] == 17 else 'tcp'}"


def files_with(marker, run=5):
    """Files of the lab in which RUN octets in a row of the repeated MARKER stand."""
    endless = marker * 2
    words = re.compile(b"|".join(re.escape(endless[i:i + run]) for i in range(len(marker))))
    found = []
    for folder, _, names in os.walk(lab.dir):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    if words.search(f.read()):
                        found.append(os.path.relpath(path, lab.dir))
    return found


def everything(s, marker):
    """One PDU of each kind that carries content, with MARKER wherever content can be; the headers that a packet header report must show."""
    m, heads = marker * 12, []

    def packet(octets, kind=x23.X3):
        s.packet(octets, kind=kind)
        heads.append(octets[:pk.header_n(octets)])

    def composed(form, octets, kind=x23.X3, dport=5000, proto=17, extra=b"", src=TARGET, dst=PEER):
        s.send(octets, form=form, kind=kind, extra=pk.ends(src, dst, 4000, dport, proto) + extra)
        whole = (pk.udp if proto == 17 else pk.tcp)(src, dst, 4000, dport, octets, **({} if proto == 17 else {"seq": 0}))
        if kind == x23.X3:
            heads.append(("like", whole))
    packet(pk.udp(TARGET, PEER, 4000, 53, m))
    packet(pk.tcp(V6, V6_PEER, 4000, 443, m))
    packet(pk.ip(TARGET, PEER, 1, b"\x08\x00\x00\x00" + m))
    packet(pk.ip(TARGET, PEER, 17, m)[:6] + struct.pack("!H", 100) + pk.ip(TARGET, PEER, 17, m)[8:])  # not the first fragment
    heads[-1] = heads[-1][:20]
    packet(pk.udp(TARGET, PEER, 4001, 53, m), x23.X2)
    for t in pk.tunnels(pk.udp(TARGET, PEER, 4000, 54, m)).values():
        packet(t)
    composed(x23.RTP, pk.rtp(m))
    composed(x23.RTP, pk.rtp(m, 2), src=V6, dst=V6_PEER)
    for octets, n in ((pk.udp(TARGET, PEER, 4000, 55, m), 28), (pk.tcp(TARGET, PEER, 4000, 56, m), 40)):
        s.send(pk.frame(octets), form=pk.ETHERNET)
        heads.append(octets[:n])
        s.send(pk.gtpu(octets), form=pk.GTPU)
        heads.append(octets[:n])
    composed(pk.MSRP, pk.msrp(m), dport=2855, proto=6)
    rfc822 = x23.attribute(19, b"message/rfc822")
    composed(pk.MIME, pk.mail(m, m), dport=25, proto=6, extra=rfc822)
    composed(pk.MIME, pk.mail(m, m), x23.X2, 25, 6, rfc822)
    s.send(pk.sip(b"MESSAGE", b"m@x", 1, m, b"text/plain"), form=x23.SIP, kind=x23.X2, corr=21)
    s.send(pk.sip(b"INVITE", b"i@x", 1, pk.sdp(b"192.0.2.10", 4000), b"application/sdp"), form=x23.SIP, kind=x23.X2, corr=22)
    for n, (form, build) in enumerate(((2, lambda p: pk.cc_33128(p, True)), (2, pk.cc_33128), (3, pk.cc_33108), (17, pk.cc_payload))):
        octets = pk.udp(TARGET, PEER, 4000, 60 + n, m)
        s.send(build(octets), form=form)  # content that comes encoded
        heads.append(octets[:28])
    s.send(pk.xiri_sms(m), form=2, kind=x23.X2)  # a text that cannot be taken out: out of scope
    s.send(pk.rtp(m, 3), form=x23.RTP)  # no addresses, no packet: these three have no header to show
    s.send(pk.frame(m, 0x88B5), form=pk.ETHERNET)
    s.send(m, form=pk.UNSTRUCTURED)
    for octets, more in ((b"\x45" + m[:10], {}), (b"\xff" + m, {}), (m, {"form": pk.PROPRIETARY}), (pk.udp(TARGET, PEER, 1, 2, m), {"direction": 9})):
        s.send(octets, **more)  # rejected: what is kept of them is a digest
    pk.Sender(s.link, tap.new_xid()).packet(pk.udp(TARGET, PEER, 4000, 53, m))
    s.alive()
    return heads


@tap.test("IRI only, CC only, both (SCF-01, SCF-05, SCF-07)")
def _():
    xid = order("P-both")
    order("P-iri", xid, delivery="iri")
    order("P-cc", xid, delivery="cc")
    s = sender(xid)
    s.send(pk.sip(b"INVITE", b"p@x", 1, pk.sdp(b"192.0.2.10", 4000), b"application/sdp"), form=x23.SIP, kind=x23.X2)
    for i in range(3):
        s.send(pk.rtp(b"voice", i), form=x23.RTP)
        s.packet(pk.udp(TARGET, PEER, 4000, 53, b"data"))
    s.send(pk.dhcp_frame(1), form=pk.ETHERNET)  # content with IRI in it
    s.alive()
    for liid, iri, cc, out in (("P-both", 2, 7, 0), ("P-iri", 2, 0, 6), ("P-cc", 0, 7, 1)):
        w = books(liid)
        tap.equal((len(items(liid, "iri")), len(items(liid, "cc")), w["out_of_scope"]), (iri, cc, out), liid)


@tap.test("headers only: packet header reports in HI2, and no octet of any payload anywhere (CAL-10c)")
def _():
    everything(sender(order("C-full", content="full")), SHOWN)
    xid = order("C-headers", content="headers")
    order("C-packed", xid, "lea-b", content="headers")
    heads = everything(sender(xid), HIDDEN)
    tap.accounted(tap.drained(lab))
    tap.equal(items("C-headers", "cc"), [], "CC")
    got = [bytes.fromhex(i["content"]) for i in items("C-headers", "iri", "iPIRIPacketReport")]
    tap.equal(len(got), len(heads), "packet header reports")
    for have, want in zip(got, heads, strict=True):
        if isinstance(want, tuple):  # composed: addresses, ports, protocol and length are those of the packet
            want = want[1]
            n, v6 = pk.header_n(want), want[0] >> 4 == 6
            tap.equal(len(have), n, "length of a composed header")
            at = (8, 40) if v6 else (12, 24)
            tap.equal((have[at[0]:at[1]], have[4:6] if v6 else have[2:4]), (want[at[0]:at[1]], want[4:6] if v6 else want[2:4]), "composed header")
            continue
        tap.equal(have.hex(), want.hex(), "header")
    tap.equal([i["content"] for i in items("C-packed", "iri", "iPIRIPacketReport", "lemf-b")], [h.hex() for h in got], "several in a PS-PDU")
    tap.equal(items("C-packed", "cc", lemf="lemf-b"), [], "CC")
    w = tap.warrant(lab, "C-headers")
    tap.equal((w["out_of_scope"], rejected("C-headers")), (5, {"PAYLOAD": 2, "DIRECTION": 1}), "without a header to show; unsound")
    tap.equal(rejected("C-full"), {"PAYLOAD": 2, "DIRECTION": 1, "FORMAT-UNKNOWN": 1}, "rejects")
    r, answer = lab.ctl("warrant", "add", "--liid", "C-no-hi2", "--lea", "lea-a", "--delivery", "cc", "--hi3", "lemf-a", "--from", tap.FROM, "--until", tap.UNTIL,
                        "--content", "headers", "--xid", tap.new_xid(), "--start", "yes", check=False)
    tap.equal(r, 1, f"headers without a destination of IRI: {answer}")
    tap.equal(sorted(i["kind"] for i in items("C-headers", "iri") if i["kind"] != "iPIRIPacketReport"), ["emailIRI", "iPMMIRI", "iPMMIRI"], "other IRI")
    invite = next(i for i in items("C-headers", "iri", "iPMMIRI") if i["sip"]["call_id"] == "i@x")
    assert pk.sdp(b"192.0.2.10", 4000) in bytes.fromhex(invite["content"]), "SDP is kept"
    time.sleep(2.5)  # a state file is written
    tap.equal(files_with(HIDDEN), [], "files with content")
    places = {f.split(os.sep)[0] for f in files_with(SHOWN)}
    tap.equal(places, {"state", "lemf-a"}, "the search finds what is there")


@tap.test("headers only: RTP with attributes 10 to 16 gives a composed header report (CAL-10c)")
def _():
    s = sender(order("RTP", content="headers"))
    for n, (src, dst) in enumerate(((TARGET, PEER), (V6, V6_PEER))):
        for extra in (pk.ends(src, dst, 4000, 5000, 17), pk.ends(src, dst, 4000, 5000)):
            s.send(pk.rtp(b"voice" * 32, n), form=x23.RTP, extra=extra)
    s.alive()
    tap.equal(books("RTP")["out_of_scope"], 0, "out of scope")
    tap.equal([i["ip"] for i in items("RTP", "iri")], 2 * ["192.0.2.10:4000 > 198.51.100.7:5000 udp"]
              + 2 * [f"[{V6}]:4000 > [{V6_PEER}]:5000 udp"], "reports")
    tap.equal([i["original"] for i in items("RTP", "iri")], 2 * [20 + 8 + 12 + 160] + 2 * [40 + 8 + 12 + 160], "lengths")


@tap.test("summaries: exact packets and octets per flow and interval; at the stop of the warrant; no octet of content (CAL-10c)")
def _():
    s, want = sender(order("SUM", content="summary")), {}
    order("SUM-b", s.xid, "lea-b", content="summary")
    for second in range(2):
        for i in range(40):
            p = pk.udp(TARGET, PEER, 4000 + i % 3, 53, HIDDEN * (1 + i % 7))
            n, octets = want.get(label(p), (0, 0))
            want[label(p)] = (n + 1, octets + len(p))
            s.packet(p)
        s.alive()
        time.sleep(2.2 * (1 - second))
    tap.wait_for("all intervals", lambda: flows("SUM") == want, 6, 0.2)
    tap.equal({i["summary"]["trigger"] for i in items("SUM", "iri")}, {"flowTimerExpiration"}, "triggers")
    tap.equal(len(items("SUM", "iri")), 6, "reports: three flows, two intervals")
    tap.equal(items("SUM-b", "iri", lemf="lemf-b"), [], "before its interval ends")
    lab.ctl("warrant", "stop", "SUM-b")
    tap.wait_for("reports of the stopped warrant", lambda: flows("SUM-b", "lemf-b") == want, 5, 0.1)
    tap.equal({i["summary"]["trigger"] for i in items("SUM-b", "iri", lemf="lemf-b")}, {"reportEnd"}, "triggers at the stop")
    tap.equal(files_with(HIDDEN), [], "files with content")


@tap.test("summaries at the end of a session; DHCP in frames is IRI beside them (CAL-10a, CLD-06)")
def _():
    s = sender(order("END", lea="lea-b", content="summary"))
    s.send(pk.dhcp_frame(1), form=pk.ETHERNET)
    s.send(pk.dhcp_frame(5, your=TARGET), form=pk.ETHERNET)
    for _ in range(5):
        s.send(pk.frame(pk.udp(TARGET, PEER, 4000, 53, b"x" * 50)), form=pk.ETHERNET)
    s.send(pk.dhcp_frame(7, your=TARGET), form=pk.ETHERNET)
    s.alive()
    tap.wait_for("reports", lambda: flows("END", "lemf-b").get("192.0.2.10:4000 > 198.51.100.7:53 udp") == (5, 5 * 78), 5, 0.1)
    got = items("END", "iri", lemf="lemf-b")
    tap.equal({i["summary"]["trigger"] for i in got if "summary" in i}, {"flowEnd"}, "triggers")
    tap.equal([i["event"]["name"] for i in got if i["kind"] == "iPIRI"], ["accessAttempt", "accessAccept", "accessEnd"], "events")
    tap.equal(sum(i["summary"]["packets"] for i in got if "summary" in i), 8, "packets: the DHCP frames too")


@tap.test("summaries over kill -9 of ingest: counts exact, each PDU once")
def _():
    xid = order("KILL-a", content="summary")
    order("KILL-b", xid, "lea-b", content="summary")
    s, dice, want, unacked, attempts = sender(xid), random.Random(7), {}, [], 0
    for round_n in range(4):
        for i in range(150):
            if i % 15 == 7:
                frame = pk.frame(pk.udp("0.0.0.0", "255.255.255.255", 68, 67, pk.dhcp(1, transaction=1000 * round_n + i)), src=pk.MAC_A)
                p, form, attempts = frame[14:], pk.ETHERNET, attempts + 1
            else:
                frame = p = pk.udp(TARGET, PEER, 4000 + i % 5, 53, b"x" * dice.randrange(1, 200))
                form = x23.IPV4
            n, octets = want.get(label(p), (0, 0))
            want[label(p)] = (n + 1, octets + len(p))
            unacked.append(s.pdu(frame, form=form))
            try:
                s.link.send(unacked[-1])
            except x23.Closed:
                pass
            if i == 60:
                s.alive()
                unacked = []
        if round_n < 3:
            time.sleep(dice.random() / 10)
            lab.kill_role("ingest")
            s.link = x23.Link(lab)
            for octets in unacked:
                s.link.send(octets)
        s.alive()
        unacked = []
    for liid in ("KILL-a", "KILL-b"):
        lab.ctl("warrant", "stop", liid)
    for liid, lemf in (("KILL-a", "lemf-a"), ("KILL-b", "lemf-b")):
        def summed(liid=liid, lemf=lemf):
            out = {}
            for i in items(liid, "iri", "iPIRIPacketReport", lemf):
                n, octets = out.get(i["ip"], (0, 0))
                out[i["ip"]] = (n + i["summary"]["packets"], octets + i["summary"]["octets"])
            return out
        end = time.monotonic() + 6
        while summed() != want and time.monotonic() < end:
            time.sleep(0.2)
        tap.equal(summed(), want, liid)
        tap.equal(len(items(liid, "iri", "iPIRI", lemf)), attempts, f"{liid}: IRI of frames")
        w = books(liid)
        tap.equal(w["received"] - w["duplicate"], 600, f"{liid}: PDUs in the books")
    tap.accounted(lab.status())


@tap.test("services: each warrant has its own, data of a voice warrant is refused and counted (SCF-14, CLD-07)")
def _():
    xid = tap.new_xid()
    for name in ("voice", "messaging", "data", "l2", "voice,l2"):
        order(f"V-{name.replace(',', '-')}", xid, services=name)
    s = sender(xid)
    for i in range(3):
        s.send(pk.rtp(b"voice", i), form=x23.RTP, corr=31)
    for i in range(4):
        s.packet(pk.udp(TARGET, PEER, 4000, 53, b"data%d" % i), corr=32)
    for i in range(5):
        s.send(pk.frame(pk.udp(TARGET, PEER, 4000, 54, b"frame%d" % i)), form=pk.ETHERNET, corr=33)
    for i in range(2):
        s.send(pk.msrp(b"chat%d" % i), form=pk.MSRP, corr=34)
    s.send(pk.sip(b"MESSAGE", b"vm@x", 1, b"hello", b"text/plain"), form=x23.SIP, kind=x23.X2, corr=35)
    s.send(pk.sip(b"INVITE", b"vi@x", 1, pk.sdp(b"192.0.2.10", 4000), b"application/sdp"), form=x23.SIP, kind=x23.X2, corr=31)
    s.alive()
    want = {"voice": {"iPMMCC": 3, "iPMMIRI": 1}, "messaging": {"iPMMCC": 2, "iPMMIRI": 1}, "data": {"iPCC": 9}, "l2": {"l2CC": 5},
            "voice-l2": {"iPMMCC": 3, "iPMMIRI": 1, "l2CC": 5}}
    for name, kinds in want.items():
        books(f"V-{name}")
        got = {}
        for i in items(f"V-{name}"):
            got[i["kind"]] = got.get(i["kind"], 0) + 1
        tap.equal(got, kinds, name)
        tap.equal(rejected(f"V-{name}"), {"SERVICE": 16 - sum(kinds.values())}, f"{name}: refused")
    journal = lab.ctl("journal", "list", "--warrant", "V-voice", "--code", "SERVICE")
    tap.equal(sum(r["n"] for r in journal), 12, "in the journal")


@tap.test("exclusions of a warrant: counted, announced, summed up in HI2; the audit names who set them (SCF-08, SCF-12)")
def _():
    s = sender(order("X", exclude="net:10.0.0.0/8<->10.0.0.0/8,udp:443,service:messaging"))
    taken = [pk.udp(TARGET, PEER, 4000, 53, b"taken"), pk.udp("10.1.0.1", PEER, 4000, 53, b"one end"), pk.tcp(TARGET, PEER, 4000, 443, b"not udp")]
    left = [pk.udp("10.1.0.1", "10.2.0.2", 4000, 53, HIDDEN * 4)] * 5 + [pk.udp(TARGET, PEER, 4000, 443, HIDDEN * 4)] * 3
    left += [t for t in pk.tunnels(pk.udp("10.1.0.1", "10.2.0.2", 4000, 53, HIDDEN * 4)).values()]  # inner addresses count
    for p in left + taken:  # the excluded ones first: there is no session yet
        s.packet(p)
    s.send(pk.msrp(HIDDEN * 4), form=pk.MSRP)
    s.alive()
    books("X")
    tap.equal(sorted(i["content"] for i in items("X", "cc")), sorted(p.hex() for p in taken), "CC")
    tap.equal(rejected("X"), {"EXCLUDED": 13}, "counted")
    tap.equal([p for p, m in notices("X") if "xclusion" in m], ["informational"], "notice")
    tap.wait_for("summary", lambda: sum(i["summary"]["packets"] for i in items("X", "iri")) == 13, 5, 0.1)
    audit = [r for r in lab.ctl("audit", "list", "--op", "warrant.add", "--limit", "1000") if r["object"].endswith(lab.ctl("warrant", "show", "X")["uuid"])]
    assert len(audit) == 1 and audit[0]["actor"], audit
    lab.ctl("warrant", "set", "X", "--exclude", "none", "--reason", "no overload any more")
    tap.in_force(lab)
    s.packet(pk.udp("10.1.0.1", "10.2.0.2", 4000, 53, b"again"))
    s.alive()
    books("X")
    tap.equal(len(items("X", "cc")), len(taken) + 1, "CC after the rule is gone")
    (row,) = [r for r in lab.ctl("audit", "list", "--op", "warrant.set", "--limit", "1000") if r["reason"] == "no overload any more"]
    assert row["actor"], row
    tap.equal(files_with(HIDDEN), [], "files with excluded content")


@tap.test("exclusions of a network element hold for every warrant, only there (SCF-12)")
def _():
    lab.ctl("ne", "set", "lgw", "--exclude", "net:203.0.113.0/24:80-90")
    xid = order("X-ne")
    a, b = sender(xid, "lgw", nfid=b"lgw"), sender(xid, "pgw", nfid=b"pgw")
    for n, s in enumerate((a, b)):
        s.packet(pk.tcp(TARGET, "203.0.113.9", 4000, 80, b"video%d" % n))
        s.packet(pk.tcp(TARGET, "203.0.113.9", 4000, 91, b"other%d" % n))
        s.alive()
    books("X-ne")
    tap.equal((len(items("X-ne", "cc")), rejected("X-ne")), (3, {"EXCLUDED": 1}), "taken, excluded")
    tap.equal(len(notices("X-ne")), 1, "notices")
    assert [r for r in lab.ctl("audit", "list", "--op", "ne.set", "--limit", "1000") if r["object"] == "ne lgw" and r["actor"]], "audit"
    lab.ctl("ne", "set", "lgw", "--exclude", "none")


@tap.test("own check of the target: by address, prefix and inner address of GRE, VXLAN, GTP, IP-in-IP; others reach neither LEMF nor disk (CAL-00a, SCF-06, SCF-11, CAL-06)")
def _():
    s = sender(order("T", target=f"ip:{TARGET},net:2001:db8:1::/48"))
    good = [pk.udp(TARGET, PEER, 4000, 53, b"good"), pk.udp(PEER, TARGET, 53, 4000, b"answer"), pk.tcp(V6, V6_PEER, 4000, 443, b"good6")]
    bad = [pk.udp(OTHER, PEER, 4000, 53, HIDDEN * 4), pk.tcp("2001:db8:2::10", V6_PEER, 4000, 443, HIDDEN * 4)]
    good += [t for p in good[::2] for t in pk.tunnels(p).values()] + [pk.tunnels(pk.tunnels(good[0])["gtp"])["gre"]]
    bad += [t for p in bad for t in pk.tunnels(p).values()]
    for p in good + bad:
        s.packet(p)
    inner = pk.udp(TARGET, PEER, 4000, 55, b"in gtp")
    s.send(pk.gtpu(inner), form=pk.GTPU)  # what the element put around it is taken off
    s.send(pk.gtpu(pk.udp(OTHER, PEER, 4000, 55, HIDDEN * 4)), form=pk.GTPU)
    s.send(pk.frame(inner), form=pk.ETHERNET)
    s.send(pk.frame(pk.udp(OTHER, PEER, 4000, 55, HIDDEN * 4)), form=pk.ETHERNET)
    s.send(pk.rtp(b"good"), form=x23.RTP, extra=pk.ends(TARGET, PEER, 4000, 5000, 17))
    s.send(pk.rtp(HIDDEN * 4), form=x23.RTP, extra=pk.ends(OTHER, PEER, 4000, 5000, 17))
    s.alive()
    books("T")
    tap.equal(rejected("T"), {"NOT-TARGET": len(bad) + 3}, "refused")
    got = [i["content"] for i in items("T", "cc")]
    tap.equal(got[:len(good)], [p.hex() for p in good], "packets")
    tap.equal(got[len(good):], [inner.hex(), pk.frame(inner).hex(), pk.rtp(b"good").hex()], "of GTP-U, frame, RTP")
    tap.equal(files_with(HIDDEN), [], "files with what is not the target's")


@tap.test("copies that come to the mediator in tunnels of the operator's own are delivered without them, for elements that say so (SCF-06, CAL-06)")
def _():
    xid = order("U")
    plain = [pk.udp(TARGET, PEER, 4100, 53, b"as it came"), pk.tcp(V6, V6_PEER, 4100, 443, b"as it came")]
    bare = [pk.udp(TARGET, PEER, 4101, 53, b"taken out"), pk.tcp(V6, V6_PEER, 4101, 443, b"taken out")]
    lab.ctl("ne", "set", "lgw", "--unwrap", "yes")
    tap.in_force(lab)
    for ne, packets in (("ne1", plain), ("lgw", bare)):
        s = sender(xid, ne)
        for p in packets:
            for t in pk.tunnels(p).values():
                s.packet(t)
        s.alive()
    lab.ctl("ne", "set", "lgw", "--unwrap", "no")
    tap.in_force(lab)
    books("U")
    got = [i["content"] for i in items("U", "cc")]
    tap.equal(got[:8], [t.hex() for p in plain for t in pk.tunnels(p).values()], "as they came")
    tap.equal(got[8:], [p.hex() for p in bare for _ in range(4)], "without tunnels")


@tap.test("own check of the target: by identifier, and by an address bound to its access session; its identity stands in no file (SCF-15)")
def _():
    imsi, wrong = "204081234567890", "204089999999999"

    def matched(value):
        return x23.attribute(17, f"<imsi>{value}</imsi>".encode())
    s = sender(order("ID", target=f"id:imsi:{imsi}"))
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"good"), extra=matched(imsi))
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"bad"), extra=matched(wrong))
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"none"))
    s.alive()
    books("ID")
    tap.equal((len(items("ID", "cc")), rejected("ID")), (1, {"NOT-TARGET": 2}), "by identifier")
    # ten: any five digits stand in some time stamp
    tap.equal([f for f in files_with(imsi.encode(), 10) if not f.startswith("lemf")], [], "files with the identity")
    s = sender(order("BOUND", target="bound"))
    for p in (TARGET, OTHER):
        s.packet(pk.udp(p, PEER, 4000, 53, b"before"))
    s.send(pk.dhcp(5, your=TARGET), form=10, kind=x23.X2)
    for p in (TARGET, OTHER):
        s.packet(pk.udp(p, PEER, 4000, 53, b"during"))
    s.send(pk.dhcp(7, your=TARGET), form=10, kind=x23.X2)
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"after"))
    s.alive()
    books("BOUND")
    tap.equal(([i["ip"] for i in items("BOUND", "cc")], rejected("BOUND")), (["192.0.2.10:4000 > 198.51.100.7:53 udp"], {"NOT-TARGET": 4}), "by binding")


@tap.test("targets by MAC, and by MAC and IP: DHCP of the target is both CC and IRI, ARP passes, others do not (CAL-04, CAL-10a, CAL-10b)")
def _():
    other = bytes.fromhex("02005e100009")
    mine = [pk.dhcp_frame(1), pk.dhcp_frame(2, your=TARGET), pk.dhcp_frame(3), pk.dhcp_frame(5, your=TARGET), pk.arp(),
            pk.frame(pk.udp(TARGET, PEER, 4000, 53, b"mine")), pk.frame(pk.udp(PEER, TARGET, 53, 4000, b"answer"), 0x0800, pk.MAC_B, pk.MAC_A)]
    broadcast = pk.frame(pk.udp("192.0.2.1", "255.255.255.255", 67, 68, pk.dhcp(5, your=TARGET, transaction=9)), 0x0800, pk.MAC_B, b"\xff" * 6)
    mine.append(broadcast)  # to all, but for the client with this MAC
    others = [pk.dhcp_frame(1, other), pk.dhcp_frame(5, other, OTHER), pk.arp(other, OTHER),
              pk.frame(pk.udp(OTHER, PEER, 4000, 53, HIDDEN * 4), 0x0800, other)]
    by_ip = pk.frame(pk.udp(TARGET, PEER, 4000, 53, b"through a router"), 0x0800, other)
    xid = order("MAC", target=f"mac:{MAC}")
    order("MAC-IP", xid, target=f"mac:{MAC},ip:{TARGET}")
    s = sender(xid)
    for f in mine + others + [by_ip]:
        s.send(f, form=pk.ETHERNET)
    s.alive()
    for liid, want in (("MAC", mine), ("MAC-IP", mine + [by_ip])):
        books(liid)
        tap.equal([i["content"] for i in items(liid, "cc")], [f.hex() for f in want], f"{liid}: frames, each once")
        tap.equal({i["kind"] for i in items(liid, "cc")}, {"l2CC"}, "kind")
        tap.equal([i["event"]["name"] for i in items(liid, "iri")], 3 * ["accessAttempt"] + ["accessAccept", "interimUpdate"], "IRI of DHCP")
        tap.equal(rejected(liid), {"NOT-TARGET": len(mine + others) + 1 - len(want)}, "refused")
    tap.equal(files_with(HIDDEN), [], "files with what is not the target's")


@tap.test("the same warrant has its CC of an IAP, then of an LGW, then of a PGW; the countries it names decide (SCF-02)")
def _():
    xid = order("WHO")
    order("LAND", xid, countries="NL,BE")
    for name, country in (("ne1", "NL"), ("lgw", "DE"), ("pgw", "BE")):
        lab.ctl("ne", "set", name, "--country", country)
    tap.in_force(lab)
    for name in ("ne1", "lgw", "pgw"):
        s = sender(xid, name, nfid=name.encode())
        s.packet(pk.udp(TARGET, PEER, 4000, 53, name.encode()))
        s.alive()
    books("WHO")
    tap.equal((len(items("WHO", "cc")), rejected("WHO")), (3, {}), "of any country")
    tap.equal((len(items("LAND", "cc")), rejected("LAND")), (2, {"COUNTRY": 1}), "of two")


@tap.test("metadata only by command: begin and end told to the LEMF, in journal, audit and events; full content afterwards (SCF-04)")
def _():
    s = sender(order("DEG"))

    def step(word, reason, octets):
        lab.ctl("warrant", "degrade", "DEG", "--metadata", word, "--reason", reason)
        tap.in_force(lab)
        s.packet(pk.udp(TARGET, PEER, 4000, 53, octets))
        s.send(pk.rtp(octets), form=x23.RTP, extra=pk.ends(TARGET, PEER, 4000, 5000, 17))
        s.alive()
        return books("DEG")
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"first"))
    s.alive()
    step("on", "short backhaul", HIDDEN * 4)
    tap.equal((len(items("DEG", "cc")), len(items("DEG", "iri", "iPIRIPacketReport"))), (1, 2), "CC, packet header reports")
    lab.kill_role("ingest")  # it goes on, and is not told again
    s.link = x23.Link(lab)
    s.packet(pk.udp(TARGET, PEER, 4000, 54, HIDDEN * 4))
    s.alive()
    books("DEG")
    tap.equal((len(items("DEG", "cc")), len(items("DEG", "iri", "iPIRIPacketReport")), len(notices("DEG"))), (1, 3, 1), "after kill -9")
    step("off", "long enough", b"whole again")
    tap.equal([i["octets"] for i in items("DEG", "cc")][1:], [28 + 11, 12 + 11], "full content afterwards")
    tap.equal(len(items("DEG", "iri", "iPIRIPacketReport")), 3, "packet header reports")
    tap.equal(files_with(HIDDEN), [], "files with content")
    got = notices("DEG")
    tap.equal([p for p, _ in got], ["error", "informational"], "priorities")
    assert "metadata" in got[0][1] and "ull content" in got[1][1], got
    journal = tap.wait_for("journal", lambda: (lambda r: len(r) == 2 and r)(lab.ctl("journal", "list", "--warrant", "DEG", "--kind", "metadata")), 5)
    tap.equal(sorted(r["code"] for r in journal), ["BEGIN", "END"], "journal")
    # the order of the operator, and when it was carried out
    tap.equal([(e["event"], e["text"]) for e in lab.ctl("warrant", "events", "DEG")],
              [("metadata-begin", "short backhaul"), ("metadata-begin", "ordered by the operator"),
               ("metadata-end", "long enough"), ("metadata-end", "ordered by the operator")], "events")
    audit = [r["reason"] for r in lab.ctl("audit", "list", "--op", "warrant.degrade", "--limit", "1000")]
    assert {"short backhaul", "long enough"} <= set(audit), audit


@tap.test("packet counters of an IAP: X2 packet reports without content become summary reports in HI2, without a session of their own (SCF-13)")
def _():
    xid = order("IAP", content="summary")
    core, iap = sender(xid, "pgw", corr=0, nfid=b"core"), sender(xid, "ne1", corr=0, nfid=b"iap")
    core.send(pk.dhcp(5, your=TARGET), form=10, kind=x23.X2)
    core.alive()
    for i in range(30):  # one PDU per packet: format 5 on X2, nothing or the header as payload
        p = pk.udp(TARGET, PEER, 4000, 53, b"x" * (50 + i))
        if i % 2:
            iap.send(p[:28], form=x23.IPV4, kind=x23.X2)
        else:
            iap.send(b"", form=x23.IPV4, kind=x23.X2, extra=pk.ends(TARGET, PEER, 4000, 53, 17))
    iap.alive()
    flow = "192.0.2.10:4000 > 198.51.100.7:53 udp"
    tap.wait_for("summary", lambda: flows("IAP").get(flow, (0, 0))[0] == 30, 5, 0.1)
    tap.equal(flows("IAP"), {flow: (30, sum(28 + 50 + i for i in range(1, 30, 2)))}, "packets, and octets where the header tells them")
    got = rows("IAP")
    tap.equal([i["kind"] for r in got for i in r["items"]][0], "iPIRI", "the session is of the core's IRI")
    tap.equal(len({r["cin"] for r in got}), 1, "CINs")
    # a counter of its own: a summary that the IAP made (format 17) goes on as it is
    made = bytes.fromhex(next(r for r in got if r["items"][0]["kind"] == "iPIRIPacketReport")["octets"])
    members = made[made.index(b"\xa1"):]
    payload = members[members[1] + 2:]
    choice = payload[2 if payload[1] < 128 else 2 + (payload[1] & 127):]
    iap.send(choice, form=17, kind=x23.X2)
    iap.alive()
    books("IAP")
    tap.equal(flows("IAP")[flow][0], 30 + items("IAP", "iri", "iPIRIPacketReport")[0]["summary"]["packets"], "with the IAP's own summary")


@tap.test("all of it decodes; nothing missing, doubled or in conflict; the books are right")
def _():
    tap.accounted(tap.drained(lab))
    for n in ("lemf-a", "lemf-b"):
        tap.verify(lab, n)
        r = lab.lemf_report(n)
        assert not (r["missing"] or r["conflicts"] or r["undecodable"]), r
        i = r["integrity"]
        assert not (i["bad"] or i["hashes_bad"] or i["uncovered"] or i["twice"] or i["missing"] or i["findings"]), i
        tap.equal(i["hashes_ok"] > 0, n == "lemf-b", "integrity checks")
    tap.equal(tap.alarms(lab, "X-GAP"), set(), "gaps that are none")


tap.main(setup)
