#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit log of the real daemon: everything leaves its row, never a change without it, and who tampers with the database or puts yesterday's copy back
is found by those who have only the exports."""

import base64
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time

import tap

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")), "tests", "verify"))
import verify  # noqa: E402

lab = None
syslog = None


class Syslog(threading.Thread):
    """A syslog server over TLS: octet-counted messages (RFC 5425), each as text."""

    def __init__(self):
        super().__init__(daemon=True)
        p = lab.pki.path
        self.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ctx.load_cert_chain(p("log", "server.crt"), p("log", "server.key"))
        self.ctx.load_verify_locations(p("log", "ca.crt"))
        self.ctx.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", lab.syslog_port))
        self.messages, self.conn, self.up = [], None, True
        self.start()

    def run(self):
        while self.up:
            try:
                raw, _ = self.listener.accept()
                with self.ctx.wrap_socket(raw, server_side=True) as self.conn:
                    self.serve(self.conn.makefile("rb"))
            except (OSError, ValueError):
                continue

    def serve(self, f):
        while True:
            count = b""
            while not count.endswith(b" "):
                c = f.read(1)
                if not c:
                    return
                count += c
            self.messages.append(f.read(int(count)).decode())

    def close(self):
        self.up = False
        self.listener.close()

    def rows(self):
        """Number of the row > its entry."""
        return {int(m[1]): m[2] for m in (re.match(r'.*? audit \[openmdf@32473 .*? seq="(\d+)" leaf="\w+"\] (.*)', x) for x in list(self.messages)) if m}


def setup():
    global lab, syslog
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(lemfs=("lemf-a",))
    lab.pki.ca("log")
    lab.pki.issue("log", "server", "DNS:syslog.lab.example", "serverAuth")
    lab.pki.issue("log", "mdf", "DNS:mdf.lab.example", "clientAuth")
    lab.syslog_port = tap.free_port()
    lab.second = os.path.join(lab.dir, "second")
    os.makedirs(lab.second)
    lab.lemf("lemf-a")
    configure()
    syslog = Syslog()
    lab.start()
    tap.provision(lab, leas=("a",))
    return lab


def configure(**more):
    p = lab.pki.path
    options = {"log__origin": "log.lab.example/1", "log__second": lab.second, "log__syslog": f"127.0.0.1:{lab.syslog_port}",
               "log__syslog_name": "syslog.lab.example", "log__syslog_cert": p("log", "mdf.crt"), "log__syslog_key": p("log", "mdf.key"),
               "log__syslog_ca": p("log", "ca.crt")}
    lab.configure(**{**options, **more})


def path(name):
    return os.path.join(lab.dir, name)


def state(name):
    return os.path.join(lab.dir, "state", name)


def vkey():
    with open(state("log.vkey")) as f:
        return f.read()


def check(name, *args):
    """Exit code and finding of mdf-verify; the second verifier says the same of an export."""
    p = subprocess.run([lab.exe("mdf-verify"), "--json", "--key", vkey(), *args, path(name)], capture_output=True, text=True)
    found = json.loads(p.stdout)
    with open(path(name)) as f:
        if f.readline() == "openmdf-audit 1\n" and "--witness" not in args:
            outside = [args[i + 1] for i, a in enumerate(args) if a == "--heads"]
            second = verify.verify(path(name), vkey(), outside)
            tap.equal((second["ok"], second["first_bad"] or None), (found["ok"], found.get("first_bad")), f"the two verifiers of {name}: {second} {found}")
    return p.returncode, found


def export(name, *args):
    lab.ctl_plain("audit", "export", "--file", path(name), *args)
    return check(name)


def heads_file():
    return os.path.join(lab.second, next(n for n in os.listdir(lab.second) if n.endswith(".heads")))


def database(*statements):
    db = sqlite3.connect(state("openmdf.db"))
    for s in statements:
        db.execute(s)
    db.commit()
    db.close()


def rows(*args):
    return lab.ctl("audit", "list", *args)


def ctl_plain(*args):
    p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, *args], capture_output=True, text=True)
    assert p.returncode == 0, (args, p.returncode, p.stdout, p.stderr)
    return p.stdout


@tap.test("commands, refusals, start and alarms are rows; the export holds for both verifiers")
def _():
    lab.ctl_plain = ctl_plain
    lab.ctl("lea", "add", "lea-x")
    tap.equal(lab.ctl("lea", "add", "lea-x", check=False)[0], 5, "taken")
    lab.stop_lemf("lemf-a")
    tap.wait_for("an alarm", lambda: rows("--op", "alarm.raised"), 15, 0.1)
    lab.lemf("lemf-a")
    tap.wait_for("the alarm clears", lambda: rows("--op", "alarm.cleared"), 20, 0.1)
    all_rows = rows()
    tap.equal([r["seq"] for r in all_rows], list(range(1, len(all_rows) + 1)), "numbers")
    start = all_rows[0]
    tap.equal((start["op"], start["actor"]), ("system.start", "system"), "first row")
    binary = subprocess.run(["sha256sum", lab.exe("mdfd")], capture_output=True, text=True).stdout.split()[0]
    tap.equal(start["detail"]["binary"], binary, "hash of the running binary")
    tap.equal([(r["op"], r["outcome"], r["code"]) for r in rows("--object", "lea lea-x")], [("lea.add", "ok", None), ("lea.add", "refused", "CONFLICT")], "rows")
    tap.equal([r["seq"] for r in rows("--text", "refused lea-x already", "--limit", "5")], [], "words that are not all there")
    found = rows("--text", "add LEA-X conflict")
    tap.equal([r["code"] for r in found], ["CONFLICT"], "found by words")
    tap.equal([r["seq"] for r in rows("--after", "2", "--limit", "2")], [3, 4], "the page behind row 2")
    tap.equal(rows("--until", start["time"]), [], "until")
    code, found = export("whole")
    tap.equal((code, found["ok"], found["last"] >= len(all_rows)), (0, True, True), found)
    with open(path("whole")) as f:
        assert f"\nbinary {binary}\n" in f.read(), "the head names the binary"
    tap.equal(check("whole", "--heads", heads_file())[0], 0, "with the heads of the second place")


@tap.test("one row is proven without the others; a later head continues an earlier one; a witness signs only what does")
def _():
    lab.ctl_plain("audit", "proof", "3", "--file", path("proof"))
    tap.equal(check("proof")[0], 0, "proof")
    with open(path("proof")) as f:
        text = f.read()
    tap.equal(text.count('"seq":'), 1, "rows shown")
    with open(path("proof"), "w") as f:
        f.write(text.replace('"op":"', '"op":"x', 1))
    code, found = check("proof")
    tap.equal((code, found["first_bad"]), (1, 3), "changed proof")
    lab.ctl_plain("audit", "head", "--file", path("head1"))
    old = int(open(path("head1")).read().split("\n")[1])
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path("witness.pem")], check=True, capture_output=True)
    witness = [lab.exe("mdf-verify"), "cosign", "--state", path("witness.state"), "--sign", path("witness.pem"), "--name", "w.example"]
    key = subprocess.run([*witness, "--vkey"], capture_output=True, text=True).stdout.strip()
    p = subprocess.run([*witness, "--key", vkey(), path("head1")], capture_output=True, text=True)
    tap.equal(p.returncode, 0, p.stderr)
    lab.ctl("audit", "cosign", str(old), "--key", key, "--line", p.stdout.strip())
    tap.equal(lab.ctl("audit", "cosign", str(old), "--key", key, "--line", p.stdout.strip().replace("A", "B"), check=False)[0], 1, "a wrong signature")
    lab.ctl_plain("audit", "head", "--size", str(old), "--file", path("head2"))
    tap.equal(check("head2", "--witness", key)[0], 0, "cosigned head")
    lab.ctl("lea", "add", "lea-y")
    lab.ctl_plain("audit", "head", "--file", path("head3"))
    tap.equal(check("head3", "--witness", key)[0], 1, "not yet cosigned")
    tap.equal(subprocess.run([*witness, "--key", vkey(), path("head3")], capture_output=True).returncode, 1, "without a proof the witness signs nothing")
    lab.ctl_plain("audit", "consistency", str(old), "--file", path("proof2"))
    tap.equal(check("proof2")[0], 0, "consistency")
    tap.equal(subprocess.run([*witness, "--key", vkey(), path("proof2")], capture_output=True).returncode, 0, "with it the witness signs")
    tap.equal(subprocess.run([*witness, "--key", vkey(), path("head1")], capture_output=True).returncode, 1, "an older head is not signed again")


@tap.test("a syslog server gets each row and the heads over TLS; one with another name gets nothing")
def _():
    global syslog
    want = {r["seq"] for r in rows()}
    tap.wait_for("all rows are there", lambda: want <= set(syslog.rows()), 10, 0.1)
    with open(path("whole")) as f:
        lines = [x.split(" ", 1)[1] for x in f.read().split("\n") if re.match(r"[0-9a-f]{64} ", x)]
    tap.equal([syslog.rows()[i + 1] for i in range(len(lines))], lines, "rows as they are exported")
    assert any(" head [openmdf@32473 " in m for m in syslog.messages), "heads"
    assert all(re.match(r"<1(10|08|07|09)>1 \d{4}-\d\d-\d\dT", m) for m in syslog.messages), syslog.messages[0]
    syslog.conn.shutdown(socket.SHUT_RDWR)
    lab.ctl("lea", "add", "lea-z")
    seq = rows("--object", "lea lea-z")[0]["seq"]
    tap.wait_for("after a lost connection nothing is missing", lambda: set(range(1, seq + 1)) <= set(syslog.rows()), 15, 0.1)
    syslog.close()
    lab.stop()
    configure(log__syslog_name="other.lab.example")
    syslog = Syslog()
    lab.start()
    tap.wait_for("alarm", lambda: ("AUDIT-SYSLOG", "syslog") in tap.alarms(lab), 15, 0.1)
    tap.equal(syslog.rows(), {}, "rows at a server with another name")




@tap.test("a configuration that has changed since the last start is a row, and so are stop and start")
def _():
    ops = [r["op"] for r in rows("--limit", "30") if r["op"].startswith("system.")]
    tap.equal(ops[-3:], ["system.stop", "system.start", "system.configuration"], "rows")
    before = rows("--op", "system.configuration")[-1]
    assert before["before_hash"] != before["after_hash"] and before["before_hash"], before
    lab.reload()
    tap.wait_for("reload is a row", lambda: rows("--op", "system.reload"), 5, 0.1)
    tap.equal(export("whole2")[0], 0, "the log goes on over restarts")


@tap.test("kill -9 of the admin role under a stream of commands: never a change without its row, or a row without its change")
def _():
    answered = []
    for n in range(8):
        pid = lab.role_pids("admin")[0]
        killer = threading.Timer(random.uniform(0.05, 0.4), os.kill, (pid, signal.SIGKILL))
        killer.start()
        try:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(5)
            s.connect(lab.socket)
            f = s.makefile("rw")
            for i in range(100000):
                f.write(json.dumps({"op": "ne.add", "args": {"ne": f"k{n}-{i}", "san": f"k{n}-{i}.example"}}) + "\n")
                f.flush()
                if not json.loads(f.readline())["ok"]:
                    break
                answered.append(f"k{n}-{i}")
        except (OSError, ValueError):
            pass
        killer.join()
        tap.wait_for("admin is back", lambda old=pid: back(old), 20, 0.05)
    tap.note(f"{len(answered)} answered")
    names = {x["name"] for x in lab.ctl("ne", "list")}
    recorded = [r["object"].split()[1] for r in rows("--op", "ne.add", "--outcome", "ok", "--limit", "100000")]
    tap.equal(set(recorded), names, "rows and elements")
    tap.equal(len(recorded), len(names), "each once")
    assert set(answered) <= names, "what was answered is there"
    tap.equal(export("killed")[0], 0, "the log holds")
    tap.equal(check("killed", "--heads", heads_file())[0], 0, "with the heads of the second place")


def back(old):
    try:
        return lab.role_pids("admin")[0] not in (None, old) and all(r["ready"] for r in lab.status()["roles"])
    except (tap.LabError, KeyError, IndexError):
        return False


@tap.test("yesterday's database put back is found at the start; nothing is signed then")
def _():
    lab.stop()
    shutil.copytree(state(""), path("yesterday"))
    lab.start()
    lab.ctl("lea", "add", "lea-today")
    lab.ctl_plain("audit", "head", "--file", path("today"))
    lab.stop()
    for tail in ("", "-wal", "-shm"):
        if os.path.exists(state("openmdf.db" + tail)):
            os.unlink(state("openmdf.db" + tail))
        if os.path.exists(os.path.join(path("yesterday"), "openmdf.db" + tail)):
            shutil.copy(os.path.join(path("yesterday"), "openmdf.db" + tail), state("openmdf.db" + tail))
    lab.start()
    tap.wait_for("alarm", lambda: tap.alarms(lab, "AUDIT-ROLLBACK"), 10, 0.1)
    tap.equal(lab.ctl("audit", "head", "--size", "100000", check=False)[0], 4, "no head of more rows")
    assert rows("--op", "audit.check")[-1]["outcome"] == "error"
    size = max(h["size"] for h in lab.ctl("audit", "heads"))
    code, found = export("old", "--to", str(size))
    tap.equal((code, found["ok"]), (0, True), "by itself the older log holds")
    tap.equal(check("old", "--heads", heads_file())[0], 1, "the heads of the second place say that rows are missing")
    lab.stop()
    configure(log__origin="log.lab.example/2")
    lab.start()
    tap.equal(tap.alarms(lab, "AUDIT-ROLLBACK"), set(), "restored on purpose, under another origin")
    tap.equal(export("new")[0], 0, "what is left, signed again")


@tap.test("a row that was changed in the database is named: at the start, by audit verify, and by both verifiers of the export")
def _():
    lab.ctl("lea", "add", "lea-changed")
    seq = rows("--object", "lea lea-changed")[0]["seq"]
    lab.stop()
    database("DROP TRIGGER audit_row_no_update", f"UPDATE audit SET actor = 'nobody' WHERE seq = {seq}")
    lab.start()
    tap.wait_for("alarm", lambda: tap.alarms(lab, "AUDIT-CHAIN"), 10, 0.1)
    assert f"row {seq} " in rows("--op", "audit.check")[-1]["reason"], rows("--op", "audit.check")[-1]
    code, found = lab.ctl("audit", "verify", check=False)
    tap.equal((code, json.loads(found)["first_bad"] if isinstance(found, str) else found["first_bad"]), (8, seq), "audit verify")
    ctl_plain("audit", "export", "--from", str(seq - 3), "--to", str(seq + 1), "--file", path("changed"))
    code, found = check("changed")
    tap.equal((code, found["first_bad"]), (1, seq), "export")


def teardown():
    syslog.close()


if __name__ == "__main__":
    tap.main(setup, teardown)
