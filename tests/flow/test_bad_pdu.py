# SPDX-License-Identifier: Apache-2.0
"""Bad and odd PDUs over TLS: the documented code, one journal entry with a digest and without content, and good traffic around it untouched."""

import glob
import hashlib
import os
import time

import tap
import oracle
import x23
from x23 import Link, ip_packet, keepalive, pdu

MARKER = b"CONTENT-OF-THE-TARGET"
KINDS = {"header-short": "FRAMING", "header-huge": "TOO-LARGE", "payload-huge": "TOO-LARGE", "attr-overrun": "FRAMING", "attr-length": "ATTRIBUTE",
         "version-major": "VERSION", "type-unknown": "TYPE-UNKNOWN", "format-unknown": "FORMAT-UNKNOWN", "format-type": "FORMAT-TYPE",
         "direction": "DIRECTION", "garbage-payload": "PAYLOAD", "partial": "FRAMING"}
CLOSING = ("FRAMING", "TOO-LARGE", "VERSION")
X = {n: tap.new_xid() for n in ("hand", "ne", "only1", "suspended", "future", "past", "iri")}
lab = None
journal = None
link = None
corr = 1000
past = None  # end of the window of L-past
ledgers = []


def setup():
    global lab, journal, link, past
    lab = tap.start_lab(nes=("ne1", "ne2", "idle"), lemfs=("lemf-a",))
    tap.provision(lab, nes=("ne1", "ne2"), leas=("a",))
    tap.add_ne(lab, "idle", time_p2_s=2)
    for n in ("hand", "ne", "suspended"):
        tap.add_warrant(lab, "L-" + n, "lea-a", X[n])
    tap.add_warrant(lab, "L-only1", "lea-a", X["only1"], ne="ne1")
    tap.add_warrant(lab, "L-future", "lea-a", X["future"], **{"from": "2039-01-01T00:00:00Z"})
    past = int(time.time()) + 4
    tap.add_warrant(lab, "L-past", "lea-a", X["past"], until=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(past)))
    tap.add_warrant(lab, "L-iri", "lea-a", X["iri"], delivery="iri")
    lab.ctl("warrant", "suspend", tap.warrant(lab, "L-suspended")["id"])
    tap.in_force(lab)
    journal = x23.Journal(lab)
    link = Link(lab, "ne1")
    return lab


def context():
    """A Correlation ID that was not used yet: a new sequence context and session."""
    global corr
    corr += 1
    return corr


def books(liid="L-hand"):
    w = tap.warrant(lab, liid)
    return {k: w[k] for k in ("received", "duplicate", "out_of_scope", "rejected")} | {"spooled": w["delivered"] + w["waiting"]}


def delta(before, liid="L-hand"):
    return {k: v - before[k] for k, v in books(liid).items() if v != before[k]}


def rejects(rows):
    return [r for r in rows if r["kind"] == "REJECT"]


def one_reject(octets, code, closes=False, via=None, digest=True):
    """Good, bad, good on one connection; the bad one is one REJECT entry with CODE."""
    conn = via or (Link(lab, "ne1") if closes else link)
    c, before = context(), books()
    journal.rows()
    conn.send(pdu(X["hand"], ip_packet(c), corr=c, seq=0))
    conn.alive(c)
    conn.send(octets)
    if closes:
        conn.closed()
        conn = Link(lab, "ne1")
    conn.send(pdu(X["hand"], ip_packet(c + 1), corr=c, seq=1))
    conn.alive(c + 1)
    rows = rejects(journal.wait(lambda r: r["code"] == code, code))
    tap.equal([(r["code"], r["n"]) for r in rows], [(code, 1)], "journal")
    row = rows[0]
    assert row["digest"] and len(row["digest"]) == 64, row
    if digest:
        tap.equal(row["digest"], hashlib.sha256(octets).hexdigest(), "digest of the PDU")
        tap.equal(row["pdu_len"], len(octets), "length of the PDU")
    assert MARKER.decode() not in str(row), row
    tap.equal(delta(before).get("spooled"), 2, "the good ones around it")
    if closes:
        conn.close()
    return row


@tap.test("each broken PDU of mdf-ne: its code, one entry, everything good delivered")
def _():
    for i, (kind, code) in enumerate(KINDS.items()):
        ledger = os.path.join(lab.dir, f"bad-{kind}.jsonl")
        ledgers.append(ledger)
        out = lab.ne("ne2", xid=X["ne"], seed=100 + i, generate=["format=ipv4,count=15", "format=sip,count=12"], fault=f"malformed:{kind}:14", keepalive=0.5,
                     ledger=ledger)
        tap.equal(out["not_acked"], 0, kind)
        rows = rejects(journal.wait(lambda r, code=code: r["code"] == code, f"{kind}: {code}"))
        tap.equal([(r["code"], r["n"], r["ne"]) for r in rows], [(code, 1, "ne2")], kind)
        assert rows[0]["digest"], (kind, rows)
        tap.equal(out["reconnects"] > 0, code in CLOSING, f"{kind}: reconnected")


@tap.test("a PDU without any attribute is taken, or refused with a code; nothing else is lost")
def _():
    c, before = context(), books()
    link.send(pdu(X["hand"], ip_packet(c), corr=c, attributes=b""))
    link.alive(c)
    tap.note(delta(before))
    tap.equal(delta(before), {"received": 1, "spooled": 1})


@tap.test("lengths by hand")
def _():
    good = dict(xid=X["hand"], payload=ip_packet(1))
    one_reject(pdu(**good, header_len=0), "FRAMING", closes=True, digest=False)
    one_reject(pdu(**good, header_len=39), "FRAMING", closes=True, digest=False)
    one_reject(pdu(**good, header_len=65537), "TOO-LARGE", closes=True, digest=False)
    one_reject(pdu(**good, payload_len=262145), "TOO-LARGE", closes=True, digest=False)
    one_reject(pdu(**good, payload_len=0xFFFFFFFF, header_len=0xFFFFFFFF), "TOO-LARGE", closes=True, digest=False)
    one_reject(pdu(**good, attributes=b"\0\x08\0"), "FRAMING", closes=True, digest=False)
    one_reject(pdu(**good, attributes=x23.attribute(8, b"\0\0\0\1") + b"\0\x09\0\xff"), "FRAMING", closes=True, digest=False)


@tap.test("versions: any minor is taken, another major closes")
def _():
    for minor in (0, 1, 5, 6, 7, 255):
        c, before = context(), books()
        link.send(pdu(X["hand"], ip_packet(c), corr=c, version=(0, minor)))
        link.alive(c)
        tap.equal(delta(before), {"received": 1, "spooled": 1}, f"0.{minor}")
    for major in (1, 255):
        one_reject(pdu(X["hand"], ip_packet(1), version=(major, 0)), "VERSION", closes=True, digest=False)


@tap.test("types, formats and directions by hand")
def _():
    for kind in (0, 5, 99, 65535):
        one_reject(pdu(X["hand"], ip_packet(1), kind=kind, corr=context()), "TYPE-UNKNOWN")
    for form in (18, 99, 65535):
        one_reject(pdu(X["hand"], ip_packet(1), form=form, corr=context()), "FORMAT-UNKNOWN")
    one_reject(pdu(X["hand"], ip_packet(1), form=x23.SIP, corr=context()), "FORMAT-TYPE")
    one_reject(pdu(X["hand"], ip_packet(1), kind=x23.X2, form=x23.RTP, corr=context()), "FORMAT-TYPE")
    for d in (0, 6, 65535):
        one_reject(pdu(X["hand"], ip_packet(1), direction=d, corr=context()), "DIRECTION")


@tap.test("attributes of a wrong length or content")
def _():
    number = x23.attribute(8, b"\0\0\0\0")
    for bad in (x23.attribute(8, b"\0\0\0"), x23.attribute(8, b""), number + x23.attribute(9, b"\0" * 7), number + x23.attribute(9, b"\0" * 9)):
        one_reject(pdu(X["hand"], ip_packet(1), corr=context(), attributes=bad), "ATTRIBUTE")


@tap.test("payloads that are not what the format says")
def _():
    packet = ip_packet(1)
    for bad in (b"", b"\x45", b"\x65" + packet[1:], packet[:19], b"\x41" + packet[1:], MARKER):
        one_reject(pdu(X["hand"], bad, corr=context()), "PAYLOAD")
    one_reject(pdu(X["hand"], packet, form=x23.IPV6, corr=context()), "PAYLOAD")
    one_reject(pdu(X["hand"], MARKER, kind=x23.X2, form=x23.SIP, corr=context()), "PAYLOAD")
    one_reject(pdu(X["hand"], b"\x80\x08", form=x23.RTP, corr=context()), "PAYLOAD")


@tap.test("unknown attributes are skipped, and the PDU is delivered")
def _():
    c, before = context(), books()
    odd = x23.attribute(8, b"\0\0\0\0") + x23.attribute(999, b"what is this") + x23.attribute(0x8001, b"") + x23.attribute(65535, b"x" * 1000)
    link.send(pdu(X["hand"], ip_packet(c), corr=c, attributes=odd))
    link.alive(c)
    tap.equal(delta(before), {"received": 1, "spooled": 1})


@tap.test("XIDs: unknown, not for this network element, suspended, too early, too late, out of scope")
def _():
    two = Link(lab, "ne2")
    one_reject(pdu(tap.new_xid(), ip_packet(1) + MARKER, corr=context()), "XID-UNKNOWN")
    one_reject(pdu(x23.NIL, ip_packet(1), corr=context()), "XID-UNKNOWN")
    one_reject(pdu(X["only1"], ip_packet(1), corr=context()), "NE-NOT-ALLOWED", via=two)
    row = one_reject(pdu(X["suspended"], ip_packet(1), corr=context()), "SUSPENDED")
    tap.equal(row["warrant"], tap.warrant(lab, "L-suspended")["uuid"])
    one_reject(pdu(X["future"], ip_packet(1), corr=context()), "NOT-YET-VALID")
    time.sleep(max(0, past + 0.01 - time.time()))
    one_reject(pdu(X["past"], ip_packet(1), corr=context()), "EXPIRED")
    before = books("L-iri")
    link.send(pdu(X["iri"], ip_packet(1), corr=context()))
    link.alive(1)
    tap.equal(delta(before, "L-iri"), {"received": 1, "out_of_scope": 1})
    for liid in ("L-suspended", "L-future", "L-past", "L-only1"):
        b = books(liid)
        tap.equal((b["rejected"], b["spooled"]), (1, 0), liid)
    two.close()
    lab.ctl("warrant", "resume", tap.warrant(lab, "L-suspended")["id"])
    tap.in_force(lab)
    link.send(pdu(X["suspended"], ip_packet(1), corr=context()))
    link.alive(1)
    tap.equal(books("L-suspended")["spooled"], 1, "after resume")


def series(numbers, c, same=False):
    """One PDU per number in context C; SAME: equal numbers have equal octets."""
    out, made = [], {}
    for i, n in enumerate(numbers):
        if not (same and n in made):
            made[n] = pdu(X["hand"], ip_packet(c * 1000 + i), corr=c, seq=n)
        out.append(made[n])
    link.send(b"".join(out))
    link.alive(c)


def after(what, numbers, want, books_want, same=False):
    """Send; WANT: (kind, first, last) that the journal must hold for this context."""
    c, before = context(), books()
    journal.rows()
    series(numbers, c, same)
    rows = journal.wait(lambda r: r["kind"] == want[-1][0], what) if want else journal.rows()
    mine = [(r["kind"], r["first"], r["last"]) for r in rows if r["correlation"] == f"{c:016x}" or r["kind"] == "DUPLICATE"]
    tap.note(f"{what}: {mine}")
    tap.equal([m if m[0] != "DUPLICATE" else (m[0], None, None) for m in mine], want, what)
    tap.equal(delta(before), books_want, what)


@tap.test("sequence numbers: gap, late, duplicate, reuse, reorder, restart, wrap")
def _():
    after("in order", [0, 1, 2, 3], [], {"received": 4, "spooled": 4})
    after("gap", [0, 1, 5, 6], [("GAP", 2, 4), ("NUMBERS", 2, 4)], {"received": 4, "spooled": 4})
    after("reorder", [0, 2, 1, 3], [("GAP", 1, 1), ("NUMBERS", 1, 1), ("GAP-FILLED", 1, 1), ("NUMBERS", 1, 1)], {"received": 4, "spooled": 4})
    after("duplicates", [0, 1, 1, 1, 2], [("DUPLICATE", None, None)], {"received": 5, "spooled": 3, "duplicate": 2}, same=True)
    after("reuse", [0, 1, 1, 2], [("REUSE", 1, 1), ("NUMBERS", 1, 1)], {"received": 4, "spooled": 4})
    after("wrap", [2**32 - 2, 2**32 - 1, 0, 1], [], {"received": 4, "spooled": 4})
    after("gap over the wrap", [2**32 - 2, 2], [("GAP", 2**32 - 1, 1), ("NUMBERS", 2**32 - 1, 1)], {"received": 2, "spooled": 2})
    after("POI restart", [70000, 70001, 0, 1], [("RESTART", None, None)], {"received": 4, "spooled": 4})


@tap.test("mdf-ne: gap, duplicate, reuse, reorder, and numbers that wrap at 2^32")
def _():
    for i, (fault, kind) in enumerate({"gap:5:3": "GAP", "duplicate:7": "DUPLICATE", "reuse:9": "REUSE", "reorder:4": "GAP-FILLED", "unknown-xid:3": "REJECT"}.items()):
        ledger = os.path.join(lab.dir, f"odd-{i}.jsonl")
        ledgers.append(ledger)
        out = lab.ne("ne2", xid=X["ne"], seed=200 + i, generate="format=ipv4,count=30", fault=fault, keepalive=0.5, ledger=ledger)
        tap.equal(out["not_acked"], 0, fault)
        journal.wait(lambda r, kind=kind: r["kind"] == kind and r["ne"] == "ne2", f"{fault}: {kind}")
    ledgers.append(os.path.join(lab.dir, "wrap.jsonl"))
    journal.rows()
    lab.ne("ne2", xid=X["ne"], seed=300, generate="format=ipv4,count=30", start_seq=4294967290, keepalive=0.5, ledger=ledgers[-1])
    tap.equal([r for r in journal.rows() if not r["kind"].startswith("NE-")], [], "journal after a wrap")


@tap.test("half a PDU and then the end: one FRAMING entry")
def _():
    before = books()
    for cut in (1, 39, 47, 100):
        conn = Link(lab, "ne1")
        octets = pdu(X["hand"], ip_packet(context()), corr=context())
        conn.send(octets + octets[:cut])
        conn.close()
        rows = rejects(journal.wait(lambda r: r["code"] == "FRAMING", f"cut after {cut} octets"))
        tap.equal([(r["code"], r["pdu_len"], r["digest"]) for r in rows], [("FRAMING", cut, hashlib.sha256(octets[:cut]).hexdigest())], cut)
    tap.wait_for("the whole ones", lambda: delta(before).get("spooled") == 4)


@tap.test("octet by octet, and ten PDUs in one write")
def _():
    c, before = context(), books()
    for b in pdu(X["hand"], ip_packet(c), corr=c, seq=0) + keepalive(77):
        link.send(bytes([b]))
    tap.equal(link.ack(), 77)
    link.send(b"".join(pdu(X["hand"], ip_packet(c + i), corr=c, seq=1 + i) for i in range(10)) + keepalive(78))
    tap.equal(link.ack(), 78)
    tap.equal(delta(before), {"received": 11, "spooled": 11})


@tap.test("keepalives: same number, in order, 0 without one; odd ones do no harm")
def _():
    link.send(b"".join(keepalive(n) for n in (5, 4, 2**32 - 1, 4)))
    tap.equal([link.ack() for _ in range(4)], [5, 4, 2**32 - 1, 4])
    link.send(keepalive(None))
    tap.equal(link.ack(), 0)
    link.send(pdu(x23.NIL, b"payload", x23.KEEPALIVE, 0, 0, 0, seq=9))
    tap.equal(link.ack(), 9)
    link.send(keepalive(3, x23.KEEPALIVE_ACK))
    link.alive(10)


@tap.test("no acknowledgement overtakes what came before it")
def _():
    c = context()
    for i in range(40):
        before = books()["received"] if i % 10 == 0 else None
        link.send(pdu(X["hand"], ip_packet(c + i), corr=c, seq=i) + keepalive(i))
        tap.equal(link.ack(), i)
        if before is not None:
            tap.equal(books()["received"], before + 1, "known to the books when it was acknowledged")


@tap.test("a network element that says nothing is closed after TIME_P2: IDLE, NE-LOST, alarm; it may come back")
def _():
    conn = Link(lab, "idle")
    conn.alive(1)
    began = time.monotonic()
    conn.closed(8)
    took = time.monotonic() - began
    assert 1 < took < 6, took
    rows = journal.wait(lambda r: r["kind"] == "NE-LOST" and r["ne"] == "idle", "NE-LOST")
    tap.equal([r["code"] for r in rows if r["kind"] == "NE-LOST"], ["IDLE"])

    def alarm():
        return [a for a in lab.ctl("alarm", "list") if a["code"] == "NE-LOST" and a["object"] == "idle"]
    tap.wait_for("alarm NE-LOST", alarm)
    conn = Link(lab, "idle")
    for i in range(6):
        time.sleep(0.5)
        conn.alive(i)
    tap.wait_for("the alarm clears", lambda: not alarm())
    conn.close()


@tap.test("all good traffic is at the LEMF, nothing else is, the books agree")
def _():
    status = tap.drained(lab)
    tap.accounted(status)
    faults = oracle.judge(lab, ledgers, [{"liid": "L-ne", "lemf": "lemf-a", "xids": {X["ne"]}, "delivery": "both"}], status)
    faults = [f for f in faults if not f.startswith("foreign")]
    assert not faults, "\n".join(faults)
    tap.verify(lab, "lemf-a")


@tap.test("no content of a rejected PDU in journal, database or log")
def _():
    files = [os.path.join(lab.dir, "mdfd.log")] + glob.glob(os.path.join(lab.dir, "state", "openmdf.db*"))
    files += glob.glob(os.path.join(lab.dir, "state", "spool", "0", "**", "*.seg"), recursive=True)
    assert len(files) > 2, files
    for f in files:
        with open(f, "rb") as g:
            assert MARKER not in g.read(), f


tap.main(setup)
