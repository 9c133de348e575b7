# SPDX-License-Identifier: Apache-2.0
"""Clock jumps under libfaketime: forward and back by a second to years, past 2038, over the ends of warrants, with kill -9 of ingest or admin and starts of the daemon
under the wrong clock.

Four warrants: one open for long, one that begins in an hour and a half, one that ends then, one that ended.  By the true time only the first and the third are
open, whatever the daemon's clock says: nothing of the others may ever be delivered, and at the end, with the true time, the first and third are served.
"""

import datetime
import glob
import os
import time

import campaign
import tap

FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
JUMPS = (7200, -7200, 31536000, -31536000, 1, -1, 60, -60, 86400, -86400)
Y2038 = 2147483648
LATER_S = 5400  # the clock is never confirmed, so a jump over it must open nothing


def iso(s):
    return datetime.datetime.fromtimestamp(time.time() + s, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock(campaign.Campaign):
    name = "clock"
    title = "jumps of the clock over the ends of warrants"
    cycles, short, batch = 200, 4, 40

    def begin(self, dice):
        if not FAKETIME:
            raise campaign.Skip("faketime is not installed")
        self.lab = lab = tap.Lab(tap.BUILD)
        self.certificates()
        for n in ("lemf-a", "lemf-b"):
            lab.lemf(n)
        lab.configure(session__snapshot_s=1, session__late_grace_s=0)
        os.makedirs(os.path.join(lab.dir, "state", "state"), 0o700)
        self.clock(0)
        self.env = {"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": self.file(), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                    "ASAN_OPTIONS": "verify_asan_link_order=0"}
        lab.start(env=self.env)
        tap.provision(lab)
        self.xids = {liid: tap.new_xid() for liid in ("OPEN", "LATER", "ENDS", "OVER")}
        tap.add_warrant(lab, "OPEN", "lea-a", self.xids["OPEN"])
        tap.add_warrant(lab, "LATER", "lea-a", self.xids["LATER"], **{"from": iso(LATER_S)})
        tap.add_warrant(lab, "ENDS", "lea-a", self.xids["ENDS"], until=iso(LATER_S))
        tap.add_warrant(lab, "OVER", "lea-a", self.xids["OVER"], until=iso(3))
        tap.in_force(lab)
        time.sleep(4)
        self.sent = dict.fromkeys(self.xids, 0)

    def certificates(self):
        """Valid by any clock of this campaign: made twenty years ago, for sixty."""
        run = self.lab.pki._run
        self.lab.pki._run = lambda folder, *args: run(folder, *("21900" if a == "30" else a for a in args))
        faked = {"LD_PRELOAD": FAKETIME[0], "FAKETIME": "-20y"}
        os.environ.update(faked)
        try:
            self.lab.make_pki()
        finally:
            for k in faked:
                del os.environ[k]

    def file(self):
        return os.path.join(self.lab.dir, "state", "state", "clock")

    def clock(self, offset_s):
        with open(self.file() + ".new", "w") as f:
            f.write(f"{offset_s:+d}s\n")
        os.replace(self.file() + ".new", self.file())

    def send(self, *liids):
        for liid in liids:
            self.lab.ne(xid=self.xids[liid], seed=time.monotonic_ns() & 0x7FFFFFFF, nfid=f"n{time.monotonic_ns()}", generate="format=ipv4,count=3", ack_timeout=60)
            self.sent[liid] += 3

    def booked(self):
        """All that was sent is in the books; rows by LIID."""
        def rows():
            w = {r["liid"]: r for r in self.lab.status()["warrants"]}
            return len(w) == 4 and all(w[n]["received"] == self.sent[n] for n in w) and w
        return tap.wait_for("all are in the books", rows, 60, 0.1)

    def cycle(self, number, dice):
        jump = JUMPS[number % len(JUMPS)] if number < len(JUMPS) else dice.choice([*JUMPS, Y2038 - int(time.time()) + dice.randint(-5, 5), dice.randint(-10**8, 10**8)])
        again = "all" if number == 0 or dice.random() < 0.2 else dice.choice(["ingest", "admin", "", "", ""])
        if again == "all":  # it starts under the wrong clock
            self.lab.kill_all()
        self.clock(jump)
        if again == "all":
            self.lab.start(env=self.env)
            time.sleep(1.5)  # a turn of what ends warrants
        elif again:
            self.lab.kill_role(again)
        tap.in_force(self.lab, 60)
        self.send(*self.xids)
        books = self.booked()
        for liid in ("LATER", "OVER"):
            assert books[liid]["delivered"] + books[liid]["waiting"] == 0, f"jump of {jump} s: {liid} was served: {books[liid]}"
        self.clock(0)
        served = books["ENDS"]["delivered"] + books["ENDS"]["waiting"]
        if jump < 0:  # from there the true time is a jump forward: a person says which one counts
            time.sleep(1.2)
            self.lab.ctl("clock", "confirm", "--reason", "compared with the reference clock")
        tap.wait_for("no doubt about the clock", lambda: not tap.alarms(self.lab, "CLOCK-JUMP"), 60, 0.1)
        if number % 4 == 3:  # nothing has expired for good by the wrong one
            self.send("ENDS", "OPEN")
            now = self.booked()
            states = {w["liid"]: w["state"] for w in self.lab.ctl("warrant", "list")}
            assert states["ENDS"] == states["OPEN"] == "active", f"by a wrong clock: {states}"
            assert now["ENDS"]["delivered"] + now["ENDS"]["waiting"] == served + 3, f"after a jump of {jump} s ENDS is not served: {now['ENDS']}"
        return {"cycles": 1, "forward" if jump > 0 else "back": 1}

    def end(self):
        tap.drained(self.lab, 60)
        status = self.lab.status()
        tap.accounted(status)
        held = {r["liid"] for r in self.lab.lemf_show("lemf-a") if r["class"] in ("iri", "cc")}
        assert held <= {"OPEN", "ENDS"}, f"a facility holds product of {held}"
        assert "OPEN" in held
        with open(os.path.join(self.lab.dir, "mdfd.log"), errors="replace") as f:
            bad = [line for line in f if "Assertion `" in line or "killed by signal 11" in line]
        assert not bad, bad
        return {"offered": sum(self.sent.values()), "delivered": sum(w["delivered"] for w in status["warrants"])}

    def close(self, failed):
        if hasattr(self, "lab"):
            self.lab.keep, self.lab.quiet = self.lab.keep or failed, not failed
            self.lab.close()


campaign.main(Clock)
