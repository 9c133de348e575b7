#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Delivery links in the browser: an outage live, what a link carried as chart and table, a TestPDU that arrives, changes by two persons."""

import stage
import tap


@stage.command
def tests(s, name):
    """How many testPDUs a LEMF has."""
    return sum(r["ev"] == "pdu" and r["kind"] == "testPDU" for r in tap.lemf_events(s.lab, name))


def setup(s):
    s.provision()
    s.warrant("W-LINKS")


stage.main("links", setup)
