#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each role of the running daemon is closed in: filter, no new privileges, no capabilities where root was given up, memory closed to others of its
user; a call that is not on the list ends the role, is named in the log, and delivery goes on; what a site may choose and what that says."""

import glob
import os
import pwd
import re
import signal
import subprocess

import tap

lab = None
XID = tap.new_xid()
USER = "nobody"  # the roles' user when the tests run as root
ROOT = os.geteuid() == 0


def sanitized():
    with open(os.path.join(tap.BUILD, "config.h"), encoding="utf-8") as f:
        return re.search("^#define WITH_SANITIZERS", f.read(), re.M)


def setup():
    global lab
    if sanitized():
        raise tap.Skip("built with sanitizers: no seccomp")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.lemf("lemf-a")
    if ROOT:
        os.chmod(lab.dir, 0o711)  # the user of the roles comes through
        for where, _, names in os.walk(os.path.join(lab.dir, "pki")):
            os.chmod(where, 0o755)
            for n in names:
                os.chmod(os.path.join(where, n), 0o644)
    configure()
    lab.start()
    tap.add_ne(lab, "ne1")
    lab.ctl("lea", "add", "lea-a")
    tap.add_destination(lab, "lemf-a", "lea-a")
    tap.add_warrant(lab, "S-1", "lea-a", XID)
    tap.wait_for("deliver runs", lambda: len(roles()) == 3, 20)
    return lab


def configure(**more):
    lab.configure(**({"top__user": USER} if ROOT else {}), **more)


def roles():
    """Name and pid of each role that is ready."""
    return {r["role"]: r["pid"] for r in lab.status()["roles"] if r["ready"]}


def status_of(pid, task=None):
    with open(f"/proc/{pid}/task/{task or pid}/status", encoding="utf-8") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def threads(pid):
    return [int(os.path.basename(t)) for t in glob.glob(f"/proc/{pid}/task/*")]


def log():
    with open(os.path.join(lab.dir, "mdfd.log"), encoding="utf-8") as f:
        return f.read()


def deliver_some(seed):
    lab.ne(xid=XID, seed=seed, generate="format=rtp,count=50")
    tap.accounted(tap.drained(lab))


@tap.test("every thread of every role has the filter and can gain no privilege; the parent has the filter that forbids")
def _():
    deliver_some(1)
    for role, pid in [*roles().items(), ("parent", lab.mdfd.pid)]:
        for t in threads(pid):
            s = status_of(pid, t)
            tap.equal((s["NoNewPrivs"], s["Seccomp"]), ("1", "2"), f"{role}: NoNewPrivs and Seccomp of thread {t}")
        s = status_of(pid)
        tap.equal(int(s["Seccomp_filters"]), 1 if role == "parent" else 2, f"{role}: filters")
    tap.equal(len(threads(roles()["ingest"])) > 1, True, "ingest has a thread to write")
    assert "threads run already" not in log(), "a thread ran before the sandbox closed"


@tap.test("no core files; nobody else of that user reads or traces a role")
def _():
    me = pwd.getpwnam(USER) if ROOT else pwd.getpwuid(os.getuid())
    for role, pid in [*roles().items(), ("parent", lab.mdfd.pid)]:
        with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
            core = next(line.split() for line in f if line.startswith("Max core file size"))
        tap.equal(core[4:6], ["0", "0"], f"{role}: core files")
        for name in ("mem", "environ", "maps"):
            code = f"import sys; open('/proc/{pid}/{name}', 'rb').read(1)"
            p = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True, **({"user": me.pw_uid, "group": me.pw_gid,
                               "extra_groups": []} if ROOT else {}))
            assert p.returncode != 0 and "Permission" in p.stderr, f"{role}: /proc/PID/{name}: {p.stderr}"


@tap.test("roles that give up root keep nothing of it")
def _():
    if not ROOT:
        raise tap.Skip("needs root")
    for role in ("ingest", "deliver"):
        s = status_of(roles()[role])
        want = str(pwd.getpwnam(USER).pw_uid)
        tap.equal(set(s["Uid"].split()), {want}, f"{role}: user")
        tap.equal(s["Groups"].split(), [str(pwd.getpwnam(USER).pw_gid)], f"{role}: groups")
        tap.equal({s[c] for c in ("CapInh", "CapPrm", "CapEff", "CapAmb")}, {"0" * 16}, f"{role}: capabilities")


@tap.test("nothing secret in arguments and environment of the processes")
def _():
    for role, pid in roles().items():
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            words = f.read().split(b"\0")
        tap.equal(words[1:3], [b"--role", role.encode()], "arguments")
        assert XID.encode() not in b" ".join(words) and b"S-1" not in words, words


@tap.test("a role that dies of SIGSYS is named in the log, comes back, and nothing is lost")
def _():
    for role in ("ingest", "deliver", "admin"):
        old = roles()[role]
        os.kill(old, signal.SIGSYS)

        def back():
            try:
                return roles().get(role) not in (None, old)
            except tap.LabError:
                return False
        tap.wait_for(f"{role} is back", back, 30)
        assert re.search(rf"parent\[\d+\]: ROLE-SYSCALL {role}[^:]*: killed by signal 31", log()), log()[-2000:]
    deliver_some(2)
    tap.equal(tap.alarms(lab, "SANDBOX-WEAK"), set(), "alarms")


@tap.test("a site may loosen it: an alarm says so while it is; another word is refused")
def _():
    for mode, filters in (("log", "2"), ("off", "0")):
        tap.equal(lab.stop(), 0, "exit code")
        configure(sandbox__seccomp=mode)
        lab.start()
        tap.wait_for(f"{mode}: an alarm of each role", lambda: len(raised()) == 3, 20)
        tap.equal(status_of(roles()["ingest"])["Seccomp"], filters, f"{mode}: filter")
    deliver_some(3)
    lab.stop()
    configure(sandbox__seccomp="maybe")
    p = subprocess.run([lab.exe("mdfd"), "--config", lab.conf, "--check-config"], capture_output=True, text=True)
    tap.equal((p.returncode, "sandbox.seccomp is kill, log or off" in p.stderr), (1, True), "another word")
    configure()
    lab.start()
    tap.wait_for("the alarms are gone", lambda: len(roles()) == 3 and not raised(), 20)
    deliver_some(4)


def raised():
    return [a for a in lab.status()["alarms"] if a["code"] == "SANDBOX-WEAK" and not a["cleared"]]


tap.main(setup)
