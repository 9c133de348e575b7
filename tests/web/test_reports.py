#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports in the browser: made as long work, hash and signature checked in the browser, proof, schedule, review; who may see which."""

import subprocess

import stage


@stage.command
def report_verify(s, file):
    p = subprocess.run([s.lab.exe("mdfctl"), "report", "verify", file, "--key", s.lab.dir + "/state/log.vkey", "--json"], capture_output=True, text=True)
    return {"code": p.returncode, "out": p.stdout + p.stderr}


def setup(s):
    s.provision()
    w = s.warrant("W-REPORT")
    s.lab.ne(xid=w["xid"], generate="format=rtp,count=50")


stage.main("reports", setup)
