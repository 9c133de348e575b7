# SPDX-License-Identifier: Apache-2.0
"""Who may connect to X2/X3, and with what TLS.  Each refusal is counted, logged and journaled with its reason and the address; others are untouched."""

import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import uuid

import tap
import x23
from x23 import Closed, Link

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
lab = None
journal = None
steady = None  # a connection that must survive everything
x2_port = 0
xid = tap.new_xid()
steady_n = 0


def setup():
    global lab, journal, steady, x2_port
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(nes=("ne1", "ne2", "old12", "pinned", "stranger", "revoked", "revoked2", "off", "quiet"), lemfs=("lemf-a",))
    lab.pki.ca("other")
    lab.pki.issue("other", "ne1", "DNS:ne1.lab.example")
    lab.pki.issue("x", "expired", "DNS:ne1.lab.example", end="20210101000000Z")
    lab.pki.issue("x", "future", "DNS:ne1.lab.example", start="20380101000000Z", end="20390101000000Z")
    lab.pki.issue("x", "weak", "DNS:ne1.lab.example", newkey=("rsa:1024",))
    lab.pki.issue("x", "server", "DNS:ne1.lab.example", usage="serverAuth")
    lab.lemf("lemf-a")
    x2_port = tap.free_port()
    lab.configure(crl=True, listeners=[{"name": "x", "port": lab.port}, {"name": "x2only", "port": x2_port, "x3": False}], limits__handshake_s=2)
    lab.start()
    tap.provision(lab, nes=("ne1", "ne2", "revoked", "revoked2", "off", "quiet"), leas=("a",))
    tap.add_ne(lab, "old12", tls12=True)
    tap.add_ne(lab, "pinned", pins="00" * 32)
    tap.add_warrant(lab, "L-1", "lea-a", xid)
    tap.in_force(lab)
    journal = x23.Journal(lab)
    steady = Link(lab, "ne2")
    still_served()
    return lab


def still_served():
    """The steady connection delivers and is acknowledged."""
    global steady_n
    steady.send(x23.pdu(xid, x23.ip_packet(steady_n), seq=steady_n))
    steady_n += 1
    steady.alive(steady_n)


def counted(code):
    return lab.status()["ingest"]["refused"].get(code, 0)


def refused(code, words, attempt, port=None):
    """ATTEMPT must fail, be counted under CODE, and stand in journal and log with WORDS and its address."""
    before, listener = counted(code), refused_by_listener()
    local = attempt()
    rows = journal.wait(lambda r: r["code"] == code and local in (r["note"] or ""), f"{code} from {local}")
    row = next(r for r in rows if local in (r["note"] or ""))
    tap.note(f"{row['kind']} {row['code']} {row['note']}")
    assert words in row["note"], f"{words!r} is not in {row['note']!r}"
    tap.equal(counted(code), before + 1, "counted")
    tap.equal(refused_by_listener(), listener + 1, "counted at the listener")
    line = tap.wait_for("a log line", lambda: [t for t in x23.log_text(lab).splitlines() if local in t and code in t])
    assert words in line[0], line
    still_served()


def refused_by_listener():
    return sum(li["refused"] for li in lab.status()["listeners"])


def dial(ne, **kw):
    """An attempt that must not come to an acknowledgement; returns the local address."""
    def attempt():
        try:
            link = Link(lab, ne, **kw)
        except Closed as e:
            return str(e).split()[0]
        try:
            link.alive(1)
        except Closed:
            return link.local
        finally:
            link.close()
        raise AssertionError("it was let in")
    return attempt


def cert(ca, name):
    return lab.pki.path(ca, f"{name}.crt"), lab.pki.path(ca, f"{name}.key")


@tap.test("no client certificate")
def _():
    refused("PEER-CERT", "no certificate", dial(None))
    refused("PEER-CERT", "no certificate", dial(None, maximum=V12))


@tap.test("a certificate of another CA with the right name")
def _():
    refused("PEER-CERT", "CA", dial(cert("other", "ne1")))


@tap.test("expired, not yet valid, made for servers")
def _():
    refused("PEER-CERT", "expired", dial("expired"))
    refused("PEER-CERT", "not valid yet", dial("future"))
    refused("PEER-CERT", "use", dial("server"))


@tap.test("RSA with 1024 bits")
def _():
    refused("PEER-CERT", "too short", dial("weak", level=0))


@tap.test("a name that no network element is registered with")
def _():
    refused("PEER-UNKNOWN", "registered", dial("stranger"))


@tap.test("another key than the pinned one; the right pin lets it in")
def _():
    refused("PEER-PIN", "pinned", dial("pinned"))
    spki = subprocess.run(f"openssl x509 -in {cert('x', 'pinned')[0]} -noout -pubkey | openssl pkey -pubin -outform der", shell=True, check=True,
                          capture_output=True).stdout
    lab.ctl("ne", "set", "pinned", "--pins", hashlib.sha256(spki).hexdigest())
    tap.in_force(lab)
    link = Link(lab, "pinned")
    link.alive(1)
    link.close()


@tap.test("TLS 1.1, and 1.2 unless the network element is allowed it")
def _():
    refused("PEER-TLS", "TLS version", dial("old12", minimum=ssl.TLSVersion.TLSv1_1, maximum=ssl.TLSVersion.TLSv1_1, level=0))
    refused("PEER-TLS", "TLS 1.2", dial("ne1", maximum=V12))
    link = Link(lab, "old12", maximum=V12)
    link.alive(1)
    tap.equal(link.s.version(), "TLSv1.2")
    link.close()


@tap.test("AES-GCM and ChaCha20, with 1.2 and 1.3; nothing weaker")
def _():
    for c in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        link = Link(lab, "old12", maximum=V12, ciphers=c)
        link.alive(1)
        tap.equal(link.s.cipher()[0], c)
        link.close()
    for c in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        got = lab.ne("ne1", xid=xid, generate="format=ipv4,count=5", ciphers=c, keepalive=1)
        tap.equal(got["acked"], 5, c)
    for c in ("ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"):
        refused("PEER-TLS", "cipher", dial("old12", maximum=V12, ciphers=c))


def s_client(*args, stdin=b"", ne="old12"):
    """openssl s_client: everything it says."""
    crt, key = cert("x", ne)
    p = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{lab.port}", "-cert", crt, "-key", key, "-CAfile", lab.pki.path("x", "ca.crt"), *args],
                       input=stdin, capture_output=True, timeout=20)
    return (p.stdout + p.stderr).decode(errors="replace")


@tap.test("no session tickets, no session ids, no resumption")
def _():
    for v in ("-tls1_2", "-tls1_3"):
        out = os.path.join(lab.dir, "session.pem")
        text = s_client(v, "-sess_out", out)
        assert "TLS session ticket" not in text and "New Session Ticket" not in text, text[-2000:]
        if v == "-tls1_2" and os.path.exists(out):
            again = s_client(v, "-sess_in", out)
            assert "Reused, TLS" not in again, again[-2000:]
    link = Link(lab, "ne1")
    link.alive(1)
    assert not link.s.session.has_ticket
    link.close()


@tap.test("renegotiation is refused, and the connection says so or closes")
def _():
    p = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{lab.port}", "-tls1_2", "-cert", cert("x", "old12")[0], "-key", cert("x", "old12")[1]],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lab.processes.append(p)
    tap.wait_for("s_client is up", lambda: connections() >= 2)
    p.stdin.write(b"R\n")
    p.stdin.flush()
    try:
        text = p.communicate(timeout=3)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        p.kill()
        text = p.communicate()[0].decode(errors="replace")
    assert "RENEGOTIATING" in text, text[-500:]
    assert "no renegotiation" in text or "handshake failure" in text or "unexpected" in text, text[-1500:]
    still_served()


def connections():
    return sum(li["connections"] for li in lab.status()["listeners"])


def raw(octets):
    """OCTETS without TLS; returns the local address when the MDF has closed."""
    def attempt():
        s = socket.create_connection(("127.0.0.1", lab.port), timeout=8)
        local = "127.0.0.1:%d" % s.getsockname()[1]
        s.sendall(octets)
        try:
            while s.recv(4096):
                pass
        except ConnectionResetError:
            pass
        s.close()
        return local
    return attempt


class Relay:
    """Between an element and the listener: keeps what the element sends, and turns a bit of it when told."""

    def __init__(self):
        self.sent, self.flip, self.out = [], False, None
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        near, _ = self.door.accept()
        far = socket.create_connection(("127.0.0.1", lab.port))
        self.out = "127.0.0.1:%d" % far.getsockname()[1]
        threading.Thread(target=self.pump, args=(far, near, False), daemon=True).start()
        self.pump(near, far, True)

    def pump(self, a, b, keep):
        try:
            while data := bytearray(a.recv(65536)):
                if keep:
                    self.sent.append(bytes(data))
                    if self.flip:
                        data[len(data) // 2] ^= 1
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def message(call, n):
    return (f"MESSAGE sip:b@b.invalid SIP/2.0\r\nFrom: <sip:a@a.invalid>;tag=1\r\nTo: <sip:b@b.invalid>\r\nCall-ID: {call}\r\n"
            f"CSeq: {n} MESSAGE\r\n\r\n").encode()


def behind_relay(relay):
    link = Link(lab, "ne1", port=relay.port)
    secret = b"what nobody on the way may read"
    link.send(x23.pdu(xid, message("relay", 1) + secret, form=x23.SIP, kind=x23.X2, seq=None))
    link.alive(1)
    return link, secret


@tap.test("nothing of a PDU can be read on the way")
def _():
    relay = Relay()
    link, secret = behind_relay(relay)
    link.close()
    wire = b"".join(relay.sent)
    assert len(wire) > 500 and relay.sent[0][0] == 0x16, "the relay kept nothing"
    for part in (secret, secret[:8], uuid.UUID(xid).bytes, b"ne1.lab.example"):
        assert part not in wire, part


@tap.test("one bit turned on the way: the connection closes, and it is recorded")
def _():
    relay = Relay()
    link, _ = behind_relay(relay)
    journal.rows()
    relay.flip = True
    link.send(x23.pdu(xid, x23.ip_packet(1), kind=x23.X3))
    link.closed()
    rows = journal.wait(lambda r: r["kind"] == "NE-LOST" and r["ne"] == "ne1", "NE-LOST of ne1")
    row = next(r for r in rows if r["kind"] == "NE-LOST")
    tap.note(f"{row['code']} {row['note']}")
    tap.equal(row["code"], "PEER-TLS")
    assert "damaged" in row["note"], row["note"]
    assert not [r for r in rows if r["kind"] == "REJECT"], "nothing of it was taken for a PDU"
    still_served()


@tap.test("a recorded connection that is played again comes to nothing")
def _():
    relay = Relay()
    link, _ = behind_relay(relay)
    link.close()
    before = sum(n["pdus"] for n in lab.status()["nes"] if n["name"] == "ne1")
    refused("PEER-TLS", "", raw(b"".join(relay.sent)))
    tap.equal(sum(n["pdus"] for n in lab.status()["nes"] if n["name"] == "ne1"), before, "PDUs of ne1")


@tap.test("plaintext X2/X3, and HTTP, on the port")
def _():
    refused("PEER-TLS", "not speak TLS", raw(x23.keepalive(1)))
    refused("PEER-TLS", "not speak TLS", raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))


@tap.test("a stalled handshake ends at its deadline")
def _():
    began = time.monotonic()
    refused("PEER-TLS", "in time", raw(b"\x16\x03\x01\x02\x00\x01"))
    took = time.monotonic() - began
    assert 1 <= took < 6, took
    refused("PEER-TLS", "in time", raw(b""))


@tap.test("an element that sends everything to two listeners is delivered once")
def _():
    before = tap.warrant(lab, "L-1")
    links = [Link(lab, "ne1"), Link(lab, "ne1", port=x2_port)]
    for n in range(10):
        p = x23.pdu(xid, message("twice", n), kind=x23.X2, form=x23.SIP, corr=77, seq=n)
        for link in links:
            link.send(p)
    for link in links:
        link.alive(9)
        link.close()
    after = tap.warrant(lab, "L-1")
    tap.equal([after[k] - before[k] for k in ("received", "duplicate")], [20, 10], "received and duplicates")


@tap.test("X3 on a listener for X2 alone: closed with INTERFACE; X2 goes through")
def _():
    link = Link(lab, "ne1", port=x2_port)
    link.alive(1)
    link.send(x23.pdu(xid, x23.ip_packet(1), kind=x23.X3))
    link.closed()
    row = [r for r in journal.wait(lambda r: r["code"] == "INTERFACE", "INTERFACE") if r["kind"] == "REJECT"]
    tap.equal(len(row), 1)
    tap.equal((row[0]["kind"], row[0]["ne"], row[0]["pdu_type"]), ("REJECT", "ne1", 2))
    lab.ctl("ne", "set", "ne1", "--interfaces", "x3")
    tap.in_force(lab)
    refused("INTERFACE", "interface", dial("ne1", port=x2_port))
    lab.ctl("ne", "set", "ne1", "--interfaces", "both")
    tap.in_force(lab)
    still_served()


def loses(link, name, act, code="PEER-REVOKED", timeout=10):
    """ACT closes LINK of NE NAME, which is journaled; the steady one stays."""
    link.alive(1)
    journal.rows()
    act()
    try:
        link.closed(timeout)
    except TimeoutError as e:
        raise AssertionError(f"still open after {timeout} s") from e
    journal.wait(lambda r: r["kind"] == "NE-LOST" and r["ne"] == name and r["code"] == code, f"{name} {code}")
    tap.wait_for("alarm NE-LOST", lambda: [a for a in lab.ctl("alarm", "list") if a["code"] == "NE-LOST" and a["object"] == name])
    still_served()


def crl_of(name):
    """The CA's CRL with one certificate more, put in place at once."""
    lab.pki.revoke("x", cert("x", name)[0])


@tap.test("ne revoke closes the open connection and refuses new ones; ne enable takes it back")
def _():
    loses(Link(lab, "off"), "off", lambda: lab.ctl("ne", "revoke", "off", "--reason", "test"))
    refused("PEER-REVOKED", "switched off", dial("off"))
    lab.ctl("ne", "enable", "off")
    tap.in_force(lab)
    link = Link(lab, "off")
    link.alive(1)
    tap.wait_for("its alarm clears", lambda: not [a for a in lab.ctl("alarm", "list") if a["code"] == "NE-LOST" and a["object"] == "off"])
    link.close()


@tap.test("a new CRL and SIGHUP: the open connection closes, a new one is refused")
def _():
    hup = os.path.join(lab.dir, "crl-before")
    shutil.copy2(lab.pki.path("x", "ca.crl"), hup)

    def act():
        crl_of("revoked")
        lab.reload()
    loses(Link(lab, "revoked"), "revoked", act)
    refused("PEER-REVOKED", "revoked", dial("revoked"))


@tap.test("a new CRL file alone does the same within seconds")
def _():
    loses(Link(lab, "revoked2"), "revoked2", lambda: crl_of("revoked2"))
    refused("PEER-REVOKED", "revoked", dial("revoked2"))


@tap.test("a CRL that cannot be read changes nothing, and is an alarm after SIGHUP")
def _():
    path = lab.pki.path("x", "ca.crl")
    with open(path + ".bad", "w") as f:
        f.write("no CRL\n")
    shutil.copy(path, path + ".good")
    os.replace(path + ".bad", path)
    lab.reload()
    tap.wait_for("alarm TLS-RELOAD", lambda: [a for a in lab.ctl("alarm", "list") if a["code"] == "TLS-RELOAD"])
    still_served()
    refused("PEER-REVOKED", "revoked", dial("revoked"))
    os.replace(path + ".good", path)
    lab.reload()
    tap.wait_for("alarm TLS-RELOAD clears", lambda: not [a for a in lab.ctl("alarm", "list") if a["code"] == "TLS-RELOAD"])


@tap.test("the steady connection lost nothing through all this")
def _():
    tap.wait_for("everything is at the LEMF", lambda: tap.drained(lab) and len(tap.lemf_pdus(lab, "lemf-a")) >= steady_n)
    up = [r for r in lab.ctl("journal", "list", "--limit", "10000") if r["ne"] == "ne2"]
    tap.equal([r["kind"] for r in up], ["NE-UP"])
    tap.accounted(lab.status())


tap.main(setup)
