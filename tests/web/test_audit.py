#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit log in the browser: search, proof of a row, verifying a range, a row changed by hand, export for mdf-verify."""

import os
import sqlite3
import subprocess

import stage


@stage.command
def damage(s, seq):
    """Somebody with the file in hand changes a row."""
    db = sqlite3.connect(os.path.join(s.lab.dir, "state", "openmdf.db"), timeout=20)
    with db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall()
        for name, _ in triggers:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE audit SET reason = 'never happened' WHERE seq = ?", (seq,))
        for _, sql in triggers:
            db.execute(sql)
    db.close()


@stage.command
def mdf_verify(s, file, vkey):
    p = subprocess.run([s.lab.exe("mdf-verify"), "--key", vkey, file], capture_output=True, text=True)
    return {"code": p.returncode, "out": p.stdout + p.stderr}


def setup(s):
    s.provision()
    s.warrant("W-AUDIT")


stage.main("audit", setup)
