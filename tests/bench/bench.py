# SPDX-License-Identifier: Apache-2.0
"""make bench: one table of what mdfd costs, with haproxy as TLS-to-TLS relay beside it on the same load, in turn, in one run.

CPU seconds of the relaying processes (mdfd: all roles) per 10^9 octets that enter them, their ratio, PDUs per CPU second; then what no relay has:
latency, memory of idle connections, tasks, recovery, growth.  Medians over the rounds.  Never part of make check.  What runs under test is pinned to
core 0, generators and sinks to core 1.  The sinks discard and answer nothing, so mdfd delivers at level c (TCP).  docs/performance.md tells how to read it.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("lab", "flow", "faults"):
    sys.path.insert(0, os.path.join(HERE, "..", "..", "tools" if folder == "lab" else "tests", folder))
import lab as lablib  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
HAPROXY = """global
    nbthread 1
    ssl-default-bind-options ssl-min-ver TLSv1.3 no-tls-tickets
    maxconn 4000
defaults
    mode tcp
    timeout connect 5s
    timeout client 120s
    timeout server 120s
frontend in
    bind 127.0.0.1:{port} ssl crt {cert} ca-file {ca} verify required
    default_backend out
backend out
    server sink 127.0.0.1:{sink} ssl crt {client} ca-file {hi_ca} verify required sni str(lemf-h.lab.example)
"""
# name, generator spec, shape, receivers
CASES = {
    "1400-A-1": ("type=x3,format=ipv4,pdu=1400", "record", 1),
    "1400-A-2": ("type=x3,format=ipv4,pdu=1400", "record", 2),
    "1400-A-4": ("type=x3,format=ipv4,pdu=1400", "record", 4),
    "172-A-1": ("type=x3,format=rtp,pdu=172", "record", 1),
    "172-A-2": ("type=x3,format=rtp,pdu=172", "record", 2),
    "172-A-4": ("type=x3,format=rtp,pdu=172", "record", 4),
    "1400-B-1": ("type=x3,format=ipv4,pdu=1400", "packed", 1),
    "172-B-1": ("type=x3,format=rtp,pdu=172", "packed", 1),
    "sip-A-1": ("type=x2,format=sip", "record", 1),
}
# What a ratio may be, and PDUs per CPU second at least.
GOALS = {"1400-A-1": (0.65, 350e3), "1400-B-1": (1.0, None), "172-A-1": (0.40, 1e6), "1400-A-4": (1.5, None), "sip-A-1": (None, 200e3)}
WORDS = {
    "1400-A-1": "1 400 octets, one PDU per TLS record, 1 receiver",
    "1400-B-1": "the same packed in 16 KiB records",
    "172-A-1": "172-octet RTP",
    "1400-A-4": "four LEAs, each its LIID, spool and connection",
    "sip-A-1": "X2 SIP > IPMMIRI, whole chain",
}


def cpu_s(pids):
    """User and system time of PIDS, all threads, seconds."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def agency(lab, i, port, san=None):
    """Agency I, delivered at level c to PORT of this host."""
    lab.ctl("lea", "add", f"lea-{i}")
    lab.ctl("destination", "add", f"lemf-{i}", "--lea", f"lea-{i}", "--addresses", f"127.0.0.1:{port}", "--server-name", f"{san or f'lemf-{i}'}.lab.example",
            "--level", "c", "--time1-s", "0")


def warrant(lab, liid, i, *xids):
    """A warrant of agency I for XIDS."""
    lab.ctl("warrant", "add", "--liid", liid, "--lea", f"lea-{i}", "--delivery", "both", "--from", "2020-01-01T00:00:00Z", "--until", "2040-01-01T00:00:00Z",
            "--xid", ",".join(xids), "--hi2", f"lemf-{i}", "--hi3", f"lemf-{i}", "--operator-id", "BENCH", "--start", "yes")


class Bench:
    """A laboratory with haproxy, mdfd, four agencies and their sinks."""

    def __init__(self, args, env=None, agencies=4):
        self.args = args
        self.env = env or {}
        self.agencies = agencies
        self.lab = lab = lablib.Lab(args.build)
        lab.make_pki(nes=("ne1",), lemfs=("lemf-h", "lemf-1", "lemf-2", "lemf-3", "lemf-4"))
        self.cores = os.cpu_count() > 1 and not args.no_pin
        self.sinks()
        self.haproxy()
        self.mdfd()

    def pin(self, pid, core):
        if self.cores:
            subprocess.run(["taskset", "-a", "-c", "-p", str(core), str(pid)], check=True, stdout=subprocess.DEVNULL)

    def sinks(self):
        exe = os.path.join(self.lab.build, "tests", "bench", "sink")
        if not os.access(exe, os.X_OK):
            raise lablib.LabError(f"{exe} is not there: run make bench, or make tests/bench/sink")
        p = self.lab.pki.path
        args = [exe]
        for n in ("lemf-h", "lemf-1", "lemf-2", "lemf-3", "lemf-4"):
            self.lab.lemfs[n] = {"port": lablib.free_port()}
            args += [str(self.lab.lemfs[n]["port"]), p("hi", f"{n}.crt"), p("hi", f"{n}.key")]
        self.sink = self.lab.spawn(args, "sink.log")
        self.pin(self.sink.pid, 1)
        self.relayed = 0

    def haproxy(self):
        p = self.lab.pki.path
        port = lablib.free_port()
        for ca in ("x", "hi"):
            with open(p(ca, "mdf.pem"), "w") as out:
                for part in ("mdf.crt", "mdf.key"):
                    with open(p(ca, part)) as f:
                        out.write(f.read())
        conf = os.path.join(self.lab.dir, "haproxy.cfg")
        with open(conf, "w") as f:
            f.write(HAPROXY.format(port=port, cert=p("x", "mdf.pem"), ca=p("x", "ca.crt"), sink=self.lab.lemfs["lemf-h"]["port"], client=p("hi", "mdf.pem"),
                                   hi_ca=p("hi", "ca.crt")))
        proc = self.lab.spawn(["haproxy", "-db", "-f", conf], "haproxy.log")
        time.sleep(0.5)
        if proc.poll() is not None:
            raise lablib.LabError(f"haproxy does not start; see {self.lab.dir}/haproxy.log")
        self.pin(proc.pid, 0)
        self.ha = (port, [proc.pid])

    def mdfd(self):
        lab = self.lab
        lab.configure(spool__segment_len="64M", spool__segment_hash=not self.args.no_segment_hash, limits__payload_max="65536", session__snapshot_s=10)
        lab.start(env=self.env(lab.dir) if self.env else None)
        lab.ctl("ne", "add", "ne1", "--san", "ne1.lab.example")
        self.xid = {n: lablib.new_xid() for n in (1, 2, 4)}
        for i in range(1, self.agencies + 1):
            agency(lab, i, lab.lemfs[f"lemf-{i}"]["port"])
            for n, xid in self.xid.items():
                if i <= n:
                    warrant(lab, f"BENCH-{n}-{i}", i, xid)
        lab.ctl("wait", "--for", "connected", "--timeout", "20")
        self.pids = [lab.mdfd.pid] + [r["pid"] for r in lab.status()["roles"]]
        for pid in self.pids:
            self.pin(pid, 0)

    def load(self, port, case, xid):
        spec, shape, _ = CASES[case]
        args = self.lab.ne_args("ne1", port, xid=xid, generate=f"{spec},duration={self.args.seconds},sessions={self.args.connections}",
                                connections=self.args.connections, shape=shape, prebuilt=True, wait_ack=0, resend_max=0, keepalive=100000, json=True)
        if self.cores:
            args = ["taskset", "-c", "1", *args]
        p = subprocess.run(args, capture_output=True, text=True, timeout=300, cwd=self.lab.dir)
        if p.returncode != 0:
            raise lablib.LabError(f"mdf-ne: exit {p.returncode}: {p.stdout}{p.stderr}")
        out = p.stdout
        return lablib.json.loads(out[out.index("{"):])

    def drained(self):
        st = self.lab.status()
        return st["backlog"]["records"] == 0 and all(w["waiting"] == 0 for w in st["warrants"])

    def one(self, case, relay):
        """One load; returns (CPU s per 10^9 octets in, PDU/s, CPU seconds, PDUs)."""
        port, pids, xid = (*self.ha, self.xid[1]) if relay == "haproxy" else (self.lab.port, self.pids, self.xid[CASES[case][2]])
        before = cpu_s(pids)
        began = time.monotonic()
        r = self.load(port, case, xid)
        if relay == "mdfd":
            lablib.wait_for("backlog delivered", self.drained, 240, 0.25)
        else:
            time.sleep(0.3)
            self.relayed += r["octets"]
        took = time.monotonic() - began
        used = cpu_s(pids) - before
        return used / r["octets"] * 1e9, r["offered"] / max(r["seconds"], 1e-9), used, r["offered"], used / took

    def check(self):
        """What is wrong: books that do not add up, or a sink that got other octets than were relayed or acknowledged (TLS adds up to 2 %)."""
        st = self.lab.status()
        bad = [w["liid"] for w in st["warrants"] if not w["ok"] or w["rejected"] or w["shed"] or w["waiting"]]
        want = {self.lab.lemfs["lemf-h"]["port"]: self.relayed}
        for li in st["leas"]:
            for d in li["destinations"]:
                want[self.lab.lemfs[d["name"]]["port"]] = d["acked"]["octets"]
        self.sink.terminate()
        self.sink.wait(10)
        with open(os.path.join(self.lab.dir, "sink.log")) as f:
            got = {int(p): int(n) for p, n in (line.split() for line in f)}
        for port, n in want.items():
            if not n <= got.get(port, 0) <= n * 1.02 + 65536:
                bad.append(f"sink on port {port}: {got.get(port, 0)} octets for {n}")
        return bad


def fdatasync_us(folder):
    path = os.path.join(folder, "probe")
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.write(fd, b"\0" * (1 << 20))
    os.fsync(fd)
    times = []
    for _ in range(50):
        os.pwrite(fd, b"x" * 262144, 0)
        t = time.perf_counter()
        os.fdatasync(fd)
        times.append((time.perf_counter() - t) * 1e6)
    os.close(fd)
    os.unlink(path)
    return statistics.median(times)


def spread(v):
    return f"{statistics.median(v):.2f} [{min(v):.2f}-{max(v):.2f}]"


def row(name, text, value, goal, met, **more):
    """One line of the table.  VALUE and GOAL as they are printed; MORE: figures for the history, of which haproxy, mdfd and pdu_s are printed, too."""
    return {"case": name, "text": text, "value": value, "goal": goal, "met": met, **more}


def relay_row(case, haproxy, mdfd):
    """From the results of one()."""
    ratio = statistics.median(x[0] for x in mdfd) / statistics.median(x[0] for x in haproxy)
    pdu_s = statistics.median(x[3] / max(x[2], 0.01) for x in mdfd)
    most, least = GOALS.get(case, (None, None))
    goal = " ".join(g for g in (f"<= {most:.2f} x" if most else "", f">= {least / 1e6:.2f} M/s" if least else "") if g)
    met = None if case not in GOALS else (most is None or ratio <= most) and (least is None or pdu_s >= least)
    return row(case, WORDS.get(case, case), f"{ratio:.2f} x", goal, met, haproxy=spread([x[0] for x in haproxy]), mdfd=spread([x[0] for x in mdfd]), pdu_s=round(pdu_s),
               ratio=round(ratio, 3), haproxy_cpu_s_gb=round(statistics.median(x[0] for x in haproxy), 3), mdfd_cpu_s_gb=round(statistics.median(x[0] for x in mdfd), 3),
               mdfd_rate=round(statistics.median(x[1] for x in mdfd)), utilisation=round(statistics.median(x[4] for x in mdfd), 2))


def relays(a, cases):
    """The rows of CASES, side by side with haproxy."""
    b = Bench(a)
    with b.lab:
        say(f"fdatasync of 256 KiB: p50 {fdatasync_us(b.lab.dir):.0f} us")
        for c in cases:  # handshakes, segments written once
            b.one(c, "mdfd")
        got = {(c, r): [] for c in cases for r in ("haproxy", "mdfd")}
        for i in range(a.rounds):
            for c in cases:
                for r in ("haproxy", "mdfd"):
                    got[c, r].append(b.one(c, r))
            say(f"relays: round {i + 1} of {a.rounds}")
        bad = b.check()
        b.lab.stop()
    if bad:
        raise lablib.LabError(f"NOT VALID: {', '.join(bad)}")
    return [relay_row(c, got[c, "haproxy"], got[c, "mdfd"]) for c in cases]


def say(text):
    print(text, file=sys.stderr, flush=True)


def show(rows):
    print(f"{'case':48} {'haproxy CPU s/GB':>18} {'mdfd CPU s/GB':>18} {'figure':>22} {'goal':>22} {'PDU/CPU s':>10}")
    for r in rows:
        verdict = {True: "met", False: "MISSED", None: ""}[r["met"]]
        print(f"{r['text']:48} {r.get('haproxy', ''):>18} {r.get('mdfd', ''):>18} {r['value']:>22} {r['goal']:>22} {r.get('pdu_s', ''):>10} {verdict}")


def machine():
    """In general terms."""
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "?")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": os.uname().release, "load": os.getloadavg()[0]}


def commit():
    p = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return p.stdout.strip() if p.returncode == 0 else None


def note(path, a, rows):
    """One line of history."""
    with open(path, "a") as f:
        f.write(json.dumps({"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit(), "machine": machine(),
                            "quick": a.quick, "rounds": a.rounds, "seconds": a.seconds, "segment_hash": not a.no_segment_hash, "rows": rows}) + "\n")


def options(more):
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--build", default=os.environ.get("top_builddir", "."), help="build folder")
    ap.add_argument("--quick", action="store_true", help="two minutes: fewer and shorter rounds, smaller numbers")
    ap.add_argument("--rounds", type=int)
    ap.add_argument("--seconds", type=float, help="length of one load")
    ap.add_argument("--connections", type=int, default=8)
    ap.add_argument("--case", action="append", choices=sorted([*CASES, *more]), help="only these")
    ap.add_argument("--folder", help="folder for state (a real file system, not tmpfs)")
    ap.add_argument("--history", help="file that gets one JSON line (tests/bench/history.jsonl of the build folder)")
    ap.add_argument("--no-pin", action="store_true")
    ap.add_argument("--segment-hash", dest="no_segment_hash", action="store_false", help="mdfd hashes its segments in the rows beside haproxy, too")
    a = ap.parse_args()
    a.rounds = a.rounds or (2 if a.quick else 5)
    a.seconds = a.seconds or (1.0 if a.quick else 2.0)
    tempfile.tempdir = a.folder
    a.history = a.history or os.path.join(a.build, "tests", "bench", "history.jsonl")
    return a


def main():
    import bench_rows  # it uses this module

    a = options(bench_rows.ROWS)
    for tool in ("haproxy", "taskset"):
        if subprocess.run(["which", tool], capture_output=True).returncode != 0:
            sys.exit(f"bench: {tool} is needed (Debian packages haproxy, util-linux)")
    cases = a.case or [*GOALS, *bench_rows.ROWS]
    began = time.monotonic()
    print(f"{a.rounds} rounds of {a.seconds} s, {a.connections} connections, mutual TLS 1.3, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rows, bad = [], []
    asked = [c for c in cases if c in CASES]
    if asked:
        rows += relays(a, asked)
    for name, fn in bench_rows.ROWS.items():
        if name not in cases:
            continue
        say(name)
        try:
            rows += fn(a)
        except (lablib.LabError, OSError, subprocess.SubprocessError) as e:
            bad.append(f"{name}: {e}")
    show(rows)
    note(a.history, a, rows)
    print("checked: books add up, sinks got the octets that were relayed and acknowledged" if not bad else f"NOT VALID: {'; '.join(bad)}")
    print(f"{time.monotonic() - began:.0f} s; one line added to {a.history}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.modules["bench"] = sys.modules["__main__"]
    try:
        sys.exit(main())
    except lablib.LabError as e:
        sys.exit(f"bench: {e}")
