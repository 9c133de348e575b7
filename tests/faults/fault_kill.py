# SPDX-License-Identifier: Apache-2.0
"""kill -9 of each role, of several, of all, of a LEMF and of a network element at random moments under load: also during recovery, with a backlog,
while certificates are read again and while a warrant changes.

serving_again_s is the time from the death until every element holds an acknowledgement for a PDU that it sent after it.  (A keepalive is sent each 0.1 s.)
"""

import os
import signal
import time

import campaign
import oracle
import rig
import tap

KINDS = ("ingest", "deliver", "admin", "lemf", "ne", "parent", "several", "all", "twice", "backlog", "reload", "change", "restart")


class Kill(campaign.Campaign):
    name = "kill"
    title = "kill -9 of roles, of the daemon, of LEMFs and of elements at random moments under load"
    cycles, short, batch = 1000, len(KINDS), 50

    def begin(self, dice):
        self.rig = rig.Rig(dice.randrange(1 << 31), ne_options={"keepalive": 0.1, "backoff": 0.1})
        self.lab = self.rig.lab
        self.tasks = 0

    def cycle(self, number, dice):
        time.sleep(dice.uniform(0.02, 0.5))
        kind = KINDS[number % len(KINDS)] if number < len(KINDS) else dice.choice(KINDS)
        died = getattr(self, "do_" + kind)(dice)
        figures = {"cycles": 1, kind: 1, "serving_again_s": [self.rig.serving(died, kind)]}
        self.rig.progress(kind)
        return figures

    def strike(self, role, lea=None):
        """kill -9 of a role; the time."""
        self.rig.kill(role, lea)
        return time.time_ns()

    def some_role(self, dice):
        return dice.choice([("ingest", None), ("deliver", "lea-a"), ("deliver", "lea-b"), ("admin", None)])

    def do_ingest(self, dice):
        return self.strike("ingest")

    def do_deliver(self, dice):
        return self.strike("deliver", dice.choice(["lea-a", "lea-b"]))

    def do_admin(self, dice):
        return self.strike("admin")

    def do_lemf(self, dice):
        name = dice.choice(["lemf-a", "lemf-b"])
        self.lab.stop_lemf(name, signal.SIGKILL)
        died = time.time_ns()
        time.sleep(dice.uniform(0, 0.3))
        self.lab.lemf(name)
        return died

    def do_ne(self, dice):
        """What it had not yet had acknowledged dies with it."""
        name = dice.choice(rig.NES)
        self.rig.nes[name].kill()
        self.rig.nes[name].wait()
        died = time.time_ns()
        self.rig.start_ne(name)
        return died

    def dead_parent(self):
        """kill -9 of the parent: its roles end by themselves."""
        self.lab.mdfd.kill()
        self.lab.mdfd.wait()
        died = time.time_ns()
        tap.wait_for("the roles of a dead parent end", lambda: not oracle.processes(self.lab.conf), 10)
        return died

    def do_parent(self, dice):
        died = self.dead_parent()
        self.lab.start(env=self.rig.env, wait=False)
        return died

    def do_several(self, dice):
        roles = sorted(r["pid"] for r in self.rig.status()["roles"])
        for p in dice.sample(roles, dice.randint(2, len(roles))):
            os.kill(p, signal.SIGKILL)
        return time.time_ns()

    def do_all(self, dice):
        self.rig.kill_all()
        died = time.time_ns()
        self.lab.start(env=self.rig.env, wait=False)
        return died

    def do_twice(self, dice):
        """Killed again while it recovers; then perhaps something else, too."""
        self.rig.kill_all()
        for _ in range(dice.randint(1, 3)):
            self.lab.start(env=self.rig.env, wait=False)
            time.sleep(dice.uniform(0, 0.15))
            for p in oracle.processes(self.lab.conf):
                try:
                    os.kill(p, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.lab.mdfd.wait()
        died = time.time_ns()
        self.lab.start(env=self.rig.env, wait=False)
        return died

    def do_backlog(self, dice):
        """A LEMF is away; what waits for it survives a death of everybody."""
        name = dice.choice(["lemf-a", "lemf-b"])
        self.lab.stop_lemf(name, signal.SIGKILL)
        time.sleep(dice.uniform(0.1, 0.6))
        role, lea = self.some_role(dice)
        if dice.random() < 0.5:
            died = self.do_all(dice)
        else:
            died = self.strike(role, lea)
        self.rig.serving(died, "a death with a backlog")
        self.lab.lemf(name)
        return died

    def do_reload(self, dice):
        self.lab.reload()
        role, lea = self.some_role(dice)
        time.sleep(dice.uniform(0, 0.02))
        return self.strike(role, lea)

    def do_change(self, dice):
        """A warrant is added while a role dies: either it is there with all its parts, or the command said no."""
        self.tasks += 1
        liid = f"NEW-{self.tasks}"
        roles = {r["role"]: r["pid"] for r in self.rig.status()["roles"]}
        args = ["warrant", "add", "--liid", liid, "--lea", "lea-a", "--delivery", "both", "--xid", tap.new_xid(), "--from", tap.FROM, "--until", tap.UNTIL,
                "--operator-id", "LAB-CSP", "--hi2", "lemf-a", "--hi3", "lemf-a", "--start", "yes"]
        p = self.lab.spawn([self.lab.exe("mdfctl"), "--socket", self.lab.socket, *args], "change.log")
        time.sleep(dice.uniform(0, 0.03))
        os.kill(roles[dice.choice(["admin", "admin", "ingest", "deliver"])], signal.SIGKILL)
        died = time.time_ns()
        code = p.wait(30)
        self.lab.wait_ready()
        there = [w["state"] for w in self.lab.ctl("warrant", "list") if w["liid"] == liid]
        assert there == ["active"] or (code != 0 and not there), f"mdfctl ended with {code}; warrant {liid}: {there}"
        tap.in_force(self.lab, 20)
        return died

    def do_restart(self, dice):
        """Not a kill: the ordinary end and start."""
        tap.equal(self.lab.stop(), 0, "exit code of mdfd")
        faults = oracle.check_processes(self.lab.conf)
        assert not faults, faults
        died = time.time_ns()
        self.lab.start(env=self.rig.env, wait=False)
        return died

    def end(self):
        self.lab.wait_ready()
        return self.rig.judge()

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(Kill)
