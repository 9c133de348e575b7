#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdf-lemf receive over loopback against a scripted sender: storing, keep-alives, options, acknowledgements, misbehaviour, restart;
then report, verify and export on what was stored.  PDUs are made here, octet by octet."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOOL = os.path.join(os.environ.get("top_builddir", "."), "tools", "mdf-lemf")


def tlv(tag, val):
    head = bytes([tag]) if isinstance(tag, int) else tag
    n = len(val)
    if n < 128:
        return head + bytes([n]) + val
    size = (n.bit_length() + 7) // 8
    return head + bytes([0x80 | size]) + n.to_bytes(size, "big") + val


def integer(v):
    return v.to_bytes(v.bit_length() // 8 + 1, "big")


def header(liid, cin, seq, seconds=1700000000):
    net = tlv(0xA0, tlv(0x80, b"31055") + tlv(0x81, b"mdf-1"))
    return tlv(0xA1, tlv(0x80, bytes.fromhex("0400020205012b")) + tlv(0x81, liid) + tlv(0x82, b"NL") +
               tlv(0xA3, net + tlv(0x81, integer(cin)) + tlv(0x82, b"NL")) + tlv(0x84, integer(seq)) +
               tlv(0xA7, tlv(0x80, integer(seconds + seq)) + tlv(0x81, integer(250000))) + tlv(0x88, b"\1"))


def pdu(head, payload):
    return tlv(0x30, head + tlv(0xA2, payload))


def packet(n=0):
    data = b"GET /%d" % n
    udp = (5000).to_bytes(2, "big") + (80).to_bytes(2, "big") + (8 + len(data)).to_bytes(2, "big") + b"\0\0" + data
    return bytes.fromhex("4500") + (20 + len(udp)).to_bytes(2, "big") + bytes.fromhex("0000000040110000c0a80001c0a80002") + udp


def cc_ip(liid, cin, seq, direction=0):
    ipcc = tlv(0xA2, tlv(0x80, bytes.fromhex("05031402")) + tlv(0xA1, tlv(0x80, packet(seq))))
    return pdu(header(liid, cin, seq), tlv(0xA1, tlv(0x30, tlv(0x80, bytes([direction])) + tlv(0xA2, ipcc))))


def cc_rtp(liid, cin, seq):
    rtp = bytes([0x80, 0]) + (seq & 0xFFFF).to_bytes(2, "big") + (160 * seq).to_bytes(4, "big") + b"\0\0\0\7" + b"\x55" * 160
    ipmm = tlv(0xAC, tlv(0x80, bytes.fromhex("05051102")) + tlv(0x81, rtp) + tlv(0x82, b"\2") + tlv(0x84, b"\0"))
    return pdu(header(liid, cin, seq), tlv(0xA1, tlv(0x30, tlv(0x80, b"\1") + tlv(0xA2, ipmm))))


def iri_sip(liid, cin, seq, kind=1, direction=0, media=None):
    def addr(a):
        return tlv(0x81, b"\0") + tlv(0xA2, tlv(0x81, bytes(a)))
    sdp = b"" if not media else b"v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\nm=video 9 RTP/AVP 99\r\n" % media
    sip = (b"INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: abc@192.0.2.9\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(sdp)) + sdp
    msg = tlv(0xA1, tlv(0xA0, addr([192, 0, 2, 9])) + tlv(0xA1, addr([192, 0, 2, 10])) + tlv(0x82, sip))
    ipmm = tlv(0xAB, tlv(0x80, bytes.fromhex("05051101")) + tlv(0xA1, msg))
    return pdu(header(liid, cin, seq), tlv(0xA0, tlv(0x30, tlv(0x80, bytes([kind])) + tlv(0xA2, ipmm) + tlv(0x86, bytes([direction])))))


def tri(payload, seq=0, liid=b"KeepAlive"):
    return pdu(header(liid, 0, seq, 1700000000 - seq), tlv(0xA2, payload))


def keepalive(seq):
    return tri(bytes.fromhex("8300"), seq)


class Lemf:
    live = []

    def __init__(self, where, *args, extra=("--tcp",)):
        self.ports = os.path.join(where, "ports")
        if os.path.exists(self.ports):
            os.unlink(self.ports)
        self.dir = os.path.join(where, "lemf")
        self.proc = subprocess.Popen([TOOL, "receive", "--listen", "127.0.0.1:0,both", "--dir", self.dir, "--port-file", self.ports,
                                      "--quiet", *extra, *args], stdout=subprocess.PIPE, text=True)
        Lemf.live.append(self.proc)
        limit = time.time() + 20
        while not (os.path.exists(self.ports) and open(self.ports).read().endswith("\n")):
            if time.time() > limit or self.proc.poll() is not None:
                raise RuntimeError("mdf-lemf does not listen")
            time.sleep(0.02)
        self.port = int(open(self.ports).read().split()[0].rsplit(":", 1)[1])

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), 10)
        s.settimeout(60)
        return s

    def end(self):
        self.proc.send_signal(signal.SIGTERM)
        out = self.proc.communicate(timeout=90)[0]
        return self.proc.returncode, out


def read_pdu(s):
    data = b""
    while True:
        got = s.recv(4096)
        if not got:
            return data
        data += got
        if len(data) > 2:
            n, at = data[1], 2
            if n & 0x80:
                at, n = 2 + (n & 0x7F), int.from_bytes(data[2:2 + (n & 0x7F)], "big")
            if len(data) >= at + n:
                return data


def ledger(where):
    return [json.loads(line) for line in open(os.path.join(where, "lemf", "ledger.jsonl"))]


def run(*args):
    p = subprocess.run([TOOL, *args], capture_output=True, text=True, timeout=180)
    return p.returncode, p.stdout


def closes(s):
    """The peer closes, with or without a reset."""
    try:
        return s.recv(64) == b""
    except ConnectionError:
        return True


def t_store_and_answer(w):
    m = Lemf(w, "--fsync")
    s = m.connect()
    stream = iri_sip(b"LIID-1", 7, 0) + b"".join(cc_ip(b"LIID-1", 7, i) for i in range(5)) + cc_rtp(b"LIID-1", 7, 5)
    for i in range(0, len(stream), 37):  # PDUs over several reads
        s.sendall(stream[i:i + 37])
        time.sleep(0.002)
    s.sendall(keepalive(41))
    assert read_pdu(s) == tri(bytes.fromhex("8400"), 41), "keep-aliveResponse: same header, same number"
    said = ledger(w)
    assert [x["ev"] for x in said].count("pdu") == 8, said
    assert said[-1]["ev"] == "answer" and said[-1]["seq"] == 41, "the ledger has PDU and answer before the answer goes out"
    s.sendall(tri(bytes.fromhex("a904a0028000")))
    assert read_pdu(s) == tri(bytes.fromhex("aa06a0028000a100")), "option accepted"
    s.sendall(tri(bytes.fromhex("8b00")) + tri(bytes.fromhex("8c00"), 9))
    assert read_pdu(s) == tri(bytes.fromhex("8d00"), 9), "pDUAcknowledgementResponse"
    s.sendall(tri(bytes.fromhex("8100")) + tri(bytes.fromhex("8204deadbeef")))
    s.close()
    time.sleep(0.2)
    rc, out = m.end()
    assert rc == 0 and "received 13 PDUs (iri 1, cc 6, tri 6, other 0)" in out, out
    rc, out = run("show", m.dir, "--json")
    shown = [json.loads(x) for x in out.splitlines()]
    assert rc == 0 and len(shown) == 13
    sip = shown[0]["items"][0]
    assert sip["sip"]["start"].startswith("INVITE") and sip["sip"]["call_id"] == "abc@192.0.2.9" and sip["src"] == "192.0.2.9", sip
    assert sip["iri_type"] == "iRI-Begin" and shown[1]["items"][0]["ip"] == "192.168.0.1:5000 > 192.168.0.2:80 udp"
    assert shown[6]["items"][0]["rtp"]["seq"] == 5 and shown[7]["kind"] == "keep-alive" and shown[7]["seq"] == 41
    octets = open(os.path.join(m.dir, "pdu.log"), "rb").read()
    assert cc_ip(b"LIID-1", 7, 3) in octets, "stored octet for octet"
    rc, out = run("verify", m.dir)
    assert rc == 0 and "13 PDUs, 0 with violations" in out, out


def t_restart_torn(w):
    m = Lemf(w)
    s = m.connect()
    s.sendall(cc_ip(b"L", 1, 0) + keepalive(1))
    read_pdu(s)
    m.end()
    with open(os.path.join(m.dir, "pdu.log"), "ab") as f:
        f.write(b"LPDU\0\1\0\0torn")
    with open(os.path.join(m.dir, "ledger.jsonl"), "a") as f:
        f.write('{"ev":"pd')
    m = Lemf(w)
    s = m.connect()
    s.sendall(cc_ip(b"L", 1, 1) + keepalive(2))
    read_pdu(s)
    assert m.end()[0] == 0 and run("show", m.dir)[0] == 0 and run("show", w + "/none")[0] == 3
    conns = [x["conn"] for x in ledger(w) if x["ev"] == "pdu"]
    assert conns[:2] == [conns[0]] * 2 and conns[2] == conns[3] > conns[0], conns
    rc, out = run("report", m.dir, "--strict", "--json")
    assert rc == 0 and json.loads(out)["cc"] == 2, out
    with open(os.path.join(m.dir, "pdu.log"), "r+b") as f:  # a flipped bit in the first PDU
        f.seek(60)
        octet = f.read(1)[0]
        f.seek(60)
        f.write(bytes([octet ^ 4]))
    size = os.path.getsize(os.path.join(m.dir, "pdu.log"))
    assert run("show", m.dir)[0] == 1 and run("report", m.dir, "--strict")[0] == 1
    assert run("receive", "--listen", "127.0.0.1:0", "--tcp", "--dir", m.dir)[0] == 1, "a damaged store is not continued"
    assert os.path.getsize(os.path.join(m.dir, "pdu.log")) == size, "and not cut"


def t_report(w):
    m = Lemf(w)
    s = m.connect()
    s.sendall(b"".join(cc_ip(b"L", 1, i) for i in (0, 1, 4, 5)) + iri_sip(b"L", 1, 0) + cc_ip(b"M", 2, 1) + keepalive(0))
    read_pdu(s)
    s.close()
    s = m.connect()
    s.sendall(cc_ip(b"L", 1, 4) + cc_ip(b"L", 1, 5, 1) + cc_ip(b"L", 1, 3) + keepalive(1))
    read_pdu(s)
    m.end()
    rc, out = run("report", m.dir, "--strict", "--json")
    r = json.loads(out)
    assert rc == 1, "strict: numbers are missing"
    one, two = r["session"]
    assert one["cc"]["gaps"] == [[2, 2]] and one["cc"]["duplicates"] == 1 and one["cc"]["conflicts"] == 1, one
    assert one["cc"]["order_violations"] == 1 and one["iri"]["records"] == 1 and not one["cc_without_iri"], one
    assert two["liid"] == "M" and two["cc"]["gaps"] == [[0, 0]] and two["cc_without_iri"], two
    rc, out = run("report", m.dir)
    assert rc == 0 and "missing: LIID L CIN 1 CC 2-2 (1)" in out, out
    rc, out = run("report", m.dir, "--liid", "none", "--json")
    assert json.loads(out)["sessions"] == 0


def t_misbehave(w):
    m = Lemf(w, "--wrong-number", "--decline-ack")
    s = m.connect()
    s.sendall(keepalive(6) + tri(bytes.fromhex("a904a0028000")) + tri(bytes.fromhex("8c00")) + keepalive(8))
    want = tri(bytes.fromhex("8400"), 7) + tri(bytes.fromhex("aa06a000a1028000")) + tri(bytes.fromhex("8400"), 9)
    got = b""
    while len(got) < len(want):
        got += s.recv(4096)
    assert got == want, "wrong number, option declined, acknowledgement not given"
    m.end()
    m = Lemf(w, "--close-after", "2")
    s = m.connect()
    s.sendall(b"".join(cc_ip(b"C", 1, i) for i in range(3)))
    assert closes(s), "closed in the middle"
    assert "received 2 PDUs" in m.end()[1]
    m = Lemf(w, "--garbage", "1", "--no-keepalive-response")
    s = m.connect()
    s.sendall(keepalive(1))
    assert s.recv(64).startswith(b"\xde\xad")
    m.end()
    m = Lemf(w, "--stall-handshake")
    s = m.connect()
    s.sendall(keepalive(1))
    s.settimeout(0.3)
    try:
        assert not s.recv(1), "stalled"
    except TimeoutError:
        pass
    m.end()
    m = Lemf(w, "--refuse")
    assert closes(m.connect())
    m.end()


def t_bad_stream(w):
    m = Lemf(w)
    s = m.connect()
    s.sendall(cc_ip(b"B", 1, 0) + b"GET / HTTP/1.0\r\n\r\n")
    assert closes(s), "a stream that is not PS-PDUs is closed"
    s = m.connect()
    s.sendall(bytes.fromhex("308480000000"))
    assert closes(s), "a PDU above 32 MiB is refused by its length"
    s = m.connect()
    s.sendall(bytes.fromhex("3003010203") + keepalive(3))
    assert read_pdu(s) == tri(bytes.fromhex("8400"), 3), "an unreadable PDU is kept and the connection goes on"
    m.end()
    bad = [x for x in ledger(w) if x["ev"] == "bad"]
    assert [x["code"] for x in bad] == ["PSPDU-TAG", "PSPDU-SIZE"] and bad[0]["at"] == len(cc_ip(b"B", 1, 0)), bad
    assert run("report", m.dir, "--strict")[0] == 1
    assert run("verify", m.dir)[0] == 1


def t_control(w):
    path = os.path.join(w, "ctl")
    m = Lemf(w, "--control", path, "--stop-reading-after", "1")
    c = socket.socket(socket.AF_UNIX)
    c.settimeout(60)
    c.connect(path)
    f = c.makefile("rw")
    s = m.connect()
    s.sendall(keepalive(1) + keepalive(2))
    assert read_pdu(s) == tri(bytes.fromhex("8400"), 1)
    f.write("stop-reading-after never\n")
    f.flush()
    assert f.readline() == "ok\n"
    assert read_pdu(s) == tri(bytes.fromhex("8400"), 2), "reading goes on"
    f.write("status\nnonsense 1\n")
    f.flush()
    assert json.loads(f.readline())["pdus"] == 2 and f.readline().startswith("error")
    f.write("close\n")
    f.flush()
    assert f.readline() == "ok\n" and closes(s)
    m.end()


def t_slow(w):
    m = Lemf(w, "--slow", "2000", "--exit-after", "4")
    s = m.connect()
    start = time.time()
    s.sendall(b"".join(cc_rtp(b"S", 1, i) for i in range(4)))
    m.proc.wait(20)
    assert time.time() - start > 0.25, "1 kB at 2 kB/s"


def t_export(w):
    m = Lemf(w)
    s = m.connect()
    s.sendall(iri_sip(b"E/1", 3, 0, media=(b"192.0.2.50", 6000)) + iri_sip(b"E/1", 3, 1, 3, 1, (b"192.0.2.60", 7000)) + b"".join(cc_rtp(b"E/1", 3, i) for i in range(10)) + cc_ip(b"F", 4, 0) + cc_ip(b"F", 4, 0) + keepalive(0))
    read_pdu(s)
    m.end()
    out = os.path.join(w, "out")
    rc, text = run("export", m.dir, "--out", out, "--wav")
    assert rc == 0 and "2 files, 13 packets (12 with synthesised" in text, text
    assert sorted(x for x in os.listdir(out) if x.endswith(".pcapng")) == ["E_1_3.pcapng", "F_4.pcapng"], os.listdir(out)
    wav = [x for x in os.listdir(out) if x.endswith(".wav")]
    assert len(wav) == 1 and os.path.getsize(os.path.join(out, wav[0])) == 58 + 1600
    if shutil.which("tshark"):
        p = subprocess.run(["tshark", "-r", os.path.join(out, "E_1_3.pcapng"), "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields",
                            "-e", "ip.src", "-e", "udp.checksum.status", "-e", "ip.checksum.status", "-e", "sip.Method", "-e", "frame.comment", "-e", "rtp.ssrc", "-e", "udp.srcport", "-e", "udp.dstport"],
                           capture_output=True, text=True)
        rows = [x.split("\t") for x in p.stdout.splitlines()]
        assert p.returncode == 0 and len(rows) == 12, p.stderr
        assert rows[0][:4] == ["192.0.2.9", "1", "1", "INVITE"] and "LIID E/1 CIN 3 iri 0" in rows[0][4], rows[0]
        assert rows[-1][0] == "192.0.2.60" and rows[-1][5:] == ["0x00000007", "7000", "6000"], rows[-1]
        assert all(r[1] == "1" and r[2] == "1" for r in rows), "checksums are good"
    assert run("export", m.dir, "--out", out, "--single")[0] == 0 and os.path.exists(os.path.join(out, "all.pcapng"))


def t_mutated(w):
    """Octets changed inside well-framed PDUs: every command goes on to the end."""
    rnd = random.Random(20261121)
    m = Lemf(w)
    s = m.connect()
    seeds = [iri_sip(b"X", 1, 0, media=(b"192.0.2.50", 6000)), cc_rtp(b"X", 1, 0), cc_ip(b"X", 1, 0), tri(bytes.fromhex("a904a0028000"))]
    for i in range(400):
        p = bytearray(seeds[i % 4])
        for _ in range(rnd.randrange(1, 5)):
            p[rnd.randrange(4, len(p))] = rnd.choice((0, 0x80, 0xFF, 0x30, rnd.randrange(256)))
        s.sendall(bytes(p))
    s.sendall(keepalive(77))
    while not read_pdu(s).endswith(tri(bytes.fromhex("8400"), 77)[-6:]):
        pass
    s.close()
    rc, out = m.end()
    assert rc == 0 and "received 401 PDUs" in out, out
    assert run("show", m.dir, "--json", "--hex")[0] == 0 and len(run("show", m.dir, "--json")[1].splitlines()) == 401
    assert run("show", m.dir, "--hex")[0] == 0 and run("verify", m.dir, "--json")[0] == 1
    assert run("report", m.dir, "--json")[0] == 0 and run("export", m.dir, "--out", os.path.join(w, "o"), "--single", "--wav")[0] == 0


def t_tls(w):
    import ssl
    def sh(*a):
        subprocess.run(["openssl", *a], cwd=w, check=True, capture_output=True)
    sh("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
    for name in ("lemf", "mdf"):
        sh("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        sh("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", name + ".pem", "-days", "2")
    m = Lemf(w, extra=tuple(x if x.startswith("--") else os.path.join(w, x) for x in ("--cert", "lemf.pem", "--key", "lemf.key", "--ca", "ca.pem")))
    ctx = ssl.create_default_context(cafile=os.path.join(w, "ca.pem"))
    ctx.check_hostname = False
    ctx.load_cert_chain(os.path.join(w, "mdf.pem"), os.path.join(w, "mdf.key"))
    s = ctx.wrap_socket(m.connect())
    big = pdu(header(b"T", 1, 0), tlv(0xA1, tlv(0x30, tlv(0x80, b"\0") + tlv(0xA2, tlv(0x84, bytes(1000000))))))
    s.sendall(big + keepalive(5))
    assert read_pdu(s) == tri(bytes.fromhex("8400"), 5)
    none = ssl.create_default_context(cafile=os.path.join(w, "ca.pem"))
    none.check_hostname = False
    try:
        bad = none.wrap_socket(m.connect())
        assert bad.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        pass
    rc, out = m.end()
    assert "received 2 PDUs" in out and rc == 0, out


def main():
    tests = [(n, f) for n, f in sorted(globals().items()) if n.startswith("t_")]
    print("1..%d" % len(tests))
    failed = 0
    for i, (name, f) in enumerate(tests, 1):
        w = tempfile.mkdtemp(prefix="lemf-")
        try:
            f(w)
            print("ok %d - %s" % (i, name))
        except Exception as e:  # a failing test is a result, not an end
            failed += 1
            print("not ok %d - %s" % (i, name))
            print("# %s: %s" % (type(e).__name__, str(e).replace("\n", " ")[:600]))
        while Lemf.live:
            p = Lemf.live.pop()
            if p.poll() is None:
                p.kill()
                p.wait()
        shutil.rmtree(w, ignore_errors=True)
        sys.stdout.flush()
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
