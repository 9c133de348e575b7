#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports in the browser: made as long work, hash and signature checked in the browser, proof, schedule, review; who may see which."""

import os
import sqlite3
import subprocess

import stage


@stage.command
def report_verify(s, file):
    p = subprocess.run([s.lab.exe("mdfctl"), "report", "verify", file, "--key", s.lab.dir + "/state/log.vkey", "--json"], capture_output=True, text=True)
    return {"code": p.returncode, "out": p.stdout + p.stderr}


@stage.command
def report_underway(s):
    """The newest work of a report as kill -9 leaves it while it is under way."""
    s.do_mdfd_stop()
    with sqlite3.connect(os.path.join(s.lab.dir, "state", "openmdf.db")) as d:
        n = d.execute("UPDATE work SET state = 'running', ended_ns = NULL, result = NULL, error = NULL WHERE id = (SELECT max(id) FROM work"
                      " WHERE op = 'report.make')").rowcount
    s.do_mdfd_start()
    return n


def setup(s):
    s.provision()
    w = s.warrant("W-REPORT")
    s.lab.ne(xid=w["xid"], generate="format=rtp,count=50")


stage.main("reports", setup)
