# SPDX-License-Identifier: Apache-2.0
"""The oracle: compares what NEs offered and had acknowledged (ledgers of mdf-ne) with what LEMFs hold (mdf-lemf), and with the daemon's books.

It knows nothing of how mdfd works.  Each fault is a line that begins with its kind:
  lost       acknowledged, and not delivered to somebody entitled
  invented   delivered, and never offered
  doubled    one offered PDU delivered under two numbers
  changed    one number with two contents
  reordered  numbers of a session that came in another order, or contents in another order than offered
  gap        a number missing
  repeated   a number twice on one connection
  foreign    a LIID at a LEMF that has no warrant of it
  books      the daemon's accounting says something else
"""

import argparse
import calendar
import collections
import functools
import json
import os
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True

FORMAT_XIRI = 2
OWN = (None, "reuse")  # faults of mdf-ne whose ledger line is a PDU to be delivered; others are broken ones and repetitions


def _table():
    out = []
    for i in range(256):
        for _ in range(8):
            i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
        out.append(i)
    return out


TABLE = _table()


@functools.cache  # each LEMF has the same
def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c = TABLE[(c ^ b) & 255] ^ (c >> 8)
    return c ^ 0xFFFFFFFF


# -- what was offered
def read_ledger(lines):
    """Rows of one mdf-ne ledger (an iterable of lines), each with "acked".  A torn last line is left out."""
    rows, acked = [], {}
    for line in lines:
        try:
            r = json.loads(line)
        except ValueError:
            continue
        if "crc32c" in r:
            rows.append(r)
        elif "acked_n" in r:
            acked[r["conn"]] = max(acked.get(r["conn"], 0), r["acked_n"])
    for r in rows:
        r["acked"] = r["n"] <= acked.get(r["conn"], 0)
    return rows


def read_ledgers(paths):
    out = []
    for p in paths:
        with open(p) as f:
            out += [dict(r, ledger=p) for r in read_ledger(f)]
    return out


def offered_key(row):
    """What identifies a PDU on both sides: its time in microseconds and its content (an xIRI is re-wrapped: its time alone)."""
    us = row["ts"] // 1000
    return (us, "xiri") if row["format"] == FORMAT_XIRI else (us, row["crc32c"], row["len"])


# -- what was delivered
def _us(text):
    whole, _, frac = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1000000 + int((frac + "000000")[:6])


def ber_length(n):
    """The shortest length octets of BER."""
    if n < 128:
        return bytes([n])
    digits = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def content(raw, n):
    """The N octets of content in a PS-PDU: an octet string near its end, found by its length octets."""
    head = ber_length(n)
    for behind in range(min(256, len(raw) - n)):
        start = len(raw) - behind - n
        if raw[start - len(head):start] == head:
            return raw[start:start + n]
    return b""


def delivered_key(rec, raw):
    if not rec["items"]:
        return (_us(rec["time"]), "none")
    if rec["items"][0]["kind"].startswith("threeGPP33128"):
        return (_us(rec["time"]), "xiri")
    n = rec["items"][0]["octets"]
    return (_us(rec["time"]), f"{crc32c(content(raw, n)):08x}", n)


def read_pdu_log(folder):
    """The octets of each PDU: records of "LPDU", version, flags, connection, time, length, zero, CRC, CRC; then the octets."""
    with open(os.path.join(folder, "pdu.log"), "rb") as f:
        log = f.read()
    out, at = [], 0
    while at + 40 <= len(log):
        magic, n = struct.unpack_from("!4s20xI", log, at)
        if magic != b"LPDU":
            raise RuntimeError(f"{folder}/pdu.log: no record at octet {at}")
        out.append(log[at + 40:at + 40 + n])
        at += 40 + n
    return out


def read_lemf(exe, folder):
    """IRI and CC records of a folder of mdf-lemf, in the order they came."""
    p = subprocess.run([exe, "show", folder, "--json"], capture_output=True, text=True)
    if p.returncode not in (0, 3):
        raise RuntimeError(f"mdf-lemf show {folder}: {p.stderr}")
    recs = [r for r in map(json.loads, p.stdout.splitlines()) if r["class"] in ("iri", "cc")]
    log = read_pdu_log(folder) if recs else []
    return [{"liid": r["liid"], "cin": r["cin"], "cls": r["class"], "seq": r["seq"], "conn": r["conn"], "octets": log[r["n"]],
             "key": delivered_key(r, log[r["n"]])} for r in recs]


# -- the comparison
def _entitled(row, w):
    return row["xid"] in w["xids"] and (w["delivery"] == "both" or (row["type"] == 1) == (w["delivery"] == "iri"))


def _some(what, rows, show):
    """One line for many faults of a kind: the count and the first few."""
    return [f"{what}: {len(rows)}: " + "; ".join(show(r) for r in rows[:3])] if rows else []


def _unique(liid, recs):
    """Records without resends, and the faults found on the way."""
    seen, faults = {}, []
    for r in recs:
        num = (r["cin"], r["cls"], r["seq"])
        where = f"{liid} CIN {r['cin']} {r['cls']} {r['seq']}"
        if num not in seen:
            seen[num] = dict(r, conns={r["conn"]})
            continue
        first = seen[num]
        if first["octets"] != r["octets"]:
            faults.append(f"changed: {where} came with other octets")
        if r["conn"] in first["conns"]:
            faults.append(f"repeated: {where} twice on connection {r['conn']}")
        first["conns"].add(r["conn"])
    return list(seen.values()), faults


def _numbers(liid, recs):
    faults, by = [], collections.defaultdict(list)
    for r in recs:
        by[r["cin"], r["cls"]].append(r["seq"])
    for (cin, cls), seqs in by.items():
        missing = sorted(set(range(max(seqs) + 1)) - set(seqs))
        if missing:
            faults.append(f"gap: {liid} CIN {cin} {cls} lacks {len(missing)} numbers: {missing[:5]}")
    return faults


def _order(liid, recs, place):
    faults, last, at = [], {}, {}
    for r in recs:
        stream = (r["cin"], r["cls"])
        if r["seq"] < last.get(stream, -1):
            faults.append(f"reordered: {liid} CIN {r['cin']} {r['cls']} {r['seq']} came after {last[stream]}")
        last[stream] = r["seq"]
        if r["key"] in place:
            source, n = place[r["key"]]
            if n < at.get((stream, source), -1):
                faults.append(f"reordered: {liid} CIN {r['cin']} {r['cls']} {r['seq']} is PDU {n}, sent before its predecessor")
            at[stream, source] = n
    return faults


def check_warrant(w, rows, recs):
    """Faults of one warrant {"liid","xids","delivery"}: RECS are the records of its LIID at its LEMF."""
    recs, faults = _unique(w["liid"], recs)
    rows = [r for r in rows if _entitled(r, w) and r.get("fault") in OWN]
    offered = collections.Counter(offered_key(r) for r in rows)
    acked = collections.Counter(offered_key(r) for r in rows if r["acked"])
    got = collections.Counter(r["key"] for r in recs)
    lost = [r for r in rows if r["acked"] and got[offered_key(r)] < acked[offered_key(r)]]
    faults += _some(f"lost: {w['liid']}", lost, lambda r: f"n {r['n']} connection {r['conn']} X{r['type'] + 1} corr {r['corr']} seq {r['seq']}")
    named = lambda r: f"CIN {r['cin']} {r['cls']} {r['seq']}"  # noqa: E731
    faults += _some(f"invented: {w['liid']}", [r for r in recs if not offered[r["key"]]], named)
    faults += _some(f"doubled: {w['liid']}", [r for r in recs if 0 < offered[r["key"]] < got[r["key"]]], named)
    place = {offered_key(r): ((r.get("ledger"), r["conn"]), r["n"]) for r in rows if offered[offered_key(r)] == 1}
    return faults + _numbers(w["liid"], recs) + _order(w["liid"], recs, place), len(recs), len(rows), sum(acked.values())


def check_books(liid, row, got, offered, acked):
    """ROW is the warrant in `mdfctl status` when nothing waits any more."""
    dropped = row["duplicate"] + row["out_of_scope"] + row["rejected"] + row["shed"]
    faults = []
    if row["received"] != row["delivered"] + row["waiting"] + dropped:
        faults.append(f"books: {liid}: received {row['received']} is not delivered {row['delivered']} + waiting {row['waiting']} + dropped {dropped}")
    if row["waiting"] or row["delivered"] != got:
        faults.append(f"books: {liid}: says {row['delivered']} delivered and {row['waiting']} waiting; the LEMF holds {got}")
    if not acked <= row["delivered"] + row["waiting"] + row["shed"] <= offered:
        faults.append(f"books: {liid}: {row['delivered'] + row['waiting']} spooled; {acked} acknowledged, {offered} offered")
    return faults


def check(rows, lemfs, warrants, status=None):
    """ROWS: read_ledgers; LEMFS: {name: records}; WARRANTS: [{"liid","lemf","xids","delivery"}]; STATUS: of mdfctl.  Returns the faults."""
    faults = []
    for w in warrants:
        f, got, offered, acked = check_warrant(w, rows, [r for r in lemfs[w["lemf"]] if r["liid"] == w["liid"]])
        faults += f
        for s in (status or {"warrants": []})["warrants"]:
            if s["liid"] == w["liid"]:
                faults += check_books(w["liid"], s, got, offered, acked)
    for name, recs in lemfs.items():
        known = {w["liid"] for w in warrants if w["lemf"] == name}
        faults += [f"foreign: {liid} at {name}" for liid in {r["liid"] for r in recs} - known]
    return faults


def judge(lab, ledgers, warrants, status=None):
    """The same for a Lab: LEDGERS are paths; STATUS is taken from the daemon when it is not given."""
    lemfs = {n: read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in {w["lemf"] for w in warrants}}
    return check(read_ledgers(ledgers), lemfs, warrants, status or lab.status())


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--mdf-lemf", default="mdf-lemf", help="the program")
    ap.add_argument("--ledger", action="append", required=True, help="ledger of mdf-ne; repeatable")
    ap.add_argument("--warrant", action="append", required=True, metavar="LIID,FOLDER,DELIVERY,XID[,XID...]", help="repeatable")
    a = ap.parse_args()
    warrants = []
    for text in a.warrant:
        liid, folder, delivery, *xids = text.split(",")
        warrants.append({"liid": liid, "lemf": folder, "delivery": delivery, "xids": set(xids)})
    lemfs = {f: read_lemf(a.mdf_lemf, f) for f in {w["lemf"] for w in warrants}}
    faults = check(read_ledgers(a.ledger), lemfs, warrants)
    print("\n".join(faults) if faults else "nothing lost, nothing invented")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
