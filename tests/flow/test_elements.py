#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fifty virtual network elements with certificates of one pattern start, send and vanish, without a step of administration between; each has numbers
of its own, and a stranger with a name outside the pattern is refused.  One process plays them (mdf-ne --nes)."""

import os
import subprocess
import time

import tap

lab = None
N = 50


def setup():
    global lab
    lab = tap.start_lab(nes=("ne1",), lemfs=("lemf-a",))
    tap.provision(lab, nes=(), leas="a")
    lab.ctl("ne", "add", "upf", "--san", "upf-*.lab.example", "--group", "yes")
    certificates()
    return lab


def certificates():
    """One key and request, N certificates: as an orchestrator would make them."""
    folder = os.path.join(lab.dir, "pki", "x")
    key = os.path.join(folder, "upf.key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], check=True, capture_output=True)
    for i in range(1, N + 1):
        ext = os.path.join(folder, "upf.ext")
        with open(ext, "w") as f:
            f.write(f"keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\nsubjectAltName=DNS:upf-{i}.lab.example\n")
        csr = subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", f"/CN=upf-{i}"], check=True, capture_output=True).stdout
        subprocess.run(["openssl", "x509", "-req", "-CA", os.path.join(folder, "ca.crt"), "-CAkey", os.path.join(folder, "ca.key"), "-set_serial", str(5000 + i),
                        "-days", "2", "-extfile", ext, "-out", os.path.join(folder, f"upf{i}.crt")], input=csr, check=True, capture_output=True)


def elements(xid, **options):
    folder = os.path.join(lab.dir, "pki", "x")
    args = lab.ne_args([], xid=xid, nes=f"1-{N},{folder}/upf%.crt,{folder}/upf.key,upf-%", json=True, **options)
    p = subprocess.run(args, capture_output=True, text=True, timeout=60)
    return p.returncode, p.stdout + p.stderr


@tap.test("fifty elements come, send and go")
def _():
    xid = tap.new_xid()
    tap.add_warrant(lab, "FIFTY", "lea-a", xid)
    tap.in_force(lab)
    began = time.monotonic()
    code, text = elements(xid, generate=[f"format=ipv4,sessions={N},count={N * 20}", f"format=xiri,sessions={N},count={N * 7}"])
    tap.equal(code, 0, text)
    tap.note(f"{time.monotonic() - began:.2f} s")
    tap.drained(lab)
    w = tap.warrant(lab, "FIFTY")
    tap.equal((w["delivered"], w["rejected"], w["duplicate"]), (N * 27, 0, 0), str(w))
    rows = lab.lemf_show("lemf-a", "--liid", "FIFTY", "--hex")
    names = {f"upf-{i}".encode().hex() for i in range(1, N + 1)}
    tap.equal({n for n in names if any(n in r["octets"] for r in rows)}, names, "elements named in the records")
    tap.equal(len({r["cin"] for r in rows}), N, "sessions")


@tap.test("no alarm is left when they are gone")
def _():
    tap.wait_for("connections closed", lambda: all(n.get("connections", 0) == 0 for n in lab.status()["nes"]), 10)
    (group,) = lab.status()["nes"]
    tap.equal((group["pdus"], group["elements"]), (N * 27, N), "PDUs of the group")
    tap.equal(tap.alarms(lab), set(), "alarms")


@tap.test("they come again: same elements, numbers go on")
def _():
    xid = tap.new_xid()
    tap.add_warrant(lab, "AGAIN", "lea-a", xid)
    tap.in_force(lab)
    for i in range(2):
        code, text = elements(xid, start_seq=i * 2, generate=f"format=rtp,sessions={N},count={N * 2}")
        tap.equal(code, 0, text)
    tap.drained(lab)
    w = tap.warrant(lab, "AGAIN")
    tap.equal((w["delivered"], w["duplicate"]), (N * 4, 0), str(w))


@tap.test("an element outside the pattern is refused")
def _():
    code, out = lab.ne("ne1", check=False, xid=tap.new_xid(), generate="format=ipv4,count=1", retry=1)
    assert code in (1, 3, 4), (code, out)


@tap.test("everything decodes strictly")
def _():
    tap.verify(lab, "lemf-a")
    tap.accounted(lab.status())


tap.main(setup)
