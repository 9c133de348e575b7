#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All screens of all roles at three widths, light and dark, English and German, on paper and by keyboard."""

import time

import stage
import tap


def soon(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + hours * 3600))


def furnish(s):
    """Something on every screen: warrants in several states, traffic, a link that is down, what waits for a second person, a report, an alarm."""
    s.provision(nes=("ne1", "ne2"))
    s.warrant("SWEEP-A-1")
    s.warrant("SWEEP-B-1", lea="lea-b")
    s.warrant("SWEEP-SOON", until=soon(20))
    s.warrant("SWEEP-DRAFT", state="draft")
    s.warrant("SWEEP-WAITS", state="submitted")
    s.do_pdus(liid="SWEEP-A-1")
    s.do_drained()
    s.do_lemf_stop("lemf-b")
    s.do_pdus(liid="SWEEP-B-1")
    s.call("alice", "report.make", {"kind": "R6"})
    tap.wait_for("an alarm", lambda: [a for a in s.call("alice", "alarm.list") if not a["cleared"]], 30)


stage.main("sweep", furnish)
