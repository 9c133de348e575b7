#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The schedule of reports by the daemon's own timer, with a test clock: a daily report appears at its time; what was missed while the daemon was down is
made up once, in one report."""

import datetime
import glob
import os
import time

import tap

lab = None
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
DAY = 86400
ahead = 0


def clock(seconds):
    """The daemon's clock SECONDS further ahead."""
    global ahead
    ahead += seconds
    path = os.path.join(lab.dir, "state", "state", "clock")
    with open(path + ".new", "w") as f:
        f.write(f"+{ahead}s")
    os.rename(path + ".new", path)


def start():
    lab.start(env={"LD_PRELOAD": FAKETIME[0], "FAKETIME_TIMESTAMP_FILE": os.path.join(lab.dir, "state", "state", "clock"), "FAKETIME_NO_CACHE": "1",
                   "FAKETIME_DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": "verify_asan_link_order=0"})


def setup():
    global lab
    if not FAKETIME:
        raise tap.Skip("faketime is not installed")
    lab = tap.Lab(tap.BUILD)
    lab.make_pki()
    lab.configure()
    os.makedirs(os.path.join(lab.dir, "state", "state"), 0o700)
    clock(0)
    start()
    return lab


def made():
    return [r for r in lab.ctl("report", "list") if r["kind"] == "R8"]


def day(text, days=0):
    t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(days=days)
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


@tap.test("a daily report appears when its time has come, and only one")
def _():
    at = datetime.datetime.fromtimestamp(time.time() + ahead - 600, datetime.timezone.utc).strftime("%H:%M")  # ten minutes ago: due tomorrow
    lab.ctl("schedule", "add", "R8", "daily", "--at", at)
    tap.equal(made(), [], "not yet")
    due = lab.ctl("schedule", "list")[0]["next"]
    clock(DAY)
    r = tap.wait_for("the report", made, 40, 0.5)
    tap.equal([(x["from"], x["to"]) for x in r], [(day(due, -1), due)], "period")
    tap.equal(lab.ctl("schedule", "list")[0]["next"], day(due, 1), "the next one")
    row = [a for a in lab.ctl("audit", "list", "--op", "schedule.run")]
    tap.equal([(a["actor"], a["outcome"]) for a in row], [("system", "ok")], "audit row")


@tap.test("what was missed while the daemon was down is made up once, in one report")
def _():
    last = made()[-1]["to"]
    lab.stop()
    clock(3 * DAY)
    start()
    r = tap.wait_for("the report", lambda: made() if len(made()) > 1 else None, 40, 0.5)
    tap.equal([(x["from"], x["to"]) for x in r[1:]], [(last, day(last, 3))], "one report of the whole time")
    tap.equal(lab.ctl("schedule", "list")[0]["next"], day(last, 4), "the next one")
    tap.equal(len(made()), 2, "once")


tap.main(setup)
