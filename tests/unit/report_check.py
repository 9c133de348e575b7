# SPDX-License-Identifier: Apache-2.0
"""What must hold of every report: form of the master, its hash, its PDF, the draw of a review.  Shares no code with mdfd and mdfctl."""

import base64
import hashlib
import json
import os
import re
import subprocess

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "report.schema.json")


def canonical(value):
    """RFC 8785 for what masters hold: text, whole numbers, booleans, null."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def master(data):
    """The master in DATA, which must be in canonical form and agree with the schema."""
    value = json.loads(data)
    assert canonical(value).encode() == data.rstrip(b"\n"), "not canonical"
    try:
        import jsonschema
    except ImportError:
        return value
    with open(SCHEMA) as f:
        jsonschema.validate(value, json.load(f))
    for s in value["sections"]:
        keys = {c["key"] for c in s["columns"]}
        assert all(set(r) == keys for r in s["rows"]), f"{value['kind']} {s['key']}: a row has other members than the columns"
    return value


def signed(value, vkey):
    """The signature of a master by the verifier key VKEY ("name+id+base64 of 0x01 and the raw Ed25519 key")."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    raw = base64.b64decode(vkey.strip().split("+", 2)[2])
    assert raw[0] == 1 and len(raw) == 33, "kind of the key"
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert value["signature"]["key"] == hashlib.sha256(der).hexdigest(), "id of the key"
    bare = {k: v for k, v in value.items() if k != "signature"}
    key.verify(base64.b64decode(value["signature"]["sig"]), canonical(bare).encode())


def squeeze(text):
    return re.sub(r"\s+", "", text)


def cells(value):
    """Every text that must be found in the PDF."""
    for s in value["sections"]:
        yield s["title"]
        for row in s["rows"]:
            for c in s["columns"]:
                v = row[c["key"]]
                if isinstance(v, bool):
                    yield "yes" if v else "no"
                elif v is not None:
                    yield str(v)


def pdf(path, value):
    check = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr
    pages = int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout).group(1))
    sha = hashlib.sha256(canonical(value).encode()).hexdigest()
    for n in range(1, pages + 1):
        page = subprocess.run(["pdftotext", "-f", str(n), "-l", str(n), path, "-"], capture_output=True, text=True, check=True).stdout
        assert sha in page, f"page {n}: hash"
        assert f"page {n} of {pages}" in page, f"page {n}: its number"
    # cells wrap: compare without white space, character by character of each column's reading order
    text = squeeze(subprocess.run(["pdftotext", "-tsv", path, "-"], capture_output=True, text=True, check=True).stdout)
    raw = squeeze(subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout)
    missing = [c for c in set(cells(value)) if squeeze(c) not in raw and squeeze(c) not in text]
    assert not missing, f"{path}: not in the text: {missing[:5]}"
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    assert all(" yes " in line for line in fonts.splitlines()[2:]) or "Helvetica" in fonts, f"fonts: {fonts}"


def draw(review, population, suspicious):
    """Draw the sample again: the lowest ranks SHA-256(seed, seq as 8 octets), and everything suspicious."""
    seed = bytes.fromhex(review["seed"])
    ranked = sorted(population, key=lambda n: hashlib.sha256(seed + n.to_bytes(8, "big")).digest())
    sample = set(ranked[:-(-len(ranked) * review["percent"] // 100)])
    got = {i["seq"]: i["why"] for i in review["items"]}
    assert review["population"] == len(population), (review["population"], len(population))
    assert {n for n, w in got.items() if w == "sample"} == sample, "sample"
    assert set(got) == sample | suspicious, "what is always reviewed"
