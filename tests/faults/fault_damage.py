# SPDX-License-Identifier: Apache-2.0
"""Damage of any file of the state folder while mdfd is down: a bit, a block of zeros or of garbage, a cut, an older copy put back, the file gone.

Whatever it was: no facility gets what was not sent, what is missing is said (log, count, alarm), and with the good file back, or by itself, all goes on.
A file of the database or of the audit log may keep the admin role from starting; then the reason is in the log, and the good copy makes it start."""

import os
import re
import shutil
import time

import campaign
import tap
from x23 import Link, ip_packet, pdu

WAYS = ("bit", "zeros", "garbage", "cut", "older", "gone")
HEARD = re.compile(r"<[0-4]>\S+ \S+( \S+)?\[\d+\]: (SPOOL|CURSOR|STATE|STORE|DB|AUDIT|JOURNAL|LOG|CHECKPOINT|RECOVER|DEPLOYMENT|TASKS|TRUST|VAULT|CLOCK|SESSION|SEAL|KEY)")
ADMIN = re.compile(r"(openmdf\.db|log\.|audit|deployment)")


class Damage(campaign.Campaign):
    name = "damage"
    title = "a file of the state folder is damaged, cut, gone or replaced by an older copy"
    cycles, short, batch = 1000, 3, 25

    def begin(self, dice):
        self.lab = tap.start_lab(session__snapshot_s=1)
        tap.provision(self.lab)
        self.xid = tap.new_xid()
        for a in "ab":
            tap.add_warrant(self.lab, f"L-{a}", f"lea-{a}", self.xid)
        tap.in_force(self.lab)
        self.sent = {}
        self.next = 0
        self.send(30)
        tap.drained(self.lab)
        self.old = os.path.join(self.lab.dir, "old")
        self.state = os.path.join(self.lab.dir, "state")
        tap.equal(self.lab.stop(), 0)
        shutil.copytree(self.state, self.old)
        self.lab.start()

    def send(self, n):
        link = Link(self.lab)
        for i in range(self.next, self.next + n):
            self.sent[i] = ip_packet(i, 200 + i % 700)
            link.send(pdu(self.xid, self.sent[i], corr=5, seq=i))
        link.alive(self.next)
        link.close()
        self.next += n

    def got(self, name):
        """Numbers of what the LEMF holds; all of it must have been sent."""
        known = {p.hex(): i for i, p in self.sent.items()}
        out = set()
        for r in self.lab.lemf_show(name, "--hex"):
            if r["class"] == "cc":
                assert r["items"][0]["content"] in known, f"{name} got what was never sent: CIN {r['cin']} number {r['seq']}"
                out.add(known[r["items"][0]["content"]])
        return out

    def files(self):
        out = [os.path.relpath(os.path.join(w, n), self.state) for w, _, names in os.walk(self.state) for n in names if not n.endswith((".free", ".reserve", ".key", ".vkey"))]
        return sorted(f for f in out if os.path.getsize(os.path.join(self.state, f)))

    def damage(self, path, way, dice):
        full, old = os.path.join(self.state, path), os.path.join(self.old, path)
        with open(full, "rb") as f:
            data = bytearray(f.read())
        used = max(1, len(data.rstrip(b"\0")))  # not what was only allocated
        at = dice.randrange(used)
        if way == "bit":
            data[at] ^= 1 << dice.randrange(8)
        elif way in ("zeros", "garbage"):
            n = min(dice.choice([1, 8, 512, 4096]), used - at)
            data[at:at + n] = bytes(n) if way == "zeros" else dice.randbytes(n)
        elif way == "cut":
            del data[at:]
        elif way == "older" and os.path.exists(old):
            with open(old, "rb") as f:
                data = bytearray(f.read())
        elif way in ("gone", "older"):
            os.unlink(full)
            return
        with open(full, "wb") as f:
            f.write(data)

    def cycle(self, number, dice):
        lab, log = self.lab, os.path.join(self.lab.dir, "mdfd.log")
        lab.stop_lemf("lemf-a")
        first = self.next
        self.send(dice.randint(5, 40))
        time.sleep(dice.uniform(0, 1.2))  # with and without a new state file of ingest
        way = dice.choice(WAYS)
        if way != "older" and dice.random() < 0.5:  # that the newest records are gone is known when a state file tells of them: after a stop, or a second
            lab.kill_all()
        else:
            tap.equal(lab.stop(), 0, "exit code")
        kinds = {"segment": lambda f: f.endswith(".seg") and f.startswith("spool/1/"), "cursor": lambda f: f.endswith("/cursor"),
                 "journal": lambda f: f.startswith("spool/0/"), "database": lambda f: "openmdf.db" in f, "state": lambda f: f.startswith("state/")}
        names = list(kinds)
        for kind in (names[number % len(names)], dice.choice(names), "segment"):
            files = [f for f in self.files() if kinds[kind](f)]
            if files:
                break
        path = dice.choice(files)
        good = os.path.join(lab.dir, "good")
        shutil.rmtree(good, ignore_errors=True)
        shutil.copytree(self.state, good)
        self.damage(path, way, dice)
        log_at = os.path.getsize(log)
        what = f"{way} of {path}"
        refused = not self.start(log, log_at)
        with open(log, errors="replace") as f:
            f.seek(log_at)
            text = f.read()
        if refused:
            assert kind == "database" or HEARD.search(text), f"{what}: does not start, and says nothing"
            self.kill()
            shutil.rmtree(self.state)
            shutil.copytree(good, self.state)
            lab.start()
        lab.lemf("lemf-a")
        lab.ctl("wait", "--for", "connected", "--timeout", "30")
        self.settle()
        missing = {n: set(range(first, self.next)) - self.got(n) for n in ("lemf-a", "lemf-b")}
        with open(log, errors="replace") as f:
            f.seek(log_at)
            text = f.read()
        assert "Assertion `" not in text and "killed by signal" not in text, f"{what}: " + text[-1500:]
        if missing["lemf-a"] or missing["lemf-b"]:
            assert kind == "segment" or way == "older", f"{what}: {missing} are missing"
            assert HEARD.search(text), f"{what}: {missing} are missing, and nothing is said"
        self.provisioned()
        before = self.next
        self.send(5)  # and it goes on
        tap.wait_for(f"new product is delivered after {what}", lambda: set(range(before, self.next)) <= self.got("lemf-a"), 60, 0.2)
        lost = len(missing["lemf-a"])
        return {"cycles": 1, kind: 1, way: 1, "refused": int(refused), "said": int(bool(HEARD.search(text))), "records damaged": lost}

    def start(self, log, log_at):
        """Whether it comes up with all roles."""
        self.lab.start(wait=False)
        try:
            self.lab.wait_ready(12)
            return len(self.lab.status()["roles"]) == 4
        except tap.LabError:
            return False

    def kill(self):
        pids = [p for p in filter(str.isdigit, os.listdir("/proc")) if self.is_ours(p)]
        for p in pids:
            try:
                os.kill(int(p), 9)
            except ProcessLookupError:
                pass
        self.lab.mdfd.wait()
        tap.wait_for("its processes are gone", lambda: not any(self.is_ours(p) for p in pids), 20)

    def is_ours(self, p):
        try:
            with open(f"/proc/{p}/cmdline", "rb") as f:
                return self.lab.conf.encode() in f.read().split(b"\0")
        except OSError:
            return False

    def settle(self):
        """Nothing waits at a destination any more."""
        def empty():
            s = self.lab.status()
            return all(d["state"] == "up" and d["backlog"]["records"] == 0 for li in s["leas"] for d in li["destinations"])
        tap.wait_for("no backlog", empty, 60, 0.1)

    def provisioned(self):
        """An older database knows less: then it is the good one that counts."""
        liids = {w["liid"] for w in self.lab.ctl("warrant", "list")}
        assert liids >= {"L-a", "L-b"}, f"warrants {liids}"

    def end(self):
        seen = self.got("lemf-a") | self.got("lemf-b")
        return {"offered": len(self.sent), "held": len(seen)}

    def close(self, failed):
        if hasattr(self, "lab"):
            self.lab.keep, self.lab.quiet = self.lab.keep or failed, not failed
            self.lab.close()


campaign.main(Damage)
