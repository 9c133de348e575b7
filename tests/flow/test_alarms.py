#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alarms: the filters of the list; that somebody has seen one, with what they make of it, and how long that counts."""

import tap

lab = None


def setup():
    global lab
    lab = tap.start_lab(lemfs=("lemf-a",))
    lab.ctl("lea", "add", "lea-a", "--country", "NL")
    tap.add_destination(lab, "lemf-a", "lea-a", port=1)
    tap.add_destination(lab, "lemf-b", "lea-a", port=1, server_name="lemf-a.lab.example")
    tap.wait_for("both links are down", lambda: len(tap.alarms(lab, "LINK-DOWN")) == 2, 20, 0.1)
    return lab


def rows(*args):
    return lab.ctl("alarm", "list", *args)


def of(destination, *args):
    return [a for a in rows("--text", f"LINK-DOWN lea-a/{destination}", *args)]


@tap.test("filters: part of code, object or text in any case; severity; since; the newest first")
def _():
    tap.equal([a["object"] for a in rows("--text", "link-down")], [of("lemf-a")[0]["object"], of("lemf-b")[0]["object"]], "oldest first")
    tap.equal([a["id"] for a in rows("--text", "LEMF-B")], [of("lemf-b")[0]["id"]], "object")
    tap.equal([a["id"] for a in rows("--newest", "yes")], [a["id"] for a in reversed(rows())], "newest first")
    severities = {a["severity"] for a in rows()}
    tap.equal({a["severity"] for a in rows("--text", "LINK-DOWN")}, {"major"}, "product waits")
    for s in ("critical", "major", "minor", "warning"):
        tap.equal({a["severity"] for a in rows("--severity", s)}, {s} & severities, s)
    tap.equal(rows("--since", "2099-01-01T00:00:00Z"), [], "since")


@tap.test("who has seen an alarm, when, and the note; a row of the audit log; nobody has seen the other one")
def _():
    a = of("lemf-a")[0]
    tap.equal((a["acked"], a["acked_by"], a["note"]), (None, None, None), "not yet")
    lab.ctl("alarm", "ack", str(a["id"]), "--note", "called the facility")
    a = of("lemf-a")[0]
    assert a["acked"] and a["acked_by"] and a["note"] == "called the facility", a
    tap.equal([x["id"] for x in rows("--acked", "yes")], [a["id"]], "acknowledged")
    assert of("lemf-b")[0]["id"] in [x["id"] for x in rows("--acked", "no")]
    tap.equal(of("lemf-b")[0]["acked"], None, "the other one")
    row = lab.ctl("audit", "list", "--op", "alarm.ack")[-1]
    tap.equal((row["object"], row["outcome"]), (f"alarm {a['id']}", "ok"), "audit")
    tap.equal(lab.ctl("alarm", "ack", "999999", "--note", "x", check=False)[0], 4, "no such alarm")


@tap.test("it ends nothing; when it is over and comes again, nobody has seen it")
def _():
    first = of("lemf-a")[0]
    lab.ctl("destination", "set", "lemf-a", "--addresses", f"127.0.0.1:{lab.lemfs['lemf-a']['port']}")
    tap.wait_for("it is over", lambda: not of("lemf-a"), 20, 0.1)
    over = of("lemf-a", "--all", "yes")
    tap.equal([(a["id"], a["note"], bool(a["cleared"])) for a in over], [(first["id"], "called the facility", True)], "kept with its note")
    lab.ctl("destination", "set", "lemf-a", "--addresses", "127.0.0.1:1")
    again = tap.wait_for("it is there again", lambda: of("lemf-a"), 20, 0.1)[0]
    assert again["id"] != first["id"] and again["acked"] is None and again["note"] is None, again


tap.main(setup)
