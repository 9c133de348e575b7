#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./quickstart demo --keep: what it prints leads into the browser, and what it says to click first is there.
OPENMDF_SHOTS=docs makes the pictures in docs/img anew (make web-shots)."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import palette
import stage
import tap

NEEDED = ("sipp", "tcpdump", "curl", "dig", "dnsmasq", "oathtool")


def read_until(p, mark, lines):
    for line in p.stdout:
        lines.append(line)
        if mark in line:
            return
    raise tap.LabError("the demo ended before it said where the web UI is:\n" + "".join(lines[-30:]))


def facts(text):
    """What the demo printed."""
    base, agency = re.findall(r"^  (https://127\.0\.0\.1:\d+)/ ", text, re.M)
    keys = dict(re.findall(r"^    (\w+) +(/\S+\.key)", text, re.M))
    folder = os.path.dirname(keys["alice"])
    pki = os.path.join(os.path.dirname(folder), "pki", "agency")
    return {"base": base, "agency": agency, "keys": keys, "certs": {"lia": {"pfx": os.path.join(folder, "lia.p12"), "passphrase": open(os.path.join(folder, "lia.p12.password")).read()}},
            "dir": os.path.dirname(folder), "totp": os.path.join(folder, "olga.totp"), "password": open(os.path.join(folder, "olga.password")).read(), "pki": pki, **stage.browser_facts()}


def obey(ask):
    """What demo.mjs asks for: a one-time password, a picture for the documentation."""
    if ask["do"] == "picture":
        folder = os.path.join(tap.TOP, "docs", "img")
        os.makedirs(folder, exist_ok=True)
        with open(ask["args"]["file"], "rb") as f, open(os.path.join(folder, ask["args"]["name"] + ".png"), "wb") as out:
            return out.write(palette.small(f.read()))
    assert ask["do"] == "oathtool", ask
    return subprocess.run(f"oathtool -b --totp $(cat {ask['args']['file']})", shell=True, capture_output=True, text=True, check=True).stdout.strip()


def main():
    stage.skip_or_go()
    absent = [n for n in NEEDED if not shutil.which(n)]
    if absent or (os.geteuid() != 0 and not shutil.which("sudo")):
        print(f"1..0 # SKIP the demo needs {', '.join(absent) or 'root'}")
        sys.exit(0)
    out, lines = tempfile.mkdtemp(prefix="openmdf-lab-demo-"), []
    p = subprocess.Popen([sys.executable, os.path.join(tap.TOP, "tools", "lab", "demo.py"), "--build", tap.BUILD, "--out", out, "--keep=600"], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, start_new_session=True)
    folder, count, code = None, 0, 1
    try:
        read_until(p, "Ctrl-C ends it", lines)
        f = facts("".join(lines))
        folder = f["dir"]
        count, code = stage.run_node(os.path.join(stage.HERE, "demo.mjs"), f, obey, out)
        p.send_signal(signal.SIGINT)
        lines.append(p.stdout.read())
        good = tap._run(count + 1, "Ctrl-C ends the demo, and nothing is lost", lambda: tap.equal((p.wait(60), "OK: nothing lost" in lines[-1]), (0, True), "the end"))
        print(f"1..{count + 1}", flush=True)
        code = code or not good
    except Exception as e:
        tap.note(e)
        print("Bail out! the demo does not begin", flush=True)
    finally:
        if p.poll() is None:
            p.send_signal(signal.SIGTERM)
            p.wait(60)
        if code:
            tap.note("".join(lines)[-1500:])
        for d in [out, folder] if not code else []:
            if d:
                shutil.rmtree(d, ignore_errors=True)
    sys.exit(1 if code else 0)


main()
