# SPDX-License-Identifier: Apache-2.0
"""Three network namespaces, elements - mdfd - agencies, with a link of its own between each two, and the faults of a link.

Needs root, ip and nft.  Everything is gone when the process ends, and what a killed one left behind goes with the next."""

import atexit
import os
import shutil
import subprocess

import tap

WHERE = {"mdf-ne": "ne", "mdfd": "mdf", "mdf-lemf": "lemf"}
SUBNET = {"x": "10.231.1", "hi": "10.231.2"}  # inside the namespaces only
FAR = {"x": "ne", "hi": "lemf"}


def run(*args, check=True, stdin=None):
    p = subprocess.run(args, capture_output=True, text=True, input=stdin)
    if check and p.returncode != 0:
        raise RuntimeError(f"{' '.join(args)}: {p.stderr.strip()}")
    return p


class Net:
    address = {"mdfd": SUBNET["x"] + ".1", "mdf-lemf": SUBNET["hi"] + ".2"}

    def __init__(self):
        if os.geteuid() != 0:
            raise tap.Skip("network namespaces need root")
        for tool in ("ip", "nft", "tc"):
            if shutil.which(tool) is None:
                raise tap.Skip(f"there is no {tool} (Debian packages iproute2, nftables)")
        self.sweep()
        self.names = {n: f"omdf{os.getpid()}{n}" for n in ("ne", "mdf", "lemf")}
        atexit.register(self.close)
        try:
            for n in self.names.values():
                run("ip", "netns", "add", n)
                run("ip", "-n", n, "link", "set", "lo", "up")
            for link in SUBNET:
                self.join(link)
            for n in self.names:
                self.nft(n, "add table inet t\nadd chain inet t in { type filter hook input priority 0; }\n")
        except RuntimeError as e:
            self.close()
            raise tap.Skip(f"no network namespaces here: {e}") from e

    @staticmethod
    def sweep():
        """Namespaces of processes that are no more."""
        for name in (line.split()[0] for line in run("ip", "netns", check=False).stdout.splitlines() if line.startswith("omdf")):
            pid = "".join(c for c in name[4:] if c.isdigit())
            if pid and not os.path.exists(f"/proc/{pid}"):
                run("ip", "netns", "del", name, check=False)

    def join(self, link):
        """A veth pair: the end in mdf's namespace has the address .1."""
        near, far = self.names["mdf"], self.names[FAR[link]]
        run("ip", "-n", near, "link", "add", "name", link, "type", "veth", "peer", "name", link, "netns", far)
        for n, last in ((near, 1), (far, 2)):
            run("ip", "-n", n, "addr", "add", f"{SUBNET[link]}.{last}/24", "dev", link)
            run("ip", "-n", n, "link", "set", link, "up")

    def prefix(self, program):
        return ["ip", "netns", "exec", self.names[WHERE[program]]]

    def nft(self, where, text):
        run("ip", "netns", "exec", self.names[where], "nft", "-f", "-", stdin=text)

    def close(self):
        atexit.unregister(self.close)
        for n in self.names.values():
            run("ip", "netns", "del", n, check=False)

    # -- faults of LINK ("x": elements to mdfd, "hi": mdfd to agencies); heal() ends them all
    def ends(self, link, direction):
        """Where packets of a direction come in: "in" to mdfd, "out" from it, "both"."""
        return [n for n, d in (("mdf", "in"), (FAR[link], "out")) if direction in (d, "both")]

    def rule(self, link, direction, text):
        for n in self.ends(link, direction):
            self.nft(n, f'add rule inet t in iifname "{link}" {text}\n')

    def cut(self, link, direction="both"):
        self.rule(link, direction, "drop")

    def lose(self, link, percent):
        self.rule(link, "both", f"numgen random mod 100 < {percent} drop")

    def reset(self, link, direction):
        self.rule(link, direction, "meta l4proto tcp reject with tcp reset")

    def slow(self, link, rate="256kbit"):
        """False: the kernel cannot shape, more than the rate is dropped instead."""
        shaped = True
        for n in ("mdf", FAR[link]):
            p = run("tc", "-n", self.names[n], "qdisc", "replace", "dev", link, "root", "tbf", "rate", rate, "burst", "16kb", "latency", "400ms", check=False)
            shaped = shaped and p.returncode == 0
        if not shaped:
            self.rule(link, "both", "limit rate over 32 kbytes/second drop")
        return shaped

    def heal(self):
        for n in self.names:
            self.nft(n, "flush chain inet t in\n")
        for link in SUBNET:
            for n in ("mdf", FAR[link]):
                run("tc", "-n", self.names[n], "qdisc", "del", "dev", link, "root", check=False)
