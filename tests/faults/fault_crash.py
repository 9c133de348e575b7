# SPDX-License-Identifier: Apache-2.0
"""kill -9 at named points: before and after each durable step of each role, under load, and again during the recovery from it.

A point is a call (see shim.py): who, what, on which file; "provoke" makes it happen when the load alone does not.  A point that is not
reached is a failure.  Cycle n strikes point n modulo their number: before the step in even rounds and after it in odd ones, at a random one
of its occurrences; every third cycle something dies once more in the recovery.
"""

import os
import shutil
import signal
import tempfile
import time

import campaign
import oracle
import rig
import shim
import tap

LOAD = ("format=sip,rate=60,sessions=3,duration=36000", "format=rtp,rate=90,sessions=4,duration=36000",
        "format=ipv4,size=1400,rate=600,sessions=2,duration=36000", "format=xiri,rate=10,duration=36000")


def point(role, call, path="*", provoke=None, most=1):
    """MOST: k is from 1 to this."""
    return {"role": role, "call": call, "path": path, "provoke": provoke, "most": most}


POINTS = {
    # ingest: product becomes durable, then it is acknowledged
    "records of a segment are written": point("ingest", "pwrite", "*/spool/?/cc/*.seg", most=20),
    "records of IRI are written": point("ingest", "pwrite", "*/spool/?/iri/*.seg", most=10),
    "records of voice are written": point("ingest", "pwrite", "*/spool/?/voice/*.seg", most=10),
    "a batch becomes durable": point("ingest", "fdatasync", "*/spool/?/*.seg", most=20),
    "a keepalive is acknowledged": point("ingest", "send", "socket:", most=20),
    "PDUs are read": point("ingest", "recv", "socket:", most=50),
    # ingest: segments
    "a spare file is made": point("ingest", "open", "*/spool/?/spare/*.free", most=2),
    "a spare file gets its length": point("ingest", "fallocate+ftruncate", "*/spool/?/spare/*.free", "backlog"),
    "the head of a segment is written": point("ingest", "pwrite", "*/spool/?/spare/*.free", most=2),
    "the head of a segment becomes durable": point("ingest", "fdatasync", "*/spool/?/spare/*.free", most=2),
    "a spare file becomes a segment": point("ingest", "rename", "*/spool/?/cc/*.seg", most=2),
    "the name of a new segment becomes durable": point("ingest", "fdatasync", "*/spool/?/cc", most=2),
    "the name of a spare file goes for good": point("ingest", "fdatasync", "*/spool/?/spare", most=2),
    "a segment becomes a spare file": point("ingest", "rename", "*/spool/?/spare/*.free", most=2),
    # ingest: the journal
    "journal entries are written": point("ingest", "pwrite", "*/spool/0/journal/*.seg", "ne"),
    "journal entries become durable": point("ingest", "fdatasync", "*/spool/0/journal/*.seg", "ne"),
    # ingest: its state
    "the state of the sessions is begun": point("ingest", "open", "*/state/sessions.tmp", most=2),
    "the state of the sessions is written": point("ingest", "write", "*/state/sessions.tmp", most=2),
    "the state of the sessions becomes durable": point("ingest", "fdatasync", "*/state/sessions.tmp", most=2),
    "the state of the sessions takes its name": point("ingest", "rename", "*/state/sessions", most=2),
    "the name of the state becomes durable": point("ingest", "fdatasync", "*/state/state", most=2),
    "the clock is begun": point("ingest", "open", "*/state/clock-seen.tmp", "ingest"),
    "the clock takes its name": point("ingest", "rename", "*/state/clock-seen", "ingest"),
    # ingest: recovery
    "recovery reads the segments": point("ingest", "pread", "*/spool/?/*.seg", "ingest", most=8),
    "recovery makes all it found durable": point("ingest", "fdatasync", "*/spool*", "ingest", most=6),
    "recovery reads the state of the sessions": point("ingest", "open", "*/state/sessions", "ingest"),
    "the listeners open": point("ingest", "listen", "*", "ingest"),
    # deliver
    "a cursor is written": point("deliver:*", "pwrite", "*/cursor", most=2),
    "a cursor becomes durable": point("deliver:*", "fdatasync", "*/cursor", most=2),
    "a cursor is read": point("deliver:*", "pread", "*/cursor", "deliver"),
    "records are read to be sent": point("deliver:*", "pread", "*/spool/?/*.seg", most=20),
    "records are sent": point("deliver:*", "send", "socket:", most=20),
    "an acknowledgement is read": point("deliver:*", "recv", "socket:", most=20),
    "a LEMF is connected": point("deliver:*", "connect", "socket:", "lemf"),
    # admin
    "a change is written to the log of the database": point("admin", "pwrite", "*/openmdf.db-wal", "change", most=8),
    "a change becomes durable": point("admin", "fdatasync", "*/openmdf.db-wal", "change", most=4),
    "the log of the database begins anew": point("admin", "pwrite", "*/openmdf.db", "close", most=4),
    "the database becomes durable": point("admin", "fdatasync", "*/openmdf.db", "close"),
    "the log of the database goes": point("admin", "unlink", "*/openmdf.db-wal", "close"),
    "tasks are made for the data plane": point("admin", "memfd", "*", "change"),
    "tasks go to the data plane": point("admin", "send", "unix:", "change", most=4),
    "a command is answered": point("admin", "write+send", "unix:", "change", most=4),
    "a signed head goes to the second place": point("admin", "write", "*.heads", "head"),
    "a signed head becomes durable there": point("admin", "fdatasync", "*.heads", "head"),
    "the audit reserve is opened": point("admin", "open", "*/audit.reserve", "admin"),
    "the control socket opens": point("admin", "listen", "*", "admin"),
    # parent
    "a role is started": point("parent", "fork", "*", "ingest"),
    "roles are connected": point("parent", "socketpair", "*", "deliver", most=2),
    "roles are told of one another": point("parent", "send", "unix:", "admin", most=3),
    "admin is told of the roles": point("parent", "memfd", "*", "deliver"),
    # the very first start
    "first start: the deployment key is written": point("ingest", "pwrite", "*/deployment.key.tmp", "first"),
    "first start: the deployment key becomes durable": point("ingest", "fdatasync", "*/deployment.key.tmp", "first"),
    "first start: the deployment key takes its name": point("ingest", "rename", "*/deployment.key", "first"),
    "first start: the key of the log is written": point("admin", "write", "*/log.key.tmp", "first"),
    "first start: the key of the log becomes durable": point("admin", "fdatasync", "*/log.key.tmp", "first"),
    "first start: the key of the log takes its name": point("admin", "rename", "*/log.key", "first"),
    "first start: the public key of the log is written": point("admin", "write", "*/log.vkey.tmp", "first"),
    "first start: the public key of the log takes its name": point("admin", "rename", "*/log.vkey", "first"),
    "first start: the tables are made": point("admin", "pwrite", "*/openmdf.db*", "first", most=100),
    "first start: the tables become durable": point("admin", "fdatasync", "*/openmdf.db*", "first", most=4),
    "first start: the rollback journal goes": point("admin", "unlink", "*/openmdf.db-journal", "first"),
    "first start: the spool gets its folders": point("*", "mkdir", "*/state/spool*", "first", most=2),
}
AGAIN = [{"role": r, "call": c, "path": p} for r, c, p in (
    ("ingest", "pread", "*.seg"), ("ingest", "open", "*/state/*"), ("ingest", "fdatasync", "*/spool*"), ("ingest", "mmap", "*"),
    ("ingest", "listen", "*"), ("deliver:*", "pread", "*"), ("deliver:*", "connect", "*"), ("deliver:*", "pwrite", "*/cursor"),
    ("admin", "pread", "*/openmdf.db*"), ("admin", "listen", "*"), ("admin", "memfd", "*"), ("parent", "fork", "*"), ("*", "recv", "*"), ("*", "send", "*"))]


class Crash(campaign.Campaign):
    name = "crash"
    title = f"kill -9 at {len(POINTS)} named points, before and after the step, and again in the recovery"
    cycles, short, batch = 25 * len(POINTS), 14, len(POINTS)

    def begin(self, dice):
        self.folder = tempfile.mkdtemp(prefix="openmdf-crash-")
        self.shim = shim.Shim(self.folder)
        self.shim.rules()
        second = os.path.join(self.folder, "second")
        os.mkdir(second)
        self.rig = rig.Rig(dice.randrange(1 << 31), load=LOAD, env=self.shim.env(), ne_options={"keepalive": 0.1, "backoff": 0.1},
                           spool__segment_len="1M", log__second=second)
        self.lab = self.rig.lab
        self.names = list(POINTS)
        self.changes = 0
        if self.short_form:
            dice.shuffle(self.names)

    def cycle(self, number, dice):
        name = self.names[number % len(self.names)]
        p = POINTS[name]
        after = (number // len(self.names)) % 2 == 1 if not self.short_form else dice.random() < 0.5
        again = dice.random() < 0.33
        rule = {"role": p["role"], "call": p["call"], "path": p["path"], "k": dice.randint(1, p["most"]), "do": "kill-after" if after else "kill"}
        try:
            if p["provoke"] == "first":
                figures = self.first(rule)
            else:
                second = dict(dice.choice(AGAIN), k=dice.randint(1, 5), do="kill") if again else None
                figures = self.strike(rule, p["provoke"], second, dice)
        except Exception as e:
            raise RuntimeError(f"{name}: {rule}: {e}") from e
        return {"cycles": 1, "before" if not after else "after": 1, **figures}

    # -- under load
    def strike(self, rule, provoke, again, dice):
        self.shim.rules(rule)
        self.reach(provoke, dice)
        died = time.time_ns()
        if again:
            self.shim.rules(again)
        else:
            self.shim.rules()
        self.stand_up()
        figures = {"twice": 0}
        if again:
            end = time.monotonic() + 1
            while not self.shim.hits()[1] and time.monotonic() < end:
                time.sleep(0.005)
            figures["twice"], died = self.shim.hits()[1], time.time_ns()
            self.shim.rules()
            self.stand_up()
        figures["serving_again_s"] = [self.rig.serving(died, "the strike", meanwhile=self.stand_up)]
        self.lab.wait_ready()
        for n in self.lab.lemfs:
            if self.lab.lemfs[n]["proc"].poll() is not None:
                self.lab.lemf(n)
        self.rig.progress("recovery")
        return figures

    def reach(self, provoke, dice):
        """Until the point was struck; what provokes it is done again and again."""
        def struck():
            return self.shim.hits()[1] > 0
        end = time.monotonic() + 120
        while True:
            if provoke and not struck():
                getattr(self, "provoke_" + provoke)(dice)
            pause = time.monotonic() + (3 if provoke == "ingest" else 1)
            while not struck() and time.monotonic() < pause:
                time.sleep(0.005)
            if struck():
                return
            if time.monotonic() > end:
                raise RuntimeError(f"never reached; {self.shim.hits()[0]} such calls")

    def stand_up(self):
        """What a service manager does: a daemon that has ended is started again when its last role is gone.  A large process takes a while to die."""
        time.sleep(0.02)
        if self.lab.mdfd.poll() is not None:
            tap.wait_for("the roles of a dead parent end", lambda: not oracle.processes(self.lab.conf), 10)
            self.lab.start(env=self.rig.env, wait=False)

    def provoke_ne(self, dice):
        """An element that comes and goes is in the journal."""
        name = dice.choice(rig.NES)
        self.rig.nes[name].kill()
        self.rig.nes[name].wait()
        self.rig.start_ne(name)

    def kill_role(self, role):
        code, status = self.lab.ctl("status", check=False)
        for r in status["roles"] if code == 0 else ():
            if r["role"] == role and r["pid"]:
                try:
                    os.kill(r["pid"], signal.SIGKILL)
                except ProcessLookupError:
                    pass
                return

    def provoke_ingest(self, dice):
        self.kill_role("ingest")

    def provoke_deliver(self, dice):
        self.kill_role("deliver")

    def provoke_admin(self, dice):
        self.kill_role("admin")

    def provoke_lemf(self, dice):
        name = dice.choice(sorted(self.lab.lemfs))
        self.lab.stop_lemf(name, signal.SIGKILL)
        self.lab.lemf(name)

    def provoke_backlog(self, dice):
        """A LEMF that is away: nothing is released, so that new files are needed."""
        for n in self.lab.lemfs:
            if self.lab.lemfs[n]["proc"].poll() is None:
                self.lab.stop_lemf(n, signal.SIGKILL)

    def provoke_change(self, dice):
        self.changes += 1
        self.lab.ctl("warrant", "add", "--liid", f"NEW-{self.changes}", "--lea", "lea-a", "--delivery", "iri", "--xid", tap.new_xid(),
                     "--from", tap.FROM, "--until", tap.UNTIL, "--operator-id", "LAB-CSP", "--hi2", "lemf-a", "--start", "yes", check=False)

    def provoke_head(self, dice):
        self.provoke_change(dice)
        self.lab.ctl("audit", "head", check=False)

    def provoke_close(self, dice):
        """An orderly end of the daemon folds the log of the database into it."""
        self.lab.mdfd.send_signal(signal.SIGTERM)
        self.lab.mdfd.wait(30)
        if not self.shim.hits()[1]:
            self.lab.start(env=self.rig.env)

    # -- a daemon that has never run
    def first(self, rule):
        lab = tap.Lab(tap.BUILD, folder=tempfile.mkdtemp(dir=self.folder))
        try:
            lab.pki = self.lab.pki
            lab.configure()
            self.shim.rules(rule)
            lab.start(env=self.rig.env, wait=False)
            tap.wait_for("the point is reached", lambda: self.shim.hits()[1], 20, 0.005)
            self.shim.rules()
            if rule["role"] == "*":
                time.sleep(0.1)
            if lab.mdfd.poll() is not None:
                tap.wait_for("the roles end", lambda: not oracle.processes(lab.conf), 10)
                lab.start(env=self.rig.env, wait=False)
            lab.wait_ready()
            lab.ctl("lea", "add", "lea-x")
            tap.equal(lab.stop(), 0, "exit code of mdfd")
            faults = oracle.check_database(os.path.join(lab.dir, "state", "openmdf.db"))
            assert not faults, faults
            tap.equal(lab.findings(), [], "findings")
        except BaseException:
            with open(os.path.join(lab.dir, "mdfd.log")) as f:
                tap.note(f.read()[-3000:])
            raise
        finally:
            lab.close()
        return {"first": 1}

    def end(self):
        return self.rig.judge()

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    campaign.main(Crash)
