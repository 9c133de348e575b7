# SPDX-License-Identifier: Apache-2.0
"""A client of REST for the tests: http.client over TLS, and the OpenAPI document as a judge of every answer that passes through it."""

import http.client
import json
import re
import socket
import ssl
import time

import jsonschema

BASE = "/api/v1"


def context(ca, cert=None, key=None, newest=True):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.load_verify_locations(ca)
    c.check_hostname = False
    if newest:
        c.minimum_version = ssl.TLSVersion.TLSv1_3
    if cert:
        c.load_cert_chain(cert, key)
    return c


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.raw = response.status, response.headers, body
        kind = self.headers.get("Content-Type", "")
        self.json = json.loads(body) if body and "json" in kind else None

    def __repr__(self):
        return f"{self.status} {dict(self.headers)} {self.raw[:300]!r}"


class Judge:
    """Checks an answer against the document: status, content type, schema.  Counts what it has seen."""

    def __init__(self, document):
        self.doc, self.seen = document, {}
        self.format = jsonschema.FormatChecker()

    def find(self, method, path):
        path = path.split("?")[0]
        path = path[len(BASE):] if path.startswith(BASE) else path
        best = None
        for template in self.doc["paths"]:
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
                if best is None or template.count("{") < best.count("{"):
                    best = template
        if best is None or method.lower() not in self.doc["paths"][best]:
            return None, None
        return best, self.doc["paths"][best][method.lower()]

    def resolve(self, node):
        while "$ref" in node:
            at = self.doc
            for part in node["$ref"].lstrip("#/").split("/"):
                at = at[part]
            node = at
        return node

    def check(self, method, path, answer):
        template, op = self.find("GET" if method == "HEAD" else method, path)
        if op is None:
            assert answer.status in (204, 404, 405, 501), f"{method} {path}: not in the document, answered {answer}"
            problem = {"$ref": "#/components/responses/Problem"}
            spec = {"description": ""} if answer.status == 204 else problem
        else:
            code = str(answer.status)
            spec = op["responses"].get(code) or op["responses"].get(code[0] + "XX")
            assert spec is not None, f"{method} {template}: {code} is not in the document"
            key = (op["operationId"], answer.status)
            self.seen[key] = self.seen.get(key, 0) + 1
        content = self.resolve(spec).get("content")
        if method == "HEAD" or not answer.raw:
            assert method == "HEAD" or answer.status in (204, 304), f"{method} {path}: empty {answer}"
            return
        kind = answer.headers["Content-Type"].split(";")[0]
        assert kind in content, f"{method} {path}: {kind}, the document says {list(content)}"
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.doc["components"], **content[kind]["schema"]}
        body = answer.json if answer.json is not None else answer.raw.decode()
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"[:300]
                  for e in jsonschema.Draft202012Validator(schema, format_checker=self.format).iter_errors(body)]
        assert not errors, f"{method} {path} {answer.status}: {errors[:3]}"


class Client:
    def __init__(self, port, tls, address="127.0.0.1", judge=None, headers=None):
        self.port, self.tls, self.address, self.judge, self.headers = port, tls, address, judge, headers or {}
        self.conn = None

    def close(self):
        if self.conn:
            self.conn.close()
        self.conn = None

    def call(self, method, path, body=None, check=True, kind=None, **headers):
        """HEADERS: If_Match="..." becomes If-Match."""
        path = path if path.startswith("/api") or path in ("/healthz", "/readyz") or not path.startswith("/") else BASE + path
        h = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            h.setdefault("Content-Type", kind or ("application/merge-patch+json" if method == "PATCH" else "application/json"))
        for attempt in (0, 1):
            if self.conn is None:
                self.conn = http.client.HTTPSConnection(self.address, self.port, timeout=20, context=self.tls)
            try:
                self.conn.request(method, path, body, h)
                r = self.conn.getresponse()
                a = Answer(r, r.read())
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if attempt or method not in ("GET", "HEAD"):
                    raise
        if self.judge and check:
            self.judge.check(method, path, a)
        return a

    def get(self, path, **h):
        return self.call("GET", path, **h)

    def post(self, path, body=None, **h):
        return self.call("POST", path, body if body is not None else {}, **h)

    def patch(self, path, body, etag=None, **h):
        if etag is None:
            etag = self.get(path).headers["ETag"]
        return self.call("PATCH", path, body, If_Match=etag, **h)

    def delete(self, path, etag=None):
        if etag is None:
            etag = self.get(path.split("?")[0]).headers["ETag"]
        return self.call("DELETE", path, If_Match=etag)

    def pages(self, path, limit):
        """All rows of a list, page by page: (rows, number of pages)."""
        rows, n, at = [], 0, f"{BASE}{path}{'&' if '?' in path else '?'}limit={limit}"
        while at:
            a = self.get(at)
            assert a.status == 200 and len(a.json) <= limit, a
            rows += a.json
            n += 1
            link = re.fullmatch(r'<([^>]+)>; rel="next"', a.headers.get("Link", ""))
            at = link[1] if link else None
        return rows, n


class Stream:
    """Server-sent events, as (id, event, data)."""

    def __init__(self, client, last=None):
        raw = socket.create_connection((client.address, client.port), timeout=20)
        self.sock = client.tls.wrap_socket(raw)
        head = "".join(f"{k}: {v}\r\n" for k, v in client.headers.items()) + (f"Last-Event-ID: {last}\r\n" if last else "")
        self.sock.sendall(f"GET {BASE}/events HTTP/1.1\r\nHost: lab\r\nAccept: text/event-stream\r\n{head}\r\n".encode())
        self.buf = b""
        while b"\r\n\r\n" not in self.buf:
            self.buf += self._recv()
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        self.head, self.text = head.decode(), ""
        self.status = int(self.head.split()[1])

    def _recv(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        return data

    def _chunk(self):
        while b"\r\n" not in self.buf:
            self.buf += self._recv()
        size, rest = self.buf.split(b"\r\n", 1)
        n = int(size, 16)
        while len(rest) < n + 2:
            rest += self._recv()
        self.buf = rest[n + 2:]
        return rest[:n].decode()

    def next(self, timeout=10):
        """The next event; comments are left out."""
        end = time.monotonic() + timeout
        while True:
            while "\n\n" in self.text:
                block, self.text = self.text.split("\n\n", 1)
                fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
                if "event" in fields:
                    return fields.get("id"), fields["event"], json.loads(fields["data"])
            self.sock.settimeout(max(0.1, end - time.monotonic()))
            self.text += self._chunk()

    def close(self):
        self.sock.close()
