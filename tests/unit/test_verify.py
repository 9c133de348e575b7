#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mdf-verify and the second verifier over the same logs, made here: both accept what is right and name the same first bad row of what is not.

VERIFY_ROUNDS: number of random changes (default 1000)."""

import base64
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

top = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(top, "tests", "verify"))
try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    import verify
except ImportError:
    print("1..0 # SKIP no python3-cryptography")
    sys.exit(0)

MDF_VERIFY = os.path.join(os.environ.get("top_builddir", "build"), "tools", "mdf-verify")
ROUNDS = int(os.environ.get("VERIFY_ROUNDS", "1000"))
DASH = "— "
folder = tempfile.mkdtemp()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mth(leaves):
    """Root by the recursive definition of RFC 9162."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01", mth(leaves[:k]), mth(leaves[k:]))


class Signer:
    def __init__(self, name, seed):
        self.name, self.key = name, Ed25519PrivateKey.from_private_bytes(sha(seed))
        raw = b"\x01" + self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.ident = sha(name.encode(), b"\n", raw)[:4]
        self.vkey = f"{name}+{self.ident.hex()}+{base64.b64encode(raw).decode()}"

    def note(self, size, root, more="time now\n"):
        body = f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\n{more}"
        sig = base64.b64encode(self.ident + self.key.sign(body.encode())).decode()
        return f"{body}\n{DASH}{self.name} {sig}\n"


SIGNER, OTHER = Signer("log.example/1", b"a"), Signer("log.example/1", b"b")


def entry(seq, prev, text):
    return json.dumps({"actor": "root", "detail": {"prev": "no", "seq": 0, "t": text}, "object": "x\"y\\ é", "op": "t", "prev": prev.hex(), "seq": seq},
                      ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def rows(n, change=None, begin=1, prev=bytes(32)):
    """[(leaf, entry)]; CHANGE: {seq: text} for another history."""
    out = []
    for i in range(begin, n + 1):
        e = entry(i, prev, (change or {}).get(i, f"row {i}"))
        prev = sha(b"\x00", e.encode())
        out.append((prev, e))
    return out


def export(log, heads, signer=SIGNER, end=None):
    """The lines of an export, as a list; HEADS: sizes."""
    out = ["openmdf-audit 1", f"origin {signer.name}", f"key {signer.vkey}", "first 1"]
    for i, (leaf, e) in enumerate(log, 1):
        out.append(f"{leaf.hex()} {e}")
        if i in heads:
            out += ["head", *signer.note(i, mth([x for x, _ in log[:i]])).split("\n")[:-1]]
    return out + [f"end {end or len(log)}"]


def save(lines, name="log"):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode())
    return path


def both(path, key=SIGNER.vkey, outside=()):
    """(exit code, first bad row) of each verifier."""
    heads = [x for h in outside for x in ("--heads", h)]
    p = subprocess.run([MDF_VERIFY, "--json", "--key", key, *heads, path], capture_output=True, text=True)
    assert p.returncode in (0, 1, 2), (p.returncode, p.stderr)
    c = (p.returncode, json.loads(p.stdout).get("first_bad") or None if p.returncode < 2 else None)
    try:
        found = verify.verify(path, key, outside)
        py = (0 if found["ok"] else 1, found["first_bad"] or None)
    except verify.NotOurs:
        py = (2, None)
    return c, py, p.stdout + p.stderr


def expect(lines, bad, what, **more):
    c, py, text = both(save(lines), **more)
    want = (0, None) if bad is None else (1, bad)
    assert c == want and py == want, f"{what}: mdf-verify {c}, second {py}, want {want}: {text}"


LOG = rows(100)
GOOD = export(LOG, {40, 70, 100})


def at(seq, lines=None):
    """Index of the line of row SEQ."""
    mark = f'"seq":{seq}}}'
    return next(i for i, line in enumerate(lines or GOOD) if line.endswith(mark))


def test_good_logs_hold():
    for n in (1, 2, 3, 7, 8, 9, 100):
        expect(export(rows(n), {n}), None, f"{n} rows")
    expect(GOOD, None, "three heads")


def test_changed_row():
    for seq in (1, 2, 39, 40, 41, 99, 100):
        lines = list(GOOD)
        lines[at(seq)] = lines[at(seq)].replace("row ", "rov ")
        expect(lines, seq, f"row {seq} changed")
        lines = list(GOOD)
        lines[at(seq)] = ("f" if lines[at(seq)][0] != "f" else "0") + lines[at(seq)][1:]
        expect(lines, seq, f"leaf of row {seq} changed")


def test_deleted_row():
    for seq in (1, 2, 50, 99):
        lines = list(GOOD)
        del lines[at(seq)]
        expect(lines, seq, f"row {seq} deleted")


def test_inserted_and_reordered():
    lines = list(GOOD)
    lines.insert(at(60), lines[at(12)])
    expect(lines, 60, "a copy inserted")
    lines = list(GOOD)
    i, k = at(20), at(21)
    lines[i], lines[k] = lines[k], lines[i]
    expect(lines, 20, "two rows changed places")


def test_cut():
    for cut in (at(100), at(71), at(41), at(1)):
        lines = GOOD[:cut]
        expect(lines, int(next(line for line in GOOD[cut:] if line.startswith(tuple("0123456789abcdef")) and '"seq":' in line).rsplit(":", 1)[1][:-1]),
               "cut off")
    lines = GOOD[:at(71)] + ["end 70"]  # a whole, shorter log: only heads from elsewhere tell
    expect(lines, None, "shorter")
    expect(lines, 71, "shorter, with heads from elsewhere", outside=[save(SIGNER.note(100, mth([x for x, _ in LOG])).encode(), "heads")])


def test_behind_the_end():
    """Rows that nobody verified must not ride along in a file that is called good."""
    expect(GOOD + GOOD[4:6], 101, "rows again")
    expect(GOOD + [""], 101, "an empty line")
    c, py, text = both(save(("\n".join(GOOD) + "\nhalf a line").encode()))
    assert c == py == (1, 101), text


def test_rewritten_history():
    """Everything behind a row written again: no row is broken, the heads are."""
    new = LOG[:49] + rows(100, {50: "forged"}, 50, LOG[48][0])
    lines = export(new, set())
    for size in (40, 70, 100):
        lines[at(size, lines) + 1:at(size, lines) + 1] = ["head", *SIGNER.note(size, mth([x for x, _ in LOG[:size]])).split("\n")[:-1]]
    expect(lines, 41, "rewritten from row 50, under the old heads")
    expect(export(new, {40, 70, 100}, OTHER), None, "signed again, with the forger's own key", key=OTHER.vkey)
    c, py, _ = both(save(export(new, {40, 70, 100}, OTHER)))
    assert c[0] == 1 and py[0] == 1, (c, py)


def test_fork():
    """Signed again with the real key: heads that left before tell."""
    new = LOG[:49] + rows(100, {50: "forged"}, 50, LOG[48][0])
    lines = export(new, {40, 70, 100})
    expect(lines, None, "the forged log by itself")
    kept = "".join(SIGNER.note(s, mth([x for x, _ in LOG[:s]])) for s in (40, 60, 70))
    expect(lines, 41, "fork", outside=[save(kept.encode(), "heads")])
    expect(GOOD, None, "the real log, with the same heads", outside=[save(kept.encode(), "heads")])


def test_replaced_head():
    lines = list(GOOD)
    i = lines.index("head", at(70))
    note = SIGNER.note(70, sha(b"other")).split("\n")[:-1]
    lines[i + 1:i + 1 + len(note)] = note
    expect(lines, 41, "a head of another root, rightly signed")
    lines[i + 1:i + 1 + len(note)] = OTHER.note(70, mth([x for x, _ in LOG[:70]])).split("\n")[:-1]
    expect(lines, 41, "a head signed by another key")
    lines = [line for line in GOOD if True][:at(100) + 1] + ["end 100"]
    expect(lines, 71, "the last head left out")


def test_any_octet():
    """Any octet of the file changed, or one left out, or one put in: never accepted, and both say the same."""
    data, rnd = "\n".join(GOOD).encode() + b"\n", random.Random(4)
    for n in range(ROUNDS):
        i, how = rnd.randrange(len(data)), rnd.choice("fffdi")
        new = data[:i] + (bytes([data[i] ^ 1 << rnd.randrange(8)]) if how == "f" else b"" if how == "d" else bytes([data[i], rnd.randrange(256)])) + data[i + 1:]
        c, py, text = both(save(new))
        assert c[0] != 0 and py[0] != 0, f"round {n}: octet {i} {how}: {c} {py}"
        assert c == py, f"round {n}: octet {i} {how} of {data[max(0, i - 30):i + 10]!r}: mdf-verify {c}, second {py}: {text}"


def test_row_changes():
    """Random changes of whole rows: the same first bad row, and the right one."""
    rnd = random.Random(5)
    for n in range(ROUNDS // 4):
        lines, seq, how = list(GOOD), rnd.randrange(1, 99), rnd.choice(("change", "delete", "copy", "swap"))
        i, k = at(seq), at(seq + 1)
        if how == "change":
            p = rnd.randrange(len(lines[i]))
            lines[i] = lines[i][:p] + chr(ord(lines[i][p]) ^ 2 if ord(lines[i][p]) < 128 else 65) + lines[i][p + 1:]
        elif how == "delete":
            del lines[i]
        elif how == "copy":
            lines.insert(i, lines[rnd.choice((at(99), at(seq + 1)))])
        else:
            lines[i], lines[k] = lines[k], lines[i]
        expect(lines, seq, f"round {n}: {how} row {seq}")


REPORT = {"columns": ["liid"], "kind": "R2", "sections": [{"rows": [["A-1"], ["\"signature\":{\"key\":\""]]}], "title": "Register"}


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def signed(signer, ident=None, of=REPORT, sig=None):
    """REPORT with the signature of SIGNER over OF, under the key id of IDENT."""
    spki = (ident or signer).key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return canonical({**REPORT, "signature": {"key": sha(spki).hex(), "sig": sig or base64.b64encode(signer.key.sign(canonical(of))).decode()}})


def test_report_signature():
    """The log holds and its row has the very hash of the report: the signature of the report alone decides."""
    for name, report, why in (("right", signed(SIGNER), None), ("foreign key", signed(OTHER), "another key"),
                              ("foreign key under the id of the log's", signed(OTHER, SIGNER), "another key"),
                              ("signature of another report", signed(SIGNER, of={**REPORT, "title": "Other"}), "another key"),
                              ("no base 64", signed(SIGNER, sig="!" * 88), "base 64"), ("no signature", canonical(REPORT), "not signed")):
        e = json.dumps({"actor": "root", "detail": {"kind": "R2", "sha256": hashlib.sha256(report).hexdigest()}, "object": "report", "op": "report.make",
                        "prev": LOG[99][0].hex(), "seq": 101}, separators=(",", ":"), sort_keys=True)
        log = save(export(LOG + [(sha(b"\x00", e.encode()), e)], {101}), "proof")
        assert both(log)[:2] == ((0, None), (0, None)), f"{name}: the log itself"
        p = subprocess.run([MDF_VERIFY, "--key", SIGNER.vkey, "--report", save(report, "report"), log], capture_output=True, text=True)
        if why is None:
            assert p.returncode == 0 and "signature of the report" in p.stdout, f"{name}: {p.returncode} {p.stdout}{p.stderr}"
        else:
            assert p.returncode == 1 and why in p.stdout and "no row" not in p.stdout, f"{name}: {p.returncode} {p.stdout}{p.stderr}"


def main():
    tests = [(k, v) for k, v in globals().items() if k.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for i, (name, f) in enumerate(tests, 1):
        try:
            f()
            print(f"ok {i} - {name[5:].replace('_', ' ')}", flush=True)
        except Exception as e:
            failed += 1
            print(f"not ok {i} - {name}\n# {type(e).__name__}: {str(e)[:1500]}", flush=True)
    shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
