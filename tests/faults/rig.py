# SPDX-License-Identifier: Apache-2.0
"""The usual arrangement under load: two elements that write ledgers, two agencies that write what came, four warrants, the oracle at the end."""

import os
import signal
import subprocess
import time

import tap
import oracle

LOAD = ("format=sip,rate=30,sessions=3,duration=36000", "format=rtp,rate=90,sessions=4,duration=36000",
        "format=ipv4,size=300,rate=60,sessions=2,duration=36000", "format=xiri,rate=10,duration=36000")
NES = ("ne1", "ne2")


def whole(lab, roles=4, timeout=120):
    """Wait until LAB has all its roles (ROLES) and each is ready."""
    def all_there():
        try:
            there = lab.status()["roles"]
        except (tap.LabError, KeyError):
            return False
        return len(there) == roles and all(r["ready"] for r in there)
    tap.wait_for("all roles are back", all_there, timeout, 0.05)


class Rig:
    """LOAD: what each element sends; ENV: of mdfd; OPTIONS: of Lab.configure."""

    def __init__(self, seed, load=LOAD, env=None, ne_options=None, **options):
        options.setdefault("session__snapshot_s", 1)
        self.seed, self.load, self.env = seed & 0x7FFFFFFF, load, env or {}
        self.ne_options = {"connections": 3, "keepalive": 0.3, "ack_timeout": 5, "retry": 60, **(ne_options or {})}
        self.nes, self.ledgers, self.lives = {}, {}, 0  # running elements; path > ledger of every life of an element
        self.lab = lab = tap.start_lab(nes=NES, env=self.env, **options)
        xids = self.xids = [tap.new_xid() for _ in range(3)]
        self.warrants = [{"liid": "BOTH-A", "lemf": "lemf-a", "xids": {xids[0]}, "delivery": "both"},
                         {"liid": "BOTH-B", "lemf": "lemf-b", "xids": {xids[0]}, "delivery": "both"},
                         {"liid": "IRI-B", "lemf": "lemf-b", "xids": {xids[1]}, "delivery": "iri"},
                         {"liid": "CC-A", "lemf": "lemf-a", "xids": {xids[2]}, "delivery": "cc"}]
        try:
            tap.provision(lab, nes=NES)
            for w in self.warrants:
                tap.add_warrant(lab, w["liid"], w["lemf"].replace("lemf", "lea"), sorted(w["xids"]), delivery=w["delivery"])
            tap.in_force(lab)
            self.files = self.open_files()
            for n in NES:
                self.start_ne(n)
            tap.wait_for("something is acknowledged", lambda: self.acked() > 50, 20)
        except BaseException:
            self.close(True)
            raise

    def start_ne(self, name):
        """An element, or a further life of it: with its own ledger and sessions."""
        life, self.lives = self.lives, self.lives + 1
        path = os.path.join(self.lab.dir, f"{name}-{life}.jsonl")
        self.ledgers[path] = oracle.Ledger(path)
        self.nes[name] = self.lab.ne_background(name, seed=self.seed + life, xid=[self.xids[0], self.xids[1 + NES.index(name)]],
                                                generate=list(self.load), ledger=path, nfid=name, **self.ne_options)
        self.nes[name].ledger = self.ledgers[path]

    def ledger(self, ne):
        """Path of the ledger of its present life."""
        return self.nes[ne].ledger.name

    def rows(self):
        return [r for t in self.ledgers.values() for r in t.read().rows]

    def acked(self):
        """PDUs acknowledged so far, by the ledgers."""
        return sum(t.read().acked_n for t in self.ledgers.values())

    def serving(self, since_ns, what, timeout=30, meanwhile=lambda: None):
        """Wait until each element has an acknowledgement for a PDU that it sent after SINCE_NS; seconds from then."""
        def again():
            meanwhile()
            return all(p.ledger.read().acked_ns >= since_ns for p in self.nes.values())
        tap.wait_for(f"each element is acknowledged again after {what}", again, timeout, 0.01)
        return (time.time_ns() - since_ns) / 1e9

    def progress(self, what, timeout=20):
        """The elements are being acknowledged again."""
        before = self.acked()
        tap.wait_for(f"acknowledgements go on after {what}", lambda: self.acked() > before + 20, timeout, 0.05)
        for n, p in self.nes.items():
            assert p.poll() is None, f"mdf-ne {n} ended with code {p.returncode}"

    def judge(self, timeout=30):
        """End the load, wait until all is delivered, ask the oracle for everything; figures.  The laboratory is over then."""
        lab = self.lab
        for p in self.nes.values():
            p.terminate()
        for n, p in self.nes.items():
            tap.equal(p.wait(timeout), 0, f"{n} had everything acknowledged")
        tap.accounted(tap.drained(lab, timeout))
        status, journal = oracle.books_of(lab, self.warrants)
        lemfs = {n: oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in lab.lemfs}
        faults = oracle.check(self.rows(), lemfs, self.warrants, status, journal) + self.files_left()
        faults += [f for n in lab.lemfs for f in oracle.check_form(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"])]
        faults += oracle.check_audit(self.run_ctl, lab.exe("mdf-verify"), os.path.join(lab.dir, "state", "log.vkey"), os.path.join(lab.dir, "audit.export"))
        tap.equal(lab.stop(), 0, "exit code of mdfd")
        faults += oracle.check_processes(lab.conf) + oracle.check_database(os.path.join(lab.dir, "state", "openmdf.db"))
        lab.end()
        assert not faults, "\n".join(faults)
        tap.equal(lab.findings(), [], "findings")
        rows = self.rows()
        return {"offered": len(rows), "acknowledged": sum(r["acked"] for r in rows), "delivered": sum(len(r) for r in lemfs.values())}

    def run_ctl(self, *args):
        """mdfctl without --json."""
        subprocess.run([self.lab.exe("mdfctl"), "--socket", self.lab.socket, *args], check=True, capture_output=True)

    def open_files(self):
        """Of each process of the daemon; None when we may not look."""
        return oracle.open_files({"parent": self.lab.mdfd.pid, **{r["role"] + r["name"]: r["pid"] for r in self.lab.status()["roles"]}})

    def files_left(self, timeout=10):
        """Faults: open files that are more than before the load; what is closed a little later does not count."""
        end = time.monotonic() + timeout
        while True:
            faults = oracle.check_files(self.files, self.open_files())
            if not faults or time.monotonic() > end:
                return faults
            time.sleep(0.2)

    def status(self, timeout=30):
        """The status, as soon as there is one: admin may just be coming back."""
        def some():
            try:
                return self.lab.status()
            except tap.LabError:
                return None
        return tap.wait_for("mdfd tells its status", some, timeout, 0.05)

    def kill_all(self):
        """kill -9 of everything, also when nothing tells which processes these are."""
        self.lab.mdfd.kill()
        for p in oracle.processes(self.lab.conf):
            try:
                os.kill(p, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.lab.mdfd.wait()

    def kill(self, role, lea=None):
        """kill -9 of a role; not waited for."""
        for r in self.status()["roles"]:
            if r["role"] == role and lea in (None, r["name"]):
                os.kill(r["pid"], signal.SIGKILL)

    def close(self, failed=False):
        self.lab.keep = self.lab.keep or failed
        self.lab.quiet = not failed
        self.lab.close()

    def audit(self):
        """The database is whole; judge() has looked at it, and at the audit log."""
        assert not oracle.check_database(os.path.join(self.lab.dir, "state", "openmdf.db"))
