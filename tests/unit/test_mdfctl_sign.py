#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdfctl against a daemon that lies: what two persons sign of a warrant is signed only when it is what was asked for, the plan that was shown is the one
in the statement, and a challenge for a log-in is nothing else.  Exit codes 0, 6, 8 and 10.  TAP."""
import base64
import copy
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

from cryptography.hazmat.primitives.serialization import load_pem_public_key

MDFCTL = os.path.join(os.environ.get("top_builddir", "build"), "admin", "mdfctl")
UUID, OTHER = "0f1e2d3c-4b5a-4697-8877-665544332211", "ffffffff-4b5a-4697-8877-665544332211"
XID, DID = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
PIN = "ab" * 32
HOUR = 3600 * 10**9
FROM_NS, UNTIL_NS = 1767222000 * 10**9, 2208988800 * 10**9
folder = None
server = None


def canonical(j):
    return json.dumps(j, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Statement:
    """A warrant as an honest daemon plans it.  A test changes what it likes; answer() makes the hashes fit again."""

    def __init__(self, op="warrant.submit"):
        dest = {"name": "dest-a", "did": DID, "addresses": ["192.0.2.1:5000"], "pins": [PIN], "enabled": True}
        task_dest = {"did": DID, "pins": [PIN], "row": 7}
        self.change = {"warrant": UUID, "liid": "LIID-1", "lea": "lea-a", "tasks": {"xids": [XID], "nes": [{"ne": "ne1", "san": "ne1.lab.example"}]},
                       "hi2": dest, "hi3": copy.deepcopy(dest), "conflicts": [], "missing": [], "regime": {"name": "etsi"},
                       "time": {"from": "2026-01-01T00:00:00+01:00", "until": "2040-01-01T00:00:00Z", "zone": None}}
        self.order = {"uuid": UUID, "revision": 1, "op": op, "submitted_ns": "1795282909105939112", "from_written": "2026-01-01T00:00:00+01:00",
                      "until_written": "2040-01-01T00:00:00Z", "iri_outage": "retain", "cc_outage": "buffer:3600", "priority": "normal", "regime": "etsi",
                      "reference": "AZ 12/34", "targets": [], "documents": []}
        self.task = {"auth_cc": "DE", "cc_outage": "buffer:3600", "content": "full", "countries": ["DE"], "delivery": "both", "delivery_cc": "DE",
                     "exclude": "37" * 32, "from_ns": str(FROM_NS), "hi2": task_dest, "hi3": copy.deepcopy(task_dest), "iri_outage": "retain", "lea": "lea-a",
                     "liid": b"LIID-1".hex(), "ne_id": "", "nes": ["ne1", "ne2"], "operator_id": "LAB", "profile": "etsi", "services": ["data", "voice"],
                     "target": "", "trigger": False, "until_ns": str(UNTIL_NS), "xids": [XID]}
        self.type = "openmdf.warrant.v1"
        self.plan_hash = None  # another one than that of the plan

    def end(self, text, ns):
        """Another end, everywhere."""
        self.order["until_written"] = self.change["time"]["until"] = text
        self.task["until_ns"] = str(ns)

    def answer(self):
        self.order["plan"] = self.plan_hash or sha(canonical(self.change))
        doc = canonical({"order": self.order, "task": self.task, "type": self.type})
        return {"plan": {"change": self.change, "now": {}, "sha256": self.order["plan"]}, "doc": doc, "sha256": sha(doc), "until": "2026-11-21T18:11:49Z"}


class Server(threading.Thread):
    """The control socket.  `plan` is what it answers to a plan; what it was sent with a signature is in `signed`."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.s = socket.socket(socket.AF_UNIX)
        self.s.bind(path)
        self.s.listen(8)
        self.reset(None)

    def reset(self, plan, text=None, result=None):
        self.plan, self.text, self.result = plan, text, result
        self.signed, self.opened, self.ops = [], [], []

    def run(self):
        while True:
            c, _ = self.s.accept()
            with c, c.makefile("r") as f:
                for line in f:
                    c.sendall((json.dumps(self.one(json.loads(line))) + "\n").encode())

    def one(self, q):
        op, args = q["op"], q.get("args") or {}
        self.ops.append(op)
        if op == "session.challenge":
            text = canonical({"nonce": "00" * 16, "person": args["person"], "type": "openmdf.login.v1"})
            return {"ok": True, "result": {"nonce": "00" * 16, "text": self.text or text}}
        if op == "session.open":
            self.opened.append(args)
            return {"ok": True, "result": {"person": args["person"]}}
        if "signature" in args:
            self.signed.append(args["signature"])
            return {"ok": True, "result": {"approval": OTHER, "state": "waiting"}}
        return {"ok": True, "result": self.result if self.result is not None else self.plan}


def mdfctl(*args, person="alice"):
    who = ["--person", person, "--key", os.path.join(folder, "alice.key")] if person else []
    return subprocess.run([MDFCTL, "--socket", os.path.join(folder, "ctl"), "--json", "--yes", *who, *args], capture_output=True, text=True, timeout=60)


def equal(got, want, what):
    assert got == want, f"{what}: {got!r}, not {want!r}"


def signs(statement, *args):
    """mdfctl ARGS signs what STATEMENT says; its standard error."""
    answer = statement if isinstance(statement, dict) else statement.answer()
    server.reset(answer)
    p = mdfctl(*args)
    equal((p.returncode, len(server.signed)), (0 if args[0] == "approval" else 6, 1), f"{args}: exit code and signatures: {p.stderr}")
    with open(os.path.join(folder, "alice.pub"), "rb") as f:
        load_pem_public_key(f.read()).verify(base64.b64decode(server.signed[0]["sig"]), answer["doc"].encode())
    return p.stderr


def refuses(statement, want, *args):
    """mdfctl ARGS signs nothing, and says WANT."""
    server.reset(statement if isinstance(statement, dict) else statement.answer())
    p = mdfctl(*args)
    equal((p.returncode, server.signed), (8, []), f"{args}: exit code and signatures ({want}): {p.stderr}")
    error = json.loads(p.stdout)["error"]
    assert error["code"] == "MISMATCH" and want in error["why"], error
    assert "nothing was signed" in p.stderr and want in p.stderr, p.stderr


def changed(op="warrant.submit", **parts):
    """A statement in which order__NAME, task__NAME, change__NAME have other values."""
    s = Statement(op)
    for key, value in parts.items():
        part, name = key.split("__")
        getattr(s, part)[name] = value
    return s


SUBMIT = ("warrant", "submit")
EXTEND = ("warrant", "extend", "LIID-1@lea-a", "--until", "2040-01-01T01:00:00+01:00")


def test_honest():
    for name in (UUID, UUID.upper(), "LIID-1", "LIID-1@lea-a"):
        err = signs(Statement(), *SUBMIT, name)
        assert "Not compared" not in err, err
    signs(Statement("warrant.extend"), *EXTEND)
    s = changed("warrant.confirm", order__provisional_until="2030-01-01T00:00:00Z", task__until_ns=str(1893456000 * 10**9))
    signs(s, "warrant", "confirm", UUID)


def test_what_cannot_be_compared_is_named():
    err = signs(Statement(), *SUBMIT, "12", "--reason", "ordered")
    assert "Not compared with what you gave: warrant: a row number" in err and "Not compared with what you gave: reason: " in err, err
    err = signs(Statement("warrant.set"), "warrant", "set", UUID, "--exclude", "udp:443", "--received-via", "fax")
    assert "exclude: only its hash stands in it" in err and "received_via: does not stand in it" in err, err


def test_another_warrant():
    for name in (OTHER, "LIID-2", "LIID-1@lea-b", "LIID-1@lea-a@lea-a", "LIID-11"):
        refuses(Statement(), "another", *SUBMIT, name)
    s = changed(change__liid="LIID-2", task__liid=b"LIID-2".hex())
    refuses(s, "LIID", *SUBMIT, "LIID-1")
    refuses(changed(task__liid=b"LIID-2".hex()), "LIID", *SUBMIT, UUID)
    refuses(changed(change__liid="LIID-2"), "LIID", *SUBMIT, UUID)
    refuses(changed(order__uuid=OTHER), "another warrant", *SUBMIT, "LIID-1")
    refuses(changed(task__lea="lea-b"), "agency", *SUBMIT, UUID)


def test_another_end():
    s = Statement("warrant.extend")
    s.end("2041-01-01T00:00:00Z", UNTIL_NS + 366 * 24 * HOUR)
    refuses(s, "until (order.until_written) is not what you gave", *EXTEND)
    refuses(changed("warrant.extend", task__until_ns=str(UNTIL_NS + 1)), "another window", *EXTEND)
    refuses(changed("warrant.extend", task__from_ns=str(FROM_NS - HOUR)), "another window", *EXTEND)
    s = Statement("warrant.extend")
    s.change["time"]["until"] = "2039-01-01T00:00:00Z"
    refuses(s, "than in the plan", *EXTEND)
    refuses(changed(order__provisional_until="2030-01-01T00:00:00Z"), "another window", *SUBMIT, UUID)


def test_another_destination():
    to_a = ("warrant", "set", UUID, "--hi2", "dest-a", "--hi3", "dest-a")
    signs(Statement("warrant.set"), *to_a)
    s = Statement("warrant.set")
    s.change["hi3"]["name"] = "dest-b"
    refuses(s, "hi3", *to_a)
    s = Statement("warrant.set")
    s.task["hi2"]["did"] = OTHER
    refuses(s, "hi2 is another destination than in the plan", *to_a)
    s = Statement("warrant.set")
    s.task["hi3"]["pins"] = [PIN, "cd" * 32]
    refuses(s, "hi3 is another destination", *to_a)
    refuses(changed("warrant.set", task__hi3=None), "hi3", *to_a)
    s = Statement("warrant.set")
    s.plan_hash = "00" * 32
    refuses(s, "the plan is not the one", *to_a)


def test_every_argument():
    given = {"delivery": ("both", "task", "iri"), "content": ("full", "task", "headers"), "services": ("voice,data", "task", None),
             "countries": ("DE", "task", ["DE", "FR"]), "ne": ("ne2,ne1", "task", None), "auth-cc": ("DE", "task", "FR"), "delivery-cc": ("DE", "task", "FR"),
             "operator-id": ("LAB", "task", "LAC"), "trigger": ("no", "task", True), "exclude": ("udp:443", "task", ""), "target": ("none", "task", "37" * 32),
             "reference": ("AZ 12/34", "order", "AZ 12/35"), "priority": ("normal", "order", "urgent"), "regime": ("etsi", "order", "other")}
    for name, (value, part, lie) in given.items():
        member = {"ne": "nes"}.get(name, name.replace("-", "_"))
        signs(Statement("warrant.set"), "warrant", "set", UUID, f"--{name}", value)
        refuses(changed("warrant.set", **{f"{part}__{member}": lie}), f"({part}.{member}) is not what you gave", "warrant", "set", UUID, f"--{name}", value)
    refuses(Statement("warrant.set"), "services", "warrant", "set", UUID, "--services", "all")
    refuses(Statement("warrant.set"), "from", "warrant", "set", UUID, "--from", "2026-01-01T00:00:00Z")
    refuses(Statement("warrant.set"), "authority", "warrant", "set", UUID, "--authority", "District court")
    s = changed("warrant.set", task__xids=[XID, OTHER])
    s.change["tasks"]["xids"].append(OTHER)
    refuses(s, "xid", "warrant", "set", UUID, "--xid", XID.upper())
    signs(Statement("warrant.set"), "warrant", "set", UUID, "--xid", XID.upper())
    refuses(changed(task__xids=[XID, OTHER]), "XIDs", *SUBMIT, UUID)
    refuses(changed(task__cc_outage=None), "cc_outage", *SUBMIT, UUID)
    refuses(changed(task__iri_outage="drop"), "iri_outage", *SUBMIT, UUID)


def test_another_act():
    refuses(Statement("warrant.extend"), "another operation", *SUBMIT, UUID)
    s = Statement()
    s.type = "openmdf.change.v1"
    refuses(s, "another kind", *SUBMIT, UUID)
    for words in (("ne", "add", "ne1", "--san", "ne1.lab.example"), ("destination", "set", "dest-a", "--level", "b")):
        refuses(Statement(), "another kind", *words)
    doc = canonical({"after": "", "args": {}, "before": "", "object": "", "op": "ne.add", "submitted_ns": "1", "type": "openmdf.change.v1"})
    refuses({"plan": None, "doc": doc, "sha256": sha(doc)}, "another kind", *SUBMIT, UUID)
    answer = Statement().answer()
    refuses({**answer, "doc": answer["doc"] + " "}, "canonical", *SUBMIT, UUID)
    refuses({**answer, "sha256": "00" * 32}, "hash", *SUBMIT, UUID)
    refuses({**answer, "plan": None}, "the plan is not the one", *SUBMIT, UUID)


def test_second_person():
    words = ("approval", "approve", OTHER)
    signs(Statement().answer(), *words)
    refuses(changed(task__until_ns=str(UNTIL_NS + HOUR)), "another window", *words)
    s = Statement()
    s.task["hi2"]["did"] = OTHER
    refuses(s, "another destination than in the plan", *words)


def test_log_in():
    answer = Statement().answer()
    inside = json.loads(answer["doc"])
    inside["order"]["type"] = "openmdf.login.v1"
    for text in (canonical(inside), canonical({"nonce": "00" * 16, "person": "bob", "type": "openmdf.login.v1"})):
        server.reset(answer, text=text)
        p = mdfctl(*SUBMIT, UUID)
        equal((p.returncode, server.opened, server.signed), (1, [], []), f"exit code and what was signed: {p.stderr}")
        assert "no challenge" in p.stderr, p.stderr


def test_exit_code_of_a_plan():
    for person in ("alice", None):
        for changes, words, want in ((True, ("--exit-code", "yes"), 10), (False, ("--exit-code", "yes"), 0), (True, (), 0)):
            server.reset(None, result={"changes": changes, "change": {}, "now": {}})
            p = mdfctl("warrant", "plan", UUID, *words, person=person)
            equal((p.returncode, server.signed), (want, []), f"{changes} {words}: {p.stderr}")


def main():
    global folder, server
    tests = [v for k, v in globals().items() if k.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "alice.key")
        subprocess.run([MDFCTL, "key", "new", key], check=True, capture_output=True)
        with open(os.path.join(folder, "alice.pub"), "wb") as f:
            f.write(subprocess.run([MDFCTL, "key", "public", key, "--pem", "yes"], check=True, capture_output=True).stdout)
        server = Server(os.path.join(folder, "ctl"))
        server.start()
        for i, t in enumerate(tests, 1):
            try:
                t()
                print(f"ok {i} - {t.__name__}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {i} - {t.__name__}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print("# " + line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
