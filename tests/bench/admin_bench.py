#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The administration with many warrants and a long audit log: audited changes per second, lists, search, proofs, reports, reconciliation, both verifiers.
Two persons stand behind each warrant, as in operation.

admin_bench.py [--build DIR] [--rows N] [--warrants N] [--database FILE]

--rows       rows of the audit log (default 200000; 10000000 is what the requirement names)
--warrants   signed warrants in force (default 100000)
--database   one that `admin_fill FILE rows N` has made; it is used up

Times are medians of five (reports: one), with the load average of the machine beside each, because others may be at work on it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
parser = argparse.ArgumentParser()
parser.add_argument("--build", default="build")
parser.add_argument("--rows", type=int, default=200000)
parser.add_argument("--warrants", type=int, default=100000)
parser.add_argument("--changes", type=int, default=4000)
parser.add_argument("--signed", type=int, default=200, help="warrants that go through mdfctl: entered, submitted, approved")
parser.add_argument("--database")
options = parser.parse_args()
os.environ["top_builddir"] = options.build
import restcall  # noqa: E402
import tap  # noqa: E402
from people import PEOPLE, Connection, People, sign  # noqa: E402

lab = people = None


def row(what, value, unit, more=""):
    print(f"{what:64s} {value:12.{0 if value >= 100 else 2}f} {unit:8s} load {os.getloadavg()[0]:4.1f} {more}", flush=True)


def timed(what, call, n=5):
    """Median of N calls in ms; the last answer."""
    times = []
    for _ in range(n):
        t = time.perf_counter()
        answer = call()
        times.append(time.perf_counter() - t)
    row(what, sorted(times)[n // 2] * 1000, "ms")
    return answer


def cpu_of(pids):
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            a = f.read().rsplit(")", 1)[1].split()
        ticks += int(a[11]) + int(a[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def roles():
    out = subprocess.run(["pgrep", "-P", str(lab.mdfd.pid)], capture_output=True, text=True, check=True).stdout.split()
    return [int(p) for p in out] + [lab.mdfd.pid]


class As(Connection):
    """Somebody, logged in."""

    def __init__(self, handle):
        super().__init__(people)
        self.s.settimeout(900)
        self.login(handle)

    def must(self, op, **args):
        return People.must(self.call(op, args))


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.pki.ca("rest")
    lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
    # a person has one session: a person for each client
    people = People(lab, {**PEOPLE, **{f"clerk{k}": ("admin", ["create"], "ed25519") for k in range(8)}})
    lab.rest = tap.free_port()
    p = lab.pki.path
    lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=lab.rest, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                  rest__ca=p("rest", "ca.crt"), **people.conf)
    if options.database:
        os.makedirs(os.path.join(lab.dir, "state"), mode=0o700, exist_ok=True)
        for tail in ("", "-wal"):
            if os.path.exists(options.database + tail):
                shutil.move(options.database + tail, database() + tail)
    people.wait_ready = lambda: wait_ready()
    people.start()
    people.two("alice", "bob", "ne.add", {"ne": "ne1", "san": "ne1.lab.example"})
    people.two("alice", "bob", "lea.add", {"lea": "lea-a", "country": "NL"})
    people.two("alice", "bob", "destination.add", {"destination": "dest-a", "lea": "lea-a", "addresses": f"127.0.0.1:{tap.free_port()}",
                                                   "server_name": "lemf-a.lab.example"})
    people.two("sam", "bob", "person.add", {"handle": "lia", "roles": "liaison", "lea": "lea-a"})


def database():
    return os.path.join(lab.dir, "state", "openmdf.db")


def wait_ready():
    People.wait_ready(people, 1200)


class Others:
    """Somebody else who asks for little again and again.  How long that waits while something else is done is told in CPU time of the admin role between
    question and answer: a machine that others use, too, makes the same waits longer, and this not."""

    def __init__(self):
        pid = subprocess.run(["pgrep", "-P", str(lab.mdfd.pid), "-f", "mdfd --role admin"], capture_output=True, text=True, check=True).stdout.strip()
        self.stat = f"/proc/{pid}/schedstat"
        self.c, self.waits, self.end, self.page = As("clerk0"), [], threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def cpu(self):
        """CPU time of the admin role in ms."""
        with open(self.stat) as f:
            return int(f.read().split()[0]) / 1e6

    def run(self):
        while not self.end.is_set():
            t = self.cpu()
            self.c.must("session.who")
            self.waits.append(self.cpu() - t)

    def while_(self, what, call, n=5):
        """The longest wait while CALL is done N times, also as a multiple of that of the first such call; and the median of what a call takes."""
        self.waits.clear()
        took = []
        for _ in range(n):
            t = time.perf_counter()
            call()
            took.append(time.perf_counter() - t)
        time.sleep(0.2)
        longest = max(self.waits)
        self.page = self.page or longest
        row(f"others wait, {what}", longest, "ms CPU", f"{longest / self.page:.1f} x a page of warrants; a call {sorted(took)[n // 2] * 1000:.0f} ms")

    def close(self):
        self.end.set()
        self.thread.join()
        self.c.__exit__()


def holds():
    """Everybody is served by one loop: what a call does to the others."""
    others = Others()
    with As("alice") as c:
        one = c.must("warrant.list", limit=1)[0]["uuid"]
        xids = c.must("xid.list", limit=2)
        for what, call in (("warrant list, first 100", lambda: c.must("warrant.list", limit=100)),
                           ("nothing else", lambda: time.sleep(0.5)),
                           ("xid list, first 100", lambda: c.must("xid.list", limit=100)),
                           ("xid list, 100 behind the second", lambda: c.must("xid.list", limit=100, behind=xids[-1]["xid"], behind_warrant=xids[-1]["warrant"])),
                           ("status", lambda: c.must("status")),
                           ("account of a warrant", lambda: c.must("completeness.show", warrant=one)),
                           ("reconcile run", lambda: c.must("reconcile.run")),
                           ("database check", lambda: c.must("check"))):
            others.while_(what, call)
    others.while_("a minute with its look at accounts and differences", lambda: time.sleep(65), 1)
    others.close()


# -- changes
def draft(i):
    return {"liid": f"CHANGE-{i}", "lea": "lea-a", "hi2": "dest-a", "hi3": "dest-a", "xid": tap.new_xid(), "from": tap.FROM, "until": tap.UNTIL,
            "delivery": "both"}


def changes(clients):
    """Clients at once, each with one change of a draft after the other."""
    each = options.changes // clients

    def work(k):
        with As(f"clerk{k}") as c:
            w = c.must("warrant.add", **draft(f"{clients}-{k}"))["uuid"]
            barrier.wait()
            for i in range(each):
                c.must("warrant.set", warrant=w, reference=f"AZ {i}", reason="bench")
            barrier.wait()
    barrier = threading.Barrier(clients + 1, timeout=600)
    threads = [threading.Thread(target=work, args=(k,), daemon=True) for k in range(clients)]
    for x in threads:
        x.start()
    barrier.wait()
    t, used = time.perf_counter(), cpu_of(roles())
    barrier.wait()
    t, used = time.perf_counter() - t, cpu_of(roles()) - used
    for x in threads:
        x.join()
    row(f"audited changes, {clients} client{'s' * (clients > 1)}", each * clients / t, "/s", f"CPU of mdfd {used / each / clients * 1e6:.0f} us each")


# -- parts
def signed():
    """From a file to interceptions in force, by mdfctl, with two log-ins in all."""
    n, path = options.signed, os.path.join(lab.dir, "import.json")
    with open(path, "w") as f:
        json.dump([dict(draft(f"s-{i}"), authority="Court", responsible="Duty officer") for i in range(n)], f)
    t = time.perf_counter()
    people.ctl("alice", "warrant", "import", path)
    row("warrant import, drafts", n / (time.perf_counter() - t), "/s")
    with As("alice") as c:
        ids = [w["uuid"] for w in c.must("warrant.list", state="draft") if w["liid"].startswith("CHANGE-s-")]
    lists = os.path.join(lab.dir, "list")
    for handle, what, source in (("alice", ("warrant", "submit"), lambda: ids),
                                 ("bob", ("approval", "approve"), waiting)):
        words = source()
        assert len(words) == n, len(words)
        with open(lists, "w") as f:
            f.write("".join(w + "\n" for w in words))
        t = time.perf_counter()
        r = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, "--quiet", "--yes", *people.args(handle), "--each", lists, *what],
                           capture_output=True, text=True)
        assert r.returncode == 0, r.stderr[-2000:]
        row(f"{' '.join(what)} --each, statement and signature of its own", n / (time.perf_counter() - t), "/s")


def waiting():
    with As("bob") as c:
        return [a["approval"] for a in c.must("approval.list", limit=100000) if a["op"] == "warrant.submit"]


def fill():
    tool = os.path.join(tap.BUILD, "tests", "bench", "admin_fill")
    for what, n, more in (("warrants", options.warrants, ["lea-a", "dest-a", people.path("alice.key"), people.path("bob.key")]),
                          ("rows", options.rows, [])):
        t = time.perf_counter()
        subprocess.run([tool, database(), what, str(n), *more], check=True)
        row(f"{what} there ({n}), made at", n / (time.perf_counter() - t), "/s")
    row("size of the database", os.path.getsize(database()) / 1e6, "MB")


def start():
    t = time.perf_counter()
    lab.start(wait=False)
    wait_ready()
    row("start until it answers and the data plane is ready", time.perf_counter() - t, "s")
    # not before the signatures are checked, else the figures are those of two things at once
    tap.wait_for("ingest is idle", lambda: idle(), 600, 1)


def idle():
    before = cpu_of(roles())
    time.sleep(1)
    return cpu_of(roles()) - before < 0.2


def lists():
    n, w = options.rows, options.warrants
    with As("alice") as c:
        timed("warrant list, first 100", lambda: c.must("warrant.list", limit=100))
        timed("warrant list, 100 behind the middle", lambda: c.must("warrant.list", after=w // 2, limit=100))
        timed("warrant list, 100 suspended ones (none there)", lambda: c.must("warrant.list", state="suspended", limit=100))
        one = timed("warrant show by LIID", lambda: c.must("warrant.show", warrant="BENCH-77@lea-a")) if w > 77 else None
        if one:
            timed("warrant show by UUID", lambda: c.must("warrant.show", warrant=one["uuid"]))
            timed("account of a warrant (completeness show)", lambda: c.must("completeness.show", warrant=one["uuid"]))
        timed("xid list, first 100", lambda: c.must("xid.list", limit=100))
        timed("warrant list, 100 with a part of a LIID that none has", lambda: c.must("warrant.list", text="nowhere", limit=100))
        timed("warrant list, 100 with a part of a LIID", lambda: c.must("warrant.list", text="bench-7", limit=100))
        timed("warrant list, 100 that end soonest", lambda: c.must("warrant.list", sort="until", limit=100))
        middle = c.must("warrant.list", after=w // 2, limit=1)
        if middle:
            timed("warrant list by end, 100 behind the middle", lambda: c.must("warrant.list", sort="until", behind=middle[0]["uuid"], limit=100))
        timed("warrant list, 100 provisional ones that end within a day (none)", lambda: c.must("warrant.list", provisional=True, ends=24, limit=100))
        timed("warrant list, first 100 with what is live", lambda: c.must("warrant.list", live=True, limit=100))
        timed("overview", lambda: c.must("overview"))
        timed("link list", lambda: c.must("link.list"))
        timed("network elements with what is live", lambda: c.must("ne.list", live=True))
        timed("reconcile run", lambda: c.must("reconcile.run"), 3)
    with As("lia") as c:
        timed("of an agency: overview", lambda: c.must("overview"))
        timed("of an agency: warrant list, first 100", lambda: c.must("warrant.list", limit=100))
        if middle:
            timed("of an agency: warrant list by end, 100 behind the middle",
                  lambda: c.must("warrant.list", sort="until", behind=middle[0]["uuid"], limit=100))
    with As("ada") as c:
        timed("audit list, the newest 100", lambda: c.must("audit.list", limit=100))
        timed("audit list, 100 behind the middle", lambda: c.must("audit.list", after=n // 2, limit=100))
        name = "warrant 00000000-0000-4000-8000-000000000077"
        timed("audit list, 100 of one object", lambda: c.must("audit.list", object=name, limit=100))
        timed("audit list, 100 of one person", lambda: c.must("audit.list", actor="person7", limit=100))
        timed("audit list, 100 refused", lambda: c.must("audit.list", outcome="refused", limit=100))
        timed("audit search, one number among the words", lambda: c.must("audit.list", text=f"number {n // 3} bench"))
        timed("audit search, words of a third of all rows, newest 100", lambda: c.must("audit.list", text="warrant.stop", limit=100))
        timed("audit show", lambda: c.must("audit.show", seq=n // 2))
        timed("audit proof of a row", lambda: c.must("audit.proof", seq=n // 2))


def verify(c, size):
    t, begin, used = time.perf_counter(), 1, cpu_of(roles())
    while begin:
        r = c.must("audit.verify", **{"from": begin})
        assert r["holds"], r
        begin = r["next"]
    row("audit verify in the daemon", size / (time.perf_counter() - t), "rows/s", f"{size / (cpu_of(roles()) - used):.0f} rows/s of CPU time")
    path = os.path.join(lab.dir, "export")
    t = time.perf_counter()
    people.ctl("ada", "audit", "export", "--file", path)
    row("audit export", size / (time.perf_counter() - t), "rows/s", f"{os.path.getsize(path) / 1e6:.0f} MB")
    with open(os.path.join(lab.dir, "state", "log.vkey")) as f:
        key = f.read()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verify", "verify.py")
    for what, command in (("mdf-verify, one core", [lab.exe("mdf-verify")]), ("second verifier (Python)", [sys.executable, "-B", script])):
        if size > 1000000 and "Python" in what:
            continue  # half an hour; its speed does not depend on the length
        before = os.times()
        subprocess.run([*command, "--key", key.strip(), path], check=True, stdout=subprocess.DEVNULL)
        now = os.times()
        row(what, size / (now.children_user + now.children_system - before.children_user - before.children_system), "rows/s", "of CPU time")
    os.unlink(path)


def reports():
    for kind in ("R2", "R3", "R6"):
        who = "ada" if kind != "R2" else "alice"
        t = time.perf_counter()
        with As(who) as c:
            answer = c.call("report.make", {"kind": kind, "from": "2020-01-01T00:00:00Z"})
        took = time.perf_counter() - t
        row(f"report {kind} made" if answer["ok"] else f"report {kind}: {answer['error']['code']} {answer['error']['why'][:60]}", took, "s")


def rest():
    client = restcall.Client(lab.rest, restcall.context(lab.pki.path("rest", "ca.crt")))
    asked = client.post("/session/challenge", {"person": "alice"}).json
    a = client.post("/session", {"person": "alice", "nonce": asked["nonce"], "signature": sign(people.keys["alice"], asked["text"])})
    client.headers.update({"Cookie": a.headers["Set-Cookie"].split(";")[0], "X-OpenMDF": "1"})
    a = timed("REST GET /warrants, a page of 100", lambda: client.get("/warrants"))
    assert a.status == 200 and len(a.json) == min(100, options.warrants), a
    a = timed("REST GET /xids, a page of 100", lambda: client.get("/xids"))
    if "Link" in a.headers:
        following = a.headers["Link"].split("<")[1].split(">")[0]
        timed("REST GET /xids, the page after", lambda: client.get(following))


def main():
    try:
        setup()
        for clients in (1, 8) if options.changes else ():
            changes(clients)
        if options.signed:
            signed()
        lab.stop()
        fill()
        start()
        lists()
        holds()
        reports()
        rest()
        for clients in (1, 8) if options.changes else ():
            changes_again(clients)
        with As("ada") as c:
            verify(c, c.must("audit.head")["size"])
        lab.stop()
    finally:
        lab.close()


def changes_again(clients):
    global draft
    plain = draft
    draft = lambda i: plain(f"again-{i}")  # noqa: E731
    changes(clients)
    draft = plain


if __name__ == "__main__":
    main()
