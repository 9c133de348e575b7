#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The account of each session: gaps, duplicates, refused and shed PDUs under the CIN that they are of, delivered and waiting by the positions of the
queue; sessions and what no session is known of are together what the warrant's account says, also over kill -9 of the ingest role."""

import collections
import subprocess

import tap
import x23
from x23 import Link, ip_packet, pdu

lab = None
link = None
xid = tap.new_xid()
ONE, TWO, NOWHERE = 0x11, 0x22, 0x33  # Correlation IDs
LIIDS = ("CS-A", "CS-B")  # two warrants of one XID
sent = collections.Counter()  # good PDUs by Correlation ID
numbers = {ONE: 0, TWO: 0}  # next of each sequence
cin = {}


def setup():
    global lab, link
    lab = tap.start_lab(lemfs=("lemf-a",), spool__quota="10M", session__snapshot_s=1)
    tap.provision(lab, leas=("a",))
    for liid in LIIDS:
        tap.add_warrant(lab, liid, "lea-a", xid)
    tap.in_force(lab)
    link = Link(lab)
    return lab


def good(corr, size=60):
    """The next PDU of a communication; its octets."""
    n = numbers[corr]
    numbers[corr] += 1
    octets = pdu(xid, ip_packet(corr << 24 | n, size), corr=corr, seq=n)
    link.send(octets)
    sent[corr] += 1
    return octets


def bad(corr):
    """One whose payload is no packet."""
    n = numbers.get(corr, 0)
    if corr in numbers:
        numbers[corr] += 1
    link.send(pdu(xid, b"\x45\x00\x00", corr=corr, seq=n))


def restart():
    """kill -9 of ingest, and the element comes again."""
    global link
    link.close()
    lab.kill_role("ingest")
    tap.in_force(lab)
    link = tap.wait_for("the element is let in", connect, 30)


def connect():
    try:
        return Link(lab)
    except (x23.Closed, OSError):
        return None


def account(liid="CS-A"):
    return lab.ctl("completeness", "sessions", liid)


def sums(losses):
    out = collections.Counter()
    for r in losses:
        out[r["kind"], r["code"], r.get("class")] += r["n"]
    return out


def session(a, corr):
    return next(s for s in a["sessions"] if s["cin"] == cin[a["liid"], corr])


def losses(corr, liid="CS-A"):
    a = account(liid)
    a["liid"] = liid
    return sums(session(a, corr)["losses"])


def same(liid):
    """Sessions and what is of none are the total, and that is the account of the warrant: (sums), or None while the journal is on its way."""
    a, total = account(liid), lab.ctl("completeness", "show", liid)["total"]
    parts = sums(r for s in a["sessions"] for r in s["losses"]) + sums(a["no_session"])
    tap.equal(parts, sums(a["total"]), f"{liid}: sessions and none are the total")
    want = collections.Counter({("DUPLICATE", None, None): total["duplicate"], ("COPY", None, None): total["copies"]})
    for code, n in total["rejected"].items():
        want["REJECT", code, None] = n
    for code, n in total["shed"].items():
        want["SHED", "QUOTA", code] = n
    got = collections.Counter({k: n for k, n in parts.items() if k[0] != "NUMBERS"})
    return parts if +want == +got and total["balanced"] else None


def adds_up():
    for liid in LIIDS:
        tap.wait_for(f"the journal says what the account of {liid} says", lambda liid=liid: same(liid), 60, 0.2)


def state(liid, corr):
    a = account(liid)
    a["liid"] = liid
    return session(a, corr)


def at_facility(liid):
    """Numbers of each CIN that the facility has."""
    out = collections.defaultdict(set)
    for r in tap.lemf_pdus(lab, "lemf-a"):
        if r["liid"] == liid:
            out[r["cin"]].add((r["class"], r["seq"]))
    return out


@tap.test("a gap, a late number, duplicates, bad payloads: under the session that they are of")
def _():
    first = good(ONE)
    for _ in range(10):
        last = good(TWO)
    link.alive(1)
    for liid in LIIDS:
        rows = tap.wait_for("two sessions", lambda liid=liid: (lambda s: s if sorted(x["cc"] for x in s) == [1, 10] else None)(account(liid)["sessions"]), 20)
        cin[liid, ONE], cin[liid, TWO] = (next(s["cin"] for s in rows if s["cc"] == n) for n in (1, 10))
    numbers[ONE] = 6  # 1..5 are missing
    good(ONE)
    late = pdu(xid, ip_packet(999), corr=ONE, seq=4)
    sent[ONE] += 1
    for octets in (late, late, late, first, last):
        link.send(octets)
    bad(ONE)
    for _ in range(2):
        bad(TWO)
    bad(NOWHERE)
    link.alive(2)
    adds_up()
    for liid in LIIDS:
        tap.equal(losses(ONE, liid), collections.Counter({("NUMBERS", "MISSING", None): 5, ("NUMBERS", "LATE", None): 1, ("DUPLICATE", None, None): 3,
                                                          ("REJECT", "PAYLOAD", None): 1}), f"{liid} one")
        tap.equal(losses(TWO, liid), collections.Counter({("DUPLICATE", None, None): 1, ("REJECT", "PAYLOAD", None): 2}), f"{liid} two")
        tap.equal(sums(account(liid)["no_session"]), collections.Counter({("REJECT", "PAYLOAD", None): 1}), f"{liid}, no session known")
    missing = next(r for r in state("CS-A", ONE)["losses"] if r["code"] == "MISSING")
    tap.equal(missing["ranges"], [{"first": 1, "last": 5, "n": 5}], "ranges")
    rows = lab.ctl("journal", "list", "--warrant", "CS-A", "--cin", cin["CS-A", ONE])
    tap.equal({r["kind"] for r in rows}, {"NUMBERS", "DUPLICATE", "REJECT"}, "its journal entries")
    tap.equal({r["cin"] for r in rows}, {cin["CS-A", ONE]}, "CIN of them")
    tap.equal(len([r for r in lab.ctl("journal", "list", "--kind", "gap") if r["range"] == "1-5"]), 1, "the gap itself is one")


@tap.test("everything is delivered: each session says so, with the numbers that the facility has")
def _():
    lab.ne(xid=xid, generate=["format=sip,count=6"])
    for liid in LIIDS:
        rows = tap.wait_for("all are delivered", lambda liid=liid: (lambda s: s if all(x["delivered"] == "all" for x in s) else None)(account(liid)["sessions"]), 30)
        got = at_facility(liid)
        for s in rows:
            tap.equal(len(got[s["cin"]]), s["iri"] + s["cc"], f"CIN {s['cin']}")
        assert sum(s["iri"] for s in rows) >= 6, rows
        tap.equal({s["sides"]["cc"]["waiting_most"] for s in rows}, {0}, "nothing waits")
    one = lab.ctl("completeness", "show", "CS-A", "--session", cin["CS-A", TWO])["session"]
    tap.equal((one["delivered"], one["cc"], len(one["losses"])), ("all", 10, 2), "the same of one session")
    tap.equal([s["cin"] for s in lab.ctl("completeness", "sessions", "CS-A", "--session", cin["CS-A", ONE])["sessions"]], [cin["CS-A", ONE]], "only one")
    few = lab.ctl("completeness", "sessions", "CS-A", "--limit", 1)
    tap.equal((len(few["sessions"]), few["more"], few["limit"]), (1, True, 1), "a limit is said")
    text = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, *lab.who, "completeness", "sessions", "CS-A"], capture_output=True, text=True, check=True).stdout
    for word in (str(cin["CS-A", ONE]), "WAITING AT MOST", "MISSING", "PAYLOAD", "(none known)"):
        assert word in text, (word, text)


@tap.test("LEMF down: the session that goes on waits, the other is still delivered; also after kill -9 of ingest")
def _():
    lab.stop_lemf("lemf-a")
    tap.wait_for("the link is down", lambda: tap.destination(lab, "lemf-a")["state"] != "up", 20)
    for _ in range(5):
        good(ONE)
    link.alive(3)
    for name in ("before", "after kill -9"):
        s = tap.wait_for(f"it waits, {name}", lambda: (lambda s: s if s["delivered"] == "waiting" and s["cc"] == sent[ONE] else None)(state("CS-A", ONE)), 20)
        tap.equal((s["sides"]["cc"]["delivered"], s["sides"]["iri"]["delivered"]), ("waiting", "none"), name)
        # the queue is that of both warrants
        assert 5 <= s["sides"]["cc"]["waiting_most"] <= 2 * 5 and s["sides"]["cc"]["since"] >= s["first"], s
        tap.equal(state("CS-A", TWO)["delivered"], "all", f"the other, {name}")
        if name == "before":
            restart()
    adds_up()


@tap.test("a quota that is used up: what is shed stands under both sessions, and nothing is counted twice after kill -9")
def _():
    for turn in range(2):
        before = sum(lab.ctl("completeness", "show", "CS-A")["total"]["shed"].values())
        for i in range(60):
            for _ in range(100):
                good(ONE, 1400)
                good(TWO, 1400)
            link.alive(10 + i)
            if tap.warrant(lab, "CS-A")["shed"] > before + 200:
                break
        adds_up()
        for corr in (ONE, TWO):
            n = losses(corr)["SHED", "QUOTA", "cc"]
            tap.note(f"shed of {corr:#x}: {n}")
            assert n > 20, (corr, n)
        if turn == 0:
            restart()
            adds_up()
    tap.equal(sums(account()["no_session"])["SHED", "QUOTA", "cc"], 0, "none without a session")


@tap.test("LEMF up: all, and the facility has every number that was issued")
def _():
    lab.lemf("lemf-a")
    tap.drained(lab, 120)
    for liid in LIIDS:
        rows = tap.wait_for("all are delivered", lambda liid=liid: (lambda s: s if all(x["delivered"] == "all" for x in s) else None)(account(liid)["sessions"]), 60)
        got = at_facility(liid)
        for s in rows:
            tap.equal(len(got[s["cin"]]), s["iri"] + s["cc"], f"CIN {s['cin']}")
        for corr in (ONE, TWO):
            s = next(x for x in rows if x["cin"] == cin[liid, corr])
            tap.equal(s["cc"] + losses(corr, liid)["SHED", "QUOTA", "cc"], sent[corr], f"{liid}: issued and shed are what was sent")
    adds_up()


@tap.test("nobody else's session, and a CIN that is not known")
def _():
    tap.equal(lab.ctl("completeness", "sessions", "CS-A", "--session", 1)["sessions"], [], "no such CIN")
    code, _ = lab.ctl("completeness", "show", "CS-A", "--session", 1, check=False)
    tap.equal(code, 4, "exit code")


tap.main(setup)
