#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdfctl against a running mdfd: exit codes, JSON and tables, import in parts, request ids, tasks in force within a second, raw lines on the
control socket, the admin role killed.  TAP."""
import json
import os
import socket
import subprocess
import sys
import time
import traceback
import uuid

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", "."), "tools", "lab"))
from lab import Lab, wait_for  # noqa: E402

lab = None
WINDOW = ("--from", "2026-01-01T00:00:00+01:00", "--until", "2199-01-01T00:00:00Z")
XID = "11111111-1111-4111-8111-111111111111"


def raw(line, parts=1, timeout=10):
    """A line on the control socket; the first answer as text."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(timeout)
    s.connect(lab.socket)
    try:
        for _ in range(parts):
            s.sendall(line)
        return s.makefile("r").readline()
    finally:
        s.close()


def plain(*args, stdin=None):
    return subprocess.run([lab.exe("mdfctl"), "--socket", lab.socket, *args], capture_output=True, text=True, input=stdin)


def expect(code, *args):
    got, out = lab.ctl(*args, check=False)
    assert got == code, f"mdfctl {' '.join(args)}: exit {got}, {code} expected: {out}"
    return out


def test_add_and_show():
    lab.ctl("lea", "add", "lea-a", "--country", "DE")
    lab.ctl("lea", "add", "--name", "lea-b")
    lab.ctl("destination", "add", "--destination", "dest-a", "--lea", "lea-a", "--address", "127.0.0.1:1,127.0.0.1:2", "--transport", "tcp")
    lab.ctl("ne", "add", "--ne", "ne1", "--san", "ne1.lab.example", "--time-p2-s", "20")
    w = lab.ctl("warrant", "add", "--liid", "LIID-1", "--lea", "lea-a", "--delivery", "both", *WINDOW, "--hi2", "dest-a", "--hi3", "dest-a", "--xid",
                XID, "--start")
    assert w["state"] == "active" and w["from"] == "2025-12-31T23:00:00Z", w
    assert lab.ctl("ne", "show", "ne1")["time_p2_s"] == 20
    assert lab.ctl("xid", "list")[0]["warrant"] == w["uuid"]
    assert [n["name"] for n in lab.ctl("lea", "list")] == ["lea-a", "lea-b"]


def test_exit_codes():
    assert expect(4, "ne", "show", "nobody")["error"]["code"] == "NOT-FOUND"
    assert expect(5, "lea", "add", "lea-a")["error"]["code"] == "CONFLICT"
    assert expect(2, "ne", "add", "--ne", "bad name", "--san", "x")["error"]["what"] == "ne"
    expect(2, "ne", "add", "--colour", "red")
    expect(2, "no", "such")
    expect(1, "warrant", "add", "--liid", "L9", "--lea", "lea-a", "--delivery", "iri", *WINDOW, "--start")
    p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.dir + "/none", "status"], capture_output=True, text=True)
    assert p.returncode == 3 and "is mdfd running" in p.stderr, p
    p = plain("warrant", "add", "--liid", "with space", "--lea", "lea-a", "--delivery", "iri", *WINDOW)
    assert p.returncode == 2 and "printable ASCII" in p.stderr, p


def test_tables():
    p = plain("warrant", "list")
    assert p.returncode == 0 and "LIID-1" in p.stdout and "WARRANT" in p.stdout, p
    p = plain("status")
    assert p.returncode == 0 and "BOOKS" in p.stdout and "lea-a" in p.stdout, p
    p = plain("help", "warrant", "add")
    assert p.returncode == 0 and "--liid" in p.stdout, p
    assert plain("warrant", "add", "--help").stdout == p.stdout
    for words, code in ((("warrant", "--help"), 0), (("help", "warrant"), 0), (("warrant",), 2)):
        p = plain(*words)
        text = p.stdout if code == 0 else p.stderr
        assert p.returncode == code and "warrant suspend" in text and "lea add" not in text, p


def test_tasks_in_force():
    before = lab.status()["tasks"]["in_force"]
    begin = time.monotonic()
    lab.ctl("ne", "add", "--ne", "ne2", "--san", "ne2.lab.example")
    wait_for("the change is in force", lambda: lab.status()["tasks"]["in_force"] > before, 5, 0.05)
    took = time.monotonic() - begin
    print(f"# in force after {took:.2f} s")
    assert plain("wait", "--for", "ready", "--timeout", "5").returncode == 0
    assert plain("wait", "--for", "connected", "--timeout", "0").returncode == 1  # nobody listens there
    assert plain("wait", "--for", "idle", "--timeout", "5").returncode == 0


def test_request_id():
    first = lab.ctl("--request", "r-1", "lea", "add", "lea-r")
    assert lab.ctl("--request", "r-1", "lea", "add", "lea-r") == first
    expect(5, "--request", "r-1", "lea", "add", "lea-s")


def test_import():
    items = [{"liid": f"I-{i}", "lea": "lea-a", "delivery": "iri", "from": "2026-01-01T00:00:00Z", "until": "2199-01-01T00:00:00Z", "hi2": "dest-a",
              "xid": [str(uuid.uuid4())], "start": True} for i in range(5000)]
    path = os.path.join(lab.dir, "import.json")
    with open(path, "w") as f:
        json.dump(items, f)
    assert lab.ctl("warrant", "import", path)["imported"] == 5000
    assert len(lab.ctl("warrant", "list")) == 5001
    out = expect(5, "warrant", "import", path)  # all or none
    assert out["error"]["object"] == "item 1"
    assert len(lab.ctl("warrant", "list", "--limit", "6000")) == 5001
    with open(path, "w") as f:
        f.write("{")
    expect(2, "warrant", "import", path)
    wait_for("5001 tasks", lambda: (lab.status()["ingest"] or {}).get("tasks", {}).get("warrants") == 5001, 10, 0.1)


def test_profiles_and_narrowing():
    folder = os.path.join(os.environ.get("top_srcdir", "."), "packaging", "profiles")
    assert lab.ctl("profile", "import", os.path.join(folder, "small-link.json"))["aggregate_n"] == 32
    assert lab.ctl("lea", "set", "lea-b", "--profile", "small-link")["profile"] == "small-link"
    assert {r["name"]: r["profile"] for r in lab.ctl("lea", "list")}["lea-b"] == "small-link"
    assert [r for r in lab.status()["leas"] if r["name"] == "lea-b"][0]["profile"] == "small-link"
    lab.ctl("destination", "add", "--destination", "dest-b", "--lea", "lea-b", "--address", "127.0.0.1:3", "--transport", "tcp")
    path = os.path.join(lab.dir, "targets")
    with open(path, "w") as f:
        f.write("# whom\nid:sip:alice@example\n\nip:192.0.2.10\nbound\n")
    w = lab.ctl("warrant", "add", "--liid", "N-1", "--lea", "lea-b", "--delivery", "both", *WINDOW, "--hi2", "dest-b", "--hi3", "dest-b", "--content",
                "headers", "--services", "voice,data", "--exclude", "udp:443", "--exclude", "net:10.0.0.0/8<->10.0.0.0/8", "--target", "@" + path)
    assert w["services"] == ["voice", "data"] and len(w["exclude"]) == 2 and w["lea_profile"] == "small-link", w
    assert w["target"] == ["id:sip:a***(13)", "ip:192.0.2.10", "bound"], w
    assert lab.ctl("warrant", "set", "N-1", "--services", "all", "--reason", "wider")["services"] is None
    expect(2, "warrant", "set", "N-1", "--exclude", "net:10.0.0.1/8")
    expect(2, "warrant", "set", "N-1", "--target", "@" + lab.dir + "/none")
    assert lab.ctl("warrant", "degrade", "N-1@lea-b", "on", "--reason", "short link")["metadata"]
    assert lab.ctl("warrant", "events", "N-1")[0]["event"] == "metadata-begin"
    out = plain("profile", "show", "small-link").stdout
    assert "aggregate_n" in out and "agreed to the fall-back" in out, out
    expect(4, "session", "tree", "N-2")
    for words in (("mapping",), ("mapping", "list"), ("profile", "fields"), ("profile", "schema")):  # need no daemon
        p = subprocess.run([lab.exe("mdfctl"), "--socket", lab.dir + "/none", *words], capture_output=True, text=True)
        assert p.returncode == 0 and len(p.stdout) > 1000, p
    lab.ctl("warrant", "stop", "N-1")
    wait_for("a task set with narrowed warrants is in force", lambda: lab.status()["tasks"]["in_force"] == lab.status()["tasks"]["version"], 5, 0.1)


def test_hostile_lines():
    assert '"ok":false' in raw(b"nonsense\n")
    assert '"ok":false' in raw(b"[]\n")
    assert '"ok":false' in raw(b'{"op": 7}\n')
    assert '"ok":false' in raw(b'{"op": "ne.list", "args": [1]}\n')
    assert '"ok":false' in raw(b'{"op": "ne.list", "op": "ne.list"}\n')
    assert '"ok":false' in raw(b'{"op": "ne.add", "args": {"ne": "a\\u0000b", "san": "x"}}\n')
    try:
        assert "1 MiB" in raw(b"x" * 65536, parts=32)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused and closed before all of it was sent
    assert json.loads(raw(b'{"op": "ne.list"}\n'))["ok"]
    many = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for s in many:
        s.connect(lab.socket)
    for s in many:
        s.close()
    wait_for("clients are served again", lambda: plain("ne", "list").returncode == 0, 5, 0.05)


def test_states_and_audit():
    w = lab.ctl("warrant", "list", "--limit", "1")[0]["uuid"]
    assert lab.ctl("warrant", "suspend", w)["state"] == "suspended"
    assert lab.ctl("warrant", "resume", w, "--reason", "a mistake")["state"] == "active"
    assert lab.ctl("warrant", "stop", w)["state"] == "revoked"
    expect(5, "warrant", "start", w)
    rows = lab.ctl("audit", "list", "--object", f"warrant {w}")
    assert [(r["op"], r["outcome"]) for r in rows] == [("warrant.add", "ok"), ("warrant.suspend", "ok"), ("warrant.resume", "ok"), ("warrant.stop", "ok"),
                                                       ("warrant.start", "refused")], rows
    assert rows[2]["reason"] == "a mistake"
    assert lab.ctl("check")["quick_check"] == "ok"


def test_kill_admin():
    version = lab.status()["tasks"]["version"]
    lab.kill_role("admin")
    assert plain("wait", "--for", "ready", "--timeout", "10").returncode == 0
    s = lab.status()
    assert s["tasks"]["version"] == version == s["tasks"]["in_force"], s["tasks"]
    assert len(lab.ctl("lea", "list")) == 3


def main():
    global lab
    tests = [v for k, v in globals().items() if k.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    with Lab(os.environ.get("top_builddir", "build")) as lab:
        lab.make_pki()
        lab.configure(extra="lab = true")
        lab.start()
        for i, t in enumerate(tests, 1):
            try:
                t()
                print(f"ok {i} - {t.__name__}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {i} - {t.__name__}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print("# " + line, flush=True)
        if failed:
            lab.keep = True
        lab.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
