# SPDX-License-Identifier: Apache-2.0
"""How long product was on its way: from the time that the element gave a PDU (when it sent it) to the time that the LEMF received its IRI or CC."""

import json
import os
import socket
import subprocess
import threading
import time


def _s(text):
    """Seconds of the day; "2026-11-21T19:36:16.556122Z"."""
    h, m, s = text[11:-1].split(":")
    return int(h) * 3600 + int(m) * 60 + float(s)


def samples(lab, lemf, liids=None, cls=("iri",)):
    """[(received, milliseconds)] of each record of LIIDS (all) and CLS at a LEMF, the first time it came."""
    p = subprocess.Popen([lab.exe("mdf-lemf"), "show", lab.lemfs[lemf]["dir"], "--json"], stdout=subprocess.PIPE, text=True)
    seen, out = set(), []
    for line in p.stdout:
        r = json.loads(line)
        if r["class"] not in cls or (liids and r["liid"] not in liids) or (r["liid"], r["cin"], r["class"], r["seq"]) in seen:
            continue
        seen.add((r["liid"], r["cin"], r["class"], r["seq"]))
        a, b = _s(r["time"]), _s(r["received"])
        out.append((b, 1000 * ((b - a) % 86400)))
    p.wait()
    return out


def milliseconds(lab, lemf, liids=None, cls=("iri",)):
    return [ms for _, ms in samples(lab, lemf, liids, cls)]


def p99(values):
    s = sorted(values)
    return s[min(len(s) - 1, int(len(s) * 0.99))] if s else 0.0


def now():
    """As _s: of the present."""
    t = time.time()
    return t % 86400


class Machine:
    """What the machine itself needs meanwhile, five times a second, in milliseconds: 4 KiB made durable in FOLDER, then to another process and back.

    On a machine that others use, the latency of product is compared with this."""

    def __init__(self, folder):
        self.samples, self.over = [], threading.Event()  # (at, ms)
        self.file = os.path.join(folder, "machine")
        here, there = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            here.close()
            while there.recv(1):
                there.send(b".")
            os._exit(0)
        there.close()
        self.peer = here
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with open(self.file, "wb", buffering=0) as f:
            while not self.over.wait(0.2):
                at, began = now(), time.monotonic()
                f.seek(0)
                f.write(bytes(4096))
                os.fdatasync(f.fileno())
                self.peer.send(b".")
                self.peer.recv(1)
                self.samples.append((at, 1000 * (time.monotonic() - began)))

    def close(self):
        self.over.set()
        self.thread.join()
        self.peer.close()
        os.waitpid(self.pid, 0)
        os.unlink(self.file)
