#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Coverage of the parsers by the corpora alone: coverage.sh SRCDIR [AREA...]
# Builds the replay programs in ./cov-build with gcc --coverage, plays the seeds of all areas (or those named) as they are, and prints the share
# of lines of each file in tests/fuzz/PARSERS (of those areas).  Exit 1 when one is under COVERAGE_MIN (95) %.  COVERAGE_LINES=yes also prints
# the lines that were not reached; FUZZ_CORPUS names another folder of corpora.  The page for people is cov-build/html/index.html when COVERAGE_HTML=yes.
set -eu
src=$(cd "$1" && pwd)
shift
command -v gcovr >/dev/null || { echo "coverage: no gcovr here (Debian package gcovr)" >&2; exit 1; }
all=$(cd "$src/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//;s/\.c$//')
areas=${*:-$all}
corpus=$(cd "${FUZZ_CORPUS:-$src/tests/fuzz/corpus}" && pwd)
mkdir -p cov-build
cd cov-build
# Not optimised, so that lines stay lines; the linked areas share the objects of the libraries, so that their counts add up.
[ -f config.status ] || "$src/configure" -q CC="${COV_CC:-gcc}" CFLAGS='-g -O0 --coverage -fprofile-update=single' CPPFLAGS='-U_FORTIFY_SOURCE' >configure.log
targets=
for area in $areas; do targets="$targets tests/fuzz/replay_$area"; done
find . -name '*.unplayed' | while read -r f; do mv "$f" "${f%.unplayed}"; done
# shellcheck disable=SC2086
make -s ${JOBS:+-j$JOBS} $targets >make.log 2>&1 || { tail -n 20 make.log >&2; exit 1; }
find . -name '*.gcda' -exec rm -f {} +
for area in $areas; do
	find "$corpus/$area" -type f -print0 | xargs -0 "tests/fuzz/replay_$area" >"replay_$area.log" 2>&1 ||
		{ echo "coverage: replay_$area fails" >&2; tail -n 20 "replay_$area.log" >&2; exit 1; }
done
mkdir -p html
# What was built for other areas may be older than its sources, which gcovr does not take: only what was played now counts.
find . -name '*.gcno' | while read -r f; do [ -e "${f%.gcno}.gcda" ] || mv "$f" "$f.unplayed"; done
gcovr --root "$src" --object-directory . --filter "$src/mf/" --filter "$src/admin/" --filter "$src/tools/" --json coverage.json \
	${COVERAGE_HTML:+--html-details html/index.html} . >gcovr.log 2>&1 || { tail -n 20 gcovr.log >&2; exit 1; }
exec "${PYTHON:-python3}" "$src/tests/fuzz/coverage.py" coverage.json "$src/tests/fuzz/PARSERS" "${COVERAGE_MIN:-95}" $areas
