#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The list of warrants: filters in the address, saved filters, keys, CSV, live counters, 100 000 rows, who sees what."""

import os

import stage


def prepare(s):
    s.provision(nes=("ne1", "ne2"))
    s.do_many(n=int(os.environ.get("OPENMDF_WEB_ROWS", "100000")))


stage.main("warrants", prepare)
