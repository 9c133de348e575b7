# SPDX-License-Identifier: Apache-2.0
"""The rows of make bench that no relay has beside it; see bench.py."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import time

import bench
import lab as lablib


def exe(a, name):
    p = os.path.join(os.path.abspath(a.build), "tests", "bench", name)
    if not os.access(p, os.X_OK):
        raise lablib.LabError(f"{p} is not there: run make bench")
    return p


def run_json(args, **kw):
    p = subprocess.run(args, capture_output=True, text=True, timeout=600, **kw)
    if p.returncode != 0:
        raise lablib.LabError(f"{os.path.basename(args[0])}: exit {p.returncode}: {p.stdout}{p.stderr}")
    return json.loads(p.stdout)


def pinned(a, args, core=1):
    return ["taskset", "-c", str(core), *args] if os.cpu_count() > 1 and not a.no_pin else args


def median_ratio(many, one):
    return statistics.median(x / y for x, y in zip(many, one))


# ---- beside the same mdfd in another state


def hashed(a):
    """1 400 octets with the SHA-256 of each released segment: outside the goals."""
    b = argparse.Namespace(**{**vars(a), "no_segment_hash": False, "rounds": min(a.rounds, 3)})
    row = bench.relays(b, ["1400-A-1"])[0]
    return [bench.row("segment-hash", "1 400 octets, with SHA-256 of the segments", row["value"], "(not a goal)", None,
                      **{k: v for k, v in row.items() if k not in ("case", "text", "value", "goal", "met")})]


def durability(a):
    """The same load on the same processes, with fdatasync real and left out, in turn."""
    import shim

    made = []

    def env(folder):
        made.append(shim.Shim(folder, os.path.abspath(a.build)))
        return made[0].env()

    b = bench.Bench(argparse.Namespace(**{**vars(a), "no_segment_hash": True}), env=env)
    with b.lab:
        b.one("1400-A-1", "mdfd")
        got = {"with": [], "without": []}
        for _ in range(a.rounds):
            for how in got:
                made[0].rules(*([{"role": "ingest", "call": "fdatasync", "n": "all", "do": "skip"}] if how == "without" else []))
                got[how].append(b.one("1400-A-1", "mdfd"))
        made[0].rules()
        bad = b.check()
        b.lab.stop()
    if bad:
        raise lablib.LabError(f"NOT VALID: {', '.join(bad)}")
    share = 1 - median_ratio([x[0] for x in got["without"]], [x[0] for x in got["with"]])
    rate = 1 - median_ratio([x[1] for x in got["with"]], [x[1] for x in got["without"]])
    return [bench.row("durability", "durability's share of the CPU (of the rate)", f"{share:.0%} ({max(rate, 0):.0%})", "<= 20 %", share <= 0.2, share=round(share, 3),
                      rate_share=round(rate, 3), mdfd=bench.spread([x[0] for x in got["with"]]))]


# ---- one mdfd for the small rows


class Small:
    """mdfd with one NE; agencies and warrants as the row wants."""

    def __init__(self, a, **conf):
        self.a = a
        self.lab = lablib.Lab(a.build)
        self.lab.make_pki(nes=("ne1",), lemfs=("lemf-1",))
        self.lab.configure(spool__segment_len="64M", spool__segment_hash=False, limits__payload_max="65536", session__snapshot_s=10, limits__handshakes_max="16384", **conf)
        self.lab.start()
        self.lab.ctl("ne", "add", "ne1", "--san", "ne1.lab.example")
        self.sink = None

    def sinks(self, n):
        """N agencies, each with its sink."""
        p = self.lab.pki.path
        self.ports = []
        while len(self.ports) < n:
            port = lablib.free_port()
            if port not in self.ports:
                self.ports.append(port)
        args = [exe(self.a, "sink")]
        for port in self.ports:
            args += [str(port), p("hi", "lemf-1.crt"), p("hi", "lemf-1.key")]
        self.sink = self.lab.spawn(pinned(self.a, args), "sink.log")
        for i, port in enumerate(self.ports, 1):
            bench.agency(self.lab, i, port, san="lemf-1")

    def pin(self):
        self.pids = [self.lab.mdfd.pid] + [r["pid"] for r in self.lab.status()["roles"]]
        if os.cpu_count() > 1 and not self.a.no_pin:
            for pid in self.pids:
                subprocess.run(["taskset", "-a", "-c", "-p", "0", str(pid)], check=True, stdout=subprocess.DEVNULL)

    def ingest(self):
        return self.lab.role_pids("ingest")[0]

    def drained(self):
        st = self.lab.status()
        return st["backlog"]["records"] == 0 and all(w["waiting"] == 0 for w in st["warrants"])

    def books(self):
        bad = [w["liid"] for w in self.lab.status()["warrants"] if not w["ok"] or w["rejected"] or w["shed"]]
        if bad:
            raise lablib.LabError(f"NOT VALID: books of {', '.join(bad[:5])}")

    def per_pdu(self, load):
        """CPU microseconds per PDU of LOAD(), which returns how many it sent."""
        before = bench.cpu_s(self.pids)
        n = load()
        lablib.wait_for("backlog delivered", self.drained, 240, 0.25)
        return (bench.cpu_s(self.pids) - before) / n * 1e6

    def probe(self, mode, *args):
        p = self.lab.pki.path
        return pinned(self.a, [exe(self.a, "probe"), mode, str(self.lab.port), p("x", "ne1.crt"), p("x", "ne1.key"), *map(str, args)])


def latency(a):
    s = Small(a)
    with s.lab:
        p, port, xid = s.lab.pki.path, lablib.free_port(), lablib.new_xid()
        bench.agency(s.lab, 1, port, san="lemf-1")
        bench.warrant(s.lab, "LATENCY", 1, xid)
        s.pin()
        got = [run_json(s.probe("latency", port, p("hi", "lemf-1.crt"), p("hi", "lemf-1.key"), xid, 1000, 3 if a.quick else 10))]
        s.books()
        s.lab.stop()
    g = got[0]
    return [bench.row("latency", "X2-in > HI2-out at 1 000 PDU/s, p50 / p99", f"{g['p50_us'] / 1e3:.2f} / {g['p99_us'] / 1e3:.2f} ms", "<= 0.5 / 2 ms",
                      g["p50_us"] <= 500 and g["p99_us"] <= 2000, **g)]


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


class Many:
    """The connections of probe many."""

    def __init__(self, s, n, xid, burst=32, rate=1000):
        log = open(os.path.join(s.lab.dir, "probe.log"), "a")
        self.p = subprocess.Popen(s.probe("many", n, xid, burst, rate), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        if self.p.stdout.readline().strip() != "up":
            raise lablib.LabError(f"probe: not {n} connections; see {s.lab.dir}/probe.log")

    def go(self, seconds, first):
        self.p.stdin.write(f"go {seconds} {first}\n")
        self.p.stdin.flush()
        return int(self.p.stdout.readline())

    def end(self):
        self.p.stdin.close()
        self.p.wait(60)


def open_files(n):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    want = n + 2000
    if hard != resource.RLIM_INFINITY and hard < want:
        resource.setrlimit(resource.RLIMIT_NOFILE, (want, want))
    elif soft < want:
        resource.setrlimit(resource.RLIMIT_NOFILE, (want, hard))


def connections(a):
    """Memory of idle connections, and what a PDU costs when the same traffic comes over many."""
    n = 1000 if a.quick else 10000
    open_files(n)
    s = Small(a)
    with s.lab:
        xid = lablib.new_xid()
        s.sinks(1)
        bench.warrant(s.lab, "MANY", 1, xid)
        s.lab.ctl("wait", "--for", "connected", "--timeout", "20")
        s.pin()
        warm = Many(s, 50, xid)
        warm.go(1, 50)
        warm.end()
        time.sleep(1)
        before = rss_kib(s.ingest())
        m = Many(s, n, xid)
        time.sleep(1)
        idle = (rss_kib(s.ingest()) - before) / n
        seconds = a.seconds if not a.quick else 1.5
        m.go(n / 1000, n)  # each has sent: sequence contexts, sessions
        one, many = [], []
        for _ in range(a.rounds):
            one.append(s.per_pdu(lambda: m.go(seconds, 1)))
            many.append(s.per_pdu(lambda: m.go(seconds, n)))
        m.end()
        s.books()
        s.lab.stop()
    ratio = median_ratio(many, one)
    return [
        bench.row("connections", f"idle mutual-TLS NE connection ({n})", f"{idle:.1f} KiB", "<= 24 KiB", idle <= 24, idle_kib=round(idle, 1), connections=n),
        bench.row("connections", f"growth: 1 > {n} connections, bursts of 32 PDUs", f"{ratio:.2f} x per PDU", "<= 1.20 x", ratio <= 1.2, ratio=round(ratio, 3),
                  one_us=round(statistics.median(one), 2), many_us=round(statistics.median(many), 2)),
    ]


def growth(a):
    """The same traffic for one and many warrants, and for one and 64 agencies."""
    n, leas, rate = (100 if a.quick else 1000), (16 if a.quick else 64), 50000
    s = Small(a)
    with s.lab:
        lab = s.lab
        s.sinks(leas)

        def xids(seed, n):
            return subprocess.run([lab.exe("mdf-ne"), "--seed", str(seed), "--xids", str(n), "--print-xids"], capture_output=True, text=True, check=True).stdout.split()

        bench.warrant(lab, "ONE", 1, *xids(1, 1))
        for i, xid in enumerate(xids(2, n)):
            bench.warrant(lab, f"W-{i}", 1, xid)
        for i, xid in enumerate(xids(3, leas)):
            bench.warrant(lab, f"A-{i}", 1, xid)
        for i, xid in enumerate(xids(4, leas)):
            bench.warrant(lab, f"B-{i}", i + 1, xid)
        lab.ctl("wait", "--for", "connected", "--timeout", "60")
        s.pin()

        def load(seed, count, sessions):
            args = lab.ne_args("ne1", generate=f"type=x3,format=ipv4,pdu=1400,rate={rate},duration={a.seconds},sessions={sessions}", connections=8, prebuilt=True,
                               wait_ack=0, resend_max=0, keepalive=100000, json=True)
            at = args.index("--generate")
            args[at:at] = ["--seed", str(seed), "--xids", str(count)]
            p = subprocess.run(pinned(a, args), capture_output=True, text=True, timeout=300, cwd=lab.dir)
            if p.returncode != 0:
                raise lablib.LabError(f"mdf-ne: exit {p.returncode}: {p.stdout}{p.stderr}")
            return json.loads(p.stdout[p.stdout.index("{"):])["offered"]

        sets = {"one warrant": (1, 1, n), "warrants": (2, n, 1), "one agency": (3, leas, 1), "agencies": (4, leas, 1)}
        got = {k: [] for k in sets}
        for i in range(a.rounds + 1):
            for k, v in sets.items():
                us = s.per_pdu(lambda v=v: load(*v))
                if i > 0:  # the first opens sessions and segments
                    got[k].append(us)
        s.books()
        lab.stop()
    out = []
    for one, many, text in (("one warrant", "warrants", f"1 > {n} warrants"), ("one agency", "agencies", f"1 > {leas} LEAs")):
        ratio = median_ratio(got[many], got[one])
        out.append(bench.row("growth", f"growth: {text}, {rate} PDU/s", f"{ratio:.2f} x per PDU", "<= 1.20 x", ratio <= 1.2, ratio=round(ratio, 3),
                             one_us=round(statistics.median(got[one]), 2), many_us=round(statistics.median(got[many]), 2)))
    return out


def tasks(a):
    g = run_json([exe(a, "scale_bench"), "tasks", "100000"])
    return [bench.row("tasks", "100 000 tasks: load / one look-up", f"{g['load_s']:.2f} s / {g['lookup_ns']:.0f} ns", "<= 1 s / 50 ns",
                      g["load_s"] <= 1 and g["lookup_ns"] <= 50, **g)]


def sessions(a):
    n = 1000000 if a.quick else 10000000
    lab = lablib.Lab(a.build)
    try:
        g = run_json([exe(a, "scale_bench"), "sessions", str(n), lab.dir])
    finally:
        lab.close()
    return [bench.row("sessions", f"recovery of {n // 1000000} million sessions' numbers", f"{g['read_s']:.1f} s", f"<= {5 * n / 1e7:g} s", g["read_s"] <= 5 * n / 1e7, **g)]


def recovery(a):
    """A spool of so many octets that nobody takes; everything is killed; until all roles are ready again."""
    want = (1 if a.quick else 10) << 30
    s = Small(a)
    with s.lab:
        lab, xid, n, held = s.lab, lablib.new_xid(), 0, 0
        free = os.statvfs(lab.dir)
        if free.f_bavail * free.f_frsize < want * 1.2:
            raise lablib.LabError(f"{lab.dir}: too little room for a spool of {want >> 30} GiB")
        bench.agency(lab, 1, lablib.free_port(), san="lemf-1")  # nobody listens there
        bench.warrant(lab, "RECOVERY", 1, xid)
        while held < want:
            n += lab.ne("ne1", xid=xid, generate="type=x3,format=ipv4,pdu=1400,duration=4,sessions=8", connections=8, prebuilt=True, keepalive=1, timeout=300)["offered"]
            held = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(os.path.join(lab.dir, "state", "spool")) for f in fs if f.endswith(".seg"))
        times = []
        for _ in range(3):
            lab.kill_all()
            began = time.monotonic()
            lab.start()
            times.append(time.monotonic() - began)
        backlog = lab.status()["backlog"]["records"]
        if backlog < n:
            raise lablib.LabError(f"NOT VALID: {n} PDUs acknowledged, {backlog} waiting after recovery")
        lab.stop()
    t = statistics.median(times)
    return [bench.row("recovery", f"recovery of a {held / 2**30:.1f} GiB spool, all roles killed", f"{t:.2f} s", "<= 3 s", t <= 3, seconds=round(t, 2), octets=held,
                      records=backlog)]


ROWS = {"segment-hash": hashed, "durability": durability, "latency": latency, "connections": connections, "tasks": tasks, "recovery": recovery, "sessions": sessions,
        "growth": growth}
