#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzz with libFuzzer for a while: run.sh SRCDIR SECONDS [AREA...]
# Builds in ./fuzz-asan (build.sh); each area runs so many seconds.  New inputs stay in fuzz-asan/corpus/AREA, the seeds of the tree are only
# read.  A finding ends it; its input is a file crash-* in fuzz-asan.  Long runs: campaign.py.
set -eu
src=$(cd "$1" && pwd)
seconds=$2
shift 2
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(cd "$src/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//;s/\.c$//')
"$src/tests/fuzz/build.sh" "$src" asan "$@"
cd fuzz-asan
for area; do
	mkdir -p "corpus/$area"
	echo "fuzz: $area, $seconds s"
	dict=$src/tests/fuzz/dict/$area.dict
	[ -f "$dict" ] && dict=-dict=$dict || dict=
	"tests/fuzz/fuzz_$area" $dict -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		"corpus/$area" "$src/tests/fuzz/corpus/$area" 2>"fuzz_$area.log" || { tail -40 "fuzz_$area.log" >&2; exit 1; }
	grep -E 'stat::(number_of_executed_units|new_units_added|peak_rss_mb)|cov:' "fuzz_$area.log" | tail -4
done
