#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzz with libFuzzer: run.sh SRCDIR SECONDS [AREA...]
# Configures and builds in ./fuzz-build with clang, ASan and UBSan; each area runs so many seconds.  New inputs stay in fuzz-build/corpus/AREA,
# the seeds of the tree are only read.  A finding ends it; its input is a file crash-* in fuzz-build.
set -eu
src=$(cd "$1" && pwd)
seconds=$2
shift 2
CLANG=${CLANG:-clang}
command -v "$CLANG" >/dev/null || { echo "fuzz: no $CLANG here; CLANG names another" >&2; exit 1; }
[ $# -gt 0 ] || set -- $(cd "$src/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//;s/\.c$//')
mkdir -p fuzz-build
cd fuzz-build
san='-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'
[ -f config.status ] || "$src/configure" -q CC="$CLANG" CFLAGS="$san" CPPFLAGS='-U_FORTIFY_SOURCE'
targets=
for area; do targets="$targets tests/fuzz/fuzz_$area"; done
# shellcheck disable=SC2086
make -s ${JOBS:+-j$JOBS} $targets
for area; do
	mkdir -p "corpus/$area"
	echo "fuzz: $area, $seconds s"
	"tests/fuzz/fuzz_$area" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		"corpus/$area" "$src/tests/fuzz/corpus/$area" 2>"fuzz_$area.log" || { tail -40 "fuzz_$area.log" >&2; exit 1; }
	grep -E 'stat::(number_of_executed_units|new_units_added|peak_rss_mb)|cov:' "fuzz_$area.log" | tail -4
done
