# SPDX-License-Identifier: Apache-2.0
"""A laboratory on loopback: throwaway certificates and state in a temporary folder, the real mdfd between mdf-ne and mdf-lemf.

Used by the demo, the flow tests and the benchmark.  Nothing here runs in production.  All processes end with the lab.
"""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

OPENSSL_CNF = """
[ca]
default_ca = lab
[lab]
dir = .
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir
default_md = sha256
default_crl_days = 30
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
[v3_ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


for _folder in ("/usr/sbin", "/sbin"):  # haproxy, dnsmasq: not in the PATH of every user
    if _folder not in os.environ.get("PATH", "").split(":"):
        os.environ["PATH"] = os.environ.get("PATH", "/usr/bin") + ":" + _folder


class LabError(Exception):
    pass


def free_port(address="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def wait_for(what, test, timeout=10.0, interval=0.02):
    """Poll TEST until it gives something true; that is returned.  LabError names WHAT after TIMEOUT seconds."""
    end = time.monotonic() + timeout
    while True:
        r = test()
        if r:
            return r
        if time.monotonic() > end:
            raise LabError(f"not within {timeout} s: {what}")
        time.sleep(interval)


def stop_process(p, sig, group=False):
    """Signal a process of ours (GROUP: and its children); one that runs under sudo is signalled with sudo."""
    try:
        if group:
            os.killpg(p.pid, sig)
        else:
            p.send_signal(sig)
    except PermissionError:
        subprocess.run(["sudo", "-n", "sh", "-c", f"kill -{int(sig)} -- {-p.pid if group else p.pid}"], stderr=subprocess.DEVNULL, check=False)


class Pki:
    """Throwaway CAs, one per interface type, with the openssl command."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def _run(self, cwd, *args):
        p = subprocess.run(["openssl", *args], cwd=cwd, capture_output=True, text=True)
        if p.returncode != 0:
            raise LabError(f"openssl {args[0]}: {p.stderr.strip()}")

    def ca(self, name):
        d = os.path.join(self.folder, name)
        os.makedirs(d, exist_ok=True)
        with open(os.path.join(d, "openssl.cnf"), "w") as f:
            f.write(OPENSSL_CNF)
        open(os.path.join(d, "index.txt"), "w").close()
        for n in ("serial", "crlnumber"):
            with open(os.path.join(d, n), "w") as f:
                f.write("1000\n")
        self._run(d, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key",
                  "-out", "ca.crt", "-days", "30", "-subj", f"/CN={name}", "-config", "openssl.cnf", "-extensions", "v3_ca")
        self.crl(name)
        return os.path.join(d, "ca.crt")

    def crl(self, ca):
        d = os.path.join(self.folder, ca)
        self._run(d, "ca", "-config", "openssl.cnf", "-gencrl", "-keyfile", "ca.key", "-cert", "ca.crt", "-out", "ca.crl.new")
        os.replace(os.path.join(d, "ca.crl.new"), os.path.join(d, "ca.crl"))
        return os.path.join(d, "ca.crl")

    def issue(self, ca, name, san, usage="clientAuth", start=None, end=None, newkey=("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")):
        """A certificate; returns (crt, key).  SAN like "DNS:ne1.example".  START, END: openssl time stamps (YYYYMMDDHHMMSSZ)."""
        d = os.path.join(self.folder, ca)
        with open(os.path.join(d, f"{name}.ext"), "w") as f:
            f.write(f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage={usage}\nsubjectAltName={san}\n")
        self._run(d, "req", "-new", "-newkey", *newkey, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
                  "-config", "openssl.cnf")
        when = ["-days", "30"] if end is None else ["-startdate", start or "20200101000000Z", "-enddate", end]
        self._run(d, "ca", "-batch", "-notext", "-config", "openssl.cnf", "-keyfile", "ca.key", "-cert", "ca.crt", "-in", f"{name}.csr",
                  "-out", f"{name}.crt", "-extfile", f"{name}.ext", *when)
        return os.path.join(d, f"{name}.crt"), os.path.join(d, f"{name}.key")

    def revoke(self, ca, crt):
        d = os.path.join(self.folder, ca)
        self._run(d, "ca", "-config", "openssl.cnf", "-keyfile", "ca.key", "-cert", "ca.crt", "-revoke", crt)
        return self.crl(ca)

    def path(self, ca, name):
        return os.path.join(self.folder, ca, name)


class Lab:
    def __init__(self, build, folder=None, keep=False, quiet=True, net=None):
        """NET: where mdfd, mdf-ne and mdf-lemf run: net.prefix(PROGRAM) goes before a command, net.address[SERVER] is where it listens."""
        self.net = net
        self.build = os.path.abspath(build)
        self.own_folder = folder is None
        self.dir = folder or tempfile.mkdtemp(prefix="openmdf-lab-")
        os.makedirs(self.dir, exist_ok=True)
        self.keep = keep or bool(os.environ.get("LAB_KEEP"))
        self.quiet = quiet
        self.processes = []
        self.faked = []  # of them: those under libfaketime
        self.lemfs = {}
        self.mdfd = None
        self.who = []  # options of mdfctl that say who calls, see people.py
        self.pki = Pki(os.path.join(self.dir, "pki"))
        self.port = free_port()
        self.socket = os.path.join(self.dir, "run", "mdfctl.sock")
        atexit.register(self.close)

    # -- programs
    def exe(self, name):
        where = {"mdfd": "mf", "mdfctl": "admin", "mdf-ne": "tools", "mdf-lemf": "tools", "mdf-verify": "tools"}[name]
        p = os.path.join(self.build, where, name)
        if not os.access(p, os.X_OK):
            raise LabError(f"{p} is not there: build first (./quickstart build)")
        return p

    def where(self, program):
        return self.net.prefix(program) if self.net else []

    def address(self, server):
        """Where mdfd or mdf-lemf listens."""
        return self.net.address[server] if self.net else "127.0.0.1"

    def spawn(self, args, log, **kw):
        f = open(os.path.join(self.dir, log), "ab")
        p = subprocess.Popen(args, stdout=f, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.dir, start_new_session=True, **kw)
        f.close()
        self.processes.append(p)
        if "faketime" in (kw.get("env") or {}).get("LD_PRELOAD", ""):
            self.faked.append(p)
        return p

    def unfake(self):
        """Remove what libfaketime shares between processes and leaves behind when the first of them is killed."""
        for p in [p for p in self.faked if p.poll() is not None]:
            self.faked.remove(p)
            for name in (f"faketime_shm_{p.pid}", f"sem.faketime_sem_{p.pid}"):
                try:
                    os.unlink(os.path.join("/dev/shm", name))
                except FileNotFoundError:
                    pass

    # -- certificates and configuration
    def make_pki(self, nes=("ne1",), lemfs=("lemf-a", "lemf-b")):
        self.pki.ca("x")
        self.pki.ca("hi")
        self.pki.issue("x", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        self.pki.issue("hi", "mdf", "DNS:mdf.lab.example", "clientAuth")
        for n in nes:
            self.pki.issue("x", n, f"DNS:{n}.lab.example", "clientAuth")
        for n in lemfs:
            self.pki.issue("hi", n, f"DNS:{n}.lab.example,IP:127.0.0.1", "serverAuth")

    def configure(self, listeners=None, crl=False, extra="", **options):
        """Write mdfd.conf.  LISTENERS: list of dicts (name, port (default: the lab's), x2, x3); OPTIONS: section__name=value."""
        p = self.pki.path
        listeners = listeners or [{"name": "x"}]
        sections = {
            "limits": {"payload_max": "262144"},
            "session": {"snapshot_s": 2},
            "spool": {"segment_len": "1M", "free_floor": "16M"},
            "hi": {"cert": p("hi", "mdf.crt"), "key": p("hi", "mdf.key"), "ca": p("hi", "ca.crt")},
            "trust": {"unsigned": True},
        }
        for k, v in options.items():
            s, n = k.split("__")
            sections.setdefault(s, {})[n] = v
        top = {"state_dir": os.path.join(self.dir, "state"), "run_dir": os.path.join(self.dir, "run"), "control_socket": self.socket, "log_level": 6}
        top.update(sections.pop("top", {}))

        def value(v):
            return v if v in ("true", "false") else ("true" if v is True else "false" if v is False else f'"{v}"')

        out = [f"{k} = {value(v)}" for k, v in top.items()]
        for li in listeners:
            li = dict(li)
            name = li.pop("name")
            li.setdefault("address", self.address("mdfd"))
            li.setdefault("port", self.port)
            li.setdefault("cert", p("x", "mdf.crt"))
            li.setdefault("key", p("x", "mdf.key"))
            li.setdefault("ca", p("x", "ca.crt"))
            if crl:
                li.setdefault("crl", p("x", "ca.crl"))
            out.append(f'listener "{name}" {{\n' + "".join(f"\t{k} = {value(v)}\n" for k, v in li.items()) + "}")
        for s, o in sections.items():
            out.append(f"{s} {{\n" + "".join(f"\t{k} = {value(v)}\n" for k, v in o.items()) + "}")
        self.conf = os.path.join(self.dir, "mdfd.conf")
        with open(self.conf, "w") as f:
            f.write("\n".join(out) + "\n" + extra + "\n")

    # -- mdfd
    def start(self, wait=True, env=None):
        self.mdfd = self.spawn([*self.where("mdfd"), self.exe("mdfd"), "--config", self.conf], "mdfd.log", env={**os.environ, **(env or {})})
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout=20):
        def ready():
            if self.mdfd.poll() is not None:
                raise LabError(f"mdfd ended with code {self.mdfd.returncode}; see {self.dir}/mdfd.log")
            if not os.path.exists(self.socket):
                return False
            p = subprocess.run([self.exe("mdfctl"), "--socket", self.socket, "--json", *self.who, "status"], capture_output=True, text=True)
            if p.returncode != 0:
                return False
            return all(r["ready"] for r in json.loads(p.stdout).get("roles", [{"ready": False}]))
        wait_for("mdfd answers on its control socket", ready, timeout, 0.05)

    def stop(self, timeout=25):
        if self.mdfd is None:
            return None
        self.mdfd.send_signal(signal.SIGTERM)
        try:
            return self.mdfd.wait(timeout)
        except subprocess.TimeoutExpired as e:
            raise LabError("mdfd does not stop") from e

    def reload(self):
        self.mdfd.send_signal(signal.SIGHUP)

    def role_pids(self, role):
        return [r["pid"] for r in self.status()["roles"] if r["role"] == role]

    def kill_role(self, role, lea=None):
        """kill -9 one role (or the deliver role of LEA) and return when a new process has taken over."""
        old = [r for r in self.status()["roles"] if r["role"] == role and (lea is None or r["name"] == lea)]
        for r in old:
            os.kill(r["pid"], signal.SIGKILL)
        gone = {r["pid"] for r in old}

        def back():
            try:
                new = [r for r in self.status()["roles"] if r["role"] == role and (lea is None or r["name"] == lea)]
            except (LabError, KeyError):
                return False
            return len(new) == len(old) and all(r["ready"] and r["pid"] and r["pid"] not in gone for r in new)
        wait_for(f"role {role} is back", back, 20, 0.05)

    def kill_all(self):
        """kill -9 of the daemon with all its roles."""
        pids = [r["pid"] for r in self.status()["roles"]] + [self.mdfd.pid]
        for p in pids:
            try:
                os.kill(p, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.mdfd.wait()
        self.unfake()

    # -- administration
    def ctl(self, *args, check=True, timeout=None):
        """mdfctl --json ARGS: the decoded answer.  CHECK False: (exit code, answer or error object); the code is None when it was killed after TIMEOUT."""
        command = [self.exe("mdfctl"), "--socket", self.socket, "--json", *self.who, *map(str, args)]
        try:
            p = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            if check:
                raise LabError(f"mdfctl {' '.join(map(str, args))}: no answer within {timeout} s") from None
            return None, ""
        try:
            out = json.loads(p.stdout) if p.stdout.strip() else None
        except ValueError:
            out = p.stdout
        if not check:
            return p.returncode, out if out is not None else p.stderr
        if p.returncode != 0:
            raise LabError(f"mdfctl {' '.join(map(str, args))}: exit {p.returncode}: {p.stdout}{p.stderr}")
        return out

    def status(self):
        return self.ctl("status")

    # -- LEMF
    def lemf(self, name, port=None, tcp=False, extra=(), folder=None, control=False):
        """Start mdf-lemf.  Its folder is LAB/NAME unless FOLDER is given; the port is kept over restarts.  CONTROL: see lemf_control."""
        old = self.lemfs.get(name)
        port = port or (old["port"] if old else free_port())
        folder = folder or os.path.join(self.dir, name)
        ports = os.path.join(self.dir, f"{name}.ports")
        if os.path.exists(ports):
            os.unlink(ports)
        args = [*self.where("mdf-lemf"), self.exe("mdf-lemf"), "receive", "--listen", f"{self.address('mdf-lemf')}:{port}", "--dir", folder, "--port-file", ports]
        if tcp:
            args.append("--tcp")
        else:
            p = self.pki.path
            args += ["--cert", p("hi", f"{name}.crt"), "--key", p("hi", f"{name}.key"), "--ca", p("hi", "ca.crt")]
        if control:
            args += ["--control", os.path.join(self.dir, f"{name}.sock")]
        proc = self.spawn(args + list(extra), f"{name}.log")

        def up():
            if proc.poll() is not None:
                raise LabError(f"mdf-lemf {name} ended with code {proc.returncode}; see {self.dir}/{name}.log")
            return os.path.exists(ports)
        wait_for(f"mdf-lemf {name} listens", up, 60)  # it reads first what it holds
        self.lemfs[name] = {"port": port, "dir": folder, "proc": proc}
        return self.lemfs[name]

    def stop_lemf(self, name, sig=signal.SIGTERM):
        p = self.lemfs[name]["proc"]
        p.send_signal(sig)
        p.wait(15)

    def lemf_control(self, name, line):
        """A line to the control socket of a LEMF that was started with control=True; its answer."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            s.connect(os.path.join(self.dir, f"{name}.sock"))
            s.sendall(line.encode() + b"\n")
            return s.makefile().readline().strip()

    def lemf_report(self, name):
        p = subprocess.run([self.exe("mdf-lemf"), "report", self.lemfs[name]["dir"], "--json"], capture_output=True, text=True)
        if p.returncode not in (0, 1):
            raise LabError(f"mdf-lemf report: {p.stderr}")
        return json.loads(p.stdout)

    def lemf_show(self, name, *args):
        p = subprocess.run([self.exe("mdf-lemf"), "show", self.lemfs[name]["dir"], "--json", *args], capture_output=True, text=True)
        if p.returncode != 0:
            raise LabError(f"mdf-lemf show: {p.stderr}")
        return [json.loads(line) for line in p.stdout.splitlines()]

    # -- NE
    def ne_args(self, name="ne1", port=None, **options):
        """NAME: one NE, or a list of NEs over which mdf-ne spreads its streams."""
        p = self.pki.path
        args = [*self.where("mdf-ne"), self.exe("mdf-ne"), "--host", self.address("mdfd"), "--port", str(port or self.port), "--ca", p("x", "ca.crt"), "--server-name", "mdf.lab.example"]
        if isinstance(name, str):
            args += ["--cert", p("x", f"{name}.crt"), "--key", p("x", f"{name}.key")]
        else:
            for n in name:
                args += ["--ne", f"{p('x', f'{n}.crt')},{p('x', f'{n}.key')},{n}"]
        for k, v in options.items():
            for one in v if isinstance(v, (list, tuple)) else [v]:
                args.append("--" + k.replace("_", "-"))
                if one is not True:
                    args.append(str(one))
        return args

    def ne(self, name="ne1", port=None, check=True, timeout=120, **options):
        """Run mdf-ne to its end; returns its JSON summary (with CHECK False: (exit code, summary))."""
        p = subprocess.run(self.ne_args(name, port, json=True, **options), capture_output=True, text=True, timeout=timeout, cwd=self.dir)
        try:
            out = json.loads(p.stdout)
        except ValueError:
            out = {"stdout": p.stdout, "stderr": p.stderr}
        if check and p.returncode != 0:
            raise LabError(f"mdf-ne: exit {p.returncode}: {p.stdout}{p.stderr}")
        return out if check else (p.returncode, out)

    def ne_background(self, name="ne1", port=None, log=None, **options):
        return self.spawn(self.ne_args(name, port, json=True, **options), log or f"mdf-ne-{name if isinstance(name, str) else 'many'}.log")

    # -- end
    def end(self):
        """End all processes; the folder stays."""
        for p in self.processes:
            if p.poll() is None:
                try:
                    stop_process(p, signal.SIGTERM)
                except ProcessLookupError:
                    pass
        end = time.monotonic() + 8
        for p in self.processes:
            try:
                p.wait(max(0.05, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                try:
                    stop_process(p, signal.SIGKILL, group=True)
                except (ProcessLookupError, PermissionError):
                    p.kill()
                p.wait()
        self.unfake()

    def findings(self):
        """Lines of the logs in which a sanitizer or an assertion speaks."""
        out = []
        for name in sorted(os.listdir(self.dir)):
            if name.endswith(".log"):
                with open(os.path.join(self.dir, name), errors="replace") as f:
                    out += [f"{name}: {line.strip()}" for line in f if any(w in line for w in ("runtime error:", "Sanitizer:", "Assertion `"))]
        return out

    def close(self):
        atexit.unregister(self.close)
        self.end()
        if self.own_folder and not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)
        elif not self.quiet:
            print(f"lab kept in {self.dir}", file=sys.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if exc[0] is not None:
            self.keep = True
        self.close()


def new_xid():
    return str(uuid.uuid4())
