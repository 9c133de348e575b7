#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Warrants found by an identity and by an XID; what is typed stays nowhere; a note on a notice of a fault."""

import glob
import os
import sqlite3

import stage


@stage.command
def stale(s):
    """The fresh factor of every session is long ago."""
    db = sqlite3.connect(os.path.join(s.lab.dir, "state", "openmdf.db"), timeout=20)
    with db:
        db.execute("UPDATE session SET stepped_ns = 1")
    db.close()


@stage.command
def files_with(s, text):
    """The files of the daemon (log, database, spools) in which TEXT stands."""
    found = []
    for path in glob.glob(os.path.join(s.lab.dir, "**"), recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                if text.encode() in f.read():
                    found.append(os.path.relpath(path, s.lab.dir))
    return found


def prepare(s):
    s.provision()
    s.two("sam", "bob", "setting.set", {"name": "notice_after_s", "value": 1})


stage.main("find", prepare)
