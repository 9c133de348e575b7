# SPDX-License-Identifier: Apache-2.0
"""A screenshot (PNG, 8 bits, no interlace) with 256 colours, so that it is small enough for the documentation."""

import collections
import struct
import zlib


def _chunks(png):
    at = 8
    while at < len(png):
        n, = struct.unpack(">I", png[at:at + 4])
        yield png[at + 4:at + 8], png[at + 8:at + 8 + n]
        at += 12 + n


def _rows(data, width, height, step):
    """The lines of the picture with their filters undone."""
    before, size = bytes(width * step), width * step
    for y in range(height):
        kind, row = data[y * (size + 1)], bytearray(data[y * (size + 1) + 1:(y + 1) * (size + 1)])
        for i in range(size) if kind else ():
            a, b, c = (row[i - step] if i >= step else 0), before[i], (before[i - step] if i >= step else 0)
            if kind == 1:
                add = a
            elif kind == 2:
                add = b
            elif kind == 3:
                add = (a + b) // 2
            else:
                pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                add = a if pa <= pb and pa <= pc else b if pb <= pc else c
            row[i] = (row[i] + add) & 255
        before = bytes(row)
        yield before


def small(png):
    """PNG with 256 colours: the most frequent ones, then frequent ones that are far from those; every other pixel gets the nearest."""
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    assert depth == 8 and kind in (2, 6) and interlace == 0, "a picture of another kind"
    step = 3 if kind == 2 else 4
    rows = [[row[i:i + 3] for i in range(0, len(row), step)] for row in _rows(zlib.decompress(b"".join(d for n, d in chunks if n == b"IDAT")), width, height, step)]
    counted = collections.Counter(p for row in rows for p in row)
    def far(p, q):
        return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2
    colours = []
    for p, _ in counted.most_common():
        if len(colours) < 256 and (len(colours) < 32 or all(far(p, q) >= 250 for q in colours)):
            colours.append(p)
    index = {p: min(range(len(colours)), key=lambda i: far(colours[i], p)) for p in counted}
    body = zlib.compress(b"".join(b"\0" + bytes(index[p] for p in row) for row in rows), 9)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return png[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) + chunk(b"PLTE", b"".join(c[:3] for c in colours)) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
