# SPDX-License-Identifier: Apache-2.0
"""Partition, loss, half-open connections, resets and a line of 256 kbit/s between elements and mdfd, and between mdfd and the agencies."""

import json
import sys
import time

import campaign
import netns
import rig
import tap

LONG = len(sys.argv) > 1
X = ("partition_x", "half_open_x", "reset_x", "loss_x", "slow_x")
HI = ("partition_hi", "half_open_hi", "reset_hi", "loss_hi", "slow_hi", "outage")
KINDS = tuple(k for pair in zip(HI, (*X, None)) for k in pair if k)
TIMERS = {"time1_ms": 1000, "time2_ms": 1000, "time3_ms": 2000, "barrier_ms": 100, "connect_ms": 3000, "backoff_max_ms": 500}
TIME_P2 = 3
# what fits into 256 kbit/s: an element that offers more than the line takes never has an acknowledgement within TIME_P2
LOAD = ("format=sip,rate=5,sessions=3,duration=36000", "format=rtp,rate=15,sessions=4,duration=36000", "format=ipv4,size=300,rate=6,sessions=2,duration=36000",
        "format=xiri,rate=2,duration=36000")


class Network(campaign.Campaign):
    name = "net"
    title = "partition, loss, half-open connections, resets and 256 kbit/s on the way in and on the way out"
    cycles, short, batch = 110, 4, len(KINDS)

    def begin(self, dice):
        self.kinds = KINDS if LONG else ["partition_hi", "partition_x", dice.choice(HI[1:5]), dice.choice(X[1:])]
        self.net = netns.Net()
        self.rig = rig.Rig(dice.randrange(1 << 31), load=LOAD, net=self.net, ne_options={"ack_timeout": TIME_P2, "keepalive": 0.5, "retry": 600})
        self.lab = self.rig.lab
        for n in ("lemf-a", "lemf-b"):
            self.lab.ctl("destination", "set", n, "--options", json.dumps(TIMERS))
        for n in ("ne1", "ne2"):
            self.lab.ctl("ne", "set", n, "--time-p2-s", str(TIME_P2))
        tap.in_force(self.lab)

    def cycle(self, number, dice):
        kind = self.kinds[number % len(self.kinds)]
        self.rig.progress("the fault before", 120)
        figures = getattr(self, "do_" + kind.rsplit("_", 1)[0])(kind.rsplit("_", 1)[-1], dice) or {}
        self.net.heal()
        began = time.monotonic()
        self.rig.progress(kind, 120)
        back = time.monotonic() - began
        tap.wait_for("the destinations are up", lambda: all(tap.destination(self.lab, n)["state"] == "up" for n in ("lemf-a", "lemf-b")), 60, 0.05)
        tap.wait_for("little waits", lambda: sum(w["waiting"] for w in self.lab.status()["warrants"]) < 50, 180, 0.1)
        return {"cycles": 1, kind: 1, "acknowledged_again_s": [back], "caught_up_s": [time.monotonic() - began], **figures}

    def pause(self, dice, longest):
        time.sleep(dice.uniform(1, longest) if LONG else 0.5)

    def noticed(self, link):
        """Seconds until both sides that can notice have done so."""
        began = time.monotonic()
        if link == "hi":
            for n in ("lemf-a", "lemf-b"):
                tap.wait_for(f"{n} is found gone", lambda n=n: tap.destination(self.lab, n)["state"] != "up", 60, 0.02)
        else:
            tap.wait_for("both elements are found gone", lambda: {("NE-LOST", "ne1"), ("NE-LOST", "ne2")} <= tap.alarms(self.lab, "NE-LOST"), 60, 0.05)
        return {f"noticed_{link}_s": [time.monotonic() - began]}

    def do_partition(self, link, dice):
        self.net.cut(link)
        figures = self.noticed(link)
        self.pause(dice, 30)
        return figures

    def do_half_open(self, link, dice):
        """One direction is dead.  Towards mdfd: acknowledgements of agencies, PDUs of elements; the other: their counterparts."""
        way = dice.choice(("in", "out"))
        self.net.cut(link, way)
        figures = {}
        if link == "hi" or way == "in":
            figures = self.noticed(link)
        self.pause(dice, 20)
        return figures

    def do_reset(self, link, dice):
        """Each packet of a direction is answered with RST; the other end of the connection hears nothing of it."""
        self.net.reset(link, dice.choice(("in", "out")))
        time.sleep(dice.uniform(0.5, 3) if LONG else 0.5)

    def do_loss(self, link, dice):
        self.net.lose(link, 10)
        self.pause(dice, 20)
        self.rig.progress("loss of every tenth packet", 120)

    def do_slow(self, link, dice):
        shaped = self.net.slow(link)
        self.pause(dice, 20)
        self.rig.progress("256 kbit/s", 120)
        return {"shaped": int(shaped)}

    def do_outage(self, _, dice):
        """Every twentieth packet lost on the line of the agencies, then nothing for half a minute."""
        self.net.lose("hi", 5)
        self.pause(dice, 10)
        self.net.cut("hi")
        time.sleep(30 if LONG else 1)

    def end(self):
        self.net.heal()
        return self.rig.judge(120)

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)
        if hasattr(self, "net"):
            self.net.close()


campaign.main(Network)
