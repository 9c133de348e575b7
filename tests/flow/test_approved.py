#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the first key to delivered product with the real tools: keys, key lists, approvals; one key is on a PKCS#11 token.  What is approved is
served, what is revoked is not."""

import base64
import glob
import json
import os
import subprocess

import tap
from cryptography.hazmat.primitives import serialization
from people import People

lab = people = None
X = {n: tap.new_xid() for n in ("ONE", "TWO")}
MODULE = (glob.glob("/usr/lib/*/softhsm/libsofthsm2.so") + glob.glob("/usr/lib/softhsm/libsofthsm2.so") + [None])[0]
ENGINE = glob.glob("/usr/lib/*/engines-3/pkcs11.so")
URI = "pkcs11:token=lab;object=bob;type=private"


def mdfctl(*args, check=True, env=None):
    p = subprocess.run([lab.exe("mdfctl"), *map(str, args)], capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert not check or p.returncode == 0, f"mdfctl {args}: {p.returncode}: {p.stdout}{p.stderr}"
    return p


def setup():
    global lab, people
    lab = tap.Lab(tap.BUILD)
    lab.make_pki(nes=("ne1",), lemfs=("lemf-a", "lemf-b"))
    for n in ("lemf-a", "lemf-b"):
        lab.lemf(n)
    people = People(lab)
    lab.configure(**people.conf)
    return lab


def token():
    """A token with a P-256 key of bob's in place of his file."""
    conf = people.secret_file("softhsm2.conf", f"directories.tokendir = {people.path('tokens')}\nlog.level = ERROR\n")
    os.makedirs(people.path("tokens"), mode=0o700)
    os.environ["SOFTHSM2_CONF"] = conf
    os.environ["PKCS11_MODULE_PATH"] = MODULE
    people.secret_file("pin", "123456\n")
    for args in (["softhsm2-util", "--init-token", "--free", "--label", "lab", "--so-pin", "123456", "--pin", "123456"],
                 ["pkcs11-tool", "--module", MODULE, "--token-label", "lab", "--login", "--pin", "123456", "--keypairgen", "--key-type", "EC:prime256v1",
                  "--label", "bob", "--id", "01"]):
        p = subprocess.run(args, capture_output=True, text=True)
        assert p.returncode == 0, f"{args}: {p.stdout}{p.stderr}"


class Token:
    """The public half of a key that is on the token."""

    def __init__(self, spki):
        self.der = base64.b64decode(spki)

    def public_key(self):
        return serialization.load_der_public_key(self.der)


def two(first, second, *args):
    """mdfctl ARGS by FIRST, approved by SECOND.  The result of the operation."""
    code, out = lab.ctl(*people.args(first), "--yes", *args, check=False)
    assert code == 6, f"{args}: exit {code}, not 6 (waits): {out}"
    return lab.ctl(*people.args(second), "--yes", "approval", "approve", out["approval"])


@tap.test("keys in files that only their owner reads, and the first key list, without a daemon")
def _():
    path = people.path("own.key")
    made = json.loads(mdfctl("key", "new", path, "--type", "p256").stdout)
    tap.equal(os.stat(path).st_mode & 0o777, 0o600, "mode")
    tap.equal(json.loads(mdfctl("key", "public", path).stdout), made, "the public half")
    assert mdfctl("key", "new", path, check=False).returncode != 0, "it was overwritten"
    os.chmod(path, 0o640)
    assert mdfctl("key", "public", path, check=False).returncode != 0, "a key that others can read was taken"
    root = people.path("root.key")
    mdfctl("key", "new", root)
    with open(people.path("root.pub"), "w") as f:
        f.write(mdfctl("key", "public", root, "--pem", "yes").stdout)
    entries = []
    if MODULE and ENGINE:
        token()
    for h, (_, rights, _) in people.all.items():
        where = [URI, "--pin-file", people.path("pin")] if h == "bob" and MODULE and ENGINE else [people.path(f"{h}.key")]
        entries.append(people.path(f"{h}.json"))
        with open(entries[-1], "w") as f:
            f.write(mdfctl("key", "public", *where, "--handle", h, "--rights", ",".join(rights)).stdout)
    if MODULE and ENGINE:
        with open(people.path("bob.json")) as f:
            people.keys["bob"] = Token(json.load(f)["spki"])
    with open(people.path("keys-1.json"), "w") as f:
        f.write(mdfctl("key", "genesis", "--root", root, "--entry", ",".join(entries)).stdout)
    if not (MODULE and ENGINE):
        raise tap.Skip("no softhsm2 or no engine for PKCS#11: bob's key is in a file")


@tap.test("the daemon takes the list that its root key signed, and no other; the first persons are enrolled")
def _():
    lab.start(wait=False)
    people.wait_ready()
    with open(people.path("keys-1.json")) as f:
        envelope = json.load(f)
    wrong = dict(envelope, sigs=[people.sign("sam", envelope["doc"])])
    with open(people.path("wrong.json"), "w") as f:
        json.dump(wrong, f)
    code, out = lab.ctl("key", "import", people.path("wrong.json"), check=False)
    tap.equal((code != 0, out["error"]["code"]), (True, "SIGNATURE"), "a list that somebody else signed")
    tap.equal(lab.ctl("key", "import", people.path("keys-1.json"))["list"], 1, "list")
    people.enrol()
    if MODULE and ENGINE:
        people.args = lambda h: ["--person", h, *(["--key", URI, "--pin-file", people.path("pin")] if h == "bob" else ["--key", people.path(f"{h}.key")])]
    tap.equal({k["person"] for k in people.ctl("ada", "key", "list")}, set(people.all), "persons of the list")


@tap.test("network element, agency, destinations and warrants by two persons each: product is delivered")
def _():
    two("sam", "bob", "ne", "add", "ne1", "--san", "ne1.lab.example")
    two("sam", "bob", "lea", "add", "lea-a")
    for n in ("lemf-a", "lemf-b"):
        two("sam", "bob", "destination", "add", n, "--lea", "lea-a", "--addresses", f"127.0.0.1:{lab.lemfs[n]['port']}", "--server-name",
            f"{n}.lab.example", "--options", json.dumps({"barrier_ms": 50, "backoff_max_ms": 500}))
    for n, dest in (("ONE", "lemf-a"), ("TWO", "lemf-b")):
        people.ctl("alice", "warrant", "add", "--liid", n, "--lea", "lea-a", "--delivery", "both", "--xid", X[n], "--hi2", dest, "--hi3", dest,
                   "--from", "2020-01-01T00:00:00Z", "--until", "2040-01-01T00:00:00Z", "--operator-id", "LAB-CSP")
        two("alice", "bob", "warrant", "submit", f"{n}@lea-a")
    tap.wait_for("both links are up", lambda: {status_dest(n) for n in ("lemf-a", "lemf-b")} == {"up"}, 15)
    send(["ONE", "TWO"])
    tap.wait_for("both are delivered", lambda: delivered("ONE") == 5 and delivered("TWO") == 5, 20)


def status():
    return people.ctl("ada", "status")


def status_dest(name):
    return tap.destination(lab, name, status())["state"]


def send(names):
    for n in names:
        lab.ne(xid=X[n], seed=int.from_bytes(os.urandom(3), "big"), generate="format=sip,count=5")


def delivered(liid):
    """Records, each once: what a facility had not confirmed when its link was set anew is sent again."""
    return len({(r["class"], r["cin"], r["seq"]) for n in lab.lemfs for r in tap.lemf_pdus(lab, n) if r["liid"] == liid})


@tap.test("one person switches a destination off, two move it")
def _():
    two("sam", "bob", "destination", "set", "lemf-b", "--level", "b")
    tap.wait_for("it is up again", lambda: status_dest("lemf-b") == "up", 10)
    people.ctl("sam", "destination", "set", "lemf-b", "--enabled", "no")
    tap.wait_for("it is off", lambda: status_dest("lemf-b") == "disabled", 10)
    code, out = people.ctl("sam", "destination", "set", "lemf-b", "--enabled", "yes", check=False)
    tap.equal((code, out["error"]["code"]), (1, "SIGNATURE"), "without the word of the person")
    two("sam", "bob", "destination", "set", "lemf-b", "--enabled", "yes")
    tap.wait_for("it is up again", lambda: status_dest("lemf-b") == "up", 10)
    send(["TWO"])
    tap.wait_for("delivered", lambda: delivered("TWO") == 10, 15)


def each(handle, lines, *args):
    """mdfctl --each: exit code, an object for each line, standard error."""
    path = people.path("each")
    with open(path, "w") as f:
        f.write("".join(f"{line}\n" for line in lines))
    p = mdfctl("--socket", lab.socket, "--json", "--yes", "--quiet", *people.args(handle), "--each", path, *args, check=False)
    return p.returncode, [json.loads(line) for line in p.stdout.splitlines()], p.stderr


@tap.test("many warrants with one log-in of each person: each has a statement and signatures of its own; what is refused stops no other")
def _():
    liids = [f"MANY-{i}" for i in range(5)]
    path = people.path("many.json")
    with open(path, "w") as f:
        json.dump([{"liid": n, "lea": "lea-a", "delivery": "both", "xid": tap.new_xid(), "hi2": "lemf-a", "hi3": "lemf-a", "from": "2020-01-01T00:00:00Z",
                    "until": "2040-01-01T00:00:00Z", "operator_id": "LAB-CSP"} for n in liids], f)
    people.ctl("anton", "warrant", "import", path)
    names = [f"{n}@lea-a" for n in liids]
    code, rows, err = each("anton", [*names[:2], "NOBODY@lea-a", *names[2:]], "warrant", "submit")
    tap.equal((code, [r["warrant"] for r in rows if "error" in r]), (1, ["NOBODY@lea-a"]), "what was not handed in")
    assert "5 done, 1 not" in err, err
    approvals = [r["result"]["approval"] for r in rows if "result" in r]
    tap.equal(len({r["result"]["sha256"] for r in rows if "result" in r}), 5, "statements")
    code, rows, err = each("bob", approvals, "approval", "approve")
    tap.equal((code, [r for r in rows if "error" in r]), (0, []), f"approved: {err}")
    states = {w["liid"]: w["state"] for w in people.ctl("anton", "warrant", "list") if w["liid"] in liids}
    tap.equal(states, {n: "active" for n in liids}, "states")
    code, rows, err = each("bob", approvals[:1], "approval", "approve")
    tap.equal((code, len(rows)), (1, 1), "approved again")
    assert each("anton", names, "warrant", "import")[0] == 2, "taken for an operation whose first word is a file"


@tap.test("a warrant in force is changed by two persons with mdfctl: what it compares with the statement is what was typed")
def _():
    name = "MANY-0@lea-a"
    w = two("anton", "bob", "warrant", "set", name, "--hi2", "lemf-b", "--hi3", "lemf-b", "--content", "headers", "--services", "voice,data", "--ne", "ne1",
            "--exclude", "udp:443", "--cc-outage", "buffer:60", "--authority", "District court", "--zone", "Europe/Berlin", "--reason", "ordered")
    tap.equal((w["hi2"], w["content"], w["cc_outage"]), ("lemf-b", "headers", "buffer:60"), "what was set")
    w = two("anton", "bob", "warrant", "extend", name, "--until", "2041-01-01T01:00:00.5+01:00", "--reference", "AZ 12/35", "--reason", "ordered")
    tap.equal((w["state"], w["reference"]), ("active", "AZ 12/35"), "extended")
    people.ctl("anton", "warrant", "suspend", name, "--reason", "ordered")
    tap.equal(two("anton", "bob", "warrant", "resume", w["uuid"], "--reason", "ordered")["state"], "active", "resumed")


@tap.test("a key is revoked by two persons: the plan says what that ends, and it does")
def _():
    key = next(k["id"] for k in people.ctl("ada", "key", "list") if k["person"] == "alice")
    plan = people.ctl("sam", "key", "draft", "--revoke", key)["plan"]
    tap.equal({v["object"] for v in plan["voids"]}, {"warrant 1", "warrant 2"}, "what the plan lists")
    two("sam", "bob", "key", "submit", "--revoke", key)
    tap.wait_for("two alarms", lambda: {a["object"] for a in status()["alarms"] if a["code"] == "WARRANT-UNSIGNED"} == {"warrant 1", "warrant 2"}, 10)
    send(["ONE"])
    tap.wait_for("rejected", lambda: tap.warrant(lab, "ONE", status())["rejected"] == 5, 10)
    tap.equal(delivered("ONE"), 5, "delivered")
    tap.equal(people.refused("alice", "warrant", "list"), "LOGIN", "log-in with a revoked key")


@tap.test("a key is added by two persons, retired later; old signatures count on")
def _():
    path = people.path("sue2.key")
    mdfctl("key", "new", path)
    with open(people.path("sue2.json"), "w") as f:
        f.write(mdfctl("key", "public", path, "--handle", "anton", "--rights", "create").stdout)
    two("sam", "bob", "key", "submit", "--add", people.path("sue2.json"))
    keys = people.ctl("ada", "key", "list")
    tap.equal((len([k for k in keys if k["person"] == "anton"]), keys[0]["list"]), (2, 3), "keys of anton, version")
    sam = next(k["id"] for k in keys if k["person"] == "sam")
    two("sue", "bob", "key", "submit", "--retire", sam)
    tap.equal({a["code"] for a in status()["alarms"]} & {"DEST-UNSIGNED", "KEY-LIST"}, set(), "alarms")
    tap.equal(status_dest("lemf-a"), "up", "destination that sam signed")


if __name__ == "__main__":
    tap.main(setup)
