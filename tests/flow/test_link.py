#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A handover link that breaks ten times a second under load, and records from the smallest to 16 MiB, over a link that breaks in the middle of them."""

import os
import time

import tap

lab = None
XID = tap.new_xid()
SIZES = (40, 127, 128, 255, 256, 16383, 16384, 65535, 65536, 262144, 1 << 20, 9 << 20, (16 << 20) - 100)

BROKEN = 11  # which of them the link breaks under


def setup():
    """The payload limit is the default of the product here."""
    global lab
    lab = tap.start_lab(lemfs=(), limits__payload_max="16777216", spool__segment_len="32M")
    for n in ("lemf-a", "lemf-b"):
        lab.pki.issue("hi", n, f"DNS:{n}.lab.example,IP:127.0.0.1", "serverAuth")
        lab.lemf(n, control=True, extra=["--quiet"])
    tap.provision(lab)
    for a in "ab":
        tap.add_warrant(lab, f"L-{a}", f"lea-{a}", XID)
    tap.in_force(lab)
    return lab


def unique(lemf):
    """Each record once, by (class, CIN, number); in order when first seen, the same octets when seen again."""
    seen, newest = {}, {}
    for r in tap.lemf_pdus(lab, lemf):
        series = (r["class"], r["cin"])
        key = (*series, r["seq"])
        if key in seen:
            tap.equal(r["crc32c"], seen[key]["crc32c"], "octets of a resend")
            continue
        tap.equal(r["seq"], newest.get(series, -1) + 1, f"order of {series}")
        newest[series] = r["seq"]
        seen[key] = r
    return seen


def tlv(tag, content):
    n = len(content)
    if n < 128:
        return bytes([tag, n]) + content
    octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def xiri(size):
    """An XIRIPayload of SIZE octets, as near as lengths allow."""
    return tlv(0x30, tlv(0x81, bytes([4, 19, 18, 15, 1])) + tlv(0xA2, tlv(0xA1, tlv(0x81, b"\x01") + tlv(0x9E, os.urandom(max(1, size - 30))))))


@tap.test("a link that breaks ten times a second loses nothing and keeps the order")
def _():
    ne = lab.ne_background("ne1", xid=XID, keepalive=0.1, generate=["format=sip,rate=200,duration=3", "format=rtp,rate=800,duration=3,call=50,corr=call",
                                                                   "format=ipv4,rate=400,duration=3,size=1200"])
    breaks = 0
    while ne.poll() is None:
        tap.equal(lab.lemf_control("lemf-a", "close"), "ok", "control")
        breaks += 1
        time.sleep(0.1)  # the rhythm of the fault; nothing is expected of it
    tap.equal(ne.returncode, 0, "mdf-ne")
    s = tap.drained(lab)
    tap.accounted(s)
    n = tap.warrant(lab, "L-a", s)["delivered"]
    tap.equal((len(unique("lemf-a")), len(unique("lemf-b"))), (n, n), "records at A and B")
    tap.note(f"{breaks} breaks, {n} records, {tap.destination(lab, 'lemf-a', s)['resent']} sent again")
    tap.equal(lab.lemf_report("lemf-b")["duplicates"], 0, "duplicates at the agency without trouble")
    for lemf in ("lemf-a", "lemf-b"):
        tap.verify(lab, lemf)


@tap.test("records up to 16 MiB, one of them broken off in the middle")
def _():
    before, resent = len(unique("lemf-b")), tap.destination(lab, "lemf-a")["resent"]
    path = os.path.join(lab.dir, "payload")
    offered = []
    for i, size in enumerate(SIZES):
        payload = xiri(size)
        offered.append(len(payload))
        with open(path, "wb") as f:
            f.write(payload)
        if i == BROKEN:
            tap.equal(lab.lemf_control("lemf-a", f"slow {1 << 20}"), "ok", "control")
        lab.ne(xid=XID, seed=1000 + i, resend_max="64M", generate=f"format=xiri,count=1,payload={path}")
        if i == BROKEN:
            tap.wait_for("it is on its way", lambda: tap.destination(lab, "lemf-a")["in_flight"]["records"] > 0)
            lab.lemf_control("lemf-a", "slow 0\nclose")  # at once, so that the new connection is not slow
    tap.accounted(tap.drained(lab))
    for lemf in ("lemf-a", "lemf-b"):
        rows = list(unique(lemf).values())[before:]
        tap.equal(len(rows), len(SIZES), f"records at {lemf}")
        for row, n in zip(rows, offered, strict=True):
            assert n < row["len"] < n + 300, (lemf, n, row["len"])
        tap.verify(lab, lemf)
    assert tap.destination(lab, "lemf-a")["resent"] > resent, "the big one was not broken off"
    tap.wait_for("no alarm is left", lambda: not tap.alarms(lab), 10)


tap.main(setup)
