#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An order from the first field to the product at the agency: the wizard, a key of the browser, the second person, a server that lies, a press too many."""

import stage

stage.main("twoperson", lambda s: s.provision(nes=("ne1", "ne2")))
