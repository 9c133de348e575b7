# SPDX-License-Identifier: Apache-2.0
"""Packets by hand, octet by octet, for what narrows a warrant: IP, UDP, TCP, frames, tunnels, RTP, MSRP, SIP, MIME, DHCP.  Shares no code with mdfd or mdf-ne."""

import ipaddress
import struct

import x23

ETHERNET, GTPU, MSRP, MIME, UNSTRUCTURED, PROPRIETARY = 7, 12, 13, 15, 16, 4
A_PROTO = 16
MAC_A, MAC_B = bytes.fromhex("02005e100001"), bytes.fromhex("02005e100002")


def address(text):
    return ipaddress.ip_address(text).packed


def ip(src, dst, proto, content):
    """An IPv4 or IPv6 packet, by its addresses."""
    s, d = address(src), address(dst)
    if len(s) == 16:
        return struct.pack("!IHBB", 6 << 28, len(content), proto, 64) + s + d + content
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(content), 7, 0, 64, proto, 0) + s + d
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + head[12:] + content


def udp(src, dst, sport, dport, content):
    return ip(src, dst, 17, struct.pack("!HHHH", sport, dport, 8 + len(content), 0) + content)


def tcp(src, dst, sport, dport, content, seq=1000):
    return ip(src, dst, 6, struct.pack("!HHIIBBHHH", sport, dport, seq, 2000, 0x50, 0x18, 4096, 0, 0) + content)


def header_n(packet):
    """Octets of IP and UDP or TCP header."""
    v6 = packet[0] >> 4 == 6
    return (40 if v6 else 20) + {17: 8, 6: 20}.get(packet[6 if v6 else 9], 0)


def frame(content, kind=0x0800, src=MAC_A, dst=MAC_B):
    return dst + src + struct.pack("!H", kind) + content


def arp(src=MAC_A, sender="192.0.2.10", target="192.0.2.1"):
    return frame(struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + src + address(sender) + bytes(6) + address(target), 0x0806, src, b"\xff" * 6)


def gtpu(packet, teid=0x1001):
    return struct.pack("!BBHI", 0x30, 255, len(packet), teid) + packet


def tunnels(packet, outer=("203.0.113.1", "203.0.113.2")):
    """{name: the packet within each kind of tunnel}."""
    v6 = packet[0] >> 4 == 6
    kind = 0x86DD if v6 else 0x0800
    a, b = outer
    return {
        "gre": ip(a, b, 47, struct.pack("!HH", 0, kind) + packet),
        "vxlan": udp(a, b, 50000, 4789, struct.pack("!BBHI", 8, 0, 0, 0x4200) + frame(packet, kind)),
        "gtp": udp(a, b, 2152, 2152, gtpu(packet)),
        "ip-in-ip": ip(a, b, 41 if v6 else 4, packet),
    }


def ends(src, dst, sport, dport, proto=None):
    """Attributes 10 to 16."""
    s, d = address(src), address(dst)
    kinds = (12, 13) if len(s) == 16 else (10, 11)
    out = x23.attribute(kinds[0], s) + x23.attribute(kinds[1], d) + x23.attribute(14, struct.pack("!H", sport)) + x23.attribute(15, struct.pack("!H", dport))
    return out + (x23.attribute(A_PROTO, bytes([proto])) if proto is not None else b"")


def rtp(content, seq=1):
    return struct.pack("!BBHII", 0x80, 8, seq, 160 * seq, 0x1234) + content


def msrp(text):
    return (b"MSRP a786hjs2 SEND\r\nTo-Path: msrp://192.0.2.2:2855/t3;tcp\r\nFrom-Path: msrp://192.0.2.1:2855/s3;tcp\r\nMessage-ID: 87652\r\n"
            b"Byte-Range: 1-%d/%d\r\nContent-Type: text/plain\r\n\r\n" % (len(text), len(text)) + text + b"\r\n-------a786hjs2$\r\n")


def mail(text, subject=b"s"):
    return (b"From: <a@a.invalid>\r\nTo: <b@b.invalid>\r\nSubject: " + subject + b"\r\nMessage-ID: <1@a.invalid>\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: text/plain\r\n\r\n" + text + b"\r\n")


def sip(method, call, cseq=1, body=b"", kind=b"", reply=None, tag=b""):
    first = b"SIP/2.0 %s" % reply if reply else b"%s sip:b@b.invalid SIP/2.0" % method
    return (first + b"\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%d\r\nFrom: <sip:a@a.invalid>;tag=1\r\nTo: <sip:b@b.invalid>%s\r\n"
            b"Call-ID: %s\r\nCSeq: %d %s\r\n" % (cseq, b";tag=" + tag if tag else b"", call, cseq, method)
            + (b"Content-Type: " + kind + b"\r\n" if kind else b"") + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def sdp(address_text, port):
    return b"v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\n" % (address_text, address_text, port)


def dhcp(kind, mac=MAC_A, your="0.0.0.0", transaction=0x11223344):
    """A DHCPv4 message: 1 discover, 2 offer, 3 request, 5 ack, 7 release."""
    reply = kind in (2, 5, 6)
    head = struct.pack("!BBBBIHH", 2 if reply else 1, 1, 6, 0, transaction, 0, 0) + (address(your) if kind == 7 else bytes(4))
    head += (address(your) if reply else bytes(4)) + bytes(8) + mac + bytes(10) + bytes(192)
    options = bytes([53, 1, kind]) + bytes([61, 7, 1]) + mac
    if reply:
        options += bytes([51, 4]) + struct.pack("!I", 3600) + bytes([54, 4]) + address("192.0.2.1")
    return head + bytes.fromhex("63825363") + options + b"\xff"


def dhcp_frame(kind, mac=MAC_A, your="0.0.0.0"):
    if kind in (2, 5, 6):
        return frame(udp("192.0.2.1", "255.255.255.255", 67, 68, dhcp(kind, mac, your)), 0x0800, MAC_B, mac)
    return frame(udp("0.0.0.0", "255.255.255.255", 68, 67, dhcp(kind, mac, your)), 0x0800, mac, b"\xff" * 6)


def tlv(tag, *content):
    """BER, one octet of tag, the shortest length."""
    content = b"".join(content)
    n = len(content)
    length = bytes([n]) if n < 128 else bytes([0x81, n]) if n < 256 else bytes([0x82]) + struct.pack("!H", n)
    return bytes([tag]) + length + content


OID_33128 = bytes([4, 19, 18, 15])


def cc_33128(packet, gtp=False):
    """CCPayload: uPFCCPDU with a GTP-U message, or extendedUPFCCPDU with uPFIPCC."""
    pdu = tlv(0x81, gtpu(packet)) if gtp else tlv(0xA2, tlv(0xA1, tlv(0x81, packet)))
    return tlv(0x30, tlv(0x81, OID_33128, b"\x02"), tlv(0xA2, pdu))


def cc_33108(packet):
    """CC-PDU of EPS: uLIC-header [1], payload [2]."""
    header = tlv(0xA1, tlv(0x80, bytes.fromhex("0400020204090c00")), tlv(0x82, b"L-1"), tlv(0x83, bytes(8)), tlv(0x85, b"\0"), tlv(0x86, b"\x01"), tlv(0x88, b"\x04"))
    return tlv(0x30, header, tlv(0x82, packet))


def cc_payload(packet):
    """Payload of TS 102 232-1: one CCPayload with an IPCC."""
    return tlv(0xA1, tlv(0x30, tlv(0x80, b"\0"), tlv(0xA2, tlv(0xA2, tlv(0x80, bytes([5, 3, 20, 2])), tlv(0xA1, tlv(0x80, packet))))))


def xiri_sms(tpdu):
    """XIRIPayload: sMSMessage [12] with sMSTPDUData [9]."""
    return tlv(0x30, tlv(0x81, OID_33128, b"\x01"), tlv(0xA2, tlv(0xAC, tlv(0xA9, tlv(0x81, tpdu)))))


class Sender:
    """PDUs of one XID over one connection, numbered and dated; NFID tells contexts apart."""

    def __init__(self, link, xid, corr=1, nfid=b"nf"):
        self.link, self.xid, self.corr, self.nfid = link, xid, corr, nfid
        self.seq = {x23.X2: 0, x23.X3: 0}
        self.alives = 0

    def pdu(self, payload, kind=x23.X3, form=x23.IPV4, extra=b"", direction=x23.FROM_TARGET, corr=None, time_ns=None):
        import time
        t = time_ns or time.time_ns()
        attributes = (x23.attribute(x23.A_NFID, self.nfid) + x23.attribute(x23.A_SEQ, struct.pack("!I", self.seq[kind]))
                      + x23.attribute(x23.A_TIME, struct.pack("!II", t // 10**9, t % 10**9)) + extra)
        self.seq[kind] += 1
        return x23.pdu(self.xid, payload, kind=kind, form=form, direction=direction, corr=self.corr if corr is None else corr, attributes=attributes)

    def send(self, *args, **more):
        octets = self.pdu(*args, **more)
        self.link.send(octets)
        return octets

    def packet(self, packet, **more):
        return self.send(packet, form=x23.IPV6 if packet[0] >> 4 == 6 else x23.IPV4, **more)

    def alive(self):
        """Everything sent is processed and durable."""
        self.alives += 1
        self.link.alive(self.alives)
