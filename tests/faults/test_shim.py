# SPDX-License-Identifier: Apache-2.0
"""The shim itself: a call is struck exactly when it is told, once over all processes, with rules changed while programs run, and behind a sandbox."""

import os
import shutil
import subprocess
import sys
import tempfile

from campaign import tap
from shim import Shim

PYTHON = os.path.basename(sys.executable)
folder = tempfile.mkdtemp(prefix="openmdf-shim-")
shim = Shim(folder)

# One line per command on standard input: Python that is evaluated; answered with its value or its errno.
VICTIM = """
import os, sys, signal, socket, ctypes
libc = ctypes.CDLL(None, use_errno=True)
f = os.open(sys.argv[1] + "/file", os.O_RDWR | os.O_CREAT)
other = os.open(sys.argv[1] + "/other", os.O_RDWR | os.O_CREAT)
for line in sys.stdin:
    try:
        out = eval(line)
    except OSError as e:
        out = "E%d" % e.errno
    print(out, flush=True)
"""


class Victim:
    """A process under the shim that waits for commands; begins without rules."""

    def __init__(self):
        shim.rules()
        self.p = subprocess.Popen([sys.executable, "-c", VICTIM, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **shim.env()})
        tap.equal(self.ask("1"), "1")

    def ask(self, what):
        self.p.stdin.write(what + "\n")
        self.p.stdin.flush()
        return self.p.stdout.readline().strip()

    def end(self):
        self.p.stdin.close()
        return self.p.wait(10)


def rule(**more):
    shim.rules({"role": PYTHON, "path": folder + "/*", **more})


@tap.test("without a rule nothing is struck and nothing is counted")
def _():
    v = Victim()
    tap.equal(v.ask("os.pwrite(f, b'abcd', 0)"), "4")
    tap.equal((shim.hits(), v.end()), ((0, 0), 0))


@tap.test("the k-th call fails, those around it do not")
def _():
    v = Victim()
    rule(call="pwrite", k=3, do="ENOSPC")
    tap.equal([v.ask("os.pwrite(f, b'abcd', 0)") for _ in range(5)], ["4", "4", "E28", "4", "4"])
    tap.equal(shim.hits(), (5, 1))
    assert shim.last().startswith(f"{PYTHON} pwrite {folder}/file "), shim.last()
    rule(call="pwrite", k=2, n="all", do="EIO")
    tap.equal([v.ask("os.writev(f, [b'ab', b'cd'])") for _ in range(4)], ["4", "E5", "E5", "E5"])
    tap.equal(shim.hits(), (4, 3))
    v.end()


@tap.test("calls, paths and programs that the rule does not name go on; the path is that of now")
def _():
    v = Victim()
    shim.rules({"call": "pwrite", "path": "*/file", "n": "all", "do": "EIO"})
    tap.equal([v.ask(f"os.pwrite({x}, b'abcd', 0)") for x in ("f", "other")], ["E5", "4"])
    v.ask(f"os.rename('{folder}/other', '{folder}/second-file')")
    shim.rules({"call": "pwrite", "path": "*/second-?ile", "n": "all", "do": "EIO"})
    tap.equal(v.ask("os.pwrite(other, b'abcd', 0)"), "E5")
    shim.rules({"role": "ingest", "call": "pwrite", "n": "all", "do": "EIO"})
    tap.equal((v.ask("os.pwrite(f, b'abcd', 0)"), shim.hits()), ("4", (0, 0)))
    v.end()


@tap.test("once over all processes, counted together")
def _():
    victims = [Victim() for _ in range(3)]
    rule(call="fdatasync", k=5, do="EIO")
    tap.equal([v.ask("os.fdatasync(f)") for v in victims * 3], ["None"] * 4 + ["E5"] + ["None"] * 4)
    tap.equal(shim.hits(), (9, 1))
    tap.equal([v.end() for v in victims], [0] * 3)


@tap.test("each call that Python has can be struck, and comes back when the rules are lifted")
def _():
    v = Victim()
    calls = {"open": f"os.open('{folder}/new', os.O_RDWR | os.O_CREAT) > 0", "read": "os.read(f, 4)", "pread": "os.pread(f, 4, 0)", "write": "os.write(f, b'abcd')",
             "fallocate": "os.posix_fallocate(f, 0, 4096)", "fdatasync": "os.fsync(f)", "rename": f"os.rename('{folder}/new', '{folder}/old')",
             "ftruncate": "os.ftruncate(f, 100)", "unlink": f"os.unlink('{folder}/old')", "mkdir": f"os.mkdir('{folder}/sub')", "socket": "bool(socket.socket())",
             "getrandom": "(lambda n: n if n > 0 else f'E{ctypes.get_errno()}')(libc.getrandom(ctypes.create_string_buffer(8), 8, 0))", "memfd": "os.memfd_create('x') > 0", "fork": "os.fork() or os._exit(0)"}
    for call, what in calls.items():
        shim.rules({"role": PYTHON, "call": call, "n": "all", "do": "EIO", "path": "*" if call in ("socket", "getrandom", "memfd", "fork") else folder + "/*"})
        tap.equal((call, v.ask(what)), (call, "E5"))
        shim.rules()
        assert not v.ask(what).startswith("E"), call
    v.end()


@tap.test("short writes and reads, what is only said to be done, a delay")
def _():
    v = Victim()
    tap.equal(v.ask("os.pwrite(f, b'01234567', 0)"), "8")
    rule(call="pwrite+pread", n="all", do="short")
    tap.equal(v.ask("os.pwrite(f, b'ABCDEF', 0)"), "3")
    tap.equal(v.ask("os.pwritev(f, [b'ab', b'cde', b'f'], 0)"), "3")
    tap.equal(v.ask("os.pread(f, 6, 0)"), "b'abc'")
    rule(call="pwrite+fdatasync", n="all", do="skip")
    tap.equal((v.ask("os.pwrite(f, b'-----', 0)"), v.ask("os.fdatasync(f)")), ("5", "None"))
    shim.rules()
    tap.equal(v.ask("os.pread(f, 5, 0)"), "b'abc34'")
    rule(call="pwrite", n="all", do="delay:20")
    tap.equal(v.ask("(lambda a: (os.pwrite(f, b'x', 0), __import__('time').monotonic() - a > 0.019))(__import__('time').monotonic())"), "(1, True)")
    v.end()


@tap.test("killed before or after the call; stopped")
def _():
    for do, want in (("kill", b"before"), ("kill-after", b"behind")):
        v = Victim()
        v.ask("os.pwrite(f, b'before', 0)")
        rule(call="pwrite", do=do)
        tap.equal(v.ask("os.pwrite(f, b'behind', 0)"), "")
        tap.equal(v.p.wait(10), -9)
        with open(os.path.join(folder, "file"), "rb") as f:
            tap.equal(f.read(6), want)
    v = Victim()
    rule(call="pwrite", do="stop")
    v.p.stdin.write("os.pwrite(f, b'x', 0)\n")
    v.p.stdin.flush()

    def stopped():
        with open(f"/proc/{v.p.pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "T"
    tap.wait_for("it is stopped", stopped, 30)
    v.p.send_signal(18)
    tap.equal((v.p.stdout.readline().strip(), v.end()), ("1", 0))


@tap.test("no memory: every seventh allocation of a real program, the last, and one more than there are")
def _():
    if shim.sanitized():
        raise tap.Skip("sanitizers have an allocator of their own")
    conf = os.path.join(folder, "mdfd.conf")
    with open(conf, "w") as f:
        f.write("trust {\n\tunsigned = true\n}\n")
    args = [os.path.join(tap.BUILD, "mf", "mdfd"), "--dump-config", "--config", conf]
    env = {**os.environ, **shim.env()}
    shim.rules({"role": "parent", "call": "malloc", "k": 1, "n": 0, "do": "ENOMEM"})
    subprocess.run(args, env=env, stdout=subprocess.DEVNULL, check=True)
    calls = shim.hits()[0]
    tap.note(f"{calls} allocations")
    assert calls > 50, calls
    for k in [*range(1, calls, 7), calls, calls + 1]:
        shim.rules({"role": "parent", "call": "malloc", "k": k, "do": "ENOMEM"})
        subprocess.run(args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tap.equal(shim.hits()[1], 1 if k <= calls else 0, f"struck with k={k}")


@tap.test("behind the sandbox of a role: paths, threads, and one of two deliver roles")
def _():
    shim.rules()
    with tap.start_lab(env=shim.env()) as lab:
        tap.provision(lab)
        xid = tap.new_xid()
        tap.add_warrant(lab, "L-A", "lea-a", xid)
        tap.in_force(lab)
        shim.rules({"role": "ingest", "call": "pwrite", "path": "*/spool/1/*/????????????????.seg", "n": "all", "do": "delay:1"},
                   {"role": "deliver:lea-a", "call": "send", "path": "socket:", "n": 0, "do": "EIO"},
                   {"role": "deliver:lea-c", "call": "send", "n": 0, "do": "EIO"},
                   {"role": "admin", "call": "fdatasync", "path": "*/openmdf.db-wal", "n": 0, "do": "EIO"})
        lab.ne(xid=xid, generate="format=ipv4,count=5")
        tap.drained(lab)
        lab.ctl("ne", "add", "ne9", "--san", "ne9.lab.example")
        hits = [shim.hits(i) for i in range(4)]
        tap.note(f"{hits}, {shim.last(0)}")
        assert hits[0][0] == hits[0][1] > 0 and hits[1][0] > 0 and hits[2][0] == 0 and hits[3][0] > 0, hits
        tap.equal(lab.stop(), 0)


try:
    tap.main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
