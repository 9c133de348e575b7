#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Content and identities that the network elements bring are looked for everywhere they do not belong: logs, answers, metrics, database, the other
agency's files and process, arguments, and, when all is delivered, the memory of every role.  What people enter is looked for in test_vault.py."""

import glob
import http.client
import json
import os
import subprocess
import time
import urllib.request

import packets as pk
import remains
import restcall
import tap
import x23

lab = None
XID = {"a": tap.new_xid(), "b": tap.new_xid()}
UNKNOWN = tap.new_xid()
CONTENT = {a: f"canary-{a}-sings-in-content-".encode() for a in "ab"}
NAME = {a: f"kanari.{a}.0471" for a in "ab"}
BROKEN = b"canary-sings-in-what-is-broken-"
ORPHAN = b"canary-sings-without-a-warrant-"
MAIL = {a: f"canary-{a}-sings-in-a-mail-".encode() for a in "ab"}
CLOUD = {a: f"canary-{a}-sings-in-the-cloud-".encode() for a in "ab"}
CALLER = "canary-sings-at-the-door-"
WORDS = [*CONTENT.values(), *(n.encode() for n in NAME.values()), *MAIL.values(), *CLOUD.values(), BROKEN, ORPHAN]
FORMATS = range(1, 17)
link = None
seq = {}


def setup():
    global lab, metrics, clif, rest
    metrics, clif, rest = tap.free_port(), tap.free_port(), tap.free_port()
    lab = tap.Lab(tap.BUILD)
    try:
        lab.make_pki()
        lab.pki.ca("rest")
        lab.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        lab.pki.issue("rest", "boss", "DNS:boss.lab.example", "clientAuth")
        for n in ("lemf-a", "lemf-b"):
            lab.lemf(n)
        p = lab.pki.path
        lab.configure(top__lab=True, listeners=[{"name": "x"}, {"name": "cloud", "port": clif, "protocol": "clif"}], rest__metrics_port=metrics,
                      rest__address="127.0.0.1", rest__port=rest, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                      rest__ca=p("rest", "ca.crt"), rest__crl=p("rest", "ca.crl"))
        lab.start()
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    tap.add_ne(lab, "ne1")
    for a in "ab":
        lab.ctl("lea", "add", f"lea-{a}")
        tap.add_destination(lab, f"lemf-{a}", f"lea-{a}")
        tap.add_warrant(lab, f"C-{a}", f"lea-{a}", XID[a])
    return lab


def send(xid, payload, mime=None, **more):
    """Numbered as an element numbers: per task, kind and communication.  MIME: type of the content."""
    key = (xid, more.get("kind", x23.X3), more.get("corr", 1))
    seq[key] = seq.get(key, -1) + 1
    if mime:
        t = time.time_ns()
        more["attributes"] = (x23.attribute(x23.A_SEQ, seq[key].to_bytes(4, "big")) + x23.attribute(19, mime.encode())
                              + x23.attribute(x23.A_TIME, (t // 10**9).to_bytes(4, "big") + (t % 10**9).to_bytes(4, "big")))
    link.send(x23.pdu(xid, payload, seq=seq[key], **more))


def packet(n, words, size=1000):
    return x23.ip_packet(n, size)[:28] + (words * size)[:size - 28]


def invite(a):
    sdp = f"v=0\r\no={NAME[a]} 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
    return (f"INVITE sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:{NAME[a]}@a.example>;tag=1\r\n"
            f"To: <sip:b@b.example>\r\nCall-ID: {NAME[a]}-call\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(sdp)}\r\n\r\n{sdp}").encode()


def caller():
    p = lab.pki.path
    return restcall.Client(rest, restcall.context(p("rest", "ca.crt"), p("rest", "boss.crt"), p("rest", "boss.key")))


def post(items):
    """As a cloud application posts: the status and the answer as text."""
    p = lab.pki.path
    c = http.client.HTTPSConnection("127.0.0.1", clif, context=restcall.context(p("x", "ca.crt"), p("x", "ne1.crt"), p("x", "ne1.key")), timeout=20)
    c.request("POST", "/clif/v1/pdus", items if isinstance(items, bytes) else json.dumps(items), {"Content-Type": "application/json"})
    r = c.getresponse()
    text = r.read().decode()
    c.close()
    return r.status, text


def cloud(xid, n, words, **more):
    at = time.time_ns()
    return {"type": "x2", "format": "SIP", "direction": "fromTarget", "xid": xid, "correlation": 9, "sequence": n, "text": words,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 10**9)) + f".{at % 10**9 // 1000:06d}Z", **more}


def message(words):
    return (f"MESSAGE sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK7\r\nFrom: <sip:a@a.example>;tag=7\r\nTo: <sip:b@b.example>\r\n"
            f"Call-ID: m-7\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: {len(words)}\r\n\r\n{words}")


def files(octets):
    """Where they stand, except in the receivers, which must have them, and in what this test itself wrote."""
    return remains.in_files(lab.dir, octets, ("lemf-", "pki"))


@tap.test("each agency gets its own; what is broken or of no warrant is rejected")
def _():
    global link
    link = x23.Link(lab)
    for i in range(100):
        for a in "ab":
            send(XID[a], packet(i, CONTENT[a]))
            send(XID[a], b"\x80\x08" + i.to_bytes(2, "big") + b"\0" * 8 + CONTENT[a] * 6, form=x23.RTP, corr=2)
    for a in "ab":
        send(XID[a], invite(a), kind=x23.X2, form=x23.SIP, corr=2)
        for kind in (x23.X2, x23.X3):
            send(XID[a], pk.mail(MAIL[a] * 6, MAIL[a]), kind=kind, form=pk.MIME, corr=5, mime="message/rfc822")
        status, text = post([cloud(XID[a], 0, message(CLOUD[a].decode() * 6)), cloud(XID[a], 1, BROKEN.decode() * 6, format="no such format"),
                             cloud(UNKNOWN, 0, ORPHAN.decode() * 6)])
        assert json.loads(text)["taken"] == 2, f"{status} {text}"
        assert "canary" not in text, text
    status, text = post(b'[{"type": "x2", "text": "' + BROKEN * 6)
    assert status == 400 and "canary" not in text, f"{status} {text}"
    link.alive(1)
    for n, form in enumerate(FORMATS):
        for kind in (x23.X2, x23.X3):
            send(UNKNOWN, ORPHAN * 20, kind=kind, form=form, corr=100 + n)
            send(XID["a"], BROKEN * 20, kind=kind, form=form, corr=100 + n)
    link.alive(2)
    tap.drained(lab)
    for a in "ab":
        for words in (CONTENT[a], NAME[a].encode(), MAIL[a], CLOUD[a]):
            assert remains.in_files(lab.lemfs[f"lemf-{a}"]["dir"], words), f"LEMF {a} has not {words}"
    assert lab.ctl("journal", "list"), "rejects are recorded"


@tap.test("nothing of one agency at the other: files, spool, memory of its process")
def _():
    roles = {r["name"]: r for r in lab.status()["roles"]}
    for a, b in ("ab", "ba"):
        own_words = (CONTENT[a], NAME[a].encode(), MAIL[a], CLOUD[a])
        if own_free():  # the address space of a sanitizer is too large to be read
            tap.equal(remains.in_memory(roles[f"lea-{b}"]["pid"], *own_words), set(), f"of {a} in the process of {b}")
        for words in own_words:
            tap.equal(remains.in_files(lab.lemfs[f"lemf-{b}"]["dir"], words), [], f"at LEMF {b}")
            own = os.path.join(lab.dir, "state", "spool", str(roles[f"lea-{a}"]["lea"]))
            other = os.path.join(lab.dir, "state", "spool", str(roles[f"lea-{b}"]["lea"]))
            assert remains.in_files(own, words), "the search finds what is there"
            tap.equal(remains.in_files(other, words), [], f"spool of {b}")


@tap.test("not in log, database, journal, session state, answers, metrics, arguments or environments; what has no warrant is in no file at all")
def _():
    said = [json.dumps(lab.ctl(*words)) for words in (("status",), ("journal", "list"), ("warrant", "list"), ("warrant", "show", "C-a"),
                                                       ("alarm", "list", "--all"), ("audit", "list", "--limit", "1000"), ("ne", "list"))]
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=20) as r:
        said.append(r.read().decode())
    if subprocess.run(["sh", "-c", "command -v journalctl"], capture_output=True).returncode == 0:
        said.append(subprocess.run(["journalctl", "-q", "--no-pager", "--since", "-10min"], capture_output=True, text=True).stdout)
    for words in WORDS:
        for form in (words, words.hex().encode()):
            tap.equal([t[:80] for t in said if form.decode() in t], [], f"{form}: answers")
            tap.equal(remains.of_processes(form), [], f"{form}: arguments and environments")
            left = [f for f in files(form) if not f.startswith("state/spool/")]
            tap.equal(left, [], f"{form}: files")
    tap.equal(files(ORPHAN), [], "what has no warrant")
    assert files(CONTENT["a"]), "the search finds what is there"
    assert not glob.glob(os.path.join(lab.dir, "**", "core*"), recursive=True), "core files"


@tap.test("REST: what a caller says who is refused, and what REST answers")
def _():
    word = CALLER.encode()
    c = caller()
    for what, body, more in (("/warrants", CALLER, {}), ("/warrants", {"liid": [CALLER], CALLER: 1}, {}), ("/sessions", {}, {"Authorization": f"Bearer {CALLER}"}),
                             (f"/persons/{CALLER}", {"password": CALLER}, {})):
        assert c.call("POST", what, body, **more).status >= 400, what
    said = []
    for what in ("/warrants", "/journal", "/alarms", "/status", "/sessions", "/nes"):
        a = c.get(what)
        said.append((what, a.status, a.raw))
    tap.equal([x for x in said if x[1] != 200], [], "answers that are none")
    for words in WORDS + [word]:
        tap.equal([x[0] for x in said if words in x[2]], [], f"{words}: REST")
    tap.equal([f for f in files(word) if not f.startswith("state/spool/")], [], "what the caller said, in files")
    c.close()


def clean():
    """What still stands in the memory of the roles."""
    return {r["name"]: found for r in lab.status()["roles"] for found in [remains.in_memory(r["pid"], *WORDS)] if found}


def is_clean(what):
    try:
        tap.wait_for(what, lambda: not clean(), 30, 0.5)
    except tap.LabError as e:
        raise AssertionError(f"{what}: {clean()}") from e


@tap.test("delivered and quiet, with the connections still open: the memory of no role holds any of it")
def _():
    if not own_free():
        raise tap.Skip("built with sanitizers: freed memory is theirs")
    assert remains.in_memory(os.getpid(), CONTENT["a"]), "the search finds what is there"
    is_clean("while the warrants go on")


@tap.test("after the warrants, too, and after a warrant that ends while its product waits for a LEMF")
def _():
    if not own_free():
        raise tap.Skip("built with sanitizers: freed memory is theirs")
    lab.stop_lemf("lemf-a")
    for i in range(100):
        send(XID["a"], packet(i, CONTENT["a"]), corr=3)
    link.alive(3)
    lab.ctl("warrant", "stop", "C-a", "--reason", "over")
    lab.lemf("lemf-a")
    tap.drained(lab)
    lab.ctl("warrant", "stop", "C-b", "--reason", "over")
    link.close()
    is_clean("after the warrants")


def own_free():
    with open(os.path.join(tap.BUILD, "config.h"), encoding="utf-8") as f:
        return "#define WITH_SANITIZERS" not in f.read()


tap.main(setup)
