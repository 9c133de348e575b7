#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Second verifier of the audit log, from docs/audit.md alone: shares nothing with mdf-verify and the daemon.

verify.py [--key KEY] [--heads FILE]... FILE      one JSON object: ok, first_bad, why
"""

import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Bad(Exception):
    def __init__(self, row, why):
        super().__init__(why)
        self.row, self.why = row, why


class NotOurs(Exception):
    """Not such a file at all."""


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def exact_base64(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw) != text:
        raise ValueError("not exact base64")
    return raw


class Key:
    def __init__(self, text):
        name, ident, rest = text.split(b"+", 2)
        raw = exact_base64(rest)
        if len(raw) != 33 or raw[0] != 1 or sha(name, b"\n", raw)[:4].hex().encode() != ident:
            raise NotOurs("not a verifier key")
        self.text, self.name, self.ident, self.public = text, name, bytes.fromhex(ident.decode()), Ed25519PublicKey.from_public_bytes(raw[1:])


class Tree:
    """Complete subtrees from the left, the widest first: [(level, hash)]."""

    def __init__(self):
        self.size, self.parts = 0, []

    def add(self, level, value):
        if self.size % (1 << level):
            raise ValueError("does not fit")
        self.size += 1 << level
        while self.parts and self.parts[-1][0] == level:
            value = sha(b"\x01", self.parts.pop()[1], value)
            level += 1
        self.parts.append((level, value))

    def root(self):
        if not self.parts:
            return sha()
        value = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            value = sha(b"\x01", left, value)
        return value


def number(text):
    if not text.isdigit() or len(text) > 18 or (len(text) > 1 and text[:1] == b"0"):
        raise ValueError(text)
    return int(text)


def head_of(lines, at, key):
    """The note at lines[at:]: (size, root, index behind it).  Bad(None, why) when it does not hold."""
    end = at
    while end < len(lines) and lines[end] != b"":
        end += 1
    body, sigs = lines[at:end], end + 1
    end = sigs
    while end < len(lines) and lines[end].startswith("— ".encode()):
        end += 1
    if end <= sigs or len(body) < 3 or not all(body):
        raise Bad(None, "the head cannot be read")
    try:
        size, root = number(body[1]), exact_base64(body[2])
    except ValueError:
        raise Bad(None, "the head cannot be read") from None
    if len(root) != 32:
        raise Bad(None, "the head cannot be read")
    if body[0] != key.name:
        raise Bad(None, "the head is of another log")
    for line in lines[sigs:end]:
        words = line.split(b" ")
        try:
            raw = exact_base64(words[2]) if len(words) == 3 else b""
        except ValueError:
            continue
        if words[1] == key.name and raw[:4] == key.ident:
            try:
                key.public.verify(raw[4:], b"\n".join(body) + b"\n")
            except InvalidSignature:
                raise Bad(None, "the signature of the head is wrong") from None
            return size, root, end
    raise Bad(None, "the head is not signed by the key of the log")


def read_lines(path):
    with open(path, "rb") as f:
        data = f.read()
    lines = data.split(b"\n")
    return lines[:-1], lines[-1] != b""  # what is behind the last newline is no line


def heads_from(path, key):
    (lines, _), at, out = read_lines(path), 0, []
    while at < len(lines):
        try:
            size, root, at = head_of(lines, at, key)
        except Bad as e:
            raise Bad(0, e.why) from None
        out.append((size, root))
    return out


class Log:
    def __init__(self, path, key, outside):
        (self.lines, self.more), self.tree, self.good = read_lines(path), Tree(), 0
        front = self.lines[:4]
        names = (b"openmdf-audit 1", b"origin ", b"key ", b"first ")
        if len(front) < 4 or front[0] != names[0] or not all(line.startswith(n) for line, n in zip(front, names)):
            raise NotOurs("not an export")
        try:
            self.first = number(front[3][6:])
        except ValueError:
            raise NotOurs("no first row") from None
        if self.first == 0:
            raise NotOurs("no first row")
        self.next, self.prev = self.first, bytes(32) if self.first == 1 else None
        try:
            own = Key(front[2][4:])
        except (NotOurs, ValueError, IndexError):
            own = None
        self.key = key or own
        if own is None or own.text != self.key.text:
            raise Bad(0, "the file is of another key")
        if front[1][7:] != self.key.name:
            raise Bad(0, "the file is of another log")
        self.outside = sorted(x for p in outside for x in heads_from(p, self.key))

    def row(self, line):
        try:
            stated, entry = bytes.fromhex(line[:64].decode()), line[65:]
            ok = line[64:65] == b" " and line[:64] == line[:64].lower() and sha(b"\x00", entry) == stated
        except ValueError:
            raise Bad(self.next, "no row") from None
        if not ok:
            raise Bad(self.next, "the row is not what was hashed")
        try:
            fields = json.loads(entry)
            seq, prev = fields["seq"], bytes.fromhex(fields["prev"])
        except (ValueError, KeyError, TypeError):
            raise Bad(self.next, "no number or no hash of the row before") from None
        if seq != self.next:
            raise Bad(self.next, "another row stands in its place")
        if self.prev is not None and prev != self.prev:
            raise Bad(self.next, "it does not continue the row before")
        self.tree.add(0, stated)
        self.prev = stated
        self.next += 1

    def head(self, at):
        try:
            size, root, at = head_of(self.lines, at, self.key)
        except Bad as e:
            raise Bad(self.good + 1, e.why) from None
        if size > self.tree.size:
            raise Bad(self.next, "the row is missing")
        if size < self.tree.size or root != self.tree.root():
            raise Bad(self.good + 1, "rows from here on are not those that were signed")
        self.good = self.tree.size
        return at

    def elsewhere(self):
        for size, root in self.outside:
            if size == self.tree.size:
                if root != self.tree.root():
                    raise Bad(self.good + 1, "fork")
                self.good = max(self.good, size)

    def check(self):
        at, ended, closing = 4, False, False
        while at < len(self.lines) and not ended:
            line = self.lines[at]
            at += 1
            if line.startswith(b"end "):
                if line != b"end %d" % (self.next - 1):
                    raise Bad(self.next, "the row is missing")
                if at < len(self.lines) or self.more:
                    raise Bad(self.next, "something stands behind the end")
                ended = True
            elif line.startswith(b"tree "):
                closing = self.next > self.first
                try:
                    _, level, value = line.split(b" ")
                    if int(level) > 62 or len(value) != 64 or value != value.lower():
                        raise ValueError
                    self.tree.add(int(level), bytes.fromhex(value.decode()))
                except ValueError:
                    raise Bad(self.next, "no subtree") from None
            elif line == b"head":
                at = self.head(at)
            elif closing or self.tree.size != self.next - 1:
                raise Bad(self.next, "out of place")
            else:
                self.row(line)
            if not ended:
                self.elsewhere()
        if not ended:
            raise Bad(self.next, "cut off")
        if self.outside and self.outside[-1][0] > self.tree.size:
            raise Bad(self.tree.size + 1, "cut off")
        if self.good + 1 < self.next:
            raise Bad(self.good + 1, "no head covers it")


def verify(path, key=None, outside=()):
    """{"ok", "first_bad", "why"}; NotOurs when PATH is no export."""
    try:
        Log(path, Key(key.encode()) if key else None, outside).check()
    except Bad as e:
        return {"ok": False, "first_bad": e.row, "why": e.why}
    return {"ok": True, "first_bad": None, "why": ""}


def main(argv):
    key, outside = None, []
    while len(argv) > 1:
        option, value, *argv = argv
        if option == "--key":
            key = value
        elif option == "--heads":
            outside.append(value)
    try:
        found = verify(argv[0], key, outside)
    except NotOurs as e:
        print(e, file=sys.stderr)
        return 2
    print(json.dumps(found))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
