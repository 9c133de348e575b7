# SPDX-License-Identifier: Apache-2.0
"""What ./quickstart demo --keep adds: REST, the web UI and the door of the agencies, more people, and a system in which there is something to do."""

import hashlib
import os
import signal
import socket
import subprocess
import threading
import time

from lab import LabError, free_port, wait_for

# besides the three of office.py: role, rights of the key
MORE = {"olga": ("operator", ""), "ada": ("auditor", "approve,create"), "lia": ("liaison", "create")}
PASSWORD = "vier Amseln im Regen 27"
RATE = 5  # PDUs a second


def port_near(wanted):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", wanted))
            return wanted
        except OSError:
            return free_port()


def hours(n):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + n * 3600))


class Showroom:
    def __init__(self, lab, dist):
        self.lab, self.dist = lab, dist
        if not os.path.exists(os.path.join(dist, "index.html")):
            raise LabError(f"the web UI is not built: {dist}/index.html is not there; Node 18 and npm make it, see README")
        lab.pki.ca("rest")
        lab.pki.ca("agency")
        for ca in ("rest", "agency"):
            lab.pki.issue(ca, "mdf", "DNS:mdf.lab.example,DNS:localhost,IP:127.0.0.1", "serverAuth")
        lab.pki.issue("agency", "lia", "DNS:lia.lab.example", "clientAuth")
        self.port, self.agency_port = port_near(8443), port_near(8444)
        p = lab.pki.path
        self.conf = {"top__lab": True, "rest__address": "127.0.0.1", "rest__port": self.port, "rest__cert": p("rest", "mdf.crt"), "rest__key": p("rest", "mdf.key"),
                     "rest__ca": p("rest", "ca.crt"), "rest__web": os.path.abspath(dist), "rest__agency_address": "127.0.0.1", "rest__agency_port": self.agency_port,
                     "rest__agency_cert": p("agency", "mdf.crt"), "rest__agency_key": p("agency", "mdf.key"), "rest__agency_ca": p("agency", "ca.crt")}

    def people(self, office):
        """The others, entered by two persons; olga has a password besides, lia a certificate."""
        self.office = office
        for handle in ("olga", "ada"):
            office.two("sam", "person", "add", handle, "--roles", MORE[handle][0])
        office.two("sam", "person", "add", "lia", "--roles", "liaison", "--lea", "lea-a")
        crt, key = (self.lab.pki.path("agency", f"lia.{x}") for x in ("crt", "key"))
        der = subprocess.run(f"openssl x509 -in {crt} -pubkey -noout | openssl pkey -pubin -outform DER", shell=True, capture_output=True, check=True).stdout
        office.two("sam", "person", "set", "lia", "--pin", hashlib.sha256(der).hexdigest())
        office.write("lia.p12.password", os.urandom(6).hex())
        subprocess.run(["openssl", "pkcs12", "-export", "-in", crt, "-inkey", key, "-name", "lia (lea-a)", "-out", office.path("lia.p12"), "-passout",
                        "file:" + office.path("lia.p12.password")], check=True)
        office.write("olga.password", PASSWORD)
        office.write("olga.code", office.ctl("sam", "--yes", "person", "invite", "olga")["code"])
        totp = self.lab.ctl("person", "accept", "olga", "--code-file", office.path("olga.code"), "--password-file", office.path("olga.password"))["totp"]
        office.write("olga.totp", totp.split("secret=")[1].split("&")[0])

    def furnish(self, xid):
        """Something expires in some hours, something waits for the second person, one link is down (an alarm is up, product of XID waits), reports are there."""
        o = self.office

        def warrant(liid, lea, until, xid, submit=True, second=True, hi=None):
            hi = hi or f"lemf-{lea}"
            o.ctl("alice", "warrant", "add", "--liid", liid, "--lea", f"lea-{lea}", "--delivery", "both", "--from", "2026-01-01T00:00:00+01:00", "--until", until, "--xid", xid,
                  "--hi2", hi, "--hi3", hi, "--operator-id", "DEMO-CSP", "--auth-cc", "NL", "--delivery-cc", "NL", "--ne", "ne1", "--reference",
                  f"court order {liid[-2:]}/26")
            if submit and second:
                o.two("alice", "warrant", "submit", liid)
            elif submit:
                o.ctl("alice", "--yes", "warrant", "submit", liid, check=False)
        self.xid = [_xid(n) for n in range(4)]
        warrant("DEMO-A-2026-02", "a", hours(5), self.xid[0])
        warrant("DEMO-A-2026-03", "a", hours(60), self.xid[1])
        warrant("DEMO-B-2026-02", "b", "2026-12-31T00:00:00Z" if time.strftime("%Y") < "2026" else hours(24 * 60), self.xid[2], second=False)
        warrant("DEMO-B-2026-03", "b", hours(24 * 30), self.xid[3], submit=False)
        o.two("sam", "destination", "add", "lemf-b-spare", "--lea", "lea-b", "--addresses", f"127.0.0.1:{free_port()}", "--server-name", "lemf-b.lab.example")
        warrant("DEMO-B-2026-04", "b", hours(24 * 90), xid, hi="lemf-b-spare")
        o.ctl("alice", "report", "make", "R1", "--warrant", "DEMO-A-2026-01", "--format", "pdf", "--output", os.path.join(self.lab.dir, "warrant.pdf"))
        wait_for("the alarm of the link that is down", lambda: [a for a in o.ctl("olga", "alarm", "list") if not a["cleared"]], 90, 0.5)

    def traffic(self, xid):
        """Light traffic of one target until the end, calls and speech."""
        return self.lab.ne_background("ne1", log="mdf-ne-steady.log", xid=xid, generate=[f"format=rtp,count={RATE * 86400},rate={RATE}", "format=sip,count=43200,rate=1"], keepalive=5)

    def describe(self):
        o, p = self.office, self.lab.pki.path
        at, agency = f"https://127.0.0.1:{self.port}/", f"https://127.0.0.1:{self.agency_port}/"
        rows = [("alice", "LI admin: enters warrants, signs first"), ("bob", "approver: signs second"), ("sam", "security officer: people, keys, elements"), ("olga", "operator: links, alarms"),
                ("ada", "auditor: audit log, reports")]
        print(f"""
The system goes on running, with light traffic of one target.  Throwaway keys; reachable from this machine alone.

  {at}   certificate of the laboratory's own CA ({p("rest", "ca.crt")}):
      trust that in a browser profile of its own, or go past its warning

  Log in with person and key file:""")
        for handle, what in rows:
            print(f"    {handle:6}{o.path(handle + '.key'):60}  {what}")
        print(f"""  olga also by password ({o.path("olga.password")}) and one-time password: oathtool -b --totp $(cat {o.path("olga.totp")})

  {agency}   what agency lea-a sees, by its certificate alone:
      import {o.path("lia.p12")} into the browser (password in {o.path("lia.p12.password")})

What to click first
  1. Log in as alice.  Overview: a warrant ends in some hours, one waits for its second signature, a link is down, an alarm is up.
  2. Delivery links: lemf-b-spare cannot be reached, and why; its backlog grows.  lemf-a carries the traffic.
  3. Warrants: DEMO-A-2026-01 counts every PDU; its page says where each one went.  Extend DEMO-A-2026-02 and sign.
  4. Log out, log in as bob.  Approvals: look at what would change, sign DEMO-B-2026-02 and the extension.
  5. Log in as ada.  Audit log: all of this is in it; verify it.  Reports: two are there.
  6. The agency's page, with the certificate of lia.
""", flush=True)

    def stay(self, seconds, programs):
        """Until Ctrl-C, or SECONDS have passed; LabError when a program ends before."""
        stop = threading.Event()
        for s in (signal.SIGINT, signal.SIGTERM):
            signal.signal(s, lambda *_: stop.set())
        print(f"Ctrl-C ends it{f', or {seconds} s' if seconds else ''}.", flush=True)
        end = time.monotonic() + seconds if seconds else None
        while not stop.wait(0.5):
            if end and time.monotonic() > end:
                break
            for name, p in programs.items():
                if p.poll() is not None:
                    raise LabError(f"{name} ended with code {p.returncode}; see {self.lab.dir}")


def _xid(n):
    return f"0e3d51aa-0000-4000-8000-{n:012x}"


def wait_pdus(office, liid, more):
    """Until LIID has received MORE PDUs."""
    def received():
        return next(w["received"] for w in office.ctl("alice", "status")["warrants"] if w["liid"] == liid)
    was = received()
    wait_for(f"traffic of {liid}", lambda: received() >= was + more, 30, 0.2)


