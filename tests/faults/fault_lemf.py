# SPDX-License-Identifier: Apache-2.0
"""LEMFs that mean no good in the place of one agency's, under load: the other agency is served on, and nothing of the first is lost."""

import json
import os
import signal
import sys
import time

import campaign
import latency
import rig
import tap

GARBAGE, TIMEOUT, GONE = {"ANSWER-GARBAGE"}, {"ANSWER-TIMEOUT"}, {"CLOSED", "TCP-RESET", "TLS-CLOSED"}
ALONE = {"silent": {"CONNECT-TIMEOUT"}, "octet": TIMEOUT, "deaf": TIMEOUT, "half": TIMEOUT, "drip": GARBAGE, "huge": GARBAGE, "junk": GARBAGE,
         "mirror": {"ANSWER-UNEXPECTED"}}  # hostile_lemf.py, and what the destination says
BEFORE = {"number": {"ANSWER-WRONG"}, "twice": {"ANSWER-UNASKED"}, "cut": GONE, "shake": {"CONNECT-TIMEOUT"},
          "flip": {"TLS-", *TIMEOUT}}  # hostile_lemf.py with a real LEMF behind it
REAL = {"refuse": (["--refuse"], GONE), "garbage": (["--garbage", "20"], GARBAGE), "close": (["--close-after", "30"], GONE),
        "mute": (["--no-keepalive-response", "--decline-ack"], TIMEOUT), "wrong": (["--wrong-number", "--decline-ack"], {"ANSWER-WRONG"})}  # mdf-lemf
KINDS = (*ALONE, *BEFORE, *REAL)
TIMERS = {"time1_ms": 1000, "time2_ms": 300, "time3_ms": 700, "barrier_ms": 50, "connect_ms": 700, "backoff_max_ms": 300}
LONG = len(sys.argv) > 1
HERE = os.path.dirname(os.path.abspath(__file__))


class HostileLemf(campaign.Campaign):
    name = "lemf"
    title = "LEMFs that read slowly or never, answer wrongly, half, endlessly or not at all"
    cycles, short, batch = 10 * len(KINDS), 8, len(KINDS)

    def begin(self, dice):
        self.kinds = KINDS if LONG else dice.sample(KINDS, self.short)
        self.rig = rig.Rig(dice.randrange(1 << 31))
        self.lab = self.rig.lab
        self.lab.ctl("destination", "set", "lemf-b", "--options", json.dumps(TIMERS))
        tap.in_force(self.lab)
        self.port = self.lab.lemfs["lemf-b"]["port"]
        self.at_first = self.duplicates()

    def hostile(self, kind):
        """Something that listens where lemf-b did; returns what ends it."""
        if kind in REAL:
            self.lab.lemf("lemf-b", extra=["--quiet", *REAL[kind][0]])
            return lambda: self.lab.stop_lemf("lemf-b", signal.SIGKILL)
        p = self.lab.pki.path
        args = [sys.executable, "-B", os.path.join(HERE, "hostile_lemf.py"), kind, str(self.port), p("hi", "lemf-b.crt"), p("hi", "lemf-b.key")]
        if kind in BEFORE:
            real = tap.free_port()
            self.lab.lemf("lemf-b", port=real, extra=["--quiet"])
            args += [str(real), p("hi", "mdf.crt"), p("hi", "mdf.key")]
        proc = self.lab.spawn(args, "hostile_lemf.log")

        def end():
            proc.kill()
            proc.wait()
            if kind in BEFORE:
                self.lab.stop_lemf("lemf-b")
        return end

    def cycle(self, number, dice):
        kind = self.kinds[number % len(self.kinds)]
        self.lab.stop_lemf("lemf-b", signal.SIGKILL)
        before = self.delivered("BOTH-A")
        end = self.hostile(kind)
        codes = REAL[kind][1] if kind in REAL else {**ALONE, **BEFORE}[kind]
        tap.wait_for(f"{kind}: the destination says {codes}", lambda: any((self.error() or "").startswith(c) for c in codes), 30, 0.05)
        time.sleep(dice.uniform(2, 10) if LONG else 0.1)
        tap.wait_for("the healthy agency is served", lambda: self.delivered("BOTH-A") > before + 50, 20, 0.1)
        end()
        self.lab.lemf("lemf-b", port=self.port, extra=["--quiet"])
        self.rig.progress(kind)
        began = time.monotonic()
        tap.wait_for("the destination is up again", lambda: tap.destination(self.lab, "lemf-b")["state"] == "up", 20, 0.05)
        tap.wait_for("its product is delivered", lambda: tap.warrant(self.lab, "BOTH-B")["waiting"] < 200, 30, 0.05)
        return {"cycles": 1, kind: 1, "caught_up_s": [time.monotonic() - began]}

    def duplicates(self):
        return self.lab.lemf_report("lemf-a")["duplicates"]

    def delivered(self, liid):
        return tap.warrant(self.lab, liid)["delivered"]

    def error(self):
        return (tap.destination(self.lab, "lemf-b")["error"] or {}).get("code")

    def end(self):
        figures = self.rig.judge()
        tap.equal(self.duplicates(), self.at_first, "duplicates at the agency without trouble")
        return {**figures, "healthy_x2_to_hi2_ms": latency.milliseconds(self.lab, "lemf-a")}

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(HostileLemf)
