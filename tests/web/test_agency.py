#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agency's own page: its interceptions, links, backlog, receipts, notices; nothing of another agency, at the door of the agencies."""

import stage

stage.main("agency", lambda s: s.provision(nes=("ne1", "ne2")))
