#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""LEA profiles: what differs between agencies is data.  One stream of PDUs to agencies with different profiles at once; each gets its own form,
and the receiver's own checks (numbers, segments, integrity, encryption) are satisfied, also over kill -9."""

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402

lab = None
LEAS = ("plain", "liid", "group", "signed", "crypt", "eddsa", "reset", "parts")
PROFILES = {
    "liid": {"sequence_scope": "liid", "time_form": "generalized", "ps_version": 40},
    "group": {"aggregate_n": 20, "aggregate_len": 60000},
    "signed": {"integrity": "signed", "hash_n": 20, "hash_ms": 400, "sign_n": 3, "sign_ms": 1500, "hash_alg": "sha-256", "sign_alg": "ecdsa"},
    "crypt": {"encryption": "aes-192-cbc", "aggregate_n": 4},
    "eddsa": {"integrity": "signed", "hash_n": 7, "hash_ms": 300, "sign_n": 2, "sign_ms": 900, "hash_alg": "sha-512", "sign_alg": "eddsa"},
    "reset": {"restart": "reset"},
    "parts": {"segment_len": 1000, "opaque": True},
}
KEY = "000102030405060708090a0b0c0d0e0f1011121314151617"
xids = []


def keys(folder):
    os.makedirs(folder, exist_ok=True)
    for lea, how in (("signed", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]), ("eddsa", ["-algorithm", "ED25519"])):
        key = os.path.join(folder, f"lea-{lea}.sign.pem")
        subprocess.run(["openssl", "genpkey", *how, "-out", key], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", os.path.join(folder, f"{lea}.pub")], check=True, capture_output=True)
    with open(os.path.join(folder, "lea-crypt.enc.hex"), "w") as f:
        f.write(KEY + "\n")


def setup():
    global lab
    lab = tap.Lab(tap.BUILD)
    try:
        lemfs = [f"lemf-{x}" for x in LEAS]
        lab.make_pki(nes=("ne1", "ne2"), lemfs=lemfs)
        for n in lemfs:
            lab.lemf(n)
        folder = os.path.join(lab.dir, "handover-keys")
        keys(folder)
        lab.configure(hi__handover_keys=folder)
        lab.start()
        tap.provision(lab, nes=("ne1", "ne2"), leas=LEAS)
        for name, fields in PROFILES.items():
            path = os.path.join(lab.dir, f"{name}.json")
            with open(path, "w") as f:
                json.dump({"name": name, "version": "1", "about": ["made by a test"], **fields}, f)
            lab.ctl("profile", "import", path)
            lab.ctl("lea", "set", f"lea-{name}", "--profile", name)
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    return lab


def orders(tag, leas=LEAS, delivery="both"):
    """One warrant per agency for one XID."""
    xid = tap.new_xid()
    for lea in leas:
        tap.add_warrant(lab, f"{tag}-{lea}", f"lea-{lea}", xid, hi2=f"lemf-{lea}", hi3=f"lemf-{lea}", delivery=delivery)
    tap.in_force(lab)
    return xid


def report(lea, *args):
    p = subprocess.run([lab.exe("mdf-lemf"), "report", lab.lemfs[f"lemf-{lea}"]["dir"], "--json", "--strict", *args], capture_output=True, text=True)
    return p.returncode, json.loads(p.stdout) if p.stdout.startswith("{") else p.stdout + p.stderr


def sound(lea, *args):
    code, r = report(lea, *args)
    assert code == 0, f"{lea}: {json.dumps(r)[:3000]}"
    return r


def pdus(lea, *args):
    return [r for r in lab.lemf_show(f"lemf-{lea}", *args) if r["class"] in ("iri", "cc")]


def payloads(rows):
    return sum(len(r["items"]) for r in rows)


@tap.test("one stream, eight agencies, eight profiles: each gets everything in its own form")
def _():
    xid = orders("ALL")
    lab.ne(xid=xid, seed=5, generate=["format=sip,corr=call,count=18", "format=rtp,corr=call,call=40,count=120"])
    tap.accounted(tap.drained(lab))
    for lea in ("plain", "liid", "signed", "eddsa", "reset", "parts"):
        tap.equal(len(pdus(lea)), 138, lea)
    h = pdus("liid")[0]["pdu"]["pSHeader"]
    assert "timeStamp" in h and "microSecondTimeStamp" not in h, h
    assert h["li-psDomainId"].endswith(".40"), h
    h = pdus("plain")[0]["pdu"]["pSHeader"]
    assert "microSecondTimeStamp" in h and h["li-psDomainId"].endswith(".43"), h


@tap.test("sequence numbers per LIID: one contiguous series over all sessions, IRI and CC")
def _():
    numbers = sorted(r["seq"] for r in pdus("liid"))
    tap.equal(numbers, list(range(138)), "numbers")
    sound("liid", "--scope", "liid")


@tap.test("aggregation: fewer PS-PDUs, the same payloads, in order")
def _():
    rows = pdus("group")
    assert len(rows) < 138, len(rows)
    tap.equal(payloads(rows), 138, "payloads")
    many = [r for r in rows if len(r["items"]) > 1]
    assert many, "nothing was aggregated"
    tap.equal({r["pdu"]["pSHeader"].get("timeStampQualifier") for r in many}, {"timeOfAggregation"}, "qualifier")
    w = tap.warrant(lab, "ALL-group")
    tap.equal((w["received"], w["summed"]), (138, 138 - len(rows)), "books")
    sound("group")


@tap.test("encryption: nothing in clear, everything opens with the key, byte counter and IV as agreed")
def _():
    rows = lab.lemf_show("lemf-crypt")
    assert all("encryptionContainer" in json.dumps(r) for r in rows if r["class"] in ("iri", "cc")), "clear payload"
    key = os.path.join(lab.dir, "handover-keys", "lea-crypt.enc.hex")
    opened = [r for r in lab.lemf_show("lemf-crypt", "--decrypt-key", key) if r["class"] in ("iri", "cc")]
    tap.equal(payloads(opened), 138, "payloads")
    sound("crypt", "--decrypt-key", key)


@tap.test("integrity: every PS-PDU is covered once, hashes and signatures verify (ECDSA; EdDSA with SHA-512)")
def _():
    def covered(lea):
        def now():
            code, r = report(lea, "--public-key", os.path.join(lab.dir, "handover-keys", f"{lea}.pub"))
            i = r["integrity"]
            return (code, i) if i["uncovered"] == 0 and i["unsigned"] == 0 else None
        return tap.wait_for(f"{lea}: everything is covered and signed", now, 8, 0.2)
    for lea in ("signed", "eddsa"):
        code, i = covered(lea)
        tap.equal(code, 0, f"{lea}: {i}")
        assert i["hashes_bad"] == 0 and i["bad"] == 0 and i["signatures_ok"] > 0 and i["covered"] == 138, i


@tap.test("segments: long contents are cut, flagged and put together again")
def _():
    xid = orders("LONG", ("parts", "plain"))
    text = os.path.join(lab.dir, "mail.eml")
    with open(text, "w") as f:
        f.write("From: a@example.invalid\r\nTo: b@example.invalid\r\nSubject: long\r\nMessage-ID: <1@example.invalid>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\n")
        f.write("".join(f"line {i} of a long letter\r\n" for i in range(200)))
    size = os.path.getsize(text)
    lab.ne(xid=xid, seed=6, mime_type="message/rfc822", generate=f"format=mime,type=x3,count=1,payload={text}")
    tap.accounted(tap.drained(lab))
    tap.equal(len(pdus("plain", "--liid", "LONG-plain")), 1, "PS-PDUs without segments")
    tap.equal(len(pdus("parts", "--liid", "LONG-parts")), (size + 999) // 1000, "PS-PDUs with segments")
    r = sound("parts")
    s = [x["segments"] for x in r["session"] if x["liid"] == "LONG-parts"]
    tap.equal(s, [{"runs": 1, "incomplete": 0}], "segments")
    w = tap.warrant(lab, "LONG-parts")
    tap.equal((w["received"], w["extra"]), (1, (size + 999) // 1000 - 1), "books")


@tap.test("restart: numbers go on, or begin again after a cINReset")
def _():
    xid = orders("AGAIN", ("plain", "reset"))
    lab.ne(xid=xid, seed=7, generate="format=rtp,corr=session,count=40")
    tap.drained(lab)
    lab.kill_role("ingest")
    lab.ne(xid=xid, seed=7, start_seq=40, generate="format=rtp,corr=session,count=40")
    tap.accounted(tap.drained(lab))
    tap.equal([r["seq"] for r in pdus("plain", "--liid", "AGAIN-plain")], list(range(80)), "continued")
    tap.equal([r["seq"] for r in pdus("reset", "--liid", "AGAIN-reset")], list(range(40)) * 2, "begun again")
    r = sound("reset")
    tap.equal([x["restarts"] for x in r["session"] if x["liid"] == "AGAIN-reset"], [1], "restarts")


@tap.test("kill -9 under load: integrity still covers every PS-PDU exactly once, aggregates lose and double nothing")
def _():
    xid = orders("KILL", ("signed", "eddsa", "group", "liid"))
    ne = lab.ne_background(xid=xid, seed=9, generate="format=rtp,corr=call,call=200,count=3000,rate=1000")
    for _ in range(3):
        tap.wait_for("some came", lambda: tap.warrant(lab, "KILL-group")["received"] > 100, 10)
        lab.kill_role("ingest")
    tap.equal(ne.wait(timeout=60), 0, "mdf-ne")
    tap.accounted(tap.drained(lab))
    tap.equal(payloads(pdus("group", "--liid", "KILL-group")), 3000, "payloads")
    sound("group")
    sound("liid", "--scope", "liid")
    for lea in ("signed", "eddsa"):
        def whole():
            code, r = report(lea, "--public-key", os.path.join(lab.dir, "handover-keys", f"{lea}.pub"))
            i = r["integrity"]
            return (code, i) if i["uncovered"] == 0 and i["unsigned"] == 0 else None
        code, i = tap.wait_for(f"{lea}: everything is covered and signed", whole, 8, 0.2)
        tap.equal(code, 0, f"{lea}: {i}")
        tap.equal(len(pdus(lea, "--liid", f"KILL-{lea}")), 3000, lea)


@tap.test("a profile that needs a key and has none: the warrant stands still, an alarm says so, nothing goes out in clear")
def _():
    os.rename(os.path.join(lab.dir, "handover-keys", "lea-crypt.enc.hex"), os.path.join(lab.dir, "gone.hex"))
    lab.reload()
    xid = orders("NOKEY", ("crypt", "plain"))
    tap.wait_for("the alarm", lambda: "HANDOVER-KEY" in {c for c, _ in tap.alarms(lab)}, 5)
    lab.ne(xid=xid, generate="format=rtp,count=5", check=False)
    tap.accounted(tap.drained(lab))
    w = tap.warrant(lab, "NOKEY-crypt")
    tap.equal((w["received"], w["delivered"], w["rejected"]), (5, 0, 5), "books")
    tap.equal(tap.warrant(lab, "NOKEY-plain")["delivered"], 5, "the others")
    os.rename(os.path.join(lab.dir, "gone.hex"), os.path.join(lab.dir, "handover-keys", "lea-crypt.enc.hex"))
    lab.reload()
    tap.wait_for("the first alarm is over", lambda: "HANDOVER-KEY" not in {c for c, _ in tap.alarms(lab)}, 5)
    key = os.path.join(lab.dir, "handover-keys", "lea-eddsa.sign.pem")
    os.rename(key, key + ".right")
    shutil.copy(os.path.join(lab.dir, "handover-keys", "lea-signed.sign.pem"), key)  # EC, where the profile says EdDSA
    lab.reload()
    tap.wait_for("the alarm about the wrong kind of key", lambda: "HANDOVER-KEY" in {c for c, _ in tap.alarms(lab)}, 5)
    os.rename(key + ".right", key)
    lab.reload()
    tap.wait_for("the alarm is over", lambda: "HANDOVER-KEY" not in {c for c, _ in tap.alarms(lab)}, 5)
    lab.ne(xid=xid, start_seq=5, generate="format=rtp,count=5")
    tap.accounted(tap.drained(lab))
    w = tap.warrant(lab, "NOKEY-crypt")
    tap.equal((w["received"], w["summed"] + w["delivered"], w["rejected"]), (10, 5, 5), "the same warrant, with the key")


tap.main(setup)
