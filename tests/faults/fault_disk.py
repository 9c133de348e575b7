# SPDX-License-Identifier: Apache-2.0
"""A full disk at any stage: not one octet left for a while, then space again.  No acknowledgement goes out that is not durable, nothing dies for good,
an error of an administrative change changed nothing, and all goes on by itself.

The state folder is a small tmpfs, so this needs root.  FAULTS_FULL_S: for how long it is full (1 s; minutes in the campaign of a release)."""

import os
import signal
import subprocess
import time

import campaign
import rig
import tap

STAGES = ("work", "recover_ingest", "change", "recover_admin", "away", "recover_deliver", "restart")
SIZE = 96  # MiB


class DiskLab(tap.Lab):
    """Its state folder is a file system of its own."""

    def configure(self, *args, **options):
        self.state = os.path.join(self.dir, "state")
        os.makedirs(self.state)
        p = subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={SIZE}m", "none", self.state], capture_output=True, text=True)
        if p.returncode:
            raise campaign.Skip("only root can mount a small file system")
        super().configure(*args, **options)

    def close(self):
        self.end()
        if hasattr(self, "state"):
            subprocess.run(["umount", "-l", self.state], capture_output=True)
        super().close()


class Disk(campaign.Campaign):
    name = "disk"
    title = "a full disk at work, in recovery, during changes and at the start"
    cycles, short, batch = 200, 4, 40

    def begin(self, dice):
        if os.geteuid() != 0:
            raise campaign.Skip("only root can mount a small file system")
        tap.Lab = DiskLab
        self.full_s = float(os.environ.get("FAULTS_FULL_S", "1"))
        self.rig = rig.Rig(dice.randrange(1 << 31), ne_options={"retry": 900, "ack_timeout": 60, "resend_max": 1000000}, spool__free_floor="16M")
        self.lab = self.rig.lab
        self.names, self.kept = 0, {}

    def ballast(self):
        return os.path.join(self.lab.state, "ballast")

    def fill(self, leave):
        with open(self.ballast(), "wb", buffering=0) as f:
            for n in (1 << 20, 4096):
                try:
                    while True:
                        f.write(b"\0" * n)
                except OSError:
                    pass
            if leave:
                f.truncate(max(0, f.tell() - leave))

    def cycle(self, number, dice):
        time.sleep(dice.uniform(0, 0.5))
        stage = STAGES[number % len(STAGES)] if number < len(STAGES) else dice.choice(STAGES)
        what, _, role = stage.partition("_")
        if stage == "away":
            self.lab.stop_lemf("lemf-b", signal.SIGKILL)
        if stage == "restart":
            self.lab.kill_all()
        if what == "recover":
            self.rig.kill(role)
        self.fill(dice.choice([0, 0, 4096, 65536, 1 << 20]))
        if stage == "restart":
            self.lab.start(wait=False)
        if stage in ("work", "away"):  # nothing is durable any more, so nothing is acknowledged
            stops = time.monotonic()
            tap.wait_for("acknowledgements stop", self.stands, 60, 0)
            stops = time.monotonic() - stops - 1
            assert any(a["code"] == "SPOOL-FLOOR" for a in self.lab.ctl("alarm", "list")), "no alarm SPOOL-FLOOR"
        if stage == "change":
            self.change()
        time.sleep(dice.uniform(0.2, 1) * self.full_s)
        os.unlink(self.ballast())
        began = time.monotonic()
        if stage == "away":
            self.lab.lemf("lemf-b")
        rig.whole(self.lab)
        self.rig.progress(f"a full disk, {stage}", 120)
        figures = {"cycles": 1, stage: 1, "serving_again_s": [time.monotonic() - began]}
        if stage in ("work", "away"):
            figures["acknowledging_stopped_s"] = [max(0, stops)]
        self.change()
        return figures

    def stands(self):
        before = self.rig.acked()
        time.sleep(1)
        return self.rig.acked() == before

    def change(self):
        self.names += 1
        name = f"d{self.names}"
        code, answer = self.lab.ctl("ne", "add", name, "--san", f"{name}.lab.example", check=False)
        self.kept[name] = code == 0
        if code:
            tap.note(f"a change on a full disk: exit {code}: {answer}")

    def end(self):
        there = {n["name"] for n in self.lab.ctl("ne", "list")}
        for name, added in self.kept.items():
            assert (name in there) == added, f"element {name}: added {added}, there {name in there}"
        return self.rig.judge(120)

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(Disk)
