# SPDX-License-Identifier: Apache-2.0
"""Limits: a role that is stopped for a while (SIGSTOP), also beyond the death of its parent, without descriptors, without memory (its address space, and the OOM killer of a control group).

FAULTS_STOP_S: how long a role is stopped (2 s; minutes in the campaign of a release)."""

import os
import resource
import signal
import socket
import time

import campaign
import oracle
import rig
import tap

KINDS = ("stop_ingest", "fds_ingest", "oom", "orphan", "fds_admin", "address_space", "stop_deliver", "stop_admin", "fds_deliver", "stop_parent")
CGROUPS = (("/sys/fs/cgroup/memory", "memory.usage_in_bytes", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.current", "memory.max"))  # v1, v2
SPIN = 0.7  # of a core: what a loop that spins takes on a machine that is not busy


class Limits(campaign.Campaign):
    name = "limits"
    title = "roles stopped, without descriptors, without memory"
    cycles, short, batch = 200, 6, 40

    def begin(self, dice):
        self.stop_s = float(os.environ.get("FAULTS_STOP_S", "2"))
        self.rig = rig.Rig(dice.randrange(1 << 31), ne_options={"retry": 600, "ack_timeout": 60})
        self.lab = self.rig.lab
        self.names = 0
        self.groups = []

    def cycle(self, number, dice):
        kind = KINDS[number % len(KINDS)] if number < len(KINDS) else dice.choice(KINDS)
        self.log_at = os.path.getsize(self.log())
        what, _, role = kind.partition("_")
        figures = getattr(self, "do_" + ("address_space" if kind == "address_space" else what))(role, dice) or {}
        began = time.monotonic()
        rig.whole(self.lab)
        self.rig.progress(kind, 120)
        for line in self.said():
            assert "Assertion `" not in line and "killed by signal 11" not in line and "killed by signal 6" not in line, line
        return {"cycles": 1, kind: 1, "serving_again_s": [time.monotonic() - began], **figures}

    # -- helpers
    def log(self):
        return os.path.join(self.lab.dir, "mdfd.log")

    def said(self):
        with open(self.log(), errors="replace") as f:
            f.seek(self.log_at)
            return f.read().splitlines()

    def pid(self, role, dice):
        if role == "parent":
            return self.lab.mdfd.pid
        return dice.choice(self.lab.role_pids(role))

    def cpu(self, pid):
        with open(f"/proc/{pid}/stat") as f:
            part = f.read().rsplit(")", 1)[1].split()
        return (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")

    def limit(self, pid, what, value):
        try:
            return resource.prlimit(pid, what, (value, resource.prlimit(pid, what)[1]))
        except PermissionError:
            return None  # only root may, for a process that cannot be dumped

    def lift(self, pid, what):
        try:
            hard = resource.prlimit(pid, what)[1]
            resource.prlimit(pid, what, (hard, hard))
        except ProcessLookupError:
            pass

    # -- kinds
    def do_stop(self, role, dice):
        pid = self.pid(role, dice)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.stop_s)
        os.kill(pid, signal.SIGCONT)

    def do_orphan(self, _, dice):
        """The parent is killed and ingest is slow to end: a new daemon does not write beside it."""
        pid = self.pid("ingest", dice)
        os.kill(pid, signal.SIGSTOP)
        try:
            self.lab.mdfd.kill()
            self.lab.mdfd.wait()
            self.lab.start(wait=False)
            tap.wait_for("the new daemon says that it waits", lambda: any(" STATE-LOCKED " in line for line in self.said()), 30, 0.05)
            time.sleep(0.5)
            assert set(oracle.processes(self.lab.conf)) == {self.lab.mdfd.pid, pid}, "roles of two daemons run"
        finally:
            os.kill(pid, signal.SIGCONT)

    def connect(self, role):
        s = socket.socket(socket.AF_UNIX if role == "admin" else socket.AF_INET)
        s.setblocking(False)
        s.connect_ex(self.lab.socket if role == "admin" else ("127.0.0.1", self.lab.port))
        return s

    def do_fds(self, role, dice):
        """Descriptors are used up: no spin, and for ingest: a change still comes into force."""
        pid = self.pid(role, dice)
        try:
            used = sorted(map(int, os.listdir(f"/proc/{pid}/fd")))
        except PermissionError:
            return {"left out": 1}
        free = next(i for i in range(len(used) + 1) if i not in used)
        if self.limit(pid, resource.RLIMIT_NOFILE, max(used[-1] + 1, free) + 2) is None:
            return {"left out": 1}
        own = [self.connect(role) for _ in range(24)] if role != "deliver" else []
        if role == "deliver":
            name = dice.choice(["lemf-a", "lemf-b"])
            self.lab.stop_lemf(name, signal.SIGKILL)
            self.lab.lemf(name)
        try:
            time.sleep(0.3)
            before, began = self.cpu(pid), time.monotonic()
            time.sleep(1.0)
            share = (self.cpu(pid) - before) / (time.monotonic() - began)
            if role == "ingest":
                self.names += 1
                self.lab.ctl("ne", "add", f"y{self.names}", "--san", f"y{self.names}.lab.example")
                tap.in_force(self.lab, 60)
        except FileNotFoundError:  # it chose to end and to start again
            share = 0.0
        finally:
            self.lift(pid, resource.RLIMIT_NOFILE)
            for s in own:
                s.close()
        assert share < SPIN, f"{role} takes {share:.2f} of a core without descriptors"
        if role != "deliver":
            assert any("Too many open files" in line for line in self.said()), f"{role} says nothing of a lack of descriptors"
        return {"cpu_without_descriptors": [share]}

    def grow(self, pid):
        """Connections, which cost memory, until the role is gone; whether it is."""
        own, end = [], time.monotonic() + 5
        while os.path.exists(f"/proc/{pid}") and time.monotonic() < end:
            own += [self.connect("ingest") for _ in range(20)] if len(own) < 400 else []
            time.sleep(0.05)
        for s in own:
            s.close()
        return not os.path.exists(f"/proc/{pid}")

    def do_address_space(self, _, dice):
        """No allocation succeeds any more."""
        pid = self.pid("ingest", dice)
        with open(f"/proc/{pid}/statm") as f:
            size = int(f.read().split()[0]) * resource.getpagesize()
        if self.limit(pid, resource.RLIMIT_AS, size) is None:
            return {"left out": 1}
        gone = self.grow(pid)
        self.lift(pid, resource.RLIMIT_AS)
        assert not gone or any(" MEMORY " in line for line in self.said()), "ingest is gone and said nothing of memory"
        return {"ended without address space": gone}

    def do_oom(self, _, dice):
        """The OOM killer of a control group; where we may make none: no address space."""
        pid = self.pid("ingest", dice)
        for root, use, most in CGROUPS:
            group = os.path.join(root, f"openmdf-test-{os.getpid()}-{len(self.groups)}")
            try:
                os.mkdir(group)
                self.groups.append(group)
                if not os.path.exists(os.path.join(group, most)):
                    continue
                with open(os.path.join(group, "cgroup.procs"), "w") as f:
                    f.write(str(pid))
                return self.starve(pid, os.path.join(group, use), os.path.join(group, most))
            except OSError as e:
                tap.note(f"no control group for memory: {e}")
        return self.do_address_space(_, dice)

    def starve(self, pid, use, most):
        """Less and less, until what it needs next is too much."""
        own, end = [], time.monotonic() + 20
        while os.path.exists(f"/proc/{pid}") and time.monotonic() < end:
            try:
                with open(use) as f:
                    less = max(int(f.read()) - (1 << 17), 1 << 16)
                with open(most, "w") as f:
                    f.write(str(less))
            except OSError:
                pass  # nothing more can be taken from it
            own += [self.connect("ingest") for _ in range(10)] if len(own) < 400 else []
            time.sleep(0.02)
        for s in own:
            s.close()
        assert not os.path.exists(f"/proc/{pid}"), "the OOM killer of the control group did not strike"
        return {"ended by the OOM killer": 1}

    def end(self):
        return self.rig.judge(120)

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)
        for g in getattr(self, "groups", []):
            try:
                os.rmdir(g)
            except OSError:
                tap.note(f"{g} is left behind")


campaign.main(Limits)
