# SPDX-License-Identifier: Apache-2.0
"""The oracle itself, with forged ledgers: each fault must be named, and nothing else."""

import copy
import json

from campaign import tap
import oracle

XID = "aa1efe05-35b8-4a4a-8698-d25454afabad"
WARRANTS = [{"liid": "L-A", "lemf": "a", "xids": {XID}, "delivery": "both"}, {"liid": "L-B", "lemf": "b", "xids": {XID}, "delivery": "iri"}]


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
    return {"warrants": [dict(zero, liid="L-A", received=a, delivered=a), dict(zero, liid="L-B", received=b + 10, delivered=b, out_of_scope=10)]}


def kinds(rows, recs, st=None):
    faults = oracle.check(rows, recs, WARRANTS, st or status(len({(r["cin"], r["cls"], r["seq"]) for r in recs["a"]}), len(recs["b"])))
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


@tap.test("CRC-32C")
def _():
    tap.equal(oracle.crc32c(b"123456789"), 0xE3069283)


tap.main()
