# SPDX-License-Identifier: Apache-2.0
"""TAP for the flow tests, and the set-up that they share.  Not a test framework: a script lists its tests, they run in order in one process.

A script:
    import tap
    @tap.test("what must hold")
    def _(): ...assert...
    tap.main()
"""

import json
import os
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
TOP = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = [os.path.join(TOP, "tools", "lab"), os.path.join(TOP, "tests", "faults"), os.path.join(TOP, "tests", "flow")]
from lab import Lab, LabError, free_port, new_xid, wait_for  # noqa: E402,F401  (for the scripts)

BUILD = os.environ.get("top_builddir", "build")
FROM, UNTIL = "2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"
tests = []


def test(name):
    """Decorator: the function is a test of this name."""
    def add(f):
        tests.append((name, f))
        return f
    return add


class Skip(Exception):
    """Raised by a test that cannot run here, or by the set-up when none can; says why."""


def note(text):
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def main(setup=None, teardown=None):
    """Run the tests in order and exit; SETUP returns a Lab, which ends with the script and is kept when a test failed.  TEST_ONLY=text runs some.
    With a lab there is one test more: mdfd stops when told, and neither sanitizers nor assertions spoke in any log."""
    if os.environ.get("OPENMDF_FLOW") == "skip":
        print("1..0 # SKIP OPENMDF_FLOW=skip", flush=True)
        sys.exit(0)
    chosen = [t for t in tests if os.environ.get("TEST_ONLY", "") in t[0]]
    plan = len(chosen) + (setup is not None)
    print(f"1..{plan}", flush=True)
    failed = 0
    lab = None
    try:
        lab = setup() if setup else None
        if lab:
            chosen.append(("mdfd stops in order; no sanitizer and no assertion spoke", lambda: _end(lab, teardown)))
        for i, (name, f) in enumerate(chosen, 1):
            failed += not _run(i, name, f)
    except Skip as e:
        for i in range(1, plan + 1):
            print(f"ok {i} # SKIP {e}", flush=True)
    except Exception:
        failed += 1
        print("Bail out! set-up failed", flush=True)
        note(traceback.format_exc())
    finally:
        if lab:
            lab.keep = lab.keep or failed > 0
            lab.quiet = False if failed else lab.quiet
            lab.close()
    sys.exit(1 if failed else 0)


def _run(i, name, f):
    began = time.monotonic()
    try:
        f()
        print(f"ok {i} - {name}", flush=True)
        good = True
    except Skip as e:
        print(f"ok {i} - {name} # SKIP {e}", flush=True)
        good = True
    except Exception:
        print(f"not ok {i} - {name}", flush=True)
        note(traceback.format_exc())
        good = False
    note(f"{time.monotonic() - began:.2f} s")
    return good


def _end(lab, teardown):
    if teardown:
        teardown()
    if lab.mdfd and lab.mdfd.poll() is None:
        equal(lab.stop(), 0, "exit code of mdfd")
    lab.end()
    equal(lab.findings(), [], "findings")
    for name, lemf in lab.lemfs.items():
        if os.path.exists(os.path.join(lemf["dir"], "pdu.log")) and os.path.getsize(os.path.join(lemf["dir"], "pdu.log")) > 0:
            p = subprocess.run([lab.exe("mdf-lemf"), "verify", lemf["dir"]], capture_output=True, text=True)
            assert p.returncode == 0, f"mdf-lemf verify of {name}: {p.stdout[:2000]}{p.stderr[:500]}"
    second_codec(lab)


SECOND_MAX = 20000  # PS-PDUs of one LEMF that the second codec reads


def _stored(log):
    """The PS-PDUs in a pdu.log of mdf-lemf, one behind another; the record header stands in tools/lemf_store.c."""
    out, n, at = [], 0, 0
    with open(log, "rb") as f:
        data = f.read()
    while at + 40 <= len(data) and data[at:at + 4] == b"LPDU" and n < SECOND_MAX:
        length = int.from_bytes(data[at + 24:at + 28], "big")
        pdu = data[at + 40:at + 40 + length]
        if len(pdu) == length and pdu[:1] == b"\x30" and pdu[1:2] != b"\x80":
            out.append(pdu)
            n += 1
        at += 40 + length
    return b"".join(out), n


def second_codec(lab):
    """Every PS-PDU that the LEMFs stored, decoded and encoded again by Erlang's asn1ct; what was moved as an element sent it may be other, legal BER."""
    if subprocess.run(["sh", "-c", "command -v escript && ls -d /usr/lib/erlang/lib/asn1-*"], capture_output=True).returncode != 0:
        note("no escript or asn1ct (Debian packages erlang-base, erlang-asn1): the second codec was left out")
        return
    files = []
    for name, lemf in lab.lemfs.items():
        log = os.path.join(lemf["dir"], "pdu.log")
        octets, n = _stored(log) if os.path.exists(log) else (b"", 0)
        if n:
            files.append(os.path.join(lab.dir, f"{name}.pspdu"))
            with open(files[-1], "wb") as f:
                f.write(octets)
    if not files:
        return
    p = subprocess.run(["escript", os.path.join(TOP, "tests", "asn1ct", "stream.escript"), os.path.abspath(os.path.join(BUILD, "tests", "asn1ct", "codec")),
                        os.path.join(TOP, "asn1"), *files], capture_output=True, text=True)
    note("second codec: " + p.stdout + p.stderr)
    equal(p.returncode, 0, "exit code of the second codec")


def equal(got, want, what=""):
    assert got == want, f"{what}: got {got!r}, want {want!r}"


# -- the usual arrangement: NEs, LEAs with LEMFs, warrants
def start_lab(nes=("ne1",), lemfs=("lemf-a", "lemf-b"), lemf_extra=None, env=None, vault=False, net=None, **options):
    """PKI, LEMFs, mdfd: a Lab that runs, nothing provisioned.  VAULT: with a new vault; OPTIONS are those of Lab.configure."""
    lab = Lab(BUILD, net=net)
    try:
        lab.make_pki(nes=nes, lemfs=lemfs)
        for n in lemfs:
            lab.lemf(n, extra=(lemf_extra or {}).get(n, ()))
        if vault:
            options["vault__key"] = os.path.join(lab.dir, "vault.key")
            with open(os.open(options["vault__key"], os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(os.urandom(32).hex() + "\n")
        lab.configure(**options)
        lab.start(env=env)
    except BaseException:
        lab.keep = True
        lab.close()
        raise
    return lab


def add_ne(lab, name, **more):
    return lab.ctl("ne", "add", name, "--san", f"{name}.lab.example", *_args(more))


def add_destination(lab, name, lea, lemf=None, port=None, **more):
    """Destination NAME of LEA at the LEMF (by default of the same name).  OPTIONS: dict; acknowledgements are asked for often, so that tests are fast."""
    lemf = lemf or name
    more.setdefault("addresses", f"{lab.address('mdf-lemf')}:{port or lab.lemfs[lemf]['port']}")
    more.setdefault("server_name", f"{lemf}.lab.example")
    options = more.pop("options", {})
    more["options"] = options if isinstance(options, str) else json.dumps({"barrier_ms": 50, "backoff_max_ms": 500, **options})
    return lab.ctl("destination", "add", name, "--lea", lea, *_args(more))


def add_warrant(lab, liid, lea, xid, hi2=None, hi3=None, delivery="both", start=True, **more):
    """A warrant; XID one or a list.  HI2, HI3: destinations, by default lemf-X of lea-X."""
    default = lea.replace("lea-", "lemf-")
    more.setdefault("from", FROM)
    more.setdefault("until", UNTIL)
    more.setdefault("operator_id", "LAB-CSP")
    if delivery != "cc":
        more["hi2"] = hi2 or default
    if delivery != "iri":
        more["hi3"] = hi3 or default
    xids = xid if isinstance(xid, str) else ",".join(xid)
    return lab.ctl("warrant", "add", "--liid", liid, "--lea", lea, "--delivery", delivery, "--xid", xids, *_args(more), *(("--start", "yes") if start else ()))


def provision(lab, nes=("ne1",), leas=("a", "b")):
    """NEs; per letter an LEA lea-X with the destination lemf-X; waits for the links."""
    for n in nes:
        add_ne(lab, n)
    for a in leas:
        lab.ctl("lea", "add", f"lea-{a}", "--country", "NL")
        add_destination(lab, f"lemf-{a}", f"lea-{a}")
    lab.ctl("wait", "--for", "connected", "--timeout", "15")


def _args(more):
    out = []
    for k, v in more.items():
        out += ["--" + k.replace("_", "-"), ("yes" if v else "no") if isinstance(v, bool) else str(v)]
    return out


def in_force(lab, timeout=20):
    """Wait until the data plane works with the last change."""
    def newest():
        t = lab.status()["tasks"]
        return t["in_force"] == t["version"]
    wait_for("the last change is in force", newest, timeout)


def destination(lab, name, status=None):
    """The row of a destination in the status."""
    for lea in (status or lab.status())["leas"]:
        for d in lea["destinations"]:
            if d["name"] == name:
                return d
    raise LabError(f"no destination {name} in the status")


def alarms(lab, code=None):
    """(code, object) of the alarms that are up."""
    return {(a["code"], a["object"]) for a in lab.status()["alarms"] if not a["cleared"] and code in (None, a["code"])}


# -- books
def warrant(lab, liid, status=None):
    """The row of LIID in the status."""
    for w in (status or lab.status())["warrants"]:
        if w["liid"] == liid:
            return w
    raise LabError(f"no warrant {liid} in the status")


def drained(lab, timeout=20, leas=None):
    """Wait until everything spooled (of LEAS, default all) is delivered; returns the status then."""
    def empty():
        s = lab.status()
        if all(w["waiting"] == 0 for w in s["warrants"] if leas is None or w["lea"] in leas):
            return s
        return None
    return wait_for("everything spooled is delivered", empty, timeout, 0.05)


def accounted(status):
    """received + extra = delivered + waiting + summed + duplicate + copies + out of scope + rejected + shed, for each warrant."""
    for w in status["warrants"]:
        total = w["delivered"] + w["waiting"] + w["duplicate"] + w["out_of_scope"] + w["rejected"] + w["shed"] + w["lost"] + w["summed"] + w["copies"]
        assert w["received"] + w["extra"] == total and w["ok"], f"accounting of {w['liid']}: {w}"


# -- what the LEMF and the NE know
def lemf_pdus(lab, name):
    """Ledger lines of received IRI and CC (no keep-alives and the like), in order, resends included."""
    return [r for r in lemf_events(lab, name) if r["ev"] == "pdu" and r["class"] in ("iri", "cc")]


def lemf_events(lab, name):
    """Everything in the ledger of a LEMF."""
    path = os.path.join(lab.lemfs[name]["dir"], "ledger.jsonl")
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [json.loads(line) for line in f if line.endswith("\n")]


def verify(lab, name):
    """mdf-lemf verify finds nothing; returns its output."""
    p = subprocess.run([lab.exe("mdf-lemf"), "verify", lab.lemfs[name]["dir"]], capture_output=True, text=True)
    assert p.returncode == 0, f"verify {name}: exit {p.returncode}: {p.stdout[-2000:]}{p.stderr}"
    return p.stdout


def ledger(path):
    """PDUs offered, from a ledger of mdf-ne."""
    with open(path) as f:
        return [r for r in map(json.loads, f) if "crc32c" in r]


def gap_free(numbers, what=""):
    """The numbers are 0..N-1, each once or more often (resends)."""
    seen = sorted(set(numbers))
    assert seen == list(range(len(seen))), f"{what}: numbers {seen[:5]}..{seen[-5:]}, {len(seen)} different"


def _crc_table():
    out = []
    for i in range(256):
        for _ in range(8):
            i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
        out.append(i)
    return out


CRC_TABLE = _crc_table()


def crc32c(octets):
    """CRC-32C as the ledgers print it."""
    c = 0xFFFFFFFF
    for b in octets:
        c = (c >> 8) ^ CRC_TABLE[(c ^ b) & 0xFF]
    return f"{c ^ 0xFFFFFFFF:08x}"


def bodies(lab, name, *args):
    """(class, LIID, CIN, sequence number, CRC-32C of the content) of each record at a LEMF."""
    return [(r["class"], r["liid"], r["cin"], r["seq"], crc32c(bytes.fromhex(i["content"])))
            for r in records(lab, name, *args) for i in r["items"] if "content" in i]


def records(lab, name, *args):
    """Decoded IRI and CC of a LEMF, with content."""
    return [r for r in lab.lemf_show(name, "--hex", *args) if r["class"] in ("iri", "cc")]
