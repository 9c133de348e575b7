#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Integrity checks and encryption, each agency by its profile: every PS-PDU that arrives is covered by one hash, every hash by one signature, also when the
daemon is killed at random moments under load.  Checked by the receiver, which shares no line with the daemon.

KILL_ROUNDS (4): how many deaths.  KILL_SEED: repeats a run's moments.
"""

import atexit
import json
import os
import random
import shutil
import subprocess
import tempfile
import time

import tap

ROUNDS = int(os.environ.get("KILL_ROUNDS", "4"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(1 << 32)))
dice = random.Random(SEED)
LOAD = ["format=sip,rate=20,sessions=3,duration=3600", "format=rtp,rate=80,sessions=4,duration=3600", "format=ipv4,size=300,rate=40,sessions=2,duration=3600"]
AES = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
PROFILES = {
    "a": {"name": "signed-a", "integrity": "signed", "hash_n": 20, "hash_ms": 500, "sign_alg": "ecdsa", "sign_n": 4, "sign_ms": 2000},
    "b": {"name": "signed-b", "integrity": "signed", "hash_alg": "sha-512", "hash_n": 7, "hash_ms": 300, "sign_alg": "eddsa", "sign_n": 3, "sign_ms": 1000,
          "encryption": "aes-256-cbc"},
}
ALGORITHM = {"a": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "b": ["-algorithm", "ED25519"]}
lab = None
keys = tempfile.mkdtemp(prefix="openmdf-keys-")
atexit.register(shutil.rmtree, keys, ignore_errors=True)
XIDS = [tap.new_xid() for _ in range(2)]


def key_files(folder):
    for n, algorithm in ALGORITHM.items():
        private = os.path.join(folder, f"lea-{n}.sign.pem")
        subprocess.run(["openssl", "genpkey", *algorithm, "-out", private], check=True, capture_output=True)
        os.chmod(private, 0o600)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", os.path.join(folder, f"{n}.pub")], check=True, capture_output=True)
    with open(os.open(os.path.join(folder, "lea-b.enc.hex"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write(AES + "\n")


def setup():
    global lab
    tap.note(f"KILL_SEED={SEED} KILL_ROUNDS={ROUNDS}")
    key_files(keys)
    lab = tap.start_lab(session__snapshot_s=1, hi__handover_keys=keys)
    tap.provision(lab)
    for n, p in PROFILES.items():
        path = os.path.join(lab.dir, f"profile-{n}.json")
        with open(path, "w") as f:
            json.dump({"version": "1", **p}, f)
        lab.ctl("profile", "import", "--file", path)
        lab.ctl("lea", "set", "--lea", f"lea-{n}", "--profile", p["name"])
    tap.add_warrant(lab, "BOTH-A", "lea-a", XIDS)
    tap.add_warrant(lab, "BOTH-B", "lea-b", XIDS[0])
    tap.in_force(lab)
    return lab


def report(n):
    """What the receiver finds in all that came for agency N."""
    more = ["--decrypt-key", os.path.join(keys, "lea-b.enc.hex")] if n == "b" else []
    p = subprocess.run([lab.exe("mdf-lemf"), "report", lab.lemfs[f"lemf-{n}"]["dir"], "--json", "--public-key", os.path.join(keys, f"{n}.pub"), *more],
                       capture_output=True, text=True)
    assert p.returncode in (0, 1) and p.stdout, p.stderr
    return json.loads(p.stdout)


def sound(r):
    """Every PDU is covered once and every hash signed once."""
    i = r["integrity"]
    bad = {k: i[k] for k in ("hashes_bad", "uncovered", "twice", "missing", "order", "bad", "signatures_unchecked", "unsigned") if i[k]}
    assert not bad, (bad, i["findings"][:5])
    assert i["hashes_ok"] > 0 and i["signatures_ok"] > 0, i
    assert not (r["missing"] or r["conflicts"] or r["order_violations"] or r["undecodable"]), r
    return i


def settled():
    """Everything is delivered, every run is closed by its time."""
    tap.drained(lab)

    def closed():
        r = report("a"), report("b")
        return r if all(x["integrity"]["uncovered"] == 0 and x["integrity"]["unsigned"] == 0 for x in r) else None
    return tap.wait_for("everything is covered and signed", closed, 15, 0.5)


@tap.test("hashes and signatures by count and time: ECDSA with SHA-256, EdDSA with SHA-512 over encrypted PDUs")
def _():
    lab.ne(xid=XIDS[0], seed=1, generate=["format=sip,corr=call,count=30", "format=rtp,corr=call,call=25,count=100", "format=ipv4,count=60"])
    a, b = settled()
    tap.equal(sound(a)["covered"], 190, "covered at A")
    tap.equal(sound(b)["covered"], 190, "covered at B")
    assert b["integrity"]["hashes_ok"] > a["integrity"]["hashes_ok"], "limits of the profile"


@tap.test("kill -9 of ingest and of the whole daemon under load: covered exactly once")
def _():
    p = lab.ne_background("ne1", seed=SEED, xid=XIDS, connections=3, keepalive=0.3, ack_timeout=5, retry=60, generate=LOAD, start_seq=1000,
                          ledger=os.path.join(lab.dir, "kill.jsonl"), nfid="n")
    for i in range(ROUNDS):
        time.sleep(dice.uniform(0.3, 2.5))
        assert p.poll() is None, f"mdf-ne ended with code {p.returncode}"
        if i % 3 == 2:
            lab.kill_all()
            lab.start()
        else:
            lab.kill_role("ingest")
    time.sleep(1)
    p.terminate()
    p.wait(20)
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    a, b = settled()
    tap.note(f"A: {sound(a)}")
    tap.note(f"B: {sound(b)}")


@tap.test("a restart in order leaves nothing open")
def _():
    lab.ne(xid=XIDS[0], seed=99, nfid="last", generate="format=rtp,count=33")
    tap.equal(lab.stop(), 0, "exit code")
    lab.start()
    lab.ctl("wait", "--for", "connected", "--timeout", "15")
    tap.drained(lab)
    for n in "ab":
        tap.wait_for(f"all of {n} is covered", lambda n=n: report(n)["integrity"]["uncovered"] == 0, 5, 0.2)
        sound(report(n))


tap.main(setup)
