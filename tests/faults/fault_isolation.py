# SPDX-License-Identifier: Apache-2.0
"""What one does must not be felt by another: a target at ten times its share, a LEMF that is dead, a flooded REST port; and 1 000 X2 PDUs in a second.

The figure is X2-in to HI2-out at the agency that has no part in it.  The elements, the LEMFs and the flood share the machine with mdfd here, so that it
is an upper bound; the campaign wants the median of the cycles' 99th percentiles under 100 ms, the short form only prints it."""

import os
import shutil
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import campaign
import lab
import latency
import oracle
import rig
import tap

LONG = len(sys.argv) > 1
SECONDS = 30 if LONG else 2
KINDS = ("calm", "x2_1000", "ten_times", "dead_lemf", "rest_flood")
P99_MS = 100
SHARE = 190  # PDU/s of one element of the rig


class Requests(threading.Thread):
    """Requests to the REST port, each on a connection of its own."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.stop, self.answers, self.failures = url, False, 0, 0
        self.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.ctx.check_hostname, self.ctx.verify_mode = False, ssl.CERT_NONE
        self.start()

    def run(self):
        while not self.stop:
            try:
                with urllib.request.urlopen(self.url, timeout=30, context=self.ctx) as r:
                    r.read()
                self.answers += 1
            except OSError:
                self.failures += 1  # refused while too many come


class Isolation(campaign.Campaign):
    name = "isolation"
    title = "a target at ten times its share, a dead LEMF, a flooded REST port: the other agency is served as before"
    cycles, short, batch = 6 * len(KINDS), len(KINDS), len(KINDS)

    def begin(self, dice):
        self.rest = tap.free_port()
        self.lives, self.windows = 0, []
        self.folder = tempfile.mkdtemp(prefix="openmdf-rest-")
        pki = lab.Pki(self.folder)
        pki.ca("rest")
        crt, key = pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        self.ca = pki.path("rest", "ca.crt")
        self.rig = rig.Rig(dice.randrange(1 << 31), top__lab=True, rest__address="127.0.0.1", rest__port=self.rest, rest__cert=crt, rest__key=key)
        self.lab = self.rig.lab
        xid = tap.new_xid()
        tap.add_warrant(self.lab, "FLOOD-B", "lea-b", xid)
        self.rig.warrants.append({"liid": "FLOOD-B", "lemf": "lemf-b", "xids": {xid}, "delivery": "both"})
        tap.in_force(self.lab)
        self.xid = xid

    def cycle(self, number, dice):
        kind = KINDS[number % len(KINDS)]
        began = latency.now()
        figures = getattr(self, "do_" + kind)(dice) or {}
        self.windows.append((kind, began, latency.now()))
        self.rig.progress(kind)
        tap.wait_for("little waits", lambda: sum(w["waiting"] for w in self.lab.status()["warrants"]) < 300, 120, 0.1)
        return {"cycles": 1, kind: 1, **figures}

    def send(self, xid, seed, *generate):
        """A further element, in the oracle's books."""
        self.lives += 1
        path = os.path.join(self.lab.dir, f"further-{self.lives}.jsonl")
        self.rig.ledgers[path] = oracle.Ledger(path)
        return self.lab.ne("ne1", xid=xid, seed=seed, generate=list(generate), ledger=path, nfid=f"further-{self.lives}", keepalive=0.3, timeout=SECONDS + 120)

    def do_calm(self, dice):
        time.sleep(SECONDS)

    def do_x2_1000(self, dice):
        self.send(self.rig.xids[0], dice.randrange(1 << 30), f"format=sip,rate=1000,duration={SECONDS},sessions=20")

    def do_ten_times(self, dice):
        rate = 10 * SHARE // 2
        self.send(self.xid, dice.randrange(1 << 30), f"format=sip,rate={rate},duration={SECONDS},sessions=10",
                  f"format=ipv4,size=1400,rate={rate},duration={SECONDS},sessions=10")

    def do_dead_lemf(self, dice):
        proc = self.lab.lemfs["lemf-b"]["proc"]
        proc.send_signal(signal.SIGSTOP)
        try:
            time.sleep(SECONDS)
        finally:
            proc.send_signal(signal.SIGCONT)

    def do_rest_flood(self, dice):
        p = self.lab.pki.path
        before = self.lab.status()["listeners"][0]["refused"]
        exe = os.path.join(tap.BUILD, "tests", "faults", "hostile")
        asks = [Requests(f"https://127.0.0.1:{self.rest}/healthz") for _ in range(4)]
        flood = subprocess.Popen([exe, "flood", str(self.rest), p("x", "ne1.crt"), p("x", "ne1.key"), self.ca, "100", "50", "1000", "4"],
                                 stdout=subprocess.PIPE, text=True)
        self.lab.processes.append(flood)
        time.sleep(SECONDS)
        for a in asks:
            a.stop = True
        flood.terminate()
        text = flood.communicate(timeout=60)[0]
        for a in asks:
            a.join(60)
        done = tap.json.loads(text.strip().splitlines()[-1])
        assert sum(a.answers for a in asks) > 0 and done["handshakes"] > 0, (text, [a.failures for a in asks])
        tap.equal(self.lab.status()["listeners"][0]["refused"], before, "refused at the listener for X2 and X3")
        return {"rest_answers": sum(a.answers for a in asks), "rest_handshakes": done["handshakes"]}

    def end(self):
        got = latency.samples(self.lab, "lemf-a", {"BOTH-A"})
        figures, bad = {}, []
        for kind in KINDS:
            per = [[ms for at, ms in got if a <= at <= b] for k, a, b in self.windows if k == kind]
            per = [p for p in per if p]
            if per:
                figures[f"{kind}_ms"] = [ms for p in per for ms in p]
                p99 = statistics.median(latency.p99(p) for p in per)
                bad += [f"{kind}: {p99:.1f} ms"] if p99 >= P99_MS else []
        assert not (LONG and bad), f"X2-in to HI2-out, 99th percentile at the agency without trouble: {bad}"
        return {**self.rig.judge(120), **figures}

    def close(self, failed):
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(Isolation)
