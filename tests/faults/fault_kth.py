# SPDX-License-Identifier: Apache-2.0
"""The k-th call fails, once or from then on, in each role: while it works, while it starts after kill -9, and while the whole daemon starts.

A cycle is one case (role, calls, path, fault), one mode, one phase and one k; cycles go through all of them with k = 1, 2, 3 ...  When a phase ends without
being struck, that case is through, and k is drawn from those that there were.  After each cycle the fault is lifted: everything must go on by itself.
"""

import errno
import os
import re
import shutil
import signal
import tempfile
import time

import campaign
import rig
import tap
from shim import Shim

SPOOL, DB, STATE = "*/state/spool/*", "*/state/openmdf.db*", "*/state/*"
CASES = [  # role, calls, path, what they do
    ("ingest", "malloc", "*", "ENOMEM"), ("ingest", "open", "*", "EMFILE"), ("ingest", "open", STATE, "EACCES"), ("ingest", "pwrite", SPOOL, "ENOSPC"),
    ("ingest", "pwrite", SPOOL, "EIO"), ("ingest", "pwrite", STATE, "short"), ("ingest", "pwrite", STATE, "EINTR"), ("ingest", "pwrite", STATE, "EIO"),
    ("ingest", "pwrite", STATE, "ENOSPC"), ("ingest", "fallocate", STATE, "ENOSPC"), ("ingest", "fdatasync", STATE, "EIO"), ("ingest", "fdatasync", STATE, "EINTR"),
    ("ingest", "rename", STATE, "EIO"), ("ingest", "rename", STATE, "ENOSPC"), ("ingest", "ftruncate", STATE, "EIO"), ("ingest", "unlink", STATE, "EACCES"),
    ("ingest", "pread", STATE, "EIO"), ("ingest", "pread", STATE, "short"), ("ingest", "accept", "*", "EMFILE"), ("ingest", "accept", "*", "ECONNABORTED"),
    ("ingest", "recv", "socket:", "ECONNRESET"), ("ingest", "recv", "socket:", "EINTR"), ("ingest", "send", "socket:", "EPIPE"), ("ingest", "send", "socket:", "EINTR"),
    ("ingest", "send", "socket:", "ENOBUFS"), ("ingest", "getrandom", "*", "EIO"), ("ingest", "getrandom", "*", "EINTR"), ("ingest", "memfd", "*", "EMFILE"),
    ("ingest", "mmap", "*", "ENOMEM"), ("ingest", "eventfd+thread", "*", "EAGAIN"), ("ingest", "bind+listen", "*", "EADDRINUSE"), ("ingest", "mkdir", "*", "ENOSPC"),
    ("deliver*", "malloc", "*", "ENOMEM"), ("deliver*", "open", "*", "EMFILE"), ("deliver*", "open", STATE, "EACCES"), ("deliver*", "pread", STATE, "EIO"),
    ("deliver*", "pread", STATE, "short"), ("deliver*", "pread", STATE, "EINTR"), ("deliver*", "pwrite", STATE, "ENOSPC"), ("deliver*", "pwrite", STATE, "EIO"),
    ("deliver*", "pwrite", STATE, "short"), ("deliver*", "pwrite", STATE, "EINTR"), ("deliver*", "fdatasync", STATE, "EIO"), ("deliver*", "fdatasync", STATE, "EINTR"),
    ("deliver*", "rename", STATE, "EIO"), ("deliver*", "socket", "*", "EMFILE"), ("deliver*", "connect", "*", "ENETUNREACH"), ("deliver*", "connect", "*", "EINTR"),
    ("deliver*", "send", "socket:", "EPIPE"), ("deliver*", "send", "socket:", "short"), ("deliver*", "send", "socket:", "EINTR"), ("deliver*", "recv", "socket:", "ECONNRESET"),
    ("deliver*", "recv", "socket:", "EINTR"), ("deliver*", "getrandom", "*", "EIO"), ("deliver*", "memfd", "*", "EMFILE"), ("deliver*", "mmap", "*", "ENOMEM"),
    ("admin", "malloc", "*", "ENOMEM"), ("admin", "open", "*", "EMFILE"), ("admin", "open", DB, "EACCES"), ("admin", "pwrite", DB, "ENOSPC"), ("admin", "pwrite", DB, "EIO"),
    ("admin", "pwrite", DB, "short"), ("admin", "pwrite", DB, "EINTR"), ("admin", "pread", DB, "EIO"), ("admin", "pread", DB, "short"), ("admin", "fdatasync", DB, "EIO"),
    ("admin", "ftruncate", DB, "EIO"), ("admin", "rename", STATE, "EIO"), ("admin", "unlink", STATE, "EACCES"), ("admin", "accept", "*", "EMFILE"),
    ("admin", "recv", "unix:", "EINTR"), ("admin", "send", "unix:", "ENOBUFS"), ("admin", "getrandom", "*", "EIO"), ("admin", "memfd", "*", "EMFILE"),
    ("admin", "mmap", "*", "ENOMEM"), ("admin", "bind+listen", "*", "EADDRINUSE"),
    ("parent", "malloc", "*", "ENOMEM"), ("parent", "fork", "*", "EAGAIN"), ("parent", "socketpair", "*", "EMFILE"), ("parent", "memfd", "*", "EMFILE"),
    ("parent", "recv", "unix:", "EINTR"), ("parent", "send", "unix:", "ENOBUFS"),
    ("ingest", "recv", "unix:", "ENOMEM"), ("ingest", "send", "unix:", "ENOMEM"), ("deliver*", "recv", "unix:", "EINTR"), ("deliver*", "send", "unix:", "ENOBUFS"),
]
PHASES = ("run", "recover", "restart")  # works; a role starts after kill -9; the daemon starts
DISK = {"open", "pwrite", "fallocate", "fdatasync", "rename", "ftruncate", "unlink", "pread", "mkdir"}
# What need not be in the log, by what was struck (role, call, path, place): why
QUIET = {
    r"unlink /\S+\.tmp ": "a left-over of a start that was cut short: when it is there and stays, making the new one fails and says so",
    "open /dev/null .* msg_spare_keep ": "a descriptor in reserve, tried again with each message",
}
# Whose crash is not ours, by what was struck: why
CRASHES = {
    "^\\S+ malloc libconfuse": "does not look whether it got memory; mdfd makes sure before that there is some (conf_memory), and the role is started again",
}
SQLITE = {"EIO": ["disk I/O error"], "ENOSPC": ["database or disk is full", "disk I/O error"], "EACCES": ["unable to open database file", "readonly database"], "EMFILE": ["unable to open database file"]}
ENDS = re.compile(r"ROLE-DIED .*killed by signal (?!9;)\d+")
BAD = re.compile(r"Assertion `|Sanitizer:|runtime error:|stack smashing|double free|corrupted")


class Kth(campaign.Campaign):
    name = "kth"
    title = "the k-th call fails, once or for ever, in each role, at work and in recovery"
    cycles, short, batch = 3000, 6, 60
    short_cases = (("ingest", "pwrite", SPOOL, "ENOSPC", "run", False), ("ingest", "fdatasync", STATE, "EIO", "recover", False), ("admin", "pwrite", DB, "EIO", "run", True),
                   ("deliver*", "pwrite", STATE, "EIO", "run", False), ("deliver*", "socket", "*", "EMFILE", "recover", True), ("ingest", "malloc", "*", "ENOMEM", "run", False))

    def begin(self, dice):
        self.folder = tempfile.mkdtemp(prefix="openmdf-shim-")
        self.shim = Shim(self.folder)
        self.rig = rig.Rig(dice.randrange(1 << 31), env=self.shim.env())
        self.lab = self.rig.lab
        self.limit = {}  # calls that there were, by case and phase
        self.names = 0
        self.kept = {}  # elements that mdfctl added: True or, when the answer was lost, None
        self.unheard = {}  # faults that nobody logged
        self.roles = len(self.lab.status()["roles"])

    def choose(self, number):
        if number < self.short:
            return self.short_cases[number], 1
        number -= self.short
        row = number % (len(CASES) * len(PHASES) * 2)
        case, phase, forever = CASES[row % len(CASES)], PHASES[row // len(CASES) % len(PHASES)], row // len(CASES) // len(PHASES) == 1
        return (*case, phase, forever), 1 + number // (len(CASES) * len(PHASES) * 2)

    def cycle(self, number, dice):
        case, k = self.choose(number)
        role, call, _, do, phase, forever = case
        if call == "malloc" and self.shim.sanitized():
            return {"left out": 1}
        most = self.limit.get(case)
        if call == "malloc" and number >= self.short:
            k = int(2 ** dice.uniform(0, 14))
        elif most is not None and k > most:
            k = dice.randint(1, max(1, most))
        self.log_at = os.path.getsize(self.log())
        matched, struck = self.live(case, k, dice)
        figures = {"cycles": 1, "struck": 1 if struck else 0, "calls struck": struck}
        if struck == 0:
            self.limit[case] = matched
        try:
            figures["serving_again_s"] = [self.lifted()]
            self.heard(case, struck)
        except Exception as e:
            raise RuntimeError(f"{role} {call} {do} in phase {phase}, {'from' if forever else 'once,'} k={k}, struck {struck} of {matched}, last {self.was}: {e}") from e
        return figures

    # -- one life under the fault
    def live(self, case, k, dice):
        role, call, path, do, phase, forever = case
        self.was = "-"
        rule = {"role": role, "call": call, "path": path, "k": k, "n": 1 if not forever else "all" if do != "EINTR" else 5, "do": do}  # no kernel interrupts for ever
        self.struck_before = time.monotonic()
        if phase == "run":
            self.shim.rules(rule)
            self.work(dice)
        elif phase == "recover":
            self.kill(role, dice)
            self.shim.rules(rule)
            self.wait_struck(0.8, forever)
        else:
            self.down()
            self.shim.rules(rule)
            self.lab.start(wait=False, env=self.rig.env)
            self.wait_struck(1.5, forever)
        hits = self.shim.hits()
        self.was = f"{self.shim.last()} {self.shim.site()}"
        self.shim.rules()
        return hits

    def wait_struck(self, most_s, forever):
        end = time.monotonic() + most_s
        while time.monotonic() < end and (forever or not self.shim.hits()[1]):
            time.sleep(0.02)

    def kill(self, role, dice):
        names = {"ingest": ["ingest"], "admin": ["admin"], "deliver*": ["deliver"], "parent": ["ingest", "admin"]}[role]
        for r in self.status()["roles"]:
            if r["role"] in names and r["pid"]:
                os.kill(r["pid"], signal.SIGKILL)

    def work(self, dice):
        """Agencies that come and go, warrants and elements that change; product flows all the while."""
        name = dice.choice(["lemf-a", "lemf-b"])
        self.lab.stop_lemf(name, signal.SIGKILL)
        self.add_ne()
        self.ask("warrant", "list")
        self.lab.lemf(name)
        self.ask("status")
        self.add_ne()
        time.sleep(0.3)

    def ask(self, *args):
        return self.lab.ctl(*args, check=False, timeout=5)  # while the fault lasts there may be no answer

    def add_ne(self):
        self.names += 1
        name = f"x{self.names}"
        code, answer = self.ask("ne", "add", name, "--san", f"{name}.lab.example")
        self.kept[name] = True if code == 0 else False if isinstance(answer, dict) and "UNREACHABLE" not in str(answer) else None

    def down(self):
        """The daemon is killed as a whole."""
        pids = [r["pid"] for r in self.status()["roles"]]
        for p in [self.lab.mdfd.pid, *pids]:
            try:
                os.kill(p, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.lab.mdfd.wait()
        tap.wait_for("the roles are gone", lambda: not any(os.path.exists(f"/proc/{p}") for p in pids), 20)

    def status(self):
        return tap.wait_for("a status", self.try_status, 30, 0.1)

    def try_status(self):
        try:
            return self.lab.status()
        except (tap.LabError, KeyError):
            return None

    # -- afterwards
    def lifted(self):
        began = time.monotonic()
        if self.lab.mdfd.poll() is not None:  # the parent itself was struck; a service manager starts it again
            assert self.lab.mdfd.returncode > 0, f"mdfd ended with code {self.lab.mdfd.returncode}"
            tap.wait_for("roles without a parent end", lambda: not self.left_over(), 30)
            self.lab.start(wait=False, env=self.rig.env)
        rig.whole(self.lab, self.roles, 60)
        self.rig.progress("the fault", 60)
        return time.monotonic() - began

    def left_over(self):
        out = []
        for p in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{p}/cmdline", "rb") as f:
                    if self.lab.conf.encode() in f.read():
                        out.append(p)
            except OSError:
                pass
        return out

    def log(self):
        return os.path.join(self.lab.dir, "mdfd.log")

    def heard(self, case, struck):
        """No crash; a fault of the disk is in the log by its name, with the file, or stands in QUIET."""
        with open(self.log(), errors="replace") as f:
            f.seek(self.log_at)
            text = f.read()
        for line in text.splitlines():
            assert not BAD.search(line), line
            assert not ENDS.search(line) or any(re.search(c, self.was) for c in CRASHES), line
        _, call, _, do, phase, forever = case
        if not struck or call not in DISK or do in ("EINTR", "short"):  # tried again at once
            return
        errors = [os.strerror(getattr(errno, do)), *SQLITE.get(do, [])]
        if not any(e in text for e in errors) and not any(re.search(q, self.was) for q in QUIET):
            self.unheard[f"{do} at {self.was}"] = f"{phase}{' for ever' if forever else ''}"

    def end(self):
        assert not self.unheard, f"not in the log: {self.unheard}"
        nes = {n["name"] for n in self.lab.ctl("ne", "list")}
        for name, added in self.kept.items():
            assert added is None or (name in nes) == added, f"element {name}: the answer was {added}, it is {'there' if name in nes else 'not there'}"
        answer = self.lab.ctl("audit", "verify")
        tap.note(f"audit: {answer}")
        try:
            figures = self.rig.judge(60)
        except tap.LabError:
            tap.note({k: v for k, v in self.lab.status().items() if k in ("warrants", "deliver", "leas", "ingest")})
            raise
        self.rig.audit()
        return figures

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)
        shutil.rmtree(self.folder, ignore_errors=True)


campaign.main(Kth)
