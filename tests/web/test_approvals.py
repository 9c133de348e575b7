#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What waits for a second person: changed meanwhile, rejected, withdrawn, expired, and changes of every other kind before and after."""

import os
import sqlite3
import uuid

import stage


@stage.command
def too_old(s, approval):
    """As if a week had passed since it was asked for."""
    db = sqlite3.connect(os.path.join(s.lab.dir, "state", "openmdf.db"), timeout=10)
    with db:
        changed = db.execute("UPDATE approval SET until_ns = submitted_ns WHERE uuid = ?", (uuid.UUID(approval).bytes,)).rowcount
    db.close()
    assert changed == 1, changed


stage.main("approvals", lambda s: s.provision(nes=("ne1", "ne2")))
