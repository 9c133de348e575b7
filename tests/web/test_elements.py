#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Network elements in the browser: what is connected and comes, live; drift; revoked by one person, let in by two."""

import stage


@stage.command
def stray(s):
    """PDUs under an XID that no warrant has."""
    s.lab.ne("ne1", xid="00000000-0000-4000-8000-00000000dead", generate="format=rtp,count=3", check=False)


def setup(s):
    s.provision()
    s.warrant("W-ELEMENTS")


stage.main("elements", setup)
