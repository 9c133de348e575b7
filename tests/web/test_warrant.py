#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of a warrant: its books, what can be done with it, an outage seen live, sessions and gaps by name, targets, documents, records."""

import os

import stage


@stage.command
def gap(s, liid):
    """Traffic in which the network element leaves out three numbers."""
    return s.lab.ne("ne1", xid=s.xids[liid], generate=["format=sip,count=6", "format=rtp,count=30,rate=1000"], fault="gap:20:3")


@stage.command
def file(s, name, size):
    """A file of SIZE octets; its path."""
    path = os.path.join(s.lab.dir, name)
    with open(path, "wb") as f:
        f.write(bytes((i * 7 + i // 251) & 255 for i in range(size)))
    return path


stage.main("warrant", lambda s: s.provision(nes=("ne1", "ne2")))
