# SPDX-License-Identifier: Apache-2.0
"""The stage of a browser test: the real mdfd with REST, web folder and agency door, persons with keys, mdf-ne and mdf-lemf; in front of it
Chromium, driven by NAME.mjs (see harness.mjs).  A test is two files:

    test_NAME.py   import stage; stage.main("NAME", lambda s: s.provision())
    NAME.mjs       import { test, as, stage, run } from "./harness.mjs"; test("...", async () => {...}); await run();

The browser's side asks for what must happen on the stage with `await stage.DO({...})`; DO is a method of Stage that begins with "do_" here, or a
function that test_NAME.py declares with @stage.command.  Every answer is JSON.

Skipped, with the reason, when Node 18, npm, Chromium or the built UI are missing; OPENMDF_WEB=must makes that a failure, OPENMDF_WEB=skip skips.
OPENMDF_WEB_DIST: a built UI elsewhere than in the build folder.  TEST_ONLY=text runs some tests.  LAB_KEEP=1 keeps the laboratory.
"""

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")), "tests", "flow"))
import tap  # noqa: E402
import people as lab_people  # noqa: E402
from lab import LabError, free_port, wait_for  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
NPM = os.path.join(tap.BUILD, "tests", "web", "npm")
DIST = os.environ.get("OPENMDF_WEB_DIST") or os.path.join(tap.BUILD, "web", "dist")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "kolibri 7 wohnt hinter Saturn"
FROM, UNTIL = "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"
commands = {}


def command(f):
    """Decorator: FUNCTION(stage, **args) can be asked for by the browser's side under its name."""
    commands[f.__name__] = f
    return f


def missing():
    """Why browser tests cannot run here, or None; fetches the two npm packages when they are not there."""
    for program in ("node", "npm", CHROMIUM):
        if not shutil.which(program):
            return f"no {os.path.basename(program)}"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0] or 0) < 18:
        return f"Node {version} is too old, 18 is needed"
    if not os.path.exists(os.path.join(DIST, "index.html")):
        return f"the web UI is not built ({DIST}/index.html is not there)"
    return packages()


def packages():
    mark = hashlib.sha256(open(os.path.join(HERE, "package-lock.json"), "rb").read()).hexdigest()
    stamp = os.path.join(NPM, "stamp")
    if os.path.exists(stamp) and open(stamp).read() == mark:
        return None
    os.makedirs(NPM, exist_ok=True)
    for f in ("package.json", "package-lock.json"):
        shutil.copyfile(os.path.join(HERE, f), os.path.join(NPM, f))
    p = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=2", "--fetch-timeout=60000"], cwd=NPM, capture_output=True, text=True)
    if p.returncode != 0:
        return "npm ci: " + next((line for line in p.stderr.splitlines() if "error" in line), "failed")
    with open(stamp, "w") as f:
        f.write(mark)
    return None


def spki_pin(crt):
    der = subprocess.run(f"openssl x509 -in {crt} -pubkey -noout | openssl pkey -pubin -outform DER", shell=True, capture_output=True, check=True).stdout
    return hashlib.sha256(der).hexdigest()


def run_node(script, facts, obey, cwd):
    """Relays the TAP lines of SCRIPT and does what it asks for: (number of results, exit code)."""
    node = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "STAGE": json.dumps(facts)}, cwd=cwd)
    count = 0
    try:
        for line in node.stdout:
            if not line.startswith("@"):
                print(line, end="", flush=True)
                count += line.startswith(("ok ", "not ok "))
                continue
            ask = json.loads(line[1:])
            try:
                answer = {"answer": obey(ask)}
            except Exception as e:
                tap.note(traceback.format_exc())
                answer = {"error": str(e)}
            node.stdin.write(json.dumps({"id": ask["id"], **answer}) + "\n")
            node.stdin.flush()
        return count, node.wait()
    finally:
        if node.poll() is None:
            node.terminate()
            node.wait(10)


def browser_facts():
    """Where the browser's side finds its programs and puts its pictures."""
    return {"chromium": CHROMIUM, "npm": os.path.abspath(NPM), "shots": os.path.abspath(os.path.join(tap.BUILD, "tests", "web", "shots")),
            "references": os.path.join(HERE, "shots")}


def skip_or_go():
    """Ends the program where browser tests cannot run."""
    if os.environ.get("OPENMDF_FLOW") == "skip" or os.environ.get("OPENMDF_WEB") == "skip":
        print("1..0 # SKIP OPENMDF_FLOW or OPENMDF_WEB is skip", flush=True)
        sys.exit(0)
    why = missing()
    if why:
        must = os.environ.get("OPENMDF_WEB") == "must"
        print(f"1..1\nnot ok 1 - browser tests can run # {why}" if must else f"1..0 # SKIP {why}", flush=True)
        sys.exit(1 if must else 0)


class Stage:
    def __init__(self, lemfs=("lemf-a", "lemf-b"), nes=("ne1", "ne2"), people=None, later=None, env=None, **conf):
        self.lab = lab = tap.Lab(tap.BUILD)
        self.uris, self.used, self.traffic, self.xids = {}, {}, {}, {}
        try:
            lab.make_pki(nes=nes, lemfs=lemfs)
            p = lab.pki.path
            for ca in ("rest", "agency"):
                lab.pki.ca(ca)
                lab.pki.issue(ca, "mdf", "DNS:mdf.lab.example,DNS:localhost,IP:127.0.0.1", "serverAuth")
            for who in ("lia", "lea", "stranger"):
                lab.pki.issue("agency", who, f"DNS:{who}.lab.example", "clientAuth")
            for name in lemfs:
                lab.lemf(name, control=True)
            self.crowd = lab_people.People(lab, people, later)
            self.port, self.agency_port = free_port(), free_port()
            rest = {"rest__address": "127.0.0.1", "rest__port": self.port, "rest__cert": p("rest", "mdf.crt"), "rest__key": p("rest", "mdf.key"), "rest__ca": p("rest", "ca.crt")}
            rest.update({"rest__web": os.path.abspath(DIST), "rest__agency_address": "127.0.0.1", "rest__agency_port": self.agency_port,
                         "rest__agency_cert": p("agency", "mdf.crt"), "rest__agency_key": p("agency", "mdf.key"), "rest__agency_ca": p("agency", "ca.crt")})
            lab.configure(top__lab=True, log__second=os.path.join(lab.dir, "heads"), log__origin="lab.example/audit", **{**rest, **self.crowd.conf, **conf})
            os.makedirs(os.path.join(lab.dir, "heads"), exist_ok=True)
            self.crowd.start(env=env)
            for h in list(self.crowd.rest):
                self.two("sam", "bob", "person.add", {"handle": h, "roles": [self.crowd.first[h][0]]})
        except BaseException:
            lab.keep = True
            lab.close()
            raise

    def facts(self):
        """What the browser's side knows from the beginning."""
        p = self.lab.pki.path
        return {
            "base": f"https://127.0.0.1:{self.port}", "agency": f"https://127.0.0.1:{self.agency_port}",
            "keys": {h: self.crowd.path(f"{h}.key") for h in self.crowd.all}, "roles": {h: r[0] for h, r in self.crowd.all.items()},
            "certs": {h: {"cert": p("agency", f"{h}.crt"), "key": p("agency", f"{h}.key")} for h in ("lia", "lea", "stranger")},
            "dir": self.lab.dir, "password": PASSWORD, **browser_facts(),
        }

    # -- operations
    def call(self, person, op, args=None):
        return lab_people.People.must(self.crowd.call(person, op, args))

    def two(self, first, second, op, args):
        return self.crowd.two(first, second, op, args)

    def submit(self, person, op, args):
        """The first signature alone; the answer names the approval."""
        plan = self.call(person, op, {**args, "plan": True})
        return self.call(person, op, {**args, "signature": self.crowd.sign(person, plan["doc"])})

    def provision(self, agencies=("a", "b"), liaisons=True, nes=("ne1",)):
        """NEs; per letter an agency lea-X with the destination lemf-X; lia and lea are the liaisons of lea-a and lea-b."""
        for n in nes:
            self.two("sam", "bob", "ne.add", {"ne": n, "san": f"{n}.lab.example"})
        for a in agencies:
            self.two("sam", "bob", "lea.add", {"lea": f"lea-{a}", "country": "NL"})
            self.two("sam", "bob", "destination.add", {"destination": f"lemf-{a}", "lea": f"lea-{a}", "addresses": [f"127.0.0.1:{self.lab.lemfs[f'lemf-{a}']['port']}"],
                                                       "server_name": f"lemf-{a}.lab.example", "options": {"barrier_ms": 50, "backoff_max_ms": 500}})
        if liaisons:
            for handle, a in zip(("lia", "lea"), agencies, strict=False):
                self.two("sam", "bob", "person.add", {"handle": handle, "roles": ["liaison"], "lea": f"lea-{a}"})
                self.two("sam", "bob", "person.set", {"handle": handle, "pin": [spki_pin(self.lab.pki.path("agency", f"{handle}.crt"))]})
        self.crowd.ctl("alice", "wait", "--for", "connected", "--timeout", "20")

    def warrant(self, liid, lea="lea-a", state="active", first="alice", second="bob", **more):
        """A warrant of alice; STATE draft, submitted (waits for the second person) or active.  {"uuid", "xid", "approval"}."""
        hi = lea.replace("lea-", "lemf-")
        xid = more.pop("xid", None) or tap.new_xid()
        args = {"liid": liid, "lea": lea, "delivery": "both", "xid": [xid], "from": FROM, "until": UNTIL, "hi2": hi, "hi3": hi, "operator_id": "LAB-CSP", "auth_cc": "NL",
                "delivery_cc": "NL", **more}
        self.call(first, "warrant.add", args)
        out = {"uuid": self.call(first, "warrant.show", {"warrant": liid})["uuid"], "xid": xid, "approval": None}
        if state != "draft":
            out["approval"] = self.submit(first, "warrant.submit", {"warrant": liid})["approval"]
        if state == "active":
            self.crowd.approve(second, out["approval"])
        self.xids[liid] = xid
        return out

    # -- what the browser's side may ask for
    def do_call(self, person, op, args=None):
        """An operation on the control socket, logged in as PERSON: {"ok", "result" | "error"}."""
        return self.crowd.call(person, op, args)

    def do_must(self, person, op, args=None):
        return self.call(person, op, args)

    def do_two(self, op, args, first="sam", second="bob"):
        return self.two(first, second, op, args)

    def do_submit(self, person, op, args):
        return self.submit(person, op, args)

    def do_approve(self, person, approval):
        return self.crowd.approve(person, approval)

    def do_warrant(self, liid, **more):
        return self.warrant(liid, **more)

    def do_ctl(self, args, person=None):
        """mdfctl as PERSON: {"code", "out"}."""
        code, out = self.lab.ctl(*(self.crowd.args(person) if person else []), *args, check=False)
        return {"code": code, "out": out}

    def do_lemf_stop(self, name, kill=False):
        self.lab.stop_lemf(name, signal.SIGKILL if kill else signal.SIGTERM)

    def do_lemf_start(self, name):
        self.lab.lemf(name, control=True)

    def do_lemf(self, name, line):
        """A line to the control socket of mdf-lemf."""
        return self.lab.lemf_control(name, line)

    def do_pdus(self, liid=None, xid=None, ne="ne1", calls=1, rtp=20):
        """A SIP call and RTP for the warrant, to their end; the summary of mdf-ne."""
        return self.lab.ne(ne, xid=xid or self.xids[liid], generate=[f"format=sip,count={12 * calls}", f"format=rtp,count={rtp},rate=1000"])

    def do_traffic_start(self, liid=None, xid=None, ne="ne1", rate=20, seconds=3600, name="traffic"):
        """Steady traffic in the background."""
        self.traffic[name] = self.lab.ne_background(ne, log=f"mdf-ne-{name}.log", xid=xid or self.xids[liid], generate=f"format=rtp,count={rate * seconds},rate={rate}")

    def do_traffic_stop(self, name="traffic"):
        p = self.traffic.pop(name)
        p.send_signal(signal.SIGTERM)
        p.wait(20)

    def do_mdfd_stop(self):
        return self.lab.stop()

    def do_mdfd_start(self):
        self.lab.start(wait=False)
        self.crowd.wait_ready()

    def do_mdfd_restart(self):
        self.do_mdfd_stop()
        self.do_mdfd_start()

    def do_kill_role(self, role, lea=None):
        """kill -9 of a role of mdfd; returns at once, the parent starts it again."""
        rows = self.call("alice", "status")["roles"]
        pids = [r["pid"] for r in rows if r["role"] == role and (lea is None or r["name"] == lea)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return pids

    def do_many(self, n=100000, lea="lea-a", prefix="MANY", until=UNTIL, person="alice"):
        """N drafts, through the import of warrants."""
        hi = lea.replace("lea-", "lemf-")
        with lab_people.Connection(self.crowd) as c:
            c.s.settimeout(300)
            c.login(person)
            for at in range(0, n, 500):
                lab_people.People.must(c.call("warrant.import", {"items": [
                    {"liid": f"{prefix}-{i:06d}", "lea": lea, "delivery": "both", "xid": tap.new_xid(), "from": FROM, "until": until, "hi2": hi, "hi3": hi, "reference": f"ref {i}"}
                    for i in range(at, min(n, at + 500))]}))
        return n

    def do_password(self, person):
        """Invites PERSON and accepts: from then on PASSWORD and a one-time password let them in."""
        code = self.call("sam", "person.invite", {"handle": person})["code"]
        self.uris[person] = lab_people.People.must(self.crowd.call(None, "person.accept", {"handle": person, "code": code, "password": PASSWORD}))["totp"]
        return {"password": PASSWORD}

    def do_totp(self, person):
        """A one-time password that was not used yet: waits for the next one where it was."""
        secret = base64.b32decode(self.uris[person].split("secret=")[1].split("&")[0])
        step = wait_for("the next one-time password", lambda: next((s for s in [int(time.time()) // 30] if s > self.used.get(person, 0)), None), 40, 0.2)
        self.used[person] = step
        h = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
        at = h[-1] & 15
        return f"{(struct.unpack('>I', h[at:at + 4])[0] & 0x7fffffff) % 10**6:06d}"

    def do_audit(self, **want):
        """Rows of the audit log with these values."""
        return [r for r in self.crowd.ctl("ada", "audit", "list") if all(r.get(k) == v for k, v in want.items())]

    def do_log(self):
        with open(os.path.join(self.lab.dir, "mdfd.log"), errors="replace") as f:
            return f.read()

    def do_lemf_pdus(self, name):
        """How many IRI and CC a LEMF has, resends included."""
        return len(tap.lemf_pdus(self.lab, name))

    def do_drained(self):
        self.crowd.ctl("alice", "wait", "--for", "idle", "--timeout", "30")

    # -- the browser's side
    def obey(self, ask):
        f = getattr(self, "do_" + ask["do"], None)
        if f is None and ask["do"] not in commands:
            raise LabError(f"the stage cannot {ask['do']}")
        return f(**ask["args"]) if f else commands[ask["do"]](self, **ask["args"])

    def run(self, script):
        return run_node(script, self.facts(), self.obey, self.lab.dir)

    def close(self, failed):
        self.lab.keep = self.lab.keep or failed
        self.lab.quiet = not failed
        self.lab.close()


def main(name, prepare=None, **options):
    """Set the stage (PREPARE: with the Stage, before the browser starts; OPTIONS: of Stage), run NAME.mjs, take everything down, exit."""
    skip_or_go()
    failed, s = True, None
    try:
        s = Stage(**options)
        if prepare:
            prepare(s)
        count, code = s.run(os.path.join(HERE, f"{name}.mjs"))
        good = tap._run(count + 1, "mdfd stops in order; no sanitizer and no assertion spoke", lambda: tap._end(s.lab, None))
        print(f"1..{count + 1}", flush=True)
        failed = code != 0 or not good
    except Exception:
        print("Bail out! the stage cannot be set", flush=True)
        tap.note(traceback.format_exc())
    finally:
        if s:
            s.close(failed)
    sys.exit(1 if failed else 0)
