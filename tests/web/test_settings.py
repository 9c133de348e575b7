#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Administration in the browser: agencies, profiles, settings by two persons; retention and holds; vault, clock, self-check, journal; an operator without identities."""

import json
import os

import stage


@stage.command
def profile(s, name, **fields):
    """A file with a profile."""
    path = os.path.join(s.lab.dir, f"{name}.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"name": name, "version": "1", **fields}, f)
    return path


@stage.command
def stray(s):
    """PDUs under an XID that no warrant has."""
    s.lab.ne("ne1", xid="00000000-0000-4000-8000-00000000dead", generate="format=rtp,count=3", check=False)


def setup(s):
    s.provision()
    s.warrant("W-SETTINGS")
    s.call("alice", "warrant.stop", {"warrant": "W-SETTINGS", "reason": "over"})
    s.warrant("W-RUNS")


stage.main("settings", setup)
