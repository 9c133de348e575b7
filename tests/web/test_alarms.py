#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alarms in the browser: raised and over, live, on every screen; what they mean; somebody has seen them."""

import os
import re

import stage


@stage.command
def codes(s):
    """The codes of alarms that docs/errors.md explains."""
    top = os.environ.get("top_srcdir", os.path.join(stage.HERE, "..", ".."))
    with open(os.path.join(top, "docs", "errors.md"), encoding="utf-8") as f:
        part = f.read().split("\n## Alarms\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([A-Z0-9-]+)` \|", part, re.M)


stage.main("alarms", lambda s: s.provision())
