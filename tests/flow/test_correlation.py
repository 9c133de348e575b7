#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Correlation across network elements: which PDUs of several of them are one communication, what its session belongs to, what HI2 says of it, and that
all of it outlives kill -9 of the ingest role."""

import json
import os
import subprocess

import comm
import tap
import x23
from comm import Call

lab = None
NES = ["scscf", "pcscf", "media", "access1", "access2", "access3", "extra"]
PHONE, FAR = ("10.9.0.1", 40000), ("198.51.100.9", 5000)
counter = [0]


def setup():
    global lab
    lab = tap.start_lab(nes=NES, session__snapshot_s=1)
    tap.provision(lab, nes=NES)
    return lab


class Order:
    """A warrant of agency A and the network elements that send for it."""

    def __init__(self, **more):
        counter[0] += 1
        self.liid, self.xid, self.nes = f"CORR-{counter[0]}", tap.new_xid(), {}
        tap.add_warrant(lab, self.liid, more.pop("lea", "lea-a"), self.xid, **more)
        tap.in_force(lab)
        self.sent = 0

    def ne(self, name):
        if name not in self.nes:
            self.nes[name] = comm.Ne(lab, name, self.xid)
        return self.nes[name]

    def done(self):
        for n in self.nes.values():
            n.done()

    def kill(self):
        """kill -9 of the ingest role; the elements come again, with the numbers that follow."""
        self.done()
        lab.kill_role("ingest")
        for n in self.nes.values():
            n.close()
            n.link = x23.Link(lab, n.name)

    def close(self):
        for n in self.nes.values():
            n.close()

    def records(self, lemf="lemf-a"):
        self.done()
        tap.accounted(tap.drained(lab))
        rows = tap.records(lab, lemf, "--liid", self.liid)
        for key in {(x["class"], x["cin"]) for x in rows}:
            numbers = [x["seq"] for x in rows if (x["class"], x["cin"]) == key]
            tap.equal(numbers, list(range(len(numbers))), f"numbers of {key}")
        return rows

    def cins(self):
        """(class, CIN) of each record, in order of arrival within its class."""
        rows = self.records()
        return [r["cin"] for r in rows if r["class"] == "iri"], [r["cin"] for r in rows if r["class"] == "cc"]

    def tree(self):
        return lab.ctl("session", "tree", "--warrant", self.liid)["sessions"]


def link_of(record):
    """CIN that an IRI names in its header (cINExtension, iri-to-iri); None: none."""
    e = record["pdu"]["pSHeader"]["communicationIdentifier"].get("cINExtension")
    if e is None:
        return None
    v = e["iri-to-iri"]  # octets, or text when they happen to be printable
    return int.from_bytes(bytes.fromhex(v["hex"]) if isinstance(v, dict) else v.encode(), "big")


def types(records, cin):
    return [r["items"][0]["iri_type"].removeprefix("iRI-") for r in records if r["class"] == "iri" and r["cin"] == cin]


def one(values, what=""):
    assert len(set(values)) == 1, f"{what}: {values}"
    return values[0]


def nodes(tree):
    for n in tree:
        yield n
        yield from nodes(n["children"] + n["merged"])


# -- calls
@tap.test("X2 of one element, X3 of another, no Correlation ID in common: one CIN by the media in the SDP")
def _():
    for kill in (False, True):
        o = Order()
        c = Call("sep@x", PHONE, FAR)
        o.ne("scscf").sip(c.invite(), corr=100)
        o.ne("scscf").sip(c.ok(), corr=100, direction=x23.TO_TARGET)
        o.done()
        o.ne("media").rtp(0, PHONE, FAR, corr=900)
        o.ne("media").rtp(10, FAR, PHONE, corr=901, direction=x23.TO_TARGET)
        if kill:
            o.kill()
        o.ne("extra").packet(PHONE, FAR, comm.rtp(20), corr=902)
        o.ne("extra").packet(FAR, PHONE, comm.rtp(30), direction=x23.TO_TARGET)
        o.ne("media").rtp(40, PHONE, FAR, corr=900)
        o.done()
        o.ne("scscf").sip(c.bye(), corr=100)
        o.ne("scscf").sip(c.bye_ok(), corr=100)
        rows = o.records()
        tap.equal(len(rows), 15, "records")
        cin = one([r["cin"] for r in rows], "CIN")
        tap.equal(types(rows, cin), ["Begin", "Continue", "Continue", "End"], "types")
        (node,) = o.tree()
        tap.equal((node["cin"], node["iri"], node["cc"], node["open"]), (cin, 4, 11, False), "tree")
        tap.equal(sorted(node["nes"]), ["extra", "media", "scscf"], "elements in the tree")
        o.close()


@tap.test("X3 first, with and without Correlation ID: the IRI adopts the CIN")
def _():
    for corr in (0, 700):
        o = Order()
        o.ne("media").rtp(0, PHONE, FAR, corr=corr)
        o.ne("media").rtp(5, FAR, PHONE, corr=corr, direction=x23.TO_TARGET)
        if corr:
            o.kill()
        else:
            o.done()
        c = Call("late@x", PHONE, FAR)
        o.ne("scscf").sip(c.invite())
        o.ne("scscf").sip(c.ok(), direction=x23.TO_TARGET)
        o.done()
        o.ne("media").rtp(10, PHONE, FAR, corr=corr)
        rows = o.records()
        tap.equal(len(rows), 11, "records")
        one([r["cin"] for r in rows], f"CIN, Correlation ID {corr}")
        o.close()


@tap.test("several X2 elements of one call: by Call-ID, and through a back-to-back agent by ICID")
def _():
    o = Order()
    a, b, other = Call("b2b-a@x", icid="icid-1"), Call("b2b-b@x", icid="icid-1"), Call("b2b-c@x", icid="icid-2")
    o.ne("pcscf").sip(a.invite(), corr=1)
    o.ne("scscf").sip(a.invite("X-Hop: 2"), corr=2)
    o.done()
    o.ne("extra").sip(b.invite(), corr=3)
    o.ne("extra").sip(other.invite(), corr=4)
    o.kill()
    o.ne("extra").sip(b.ok(), corr=3)
    o.ne("extra").sip(other.ok(), corr=4)
    o.done()
    iri, _ = o.cins()
    tap.equal([i == iri[0] for i in iri], [True, True, True, False, True, False], "of the call")
    o.close()


@tap.test("two calls at the same time are two CINs, whether media or signalling comes first")
def _():
    o = Order()
    calls = [Call(f"two{i}@x", (PHONE[0], 41000 + 2 * i), (FAR[0], 6000 + 2 * i)) for i in range(4)]
    for c in calls[:2]:
        o.ne("scscf").sip(c.invite())
        o.ne("scscf").sip(c.ok())
    o.done()
    for i, c in enumerate(calls):
        o.ne("media").rtp(10 * i, c.media, c.other)
        o.ne("media").rtp(10 * i + 5, c.other, c.media)
    o.done()
    for c in calls[2:]:
        o.ne("scscf").sip(c.invite())
        o.ne("scscf").sip(c.ok())
    o.kill()
    for i, c in enumerate(calls):
        o.ne("media").rtp(100 + 10 * i, c.media, c.other)
    iri, cc = o.cins()
    by_call = [one(iri[2 * i:2 * i + 2] + cc[6 * i:6 * i + 6] + cc[24 + 3 * i:27 + 3 * i], f"call {i}") for i in range(4)]
    tap.equal(len(set(by_call)), 4, "CINs")
    o.close()


@tap.test("a later call at the same port is another one; the last packets of the first stay with it")
def _():
    for corr in (0, 50):
        o = Order()
        cins = []
        for i in range(2):
            c = Call(f"again{i}@x", PHONE, FAR)
            o.ne("scscf").sip(c.invite())
            o.ne("scscf").sip(c.ok())
            o.done()
            o.ne("media").rtp(10 * i, PHONE, FAR, corr=corr and corr + i)
            o.done()
            o.ne("scscf").sip(c.bye())
            o.ne("scscf").sip(c.bye_ok())
            o.done()
            o.ne("media").rtp(10 * i + 5, PHONE, FAR, corr=corr and corr + i)
            o.done()
            if i == 0:
                o.kill()
        iri, cc = o.cins()
        cins = [one(iri[:4] + cc[:6], "first call"), one(iri[4:] + cc[6:], "second call")]
        assert cins[0] != cins[1], "the port was used again"
        o.close()


@tap.test("a call without media at the target's element is complete, and nothing is amiss")
def _():
    o = Order(delivery="both")
    c = Call("p2p@x", PHONE, FAR)
    for m in (c.invite(), c.ok(), c.bye(), c.bye_ok()):
        o.ne("scscf").sip(m)
    rows = o.records()
    tap.equal(types(rows, rows[0]["cin"]), ["Begin", "Continue", "Continue", "End"], "types")
    w = tap.warrant(lab, o.liid)
    tap.equal((w["delivered"], w["rejected"], w["ok"]), (4, 0, True), "books")
    tap.equal([a for a in tap.alarms(lab) if o.liid in a[1]], [], "alarms")
    tap.equal([s["no_content"] for s in o.tree()], [True], "flagged: no content")
    o.close()


@tap.test("a transfer keeps its CIN: REFER with Replaces, and the INVITE that replaces")
def _():
    o = Order()
    a, b = Call("tra@x"), Call("trb@x")
    o.ne("scscf").sip(a.invite())
    o.ne("scscf").sip(a.ok())
    o.ne("scscf").sip(a.refer("sip:carol@c.invalid?Replaces=trc%40x%3Bto-tag%3Da%3Bfrom-tag%3Db"))
    o.kill()
    o.ne("pcscf").sip(b.invite("Replaces: tra@x;to-tag=ttra@x;from-tag=ftra@x"))
    o.ne("pcscf").sip(b.ok())
    o.done()
    o.ne("scscf").sip(a.bye())
    o.ne("scscf").sip(a.bye_ok())
    o.done()
    o.ne("pcscf").sip(b.bye())
    o.ne("pcscf").sip(b.bye_ok())
    rows = o.records()
    tap.equal(types(rows, one([r["cin"] for r in rows], "CIN")), ["Begin"] + ["Continue"] * 7 + ["End"], "types")
    o.close()


@tap.test("legs of a conference are one session, by the URI of its focus")
def _():
    o = Order()
    focus = "sip:conf7@focus.invalid"
    legs = [Call(f"leg{i}@x", (PHONE[0], 42000 + 2 * i), callee="conf7") for i in range(3)]
    for i, leg in enumerate(legs):
        ne = o.ne(("scscf", "pcscf", "extra")[i])
        ne.sip(leg.invite(), corr=10 + i)
        ne.sip(leg.ok(contact=f"{focus}>;isfocus;x=<y"), corr=10 + i, direction=x23.TO_TARGET)
        o.done()
        if i == 1:
            o.kill()
    rows = o.records()
    tap.equal(len(rows), 6, "records")
    last = [r["cin"] for r in rows][1::2]
    one(last, "CIN of the answers")
    top = o.tree()
    tap.equal(len(top), 1, "sessions at the top of the tree")
    o.close()


# -- accesses
@tap.test("RADIUS: packets before, during and after an access; the address released and given again")
def _():
    o = Order()
    ip = "10.1.0.5"
    here, there = (ip, 1000), (FAR[0], 80)
    o.ne("media").packet(here, there, b"before")
    o.done()
    o.ne("access1").radius(comm.accounting(1, b"S1", ip=ip))
    o.done()
    o.ne("media").packet(here, there, b"during")
    o.kill()
    o.ne("media").packet(there, here, b"to it", direction=x23.TO_TARGET)
    o.ne("media").packet(("10.77.0.1", 9), there, b"of another address")
    o.done()
    o.ne("access1").radius(comm.accounting(2, b"S1", ip=ip))
    o.kill()
    o.ne("media").packet(here, there, b"nobody's")
    o.done()
    o.ne("access1").radius(comm.accounting(1, b"S2", ip=ip))
    o.done()
    o.ne("media").packet(here, there, b"again")
    iri, cc = o.cins()
    first, second = one(iri[:2], "first access"), iri[2]
    assert first != second, "two accesses"
    tap.equal([c == first for c in cc], [True, True, True, False, False, False], "packets of the first access")
    tap.equal([c == second for c in cc], [False] * 5 + [True], "packets of the second")
    assert cc[3] not in (first, second), "an address of no access"
    o.close()


@tap.test("DHCP: a lease, its renewal, its release; the address for the next client")
def _():
    o = Order()
    ip, there = "10.2.0.5", (FAR[0], 80)
    m1, m2 = b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2"
    d, p = o.ne("access1"), o.ne("media")
    for octets in (comm.dhcp(comm.DISCOVER, m1, 1, giaddr="10.2.0.1"), comm.dhcp(comm.ACK, m1, 1, yiaddr=ip, giaddr="10.2.0.1")):
        d.dhcp(octets)
    d.done()
    p.packet((ip, 1000), there, b"one", corr=31)
    o.kill()
    d.dhcp(comm.dhcp(comm.REQUEST, m1, 2, ciaddr=ip))
    d.dhcp(comm.dhcp(comm.ACK, m1, 2, yiaddr=ip, ciaddr=ip))
    d.done()
    p.packet((ip, 1001), there, b"two", corr=32)
    p.done()
    d.dhcp(comm.dhcp(comm.RELEASE, m1, 3, ciaddr=ip))
    o.kill()
    d.dhcp(comm.dhcp(comm.ACK, m2, 4, yiaddr=ip, giaddr="10.2.0.1"))
    d.done()
    p.packet((ip, 1002), there, b"three", corr=33)
    o.done()
    d.dhcp(comm.dhcp(comm.DISCOVER, m1, 5, giaddr="10.2.0.1"))
    rows = o.records()
    iri, cc = [r["cin"] for r in rows if r["class"] == "iri"], [r["cin"] for r in rows if r["class"] == "cc"]
    first = one(iri[:5] + cc[:2], "first client")
    second = one([iri[5], cc[2]], "second client")
    assert len({first, second, iri[6]}) == 3, "the first client again, later"
    tap.equal(types(rows, first), ["Report", "Begin", "Continue", "Continue", "End"], "types")
    o.close()


@tap.test("DHCP: one device in two networks is two accesses; two elements that see one transaction are one")
def _():
    o = Order()
    mac, there = b"\x02\0\0\0\0\3", (FAR[0], 80)
    for i in (1, 2):
        for kind, more in ((comm.DISCOVER, {}), (comm.ACK, {"yiaddr": f"10.6.{i}.5"})):
            o.ne(f"access{i}").dhcp(comm.dhcp(kind, mac, 100 + i, **more))
        o.done()
        o.ne("media").packet((f"10.6.{i}.5", 1), there, b"net")
        o.done()
    o.ne("extra").dhcp(comm.dhcp(comm.DISCOVER, mac, 102, giaddr="10.6.2.1"))
    o.kill()
    o.ne("access1").dhcp(comm.dhcp(comm.RELEASE, mac, 103, ciaddr="10.6.1.5"))
    o.done()
    o.ne("media").packet(("10.6.2.5", 1), there, b"still")
    iri, cc = o.cins()
    first, second = one(iri[:2] + [iri[5], cc[0]], "first"), one(iri[2:5] + cc[1:], "second")
    assert first != second, "two networks"
    o.close()


@tap.test("IPv6: packets of any address in a delegated prefix carry the CIN of its access")
def _():
    for prefix, inside, outside in (("2001:db8:1::/56", "2001:db8:1:7::9", "2001:db8:1:100::9"), ("2001:db8:2:4::/62", "2001:db8:2:6::1", "2001:db8:2:8::1"),
                                    ("2001:db8:3:1::/64", "2001:db8:3:1::1:1", "2001:db8:3:2::1")):
        o = Order()
        far = ("2001:db8:ffff::1", 443)
        o.ne("access1").radius(comm.accounting(1, b"S6", prefix=prefix))
        o.done()
        o.ne("media").packet((inside, 1), far, b"in")
        o.ne("media").packet((outside, 1), far, b"out")
        o.ne("media").packet(far, (inside, 1), b"back", direction=x23.TO_TARGET)
        o.done()
        c = Call("six@x", (inside, 4000), (far[0], 5000), at=f"[{inside}]")
        o.ne("scscf").sip(c.invite())
        rows = o.records()
        iri, cc = [r["cin"] for r in rows if r["class"] == "iri"], [r["cin"] for r in rows if r["class"] == "cc"]
        tap.equal([x == iri[0] for x in cc], [True, False, True], f"packets, {prefix}")
        assert iri[1] != iri[0], "the call is not its access"
        tap.equal(link_of([r for r in rows if r["class"] == "iri"][1]), iri[0], "link of the call to its access")
        o.close()


@tap.test("several accesses of one user at the same time stay apart")
def _():
    o = Order()
    nas = "192.0.2.1"
    ip = ["10.3.0.1", "10.3.0.2", "10.3.0.3"]
    for i in range(2):  # two attempts, then both answers, which say nothing but the user
        o.ne("access1").radius(comm.radius(1, i + 1, (1, b"alice"), (4, comm.address(nas)), (31, b"line%d" % i)))
    for i in range(2):
        o.ne("access1").radius(comm.radius(2, i + 1, (1, b"alice"), (8, comm.address(ip[i]))))
    for i in range(3):  # no line is named: the user at the NAS is all there is
        o.ne("access2").radius(comm.accounting(1, b"T%d" % i, station=None, ip=f"10.3.1.{i + 1}"))
    o.kill()
    for i in range(3):
        o.ne("access2").radius(comm.accounting(2, b"T%d" % i, station=None, ip=f"10.3.1.{i + 1}"))
    iri, _ = o.cins()
    tap.equal((iri[0] == iri[2], iri[1] == iri[3]), (True, True), "answers belong to their attempts")
    tap.equal(iri[4:7], iri[7:10], "stops belong to their starts")
    tap.equal(len(set(iri)), 5, "accesses")
    o.close()


@tap.test("three accesses with 5 s of overlap: each its own CIN, the call keeps one and names the access that it uses")
def _():
    o = Order()
    ip = ["10.4.1.1", "10.4.2.1", "10.4.3.1"]
    c = Call("roam@x", (ip[0], 40000), FAR, at=ip[0])
    link = []
    for i in range(3):
        o.ne(f"access{i + 1}").radius(comm.accounting(1, b"R%d" % i, nas=f"192.0.2.{i + 1}", station=b"device", ip=ip[i]))
        o.done()
        if i == 0:
            o.ne("scscf").sip(c.invite(), corr=5)
            o.ne("scscf").sip(c.ok(), corr=5, direction=x23.TO_TARGET)
        else:
            o.ne("scscf").sip(c.again((ip[i], 40000), ip[i]), corr=5)
        o.done()
        o.ne("media").rtp(10 * i, (ip[i], 40000), FAR, corr=600 + i)
        o.ne("extra").packet((ip[i], 7), (FAR[0], 80), b"net %d" % i)
        if i > 0:
            o.kill()
            o.ne(f"access{i}").radius(comm.accounting(2, b"R%d" % (i - 1), nas=f"192.0.2.{i}", station=b"device", ip=ip[i - 1]))
        o.done()
    o.ne("scscf").sip(c.bye(), corr=5)
    o.ne("scscf").sip(c.bye_ok(), corr=5)
    rows = o.records()
    calls = [r for r in rows if r["class"] == "iri" and r["items"][0].get("sip")]
    access = [r for r in rows if r["class"] == "iri" and not r["items"][0].get("sip")]
    call = one([r["cin"] for r in calls], "CIN of the call")
    starts = [r["cin"] for r in access if r["items"][0]["iri_type"] == "iRI-Begin"]
    tap.equal((len(starts), len(set(starts)), call in starts), (3, 3, False), "CINs of the accesses")
    link = [link_of(r) for r in calls]
    tap.equal(link, [starts[0], starts[0], starts[1], starts[2], starts[2], starts[2]], "links of the call")
    cc = [r for r in rows if r["class"] == "cc"]
    tap.equal([r["cin"] for r in cc if "rtp" in json.dumps(r["items"][0]).lower() and r["cin"] == call][:1], [call], "media")
    tap.equal(sorted(r["cin"] for r in cc if r["cin"] != call), sorted(starts), "packets of each access")
    tree = o.tree()
    tap.equal({n["cin"] for n in tree}, set(starts), "accesses at the top of the tree")
    (above,) = [n for n in tree if n["children"]]
    tap.equal((above["cin"], above["children"][0]["cin"]), (starts[2], call), "the call hangs on the last")
    p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "session", "tree", o.liid], capture_output=True, text=True)
    tap.equal(p.returncode, 0, p.stderr)
    for word in (str(call), *map(str, starts), "scscf", "media", "access3"):
        assert word in p.stdout, f"{word} is not in the tree:\n{p.stdout}"
    o.close()


@tap.test("VoLTE: SIP here, RTP there, the access elsewhere: one CIN for the call, a link to the access; its other packets are not of the call")
def _():
    o = Order()
    ip = "10.5.0.1"
    o.ne("access1").radius(comm.accounting(1, b"V1", ip=ip))
    o.done()
    o.ne("extra").packet((ip, 5060), (FAR[0], 5060), b"data", corr=0)
    o.ne("extra").packet((ip, 40000), FAR, comm.rtp(0))  # media before the call is known: of the access
    o.done()
    c = Call("volte@x", (ip, 40000), FAR, at=ip)
    o.ne("scscf").sip(c.invite(), corr=1)
    o.ne("scscf").sip(c.ok(), corr=1, direction=x23.TO_TARGET)
    o.kill()
    o.ne("media").rtp(0, (ip, 40000), FAR, corr=2)
    o.ne("extra").packet((ip, 40000), FAR, comm.rtp(9))
    o.ne("extra").packet((ip, 99), (FAR[0], 53), b"other")
    o.done()
    o.ne("scscf").sip(c.bye(), corr=1)
    o.ne("scscf").sip(c.bye_ok(), corr=1)
    rows = o.records()
    iri = [r for r in rows if r["class"] == "iri"]
    access, call = iri[0]["cin"], one([r["cin"] for r in iri[1:]], "call")
    assert access != call, "the call is not its access"
    tap.equal([link_of(r) for r in iri], [None] + [access] * 4, "links")
    got = sorted(r["cin"] for r in rows if r["class"] == "cc")
    tap.equal(got, sorted([access] * 3 + [call] * 4), "CC of each")
    o.close()


# -- joins
@tap.test("partial segments: attribute 21 says that two Correlation IDs are one; nothing is sent again, HI2 carries the link")
def _():
    for kill in (False, True):
        o = Order()
        a, b = Call("segA@x"), Call("segB@x")
        o.ne("scscf").sip(a.invite(), corr=0xA1)
        o.ne("scscf").sip(a.ok(), corr=0xA1)
        o.ne("pcscf").sip(b.invite(), corr=0xB2)
        o.ne("pcscf").rtp(0, PHONE, FAR, corr=0xB2)
        before = len(o.records())
        o.ne("pcscf").sip(b.ok(), corr=0xB2, axri=[0xA1])
        if kill:
            o.kill()
        o.done()
        o.ne("pcscf").rtp(5, PHONE, FAR, corr=0xB2)
        o.ne("pcscf").sip(b.message("SIP/2.0 180 Ringing", "INVITE"), corr=0xB2)
        rows = o.records()
        tap.equal(len(rows), before + 5, "records: nothing is sent again")
        iri = [r for r in rows if r["class"] == "iri"]
        first, second = iri[0]["cin"], iri[2]["cin"]
        assert first != second, "two segments at first"
        tap.equal([r["cin"] for r in iri], [first, first, second, first, first], "IRI")
        tap.equal([link_of(r) for r in iri], [None, None, None, second, second], "links")
        tap.equal([r["cin"] for r in rows if r["class"] == "cc"], [second] * 3 + [first] * 3, "CC")
        (top,) = o.tree()
        tap.equal((top["cin"], [m["cin"] for m in top["merged"]]), (first, [second]), "tree")
        tap.equal(sorted(top["nes"]), ["pcscf", "scscf"], "elements")
        o.close()


@tap.test("attribute 21 joins within its own warrant only, and other XIDs get their copy as before")
def _():
    o, other = Order(), Order()
    for x in (o, other):
        x.ne("scscf").sip(Call("w1@x").invite(), corr=1)
        x.ne("pcscf").sip(Call("w2@x").invite(), corr=2)
        x.done()
    o.ne("scscf").sip(Call("w1@x").ok(), corr=1, axri=[2, (other.xid, 1)])
    a, b = o.cins()[0], other.cins()[0]
    tap.equal(len({n["cin"] for n in o.tree()}), 1, "joined")
    tap.equal(len(other.tree()), 2, "not joined")
    tap.equal((len(a), len(b), len(set(b))), (3, 3, 2), "IRI")
    o.close()
    other.close()


# -- copies
def profile(lea, name, **more):
    path = os.path.join(lab.dir, f"{name}.json")
    with open(path, "w") as f:
        json.dump({"version": "1", "name": name, **more}, f)
    lab.ctl("profile", "import", "--file", path)
    lab.ctl("lea", "set", "--lea", lea, "--profile", name)


@tap.test("one packet and one event from three elements: dropped, marked, passed, by agency; counted with their sources")
def _():
    marks = {}
    for policy in ("drop", "mark", "pass"):
        profile("lea-a", f"copies-{policy}", duplicates=policy)
        o, apart = Order(), Order(lea="lea-b")
        before = x23.Journal(lab)
        for name in ("access1", "access2", "access3"):
            ne = o.ne(name)
            ne.packet((PHONE[0], 1), (FAR[0], 2), b"same", corr=77)
            ne.sip(Call("copy@x").invite(), corr=78)
            ne.packet((PHONE[0], 1), (FAR[0], 2), b"same", corr=77, xid=apart.xid)
            ne.done()
        o.ne("access1").packet((PHONE[0], 1), (FAR[0], 2), b"same", corr=77)  # a true repetition
        rows = o.records()
        w = tap.warrant(lab, o.liid)
        want = {"drop": (3, 4), "mark": (7, 0), "pass": (7, 0)}[policy]
        tap.equal((len(rows), w["copies"]), want, f"{policy}: delivered, copies")
        marks[policy] = sorted(r["pdu"]["pSHeader"].get("interceptionPointID", "-") for r in rows)
        tap.equal((tap.warrant(lab, apart.liid)["received"], tap.warrant(lab, apart.liid)["delivered"]), (3, 1), "the other warrant has its own")
        if policy == "drop":
            entries = before.wait(lambda r: r["kind"] == "COPY", "copies")
            mine = [e for e in entries if e["kind"] == "COPY"]
            assert {e["ne"] for e in mine} >= {"access2", "access3"}, mine
        o.close()
    tap.equal(marks, {"drop": ["-"] * 3, "mark": ["-"] * 3 + ["COPY"] * 4, "pass": ["-"] * 7}, "marks")
    lab.ctl("lea", "set", "--lea", "lea-a", "--profile", "etsi")


# -- triggers
@tap.test("a trigger: CC of an element that is not allowed is taken while an IRI names its media, not before, not after, also over kill -9")
def _():
    o = Order(trigger="yes", ne="scscf,media")
    c = Call("trig@x", PHONE, FAR)
    far = o.ne("extra")

    def refused():
        return tap.warrant(lab, o.liid)["rejected"]

    far.rtp(0, PHONE, FAR, count=1)
    far.sip(c.invite())  # its IRI is never taken
    far.done()
    tap.equal(refused(), 2, "refused before")
    o.ne("media").rtp(50, PHONE, FAR, count=1)  # media alone open nothing
    o.done()
    far.rtp(1, PHONE, FAR, count=1)
    far.done()
    tap.equal(refused(), 3, "refused before the IRI")
    o.ne("scscf").sip(c.invite())
    o.ne("scscf").sip(c.ok())
    o.done()
    far.rtp(2, PHONE, FAR, count=2)
    far.rtp(4, (PHONE[0], 44444), (FAR[0], 5555), count=1)
    far.done()
    tap.equal(refused(), 4, "refused: other media")
    o.kill()
    far.rtp(5, FAR, PHONE, count=2)
    far.done()
    tap.equal(refused(), 4, "taken after kill -9")
    o.ne("scscf").sip(c.bye())
    o.ne("scscf").sip(c.bye_ok())
    o.kill()
    far.rtp(7, PHONE, FAR, count=1)
    far.done()
    tap.equal(refused(), 5, "refused after")
    rows = o.records()
    one([r["cin"] for r in rows], "CIN")
    tap.equal(len(rows), 4 + 1 + 4, "records")

    def events():
        return [e["event"] for e in lab.ctl("warrant", "events", o.liid)]
    tap.wait_for("both events", lambda: len(events()) >= 2, 8)
    tap.equal(sorted(events()), ["trigger-close", "trigger-open"], "events")
    audit = [e for e in lab.ctl("audit", "list", "--limit", "1000") if "trigger" in json.dumps(e) and "warrant.trigger" in json.dumps(e)]
    assert len(audit) >= 2, audit
    o.close()


@tap.test("the facility finds nothing amiss: numbering, decoding, integrity, links")
def _():
    for n in ("lemf-a", "lemf-b"):
        tap.verify(lab, n)
        r = lab.lemf_report(n)
        assert not (r["missing"] or r["duplicates"] or r["conflicts"] or r["order_violations"] or r["undecodable"]), r
        tap.equal(r.get("findings", []), [], "findings")


tap.main(setup)
