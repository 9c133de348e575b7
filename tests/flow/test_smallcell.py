#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A LEMF behind 256 kbit/s, as behind the backhaul of a small cell.  Voice goes before data that waits; where the agency has agreed, content falls back to
metadata while too much of it waits; and an agency with a good link notices nothing of either.

The links are relays in this script: TLS goes through them unchanged, at 32 KiB/s, with small buffers, so that what waits, waits in mdfd."""

import json
import os
import socket
import statistics
import threading
import time

import tap

RATE = 32 * 1024  # octets per second: 256 kbit/s
DATA_N, DATA_SIZE = 240, 1200
VOICE_S, VOICE_RATE, VOICE_SIZE = 5, 50, 172
TRICKLE_RATE = 20
DELAY_S = 2.0  # the longest that voice may take
LIMIT_KIB = 96
lab = None
ne = None
XID = {n: tap.new_xid() for n in ("data", "voice", "trickle")}
relays = {}


class Relay:
    """A link of RATE octets per second towards PORT."""

    def __init__(self, port, rate=RATE):
        self.port, self.rate = port, rate
        self.server = socket.socket()
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)  # as on a real line, not 64 KiB
        self.server.bind(("127.0.0.1", 0))
        self.server.listen(4)
        threading.Thread(target=self.accept, daemon=True).start()

    def listens(self):
        return self.server.getsockname()[1]

    def accept(self):
        while True:
            near, _ = self.server.accept()
            far = socket.create_connection(("127.0.0.1", self.port))
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for job in ((near, far, self.rate), (far, near, None)):
                threading.Thread(target=self.pump, args=job, daemon=True).start()

    @staticmethod
    def pump(source, sink, rate):
        ready = time.monotonic()
        try:
            while data := source.recv(1024):
                if rate:
                    ready = max(ready, time.monotonic() - 0.02) + len(data) / rate
                    time.sleep(max(0, ready - time.monotonic()))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for s in (source, sink):
                s.close()


def profile(name, **fields):
    path = os.path.join(lab.dir, f"{name}.json")
    with open(path, "w") as f:
        json.dump({"name": name, "version": "1", **fields}, f)
    lab.ctl("profile", "import", "--file", path)
    return name


def setup():
    """Agencies A and C behind short links, B behind a good one.  C consents to the fall-back, A does not, and B need not."""
    global lab
    lab = tap.start_lab(lemfs=("lemf-a", "lemf-b", "lemf-c"))
    tap.add_ne(lab, "ne1")
    for a, consent in (("a", False), ("b", True), ("c", True)):
        lab.ctl("lea", "add", f"lea-{a}", "--country", "NL", "--profile", profile(f"profile-{a}", fallback=consent, fallback_kib=LIMIT_KIB))
        if a != "b":
            relays[a] = Relay(lab.lemfs[f"lemf-{a}"]["port"])
        tap.add_destination(lab, f"lemf-{a}", f"lea-{a}", port=relays[a].listens() if a in relays else None)
        tap.add_warrant(lab, f"DATA-{a}", f"lea-{a}", XID["data"])
    tap.add_warrant(lab, "VOICE-a", "lea-a", XID["voice"])
    tap.add_warrant(lab, "VOICE-b", "lea-b", XID["voice"])
    tap.add_warrant(lab, "TRICKLE-c", "lea-c", XID["trickle"])
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.in_force(lab)
    return lab


def waits(lemf, cls):
    """Records of a class that wait for a LEMF."""
    return tap.destination(lab, lemf)["classes"][cls]["backlog_records"]


def sent_s(r):
    """When the X3 PDU of a shown record was made."""
    t = r["pdu"]["pSHeader"]["microSecondTimeStamp"]
    return t["seconds"] + t["microSeconds"] / 1e6


def delays(lemf, liid):
    """Seconds from the time stamp of each CC of LIID to its arrival, in order of arrival."""
    arrived = [e["time_ns"] / 1e9 for e in tap.lemf_pdus(lab, lemf) if e["liid"] == liid and e["class"] == "cc"]
    shown = [r for r in tap.records(lab, lemf, "--liid", liid) if r["class"] == "cc"]
    tap.equal(len(arrived), len(shown), "records in the ledger and shown")
    return [t - sent_s(r) for t, r in zip(arrived, shown, strict=True)]


def spread(values):
    return f"median {statistics.median(values) * 1e3:.0f} ms, maximum {max(values) * 1e3:.0f} ms"


def in_order(lemf):
    """Each session of a LEMF has its numbers in order, from 0, none missing and none twice."""
    series = {}
    for r in tap.lemf_pdus(lab, lemf):
        series.setdefault((r["liid"], r["cin"], r["class"]), []).append(r["seq"])
    for key, numbers in series.items():
        tap.equal(numbers, list(range(len(numbers))), f"{lemf} {key}")


def notices(lemf, *args):
    return [r for r in lab.lemf_show(lemf, *args) if r["kind"] == "operatorLeaMessage"]


@tap.test("voice is there within 2 s while hundreds of KiB of data wait for a link of 256 kbit/s")
def _():
    global ne
    ne = lab.ne_background("ne1", xid=XID["trickle"], seed=3, keepalive=0.2, log="trickle.log", ledger=os.path.join(lab.dir, "trickle.ledger"),
                           generate=f"format=ipv4,rate={TRICKLE_RATE},size=200,duration=90")
    tap.wait_for("content of C comes in full", lambda: tap.warrant(lab, "TRICKLE-c")["delivered"] > 5)
    lab.ne(xid=XID["data"], seed=1, generate=f"format=ipv4,size={DATA_SIZE},count={DATA_N}")
    lab.ne(xid=XID["voice"], seed=2, generate=f"format=rtp,size={VOICE_SIZE},rate={VOICE_RATE},duration={VOICE_S}")
    tap.wait_for("voice is delivered", lambda: waits("lemf-a", "voice") == 0, 10)
    left = waits("lemf-a", "cc")
    d = tap.destination(lab, "lemf-a")
    tap.note(f"link of A: {d['link_octets_s']} octets/s measured, {d['ahead_octets']} may wait in front of it; {left} of {DATA_N} data records wait behind the voice")
    voice = delays("lemf-a", "VOICE-a")
    tap.note(f"voice at A: {len(voice)} PDUs, {spread(voice)}")
    tap.equal(len(voice), VOICE_S * VOICE_RATE, "voice PDUs at A")
    assert max(voice) < DELAY_S, spread(voice)
    assert left > 20, "the data did not wait: nothing was shown"


@tap.test("an agency with a good link waits for none of the others")
def _():
    for liid in ("DATA-b", "VOICE-b"):
        d = delays("lemf-b", liid)
        tap.note(f"{liid}: {spread(d)}")
        tap.equal(len(d), DATA_N if liid == "DATA-b" else VOICE_S * VOICE_RATE, liid)
        assert max(d) < DELAY_S, (liid, spread(d))
    tap.equal(notices("lemf-b"), [], "notices at B")


@tap.test("fall-back: begins by the rule of the profile, ends when the content that waited is gone")
def _():
    begun = tap.wait_for("C is told that it begins", lambda: notices("lemf-c"), 5)
    tap.equal(sorted(liid(n) for n in begun), ["DATA-c", "TRICKLE-c"], "warrants that are told")
    tap.equal(tap.alarms(lab, "METADATA-ONLY"), {("METADATA-ONLY", lea_object("lea-c"))}, "alarms")
    tap.wait_for("alarm METADATA-ONLY clears", lambda: not tap.alarms(lab, "METADATA-ONLY"), 25, 0.1)
    tap.wait_for("content of C comes in full again", lambda: trickle()[-1][1] == "cc", 10, 0.2)
    time.sleep(0.5)  # some more of it
    ne.terminate()
    tap.equal(ne.wait(20), 0, "mdf-ne")
    tap.accounted(tap.drained(lab, 30))


def lea_object(name):
    return f"lea {next(x['id'] for x in lab.status()['leas'] if x['name'] == name)}"


def liid(r):
    return r["pdu"]["pSHeader"]["lawfulInterceptionIdentifier"]


def trickle():
    """(when the X3 PDU was made, class) of what C got of it, by that time."""
    return sorted((sent_s(r), r["class"]) for r in tap.records(lab, "lemf-c", "--liid", "TRICKLE-c"))


@tap.test("fall-back: told at its begin and end, headers and no content in between, full content before and after")
def _():
    told = {}
    for n in notices("lemf-c", "--hex"):
        told.setdefault(liid(n), []).append((sent_s(n), n["pdu"]["payload"]))
    tap.note(told["TRICKLE-c"])
    for texts in told.values():
        tap.equal(len(texts), 2, "notices of a warrant")
        assert "reduced to metadata" in str(texts[0][1]) and "Full content" in str(texts[1][1]), texts
    begin, end = (t for t, _ in told["TRICKLE-c"])
    rows = trickle()
    kinds = "".join({"cc": "c", "iri": "h"}[c] for _, c in rows)
    tap.note(f"{end - begin:.1f} s of metadata; content before {kinds.index('h')}, headers {kinds.count('h')}, content after {kinds.count('c') - kinds.index('h')}")
    assert set(kinds.lstrip("c").rstrip("c")) == {"h"}, kinds
    assert kinds[0] == "c" and kinds[-1] == "c", kinds
    assert all((begin - 0.5 < t < end + 0.5) == (c == "iri") or abs(t - begin) < 0.5 or abs(t - end) < 0.5 for t, c in rows), (begin, end, rows)
    tap.equal(len(rows), len(tap.ledger(os.path.join(lab.dir, "trickle.ledger"))), "PDUs of the trickle, each as content or as header")
    for r in tap.records(lab, "lemf-c", "--liid", "TRICKLE-c"):
        assert r["class"] == "cc" or "acketReport" in json.dumps(r["pdu"]), r


@tap.test("fall-back: journal and audit have a row for its begin and end; who did not consent has none")
def _():
    def rows():
        return [r for r in lab.ctl("journal", "list", "--kind", "metadata", "--limit", "1000")]
    tap.wait_for("four rows in the journal", lambda: len(rows()) >= 4, 5)
    ids = {tap.warrant(lab, w)["id"]: w for w in ("DATA-c", "TRICKLE-c", "DATA-a", "VOICE-a", "DATA-b", "VOICE-b")}
    tap.note(rows())
    tap.equal(sorted(ids[r["warrant_id"]] for r in rows()), ["DATA-c", "DATA-c", "TRICKLE-c", "TRICKLE-c"], "warrants in the journal")
    audit = lab.ctl("audit", "list", "--op", "warrant.metadata")
    tap.equal(len(audit), 4, "rows in the audit log")
    for lemf in ("lemf-a", "lemf-b"):
        tap.equal(notices(lemf), [], f"notices at {lemf}")


@tap.test("all is delivered: nothing lost, nothing twice, each session in order; the data of A in full")
def _():
    status = lab.status()
    tap.accounted(status)
    for lemf in ("lemf-a", "lemf-b", "lemf-c"):
        in_order(lemf)
        tap.verify(lab, lemf)
    tap.equal(len(delays("lemf-a", "DATA-a")), DATA_N, "data at A")
    tap.equal(tap.destination(lab, "lemf-a", status)["resent"], 0, "sent again")
    tap.wait_for("no alarm is left", lambda: not tap.alarms(lab), 10)


@tap.test("fall-back, and ingest is killed while it lasts: the end is told all the same, and no begin twice")
def _():
    def journal():
        return [(r["warrant_id"], r["code"]) for r in lab.ctl("journal", "list", "--kind", "metadata", "--limit", "1000")]
    before = len(notices("lemf-c"))
    lab.ne(xid=XID["data"], seed=4, generate=f"format=ipv4,size={DATA_SIZE},count={DATA_N * 2 // 3}")
    tap.wait_for("it begins", lambda: len(notices("lemf-c")) == before + 2, 8, 0.1)
    told = time.time()
    tap.wait_for("the state file knows", lambda: os.stat(os.path.join(lab.dir, "state", "state", "sessions")).st_mtime > told, 10, 0.05)
    lab.kill_role("ingest")
    tap.wait_for("it has ended", lambda: len(notices("lemf-c")) >= before + 4, 25, 0.2)
    tap.accounted(tap.drained(lab, 30))
    for w in ("DATA-c", "TRICKLE-c"):
        texts = ["Full" in str(n["pdu"]["payload"]) for n in notices("lemf-c", "--hex") if liid(n) == w]
        tap.equal(texts, [False, True] * 2, f"notices of {w}")
        codes = [c for i, c in journal() if i == tap.warrant(lab, w)["id"]]
        tap.equal(sorted(codes), ["BEGIN", "BEGIN", "END", "END"], f"journal of {w}")
    in_order("lemf-c")
    tap.verify(lab, "lemf-c")
    tap.wait_for("no alarm is left", lambda: not tap.alarms(lab), 10)


tap.main(setup)
