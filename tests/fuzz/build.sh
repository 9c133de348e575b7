#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build fuzz targets: build.sh SRCDIR KIND AREA...; in ./fuzz-KIND.
#   asan	clang and libFuzzer with ASan and UBSan: sees the most
#   fast	clang and libFuzzer at -O2 with UBSan as traps, counters of edges but no tracing of compares: for many executions
#   plain	clang and libFuzzer, not optimised, so that no branch is lost: to choose what stays in a corpus
#   afl		AFL++ (afl-clang-fast, persistent mode through its libFuzzer driver), UBSan as traps
# Prints nothing when all is well.  CLANG, FUZZ_AFL_CC and JOBS are honoured.
set -eu
src=$(cd "$1" && pwd)
kind=$2
shift 2
trap_ub='-fsanitize=undefined -fsanitize-trap=undefined'
engine=-fsanitize=fuzzer
case $kind in
asan) cc=${CLANG:-clang} flags='-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' ;;
fast) cc=${CLANG:-clang} flags="-g -O2 -DFUZZ_FAST -fsanitize-coverage=inline-8bit-counters,pc-table $trap_ub" ;;
plain) cc=${CLANG:-clang} flags='-g -O0 -fsanitize=fuzzer-no-link' ;;
afl) cc=${FUZZ_AFL_CC:-afl-clang-fast} flags="-g -O2 $trap_ub" ;;
*) echo "build.sh: asan, fast, plain or afl" >&2; exit 2 ;;
esac
command -v "${cc##* }" >/dev/null || { echo "fuzz: no ${cc##* } here; CLANG or FUZZ_AFL_CC names another" >&2; exit 1; }
mkdir -p "fuzz-$kind"
cd "fuzz-$kind"
export AFL_QUIET=1
[ -f config.status ] || "$src/configure" -q CC="$cc" CFLAGS="$flags" CPPFLAGS='-U_FORTIFY_SOURCE' >configure.log 2>&1 ||
	{ tail -n 20 configure.log >&2; exit 1; }
targets=
for area; do targets="$targets tests/fuzz/fuzz_$area"; done
# shellcheck disable=SC2086
make -s -j"${JOBS:-$(nproc)}" FUZZ_ENGINE="$engine" $targets >make.log 2>&1 || { tail -n 30 make.log >&2; exit 1; }
