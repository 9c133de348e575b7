#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completeness in the browser: what came and where it went, live over an outage, losses and gaps by name."""

import stage


@stage.command
def product(s, liid, count):
    """COUNT PDUs of content and ten events of the warrant, acknowledged."""
    s.lab.ne(xid=s.xids[liid], generate=[f"format=rtp,count={count}", "format=sip,count=10"])


@stage.command
def stray(s, liid):
    """PDUs of a network element that the warrant does not name."""
    s.lab.ne("ne2", xid=s.xids[liid], generate="format=rtp,count=7")


def setup(s):
    s.provision(nes=("ne1", "ne2"))
    s.warrant("W-COMPLETE", ne=["ne1"])


stage.main("completeness", setup)
