# SPDX-License-Identifier: Apache-2.0
"""Three people of a small provider, made with mdfctl alone as README tells an administrator to: sam (security), alice (LI admin), bob (approver)."""

import json
import os
import subprocess

from lab import LabError, wait_for

PEOPLE = {"sam": ("security", "create,keys"), "alice": ("admin", "create"), "bob": ("approver", "approve,keys")}


class Office:
    def __init__(self, lab, more=None):
        """MORE: further persons whose keys are in the first list, entered later by two of the three."""
        self.lab = lab
        self.dir = os.path.join(lab.dir, "office")
        os.makedirs(self.dir, mode=0o700)
        self.tool("key", "new", self.path("root.key"))
        self.write("root.pub", self.tool("key", "public", self.path("root.key"), "--pem", "yes"))
        self.key_id = {}
        people = {**PEOPLE, **(more or {})}
        for handle, (_, rights) in people.items():
            self.tool("key", "new", self.path(f"{handle}.key"))
            entry = self.tool("key", "public", self.path(f"{handle}.key"), "--handle", handle, "--rights", rights)
            self.key_id[handle] = json.loads(entry)["id"]
            self.write(f"{handle}.json", entry)
        entries = ",".join(self.path(f"{h}.json") for h in people)
        self.write("keys-1.json", self.tool("key", "genesis", "--root", self.path("root.key"), "--entry", entries))
        os.unlink(self.path("root.key"))  # a real one is kept offline
        self.write("vault.key", os.urandom(32).hex() + "\n")
        self.conf = {"trust__unsigned": False, "trust__root": self.path("root.pub"), "vault__key": self.path("vault.key"),
                     "log__origin": "demo.example/audit", "log__second": self.path("heads")}
        os.mkdir(self.path("heads"), 0o700)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(text)

    def tool(self, *args):
        p = subprocess.run([self.lab.exe("mdfctl"), *args], capture_output=True, text=True)
        if p.returncode != 0:
            raise LabError(f"mdfctl {' '.join(args)}: {p.stdout}{p.stderr}")
        return p.stdout

    def open(self):
        """The first key list and the three persons, in a daemon that knows nobody."""
        def ready():
            code, out = self.lab.ctl("health", check=False)
            return code == 0 and out["ready"]
        wait_for("mdfd answers", ready, 20, 0.05)
        self.lab.ctl("key", "import", self.path("keys-1.json"))
        for handle, (role, _) in PEOPLE.items():
            self.lab.ctl("person", "enrol", "--code-file", os.path.join(self.lab.dir, "state", "enrol-code"), "--handle", handle, "--roles", role,
                         "--key-id", self.key_id[handle])

    def args(self, handle):
        return ["--person", handle, "--key", self.path(f"{handle}.key")]

    def ctl(self, handle, *args, check=True):
        return self.lab.ctl(*self.args(handle), *args, check=check)

    def two(self, first, *args):
        """FIRST asks and signs, bob signs too."""
        code, out = self.ctl(first, "--yes", *args, check=False)
        if code != 6:
            raise LabError(f"mdfctl {' '.join(args)}: exit {code}, where 6 (waits for a second person) is due: {out}")
        return self.ctl("bob", "--yes", "approval", "approve", out["approval"])
