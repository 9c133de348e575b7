# SPDX-License-Identifier: Apache-2.0
"""kill -9 of each role, of several, of all and of a LEMF at random moments under load."""

import os
import signal
import time

import campaign
import rig
import tap

KINDS = ("ingest", "deliver", "admin", "lemf", "parent", "several", "all")


class Kill(campaign.Campaign):
    name = "kill"
    title = "kill -9 of roles, of the daemon and of LEMFs at random moments under load"
    cycles, short, batch = 1000, 7, 50

    def begin(self, dice):
        self.rig = rig.Rig(dice.randrange(1 << 31))
        self.lab = self.rig.lab

    def cycle(self, number, dice):
        time.sleep(dice.uniform(0.02, 0.5))
        kind = KINDS[number % len(KINDS)] if number < len(KINDS) else dice.choice(KINDS)
        began = time.monotonic()
        getattr(self, "do_" + kind)(dice)
        self.rig.progress(f"the death of {kind}")
        return {"cycles": 1, kind: 1, "serving_again_s": [time.monotonic() - began]}

    def do_ingest(self, dice):
        self.lab.kill_role("ingest")

    def do_deliver(self, dice):
        self.lab.kill_role("deliver", dice.choice(["lea-a", "lea-b"]))

    def do_admin(self, dice):
        self.lab.kill_role("admin")

    def do_lemf(self, dice):
        name = dice.choice(["lemf-a", "lemf-b"])
        self.lab.stop_lemf(name, signal.SIGKILL)
        time.sleep(dice.uniform(0, 0.3))
        self.lab.lemf(name)

    def do_parent(self, dice):
        pids = [r["pid"] for r in self.lab.status()["roles"]]
        self.lab.mdfd.kill()
        self.lab.mdfd.wait()
        tap.wait_for("the roles of a dead parent end", lambda: not any(os.path.exists(f"/proc/{p}") for p in pids), 10)
        self.lab.start()

    def do_several(self, dice):
        old = sorted(r["pid"] for r in self.lab.status()["roles"])
        for p in dice.sample(old, dice.randint(2, len(old))):
            os.kill(p, signal.SIGKILL)
        self.lab.wait_ready()

    def do_all(self, dice):
        self.lab.kill_all()
        self.lab.start()

    def end(self):
        figures = self.rig.judge()
        self.rig.audit()
        return figures

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(Kill)
