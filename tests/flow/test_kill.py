# SPDX-License-Identifier: Apache-2.0
"""kill -9 of every role, of the whole daemon and of a LEMF at random moments under load, and ordinary restarts: what a network element holds an
acknowledgement for reaches every agency that is entitled to it, exactly once after de-duplication.

KILL_ROUNDS (3): rounds of each kind.  KILL_SEED: repeats a run's moments.
"""

import os
import random
import signal
import time

import tap
import oracle

ROUNDS = int(os.environ.get("KILL_ROUNDS", "3"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(1 << 32)))
dice = random.Random(SEED)
LOAD = ["format=sip,rate=30,sessions=3,duration=3600", "format=rtp,rate=90,sessions=4,duration=3600", "format=ipv4,size=300,rate=60,sessions=2,duration=3600",
        "format=xiri,rate=10,duration=3600"]
XIDS = [tap.new_xid() for _ in range(3)]
WARRANTS = [{"liid": "BOTH-A", "lemf": "lemf-a", "xids": {XIDS[0]}, "delivery": "both"}, {"liid": "BOTH-B", "lemf": "lemf-b", "xids": {XIDS[0]}, "delivery": "both"},
            {"liid": "IRI-B", "lemf": "lemf-b", "xids": {XIDS[1]}, "delivery": "iri"}, {"liid": "CC-A", "lemf": "lemf-a", "xids": {XIDS[2]}, "delivery": "cc"}]
lab = None
nes = []
fds = {}


def ledger(name):
    return os.path.join(lab.dir, f"{name}.jsonl")


def acked():
    """PDUs acknowledged so far, by the ledgers."""
    return sum(r["acked"] for r in oracle.read_ledgers(p for p in map(ledger, ("ne1", "ne2")) if os.path.exists(p)))


def setup():
    global lab
    tap.note(f"KILL_SEED={SEED} KILL_ROUNDS={ROUNDS}")
    lab = tap.start_lab(nes=("ne1", "ne2"), session__snapshot_s=1)
    tap.provision(lab, nes=("ne1", "ne2"))
    for w in WARRANTS:
        tap.add_warrant(lab, w["liid"], w["lemf"].replace("lemf", "lea"), sorted(w["xids"]), delivery=w["delivery"])
    tap.in_force(lab)
    fds["before"] = open_fds()
    for i, n in enumerate(("ne1", "ne2")):
        nes.append(lab.ne_background(n, seed=SEED + i, xid=[XIDS[0], XIDS[1 + i]], connections=3, keepalive=0.3, ack_timeout=5, retry=60, generate=LOAD,
                                     ledger=ledger(n), nfid=n))
    tap.wait_for("something is acknowledged", lambda: acked() > 100, 20)
    return lab


def open_fds():
    """Open files of each process of the daemon; None when we may not look (the daemon hides from all but root)."""
    pids = {"parent": lab.mdfd.pid, **{r["role"] + r["name"]: r["pid"] for r in lab.status()["roles"]}}
    try:
        return {k: len(os.listdir(f"/proc/{p}/fd")) for k, p in pids.items()}
    except PermissionError:
        return None


def progress(what):
    """The NEs are being acknowledged again."""
    before = acked()
    tap.wait_for(f"acknowledgements go on after {what}", lambda: acked() > before + 20, 20, 0.1)
    for p in nes:
        assert p.poll() is None, f"mdf-ne ended with code {p.returncode}"


def pause():
    time.sleep(dice.uniform(0.05, 0.7))


def daemon_pids():
    """Processes that were started with the configuration of this laboratory, or by one that was."""
    out = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{p}/cmdline", "rb") as f:
                args = f.read()
        except OSError:
            continue
        if lab.conf.encode() in args and b"mdfd" in args.split(b"\0")[0]:
            out.append(int(p))
    return out


@tap.test("kill -9 of ingest")
def _():
    for _i in range(ROUNDS):
        pause()
        lab.kill_role("ingest")
        progress("the death of ingest")


@tap.test("kill -9 of a deliver process")
def _():
    for _i in range(ROUNDS):
        pause()
        lab.kill_role("deliver", dice.choice(["lea-a", "lea-b"]))
    progress("the death of deliver")


@tap.test("kill -9 of admin")
def _():
    for _i in range(ROUNDS):
        pause()
        lab.kill_role("admin")
    progress("the death of admin")


@tap.test("kill -9 of a LEMF, with and without a pause before it is back")
def _():
    for i in range(ROUNDS):
        pause()
        name = dice.choice(["lemf-a", "lemf-b"])
        lab.stop_lemf(name, signal.SIGKILL)
        if i % 2:
            pause()
        lab.lemf(name)
    progress("the death of a LEMF")


@tap.test("no open file is left behind by all these deaths")
def _():
    now = open_fds()
    if now is None:
        raise tap.Skip("only root can count the daemon's files")
    tap.note(f"{fds['before']} {now}")
    assert now["parent"] <= fds["before"]["parent"], (fds["before"], now)
    for k in ("admin", "deliverlea-a", "deliverlea-b"):
        assert now[k] <= fds["before"][k] + 6, (k, fds["before"], now)


@tap.test("kill -9 of the parent: its roles end, and a new daemon goes on")
def _():
    for _i in range(ROUNDS):
        pause()
        lab.mdfd.kill()
        lab.mdfd.wait()
        tap.wait_for("the roles of a dead parent end", lambda: not daemon_pids(), 10)
        lab.start()
        progress("the death of the parent")


@tap.test("kill -9 of several at the same moment")
def _():
    for _i in range(ROUNDS):
        pause()
        old = {r["pid"] for r in lab.status()["roles"]}
        for p in dice.sample(sorted(old), dice.randint(2, len(old))):
            os.kill(p, signal.SIGKILL)
        lab.wait_ready()
        progress("the death of several")


@tap.test("kill -9 of parent and roles at once")
def _():
    for _i in range(ROUNDS):
        pause()
        lab.kill_all()
        lab.start()
        progress("the death of all")


@tap.test("ordinary restart under load")
def _():
    for _i in range(ROUNDS):
        pause()
        tap.equal(lab.stop(), 0, "exit code of mdfd")
        tap.equal(daemon_pids(), [], "processes left")
        lab.start()
        progress("a restart")


@tap.test("every acknowledged PDU was delivered exactly once, nothing else was, and the books agree")
def _():
    for p in nes:
        p.terminate()
    for p in nes:
        tap.equal(p.wait(30), 0, "mdf-ne had everything acknowledged")
    status = tap.drained(lab, 20)
    tap.accounted(status)
    faults = oracle.judge(lab, [ledger(n) for n in ("ne1", "ne2")], WARRANTS, status)
    rows = oracle.read_ledgers([ledger(n) for n in ("ne1", "ne2")])
    tap.note(f"{len(rows)} offered, {sum(r['acked'] for r in rows)} acknowledged; " + "; ".join(
        f"{w['liid']} {w['delivered']} delivered, {w['duplicate']} sent again by the NE" for w in status["warrants"]))
    assert not faults, "\n".join(faults)


@tap.test("what was delivered decodes strictly")
def _():
    for n in ("lemf-a", "lemf-b"):
        tap.verify(lab, n)


@tap.test("nothing runs on after the end")
def _():
    tap.equal(lab.stop(), 0, "exit code of mdfd")
    tap.equal(daemon_pids(), [], "processes left")


tap.main(setup)
