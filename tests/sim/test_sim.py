#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The simulation in its short form: seeds that once failed, some seeds, the same seed twice, and an oracle that bites.

The long form is `make sim SIM_SEEDS=100000`; one seed with its trace is `tests/sim/sim --seed N --trace`.
"""

import os
import platform
import sys

build, src = os.environ.get("top_builddir", "."), os.environ.get("top_srcdir", ".")
with open(os.path.join(build, "config.h"), encoding="utf-8") as f:
    if "#define WITH_SANITIZERS 1" in f.read():
        print("1..0 # SKIP the simulation takes the place of the C library's calls, and so do sanitizers")
        sys.exit(0)
if platform.libc_ver()[0] != "glibc":
    print("1..0 # SKIP the simulation knows the calls of glibc only")
    sys.exit(0)
program = os.path.join(build, "tests", "sim", "sim")
os.execv(program, [program, "--tap", os.path.join(src, "tests", "sim", "SEEDS")])
