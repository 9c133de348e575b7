# SPDX-License-Identifier: Apache-2.0
"""A long time under load with everything that happens in such a time: links that break, elements that restart, reloads, new certificates, warrants that
come and go.  A cycle is a minute.  One daemon from the first to the last: a run that was broken off begins anew.

Two loads: one with ledgers, which the oracle judges every JUDGE cycles (the warrants, ledgers and LEMF folders are then replaced by new ones), and a bulk of
packets that fills half of what the machine can do, of which the books alone are compared (SOAK_BULK=PDU/s instead of measuring).  72 hours:
make faults FAULTS=soak FAULTS_FLAGS="--cycles 4320"
"""

import json
import os
import shutil
import signal
import statistics
import sys
import time

import campaign
import latency
import oracle
import rig
import tap

LONG = len(sys.argv) > 1
MINUTE = 60 if LONG else 3
JUDGE = 20  # cycles
FLAT_FROM = 30  # fewer cycles have no second half to speak of
# few new sessions: what is kept of a session for good is measured by itself
LOAD = ("format=sip,rate=30,sessions=3,duration=400000,corr=session", "format=sip,rate=6,duration=400000", "format=rtp,rate=150,sessions=4,duration=400000",
        "format=ipv4,size=300,rate=100,sessions=2,duration=400000", "format=xiri,rate=10,duration=400000")
# of resident memory in the second half: 5 % and 4 MiB, so much for each session, and what ingest says it keeps of sequence numbers (for a day, 256 MiB at most)
GROWTH = {"rss": 0.05, "spare_KiB": 4096, "session_KiB": 3}
SLOWER = 2  # the last quarter's median latency against the second's, beside what the machine itself became slower, and a millisecond


def fit(samples):
    """Slope of [(x, y)] by least squares."""
    mx, my = (statistics.fmean(s[i] for s in samples) for i in (0, 1))
    d = sum((x - mx) ** 2 for x, _ in samples)
    return sum((x - mx) * (y - my) for x, y in samples) / d if d else 0.0


class Soak(campaign.Campaign):
    name = "soak"
    title = "an hour (or days) at half load with link flaps, reloads, certificate rotation and warrant churn"
    cycles, short, batch = 60, 3, 1 << 30

    def begin(self, dice):
        self.rig = rig.Rig(dice.randrange(1 << 31), load=LOAD)
        self.lab = lab = self.rig.lab
        self.period = self.churned = 0
        self.samples, self.minutes, self.windows = [], [], []
        self.machine = latency.Machine(lab.dir)
        lab.pki.issue("hi", "lemf-c", "DNS:lemf-c.lab.example,IP:127.0.0.1", "serverAuth")
        lab.lemf("lemf-c", extra=["--sink", "--quiet"])
        lab.ctl("lea", "add", "lea-c", "--country", "NL")
        tap.add_destination(lab, "lemf-c", "lea-c", level="c", time1_s=0)
        self.bulk_xid = tap.new_xid()
        tap.add_warrant(lab, "BULK-C", "lea-c", self.bulk_xid)
        tap.in_force(lab)
        lab.ctl("wait", "--for", "connected", "--timeout", "15")
        self.rate = int(os.environ.get("SOAK_BULK", 0)) or (self.calibrate() // 2 if LONG else 500)
        self.bulk, self.bulk_sent = None, 0
        self.start_bulk(dice)
        self.rig.files = self.rig.open_files()

    # -- the bulk
    def bulk_options(self, dice, generate):
        return {"xid": self.bulk_xid, "seed": dice.randrange(1 << 30), "generate": generate, "nfid": f"bulk-{time.time_ns()}", "keepalive": 0.3}

    def calibrate(self):
        got = self.lab.ne("ne1", xid=self.bulk_xid, generate="format=ipv4,size=1300,duration=10,sessions=8", prebuilt=True, keepalive=0.3, nfid="calibration", timeout=200)
        print(f"soak: {got['acked'] / 10:.0f} PDU/s at most; half of it is the load", flush=True)
        return got["acked"] // 10

    def start_bulk(self, dice):
        self.bulk = self.lab.ne_background("ne2", log=f"bulk-{self.period}.log", prebuilt=True,
                                           **self.bulk_options(dice, f"format=ipv4,size=1300,rate={self.rate},duration=400000,sessions=8"))

    def stop_bulk(self):
        self.bulk.terminate()
        tap.equal(self.bulk.wait(120), 0, "the bulk was acknowledged")
        with open(os.path.join(self.lab.dir, f"bulk-{self.period}.log")) as f:
            text = f.read()
        self.bulk_sent += json.loads(text[text.index("{"):])["acked"]

    # -- a minute
    def cycle(self, number, dice):
        began, at = time.monotonic(), latency.now()
        churn = ("flap_lemf", "flap_ne", "reload", "certificates", "warrants")
        things = dice.sample(churn, len(churn)) if LONG else [churn[number % 5], churn[(number + 3) % 5]]
        for i, what in enumerate(things):
            getattr(self, "do_" + what)(dice)
            time.sleep(max(0, began + MINUTE * (i + 1) / len(things) - time.monotonic()))
        self.rig.progress("the churn of a minute", 60)
        assert self.bulk.poll() is None, f"the bulk ended with code {self.bulk.returncode}"
        self.windows.append((number, at, latency.now()))
        self.sample(number)
        if (number + 1) % JUDGE == 0:
            self.judge(dice)
        return {"cycles": 1, **{w: 1 for w in things}}

    def do_flap_lemf(self, dice):
        name = dice.choice(["lemf-a", "lemf-b"])
        self.lab.stop_lemf(name, signal.SIGKILL)
        time.sleep(dice.uniform(0, 2) if LONG else 0.1)
        self.lab.lemf(name, extra=["--quiet"])

    def do_flap_ne(self, dice):
        name = dice.choice(rig.NES)
        self.rig.nes[name].terminate()
        tap.equal(self.rig.nes[name].wait(60), 0, f"{name} had everything acknowledged")
        self.rig.start_ne(name)

    def do_reload(self, dice):
        self.lab.reload()

    def do_certificates(self, dice):
        """New ones with new keys, in both directions, and a new CRL."""
        for ca, name, san, usage in (("x", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth"), ("hi", "mdf", "DNS:mdf.lab.example", "clientAuth")):
            self.lab.pki.issue(ca, name, san, usage)
            self.lab.pki.crl(ca)
        self.lab.reload()

    def do_warrants(self, dice):
        """A warrant comes, is served and is stopped."""
        self.churned += 1
        w = {"liid": f"CHURN-{self.churned}", "lemf": dice.choice(["lemf-a", "lemf-b"]), "xids": {tap.new_xid()}, "delivery": "both"}
        tap.add_warrant(self.lab, w["liid"], w["lemf"].replace("lemf", "lea"), sorted(w["xids"]))
        tap.in_force(self.lab, 30)
        self.rig.warrants.append(w)
        path = os.path.join(self.lab.dir, f"churn-{self.churned}.jsonl")
        self.rig.ledgers[path] = oracle.Ledger(path)
        self.lab.ne("ne1", xid=sorted(w["xids"]), seed=dice.randrange(1 << 30), generate=["format=sip,count=60", "format=rtp,count=200"], ledger=path,
                    nfid=f"churn-{self.churned}", keepalive=0.3)
        self.lab.ctl("warrant", "stop", w["liid"], "--reason", "soak")

    def sample(self, number):
        s = self.lab.status()
        row = {"minute": number, "sessions": s["ingest"]["sessions_known"], "numbers_KiB": s["ingest"]["sequence_octets"] // 1024}
        for role, pid in {"parent": self.lab.mdfd.pid, **{r["role"] + (":" + r["name"] if r["name"] else ""): r["pid"] for r in s["roles"]}}.items():
            with open(f"/proc/{pid}/status") as f:
                kib = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
            try:
                fds = len(os.listdir(f"/proc/{pid}/fd"))
            except PermissionError:
                fds = 0
            row[role] = (kib, fds, pid)
        self.samples.append(row)
        if LONG:
            print("soak: minute", number, json.dumps(row), flush=True)

    # -- the oracle
    def judge(self, dice):
        """What came since the last time, then everything of it anew but the daemon."""
        lab = self.lab
        self.stop_load()
        status, journal = oracle.books_of(lab, self.rig.warrants)
        lemfs = {n: oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in ("lemf-a", "lemf-b")}
        faults = oracle.check(self.rig.rows(), lemfs, self.rig.warrants, status, journal)
        assert not faults, "\n".join(faults)
        self.latencies()
        for n in ("lemf-a", "lemf-b"):
            lab.stop_lemf(n)
            shutil.rmtree(lab.lemfs[n]["dir"])
            lab.lemf(n, extra=["--quiet"])
        for path in self.rig.ledgers:
            os.unlink(path)
        old = [w for w in self.rig.warrants if not w["liid"].startswith("CHURN")]
        self.period += 1
        self.rig.ledgers, self.rig.warrants = {}, []
        self.rig.xids = [tap.new_xid() for _ in range(3)]
        for w, i in zip(old, (0, 0, 1, 2)):
            lab.ctl("warrant", "stop", w["liid"], "--reason", "soak")
            new = {**w, "liid": f"{w['liid'].split('.')[0]}.{self.period}", "xids": {self.rig.xids[i]}}
            self.rig.warrants.append(new)
            tap.add_warrant(lab, new["liid"], new["lemf"].replace("lemf", "lea"), sorted(new["xids"]), delivery=new["delivery"])
        tap.in_force(lab, 30)
        for n in rig.NES:
            self.rig.start_ne(n)
        self.start_bulk(dice)
        tap.wait_for("something is acknowledged", lambda: self.rig.acked() > 50, 60)

    def stop_load(self):
        for n, p in self.rig.nes.items():
            p.terminate()
            tap.equal(p.wait(120), 0, f"{n} had everything acknowledged")
        self.stop_bulk()
        status = tap.drained(self.lab, 120)
        tap.accounted(status)
        bulk = tap.warrant(self.lab, "BULK-C", status)
        assert bulk["delivered"] + bulk["duplicate"] >= self.bulk_sent and bulk["waiting"] == 0, (self.bulk_sent, bulk)

    def latencies(self):
        """Median and 99th percentile of X2-in to HI2-out, for each minute since the last time."""
        got = latency.samples(self.lab, "lemf-a", {w["liid"] for w in self.rig.warrants if w["liid"].startswith("BOTH-A")})
        for number, a, b in self.windows:
            ms = [v for at, v in got if a <= at <= b]
            machine = [v for at, v in self.machine.samples if a <= at <= b]
            if ms and machine:
                self.minutes.append((number, statistics.median(ms), latency.p99(ms), statistics.median(machine)))
        self.windows = []

    def flat(self):
        """Figures of the second half; faults."""
        half = self.samples[len(self.samples) // 2:]
        figures, faults, minutes = {}, [], len(half) - 1
        new = half[-1]["sessions"] - half[0]["sessions"]
        known = {"ingest": GROWTH["session_KiB"] * new + half[-1]["numbers_KiB"] - half[0]["numbers_KiB"], "admin": GROWTH["session_KiB"] * new}
        for role in (k for k in half[0] if k not in ("minute", "sessions", "numbers_KiB")):
            rows = [(r["minute"], *r[role]) for r in half if role in r]
            grown = fit([r[:2] for r in rows]) * minutes
            figures[f"{role}_MiB"] = [r[1] / 1024 for r in rows]
            figures[f"{role}_grown_KiB"] = [grown]
            figures[f"{role}_fds"] = [r[2] for r in rows]
            room = GROWTH["rss"] * rows[0][1] + GROWTH["spare_KiB"] + known.get(role, 0)
            faults += [f"{role} grows: {grown:.0f} KiB in {minutes} minutes, {room:.0f} KiB allowed"] if grown > room else []
            faults += [f"{role} has {rows[-1][2]} files open, {rows[0][2]} before"] if rows[-1][2] > rows[0][2] + 2 else []
            faults += [f"{role} was started again"] if len({r[3] for r in rows}) > 1 else []
        figures.update(new_sessions=new, numbers_grown_KiB=half[-1]["numbers_KiB"] - half[0]["numbers_KiB"])
        n = len(self.minutes)
        quarters = (self.minutes[n // 4:n // 2] or self.minutes, self.minutes[3 * n // 4:])
        (early, before), (late, after) = ([statistics.median(m[i] for m in q) for i in (1, 3)] for q in quarters)
        if late > SLOWER * early * max(1, after / before) + 1:
            faults.append(f"slower: median latency {late:.1f} ms in the last quarter, {early:.1f} ms in the second; the machine itself {after:.1f} and {before:.1f} ms")
        return {**figures, "minute_p50_ms": [m[1] for m in self.minutes], "minute_p99_ms": [m[2] for m in self.minutes], "machine_p50_ms": [m[3] for m in self.minutes]}, faults

    def end(self):
        self.stop_load()
        self.latencies()
        figures, faults = self.flat()
        if len(self.samples) >= FLAT_FROM:
            assert not faults, "\n".join(faults)
        elif LONG:
            print("soak: too short to be judged:", *faults, sep="\n  ", flush=True)
        self.lab.stop_lemf("lemf-c")
        del self.lab.lemfs["lemf-c"]  # it stores nothing
        self.rig.nes = {}
        return {**self.rig.judge(60), "bulk": self.bulk_sent, **figures}

    def close(self, failed):
        if hasattr(self, "machine"):
            self.machine.close()
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(Soak)
