# SPDX-License-Identifier: Apache-2.0
"""The oracle: compares what NEs offered and had acknowledged (ledgers of mdf-ne) with what LEMFs hold (mdf-lemf), and with the daemon's books.

It knows nothing of how mdfd works.  Each fault is a line that begins with its kind:
  lost       acknowledged, and neither delivered to somebody entitled nor recorded as rejected or shed
  invented   delivered, and never offered
  doubled    one offered PDU delivered under two numbers
  changed    one number with two contents
  reordered  numbers of a session that came in another order, or contents in another order than offered
  gap        a number missing
  repeated   a number twice on one connection
  stale      sent again long after the LEMF had acknowledged it and more behind it on the same connection
  foreign    a LIID at a LEMF that has no warrant of it
  window     delivered, and the warrant did not cover its time
  books      the daemon's accounting or its journal says something else
  form       mdf-lemf verify finds a violation of the encoding
  cover      a PDU without exactly one hash, or a hash without its signature (agencies whose profile wants them)
  audit      the audit log does not verify
  database   SQLite's integrity_check finds something
  leftover   a process that still runs, or files left open
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True

FORMAT_XIRI = 2
OWN = (None, "reuse")  # faults of mdf-ne whose ledger line is a PDU to be delivered; others are broken ones and repetitions
IN_FLIGHT = 64  # questions for an acknowledgement that a sender has open at most: a later one shows that the answer to this one was taken
STALE_NS = 10 * 10**9  # and so long afterwards its effect is on the sender's disk, also when that is slow


# -- what was offered
class Ledger:
    """Rows of one mdf-ne ledger, read as it grows; a torn last line waits for its rest."""

    def __init__(self, name=None):
        self.name, self.rows, self.acked_n, self.at = name, [], 0, 0
        self.acked_ns = 0  # time of the newest PDU that was acknowledged
        self.open = collections.defaultdict(collections.deque)  # connection > rows without an acknowledgement

    def line(self, text):
        try:
            r = json.loads(text)
        except ValueError:
            return
        if "crc32c" in r:
            r["acked"] = False
            r["ledger"] = self.name
            self.rows.append(r)
            self.open[r["conn"]].append(r)
        elif "acked_n" in r:
            left = self.open[r["conn"]]
            while left and left[0]["n"] <= r["acked_n"]:
                row = left.popleft()
                row["acked"] = True
                self.acked_n += 1
                self.acked_ns = max(self.acked_ns, row["ts"])

    def read(self):
        """What is new in the file NAME; returns self."""
        if os.path.exists(self.name):
            with open(self.name, "rb") as f:
                f.seek(self.at)
                for text in f:
                    if not text.endswith(b"\n"):
                        break
                    self.at += len(text)
                    self.line(text)
        return self


def read_ledger(lines):
    """Rows of one mdf-ne ledger (an iterable of lines), each with "acked"."""
    out = Ledger()
    for text in lines:
        out.line(text)
    return out.rows


def read_ledgers(paths):
    return [r for p in paths for r in Ledger(p).read().rows]


def offered_key(row):
    """What identifies a PDU on both sides: its time in microseconds and its content (an xIRI is re-wrapped: its time alone)."""
    us = row["ts"] // 1000
    return (us, "xiri") if row["format"] == FORMAT_XIRI else (us, row["crc32c"], row["len"])


# -- what was delivered
def delivered_key(rec):
    kind = rec.get("kind")
    if kind is None:
        return (rec["time_us"], "none")
    return (rec["time_us"], "xiri") if kind.startswith("threeGPP33128") else (rec["time_us"], rec["crc32c"], rec["octets"])


def settled(lines):
    """From a ledger of mdf-lemf: connection > last of its PDUs that was acknowledged so long ago that the sender can never send it again."""
    answers, last, seen = collections.defaultdict(list), {}, {}
    for text in lines:
        if text.startswith('{"ev":"pdu"'):  # the bulk of the ledger: read as cheaply as possible
            _, conn, at, n, _ = text.split(",", 4)
            conn = int(conn[7:])
            last[conn], seen[conn] = int(at[10:]), int(n[4:])
        elif '"answer":"pDUAck' in text or '"answer":"keep' in text:
            r = json.loads(text)
            answers[r["conn"]].append((r["time_ns"], seen.get(r["conn"], -1)))
    return {c: max((n for (_, n), (later, _) in zip(a, a[IN_FLIGHT:]) if later + STALE_NS <= last.get(c, 0)), default=-1) for c, a in answers.items()}


def read_lemf(exe, folder, *options):
    """IRI and CC records of a folder of mdf-lemf, in the order they came."""
    p = subprocess.run([exe, "show", folder, "--digest", *options], capture_output=True, text=True)
    if p.returncode not in (0, 3):
        raise RuntimeError(f"mdf-lemf show {folder}: {p.stderr}")
    path, done = os.path.join(folder, "ledger.jsonl"), {}
    if os.path.exists(path):
        with open(path) as f:
            done = settled(f)
    return [{"liid": r["liid"], "cin": r["cin"], "cls": r["class"], "seq": r["seq"], "conn": r["conn"], "octets": r["sha256"], "key": delivered_key(r),
             "settled": r["n"] <= done.get(r["conn"], -1)} for r in map(json.loads, p.stdout.splitlines())]


# -- the comparison
def _entitled(row, w):
    return row["xid"] in w["xids"] and (w["delivery"] == "both" or (row["type"] == 1) == (w["delivery"] == "iri"))


def _covers(w, us, edge_us):
    """Whether the warrant covers a time.  "windows": [(from, until)] in microseconds, without it always; EDGE_US: what is that near to a border counts (or
    with a negative one does not): for changes whose moment is not known exactly."""
    return "windows" not in w or any(a - edge_us <= us < b + edge_us for a, b in w["windows"])


def _some(what, rows, show):
    """One line for many faults of a kind: the count and the first few."""
    return [f"{what}: {len(rows)}: " + "; ".join(show(r) for r in rows[:3])] if rows else []


def _unique(liid, recs):
    """Records without resends, and the faults found on the way."""
    seen, faults, stale = {}, [], []
    for r in recs:
        num = (r["cin"], r["cls"], r["seq"])
        first = seen.get(num)
        if first is None:
            seen[num] = dict(r, conns={r["conn"]})
            continue
        where = f"{liid} CIN {r['cin']} {r['cls']} {r['seq']}"
        if first["octets"] != r["octets"]:
            faults.append(f"changed: {where} came with other octets")
        if r["conn"] in first["conns"]:
            faults.append(f"repeated: {where} twice on connection {r['conn']}")
        elif first.get("settled") and r["conn"] > min(first["conns"]):  # else: held up by the network, and the resend overtook it
            stale.append(r)
        first["settled"] = first.get("settled") or r.get("settled")
        first["conns"].add(r["conn"])
    return list(seen.values()), faults + _some(f"stale: {liid}", stale, _name)


def _name(r):
    return f"CIN {r['cin']} {r['cls']} {r['seq']}"


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


def _lost(w, rows, got, acked, excused):
    """Acknowledged rows that did not arrive, without as many of each XID as the journal records as rejected or shed."""
    missing, left = collections.defaultdict(list), collections.Counter(excused)
    short = {k: n - got[k] for k, n in acked.items() if got[k] < n}
    for r in rows:
        k = offered_key(r)
        if r["acked"] and short.get(k, 0) > 0:
            short[k] -= 1
            missing[r["xid"]].append(r)
    lost = [r for xid, rs in missing.items() for r in rs if len(rs) > left[xid]]
    return _some(f"lost: {w['liid']}", lost, lambda r: f"n {r['n']} connection {r['conn']} X{r['type'] + 1} corr {r['corr']} seq {r['seq']}")


def check_warrant(w, rows, recs, excused=()):
    """Faults of one warrant {"liid","xids","delivery"[,"windows","edge_us"]}, and counts (delivered, offered, acknowledged): RECS are the records of its LIID
    at its LEMF; EXCUSED: XID > how many the journal records as not mediated."""
    recs, faults = _unique(w["liid"], recs)
    edge = w.get("edge_us", 0)
    mine = [r for r in rows if _entitled(r, w) and r.get("fault") in OWN]
    keys = [offered_key(r) for r in mine]
    offered = collections.Counter(keys)
    inside = [r for r in mine if _covers(w, r["ts"] // 1000, -edge)]
    acked = collections.Counter(offered_key(r) for r in inside if r["acked"])
    got = collections.Counter(r["key"] for r in recs)
    faults += _lost(w, inside, got, acked, excused)
    faults += _some(f"invented: {w['liid']}", [r for r in recs if not offered[r["key"]]], _name)
    faults += _some(f"doubled: {w['liid']}", [r for r in recs if 0 < offered[r["key"]] < got[r["key"]]], _name)
    faults += _some(f"window: {w['liid']}", [r for r in recs if not _covers(w, r["key"][0], edge)], _name)
    place = {k: ((r.get("ledger"), r["conn"]), r["n"]) for r, k in zip(mine, keys) if offered[k] == 1}
    return faults + _numbers(w["liid"], recs) + _order(w["liid"], recs, place), len(recs), len(mine), sum(acked.values())


# -- the daemon's books
DROPPED = ("duplicate", "out_of_scope", "rejected", "shed", "lost", "summed", "copies")
JOURNAL = {"shed": "SHED", "duplicate": "DUPLICATE"}  # counted in both places


def check_books(liid, row, got, offered, acked):
    """ROW is the warrant in `mdfctl status` when nothing waits any more."""
    dropped = sum(row.get(k, 0) for k in DROPPED)
    faults = []
    if row["received"] + row.get("extra", 0) != row["delivered"] + row["waiting"] + dropped:
        faults.append(f"books: {liid}: received {row['received']} is not delivered {row['delivered']} + waiting {row['waiting']} + dropped {dropped}")
    if row["waiting"] or row["delivered"] != got:
        faults.append(f"books: {liid}: says {row['delivered']} delivered and {row['waiting']} waiting; the LEMF holds {got}")
    taken = row["delivered"] + row["waiting"] + row["shed"]
    if acked is not None and not acked - row.get("rejected", 0) <= taken <= offered:
        faults.append(f"books: {liid}: {taken} spooled or shed; {acked} acknowledged, {offered} offered")
    return faults


def check_journal(liid, row, journal):
    """JOURNAL: rows of `mdfctl journal list` of this warrant."""
    faults = []
    for k, kind in JOURNAL.items():
        n = sum(r["n"] for r in journal if r["kind"] == kind)
        if n != row.get(k, 0):
            faults.append(f"books: {liid}: {row.get(k, 0)} {k}, the journal has {n}")
    return faults


def _excused(journal):
    out = collections.Counter()
    for r in journal:
        if r["kind"] in ("SHED", "REJECT"):
            out[r["xid"]] += r["n"]
    return out


def check(rows, lemfs, warrants, status=None, journal=None):
    """ROWS: read_ledgers; LEMFS: {name: records}; WARRANTS: [{"liid","lemf","xids","delivery"}]; STATUS: of mdfctl; JOURNAL: of mdfctl, None: not looked at.
    Returns the faults."""
    faults, by = [], collections.defaultdict(list)
    for name, recs in lemfs.items():
        for r in recs:
            by[name, r["liid"]].append(r)
    books = {s["liid"]: s for s in (status or {"warrants": []})["warrants"]}
    for w in warrants:
        s = books.get(w["liid"])
        own = [r for r in journal or () if s and r["warrant_id"] == s["id"]]
        f, got, offered, acked = check_warrant(w, rows, by[w["lemf"], w["liid"]], _excused(own))
        faults += f
        if s:
            faults += check_books(w["liid"], s, got, offered, None if "windows" in w else acked)
        if s and journal is not None:
            faults += check_journal(w["liid"], s, own)
    for name in lemfs:
        known = {w["liid"] for w in warrants if w["lemf"] == name}
        faults += [f"foreign: {liid} at {name}" for at, liid in by if at == name and liid not in known and by[at, liid]]
    return faults


# -- what else must hold
def check_form(exe, folder, *options):
    """Each PS-PDU decodes strictly."""
    p = subprocess.run([exe, "verify", folder, *options], capture_output=True, text=True)
    return [] if p.returncode in (0, 3) else [f"form: {folder}: {p.stdout[-1000:]}{p.stderr[-500:]}"]


def check_cover(report):
    """REPORT: of mdf-lemf, with --public-key, when every run of hashes was closed."""
    i = report["integrity"]
    bad = {k: i[k] for k in ("hashes_bad", "uncovered", "twice", "missing", "order", "bad", "signatures_unchecked", "unsigned") if i[k]}
    return [f"cover: {bad} {i['findings'][:3]}"] if bad or not i["hashes_ok"] else []


def check_audit(ctl, verify, vkey, file, *heads):
    """The audit log, exported to FILE by the daemon (CTL: runs mdfctl), as mdf-verify sees it."""
    ctl("audit", "export", "--file", file)
    p = subprocess.run([verify, "--json", "--key", vkey, *(x for h in heads for x in ("--heads", h)), file], capture_output=True, text=True)
    return [] if p.returncode == 0 else [f"audit: {p.stdout}{p.stderr}"]


def check_database(path):
    p = subprocess.run(["sqlite3", "-readonly", path, "PRAGMA integrity_check"], capture_output=True, text=True)
    return [] if p.stdout.strip() == "ok" else [f"database: {p.stdout[-500:]}{p.stderr[-500:]}"]


def processes(conf):
    """Process ids of the daemon with this configuration file, and of its roles."""
    out = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{p}/cmdline", "rb") as f:
                args = f.read()
        except OSError:
            continue
        if conf.encode() in args and b"mdfd" in args.split(b"\0")[0]:
            out.append(int(p))
    return out


def check_processes(conf):
    left = processes(conf)
    return [f"leftover: processes {left} of {conf}"] if left else []


def open_files(pids):
    """{name: count of open files} for {name: pid}; None when we may not look (the daemon hides from all but root)."""
    try:
        return {k: len(os.listdir(f"/proc/{p}/fd")) for k, p in pids.items()}
    except (PermissionError, FileNotFoundError):
        return None


def check_files(before, after, more=8):
    """Open files of processes that have done the same work before and after."""
    grown = {k: (n, after[k]) for k, n in before.items() if after.get(k, 0) > n + more} if before and after else {}
    return [f"leftover: open files grew: {grown}"] if grown else []


def books_of(lab, warrants, timeout=10):
    """Status and journal, when the journal has caught up (its rows are gathered for a second)."""
    end = time.monotonic() + timeout
    while True:
        status, journal = lab.status(), [r for k in ("shed", "reject", "duplicate") for r in lab.ctl("journal", "list", "--kind", k, "--limit", "100000")]
        mine = {w["liid"] for w in warrants}
        faults = [f for s in status["warrants"] if s["liid"] in mine for f in check_journal(s["liid"], s, [r for r in journal if r["warrant_id"] == s["id"]])]
        if not faults or time.monotonic() > end:
            return status, journal
        time.sleep(0.2)


def judge(lab, ledgers, warrants, status=None):
    """All of it for a Lab whose daemon still runs: LEDGERS are paths.  (Give STATUS to look at that alone, and not at the journal.)"""
    journal = None
    if status is None:
        status, journal = books_of(lab, warrants)
    lemfs = {n: read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in {w["lemf"] for w in warrants}}
    faults = check(read_ledgers(ledgers), lemfs, warrants, status, journal)
    for n in lemfs:
        faults += check_form(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"])
    return faults


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
    faults = check(read_ledgers(a.ledger), lemfs, warrants) + [x for f in lemfs for x in check_form(a.mdf_lemf, f)]
    print("\n".join(faults) if faults else "nothing lost, nothing invented")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
