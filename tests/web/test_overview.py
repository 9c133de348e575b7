#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The overview: what needs attention, for each role, live; every number leads to the rows behind it."""

import stage



def prepare(s):
    s.provision(nes=("ne1", "ne2"))
    s.two("alice", "bob", "regime.import", {"file": {"name": "paper", "version": "1", "provisional_hours": 48, "required": ["reference"], "legal_types": ["fax"]}})


stage.main("overview", prepare)
