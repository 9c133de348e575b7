#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The session in the browser: logging in and out, the lock, what ends it, what is kept in the browser and what is not."""

import stage

stage.main("session", lambda s: s.provision())
