# SPDX-License-Identifier: Apache-2.0
"""The usual arrangement under load: two elements that write ledgers, two agencies that write what came, four warrants, the oracle at the end."""

import os
import signal
import subprocess

import tap
import oracle

LOAD = ("format=sip,rate=30,sessions=3,duration=36000", "format=rtp,rate=90,sessions=4,duration=36000", "format=ipv4,size=300,rate=60,sessions=2,duration=36000",
        "format=xiri,rate=10,duration=36000")


class Rig:
    """LOAD: what each element sends; ENV: of mdfd; OPTIONS: of Lab.configure."""

    def __init__(self, seed, load=LOAD, env=None, ne_options=None, **options):
        options.setdefault("session__snapshot_s", 1)
        self.seed, self.load, self.env = seed & 0x7FFFFFFF, load, env or {}
        self.ne_options = {"connections": 3, "keepalive": 0.3, "ack_timeout": 5, "retry": 60, **(ne_options or {})}
        self.lab = lab = tap.start_lab(nes=("ne1", "ne2"), env=self.env, **options)
        self.nes = {}
        xids = [tap.new_xid() for _ in range(3)]
        self.warrants = [{"liid": "BOTH-A", "lemf": "lemf-a", "xids": {xids[0]}, "delivery": "both"}, {"liid": "BOTH-B", "lemf": "lemf-b", "xids": {xids[0]}, "delivery": "both"},
                         {"liid": "IRI-B", "lemf": "lemf-b", "xids": {xids[1]}, "delivery": "iri"}, {"liid": "CC-A", "lemf": "lemf-a", "xids": {xids[2]}, "delivery": "cc"}]
        try:
            tap.provision(lab, nes=("ne1", "ne2"))
            for w in self.warrants:
                tap.add_warrant(lab, w["liid"], w["lemf"].replace("lemf", "lea"), sorted(w["xids"]), delivery=w["delivery"])
            tap.in_force(lab)
            for i, n in enumerate(("ne1", "ne2")):
                self.nes[n] = lab.ne_background(n, seed=self.seed + i, xid=[xids[0], xids[1 + i]], generate=list(load), ledger=self.ledger(n), nfid=n, **self.ne_options)
            tap.wait_for("something is acknowledged", lambda: self.acked() > 50, 20)
        except BaseException:
            self.close(True)
            raise

    def ledger(self, ne):
        return os.path.join(self.lab.dir, f"{ne}.jsonl")

    def rows(self):
        return oracle.read_ledgers(p for p in map(self.ledger, ("ne1", "ne2")) if os.path.exists(p))

    def acked(self):
        """PDUs acknowledged so far, by the ledgers."""
        return sum(r["acked"] for r in self.rows())

    def progress(self, what, timeout=20):
        """The elements are being acknowledged again."""
        before = self.acked()
        tap.wait_for(f"acknowledgements go on after {what}", lambda: self.acked() > before + 20, timeout, 0.1)
        for n, p in self.nes.items():
            assert p.poll() is None, f"mdf-ne {n} ended with code {p.returncode}"

    def judge(self, timeout=30):
        """End the load, wait until all is delivered, ask the oracle; figures."""
        for p in self.nes.values():
            p.terminate()
        for n, p in self.nes.items():
            tap.equal(p.wait(timeout), 0, f"{n} had everything acknowledged")
        status = tap.drained(self.lab, timeout)
        tap.accounted(status)
        faults = oracle.judge(self.lab, [self.ledger(n) for n in self.nes], self.warrants, status)
        assert not faults, "\n".join(faults)
        for n in ("lemf-a", "lemf-b"):
            tap.verify(self.lab, n)
        tap.equal(self.lab.stop(), 0, "exit code of mdfd")
        self.lab.end()
        tap.equal(self.lab.findings(), [], "findings")
        rows = self.rows()
        return {"offered": len(rows), "acknowledged": sum(r["acked"] for r in rows), "delivered": sum(w["delivered"] for w in status["warrants"])}

    def kill(self, role, lea=None):
        """kill -9 of a role; not waited for."""
        for r in self.lab.status()["roles"]:
            if r["role"] == role and lea in (None, r["name"]):
                os.kill(r["pid"], signal.SIGKILL)

    def close(self, failed=False):
        self.lab.keep = self.lab.keep or failed
        self.lab.quiet = not failed
        self.lab.close()

    def audit(self):
        """The database and the audit log are whole."""
        db = os.path.join(self.lab.dir, "state", "admin", "openmdf.db")
        if os.path.exists(db):
            p = subprocess.run(["sqlite3", db, "PRAGMA integrity_check"], capture_output=True, text=True)
            tap.equal(p.stdout.strip(), "ok", "integrity_check")
