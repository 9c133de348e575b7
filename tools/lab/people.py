# SPDX-License-Identifier: Apache-2.0
"""People for a laboratory: a root key, a key for each person, the first key list, a daemon that knows nobody else, and who they are.

    lab = Lab(build); lab.make_pki()
    people = People(lab)                   # makes the keys
    lab.configure(**people.conf)           # trust.root, vault.key
    people.start()                         # the daemon; the first key list; those of PEOPLE
    people.ctl("alice", "warrant", "list")
"""

import base64
import hashlib
import json
import os
import sqlite3
import subprocess
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from lab import LabError, wait_for

# handle: (roles, rights of the key, kind of key)
PEOPLE = {
    "alice": ("admin", ["create"], "ed25519"),
    "anton": ("admin", ["create"], "p256"),
    "olga": ("operator", [], "ed25519"),
    "ada": ("auditor", ["approve", "create"], "ed25519"),
    "carl": ("auditor", ["approve", "create"], "ed25519"),
    "sam": ("security", ["create", "keys"], "ed25519"),
    "bob": ("approver", ["approve", "keys"], "p256"),
    "bert": ("approver", ["approve", "keys"], "ed25519"),
    "sue": ("security", ["approve", "create", "keys"], "p256"),
}
# in the key list, entered later by two persons: a liaison needs an agency
LATER = {
    "lia": ("liaison", ["create"], "ed25519"),
    "lea": ("liaison", ["create"], "ed25519"),
}


def canonical(j):
    """RFC 8785 for what occurs here: text, integers, lists, objects."""
    return json.dumps(j, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def make_key(kind):
    return ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key):
    return hashlib.sha256(spki(key)).hexdigest()


def sign(key, text):
    """{"key", "sig"} of TEXT as everything here takes it."""
    data = text.encode()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.sign(data)
    else:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return {"key": key_id(key), "sig": base64.b64encode(raw).decode()}


class People:
    def __init__(self, lab, people=None, later=None):
        self.lab = lab
        self.first = dict(PEOPLE if people is None else people)
        self.later = dict(LATER if later is None else later)
        self.all = {**self.first, **self.later}
        self.dir = os.path.join(lab.dir, "people")
        os.makedirs(self.dir, mode=0o700, exist_ok=True)
        self.root = make_key("ed25519")
        self.keys = {h: make_key(kind) for h, (_, _, kind) in self.all.items()}
        with open(self.path("root.pub"), "wb") as f:
            f.write(self.root.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        for h, k in self.keys.items():
            self.secret_file(f"{h}.key", k.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                         serialization.NoEncryption()).decode())
        self.secret_file("vault.key", os.urandom(32).hex() + "\n")
        self.conf = {"trust__unsigned": False, "trust__root": self.path("root.pub"), "vault__key": self.path("vault.key")}

    def path(self, name):
        return os.path.join(self.dir, name)

    def secret_file(self, name, text):
        """A file that only its owner reads; its path."""
        fd = os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(fd, text.encode())
        os.close(fd)
        return self.path(name)

    def entry(self, handle, state="active", retired_ns=""):
        return {"id": key_id(self.keys[handle]), "person": handle, "retired_ns": retired_ns, "rights": sorted(self.all[handle][1]),
                "spki": base64.b64encode(spki(self.keys[handle])).decode(), "state": state}

    def key_list(self, version=1, prev="", keys=None, signers=None):
        """An envelope; SIGNERS: keys, default the root."""
        doc = canonical({"keys": sorted(keys or [self.entry(h) for h in self.all], key=lambda e: e["id"]), "prev": prev,
                         "type": "openmdf.keys.v1", "version": version})
        return {"doc": doc, "sigs": [sign(k, doc) for k in signers or [self.root]]}

    # -- start
    def genesis(self, envelope=None):
        """Import the first key list; returns it."""
        envelope = envelope or self.key_list()
        path = self.path("keys-1.json")
        with open(path, "w") as f:
            json.dump(envelope, f)
        code, out = self.lab.ctl("key", "import", path, check=False)
        if code != 0:
            raise LabError(f"key import: {out}")
        return envelope

    def genesis_by_hand(self):
        """The same into the database of a daemon that does not run."""
        db = sqlite3.connect(os.path.join(self.lab.dir, "state", "openmdf.db"), timeout=10)
        with db:
            db.execute("INSERT INTO key_list VALUES (1, ?, ?)", (json.dumps(self.key_list()), time.time_ns()))
        db.close()

    def start(self, env=None):
        """The daemon, and everybody of `first` enrolled."""
        self.env = env
        self.lab.start(wait=False, env=env)
        self.wait_ready()
        self.genesis()
        self.enrol()

    def wait_ready(self, timeout=20):
        def ready():
            if self.lab.mdfd.poll() is not None:
                raise LabError(f"mdfd ended with code {self.lab.mdfd.returncode}; see {self.lab.dir}/mdfd.log")
            code, out = self.lab.ctl("health", check=False)
            return code == 0 and out["ready"]
        wait_for("mdfd answers and its data plane is ready", ready, timeout, 0.05)

    @property
    def code_file(self):
        return os.path.join(self.lab.dir, "state", "enrol-code")

    def enrol_one(self, handle, check=True, code_file=None, roles=None):
        return self.lab.ctl("person", "enrol", "--code-file", code_file or self.code_file, "--handle", handle, "--roles", roles or self.first[handle][0],
                            "--key-id", key_id(self.keys[handle]), check=check)

    def enrol(self):
        """Those whose entry ends the enrolment come last."""
        late = {"security": 1, "approver": 1}
        order = sorted(self.first, key=lambda h: late.get(self.first[h][0], 0))
        last = [h for h in order if self.first[h][0] == "approver"]
        # the quorum is there with the first approver after a security officer: others of both before
        order = [h for h in order if h not in last] + last
        for h in order[: len(order) - len(last) + 1]:
            self.enrol_one(h)
        self.rest = order[len(order) - len(last) + 1:]

    # -- acting
    def args(self, handle):
        return ["--person", handle, "--key", self.path(f"{handle}.key")]

    def ctl(self, handle, *args, check=True):
        """mdfctl as this person: Lab.ctl."""
        return self.lab.ctl(*self.args(handle), *args, check=check)

    def refused(self, handle, *args):
        """The code with which it is refused; LabError when it is not."""
        code, out = self.ctl(handle, *args, check=False)
        if code == 0:
            raise LabError(f"{handle} may mdfctl {' '.join(map(str, args))}: {out}")
        return out["error"]["code"] if isinstance(out, dict) else out

    def sign(self, handle, text):
        return sign(self.keys[handle], text)

    def call(self, handle, op, args=None, **more):
        """One operation on a connection of its own, logged in with the key: the answer, {"ok", "result" | "error"}."""
        with Connection(self) as c:
            if handle is not None:
                c.login(handle)
            return c.call(op, args, **more)

    def two(self, first, second, op, args):
        """An operation that two persons do: FIRST signs and submits it, SECOND approves.  Returns the result of the operation."""
        plan = self.must(self.call(first, op, {**args, "plan": True}))
        sent = self.must(self.call(first, op, {**args, "signature": self.sign(first, plan["doc"])}))
        return self.approve(second, sent["approval"])

    def approve(self, second, approval):
        shown = self.must(self.call(second, "approval.show", {"approval": approval}))
        return self.must(self.call(second, "approval.approve", {"approval": approval, "signature": self.sign(second, shown["doc"])}))

    @staticmethod
    def must(answer):
        if not answer["ok"]:
            raise LabError(f"{answer['error']}")
        return answer["result"]


class Connection:
    """The control socket, one operation after the other."""

    def __init__(self, people):
        import socket
        self.people = people
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(30)
        self.s.connect(people.lab.socket)
        self.f = self.s.makefile("r")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.f.close()
        self.s.close()

    def call(self, op, args=None, **more):
        self.s.sendall((json.dumps({"op": op, "args": args or {}, **more}) + "\n").encode())
        line = self.f.readline()
        if not line:
            raise LabError("the daemon closed the control connection")
        return json.loads(line)

    def signed(self, handle, key=None):
        """Arguments of a signed challenge."""
        r = People.must(self.call("session.challenge", {"person": handle}))
        return {"nonce": r["nonce"], "signature": sign(key or self.people.keys[handle], r["text"])}

    def login(self, handle, check=True):
        answer = self.call("session.open", {"person": handle, **self.signed(handle)})
        return People.must(answer) if check else answer
