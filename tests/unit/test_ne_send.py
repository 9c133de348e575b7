#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdf-ne over loopback against a small MDF of its own: acknowledgement, resending after a lost connection, faults, ledger, exit codes.
The PDUs are taken apart here, octet by octet."""
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

TOOL = os.path.join(os.environ.get("top_builddir", "."), "tools", "mdf-ne")
XID = "11111111-2222-4333-8444-555555555555"


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def certificates(d):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in ("ca", "stranger"):
        openssl("req", "-x509", *key, "-keyout", f"{d}/{name}.key", "-out", f"{d}/{name}.crt", "-days", "2", "-subj", f"/CN={name}")
    for name in ("mdf", "ne"):
        with open(f"{d}/ext", "w") as f:
            f.write(f"subjectAltName=DNS:{name}.example\n")
        openssl("req", *key, "-keyout", f"{d}/{name}.key", "-out", f"{d}/{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{d}/{name}.csr", "-CA", f"{d}/ca.crt", "-CAkey", f"{d}/ca.key", "-CAcreateserial", "-out",
                f"{d}/{name}.crt", "-days", "2", "-extfile", f"{d}/ext")


def attributes(pdu):
    hl = struct.unpack_from(">I", pdu, 4)[0]
    out, off = {}, 40
    while off + 4 <= hl:
        t, n = struct.unpack_from(">HH", pdu, off)
        out[t] = pdu[off + 4:off + 4 + n]
        off += 4 + n
    return out


class Mdf:
    """Keeps the PDUs of each connection; closes the first connection after CUT of them; answers keepalives unless MUTE."""

    def __init__(self, d, cut=0, mute=False):
        self.cut, self.mute, self.conns, self.left, self.keepalives = cut, mute, [], [], []
        self.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ctx.load_cert_chain(f"{d}/mdf.crt", f"{d}/mdf.key")
        self.ctx.load_verify_locations(f"{d}/ca.crt")
        self.ctx.verify_mode = ssl.CERT_REQUIRED
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, raw):
        try:
            c = self.ctx.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError):
            raw.close()
            return
        pdus, buf = [], b""
        self.conns.append(pdus)
        try:
            while True:
                got = c.recv(65536)
                if not got:
                    break
                buf = self.take(c, buf + got, pdus)
        except OSError:
            pass
        self.left.append(len(buf))
        c.close()

    def take(self, c, buf, pdus):
        while len(buf) >= 12:
            version, kind, hl, pl = struct.unpack_from(">HHII", buf)
            if version >> 8 or hl < 40 or hl > 65536 or pl > 1 << 24:
                raise OSError("framing")
            if len(buf) < hl + pl:
                break
            pdu, buf = buf[:hl + pl], buf[hl + pl:]
            if kind == 3:
                self.keepalives.append(pdu)
                if not self.mute and hl == 48:
                    c.sendall(pdu[:2] + b"\0\4" + pdu[4:])
                continue
            pdus.append(pdu)
            if self.cut and len(pdus) == self.cut and len(self.conns) == 1:
                raise OSError("cut on purpose")
        return buf

    def all(self):
        return [p for c in self.conns for p in c]


class Suite:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="mdf-ne-")
        self.n = 0
        self.bad = 0
        certificates(self.dir)

    def ok(self, good, name):
        self.n += 1
        self.bad += not good
        print(("ok" if good else "not ok"), self.n, "-", name, flush=True)

    def ne(self, port, *args, cert="ne"):
        d = self.dir
        p = subprocess.run([TOOL, "--port", str(port), "--cert", f"{d}/{cert}.crt", "--key", f"{d}/{cert}.key", "--ca", f"{d}/ca.crt",
                            "--server-name", "mdf.example", "--xid", XID, "--json", *args], capture_output=True, text=True, timeout=60)
        return p.returncode, json.loads(p.stdout) if p.stdout.startswith("{") else {}

    def plain(self):
        m = Mdf(self.dir)
        code, s = self.ne(m.port, "--generate", "sip,count=12", "--generate", "ipv4,count=50,size=300", "--version", "0.5", "--nfid", "nf",
                          "--start-seq", "7")
        p = m.all()
        x3 = [a for a in p if a[3] == 2]
        self.ok(code == 0 and s["acked"] == s["offered"] == len(p) == 62, "everything is acknowledged")
        self.ok(all(a[:2] == b"\0\5" and attributes(a)[6] == b"nf" for a in p), "version and NFID")
        self.ok([struct.unpack(">I", attributes(a)[8])[0] for a in x3] == list(range(7, 57)), "numbers of one context")
        self.ok(len(m.keepalives) == 1 and len(m.keepalives[0]) == 48, "one last keepalive of 48 octets")

    def resend(self, shape):
        m = Mdf(self.dir, cut=40)
        path = f"{self.dir}/ledger-{shape}"
        code, s = self.ne(m.port, "--generate", "rtp,count=300,rate=1000", "--keepalive", "0.05", "--shape", shape, "--ledger", path)
        by_seq = {}
        for p in m.all():
            by_seq.setdefault(attributes(p)[8], set()).add(p)
        self.ok(code == 0 and s["reconnects"] == 1 and s["resent"] > 0, f"{shape}: comes back and sends again")
        self.ok(len(by_seq) == 300 and all(len(v) == 1 for v in by_seq.values()), f"{shape}: same number, same octets")
        lines = [json.loads(x) for x in open(path)]
        self.ok(sum("seq" in x for x in lines) == 300 and max(x.get("acked_n", 0) for x in lines) == 300, f"{shape}: ledger")

    def mute(self):
        m = Mdf(self.dir, mute=True)
        code, s = self.ne(m.port, "--generate", "ipv4,count=5", "--ack-timeout", "0.3", "--wait-ack", "1", "--retry", "1")
        self.ok(code == 1 and s["acked"] == 0 and len(m.conns) > 1, "TIME_P2: reconnects; exit 1 when never acknowledged")

    def faults(self):
        m = Mdf(self.dir)
        code, s = self.ne(m.port, "--generate", "ipv4,count=10", "--fault", "gap:3:2", "--fault", "duplicate:5", "--fault", "reuse:6",
                          "--fault", "reorder:8", "--fault", "malformed:format-type:9", "--fault", "unknown-xid:2")
        good = [p for p in m.all() if p[32:34] != b"\xfa\x17"]
        seqs = [struct.unpack(">I", attributes(p)[8])[0] for p in good]
        self.ok(code == 0 and seqs == [0, 1, 4, 5, 6, 6, 7, 7, 8, 10, 9, 11], "gap, duplicate, reuse, reorder")
        self.ok(good[4] == good[5] and good[6] != good[7], "a duplicate is equal, a reused number is not")
        self.ok(len(m.all()) - len(good) == 2 and s["faults"] == 4, "malformed and unknown XID beside the good traffic")
        m = Mdf(self.dir)
        code, s = self.ne(m.port, "--generate", "ipv4,count=10", "--fault", "malformed:header-short:5", "--fault", "malformed:partial:8")
        last = m.conns[-1]
        self.ok(code == 0 and s["reconnects"] >= 1 and all(p[32:34] != b"\xfa\x17" for p in last), "broken framing is not sent again")

    def connections(self):
        m = Mdf(self.dir)
        code, s = self.ne(m.port, "--generate", "ipv4,count=4", "--one-per-connection")
        self.ok(code == 0 and [len(c) for c in m.conns] == [1] * 4 and s["acked"] == 4, "one PDU per connection")
        self.ok(self.ne(m.port, "--generate", "ipv4,count=4", cert="stranger")[0] == 4, "a certificate that is refused: exit 4")
        self.ok(self.ne(m.port, "--generate", "ipv4,count=4", "--server-name", "other.example")[0] == 4, "an MDF of another name: exit 4")
        m.sock.close()
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        self.ok(self.ne(port, "--generate", "ipv4,count=4", "--retry", "0.3")[0] == 3, "nobody there: exit 3")
        self.ok(self.ne(port, "--generate", "nonsense")[0] == 2, "usage: exit 2")

    def script(self):
        other = "22222222-2222-4333-8444-555555555555"
        lines = ["# a comment", "",
                 {"format": "sip", "direction": "from-target", "text": "OPTIONS sip:é@b SIP/2.0\r\n\r\n", "correlation": "00000000000000ff"},
                 {"format": "sip", "hex": "4f 50", "source": "2001:db8::1", "destination": "2001:db8::2", "source_port": 1, "destination_port": 2,
                  "protocol": 6, "xid": other, "matched": ["<a>1</a>", "<a>2</a>"], "other": "<b>3</b>", "axri": other, "sdp": "v=0"},
                 {"format": 77, "type": "x3", "base64": "AAEC/w==", "seq": 9, "time": 1700000000.5, "nfid": "n2", "ipid": "", "did": "d",
                  "mime_type": "a/b", "mime_encoding": "binary", "attributes": ["23:0a0b"]},
                 {"format": "ipv4", "file": f"{self.dir}/payload", "seq": None, "time": None, "after_ms": 300, "repeat": 3}]
        with open(f"{self.dir}/payload", "wb") as f:
            f.write(b"\x45octets")
        with open(f"{self.dir}/script", "w") as f:
            f.writelines((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines)
        m = Mdf(self.dir)
        code, s = self.ne(m.port, "--script", f"{self.dir}/script", "--attribute", "24=only without own ones")
        p = m.all()
        a = [attributes(x) for x in p]
        self.ok(code == 0 and s["acked"] == len(p) == 6 and s["seconds"] > 0.25, "script: everything is sent, at its time")
        self.ok(p[0][2:4] + p[0][12:16] + p[0][32:40] == bytes([0, 1, 0, 9, 0, 3, 0, 0, 0, 0, 0, 0, 0, 255]) and p[0].endswith(b"\r\n\r\n")
                and "é".encode() in p[0] and a[0][24].startswith(b"only"), "script: text, direction, correlation")
        self.ok(p[1][16:32].hex() == other.replace("-", "") and p[1].endswith(b"OP") and a[1][12][-1:] == b"\1" and a[1][16] == b"\6"
                and a[1][17] == b"<a>2</a>" and a[1][18] == b"<b>3</b>" and len(a[1][21]) == 24 and a[1][22] == b"v=0", "script: attributes")
        self.ok(p[2][12:14] == b"\0\x4d" and p[2].endswith(b"\0\1\2\xff") and a[2][8] == b"\0\0\0\x09" and a[2][6] == b"n2" and 7 not in a[2]
                and a[2][9] == struct.pack(">II", 1700000000, 500000000) and a[2][23] == b"\n\x0b", "script: numbers, time, names as given")
        self.ok(all(8 not in x and 9 not in x for x in a[3:]) and all(x.endswith(b"\x45octets") for x in p[3:]), "script: file, repeated, left out")
        for bad in ('{"format":"sip"', '{"text":"x"}', '{"format":"sip","xid":"12"}', '{"format":"sip","hex":"0g"}', '{"format":"ipv4","direction":"up"}'):
            with open(f"{self.dir}/script", "w") as f:
                f.write(bad + "\n")
            self.ok(self.ne(m.port, "--script", f"{self.dir}/script")[0] == 2, f"script: refused: {bad}")

    def pattern(self):
        for i in range(1, 6):
            for kind in ("crt", "key"):
                shutil.copy(f"{self.dir}/ne.{kind}", f"{self.dir}/v{i}.{kind}")
        m = Mdf(self.dir)
        d = self.dir
        code, s = self.ne(m.port, "--nes", f"1-5,{d}/v%.crt,{d}/v%.key,vne-%", "--generate", "radius,sessions=5,count=40")
        self.ok(code == 0 and sorted(len(c) for c in m.conns) == [8] * 5, "elements of a pattern: a connection each")
        self.ok({attributes(p)[6] for p in m.all()} == {f"vne-{i}".encode() for i in range(1, 6)}, "elements of a pattern: their names")

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def main():
    if not os.access(TOOL, os.X_OK) or not shutil.which("openssl"):
        print("1..0 # SKIP mdf-ne or openssl is not there")
        return 0
    s = Suite()
    try:
        s.plain()
        for shape in ("record", "packed", "send"):
            s.resend(shape)
        s.mute()
        s.faults()
        s.connections()
        s.script()
        s.pattern()
    finally:
        s.close()
    print(f"1..{s.n}")
    return 1 if s.bad else 0


if __name__ == "__main__":
    sys.exit(main())
