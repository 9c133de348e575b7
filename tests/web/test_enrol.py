#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A new person from the first entry to the first signature: two persons enter, an invitation, a key of the browser, two persons put it into the key list."""

import stage

stage.main("enrol", lambda s: s.provision())
