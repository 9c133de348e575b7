# SPDX-License-Identifier: Apache-2.0
"""Hostile and many network elements beside twenty connections at work: half a PDU, an octet at a time, garbage, wrong versions, floods of handshakes,
handshakes that never end, acknowledgements never read, thousands of idle connections."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time

import campaign
import rig
import tap
import x23

KINDS = ("idle", "octets", "stall", "garbage", "version", "flood", "slow_handshakes", "deaf")
LONG = len(sys.argv) > 1
IDLE = 10000 if LONG else 200
IDLE_GOAL = 24  # KiB resident per idle connection
HANDSHAKE_S = 2


def memory(pid):
    """KiB resident, and threads."""
    with open(f"/proc/{pid}/status") as f:
        rows = dict(line.split(":", 1) for line in f)
    return int(rows["VmRSS"].split()[0]), int(rows["Threads"])


def sanitized():
    with open(os.path.join(tap.BUILD, "config.h")) as f:
        return "#define WITH_SANITIZERS 1" in f.read()


class Probe(threading.Thread):
    """An element with a connection of its own: how long its keepalives wait, in milliseconds."""

    def __init__(self, lab):
        super().__init__(daemon=True)
        self.link, self.samples, self.error, self.stop = x23.Link(lab, "probe", timeout=60), [], None, False
        self.start()

    def run(self):
        n = 0
        try:
            while not self.stop:
                n += 1
                began = time.monotonic()
                self.link.send(x23.keepalive(n))
                assert self.link.ack(60) == n, "another number"
                self.samples.append(1000 * (time.monotonic() - began))
                time.sleep(0.02)
        except Exception as e:
            self.error = e

    def end(self):
        self.stop = True
        self.join(70)
        self.link.close()
        assert self.error is None, f"the connection that sends keepalives alone was lost: {self.error}"
        return self.samples


class HostileNe(campaign.Campaign):
    name = "ne"
    title = "hostile and thousands of idle network elements beside twenty connections at work"
    cycles, short, batch = 80, len(KINDS), 2 * len(KINDS)

    def begin(self, dice):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # mdfd and the peers get it from here
        self.idle_n = min(IDLE, hard - 500)
        self.rig = rig.Rig(dice.randrange(1 << 31), ne_options={"connections": 10, "ack_timeout": 60}, limits__handshake_s=HANDSHAKE_S)
        self.lab = lab = self.rig.lab
        for n in ("bad", "probe"):
            lab.pki.issue("x", n, f"DNS:{n}.lab.example")
            tap.add_ne(lab, n)
        tap.in_force(lab)
        self.before = memory(lab.role_pids("ingest")[0])
        self.exe = os.path.join(tap.BUILD, "tests", "faults", "hostile")
        assert os.access(self.exe, os.X_OK), f"{self.exe} is not there: make check builds it"

    def cycle(self, number, dice):
        kind = KINDS[number % len(KINDS)]
        probe = Probe(self.lab)
        figures = getattr(self, "do_" + kind)(dice) or {}
        samples = probe.end()
        self.rig.progress(kind)
        assert self.lab.status()["listeners"][0]["connections"] >= 20, "connections at work were lost"
        return {"cycles": 1, kind: 1, "ack_ms": samples, **figures}

    # -- one connection
    def link(self):
        return x23.Link(self.lab, "bad", timeout=60)

    def counted(self, code):
        return len(self.lab.ctl("journal", "list", "--ne", "bad", "--code", code, "--limit", "100000"))

    def refuse(self, octets, code):
        """OCTETS are answered with the end of the connection, and an entry with CODE."""
        before = self.counted(code)
        link = self.link()
        link.alive(1)
        try:
            link.send(octets)
        except x23.Closed:
            pass  # it may close before it has all
        link.closed(60)
        link.close()
        tap.wait_for(f"an entry {code}", lambda: self.counted(code) > before, 20)

    def pdu(self, dice):
        return x23.pdu(tap.new_xid(), x23.ip_packet(dice.randrange(1 << 30), 400))

    def do_octets(self, dice):
        link = self.link()
        for octet in self.pdu(dice)[:20 if LONG else 10]:
            link.send(bytes([octet]))
            time.sleep(1 if LONG else 0.05)
        link.close()

    def do_stall(self, dice):
        before = self.counted("FRAMING")
        links = [self.link() for _ in range(5)]
        for link in links:
            p = self.pdu(dice)
            link.send(p + p[:dice.randrange(1, len(p) - 1)])
        time.sleep(10 if LONG else 0.5)
        self.rig.progress("elements that stopped in a PDU")
        for link in links:
            link.close()
        tap.wait_for("entries of half a PDU", lambda: self.counted("FRAMING") >= before + len(links), 20)

    def do_garbage(self, dice):
        for _ in range(5):
            junk = bytes([dice.randrange(1, 256)]) + dice.randbytes(dice.randrange(100, 50000))
            self.refuse(junk, "VERSION")
        self.refuse(x23.pdu(tap.new_xid(), b"", header_len=3), "FRAMING")
        self.refuse(x23.pdu(tap.new_xid(), b"", payload_len=0xFFFFFFFF), "TOO-LARGE")

    def do_version(self, dice):
        for major in (1, 9, 255):
            self.refuse(x23.pdu(tap.new_xid(), b"x", version=(major, dice.randrange(256))), "VERSION")

    def do_deaf(self, dice):
        """Keepalives without end, and their acknowledgements are never read."""
        link = self.link()
        link.s.settimeout(2)
        n = 0
        try:
            while n < 200000:
                link.s.sendall(b"".join(x23.keepalive(n + i) for i in range(500)))
                n += 500
        except OSError:
            pass  # it is not read any more, either: that is the answer to it
        link.s.close()
        return {"keepalives_of_the_deaf": n}

    # -- many
    def hostile(self, mode, n, window, keepalive_ms, sources):
        p = self.lab.pki.path
        path = os.path.join(self.lab.dir, f"hostile-{mode}-{time.monotonic_ns()}.out")
        with open(path, "wb") as out:
            proc = subprocess.Popen([self.exe, mode, str(self.lab.port), p("x", "bad.crt"), p("x", "bad.key"), p("x", "ca.crt"),
                                     str(n), str(window), str(keepalive_ms), str(sources)], stdout=out, stderr=subprocess.STDOUT)
        self.lab.processes.append(proc)

        def last():
            with open(path) as f:
                lines = [line for line in f if line.endswith("}\n")]
            assert proc.poll() in (None, 0), f"hostile {mode} ended with code {proc.returncode}; see {path}"
            return json.loads(lines[-1]) if lines else {"up": 0, "acked": 0}
        return proc, last

    def do_idle(self, dice):
        pid = self.lab.role_pids("ingest")[0]
        self.rig.progress("a quiet moment")
        before, threads = memory(pid)
        proc, last = self.hostile("idle", self.idle_n, 64, 10000 if LONG else 2000, 8)
        began = time.monotonic()
        tap.wait_for(f"{self.idle_n} connections are up", lambda: last()["up"] == self.idle_n, 300, 0.1)
        took = time.monotonic() - began
        tap.wait_for("each has sent keepalives", lambda: last()["acked"] >= 2 * self.idle_n, 120, 0.2)
        self.rig.progress("many idle connections")
        after, threads_now = memory(pid)
        assert self.lab.status()["listeners"][0]["connections"] >= self.idle_n + 20
        proc.terminate()
        tap.equal(proc.wait(60), 0, "exit code of hostile")
        got = last()
        tap.equal((got["up"], got["lost"], got["wrong"], got["owed"]), (self.idle_n, 0, 0, 0), "up, lost, wrong and missed acknowledgements")
        tap.equal(threads_now, threads, "threads")
        each = (after - before) / self.idle_n
        tap.wait_for("they are gone", lambda: self.lab.status()["listeners"][0]["connections"] < 100, 60)
        if self.idle_n >= 1000:
            assert sanitized() or each <= IDLE_GOAL, f"{each:.1f} KiB for an idle connection"
        return {"idle_connections": self.idle_n, "KiB_per_idle": [each], "handshakes_per_s": [got["handshakes"] / took], "idle_ack_max_ms": [got["ack_max_ms"]]}

    def do_flood(self, dice):
        before = self.lab.status()["listeners"][0]
        proc, last = self.hostile("flood", 600, 600, 1000, dice.randrange(1, 5))
        end = time.monotonic() + (10 if LONG else 1)
        while time.monotonic() < end:
            self.rig.progress("a flood of handshakes", 60)
            li = self.lab.status()["listeners"][0]
            assert li["pending"] <= 1024, "handshakes under way are limited"
        proc.terminate()
        tap.equal(proc.wait(60), 0, "exit code of hostile")
        got = last()
        tap.wait_for("no handshake is under way", lambda: self.lab.status()["listeners"][0]["pending"] == 0, 60)
        tap.wait_for("the journal sums the flood up", lambda: any("more failed handshakes" in (r["note"] or "") for r in self.lab.ctl(
            "journal", "list", "--code", "PEER-TLS", "--limit", "1000")), 20)
        after = self.lab.status()["listeners"][0]
        assert got["aborted"] + got["failed"] > 0 and after["refused"] > before["refused"], (got, before, after)
        return {"flood_handshakes": got["handshakes"], "flood_broken_off": got["aborted"], "flood_refused": got["failed"]}

    def do_slow_handshakes(self, dice):
        """Each sends the beginning of a TLS record, an octet at a time."""
        before = self.lab.status()["listeners"][0]["refused"]
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + dice.randbytes(32)
        socks = []
        for i in range(100):
            s = socket.socket()
            s.bind((f"127.0.2.{1 + i % 4}", 0))
            s.connect(("127.0.0.1", self.lab.port))
            socks.append(s)
        for i in range(20):
            for s in socks:
                try:
                    s.sendall(hello[i:i + 1])
                except OSError:
                    pass  # its time was over
            time.sleep(0.1 if LONG else 0.02)
        tap.wait_for("all were cut off", lambda: self.lab.status()["listeners"][0]["refused"] >= before + len(socks), 10 * HANDSHAKE_S)
        for s in socks:
            s.close()
        return {"slow_handshakes_cut": len(socks)}

    def end(self):
        kib, threads = memory(self.lab.role_pids("ingest")[0])
        tap.equal(threads, self.before[1], "threads")
        return {**self.rig.judge(60), "ingest_MiB_before": [self.before[0] / 1024], "ingest_MiB_after": [kib / 1024]}

    def close(self, failed):
        if hasattr(self, "rig"):
            self.rig.close(failed)


campaign.main(HostileNe)
