# SPDX-License-Identifier: Apache-2.0
"""Where octets that should be nowhere still stand: files, answers, and the memory of processes."""

import os
import re

import tap


def in_files(folder, octets, leave_out=()):
    """Files below FOLDER in which OCTETS stand, as paths from there; LEAVE_OUT: prefixes of paths that are not looked at."""
    out = []
    for where, _, names in os.walk(folder):
        for n in names:
            path = os.path.join(where, n)
            name = os.path.relpath(path, folder)
            if os.path.isfile(path) and not name.startswith(tuple(leave_out)):
                with open(path, "rb") as f:
                    if octets in f.read():
                        out.append(name)
    return out


def in_memory(pid, *words):
    """Those of WORDS that stand in the memory of process PID, in one pass.  Root only: the roles are not dumpable."""
    if os.geteuid() != 0:
        raise tap.Skip("reading the memory of the roles needs root")
    found, overlap = set(), max(map(len, words)) - 1
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        maps = [re.match(r"([0-9a-f]+)-([0-9a-f]+) (r)\S* \S+ \S+ \d+ *(?!\[v)", line) for line in f]
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for m in filter(None, maps):
            begin, end = int(m[1], 16), int(m[2], 16)
            tail = b""
            while begin < end:
                try:
                    mem.seek(begin)
                    block = mem.read(min(1 << 24, end - begin))
                except OSError:
                    break
                block = tail + block
                found.update(w for w in words if w in block)
                begin += len(block) - len(tail) or 1
                tail = block[-overlap:]
    return found


def of_processes(octets):
    """Processes in whose arguments or environment OCTETS stand."""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as f:
                    if octets in f.read() and int(pid) != os.getpid():
                        out.append(f"{pid} {name}")
            except OSError:
                pass
    return out
