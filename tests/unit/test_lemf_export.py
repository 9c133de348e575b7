#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdf-lemf show, verify, report and export on PDUs of every service, made here octet by octet; tshark says what the exported packets are."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOOL = os.path.join(os.environ.get("top_builddir", "."), "tools", "mdf-lemf")
SHARK = shutil.which("tshark")


def tlv(tag, val):
    head = bytes([tag]) if isinstance(tag, int) else tag
    n = len(val)
    if n < 128:
        return head + bytes([n]) + val
    size = (n.bit_length() + 7) // 8
    return head + bytes([0x80 | size]) + n.to_bytes(size, "big") + val


def integer(v):
    return v.to_bytes(v.bit_length() // 8 + 1, "big")


class Stream:
    """PDUs of one LIID, numbered per CIN and class."""

    def __init__(self):
        self.seq = {}
        self.octets = b""

    def pdu(self, cin, cls, payload, link=None, number=None):
        key = (cin, cls)
        seq = self.seq.setdefault(key, 0) if number is None else number
        if number is None:
            self.seq[key] += 1
        net = tlv(0xA0, tlv(0x80, b"31055") + tlv(0x81, b"mdf-1"))
        ext = tlv(0xA3, tlv(0x81, link.to_bytes(4, "big"))) if link is not None else b""
        head = tlv(0xA1, tlv(0x80, bytes.fromhex("0400020205012b")) + tlv(0x81, b"E-1") +
                   tlv(0xA3, net + tlv(0x81, integer(cin)) + ext) + tlv(0x84, integer(seq)) +
                   tlv(0xA7, tlv(0x80, integer(1700000000 + seq)) + tlv(0x81, integer(250000))) + tlv(0x88, b"\1"))
        self.octets += tlv(0x30, head + tlv(0xA2, payload))

    def cc(self, cin, contents, direction=0, **more):
        self.pdu(cin, "cc", tlv(0xA1, tlv(0x30, tlv(0x80, bytes([direction])) + tlv(0xA2, contents))), **more)

    def iri(self, cin, contents, kind=4, **more):
        self.pdu(cin, "iri", tlv(0xA0, tlv(0x30, tlv(0x80, bytes([kind])) + tlv(0xA2, contents))), **more)

    def tri(self, cin, tag, number):
        self.pdu(cin, "tri", tlv(0xA2, tlv(tag, b"")), number=number)


def oid(text):
    return tlv(0x80, bytes.fromhex(text))


def udp_packet(data=b"GET /"):
    udp = (5000).to_bytes(2, "big") + (80).to_bytes(2, "big") + (8 + len(data)).to_bytes(2, "big") + b"\0\0" + data
    return bytes.fromhex("4500") + (20 + len(udp)).to_bytes(2, "big") + bytes.fromhex("0000000040110000c0a80001c0a80002") + udp


def radius(code):
    attrs = bytes([1, 2 + 5]) + b"alice" + bytes([8, 6, 192, 0, 2, 77])
    return bytes([code, 9]) + (20 + len(attrs)).to_bytes(2, "big") + bytes(16) + attrs


def dhcp():
    return bytes([1, 1, 6, 0]) + bytes.fromhex("deadbeef") + bytes(20) + bytes.fromhex("0053000102030000") + bytes(200) + bytes.fromhex("63825363350101ff")


def access(raw, auth):
    return tlv(0xA2, oid("05031401") + tlv(0xA1, tlv(0x80, b"\1") + tlv(0x81, b"alice") + tlv(0x82, b"\2") + tlv(0x83, b"\1") + tlv(0x8F, raw) +
                                           tlv(0x96, bytes([auth]))))


def gpp(arm):
    return tlv(0x97, tlv(0x30, tlv(0x81, bytes.fromhex("0413130304")) + tlv(0xA2, arm)))


def mail(text):
    return tlv(0xA1, oid("05021402") + tlv(0x81, b"\2") + tlv(0x82, text))


def message(event, content, seq, last, kind, data):
    return tlv(0xAE, oid("05021404") + tlv(0x81, integer(event)) + tlv(0x82, integer(content)) + tlv(0x83, integer(seq)) +
               (tlv(0x84, b"\xff") if last else b"") + tlv(0x85, kind) + tlv(0x86, data))


def eps_cc(packet):
    head = tlv(0xA1, tlv(0x80, bytes.fromhex("0400020204090c00")) + tlv(0x83, bytes(8)) + tlv(0x85, b"\7") + tlv(0x86, b"\2"))
    return tlv(0x8F, tlv(0x30, head + tlv(0x82, packet)))


ETHERNET = bytes.fromhex("0053000000020053000000010800") + udp_packet(b"frame")
GTPU = bytes.fromhex("30ff") + len(udp_packet()).to_bytes(2, "big") + bytes.fromhex("00000001") + udp_packet()
MSRP = b"MSRP a1b2 SEND\r\nTo-Path: msrp://b.invalid:2855/x;tcp\r\nFrom-Path: msrp://a.invalid:2855/y;tcp\r\nMessage-ID: 1\r\n" \
       b"Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------a1b2$\r\n"


def make():
    s = Stream()
    for code, auth in ((1, 2), (2, 2), (4, 2)):
        s.iri(1, access(radius(code), auth))
    s.iri(1, access(dhcp(), 3))
    s.iri(1, tlv(0xB4, oid("05031404") + tlv(0xA1, tlv(0xA1, tlv(0x81, udp_packet(bytes(1000))[:28])))))
    s.iri(1, tlv(0xB4, oid("05031404") + tlv(0xA1, tlv(0xA2, tlv(0x81, udp_packet()[:28]) + tlv(0x82, b"\3\0\0") + tlv(0x83, b"\2") +
                                                       tlv(0x84, integer(10)) + tlv(0x85, integer(1000))))))
    s.cc(2, gpp(tlv(0x81, GTPU)))
    s.cc(2, gpp(tlv(0xA2, tlv(0xA1, tlv(0x81, udp_packet())) + tlv(0x82, b"\x09"))))
    s.cc(2, gpp(tlv(0xA2, tlv(0xA1, tlv(0x82, ETHERNET)))))
    s.cc(2, tlv(0xA6, oid("05040a02") + tlv(0xA1, tlv(0x85, ETHERNET))))
    s.cc(2, eps_cc(udp_packet(b"bearer")), direction=4)
    s.cc(3, tlv(0xAC, oid("05051102") + tlv(0x81, MSRP) + tlv(0x82, b"\7") + tlv(0x84, b"\1")), link=1)
    s.cc(4, mail(b"From: a@example.org\r\n\r\nwhole\r\n"))
    s.tri(4, 0x85, 1)
    s.cc(4, mail(b"From: b@example.org\r\n\r\npart one, "))
    s.cc(4, mail(b"part two\r\n"))
    s.tri(4, 0x86, 2)
    s.cc(5, message(7, 1, 0, False, b"text/plain;charset=utf-8", b"Hello, "))
    s.cc(5, message(7, 1, 1, True, b"text/plain;charset=utf-8", b"world"))
    s.cc(5, message(8, 1, 0, True, b"message/cpim", b"From: <im:a>\r\n"))
    return s.octets


def run(*args):
    p = subprocess.run([TOOL, *args], capture_output=True, text=True, timeout=60)
    return p.returncode, p.stdout + p.stderr


def fields(path, *names):
    args = [x for n in names for x in ("-e", n)]
    p = subprocess.run([SHARK, "-r", path, "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", *args], capture_output=True,
                       text=True, timeout=60)
    return [line.split("\t") for line in p.stdout.splitlines()]


def t_verify(w):
    rc, text = run("verify", w["file"])
    assert rc == 0, text


def t_show(w):
    rc, text = run("show", w["file"], "--json")
    assert rc == 0, text
    rows = [json.loads(x) for x in text.splitlines()]
    kinds = {(i["kind"], i["body"]) for r in rows for i in r["items"]}
    want = {("iPIRI", "radius"), ("iPIRI", "dhcp"), ("iPIRIPacketReport", "ip"), ("threeGPP33128DefinedCC", "gtpu"), ("threeGPP33128DefinedCC", "ethernet"),
            ("l2CC", "ethernet"), ("ePSCC", "ip"), ("iPMMCC", "msrp"), ("emailCC", "mail"), ("messagingCC", "message")}
    assert want <= kinds, want - kinds
    eps = [i for r in rows for i in r["items"] if i["kind"] == "ePSCC"][0]
    assert eps["direction"] == "notapplicable" and "192.168.0.1:5000" in eps["ip"], eps


def t_report(w):
    rc, text = run("report", w["file"], "--json")
    v = json.loads(text)
    assert rc == 0 and v["missing"] == 0, text
    by = {x["cin"]: x for x in v["session"]}
    assert by[1]["reports"] == {"headers": 1, "summaries": 1, "packets": 10, "octets": 1000}, by[1]
    assert by[3]["parent"] == 1 and by[4]["segments"] == {"runs": 1, "incomplete": 0}, (by[3], by[4])
    assert v["integrity"]["hashes_ok"] == 0 and v["encrypted"]["opened"] == 0
    text = run("report", w["file"])[1]
    assert "linked sessions:\n  LIID E-1 CIN 1" in text and "\n    LIID E-1 CIN 3" in text, text
    assert run("report", w["file"], "--strict")[0] == 0
    assert run("report", w["file"], "--scope", "liid")[0] == 0 and run("report", w["file"], "--scope", "x")[0] == 2
    assert run("report", w["file"], "--public-key", "/nonexistent")[0] == 2
    assert run("report", w["file"], "--decrypt-key", w["file"])[0] == 2


def t_export(w):
    rc, text = run("export", w["file"], "--out", w["out"])
    assert rc == 0 and "4 mails and messages" in text, text
    names = sorted(os.listdir(w["out"]))
    assert "E-1_4_mail_cc0.eml" in names and "E-1_4_mail_cc1.eml" in names and "E-1_5_message_7_1.txt" in names and "E-1_5_message_8_1.cpim" in names, names
    read = lambda n: open(os.path.join(w["out"], n), "rb").read()
    assert read("E-1_4_mail_cc1.eml") == b"From: b@example.org\r\n\r\npart one, part two\r\n"
    assert read("E-1_5_message_7_1.txt") == b"Hello, world"
    run("export", w["file"], "--out", w["out"])  # again: files are made anew, not grown
    assert read("E-1_5_message_7_1.txt") == b"Hello, world"


def t_aaa(w):
    rows = fields(os.path.join(w["out"], "E-1_1.pcapng"), "_ws.col.Protocol", "radius.code", "radius.User_Name", "dhcp.option.dhcp", "udp.port", "frame.len", "frame.cap_len")
    assert [r[0] for r in rows[:4]] == ["RADIUS", "RADIUS", "RADIUS", "DHCP"], rows
    assert [r[1] for r in rows[:3]] == ["1", "2", "4"] and rows[0][2] == "alice" and rows[3][3] == "1", rows
    assert rows[2][4] == "32768,1813" and rows[1][4] == "1812,32768", rows
    assert rows[4][5:] == ["1028", "28"], rows[4]  # a header report: cut


def t_packets(w):
    rows = fields(os.path.join(w["out"], "E-1_2.pcapng"), "frame.interface_name", "_ws.col.Protocol", "frame.protocols", "udp.checksum.status")
    assert [r[0] for r in rows] == ["ip", "ip", "ethernet", "ethernet", "ip"], rows
    assert rows[0][2].startswith("raw:ip:udp:gtp:ip:udp") and rows[2][2].startswith("eth:ethertype:ip:udp"), rows
    assert rows[0][3].split(",")[0] == "1", rows[0]
    rows = fields(os.path.join(w["out"], "E-1_3.pcapng"), "_ws.col.Protocol", "msrp.method", "tcp.checksum.status")
    assert rows == [["MSRP", "SEND", "1"]], rows


TESTS = ((t_verify, "every PDU is sound", False), (t_show, "contents by name", False), (t_report, "reports, segments, links", False),
         (t_export, "mails and messages as files", False), (t_aaa, "tshark: AAA messages and cut packets", True),
         (t_packets, "tshark: GTP-U, Ethernet, MSRP", True))


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    with tempfile.TemporaryDirectory() as d:
        w = {"file": os.path.join(d, "pdus.ber"), "out": os.path.join(d, "out")}
        with open(w["file"], "wb") as f:
            f.write(make())
        for n, (test, name, shark) in enumerate(TESTS, 1):
            if shark and not SHARK:
                print(f"ok {n} - {name} # SKIP no tshark")
                continue
            try:
                test(w)
                print(f"ok {n} - {name}")
            except Exception as e:
                failed = 1
                print(f"not ok {n} - {name}")
                for line in repr(e).splitlines():
                    print(f"# {line}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
