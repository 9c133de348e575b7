# SPDX-License-Identifier: Apache-2.0
"""X2/X3 by hand, octet by octet, for what mdf-ne does not do: TS 103 221-2 clauses 5.2, 5.3 and 6.2.4.  Shares no code with mdfd or mdf-ne."""

import os
import socket
import ssl
import struct
import time
import uuid

X2, X3, KEEPALIVE, KEEPALIVE_ACK = 1, 2, 3, 4
TO_TARGET, FROM_TARGET = 2, 3
IPV4, IPV6, RTP, SIP = 5, 6, 8, 9
A_SEQ, A_TIME, A_NFID, A_IPID = 8, 9, 6, 7
NIL = "00000000-0000-0000-0000-000000000000"


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value


def pdu(xid, payload=b"", kind=X3, form=IPV4, direction=FROM_TARGET, corr=1, seq=0, version=(0, 6), attributes=None, header_len=None, payload_len=None):
    """One PDU.  SEQ None: without a number; ATTRIBUTES: octets instead of number and time; the lengths can be made wrong."""
    if attributes is None:
        t = time.time_ns()
        attributes = attribute(A_TIME, struct.pack("!II", t // 10**9, t % 10**9))
        if seq is not None:
            attributes = attribute(A_SEQ, struct.pack("!I", seq)) + attributes
    return struct.pack("!BBHIIHH16sQ", *version, kind, 40 + len(attributes) if header_len is None else header_len,
                       len(payload) if payload_len is None else payload_len, form, direction, uuid.UUID(xid).bytes, corr) + attributes + payload


def keepalive(number, kind=KEEPALIVE):
    """NUMBER None: without one."""
    return pdu(NIL, b"", kind, 0, 0, 0, attributes=b"" if number is None else attribute(A_SEQ, struct.pack("!I", number)))


def ip_packet(n, size=60):
    """A valid IPv4 UDP packet that is different for each N."""
    head = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, n & 0xFFFF, 0, 64, 17, 0, b"\x0a\x00\x00\x01", b"\xc6\x33\x64\x07"))
    total = sum(struct.unpack("!10H", bytes(head)))
    total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)
    return bytes(head) + struct.pack("!HHHH", 40000, 9, size - 20, 0) + struct.pack("!Q", n).rjust(size - 28, b"\x5a")


class Closed(Exception):
    """The MDF closed the connection or refused it; the text says how."""


class Link:
    """One connection to the MDF.  NE: name of a certificate of the lab's X CA, or (crt, key); None: show none."""

    def __init__(self, lab, ne="ne1", port=None, minimum=None, maximum=None, ciphers=None, timeout=8, level=None):
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ctx.check_hostname = False
        if level is not None:
            ctx.set_ciphers(f"DEFAULT@SECLEVEL={level}")
        if ciphers:
            ctx.set_ciphers(ciphers)
        ctx.load_verify_locations(lab.pki.path("x", "ca.crt"))
        if ne is not None:
            crt, key = ne if isinstance(ne, tuple) else (lab.pki.path("x", f"{ne}.crt"), lab.pki.path("x", f"{ne}.key"))
            ctx.load_cert_chain(crt, key)
        if minimum:
            ctx.minimum_version = minimum
        if maximum:
            ctx.maximum_version = maximum
        raw = socket.create_connection(("127.0.0.1", port or lab.port), timeout=timeout)
        self.local = "127.0.0.1:%d" % raw.getsockname()[1]
        self.buf = b""
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.s = ctx.wrap_socket(raw)
        except (ssl.SSLError, OSError) as e:
            raw.close()
            raise Closed(f"{self.local} handshake: {e}") from e

    def send(self, octets):
        try:
            self.s.sendall(octets)
        except (ssl.SSLError, OSError) as e:
            raise Closed(str(e)) from e

    def recv_pdu(self, timeout=8):
        """The next PDU as (type, octets); Closed when there is none."""
        self.s.settimeout(timeout)
        while len(self.buf) < 12 or len(self.buf) < sum(struct.unpack("!II", self.buf[4:12])):
            try:
                more = self.s.recv(4096)
            except TimeoutError:
                raise
            except (ssl.SSLError, OSError) as e:
                raise Closed(str(e)) from e
            if not more:
                raise Closed("closed")
            self.buf += more
        n = sum(struct.unpack("!II", self.buf[4:12]))
        one, self.buf = self.buf[:n], self.buf[n:]
        return struct.unpack("!H", one[2:4])[0], one

    def ack(self, timeout=8):
        """The next PDU must be a keepalive acknowledgement; returns its number."""
        kind, octets = self.recv_pdu(timeout)
        assert kind == KEEPALIVE_ACK, f"PDU type {kind} instead of an acknowledgement"
        assert octets[16:40] == bytes(24), "XID and Correlation ID of an acknowledgement are zero"
        at = 40
        while at + 4 <= struct.unpack("!I", octets[4:8])[0]:
            kind, n = struct.unpack("!HH", octets[at:at + 4])
            if kind == A_SEQ:
                return struct.unpack("!I", octets[at + 4:at + 8])[0]
            at += 4 + n
        return None

    def alive(self, number=1):
        """A keepalive is answered with its number."""
        self.send(keepalive(number))
        got = self.ack()
        assert got == number, f"keepalive {number} answered with {got}"

    def closed(self, timeout=8):
        """Wait until the MDF closes; TimeoutError when it does not."""
        try:
            while True:
                self.recv_pdu(timeout)
        except Closed as e:
            return str(e)

    def close(self):
        try:
            self.s.close()
        except OSError:
            pass


class Journal:
    """What is new in the journal since the last look."""

    def __init__(self, lab):
        self.lab = lab
        self.seen = set()
        self.rows()

    def rows(self):
        """New rows, and forget them."""
        new = [r for r in self.lab.ctl("journal", "list", "--limit", "100000") if r["id"] not in self.seen]
        self.seen |= {r["id"] for r in new}
        return new

    def wait(self, test, what, timeout=8):
        """New rows until one passes TEST; returns all of them."""
        end, got = time.monotonic() + timeout, []
        while True:
            got += self.rows()
            if any(test(r) for r in got):
                return got
            assert time.monotonic() < end, f"no journal entry: {what}; there are {got}"
            time.sleep(0.05)


def log_text(lab):
    with open(os.path.join(lab.dir, "mdfd.log"), errors="replace") as f:
        return f.read()
