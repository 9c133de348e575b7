#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs as built: what compiler and linker were told against the exploitation of errors is there.  TAP."""

import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import tapline  # noqa: E402

BUILD = os.environ.get("top_builddir", "build")
PROGRAMS = ("mf/mdfd", "admin/mdfctl", "tools/mdf-ne", "tools/mdf-lemf", "tools/mdf-verify")
MACHINE = os.uname().machine


def readelf(option, program):
    if not shutil.which("readelf"):
        raise tapline.Skip("no readelf (Debian package binutils)")
    return subprocess.run(["readelf", "-W", option, os.path.join(BUILD, program)], capture_output=True, text=True, check=True).stdout


def config(text):
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as f:
        return re.search(text, f.read(), re.M) is not None


def makefile(name):
    with open(os.path.join(BUILD, "Makefile"), encoding="utf-8") as f:
        return re.search(rf"^{name} = (.*)$", f.read(), re.M)[1].split()


def each(check):
    if config("^#define WITH_SANITIZERS"):
        raise tapline.Skip("built with sanitizers")
    wrong = [f"{p}: {why}" for p in PROGRAMS for why in check(p)]
    assert not wrong, "\n".join(wrong)


def symbols(program):
    return set(re.findall(r" UND +(\w+)", readelf("--dyn-syms", program)))


def segments(program):
    """(type, flags) of the program headers."""
    return re.findall(r"^  ([A-Z_0-9]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ ([RWE ]{3})", readelf("--program-headers", program), re.M)


def position_independent():
    each(lambda p: [] if re.search(r"Type: +DYN", readelf("--file-header", p)) and re.search(r"FLAGS_1.*\bPIE\b", readelf("--dynamic", p)) else ["not PIE"])


def relocations_are_read_only_before_main():
    def check(p):
        dynamic = readelf("--dynamic", p)
        if not any(t == "GNU_RELRO" for t, _ in segments(p)):
            yield "no RELRO"
        if not re.search(r"\(FLAGS\).*BIND_NOW", dynamic) or not re.search(r"FLAGS_1.*\bNOW\b", dynamic):
            yield "bound lazily"
    each(check)


def nothing_is_writable_and_executable():
    def check(p):
        found = segments(p)
        if [f for t, f in found if t == "GNU_STACK"] != ["RW "]:
            yield "executable stack"
        yield from (f"segment {t} {f}" for t, f in found if "W" in f and "E" in f)
        code = [f for t, f in found if t == "LOAD" and "E" in f]
        if code != ["R E"] or [f for t, f in found if t == "LOAD"][0] != "R  ":
            yield "code is not apart from data"
    each(check)


def no_search_path_and_no_relocated_code():
    each(lambda p: re.findall(r"\((RPATH|RUNPATH|TEXTREL)\)", readelf("--dynamic", p)))


def stack_canaries():
    each(lambda p: [] if "__stack_chk_fail" in symbols(p) else ["no __stack_chk_fail"])


def fortified():
    """The checked forms are called; FORTIFY 3 is what was asked for."""
    each(lambda p: [] if any(s.endswith("_chk") and s != "__stack_chk_fail" for s in symbols(p)) else ["no fortified function"])
    assert "-D_FORTIFY_SOURCE=3" in makefile("OUR_CPPFLAGS")
    unchecked = {"gets", "strcpy", "strcat", "sprintf", "vsprintf"}
    each(lambda p: sorted(symbols(p) & unchecked))


def guarded(notes):
    return re.search(r"x86 feature:.*IBT.*SHSTK", notes) is not None


def control_flow_is_guarded():
    """Each object of ours carries the notes, and the program when the start files of the C library do (those of Debian 12 do not)."""
    if MACHINE != "x86_64":
        raise tapline.Skip(f"IBT and SHSTK are of x86-64, not of {MACHINE}")
    start = subprocess.run(["cc", "-print-file-name=Scrt1.o"], capture_output=True, text=True)
    whole = start.returncode == 0 and os.path.exists(start.stdout.strip()) and guarded(readelf("--notes", start.stdout.strip()))
    each(lambda p: [] if not whole or guarded(readelf("--notes", p)) else ["no IBT and SHSTK"])
    ours = sorted(n for n in os.listdir(BUILD) if n.startswith("lib") and n.endswith(".a"))
    assert len(ours) > 5, ours
    for archive in ours:
        files = readelf("--notes", archive).split("\nFile: ")[1:]
        bare = [f.splitlines()[0] for f in files if not guarded(f)]
        assert files and not bare, f"{archive}: {bare[:5]}"


def compiled_as_asked():
    """What leaves no trace in the file."""
    if config("^#define WITH_SANITIZERS"):
        raise tapline.Skip("built with sanitizers")
    flags = makefile("OUR_CFLAGS")
    for wanted in ("-fstack-clash-protection", "-fstack-protector-strong", "-fcf-protection=full", "-ftrivial-auto-var-init=zero"):
        assert wanted in flags, wanted


def no_key_log():
    """No code in which TLS secrets are written for a reader of captures."""
    each(lambda p: [s for s in symbols(p) if "keylog" in s.lower()])


def the_daemon_clears_memory_that_is_given_back():
    """mf/base/wipe.c stands in place of the C library's, for every library of the daemon."""
    if config("^#define WITH_SANITIZERS"):
        raise tapline.Skip("built with sanitizers")
    own = set(re.findall(r"FUNC +GLOBAL +DEFAULT +\d+ +(free|realloc)$", readelf("--dyn-syms", "mf/mdfd"), re.M))
    assert own == {"free", "realloc"}, own


TESTS = (position_independent, relocations_are_read_only_before_main, nothing_is_writable_and_executable, no_search_path_and_no_relocated_code,
         stack_canaries, fortified, control_flow_is_guarded, compiled_as_asked, no_key_log, the_daemon_clears_memory_that_is_given_back)

if __name__ == "__main__":
    sys.exit(tapline.run(TESTS))
