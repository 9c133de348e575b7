#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completeness in the browser: what came and where it went, live over an outage, losses and gaps by name."""

import stage
import x23


@stage.command
def product(s, liid, count):
    """COUNT PDUs of content and ten events of the warrant, acknowledged."""
    s.lab.ne(xid=s.xids[liid], generate=[f"format=rtp,count={count}", "format=sip,count=10"])


@stage.command
def stray(s, liid):
    """PDUs of a network element that the warrant does not name."""
    s.lab.ne("ne2", xid=s.xids[liid], generate="format=rtp,count=7")


@stage.command
def faults(s, liid):
    """One communication with four numbers missing, of which one comes late; a PDU sent twice, one that cannot be read, and one of no session."""
    link = x23.Link(s.lab)
    xid = s.xids[liid]

    def pdu(seq, payload=None, corr=0x77):
        return x23.pdu(xid, x23.ip_packet(seq) if payload is None else payload, corr=corr, seq=seq)
    twice = pdu(6)
    for octets in (pdu(0), pdu(5), pdu(3), twice, twice, pdu(7, b"\x45"), pdu(0, b"\x45", 0x78)):
        link.send(octets)
    link.alive()
    link.close()


def setup(s):
    s.provision(nes=("ne1", "ne2"))
    s.warrant("W-COMPLETE", ne=["ne1"])


stage.main("completeness", setup)
