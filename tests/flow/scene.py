# SPDX-License-Identifier: Apache-2.0
"""What people do in the scenarios, as PDUs for mdf-ne --script: SIP with SDP, conference notifications, RTP, RADIUS, SMS, packets.
Made here octet by octet; shares no code with mdfd or mdf-ne."""

import hashlib
import ipaddress
import json
import os
import struct
import time

OUT, IN = "from-target", "to-target"


def crlf(*lines):
    return "\r\n".join(lines) + "\r\n"


# -- SIP
def sdp(address, audio=None, video=None, key=None, formats=("0 8 13", "97 98"), more=()):
    """AUDIO, VIDEO: ports; KEY: SRTP with that key in the description (RFC 4568)."""
    out = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0", *more]
    profile = "RTP/SAVP" if key else "RTP/AVP"
    for kind, port, numbers in (("audio", audio, formats[0]), ("video", video, formats[1])):
        if port is not None:
            out.append(f"m={kind} {port} {profile} {numbers}")
            if key:
                out.append(f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}")
            out += [f"a=rtpmap:{n} H264/90000" for n in numbers.split()] if kind == "video" else []
    return crlf(*out)


def sip(line, call, cseq, frm, to, more=(), body="", kind="application/sdp", via="z9hG4bK1"):
    head = [line, f"Via: SIP/2.0/UDP proxy.tele.example;branch={via}", f"From: <{frm[0]}>;tag={frm[1]}",
            f"To: <{to[0]}>" + (f";tag={to[1]}" if to[1] else ""), f"Call-ID: {call}", f"CSeq: {cseq}", "Max-Forwards: 70", *more]
    if body:
        head.append(f"Content-Type: {kind}")
    return crlf(*head, f"Content-Length: {len(body.encode())}", "") + body


class Leg:
    """One dialog between CALLER and CALLEE (URIs), as text of each message in its order."""

    def __init__(self, call, caller, callee, line=None, focus=None):
        self.call, self.caller, self.callee, self.cseq = call, (caller, "c" + call[:6]), (callee, "d" + call[:6]), 0
        self.uri = line or callee
        self.focus = focus  # "caller", "callee": whose Contact is the conference
        self.contacts = {"caller": caller, "callee": callee}

    def contact(self, who):
        return f"Contact: <{self.contacts[who]}>" + (";isfocus" if self.focus == who else "")

    def invite(self, body, more=()):
        self.cseq += 1
        return sip(f"INVITE {self.uri} SIP/2.0", self.call, f"{self.cseq} INVITE", self.caller, (self.callee[0], ""),
                   (self.contact("caller"), *more), body, via=f"z9hG4bK{self.call[:6]}{self.cseq}")

    def ok(self, body):
        return sip("SIP/2.0 200 OK", self.call, f"{self.cseq} INVITE", self.caller, self.callee, (self.contact("callee"),), body,
                   via=f"z9hG4bK{self.call[:6]}{self.cseq}")

    def ack(self):
        return sip(f"ACK {self.uri} SIP/2.0", self.call, f"{self.cseq} ACK", self.caller, self.callee)

    def request(self, method, more=(), body="", kind="text/plain"):
        self.cseq += 1
        return sip(f"{method} {self.uri} SIP/2.0", self.call, f"{self.cseq} {method}", self.caller, self.callee, more, body, kind,
                   via=f"z9hG4bK{self.call[:6]}{self.cseq}")

    def first(self, method, more=()):
        """A request that opens a dialog without media, such as SUBSCRIBE."""
        self.cseq += 1
        return sip(f"{method} {self.uri} SIP/2.0", self.call, f"{self.cseq} {method}", self.caller, (self.callee[0], ""), (self.contact("caller"), *more),
                   via=f"z9hG4bK{self.call[:6]}{self.cseq}")

    def answer(self, method, status="200 OK"):
        return sip(f"SIP/2.0 {status}", self.call, f"{self.cseq} {method}", self.caller, self.callee, via=f"z9hG4bK{self.call[:6]}{self.cseq}")

    def bye(self):
        return self.request("BYE")

    def bye_ok(self):
        return self.answer("BYE")


def conference(uri, version, users, state="full"):
    """A notification of RFC 4575; USERS: URI > status."""
    rows = "".join(f'<user entity="{u}"><endpoint entity="{u}"><status>{s}</status></endpoint></user>' for u, s in users.items())
    return f'<?xml version="1.0"?><conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="{uri}" state="{state}" version="{version}"><users>{rows}</users></conference-info>'


# -- media and packets
def filler(seed, n):
    return hashlib.shake_128(str(seed).encode()).digest(n)


def rtp(pt, seq, ssrc, payload, mark=False):
    return struct.pack("!BBHII", 0x80, pt | (0x80 if mark else 0), seq & 0xFFFF, (seq * 160) & 0xFFFFFFFF, ssrc) + payload


def receiver_report(ssrc, about):
    """RTCP: a receiver report with one block, and an extended report (RFC 3611) with VoIP metrics: the quality of a stream."""
    rr = struct.pack("!BBHII", 0x81, 201, 7, ssrc, about) + struct.pack("!IIIII", 0x20000000, 4711, 900, 0, 0)
    xr = struct.pack("!BBHI", 0x80, 207, 10, ssrc) + struct.pack("!BBHI", 7, 0, 8, about) + filler("xr", 28)
    return rr + xr


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def udp(src, dst, sport, dport, payload, ident=1):
    total = 28 + len(payload)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, total, ident & 0xFFFF, 0, 64, 17, 0, ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def radius(code, ident, *attributes):
    """ATTRIBUTES: (type, octets or number)."""
    body = b""
    for kind, value in attributes:
        v = struct.pack("!I", value) if isinstance(value, int) else value
        body += struct.pack("!BB", kind, 2 + len(v)) + v
    return struct.pack("!BBH", code, ident, 20 + len(body)) + filler(ident, 16) + body


def accounting(user, session, address, status, ident, *more):
    """Accounting-Request: STATUS 1 start, 2 stop, 3 interim."""
    return radius(4, ident, (1, user.encode()), (4, ipaddress.ip_address("192.0.2.77").packed), (8, ipaddress.ip_address(address).packed),
                  (40, status), (44, session.encode()), (61, 5), *more)


def sms(number, text):
    """RP-DATA from a mobile with an SMS-SUBMIT to NUMBER (digits); TS 24.011, 23.040."""
    septets, bits, n = 0, 0, bytearray()
    for c in text.encode("ascii"):
        septets |= c << bits
        bits += 7
        while bits >= 8:
            n.append(septets & 0xFF)
            septets >>= 8
            bits -= 8
    if bits:
        n.append(septets)
    digits = number + ("F" if len(number) % 2 else "")
    address = bytes([len(number), 0x91]) + bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))
    tpdu = b"\x01\x07" + address + b"\x00\x00" + bytes([len(text)]) + bytes(n)
    return b"\x00\x01\x00\x03\x91\x99\x09" + bytes([len(tpdu)]) + tpdu


# -- scripts
class Script:
    """Lines for mdf-ne --script, one file per run."""

    def __init__(self, **always):
        self.always, self.lines = {"correlation": "0" * 16, **always}, []

    def add(self, kind, form, payload, direction, **more):
        body = {"text": payload} if isinstance(payload, str) else {"hex": payload.hex()}
        self.lines.append({**self.always, "type": kind, "format": form, "direction": direction, **more, **body})
        return self

    def sip(self, text, direction, **more):
        return self.add("x2", "sip", text, direction, **more)

    def media(self, octets, direction, src, dst, **more):
        """SRC, DST: (address, port)."""
        return self.add("x3", "rtp", octets, direction, source=src[0], source_port=src[1], destination=dst[0], destination_port=dst[1], protocol=17, **more)

    def packet(self, octets, direction, **more):
        return self.add("x3", "ipv4", octets, direction, **more)

    def send(self, lab, xid, ne="ne1", check=True, **options):
        """Send, and begin again with no lines; the summary of mdf-ne."""
        path = os.path.join(lab.dir, f"scene-{time.monotonic_ns()}.script")
        with open(path, "w") as f:
            f.writelines(json.dumps({"nfid": ne, **line}) + "\n" for line in self.lines)
        self.lines = []
        return lab.ne(ne, xid=xid, script=path, seed=time.monotonic_ns() & 0x7FFFFFFF, check=check, **options)
