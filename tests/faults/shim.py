# SPDX-License-Identifier: Apache-2.0
"""Faults inside the real programs, at a chosen system call: the Python side of shim.c (LD_PRELOAD).

The control file is mapped by every process that starts with the shim, so that rules can be changed while they run, behind every sandbox.
A rule is KEY=VALUE,...:
  role   fnmatch over "ingest", "deliver:LEA", "admin", "parent" or the name of another program (*)
  call   malloc open pread pwrite fallocate fdatasync rename ftruncate unlink accept socket connect send recv getrandom mmap ... (pwrite: also write,
         writev, pwritev; fdatasync: also fsync, syncfs; open: also openat; malloc: also calloc, realloc)
  path   fnmatch over the path of the file or descriptor (*); sockets are "socket:"
  k      the k-th such call of all processes, counted from 1 since the rule was set (1)
  n      how many calls from there on: a number, or "all" (1)
  do     an errno's name (fails with it), short (half of the octets), kill or kill-after (SIGKILL before or after the call), stop (SIGSTOP), delay:MS
What happened is read back with hits(): per rule how many calls matched and how many were struck.
"""

import mmap
import os
import struct

SIZE = 1 << 16
RULES = 16  # at most; rule i: 256 octets of text at TEXT + 256 * i, zero-terminated
TEXT = 4096
HEAD = 64  # at HEAD + 16 * i: u64 matched, u64 struck; at 0: u32 generation (odd while it is written), u32 count of rules


class Shim:
    def __init__(self, folder, build):
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
        return {"LD_PRELOAD": self.so, "OPENMDF_SHIM": self.path}

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
            struct.pack_into("QQ", self.map, HEAD + 16 * i, 0, 0)
        struct.pack_into("II", self.map, 0, gen + 2, len(texts))

    def hits(self, i=0):
        """(calls that matched rule I, calls struck) since it was set."""
        return struct.unpack_from("QQ", self.map, HEAD + 16 * i)
