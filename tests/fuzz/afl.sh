#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same targets with AFL++: afl.sh SRCDIR SECONDS [AREA...]
# Builds in ./fuzz-afl (build.sh), each area runs so many seconds on one core from the seeds of the tree; AFL++ stays in persistent mode by its
# driver for libFuzzer targets.  What it finds is in fuzz-afl/out/AREA/default/{crashes,hangs}; exit 1 when there is something.  A second run goes
# on where the first ended.
set -eu
src=$(cd "$1" && pwd)
seconds=$2
shift 2
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$src/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//;s/\.c$//')
"$src/tests/fuzz/build.sh" "$src" afl "$@"
cd fuzz-afl
mkdir -p out
export AFL_NO_UI=1 AFL_AUTORESUME=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
found=0
for area; do
	dict=$src/tests/fuzz/dict/$area.dict
	[ -f "$dict" ] && dict="-x $dict" || dict=
	# shellcheck disable=SC2086
	afl-fuzz $dict -V "$seconds" -G 4096 -i "$src/tests/fuzz/corpus/$area" -o "out/$area" -- "tests/fuzz/fuzz_$area" >"afl_$area.log" 2>&1 ||
		{ tail -n 20 "afl_$area.log" >&2; exit 1; }
	stats=out/$area/default/fuzzer_stats
	of() { sed -n "s/^$1 *: *//p" "$stats"; }
	n=$(find "out/$area/default/crashes" "out/$area/default/hangs" -type f ! -name README.txt | wc -l)
	echo "afl: $area, $(of execs_done) executions, $(of execs_per_sec) a second, $(of edges_found) edges, $(of corpus_count) inputs, $n findings"
	[ "$n" -eq 0 ] || found=1
done
exit $found
