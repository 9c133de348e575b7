#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Captures of what real programs say to each other, each in a network of its own: RADIUS (FreeRADIUS, radclient), DHCP (dnsmasq, udhcpc), SIP with RTP
(sipp), web (curl), mail (OpenSMTPD, swaks).  Installs nothing and needs root for network namespaces; says what is missing.

    capture.take("radius", folder) -> path of the capture
    capture.py KIND FOLDER            inside `unshare`: what take() starts
"""

import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

os.environ["PATH"] = os.environ.get("PATH", "/usr/bin") + ":/usr/sbin:/sbin"
NEEDS = {"radius": ("freeradius", "radclient"), "dhcp": ("dnsmasq", "udhcpc"), "sip": ("sipp",), "web": ("curl",), "mail": ("smtpd", "swaks")}
USER, ADDRESS = "alice@isp.invalid", "10.64.0.7"  # of the RADIUS session
MAC = "02:00:00:00:64:07"  # of the DHCP client
MAIL = ("alice@a.invalid", "root@localhost", "Lab mail 4711")


SPACE = ("unshare", "-n", "-p", "-f", "--kill-child", "--mount-proc")  # processes too: none outlives its capture


class Missing(Exception):
    """A program or a right that is not there; says which."""


def take(kind, folder):
    """Capture one exchange; Missing when it cannot be done here."""
    for name in ("unshare", "ip", "tcpdump", *NEEDS[kind]):
        if not shutil.which(name):
            raise Missing(f"{name} is not installed")
    if os.geteuid() != 0 or subprocess.run([*SPACE, "true"], capture_output=True).returncode != 0:
        raise Missing("network namespaces need root")
    if kind == "mail" and answers("/run/smtpd.sock"):
        raise Missing("OpenSMTPD runs here already")
    os.makedirs(folder, exist_ok=True)
    p = subprocess.run([*SPACE, "--", sys.executable, os.path.abspath(__file__), kind, folder], capture_output=True, text=True, timeout=90)
    if p.returncode == 77:
        raise Missing(p.stderr.strip())
    if p.returncode:
        raise RuntimeError(f"capture of {kind}: {p.stdout}{p.stderr}")
    return os.path.join(folder, f"{kind}.pcap")


def answers(path):
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


# -- inside the namespace
class Wire:
    """Programs of one capture; all end with it."""

    def __init__(self, folder, kind, interface="lo"):
        self.folder, self.running = folder, []
        run("ip", "link", "set", "lo", "up")
        self.path = os.path.join(folder, f"{kind}.pcap")
        self.interface = interface

    def listen(self):
        self.dump = self.start("tcpdump", "--immediate-mode", "-i", self.interface, "-U", "-s", "0", "-Z", "root", "-w", self.path)
        wait("tcpdump listens", lambda: os.path.exists(self.path) and os.path.getsize(self.path) >= 24)

    def start(self, *args, **kw):
        with open(os.path.join(self.folder, f"{args[0]}.log"), "ab") as log:
            p = subprocess.Popen(args, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.folder, **kw)
        self.running.append(p)
        return p

    def end(self):
        time.sleep(0.3)  # what is on the wire reaches the file
        for p in reversed(self.running):
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
                try:
                    p.wait(5)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()


def run(*args, **kw):
    p = subprocess.run(args, capture_output=True, text=True, timeout=40, **kw)
    if p.returncode:
        raise RuntimeError(f"{' '.join(args)}: exit {p.returncode}: {p.stdout}{p.stderr}")
    return p.stdout


def wait(what, test, timeout=15):
    end = time.monotonic() + timeout
    while not test():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {timeout} s: {what}")
        time.sleep(0.05)


def connects(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def bound(port):
    """A UDP socket has this port."""
    with open("/proc/net/udp") as f:
        return f":{port:04X} " in f.read()


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as f:
        f.write(text)
    return os.path.join(folder, name)


RADIUSD = """
prefix = /usr
libdir = /usr/lib/freeradius
logdir = {0}
run_dir = {0}
raddbdir = {0}
security {{
	max_attributes = 200
	reject_delay = 0
}}
modules {{
	pap {{ }}
	files {{ usersfile = {0}/users }}
	always ok {{ rcode = ok }}
}}
client nas {{
	ipaddr = 127.0.0.1
	secret = lab
}}
server default {{
	listen {{
		type = auth
		ipaddr = 127.0.0.1
		port = 1812
	}}
	listen {{
		type = acct
		ipaddr = 127.0.0.1
		port = 1813
	}}
	authorize {{
		files
		pap
	}}
	authenticate {{
		Auth-Type PAP {{
			pap
		}}
	}}
	accounting {{
		ok
	}}
}}
"""


def radius(folder):
    """Refused, accepted, start, interim, stop; another user beside; packets of the address while the session lasts."""
    w = Wire(folder, "radius")
    write(folder, "radiusd.conf", RADIUSD.format(folder))
    write(folder, "users", f'"{USER}" Cleartext-Password := "open"\n\tFramed-IP-Address = {ADDRESS},\n\tSession-Timeout = 3600\n'
                           '"bob@isp.invalid" Cleartext-Password := "open"\n\tFramed-IP-Address = 10.64.0.8\n')
    w.start("freeradius", "-f", "-d", folder, "-n", "radiusd", "-l", os.path.join(folder, "radius.log"))
    run("ip", "address", "add", f"{ADDRESS}/32", "dev", "lo")
    wait("freeradius listens", lambda: bound(1812) and bound(1813))
    w.listen()
    common = 'NAS-IP-Address = 192.0.2.12\nNAS-Identifier = "bras-1"\nNAS-Port = 17\nNAS-Port-Id = "eth 0/1/7"\nCalling-Station-Id = "02-00-00-00-64-07"\n'

    def client(kind, port, text, ok=True):
        p = subprocess.run(["radclient", "-x", "-t", "3", "-r", "2", f"127.0.0.1:{port}", kind, "lab"], input=text, capture_output=True, text=True, timeout=20)
        if ok and p.returncode:
            raise RuntimeError(f"radclient {kind}: {p.stdout}{p.stderr}")

    def user(name, password):
        return f'User-Name = "{name}"\nUser-Password = "{password}"\n{common}'

    def account(status, more=""):
        return f'User-Name = "{USER}"\n{common}Acct-Status-Type = {status}\nAcct-Session-Id = "S-4711"\nFramed-IP-Address = {ADDRESS}\n{more}'

    def packet(text):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((ADDRESS, 0))
            s.sendto(text, ("127.0.0.1", 9999))

    packet(b"before the session")
    client("auth", 1812, user(USER, "wrong"), ok=False)
    client("auth", 1812, user("bob@isp.invalid", "open"))
    client("auth", 1812, user(USER, "open"))
    client("acct", 1813, account("Start"))
    packet(b"in the session")
    client("acct", 1813, account("Interim-Update", "Acct-Session-Time = 60\nAcct-Input-Octets = 1000\nAcct-Output-Octets = 2000\n"))
    packet(b"in the session")
    client("acct", 1813, account("Stop", "Acct-Session-Time = 90\nAcct-Input-Octets = 1500\nAcct-Output-Octets = 2500\nAcct-Terminate-Cause = User-Request\n"))
    packet(b"after the session")
    return w


def dhcp(folder):
    """A lease and its release, client and server in namespaces of their own."""
    w = Wire(folder, "dhcp", "lab0")
    other = subprocess.Popen(["unshare", "-n", "sleep", "60"])
    w.running.append(other)
    mine = os.readlink("/proc/self/ns/net")
    wait("second namespace", lambda: os.readlink(f"/proc/{other.pid}/ns/net") != mine)
    run("ip", "link", "add", "lab0", "type", "veth", "peer", "name", "lab1")
    run("ip", "link", "set", "lab1", "address", MAC)
    run("ip", "link", "set", "lab1", "netns", str(other.pid))
    run("ip", "address", "add", "10.65.0.1/24", "dev", "lab0")
    run("ip", "link", "set", "lab0", "up")
    there = ("nsenter", "-t", str(other.pid), "-n", "--")
    run(*there, "ip", "link", "set", "lab1", "up")
    w.listen()
    w.start("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=lab0", "--bind-interfaces", "--user=root", "--no-ping",
            "--dhcp-authoritative", "--dhcp-range=10.65.0.7,10.65.0.7,1h", "--dhcp-option=3,10.65.0.1", "--dhcp-option=6,10.65.0.53", f"--dhcp-leasefile={folder}/leases",
            f"--pid-file={folder}/dnsmasq.pid")
    wait("dnsmasq listens", lambda: bound(67))
    # renewal and release are sent from the address: what the script gets is set
    seen = os.path.join(folder, "lease.log")
    script = write(folder, "lease", f'#!/bin/sh\n[ "$1" != bound ] || ip address add "$ip/24" dev "$interface"\necho "$1" >>{seen}\n')
    os.chmod(script, 0o755)
    client = w.start(*there, "udhcpc", "-i", "lab1", "-f", "-n", "-t", "5", "-x", "hostname:lab-client", "-s", script)

    def told(word):
        return lambda: os.path.exists(seen) and word in open(seen).read()
    wait("lease", told("bound"))
    client.send_signal(signal.SIGUSR1)
    wait("renewal", told("renew"))
    client.send_signal(signal.SIGUSR2)
    wait("release", lambda: open(seen).read().count("deconfig") > 1)
    return w


RTP_PCAP = "/usr/share/sip-tester/dtmf_2833_1.pcap"
UAC = """<?xml version="1.0"?>
<scenario name="caller with media">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:bob@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: sip:bob@[local_ip]:[local_port]
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=bob 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000

]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rtd="true"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:bob@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<nop><action><exec play_pcap_audio="%s"/></action></nop>
<pause milliseconds="1500"/>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:bob@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200" crlf="true"/>
</scenario>
"""


def sip(folder):
    """Two calls to alice, one after the other, with telephone events as media when the package has them; SIP over UDP."""
    w = Wire(folder, "sip")
    w.listen()
    w.start("sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", "5060", "-mp", "16000", "-rtp_echo", "-nostdin")
    wait("sipp listens", lambda: bound(5060))
    args = ["-sn", "uac"]
    if os.path.exists(RTP_PCAP):
        args = ["-sf", write(folder, "uac.xml", UAC % RTP_PCAP)]
    run("sipp", *args, "127.0.0.1:5060", "-s", "alice", "-i", "127.0.0.1", "-p", "5062", "-mp", "18000", "-m", "2", "-l", "1", "-nostdin", cwd=folder)
    return w


def web(folder):
    """A page and a post, fetched by curl."""
    w = Wire(folder, "web")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"x" * 5000)
        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run("ip", "address", "add", "10.66.0.7/32", "dev", "lo")
    w.listen()
    run("curl", "-s", "-o", "/dev/null", "--interface", "10.66.0.7", "http://127.0.0.1:8080/page")
    run("curl", "-s", "-o", "/dev/null", "--interface", "10.66.0.7", "-d", "a=1", "http://127.0.0.1:8080/post")
    return w


def mail(folder):
    """A mail with an attachment through OpenSMTPD."""
    w = Wire(folder, "mail")
    conf = write(folder, "smtpd.conf", 'listen on lo port 25 hostname mx.lab.invalid\naction "drop" mda "cat >/dev/null" user nobody\n'
                                       'match from any for any action "drop"\n')
    w.start("smtpd", "-d", "-f", conf)
    wait("smtpd listens", lambda: connects(25))
    w.listen()
    part = write(folder, "part", "an attachment\n")
    run("ip", "address", "add", "10.67.0.7/32", "dev", "lo")
    run("swaks", "--server", "127.0.0.1", "--local-interface", "10.67.0.7", "--from", MAIL[0], "--to", MAIL[1], "--header", f"Subject: {MAIL[2]}",
        "--body", "Good day.", "--attach", f"@{part}", "--helo", "client.lab.invalid")
    wait("the mail is delivered, not queued", lambda: "result=Ok" in open(f"{folder}/smtpd.log").read())
    return w


def main(kind, folder):
    w = None
    try:
        w = {"radius": radius, "dhcp": dhcp, "sip": sip, "web": web, "mail": mail}[kind](folder)
    finally:
        if w:
            w.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
