# SPDX-License-Identifier: Apache-2.0
"""The files of the UI before an mdfd that does not serve them itself (it was built without that): TLS, the documents with their headers, everything else to mdfd."""

import asyncio
import os
import ssl
import threading

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}


class Front:
    def __init__(self, dist, upstream, cert, key):
        self.dist, self.upstream = dist, upstream
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(cert, key)
        self.out = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.out.check_hostname, self.out.verify_mode = False, ssl.CERT_NONE
        self.loop = asyncio.new_event_loop()
        self.tasks = set()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.one, "127.0.0.1", 0, ssl=self.tls))
        self.port = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def one(self, r, w):
        self.tasks.add(asyncio.current_task())
        try:
            head = (await r.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1].split("?")[0]
            if path.startswith(("/api", "/healthz", "/readyz")):
                await self.pass_on(head, r, w)
            else:
                w.write(self.document(path))
                await w.drain()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            w.close()

    def document(self, path):
        name = os.path.join(self.dist, "index.html" if path in ("/", "/index.html") else path.lstrip("/"))
        if ".." in path or not os.path.isfile(name):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with open(name, "rb") as f:
            body = f.read()
        head = {**HEADERS, "Content-Type": TYPES[os.path.splitext(name)[1]], "Cache-Control": "no-store", "Content-Length": len(body), "Connection": "close"}
        return ("HTTP/1.1 200 OK\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n").encode() + body

    async def pass_on(self, head, r, w):
        lines = [line for line in head.rstrip("\r\n").split("\r\n") if not line.lower().startswith("connection:")]
        ur, uw = await asyncio.open_connection("127.0.0.1", self.upstream, ssl=self.out)
        uw.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

        async def pump(a, b):
            try:
                while data := await a.read(65536):
                    b.write(data)
                    await b.drain()
            except (OSError, ssl.SSLError):
                pass
        up = asyncio.ensure_future(pump(r, uw))
        await pump(ur, w)
        up.cancel()
        uw.close()
