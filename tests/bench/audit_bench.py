#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times of the audit log: audited changes per second of the real daemon, rows per second of mdf-verify on one core, and list, search, show, proof and export in
a long log.

audit_bench.py [--build DIR] [--rows N]      rows of the long log (default 200000; 10000000 is what the requirement names)
"""

import argparse
import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
parser = argparse.ArgumentParser()
parser.add_argument("--build", default="build")
parser.add_argument("--rows", type=int, default=200000)
parser.add_argument("--changes", type=int, default=4000)
options = parser.parse_args()
os.environ["top_builddir"] = options.build
import tap  # noqa: E402

COLUMNS = ("actor", "after_hash", "before_hash", "boot_id", "clock", "clock_ns", "code", "detail", "interface", "object", "op", "outcome", "reason", "request",
           "role", "seq", "session", "source", "time_ns", "uid", "leaf")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def fill(path, n):
    """Rows behind those that are there, with their leaves, nodes and words, as the daemon would write them."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous=OFF")
    seq, prev, now = db.execute("SELECT seq, leaf, time_ns FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    tops, boot = {}, "b75b9401-6ed3-4b2c-aba9-2ee328d651a8"
    for i, (leaf,) in enumerate(db.execute("SELECT leaf FROM audit ORDER BY seq")):
        push(tops, i, leaf)
    sql = f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    rows, words, nodes = [], [], []
    while seq < n:
        seq += 1
        obj, actor, op = f"warrant {hashlib.md5(b'%d' % (seq % 100000)).hexdigest()}", f"person{seq % 40}", ("warrant.show", "warrant.set", "warrant.stop")[seq % 3]
        after, t = sha(b"%d" % seq), now + seq * 1000000
        entry = (f'{{"actor":"{actor}","after":"{after.hex()}","boot":"{boot}","clock":"synchronised","clock_ns":"12000000","interface":"rest","object":"{obj}",'
                 f'"op":"{op}","outcome":"ok","prev":"{prev.hex()}","reason":"number {seq} of the bench","role":"admin","seq":{seq},"session":"s{seq % 1000}",'
                 f'"source":"192.0.2.7:40000","time_ns":"{t}","uid":1000}}').encode()
        prev = sha(b"\x00", entry)
        nodes += push(tops, seq - 1, prev)
        rows.append((actor, after, None, boot, "synchronised", 12000000, None, None, "rest", obj, op, "ok", f"number {seq} of the bench", None, "admin", seq,
                     f"s{seq % 1000}", "192.0.2.7:40000", t, 1000, prev))
        words.append((seq, f"{actor} {op} {obj} number {seq} of the bench"))
        if len(rows) == 20000 or seq >= n:
            db.executemany(sql, rows)
            db.executemany("INSERT INTO audit_word (rowid, text) VALUES (?, ?)", words)
            db.executemany("INSERT INTO audit_node VALUES (?, ?, ?)", nodes)
            db.commit()
            rows, words, nodes = [], [], []
    db.execute("UPDATE audit_sent SET words = ?", (n,))
    db.execute("INSERT INTO audit_word (audit_word) VALUES ('optimize')")
    db.commit()
    db.close()


def push(tops, n, value):
    """Leaf N to the edge; the complete subtrees from 256 leaves on that it ends."""
    level, out = 0, []
    while n >> level & 1:
        value = sha(b"\x01", tops.pop(level), value)
        level += 1
        if level >= 8:
            out.append((level, n >> level, value))
    tops[level] = value
    return out


class Client:
    def __init__(self, lab):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(lab.socket)
        self.file = self.socket.makefile("rwb")

    def call(self, op, **args):
        self.file.write(json.dumps({"op": op, "args": args}).encode() + b"\n")
        self.file.flush()
        answer = json.loads(self.file.readline())
        assert answer["ok"], answer
        return answer["result"]

    def timed(self, what, op, **args):
        times = []
        for _ in range(5):
            t = time.perf_counter()
            r = self.call(op, **args)
            times.append(time.perf_counter() - t)
        print(f"{what:60s} {sorted(times)[2] * 1000:10.2f} ms", flush=True)
        return r


def changes(lab, clients=4):
    """Clients at once, each with one change after the other."""
    def work(k):
        c = Client(lab)
        for i in range(options.changes // clients):
            c.call("ne.set", ne="ne1", time_p2_s=60 + i % 100 + k)
    lab.ctl("ne", "add", "ne1", "--san", "ne1.lab.example")
    threads = [threading.Thread(target=work, args=(k,)) for k in range(clients)]
    t = time.perf_counter()
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    print(f"{'audited changes, each its own durable transaction':60s} {options.changes / (time.perf_counter() - t):10.0f} /s", flush=True)


def main():
    lab = tap.start_lab(lemfs=())
    try:
        changes(lab)
        lab.stop()
        t = time.perf_counter()
        fill(os.path.join(lab.dir, "state", "openmdf.db"), options.rows)
        print(f"{'rows of the long log':60s} {options.rows:10d} ({time.perf_counter() - t:.0f} s to make)", flush=True)
        t = time.perf_counter()
        lab.mdfd = lab.spawn([lab.exe("mdfd"), "--config", lab.conf], "mdfd.log")
        lab.wait_ready(600)
        print(f"{'start with it':60s} {time.perf_counter() - t:10.2f} s", flush=True)
        c, n = Client(lab), options.rows
        c.timed("list, the newest 1000", "audit.list")
        c.timed("list, 100 behind a row in the middle", "audit.list", after=n // 2, limit=100)
        c.timed("list, 100 of one object", "audit.list", object="warrant " + hashlib.md5(b"77").hexdigest(), limit=100)
        c.timed("list, 100 of one person", "audit.list", actor="person7", limit=100)
        c.timed("list, refused ones (none there)", "audit.list", outcome="refused", limit=100)
        found = c.timed("search, one number among the words", "audit.list", text=f"number {n // 3} bench")
        assert [r["seq"] for r in found] == [n // 3], found
        c.timed("search, words of a third of all rows, newest 100", "audit.list", text="warrant.stop", limit=100)
        c.timed("show", "audit.show", seq=n // 2)
        c.timed("proof of a row", "audit.proof", seq=n // 2)
        heads = c.call("audit.heads")
        c.timed("consistency of the first and the last head", "audit.consistency", old=heads[0]["size"])
        path = os.path.join(lab.dir, "export")
        t = time.perf_counter()
        subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "--quiet", "audit", "export", "--file", path], check=True)
        t = time.perf_counter() - t
        print(f"{'export':60s} {n / t:10.0f} rows/s", flush=True)
        with open(os.path.join(lab.dir, "state", "log.vkey")) as f:
            key = f.read()
        t = time.process_time(), os.times()
        subprocess.run([lab.exe("mdf-verify"), "--key", key, path], check=True)
        cpu = os.times()
        used = cpu.children_user + cpu.children_system - t[1].children_user - t[1].children_system
        print(f"{'mdf-verify, one core':60s} {n / used:10.0f} rows/s of CPU time, {os.path.getsize(path) / n:.0f} octets each", flush=True)
        lab.stop()
    finally:
        lab.close()


if __name__ == "__main__":
    main()
