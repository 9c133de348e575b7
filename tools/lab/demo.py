# SPDX-License-Identifier: Apache-2.0
"""./quickstart demo: a real call and real web traffic of one target, through the real mdfd, to two agencies; one of them fails in the middle.

Everything is throwaway: certificates, state, traffic.  A capture given with --capture is used instead of traffic made here.
"""

import argparse
import glob
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab as lablib  # noqa: E402
from office import Office  # noqa: E402
from showroom import MORE, Showroom, wait_pdus  # noqa: E402

TARGET_IP, PEER_IP, WEB_IP = "127.0.0.2", "127.0.0.3", "127.0.0.9"
SIP_PORT, WEB_PORT, DNS_PORT = 15060, 18080, 15353
TARGET_SIP = "sip:alice@lab.example"

UAC = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="call with G.711 audio">
<send retrans="500"><![CDATA[
INVITE sip:bob@lab.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Alice" <sip:alice@lab.example>;tag=a[call_number]
To: <sip:bob@lab.example>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:alice@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=alice 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rtd="true"/>
<send><![CDATA[
ACK sip:bob@lab.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Alice" <sip:alice@lab.example>;tag=a[call_number]
To: <sip:bob@lab.example>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<nop><action><exec play_pcap_audio="@AUDIO@"/></action></nop>
<pause milliseconds="8500"/>
<send retrans="500"><![CDATA[
BYE sip:bob@lab.example SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Alice" <sip:alice@lab.example>;tag=a[call_number]
To: <sip:bob@lab.example>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""

began = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - began:5.1f}s] {text}", flush=True)


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (f"page {self.path}\n" * 2000).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def root(args):
    """Capturing and raw sockets need root; a user with sudo is asked for it once by sudo itself."""
    if os.geteuid() == 0:
        return args
    if shutil.which("sudo") is None:
        raise lablib.LabError("capturing on loopback needs root or sudo; or give a capture file: ./quickstart demo FILE")
    return ["sudo", *args]


class Traffic:
    """A SIP call with RTP, HTTP and DNS on loopback, captured with tcpdump."""

    def __init__(self, lab):
        self.lab = lab
        self.pcap = os.path.join(lab.dir, "capture.pcap")

    def make(self):
        lab = self.lab
        audio = "/usr/share/sip-tester/g711a.pcap"
        if not os.path.exists(audio):
            raise lablib.LabError(f"{audio} is missing: install sip-tester")
        scenario = os.path.join(lab.dir, "uac.xml")
        with open(scenario, "w") as f:
            f.write(UAC.replace("@AUDIO@", audio))
        dump = lab.spawn(root(["tcpdump", "-i", "lo", "-s", "0", "-U", "-w", self.pcap, f"host {TARGET_IP}"]), "tcpdump.log")
        lablib.wait_for("tcpdump captures", lambda: os.path.exists(self.pcap) and os.path.getsize(self.pcap) >= 24)
        uas = lab.spawn(["sipp", "-sn", "uas", "-i", PEER_IP, "-p", str(SIP_PORT), "-mi", PEER_IP, "-rtp_echo", "-m", "1", "-nostdin"], "uas.log")
        time.sleep(0.3)
        uac = lab.spawn(root(["sipp", "-sf", scenario, f"{PEER_IP}:{SIP_PORT}", "-i", TARGET_IP, "-p", str(SIP_PORT + 1), "-mi", TARGET_IP, "-m", "1",
                              "-nostdin"]), "uac.log")
        self.web()
        if uac.wait(40) != 0:
            raise lablib.LabError(f"the call failed; see {lab.dir}/uac.log")
        time.sleep(0.5)
        lablib.stop_process(dump, signal.SIGINT)
        dump.wait(10)
        uas.kill()
        return self.pcap

    def web(self):
        server = http.server.ThreadingHTTPServer((WEB_IP, WEB_PORT), Web)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        dns = self.lab.spawn(["dnsmasq", "-k", "-p", str(DNS_PORT), "-a", WEB_IP, "-z", "-R", "-h", "--pid-file=", "-C", "/dev/null", "-u",
                              "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody"), "-A", f"/lab.example/{WEB_IP}"], "dnsmasq.log")
        for i in range(6):
            subprocess.run(["dig", f"@{WEB_IP}", "-p", str(DNS_PORT), "-b", TARGET_IP, "+time=1", "+tries=2", "+short", f"www{i}.lab.example"],
                           stdout=subprocess.DEVNULL, check=False)
            subprocess.run(["curl", "-s", "-o", "/dev/null", "--interface", TARGET_IP, f"http://{WEB_IP}:{WEB_PORT}/{i}"], check=False)
            time.sleep(0.2)
        dns.terminate()
        server.shutdown()


def table(rows, head):
    widths = [max(len(str(r[i])) for r in [head, *rows]) for i in range(len(head))]

    def line(r):
        return "  " + "  ".join(str(c).ljust(w) if i == 0 else str(c).rjust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True)))
    print(line(head))
    print("  " + "  ".join("-" * w for w in widths))
    for r in rows:
        print(line(r))


def provision(lab, office, xid, nes):
    """Everything that starts or widens is asked for by one person and approved by bob; both sign."""
    for ne in nes:
        office.two("sam", "ne", "add", ne, "--san", f"{ne}.lab.example")
    for a in "ab":
        office.two("sam", "lea", "add", f"lea-{a}", "--country", "NL")
        office.two("sam", "destination", "add", f"lemf-{a}", "--lea", f"lea-{a}", "--addresses", f"127.0.0.1:{lab.lemfs[f'lemf-{a}']['port']}",
                   "--server-name", f"lemf-{a}.lab.example")
        liid = f"DEMO-{a.upper()}-2026-01"
        office.ctl("alice", "warrant", "add", "--liid", liid, "--lea", f"lea-{a}", "--delivery", "both", "--from", "2026-01-01T00:00:00+01:00",
                   "--until", "2036-01-01T00:00:00+01:00", "--xid", xid, "--hi2", f"lemf-{a}", "--hi3", f"lemf-{a}", "--operator-id", "DEMO-CSP",
                   "--auth-cc", "NL", "--delivery-cc", "NL", "--ne", ",".join(nes))
        office.two("alice", "warrant", "submit", liid)
    office.ctl("alice", "wait", "--for", "connected", "--timeout", "10")


def replay(lab, pcap, xid, targets):
    """The capture as X2 and X3; LEMF B is killed in the middle and comes back."""
    ledger = os.path.join(lab.dir, "ne-ledger.jsonl")
    ne = lab.ne_background("ne1", xid=xid, pcap=pcap, target=targets, speed=2, now=True, keepalive=1, ledger=ledger)
    time.sleep(2)
    say("LEMF B is killed (kill -9); agency A must notice nothing, agency B must lose nothing")
    lab.stop_lemf("lemf-b", 9)
    time.sleep(2.5)
    lab.lemf("lemf-b")
    say("LEMF B is back")
    if ne.wait(120) != 0:
        raise lablib.LabError(f"mdf-ne: not everything was acknowledged; see {lab.dir}/mdf-ne-ne1.log")
    with open(os.path.join(lab.dir, "mdf-ne-ne1.log")) as f:
        text = f.read()
    return json.loads(text[text.index("{"):])


def report(lab, office, sent):
    st = office.ctl("alice", "status")
    print()
    print("Network element: offered", sent["offered"], "PDUs (X2", sum(sent["pdus"].get("x2", {}).values()), "/ X3", sum(sent["pdus"].get("x3", {}).values()),
          "), acknowledged", sent["acked"])
    print("\nPer warrant: received = delivered + waiting + dropped(reason)")
    rows = []
    ok = True
    for w in sorted(st["warrants"], key=lambda w: w["lea"]):
        dropped = {"duplicate": w["duplicate"], "out-of-scope": w["out_of_scope"], "rejected": w["rejected"], "shed": w["shed"]}
        drop = ", ".join(f"{k} {v}" for k, v in dropped.items() if v) or "0"
        good = w["received"] == w["delivered"] + w["waiting"] + sum(dropped.values())
        ok = ok and good
        rows.append([w["liid"], w["lea"], w["received"], w["delivered"], w["waiting"], drop, "yes" if good else "NO"])
    table(rows, ["LIID", "LEA", "received", "delivered", "waiting", "dropped", "adds up"])
    print("\nWhat each LEMF got")
    rows = []
    for n in ("lemf-a", "lemf-b"):
        r = lab.lemf_report(n)["session"]
        iri, cc = (sum(s[k]["records"] - s[k]["duplicates"] for s in r) for k in ("iri", "cc"))
        rows.append([n, len(r), len({s["cin"] for s in r}), iri, cc, iri + cc,
                     *(sum(s["iri"][k] + s["cc"][k] for s in r) for k in ("missing", "duplicates", "conflicts"))])
        ok = ok and rows[-1][6] == 0 and rows[-1][8] == 0
    table(rows, ["LEMF", "sessions", "CINs", "IRI", "CC", "records", "gaps", "duplicates", "conflicts"])
    print("  (a duplicate is a PDU sent again, octet for octet, after LEMF B came back: the receiver recognises it by its number)")
    delivered = {w["lea"]: w["delivered"] for w in st["warrants"]}
    ok = ok and all(r[5] == delivered["lea-" + r[0][-1]] for r in rows) and all(w["waiting"] == 0 for w in st["warrants"])
    return ok


def proof(lab, office, out):
    """The audit log, read by a program that needs neither mdfd nor its database; a report for paper."""
    os.makedirs(out, exist_ok=True)
    log, pdf = os.path.join(out, "audit.log"), os.path.join(out, "completeness.pdf")
    office.ctl("sam", "audit", "export", "--file", log)
    args = ["--key", os.path.join(lab.dir, "state", "log.vkey"), "--heads", *glob.glob(os.path.join(office.path("heads"), "*.heads")), log]
    p = subprocess.run([lab.exe("mdf-verify"), *args], capture_output=True, text=True)
    print("\nWhat happened, as anyone can check it")
    print("  mdf-verify " + " ".join(args))
    for line in (p.stdout + p.stderr).splitlines():
        print("    " + line)
    office.ctl("alice", "report", "make", "R6", "--format", "pdf", "--output", pdf)
    print(f"  {pdf}  ({os.path.getsize(pdf)} octets)")
    return p.returncode == 0


def keep(room, people, xid, seconds):
    """The system goes on, with something in it to look at and to do."""
    say("entering more people, warrants and a link that is down, for the web UI")
    room.people(people)
    room.furnish(xid)
    ne = room.traffic(xid)
    wait_pdus(people, "DEMO-A-2026-01", 10)
    room.describe()
    room.stay(seconds, {"mdfd": room.lab.mdfd, "mdf-ne": ne})
    say("ending")
    ne.send_signal(signal.SIGTERM)
    ne.wait(20)


def export(lab, out):
    print("\nExported for Wireshark")
    for n in ("lemf-a", "lemf-b"):
        folder = os.path.join(out, n)
        os.makedirs(folder, exist_ok=True)
        subprocess.run([lab.exe("mdf-lemf"), "export", lab.lemfs[n]["dir"], "--out", folder, "--wav"], check=True, stdout=subprocess.DEVNULL)
        for f in sorted(os.listdir(folder)):
            print(f"  {os.path.join(folder, f)}  ({os.path.getsize(os.path.join(folder, f))} octets)")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--build", required=True, help="build folder")
    ap.add_argument("--capture", help="pcap file to use instead of traffic made here")
    ap.add_argument("target", nargs="*", help=f"target in the capture (ip:, mac:, sip:, tel:); default ip:{TARGET_IP} and {TARGET_SIP}")
    ap.add_argument("--out", help="folder for the pcapng files (default: the laboratory's)")
    ap.add_argument("--keep", nargs="?", type=int, const=0, metavar="SECONDS", help="go on running with REST, web UI and agency door, until Ctrl-C or for SECONDS")
    a = ap.parse_args()
    targets = a.target or [f"ip:{TARGET_IP}", TARGET_SIP]
    if a.capture and not os.path.isfile(a.capture):
        sys.exit(f"demo: {a.capture}: no such capture file")
    with lablib.Lab(a.build, keep=True, quiet=False) as lab:
        if a.capture:
            pcap = os.path.abspath(a.capture)
            if not a.target:
                targets = capture_targets(pcap)
            say(f"using {a.capture}, target {', '.join(targets)}")
        else:
            say("making real traffic on loopback: a SIP call with G.711 audio, HTTP and DNS (about 10 s)")
            pcap = Traffic(lab).make()
            say(f"captured {os.path.getsize(pcap)} octets")
        lab.make_pki(nes=("ne1",))
        room = Showroom(lab, os.path.join(a.build, "web", "dist")) if a.keep is not None else None
        people = Office(lab, MORE if room else None)
        lab.configure(**people.conf, **(room.conf if room else {}))
        lab.lemf("lemf-a")
        lab.lemf("lemf-b")
        lab.start(wait=False)
        people.open()
        say("mdfd runs: parent, admin, ingest; two LEMFs listen; sam, alice and bob are enrolled, their keys in a list that the root key signed")
        xid = lablib.new_xid()
        provision(lab, people, xid, ["ne1"])
        say("two signatures each: NE ne1, agencies lea-a and lea-b, a destination and a warrant each, both on XID " + xid)
        sent = replay(lab, pcap, xid, targets)
        people.ctl("alice", "wait", "--for", "idle", "--timeout", "30")
        time.sleep(0.5)
        say("everything is delivered")
        ok = report(lab, people, sent)
        ok = proof(lab, people, a.out or os.path.join(lab.dir, "export")) and ok
        if room:
            keep(room, people, xid, a.keep)
        lab.stop()
        for n in ("lemf-a", "lemf-b"):
            lab.stop_lemf(n)
        export(lab, a.out or os.path.join(lab.dir, "export"))
        print()
        say("OK: nothing lost, everything accounted for" if ok else "NOT OK: see the figures above")
        return 0 if ok else 1


def tshark(pcap, *args):
    return subprocess.run(["tshark", "-r", pcap, *args], capture_output=True, text=True, check=False).stdout.splitlines()


def capture_targets(pcap):
    """Without --target: the caller of the first call and its address, else the address with most packets."""
    for line in tshark(pcap, "-Y", 'sip.Method == "INVITE"', "-c", "2000", "-T", "fields", "-e", "ip.src", "-e", "sip.from.addr"):
        f = line.split("\t")
        if len(f) == 2 and f[0] and f[1]:
            return [f"ip:{f[0].split(',')[0]}", f[1].split(",")[0]]
    best = None
    for line in tshark(pcap, "-q", "-z", "endpoints,ip"):
        f = line.split()
        if len(f) >= 2 and f[0].count(".") == 3 and f[1].isdigit() and (best is None or int(f[1]) > best[0]):
            best = (int(f[1]), f[0])
    if best is None:
        raise lablib.LabError(f"{pcap}: no IPv4 packets found; name the target: ./quickstart demo FILE ip:ADDRESS")
    return [f"ip:{best[1]}"]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (lablib.LabError, subprocess.SubprocessError, OSError) as e:
        sys.exit(f"demo: {e}")
