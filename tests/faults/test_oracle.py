# SPDX-License-Identifier: Apache-2.0
"""The oracle itself, with forged ledgers: each fault must be named, and nothing else."""

import atexit
import copy
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

from campaign import tap
import oracle

XID = "aa1efe05-35b8-4a4a-8698-d25454afabad"
WARRANTS = [{"liid": "L-A", "lemf": "a", "xids": {XID}, "delivery": "both"}, {"liid": "L-B", "lemf": "b", "xids": {XID}, "delivery": "iri"}]
folder = tempfile.mkdtemp(prefix="openmdf-oracle-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def forged():
    """Ten X2 and ten X3 PDUs, all acknowledged but the last; delivered with one resend."""
    lines = [json.dumps({"event": "connect", "conn": 0})]
    recs = {"a": [], "b": []}
    for n in range(1, 21):
        kind = 1 if n % 2 else 2
        ts = 1795258497000000000 + n * 1000
        crc = f"{n:08x}"
        lines.append(json.dumps({"n": n, "conn": 0, "type": kind, "xid": XID, "corr": "01", "seq": (n - 1) // 2, "format": 9 if kind == 1 else 5, "len": 100,
                                 "crc32c": crc, "ts": ts}))
        r = {"cin": 7, "cls": "iri" if kind == 1 else "cc", "seq": (n - 1) // 2, "conn": 1, "octets": crc, "key": (ts // 1000, crc, 100),
             "kind": "iPMMIRI" if kind == 1 else "iPCC"}
        recs["a"].append(dict(r, liid="L-A"))
        if kind == 1:
            recs["b"].append(dict(r, liid="L-B"))
    lines.append(json.dumps({"ack": 1, "conn": 0, "acked_n": 19}))
    recs["a"].append(dict(recs["a"][5], conn=2))
    return oracle.read_ledger(lines), recs


def status(a=20, b=10):
    zero = {"waiting": 0, "duplicate": 0, "out_of_scope": 0, "rejected": 0, "shed": 0}
    return {"warrants": [dict(zero, id=1, liid="L-A", received=a, delivered=a), dict(zero, id=2, liid="L-B", received=b + 10, delivered=b, out_of_scope=10)]}


def kinds(rows, recs, st=None, journal=None, warrants=WARRANTS):
    faults = oracle.check(rows, recs, warrants, st or status(len({(r["cin"], r["cls"], r["seq"]) for r in recs["a"]}), len(recs["b"])), journal)
    return {f.split(":")[0] for f in faults}, faults


def expect(change, *want):
    rows, recs = forged()
    recs = copy.deepcopy(recs)
    change(rows, recs)
    got, faults = kinds(rows, recs)
    tap.note("; ".join(faults) or "no fault")
    assert set(want) == got, f"{want} wanted, {faults}"


@tap.test("a true ledger passes, with a resend and an unacknowledged PDU delivered")
def _():
    expect(lambda rows, recs: None)


@tap.test("an unacknowledged PDU may be missing")
def _():
    expect(lambda rows, recs: recs["a"].remove(recs["a"][19]))


@tap.test("a lost record is named, also when it is the last of its session")
def _():
    expect(lambda rows, recs: recs["b"].pop(), "lost", "books")
    expect(lambda rows, recs: recs["a"].pop(4), "lost", "gap")


@tap.test("an invented record is named")
def _():
    expect(lambda rows, recs: recs["b"].append(dict(recs["b"][0], seq=10, octets="ff", key=(1, "ff", 100))), "invented", "books")


@tap.test("a record delivered under two numbers is named")
def _():
    expect(lambda rows, recs: recs["a"].append(dict(recs["a"][19], seq=10)), "doubled", "books")


@tap.test("a changed resend is named")
def _():
    expect(lambda rows, recs: recs["a"][-1].update(octets="ff"), "changed")


@tap.test("a changed content is named")
def _():
    expect(lambda rows, recs: recs["b"][3].update(octets="ff", key=(recs["b"][3]["key"][0], "ff", 100)), "lost", "invented")


@tap.test("a reordered record is named: by its number, and by its content under a right number")
def _():
    def swap(rows, recs):
        recs["b"][2], recs["b"][3] = recs["b"][3], recs["b"][2]

    def swap_content(rows, recs):
        x, y = recs["b"][2], recs["b"][3]
        x["key"], y["key"] = y["key"], x["key"]
    expect(swap, "reordered")
    expect(swap_content, "reordered")


@tap.test("a repetition on the same connection is named")
def _():
    expect(lambda rows, recs: recs["a"][-1].update(conn=1), "repeated")


@tap.test("a LIID at a wrong LEMF, and CC for an IRI warrant, are named")
def _():
    expect(lambda rows, recs: recs["b"].append(dict(recs["a"][0])), "foreign", "books")
    expect(lambda rows, recs: recs["b"].append(dict(recs["a"][1], liid="L-B")), "invented", "books")


@tap.test("books that do not add up, or say something else than the LEMF holds, are named")
def _():
    rows, recs = forged()
    for st in (status(19), status(21)):
        assert kinds(rows, recs, st)[0] == {"books"}, kinds(rows, recs, st)
    st = status()
    st["warrants"][0]["received"] += 1
    assert kinds(rows, recs, st)[0] == {"books"}


@tap.test("a torn last line of a ledger is left out")
def _():
    assert len(oracle.read_ledger(['{"n":1,"conn":0,"crc32c":"00","type":1}', '{"n":2,"conn":0,"crc3'])) == 1


@tap.test("a missing record that the journal has as shed or rejected is no loss; one more is, and books that differ from the journal are named")
def _():
    rows, recs = forged()
    del recs["b"][8:]
    st = status(20, 8)
    st["warrants"][1].update(received=20, shed=2)
    shed = [{"kind": "SHED", "warrant_id": 2, "xid": XID, "n": 2}]
    tap.equal(kinds(rows, recs, st, shed)[1], [])
    reject = copy.deepcopy(st)
    reject["warrants"][1].update(shed=0, rejected=2)
    tap.equal(kinds(rows, recs, reject, [dict(shed[0], kind="REJECT")])[1], [])
    tap.equal(kinds(rows, recs, st, [dict(shed[0], n=1)])[0], {"lost", "books"})
    tap.equal(kinds(rows, recs, st, [dict(shed[0], xid="other")])[0], {"lost"})
    tap.equal(kinds(rows, recs, st, [dict(shed[0], warrant_id=1)])[0], {"lost", "books"})


@tap.test("what was delivered outside the warrant's windows is named; nothing is missing there, and near a border nothing is said")
def _():
    rows, recs = forged()
    us = recs["a"][9]["key"][0]
    narrow = [dict(WARRANTS[0], windows=[(0, us)]), WARRANTS[1]]
    tap.equal(kinds(rows, recs, warrants=narrow)[0], {"window"})
    inside = dict(recs, a=recs["a"][:9])
    tap.equal(kinds(rows, inside, warrants=narrow)[1], [])
    tap.equal(kinds(rows, dict(recs, a=recs["a"][:8]), warrants=narrow)[0], {"lost"})
    fuzzy = [dict(narrow[0], edge_us=3), WARRANTS[1]]
    tap.equal(kinds(rows, dict(recs, a=recs["a"][:7]), warrants=fuzzy)[1], [])
    tap.equal(kinds(rows, dict(recs, a=recs["a"][:11]), warrants=fuzzy)[1], [])
    tap.equal(kinds(rows, dict(recs, a=recs["a"][:13]), warrants=fuzzy)[0], {"window"})


@tap.test("what is sent again though its acknowledgement was taken long ago is named")
def _():
    expect(lambda rows, recs: recs["a"][5].update(settled=True), "stale")
    expect(lambda rows, recs: recs["a"][5].update(settled=True, conn=3))  # the network held up what the older connection had sent
    pdu, ack = '{"ev":"pdu","conn":%d,"time_ns":%d,"n":%d,"class":"cc"}', '{"ev":"answer","conn":%d,"time_ns":%d,"answer":"pDUAcknowledgementResponse","seq":0,"after":1}'
    lines = [line for i in range(100) for line in (pdu % (1, i, i), ack % (1, i))]
    late = pdu % (1, oracle.STALE_NS + 80, 100)
    tap.equal(oracle.settled(lines), {1: -1})
    tap.equal(oracle.settled(lines + [late]), {1: 80 - oracle.IN_FLIGHT})
    tap.equal(oracle.settled(lines[:2 * oracle.IN_FLIGHT] + [late]), {1: -1})
    tap.equal(oracle.settled(lines + [late.replace('"conn":1', '"conn":2')]), {1: -1})


@tap.test("a ledger is read while it grows")
def _():
    path = os.path.join(folder, "growing")
    row = json.dumps({"n": 1, "conn": 0, "type": 1, "crc32c": "00", "ts": 5})
    led = oracle.Ledger(path)
    tap.equal(led.read().rows, [])
    with open(path, "w") as f:
        for text, want in ((row + "\n" + row[:10], (1, 0)), (row[10:].replace("5}", "7}") + "\n", (2, 0)), ('{"ack":0,"conn":1,"acked_n":1}\n', (2, 0)),
                           ('{"ack":0,"conn":0,"acked_n":1}\n', (2, 2))):
            f.write(text)
            f.flush()
            tap.equal((len(led.read().rows), led.acked_n), want, text)
    tap.equal(led.acked_ns, 7)


def pdu_log(octets):
    """A folder of mdf-lemf with one record."""
    out = tempfile.mkdtemp(dir=folder)
    head = struct.pack("!4sHHQQII", b"LPDU", 1, 0, 1, 1, len(octets), 0) + struct.pack("!I", int(tap.crc32c(octets), 16))
    with open(os.path.join(out, "pdu.log"), "wb") as f:
        f.write(head + struct.pack("!I", int(tap.crc32c(head), 16)) + octets)
    return out


@tap.test("a PDU that does not decode is named")
def _():
    exe = os.path.join(tap.BUILD, "tools", "mdf-lemf")
    faults = oracle.check_form(exe, pdu_log(b"\x30\x03\x02\x01\x00"))
    tap.equal([f.split(":")[0] for f in faults], ["form"])


@tap.test("a damaged database is named")
def _():
    if not shutil.which("sqlite3"):
        raise tap.Skip("no sqlite3")
    path = os.path.join(folder, "db")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t(x)")
        db.execute("CREATE INDEX i ON t(x)")
        db.executemany("INSERT INTO t VALUES(?)", [(i,) for i in range(2000)])
    db.close()
    tap.equal(oracle.check_database(path), [])
    with open(path, "r+b") as f:
        f.seek(4096 * 2)
        f.write(b"\xff" * 4096)
    tap.equal([f.split(":")[0] for f in oracle.check_database(path)], ["database"])


@tap.test("an audit log that mdf-verify refuses is named")
def _():
    def ctl(*args):
        with open(args[-1], "w") as f:
            f.write("openmdf-audit 1\nnonsense\n")
    vkey = os.path.join(folder, "vkey")
    with open(vkey, "w") as f:
        f.write("openmdf+00000000+AAAA\n")
    faults = oracle.check_audit(ctl, os.path.join(tap.BUILD, "tools", "mdf-verify"), vkey, os.path.join(folder, "export"))
    tap.equal([f.split(":")[0] for f in faults], ["audit"])


@tap.test("hashes and signatures that are missing are named")
def _():
    good = {"hashes_ok": 3, "findings": [], **dict.fromkeys(("hashes_bad", "uncovered", "twice", "missing", "order", "bad", "signatures_unchecked", "unsigned"), 0)}
    tap.equal(oracle.check_cover({"integrity": good}), [])
    for k in ("uncovered", "twice", "unsigned", "hashes_bad"):
        tap.equal([f.split(":")[0] for f in oracle.check_cover({"integrity": dict(good, **{k: 1})})], ["cover"])
    assert oracle.check_cover({"integrity": dict(good, hashes_ok=0)}), "no hash at all"


@tap.test("a process that still runs, and open files that grew, are named")
def _():
    conf = os.path.join(folder, "mdfd.conf")
    tap.equal(oracle.check_processes(conf), [])
    p = subprocess.Popen(["mdfd", "-c", "import time; print(1, flush=True); time.sleep(60)", conf], executable=sys.executable, stdout=subprocess.PIPE)
    p.stdout.readline()
    tap.equal([f.split(":")[0] for f in oracle.check_processes(conf)], ["leftover"])
    p.kill()
    p.wait()
    tap.equal(oracle.check_processes(conf), [])
    tap.equal(oracle.check_files({"a": 10, "b": 10}, {"a": 10, "b": 12}), [])
    tap.equal([f.split(":")[0] for f in oracle.check_files({"a": 10, "b": 10}, {"a": 10, "b": 30})], ["leftover"])


tap.main()
