#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cloud interface: what an application posts as JSON is handed over like the same product from X2/X3, octet for octet."""

import base64
import http.client
import json
import os
import ssl
import subprocess
import time

import tap
import x23

lab = None
CLIF, X2_ONLY = tap.free_port(), tap.free_port()
TIME, TIME_NS = "2026-03-04T05:06:07.123456Z", 1772600767123456000
PATH = "/clif/v1/pdus"


def setup():
    global lab
    lab = tap.start_lab(nes=("ne1", "app1", "stranger"), listeners=[{"name": "x"}, {"name": "cloud", "port": CLIF, "protocol": "clif"},
                                                                    {"name": "cloud-x2", "port": X2_ONLY, "protocol": "clif", "x3": False}])
    tap.provision(lab, nes=("ne1", "app1"))
    return lab


def order(liid):
    xid = tap.new_xid()
    tap.add_warrant(lab, liid, "lea-a", xid)
    tap.in_force(lab)
    return xid


class Client:
    def __init__(self, ne="app1", port=CLIF):
        ctx = ssl.create_default_context(cafile=lab.pki.path("x", "ca.crt"))
        ctx.check_hostname = False
        if ne:
            ctx.load_cert_chain(lab.pki.path("x", f"{ne}.crt"), lab.pki.path("x", f"{ne}.key"))
        self.c = http.client.HTTPSConnection("127.0.0.1", port, context=ctx, timeout=15)

    def post(self, body, kind="application/json", want=200):
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        self.c.request("POST", PATH, body, {"Content-Type": kind})
        r = self.c.getresponse()
        text = r.read()
        tap.equal(r.status, want, f"status ({text})")
        return json.loads(text)


def sip(n, call="call-1"):
    line, method = [("INVITE sip:b@b.invalid SIP/2.0", "INVITE"), ("SIP/2.0 180 Ringing", "INVITE"), ("SIP/2.0 200 OK", "INVITE"),
                    ("ACK sip:b@b.invalid SIP/2.0", "ACK"), ("BYE sip:b@b.invalid SIP/2.0", "BYE"), ("SIP/2.0 200 OK", "BYE")][n]
    return (f"{line}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{n}\r\nFrom: <sip:a@a.invalid>;tag=1\r\nTo: <sip:b@b.invalid>;tag=2\r\n"
            f"Call-ID: {call}\r\nCSeq: {2 if method == 'BYE' else 1} {method}\r\nContent-Length: 0\r\n\r\n")


def as_json(xid, n, **more):
    return {"type": "x2", "format": "SIP", "direction": "toTarget" if n % 2 else "fromTarget", "xid": xid, "correlation": 77, "sequence": n, "time": TIME,
            "nfid": "cloud", "ipid": "p-1", "src": "192.0.2.1", "dst": "2001:db8::7", "src_port": 5060, "dst_port": 5061, "text": sip(n), **more}


def as_x2(xid, n):
    a = x23.attribute
    attributes = (a(6, b"cloud") + a(7, b"p-1") + a(8, n.to_bytes(4, "big")) + a(9, (TIME_NS // 10**9).to_bytes(4, "big") + (TIME_NS % 10**9).to_bytes(4, "big"))
                  + a(10, bytes([192, 0, 2, 1])) + a(13, bytes.fromhex("20010db8" + "0" * 23 + "7")) + a(14, b"\x13\xc4") + a(15, b"\x13\xc5"))
    return x23.pdu(xid, sip(n).encode(), x23.X2, x23.SIP, x23.TO_TARGET if n % 2 else x23.FROM_TARGET, 77, attributes=attributes)


def records(liid, n):
    tap.accounted(tap.drained(lab))
    r = tap.records(lab, "lemf-a", "--liid", liid)
    tap.equal(len(r), n, f"records of {liid}")
    return r


def normal(rows, liid):
    """Octets with what must differ made the same: LIID (of the same length), CIN, and the XID that the correlation key holds."""
    out = []
    for r in rows:
        o = bytes.fromhex(r["octets"]).replace(liid.encode(), b"L" * len(liid))
        cin = r["cin"].to_bytes((r["cin"].bit_length() + 8) // 8, "big")
        tap.equal(len(cin) > 0 and cin in o, True, "CIN in the record")
        out.append((r["class"], r["seq"], o.replace(b"\x81" + bytes([len(cin)]) + cin, b"CIN")))
    return out


@tap.test("HI2 of SIP from the cloud interface equals HI2 of the same from X2, octet for octet")
def _():
    # the octets of a record hold the length of the CIN: try until both are of the same one
    for i in range(8):
        a, b = f"L-cl{i}", f"L-x2{i}"
        app, native = Client(), x23.Link(lab, "ne1")
        xa, xb = order(a), order(b)
        tap.equal(app.post([as_json(xa, n) for n in range(6)]), {"taken": 6, "rejected": []}, "answer")
        for n in range(6):
            native.send(as_x2(xb, n))
        native.alive()
        native.s.close()
        ra, rb = records(a, 6), records(b, 6)
        if ra[0]["cin"].bit_length() // 8 != rb[0]["cin"].bit_length() // 8:
            continue
        tap.equal(normal(ra, a), normal(rb, b), "records")
        tap.equal([x["items"][0]["iri_type"] for x in ra], ["iRI-Begin"] + ["iRI-Continue"] * 4 + ["iRI-End"], "types")
        tap.equal(ra[0]["pdu"]["pSHeader"]["timeStampQualifier"], "timeOfInterception", "qualifier")
        return
    raise AssertionError("no pair with CINs of one length")


@tap.test("CC as base64, NDJSON, format by number: HI3 holds the octets")
def _():
    xid = order("L-cc")
    packets = [x23.ip_packet(n) for n in range(20)]
    lines = [json.dumps({"type": "x3", "format": 5, "direction": 3, "xid": xid, "correlation": 5, "sequence": n, "time": TIME,
                         "payload": base64.b64encode(p).decode()}) for n, p in enumerate(packets)]
    tap.equal(Client().post("\n".join(lines) + "\n", "application/x-ndjson")["taken"], 20, "taken")
    tap.equal([bytes.fromhex(r["items"][0]["content"]) for r in records("L-cc", 20)], packets, "packets")


@tap.test("X2 from the cloud and X3 from a network element: one session")
def _():
    xid = order("L-mix")
    Client().post([as_json(xid, n) for n in range(3)])
    link = x23.Link(lab, "ne1")
    for n in range(5):
        link.send(x23.pdu(xid, bytes([0x80, 0, 0, n]) + bytes(40), x23.X3, x23.RTP, corr=77, seq=n))
    link.alive()
    link.s.close()
    tap.equal(len({r["cin"] for r in records("L-mix", 8)}), 1, "CINs")


@tap.test("a request that is posted twice is handed over once")
def _():
    xid = order("L-twice")
    app = Client()
    for _ in range(2):
        app.post([as_json(xid, n) for n in range(4)])
    records("L-twice", 4)


@tap.test("bad PDUs are named by index and journalled; the others are taken, the connection stays")
def _():
    xid = order("L-bad")
    app = Client()
    r = app.post([as_json(xid, 0), as_json("no", 1), as_json(xid, 2, format="RTP"), as_json(xid, 3, extra=1), as_json(xid, 4)], want=207)
    tap.equal((r["taken"], [(x["index"], x["code"]) for x in r["rejected"]]), (2, [(1, "ATTRIBUTE"), (2, "FORMAT-TYPE"), (3, "ATTRIBUTE")]), "answer")
    r = app.post("{not json", want=400)
    tap.equal(r["code"], "CLIF-JSON", "code")
    r = Client(port=X2_ONLY).post({"type": "x3", "format": "IPv4", "direction": 3, "xid": xid}, want=422)
    tap.equal(r["rejected"][0]["code"], "INTERFACE", "code")
    app.post(as_json(xid, 5))
    records("L-bad", 3)
    found = tap.wait_for("the journal has the rejects", lambda: [r for r in lab.ctl("journal", "list") if r["kind"] == "REJECT"], 10, 0.2)
    codes = [r["code"] for r in found]
    tap.equal(sorted(codes), ["ATTRIBUTE", "ATTRIBUTE", "FORMAT-TYPE", "INTERFACE", "PAYLOAD"], "journal")


@tap.test("through the gateway of an operator: NFID and IPID tell the application and the place")
def _():
    xid = order("L-gate")
    app = Client()
    for n, nfid in enumerate(("app-abroad", "app-home")):
        app.post(as_json(xid, n, nfid=nfid, ipid=f"dc-{n}"))
    tap.equal([(h["networkFunctionIdentifier"], h["extendedInterceptionPointID"]) for h in (r["pdu"]["pSHeader"] for r in records("L-gate", 2))],
              [("app-abroad", "dc-0"), ("app-home", "dc-1")], "places")


@tap.test("user abroad: refused by a warrant for other countries, allowed by one that names it")
def _():
    lab.ctl("ne", "set", "app1", "--country", "DE")
    xids = {}
    for liid, countries in (("L-home", "NL"), ("L-abrd", "NL,DE")):
        xids[liid] = tap.new_xid()
        tap.add_warrant(lab, liid, "lea-a", xids[liid], countries=countries)
    tap.in_force(lab)
    app = Client()
    for n, liid in enumerate(xids):
        tap.equal(app.post(as_json(xids[liid], n))["taken"], 1, "taken")
    records("L-abrd", 1)
    records("L-home", 0)
    tap.equal(tap.warrant(lab, "L-home")["rejected"], 1, "rejects")
    tap.wait_for("the journal says why", lambda: [r for r in lab.ctl("journal", "list", "--kind", "reject") if r["code"] == "COUNTRY"], 10, 0.2)
    lab.ctl("ne", "set", "app1", "--country", "NL")
    tap.in_force(lab)
    app.post(as_json(xids["L-home"], 2))
    records("L-home", 1)


@tap.test("no certificate, an unregistered one, and an element that was switched off: refused")
def _():
    for who in (None, "stranger"):
        try:
            Client(who).post([])
        except (ssl.SSLError, OSError, http.client.HTTPException):
            continue
        raise AssertionError(f"{who} got in")
    app = Client()
    app.post([])
    lab.ctl("ne", "revoke", "app1")
    tap.in_force(lab)
    try:
        app.post([])
    except (ssl.SSLError, OSError, http.client.HTTPException):
        lab.ctl("ne", "enable", "app1")
        tap.in_force(lab)
        return
    raise AssertionError("a revoked element got an answer")


@tap.test("curl, with a body that wants 100-continue")
def _():
    xid = order("L-curl")
    path = os.path.join(lab.dir, "curl.json")
    packet = bytes([0x45]) + x23.ip_packet(1, 1400)[1:]
    with open(path, "w") as f:
        json.dump([{"type": "x3", "format": "IPv4", "direction": "toTarget", "xid": xid, "sequence": n, "payload": base64.b64encode(packet[:-4] + n.to_bytes(4, "big")).decode()}
                   for n in range(1000)], f)
    try:
        p = subprocess.run(["curl", "-sS", "--http1.1", "--cacert", lab.pki.path("x", "ca.crt"), "--cert", lab.pki.path("x", "app1.crt"), "--key", lab.pki.path("x", "app1.key"),
                            "-H", "Content-Type: application/json", "-H", "Expect: 100-continue", "--data-binary", f"@{path}",
                            f"https://127.0.0.1:{CLIF}{PATH}"], capture_output=True, text=True, timeout=60)
    except FileNotFoundError as e:
        raise tap.Skip("no curl") from e
    tap.equal(json.loads(p.stdout), {"taken": 1000, "rejected": []}, f"answer ({p.stderr})")
    records("L-curl", 1000)


@tap.test("what was answered survives kill -9")
def _():
    xid = order("L-kill")
    app = Client()
    for n in range(30):
        app.post({"type": "x3", "format": "IPv4", "direction": "toTarget", "xid": xid, "sequence": n, "payload": base64.b64encode(x23.ip_packet(n)).decode()})
    lab.kill_role("ingest")
    end = time.monotonic() + 20
    while True:
        try:
            Client().post({"type": "x3", "format": "IPv4", "direction": "toTarget", "xid": xid, "sequence": 30, "payload": base64.b64encode(x23.ip_packet(30)).decode()})
            break
        except (OSError, http.client.HTTPException):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    tap.equal([r["seq"] for r in records("L-kill", 31)], list(range(31)), "numbers")


tap.main(setup)
