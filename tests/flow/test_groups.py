#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Network elements that come and go: a group is one registration and a pattern for certificate names.  Fifty virtual elements start, send and vanish within
a minute; nobody does anything by hand."""

import os
import socket
import struct
import time

import packets as pk
import tap
import x23

lab = None
N = 50
TARGET, PEER = "192.0.2.10", "198.51.100.7"
LATER = ("upf-later.core", "upf-late2.core")
IMPOSTORS = {"dot": "DNS:upf-1.evil.core.lab.example", "front": "DNS:xupf-1.core.lab.example", "back": "DNS:upf-1.core.lab.example.invalid",
             "empty": "DNS:upf-.core.lab.example", "wild": "DNS:upf-*.core.lab.example", "uri": "URI:upf-1.core.lab.example",
             "mail": "email:upf-1@core.lab.example", "only-cn": "DNS:other.lab.example"}


def setup():
    global lab
    lab = tap.start_lab(nes=[f"upf-{i}.core" for i in range(N)] + list(LATER), lemfs=("lemf-a",), session__idle_s=30)
    for name, san in IMPOSTORS.items():
        lab.pki.issue("x", "upf-1.core.lab.example" if name == "only-cn" else name, san)
    lab.pki.issue("x", "upper", "DNS:UPF-Upper.Core.Lab.Example")
    lab.pki.issue("x", "uri-good", "URI:urn:lab:smf:9:x2")
    lab.ctl("ne", "add", "upf", "--san", "upf-*.core.lab.example", "--group", "yes", "--time-p2-s", "2")
    lab.ctl("ne", "add", "smf", "--san", "urn:lab:smf:*:x2", "--group", "yes")
    lab.ctl("lea", "add", "lea-a", "--country", "NL")
    tap.add_destination(lab, "lemf-a", "lea-a")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    return lab


def order(liid, **more):
    xid = tap.new_xid()
    tap.add_warrant(lab, liid, "lea-a", xid, **more)
    tap.in_force(lab)
    return xid


def rows(liid):
    return list({(r["class"], r["cin"], r["seq"]): r for r in tap.records(lab, "lemf-a", "--liid", liid)}.values())


def lost(name):
    return [r for r in lab.ctl("journal", "list", "--kind", "ne-lost", "--limit", "1000") if r["note"].startswith(name)]


def vanish(link):
    """Without a word: as a machine that is switched off while its peer still answers."""
    link.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(link.s)


@tap.test("fifty elements start, send and vanish within a minute without a manual step; nothing is lost, each is reported (CLD-31)")
def _():
    began = time.monotonic()
    xid = order("MANY")
    path = os.path.join(lab.dir, "many.ledger")
    names = [f"upf-{i}.core" for i in range(N)]
    s = lab.ne(names, xid=xid, seed=31, ledger=path, generate=f"format=rtp,corr=session,sessions={N},count={N * 20}")
    tap.equal(s["acked"], N * 20, "acknowledged")
    w = tap.warrant(lab, "MANY", tap.drained(lab))
    tap.equal((w["delivered"], w["rejected"], w["duplicate"], w["copies"]), (N * 20, 0, 0, 0), "books")
    tap.equal(sorted(b[4] for b in tap.bodies(lab, "lemf-a", "--liid", "MANY")), sorted(r["crc32c"] for r in tap.ledger(path)), "content")
    tap.wait_for("each reported", lambda: all(lost(f"{n}.lab.example") for n in names), 8, 0.2)
    assert time.monotonic() - began < 60
    (row,) = [n for n in lab.status()["nes"] if n["name"] == "upf"]
    tap.equal((row["elements"], row["connections"], row["pdus"] >= N * 20), (N, 0, True), "the group in the status")
    tap.equal(len({r["cin"] for r in rows("MANY")}), N, "sessions")


@tap.test("a session goes on when its element goes and another takes over: one CIN, numbers without a gap (CLD-31)")
def _():
    s = pk.Sender(x23.Link(lab, "upf-1.core"), order("SCALE"), nfid=b"upf")
    for i in range(10):
        s.packet(pk.udp(TARGET, PEER, 4000, 53, b"one %d" % i))
    s.alive()
    tap.equal(len(rows("SCALE")) <= 10, True)
    vanish(s.link)
    tap.wait_for("reported with its name", lambda: any(r["code"] for r in lost("upf-1.core.lab.example")), 5, 0.1)
    assert any(o == "upf-1.core.lab.example" for _, o in tap.alarms(lab, "NE-LOST")), "alarm"
    s = pk.Sender(x23.Link(lab, LATER[0]), s.xid, nfid=b"upf")  # numbers from 0: another instance, not a repetition
    for i in range(10):
        s.packet(pk.udp(TARGET, PEER, 4000, 53, b"two %d" % i))
    s.alive()
    w = tap.warrant(lab, "SCALE", tap.drained(lab))
    got = rows("SCALE")
    tap.equal((len(got), w["duplicate"], w["rejected"]), (20, 0, 0), "records")
    tap.equal(len({r["cin"] for r in got}), 1, "CINs")
    tap.equal([r["seq"] for r in got], list(range(20)), "numbers")
    tap.equal([r for r in lab.ctl("journal", "list", "--warrant", "SCALE") if r["kind"] in ("GAP", "RESTART", "REUSE", "DUPLICATE")], [], "journal")


@tap.test("an element that falls silent is given up after TIME_P2 and reported; its session stays open (CLD-31)")
def _():
    s = pk.Sender(x23.Link(lab, LATER[1]), order("SILENT"))
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"last words"))
    s.alive()
    tap.wait_for("given up", lambda: [r for r in lost("upf-late2.core.lab.example") if r["code"] == "IDLE"], 8, 0.1)
    warrant = tap.warrant(lab, "SILENT")["id"]
    tap.equal([x["open"] for x in lab.status()["ingest"]["sessions"] if x["warrant"] == warrant], [True], "session")


@tap.test("the same packet through two elements of the group: one delivered, the other counted (SCF-09)")
def _():
    xid = order("COPIES")
    for name in ("upf-2.core", "upf-3.core"):
        s = pk.Sender(x23.Link(lab, name), xid, nfid=name.encode())
        for i in range(5):
            s.packet(pk.udp(TARGET, PEER, 4000, 53, b"same %d" % i))
        s.alive()
        s.link.close()
    w = tap.warrant(lab, "COPIES", tap.drained(lab))
    tap.equal((w["delivered"], w["copies"]), (5, 5), "delivered, copies")


@tap.test("a name that only looks like the pattern is refused (CLD-31)")
def _():
    before = lab.status()["ingest"]["refused"].get("PEER-UNKNOWN", 0)
    for name in IMPOSTORS:
        try:
            x23.Link(lab, "upf-1.core.lab.example" if name == "only-cn" else name).alive()
        except (x23.Closed, TimeoutError, OSError):
            continue
        raise AssertionError(f"{name} was let in")
    tap.wait_for("refusals", lambda: lab.status()["ingest"]["refused"].get("PEER-UNKNOWN", 0) - before == len(IMPOSTORS), 5, 0.1)
    for name in ("upper", "uri-good"):  # DNS names in any case (RFC 6125), URIs by their parts
        x23.Link(lab, name).alive()


@tap.test("one name of the group can be registered by itself, and a group can be revoked as a whole")
def _():
    lab.ctl("ne", "add", "seven", "--san", "upf-7.core.lab.example")
    xid = order("SEVEN", ne="seven")
    for name in ("upf-7.core", "upf-8.core"):
        s = pk.Sender(x23.Link(lab, name), xid, nfid=name.encode())
        s.packet(pk.udp(TARGET, PEER, 4000, 53, name.encode()))
        s.alive()
    w = tap.warrant(lab, "SEVEN", tap.drained(lab))
    tap.equal((w["delivered"], w["detail"]["rejected"]), (1, {"NE-NOT-ALLOWED": 1}), "only that one")
    group = order("GROUP", ne="upf")
    s = pk.Sender(x23.Link(lab, "upf-9.core"), group)
    s.packet(pk.udp(TARGET, PEER, 4000, 53, b"in the group"))
    s.alive()
    lab.ctl("ne", "revoke", "upf")
    s.link.closed()
    try:
        x23.Link(lab, "upf-10.core").alive()
        raise AssertionError("let in after the group was revoked")
    except (x23.Closed, OSError):
        pass
    lab.ctl("ne", "enable", "upf")
    tap.in_force(lab)
    x23.Link(lab, "upf-10.core").alive()
    tap.equal(tap.warrant(lab, "GROUP", tap.drained(lab))["delivered"], 1, "delivered")


@tap.test("all of it decodes; nothing missing, doubled or in conflict; the books are right")
def _():
    tap.accounted(tap.drained(lab))
    tap.verify(lab, "lemf-a")
    r = lab.lemf_report("lemf-a")
    assert not (r["missing"] or r["conflicts"] or r["undecodable"] or r["duplicates"] or r["order_violations"]), r


tap.main(setup)
