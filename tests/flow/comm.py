# SPDX-License-Identifier: Apache-2.0
"""What people and devices say, octet by octet, for tests of correlation: SIP with SDP, RTP, packets, RADIUS, DHCP.  Shares no code with mdfd or mdf-ne."""

import ipaddress
import struct
import time
import uuid

import x23

A_SRC4, A_DST4, A_SRC6, A_DST6, A_SRC_PORT, A_DST_PORT, A_AXRI = 10, 11, 12, 13, 14, 15, 21
RADIUS_FORMAT, DHCP_FORMAT = 11, 10


def address(text):
    return ipaddress.ip_address(text).packed


# -- SIP
def sdp(ip, port):
    v = 6 if ":" in ip else 4
    return f"v=0\r\no=- 1 1 IN IP{v} {ip}\r\ns=-\r\nc=IN IP{v} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


class Call:
    """The messages of one call from CALLER, at IP and PORT, answered at OTHER."""

    def __init__(self, call_id, media=None, other=None, icid=None, at="192.0.2.200", caller="alice", callee="bob"):
        self.id, self.media, self.other, self.icid, self.at = call_id, media, other, icid, at
        self.caller, self.callee, self.cseq, self.via = caller, callee, 1, 0

    def message(self, line, method, body="", headers=(), tag=True, contact=None):
        if not line.startswith("SIP"):
            self.via += 1
        h = [line, f"Via: SIP/2.0/UDP {self.at}:5060;branch=z9hG4bK{self.id}{self.via}", f"From: <sip:{self.caller}@a.invalid>;tag=f{self.id}",
             f"To: <sip:{self.callee}@b.invalid>{f';tag=t{self.id}' if tag else ''}", f"Call-ID: {self.id}", f"CSeq: {self.cseq} {method}",
             f"Contact: <{contact or f'sip:{self.caller}@{self.at}:5060'}>"]
        if self.icid:
            h.append(f"P-Charging-Vector: icid-value={self.icid}")
        h += headers
        if body and not any(x.startswith("Content-Type") for x in h):
            h.append("Content-Type: application/sdp")
        return "\r\n".join([*h, f"Content-Length: {len(body)}", "", body]).encode()

    def invite(self, *headers, **more):
        return self.message(f"INVITE sip:{self.callee}@b.invalid SIP/2.0", "INVITE", sdp(*self.media) if self.media else "", headers, tag=False, **more)

    def ok(self, *headers, **more):
        return self.message("SIP/2.0 200 OK", "INVITE", sdp(*self.other) if self.other else "", headers, **more)

    def again(self, media=None, at=None):
        """re-INVITE, of the caller in another place."""
        self.media, self.at, self.cseq = media or self.media, at or self.at, self.cseq + 1
        return self.message(f"INVITE sip:{self.callee}@b.invalid SIP/2.0", "INVITE", sdp(*self.media))

    def refer(self, to):
        self.cseq += 1
        return self.message(f"REFER sip:{self.callee}@b.invalid SIP/2.0", "REFER", headers=(f"Refer-To: <{to}>",))

    def bye(self):
        self.cseq += 1
        return self.message(f"BYE sip:{self.callee}@b.invalid SIP/2.0", "BYE")

    def bye_ok(self):
        return self.message("SIP/2.0 200 OK", "BYE")


# -- media and packets
def rtp(n, ssrc=1):
    return struct.pack("!BBHII", 0x80, 0, n & 0xFFFF, n * 160, ssrc) + bytes([n & 0xFF]) * 20


def udp(src, dst, body):
    """An IP packet with BODY from SRC to DST, (address, port) each."""
    a, b = address(src[0]), address(dst[0])
    datagram = struct.pack("!HHHH", src[1], dst[1], 8 + len(body), 0) + body
    if len(a) == 16:
        return struct.pack("!IHBB", 6 << 28, len(datagram), 17, 64) + a + b + datagram
    head = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0, a, b))
    total = sum(struct.unpack("!10H", bytes(head)))
    total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)
    return bytes(head) + datagram


# -- access
def radius(code, identifier, *attributes):
    body = b"".join(bytes([t, len(v) + 2]) + v for t, v in attributes)
    return struct.pack("!BBH", code, identifier, 20 + len(body)) + bytes([identifier]) * 16 + body


def accounting(status, session, nas="192.0.2.1", user=b"alice", station=b"line", ip=None, prefix=None, identifier=7):
    """Accounting-Request: 1 start, 2 stop, 3 interim."""
    a = [(40, struct.pack("!I", status)), (44, session), (4, address(nas)), (1, user)]
    if station:
        a.append((31, station))
    if ip:
        a.append((8, address(ip)))
    if prefix:
        net = ipaddress.ip_network(prefix)
        a.append((123, bytes([0, net.prefixlen]) + net.network_address.packed))
    return radius(4, identifier, *a)


DISCOVER, OFFER, REQUEST, ACK, RELEASE = 1, 2, 3, 5, 7


def dhcp(kind, mac, xid, yiaddr="0.0.0.0", ciaddr="0.0.0.0", giaddr="0.0.0.0"):
    op = 2 if kind in (OFFER, ACK) else 1
    return (struct.pack("!BBBBIHH", op, 1, 6, 0, xid, 0, 0) + address(ciaddr) + address(yiaddr) + bytes(4) + address(giaddr) + mac.ljust(16, b"\0")
            + bytes(192) + b"\x63\x82\x53\x63" + bytes([53, 1, kind, 51, 4, 0, 0, 14, 16, 255]))


# -- network elements
class Ne:
    """A network element: one connection, its own numbers, its own way to correlate."""

    def __init__(self, lab, name, xid, nfid=None):
        self.lab, self.name, self.xid, self.nfid = lab, name, xid, nfid or name
        self.link, self.seq, self.alive = x23.Link(lab, name), 0, 0

    def send(self, kind, form, payload, corr=0, direction=x23.FROM_TARGET, src=None, dst=None, axri=(), xid=None):
        """SRC, DST: (address, port) for the attributes; AXRI: Correlation IDs of the same XID, or (XID, Correlation ID)."""
        t = time.time_ns()
        a = x23.attribute(x23.A_NFID, self.nfid.encode()) + x23.attribute(x23.A_SEQ, struct.pack("!I", self.seq))
        a += x23.attribute(x23.A_TIME, struct.pack("!II", t // 10**9, t % 10**9))
        for end, kinds, port in ((src, (A_SRC4, A_SRC6), A_SRC_PORT), (dst, (A_DST4, A_DST6), A_DST_PORT)):
            if end:
                ip = address(end[0])
                a += x23.attribute(kinds[len(ip) == 16], ip) + x23.attribute(port, struct.pack("!H", end[1]))
        for one in axri:
            other, number = one if isinstance(one, tuple) else (xid or self.xid, one)
            a += x23.attribute(A_AXRI, uuid.UUID(other).bytes + struct.pack("!Q", number))
        self.link.send(x23.pdu(xid or self.xid, payload, kind, form, direction, corr, attributes=a))
        self.seq += 1

    def sip(self, message, **more):
        self.send(x23.X2, x23.SIP, message, **more)

    def rtp(self, n, src, dst, count=3, **more):
        for i in range(count):
            self.send(x23.X3, x23.RTP, rtp(n + i), src=src, dst=dst, **more)

    def packet(self, src, dst, body=b"data", count=1, **more):
        for i in range(count):
            octets = udp(src, dst, body + bytes([i]))
            self.send(x23.X3, x23.IPV6 if octets[0] >> 4 == 6 else x23.IPV4, octets, **more)

    def radius(self, octets, **more):
        self.send(x23.X2, RADIUS_FORMAT, octets, **more)

    def dhcp(self, octets, **more):
        self.send(x23.X2, DHCP_FORMAT, octets, **more)

    def done(self):
        """Everything sent so far is durable; after this another NE may speak."""
        self.alive += 1
        self.link.alive(self.alive)

    def close(self):
        self.link.s.close()
