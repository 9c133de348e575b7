# SPDX-License-Identifier: Apache-2.0
"""Faults inside the real programs, at a chosen system call: the Python side of shim.c (LD_PRELOAD).

The control file is mapped by every process that starts with the shim, so that rules can be changed while they run, behind every sandbox.
A rule is KEY=VALUE,...:
  role   pattern ("*" and "?") over "ingest", "deliver:LEA" (its name), "admin", "parent" or the name of another program (*)
  call   one or several joined by "+" (none: the rule does nothing):
         malloc (also calloc, realloc, aligned_alloc ...; not in a build with sanitizers), open (also openat, fopen, opendir), read, pread (also read, readv),
         write (writev), pwrite (also write, writev, pwritev), fallocate, fdatasync (also fsync, syncfs), syncrange, rename, ftruncate, unlink, mkdir,
         accept, socket, socketpair, bind, listen, connect, send, recv, getrandom (getentropy), mmap, memfd, eventfd, thread, fork
  path   pattern over the path of the file, as the kernel names it now, or of the new name (rename); sockets are "socket:", those within the machine "unix:" (*)
  k      the k-th such call of all processes, counted from 1 since the rule was set (1)
  n      how many calls from there on: a number, or "all" (1)
  do     an errno's name (fails with it), short (half of the octets), kill or kill-after (SIGKILL before or after the call), stop (SIGSTOP), delay:MS,
         skip (says that it was done)
The first rule that strikes decides.  What happened is read back: hits(), how many calls matched and how many were struck; last(), the last one struck.
"""

import mmap
import os
import struct
import subprocess

import tap

SIZE = 1 << 16
RULES = 16  # at most; rule i: 256 octets of text at TEXT + 256 * i, zero-terminated
TEXT = 4096
LAST = TEXT + 256 * RULES  # the same for what was struck last
HEAD = 64  # at HEAD + 16 * i: u64 matched, u64 struck; at 0: u32 generation (odd while it is written), u32 count of rules


class Shim:
    def __init__(self, folder, build=tap.BUILD):
        self.build = build = os.path.abspath(build)
        self.path = os.path.join(folder, "shim.ctl")
        self.so = os.path.join(build, "tests", "faults", "shim.so")
        if not os.access(self.so, os.R_OK):
            raise RuntimeError(f"{self.so} is not there: make check builds it")
        with open(self.path, "wb") as f:
            f.truncate(SIZE)
        os.chmod(self.path, 0o666)
        with open(self.path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), SIZE)

    def env(self):
        """Of the program to be started."""
        return {"LD_PRELOAD": self.so, "OPENMDF_SHIM": self.path, "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def sanitized(self):
        """Whether this is a build with sanitizers: no rule for malloc then."""
        with open(os.path.join(self.build, "config.h")) as f:
            return "#define WITH_SANITIZERS 1" in f.read()

    def rules(self, *rules):
        """Replace the rules by these (dicts or texts) and begin to count anew; none: no fault any more."""
        texts = [r if isinstance(r, str) else ",".join(f"{k}={v}" for k, v in r.items()) for r in rules]
        assert len(texts) <= RULES
        gen = struct.unpack_from("I", self.map, 0)[0]
        struct.pack_into("I", self.map, 0, gen + 1)
        for i in range(RULES):
            t = texts[i].encode() if i < len(texts) else b""
            assert len(t) < 256, texts[i]
            self.map[TEXT + 256 * i:TEXT + 256 * (i + 1)] = t.ljust(256, b"\0")
            self.map[LAST + 256 * i] = 0
            struct.pack_into("QQ", self.map, HEAD + 16 * i, 0, 0)
        struct.pack_into("II", self.map, 0, gen + 2, len(texts))

    def last(self, i=0):
        """What rule I struck last: "ROLE CALL PATH MODULE+OFFSET" (path where there is one; the offset is that of the caller)."""
        return bytes(self.map[LAST + 256 * i:LAST + 256 * (i + 1)]).split(b"\0")[0].decode(errors="replace")

    def site(self, i=0):
        """The caller of what rule I struck last, as function and line when there is debug information."""
        module, _, offset = self.last(i).rpartition(" ")[2].partition("+")
        for where in (os.path.join(self.build, "mf"), os.path.join(self.build, "admin")):
            if os.access(os.path.join(where, module), os.X_OK):
                p = subprocess.run(["addr2line", "-s", "-f", "-e", os.path.join(where, module), offset], capture_output=True, text=True)
                return " ".join(p.stdout.split())
        return f"{module}+{offset}"

    def hits(self, i=0):
        """(calls that matched rule I, calls struck) since it was set."""
        return struct.unpack_from("QQ", self.map, HEAD + 16 * i)
