# SPDX-License-Identifier: Apache-2.0
"""A LEMF that means no good, for the fault campaigns: hostile_lemf.py KIND PORT CERT KEY [REAL_PORT CLIENT_CERT CLIENT_KEY]

By itself:  silent (TCP is accepted, no handshake), octet (reads an octet a second), deaf (reads nothing), half (half a PDU as answer, then nothing),
            drip (an endless PDU, an octet at a time), huge (PDUs of up to 4 GiB by their length), junk (octets by chance), mirror (what came goes back)
Before a real LEMF, whose answers it spoils:  number (wrong sequence numbers), twice (each answer twice), cut (broken off in an answer),
            shake (the handshake is broken off in its middle), flip (a bit of the ciphertext is turned)
"""

import asyncio
import os
import random
import ssl
import sys

RAW = ("silent", "shake", "flip")  # these do not end the TLS


def tlv(data, at):
    """(tag, start of the content, end) of the TLV at AT; lengths in the definite form, tags of one octet."""
    n, start = data[at + 1], at + 2
    if n & 0x80:
        start += n & 0x7F
        n = int.from_bytes(data[at + 2:start], "big")
    return data[at], start, start + n


def spoil_number(pdu):
    """PSHeader [1], sequenceNumber [4]."""
    out = bytearray(pdu)
    _, at, end = tlv(pdu, 0)
    while at < end:
        tag, start, stop = tlv(pdu, at)
        if tag == 0xA1:
            at = start
            continue
        if tag == 0x84:
            out[stop - 1] ^= 0x55
            return bytes(out)
        at = stop
    return bytes(out)


async def read_pdu(r):
    head = await r.readexactly(2)
    if head[1] & 0x80:
        head += await r.readexactly(head[1] & 0x7F)
    _, start, end = tlv(head + bytes(1), 0)
    return head + await r.readexactly(end - start)


async def alone(kind, r, w):
    if kind == "silent" or kind == "deaf":
        await asyncio.sleep(3600)
    elif kind == "octet":
        while await r.read(1):
            await asyncio.sleep(1)
    elif kind == "mirror":
        while data := await r.read(65536):
            w.write(data)
            await w.drain()
    elif kind == "half":
        await r.read(1)
        w.write(b"\x30\x82\x01\x00\xa1\x20\x06\x08")
        while await r.read(65536):
            pass
    elif kind == "drip":
        w.write(b"\x30\x82\xff\xff")
        for i in range(3600):
            w.write(b"\xa1")
            await w.drain()
            await asyncio.sleep(0.1)
    elif kind == "huge":
        w.write(random.choice((b"\x30\x84\xff\xff\xff\xff", b"\x30\x88" + b"\x7f" * 8, b"\x30\x83\x80\x00\x00")))
        for i in range(64):
            w.write(bytes(65536))
            await w.drain()
    elif kind == "junk":
        w.write(os.urandom(100000))
        while await r.read(65536):
            pass


async def pump(r, w):
    while data := await r.read(65536):
        w.write(data)
        await w.drain()


async def spoilt(kind, r, w):
    """From the real LEMF to mdfd."""
    if kind == "shake":
        w.write((await r.read(65536))[:random.randrange(20, 400)])
        await w.drain()
        await asyncio.sleep(3600)
    n = 0
    while True:
        if kind == "flip":
            data = bytearray(await r.read(65536))
            if not data:
                return
            n += 1
            if n > 3:  # behind the handshake
                data[random.randrange(5, len(data))] ^= 1 << random.randrange(8)
        else:
            data = await read_pdu(r)
            n += 1
            if n > 3 and kind == "number":
                data = spoil_number(data)
            elif n > 3 and kind == "twice":
                data += data
            elif n > 3 and kind == "cut":
                w.write(data[:random.randrange(1, len(data))])
                await w.drain()
                return
        w.write(bytes(data))
        await w.drain()


async def serve(kind, r, w, real, ctx):
    tasks = []
    back = None
    try:
        if real is None:
            await alone(kind, r, w)
        else:
            rr, back = await asyncio.open_connection("127.0.0.1", real, ssl=ctx)
            tasks = [asyncio.create_task(pump(r, back)), asyncio.create_task(spoilt(kind, rr, w))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for x in (w, back):
            if x is not None:
                x.transport.abort()


async def main():
    kind, port, cert, key = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(cert, key)
    real, client = None, None
    if len(sys.argv) > 5:
        real = int(sys.argv[5])
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE
        client.load_cert_chain(sys.argv[6], sys.argv[7])
    raw = kind in RAW

    async def accept(r, w):
        await serve(kind, r, w, real, None if raw else client)
    limit = 1 if kind in ("octet", "deaf") else 65536
    server = await asyncio.start_server(accept, "127.0.0.1", port, ssl=None if raw else ctx, limit=limit)
    async with server:
        await server.serve_forever()


asyncio.run(main())
