#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The web UI as the daemon serves it, and the address of the agencies: headers of every kind of answer, encodings, what is no file, folders that cannot be
served; who is let in where only liaisons are."""

import gzip
import hashlib
import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys

import restcall
import tap

sys.path.insert(0, os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")), "tools", "lab"))
import people as lab_people  # noqa: E402

lab = crowd = None
PORT = AGENCY = 0
SCRIPT = b"document.title = 'x';\n" * 400
PAGE = b'<!doctype html><html lang="en"><head><title>UI</title></head><body></body></html>'
FILES = {"index.html": PAGE, "index.html.gz": gzip.compress(PAGE), "index.html.br": b"stands for brotli",
         "assets/index.Ys8cvbra.js": SCRIPT, "assets/index.Ys8cvbra.js.gz": gzip.compress(SCRIPT), "assets/index.Ys8cvbra.js.br": b"brotli of the script",
         "assets/style.CK_-lttg.css": b"body{}", "assets/en.DsBN0N_Z.json": b"{}", "assets/icon.B9exNP0z.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
         "assets/plain.js": b"1", "robots.txt": b"User-agent: *\nDisallow: /\n"}
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; "
       "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
          "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000"}


def write_files(folder, files):
    for name, data in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    return folder


def setup():
    global lab, crowd, PORT, AGENCY
    lab = tap.Lab(tap.BUILD)
    try:
        lab.make_pki()
        for ca in ("rest", "agency", "other"):
            lab.pki.ca(ca)
        for ca in ("rest", "agency"):
            lab.pki.issue(ca, "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        lab.pki.issue("rest", "alice", "DNS:alice.lab.example", "clientAuth")
        for name in ("lia", "lea", "alice", "stranger"):
            lab.pki.issue("agency", name, f"DNS:{name}.lab.example", "clientAuth")
        lab.pki.issue("agency", "server", "DNS:server.lab.example", "serverAuth")
        for ca in ("x", "hi", "other"):
            lab.pki.issue(ca, "lia", "DNS:lia.lab.example", "clientAuth")
        crowd = lab_people.People(lab)
        PORT, AGENCY = tap.free_port(), tap.free_port()
        p = lab.pki.path
        lab.configure(top__lab=True, rest__address="127.0.0.1", rest__port=PORT, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"),
                      rest__ca=p("rest", "ca.crt"), rest__web=write_files(os.path.join(lab.dir, "web"), FILES), rest__agency_address="127.0.0.1",
                      rest__agency_port=AGENCY, rest__agency_cert=p("agency", "mdf.crt"), rest__agency_key=p("agency", "mdf.key"),
                      rest__agency_ca=p("agency", "ca.crt"), rest__agency_crl=p("agency", "ca.crl"), **crowd.conf)
        crowd.start()
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    return lab


def tls(ca="rest", cert=None, issuer=None):
    p = lab.pki.path
    return restcall.context(p(ca, "ca.crt"), p(issuer or ca, f"{cert}.crt") if cert else None, p(issuer or ca, f"{cert}.key") if cert else None)


def ask(path, method="GET", port=None, context=None, body=None, **headers):
    """PATH as it is written, on a connection of its own."""
    c = http.client.HTTPSConnection("127.0.0.1", port or PORT, timeout=20, context=context or tls())
    try:
        c.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        body = r.read()
        if r.headers.get("Content-Encoding"):  # not for the reader of JSON
            a = restcall.Answer(r, b"")
            a.raw = body
            return a
        return restcall.Answer(r, body)
    finally:
        c.close()


def status_of(a, want, code=None):
    assert a.status == want and (code is None or a.json["code"] == code), f"want {want} {code}: {a}"
    return a


def guarded(a, csp, cache):
    for name, value in {**ALWAYS, "Content-Security-Policy": csp, "Cache-Control": cache}.items():
        tap.equal(a.headers.get_all(name), [value], name)
    policy = a.headers["Permissions-Policy"]
    assert re.fullmatch(r"[a-z-]+=\(\)(, [a-z-]+=\(\))*", policy) and "camera=()" in policy, policy
    return a


@tap.test("the page and its assets: type, headers, no-store and immutable, without a log-in; the files of the UI that was built too")
def _():
    types = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "json": "application/json",
             "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8"}
    for name, data in FILES.items():
        if name.endswith((".gz", ".br")):
            status_of(ask("/" + name), 404, "NOT-FOUND")  # a copy has no address of its own
            continue
        for path in ["/" + name] + (["/", "/?x=1", "/index.html?a"] if name == "index.html" else []):
            a = guarded(status_of(ask(path), 200), CSP, "public, max-age=31536000, immutable" if re.search(r"assets/\w+\.[\w-]{8}\.", name) else "no-store")
            tap.equal((a.raw, a.headers["Content-Type"], a.headers["Content-Length"], a.headers["Vary"], a.headers["Content-Encoding"], a.headers["Set-Cookie"]),
                      (data, types[name.rsplit(".", 1)[1]], str(len(data)), "Accept-Encoding", None, None), path)


@tap.test("Accept-Encoding: brotli before gzip before none; a weight of 0 refuses; HEAD has the length and no body")
def _():
    def got(header, path="/assets/index.Ys8cvbra.js"):
        a = status_of(ask(path, Accept_Encoding=header), 200)
        kind = a.headers["Content-Encoding"]
        want = FILES[path[1:] + {None: "", "gzip": ".gz", "br": ".br"}[kind]]
        tap.equal(a.raw, want, f"{header}: {kind}")
        head = status_of(ask(path, "HEAD", Accept_Encoding=header), 200)
        tap.equal((head.raw, head.headers["Content-Length"], head.headers["Content-Encoding"]), (b"", str(len(want)), kind), f"HEAD {header}")
        guarded(head, CSP, "no-store" if "plain" in path else "public, max-age=31536000, immutable")
        return kind
    for header, want in (("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"), ("gzip;q=0.5,BR;q=0.1", "br"), ("GZIP", "gzip"), ("identity", None), ("*", "br"),
                         ("*;q=0", None), ("br;q=0.000, *", "gzip"), ("br; q=0, gzip; q=0", None), ("brotli, gzipped, x", None), ("", None), (",,;;q=,", None),
                         ("deflate", None)):
        tap.equal(got(header), want, header)
    tap.equal(got("br, gzip", "/assets/plain.js"), None, "no copies")
    tap.equal(ask("/").headers["Content-Encoding"], None, "nothing asked for")


@tap.test("what is no file is no file: traversal plain and encoded, other cases, huge paths; other methods; each answer with the headers of the API")
def _():
    api = "default-src 'none'; frame-ancestors 'none'"
    for path in ("/assets", "/assets/", "/assets/none.js", "/favicon.ico", "/INDEX.HTML", "/index.html/", "//index.html", "/./index.html", "/%69ndex.html", "/index.html%00",
                 "/assets/../index.html", "/assets/..%2findex.html", "/../mdfd.conf", "/..%2fmdfd.conf", "/%2e%2e/mdfd.conf", "/assets/%2e%2e/%2e%2e/mdfd.conf",
                 "/..%252fmdfd.conf", "/assets/..\\..\\mdfd.conf", "/etc/passwd", "/web/index.html", "/api/v1/../../index.html", "/api", "/" + "a" * 8000, "/" + "../" * 2000):
        a = ask(path)
        assert a.status in (400, 404), f"{path[:60]}: {a}"
        assert b"<!doctype" not in a.raw and b"state_dir" not in a.raw, a
        if a.status == 404:
            guarded(a, api, "no-store")
            tap.equal((a.json["code"], a.headers["Content-Type"]), ("NOT-FOUND", "application/problem+json"), path[:60])
    too_long = ask("/" + "a" * 20000)  # the server has no request yet: a bare answer, and the connection ends
    assert too_long.status in (400, 413) and b"<!doctype" not in too_long.raw, too_long
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        a = guarded(status_of(ask("/", method, body="{}"), 405, "METHOD-NOT-ALLOWED"), api, "no-store")
        tap.equal(a.headers["Allow"], "GET, HEAD, OPTIONS", method)
    a = status_of(ask("/assets/index.Ys8cvbra.js", "OPTIONS"), 204)
    tap.equal((a.headers["Allow"], a.headers["Access-Control-Allow-Origin"]), ("GET, HEAD, OPTIONS", None), "OPTIONS")
    guarded(status_of(ask("/healthz"), 200), api, "no-store")
    guarded(status_of(ask("/api/v1/warrants"), 401, "LOGIN"), api, "no-store")
    guarded(status_of(ask("/api/v1/openapi.json"), 200), api, "no-store")


@tap.test("a file that changes on the disk is served as it was read at the start")
def _():
    path = os.path.join(lab.dir, "web", "index.html")
    os.unlink(path)
    os.symlink(lab.conf, path)
    write_files(os.path.join(lab.dir, "web"), {"assets/new.AAAAAAAA.js": b"2"})
    tap.equal(status_of(ask("/"), 200).raw, PAGE, "the page")
    status_of(ask("/assets/new.AAAAAAAA.js"), 404)


def login(handle):
    c = restcall.Client(PORT, tls())
    challenge = status_of(c.post("/session/challenge", {"person": handle}), 200).json
    a = status_of(c.post("/session", {"person": handle, "nonce": challenge["nonce"], "signature": lab_people.sign(crowd.keys[handle], challenge["text"])}), 200)
    c.headers.update({"Cookie": a.headers["Set-Cookie"].split(";")[0], "X-OpenMDF": "1"})
    return c


@tap.test("events over the cookie, as a browser's EventSource asks: the type, the headers, one event when it happens and not later")
def _():
    alice = login("alice")
    stream = restcall.Stream(restcall.Client(PORT, alice.tls, headers={"Cookie": alice.headers["Cookie"], "Cache-Control": "no-cache", "Sec-Fetch-Site": "same-origin",
                                                                       "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept-Encoding": "gzip, deflate, br"}))
    tap.equal(stream.status, 200, "status")
    head = dict(line.split(": ", 1) for line in stream.head.split("\r\n")[1:])
    tap.equal((head["Content-Type"], head["Cache-Control"], head.get("Content-Encoding"), head.get("Transfer-Encoding")),
              ("text/event-stream", "no-store", None, "chunked"), "head")
    for name, value in ALWAYS.items():
        tap.equal(head[name], value, name)
    crowd.two("sam", "bob", "lea.add", {"lea": "lea-a"})
    seen = []
    while "lea.add" not in seen:
        seen.append(stream.next()[2].get("op"))
    stream.close()
    alice.close()


# ---- the address of the agencies

def pin(ca, name):
    der = subprocess.run(f"openssl x509 -in {lab.pki.path(ca, name + '.crt')} -pubkey -noout | openssl pkey -pubin -outform DER", shell=True, capture_output=True,
                         check=True).stdout
    return hashlib.sha256(der).hexdigest()


def agency(name, **headers):
    return restcall.Client(AGENCY, tls("agency", name), headers=headers)


def shut(context):
    """The handshake or what comes after it fails: with TLS 1.3 a client learns of it when it reads."""
    try:
        a = ask("/healthz", port=AGENCY, context=context)
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
        return True
    raise AssertionError(f"let in: {a}")


@tap.test("who has no certificate of the agencies' CA is not let in: none, that of another interface, of a server, over TLS 1.2")
def _():
    shut(tls("agency"))
    for issuer in ("x", "hi", "other"):
        shut(tls("agency", "lia", issuer))
    shut(tls("agency", "alice", "rest"))
    shut(tls("agency", "server"))
    old = tls("agency", "lia")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    shut(old)
    tap.equal(status_of(ask("/healthz", port=AGENCY, context=tls("agency", "lia")), 200).json["status"], "ok", "with one")


@tap.test("only a liaison gets beyond the files: a stranger and an LI admin are refused everywhere, and it is in the audit log")
def _():
    sam = ("sam", "bob")
    crowd.two(*sam, "lea.add", {"lea": "lea-b"})
    for handle, lea in (("lia", "lea-a"), ("lea", "lea-b")):
        crowd.two(*sam, "person.add", {"handle": handle, "roles": ["liaison"], "lea": lea, "pin": [pin("agency", handle)]})
    crowd.two(*sam, "person.set", {"handle": "alice", "pin": [pin("agency", "alice")]})
    for name in ("alice", "stranger"):
        for path in ("/api/v1/session", "/api/v1/warrants", "/api/v1/events", "/api/v1/openapi.json", "/readyz", "/none", "/api/v1/none"):
            status_of(ask(path, port=AGENCY, context=tls("agency", name)), 403, "AGENCY-DOOR")
        tap.equal(status_of(ask("/", port=AGENCY, context=tls("agency", name)), 200).headers["Content-Security-Policy"], CSP, "the page says why")
    rows = crowd.must(crowd.call("ada", "audit.list", {}))
    refused = {r["actor"] for r in rows if r["op"] == "rest.agency" and r["outcome"] == "refused" and r["code"] == "AGENCY-DOOR"}
    tap.equal(refused, {"alice", "unknown"}, "the audit log")


@tap.test("a liaison has its own data there, by its certificate alone: cookie and bearer of others mean nothing, nobody logs in")
def _():
    alice = login("alice")
    order = {"delivery": "iri", "xid": [tap.new_xid()], "from": tap.FROM, "until": tap.UNTIL}
    for liid, lea in (("OWN-1", "lea-a"), ("OTHERS-1", "lea-b")):
        status_of(alice.post("/warrants", {"liid": liid, "lea": lea, **order}), 201)
    token = alice.headers["Cookie"].split("=", 1)[1]
    for headers in ({}, {"Cookie": alice.headers["Cookie"], "X-OpenMDF": "1"}, {"Authorization": f"Bearer {token}"}):
        for name, liid in (("lia", "OWN-1"), ("lea", "OTHERS-1")):
            c = agency(name, **headers)
            tap.equal(status_of(c.get("/session"), 200).json["person"], name, "who")
            tap.equal([w["liid"] for w in status_of(c.get("/warrants"), 200).json], [liid], "warrants")
            status_of(c.get("/journal"), 403, "DENIED")
            c.close()
        c = agency("stranger", **headers)
        status_of(c.get("/warrants"), 403, "AGENCY-DOOR")
        c.close()
    lia = agency("lia")
    status_of(lia.post("/session/challenge", {"person": "alice"}), 403, "AGENCY-DOOR")
    status_of(lia.post("/session", {"person": "alice", "password": "x", "totp": "000000"}), 403, "AGENCY-DOOR")
    status_of(lia.post("/persons/accept", {"handle": "alice", "code": "x", "password": "y"}), 403, "AGENCY-DOOR")
    status_of(lia.get("/health"), 200)
    status_of(lia.call("POST", "/warrants", {"liid": "X", "lea": "lea-a", **order}, Origin="https://evil.example"), 403, "CROSS-SITE")
    stream = restcall.Stream(agency("lia", Cookie=alice.headers["Cookie"]))
    tap.equal(stream.next(), (None, "reset", {}), "events of one agency have no numbers")
    stream.close()
    for c in (lia, alice):
        c.close()


@tap.test("the cookie of the main address: a liaison's session there goes on as before")
def _():
    lia = login("lia")
    tap.equal([w["liid"] for w in status_of(lia.get("/warrants"), 200).json], ["OWN-1"], "warrants")
    lia.close()


@tap.test("who is no liaison any more is refused on the open connection and loses the stream; a revoked certificate too, after SIGHUP")
def _():
    c, other = agency("lea"), agency("lia")
    status_of(c.get("/warrants"), 200)
    status_of(other.get("/warrants"), 200)
    stream = restcall.Stream(agency("lea"))
    tap.equal(stream.next()[1], "reset", "first")
    lab.pki.revoke("agency", lab.pki.path("agency", "lea.crt"))
    lab.reload()
    tap.wait_for("the CRL counts", lambda: re.search(r"TLS-LOADED\W+agency", log_text(lab)), 20)
    shut(tls("agency", "lea"))
    status_of(c.get("/warrants"), 403, "AGENCY-DOOR")
    status_of(other.get("/warrants"), 200)

    stream.sock.settimeout(40)
    while stream._chunk() != "":  # the last one is empty; before it there may be signs of life
        pass
    stream.close()
    crowd.must(crowd.call("sam", "person.lock", {"handle": "lia", "reason": "lost card"}))
    status_of(other.get("/warrants"), 403, "AGENCY-DOOR")
    c.close()
    other.close()


# ---- what cannot be served

def log_text(a_lab):
    with open(os.path.join(a_lab.dir, "mdfd.log"), encoding="utf-8", errors="replace") as f:
        return f.read()


@tap.test("a folder that cannot be served: the daemon says which file and why, and REST does not open; none at all: / is not there")
def _():
    second = tap.Lab(tap.BUILD)
    second.make_pki()
    second.pki.ca("rest")
    second.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
    p, web = second.pki.path, os.path.join(second.dir, "web")

    def start(folder, wait=False):
        port = tap.free_port()
        second.configure(top__lab=True, rest__address="127.0.0.1", rest__port=port, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"), rest__web=folder)
        second.start(wait=wait)
        return port

    def dangling():
        os.symlink("nowhere", os.path.join(web, "gone.js"))
    few = {"index.html": PAGE}
    try:
        for files, extra, words in (({"a.js": b"1"}, None, "no index.html"), ({**few, "a.exe": b"1"}, None, "/a.exe: the type"), ({**few, ".htaccess": b"1"}, None, "/.htaccess"),
                                    ({**few, "a.js.gz": b"1"}, None, "compressed copy of /a.js"), ({**few, "a b.js": b"1"}, None, "/a b.js"),
                                    ({**few, **{f"{n}.js": b"1" for n in range(200)}}, None, "more than 200 files"),
                                    ({**few, "a.js": b"x" * (8 << 20)}, None, "more than 8388608 octets"), ({**few, "1/2/3/4/5/a.js": b"1"}, None, "more than 4 folders"),
                                    (few, dangling, "/gone.js cannot be read: No such file"), (None, None, "web cannot be read: No such file")):
            shutil.rmtree(web, ignore_errors=True)
            if files is not None:
                os.mkdir(web)
                write_files(web, files)
            if extra:
                extra()
            port = start(web)
            tap.wait_for(f"the log has: {words}", lambda: [line for line in log_text(second).splitlines() if "REST-WEB" in line and words in line], 20)
            try:
                a = ask("/", port=port, context=restcall.context(p("rest", "ca.crt")))
                raise AssertionError(f"{words}: REST is open: {a}")
            except ConnectionRefusedError:
                pass
            second.mdfd.terminate()
            second.mdfd.wait(25)
        port = start("", wait=True)
        for path in ("/", "/index.html", "/assets/index.Ys8cvbra.js"):
            status_of(ask(path, port=port, context=restcall.context(p("rest", "ca.crt"))), 404, "NOT-FOUND")
        second.stop()
    finally:
        second.close()


@tap.test("a configuration whose agency address cannot be: mdfd says what to do")
def _():
    good = open(lab.conf, encoding="utf-8").read()

    def check(text):
        path = os.path.join(lab.dir, "check.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        p = subprocess.run([lab.exe("mdfd"), "--config", path, "--check-config"], capture_output=True, text=True)
        return p.returncode, p.stderr
    tap.equal(check(good), (0, ""), "as it is")
    for option in ("agency_cert", "agency_key", "agency_ca"):
        code, said = check(re.sub(rf"^\s*{option} = .*$", "", good, flags=re.M))
        assert code != 0 and "agency_ca are needed" in said, (option, said)
    code, said = check(good.replace(f'agency_port = "{AGENCY}"', f'agency_port = "{PORT}"'))
    assert code != 0 and f"127.0.0.1 port {PORT} is also that of rest.address" in said, said
    code, said = check(good.replace('agency_address = "127.0.0.1"', 'agency_address = "localhost"'))
    assert code != 0 and "a numeric address" in said, said
    apart = good.replace("lab = true", "lab = false").replace('\taddress = "127.0.0.1"\n\tport = "' + str(PORT), '\taddress = "127.0.0.2"\n\tport = "' + str(PORT))
    code, said = check(apart)
    assert code != 0 and "rest.agency_address: 127.0.0.1 is also the address of listener" in said, said
    tap.equal(check(apart.replace('agency_address = "127.0.0.1"', 'agency_address = "127.0.0.3"')), (0, ""), "apart")


@tap.test("the UI that this build made: every file is served, the compressed copies are what they say, all in the document is there")
def _():
    dist = os.path.join(tap.BUILD, "web", "dist")
    if not os.path.exists(os.path.join(dist, "index.html")):
        raise tap.Skip("it was not built")
    second = tap.Lab(tap.BUILD)
    try:
        second.make_pki()
        second.pki.ca("rest")
        second.pki.issue("rest", "mdf", "DNS:mdf.lab.example,IP:127.0.0.1", "serverAuth")
        p, port = second.pki.path, tap.free_port()
        context = restcall.context(p("rest", "ca.crt"))
        second.configure(top__lab=True, rest__address="127.0.0.1", rest__port=port, rest__cert=p("rest", "mdf.crt"), rest__key=p("rest", "mdf.key"), rest__web=dist)
        second.start()
        page = status_of(ask("/", port=port, context=context), 200).raw.decode()
        links = re.findall(r'(?:src|href)="(/[^"]+)"', page)
        assert links and not re.search(r"<script(?![^>]*\bsrc=)|<style| style=| on\w+=", page), page
        for path in links:
            guarded(status_of(ask(path, port=port, context=context), 200), CSP, "public, max-age=31536000, immutable")
        n = 0
        for where, _, names in os.walk(dist):
            for name in names:
                path = "/" + os.path.relpath(os.path.join(where, name), dist)
                if not path.endswith((".gz", ".br")):
                    plain = status_of(ask(path, port=port, context=context), 200)
                    packed = status_of(ask(path, port=port, context=context, Accept_Encoding="gzip"), 200)
                    tap.equal((packed.headers["Content-Encoding"], gzip.decompress(packed.raw)), ("gzip", plain.raw), path)
                    brotli = status_of(ask(path, port=port, context=context, Accept_Encoding="br, gzip"), 200)
                    tap.equal(brotli.headers["Content-Encoding"], "br", path)
                    n += 1
        assert n >= 3, n
        second.stop()
    finally:
        second.close()


tap.main(setup)
