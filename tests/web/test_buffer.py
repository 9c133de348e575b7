#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small buffer that fills while the facility is away: how much of it is used and when it will be full, in the browser, and both gone when it drained."""

import stage


def furnish(s):
    s.provision(agencies=("a",))
    s.warrant("W-BUFFER")


stage.main("buffer", furnish, lemfs=("lemf-a",), spool__quota="12M", spool__segment_len="1M")
