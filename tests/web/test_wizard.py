#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wizard: what it refuses beside the field, what it keeps when one goes back, leaves or comes back, odd hours, conflicts, what a regime wants."""

import stage

stage.main("wizard", lambda s: s.provision(nes=("ne1", "ne2")))
