# SPDX-License-Identifier: Apache-2.0
"""The quota of an agency whose LEMF is away: alarms, CC is shed first, each shed PDU is counted and journaled, the LEMF is told, others notice nothing.

The disk is slow under the cursor of the other agency: what it has confirmed must be given back nevertheless, before its own quota is used up."""

import atexit
import os
import shutil
import tempfile

import tap
import oracle
import shim
import x23

lab = None
ne = None
journal = None
slow = None
xid = tap.new_xid()
W_A = {"liid": "L-A", "lemf": "lemf-a", "xids": {xid}, "delivery": "both"}
W_B = dict(W_A, liid="L-B", lemf="lemf-b")


def setup():
    global lab, ne, journal, slow
    folder = tempfile.mkdtemp(prefix="openmdf-quota-")
    atexit.register(shutil.rmtree, folder)
    slow = shim.Shim(folder)
    # Four or five segments of 1 MB are in use by an agency without a backlog; the rest is what a busy machine may be late.
    lab = tap.start_lab(env=slow.env(), spool__quota="10M", session__snapshot_s=1)
    slow.rules({"role": "deliver:lea-a", "call": "fdatasync", "path": "*/spool/1/cursor", "n": "all", "do": "delay:600"})
    tap.provision(lab)
    for w in (W_A, W_B):
        tap.add_warrant(lab, w["liid"], w["lemf"].replace("lemf", "lea"), xid)
    tap.in_force(lab)
    journal = x23.Journal(lab)
    lab.stop_lemf("lemf-b")
    ne = lab.ne_background("ne1", xid=xid, generate=["format=ipv4,size=1400,rate=450,duration=3600", "format=sip,rate=60,duration=3600"], keepalive=0.2,
                           ledger=ledger())
    tap.wait_for("product is spooled", lambda: "detail" in tap.warrant(lab, "L-B"))
    return lab


def ledger():
    return os.path.join(lab.dir, "ne1.jsonl")


def shed(liid="L-B"):
    return tap.warrant(lab, liid)["detail"]["shed_by_class"]


def alarms(code):
    return [a for a in lab.ctl("alarm", "list", "--all", "yes") if a["code"] == code]


def up(code):
    return [a for a in alarms(code) if a["cleared"] is None]


@tap.test("50, 80 and 95 % of its quota are alarms, and so is shedding; the other agency has none")
def _():
    tap.wait_for("CC is shed", lambda: shed()["cc"] > 50, 60, 0.1)
    for level in (50, 80, 95):
        assert "lea 2" in {a["object"] for a in up(f"SPOOL-QUOTA-{level}")}, level
    for code in ("SPOOL-QUOTA-95", "SPOOL-SHED"):
        tap.equal({a["object"].split()[1] for a in alarms(code)}, {"2"}, code)


@tap.test("CC is shed first: IRI is still taken; each shed PDU is in the journal")
def _():
    before = lab.status()
    before = tap.warrant(lab, "L-B", before)["detail"]["spooled_by_class"]["iri"]
    tap.wait_for("more is shed while IRI is taken", lambda: shed()["cc"] > 300 and tap.warrant(lab, "L-B")["detail"]["spooled_by_class"]["iri"] > before + 20, 60)
    tap.equal((shed()["iri"], shed("L-A")["cc"], shed("L-A")["iri"]), (0, 0, 0))
    rows = [r for r in journal.wait(lambda r: r["kind"] == "SHED", "SHED") if r["kind"] == "SHED"]
    tap.note(rows[0])
    tap.equal({r["code"] for r in rows}, {"QUOTA"})


@tap.test("the other agency is delivered to without delay")
def _():
    a = tap.warrant(lab, "L-A")
    assert a["waiting"] < 0.2 * a["received"] or a["waiting"] < 2000, a
    tap.equal([x["object"] for x in alarms("SPOOL-SHED") if x["object"].startswith("lea 1 ")], [], "shed for lea-a")
    tap.equal([d["state"] for li in lab.status()["leas"] if li["name"] == "lea-a" for d in li["destinations"]], ["up"])


@tap.test("the LEMF is back: it gets what waits, and a notice; the alarms clear, CC is taken again")
def _():
    lab.lemf("lemf-b")
    tap.wait_for("alarm SPOOL-SHED clears", lambda: not up("SPOOL-SHED"), 60, 0.1)
    for level in (95, 80):
        tap.wait_for(f"{level} % clears", lambda level=level: not up(f"SPOOL-QUOTA-{level}"), 60, 0.1)
    before = tap.warrant(lab, "L-B")["detail"]["spooled_by_class"]["cc"]
    tap.wait_for("CC is taken again", lambda: tap.warrant(lab, "L-B")["detail"]["spooled_by_class"]["cc"] > before + 100, 60, 0.1)
    notices = [r for r in lab.lemf_show("lemf-b") if r["kind"] == "operatorLeaMessage"]
    tap.note([n["pdu"]["payload"] for n in notices])
    assert notices, "no operatorLeaMessage"
    assert not [r for r in lab.lemf_show("lemf-a") if r["kind"] == "operatorLeaMessage"], "a notice for the wrong agency"
    assert slow.hits()[1] > 5, "the cursor was not stored slowly"


@tap.test("the first agency got everything; the second everything but what was counted as shed")
def _():
    ne.terminate()
    tap.equal(ne.wait(60), 0, "mdf-ne had everything acknowledged")
    status = tap.drained(lab, 60)
    tap.accounted(status)
    rows = oracle.read_ledgers([ledger()])
    lemfs = {n: oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in ("lemf-a", "lemf-b")}
    faults = oracle.check(rows, {"lemf-a": lemfs["lemf-a"]}, [W_A], status)
    assert not faults, "\n".join(faults)
    faults, got, offered, acked = oracle.check_warrant(W_B, rows, lemfs["lemf-b"])
    b = tap.warrant(lab, "L-B", status)
    tap.note(f"offered {offered}, acknowledged {acked}, delivered {got}, shed {b['shed']}")
    tap.equal((acked - got, got), (b["shed"], b["delivered"]), "not delivered = shed")
    tap.equal([f for f in faults if not f.startswith("lost")], [], "numbers, order and content of what was delivered")
    tap.wait_for("the journal counts the same", lambda: sum(
        r["n"] for r in lab.ctl("journal", "list", "--kind", "shed", "--limit", "100000") if r["warrant_id"] == b["id"]) == b["shed"], 5)
    for n in ("lemf-a", "lemf-b"):
        tap.verify(lab, n)


tap.main(setup)
